"""The parts: assembler, BTF, ends of packets, containers, choices, process blocks."""

from __future__ import annotations

import hashlib
import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyke import read
from fyke.dump.owners import Owners
from fyke.errors import CaptureError
from fyke.files.pcapng_options import PacketOptions
from fyke.files.pcapng_processes import Processes, is_process, process_block, process_of
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.owner import EBPF, SOURCES, Process
from fyke.processes import programs
from fyke.processes.btf import PATH, Btf, read_btf
from fyke.processes.choice import Choice
from fyke.processes.containers import container_of
from fyke.processes.ends import Ends
from fyke.processes.instructions import Code
from fyke.processes.kernel_layout import MEMBERS, Layout
from fyke.processes.told import Told
from fyke.wire import Record

LAYOUT = Layout({name: 8 * number for number, (name, _, _) in enumerate(MEMBERS)}, {})
TABLES = programs.Tables(3, 4, 5, 6, 7)

#: The programs' octets are the same on x86-64 and arm64; a change of them is meant.
GOLDEN = {
    "sock_send_length": "e4cd642400e5b47c",
    "sock_recv_length": "e4cd642400e5b47c",
    "net_dev_queue": "9502f7d3437acd51",
    "inet_sock_set_state": "aee8a6528d7b36b1",
    "sched_process_exec": "08269d3d6c310fd2",
    "sched_process_fork": "5a79c89053b22843",
    "sched_process_exit": "3dbb88d6cdda571b",
    "released": "7610de8265d3463a",
}


def digest(code: bytes) -> str:
    return hashlib.sha256(code).hexdigest()[:16]


def test_instructions_are_encoded_as_the_standard_says() -> None:
    code = Code()
    code.load(8, 6, 1, 16)
    code.when(6, "==", 0, "end")
    code.store_number(4, 10, -4, -1)
    code.map(1, 9)
    code.call(14)
    code.add_atomically(0, 0, 1)
    code.label("end")
    code.leave(1)
    assert code.octets() == bytes.fromhex(
        "7916100000000000" "1506050000000000" "620afcffffffffff" "1811000009000000"
        "0000000000000000" "850000000e000000" "db10000000000000" "b700000001000000"
        "9500000000000000")


def test_programs_keep_their_octets() -> None:
    writer = programs.Writer(LAYOUT, TABLES, programs.Wishes())
    made = {name: digest(code) for name, code in programs.tracing(writer).items()}
    made["released"] = digest(writer.released())
    assert made == GOLDEN


def test_programs_fit_the_stack() -> None:
    """BPF gives 512 octets; every place on it is aligned."""
    for wishes in (programs.Wishes(), programs.Wishes(True, True, 4026531999)):
        writer = programs.Writer(LAYOUT, TABLES, wishes)
        for code in programs.tracing(writer).values():
            for at in range(0, len(code), 8):
                operation, registers, offset, _ = struct.unpack_from("<BBhi", code, at)
                if operation & 7 in (2, 3) and registers & 15 == 10:
                    size = {0: 4, 8: 2, 16: 1, 24: 8}[operation & 0x18]
                    assert -512 <= offset <= -size and offset % size == 0


def test_btf_that_is_none() -> None:
    for data in (b"", b"\x9f\xeb", bytes(100),
                 b"\x9f\xeb\1\0\x18\0\0\0" + b"\xff" * 16):
        with pytest.raises(CaptureError):
            Btf(data)


def test_btf_is_the_same_mapped_and_read(tmp_path: Path) -> None:
    """Older kernels do not let it be mapped."""
    whole = Path(PATH)
    if not whole.exists():
        pytest.skip("this kernel has no BTF")
    names = {row[1] for row in MEMBERS}
    assert read_btf().structures(names) == Btf(whole.read_bytes()).structures(names)
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(CaptureError, match="cut off"):
        read_btf(str(empty))


@given(st.binary(max_size=300))
def test_btf_of_anything(data: bytes) -> None:
    try:
        made = Btf(b"\x9f\xeb\1\0\x18\0\0\0" + struct.pack(
            "<IIII", 0, len(data), len(data), 8) + data + b"\0a\0bcd\0\0")
    except CaptureError:
        return
    for number in made.structures(["a", "bcd"]).values():
        made.offset(number, "a", "bcd")


def udp(source: int, target: int, fragment: int = 0) -> bytes:
    return (bytes(12) + b"\x08\0\x45\0\0\x20\0\7" + fragment.to_bytes(2, "big") + b"\x40\x11\0\0"
            + bytes((10, 0, 0, 1)) + bytes((10, 0, 0, 2)) + source.to_bytes(2, "big")
            + target.to_bytes(2, "big") + bytes(8))


HERE = b"\x11" + bytes((10, 0, 0, 1)) + b"\x0f\xa0" + bytes((10, 0, 0, 2)) + b"\0\x35"


def test_ends_of_packets() -> None:
    ends = Ends()
    assert ends.read(Record(udp(4000, 53)), True) == HERE
    assert ends.unconnected() == [HERE[:7], b"\x11" + bytes(4) + b"\x0f\xa0",
                                  b"\x11" + bytes(16) + b"\x0f\xa0"]
    incoming = ends.read(Record(udp(4000, 53)), False)
    assert incoming == HERE[:1] + HERE[7:13] + HERE[1:7]
    assert ends.read(Record(udp(4000, 53, 0x2000)), True) == HERE  # a first fragment
    back = ends.read(Record(udp(4000, 53, 0x2000)), False)  # the same on the loopback, coming in
    assert ends.read(Record(udp(1, 2, 0x0010)), True) == HERE  # a later one of it
    assert ends.read(Record(udp(1, 2, 0x0010)), False) == back
    assert ends.read(Record(bytes(12) + b"\x08\6" + bytes(40)), True) == b""
    error = (bytes(12) + b"\x08\0\x45\0\0\x38\0\0\0\0\x40\1\0\0" + bytes((9, 9, 9, 9))
             + bytes((10, 0, 0, 1)) + b"\3\3" + bytes(6) + udp(4000, 53)[14:])
    assert ends.read(Record(error), False) == HERE  # an ICMP error belongs to whom it is about


@given(st.binary(max_size=120), st.booleans(), st.sampled_from([1, 101, 113, 228, 229, 276, 5]))
def test_ends_of_anything(data: bytes, outgoing: bool, link_type: int) -> None:
    ends = Ends(b"abcd")
    for head in (b"", bytes(12) + b"\x08\0\x45", bytes(12) + b"\x86\xdd\x60"):
        key = ends.read(Record(head + data, link_type), outgoing)
        assert key == b"" or key.startswith(b"abcd")
        if key:
            assert len(key) in (4 + 13, 4 + 37)
            ends.unconnected()


HASH = "3f" * 32


def test_a_label_has_the_words_of_a_container() -> None:
    """A pod is in four words; nothing steers the terminal, and there is an end to it."""
    one = Process(7, 7, "curl", 0, EBPF, user="root", container=f"pod {'0a' * 16} crio x\x1b[m y")
    told = Owners().label(one, 1).decode()
    assert told == f"curl.7 (root, pod {'0a' * 16} crio x\\x1b[m)"


@pytest.mark.parametrize(("path", "said"), [
    (f"/system.slice/docker-{HASH}.scope", "docker 3f3f3f3f3f3f"),
    (f"/docker/{HASH}", "docker 3f3f3f3f3f3f"),
    (f"/machine.slice/libpod-{HASH}.scope", "podman 3f3f3f3f3f3f"),
    (f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a0b0c0d_1111_2222_3333_"
     f"444455556666.slice/cri-containerd-{HASH}.scope",
     "pod 0a0b0c0d-1111-2222-3333-444455556666 containerd 3f3f3f3f3f3f"),
    (f"/kubepods/besteffort/pod0a0b0c0d-1111-2222-3333-444455556666/{HASH}",
     "pod 0a0b0c0d-1111-2222-3333-444455556666 containerd 3f3f3f3f3f3f"),
    (f"/kubepods.slice/kubepods-pod0a0b0c0d_1111_2222_3333_444455556666.slice/crio-{HASH}.scope",
     "pod 0a0b0c0d-1111-2222-3333-444455556666 crio 3f3f3f3f3f3f"),
    (f"/docker/{'ab' * 32}/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod0a0b0c0d_1111_"
     f"2222_3333_444455556666.slice/cri-containerd-{HASH}.scope",  # a cluster in a container
     "pod 0a0b0c0d-1111-2222-3333-444455556666 containerd 3f3f3f3f3f3f"),
    (f"/docker/{'ab' * 32}/docker/{HASH}", "docker 3f3f3f3f3f3f"),
    (f"/system.slice/nerdctl-{HASH}.scope", "containerd 3f3f3f3f3f3f"),
    (f"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{HASH}.scope/container",
     "podman 3f3f3f3f3f3f"),
    ("/machine.slice/machine-debian.scope/payload", "nspawn debian"),
    (f"/system.slice/docker-{'zz' * 32}.scope", f"docker-{'zz' * 32}.scope"),
    (f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{'0a' * 16}.slice/"
     f"cri-containerd-{HASH}.scope", f"pod {'0a' * 16} containerd 3f3f3f3f3f3f"),  # a static pod
    (f"/kubepods/pod0a0b0c0d-1111-2222-3333-444455556666/crio-{HASH}",
     "pod 0a0b0c0d-1111-2222-3333-444455556666 crio 3f3f3f3f3f3f"),
    (f"/system.slice/containerd.service/kubepods-besteffort-pod0a0b0c0d_1111_2222_3333_"
     f"444455556666.slice:cri-containerd:{HASH}",
     "pod 0a0b0c0d-1111-2222-3333-444455556666 containerd 3f3f3f3f3f3f"),
    (f"12:memory:/docker/{HASH}\n1:name=systemd:/docker/{HASH}\n0::/", "docker 3f3f3f3f3f3f"),
    (f"11:pids:/kubepods/burstable/pod0a0b0c0d-1111-2222-3333-444455556666/{HASH}\n0::/",
     "pod 0a0b0c0d-1111-2222-3333-444455556666 containerd 3f3f3f3f3f3f"),
    (f"/user.slice/user-1000.slice/user@1000.service/app.slice/docker-{HASH}.scope/init.scope",
     "docker 3f3f3f3f3f3f"),  # rootless
    (f"/machine.slice/machine-libpod_pod_{'ab' * 32}.slice/libpod-{HASH}.scope/container",
     "podman 3f3f3f3f3f3f"),
    (f"/default/{HASH}", "containerd 3f3f3f3f3f3f"), (f"/ecs/{'ab' * 16}/{HASH}",
                                                     "container 3f3f3f3f3f3f"),
    ("/machine.slice/systemd-nspawn@my\\x2dbox.service/payload", "nspawn my-box"),
    ("/machine.slice/machine-qemu\\x2d12\\x2dweb.scope/libvirt/emulator", "libvirt web"),
    ("/lxc.payload.web/init.scope", "lxc web"), ("/lxc/web/ns/init.scope", "lxc web"),
    ("/lxc/lxc.payload.web", "lxc web"), ("/lxc.monitor.web", ""),  # outside of it
    ("/lxc.payload.ci/lxc.payload.web/x.service", "lxc web"),
    (f"/machine.slice/libpod-conmon-{HASH}.scope", f"libpod-conmon-{HASH}.scope"),
    ("/system.slice/docker.service", "docker.service"), ("/docker/buildx", ""),
    ("/user.slice/user-1000.slice/session-4.scope", "session-4.scope"),
    ("/system.slice/nginx.service", "nginx.service"),
    ("/user.slice/user-1000.slice/user@1000.service/app.slice/firefox.service",
     "firefox.service"),
    ("/", ""), ("", ""),
])
def test_containers(path: str, said: str) -> None:
    assert container_of(path) == said


def process(**what: object) -> Process:
    made = Process(100, 101, "curl", 1000, "ebpf", "alice", 99, "sh", 1_796_000_000 * 10**9,
                   "/system.slice/a; cgroup b", "docker 3f3f3f3f3f3f", ("curl", "-s", "http://x/"))
    return made._replace(**what)  # type: ignore[arg-type]


@pytest.mark.parametrize(("asked", "fits"), [
    ({"pids": [100]}, True), ({"pids": [1]}, False), ({"names": ["cu*"]}, True),
    ({"names": ["c?"]}, False), ({"uids": ["alice"]}, True), ({"uids": ["1000"]}, True),
    ({"uids": ["root"]}, False), ({"containers": ["3f3f"]}, True),
    ({"containers": ["docker"]}, True), ({"containers": ["ffff"]}, False),
    ({"pids": [100], "names": ["wget"]}, False), ({"pids": [100, 5], "uids": ["alice"]}, True),
])
def test_choices(asked: dict[str, list[object]], fits: bool) -> None:
    assert Choice(**asked).accepts(process()) is fits  # type: ignore[arg-type]
    assert not Choice(**asked).accepts(None)  # type: ignore[arg-type]


def test_children_in_a_file_are_followed_by_their_parents() -> None:
    choice = Choice(pids=[50], follow=True)
    assert not choice.accepts(process(pid=100, parent=99))
    assert choice.accepts(process(pid=99, parent=50))
    assert choice.accepts(process(pid=100, parent=99))


def test_hostile_names_in_what_others_read() -> None:
    """Comments go to terminals as they are, and one name must not say what another does."""
    said = process(name="a\x1b[31m\nb", parent_name="x, by\tebpf").words()
    assert said.isprintable() and said.startswith("a\\x1b[31m\\x0ab.100, ")
    for parent in ("a; by ebpf", "a; cgroup /b", "a; container c"):
        hostile = process(source="proc", parent_name=parent)
        block = process_block(hostile)
        found = process_of(block.body)
        assert found is not None
        assert (found.source, found.cgroup, found.container) == (
            "proc", hostile.cgroup, hostile.container)
        assert found.parent_name == parent.replace(";", "\\x3b")


def test_process_blocks_there_and_back() -> None:
    for one in (process(), process(arguments=()), process(source="proc", start=0, parent=0,
                parent_name="", container="", cgroup="", user="")):
        block = process_block(one)
        assert is_process(block.body, False)
        assert process_of(block.body) == one._replace(tid=one.pid)


@given(st.binary(max_size=200))
def test_process_blocks_of_anything(data: bytes) -> None:
    process_of(struct.pack("<III", 32622, 3, len(data)) + data)
    known = Processes()
    known.add(data)
    packet = PacketOptions([(8, data), (1, data)])
    found = known.owner(packet)
    assert found is None or found.source in (*SOURCES, "")


@pytest.mark.parametrize("big", [False, True])
def test_owners_in_a_file(tmp_path: Path, big: bool) -> None:
    from fyke.files.pcapng_options import Section
    path = tmp_path / "owned.pcapng"
    sink = create(path, section=Section(big))
    for number, who in enumerate((process(), None, process(tid=102), process(source="listener"))):
        packet = Record(udp(4000, 53), time=number * 1000)
        packet.meta = Told(who, number % 2 == 0, "eth0")
        sink.add(packet)
    sink.close()
    with read(path) as reader:
        packets = list(reader)
    assert [one.process for one in packets] == [
        process(), None, process(tid=102), process(source="listener")]
    assert packets[0].comments == (process().words(),)
    assert packets[0].to_dict()["process"]["arguments"] == ["curl", "-s", "http://x/"]
    assert "process" not in packets[1].to_dict()
    data = path.read_bytes()
    assert data.count(struct.pack("<III", 32622, 3, 0)[4:8]) >= 1
    copied = io.BytesIO()
    copied.close = lambda: None  # type: ignore[method-assign]
    copy(path, copied)
    again = open_capture(io.BytesIO(copied.getvalue()))
    one = Record()
    assert again.next(one) and one.meta.process == process()


def copy(path: Path, out: io.BytesIO) -> None:
    """As dump -r -w does."""
    from fyke.files.carrying import Carrier
    source = open_capture(path)
    carrier = Carrier(source)
    sink = create(out, format="pcapng", interfaces=source.interfaces, section=source.section)
    carrier.begin(sink)
    one = Record()
    while source.next(one):
        sink.add(one)
    sink.close()
    source.close()


def test_anonymize_drops_owners(tmp_path: Path) -> None:
    from fyke.cli.main import main
    path, out = tmp_path / "owned.pcapng", tmp_path / "out.pcapng"
    sink = create(path)
    packet = Record(udp(4000, 53))
    packet.meta = Told(process(), True, "eth0")
    sink.add(packet)
    sink.close()
    assert b"curl" in path.read_bytes()
    assert main(["anonymize", str(path), "-w", str(out)]) == 0
    data = out.read_bytes()
    assert not any(word in data for word in (b"curl", b"alice", b"3f3f", b"cgroup", b"http"))
    with read(out) as reader:
        assert [one.process for one in reader] == [None]


def test_columns(tmp_path: Path) -> None:
    from fyke import rows
    path = tmp_path / "owned.pcapng"
    sink = create(path)
    for who in (process(), None):
        packet = Record(udp(4000, 53))
        packet.meta = Told(who, True, "eth0")
        sink.add(packet)
    sink.close()
    names = ["process.pid", "process.tid", "process.name", "process.container", "process.source",
             "process.arguments"]
    assert list(rows(path, names)) == [
        (100, 101, "curl", "docker 3f3f3f3f3f3f", "ebpf", ["curl", "-s", "http://x/"]),
        (None,) * 6]
