"""OpenBSD's IPsec, packets before or after it (LINKTYPE_ENC); tcpdump: print-enc.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.link.families import BSD_ETHERTYPES
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 12
FLAGS = ((0x0800, b"authentic"), (0x0400, b"confidential"))


class Enc(Layer):
    """Address family and flags in the capturing host's byte order, and the security parameters."""

    __slots__ = ("family", "flags", "spi")

    family: int  #: BSD's AF_ number
    spi: int  #: security parameters index
    flags: int

    name = "enc"
    tag = b"enc"
    fields = ("family", "spi", "flags")
    link_layer = True

    def clear(self) -> None:
        self.family = self.spi = self.flags = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.family = pkt.le32(off)
        self.spi = pkt.u32(off + 4)
        self.flags = pkt.le32(off + 8)
        if self.family >> 16:
            self.family = pkt.u32(off)
            self.flags = pkt.u32(off + 8)

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

    def follow(self) -> Layer | None:
        ethertype = BSD_ETHERTYPES.get(self.family)
        kind = None if self.short or ethertype is None else table("ethertype").find(ethertype)
        if kind is None:
            return None
        return self.child(kind, self.off + HEADER_LENGTH, self.size - HEADER_LENGTH)
