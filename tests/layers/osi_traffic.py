"""Sample packets of the OSI protocols: Ethernet frames with LLC."""

from __future__ import annotations

import struct

from network_traffic import llc

SYSTEM = bytes.fromhex("192000000008")
NODE = SYSTEM + b"\2"
LSP = SYSTEM + b"\0\1"
METRICS = b"\x0a\x4b\x80\x0c"
ADDRESS = b"\x0a\0\0\7"
SIX = bytes.fromhex("20010db8000000000000000000000007")
FLOATS = bytes.fromhex("4cee6b28 4b189680 7f800000 ffc00000 00000000 3f800000 4e6e6b28 cb189680")


def fletcher(octets: bytes, where: int) -> bytes:
    """ISO/IEC 8473-1: the octets with the right checksum at ``where``, found by trying."""
    for high in range(1, 256):
        for low in range(2, 256):  # tcpdump takes a right octet of 1 for a wrong one
            tried = octets[:where] + bytes([high, low]) + octets[where + 2:]
            first = sum(tried)
            if first % 255:
                continue
            if sum((len(tried) - i) * octet for i, octet in enumerate(tried)) % 255 == 0:
                return tried
    return octets


def tlv(kind: int, value: bytes) -> bytes:
    return bytes([kind, len(value)]) + value


def osi(octets: bytes) -> bytes:
    return llc(b"\xfe\xfe\3" + octets)


def isis(kind: int, header: bytes, tlvs: bytes = b"", *, common: bytes = b"\1\0",
         areas: int = 0) -> bytes:
    """A packet of ``kind`` whose header has "LEN" where its length stands."""
    size = 8 + len(header) - 1 + len(tlvs)
    whole = bytes([0x83, 8 + len(header) - 1]) + common + bytes([kind, 1, 0, areas])
    return whole + header.replace(b"LEN", struct.pack(">H", size)) + tlvs


def lan_hello(tlvs: bytes = b"", kind: int = 15) -> bytes:
    return isis(kind, b"\1" + SYSTEM + b"\0\x1eLEN\x40" + NODE, tlvs)


def p2p_hello(tlvs: bytes = b"") -> bytes:
    return isis(17, b"\3" + SYSTEM + b"\0\x1eLEN\7", tlvs)


def lsp(tlvs: bytes = b"", kind: int = 18, flags: int = 3, lifetime: int = 1199) -> bytes:
    packet = isis(kind, b"LEN" + struct.pack(">H", lifetime) + LSP + b"\0\0\0\x31\0\0"
                  + bytes([flags]), tlvs)
    return packet[:12] + fletcher(packet[12:], 12) if lifetime else packet


def reach(subtlvs: bytes, metric: bytes = b"\0\0\x0a") -> bytes:
    return NODE + metric + bytes([len(subtlvs)]) + subtlvs


SYSTEM_SUBTLVS = b"".join(tlv(kind, value) for kind, value in [
    (3, b"\0\0\0\1"), (4, bytes(7) + b"\1"), (5, b"\0\0\0\2"), (6, ADDRESS), (8, ADDRESS),
    (9, FLOATS[:4]), (10, FLOATS[4:8]), (11, FLOATS), (18, b"\0\1\2"), (19, b"\0\3"),
    (20, b"\x12\7"), (22, b"\1" + FLOATS[:8]), (29, b"\0\0\5\1\0\7"), (200, b"abc"), (250, b"")])
SWITCHING = [tlv(21, bytes([kind, 2, 0, 0]) + FLOATS + FLOATS[:4] + b"\5\xdc\0\0")
             for kind in (1, 51, 100)]
PREFIX_SUBTLVS = (tlv(1, b"\0\0\0\x64\0\0\0\x65") + tlv(2, b"\0\0\0\1\0\0\0\2")
                  + tlv(117, b"\0\0\0\3") + tlv(99, b"xy"))
BRIDGE = b"\0\1\2\3\4\5\6\7" b"\0\0\0\x0a" b"\x80\0" b"\0\x1b\xcd\xef"
TLVS = [
    tlv(1, b"\3\x49\0\2" b"\1\x47"), tlv(2, b"\0" + METRICS + NODE), tlv(2, b"\7"),
    tlv(3, METRICS + SYSTEM + b"\x0a\x80\x80\x80" + SYSTEM), tlv(4, SYSTEM),
    tlv(5, METRICS + b"\6\x49\0\2\4\x47\1"), tlv(5, METRICS + b"\1"),
    tlv(6, SYSTEM + SYSTEM), tlv(8, bytes(9)),
    tlv(9, b"\4\xaf" + LSP + b"\0\0\0\x31\xab\xcd" + b"\0\1" + LSP + b"\0\0\0\x32\xab\xce"),
    tlv(10, b"\1secret\x1b["), tlv(10, b"\x36" + bytes(range(16))), tlv(10, b"\3\0\5abcd"),
    tlv(10, b"\xff\1\2"), tlv(10, b"\7ab"), tlv(12, b"\xab\xcd"), tlv(12, b"\0\0"),
    tlv(14, b"\5\xd4"), tlv(22, reach(SYSTEM_SUBTLVS)), tlv(22, reach(b"") + reach(SWITCHING[0])),
    tlv(22, reach(SWITCHING[1])), tlv(22, reach(SWITCHING[2])), tlv(24, NODE + b"\0"),
    tlv(42, b"abc"), tlv(66, b"abc"), tlv(128, METRICS + ADDRESS + b"\xff\xff\xff\0"),
    tlv(130, b"\xca\x80\x80\x80" + ADDRESS + b"\xff\0\xff\0"), tlv(128, METRICS),
    tlv(129, b"\xcc\x8e\x81\x12"), tlv(131, b"\2\0\7"), tlv(131, b"\1ab"), tlv(131, b"\x63a"),
    tlv(132, ADDRESS + SIX[:4]), tlv(134, ADDRESS),
    tlv(135, b"\0\0\0\x0a\x18\x0a\0\1" + b"\0\0\0\x0b\xe0\x0a\0\0\1"
        + bytes([len(PREFIX_SUBTLVS)]) + PREFIX_SUBTLVS),
    tlv(137, b"router\x1b[1m"), tlv(138, NODE + b"\1" + ADDRESS + SIX[:4] + b"\0\0\0\1\0\0\0\2"),
    tlv(138, NODE + b"\0"), tlv(143, b"\x40\2" + tlv(4, 2 * (b"\0name" + bytes(28) + b"\0\1"
                                                            + bytes(range(16))))),
    tlv(143, b"\x40\2" + tlv(5, b"\x35" + bytes(range(32))) + tlv(6, b"\0\x80\xc2\1\xab\xcc")),
    tlv(144, b"\xb0\2" + tlv(1, BRIDGE + b"\1" + b"\xe5\0\x80\xc2\1\xab\xcd\xef")
        + tlv(3, bytes(range(8)) + b"\xc0\0\0\7" + b"\0\1\2\3") + tlv(9, b"")),
    tlv(176, b"abc"), tlv(211, b"\7"), tlv(211, b"\1\0\x1e" + SYSTEM),
    tlv(222, b"\0\2" + reach(b"")), tlv(229, b"\0\0\x40\2\xcf\xff"), tlv(232, SIX),
    tlv(235, b"\0\2" + b"\0\0\0\x0a\x08\x0a"),
    tlv(236, b"\0\0\0\x0a\x40\x20" + SIX[:4] + b"\0\0\0\x0b\xa0\x40" + SIX[:8]
        + bytes([len(PREFIX_SUBTLVS)]) + PREFIX_SUBTLVS),
    tlv(237, b"\0\2" + b"\0\0\0\x0a\0\0"), tlv(240, b"\0"),
    tlv(240, b"\1\0\0\0\7" + SYSTEM + b"\0\0\0\x08"), tlv(241, b"\0\0\0\x63"),
    tlv(250, b"\0\0\x0cabc"), tlv(99, b"abc"), tlv(99, b""),
]


def hellos() -> list[bytes]:
    return [osi(packet) for packet in [
        lan_hello(), lan_hello(kind=16), p2p_hello(), lsp(), lsp(kind=20, flags=0xFE),
        lsp(flags=1, lifetime=0), isis(24, b"LEN" + NODE + bytes(8) + b"\xff" * 8),
        isis(25, b"LEN" + NODE + bytes(8) + LSP), isis(26, b"LEN" + NODE),
        isis(27, b"LEN" + NODE, TLVS[9]), isis(99, b"LENabc"),
        lan_hello() + b"trailing", lan_hello(TLVS[0])[:-1],
    ]]


def faults() -> list[bytes]:
    """Headers that cannot be."""
    good = lan_hello(TLVS[0])
    return [osi(packet) for packet in [
        good[:2] + b"\2" + good[3:], good[:3] + b"\5" + good[4:], good[:5] + b"\2" + good[6:],
        good[:1] + b"\xff" + good[2:], good[:1] + b"\7" + good[2:], good[:7] + b"\xff" + good[8:],
        good[:1] + b"\x1a" + good[2:], lsp()[:1] + b"\x1a" + lsp()[2:],
        isis(26, b"LEN" + NODE)[:1] + b"\x10" + isis(26, b"LEN" + NODE)[2:],
        good[:18] + b"\0\7" + good[20:],
    ]]


def isis_tlvs() -> list[bytes]:
    return [osi(lsp(value)) for value in TLVS]


def esis(kind: int, body: bytes, *, version: int = 1, size: int | None = None) -> bytes:
    whole = bytes([0x82, 9 + len(body) if size is None else size, version, 0, kind]) + (
        b"\0\x1e\0\0" + body)
    return osi(fletcher(whole, 7) if size is None else whole)


def esis_packets() -> list[bytes]:
    options = (tlv(198, b"\0\x3c") + tlv(198, b"\1") + tlv(195, b"ab") + tlv(1, b""))
    area = b"\3\x49\0\2"
    return [
        esis(2, b"\2" + area + b"\x01\x47" + options), esis(4, area + options),
        esis(6, area + b"\6" + SYSTEM + area), esis(6, area + b"\2ab" + b"\0"), esis(6, b"\xff"),
        esis(2, b"\1\xff"), esis(4, b"\xff"), esis(4, area + b"\1"), esis(4, area + b"\1\5"),
        esis(9, b"abc"), esis(2, b"\0" + area, version=2), esis(2, b"", size=255),
        esis(2, b"abcd", size=10),
    ]


def clnp(kind: int, rest: bytes = b"", payload: bytes = b"", *, version: int = 1,
         size: int | None = None, addresses: bytes = b"\3\x49\0\2" b"\7\x47\0\2\1\2\3\4") -> bytes:
    head = 9 + len(addresses) + len(rest)
    whole = bytes([0x81, head if size is None else size, version, 9, kind]) + struct.pack(
        ">HH", head + len(payload), 0) + addresses + rest
    return (fletcher(whole, 7) if size is None else whole) + payload


def clnp_packets() -> list[bytes]:
    options = b"".join([
        tlv(205, b"\x0e"), tlv(195, b"\xd5"), tlv(195, b"\x40"), tlv(197, b"\x80\7"),
        tlv(193, b"\x83"), tlv(193, b"\x73"), tlv(204, bytes(3)), tlv(1, b"ab"),
        tlv(203, b"\1\3\3\x49\0\2"), tlv(200, b"\0\0"), tlv(200, b"\2\x63"), tlv(200, b"\0\3\x63")])
    return [osi(packet) for packet in [
        clnp(28, payload=b"data"), clnp(30, options), clnp(0xBC, b"\0\1\0\0\0\x40", b"data"),
        clnp(31, payload=clnp(28, payload=b"inner")), clnp(1, payload=b"abc"), clnp(29),
        clnp(7), clnp(28, version=3), clnp(28, size=255), clnp(28, size=3, payload=b"ab"),
        clnp(28, addresses=b"\xffabc"), clnp(28, addresses=b"\1a\xff"), clnp(28, addresses=b"\1a"),
        clnp(0x80 | 28, b"ab"), clnp(28, b"\1"), clnp(28, b"\1\5"), clnp(28, b"\xcd\0"),
    ]]


def others() -> list[bytes]:
    """Other protocols on the service access point of OSI."""
    ip = bytes.fromhex("45000014000100004011 0000 0a000001 0a000002")
    return [osi(b"\0abc"), osi(b"\xcc" + ip), osi(b"\x77"), osi(b"\x77abc")]


def samples() -> list[bytes]:
    return [*hellos(), *faults(), *isis_tlvs(), *esis_packets(), *clnp_packets(), *others()]
