"""Domain Name System (RFC 1035), over UDP, TCP and multicast; tcpdump: print-domain.c.

The functions that walk records return the offset after what they read, or BAD where the message
is cut or makes no sense; tcpdump shows both as ``[|domain]``.
"""

from __future__ import annotations

from fyke.layers.application.dns_message import Message, Question, Record
from fyke.layers.application.dns_name import BAD, skip_name, write_name
from fyke.layers.application.dns_names import (
    CLASS_NAMES,
    OPCODE_NAMES,
    RCODE_NAMES,
    TYPE_NAMES,
)
from fyke.layers.application.dns_records import write_data
from fyke.layers.durations import duration
from fyke.layers.layer import Layer
from fyke.wire import Line, Packet, Truncated

HEADER_LENGTH = 12
IN = 1  # the class of the Internet
OPT = 41  # the type of the EDNS pseudo record (RFC 6891 §6.1)
RESPONSE, AUTHORITATIVE, CUT, RECURSE, RECURSIVE, AUTHENTIC, UNCHECKED = (
    0x8000, 0x400, 0x200, 0x100, 0x80, 0x20, 0x10)
IN_NO_QUERY = 0x6CF  # flags that a query does not set
INVERSE_QUERY = 1  # opcode
UNICAST_OR_FLUSH = 0x8000  # mDNS: top bit of the class (RFC 6762 §5.4, §10.2)


class Dns(Layer):
    """A DNS message over UDP."""

    __slots__ = ("additional", "answer", "authority", "flags", "id", "multicast", "question",
                 "stream")

    id: int  #: chosen by the client, repeated by the server
    flags: int  #: QR, opcode, AA, TC, RD, RA, AD, CD, response code
    question: int  #: number of questions
    answer: int  #: number of answer records
    authority: int  #: number of authority records
    additional: int  #: number of additional records
    multicast: bool  #: mDNS: the classes' top bit has a meaning of its own
    stream: bool  #: over TCP: the message's length comes first

    name = "dns"
    tag = b"domain"
    fields = ("id", "flags", "question", "answer", "authority", "additional", "questions",
              "answers", "authorities", "additionals")

    def __init__(self) -> None:
        super().__init__()
        self.multicast = False
        self.stream = False

    def clear(self) -> None:
        self.id = self.flags = 0
        self.question = self.answer = self.authority = self.additional = 0

    def parse(self, pkt: Packet, off: int) -> None:
        if self.stream:
            off += 2
        self.id = pkt.u16(off)
        self.flags = pkt.u16(off + 2)
        self.question = pkt.u16(off + 4)
        self.answer = pkt.u16(off + 6)
        self.authority = pkt.u16(off + 8)
        self.additional = pkt.u16(off + 10)

    @property
    def questions(self) -> list[Question]:
        """Name, type and class of every question that can be read."""
        return self.message().questions(self.question)

    @property
    def answers(self) -> list[Record]:
        """Name, type, class, time to live (seconds) and data of every answer that can be read."""
        message = self.message()
        message.questions(self.question)
        return message.records(self.answer)

    @property
    def authorities(self) -> list[Record]:
        """The authority section, as ``answers``."""
        message = self.message()
        message.questions(self.question)
        message.records(self.answer)
        return message.records(self.authority)

    @property
    def additionals(self) -> list[Record]:
        """The additional section, as ``answers``; EDNS's OPT record is one of them."""
        message = self.message()
        message.questions(self.question)
        message.records(self.answer + self.authority)
        return message.records(self.additional)

    def message(self) -> Message:
        """A reader of the sections, at the first."""
        return Message(self.pkt, self.off + 2 if self.stream else self.off,
                       0x7FFF if self.multicast else 0xFFFF)

    def write(self, line: Line) -> None:
        base = self.off
        length = self.size
        if self.stream:
            if length < 2:
                line.put(b" [DNS over TCP: length %d < 2] (invalid)" % length)
                return
            length -= 2
            prefix = self.pkt.u16(base)
            if prefix != length:
                line.put(b" [prefix length(%d) != length(%d)] (invalid)" % (prefix, length))
                return
            line.char(32)
            base += 2
        if length < HEADER_LENGTH:
            line.put(b"domain [length %d < %d] (invalid)" % (length, HEADER_LENGTH))
            return
        if self.short:
            raise Truncated
        if self.flags & RESPONSE:
            self.write_response(line, base)
        else:
            self.write_query(line, base)
        line.put(b" (")
        line.uint(length)
        line.char(41)

    def write_response(self, line: Line, base: int) -> None:
        flags = self.flags
        line.uint(self.id)
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
        if self.question != 1:
            line.put(b" [%dq]" % self.question)
        off = self.write_asked(line, base)
        line.char(32)
        line.uint(self.answer)
        line.char(47)
        line.uint(self.authority)
        line.char(47)
        line.uint(self.additional)
        off = self.write_section(line, base, off, self.answer, b"")
        if line.style.verbose > 1:
            off = self.write_section(line, base, off, self.authority, b" ns:")
            self.write_section(line, base, off, self.additional, b" ar:")

    def write_asked(self, line: Line, base: int) -> int:
        """The questions that a response repeats, shown from -vv on; the offset after them."""
        off = base + HEADER_LENGTH
        i = 0
        while i < self.question:
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
        flags = self.flags
        opcode = flags >> 11 & 15
        line.uint(self.id)
        line.put(OPCODE_NAMES[opcode])
        if flags & RECURSE:
            line.char(43)
        if flags & UNCHECKED:
            line.char(37)
        self.write_oddities(line, opcode)
        off = base + HEADER_LENGTH
        left = self.question
        while left and (off < self.pkt.end or left == self.question):
            off = self.write_question(line, base, off)
            left -= 1
        if left:
            raise Truncated
        if line.style.verbose > 1:
            off = self.write_section(line, base, off, self.answer, b"")
            off = self.write_section(line, base, off, self.authority, b" ns:")
            self.write_section(line, base, off, self.additional, b" ar:")

    def write_oddities(self, line: Line, opcode: int) -> None:
        """What an ordinary query does not have: strange flags, numbers of records."""
        flags = self.flags
        if flags & IN_NO_QUERY:
            line.put(b" [b2&3=0x%x]" % flags)
        if opcode == INVERSE_QUERY:
            if self.question:
                line.put(b" [%dq]" % self.question)
            if self.answer != 1:
                line.put(b" [%da]" % self.answer)
        else:
            if self.answer:
                line.put(b" [%da]" % self.answer)
            if self.question != 1:
                line.put(b" [%dq]" % self.question)
        if self.authority:
            line.put(b" [%dn]" % self.authority)
        if self.additional:
            line.put(b" [")
            line.uint(self.additional)
            line.put(b"au]")

    def write_rcode(self, line: Line, base: int) -> None:
        code = self.flags & 15
        if self.additional:
            code |= self.extended_rcode(base) << 4
        if code < 24:
            line.put(RCODE_NAMES[code])
        else:
            line.put(b" Resp%d" % (code & 0xFFF))

    def extended_rcode(self, base: int) -> int:
        """The upper bits of the response code, in the EDNS record if there is one."""
        pkt = self.pkt
        off = base + HEADER_LENGTH
        i = 0
        while i < self.question:
            off = skip_name(pkt, off)
            if off == BAD or not pkt.has(off, 5):
                return 0
            off += 4
            i += 1
        i = 0
        records = self.answer + self.authority
        while i < records + self.additional:
            off = skip_name(pkt, off)
            if off == BAD or not pkt.has(off, 5):
                return 0
            if i >= records and pkt.u16(off) == OPT:
                return pkt.u8(off + 4)
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


class MulticastDns(Dns):
    """A multicast DNS message (RFC 6762)."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self.multicast = True


class DnsOverTcp(Dns):
    """A DNS message with its length before it (RFC 1035 §4.2.2)."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self.stream = True
