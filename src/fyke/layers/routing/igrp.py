"""Cisco's Interior Gateway Routing Protocol; tcpdump: print-igrp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record

HEADER_LENGTH, ROUTE_LENGTH = 12, 14
OPCODE_NAMES = {1: b"update", 2: b"request"}
LARGEST_METRIC = 0xFFFFFF


class Igrp(Layer):
    """Counts of interior, system and exterior routes, then the routes."""

    __slots__ = ("autonomous_system", "checksum", "edition", "exterior", "interior", "opcode",
                 "system", "version")

    version: int
    opcode: int  #: 1 update, 2 request
    edition: int
    autonomous_system: int
    interior: int  #: number of routes to subnets of this network
    system: int  #: number of routes to networks of this autonomous system
    exterior: int  #: number of other routes
    checksum: int

    name = "igrp"
    tag = b"igrp"
    fields = ("version", "opcode", "edition", "autonomous_system", "interior", "system",
              "exterior", "checksum")

    def clear(self) -> None:
        self.version = self.opcode = self.edition = self.autonomous_system = 0
        self.interior = self.system = self.exterior = self.checksum = 0

    def parse(self, pkt: Record, off: int) -> None:
        first = pkt.u8(off)
        self.version = first >> 4
        self.opcode = first & 0x0F
        self.edition = pkt.u8(off + 1)
        self.autonomous_system = pkt.u16(off + 2)
        self.interior = pkt.u16(off + 4)
        self.system = pkt.u16(off + 6)
        self.exterior = pkt.u16(off + 8)
        self.checksum = pkt.u16(off + 10)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b"igrp:")
        pkt.raw(off, 10)
        line.put(b" %s V%d edit=%d AS=%d (%d/%d/%d)" % (
            named(OPCODE_NAMES, self.opcode, b"op-#%d"), self.version, self.edition,
            self.autonomous_system, self.interior, self.system, self.exterior))
        pkt.u16(off + 10)
        if line.style.verbose:
            line.put(b" checksum=0x%04x" % self.checksum)
        rest = (self.size - HEADER_LENGTH) & 0xFFFFFFFF  # reads end with the capture
        at = off + HEADER_LENGTH
        counts = [self.interior, self.system, self.exterior]
        while rest >= ROUTE_LENGTH:
            net = b"%d.%d.%d" % (pkt.u8(at), pkt.u8(at + 1), pkt.u8(at + 2))
            kind = next((index for index, count in enumerate(counts) if count), None)
            if kind is None:
                line.put(b" [extra bytes %d]" % rest)
                break
            counts[kind] -= 1
            line.put((b" *.%s", b" %s.0", b" X%s.0")[kind] % net)
            write_route(line, pkt, at)
            at += ROUTE_LENGTH
            rest -= ROUTE_LENGTH
        if any(counts) or rest:
            line.put(INVALID)


def write_route(line: Line, pkt: Record, at: int) -> None:
    delay, bandwidth = pkt.u24(at + 3), pkt.u24(at + 6)
    line.put(b" d=%d b=%d r=%d l=%d M=%d mtu=%d in %d hops" % (
        10 * delay, 10000000 // bandwidth if bandwidth else 0, pkt.u8(at + 11),
        pkt.u8(at + 12), min(bandwidth + delay, LARGEST_METRIC), pkt.u16(at + 9),
        pkt.u8(at + 13)))
