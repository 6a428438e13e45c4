"""EAP (RFC 3748) and its frames on a LAN, EAPOL (IEEE 802.1X); tcpdump: print-eap.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Made, text_of, unsigned
from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.layers.words import INVALID, as_text, bit_words
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 4
PACKET = 0
FRAME_NAMES = {PACKET: b"EAP packet", 1: b"EAPOL start", 2: b"EAPOL logoff", 3: b"EAPOL key",
               4: b"Encapsulated ASF alert"}
REQUEST, RESPONSE = 1, 2
CODE_NAMES = {REQUEST: b"Request", RESPONSE: b"Response", 3: b"Success", 4: b"Failure"}
IDENTITY, NOTIFICATION, NAK, TLS, SIM, TTLS, AKA, FAST = 1, 2, 3, 13, 18, 21, 23, 43
TYPE_NAMES = {
    0: b"No proposed", IDENTITY: b"Identity", NOTIFICATION: b"Notification", NAK: b"Nak",
    4: b"MD5-challenge", 5: b"OTP", 6: b"GTC", TLS: b"TLS", SIM: b"SIM", TTLS: b"TTLS",
    AKA: b"AKA", FAST: b"FAST", 254: b"Expanded types", 255: b"Experimental",
}
#: Octets of a packet of these types at least.
SHORTEST = dict.fromkeys((NOTIFICATION, NAK, TLS, SIM, TTLS, AKA, FAST), 6)
LENGTH_INCLUDED = 0x80
TLS_FLAGS = ((LENGTH_INCLUDED, b"L bit"), (0x40, b"More fragments bit"), (0x20, b"Start bit"))
SUBTYPE_NAMES = {
    1: b"Challenge", 2: b"Auth reject", 4: b"Sync failure", 5: b"Identity", 10: b"Start",
    11: b"Challenge", 12: b"Notification", 13: b"Reauth", 14: b"Client error",
}


class Eapol(Layer):
    """A frame; what it carries is EAP if its type says so."""

    __slots__ = ()

    name = "eapol"
    tag = b"eap"

    version = U8(0, "version of the protocol")
    type = U8(1, "type of frame", names=as_text(FRAME_NAMES))
    body_length = U16(2, "after this header", unit="bytes")

    def parse(self, pkt: Record, off: int) -> None:
        length = pkt.u16(off + 2)
        if pkt.u8(off + 1) == PACKET and length:
            self.next = Eap
            self.payload_off = off + HEADER_LENGTH
            self.payload_length = length

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.put(b"%s (%d) v%d, len %d" % (
            FRAME_NAMES.get(self.type, b"unknown"), self.type, self.version, self.body_length))
        if line.style.verbose and self.type == PACKET:
            line.put(b", " if self.body_length else INVALID)


class Eap(Layer):
    """A request, a response, or how it ended."""

    __slots__ = ()

    name = "eap"
    tag = b"eap"

    code = U8(0, "request, response, success or failure")
    id = U8(1, "by which a response finds its request")
    stated_length = U16(2, "of the message, this header included", unit="bytes")
    type = Made("u8", lambda eap: eap.find_type(), "the method, of requests and responses")
    identity = Made("text", lambda eap: eap.text_of(IDENTITY), "who the peer is")
    notification = Made("text", lambda eap: eap.text_of(NOTIFICATION), "what its user shall read")
    wanted = Made("list", lambda eap: eap.find_wanted(), "methods that a Nak asks for")
    method_flags = Made("u8", lambda eap: eap.part((TLS, TTLS, FAST), 5, 1),
                        "of TLS, TTLS and FAST: 0x80 length, 0x40 more fragments, 0x20 start")
    method_length = Made("u32", lambda eap: eap.part((TLS, TTLS, FAST), 6, 4) if (
        (eap.method_flags or 0) & LENGTH_INCLUDED) else None, "of all fragments", unit="bytes")
    subtype = Made("u8", lambda eap: eap.part((SIM, AKA), 5, 1), "of SIM and AKA",
                   names=as_text(SUBTYPE_NAMES))
    data = Made("bytes", lambda eap: eap.between(
        eap.off + HEADER_LENGTH + (eap.find_type() is not None), eap.off + eap.stated_length),
        "what follows the type, as far as captured")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)  # says whether the header is short

    def part(self, kinds: tuple[int, ...], at: int, size: int) -> int | None:
        """A number that only these methods have."""
        if self.find_type() not in kinds or self.stated_length < at + size:
            return None
        return unsigned(self.pkt, self.off + at, size)

    def text_of(self, kind: int) -> str | None:
        return text_of(self.data) if self.find_type() == kind else None

    def find_wanted(self) -> list[int] | None:
        return list(self.data) if self.find_type() == NAK else None

    def find_type(self) -> int | None:
        if self.code in (REQUEST, RESPONSE) and self.stated_length > HEADER_LENGTH:
            return self.pkt.u8(self.off + HEADER_LENGTH)
        return None

    def write(self, line: Line) -> None:
        if line.style.verbose or not isinstance(self.below, Eapol):
            write_eap(line, self.pkt, self.off, self.size)


def write_eap(line: Line, pkt: Record, off: int, length: int) -> None:
    """A packet of ``length`` octets, wherever it stands."""
    code = pkt.u8(off)
    size = pkt.u16(off + 2)
    if not enough(line, size, HEADER_LENGTH):
        return
    if size != length:
        line.put(b"EAP fragment?")
        return
    line.put(b"%s (%d), id %d, len %d" % (
        CODE_NAMES.get(code, b"unknown"), code, pkt.u8(off + 1), size))
    pkt.raw(off, size)
    if code in (REQUEST, RESPONSE) and enough(line, size, HEADER_LENGTH + 1):
        kind = pkt.u8(off + HEADER_LENGTH)
        line.put(b"\n\t\t Type %s (%d)" % (TYPE_NAMES.get(kind, b"unknown"), kind))
        if enough(line, size, SHORTEST.get(kind, 0)):
            write_method(line, pkt, off + HEADER_LENGTH + 1, size - HEADER_LENGTH - 1, kind)


def enough(line: Line, size: int, shortest: int) -> bool:
    """Whether a packet is long enough; says so if not."""
    if size < shortest:
        line.put(b" [len %d < %d]%s" % (size, shortest, INVALID))
    return size >= shortest


def write_method(line: Line, pkt: Record, at: int, size: int, kind: int) -> None:
    """What the type makes of its ``size`` octets."""
    if kind in (IDENTITY, NOTIFICATION):
        if size:
            line.put(b", Identity: " if kind == IDENTITY else b", Notification: ")
            write_padded(line, pkt, at, size)
    elif kind == NAK:
        for i in range(size):
            wanted = pkt.u8(at + i)
            line.put(b"%s %s (%d)" % (
                b"," if i else b"", TYPE_NAMES.get(wanted, b"unknown"), wanted))
    elif kind in (TLS, TTLS, FAST):
        flags = pkt.u8(at)
        if kind != TLS:
            line.put(b" %sv%d" % (TYPE_NAMES[kind], flags & 7))
        line.put(b" flags [%s] 0x%02x" % (bit_words(TLS_FLAGS, flags), flags))
        if flags & LENGTH_INCLUDED and enough(line, size + HEADER_LENGTH + 1, 10):
            line.put(b", len %d" % pkt.u32(at + 1))
    elif kind in (AKA, SIM):
        subtype = pkt.u8(at)
        line.put(b" subtype [%s] 0x%02x" % (SUBTYPE_NAMES.get(subtype, b"unknown"), subtype))
