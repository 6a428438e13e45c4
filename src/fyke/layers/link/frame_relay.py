"""Frame relay (Q.922, RFC 2427), multilink (FRF.16), fragments (FRF.15); tcpdump: print-fr.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Bits, Made
from fyke.layers.hexdump import default_print, print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.link.frame import Frame
from fyke.layers.link.llc import Snap
from fyke.layers.link.text import write_padded
from fyke.layers.network.osi_parts import NLPID_NAMES
from fyke.layers.tables import table
from fyke.layers.words import as_text, bit_words
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

    __slots__ = ("address_length", "cisco", "invalid")

    address_length: int  #: octets: 2 to 4
    cisco: bool  #: an EtherType stands right behind the address
    invalid: bool  #: the address cannot be

    name = "frame-relay"
    tag = b"fr"

    dlci = Made("u32", lambda layer: layer.read_address()[0], "data link connection identifier")
    flags = Made("u32", lambda layer: layer.read_address()[1],
                 "congestion and discard bits, as tcpdump packs them")
    forward_congestion = Bits(1, 1, 8, "FECN", type="bool")
    backward_congestion = Bits(1, 1, 4, "BECN", type="bool")
    discard_eligible = Bits(1, 1, 2, "DE", type="bool")
    nlpid = Made("u8", lambda layer: layer.find_nlpid(),
                 "network layer protocol identifier; none with an EtherType",
                 names=as_text(NLPID_NAMES))
    type = Made("u16", lambda layer: layer.ethertype or None,
                "EtherType, where Cisco's framing has one")

    def clear(self) -> None:
        super().clear()
        self.address_length = 0
        self.cisco = self.invalid = False

    def read_address(self) -> tuple[int, int]:
        """Connection and flags. Raises Truncated."""
        pkt, off = self.pkt, self.off
        first, second = pkt.u8(off), pkt.u8(off + 1)
        dlci = (first & 0xFC) << 2 | (second & 0xF0) >> 4
        flags = (first & 2) << 24 | (second & 0x0E) << 16
        if not second & 1:
            octet = pkt.u8(off + 2)
            if not octet & 1:
                dlci = dlci << 7 | octet >> 1
                octet = pkt.u8(off + 3)
            flags |= octet & 2
            dlci = dlci << 6 | octet >> 2
        return dlci, flags

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off)
        self.find_address(pkt, off)
        if self.invalid:
            return
        start = off + self.address_length
        if self.size < self.address_length + 1:
            raise Truncated
        control = pkt.u8(start)
        if control != UI and self.read_address()[0] and self.find_cisco(pkt, start):
            return
        size = self.nlpid_at() + 1
        if self.size < self.address_length + 2 or self.size < size:
            raise Truncated
        nlpid = pkt.u8(off + size - 1)
        self.body_off = off + size
        self.body_length = self.size - size
        if nlpid in OSI:  # these want to see their identifier
            self.body_off -= 1
            self.body_length += 1
        kinds = {IPV4: ETHERTYPES.find(0x0800), IPV6: ETHERTYPES.find(0x86DD),
                 SNAP: FrameRelaySnap, FRF15: Frf15, PPP: table("ppp").find(0)}
        self.next = kinds.get(nlpid)
        if nlpid in OSI:
            self.next = table("llc.sap").find(0xFE)
        elif self.next is None:
            self.next = NLPIDS.find(nlpid)
        self.payload_off, self.payload_length = self.body_off, self.body_length

    def find_address(self, pkt: Record, off: int) -> None:
        """How long it is, by the bit that ends it."""
        for count in range(1, 5):
            if count == 4 and not pkt.u8(off + 3) & 1:
                break
            if pkt.u8(off + count - 1) & 1:
                self.invalid = count == 1
                self.address_length = count
                return
        self.invalid = True

    def find_cisco(self, pkt: Record, start: int) -> bool:
        """An EtherType right after the address; False if it is none that is known."""
        if not pkt.has(start, 2) or self.size < self.address_length + 2:
            return False
        self.cisco = True
        self.next = ETHERTYPES.find(pkt.u16(start))
        if self.next is None:
            return False
        self.ethertype = pkt.u16(start)
        self.body_off = self.payload_off = start + 2
        self.body_length = self.payload_length = self.size - self.address_length - 2
        return True

    def nlpid_at(self) -> int:
        """Octets in front of the identifier: it may be padded to an even place."""
        padded = self.pkt.u8(self.off + self.address_length + 1) == 0
        return self.address_length + (2 if padded else 1)

    def find_nlpid(self) -> int | None:
        return None if self.ethertype or self.invalid else self.pkt.u8(self.off + self.nlpid_at())

    def write(self, line: Line) -> None:
        pkt = self.pkt
        pkt.u32(self.off)
        if self.invalid:
            line.put(b"Q.922, invalid address")
            return
        start = self.off + self.address_length
        if not self.address_length or self.size < self.address_length + 1:
            raise Truncated
        control = pkt.u8(start)
        if control != UI and self.read_address()[0]:
            if self.cisco and line.style.link_level:
                self.write_head(line, self.size, self.address_length, pkt.u16(start))
            if self.ethertype:
                line.link_header(self.body_off)
                return
            line.put(b"UI %02x! " % control)
        self.write_nlpid(line, pkt, start)

    def write_nlpid(self, line: Line, pkt: Record, start: int) -> None:
        if self.size < self.address_length + 2:
            raise Truncated
        padded = pkt.u8(start + 1) == 0
        if padded != (self.address_length == 3):
            line.put(b"Pad! " if padded else b"No pad! ")
        size = self.nlpid_at() + 1
        nlpid = pkt.u8(self.off + size - 1)
        if self.size < size:
            raise Truncated
        if line.style.link_level:
            self.write_head(line, self.size, self.address_length, nlpid)
        line.link_header(self.off + size)
        if self.next is None:
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

    __slots__ = ()

    name = "mfr"
    tag = b"mfr"
    link_layer = True

    first = U8(0, "begin (128), end (64) and control (32) bits")
    sequence = Made("u16", lambda layer: (layer.first & 0x1E) << 7 | layer.pkt.u8(layer.off + 1),
                    "sequence number of a fragment")

    def parse(self, pkt: Record, off: int) -> None:
        bits = pkt.u8(off) & 0xE0
        if self.size >= 4 and bits in (0xC0, 0x80):
            pkt.u8(off + 1)
            self.next = FrameRelay
            self.payload_off = off + 2
            self.payload_length = self.size - 2

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        pkt.u16(off)
        if self.size < 4:
            line.put(b"[length %d < 4] (invalid)" % self.size)
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

    __slots__ = ()

    name = "frf15"
    tag = b"frf15"

    word = U16(0, "begin, end and control bits, and the sequence number")
    sequence = Made("u16", lambda layer: (layer.word >> 8 & 0x1E) << 7 | layer.word & 0xFF,
                    "sequence number")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off)

    def write(self, line: Line) -> None:
        line.protocol = b"fr"
        if self.short or self.size < 2:
            raise Truncated
        line.put(b"FRF.15, seq 0x%03x, Flags [%s],%s Fragmentation, length %d" % (
            self.sequence, fragment_flags(self.word >> 8),
            b"Interface" if self.word >> 8 & 1 else b"End-to-End", self.size))
