"""Frames for the tests of the dialect fyke: made by hand, each with what it shows."""

from __future__ import annotations

import struct

MACS = bytes.fromhex("020000000002" "020000000001")
TAG = {"c": 0x8100, "s": 0x88A8, "q": 0x9100}


def ether(kind: int, body: bytes, *tags: tuple[str, int]) -> bytes:
    """An Ethernet frame; a tag is its kind (c, s, q) and its control information."""
    head = b"".join(struct.pack(">HH", TAG[name], tci) for name, tci in tags)
    return MACS + head + struct.pack(">H", kind) + body


def udp(body: bytes = b"hello", source: int = 1000, to: int = 8000) -> bytes:
    return struct.pack(">HHHH", source, to, 8 + len(body), 0) + body


def tcp(body: bytes = b"", flags: int = 0x02, source: int = 1000, to: int = 80) -> bytes:
    return struct.pack(">HHIIBBHHH", source, to, 7, 9, 0x60, flags, 512, 0, 0) + bytes(4) + body


def ip4(proto: int, body: bytes, *, ttl: int = 64, offset: int = 0, more: bool = False,
        source: str = "10.0.0.1", to: str = "192.0.2.7", options: bytes = b"") -> bytes:
    header = struct.pack(">BBHHHBBH", 0x45 + len(options) // 4, 0, 20 + len(options) + len(body), 1,
                         offset | (0x2000 if more else 0), ttl, proto, 0)
    return header + address(source) + address(to) + options + body


def address(text: str) -> bytes:
    return bytes(map(int, text.split(".")))


SOURCE6, TO6 = bytes.fromhex("20010db8" + 22 * "0" + "01"), bytes.fromhex("ff02" + 26 * "0" + "16")


def ip6(following: int, body: bytes, hops: int = 1) -> bytes:
    head = struct.pack(">IHBB", 6 << 28 | 0x12345, len(body), following, hops)
    return head + SOURCE6 + TO6 + body


def options6(following: int, body: bytes, length: int = 0) -> bytes:
    """A hop-by-hop or destination options header of 8 * (length + 1) octets."""
    return bytes((following, length)) + bytes(6 + 8 * length) + body


def fragment6(following: int, body: bytes, offset: int = 0, more: int = 0) -> bytes:
    return struct.pack(">BBHI", following, 0, offset << 3 | more, 77) + body


def ah(following: int, body: bytes) -> bytes:
    """An authentication header of 24 octets."""
    return bytes((following, 4)) + bytes(22) + body


def dns(flags: int = 0x0100, number: int = 7) -> bytes:
    return struct.pack(">HHHHHH", number, flags, 1, 0, 0, 0) + b"\1a\0\0\1\0\1"


def arp(hardware: int = 6) -> bytes:
    return (struct.pack(">HHBBH", 1, 0x0800, hardware, 4, 1) + bytes(hardware)
            + address("10.0.0.1") + bytes(hardware) + address("10.0.0.2"))


def mpls(label: int, body: bytes) -> bytes:
    return struct.pack(">I", label << 12 | 0x100 | 64) + body


def vxlan(number: int, inside: bytes) -> bytes:
    return ip4(17, udp(struct.pack(">II", 0x08000000, number << 8) + inside, to=4789))


def geneve(number: int, inside: bytes, options: int = 0, kind: int = 0x6558) -> bytes:
    return ip4(17, udp(struct.pack(">BBHI", options, 0, kind, number << 8) + bytes(4 * options)
                       + inside, to=6081))


INNER = ether(0x0800, ip4(6, tcp(source=5, to=443), source="172.16.0.9"))
ECHO, MLD = struct.pack(">BBHHH", 8, 0, 0, 3, 4), bytes((143, 0)) + bytes(6)

FRAMES = {
    "udp": ether(0x0800, ip4(17, udp())),
    "udp vlan 0": ether(0x0800, ip4(17, udp()), ("c", 0xE000)),
    "udp vlan 10": ether(0x0800, ip4(17, udp()), ("c", 10)),
    "udp vlan 20": ether(0x0800, ip4(17, udp(), source="10.0.0.2"), ("c", 20)),
    "udp qinq": ether(0x0800, ip4(17, udp()), ("s", 10), ("c", 20)),
    "udp 9100": ether(0x0800, ip4(17, udp()), ("q", 30), ("c", 20)),
    "udp 4 tags": ether(0x0800, ip4(17, udp()), *[("c", each) for each in (1, 2, 3, 4)]),
    "udp 5 tags": ether(0x0800, ip4(17, udp()), *[("c", each) for each in (1, 2, 3, 4, 5)]),
    "tcp": ether(0x0800, ip4(6, tcp(), ttl=3)),
    "tcp options": ether(0x0800, ip4(6, tcp(b"GET /", 0x18), options=bytes(8))),
    "tcp padded": ether(0x0800, ip4(6, tcp(flags=0x10)) + bytes(6)),
    "tcp6": ether(0x86DD, ip6(6, tcp(b"GET /", 0x12))),
    "tcp6 hop": ether(0x86DD, ip6(0, options6(6, tcp()))),
    "udp6 hop": ether(0x86DD, ip6(0, options6(17, udp(), 2))),
    "udp6 6 headers": ether(0x86DD, ip6(0, options6(60, options6(43, options6(44, fragment6(
        51, ah(60, options6(17, udp())))))))),
    "udp6 7 headers": ether(0x86DD, ip6(0, options6(60, options6(43, options6(44, fragment6(
        51, ah(60, options6(60, options6(17, udp()))))))))),
    "mld": ether(0x86DD, ip6(0, options6(58, MLD))),
    "mld vlan": ether(0x86DD, ip6(0, options6(58, MLD)), ("c", 10)),
    "udp6 atomic": ether(0x86DD, ip6(44, fragment6(17, udp()))),
    "udp6 first": ether(0x86DD, ip6(44, fragment6(17, udp(), more=1))),
    "udp6 later": ether(0x86DD, ip6(44, fragment6(17, udp(), 100))),
    "udp later": ether(0x0800, ip4(17, udp(), offset=100)),
    "udp first": ether(0x0800, ip4(17, udp(), more=True)),
    "udp ah": ether(0x0800, ip4(51, ah(17, udp()))),
    "echo": ether(0x0800, ip4(1, ECHO)),
    "dns": ether(0x0800, ip4(17, udp(dns(), to=53))),
    "dns answer": ether(0x0800, ip4(17, udp(dns(0x8183), source=53, to=999), options=bytes(4)),
                        ("c", 5)),
    "dns tcp": ether(0x0800, ip4(6, tcp(struct.pack(">H", 19) + dns(number=8), to=53))),
    "arp": ether(0x0806, arp()),
    "arp 20": ether(0x0806, arp(20)),
    "stp": MACS + struct.pack(">H", 38) + bytes.fromhex("424203") + bytes(35),
    "pvst": MACS + struct.pack(">HHH", 0x8100, 10, 50) + bytes.fromhex("aaaa0300000c010b")
    + bytes(42),
    "mpls": ether(0x8847, mpls(100, ip4(6, tcp()))),
    "mpls vlan": ether(0x8847, mpls(200, ip4(17, udp())), ("c", 10)),
    "pppoe": ether(0x8864, bytes.fromhex("1100000700200021") + ip4(6, tcp())),
    "vxlan": ether(0x0800, vxlan(7, INNER)),
    "vxlan tagged": ether(0x0800, vxlan(8, ether(0x0800, ip4(17, udp()), ("c", 3))), ("c", 2)),
    "geneve": ether(0x0800, geneve(7, INNER, 2)),
    "geneve ip": ether(0x0800, geneve(9, ip4(17, udp(), source="172.16.0.9"), 0, 0x0800)),
}
