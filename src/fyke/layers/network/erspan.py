"""Cisco's remote mirroring, ERSPAN types I to III (draft-foschiano-erspan-03); print-erspan.c."""

from __future__ import annotations

from fyke.layers.fields import U32, Made
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.wire import Line, Record

SEQUENCE = 0x1000  # GRE's flag: type II has it, type I has neither it nor a header
STATES = (b"Good/unknown", b"Short", b"Oversized", b"Bad")
ETHERNET, RAW = 1, 101  # link types
IP_FRAME = 2
FRAME_TYPES = {0: b"Ethernet", 2: b"IP"}


class Erspan(Layer):
    """Types I and II: a mirrored Ethernet frame."""

    __slots__ = ()

    name = "erspan"
    tag = b"erspan"

    version = Made("u8", lambda layer: layer.word() >> 28 if layer.sequenced() else None,
                   "1 is type II, 2 is type III; none in type I")
    session = Made("u16", lambda layer: layer.word() & 0x3FF if layer.sequenced() else None,
                   "which mirror this is from")
    vlan = Made("u16", lambda layer: layer.word() >> 16 & 0xFFF if layer.sequenced() else None,
                "the mirrored frame's VLAN")
    cos = Made("u8", lambda layer: layer.word() >> 13 & 7 if layer.sequenced() else None,
               "the mirrored frame's class of service")
    truncated = Made("bool", lambda layer: bool(layer.word() & 0x400)
                     if layer.sequenced() else None, "the frame was cut")
    index = Made("u32", lambda layer: layer.pkt.u32(layer.off + 4) & 0xFFFFF
                 if layer.version == 1 else None, "of the mirrored port (type II)")

    def parse(self, pkt: Record, off: int) -> None:
        if not self.sequenced():
            self.carry(off, ETHERNET)
        elif self.size >= 8 and pkt.u32(off) >> 28 == 1:
            pkt.u32(off + 4)
            self.carry(off + 8, ETHERNET)

    def word(self) -> int:
        return self.pkt.u32(self.off)

    def carry(self, at: int, link_type: int) -> None:
        """The mirrored frame begins at ``at``."""
        self.next = table("link_type").find(link_type)
        self.payload_off = at
        self.payload_length = self.off + self.size - at

    def sequenced(self) -> bool:
        return bool(self.below is not None and self.below.flags & SEQUENCE)

    def write(self, line: Line) -> None:
        line.put(b"erspan")
        pkt = self.pkt
        off = self.off
        if not self.sequenced():
            line.put(b" type1: ")
            return
        if self.lacks(line, 4, 0):
            return
        word = pkt.u32(off)
        if word >> 28 != 1:
            line.put(b" erspan-unknown-version-%x" % (word >> 28))
            return
        if line.style.verbose:
            line.put(b" type2")
        line.put(b" session %d" % (word & 0x3FF))
        kind = word >> 11 & 3
        if kind:
            line.put((b"", b" isl %d" % (word >> 16 & 0xFFF), b" vlan %d" % (word >> 16 & 0xFFF),
                      b" vlan payload")[kind])
        if line.style.verbose:
            self.write_class(line, word)
        if self.lacks(line, 4, 4):
            return
        index = pkt.u32(off + 4) & 0xFFFFF
        if line.style.verbose:
            line.put(b" index %d" % index)
        line.put(b": ")

    def write_class(self, line: Line, word: int) -> None:
        line.put(b" cos %d" % (word >> 13 & 7))
        if word & 0x400:
            line.put(b" truncated")

    def lacks(self, line: Line, count: int, taken: int) -> bool:
        """Whether fewer than ``count`` octets follow the first ``taken``, and then saying so."""
        rest = self.size - taken
        if rest < count:
            line.put(b" [length %d < %d] (invalid)" % (rest, count))
        return rest < count


class Erspan3(Erspan):
    """Type III, with a time stamp and the type of frame."""

    __slots__ = ()

    frame_type = Made("u8", lambda layer: layer.pkt.u16(layer.off + 10) >> 10 & 31,
                      "0 Ethernet, 2 IP")
    timestamp = U32(4, "when the frame was seen, by the mirror's clock")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < 12 or pkt.u32(off) >> 28 != 2:
            return
        end = 20 if pkt.u16(off + 10) & 1 else 12
        kind = pkt.u16(off + 10) >> 10 & 31
        if self.size >= end and pkt.has(off, end) and kind in FRAME_TYPES:
            self.carry(off + end, RAW if kind == IP_FRAME else ETHERNET)

    def sequenced(self) -> bool:
        return True

    def write(self, line: Line) -> None:
        line.put(b"erspan")
        pkt = self.pkt
        off = self.off
        if self.lacks(line, 4, 0):
            return
        word = pkt.u32(off)
        if word >> 28 != 2:
            line.put(b" erspan-unknown-version-%x" % (word >> 28))
            return
        if line.style.verbose:
            line.put(b" type3")
        line.put(b" session %d bso %s" % (word & 0x3FF, STATES[word >> 11 & 3]))
        if line.style.verbose:
            self.write_class(line, word)
        if self.lacks(line, 4, 4) or self.lacks(line, 2, 8) or self.lacks(line, 2, 10):
            return
        more = pkt.u16(off + 10)
        kind = more >> 10 & 31
        line.put(b" ft ")
        line.put(FRAME_TYPES.get(kind) or b"unknown %x" % kind)
        if more & 1:
            if self.lacks(line, 8, 12):
                return
            pkt.raw(off + 12, 8)
        line.put(b": ")
        if kind not in FRAME_TYPES:
            line.put(b"Frame type unknown")
