"""Room files/: a part of a capture: which packets, changed how, into which files."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict, deque
from collections.abc import Callable

from fyke.errors import UsageError
from fyke.files.headers import connection
from fyke.hints import Any
from fyke.stream import Sink, Source
from fyke.wire import Packet

#: Connections whose files are open at once; the one that was silent longest is closed.
MAX_OPEN = 200

#: Octets gathered for each of them.
BATCH_OF_EACH = 1 << 15


def ranges(text: str) -> list[tuple[int, int]]:
    """Packet numbers from 1: ``1-10,20,30-``. Raises UsageError."""
    found = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        try:
            low = int(first) if first else 1
            high = (int(last) if last else 1 << 62) if dash else low
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

    def is_one(self, packet: Packet) -> bool:
        """Whether the packet is a duplicate; it is remembered in any case."""
        digest = hashlib.blake2b(bytes(packet.raw(0, packet.caplen)), digest_size=16,
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
    ``every`` keeps each n-th of what the rest keeps, ``accept`` says whether a filter does.
    ``length`` cuts packets (octets), ``shift`` moves times (nanoseconds), ``scale`` stretches the
    distances from the first packet. ``duplicates`` drops those that it knows.
    """

    def __init__(self, source: Any, *, numbers: list[tuple[int, int]] | None = None,
                 begin: int | None = None, end: int | None = None, every: int = 1,
                 accept: Callable[[Packet], bool] | None = None, length: int = 0, shift: int = 0,
                 scale: float = 1.0, duplicates: Duplicates | None = None) -> None:
        self.source = source
        self.link_type = source.link_type
        self.snaplen = min(length, source.snaplen) if length else source.snaplen
        self.numbers = numbers
        self.last = max(high for _, high in numbers) if numbers else 0
        self.begin = begin
        self.end = end
        self.every = every
        self.accept = accept
        self.length = length
        self.shift = shift
        self.scale = scale
        self.duplicates = duplicates
        self.seen = 0
        self.kept = 0
        self.origin: int | None = None

    def next(self, packet: Packet) -> bool:
        while self.source.next(packet):
            self.seen += 1
            if self.origin is None:
                self.origin = packet.time
            if self.numbers is not None and self.seen > self.last:
                return False
            if self.wants(packet):
                self.kept += 1
                if (self.kept - 1) % self.every == 0:
                    self.change(packet)
                    return True
        return False

    def wants(self, packet: Packet) -> bool:
        """Whether the packet is in the slice, ``every`` aside."""
        if self.numbers is not None and not any(
                low <= self.seen <= high for low, high in self.numbers):
            return False
        if self.begin is not None and packet.time < self.begin:
            return False
        if self.end is not None and packet.time >= self.end:
            return False
        if self.accept is not None and not self.accept(packet):
            return False
        return self.duplicates is None or not self.duplicates.is_one(packet)

    def change(self, packet: Packet) -> None:
        """Cut the packet and move its time."""
        if self.length and packet.caplen > self.length:
            packet.place(packet.start, self.length)
        if self.scale != 1.0 and self.origin is not None:
            packet.time = self.origin + round((packet.time - self.origin) * self.scale)
        packet.time += self.shift

    def wait(self, timeout: float | None = None) -> bool:
        return False

    def close(self) -> None:
        self.source.close()


class Split(Sink):
    """Several files instead of one: by packets, octets, seconds of packet time, or connection.

    ``open(path, again)`` makes the writer for a name; with ``again`` the file exists already and
    is to be lengthened.
    """

    def __init__(self, base: str, open: Callable[[str, bool], Any], *, count: int = 0,
                 size: int = 0, seconds: float = 0, connections: bool = False) -> None:
        self.stem, self.suffix = split_suffix(base)
        self.open = open
        self.count = count
        self.size = size
        self.period = round(seconds * 10**9)
        self.connections = connections
        self.writers: OrderedDict[str, Any] = OrderedDict()
        self.paths: dict[str, int] = {}  #: and how many packets each got
        self.origin: int | None = None
        self.number = 0
        self.in_file = 0

    def path(self, packet: Packet) -> str:
        """The file that the packet belongs into."""
        if self.connections:
            name = connection(packet.link_type, packet.raw(0, packet.caplen))
            return f"{self.stem}-{name}{self.suffix}"
        if self.origin is None:
            self.origin = packet.time
        if self.period:
            return f"{self.stem}-{(packet.time - self.origin) // self.period:05d}{self.suffix}"
        if self.in_file and ((self.count and self.in_file >= self.count) or (
                self.size and self.at_hand().tell() + packet.caplen + 16 > self.size)):
            self.number += 1
            self.in_file = 0
        self.in_file += 1
        return f"{self.stem}-{self.number:05d}{self.suffix}"

    def at_hand(self) -> Any:
        """The writer that was used last."""
        return self.writers[next(reversed(self.writers))]

    def add(self, packet: Packet) -> None:
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
    if suffix.lower() in (".gz", ".zst", ".lz4", ".xz"):
        stem, inner = os.path.splitext(stem)
        suffix = inner + suffix
    return stem, suffix
