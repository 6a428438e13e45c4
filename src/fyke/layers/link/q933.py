"""Q.933, the signalling of frame relay, and its link management; tcpdump: print-fr.c.

ITU-T Q.933 (of the family of Q.931), its Annex A and ANSI T1.617 Annex D.
"""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.fields import Listed, Made
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record, Truncated

MESSAGE_NAMES = {
    0x00: b"ESC to National", 0x01: b"Alert", 0x02: b"Call proceeding", 0x03: b"Progress",
    0x05: b"Setup", 0x07: b"Connect", 0x0F: b"Connect ACK", 0x45: b"Disconnect",
    0x46: b"Restart", 0x4D: b"Release", 0x4E: b"Restart ACK", 0x5A: b"Release Complete",
    0x75: b"Status Enquiry", 0x7D: b"Status Reply",
}
ANSI_CODESET = 5  # national elements: a message that shifts to them at once is of Annex D
KNOWN_CODESETS = (0, ANSI_CODESET)
REPORT_TYPES = (0x01, 0x51)
LINK_VERIFIES = (0x03, 0x19, 0x53)
PVC_STATUSES = (0x07, 0x57)
ELEMENT_NAMES = {
    0x01: b"ANSI Report Type", 0x03: b"ANSI Link Verify", 0x07: b"ANSI PVC Status",
    0x19: b"ANSI Link Verify", 0x51: b"CCITT Report Type", 0x53: b"CCITT Link Verify",
    0x57: b"CCITT PVC Status",
}
REPORT_NAMES = {0: b"Full Status", 1: b"Link verify", 2: b"Async PVC Status"}
LAST = 0x80  # an octet without it is followed by another of the same number
NEW, ACTIVE = 0x08, 0x02


class Codeset:
    """Which set of elements counts (Q.931 §4.5.2): shifts lock, or are for one element only."""

    __slots__ = ("back", "now", "once")

    def __init__(self) -> None:
        self.now = 0
        self.back = 0  #: where the next element goes back to
        self.once = 0  #: 1: for the next element; 2: for the one before

    def shift(self, octet: int) -> None:
        if octet & 8:
            self.once = 1
            self.back = self.now
        else:
            self.once = 0
        self.now = octet & 7

    def next_element(self) -> None:
        if self.once == 1:
            self.once = 2
        elif self.once == 2:
            self.now = self.back
            self.once = 0


class Element(NamedTuple):
    """An information element of more than one octet."""

    codeset: int
    id: int
    value: bytes


class Q933(Layer):
    """A message after its protocol discriminator: call reference, type, information elements."""

    __slots__ = ()

    name = "q933"
    tag = b"q.933"

    call_reference = Made("bytes", lambda message: message.read_reference(),
                          "which call; empty in link management")
    message_type = Made("u8", lambda message: message.read_type(), "what the message says",
                        names=as_text(MESSAGE_NAMES))
    elements = Listed(lambda message: message.read_elements(),
                      "information elements of more than one octet, by their code set")

    def reference_length(self) -> int:
        return self.pkt.u8(self.off) & 0x0F

    def read_reference(self) -> bytes:
        return self.pkt.raw(self.off + 1, self.reference_length())

    def read_type(self) -> int:
        return self.pkt.u8(self.off + 1 + self.reference_length())

    def elements_off(self) -> int:
        return self.off + 2 + self.reference_length()

    def parse(self, pkt: Record, off: int) -> None:
        at = self.elements_off()
        if at > off + self.size:
            raise Truncated
        pkt.raw(off, at - off)
        if at < off + self.size:
            pkt.u8(at)

    def read_elements(self) -> list[Element]:
        found = []
        codeset = Codeset()
        at, stop = self.elements_off(), min(self.off + self.size, self.pkt.end)
        while at < stop:
            codeset.next_element()
            identifier = self.pkt.u8(at)
            at += 1
            if is_shift(identifier):
                codeset.shift(identifier)
            elif not identifier & 0x80:
                if at >= stop or self.pkt.u8(at) > stop - at - 1:
                    break
                size = self.pkt.u8(at)
                found.append(Element(codeset.now, identifier, self.pkt.raw(at + 1, size)))
                at += 1 + size
        return found

    def write(self, line: Line) -> None:
        if not line.style.link_level:
            line.put(b"Q.933, ")
        if self.short:
            line.put(b"length %d" % self.size)
            raise Truncated
        pkt = self.pkt
        at, stop = self.elements_off(), self.off + self.size
        codeset = Codeset()
        ansi = False
        if at < stop and is_shift(pkt.u8(at)):
            octet = pkt.u8(at)
            codeset.shift(octet)
            ansi = codeset.now == ANSI_CODESET and not codeset.once
            at += 1
        line.put(b"%s, codeset %d" % (b"ANSI" if ansi else b"CCITT", codeset.now))
        reference = self.read_reference()
        # For a reference of one octet tcpdump looks at the octet after the type, not at its value.
        if len(reference) > 1 or (reference and pkt.u8(at)):
            line.put(b", Call Ref: 0x%s" % reference.hex().encode())
        kind = self.read_type()
        if line.style.verbose:
            line.put(b", %s (0x%02x), length %d" % (
                named(MESSAGE_NAMES, kind, b"unknown message"), kind, self.size))
            write_elements(line, pkt, at, stop, codeset)
            return
        line.put(b", %s" % named(MESSAGE_NAMES, kind, b"unknown message 0x%02x"))
        try:
            whole = write_elements(line, pkt, at, stop, codeset)
        except Truncated:
            line.put(b", length %d" % self.size)
            raise
        if whole:
            line.put(b", length %d" % self.size)


def is_shift(octet: int) -> bool:
    """Whether an element of one octet changes the code set."""
    return octet & 0xF0 == 0x90


def write_elements(line: Line, pkt: Record, at: int, stop: int, codeset: Codeset) -> bool:
    """The information elements; False if an empty one ends them."""
    while at < stop:
        codeset.next_element()
        identifier = pkt.u8(at)
        at += 1
        if identifier & 0x80:
            if is_shift(identifier):
                codeset.shift(identifier)
            continue
        if at == stop:
            raise Truncated
        size = pkt.u8(at)
        at += 1
        known = codeset.now in KNOWN_CODESETS
        if line.style.verbose:
            name = named(ELEMENT_NAMES if known else {}, identifier, b"unknown")
            line.put(b"\n\t%s IE (0x%02x), length %d: " % (name, identifier, size))
        if identifier == 0 or size == 0:
            return False
        if size > stop - at:
            raise Truncated
        pkt.raw(at, size)
        if known and write_element(line, pkt, at, size, identifier):
            if line.style.verbose > 1:
                print_unknown_data(line, pkt, at, b"\n\t  ", size)
        elif line.style.verbose:
            print_unknown_data(line, pkt, at, b"\n\t", size)
        at += size
    return True


def write_element(line: Line, pkt: Record, at: int, size: int, identifier: int) -> bool:
    """An element of link management, the interesting ones always; False if it is none."""
    if identifier in REPORT_TYPES:
        if line.style.verbose:
            kind = pkt.u8(at)
            line.put(b"%s (%d)" % (named(REPORT_NAMES, kind, b"unknown"), kind))
        return True
    if identifier not in LINK_VERIFIES and identifier not in PVC_STATUSES:
        return False
    if not line.style.verbose:
        line.put(b", ")
    if identifier in PVC_STATUSES:
        write_status(line, pkt.raw(at, size))
    elif size < 2:
        line.put(b"Invalid LINK VERIFY IE")
    else:
        line.put(b"TX Seq: %3d, RX Seq: %3d" % (pkt.u8(at), pkt.u8(at + 1)))
    return True


def write_status(line: Line, octets: bytes) -> None:
    """A connection's number, in two to four octets, and how it is (Q.933 Annex A §3.3)."""
    *number, status = octets
    if not 2 <= len(number) <= 4 or not status & LAST or not number[-1] & LAST or any(
            octet & LAST for octet in number[:-1]):
        line.put(b"Invalid DLCI in PVC STATUS IE")
        return
    dlci = (number[0] & 0x3F) << 4 | (number[1] & 0x78) >> 3
    if len(number) == 3:
        dlci = dlci << 6 | (number[2] & 0x7E) >> 1
    elif len(number) == 4:
        dlci = dlci << 13 | (number[2] & 0x7F) << 6 | (number[3] & 0x7E) >> 1
    line.put(b"DLCI %d: status %s%s" % (dlci, b"New, " if status & NEW else b"",
                                        b"Active" if status & ACTIVE else b"Inactive"))
