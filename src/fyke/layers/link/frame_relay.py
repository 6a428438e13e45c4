"""Frame relay (Q.922, RFC 2427), multilink (FRF.16), fragments (FRF.15); tcpdump: print-fr.c."""

from __future__ import annotations

from fyke.layers.hexdump import default_print, print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.link.frame import Frame
from fyke.layers.link.llc import Snap
from fyke.layers.link.text import write_padded
from fyke.layers.network.osi_parts import NLPID_NAMES
from fyke.layers.tables import table
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")

UI = 0x03
FLAGS = ((0x02000000, b"C!"), (0x00020000, b"DE"), (0x00040000, b"BECN"),
         (0x00080000, b"FECN"), (0x00000002, b"sdlcore"))
SNAP, IPV6, FRF15, IPV4, PPP = 0x80, 0x8E, 0xB1, 0xCC, 0xCF
OSI = (0x81, 0x82, 0x83)
NLPIDS = table("nlpid")


class FrameRelay(Frame):
    """An address, then a control field and a protocol identifier (or an EtherType, Cisco's way)."""

    __slots__ = ("address_length", "dlci", "flags", "invalid", "nlpid", "upper_kind")

    dlci: int  #: data link connection identifier
    flags: int  #: congestion and discard bits, as tcpdump packs them
    address_length: int  #: octets: 2 to 4
    nlpid: int  #: network layer protocol identifier, 0 with an EtherType
    invalid: bool  #: the address cannot be
    upper_kind: type[Layer] | None  #: who decodes the payload

    name = "frame-relay"
    tag = b"fr"
    fields = ("dlci", "flags", "nlpid", "ethertype")

    def clear(self) -> None:
        super().clear()
        self.dlci = self.flags = self.address_length = self.nlpid = 0
        self.invalid = False
        self.upper_kind = None

    def parse(self, pkt: Record, off: int) -> None:
        first = pkt.u8(off)
        if first & 1:
            self.invalid = True
            return
        second = pkt.u8(off + 1)
        self.dlci = (first & 0xFC) << 2 | (second & 0xF0) >> 4
        self.flags = (first & 2) << 24 | (second & 0x0E) << 16
        self.address_length = 2
        if not second & 1:
            self.parse_long(pkt, off + 2)

    def parse_long(self, pkt: Record, at: int) -> None:
        """The third octet of an address, and the fourth if there is one."""
        octet = pkt.u8(at)
        self.address_length = 3
        if not octet & 1:
            self.dlci = self.dlci << 7 | octet >> 1
            self.address_length = 4
            octet = pkt.u8(at + 1)
            if not octet & 1:
                self.invalid = True
                return
        self.flags |= octet & 2
        self.dlci = self.dlci << 6 | octet >> 2

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.invalid:
            line.put(b"Q.922, invalid address")
            return
        start = self.off + self.address_length
        if self.short or self.size < self.address_length + 1:
            raise Truncated
        control = pkt.u8(start)
        if control != UI and self.dlci and self.write_cisco(line, pkt, start, control):
            return
        self.write_nlpid(line, pkt, start)

    def write_cisco(self, line: Line, pkt: Record, start: int, control: int) -> bool:
        """An EtherType right after the address; False if it is none that is known."""
        if pkt.has(start, 2) and self.size >= self.address_length + 2:
            kind = pkt.u16(start)
            if line.style.link_level:
                self.write_head(line, self.size, self.address_length, kind)
            self.upper_kind = ETHERTYPES.find(kind)
            if self.upper_kind is not None:
                self.ethertype = kind
                self.body_off = start + 2
                self.body_length = self.size - self.address_length - 2
                line.link_header(self.body_off)
                return True
        line.put(b"UI %02x! " % control)
        return False

    def write_nlpid(self, line: Line, pkt: Record, start: int) -> None:
        if self.size < self.address_length + 2:
            raise Truncated
        padded = pkt.u8(start + 1) == 0
        if padded != (self.address_length == 3):
            line.put(b"Pad! " if padded else b"No pad! ")
        size = self.address_length + (3 if padded else 2)
        nlpid = pkt.u8(self.off + size - 1)
        if self.size < size:
            raise Truncated
        self.nlpid = nlpid
        if line.style.link_level:
            self.write_head(line, self.size, self.address_length, nlpid)
        self.body_off = self.off + size
        self.body_length = self.size - size
        line.link_header(self.body_off)
        if nlpid in OSI:  # these want to see their identifier
            self.body_off -= 1
            self.body_length += 1
        kinds = {IPV4: ETHERTYPES.find(0x0800), IPV6: ETHERTYPES.find(0x86DD),
                 SNAP: FrameRelaySnap, FRF15: Frf15, PPP: ETHERTYPES.find(0x880B)}
        self.upper_kind = kinds.get(nlpid)
        if nlpid in OSI:
            self.upper_kind = table("llc.sap").find(0xFE)
        elif self.upper_kind is None:
            self.upper_kind = NLPIDS.find(nlpid)
        if self.upper_kind is None:
            if not line.style.link_level:
                self.write_head(line, self.size, self.address_length, nlpid)
            default_print(line, pkt, self.body_off, self.body_length)

    def write_head(self, line: Line, length: int, size: int, proto: int) -> None:
        if line.style.quiet:
            line.put(b"Q.922, DLCI %d, length %d: " % (self.dlci, length))
            return
        names = bit_words(FLAGS, self.flags)
        line.put(b"Q.922, hdr-len %d, DLCI %d, Flags [%s], " % (size, self.dlci, names))
        if proto <= 0xFF:
            line.put(b"NLPID %s (0x%02x)" % (NLPID_NAMES.get(proto, b"unknown"), proto))
        else:
            line.put(b"cisco-ethertype %s (0x%04x)" % (
                ETHERTYPE_NAMES.get(proto, b"unknown"), proto))
        line.put(b", length %d: " % length)

    def follow(self) -> Layer | None:
        if self.upper_kind is None or self.short:
            return None
        return self.child(self.upper_kind, self.body_off, self.body_length)


class FrameRelaySnap(Snap):
    """SNAP above frame relay: bridged frames are not padded."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self.pad = 0

    def write_unknown_payload(self, line: Line) -> None:
        """The frame relay header is said now, and shown with the rest."""
        frame: FrameRelay = self.below
        if not line.style.link_level:
            self.write_unknown_pid(line)
            frame.write_head(line, frame.size, self.off - frame.off, SNAP)
        default_print(line, self.pkt, frame.off, self.pkt.end - frame.off)


MFR_FLAGS = ((0x80, b"Begin"), (0x40, b"End"), (0x20, b"Control"))
MESSAGE_NAMES = {1: b"Add Link", 2: b"Add Link ACK", 3: b"Add Link Reject", 4: b"Hello",
                 5: b"Hello ACK", 6: b"Remove Link", 7: b"Remove Link ACK"}
ELEMENT_NAMES = {1: b"Bundle ID", 2: b"Link ID", 3: b"Magic Number", 5: b"Timestamp",
                 6: b"Vendor Extension", 7: b"Cause"}


def fragment_flags(octet: int) -> bytes:
    return bit_words(MFR_FLAGS, octet)


class Multilink(Layer):
    """An FRF.16 bundle's frame: control, or a fragment of a frame relay frame."""

    __slots__ = ("first", "sequence")

    first: int  #: begin, end and control bits
    sequence: int

    name = "mfr"
    tag = b"mfr"
    fields = ("first", "sequence")
    link_layer = True

    def clear(self) -> None:
        self.first = self.sequence = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.first = pkt.u8(off)
        self.sequence = (self.first & 0x1E) << 7 | pkt.u8(off + 1)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        if self.size < 4:
            line.put(b"[length %d < 4] (invalid)" % self.size)
            self.first = 0
            return
        pkt.u32(off)
        bits = self.first & 0xE0
        if bits == 0xE0 and pkt.u8(off + 1) == 0:
            kind = pkt.u8(off + 2)
            line.put(b"FRF.16 Control, Flags [%s], %s, length %d" % (
                fragment_flags(bits),
                MESSAGE_NAMES.get(kind) or b"Unknown Message (0x%02x)" % kind, self.size))
            if line.style.verbose:
                write_elements(line, pkt, off + 3, off + self.size)
            return
        line.put(b"FRF.16 Frag, seq %d, Flags [%s]" % (self.sequence, fragment_flags(bits)))
        if bits in (0xC0, 0x80):
            line.put(b", ")
            line.link_header(off + 2)
        else:
            print_unknown_data(line, pkt, off, b"\n\t", self.size)

    def follow(self) -> Layer | None:
        if self.short or self.size < 4 or self.first & 0xE0 not in (0xC0, 0x80):
            return None
        return self.child(FrameRelay, self.off + 2, self.size - 2)


def write_elements(line: Line, pkt: Record, at: int, stop: int) -> None:
    """Information elements of a control frame; their length counts the head."""
    while stop - at > 2:
        kind = pkt.u8(at)
        size = pkt.u8(at + 1)
        line.put(b"\n\tIE %s (%d), length %d: " % (
            ELEMENT_NAMES.get(kind, b"Unknown"), kind, size))
        if kind == 0 or size <= 2:
            return
        pkt.raw(at, size)
        body = at + 2
        if kind == 3:
            if size == 6:
                line.put(b"0x%08x" % pkt.u32(body))
            else:
                line.put(b"[IE data length %d != 4] (invalid)" % (size - 2))
        elif kind in (1, 2):
            write_padded(line, pkt, body, min(size - 2, 50))
        elif line.style.verbose <= 1:
            print_unknown_data(line, pkt, body, b"\n\t  ", size - 2)
        if line.style.verbose > 1:
            print_unknown_data(line, pkt, body, b"\n\t  ", size - 2)
        at += size


class Frf15(Layer):
    """An end-to-end fragment (FRF.15)."""

    __slots__ = ("word",)

    word: int  #: begin, end and control bits, and the sequence number

    name = "frf15"
    tag = b"frf15"
    fields = ("word",)

    def clear(self) -> None:
        self.word = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.word = pkt.u16(off)

    def write(self, line: Line) -> None:
        line.protocol = b"fr"
        if self.short or self.size < 2:
            raise Truncated
        line.put(b"FRF.15, seq 0x%03x, Flags [%s],%s Fragmentation, length %d" % (
            (self.word >> 8 & 0x1E) << 7 | self.word & 0xFF, fragment_flags(self.word >> 8),
            b"Interface" if self.word >> 8 & 1 else b"End-to-End", self.size))
