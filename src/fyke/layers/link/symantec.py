"""Symantec Enterprise Firewall (LINKTYPE_SYMANTEC_FIREWALL); tcpdump: print-symantec.c."""

from __future__ import annotations

from fyke.layers.link.ethertypes import MAX_LENGTH
from fyke.layers.link.typed import Typed
from fyke.wire import Line, Record

HEADER_LENGTH = 44


class Symantec(Typed):
    """A header of which only the EtherType is known."""

    __slots__ = ()
    header_length = HEADER_LENGTH

    name = "symantec"
    tag = b"symantec"
    fields = ("ethertype",)

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + 6)
        self.body_off = off + HEADER_LENGTH
        self.body_length = self.size - HEADER_LENGTH

    def write_header(self, line: Line) -> None:
        if self.ethertype <= MAX_LENGTH:
            line.put(b"invalid ethertype %d" % self.ethertype)
        else:
            self.write_type(line)
        line.put(b", length %d: " % self.size)
