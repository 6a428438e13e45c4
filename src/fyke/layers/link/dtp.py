"""Cisco's Dynamic Trunking Protocol; tcpdump: print-dtp.c."""

from __future__ import annotations

from fyke.layers.cursor import Form, options, text, tlvs, whole_number
from fyke.layers.fields import U8, Listed
from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.layers.plain import address
from fyke.wire import Line, Record

DOMAIN, STATUS, TRUNK_TYPE, NEIGHBOR = 1, 2, 3, 4
TLV_NAMES = {DOMAIN: b"Domain", STATUS: b"Status", TRUNK_TYPE: b"DTP type",
             NEIGHBOR: b"Neighbor"}


FORMS: dict[int, Form] = {
    DOMAIN: Form("domain", text), STATUS: Form("status", whole_number, 1, 1),
    TRUNK_TYPE: Form("trunk_type", whole_number, 1, 1),
    NEIGHBOR: Form("neighbor", lambda pkt, at, size: address(pkt.raw(at, 6)), 6, 6),
}


class Dtp(Layer):
    """A version, then TLVs."""

    __slots__ = ()

    name = "dtp"
    tag = b"dtp"

    version = U8(0, "version of the protocol")
    tlvs = Listed(lambda layer: options(layer.pkt, tlvs(
        layer.pkt, layer.off + 1, layer.off + layer.size, type_size=2, length_size=2, counts=4),
        FORMS), "what the sender tells of its port", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off)  # says whether the header is short

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
            if kind == 0:  # fill, in real captures
                return
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
