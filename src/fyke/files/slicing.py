# cython: boundscheck=True, wraparound=True
"""Room files/: a part of a capture: which packets, changed how, into which files."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict, deque
from collections.abc import Callable

from fyke.bpf.machine import Machine
from fyke.errors import UsageError
from fyke.files.formats import COMPRESSED_BY_SUFFIX
from fyke.hints import TYPE_CHECKING, Any
from fyke.source import Sink, Source
from fyke.wire import Record

if TYPE_CHECKING:
    from fractions import Fraction

#: Connections whose files are open at once; the one that was silent longest is closed.
MAX_OPEN = 200

#: Octets gathered for each of them.
BATCH_OF_EACH = 1 << 15

#: No file has more packets.
LAST = 1 << 62

#: Nanoseconds; beyond the year 2262 times stay what they are.
LATEST = (1 << 63) - 1


def ranges(text: str) -> list[tuple[int, int]]:
    """Packet numbers from 1: ``1-10,20,30-``. Raises UsageError."""
    found = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        try:
            low = min(int(first), LAST) if first else 1
            high = (min(int(last), LAST) if last else LAST) if dash else low
        except ValueError:
            low = high = 0
        if low < 1 or high < low or not (first or last):
            raise UsageError(f"{part.strip()!r} is no range of packet numbers; 1-10,20,30- is one")
        found.append((low, high))
    return found


class Duplicates:
    """Tells packets that were there a moment ago: the same octets and length on the wire.

    ``window`` is how many packets are remembered, ``time`` (nanoseconds; 0: any) how old they
    may be.
    """

    def __init__(self, window: int = 5, time: int = 0) -> None:
        self.window = window
        self.time = time
        self.seen: dict[bytes, int] = {}
        self.order: deque[tuple[bytes, int]] = deque()

    def is_one(self, packet: Record) -> bool:
        """Whether the packet is a duplicate; it is remembered in any case."""
        digest = hashlib.blake2b(packet.raw(0, packet.caplen), digest_size=16,
                                 key=packet.wirelen.to_bytes(8, "little")).digest()
        last = self.seen.get(digest)
        found = last is not None and (not self.time or abs(packet.time - last) <= self.time)
        self.seen[digest] = packet.time
        self.order.append((digest, packet.time))
        while len(self.order) > self.window:
            old, time = self.order.popleft()
            if self.seen.get(old) == time:
                del self.seen[old]
        return found


class Slice(Source):
    """The packets of ``source`` that are wanted, changed as told.

    ``numbers`` are ranges from 1, ``begin`` and ``end`` times in nanoseconds (the end excluded),
    ``filters`` gives the Machine for a link type, ``every`` keeps each n-th of what the rest
    keeps. ``length`` cuts packets (octets), ``shift`` moves times (nanoseconds), ``scale``
    stretches the distances from the first packet. ``duplicates`` drops those that it knows.
    """

    seen: int  #: packets of the source so far
    kept: int  #: of those, the ones that all but ``every`` keeps

    def __init__(self, source: Any, *, numbers: list[tuple[int, int]] | None = None,
                 begin: int | None = None, end: int | None = None, every: int = 1,
                 filters: Callable[[int], Machine] | None = None, length: int = 0,
                 shift: int = 0, scale: Fraction | int = 1,
                 duplicates: Duplicates | None = None) -> None:
        self.source = source
        self.link_type = source.link_type
        self.snaplen = min(length, source.snaplen) if length else source.snaplen
        self.counted = numbers is not None
        self.numbers = joined(numbers or [])
        self.low, self.high = self.numbers.pop(0) if self.numbers else (1, 0)
        self.from_time = begin is not None
        self.begin = bounded(begin or 0)
        self.to_time = end is not None
        self.end = bounded(end or 0)
        self.every = every
        self.filters = filters
        self.machine: Any = None
        self.filtered_link_type = -1
        self.length = length
        self.shift = shift
        self.scale = scale
        self.changed_time = scale != 1
        self.duplicates = duplicates
        self.seen = 0
        self.kept = 0
        self.origin = 0

    def next(self, packet: Record) -> bool:
        while True:
            if self.counted and not self.go_to_number(packet):
                return False
            if not self.source.next(packet):
                return False
            self.seen += 1
            if self.seen == 1:
                self.origin = packet.time
            if self.wants(packet):
                self.kept += 1
                if (self.kept - 1) % self.every == 0:
                    self.change(packet)
                    return True

    def go_to_number(self, packet: Record) -> bool:
        """Go past the packets in front of the next wanted number; False if none is left."""
        while self.seen >= self.high:
            if not self.numbers:
                return False
            self.low, self.high = self.numbers.pop(0)
        if self.seen == 0:
            return True  # all are stretched from the first one's time
        while self.seen < self.low - 1:
            passed = self.source.skip(packet, self.low - 1 - self.seen)
            if passed == 0:
                return False
            self.seen += passed
        return True

    def wants(self, packet: Record) -> bool:
        """Whether the packet is in the slice, ``every`` aside."""
        if self.counted and self.seen < self.low:
            return False
        if self.from_time and packet.time < self.begin:
            return False
        if self.to_time and packet.time >= self.end:
            return False
        if self.filters is not None and not self.accepts(packet):
            return False
        return self.duplicates is None or not self.duplicates.is_one(packet)

    def accepts(self, packet: Record) -> bool:
        """Whether the filter for the packet's link type keeps it."""
        if packet.link_type != self.filtered_link_type:
            self.machine = self.filters(packet.link_type)  # type: ignore[misc]
            self.filtered_link_type = packet.link_type
        return bool(self.machine.run(packet) != 0)

    def change(self, packet: Record) -> None:
        """Cut the packet and move its time."""
        if self.length > 0 and packet.caplen > self.length:
            packet.place(packet.start, self.length)
        if self.changed_time:
            packet.time = bounded(self.origin + round((packet.time - self.origin) * self.scale))
        if self.shift != 0:
            packet.time = bounded(int(packet.time) + int(self.shift))

    def wait(self, timeout: float | None = None) -> bool:
        return False

    def close(self) -> None:
        self.source.close()


def joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same numbers in ranges that are in order and do not touch."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return found


def bounded(time: int) -> int:
    """A time that 64 bits hold."""
    return max(-LATEST, min(LATEST, time))


class Split(Sink):
    """Several files instead of one: by packets, octets, nanoseconds of packet time, or connection.

    ``connections`` names the one that a packet belongs to.
    ``open(path, again)`` makes the writer for a name; with ``again`` the file exists already and
    is to be lengthened.
    """

    def __init__(self, base: str, open: Callable[[str, bool], Any], *, count: int = 0,
                 size: int = 0, period: int = 0,
                 connections: Callable[[Record], str] | None = None) -> None:
        self.stem, self.suffix = split_suffix(base)
        self.open = open
        self.count = count
        self.size = size
        self.period = period
        self.connections = connections
        self.writers: OrderedDict[str, Any] = OrderedDict()
        self.paths: dict[str, int] = {}  #: and how many packets each got
        self.origin: int | None = None
        self.number = 0
        self.in_file = 0

    def path(self, packet: Record) -> str:
        """The file that the packet belongs into."""
        if self.connections is not None:
            return f"{self.stem}-{self.connections(packet)}{self.suffix}"
        if self.origin is None:
            self.origin = packet.time
        if self.period:
            return f"{self.stem}-{(packet.time - self.origin) // self.period:05d}{self.suffix}"
        if self.in_file and ((self.count and self.in_file >= self.count) or (
                self.size and self.at_hand().tell() + self.at_hand().size_of(packet) > self.size)):
            self.number += 1
            self.in_file = 0
        self.in_file += 1
        return f"{self.stem}-{self.number:05d}{self.suffix}"

    def at_hand(self) -> Any:
        """The writer that was used last."""
        return self.writers[next(reversed(self.writers))]

    def add(self, packet: Record) -> None:
        packet.widen(packet.caplen)
        path = self.path(packet)
        writer = self.writers.get(path)
        if writer is None:
            if len(self.writers) >= (MAX_OPEN if self.connections else 1):
                self.writers.popitem(last=False)[1].close()
            writer = self.writers[path] = self.open(path, path in self.paths)
            if self.connections:
                writer.gather(BATCH_OF_EACH)
        else:
            self.writers.move_to_end(path)
        writer.add(packet)
        self.paths[path] = self.paths.get(path, 0) + 1

    def flush(self) -> None:
        for writer in self.writers.values():
            writer.flush()

    def close(self) -> None:
        while self.writers:
            self.writers.popitem()[1].close()


def split_suffix(path: str) -> tuple[str, str]:
    """A path without and the suffix, that of compression included."""
    stem, suffix = os.path.splitext(path)
    if suffix.lower() in COMPRESSED_BY_SUFFIX:
        stem, inner = os.path.splitext(stem)
        suffix = inner + suffix
    return stem, suffix
