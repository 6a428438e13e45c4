"""Packets of all that a pushdown must not fall for: tags, tunnels, fragments, options, extension
headers, errors that quote packets, and captures cut short.
"""

from __future__ import annotations

import struct

from hypothesis import strategies as st

PORTS = (53, 80, 443, 444, 4789, 6081, 1701, 2049, 200, 500, 5353, 9)
HOSTS4 = ("10.0.0.1", "10.0.0.2", "10.255.0.1", "192.0.2.7")
HOSTS6 = ("2001:db8::1", "2001:db8::2", "2001:db8:1::1", "fe80::1")
MACS = (b"\2\0\0\0\0\1", b"\2\0\0\0\0\2")


def four(text: str) -> bytes:
    return bytes(map(int, text.split(".")))


def six(text: str) -> bytes:
    import ipaddress
    return ipaddress.ip_address(text).packed


ports = st.sampled_from(PORTS)
small = st.integers(0, 255)


@st.composite
def tcp(draw) -> bytes:
    options = draw(st.sampled_from((b"", bytes([2, 4, 5, 180]), bytes(40))))
    offset = draw(st.sampled_from((5 + len(options) // 4, 5, 3)))
    return struct.pack(">HHIIBBHHH", draw(ports), draw(ports), draw(small), 9, offset << 4,
                       draw(small), draw(small), 0, 0) + options + draw(st.sampled_from(
                           (b"", b"GET / HTTP/1.0\r\n\r\n", b"\x16\3\1\0\5hello")))


@st.composite
def udp(draw, depth: int) -> bytes:
    inside = draw(st.one_of(st.just(b"data"), frame(depth).map(
        lambda packet: b"\x08\0\0\0\0\0\7\0" + packet), frame(depth).map(
            lambda packet: b"\0\0\x65\x58\0\0\7\0" + packet), st.binary(max_size=20)))
    length = draw(st.sampled_from((8 + len(inside), 0, 8, 7, 900)))
    return struct.pack(">HHHH", draw(ports), draw(ports), length, 0) + inside


@st.composite
def icmp(draw, depth: int) -> bytes:
    """Errors quote a packet."""
    return bytes([draw(st.sampled_from((3, 11, 8))), 0]) + bytes(6) + draw(network(depth))[1]


@st.composite
def ip4(draw, depth: int) -> bytes:
    proto, inside = draw(transport(depth, 1))
    options = draw(st.sampled_from((b"", b"", b"", b"\1\1\1\0", bytes([7, 7, 4, 1, 2, 3, 4, 0]))))
    header = 20 + len(options)
    total = draw(st.sampled_from((header + len(inside),) * 4 + (0, header, header + 6, 65535)))
    first = draw(st.sampled_from((0x40 | header >> 2,) * 5 + (0x45, 0x44, 0x65)))
    flags = draw(st.sampled_from((0x4000, 0, 0, 0x2000, 0x2005, 0x0005, 0x8000)))
    return struct.pack(">BBHHHBBH", first, draw(small), total, draw(small), flags,
                       draw(st.sampled_from((1, 4, 5, 64))), proto, 0) + four(
        draw(st.sampled_from(HOSTS4))) + four(draw(st.sampled_from(HOSTS4))) + options + inside


@st.composite
def ip6(draw, depth: int) -> bytes:
    proto, inside = draw(transport(depth, 58))
    for kind in draw(st.lists(st.sampled_from((0, 43, 44, 60)), max_size=2)):
        if kind == 44:
            inside = bytes([proto, 0]) + draw(st.sampled_from((b"\0\0", b"\0\1", b"\1\0"))) + bytes(
                4) + inside
        else:
            inside = bytes([proto, 0, 1, 4, 0, 0, 0, 0]) + inside
        proto = kind
    length = draw(st.sampled_from((len(inside),) * 4 + (0, 4, 65535)))
    return struct.pack(">IHBB", draw(st.sampled_from((0x60000000, 0x6ff12345, 0x40000000))), length,
                       proto, draw(st.sampled_from((1, 4, 5, 64)))) + six(
        draw(st.sampled_from(HOSTS6))) + six(draw(st.sampled_from(HOSTS6))) + inside


@st.composite
def transport(draw, depth: int, control: int) -> tuple[int, bytes]:
    kinds = ["tcp", "tcp", "udp", "udp", "noise", "icmp"]
    if depth:
        kinds += ["4in", "6in", "gre"]
    kind = draw(st.sampled_from(kinds))
    if kind == "tcp":
        return 6, draw(tcp())
    if kind == "udp":
        return 17, draw(udp(depth - 1))
    if kind == "icmp" and depth:
        return control, draw(icmp(depth - 1))
    if kind == "4in":
        return 4, draw(ip4(depth - 1))
    if kind == "6in":
        return 41, draw(ip6(depth - 1))
    if kind == "gre":
        what, inside = draw(network(depth - 1))
        return 47, struct.pack(">HH", 0, what) + inside
    return draw(st.sampled_from((6, 17, 50, 51, 132))), draw(st.binary(max_size=30))


@st.composite
def network(draw, depth: int) -> tuple[int, bytes]:
    kind = draw(st.sampled_from(("4", "4", "4", "6", "6", "arp", "noise")))
    if kind == "4":
        return 0x0800, draw(ip4(max(depth, 0)))
    if kind == "6":
        return 0x86DD, draw(ip6(max(depth, 0)))
    if kind == "arp":
        return 0x0806, struct.pack(">HHBBH", 1, 0x0800, 6, 4, draw(st.integers(1, 2))) + MACS[
            0] + four(draw(st.sampled_from(HOSTS4))) + bytes(6) + four("10.0.0.2")
    return draw(st.sampled_from((0x0800, 0x86DD, 0x88CC, 4, 0x8847))), draw(st.binary(max_size=60))


@st.composite
def frame(draw, depth: int = 2) -> bytes:
    what, inside = draw(network(depth if depth > 0 else 0)) if depth >= 0 else (0x88CC, b"")
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 1, 2, 3)))):
        inside = struct.pack(">HH", draw(st.integers(0, 4)) << 13 | draw(st.integers(5, 9)),
                             what) + inside
        what = draw(st.sampled_from((0x8100, 0x8100, 0x88A8, 0x9100)))
    padding = draw(st.sampled_from((0, 0, 6)))
    return draw(st.sampled_from(MACS)) + draw(st.sampled_from(MACS)) + struct.pack(
        ">H", what) + inside + bytes(padding)


@st.composite
def captured(draw) -> tuple[int, bytes, int]:
    """Link type, octets, and the length on the wire."""
    link = draw(st.sampled_from((1, 1, 1, 101, 113, 276, 228)))
    if link == 1:
        octets = draw(frame())
    else:
        what, inside = draw(network(2))
        kind = struct.pack(">H", what)
        octets = {113: bytes(14) + kind, 276: kind + bytes(18)}.get(link, b"") + inside
    wire = len(octets)
    cut = draw(st.sampled_from((None, None, None, 14, 20, 34, 40, 54, 60)))
    return link, octets[:cut], wire
