"""Room files/: what a capture says beside its packets, kept for whoever writes them elsewhere.

A packet in a user's hands remembers where it comes from by a Mark, and the file that it is written
to describes the same interfaces and carries the same blocks. An Origin knows no reader, so that a
packet that is kept does not keep a file's buffer.
"""

from __future__ import annotations

from fyke.files.carrying import ITEM_OVERHEAD, MAX_WAITING, Carrier
from fyke.files.pcapng_options import Interface, InterfaceStatistics, Section
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.files.pcapng_writer import PcapngWriter
    from fyke.wire import Record


class Mark:
    """A place in a capture: ``count`` items that are no packet stand in front of it."""

    __slots__ = ("count", "origin")

    def __init__(self, origin: Origin, count: int) -> None:
        self.origin = origin
        self.count = count


class Origin:
    """The interfaces, the section and the other blocks of one capture.

    ``mark`` is for the packets that come now. ``interfaces`` grows while the capture is read.
    """

    __slots__ = ("at_first", "interfaces", "items", "left_out", "mark", "section", "size")

    section: Section | None  #: None: of a format that has none
    interfaces: list[Interface]
    at_first: int  #: how many of them were known when the capture was opened
    items: list[Any]  #: what is no packet, in the order of the capture
    left_out: int  #: items beyond what is kept

    def __init__(self, source: Any) -> None:
        self.section = getattr(source, "section", None)
        self.interfaces = source.interfaces
        self.at_first = len(self.interfaces)
        self.items = []
        self.size = 0
        self.left_out = 0
        if hasattr(source, "carry_to"):
            source.carry_to(self.keep)
        self.items = [item for item in self.items if not isinstance(item, Section)]
        self.mark = Mark(self, len(self.items))

    def keep(self, item: Any) -> None:
        """One item more, for the packets behind it."""
        self.size += ITEM_OVERHEAD + len(getattr(item, "body", b""))
        if self.size > MAX_WAITING:
            self.left_out += 1
        else:
            self.items.append(item)
            self.mark = Mark(self, len(self.items))

    def described(self, packet: Record) -> int:
        """The place in ``interfaces`` of a packet's interface; -1 for none."""
        return packet.interface if 0 <= packet.interface < len(self.interfaces) else -1


class Told:
    """What a file was told of one origin: numbers by place in its list, and items."""

    __slots__ = ("carried", "met", "numbers")

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.met: dict[Any, int] = {}  # how often a description came so far
        self.carried = 0


class Description:
    """What a pcapng file says beside its packets, as they come from one origin or from several.

    Interfaces that different origins describe in the same words are one. A section begins where
    an origin says something else of its packets than the one before it.
    """

    def __init__(self, sink: PcapngWriter) -> None:
        self.sink = sink
        self.told: dict[Origin, Told] = {}
        self.known: dict[Any, int] = {}
        self.carrier = Carrier(None)
        self.carrier.begin(sink)
        self.latest: Origin | None = None
        self.last: Mark | None = None  # packets come in trains
        self.last_interface = self.last_link_type = self.last_number = -1

    def number(self, packet: Record, mark: Mark | None) -> int:
        """The number in the file of the interface of a packet that is about to be added."""
        if (packet.interface != self.last_interface or packet.link_type != self.last_link_type
                or mark is not self.last):
            self.last_number = self.find(packet, mark)
            self.last = mark
            self.last_interface = packet.interface
            self.last_link_type = packet.link_type
        return self.last_number

    def find(self, packet: Record, mark: Mark | None) -> int:
        """As ``number``, for an interface that is not the last packet's; writes what is due."""
        if mark is None:
            return self.undescribed(packet)
        origin = mark.origin
        told = self.told.get(origin)
        if told is None:
            told = self.meet(origin)
        if told.carried < mark.count:
            self.carry(origin, told, mark.count)
        place = origin.described(packet)
        if place >= len(told.numbers):
            self.renumber(origin, told)
        return told.numbers[place] if place >= 0 else self.undescribed(packet)

    def undescribed(self, packet: Record) -> int:
        """The number of an interface of which only the link type is known."""
        key = packet.interface, packet.link_type
        if key not in self.known:
            self.known[key] = len(self.sink.interfaces)
            self.sink.interfaces.append(Interface(packet.link_type, self.sink.snaplen))
        return self.known[key]

    def meet(self, origin: Origin) -> Told:
        """The first packet of an origin: its section, its interfaces."""
        sink = self.sink
        if origin.section is not None and origin.section != sink.section:
            if sink.size == 0 and not sink.taken:
                sink.restart(origin.section)
            else:
                sink.begin_section(origin.section, origin.section.big)
        told = self.told[origin] = Told()
        self.latest = origin
        self.renumber(origin, told)
        for number in told.numbers[:origin.at_first]:
            sink.number_of(number)  # in front of blocks that stand before the first packet
        return told

    def renumber(self, origin: Origin, told: Told) -> None:
        """Number the interfaces that the origin has come to know since."""
        for one in origin.interfaces[len(told.numbers):]:
            words = one.link_type, one.snaplen, tuple(one.options)
            again = told.met[words] = told.met.get(words, 0) + 1  # one may have several alike
            key = *words, again
            if key not in self.known:
                self.known[key] = len(self.sink.interfaces)
                self.sink.interfaces.append(one)
            told.numbers.append(self.known[key])

    def carry(self, origin: Origin, told: Told, count: int) -> None:
        """Write the origin's items up to ``count``."""
        for item in origin.items[told.carried:count]:
            told.carried += 1
            if isinstance(item, InterfaceStatistics):
                self.renumber(origin, told)
                item = renumbered(item, told.numbers[item.interface])
            elif isinstance(item, Section) and origin is not self.latest:
                continue  # packets of another one come between
            self.carrier.take(item)

    def finish(self) -> None:
        """What the origins say behind the last packet."""
        for origin, told in self.told.items():
            self.renumber(origin, told)
            self.carry(origin, told, len(origin.items))

    @property
    def left_out(self) -> int:
        """Items that are in no file, because there were too many."""
        return self.carrier.left_out + sum(origin.left_out for origin in self.told)


def renumbered(counters: InterfaceStatistics, number: int) -> InterfaceStatistics:
    """The same counters of the interface that has another number here."""
    return InterfaceStatistics(number, counters.time, start=counters.start, end=counters.end,
                               options=counters.options)
