"""Symantec Enterprise Firewall (LINKTYPE_SYMANTEC_FIREWALL); tcpdump: print-symantec.c."""

from __future__ import annotations

from fyke.layers.fields import U16
from fyke.layers.link.ethertypes import MAX_LENGTH
from fyke.layers.link.typed import Typed
from fyke.wire import Line

HEADER_LENGTH, TYPE = 44, 6


class Symantec(Typed):
    """A header of which only the EtherType is known."""

    __slots__ = ()
    header_length, type_at = HEADER_LENGTH, TYPE

    name = "symantec"
    tag = b"symantec"

    type = U16(TYPE, "EtherType of the payload")

    def write_header(self, line: Line) -> None:
        if self.ethertype <= MAX_LENGTH:
            line.put(b"invalid ethertype %d" % self.ethertype)
        else:
            self.write_type(line)
        line.put(b", length %d: " % self.size)
