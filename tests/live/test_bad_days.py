"""What goes wrong with a live capture: nothing is lost, and one line says what happened."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import time

import pytest
from network import Network, frame, ip, run, sender
from test_tap import EXPERIMENT, rest

from fyke.bpf.instructions import ABS, JEQ, JMP, LD, RET, H, Instruction, K, W
from fyke.errors import CaptureError, UsageError
from fyke.live import constants as c
from fyke.live import ring as ring_module
from fyke.live.frame import Frames
from fyke.live.interfaces import interfaces
from fyke.live.namespaces import open_socket
from fyke.live.tap import Tap, open_tap
from fyke.wire import Memory, Record

pytestmark = pytest.mark.live


def taken(tap: Tap, count: int) -> list[bytes]:
    """The payloads of the next ``count`` packets."""
    packet, out = Record(), []
    end = time.monotonic() + 30
    while len(out) < count and time.monotonic() < end:
        if tap.next(packet):
            out.append(packet.raw(14, 8).rstrip(b"\0"))
        else:
            tap.wait(0.5)
    return out


@pytest.mark.parametrize("ring", [True, False])
def test_down_and_up_again(veth: tuple[str, str], ring: bool) -> None:
    with open_tap("near", namespace=veth[0], ring=ring) as tap, sender(veth[1], "far") as out:
        out.send(frame(b"before"))
        assert taken(tap, 1) == [b"before"]
        ip("-n", veth[0], "link", "set", "near", "down")
        assert tap.wait(0.2)
        ip("-n", veth[0], "link", "set", "near", "up")
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                out.send(frame(b"after"))
                break
            except OSError:  # the far end has not noticed yet
                time.sleep(0.01)
        assert taken(tap, 1) == [b"after"]
        assert tap.notes == ["near went down; carrying on when it comes back"]


@pytest.mark.parametrize("ring", [True, False])
def test_down_just_before_the_end_is_told_too(veth: tuple[str, str], ring: bool) -> None:
    with open_tap("near", namespace=veth[0], ring=ring) as tap, sender(veth[1], "far") as out:
        out.send(frame(b"before"))
        ip("-n", veth[0], "link", "set", "near", "down")
        ip("-n", veth[0], "link", "set", "near", "up")
        assert len(rest(tap)) == 1
        assert tap.notes == ["near went down; carrying on when it comes back"]


@pytest.mark.parametrize("ring", [True, False])
def test_removal_ends_it_after_the_last_packet(veth: tuple[str, str], ring: bool) -> None:
    with open_tap("near", namespace=veth[0], ring=ring) as tap, sender(veth[1], "far") as out:
        for n in range(20):
            out.send(frame(b"%d" % n))
        ip("-n", veth[0], "link", "del", "near")
        packet, got = Record(), []
        with pytest.raises(CaptureError, match="near: the interface was removed"):
            while True:
                while tap.next(packet):
                    got.append(packet.raw(14, 2).rstrip(b"\0"))
                assert tap.wait(2)
        assert got == [b"%d" % n for n in range(20)]
        assert not tap.wait(1)


def test_larger_mtu_on_the_way(veth: tuple[str, str]) -> None:
    with open_tap("near", namespace=veth[0]) as tap, sender(veth[1], "far") as out:
        for namespace, name in zip(veth, ("near", "far"), strict=True):
            ip("-n", namespace, "link", "set", name, "mtu", "9000")
        data = frame(bytes(range(250)) * 35)
        out.send(data)
        (packet,) = rest(tap)
        assert packet.raw(0, packet.caplen) == data


def test_any_while_interfaces_come_and_go(network: Network) -> None:
    one, other = network.namespace(), network.namespace()
    with open_tap("any", EXPERIMENT_ON_SLL2, namespace=one) as tap:
        for n in range(3):
            network.pair(one, other, (f"near{n}", f"far{n}"))
            with sender(other, f"far{n}") as out:
                out.send(frame(b"%d" % n))
            ip("-n", one, "link", "del", f"near{n}")
        got = rest(tap)
    assert [p.raw(20, 1) for p in got] == [b"0", b"1", b"2"]
    assert len({p.interface for p in got}) == 3


EXPERIMENT_ON_SLL2 = (Instruction(LD | H | ABS, 0, 0, 0), *EXPERIMENT[1:])


class Refusing:
    """A socket whose rings are refused for lack of memory until they are small enough."""

    def __init__(self, tap: socket.socket, largest: int, number: int = errno.ENOMEM) -> None:
        self.tap = tap
        self.largest = largest
        self.number = number
        self.largest_asked = 0

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        if option == c.PACKET_RX_RING and isinstance(value, bytes):
            size, count = c.TPACKET_REQ3.unpack(value)[:2]
            self.largest_asked = max(self.largest_asked, size * count)
            if size * count > self.largest:
                raise OSError(self.number, os.strerror(self.number))
        self.tap.setsockopt(level, option, value)

    def fileno(self) -> int:
        return self.tap.fileno()


def test_ring_without_memory_is_made_smaller(network: Network) -> None:
    notes: list[str] = []
    with open_socket(network.namespace(), socket.AF_PACKET, socket.SOCK_RAW, 0) as tap:
        refusing = Refusing(tap, 1 << 20)
        ring = ring_module.open_ring(refusing, Frames(1, 100), 8 << 20, 20, notes)  # type: ignore
        assert ring.block_count * ring.block_size == 1 << 20
        ring.close()
    assert notes == ["no room for a ring of 8192 KiB: capturing with 1024 KiB; "
                     "a smaller -B asks for less"]


def test_ring_beyond_what_the_kernel_counts(network: Network) -> None:
    notes: list[str] = []
    with open_socket(network.namespace(), socket.AF_PACKET, socket.SOCK_RAW, 0) as tap:
        refusing = Refusing(tap, 1 << 20)
        ring = ring_module.open_ring(refusing, Frames(1, 100), 9 << 30, 20, notes)  # type: ignore
        assert ring.block_count * ring.block_size <= 1 << 20
        assert refusing.largest_asked == (1 << 32) - ring.block_size
        ring.close()
    assert notes[0].startswith("no room for a ring of 9437184 KiB: capturing with ")


def test_refused_ring_falls_back_to_reading(veth: tuple[str, str],
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr("fyke.live.tap.open_ring", refuse)
    with open_tap("near", namespace=veth[0]) as tap, sender(veth[1], "far") as out:
        out.send(frame(b"still"))
        assert len(rest(tap)) == 1
        assert tap.notes == ["no ring (Invalid argument): reading packet by packet, "
                             "which is slower"]


def test_damaged_ring_is_told_and_passed() -> None:
    data = bytearray(1 << 16)
    memory = Memory(data)
    ring = ring_module.Ring(memory, 1 << 15, 2, Frames(1, 100))
    for block in (0, 1 << 15):
        memory.hand_over(block + 8, 1)  # ours
        memory.hand_over(block + 12, 3)  # packets
        memory.hand_over(block + 16, 48)  # the first one's place
    memory.hand_over(48 + 0, 0xFFFFFF00)  # the second is far outside
    data[48 + 24:48 + 26] = (200).to_bytes(2, sys.byteorder)
    packet = Record()
    assert ring.next(packet)
    with pytest.raises(CaptureError, match="ring is damaged"):
        ring.next(packet)
    with pytest.raises(CaptureError, match="ring is damaged"):  # of the other block: tp_mac is 0
        ring.next(packet)
    assert not ring.next(packet)


def test_filter_that_is_too_long_runs_here(veth: tuple[str, str]) -> None:
    program = [Instruction(LD | W | ABS, 0, 0, 0)] * 5000 + list(EXPERIMENT)
    with open_tap("near", program, namespace=veth[0]) as tap, sender(veth[1], "far") as out:
        for n in range(20):
            out.send(frame(b"%d" % n, ethertype=0x88B5 + n % 2))
        assert len(rest(tap)) == 10
        assert tap.statistics().refused == 10
    assert tap.notes == ["the kernel cannot run this filter (5004 instructions, the kernel takes "
                         "4096): it runs here"]


def test_filter_that_runs_here_knows_the_metadata(veth: tuple[str, str]) -> None:
    program = [Instruction(LD | W | ABS, 0, 0, 0)] * 5000 + [
        Instruction(LD | W | ABS, 0, 0, 0xFFFFF02C),  # the VLAN tag
        Instruction(JMP | JEQ | K, 0, 1, 5),
        Instruction(RET | K, 0, 0, 262144), Instruction(RET | K, 0, 0, 0)]
    with open_tap("near", program, namespace=veth[0]) as tap, sender(veth[1], "far") as out:
        data = frame(b"wanted", tags=((0x8100, 5),))
        out.send(frame(b"untagged"))
        out.send(frame(b"other", tags=((0x8100, 6),)))
        out.send(data)
        (packet,) = rest(tap)
        assert packet.raw(0, packet.caplen) == data
        assert packet.meta is None


def test_direction_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="'up' is not a direction"):
        open_tap("lo", direction="up")


WITHOUT_RIGHTS = """
from fyke.errors import CaptureError
from fyke.live.privileges import drop
from fyke.live.tap import open_tap
drop()
try:
    open_tap("lo")
except CaptureError as error:
    print(error)
"""


def test_without_rights_the_capability_is_named(network: Network) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_RIGHTS], capture_output=True, text=True,
                          timeout=60, check=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.stdout.startswith("lo: no permission to capture: CAP_NET_RAW is missing; run with "
                                  "sudo, or grant it: sudo setcap cap_net_raw,cap_net_admin=ep /")
    assert done.stdout.count("\n") == 1


def test_unknown_namespace_names_the_known(veth: tuple[str, str]) -> None:
    with pytest.raises(CaptureError, match="no network namespace is called 'nowhere'"):
        open_tap("lo", namespace="nowhere")
    with pytest.raises(CaptureError, match="No such file"):
        open_tap("lo", namespace="/nowhere/at/all")
    with pytest.raises(CaptureError, match="not a network namespace"):
        open_tap("lo", namespace="/proc/self/status")


def test_namespace_by_path_and_pid(veth: tuple[str, str]) -> None:
    own = os.stat("/proc/self/ns/net").st_ino
    for where in (veth[0], f"/proc/{veth[0]}/ns/net"):
        assert {found.name for found in interfaces(where)} == {"near", "lo", "any"}
    assert os.stat("/proc/self/ns/net").st_ino == own


def test_namespace_by_name(network: Network) -> None:
    name = f"fyke-{os.getpid()}"
    try:
        run("ip", "netns", "add", name)
    except RuntimeError as error:
        pytest.skip(str(error))
    try:
        assert {found.name for found in interfaces(name)} == {"lo", "any"}
        with pytest.raises(CaptureError, match=f"'fyke'.*there are.* {name}"):
            interfaces("fyke")
    finally:
        run("ip", "netns", "del", name)


def test_promiscuous_as_long_as_the_tap_is_open(veth: tuple[str, str]) -> None:
    def promiscuity() -> bool:
        return "promiscuity 1" in ip("-n", veth[0], "-d", "link", "show", "near")

    with open_tap("near", namespace=veth[0]) as tap:
        assert promiscuity()
        packet = Record()
        with sender(veth[1], "far") as out:
            out.send(frame(b"x", to=b"\x02\x77\x77\x77\x77\x77"))
        assert taken(tap, 1) == [b"x"]
        tap.next(packet)
    assert not promiscuity()
    with open_tap("near", namespace=veth[0], promiscuous=False):
        assert not promiscuity()


def test_closed_while_a_packet_still_looks_at_it(veth: tuple[str, str]) -> None:
    with open_tap("near", namespace=veth[0]) as tap, sender(veth[1], "far") as out:
        out.send(frame(b"here"))
        packet = Record()
        end = time.monotonic() + 30
        while not tap.next(packet) and time.monotonic() < end:
            tap.wait(1)
        tap.close()
        assert packet.raw(14, 4) == b"here"
        assert "promiscuity 0" in ip("-n", veth[0], "-d", "link", "show", "near")
        assert tap.statistics().received == 1
        assert not tap.wait(1)
        assert not tap.next(Record())
        tap.close()
