"""Opaque OSPF advertisements: router information (RFC 7770, 5642) and prefixes (RFC 7684, 8665)."""

from __future__ import annotations

from collections.abc import Iterator

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.words import bit_words
from fyke.wire import Line, Packet

CAPABILITIES, HOSTNAME, ALGORITHMS, LABEL_RANGE = 1, 7, 8, 9
INFORMATION_NAMES = {CAPABILITIES: b"Router Capabilities", HOSTNAME: b"Hostname",
                     ALGORITHMS: b"SR-Algorithm", LABEL_RANGE: b"SID/Label Range"}
CAPABILITY_FLAGS = (
    (1, b"Reserved"), (2, b"Reserved"), (4, b"Reserved"), (8, b"Reserved"),
    (16, b"graceful restart capable"), (32, b"graceful restart helper"),
    (64, b"Stub router support"), (128, b"Traffic engineering"), (256, b"p2p over LAN"),
    (512, b"path computation server"),
)
ALGORITHM_NAMES = {0: b"Shortest Path First", 1: b"Strict Shortest Path First"}
ROUTE_TYPES = {0: b"Unspecified", 1: b"Intra-Area", 3: b"Inter-Area", 5: b"External", 7: b"NSSA"}
PREFIX_FLAGS = ((0x80, b"Attach"), (0x40, b"Node"))
SID_FLAGS = ((0x40, b"No-PHP"), (0x20, b"Mapping Server"), (0x10, b"Explicit-NULL"),
             (0x08, b"Value"), (0x04, b"Local"))


def write_tlvs(line: Line, pkt: Packet, at: int, end: int, names: dict[int, bytes],
               head: bytes) -> Iterator[tuple[int, int, int]]:
    """Type, offset and length of each TLV, padded to 32 bits, after its heading is written."""
    while at < end:
        if end - at < 4:
            line.put(b"\n\t    Remaining LS length %d < 4" % (end - at))
            return
        kind = pkt.u16(at)
        size = pkt.u16(at + 2)
        at += 4
        line.put(head % (names.get(kind, b"unknown"), kind, size))
        if size > end - at:
            line.put(b"\n\t    Bogus length %d > %d" % (size, end - at))
            return
        pkt.raw(at, size)
        yield kind, at, size
        at += (size + 3) & ~3


TLV_HEAD = b"\n\t    %s TLV (%d), length: %d, value: "
SUBTLV_HEAD = b"\n\t      %s subTLV (%d), length: %d, value: "
PREFIX_SUBTLV_HEAD = b"\n\t\t%s subTLV (%d), length: %d, value: "


def write_router_information(line: Line, pkt: Packet, at: int, end: int) -> None:
    for kind, off, size in write_tlvs(line, pkt, at, end, INFORMATION_NAMES, TLV_HEAD):
        if kind == CAPABILITIES and size == 4:
            word = pkt.u32(off)
            names = [text for bit, text in CAPABILITY_FLAGS if word & bit]
            line.put(b"Capabilities: %s" % (b", ".join(names) or b"Unknown"))
        elif kind == HOSTNAME:
            line.put(b"\n\t      Hostname: ")
            line.escaped(pkt, off, size)
        elif kind == LABEL_RANGE and size >= 4:
            line.put(b"\n\t      Range size: %d" % pkt.u24(off))
            write_labels(line, pkt, off + 4, off + size)
        elif line.style.verbose <= 1:
            print_unknown_data(line, pkt, off, b"\n\t      ", size)


def write_labels(line: Line, pkt: Packet, at: int, end: int) -> None:
    """SID/Label sub-TLVs (RFC 8665 §2.1)."""
    for kind, off, size in write_tlvs(line, pkt, at, end, {1: b"SID/Label"}, SUBTLV_HEAD):
        if kind == 1 and size == 3:
            line.put(b"\n\t\tLabel: %d" % pkt.u24(off))
        elif kind == 1 and size == 4:
            line.put(b"\n\t\tSID: %d" % pkt.u32(off))
        elif line.style.verbose <= 1:
            print_unknown_data(line, pkt, off, b"\n\t\t", size)


def write_extended_prefix(line: Line, pkt: Packet, at: int, end: int) -> None:
    """RFC 7684 §2."""
    for kind, off, size in write_tlvs(line, pkt, at, end, {1: b"Extended Prefix"}, TLV_HEAD):
        if kind != 1 or size < 8:
            if line.style.verbose <= 1:
                print_unknown_data(line, pkt, off, b"\n\t      ", size)
            continue
        route = pkt.u8(off)
        mask = pkt.u8(off + 3)
        names = bit_words(PREFIX_FLAGS, mask)
        line.put(b"\n\t      IPv4 prefix: %15s/%d, Route Type: %s, Flags [%s]" % (
            b".".join([b"%d" % octet for octet in pkt.raw(off + 4, 4)]), pkt.u8(off + 1),
            ROUTE_TYPES.get(route, b"Unknown"), names))
        write_prefix_sids(line, pkt, off + 8, off + size)


def write_prefix_sids(line: Line, pkt: Packet, at: int, end: int) -> None:
    """RFC 8665 §5."""
    for kind, off, size in write_tlvs(line, pkt, at, end, {1: b"SID/Label", 2: b"Prefix-SID"},
                                      PREFIX_SUBTLV_HEAD):
        if kind == 2 and size in (7, 8):
            mask = pkt.u8(off)
            names = bit_words(SID_FLAGS, mask)
            algorithm = pkt.u8(off + 3)
            value = (b"Label: %d" % pkt.u24(off + 4) if size == 7
                     else b"Index: %d" % pkt.u32(off + 4))
            line.put(b"\n\t\t  %s, MT-ID: %d, Algorithm: %s (%d), Flags [%s]" % (
                value, pkt.u8(off + 2), ALGORITHM_NAMES.get(algorithm, b"Unknown"), algorithm,
                names))
        elif line.style.verbose <= 1:
            print_unknown_data(line, pkt, off, b"\n\t\t  ", size)
