"""Cisco's remote mirroring, ERSPAN types I to III (draft-foschiano-erspan-03); print-erspan.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.wire import Line, Record

SEQUENCE = 0x1000  # GRE's flag: type II has it, type I has neither it nor a header
STATES = (b"Good/unknown", b"Short", b"Oversized", b"Bad")
FRAME_TYPES = {0: b"Ethernet", 2: b"IP"}


class Erspan(Layer):
    """Types I and II: a mirrored Ethernet frame."""

    __slots__ = ("frame_off", "frame_type", "session")

    session: int
    frame_off: int  #: where the mirrored frame begins, 0 if there is none to decode
    frame_type: int  #: 0 for Ethernet, 2 for IP

    name = "erspan"
    tag = b"erspan"
    fields = ("session",)

    def clear(self) -> None:
        self.session = self.frame_off = self.frame_type = 0

    def parse(self, pkt: Record, off: int) -> None:
        if self.sequenced():
            self.session = pkt.u32(off) & 0x3FF

    def sequenced(self) -> bool:
        return bool(self.below is not None and self.below.flags & SEQUENCE)

    def write(self, line: Line) -> None:
        line.put(b"erspan")
        pkt = self.pkt
        off = self.off
        if not self.sequenced():
            line.put(b" type1: ")
            self.frame_off = off
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
        self.frame_off = off + 8

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

    def follow(self) -> Layer | None:
        if not self.frame_off:
            return None
        rest = self.off + self.size - self.frame_off
        if self.frame_type == 2:
            kind = table("link_type").find(101)
        else:
            kind = table("link_type").find(1)
        return None if kind is None else self.child(kind, self.frame_off, rest)


class Erspan3(Erspan):
    """Type III, with a time stamp and the type of frame."""

    __slots__ = ()

    def parse(self, pkt: Record, off: int) -> None:
        self.session = pkt.u32(off) & 0x3FF

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
        end = 12
        if more & 1:
            if self.lacks(line, 8, 12):
                return
            pkt.raw(off + 12, 8)
            end = 20
        line.put(b": ")
        if kind in FRAME_TYPES:
            self.frame_type = kind
            self.frame_off = off + end
        else:
            line.put(b"Frame type unknown")
