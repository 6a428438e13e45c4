"""Minimal encapsulation within IP, for Mobile IP (RFC 2004); tcpdump: print-mobile.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Bits, Ip4, Made
from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

SHORT, LONG = 8, 12  # octets of header without and with the original source
HAS_SOURCE = 0x80


class Mobile(Layer):
    """The addresses that the tunnel replaced."""

    __slots__ = ()

    name = "mobile"
    tag = b"mobile"

    protocol = U8(0, "IP protocol of what is inside")
    has_source = Bits(1, 1, HAS_SOURCE, "the original source stands here", type="bool")
    checksum = U16(2, "checksum over this header")
    dst = Ip4(4, "original destination")
    src = Made("ipv4", lambda layer: layer.pkt.u32(layer.off + 8) if layer.has_source else None,
               "original source, where it is not left out")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 4)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if self.size < SHORT or not pkt.has(off, LONG):
            raise Truncated
        line.put(b"mobile: ")
        if self.has_source:
            line.put(b"[S] ")
            if line.style.verbose:
                line.host4(pkt.u32(off + 8))
                line.char(32)
        else:
            line.put(b"[] ")
        if line.style.verbose:
            line.put(b"> ")
            line.host4(self.dst)
            line.put(b" (oproto=%d)" % self.protocol)
        size = LONG if self.has_source else SHORT
        if pkt.sum16(off, size) != 0xFFFF:
            line.put(b" (bad checksum %d)" % self.checksum)
