"""Encapsulating security payload (RFC 4303) and IPComp (RFC 3173); print-esp.c, print-ipcomp.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, U32
from fyke.layers.layer import Layer
from fyke.wire import Line, Record


class Esp(Layer):
    """An ESP header; what it protects stays closed."""

    __slots__ = ()

    name = "esp"
    tag = b"esp"
    moved = True

    spi = U32(0, "security parameters index")
    seq = U32(4, "sequence number")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 4)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt = self.pkt
        line.put(b"ESP")
        line.put(b"(spi=0x%08x" % pkt.u32(self.off))
        line.put(b",seq=0x%x), length %d" % (pkt.u32(self.off + 4), self.size))


class IpComp(Layer):
    """A compressed payload's header."""

    __slots__ = ()

    name = "ipcomp"
    tag = b"ipcomp"
    moved = True

    next_header = U8(0, "protocol of what is compressed")
    flags = U8(1, "0")
    cpi = U16(2, "compression parameter index")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)  # says whether the header is short

    def write(self, line: Line) -> None:
        line.put(b"IPComp(")
        line.put(b"cpi=0x%04x)" % self.pkt.u16(self.off + 2))
