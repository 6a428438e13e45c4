"""What options of a live capture ask of the kernel, and what becomes of it there."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from ipaddress import ip_address
from pathlib import Path

import pytest
from dump_runs import COMMAND, capture, environment, numbers, send_numbered, stop
from network import Network, frame, ip, run, sender

from file_rows import in_order
from fyke import netlink
from fyke.bpf.instructions import RET, Instruction, K
from fyke.files.reader import open_capture
from fyke.live.namespaces import open_socket
from fyke.processes.taps import Listener, listeners
from fyke.wire import Record

EXPERIMENT = "ether proto 0x88b5"


def tap_of(namespace: str) -> Listener:
    """The one packet socket in a namespace, as the kernel describes it."""
    with open_socket(namespace, socket.AF_NETLINK, socket.SOCK_RAW,
                     netlink.NETLINK_SOCK_DIAG) as asked:
        (found,) = listeners(asked)
    return found


def index_of(namespace: str, name: str) -> int:
    return int(ip("-n", namespace, "-o", "link", "show", name).split(":")[0])


def packets(path: Path) -> list[bytes]:
    source, packet, out = open_capture(str(path)), Record(), []
    while source.next(packet):
        out.append(bytes(packet.raw(0, packet.caplen)))
    source.close()
    return out


def test_what_the_tap_is(veth: tuple[str, str]) -> None:
    """-B, -s, -p, --immediate-mode as the kernel has them, beside the defaults."""
    near = veth[0]
    with capture(near, "-ni", "near"):
        tap = tap_of(near)
        assert tap.receive_ring is not None
        assert (tap.receive_ring.size, tap.receive_ring.timeout) == (8 << 20, 20)
        assert tap.promiscuous == (index_of(near, "near"),) == (tap.interface,)
        assert tap.filter == (Instruction(RET | K, 0, 0, 262144),)
        assert (tap.kind, tap.protocol) == ("raw", 3)
    with capture(near, "-npi", "near", "-B", "2048", "-s", "96", "--immediate-mode"):
        tap = tap_of(near)
        assert tap.receive_ring is not None
        assert (tap.receive_ring.size, tap.receive_ring.timeout) == (2 << 20, 1)
        assert tap.promiscuous == ()
        assert tap.filter == (Instruction(RET | K, 0, 0, 96),)
    with capture(near, "-ni", "any"):
        tap = tap_of(near)
        assert (tap.kind, tap.interface, tap.promiscuous) == ("cooked", 0, ())


def test_interface_by_number(veth: tuple[str, str]) -> None:
    """A number of -D's list, as with tcpdump; one beyond the list is the kernel's index."""
    ip("-n", veth[0], "link", "add", "index", "77", "name", "v77", "type", "veth", "peer", "name",
       "w77")
    ip("-n", veth[0], "link", "set", "v77", "up")
    for number, name in (("1", "near"), ("77", "v77")):
        with capture(veth[0], "-ni", number) as process:
            told = process.told[-1]  # type: ignore[attr-defined]
            assert told.startswith(f"listening on {name}, ".encode())


def test_list_is_tcpdumps(veth: tuple[str, str]) -> None:
    """-D, and -L up to the cooked types, which fyke offers for every interface."""
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")

    def output(*words: str) -> list[str]:
        done = subprocess.run(["nsenter", "-t", veth[0], "-n", *words], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60, check=True)
        return done.stdout.splitlines()

    ours, theirs = output(*fyke("-D")), output("tcpdump", "-D")
    assert [row.partition(".")[2] for row in ours] == [
        row.partition(".")[2] for row in theirs
        if row.partition(".")[2].split()[0] in ("near", "lo", "any")]
    ip("-n", veth[0], "tuntap", "add", "tun9", "mode", "tun")
    ip("-n", veth[0], "link", "set", "tun9", "up")
    for name in ("near", "lo", "any", "tun9"):
        ours, theirs = output(*fyke("-L", "-i", name)), output("tcpdump", "-L", "-i", name)
        assert ours[:len(theirs)] == theirs
        assert set(ours[len(theirs):]) <= {"  LINUX_SLL (Linux cooked v1)",
                                           "  LINUX_SLL2 (Linux cooked v2)"}


def fyke(*words: str) -> tuple[str, ...]:
    return (*COMMAND, *words)


def test_namespaces_by_name_and_path(veth: tuple[str, str]) -> None:
    name = f"fyke-{os.getpid()}"
    try:
        run("ip", "netns", "attach", name, veth[1])
    except RuntimeError as error:
        pytest.skip(str(error))
    try:
        with capture(str(os.getpid()), "-ni", "lo", "--netns", name, "--netns",
                     f"/proc/{veth[0]}/ns/net", "-c", "3", "udp port 9", ready=2) as process:
            send_numbered(veth[0], 1)
            send_numbered(veth[1], 2)
            out, told = process.communicate(timeout=60)
    finally:
        run("ip", "netns", "del", name)
    assert len(out.splitlines()) == 3 and process.returncode == 0, told


#: Filter → which of the frames below it takes: coming in untagged, with tag 5, with 6, going out.
KERNEL_FILTERS = [
    ("vlan", [1, 2]), ("vlan 5", [1]), ("not vlan", [0, 3]),
    (f"vlan 6 and {EXPERIMENT}", [2]), ("inbound", [0, 1, 2]), ("outbound", [3]),
    ("outbound and vlan", []), ("ifindex INDEX", [0, 1, 2, 3]), ("ifindex 9999", []),
]


@pytest.mark.parametrize(("expression", "taken", "name"), [
    (expression, taken, name) for expression, taken in KERNEL_FILTERS for name in ("near", "any")
    if name == "near" or "vlan" not in expression])  # LINUX_SLL2 has no vlan, as in libpcap
def test_metadata_filters_run_in_the_kernel(veth: tuple[str, str], expression: str,
                                            taken: list[int], name: str, tmp_path: Path) -> None:
    near, far = veth
    path = tmp_path / "x"
    expression = expression.replace("INDEX", str(index_of(near, "near")))
    with capture(near, "-ni", name, "-w", str(path), expression) as process:
        with sender(far, "far") as coming, sender(near, "near") as going:
            for number, tags in enumerate(((), ((0x8100, 5),), ((0x8100, 6),))):
                coming.send(frame(b"number%d" % number, tags=tags))
            going.send(frame(b"number3"))
        _, told, _ = stop(process)
    assert [data[data.index(b"number") + 6] - 48 for data in packets(path)] == taken
    assert told.splitlines()[:2] == [
        f"{len(taken)} packet{'' if len(taken) == 1 else 's'} {what}"
        for what in ("captured", "received by filter")]


@pytest.mark.parametrize(("direction", "expected"), [
    ("in", [b"in"]), ("out", [b"out"]), ("inout", [b"in", b"out"])])
def test_direction(veth: tuple[str, str], direction: str, expected: list[bytes],
                   tmp_path: Path) -> None:
    path = tmp_path / "x"
    with capture(veth[0], "-ni", "near", "-Q", direction, "-w", str(path)) as process:
        with sender(veth[1], "far") as coming, sender(veth[0], "near") as going:
            coming.send(frame(b"in"))
            going.send(frame(b"out"))
        stop(process)
    assert [data[14:].rstrip(b"\0") for data in packets(path)] == expected


def test_a_filter_that_is_too_long_for_the_kernel(veth: tuple[str, str], tmp_path: Path) -> None:
    """-F; it is said once, and the packets are the right ones."""
    path, expression = tmp_path / "x", tmp_path / "expression"
    chance = random.Random(4)
    hosts = " or ".join(f"ip6 host {ip_address(chance.getrandbits(128))}" for _ in range(600))
    expression.write_text(f"# hosts that are not here\n{hosts}\nor ether proto 0x88b5\n")
    with capture(veth[0], "-ni", "near", "-F", str(expression), "-w", str(path),
                 bufsize=0) as process:
        with sender(veth[1], "far") as out:
            for number in range(10):
                out.send(frame(b"%d" % number, ethertype=0x88B5 + number % 2))
        _, told, _ = stop(process)
    assert told.count("the kernel cannot run this filter (") == 1
    assert [data[14:15] for data in packets(path)] == [b"%d" % n for n in range(0, 10, 2)]
    assert "5 packets captured" in told


def test_lines_come_at_once(veth: tuple[str, str]) -> None:
    """-l: a line is in the pipe before the next packet is there."""
    with capture(veth[0], "-nli", "lo", "udp port 9") as process:
        assert process.stdout is not None
        for _ in range(3):
            send_numbered(veth[0], 1)
            assert b"UDP, length 64" in process.stdout.readline()
        stop(process)


@pytest.mark.parametrize(("words", "checked"), [(["-vv"], True), (["-vvK"], False)])
def test_checksums(veth: tuple[str, str], words: list[str], checked: bool) -> None:
    """-K: on lo the kernel leaves checksums to hardware that is not there."""
    with capture(veth[0], "-ni", "lo", *words, "udp port 9") as process:
        send_numbered(veth[0], 1)
        out, _, _ = stop(process)
    assert ("bad udp cksum" in out) == checked and "UDP, length 64" in out


@pytest.mark.parametrize("suffix", [".pcap.gz", ".pcap.zst", ".pcapng.zst", ".pcapng.gz", ".xz"])
def test_compressed_while_it_is_written(veth: tuple[str, str], suffix: str,
                                        tmp_path: Path) -> None:
    path = tmp_path / f"x{suffix}"
    with capture(veth[0], "-ni", "lo", "-w", str(path), "udp port 9") as process:
        send_numbered(veth[0], 500, size=200)
        _, told, _ = stop(process)
    assert process.returncode == 0 and "500 packets captured" in told
    assert path.stat().st_size < 500 * 100
    assert [numbers(data) for data in packets(path)] == list(range(500))


def test_the_oldest_files_make_room(veth: tuple[str, str], tmp_path: Path) -> None:
    """--max-disk and --atomic: what is left is whole, the newest, and within the bound."""
    with capture(veth[0], "-ni", "lo", "-w", str(tmp_path / "out"), "-C", "10k", "--max-disk",
                 "50k", "--atomic", "udp port 9") as process:
        send_numbered(veth[0], 200, size=1000)
        deadline = time.monotonic() + 10
        hidden: list[str] = []  # none for a moment between two files: looked at once
        while time.monotonic() < deadline and not hidden:
            time.sleep(0.02)
            hidden = [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
        assert len(hidden) == 1  # the one being written
        stop(process)
    paths = in_order(tmp_path)
    assert sum(path.stat().st_size for path in paths) <= 50 << 10
    kept = [numbers(data) for path in paths for data in packets(path)]
    assert kept == list(range(kept[0], 200)) and 30 <= len(kept) < 60


def test_the_command_of_z_has_no_rights(veth: tuple[str, str], tmp_path: Path) -> None:
    """-z runs after the drop: as -Z's user, without capabilities, without a way to new ones."""
    if os.geteuid():
        pytest.skip("needs root")
    folder = Path("/tmp") / f"fyke-z-{os.getpid()}-{time.time_ns()}"
    folder.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    script = folder / "script"
    script.write_text('#!/bin/sh\ngrep -E "^(Uid|CapEff|CapPrm|NoNewPrivs)" /proc/self/status '
                      '> "$1.status"\n')
    script.chmod(0o755)
    try:
        with capture(veth[0], "-ni", "lo", "-Z", "nobody", "-w", str(folder / "out"), "-z",
                     str(script), "-C", "10k", "udp port 9") as process:
            send_numbered(veth[0], 12, size=1000)
            stop(process)
        deadline = time.monotonic() + 10
        status = folder / "out1.status"
        while time.monotonic() < deadline and (
                not status.exists() or status.read_text().count("\n") < 4):
            time.sleep(0.02)
        rows = dict(row.split(":") for row in status.read_text().splitlines())
    finally:
        shutil.rmtree(folder)
    assert set(rows["Uid"].split()) == {str(nobody.pw_uid)}
    assert int(rows["CapEff"], 16) == int(rows["CapPrm"], 16) == 0
    assert rows["NoNewPrivs"].strip() == "1"


@pytest.mark.parametrize(("words", "user"), [
    ([], "nobody"), (["-Z", "root"], "root"), (["-w", "FILE"], "nobody")])
def test_under_sudo_it_becomes_the_invoking_user(veth: tuple[str, str], words: list[str],
                                                 user: str, tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("needs root")
    folder = Path("/tmp") / f"fyke-sudo-{os.getpid()}-{time.time_ns()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    words = [word.replace("FILE", str(folder / "out")) for word in words]
    try:
        with capture(veth[0], "-ni", "lo", *words,
                     env=environment() | {"SUDO_USER": "nobody"}) as process:
            wanted = pwd.getpwnam(user).pw_uid
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                text = Path(f"/proc/{process.pid}/status").read_text()
                if f"\nUid:\t{wanted}\t{wanted}\t{wanted}\t{wanted}\n" in text:
                    break
                time.sleep(0.02)
            else:
                pytest.fail(f"did not become {user}")
            _, told, _ = stop(process)
        assert process.returncode == 0, told
        if (folder / "out").exists():
            assert (folder / "out").stat().st_uid == wanted
    finally:
        shutil.rmtree(folder)


def test_an_interface_goes_down_and_comes_back(veth: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "x"
    with capture(veth[0], "-ni", "near", "-Uw", str(path), EXPERIMENT) as process:
        with sender(veth[1], "far") as out:
            out.send(frame(b"before"))
            ip("-n", veth[0], "link", "set", "near", "down")
            ip("-n", veth[0], "link", "set", "near", "up")
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                try:
                    out.send(frame(b"after"))
                    break
                except OSError:  # the far end has not noticed yet
                    time.sleep(0.01)
        _, told, _ = stop(process)
    assert process.returncode == 0
    assert [data[14:].rstrip(b"\0") for data in packets(path)] == [b"before", b"after"]
    assert told.count("near went down; carrying on when it comes back") == 1


def test_an_interface_is_removed(veth: tuple[str, str], tmp_path: Path) -> None:
    """It ends, all that was captured is in the file, and the status is not 0."""
    path = tmp_path / "x"
    with capture(veth[0], "-ni", "near", "-w", str(path), EXPERIMENT) as process:
        with sender(veth[1], "far") as out:
            for number in range(300):
                out.send(frame(number.to_bytes(2, "big")))
        ip("-n", veth[0], "link", "del", "near")
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    rows = told.decode().splitlines()
    assert rows[0] == "300 packets captured"
    assert rows[-1] == "fyke dump: near: the interface was removed while capturing"
    assert [int.from_bytes(data[14:16], "big") for data in packets(path)] == list(range(300))


def test_any_while_interfaces_come_and_go(network: Network, tmp_path: Path) -> None:
    one, other = network.namespace(), network.namespace()
    path = tmp_path / "x.pcapng"
    with capture(one, "-ni", "any", "-w", str(path), EXPERIMENT) as process:
        for number in range(3):
            network.pair(one, other, (f"near{number}", f"far{number}"))
            with sender(other, f"far{number}") as out:
                out.send(frame(b"%d" % number))
            ip("-n", one, "link", "del", f"near{number}")
        _, told, _ = stop(process)
    assert process.returncode == 0 and "3 packets captured" in told
    assert [data[20:21] for data in packets(path)] == [b"0", b"1", b"2"]


def test_a_larger_mtu_on_the_way(veth: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "x"
    data = frame(bytes(range(250)) * 35)
    with capture(veth[0], "-ni", "near", "-w", str(path), EXPERIMENT) as process:
        for namespace, name in zip(veth, ("near", "far"), strict=True):
            ip("-n", namespace, "link", "set", name, "mtu", "9000")
        with sender(veth[1], "far") as out:
            out.send(data)
        stop(process)
    assert packets(path) == [data]


def test_an_output_that_is_closed(veth: tuple[str, str]) -> None:
    """Text into a pipe that nobody reads any more: the end by SIGPIPE, without a word."""
    with capture(veth[0], "-nli", "lo", "udp port 9") as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        send_numbered(veth[0], 20, every=0.01)
        told = process.stderr.read().decode()
        assert process.wait(20) == -signal.SIGPIPE
    assert told == ""


def test_a_hangup_that_is_ignored(veth: tuple[str, str]) -> None:
    """Under nohup(1) SIGHUP does not end it, as with tcpdump."""
    with capture(veth[0], "-nli", "lo", "udp port 9",
                 preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
        assert process.stdout is not None
        process.send_signal(signal.SIGHUP)
        send_numbered(veth[0], 1)
        assert b"UDP, length 64" in process.stdout.readline()
        _, told, _ = stop(process)
    assert "1 packet captured" in told


def test_a_reader_of_the_pipe_sees_what_tcpdump_would(veth: tuple[str, str]) -> None:
    """-w - live into another program."""
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")
    with capture(veth[0], "-ni", "lo", "-Uw", "-", "udp port 9") as process:
        reader = subprocess.Popen(["tcpdump", "-nlr", "-"], stdin=process.stdout,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            assert reader.stdout is not None
            for _ in range(3):
                send_numbered(veth[0], 1)
                assert b"UDP, length 64" in reader.stdout.readline()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
            reader.communicate(timeout=60)
