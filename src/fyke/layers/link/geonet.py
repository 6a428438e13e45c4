"""Vehicles' networks: GeoNetworking version 0 (ETSI TS 102 636-4-1) and CALM FAST (ISO 29281).

tcpdump: print-geonet.c, print-calm-fast.c.
"""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Bits, Number, Octets
from fyke.layers.hexdump import hex_and_ascii_print
from fyke.layers.layer import Layer
from fyke.layers.link.ethernet import Ethernet
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

COMMON_LENGTH, MULTI_HOP_LENGTH, BTP_LENGTH, PDU_HEADER = 36, 32, 4, 2  # octets
NEXT_NAMES = {0: b"Any", 1: b"BTP-A", 2: b"BTP-B", 3: b"IPv6"}
TYPE_NAMES = {0: b"Any", 1: b"Beacon", 2: b"GeoUnicast"}  # of any subtype
SUBTYPE_NAMES = {
    (3, 0): b"GeoAnycastCircle", (3, 1): b"GeoAnycastRect", (3, 2): b"GeoAnycastElipse",
    (4, 0): b"GeoBroadcastCircle", (4, 1): b"GeoBroadcastRect", (4, 2): b"GeoBroadcastElipse",
    (5, 0): b"TopoScopeBcast-SH", (5, 1): b"TopoScopeBcast-MH", (6, 0): b"LocService-Request",
    (6, 1): b"LocService-Reply"}
MESSAGE_NAMES = {0: b"CAM", 1: b"DENM", 101: b"TPEGM", 102: b"TSPDM", 103: b"VPM", 104: b"SRM",
                 105: b"SLAM", 106: b"ecoCAM", 107: b"ITM", 150: b"SA"}


def write_source(line: Line, below: Layer | None) -> None:
    """The Ethernet address that a frame is from, if it is from one."""
    while below is not None and not isinstance(below, Ethernet):
        below = below.below
    if below is not None:
        line.put(b" src:")
        line.ether(below.pkt, below.off + 6)
    line.put(b"; ")


def write_rest(line: Line, pkt: Record, at: int, count: int) -> None:
    """The payload as octets, with -v."""
    if line.style.verbose:
        have = max(pkt.end - at, 0)
        hex_and_ascii_print(line, pkt, at, min(count, have))
        if have < count:
            raise Truncated


class CalmFast(Layer):
    """Network references of source and destination."""

    __slots__ = ()

    name = "calm-fast"
    tag = b"calm_fast"

    src = U8(0, "network reference of the source")
    dst = U8(1, "network reference of the destination")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 1)  # says whether the header is short

    def write(self, line: Line) -> None:
        line.put(b"CALM FAST")
        write_source(line, self.below)
        if self.size < 2:
            line.put(b" (length %d < 2)" % self.size + INVALID)
            return
        line.put(b"SrcNwref:%d; DstNwref:%d; " % (self.src, self.dst))
        write_rest(line, self.pkt, self.off + 2, self.size - 2)


class GeoNet(Layer):
    """The common header; perhaps a transport header and the first of a message above it."""

    __slots__ = ()

    name = "geonet"
    tag = b"geonet"

    version = Bits(0, 1, 0xF0, "version of the protocol")
    next_header = Bits(0, 1, 0x0F, "what follows", names=as_text(NEXT_NAMES))
    type = Bits(1, 1, 0xF0, "how the packet is forwarded")
    subtype = Bits(1, 1, 0x0F, "which of this type")
    stated_length = U16(4, "of the payload, as the packet says", unit="bytes")
    hop_limit = U8(7, "hops that are left")
    address = Octets(8, 8, "the sender's GeoNetworking address")
    latitude = Number(20, 4, "of the sender, in tenths of a microdegree", signed=True)
    longitude = Number(24, 4, "of the sender, in tenths of a microdegree", signed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + COMMON_LENGTH - 1)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt, off, rest = self.pkt, self.off, self.size
        line.put(b"GeoNet")
        write_source(line, self.below)
        if rest < COMMON_LENGTH:
            line.put(b" (common header length %d < %d)" % (rest, COMMON_LENGTH) + INVALID)
            pkt.raw(off, rest)
            return
        pkt.raw(off, 8)
        line.put(b"v:%d NH:%d-%s HT:%d-%d-%s HopLim:%d Payload:%d " % (
            self.version, self.next_header, named(NEXT_NAMES, self.next_header, b"Unknown"),
            self.type, self.subtype, self.type_name(), self.hop_limit, self.stated_length))
        pkt.raw(off, COMMON_LENGTH)
        # tcpdump shows the south and the west without sign
        line.put(b"GN_ADDR:%s lat:%d lon:%d" % (
            pkt.raw(off + 8, 8).hex(":").encode(), pkt.u32(off + 20), pkt.u32(off + 24)))
        off += COMMON_LENGTH
        rest -= COMMON_LENGTH
        extended = self.extended_length()
        if extended is not None:
            if rest < extended:
                line.put(b" (header size %d > %d)" % (extended, rest) + INVALID)
                pkt.raw(off, rest)
                return
            off += extended
            rest -= extended
            if self.next_header in (1, 2):
                if rest < BTP_LENGTH:
                    line.put(b" (BTP length %d < %d)" % (rest, BTP_LENGTH) + INVALID)
                    pkt.raw(off, rest)
                    return
                line.put(b"; BTP Dst:%d" % pkt.u16(off))
                line.put(b" Src:%d" % pkt.u16(off + 2))
                off += BTP_LENGTH
                rest -= BTP_LENGTH
                if rest >= PDU_HEADER:
                    line.put(b"; ItsPduHeader v:%d t:%d-%s" % (
                        pkt.u8(off), pkt.u8(off + 1),
                        named(MESSAGE_NAMES, pkt.u8(off + 1), b"unknown (%d)")))
        write_rest(line, pkt, off, rest)

    def type_name(self) -> bytes:
        return (TYPE_NAMES.get(self.type)
                or SUBTYPE_NAMES.get((self.type, self.subtype), b"Unknown"))

    def extended_length(self) -> int | None:
        """Octets of the header behind the common one; None if that is not known."""
        if self.type in (0, 1) or (self.type, self.subtype) == (5, 0):
            return 0
        return MULTI_HOP_LENGTH if (self.type, self.subtype) == (5, 1) else None
