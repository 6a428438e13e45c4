"""Overlay Transport Virtualization (draft-hasmit-otv-04); tcpdump: print-otv.c."""

from __future__ import annotations

from fyke.layers.fields import Flags, Number
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID
from fyke.wire import Line, Record

HEADER_LENGTH = 8
HAS_INSTANCE = 0x08
ETHERNET = 1  # LINKTYPE


class Otv(Layer):
    """The overlay and instance that the frame above belongs to."""

    __slots__ = ()

    name = "otv"
    tag = b"otv"

    flags = Flags(0, 1, 0xFF, "I: there is an instance", {HAS_INSTANCE: "I"})
    overlay = Number(1, 3, "overlay identifier")
    instance = Number(4, 3, "instance identifier")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < HEADER_LENGTH:
            return
        pkt.u8(off + 7)
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = self.size - HEADER_LENGTH
        self.next = table("link_type").find(ETHERNET)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b"OTV, ")
        if self.size < HEADER_LENGTH:
            line.put(b"[length %d < %d]%s" % (self.size, HEADER_LENGTH, INVALID))
            return
        flags = pkt.u8(off)
        line.put(b"flags [%s] (0x%02x), " % (b"I" if flags & HAS_INSTANCE else b".", flags))
        line.put(b"overlay %d, " % pkt.u24(off + 1))
        line.put(b"instance %d\n" % pkt.u24(off + 4))
        pkt.u8(off + 7)
