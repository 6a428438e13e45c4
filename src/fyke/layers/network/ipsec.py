"""Encapsulating security payload (RFC 4303) and IPComp (RFC 3173); print-esp.c, print-ipcomp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.wire import Line, Record


class Esp(Layer):
    """An ESP header; what it protects stays closed."""

    __slots__ = ("seq", "spi")

    spi: int  #: security parameters index
    seq: int  #: sequence number

    name = "esp"
    tag = b"esp"
    fields = ("spi", "seq")

    def clear(self) -> None:
        self.spi = self.seq = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.spi = pkt.u32(off)
        self.seq = pkt.u32(off + 4)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        line.put(b"ESP(spi=0x%08x" % pkt.u32(self.off))
        line.put(b",seq=0x%x), length %d" % (pkt.u32(self.off + 4), self.size))


class IpComp(Layer):
    """A compressed payload's header."""

    __slots__ = ("cpi", "flags", "next_header")

    next_header: int
    flags: int
    cpi: int  #: compression parameter index

    name = "ipcomp"
    tag = b"ipcomp"
    fields = ("next_header", "flags", "cpi")

    def clear(self) -> None:
        self.next_header = self.flags = self.cpi = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.next_header = pkt.u8(off)
        self.flags = pkt.u8(off + 1)
        self.cpi = pkt.u16(off + 2)

    def write(self, line: Line) -> None:
        line.put(b"IPComp(")
        self.pkt.u32(self.off)
        line.put(b"cpi=0x%04x)" % self.cpi)
