"""Cisco's Interior Gateway Routing Protocol; tcpdump: print-igrp.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import U8, U16, Bits, Listed, Options
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH, ROUTE_LENGTH = 12, 14
OPCODE_NAMES = {1: b"update", 2: b"request"}
LARGEST_METRIC = 0xFFFFFF
KINDS = ("interior", "system", "exterior")


class Route(NamedTuple):
    """A network and the way to it."""

    kind: str  #: interior: a subnet of the sender's network; system; exterior
    network: str  #: three octets: those of a subnet are the last three
    delay: int  #: in units of 10 µs
    bandwidth: int  #: 10,000,000 over kbit/s
    mtu: int
    reliability: int
    load: int
    hops: int


class Igrp(Layer):
    """Counts of interior, system and exterior routes, then the routes."""

    __slots__ = ()

    name = "igrp"
    tag = b"igrp"

    version = Bits(0, 1, 0xF0, "version of the protocol")
    opcode = Bits(0, 1, 0x0F, "type of message", names=as_text(OPCODE_NAMES))
    edition = U8(1, "which update this is")
    autonomous_system = U16(2, "autonomous system")
    interior = U16(4, "routes to subnets of this network")
    system = U16(6, "routes to networks of this autonomous system")
    exterior = U16(8, "other routes")
    checksum = U16(10, "checksum over the message")
    routes = Listed(lambda layer: layer.find_routes(), "the routes")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 10)  # says whether the header is short

    def counts(self) -> list[int]:
        return [self.interior, self.system, self.exterior]

    def find_routes(self) -> Options:
        """As many as the counts say and were captured."""
        pkt, at = self.pkt, self.off + HEADER_LENGTH
        found = Options()
        kinds = [kind for kind, count in zip(KINDS, self.counts(), strict=True)
                 for _ in range(min(count, MOST))]
        try:
            for kind in kinds[:MOST]:
                if at + ROUTE_LENGTH > self.off + self.size:
                    found.cut = True
                    break
                found.append(Route(kind, ".".join(map(str, pkt.raw(at, 3))), pkt.u24(at + 3),
                                   pkt.u24(at + 6), pkt.u16(at + 9), pkt.u8(at + 11),
                                   pkt.u8(at + 12), pkt.u8(at + 13)))
                at += ROUTE_LENGTH
        except Truncated:
            found.cut = True
        return found

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b"igrp:")
        pkt.raw(off, 10)
        line.put(b" %s V%d edit=%d AS=%d (%d/%d/%d)" % (
            named(OPCODE_NAMES, self.opcode, b"op-#%d"), self.version, self.edition,
            self.autonomous_system, self.interior, self.system, self.exterior))
        checksum = pkt.u16(off + 10)
        if line.style.verbose:
            line.put(b" checksum=0x%04x" % checksum)
        rest = (self.size - HEADER_LENGTH) & 0xFFFFFFFF  # reads end with the capture
        at = off + HEADER_LENGTH
        counts = self.counts()
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
