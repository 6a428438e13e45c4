"""Overlay Transport Virtualization (draft-hasmit-otv-04); tcpdump: print-otv.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID
from fyke.wire import Line, Packet

HEADER_LENGTH = 8
HAS_INSTANCE = 0x08
ETHERNET = 1  # LINKTYPE


class Otv(Layer):
    """The overlay and instance that the frame above belongs to."""

    __slots__ = ("flags", "instance", "overlay")

    flags: int
    overlay: int
    instance: int

    name = "otv"
    tag = b"otv"
    fields = ("flags", "overlay", "instance")

    def clear(self) -> None:
        self.flags = self.overlay = self.instance = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.flags = pkt.u8(off)
        self.overlay = pkt.u24(off + 1)
        self.instance = pkt.u24(off + 4)
        pkt.u8(off + 7)

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

    def follow(self) -> Layer | None:
        kind = table("link_type").find(ETHERNET)
        if self.short or self.size < HEADER_LENGTH or kind is None:
            return None
        return self.child(kind, self.off + HEADER_LENGTH, self.size - HEADER_LENGTH)
