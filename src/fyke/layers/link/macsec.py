"""MACsec (IEEE 802.1AE-2018 §9.3); tcpdump: print-macsec.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U32, Bits, Flags, Made
from fyke.layers.hexdump import default_print
from fyke.layers.link.frame import Frame
from fyke.layers.link.llc import has_pair
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

VERSION, HAS_SCI, ENCRYPTED, CHANGED = 0x80, 0x20, 0x08, 0x04
FLAGS = ((ENCRYPTED, b"E"), (CHANGED, b"C"), (0x40, b"S"), (0x10, b"B"), (HAS_SCI, b"I"))
ICV_LENGTH = 16  # octets of integrity check value at the frame's end


class Macsec(Frame):
    """A security tag; what it protects is shown if it is only authenticated."""

    __slots__ = ()

    in_frame = True

    name = "macsec"
    tag = b"macsec"

    flags = Flags(0, 1, 0xFC, "tag control information", {
        VERSION >> 2: "V", 0x40 >> 2: "S", HAS_SCI >> 2: "I", 0x10 >> 2: "B",
        ENCRYPTED >> 2: "E", CHANGED >> 2: "C"}, aliases={
        "version": VERSION >> 2, "end_station": 0x40 >> 2, "sci": HAS_SCI >> 2,
        "single_copy": 0x10 >> 2, "encrypted": ENCRYPTED >> 2, "changed": CHANGED >> 2})
    association = Bits(0, 1, 0x03, "association number")
    short_length = U8(1, "octets of secure data, 0 for 48 or more", unit="bytes")
    packet_number = U32(2, "number of the frame, against replays")
    sci = Made("u64", lambda tag: tag.read_sci() if tag.control() & HAS_SCI else None,
               "secure channel identifier: Ethernet address and port")

    def control(self) -> int:
        """The octet of flags and association number, as it stands in the packet."""
        return self.pkt.u8(self.off)

    def read_sci(self) -> int:
        return self.pkt.u64(self.off + 6)

    def tag_length(self) -> int:
        return 14 if self.control() & HAS_SCI else 6

    def is_valid(self) -> bool:
        """IEEE 802.1AE-2018 §9.5 to §9.7: version 0, and two bits of the length are none."""
        return not self.short_length & 0xC0 and not self.control() & VERSION

    def guides(self) -> list[tuple[int, int]]:
        """The EtherType of what is not encrypted."""
        return [(self.body_off - 2, 2)] if self.body_off else []

    def parse(self, pkt: Record, off: int) -> None:
        tag = self.tag_length()
        pkt.raw(off, tag)
        if self.size < tag:
            raise Truncated
        below = self.below
        if isinstance(below, Frame):
            self.frame_length = below.frame_length
        if self.is_valid() and not self.control() & (ENCRYPTED | CHANGED):
            self.uncover(off + tag, self.size - tag - ICV_LENGTH)

    def uncover(self, start: int, rest: int) -> None:
        """Find the payload between the tag and the integrity check value."""
        pkt = self.pkt
        if rest < 0 or pkt.end - start < ICV_LENGTH:
            raise Truncated
        pkt.narrow(pkt.end - ICV_LENGTH)
        if self.short_length:
            if self.short_length > rest or self.short_length > pkt.end - start:
                raise Truncated
            rest = self.short_length
        self.ethertype = pkt.u16(start)
        self.body_off = start + 2
        self.body_length = rest - 2
        self.carry()

    def write(self, line: Line) -> None:
        if not self.pkt.has(self.off, self.tag_length()) or self.size < self.tag_length():
            raise Truncated
        if not self.is_valid():
            line.put(b" (invalid)")
            return
        if line.style.link_level:
            self.write_tag(line)
        if self.control() & (ENCRYPTED | CHANGED):
            self.write_secret(line)
            return
        if self.short:
            raise Truncated
        line.protocol = b"ether"
        self.write_body(line)

    def write_tag(self, line: Line) -> None:
        names = bit_words(FLAGS, self.control(), b"")
        line.put(b"an %d, pn %d, flags %s" % (self.association, self.packet_number, names))
        if self.short_length:
            line.put(b", sl %d" % self.short_length)
        if self.control() & HAS_SCI:
            line.put(b", sci %016x" % self.read_sci())
        line.put(b", ")

    def write_secret(self, line: Line) -> None:
        """Encrypted: the tag and the octets."""
        if not line.style.link_level:
            if has_pair(self):
                self.write_pair(line)
                line.char(32)
            line.put(b"802.1AE MACsec, ")
            self.write_tag(line)
        tag = self.tag_length()
        default_print(line, self.pkt, self.off + tag,
                      min(self.size - tag, self.pkt.end - self.off - tag))
