"""Sample messages of the home networking control protocol."""

from __future__ import annotations

import struct

from network_traffic import six
from transport_traffic import name

NODE = bytes.fromhex("01020304")
HASH = bytes(range(0xA0, 0xA8))
MAPPED = bytes(10) + b"\xff\xff\xc0\0\2\1"
NATIVE = bytes.fromhex("20010db8") + bytes(11) + b"\1"


def tlv(kind: int, body: bytes = b"") -> bytes:
    return struct.pack(">HH", kind, len(body)) + body + bytes(-len(body) % 4)


def option4(kind: int, body: bytes) -> bytes:
    return bytes([kind, len(body)]) + body


def option6(kind: int, body: bytes) -> bytes:
    return struct.pack(">HH", kind, len(body)) + body


def hncp(*tlvs: bytes) -> bytes:
    body = b"".join(tlvs)
    return six(17, struct.pack(">HHHH", 8231, 8231, 8 + len(body), 0) + body)


def nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = tlv(33, inner)
    return inner


ENDPOINT = tlv(3, NODE + b"\0\0\0\x09")
PREFIX6 = b"\x34" + NATIVE[:7]
PREFIX4 = b"\x74" + MAPPED[:15]
DHCP4 = option4(6, b"\x08\x08\x08\x08\x01\1\1\1") + option4(42, b"\1\2\3\4") + option4(
    119, name("home.arpa")) + option4(99, b"?")
DHCP6 = option6(23, NATIVE + MAPPED) + option6(24, name("home.arpa") + name("example")) + option6(
    31, NATIVE) + option6(99, b"?")
DEEP = tlv(5, NODE + b"\0\0\0\7\0\0\x13\x89" + HASH + tlv(33, (
    tlv(34, b"\0\0\x07\xd0\0\0\x03\xe8" + PREFIX6 + tlv(43, b"\0")) + tlv(37, DHCP4)
    + tlv(38, DHCP6))) + tlv(36, b"\0\0\0\1" + MAPPED) + tlv(36, b"\0\0\0\1" + NATIVE))
TLVS = [
    tlv(1), tlv(2, NODE), ENDPOINT, tlv(4, HASH), DEEP, tlv(8, NODE + b"\0\0\0\1\0\0\0\2"),
    tlv(9, b"\0\0\0\1\0\0\x4e\x20"), tlv(10, b"\1\0\0\0" + bytes(range(32)) + b"me\x1b[m"),
    tlv(32, b"\0\0\x43\x21agent"), tlv(33), tlv(34, b"\0\0\0\1\0\0\0\2" + PREFIX4),
    tlv(35, b"\0\0\0\1\5" + PREFIX6 + bytes(3) + tlv(99)), tlv(39, NATIVE + b"\7" + name("home.")),
    tlv(39, MAPPED + b"\0" + name("h")), tlv(40, name("home.arpa")),
    tlv(41, NATIVE + b"\3box"), tlv(42, bytes(range(32))), tlv(42, bytes(32) + tlv(1)),
    tlv(43, b"\0"), tlv(43, PREFIX6), tlv(43, b"\x81" + name("home")), tlv(43, b"\x82text"),
    tlv(43, b"\x83"), tlv(43, b"\x84"), tlv(0), tlv(6), tlv(44), tlv(800, b"?"), tlv(2000, b"?"),
]
FAULTS = [
    *(tlv(kind, b"abc") for kind in (1, 2, 3, 4, 5, 8, 9, 10, 32, 34, 35, 36, 39, 41, 42)),
    tlv(34, b"\0\0\0\1\0\0\0\2\x88" + bytes(17)), tlv(35, b"\0\0\0\1\5\x88" + bytes(17)),
    tlv(43), tlv(43, b"\0x"), tlv(43, b"\x83x"), tlv(43, b"\x40abc"), tlv(43, b"\x81\7ab"),
    tlv(43, b"\x81"), tlv(40), tlv(40, b"\1"), tlv(39, NATIVE + b"\0\7ab"),
    tlv(41, NATIVE + b"\x40" + b"x" * 64), tlv(41, NATIVE + b"\5ab"), tlv(37), tlv(38),
    tlv(38, b"ab"), tlv(38, option6(24, b"\x80\0\0")), tlv(38, option6(23, b"abc")),
]


def alike() -> list[bytes]:
    """What versions 4.99 and 5 word alike."""
    return [hncp(), hncp(*TLVS), hncp(*TLVS[:3], TLVS[2]), *(hncp(part) for part in TLVS),
            *(hncp(part, TLVS[0]) for part in FAULTS), hncp(b"\0\1\0\5abcde\0\0"),
            *(hncp(TLVS[0], tlv(37, body), TLVS[0]) for body in (
                b"\6", option4(6, b"abc"), option4(119, b"\x80\0"), b"\x06\x09abc"))]


def samples() -> list[bytes]:
    return [*alike(), hncp(nested(80)), hncp(b"\0\1\0"), hncp(TLVS[0], b"\0\1\0\x09abcd")]
