"""EAP (RFC 3748) and its frames on a LAN, EAPOL (IEEE 802.1X); tcpdump: print-eap.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.layers.words import INVALID, bit_words
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

    __slots__ = ("body_length", "type", "version")

    version: int
    type: int
    body_length: int  #: octets after this header

    name = "eapol"
    tag = b"eap"
    fields = ("version", "type", "body_length")

    def clear(self) -> None:
        self.version = self.type = self.body_length = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u8(off)
        self.type = pkt.u8(off + 1)
        self.body_length = pkt.u16(off + 2)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.put(b"%s (%d) v%d, len %d" % (
            FRAME_NAMES.get(self.type, b"unknown"), self.type, self.version, self.body_length))
        if line.style.verbose and self.type == PACKET:
            line.put(b", " if self.body_length else INVALID)

    def follow(self) -> Layer | None:
        if self.short or self.type != PACKET or not self.body_length:
            return None
        return self.child(Eap, self.off + HEADER_LENGTH, self.body_length)


class Eap(Layer):
    """A request, a response, or how it ended."""

    __slots__ = ("code", "id", "stated_length", "type")

    code: int  #: request, response, success or failure
    id: int  #: by which a response finds its request
    stated_length: int  #: octets, this header included
    type: int  #: the method; -1 without one

    name = "eap"
    tag = b"eap"
    fields = ("code", "id", "stated_length", "type", "data")

    def clear(self) -> None:
        self.code = self.id = self.stated_length = 0
        self.type = -1

    def parse(self, pkt: Record, off: int) -> None:
        self.code = pkt.u8(off)
        self.id = pkt.u8(off + 1)
        self.stated_length = pkt.u16(off + 2)
        if self.code in (REQUEST, RESPONSE) and self.stated_length > HEADER_LENGTH:
            self.type = pkt.u8(off + HEADER_LENGTH)

    @property
    def data(self) -> bytes:
        """What follows the type, as far as captured."""
        at = self.off + HEADER_LENGTH + (self.type >= 0)
        end = min(self.off + self.stated_length, self.pkt.end)
        return self.pkt.raw(at, end - at) if end > at else b""

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
