"""Domain Name System (RFC 1035), over UDP, TCP and multicast; tcpdump: print-domain.c.

The functions that walk records return the offset after what they read, or BAD where the message
is cut or makes no sense; tcpdump shows both as ``[|domain]``.
"""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.application.dns_message import Section, Sections
from fyke.layers.application.dns_name import BAD, skip_name, write_name
from fyke.layers.application.dns_names import (
    CLASS_NAMES,
    OPCODE_NAMES,
    OPCODES,
    RCODE_NAMES,
    RCODES,
    TYPE_NAMES,
)
from fyke.layers.application.dns_records import write_data
from fyke.layers.application.edns import Edns, options_of
from fyke.layers.durations import duration
from fyke.layers.fields import Listed, Made, Renamed, settable
from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 12
IN = 1  # the class of the Internet
OPT = 41  # the type of the EDNS pseudo record (RFC 6891 §6.1)
RESPONSE, AUTHORITATIVE, CUT, RECURSE, RECURSIVE, AUTHENTIC, UNCHECKED = (
    0x8000, 0x400, 0x200, 0x100, 0x80, 0x20, 0x10)
IN_NO_QUERY = 0x6CF  # flags that a query does not set
INVERSE_QUERY = 1  # opcode
FEW = 16  # questions of an ordinary message
LABEL = 63  # octets of a label at most (RFC 1035 §2.3.4)
MOST_PLAIN = 240  # octets of a name that is read at once
DOT = 0x2E
#: Octets that stand for themselves in a name.
PLAIN = bytes(octet in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
              for octet in range(256))
UNICAST_OR_FLUSH = 0x8000  # mDNS: top bit of the class (RFC 6762 §5.4, §10.2)


def word_at(at: int) -> Any:
    """16 bits of the header: a function for Made."""
    return settable(lambda dns: dns.word(at), lambda dns: dns.off + dns.shift + at)


class Dns(Layer):
    """A DNS message over UDP."""

    __slots__ = ("multicast", "shift", "stream", "walk")

    multicast: bool  #: mDNS: the classes' top bit has a meaning of its own
    stream: bool  #: over TCP: the message's length comes first
    shift: int  #: octets in front of the message
    walk: Sections | None  #: the sections that were asked for

    name = "dns"
    tag = b"domain"

    id = Made("u16", word_at(0), "chosen by the client, repeated by the server")
    flags = Made("u16", word_at(2),
                 "QR, opcode, AA, TC, RD, RA, AD, CD, response code (RFC 1035 §4.1.1)")
    is_response = Made("bool", lambda dns: dns.word(2) & RESPONSE != 0, "a response, no query")
    opcode = Made("u8", lambda dns: dns.word(2) >> 11 & 15, "kind of query", names=OPCODES)
    authoritative = Made("bool", lambda dns: dns.word(2) & AUTHORITATIVE != 0, "AA")
    truncated = Made("bool", lambda dns: dns.word(2) & CUT != 0, "TC: more than fitted")
    recursion_desired = Made("bool", lambda dns: dns.word(2) & RECURSE != 0, "RD")
    recursion_available = Made("bool", lambda dns: dns.word(2) & RECURSIVE != 0, "RA")
    authentic = Made("bool", lambda dns: dns.word(2) & AUTHENTIC != 0, "AD (RFC 4035 §3.2.3)")
    checking_disabled = Made("bool", lambda dns: dns.word(2) & UNCHECKED != 0,
                             "CD (RFC 4035 §3.2.2)")
    rcode = Made("u16", lambda dns: dns.response_code(),
                 "response code, with EDNS's upper bits (RFC 6891 §6.1.3)", names=RCODES)
    question_count = Made("u16", lambda dns: dns.word(4), "questions, as the header counts them")
    answer_count = Made("u16", lambda dns: dns.word(6), "answers, as the header counts them")
    authority_count = Made("u16", lambda dns: dns.word(8), "authority records")
    additional_count = Made("u16", lambda dns: dns.word(10), "additional records")
    questions = Listed(lambda dns: dns.section(0), "name, type and class of every question",
                       parts={"name": lambda dns: dns.plain_names()})
    answers = Listed(lambda dns: dns.section(1),
                     "name, type, class, time to live (seconds) and data of every answer")
    authorities = Listed(lambda dns: dns.section(2), "the authority section, as answers")
    additionals = Listed(lambda dns: dns.section(3),
                         "the additional section; EDNS's OPT record is one of them")
    edns = Made("any", lambda dns: dns.read_edns(),
                "EDNS: payload size, version, DO, options (RFC 6891); None without")
    incomplete = Made("bool", lambda dns: dns.any_cut(),
                      "a section has more records than its list: the capture or the segment ends, "
                      "the next one makes no sense, or they are too many")
    question = Renamed("question_count")
    answer = Renamed("answer_count")
    authority = Renamed("authority_count")
    additional = Renamed("additional_count")

    def __init__(self, **values: Any) -> None:
        self.multicast = self.stream = False
        self.shift = 0
        self.walk = None
        Layer.__init__(self, **values)

    def clear(self) -> None:
        self.walk = None

    def word(self, at: int) -> int:
        """16 bits of the header. Raises Truncated."""
        return self.pkt.u16(self.off + self.shift + at)

    def parse(self, pkt: Record, off: int) -> None:
        if self.stream and self.size >= 2:
            rest = self.size - 2 - pkt.u16(off)
            if rest >= 2 and self.size - 2 - rest >= HEADER_LENGTH:
                self.next = type(self)
                self.payload_length = rest
                self.payload_off = off + self.size - rest
        self.word(HEADER_LENGTH - 2)

    def response_code(self) -> int:
        """The response code, EDNS's upper bits included."""
        code = self.word(2) & 15
        if self.word(10):
            code |= self.extended_rcode(self.off + self.shift) << 4
        return code

    def read_edns(self) -> Edns | None:
        """What the OPT record says, None without one."""
        pkt = self.pkt
        at = self.find_opt(self.off + self.shift)
        if at == 0:
            return None
        word = pkt.u32(at + 4)
        return Edns(pkt.u16(at + 2), word >> 16 & 255, word & 0x8000 != 0,
                    options_of(pkt, at + 10, at + 10 + pkt.u16(at + 8)))

    def section(self, number: int) -> Section:
        """The questions (0), answers, authority or additional records that can be read."""
        if self.walk is None:
            base = self.off + self.shift
            self.walk = Sections(self.pkt, base, base + self.message_length(),
                                 0x7FFF if self.multicast else 0xFFFF,
                                 [self.word(at) for at in (4, 6, 8, 10)])
        return self.walk.section(number)

    def plain_names(self) -> list[str] | None:
        """The names of the questions, as ``questions`` has them; None where one is not plain.

        Plain are captured names of letters, digits, hyphens and underscores: nearly all.
        """
        pkt = self.pkt
        count = self.word(4)
        if count > FEW or not pkt.has(self.off + self.shift, HEADER_LENGTH):
            return None
        at = self.off + self.shift + HEADER_LENGTH
        stop = self.off + self.shift + self.message_length()
        if stop > pkt.end:
            stop = pkt.end
        found: list[str] = []
        while len(found) < count:
            end = plain_end(pkt, at, stop)
            if end < 0 or end + 4 > stop:
                return None
            found.append(dotted_name(pkt.raw(at + 1, end - at - 1), pkt, at))
            at = end + 4
        return found

    def any_cut(self) -> bool:
        """Whether a section has more than its list holds."""
        return any(self.section(number).cut for number in range(4))

    def message_length(self) -> int:
        """Octets of the message that are here; over TCP the rest may be in other segments."""
        length = self.size - self.shift
        if self.stream:
            prefix = self.pkt.u16(self.off)
            if prefix < length:
                return prefix
        return length

    def write(self, line: Line) -> None:
        base = self.off
        length = self.size
        if self.stream:
            if length < 2:
                line.put(b" [DNS over TCP: length %d < 2] (invalid)" % length)
                return
            length -= 2
            prefix = self.pkt.u16(base)
            base += 2
            line.char(32)
            if prefix > length:
                self.write_part(line, prefix, length)
                return
            length = prefix
        if length < HEADER_LENGTH:
            line.put(b"domain [length %d < %d] (invalid)" % (length, HEADER_LENGTH))
            return
        if self.short:
            raise Truncated
        if self.word(2) & RESPONSE:
            self.write_response(line, base)
        else:
            self.write_query(line, base)
        line.put(b" (")
        line.uint(length)
        line.char(41)

    def write_part(self, line: Line, whole: int, here: int) -> None:
        """A message that goes on in another segment (RFC 7766 §8): no fault of it."""
        if here >= 2:
            line.uint(self.word(0))
            line.char(32)
        line.put(b"[%d of %d bytes]" % (here, whole))

    def write_response(self, line: Line, base: int) -> None:
        flags = self.word(2)
        line.uint(self.word(0))
        line.put(OPCODE_NAMES[flags >> 11 & 15])
        self.write_rcode(line, base)
        if flags & AUTHORITATIVE:
            line.char(42)
        if not flags & RECURSIVE:
            line.char(45)
        if flags & CUT:
            line.char(124)
        if flags & AUTHENTIC:
            line.char(36)
        if self.word(4) != 1:
            line.put(b" [%dq]" % self.word(4))
        off = self.write_asked(line, base)
        line.char(32)
        line.uint(self.word(6))
        line.char(47)
        line.uint(self.word(8))
        line.char(47)
        line.uint(self.word(10))
        off = self.write_section(line, base, off, self.word(6), b"")
        if line.style.verbose > 1:
            off = self.write_section(line, base, off, self.word(8), b" ns:")
            self.write_section(line, base, off, self.word(10), b" ar:")

    def write_asked(self, line: Line, base: int) -> int:
        """The questions that a response repeats, shown from -vv on; the offset after them."""
        off = base + HEADER_LENGTH
        i = 0
        while i < self.word(4):
            if i:
                line.char(44)
            if line.style.verbose > 1:
                line.put(b" q:")
                off = self.write_question(line, base, off)
            else:
                off = skip_name(self.pkt, off)
                if off == BAD:
                    raise Truncated
                off += 4
            i += 1
        return off

    def write_query(self, line: Line, base: int) -> None:
        flags = self.word(2)
        opcode = flags >> 11 & 15
        line.uint(self.word(0))
        line.put(OPCODE_NAMES[opcode])
        if flags & RECURSE:
            line.char(43)
        if flags & UNCHECKED:
            line.char(37)
        self.write_oddities(line, opcode)
        off = base + HEADER_LENGTH
        left = self.word(4)
        while left and (off < self.pkt.end or left == self.word(4)):
            off = self.write_question(line, base, off)
            left -= 1
        if left:
            raise Truncated
        if line.style.verbose > 1:
            off = self.write_section(line, base, off, self.word(6), b"")
            off = self.write_section(line, base, off, self.word(8), b" ns:")
            self.write_section(line, base, off, self.word(10), b" ar:")

    def write_oddities(self, line: Line, opcode: int) -> None:
        """What an ordinary query does not have: strange flags, numbers of records."""
        flags = self.word(2)
        if flags & IN_NO_QUERY:
            line.put(b" [b2&3=0x%x]" % flags)
        if opcode == INVERSE_QUERY:
            if self.word(4):
                line.put(b" [%dq]" % self.word(4))
            if self.word(6) != 1:
                line.put(b" [%da]" % self.word(6))
        else:
            if self.word(6):
                line.put(b" [%da]" % self.word(6))
            if self.word(4) != 1:
                line.put(b" [%dq]" % self.word(4))
        if self.word(8):
            line.put(b" [%dn]" % self.word(8))
        if self.word(10):
            line.put(b" [")
            line.uint(self.word(10))
            line.put(b"au]")

    def write_rcode(self, line: Line, base: int) -> None:
        code = self.word(2) & 15
        if self.word(10):
            code |= self.extended_rcode(base) << 4
        if code < 24:
            line.put(RCODE_NAMES[code])
        else:
            line.put(b" Resp%d" % (code & 0xFFF))

    def extended_rcode(self, base: int) -> int:
        """The upper bits of the response code, in the EDNS record if there is one."""
        at = self.find_opt(base)
        return self.pkt.u8(at + 4) if at else 0

    def find_opt(self, base: int) -> int:
        """Where the type of the EDNS record stands; 0 if there is none that can be reached."""
        pkt = self.pkt
        off = base + HEADER_LENGTH
        i = 0
        questions = self.word(4)
        while i < questions:
            off = skip_name(pkt, off)
            if off == BAD or not pkt.has(off, 5):
                return 0
            off += 4
            i += 1
        i = 0
        records = self.word(6) + self.word(8)
        stop = records + self.word(10)
        while i < stop:
            off = skip_name(pkt, off)
            if off == BAD or not pkt.has(off, 5):
                return 0
            if i >= records and pkt.u16(off) == OPT:
                return off
            if not pkt.has(off, 10):
                return 0
            off += 10 + pkt.u16(off + 8)
            i += 1
        return 0

    def write_question(self, line: Line, base: int, off: int) -> int:
        """`` TYPE? name``; the offset after it."""
        pkt = self.pkt
        after = skip_name(pkt, off)
        if after == BAD or not pkt.has(after, 4):
            raise Truncated
        self.write_type(line, pkt.u16(after))
        kind = pkt.u16(after + 2)
        if self.multicast:
            self.write_class(line, kind & ~UNICAST_OR_FLUSH)
            line.put(b" (QU)" if kind & UNICAST_OR_FLUSH else b" (QM)")
        else:
            self.write_class(line, kind)
        line.put(b"? ")
        off = write_name(line, pkt, off, base)
        if off == BAD:
            raise Truncated
        return off + 4

    def write_type(self, line: Line, number: int) -> None:
        name = TYPE_NAMES.get(number)
        line.char(32)
        if name is None:
            line.put(b"Type")
            line.uint(number)
        else:
            line.put(name)

    def write_class(self, line: Line, number: int) -> None:
        if number != IN:
            name = CLASS_NAMES.get(number)
            line.char(32)
            line.put(b"(Class %d)" % number if name is None else name)

    def write_section(self, line: Line, base: int, off: int, count: int, title: bytes) -> int:
        """``count`` records after ``title``; the offset after them.

        A section that begins where the capture ends shows nothing but the cut.
        """
        if count == 0:
            return off
        left = count
        if not title or off < self.pkt.end:
            line.put(title)
            off = self.write_record(line, base, off)
            left -= 1
            while left and off < self.pkt.end:
                line.char(44)
                off = self.write_record(line, base, off)
                left -= 1
        if left:
            raise Truncated
        return off

    def write_record(self, line: Line, base: int, off: int) -> int:
        """A resource record (its name with -v, its time to live with -vvv)."""
        pkt = self.pkt
        if line.style.verbose:
            line.char(32)
            off = write_name(line, pkt, off, base)
            if off == BAD:
                raise Truncated
        else:
            off = skip_name(pkt, off)
        if off == BAD or not pkt.has(off, 10):
            return pkt.end
        kind = pkt.u16(off)
        number = pkt.u16(off + 2)
        if self.multicast:
            flush = number & UNICAST_OR_FLUSH
            number &= ~UNICAST_OR_FLUSH
        else:
            flush = 0
        if kind != OPT:
            self.write_class(line, number)
        if flush:
            line.put(b" (Cache flush)")
        if kind != OPT and line.style.verbose > 2:
            line.put(b" [")
            line.put(duration(pkt.u32(off + 4)))
            line.char(93)
        length = pkt.u16(off + 8)
        self.write_type(line, kind)
        if not pkt.has(off + 10, length):
            raise Truncated
        if kind == OPT:
            line.put(b" UDPsize=")
            line.uint(number)
            if pkt.u8(off + 6) & 0x80:
                line.put(b" DO")
        if write_data(line, pkt, off + 10, length, base, kind) == BAD:
            raise Truncated
        return off + 10 + length


def plain_end(pkt: Record, at: int, stop: int) -> int:
    """Where a name of plain labels ends that all stand here; BAD for another."""
    most = at + MOST_PLAIN
    while at < stop and at < most:
        size = pkt.u8(at)
        at += 1
        if size == 0:
            return at
        if size > LABEL or size > stop - at:
            return BAD
        last = at + size
        while at < last:
            if not PLAIN[pkt.u8(at)]:
                return BAD
            at += 1
    return BAD


def dotted_name(octets: bytes, pkt: Record, at: int) -> str:
    """A plain name with dots in place of the labels' lengths."""
    if not octets:
        return "."
    size = pkt.u8(at)
    dotted = bytearray(octets)
    place = size
    while place < len(dotted) - 1:
        size = dotted[place]
        dotted[place] = DOT
        place += size + 1
    dotted[place] = DOT
    return dotted.decode("ascii")


class MulticastDns(Dns):
    """A multicast DNS message (RFC 6762)."""

    __slots__ = ()

    def __init__(self) -> None:
        Dns.__init__(self)
        self.multicast = True


class DnsOverTcp(Dns):
    """A DNS message with its length before it (RFC 1035 §4.2.2)."""

    __slots__ = ()

    def __init__(self) -> None:
        Dns.__init__(self)
        self.stream = True
        self.shift = 2
