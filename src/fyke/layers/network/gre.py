"""Generic Routing Encapsulation (RFC 2784, 2890, 1701; version 1: RFC 2637); print-gre.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.tables import table
from fyke.layers.words import bit_words
from fyke.wire import Line, Packet, Truncated

CHECKSUM, ROUTING, KEY, SEQUENCE, STRICT, ACK = 0x8000, 0x4000, 0x2000, 0x1000, 0x0800, 0x0080
FLAGS = (
    (CHECKSUM, b"checksum present"), (ROUTING, b"routing present"), (KEY, b"key present"),
    (SEQUENCE, b"sequence# present"), (STRICT, b"source routing present"),
    (ACK, b"ack present"),
)
PROTOCOLS = table("gre.proto")  # and the EtherTypes of IP, MPLS, bridged Ethernet …
ETHERTYPES = table("ethertype")
FROM_ETHERTYPES = frozenset({0x0800, 0x86DD, 0x8847, 0x8848, 0x809B, 0x894F})
KEEP_ALIVE = 0
PPP = 0x880B
ROUTE_IP, ROUTE_AS = 0x0800, 0xFFFE  # address families of source routes


class Gre(Layer):
    """A GRE header and its optional fields."""

    __slots__ = ("ack", "flags", "key", "proto", "seq", "version")

    flags: int
    version: int
    proto: int  #: EtherType of the payload
    key: int  #: 0 if there is none
    seq: int  #: 0 if there is none
    ack: int  #: version 1 only
    payload_off: int  #: where the payload begins, 0 if there is none to decode

    name = "gre"
    tag = b"gre"
    fields = ("flags", "version", "proto", "key", "seq")

    def clear(self) -> None:
        self.flags = self.version = self.proto = self.key = self.seq = self.ack = 0
        self.payload_off = 0

    def parse(self, pkt: Packet, off: int) -> None:
        word = pkt.u16(off)
        self.flags = word & 0xFFF8
        self.version = word & 7
        self.proto = pkt.u16(off + 2)
        at = off + 4
        if self.version == 0 and word & (CHECKSUM | ROUTING):
            at += 4
        if word & KEY:
            self.key = pkt.u32(at)
            at += 4
        if word & SEQUENCE:
            self.seq = pkt.u32(at)
            at += 4
        if self.version == 1 and word & ACK:
            self.ack = pkt.u32(at)
            at += 4
        if self.version == 0 and word & ROUTING:
            at = self.skip_routes(pkt, at)
        if self.version == 0 or (self.version == 1 and word & SEQUENCE):
            self.payload_off = at

    def skip_routes(self, pkt: Packet, at: int) -> int:
        """Step over source route entries (RFC 1701); the empty one ends them."""
        while True:
            size = pkt.u8(at + 3)
            at += 4
            if size == 0:
                return at
            at += size

    def write(self, line: Line) -> None:
        self.pkt.u16(self.off)
        line.put(b"GREv%d" % self.version)
        if self.version > 1:
            line.put(b" ERROR: unknown-version")
            return
        if line.style.verbose:
            line.put(b", Flags [%s]" % (
                bit_words(FLAGS, self.flags)))
        self.write_fields(line, self.pkt, self.off + 4)
        if line.style.link_level:
            line.put(b", proto %s (0x%04x)" % (
                ETHERTYPE_NAMES.get(self.proto, b"unknown"), self.proto))
        line.put(b", length %d" % self.size)
        if self.version == 1 and not self.flags & SEQUENCE:
            return
        line.put(b"\n\t" if line.style.verbose else b": ")
        if self.version == 0 and self.proto == KEEP_ALIVE:
            line.put(b"keep-alive")
        elif self.upper() is None:
            line.put(b"gre-proto-0x%x" % self.proto)

    def write_fields(self, line: Line, pkt: Packet, at: int) -> None:
        """The optional fields in wire order."""
        flags = self.flags
        pkt.u16(self.off + 2)
        if self.version == 0 and flags & (CHECKSUM | ROUTING):
            if line.style.verbose:
                line.put(b", sum 0x%x" % pkt.u16(at))
            line.put(b", off 0x%x" % pkt.u16(at + 2))
            at += 4
        if flags & KEY:
            pkt.u32(at)
            if self.version == 0:
                line.put(b", key=0x%x" % self.key)
            else:
                line.put(b", call %d" % (self.key & 0xFFFF))
            at += 4
        if flags & SEQUENCE:
            line.put(b", seq %d" % pkt.u32(at))
            at += 4
        if self.version == 1:
            if flags & ACK:
                line.put(b", ack %d" % pkt.u32(at))
            if not flags & SEQUENCE:
                line.put(b", no-payload")
        elif flags & ROUTING:
            write_routes(line, pkt, at, self.off + self.size)

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        proto = self.proto
        if self.version == 1:
            return ETHERTYPES.find(PPP) if proto == PPP else None
        found = PROTOCOLS.find(proto)
        if found is None and proto in FROM_ETHERTYPES:
            found = ETHERTYPES.find(proto)
        return found

    def follow(self) -> Layer | None:
        kind = None if self.short or not self.payload_off else self.upper()
        if kind is None:
            return None
        return self.child(kind, self.payload_off, self.off + self.size - self.payload_off)


def write_routes(line: Line, pkt: Packet, at: int, stop: int) -> None:
    """Source route entries (RFC 1701)."""
    while True:
        family = pkt.u16(at)
        offset = pkt.u8(at + 2)
        size = pkt.u8(at + 3)
        at += 4
        if size == 0:
            return
        if size > stop - at:
            raise Truncated
        if family == ROUTE_IP:
            write_route(line, pkt, at, offset, size, b"rtaf=ip", 4)
        elif family == ROUTE_AS:
            write_route(line, pkt, at, offset, size, b"rtaf=asn", 2)
        else:
            line.put(b", (rtaf=0x%x)" % family)
        at += size


def write_route(line: Line, pkt: Packet, at: int, offset: int, size: int, name: bytes,
                step: int) -> None:
    line.put(b", (%s" % name)
    if offset % step:
        line.put(b" badoffset=%d)" % offset)
        return
    if size % step:
        line.put(b" badlength=%d)" % size)
        return
    if offset >= size:
        line.put(b" badoff/len=%d/%d)" % (offset, size))
        return
    for i in range(0, size, step):
        pkt.raw(at + i, step)
        line.put(b" *" if i == offset else b" ")
        if step == 4:
            line.ipv4(pkt.u32(at + i))
        else:
            line.put(b"%x" % pkt.u16(at + i))
    line.char(41)
