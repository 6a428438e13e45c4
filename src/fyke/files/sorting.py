"""Room files/: a capture in order of time, in bounded memory.

Packets are read into memory up to a bound, sorted, and put down in a file for the time being; what
comes out are all of these merged. Packets of one time stay in their order.
"""

from __future__ import annotations

import heapq
import os
import tempfile
import weakref

from fyke.errors import SavefileError
from fyke.files import frugal
from fyke.files.limits import is_cut_to_snaplen, snaplen_of_copy
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.hints import TYPE_CHECKING, Any
from fyke.source import Source
from fyke.wire import Record

if TYPE_CHECKING:
    from collections.abc import Callable

#: Octets of packets that are held in memory, and what a packet costs beside its octets.
MEMORY = 64 << 20
OVERHEAD = 400

#: Octets of all buffers when the parts are merged; none is smaller than the floor.
BUFFERS = 16 << 20
BUFFER_FLOOR = 1 << 14


class Sorted(Source):
    """The packets of ``source`` by time; all are read when the first is asked for.

    Parts are in a folder of ``within`` that is gone afterwards. A damaged source gives its whole
    packets, then SavefileError. ``turn`` is called now and then.
    """

    count: int  #: packets of the source
    late: int  #: of those, the ones that are older than one in front of them

    def __init__(self, source: Any, *, within: str | None = None, memory: int = MEMORY,
                 turn: Callable[[], None] = lambda: None) -> None:
        self.source = source
        self.within = within
        self.memory = memory
        self.turn = turn
        for name in ("format", "link_type", "snaplen", "nanoseconds", "fcs_length", "interfaces"):
            setattr(self, name, getattr(source, name))
        self.cut_to_snaplen = is_cut_to_snaplen(source)
        self.section = getattr(source, "section", None)
        self.count = 0
        self.late = 0
        self.held: list[tuple[int, int, Record]] = []
        self.folder = ""
        self.clear: Callable[[], object] = lambda: None
        self.paths: list[str] = []
        self.parts: list[Any] = []
        self.packets: list[Record] = []
        self.heap: list[tuple[int, int]] = []
        self.last = -1
        self.at = 0
        self.taken_in = False
        self.damage: SavefileError | None = None

    def carry_to(self, carry: Callable[[Any], None]) -> None:
        """What is no packet comes through when it is read: before all packets."""
        if hasattr(self.source, "carry_to"):
            self.source.carry_to(carry)

    def take_in(self) -> None:
        """Read the source to its end."""
        self.taken_in = True
        packet = Record()
        size = 0
        latest = 0
        try:
            while self.source.next(packet):
                self.count += 1
                if self.count == 1 or packet.time > latest:
                    latest = packet.time
                elif packet.time < latest:
                    self.late += 1
                self.held.append((packet.time, self.count, packet.copy()))
                size += packet.caplen + OVERHEAD
                if size > self.memory:
                    self.put_down()
                    size = 0
                if not self.count & 0xFFF:
                    self.turn()
        except SavefileError as error:
            self.damage = error
        if self.paths:
            self.put_down()
            self.open_parts()
        self.held.sort(key=lambda one: one[:2])

    def put_down(self) -> None:
        """What is held goes into a file of its own, sorted."""
        if not self.held:
            return
        if not self.folder:
            self.folder = tempfile.mkdtemp(prefix=".fyke-sort-", dir=self.within)
            self.clear = weakref.finalize(self, remove, self.folder)
        path = os.path.join(self.folder, str(len(self.paths)))
        part = create(path, format=self.source.format, link_type=self.link_type,
                      snaplen=snaplen_of_copy(self.source), nanoseconds=self.source.nanoseconds,
                      fcs_length=self.source.fcs_length, interfaces=self.source.interfaces)
        self.held.sort(key=lambda one: one[:2])
        try:
            for _, _, packet in self.held:
                part.add(packet)
        finally:
            part.close()
        self.held.clear()
        self.paths.append(path)

    def open_parts(self) -> None:
        """The first packet of each part."""
        size = max(BUFFER_FLOOR, BUFFERS // len(self.paths))
        wrapped = frugal.opener(self.paths)
        for number, path in enumerate(self.paths):
            self.parts.append(open_capture(wrapped(path), buffer_size=size))
            self.packets.append(Record())
            if self.parts[number].next(self.packets[number]):
                heapq.heappush(self.heap, (self.packets[number].time, number))

    def next(self, packet: Record) -> bool:
        if not self.taken_in:
            self.take_in()
        if self.next_held(packet) if not self.parts else self.next_merged(packet):
            return True
        if self.damage is not None:
            damage, self.damage = self.damage, None
            raise damage
        return False

    def next_held(self, packet: Record) -> bool:
        """All is in memory."""
        if self.at >= len(self.held):
            return False
        packet.like(self.held[self.at][2])
        self.at += 1
        return True

    def next_merged(self, packet: Record) -> bool:
        """The oldest of those that come next in the parts."""
        if self.last >= 0:
            if self.parts[self.last].next(self.packets[self.last]):
                heapq.heapreplace(self.heap, (self.packets[self.last].time, self.last))
            else:
                heapq.heappop(self.heap)
        if not self.heap:
            return False
        self.last = self.heap[0][1]
        packet.like(self.packets[self.last])
        return True

    def close(self) -> None:
        self.source.close()
        for part in self.parts:
            part.close()
        self.clear()


def remove(folder: str) -> None:
    """Delete a folder of parts. TemporaryDirectory asks for more than the box gives."""
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    os.rmdir(folder)
