"""Layer Two Tunneling Protocol (RFC 2661); tcpdump: print-l2tp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST, Malformed
from fyke.layers.fields import U16, Bits, Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.layers.link.ppp import Ppp
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

CONTROL, LENGTH, SEQUENCE, OFFSET, PRIORITY = 0x8000, 0x4000, 0x0800, 0x0200, 0x0100
FLAG_LETTERS = ((CONTROL, b"T"), (LENGTH, b"L"), (SEQUENCE, b"S"), (OFFSET, b"O"),
                (PRIORITY, b"P"))
L2F, L2TP = 1, 2  # versions
MANDATORY, HIDDEN = 0x8000, 0x4000  # bits of an attribute-value pair
AVP_HEADER = 6
SHORT = b"AVP too short"

MESSAGE_NAMES = {
    1: b"SCCRQ", 2: b"SCCRP", 3: b"SCCCN", 4: b"StopCCN", 6: b"HELLO", 7: b"OCRQ", 8: b"OCRP",
    9: b"OCCN", 10: b"ICRQ", 11: b"ICRP", 12: b"ICCN", 14: b"CDN", 15: b"WEN", 16: b"SLI",
}
AVP_NAMES = dict(enumerate((
    b"MSGTYPE", b"RESULT_CODE", b"PROTO_VER", b"FRAMING_CAP", b"BEARER_CAP", b"TIE_BREAKER",
    b"FIRM_VER", b"HOST_NAME", b"VENDOR_NAME", b"ASSND_TUN_ID", b"RECV_WIN_SIZE", b"CHALLENGE",
    b"Q931_CC", b"CHALLENGE_RESP", b"ASSND_SESS_ID", b"CALL_SER_NUM", b"MINIMUM_BPS",
    b"MAXIMUM_BPS", b"BEARER_TYPE", b"FRAMING_TYPE", b"PACKET_PROC_DELAY", b"CALLED_NUMBER",
    b"CALLING_NUMBER", b"SUB_ADDRESS", b"TX_CONN_SPEED", b"PHY_CHANNEL_ID", b"INI_RECV_LCP",
    b"LAST_SENT_LCP", b"LAST_RECV_LCP", b"PROXY_AUTH_TYPE", b"PROXY_AUTH_NAME",
    b"PROXY_AUTH_CHAL", b"PROXY_AUTH_ID", b"PROXY_AUTH_RESP", b"CALL_ERRORS", b"ACCM",
    b"RANDOM_VECTOR", b"PRIVATE_GRP_ID", b"RX_CONN_SPEED", b"SEQ_REQUIRED"))) | {
        46: b"PPP_DISCON_CC"}  # RFC 3145
AUTHENTICATION_NAMES = {0: b"Reserved", 1: b"Textual", 2: b"CHAP", 3: b"PAP", 4: b"No Auth",
                        5: b"MS-CHAPv1"}
DIRECTIONS = {0: b"global error", 1: b"at peer", 2: b"at local"}


class Pair(NamedTuple):
    """An attribute-value pair (RFC 2661 §4)."""

    vendor: int
    kind: int
    name: str
    is_mandatory: bool
    is_hidden: bool
    value: Any  #: a number or text where the attribute says so, else octets


def fields_at(l2tp: L2tp) -> tuple[int, int, int]:
    """Where the tunnel's number is, what follows the header, and where the numbers are or 0."""
    flags = l2tp.flags
    tunnel = l2tp.off + (4 if flags & LENGTH else 2)
    after = tunnel + 4
    numbers = 0
    if flags & SEQUENCE:
        numbers = after
        after += 4
    if flags & OFFSET:
        after += 2 + l2tp.pkt.u16(after)
    return tunnel, after, numbers


def word(at: Callable[[L2tp], int]) -> Callable[[L2tp], int | None]:
    """Reads 16 bits of L2TP's header; None where ``at`` says 0, and of L2F."""
    def read(l2tp: L2tp) -> int | None:
        if l2tp.version != L2TP:
            return None
        place = at(l2tp)
        return l2tp.pkt.u16(place) if place else None
    return read


def sequence_at(further: int) -> Callable[[L2tp], int]:
    def place(l2tp: L2tp) -> int:
        numbers = fields_at(l2tp)[2]
        return numbers + further if numbers else 0
    return place


def pairs_of(l2tp: L2tp) -> Options:
    """The pairs of a control message."""
    found = Options()
    if l2tp.version != L2TP or not l2tp.flags & CONTROL or not l2tp.stated_length:
        return found
    pkt, at = l2tp.pkt, fields_at(l2tp)[1]
    stop = l2tp.off + min(l2tp.stated_length, l2tp.size)
    try:
        while at < stop and len(found) < MOST:
            head = pkt.u16(at)
            size = head & 0x3FF
            if size < AVP_HEADER or size > stop - at:
                raise Malformed("a pair that cannot be")
            vendor, kind = pkt.u16(at + 2), pkt.u16(at + 4)
            octets = pkt.raw(at + AVP_HEADER, size - AVP_HEADER)
            hidden = bool(head & HIDDEN)
            name = AVP_NAMES.get(kind, b"unknown_%d" % kind).decode().lower()
            found.append(Pair(vendor, kind, name if vendor == 0 else f"vendor_{vendor}_{kind}",
                              bool(head & MANDATORY), hidden,
                              octets if hidden or vendor else value_of(kind, octets)))
            at += size
    except (Malformed, Truncated):
        found.cut = True
    return found


def value_of(kind: int, octets: bytes) -> Any:
    writer = WRITERS.get(kind, (0, None))[1]
    if writer is write_text:
        return octets.decode("utf-8", "backslashreplace")
    if (writer in (write_short, write_message) and len(octets) == 2) or (
            writer in (write_long, write_framing, write_bearer) and len(octets) == 4):
        return int.from_bytes(octets, "big")
    return octets


class L2tp(Layer):
    """A control message with attribute-value pairs, or a PPP frame, which is the layer above."""

    __slots__ = ()

    name = "l2tp"
    tag = b"l2tp"

    flags = U16(0, "the first 16 bits, version included: 0x8000 control, 0x4000 length, 0x0800 "
                "sequence, 0x0200 offset, 0x0100 priority")
    version = Bits(1, 1, 0x0F, "2; 1 is L2F, of which nothing more is known")
    stated_length = Made("u16", word(lambda l2tp: l2tp.off + 2 if l2tp.flags & LENGTH else 0),
                         "of the whole message", unit="bytes")
    tunnel = Made("u16", word(lambda l2tp: fields_at(l2tp)[0]), "the receiver's number of it")
    session = Made("u16", word(lambda l2tp: fields_at(l2tp)[0] + 2),
                   "the receiver's number of it")
    ns = Made("u16", word(sequence_at(0)), "number of this message")
    nr = Made("u16", word(sequence_at(2)), "number of the message expected next")
    pairs = Listed(pairs_of, "attribute-value pairs of a control message", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        flags = pkt.u16(off)
        if flags & 0x0F != L2TP:
            return
        after = fields_at(self)[1]
        pkt.raw(off, after - off)
        length = self.size
        if flags & LENGTH:
            length = min(length, self.stated_length)
        self.payload_off = after
        self.payload_length = max(off + length - after, 0)
        if not flags & CONTROL and off + length >= after and (
                not flags & LENGTH or self.stated_length <= self.size):
            self.next = Ppp

    def write(self, line: Line) -> None:
        if not self.write_header(line):
            line.put(INVALID)
        line.stop()  # a frame was written in its braces

    def write_header(self, line: Line) -> bool:
        """The header and what follows it; False for a message that cannot be."""
        pkt, off = self.pkt, self.off
        flags = pkt.u16(off)
        if flags & 0x0F != L2TP:
            line.put(b" l2f:" if flags & 0x0F == L2F
                     else b" Unknown Version, neither L2F(1) nor L2TP(2)")
            return True
        line.put(b" l2tp:[%s]" % b"".join(word for bit, word in FLAG_LETTERS if flags & bit))
        at = off + 2
        length = self.size
        if flags & LENGTH:
            length = pkt.u16(at)
            at += 2
        line.put(b"(%d/" % pkt.u16(at))
        line.put(b"%d)" % pkt.u16(at + 2))
        if flags & SEQUENCE:
            line.put(b"Ns=%d," % pkt.u16(at + 4))
            line.put(b"Nr=%d" % pkt.u16(at + 6))
        if self.short:
            raise Truncated
        if length > self.size:
            line.put(b" Length %d larger than packet" % length)
            return False
        header = self.payload_off - off
        if length < header:
            line.put(b" Length %d smaller than header length" % length)
            return False
        return self.write_body(line, flags, length - header)

    def write_body(self, line: Line, flags: int, length: int) -> bool:
        at = self.payload_off
        if not flags & CONTROL:
            line.put(b" {")
            self.write_next(line)
            line.protocol = self
            line.char(125)
        elif not flags & LENGTH:
            line.put(b" No length")
            return False
        elif length == 0:
            line.put(b" ZLB")
        while flags & CONTROL and length:
            size = write_pair(line, self.pkt, at, length)
            if size == 0:
                return False
            at += size
            length -= size
        return True


def write_pair(line: Line, pkt: Record, at: int, length: int) -> int:
    """One attribute-value pair; its octets, or 0 if it cannot be."""
    line.char(32)
    head = pkt.u16(at)
    size = head & 0x3FF
    if size < AVP_HEADER:
        line.put(b" [AVP length %d < %d]" % (size, AVP_HEADER))
        return 0
    if size > length:
        line.put(b" (len > %d)" % length)
        return 0
    if not pkt.has(at, size):
        raise Truncated
    if head & MANDATORY:
        line.char(42)
    if head & HIDDEN:
        line.char(63)
    vendor, kind = pkt.u16(at + 2), pkt.u16(at + 4)
    off, count = at + AVP_HEADER, size - AVP_HEADER
    if vendor:
        line.put(b"VENDOR%04x:ATTR%04x(" % (vendor, kind))
        line.hex_string(pkt, off, count)
    else:
        line.put(named(AVP_NAMES, kind, b"AVP-#%d") + b"(")
        if head & HIDDEN:
            line.put(b"???")
        elif kind in WRITERS:
            least, writer = WRITERS[kind]
            if count < least:
                line.put(SHORT)
            else:
                writer(line, pkt, off, count)
    line.char(41)
    return size


def write_message(line: Line, pkt: Record, off: int, count: int) -> None:
    line.put(named(MESSAGE_NAMES, pkt.u16(off), b"MSGTYPE-#%d"))


def write_result(line: Line, pkt: Record, off: int, count: int) -> None:
    """A result, perhaps an error code, perhaps a text."""
    line.put(b"%d" % pkt.u16(off))
    if count == 2:
        return
    if count < 4:
        line.put(b" " + SHORT)
        return
    line.put(b"/%d" % pkt.u16(off + 2))
    if count > 4:
        line.char(32)
        line.escaped(pkt, off + 4, count - 4)


def write_version(line: Line, pkt: Record, off: int, count: int) -> None:
    line.put(b"%d.%d" % (pkt.u8(off), pkt.u8(off + 1)))


def write_framing(line: Line, pkt: Record, off: int, count: int) -> None:
    write_bits(line, pkt.u32(off), b"S")


def write_bearer(line: Line, pkt: Record, off: int, count: int) -> None:
    write_bits(line, pkt.u32(off), b"D")


def write_bits(line: Line, bits: int, low: bytes) -> None:
    line.put((b"A" if bits & 2 else b"") + (low if bits & 1 else b""))


def write_octets(line: Line, pkt: Record, off: int, count: int) -> None:
    line.hex_string(pkt, off, count)


def write_tie_breaker(line: Line, pkt: Record, off: int, count: int) -> None:
    line.hex_string(pkt, off, 8)


def write_response(line: Line, pkt: Record, off: int, count: int) -> None:
    line.hex_string(pkt, off, 16)


def write_short(line: Line, pkt: Record, off: int, count: int) -> None:
    line.put(b"%d" % pkt.u16(off))


def write_long(line: Line, pkt: Record, off: int, count: int) -> None:
    line.put(b"%d" % pkt.u32(off))


def write_text(line: Line, pkt: Record, off: int, count: int) -> None:
    line.escaped(pkt, off, count)


def write_cause(line: Line, pkt: Record, off: int, count: int) -> None:
    """Q.931 cause code and message, perhaps an advisory text."""
    line.put(b"%d, %02x" % (pkt.u16(off), pkt.u8(off + 2)))
    if count > 3:
        line.char(32)
        line.escaped(pkt, off + 3, count - 3)


def write_obsolete(line: Line, pkt: Record, off: int, count: int) -> None:
    line.put(b"obsolete")


def write_authentication(line: Line, pkt: Record, off: int, count: int) -> None:
    line.put(named(AUTHENTICATION_NAMES, pkt.u16(off), b"AuthType-#%d"))


def write_identifier(line: Line, pkt: Record, off: int, count: int) -> None:
    line.put(b"%d" % (pkt.u16(off) & 0xFF))


def write_numbers(line: Line, pkt: Record, off: int, count: int,
                  formats: tuple[bytes, ...]) -> None:
    """Numbers of 32 bits after a reserved field, as many as there are."""
    at = off + 2
    for text in formats:
        if off + count - at < 4:
            line.put(SHORT)
            return
        line.put(text % pkt.u32(at))
        at += 4


def write_errors(line: Line, pkt: Record, off: int, count: int) -> None:
    write_numbers(line, pkt, off, count, (
        b"CRCErr=%d ", b"FrameErr=%d ", b"HardOver=%d ", b"BufOver=%d ", b"Timeout=%d ",
        b"AlignErr=%d "))


def write_accm(line: Line, pkt: Record, off: int, count: int) -> None:
    write_numbers(line, pkt, off, count, (b"send=%08x ", b"recv=%08x "))


def write_disconnect(line: Line, pkt: Record, off: int, count: int) -> None:
    """RFC 3145 §2."""
    line.put(b"%04x, %04x %s" % (pkt.u16(off), pkt.u16(off + 2), named(
        DIRECTIONS, pkt.u8(off + 4), b"Direction-#%d")))
    if count > 5:
        line.char(32)
        line.escaped(pkt, off + 5, count - 5)


Writer = Callable[[Line, Record, int, int], None]

#: Attribute: the octets that it must have, and who writes them.
WRITERS: dict[int, tuple[int, Writer]] = {
    0: (2, write_message), 1: (2, write_result), 2: (2, write_version), 3: (4, write_framing),
    4: (4, write_bearer), 5: (8, write_tie_breaker), 12: (3, write_cause),
    13: (16, write_response), 18: (4, write_bearer), 19: (4, write_framing),
    20: (0, write_obsolete), 29: (2, write_authentication), 32: (2, write_identifier),
    34: (2, write_errors), 35: (2, write_accm), 46: (5, write_disconnect),
    **dict.fromkeys((6, 9, 10, 14), (2, write_short)),
    **dict.fromkeys((15, 16, 17, 24, 25, 38), (4, write_long)),
    **dict.fromkeys((7, 8, 21, 22, 23, 30, 37), (0, write_text)),
    **dict.fromkeys((11, 26, 27, 28, 31, 33, 36), (0, write_octets)),
}
