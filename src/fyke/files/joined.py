# cython: boundscheck=True, wraparound=True
"""Room files/: several sources as one, in order (``Sequence``) or by time (``Merge``)."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from collections.abc import Sequence as Several

from fyke.errors import SavefileError
from fyke.files import frugal
from fyke.files.limits import is_cut_to_snaplen
from fyke.files.paths import in_microseconds
from fyke.files.pcapng_blocks import COMMENT
from fyke.files.pcapng_options import Interface, InterfaceStatistics, Section
from fyke.files.reader import open_capture
from fyke.hints import Any
from fyke.source import Source
from fyke.wire import Record

#: The buffers of all sources of a merge together, in octets; none is smaller than the floor.
MERGE_BUFFERS = 16 << 20
MERGE_BUFFER_FLOOR = 1 << 14


class Interfaces:
    """One numbering for the interfaces of several sources; equal descriptions are one."""

    __slots__ = ("all", "known")

    def __init__(self) -> None:
        self.all: list[Interface] = []
        self.known: dict[Any, int] = {}

    def number(self, interface: Interface) -> int:
        """The number of an interface in the common list."""
        key = (interface.link_type, interface.snaplen, tuple(interface.options))
        if key not in self.known:
            self.known[key] = len(self.all)
            self.all.append(interface)
        return self.known[key]


class Joined(Source):
    """The base of both: the numbering and the carried blocks.

    ``interfaces``, ``section`` and ``carry_to`` are as in PcapngReader, but interfaces keep their
    number in a new section. ``count`` is the number of packets that came out.
    """

    format: str  #: that can hold what comes, as far as that is known
    compression = ""
    nanoseconds: bool  #: some times may be finer than microseconds
    fcs_length = -1

    def __init__(self) -> None:
        self.numbering = Interfaces()
        self.interfaces = self.numbering.all
        self.section = Section()
        self.carry: Callable[[Any], None] | None = None
        self.count = 0
        self.swapped = False

    def forward(self, source: Any, numbers: list[int]) -> None:
        """Let what ``source`` carries come through, its interfaces renumbered."""

        def carry(item: Any) -> None:
            if isinstance(item, Section):
                self.begin_section(item)
                return
            if isinstance(item, InterfaceStatistics):
                self.renumber(source, numbers)
                item.interface = numbers[item.interface]
            if self.carry is not None:
                self.carry(item)

        if self.carry is not None and hasattr(source, "carry_to"):
            source.carry_to(carry)

    def begin_section(self, section: Section) -> None:
        """A source has come to a section header."""

    def renumber(self, source: Any, numbers: list[int]) -> None:
        """Number the interfaces that the source has come to know since."""
        for interface in source.interfaces[len(numbers):]:
            numbers.append(self.numbering.number(interface))


class Sequence(Joined):
    """Sources one after the other, each opened when the one before it has ended.

    ``link_type`` and ``snaplen`` are those of the first.

    A damaged one raises SavefileError after its last whole packet; the call after that goes on
    with the one behind it.
    """

    cut_to_snaplen = False

    def __init__(self, paths: Several[Any], opener: Callable[[Any], Any] = open_capture) -> None:
        Joined.__init__(self)
        if not paths:
            raise SavefileError("no capture file to read")
        self.paths = list(paths)
        self.nanoseconds = not all(map(in_microseconds, self.paths))
        self.opener = opener
        self.at = 0
        self.current: Any = None
        self.numbers: list[int] = []
        self.advance()

    def advance(self) -> bool:
        """Open the next source; False behind the last."""
        self.close()
        if self.at >= len(self.paths):
            return False
        self.at += 1
        current = self.opener(self.paths[self.at - 1])
        self.numbers = []
        self.renumber(current, self.numbers)
        self.swapped = getattr(current, "swapped", False)
        section = getattr(current, "section", None) or Section(self.section.big)
        if self.at == 1:
            self.format = current.format
            self.link_type = current.link_type
            self.snaplen = current.snaplen
            self.section = section
        self.begin_section(section)
        self.current = current
        self.forward(current, self.numbers)
        return True

    def carry_to(self, carry: Callable[[Any], None]) -> None:
        """Hand everything that is no packet to ``carry``, from here on."""
        self.carry = carry
        self.forward(self.current, self.numbers)

    def begin_section(self, section: Section) -> None:
        """What is said of the packets to come, if it is not what was said of those before."""
        if section != self.section:
            self.section = section
            if self.carry is not None:
                self.carry(section)

    def next(self, packet: Record) -> bool:
        while True:
            if self.current is None and not self.advance():
                return False
            if self.step(packet):
                self.count += 1
                return True
            if self.current is not None and self.current.wait(0):
                return False  # one that is still growing
            self.close()

    def step(self, packet: Record) -> bool:
        """The next packet of the source at hand."""
        source = self.current
        try:
            if not source.next(packet):
                return False
        except SavefileError:
            self.close()
            raise
        if packet.interface >= len(self.numbers):
            self.renumber(source, self.numbers)
        packet.interface = self.numbers[packet.interface]
        return True

    def wait(self, timeout: float | None = None) -> bool:
        return self.current is not None and bool(self.current.wait(timeout))

    def close(self) -> None:
        if self.current is not None:
            self.current.close()
        self.current = None


def common(sections: list[Section]) -> Section:
    """A section header for packets from all of them: every comment, and what all agree on."""
    if not sections:
        return Section()
    told = [option for option in sections[0].options if option[0] != COMMENT
            and all(option in other.options for other in sections)]
    comments = [option for section in sections for option in section.options
                if option[0] == COMMENT]
    return Section(sections[0].big, options=[*dict.fromkeys(comments), *told])


class Merge(Joined):
    """Sources merged by time: each packet is the oldest of those that come next in their source.

    Equal times come in the order of the sources. A damaged source ends with its last whole
    packet; the others go on, and SavefileError is raised when all have ended. ``late`` counts, by
    the place of their source, packets that came out behind a younger one: that source is not in
    order of time.
    """

    def __init__(self, paths: Several[Any], opener: Callable[[Any], Any] | None = None) -> None:
        Joined.__init__(self)
        if not paths:
            raise SavefileError("no capture file to merge")
        size = min(1 << 18, max(MERGE_BUFFER_FLOOR, MERGE_BUFFERS // len(paths)))
        self.sources: list[Any] = []
        self.packets: list[Record] = []
        self.numbers: list[list[int]] = []
        self.heap: list[tuple[int, int]] = []
        self.errors: list[SavefileError] = []
        self.late: dict[int, int] = {}  # by source, packets older than one in front of them
        self.latest = 0
        self.last = -1
        self.started = False
        wrapped = frugal.opener(list(paths))
        try:
            for path in paths:
                self.take(opener(path) if opener else open_capture(wrapped(path),
                                                                   buffer_size=size))
        except BaseException:
            self.close()
            raise
        self.nanoseconds = any(source.nanoseconds for source in self.sources)
        self.section = common([source.section for source in self.sources
                               if hasattr(source, "section")])
        alike = len({one.link_type for one in self.interfaces}) == 1
        self.format = ("pcap" if alike and all(source.format == "pcap" for source in self.sources)
                       else "pcapng")
        self.link_type = self.sources[0].link_type
        self.snaplen = max(source.snaplen for source in self.sources)
        self.cut_to_snaplen = all(map(is_cut_to_snaplen, self.sources))
        self.swapped = bool(getattr(self.sources[0], "swapped", False))

    def take(self, source: Any) -> None:
        """One more source."""
        self.sources.append(source)
        self.packets.append(Record())
        self.numbers.append([])
        self.renumber(source, self.numbers[-1])

    def carry_to(self, carry: Callable[[Any], None]) -> None:
        """Hand everything that is no packet to ``carry``, from here on."""
        self.carry = carry

    def start(self) -> None:
        """The first packet of each."""
        self.started = True
        for number, source in enumerate(self.sources):
            self.forward(source, self.numbers[number])
            if self.fetch(number):
                heapq.heappush(self.heap, (self.packets[number].time, number))

    def fetch(self, number: int) -> bool:
        """The next packet of one source; False when it has ended or is damaged."""
        try:
            return bool(self.sources[number].next(self.packets[number]))
        except SavefileError as error:
            self.errors.append(error)
            return False

    def next(self, packet: Record) -> bool:
        if not self.started:
            self.start()
        elif self.last >= 0:
            if self.fetch(self.last):
                heapq.heapreplace(self.heap, (self.packets[self.last].time, self.last))
            else:
                heapq.heappop(self.heap)
            self.last = -1
        if not self.heap:
            if self.errors:
                raise self.errors.pop(0)
            return False
        number = self.heap[0][1]
        self.last = number
        held = self.packets[number]
        packet.like(held)
        numbers = self.numbers[number]
        if held.interface >= len(numbers):
            self.renumber(self.sources[number], numbers)
        packet.interface = numbers[held.interface]
        if held.time >= self.latest or self.count == 0:
            self.latest = held.time
        else:  # only a source that is not in order itself can come late
            self.late[number] = self.late.get(number, 0) + 1
        self.count += 1
        return True

    def close(self) -> None:
        for source in self.sources:
            source.close()
