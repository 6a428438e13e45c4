"""Label Distribution Protocol (RFC 5036); tcpdump: print-ldp.c."""

from __future__ import annotations

from fyke.hints import Iterator, NamedTuple
from fyke.layers.application.ldp_names import MESSAGE_NAMES, TLV_NAMES
from fyke.layers.application.ldp_tlvs import WRITERS, Invalid
from fyke.layers.application.ldp_values import FORMS
from fyke.layers.cursor import MOST, Tlv, options, tlvs
from fyke.layers.fields import U16, Ip4, Listed, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record

HEADER_LENGTH = 10  # version, length, identifier
LENGTH_FROM = 4  # where what a length counts begins: after the length itself
MESSAGE_HEADER = 8
TLV_HEADER = 4
VERSION = 1
UNKNOWN_BIT, FORWARD_BIT = 0x8000, 0x4000
#: Messages whose parameters are values alone: Label Request, Release, Abort Request.
BARE = (0x0401, 0x0403, 0x0404)


class Message(NamedTuple):
    """One message of a unit."""

    type: int  #: without the bit that says what to do if it is unknown
    name: str
    id: int
    tlvs: Options  #: by the type without the bits that say what to do if it is unknown


def messages_of(ldp: Ldp) -> Options:
    """The messages of the first unit; ``cut`` if the last is not whole."""
    pkt, found = ldp.pkt, Options()
    at = ldp.off + HEADER_LENGTH
    end = ldp.off + min(LENGTH_FROM + ldp.pdu_length, ldp.size)
    while end - at >= MESSAGE_HEADER and pkt.has(at, MESSAGE_HEADER) and len(found) < MOST:
        stop = at + LENGTH_FROM + pkt.u16(at + 2)
        if stop > end or stop - at < MESSAGE_HEADER or not pkt.has(at, stop - at):
            break
        kind = pkt.u16(at) & 0x7FFF
        found.append(Message(kind, named(MESSAGE_NAMES, kind).decode(), pkt.u32(at + 4),
                             options(pkt, walk(pkt, at + MESSAGE_HEADER, stop), FORMS)))
        at = stop
    found.cut = at != end
    return found


class Ldp(Layer):
    """Protocol data units one after the other; the attributes are the first one's."""

    __slots__ = ()

    name = "ldp"
    tag = b"ldp"

    version = U16(0, "of the first unit, as what follows")
    pdu_length = U16(2, "after this field", unit="bytes")
    lsr_id = Ip4(4, "who speaks")
    label_space = U16(8, "0 for one of the whole platform")
    messages = Listed(messages_of, "messages of the first unit")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 8)

    def write(self, line: Line) -> None:
        at, end = self.off, self.off + self.size
        while end - at > HEADER_LENGTH + MESSAGE_HEADER:
            size = write_unit(line, self.pkt, at)
            if size == 0:
                return
            if size > end - at:
                line.put(b" [remaining length %d < %d]%s" % (end - at, size, INVALID))
                return
            at += size


def walk(pkt: Record, at: int, end: int) -> Iterator[Tlv]:
    """Every TLV of a message, without the two bits in front of its type."""
    for one in tlvs(pkt, at, end, type_size=2, length_size=2):
        yield one._replace(type=one.type & 0x3FFF)


def write_unit(line: Line, pkt: Record, off: int) -> int:
    """One protocol data unit; its octets, or 0 if nothing more is to be said."""
    pkt.raw(off, HEADER_LENGTH)
    start = b"\n\t" if line.style.verbose else b""
    if pkt.u16(off) != VERSION:
        line.put(b"%sLDP version %d packet not supported" % (start, pkt.u16(off)))
        return 0
    size = pkt.u16(off + 2)
    if size < HEADER_LENGTH - LENGTH_FROM:
        line.put(b"%sLDP, pdu-length: %d (too short, < %d)" % (
            start, size, HEADER_LENGTH - LENGTH_FROM))
        return 0
    line.put(b"%sLDP, Label-Space-ID: " % start)
    line.host4(pkt.u32(off + 4))
    line.put(b":%d, pdu-length: %d" % (pkt.u16(off + 8), size))
    if not line.style.verbose:
        return 0
    at = off + HEADER_LENGTH
    rest = size + LENGTH_FROM - HEADER_LENGTH
    while rest:
        taken = write_message(line, pkt, at)
        if taken == 0:
            return 0
        at += taken
        rest = rest - taken & 0xFFFF  # as in tcpdump: on to the end of the capture
    return size + LENGTH_FROM


def write_message(line: Line, pkt: Record, at: int) -> int:
    """One message; its octets, or 0 if its length cannot be."""
    pkt.raw(at, MESSAGE_HEADER)
    word, size = pkt.u16(at), pkt.u16(at + 2)
    kind = word & 0x7FFF
    line.put(b"\n\t  %s Message (0x%04x), length: %d" % (
        MESSAGE_NAMES.get(kind, b"Unknown"), kind, size))
    if size < MESSAGE_HEADER - LENGTH_FROM:
        line.put(b" (too short, < %d)" % (MESSAGE_HEADER - LENGTH_FROM))
        return 0
    line.put(b", Message ID: 0x%08x, Flags: [%s if unknown]" % (
        pkt.u32(at + 4), b"continue processing" if word & UNKNOWN_BIT else b"ignore"))
    pkt.raw(at, size)
    body = at + MESSAGE_HEADER
    end = at + LENGTH_FROM + size
    if kind in MESSAGE_NAMES and kind not in BARE:
        write_tlvs(line, pkt, body, end)
    elif line.style.verbose <= 1:
        print_unknown_data(line, pkt, body, b"\n\t  ", end - body)
    if line.style.verbose > 1:
        print_unknown_data(line, pkt, body, b"\n\t  ", size)
    return LENGTH_FROM + size


def write_tlvs(line: Line, pkt: Record, at: int, end: int) -> None:
    while end - at >= TLV_HEADER:
        word, size = pkt.u16(at), pkt.u16(at + 2)
        at += TLV_HEADER
        if size > end - at:
            line.put(b"\n\t\t TLV contents go past end of message")
            return
        kind = word & 0x3FFF
        line.put(b"\n\t    %s TLV (0x%04x), length: %d, Flags: [%s and %s forward if unknown]" % (
            TLV_NAMES.get(kind, b"Unknown"), kind, size,
            b"continue processing" if word & UNKNOWN_BIT else b"ignore",
            b"do" if word & FORWARD_BIT else b"don't"))
        try:
            write_tlv(line, pkt, at, kind, size)
        except Invalid:
            line.put(INVALID)
        at += size


def write_tlv(line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
    entry = WRITERS.get(kind)
    if entry is None:
        if line.style.verbose <= 1:
            print_unknown_data(line, pkt, at, b"\n\t      ", size)
        return
    shortest, writer = entry
    if size < shortest:
        line.put(b" [tlv length %d < %d]" % (size, shortest))
        raise Invalid
    writer(line, pkt, at, size)
