"""Sample packets of older networks: IPX, AppleTalk, DECnet, and WCCP's redirection."""

from __future__ import annotations

import struct

from network_traffic import four, frame, icmp, ipv4, llc

NODE = bytes.fromhex("001122334455")
SERVER = b"\x03\x0c" + b"SERVER\x1b[m".ljust(48, b"\0") + b"\0\0\0\7" + NODE + b"\4\x52\0\1"
ROUTE = b"\xa8\xf8\x79\x67\0\1\0\2"


def ipx(socket: int, payload: bytes, *, size: int | None = None) -> bytes:
    return struct.pack(">HHBBI6sHI6sH", 0xFFFF, 30 + len(payload) if size is None else size, 1, 4,
                       0, b"\xff" * 6, socket, 0xA8F87967, NODE, 0x4008) + payload


def ipx_packets() -> list[bytes]:
    packets = [ipx(socket, b"data") for socket in (0x451, 0x455, 0x456, 0x553, 0x1234)] + [
        ipx(0x452, b"\0\1\0\4"), ipx(0x452, b"\0\3\0\4"), ipx(0x452, b"\0\2" + SERVER + SERVER),
        ipx(0x452, b"\0\4" + SERVER), ipx(0x452, b"\0\x63"), ipx(0x452, b"\0\2" + SERVER[:20]),
        ipx(0x453, b"\0\1" + ROUTE), ipx(0x453, b"\0\1"),
        ipx(0x453, b"\0\2" + ROUTE + ROUTE), ipx(0x453, b"\0\x63"),
        ipx(0x453, b"\0\2"), ipx(0x451, b"", size=29),
    ]
    return [*(llc(b"\xe0\xe0\3" + packet) for packet in packets), frame(0x8137, packets[0]),
            llc(packets[0]), four(47, b"\0\0\x81\x37" + packets[0])]


def ddp(kind: int, payload: bytes, *, node: int = 9) -> bytes:
    return struct.pack(">HHHHBBBBB", 13 + len(payload), 0, 0x1234, 7, 255, node, 6, 2, kind
                       ) + payload


SELF = b"\0\7\x09\2"
NAME = b"\4prin\1=\1*"
DDP_BODIES = [
    (2, b"\x21\5" + SELF + b"\0" + NAME), (2, b"\x12\5\0\x08\1\3\1" + NAME),
    (2, b"\x32\5" + SELF + b"\1" + NAME + b"\0\x08\1\3\2" + NAME),
    (2, b"\x31\5" + SELF + b"\1\x21" + b"x" * 40),
    (3, b"\x60\xff\0\7\0\0\0\1"), (3, b"\x58\x05\0\7\0\0\0\0more"), (3, b"\x40\0\0\7" + bytes(4)),
    (3, b"\x90\3\0\7" + bytes(4) + b"data"), (3, b"\xa8\3\0\7" + bytes(4)),
    (3, b"\xc0\x07\0\7" + bytes(4)), (3, b"\xf8\x07\0\7" + bytes(4) + b"x"),
    (3, b"\x07\x07\0\7" + bytes(4)), (1, b"rtmp"), (4, b""), (5, b"a"), (22, b"ip"),
    (23, b"arp"), (0x4B, b"k"), (99, b"?"),
]


def aarp(operation: int, *, kind: int = 1) -> bytes:
    return frame(0x80F3, struct.pack(">HHBBH", kind, 0x809B, 6, 4, operation) + NODE
                 + b"\0\0\7\x09" + NODE + b"\0\x12\x34\xff")


def appletalk() -> list[bytes]:
    packets = [ddp(*body) for body in DDP_BODIES]
    return [
        *(frame(0x809B, packet) for packet in packets), frame(0x809B, ddp(1, b"", node=255)),
        llc(b"\xaa\xaa\3\x08\0\x07\x80\x9b" + packets[0]),
        four(47, b"\0\0\x80\x9b" + packets[0]), aarp(1), aarp(2), aarp(3), aarp(4),
        aarp(1, kind=2),
    ]


def local_talk() -> list[bytes]:
    """LINKTYPE_LTALK."""
    short = [b"\0\x09\6\2" + bytes([kind]) + body for kind, body in DDP_BODIES]
    return [*(b"\xff\x09\1" + packet for packet in short),
            *(b"\xff\x09\2" + ddp(*body) for body in DDP_BODIES), b"\xff\x09\x81abc"]


def dec(payload: bytes, size: int | None = None) -> bytes:
    return frame(0x6003, struct.pack("<H", len(payload) if size is None else size) + payload)


HIGH = b"\xaa\0\4\0"
ADDRESSES = b"\1\4\2\x08"  # 1.1 and 2.2, little endian


def short(nsp: bytes, flags: int = 2) -> bytes:
    return bytes([flags]) + ADDRESSES + b"\x05" + nsp


def long_form(nsp: bytes, flags: int = 6) -> bytes:
    return bytes([flags]) + b"\0\0" + HIGH + b"\1\4\0\0" + HIGH + b"\2\x08\0\5\0\0" + nsp


LINK = b"\3\x20\4\x20"
SERVICES = [
    b"\x20" + LINK + b"\1\0data", b"\x60" + LINK + b"\1\x80\2\0data",
    b"\0" + LINK + b"\1\x90\2\xb0\3\0",
    b"\x40" + LINK + b"\1\x80\2\xa0\3\0", b"\x30" + LINK + b"\1\x80\2\xa0\3\0",
    b"\x30" + LINK + b"\1\x90\2\xb0\3\0", b"\x10" + LINK + b"\1\x80\2\xa0\3\0\1\5",
    b"\x10" + LINK + b"\1\x80\2\xb0\3\0\2\5", b"\x10" + LINK + b"\1\0\2\0\3\0\3\5",
    b"\x10" + LINK + b"\1\0\2\0\3\0\4\5", b"\x10" + LINK + b"\1\0\2\0\3\0\x08\5",
    b"\x50" + LINK, b"\4" + LINK + b"\1\x80\2\xa0", b"\4" + LINK + b"\1\x90\2\xb0",
    b"\x14" + LINK + b"\1\x80\2\xa0", b"\x14" + LINK + b"\1\x80\2\xb0", b"\x24" + LINK,
    b"\x34" + LINK, b"\x18" + LINK + b"\4\3\0\2", b"\x68" + LINK + b"\x08\2\0\2",
    b"\x18" + LINK + b"\0\0\0\2", b"\x28" + LINK + b"\x05\1\0\2\7",
    b"\x28" + LINK + b"\x05\1\0\2\0",
    b"\x38" + LINK + b"\x22\0\3", b"\x38" + LINK + b"\x63\0\0", b"\x48" + LINK + b"\x2a\0",
    b"\x58" + LINK, b"\x0c" + LINK, b"abc", b"\x20" + LINK, b"\x20" + LINK + b"\1\x80",
    b"\x20" + LINK + b"\1\x80\2\xa0", b"\x30" + LINK, b"\x10" + LINK + b"\1\0", b"\4" + LINK,
    b"\x18" + LINK, b"\x28" + LINK, b"\x38" + LINK,
]
ROUTES = b"\2\0\1\0\5\x08" + b"\1\0\7\0\6\x0c" + b"\0\0"
CONTROLS = [
    b"\1" + b"\1\4\x0f\0\2\2\0\0\x1e\0\0\0", b"\3\1\4\x1f", b"\5\1\4\xaa", b"\7\1\4\0" + ROUTES,
    b"\x09\1\4\0" + ROUTES, b"\7\1\4\0\1\x08" + bytes(8),
    b"\x0b\2\0\0" + HIGH + b"\1\4\x62\xda\5\x40\0\x0f\0\0\0",
    b"\x0d\2\0\0" + HIGH + b"\1\4\7\xda\5\0" + bytes(8) + HIGH + b"\2\x08\x0a\0\0\2\xaa",
    b"\x0f\1\4\0ab", b"\x0b\2\0\0abcd", b"\x0d\2\0\0abcd", b"\1\1\4\0ab", b"\3\1\4\0ab",
]


def decnet() -> list[bytes]:
    return [
        *(dec(short(nsp)) for nsp in SERVICES), *(dec(long_form(nsp)) for nsp in SERVICES[:3]),
        *(dec(control) for control in CONTROLS), dec(short(SERVICES[0], 0x3A)),
        dec(b"\x83\0\0" + short(SERVICES[0])), dec(b"\xff" + short(SERVICES[0])),
        dec(b"\x40abcdefg"), dec(b"\4abcdefg"), dec(short(b"")), dec(b"\2abc"),
        dec(short(SERVICES[0]), 99), dec(short(SERVICES[0]), 3), dec(b"\6" + bytes(9)),
        frame(0x6003, b"abc"),
    ]


def wccp() -> list[bytes]:
    inner = ipv4(1, icmp(8, 0, b"\0\7\0\2data"))
    return [four(47, b"\0\0\x88\x3e" + body) for body in (
        b"\xe5\x59\1\x48" + inner, inner, b"\x05\x59", b"")]


def atm() -> list[bytes]:
    """RFC 2684 frames: LLC of three kinds, an identifier after Cisco's octet, an 802.6 header."""
    inner = ipv4(1, icmp(8, 0, b"\0\7\0\2data"))
    snap = b"\xaa\xaa\3\0\0\0\x08\0" + inner
    return [snap, b"\6\6\3" + inner, b"\xfe\xfe\3\x81rest", b"\3\xcc" + inner,
            bytes(range(20, 40)) + snap, b"0" * 22 + b"\xbf\x81\1\2", b"0" * 19, b"\3", inner]


def alike() -> list[bytes]:
    """What versions 4.99 and 5 word alike."""
    return [*ipx_packets(), *appletalk(), *decnet()]


#: What 4.99 has other words for.
SHORT_IPX = [ipx(0x452, b"\0\2" + SERVER[:55]), ipx(0x452, b"\0\2" + SERVER[:61]),
             ipx(0x452, b"\0\2\1"), ipx(0x453, b"\0\2abc")]
SHORT_DDP = [ddp(2, b"\x71\5" + bytes(9)), ddp(2, b"\x21\5abc"), ddp(3, b"abc"), b"abc"]


def samples() -> list[bytes]:
    return [*alike(), *wccp(), frame(0x80F3, b"abc"),
            *(llc(b"\xe0\xe0\3" + packet) for packet in SHORT_IPX),
            *(frame(0x809B, packet) for packet in SHORT_DDP)]
