"""The questions and records of a DNS message as values (RFC 1035 §4.1): what programs ask for.

The text of a line is written by dns.py without making any of these.
"""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.application.dns_data import data_text, type_name
from fyke.layers.application.dns_name import BAD, skip_name
from fyke.layers.application.dns_names import CLASS_NAMES
from fyke.layers.application.dns_text import Names
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.wire import Record, Truncated

HEADER_LENGTH = 12  # RFC 1035 §4.1.1
#: Characters that the names and data of a section may have: some, and so many an octet. Two
#: octets may stand for a name of 255, and a name's octet for ``\\255``.
ALLOWED, ALLOWED_PER_OCTET = 4096, 16


class Question(NamedTuple):
    """What is asked for."""

    name: str  #: ends in a dot; ``\\.`` and ``\\DDD`` for what cannot stand in it (RFC 1035 §5.1)
    type: str  #: "A", "AAAA" …; "TYPE4711" if nobody named it (RFC 3597 §5)
    dns_class: str  #: "IN", or "CLASS4711"


class ResourceRecord(NamedTuple):
    """A resource record."""

    name: str  #: its owner, as in a Question
    type: str
    dns_class: str  #: of an OPT record: the sender's UDP payload size, as "CLASS1232"
    ttl: int  #: seconds; of an OPT record: version and flags (RFC 6891 §6.1.3)
    data: str  #: as zone files have it; ``\\# 2 0a0b`` where its type is unknown (RFC 3597 §5)


class Section(list[Any]):
    """The questions or records of a section that could be read.

    ``cut``: there are more, but the capture or the message ends, the next one makes no sense, or
    they are more than a list holds (MOST records, ALLOWED characters).
    """

    __slots__ = ("cut",)

    cut: bool

    def __init__(self) -> None:
        super().__init__()
        self.cut = False


class Sections:
    """The four sections of a message, each read when it is first asked for, in one walk."""

    def __init__(self, pkt: Record, base: int, stop: int, class_mask: int,
                 counts: list[int]) -> None:
        """``counts``: questions and records of each section, as the header has them."""
        self.place = pkt, base, stop, class_mask
        self.message = Message(*self.place)
        self.counts = counts
        self.read: list[Section] = []

    def section(self, number: int) -> Section:
        """The questions (0), answers, authority or additional records that can be read."""
        while len(self.read) <= number:
            self.read.append(self.next(len(self.read)))
        return self.read[number]

    def next(self, number: int) -> Section:
        """The section behind those that were read; where one of them was left, walk again."""
        count = self.counts[number]
        if number == 0:
            return self.message.questions(count)
        if any(one.cut for one in self.read):
            self.message = Message(*self.place)
            if not self.message.skip(self.counts[0], sum(self.counts[1:number])):
                unreached = Section()
                unreached.cut = count > 0
                return unreached
        return self.message.records(count)


class Message:
    """Reads a message from its first question on."""

    def __init__(self, pkt: Record, base: int, stop: int, class_mask: int = 0xFFFF) -> None:
        """The message from ``base`` to ``stop``; ``class_mask`` leaves out a bit of the class."""
        self.names = Names(base, stop)
        self.class_mask = class_mask
        self.at = Cursor(pkt, base + HEADER_LENGTH, stop)

    def skip(self, questions: int, records: int) -> bool:
        """Go past questions, then records; False if they are not all there."""
        here = self.at
        try:
            for number in range(questions + records):
                after = skip_name(here.pkt, here.at)
                if after == BAD:
                    return False
                here.step(after - here.at)
                if number < questions:
                    here.step(4)
                else:
                    here.step(8)
                    here.step(here.u16())
        except (Truncated, Malformed):
            return False
        return True

    def questions(self, count: int) -> Section:
        """The next ``count`` questions, or those of them that can be read."""
        return self.section(count, self.question)

    def records(self, count: int) -> Section:
        """The next ``count`` records, or those of them that can be read."""
        return self.section(count, self.record)

    def section(self, count: int, read: Any) -> Section:
        found = Section()
        start = self.at.at
        written = 0
        while len(found) < count:
            try:
                one = read()
            except (Truncated, Malformed):
                found.cut = True
                break
            written += sum(len(part) + part.count("\\") for part in one if isinstance(part, str))
            if (len(found) == MOST
                    or written > ALLOWED + ALLOWED_PER_OCTET * (self.at.at - start)):
                found.cut = True
                break
            found.append(one)
        return found

    def question(self) -> Question:
        """The next question. Raises Truncated, Malformed."""
        name = self.names.read(self.at)
        return Question(name, type_name(self.at.u16()), self.class_name(self.at.u16()))

    def record(self) -> ResourceRecord:
        """The next record. Raises Truncated, Malformed."""
        here = self.at
        name = self.names.read(here)
        kind, number, ttl, size = here.u16(), here.u16(), here.u32(), here.u16()
        at = here.step(size)
        return ResourceRecord(name, type_name(kind), self.class_name(number), ttl,
                      data_text(here.pkt, at, size, kind, self.names))

    def class_name(self, number: int) -> str:
        """The name of a class."""
        number &= self.class_mask
        name = CLASS_NAMES.get(number)
        return name.decode() if name else f"CLASS{number}"
