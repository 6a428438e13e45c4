"""Cisco's Dynamic Trunking Protocol; tcpdump: print-dtp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.wire import Line, Record

DOMAIN, STATUS, TRUNK_TYPE, NEIGHBOR = 1, 2, 3, 4
TLV_NAMES = {DOMAIN: b"Domain", STATUS: b"Status", TRUNK_TYPE: b"DTP type",
             NEIGHBOR: b"Neighbor"}


class Dtp(Layer):
    """A version, then TLVs."""

    __slots__ = ("version",)

    version: int

    name = "dtp"
    tag = b"dtp"
    fields = ("version",)

    def clear(self) -> None:
        self.version = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u8(off)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.size < 1:
            line.put(b"[zero packet length] (invalid)")
            return
        pkt.u8(self.off)
        line.put(b"DTPv%d, length %d" % (self.version, self.size))
        if not line.style.verbose:
            return
        at = self.off + 1
        stop = self.off + self.size
        while at < stop:
            if stop - at < 4:
                line.put(b"[remaining packet length %d < 4] (invalid)" % (stop - at))
                return
            kind = pkt.u16(at)
            size = pkt.u16(at + 2)
            line.put(b"\n\t%s (0x%04x) TLV, length %d" % (
                TLV_NAMES.get(kind, b"Unknown"), kind, size))
            if size < 4 or size > stop - at:
                line.put(b"[TLV length %d] (invalid)" % size)
                return
            self.write_value(line, pkt, at + 4, kind, size - 4)
            at += size

    def write_value(self, line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
        if kind == DOMAIN:
            line.put(b", ")
            write_padded(line, pkt, at, size)
        elif kind in (STATUS, TRUNK_TYPE) and size == 1:
            line.put(b", 0x%x" % pkt.u8(at))
        elif kind == NEIGHBOR and size == 6:
            pkt.raw(at, 6)
            line.put(b", ")
            line.ether(pkt, at)
        elif kind in TLV_NAMES:
            line.put(b" (invalid)")
        else:
            pkt.raw(at, size)
