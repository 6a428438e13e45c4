"""Cooked capture, VLAN tags and the loopback interface on the real kernel."""

from __future__ import annotations

import os
import socket
import struct
from fcntl import ioctl

import pytest
from network import Network, frame, ip, quiet, sender
from test_tap import rest

from fyke.bpf.instructions import ABS, ADD, ALU, JEQ, JGT, JMP, LD, LDX, LEN, MSH, RET, B, H, K, W
from fyke.bpf.instructions import Instruction as I
from fyke.dump.text import line_of
from fyke.filter.compile import compile
from fyke.live.cooked import LINUX_SLL, LINUX_SLL2
from fyke.live.kernel_filter import translate
from fyke.live.namespaces import inside, open_socket
from fyke.live.tap import open_tap

pytestmark = pytest.mark.live

TAGS = [
    ((0x8100, 0x0005),),
    ((0x8100, 0xE064),),
    ((0x88A8, 0x0007), (0x8100, 0x0005)),
    ((0x8100, 0x0000),),
]


@pytest.mark.parametrize("ring", [True, False])
@pytest.mark.parametrize("tags", TAGS)
def test_vlan_tags_are_put_back(veth: tuple[str, str], ring: bool,
                                tags: tuple[tuple[int, int], ...]) -> None:
    data = frame(b"inside" * 20, tags=tags)
    with (open_tap("near", namespace=veth[0], ring=ring) as tap,
          open_tap("far", namespace=veth[1], ring=ring) as leaving,
          sender(veth[1], "far") as out):
        out.send(data)
        assert [p.raw(0, p.caplen) for p in rest(tap)] == [data]
        assert [p.raw(0, p.caplen) for p in rest(leaving)] == [data]


def test_vlan_tag_with_a_short_snaplen(veth: tuple[str, str]) -> None:
    with (open_tap("near", snaplen=20, namespace=veth[0]) as tap,
          sender(veth[1], "far") as out):
        data = frame(b"inside" * 20, tags=TAGS[0])
        out.send(data)
        (packet,) = rest(tap)
        assert packet.raw(0, packet.caplen) == data[:20]
        assert packet.wirelen == len(data)


def index_of(namespace: str, name: str) -> int:
    return int(ip("-n", namespace, "-o", "link", "show", name).split(":")[0])


@pytest.mark.parametrize("ring", [True, False])
def test_any_writes_sll2(veth: tuple[str, str], ring: bool) -> None:
    data = frame(b"inside" * 20)
    near = index_of(veth[0], "near")
    with open_tap("any", namespace=veth[0], ring=ring) as tap, sender(veth[1], "far") as out:
        out.send(data)
        (packet,) = rest(tap)
        assert tap.interface_name(near) == "near"
    assert tap.link_type == packet.link_type == LINUX_SLL2
    assert packet.interface == near
    assert packet.raw(0, packet.caplen) == (
        b"\x88\xb5\0\0" + near.to_bytes(4, "big") + b"\0\x01\x01\x06" + data[6:12] + b"\0\0"
        + data[14:])
    assert packet.wirelen == len(data) - 14 + 20


@pytest.mark.parametrize("ring", [True, False])
@pytest.mark.parametrize("name", ["any", "near"])
def test_sll_on_request(veth: tuple[str, str], ring: bool, name: str) -> None:
    data = frame(b"inside" * 20)
    with (open_tap(name, namespace=veth[0], ring=ring, link_type=LINUX_SLL) as tap,
          sender(veth[1], "far") as out):
        out.send(data)
        (packet,) = rest(tap)
    assert packet.raw(0, packet.caplen) == (
        b"\0\x01\0\x01\0\x06" + data[6:12] + b"\0\0" + b"\x88\xb5" + data[14:])


@pytest.mark.parametrize("link_type,protocol", [(LINUX_SLL, 14), (LINUX_SLL2, 0)])
def test_tags_in_cooked_capture(veth: tuple[str, str], link_type: int, protocol: int) -> None:
    data = frame(b"inside" * 20, tags=TAGS[1])
    head = 16 if link_type == LINUX_SLL else 20
    with (open_tap("near", namespace=veth[0], link_type=link_type) as tap,
          sender(veth[1], "far") as out):
        out.send(data)
        (packet,) = rest(tap)
    assert packet.u16(protocol) == 0x8100
    assert packet.raw(head, packet.caplen - head) == data[14:]
    assert packet.wirelen == len(data) - 14 + head


def ping_lo(namespace: str, count: int) -> None:
    """Send datagrams to ourselves over the namespace's loopback."""
    out = open_socket(namespace, socket.AF_INET, socket.SOCK_DGRAM, 0)
    into = open_socket(namespace, socket.AF_INET, socket.SOCK_DGRAM, 0)
    with out, into:
        into.bind(("127.0.0.1", 0))
        for n in range(count):
            out.sendto(b"%d" % n, into.getsockname())


@pytest.mark.parametrize("ring", [True, False])
@pytest.mark.parametrize("name", ["lo", "any"])
@pytest.mark.parametrize("options,shown", [
    ({}, 10), ({"both_ways": True}, 20), ({"direction": "in"}, 10), ({"direction": "out"}, 10)])
def test_loopback_is_shown_once(network: Network, ring: bool, name: str,
                                options: dict[str, object], shown: int) -> None:
    namespace = network.namespace()
    with open_tap(name, namespace=namespace, ring=ring, **options) as tap:  # type: ignore
        ping_lo(namespace, 10)
        assert len(rest(tap)) == shown
        assert tap.statistics().dropped == 0


@pytest.mark.parametrize("ring", [True, False])
@pytest.mark.parametrize("direction,expected", [
    ("in", [b"in"]), ("out", [b"out"]), ("inout", [b"in", b"out"])])
def test_direction(veth: tuple[str, str], ring: bool, direction: str,
                   expected: list[bytes]) -> None:
    with (open_tap("near", namespace=veth[0], direction=direction, ring=ring) as tap,
          sender(veth[1], "far") as coming, sender(veth[0], "near") as going):
        coming.send(frame(b"in"))
        going.send(frame(b"out"))
        assert [p.raw(14, 4).rstrip(b"\0") for p in rest(tap)] == expected


def test_tun_has_no_link_layer(network: Network) -> None:
    namespace = network.namespace()
    ip("-n", namespace, "tuntap", "add", "tun9", "mode", "tun")
    quiet(namespace, "tun9")
    ip("-n", namespace, "link", "set", "tun9", "up")
    with open_tap("tun9", namespace=namespace) as tap:
        assert tap.link_type == 101  # RAW


TUNSETIFF, TUNSETLINK, IFF_TUN = 0x400454CA, 0x400454CD, 1  # include/uapi/linux/if_tun.h
BEACON = bytes.fromhex("0000080000000000" "80000000ffffffffffff0200000000010200000000010000"
                       "0000000000000000640001000004666f6f64")
DATA = bytes.fromhex("0000080000000000" "08000000ffffffffffff0200000000010200000000010000")


@pytest.mark.parametrize("hardware,link_type,header", [
    (803, 127, BEACON[:8]), (801, 105, b"")])
def test_frames_of_an_interface_in_monitor_mode(network: Network, hardware: int, link_type: int,
                                                header: bytes) -> None:
    """A tun device that says it is one (ARPHRD_IEEE80211_RADIOTAP, ARPHRD_IEEE80211)."""
    namespace = network.namespace()
    device = inside(namespace, lambda: os.open("/dev/net/tun", os.O_RDWR))
    try:
        ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"mon0", IFF_TUN))
        ioctl(device, TUNSETLINK, hardware)
        quiet(namespace, "mon0")
        ip("-n", namespace, "link", "set", "mon0", "up")
        program = compile("type mgt subtype beacon", link_type=link_type)
        with open_tap("mon0", program, namespace=namespace) as tap:
            assert tap.link_type == link_type
            for each in (BEACON, DATA, BEACON):
                os.write(device, struct.pack("!HH", 0, 0x88B5) + header + each[8:])
            got = rest(tap)
            assert [p.raw(0, p.caplen) for p in got] == [header + BEACON[8:]] * 2
            assert tap.statistics().received == 2  # the kernel ran the filter
    finally:
        os.close(device)
    assert "Beacon (food)" in line_of(got[0])


def filter_for(link_type: int, value: int) -> list[I]:
    """len > 100 and the header's protocol is ``value``, the way a compiler writes it."""
    protocol = 14 if link_type == LINUX_SLL else 0
    return [I(LD | W | LEN, 0, 0, 0), I(JMP | JGT | K, 0, 3, 100),
            I(LD | H | ABS, 0, 0, protocol), I(JMP | JEQ | K, 0, 1, value),
            I(RET | K, 0, 0, 262144), I(RET | K, 0, 0, 0)]


@pytest.mark.parametrize("name,link_type", [("any", LINUX_SLL2), ("near", LINUX_SLL)])
def test_cooked_filters_run_in_the_kernel(veth: tuple[str, str], name: str,
                                          link_type: int) -> None:
    head = 16 if link_type == LINUX_SLL else 20
    program = filter_for(link_type, 0x88B5)
    with (open_tap(name, program, namespace=veth[0], link_type=link_type) as tap,
          sender(veth[1], "far") as out):
        for size in (100 - head, 101 - head, 300):
            for kind in (0x88B5, 0x88B6):
                out.send(frame(b"x" * size, ethertype=kind))
        got = rest(tap)
        assert tap.statistics().received == len(got) == 2
        assert tap.notes == []
    assert [p.wirelen for p in got] == [101, 300 + head]


def test_translation_of_loads() -> None:
    program = [I(LD | W | ABS, 0, 0, 4), I(LD | H | ABS, 0, 0, 8), I(LD | B | ABS, 0, 0, 10),
               I(LDX | B | MSH, 0, 0, 20), I(LD | H | ABS, 0, 0, 30),
               I(LD | W | ABS, 0, 0, 0xFFFFF030), I(RET | K, 0, 0, 65535)]
    assert translate(program, LINUX_SLL2) == (
        I(LD | W | ABS, 0, 0, 0xFFFFF008), I(LD | W | ABS, 0, 0, 0xFFFFF01C),
        I(LD | W | ABS, 0, 0, 0xFFFFF004), I(LDX | B | MSH, 0, 0, 0), I(LD | H | ABS, 0, 0, 10),
        I(LD | W | ABS, 0, 0, 0xFFFFF030), I(RET | K, 0, 0, 65515))
    assert translate(program, 1) == tuple(program)


def test_jumps_over_what_was_added() -> None:
    program = [I(JMP | JEQ | K, 1, 2, 1), I(LD | W | LEN, 0, 0, 0), I(RET | K, 0, 0, 5),
               I(RET | K, 0, 0, 0)]
    assert translate(program, LINUX_SLL) == (
        I(JMP | JEQ | K, 2, 3, 1), I(LD | W | LEN, 0, 0, 0), I(ALU | ADD | K, 0, 0, 16),
        I(RET | K, 0, 0, 1), I(RET | K, 0, 0, 0))


@pytest.mark.parametrize("load", [
    I(LD | B | ABS, 0, 0, 0),  # half of the protocol
    I(LD | W | ABS, 0, 0, 12),  # the address is nowhere to be had
    I(LD | W | ABS, 0, 0, 18),  # half header, half payload
    I(LDX | W | LEN, 0, 0, 0),
    I(LDX | B | MSH, 0, 0, 3),
])
def test_what_cannot_be_translated(load: I) -> None:
    assert translate([load, I(RET | K, 0, 0, 1)], LINUX_SLL2) is None


def test_a_jump_that_gets_too_long_is_not_translated() -> None:
    program = [I(JMP | JEQ | K, 254, 0, 1), *[I(LD | W | LEN, 0, 0, 0)] * 255, I(RET | K, 0, 0, 1)]
    assert translate(program, LINUX_SLL2) is None
