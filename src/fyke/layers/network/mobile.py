"""Minimal encapsulation within IP, for Mobile IP (RFC 2004); tcpdump: print-mobile.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

SHORT, LONG = 8, 12  # octets of header without and with the original source
HAS_SOURCE = 0x80


class Mobile(Layer):
    """The addresses that the tunnel replaced."""

    __slots__ = ("checksum", "dst", "has_source", "protocol", "src")

    protocol: int  #: IP protocol of what is inside
    has_source: bool
    checksum: int
    dst: int  #: original destination
    src: int  #: original source, 0 if it was left out

    name = "mobile"
    tag = b"mobile"
    fields = ("protocol", "has_source", "checksum", "dst", "src")
    addresses = ("dst", "src")

    def clear(self) -> None:
        self.protocol = self.checksum = self.dst = self.src = 0
        self.has_source = False

    def parse(self, pkt: Record, off: int) -> None:
        self.protocol = pkt.u8(off)
        self.has_source = pkt.u8(off + 1) & HAS_SOURCE != 0
        self.checksum = pkt.u16(off + 2)
        self.dst = pkt.u32(off + 4)
        if self.has_source:
            self.src = pkt.u32(off + 8)

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
