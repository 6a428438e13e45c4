"""Ethernet II and IEEE 802.3 frames (IEEE 802.3-2018 §3); tcpdump: print-ether.c."""

from __future__ import annotations

from fyke.layers.fields import U16, Mac
from fyke.layers.link.frame import Frame
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 14
DST, SRC, TYPE = 0, 6, 12


class Ethernet(Frame):
    """Destination, source, and a type or length."""

    __slots__ = ()

    name = "ether"
    old_names = ("ethernet",)
    tag = b"ether"

    dst = Mac(DST, "destination address")
    src = Mac(SRC, "source address")
    type = U16(TYPE, "EtherType of the payload; up to 1500 it is the payload's length in bytes")

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + TYPE)
        if self.size < HEADER_LENGTH:
            raise Truncated
        self.body_off = off + HEADER_LENGTH
        self.body_length = self.size - HEADER_LENGTH
        self.frame_length = self.size
        self.carry()

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        if line.style.link_level:
            self.write_pair(line)
            line.put(b", ")
        self.write_body(line)

    def write_pair(self, line: Line) -> bool:
        line.ether(self.pkt, self.off + SRC)
        line.put(b" > ")
        line.ether(self.pkt, self.off + DST)
        return True

    def write_from(self, line: Line) -> None:
        line.ether(self.pkt, self.off + SRC)

    def write_to(self, line: Line) -> None:
        line.ether(self.pkt, self.off + DST)
