"""Sample packets of what sets up and tests label switched paths: LDP, RSVP, LSP ping."""

from __future__ import annotations

import struct

from network_traffic import checksum, four, six
from transport_traffic import tcp, udp

ADDRESS, OTHER = b"\x0a\0\0\7", b"\xc0\0\2\x09"
SIX = bytes.fromhex("20010db8000000000000000000000007")
FLOAT = bytes.fromhex("4cee6b28")  # 125000000 octets per second


def tlv(kind: int, value: bytes) -> bytes:
    """Type and length of two octets each."""
    return struct.pack(">HH", kind, len(value)) + value


def message(kind: int, *tlvs: bytes, ident: int = 7) -> bytes:
    body = b"".join(tlvs)
    return struct.pack(">HHI", kind, 4 + len(body), ident) + body


def unit(*messages: bytes, version: int = 1, size: int | None = None) -> bytes:
    body = ADDRESS + b"\0\3" + b"".join(messages)
    return struct.pack(">HH", version, len(body) if size is None else size) + body


PSEUDOWIRE = b"\x80\x80\5\x1a\0\0\0\1\0\0\0\2" + (
    b"\1\4\5\xdc" b"\3\6a\x1b[m" b"\x0c\4\7\5" b"\x09\4ab")
LDP_TLVS = [
    tlv(0x0400, b"\0\x0f\xc0\0"), tlv(0x0400, b"\0\x0f\0\0"), tlv(0x0401, ADDRESS),
    tlv(0x0402, b"\0\0\0\5"), tlv(0x0403, SIX), tlv(0x0101, b"\0\1" + ADDRESS + OTHER),
    tlv(0x0101, b"\0\2" + SIX), tlv(0x0101, b"\0\x63abcd"), tlv(0x0100, b"\1"),
    tlv(0x0100, b"\2\0\1\x18\x0a\0\1"), tlv(0x0100, b"\2\0\2\x20" + SIX[:4]),
    tlv(0x0100, b"\2\0\1\x21\x0a\0\1"), tlv(0x0100, b"\2\0\1\x20\x0a\0\1"),
    tlv(0x0100, b"\2\0\x63\x18\x0a"), tlv(0x0100, b"\3\0\1"), tlv(0x0100, PSEUDOWIRE),
    tlv(0x0100, b"\x80\0\4\0\0\0\0\1"), tlv(0x0100, b"\x80\0\4\2\0\0\0\1\0\0\0\2"),
    tlv(0x0200, b"\0\0\x03\xe8"), tlv(0x0503, b"\x80\x0f\0\0\0\0\0\7\0\0\0\x09"),
    tlv(0x0503, bytes(12)), tlv(0x0601, b"\5\xdc"), tlv(0x0201, b"abcd"), tlv(0xC600, b"\0\0\0\1"),
    tlv(0x3F00, b"x"),
]


#: What 4.99 has other words for.
NEW_LDP_TLVS = [
    tlv(0x0103, b"\7"), tlv(0x0104, ADDRESS + OTHER), tlv(0x0300, b"\x80\0\0\x0a\0\0\0\7\1\0"),
    tlv(0x0300, b"\x40\0\0\0\0\0\0\0\0\0"), tlv(0x050B, b"\x80"), tlv(0x0701, b"\x40\0\0\0"),
    tlv(0x0500, b"\0\1\0\xb4\xc0\0\x10\0" + ADDRESS + b"\0\0"), tlv(0x0400, b"ab"),
    tlv(0x0100, b"\2\0"), tlv(0x0100, b"\x80\0\4\x63\0\0\0\1\0\0\0\2"),
]


SEVERAL = unit(message(0x0100, LDP_TLVS[0], LDP_TLVS[2]), message(0x0201),
               message(0x8777, b"ab"))


def ldp() -> list[bytes]:
    each = [udp(unit(message(0x0400, value)), 646, 646) for value in LDP_TLVS]
    return [*each, udp(SEVERAL + unit(message(0x0300, LDP_TLVS[5])), 646, 646),
            udp(unit(message(0x0201), version=2), 646, 646),
            udp(unit(message(0x0201), size=3) + bytes(8), 646, 646), udp(b"\0\1", 646, 646),
            udp(unit(b"\2\1\0\3\0\0\0\1") + bytes(4), 646, 646),
            udp(unit(message(0x0201, b"\4\0\0\x09ab")), 646, 646)]


def ping(tlvs: bytes = b"", *, kind: int = 1, code: int = 0, received: int = 0,
         version: int = 1) -> bytes:
    sent = 0xD0000000 << 32 | 1 << 31
    return udp(struct.pack(">HHBBBBIIQQ", version, 0, kind, 2, code, 1, 5, 6, sent, received)
               + tlvs, 40000, 3503)


def padded(kind: int, value: bytes) -> bytes:
    return tlv(kind, value) + bytes(-len(value) % 4)


RD = b"\0\0\xfd\xe8\0\0\0\1"
CLASSES = [
    padded(1, ADDRESS + b"\x18"), padded(2, SIX + b"\x40"),
    padded(3, ADDRESS + b"\0\0\0\1" + OTHER + ADDRESS + b"\0\0\0\2"),
    padded(4, SIX + b"\0\0\0\1" + SIX + SIX + b"\0\0\0\2"), padded(6, RD + ADDRESS + b"\x18"),
    padded(7, RD + SIX + b"\x40"), padded(8, RD + b"\0\1\0\2\0\5"),
    padded(9, ADDRESS + b"\0\0\0\7\0\4"), padded(10, ADDRESS + OTHER + b"\0\0\0\7\0\5"),
    padded(12, ADDRESS + b"\x18"), padded(13, SIX + b"\x40"), padded(16, b"\0\0\0\1"),
    padded(1, b"ab"),
]


def lsp_ping() -> list[bytes]:
    maps = [b"\5\xdc" + bytes([kind]) + b"\0" + rest + b"\0\0\0\0" for kind, rest in (
        (1, ADDRESS + OTHER), (2, ADDRESS + b"\0\0\0\7"), (3, SIX + SIX), (4, SIX + b"\0\0\0\7"),
        (9, b""))]
    return [
        ping(), ping(kind=9), ping(version=2),
        *(ping(kind=2, code=code, received=0xD0000001 << 32) for code in (3, 5, 13, 77)),
        *(ping(tlv(1, fec)) for fec in CLASSES), *(ping(tlv(2, one)) for one in maps),
        ping(tlv(2, b"ab")), ping(tlv(15, b"\0\0\0\7")), ping(tlv(15, b"\0") + bytes(3)),
        ping(tlv(5, b"\0\0\0\x09")), ping(tlv(5, b"\0\0\x1f\x0f")), ping(tlv(0, b"")),
        ping(tlv(1, b"\0\1")), ping(b"\0\1"), ping(b"\0\3\0\x09abc"), udp(b"\0\1", 40000, 3503),
    ]


def item(number: int, kind: int, value: bytes) -> bytes:
    return struct.pack(">HBB", 4 + len(value), number, kind) + value


def rsvp(*objects: bytes, kind: int = 1, first: int = 0x11, size: int | None = None) -> bytes:
    body = b"".join(objects)
    whole = struct.pack(">BBHBBH", first, kind, 0, 255, 0, 8 + len(body) if size is None else size)
    whole += body
    return whole[:2] + struct.pack(">H", checksum(whole)) + whole[4:]


PARAMETERS = (b"\x7f\0\0\5" + FLOAT + b"\x44\x7a\0\0" + FLOAT + b"\0\0\0\x14\0\0\5\xdc"
              b"\4\0\0\1\0\0\0\2" b"\6\0\0\1" + FLOAT + b"\x08\0\0\1\xff\xff\xff\xff"
              b"\x08\0\0\1\0\0\0\7" b"\x0a\0\0\1\0\0\5\xdc" b"\x82\0\0\2" + FLOAT + b"\0\0\0\1"
              b"\x85\0\0\1\0\0\0\3" b"\x63\0\0\1abcd")
TRAFFIC = b"\0\0\0\x1d" b"\1\x80" + struct.pack(">H", len(PARAMETERS) // 4) + PARAMETERS
OBJECTS = [
    item(1, 1, ADDRESS + b"\x11\1\0\x35"), item(1, 2, SIX + b"\x11\1\0\x35"),
    item(1, 7, ADDRESS + b"\0\0\0\4" + OTHER), item(1, 8, SIX + b"\0\0\0\4" + SIX),
    item(1, 11, ADDRESS + b"\0\0\0\4" + OTHER), item(1, 13, ADDRESS + b"\0\0\0\4" + OTHER),
    item(1, 14, ADDRESS + b"\0\0\0\4" + SIX + b"abcd"), item(1, 99, b"abcd"), item(1, 1, b"abcd"),
    item(3, 1, ADDRESS + b"\0\0\0\7"), item(3, 2, SIX + b"\0\0\0\7"),
    item(3, 3, ADDRESS + b"\0\0\0\7more"), item(4, 1, b"\x80\0" + bytes(range(30))),
    item(5, 1, b"\0\0\x75\x30"), item(6, 1, ADDRESS + b"\1\x18\0\5"),
    item(6, 1, ADDRESS + b"\1\x1c\0\2"), item(6, 1, ADDRESS + b"\1\x19\0\2"),
    item(6, 2, SIX + b"\1\x18\0\5"), item(6, 2, SIX + b"\1\x1c\0\5"), item(7, 1, ADDRESS),
    item(8, 1, b"\0\0\0\x12"), item(9, 2, TRAFFIC), item(13, 1, b"abcd"),
    item(10, 1, ADDRESS + b"\0\0\0\x35"), item(10, 2, SIX + b"\0\0\0\x35"),
    item(10, 3, SIX + b"\0\1\2\3"), item(10, 7, ADDRESS + b"\0\0\0\2"),
    item(10, 8, SIX + b"\0\0\0\2"), item(10, 12, ADDRESS + b"\0\0\0\2" + OTHER + b"\0\3\0\0"),
    item(10, 13, SIX + b"\0\0\0\2" + SIX + b"\0\0\0\3"), item(11, 1, ADDRESS + b"\0\0\0\x35"),
    item(11, 2, SIX + b"\0\0\0\x35"), item(11, 7, ADDRESS + b"\0\0\0\2"),
    item(11, 12, ADDRESS + b"\0\0\0\2" + OTHER + b"\0\3\0\0"),
    item(11, 13, SIX + b"\0\0\0\2" + SIX + b"\0\0\0\3"), item(15, 1, ADDRESS), item(15, 2, SIX),
    item(16, 1, b"\0\0\1\0\0\0\1\1"), item(16, 2, b"\0\0\1\0"), item(35, 3, bytes(11) + b"\1"),
    item(19, 1, b"\0\0\x08\0"), item(19, 2, b"\0\0\x08\0\x80\1\0\2\0\3\0\4"),
    item(19, 3, b"\0\0\x12\x34\1\0\0\2\0\3\0\4"), item(19, 4, b"\1\1\x08\0"),
    item(20, 1, b"\1\x08" + ADDRESS + b"\x20\0" + b"\x81\x08" + OTHER + b"\x20\3"),
    item(21, 1, b"\3\x08\1\1\0\0\1\0" + b"\3\x08\0\2\0\0\1\0"), item(21, 1, b"\x20\4\xfd\xe8"),
    item(20, 1, b"\1\0\0\0"), item(20, 1, b"\1\x63\0\0"), item(20, 9, b"abcd"),
    item(22, 1, b"\0\0\0\1\0\0\0\2"), item(23, 1, b"\1\0\0\7\0\0\0\1"),
    item(24, 2, b"\0\0\0\7\0\0\0\1\0\0\0\2"), item(36, 1, b"\0\0\0\1\0\0\0\2\0\0\0\3"),
    item(36, 1, b"\2\0\0\1\0\0\0\2\0\0\0\3"), item(37, 1, b"abcd"), item(50, 1, ADDRESS),
    item(50, 2, SIX), item(63, 7, ADDRESS + OTHER), item(66, 1, b"\0\0\0\x0d"),
    item(125, 1, b"\0\0\0\5"), item(131, 1, b"\0\0\0\1\0\0\0\2"), item(195, 1, ADDRESS),
    item(196, 1, b"\x80\0\0\3"), item(204, 1, b"\0\2\0\0\1\4ab\2\4cd"),
    item(204, 1, b"\0\1\0\0\1\1ab"),
    item(205, 1, b"\7\7\x10\0" + FLOAT + bytes(11) + b"\1"),
    item(205, 7, b"\7\7\x10\0" + FLOAT + bytes(8)),
    item(207, 7, b"\7\7\4\6name\x1b[\0\0"), item(207, 7, b"\7\7\0\x20abcd"),
    item(229, 1, b"\0\x08\1\1" + ADDRESS + b"\0\x14\2\2" + SIX),
    item(229, 1, b"\0\x10\4\0\x80\0\0\1\0\0\0\2\0\0\0\3" b"\0\x08\5\0\7\0\0\0" b"\0\x08\3\0abcd"),
    item(229, 1, b"\0\4\1\1"), item(230, 1, b"abcd"), item(99, 1, b"abcd"), item(255, 1, b""),
]


def reservations() -> list[bytes]:
    packets = [rsvp(one) for one in OBJECTS] + [
        rsvp(kind=20), rsvp(kind=99) + b"ab", rsvp(first=0x21), rsvp(size=4),
        rsvp(rsvp(OBJECTS[13]), rsvp(OBJECTS[9], kind=2), kind=12), rsvp(rsvp(size=99), kind=12),
        rsvp(rsvp(first=0x31), kind=12), rsvp(b"\0\5\1\1" + bytes(4)), rsvp(b"\0\0\1\1"),
        rsvp(b"\0\x20\1\1"), rsvp(b"ab"),
    ]
    return [four(46, packet) for packet in packets] + [six(46, packets[0])]


def alike() -> list[bytes]:
    """What versions 4.99 and 5 word alike, but for LSP ping's time stamps."""
    return [*ldp(), tcp(SEVERAL, 646, 40000), *lsp_ping(), *reservations()]


def samples() -> list[bytes]:
    new = [udp(unit(message(0x0400, value)), 646, 646) for value in NEW_LDP_TLVS]
    return [*ldp(), *lsp_ping(), *reservations(), *new]
