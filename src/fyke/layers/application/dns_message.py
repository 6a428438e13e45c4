"""The questions and records of a DNS message as values (RFC 1035 §4.1): what programs ask for.

The text of a line is written by dns.py without making any of these.
"""

from __future__ import annotations

from typing import NamedTuple

from fyke.layers.application.dns_name import BAD, write_name
from fyke.layers.application.dns_names import CLASS_NAMES, TYPE_NAMES
from fyke.layers.application.dns_records import write_data
from fyke.wire import Line, LineFull, Packet, Truncated

HEADER_LENGTH = 12  # RFC 1035 §4.1.1


class Question(NamedTuple):
    """What is asked for."""

    name: str  #: ends in a dot; what cannot be printed is shown as ``^A`` and ``M-a``
    type: str  #: "A", "AAAA" …; "TYPE4711" if nobody named it (RFC 3597 §5)
    dns_class: str  #: "IN", or "CLASS4711"


class Record(NamedTuple):
    """A resource record."""

    name: str  #: its owner, as in a Question
    type: str
    dns_class: str  #: of an OPT record: the sender's UDP payload size, as "CLASS1232"
    ttl: int  #: seconds; of an OPT record: version and flags (RFC 6891 §6.1.3)
    data: str  #: as tcpdump writes it; ``\\# 2 0a0b`` where it does not (RFC 3597 §5)


class Message:
    """Reads a message from its first question on; ends quietly where it is cut or nonsense."""

    def __init__(self, pkt: Packet, base: int, class_mask: int = 0xFFFF) -> None:
        """The message at ``base``; ``class_mask`` leaves out a bit that is no part of a class."""
        self.pkt = pkt
        self.base = base
        self.class_mask = class_mask
        self.off = base + HEADER_LENGTH
        self.whole = True  #: nothing unreadable has been met

    def questions(self, count: int) -> list[Question]:
        """The next ``count`` questions, or those of them that can be read."""
        found: list[Question] = []
        while self.whole and len(found) < count:
            try:
                name = self.name()
                kind, number = self.pkt.u16(self.off), self.pkt.u16(self.off + 2)
            except Truncated:
                self.whole = False
            else:
                self.off += 4
                found.append(Question(name, type_name(kind), self.class_name(number)))
        return found

    def records(self, count: int) -> list[Record]:
        """The next ``count`` records, or those of them that can be read."""
        found: list[Record] = []
        while self.whole and len(found) < count:
            try:
                found.append(self.record())
            except Truncated:
                self.whole = False
        return found

    def record(self) -> Record:
        """The next record; Truncated if it is cut."""
        pkt = self.pkt
        name = self.name()
        off = self.off + 10
        kind, number, ttl = pkt.u16(off - 10), pkt.u16(off - 8), pkt.u32(off - 6)
        length = pkt.u16(off - 2)
        pkt.u8(off + length - 1)
        self.off = off + length
        return Record(name, type_name(kind), self.class_name(number), ttl,
                      self.data(kind, off, length))

    def name(self) -> str:
        """The name that comes next, stepped over; Truncated if it is cut or nonsense."""
        line = Line(512)
        after = write_name(line, self.pkt, self.off, self.base)
        if after == BAD:
            raise Truncated
        self.off = after
        return line.text().decode("ascii")

    def class_name(self, number: int) -> str:
        """The name of a class."""
        number &= self.class_mask
        name = CLASS_NAMES.get(number)
        return name.decode() if name else f"CLASS{number}"

    def data(self, kind: int, off: int, length: int) -> str:
        """A record's data as text."""
        line = Line(512)
        line.style.verbose = 1  # start of authority and signatures too
        line.style.numeric = 1
        try:
            known = write_data(line, self.pkt, off, length, self.base, kind) != BAD
        except (Truncated, LineFull):
            known = False
        text = line.text().decode("ascii").strip()
        if known and text:
            return text
        octets: bytes = self.pkt.raw(off, length)
        return f"\\# {length} {octets.hex()}".rstrip()


def type_name(number: int) -> str:
    """The name of a record type."""
    name = TYPE_NAMES.get(number)
    return name.decode() if name else f"TYPE{number}"
