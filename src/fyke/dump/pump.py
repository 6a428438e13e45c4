"""The loop source → filter → sink, in turns short enough for signals to be heard."""

from __future__ import annotations

from fyke.bpf.machine import Machine
from fyke.hints import Callable
from fyke.source import Sink, Source
from fyke.wire import Record

TURN = 4096  # packets between two looks at the world


class Pump:
    """Moves packets. ``limit`` 0 never ends; ``skip`` drops the first ones that match.

    ``filters`` gives the Machine for a link type (a file may hold several); None keeps all.
    """

    __slots__ = ("filters", "limit", "link_type", "machine", "matched", "packet",
                 "seen", "sink", "skip", "source")

    source: Source
    sink: Sink | None  #: None only counts
    seen: int  #: packets that came out of the source
    matched: int  #: of those, the ones that the filter kept and that were not skipped

    def __init__(self, source: Source, filters: Callable[[int], Machine] | None,
                 sink: Sink | None, *, skip: int = 0, limit: int = 0) -> None:
        self.packet = Record()
        self.source = source
        self.filters = filters
        self.machine: Machine | None = None
        self.link_type = -1
        self.sink = sink
        self.skip = skip
        self.limit = limit
        self.seen = 0
        self.matched = 0

    def full(self) -> bool:
        """Whether ``limit`` packets have been moved."""
        return self.limit > 0 and self.matched >= self.limit

    def run(self) -> bool:
        """One turn. True when the source has no packet at this moment, or the limit is reached."""
        source = self.source
        packet = self.packet
        sink = self.sink
        if sink is None and self.filters is None:
            return self.count()
        budget = TURN
        while budget > 0:
            budget -= 1
            if self.full() or not source.next(packet):
                return True
            self.seen += 1
            if self.filters is not None and not self.accepts(packet):
                continue
            if self.skip > 0:
                self.skip -= 1
                continue
            self.matched += 1
            if sink is not None:
                sink.add(packet)
        return False

    def count(self) -> bool:
        """A turn in which nobody looks at a packet."""
        budget = TURN
        while budget > 0:
            if self.full():
                return True
            wanted = budget
            if self.limit > 0 and self.limit - self.matched + self.skip < wanted:
                wanted = self.limit - self.matched + self.skip
            passed = self.source.skip(self.packet, wanted)
            if passed == 0:
                return True
            budget -= passed
            self.seen += passed
            skipped = self.skip if self.skip < passed else passed
            self.skip -= skipped
            self.matched += passed - skipped
        return False

    def accepts(self, packet: Record) -> bool:
        """Whether the filter for the packet's link type keeps it."""
        if packet.link_type != self.link_type:
            self.machine = self.filters(packet.link_type)  # type: ignore[misc]
            self.link_type = packet.link_type
        return self.machine.run(packet) != 0  # type: ignore[union-attr]
