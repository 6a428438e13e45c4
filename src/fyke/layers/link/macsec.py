"""MACsec (IEEE 802.1AE-2018 §9.3); tcpdump: print-macsec.c."""

from __future__ import annotations

from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.frame import Frame
from fyke.layers.link.llc import has_pair
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

VERSION, HAS_SCI, ENCRYPTED, CHANGED = 0x80, 0x20, 0x08, 0x04
FLAGS = ((ENCRYPTED, b"E"), (CHANGED, b"C"), (0x40, b"S"), (0x10, b"B"), (HAS_SCI, b"I"))
ICV_LENGTH = 16  # octets of integrity check value at the frame's end


class Macsec(Frame):
    """A security tag; what it protects is shown if it is only authenticated."""

    __slots__ = ("association", "flags", "packet_number", "sci", "short_length", "tag_length")

    flags: int  #: tag control information
    association: int  #: association number
    short_length: int  #: octets of secure data, 0 for 48 or more
    packet_number: int
    sci: int  #: secure channel identifier, 0 if the tag has none
    tag_length: int  #: octets: 6 or 14

    in_frame = True

    name = "macsec"
    tag = b"macsec"
    fields = ("flags", "association", "short_length", "packet_number", "sci")

    def clear(self) -> None:
        super().clear()
        self.flags = self.association = self.short_length = self.packet_number = self.sci = 0
        self.tag_length = 6

    def parse(self, pkt: Record, off: int) -> None:
        flags = pkt.u8(off)
        self.flags = flags & 0xFC
        self.association = flags & 3
        self.short_length = pkt.u8(off + 1)
        self.packet_number = pkt.u32(off + 2)
        if flags & HAS_SCI:
            self.tag_length = 14
            self.sci = pkt.u64(off + 6)
        below = self.below
        if isinstance(below, Frame):
            self.frame_length = below.frame_length

    def write(self, line: Line) -> None:
        if self.short or self.size < self.tag_length:
            self.short = True
            raise Truncated
        if self.short_length & 0xC0 or self.flags & VERSION:
            line.put(b" (invalid)")
            self.short = True
            return
        if line.style.link_level:
            self.write_tag(line)
        start = self.off + self.tag_length
        rest = self.size - self.tag_length
        if self.flags & (ENCRYPTED | CHANGED):
            self.write_secret(line, start, rest)
            return
        if rest < ICV_LENGTH or self.pkt.end - start < ICV_LENGTH:
            self.short = True
            raise Truncated
        self.uncover(start, rest - ICV_LENGTH)
        line.protocol = b"ether"
        self.ethertype = self.pkt.u16(start)
        self.write_body(line)

    def uncover(self, start: int, rest: int) -> None:
        """Find the payload between the tag and the integrity check value."""
        pkt = self.pkt
        pkt.narrow(pkt.end - ICV_LENGTH)
        if self.short_length:
            if self.short_length > rest or self.short_length > pkt.end - start:
                self.short = True
                raise Truncated
            rest = self.short_length
        self.body_off = start + 2
        self.body_length = rest - 2

    def write_tag(self, line: Line) -> None:
        names = bit_words(FLAGS, self.flags, b"")
        line.put(b"an %d, pn %d, flags %s" % (self.association, self.packet_number, names))
        if self.short_length:
            line.put(b", sl %d" % self.short_length)
        if self.flags & HAS_SCI:
            line.put(b", sci %016x" % self.sci)
        line.put(b", ")

    def write_secret(self, line: Line, start: int, rest: int) -> None:
        """Encrypted: the tag and the octets."""
        if not line.style.link_level:
            if has_pair(self):
                self.write_pair(line)
                line.char(32)
            line.put(b"802.1AE MACsec, ")
            self.write_tag(line)
        default_print(line, self.pkt, start, min(rest, self.pkt.end - start))
        self.short = True

    def follow(self) -> Layer | None:
        return None if self.short or not self.body_off else super().follow()
