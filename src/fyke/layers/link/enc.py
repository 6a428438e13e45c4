"""OpenBSD's IPsec, packets before or after it (LINKTYPE_ENC); tcpdump: print-enc.c."""

from __future__ import annotations

from fyke.layers.fields import U32, Made
from fyke.layers.layer import Layer
from fyke.layers.link.families import BSD_ETHERTYPES
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 12
FLAGS = ((0x0800, b"authentic"), (0x0400, b"confidential"))


class Enc(Layer):
    """Address family and flags in the capturing host's byte order, and the security parameters."""

    __slots__ = ()

    name = "enc"
    tag = b"enc"
    link_layer = True

    family = Made("u32", lambda enc: enc.in_order(0), "address family: BSD's AF_ number")
    spi = U32(4, "security parameters index")
    flags = Made("u32", lambda enc: enc.in_order(8), "0x400 confidential, 0x800 authentic")

    def in_order(self, at: int) -> int:
        """A number in the capturing host's order of bytes: that in which the family is small."""
        if self.pkt.le32(self.off) >> 16:
            return self.pkt.u32(self.off + at)
        return self.pkt.le32(self.off + at)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 8)
        ethertype = BSD_ETHERTYPES.get(self.in_order(0))
        self.next = None if ethertype is None else table("ethertype").find(ethertype)
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = self.size - HEADER_LENGTH

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.off + HEADER_LENGTH)
        left = self.flags
        line.put(b"(" if left else b"(unprotected): ")
        for bit, name in FLAGS:
            if left & bit:
                line.put(name + (b"): " if left == bit else b","))
                left &= ~bit
        line.put(b"SPI 0x%08x: " % self.spi)
