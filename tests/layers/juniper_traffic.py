"""Sample packets as Juniper's routers capture them."""

from __future__ import annotations

import struct

from network_traffic import frame, icmp, ipv4, ipv6
from osi_traffic import hellos

IP = ipv4(1, icmp(8, 0, b"\0\7\0\2data"))
IP6 = ipv6(59, b"")
FRAME = frame(0x0800, IP)
HELLO = hellos()[0][17:]  # from the protocol identifier
MPLS = b"\0\1\x01\xff" + IP
EXTENSIONS = (b"\1\2\x8a\0" b"\2\3ge0" b"\3\1\4" b"\4\4\4\3\2\1" b"\5\4\7\0\0\0" b"\6\1\x0e"
              b"\7\1\x63" b"\x08\2\0\1" b"\x80\2\1\2" b"\x81\5abcde" b"\x09\4\xff\xff\xff\xff")


def juniper(rest: bytes, flags: int = 1, extensions: bytes | None = None) -> bytes:
    if extensions is not None:
        flags |= 0x80
        rest = struct.pack(">H", len(extensions)) + extensions + rest
    return b"MGC" + bytes([flags]) + rest


def cell(kind: int, body: bytes) -> bytes:
    return b"\0\x50\x06\x4b" + (bytes([kind]) + body).ljust(48, b"\0")


SERVICES = [bytes([0x47, 1, 2, 3, 4, proto, 0x12, 0x38]) for proto in (0, 0x10, 0x20, 0x30, 0x50)]
TO_ENGINE = b"\x47\1\2\3\x0c\0\x12\x38"
CELLS = [cell(0x18, b"\1\0\0\0\7" + bytes(range(24))), cell(0x10, b"\2" + bytes(range(16))),
         cell(0x14, b""), cell(0x21, b""), cell(0x85, b""), cell(0xF0, b""), cell(0x30, b"")]
#: Link type: what comes after the common header.
BODIES: dict[int, list[bytes]] = {
    130: [*(SERVICES[i] + body for i, body in enumerate((IP, IP6, MPLS, HELLO))),
          TO_ENGINE + b"\0\x21" + IP, b"\0\x23" + HELLO, b"\xff\x03\0\x21" + IP,
          b"\0\7\0\x21" + IP, b"\x54\7\0\1\0\x21" + IP],
    131: [b"\0\7\3\xcc" + IP, b"\x54\7\0\1\3\xcc" + IP, b"\0\7\3\0" + HELLO, b"\0\7\3\x8e" + IP6,
          b"\0\7\x12\x34" + IP],
    132: [bytes([0, 7, 64, kind]) + b"\0\0\1\0\x0a\0\0\1\x0a\0\0\2" + IP for kind in (3, 4, 5, 9)],
    133: [b"\1\2" + bytes([proto]) + b"\0\0\7\0\0" + body for proto, body in (
        (2, IP), (6, IP6), (1, IP), (9, IP))],
    134: [b"\xc0\1\3\xcc" + IP, b"\0\0\0\x09\xfe\xfe\3" + HELLO, b"\0\0\0\x03\x12\x34" + IP,
          *(SERVICES[i] + body for i, body in enumerate((IP, IP6, MPLS, HELLO, IP)))],
    135: [bytes(8) + b"\xaa\xaa\3\0\0\0\x08\0" + IP, bytes(8) + IP, bytes(8) + b"\0\x21" + IP,
          bytes(8) + b"\3\xcc" + IP, b"\0\0\0\1\0\0\0\0" + FRAME, bytes(7) + b"\x10" + CELLS[0],
          bytes(7) + b"\x10" + bytes(4) + CELLS[1], bytes(8) + b"\x99rest"],
    136: [bytes(8) + IP, bytes(8) + IP6, bytes(8) + b"????????"],
    137: [bytes(4) + b"\xaa\xaa\3\0\0\0\x08\0" + IP, bytes(4) + b"\xfe\xfe\3" + HELLO,
          bytes(4) + b"\3\xcc" + IP, bytes(4) + IP, bytes(4) + b"\x99rest",
          *(b"\x80\0\0\0" + body for body in CELLS)],
    164: [bytes(8) + IP, bytes(8) + IP6, bytes(8) + b"????????"],
    167: [FRAME], 168: [b"\x08\0" + IP, b"\x12\x34" + IP],
    178: [FRAME, frame(0x86DD, IP6), b"short"], 179: [b"\0\x21" + IP, b"\xff\x03\0\x23" + HELLO],
    180: [b"\x18\x41\3\xcc" + IP], 181: [b"\x0f\0\x08\0" + IP],
}


def packets(link_type: int) -> list[bytes]:
    bodies = BODIES[link_type]
    return [*(juniper(body) for body in bodies), juniper(bodies[0], 0x44),
            juniper(bodies[0], 0, EXTENSIONS), juniper(bodies[0], 1, b""),
            juniper(b"\0\0\0\2" + IP, 3), juniper(b"\0\0\0\2" + IP6, 2, b"\1\1\7"),
            juniper(b"\0\0\0\2??", 2), juniper(bodies[0], 1, b"\0\0\7\7"), b"MGX\1" + bodies[0]]
