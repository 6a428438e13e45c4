"""Room files/: a savefile that is followed by the next at a size or a time (-C, -G, -W)."""

from __future__ import annotations

import time
from collections.abc import Callable

from fyke.hints import TYPE_CHECKING, Any
from fyke.source import Finished, Sink
from fyke.wire import Record

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

if TYPE_CHECKING:
    from fyke.files.writer import Writer


class FileNames:
    """The names that tcpdump gives: strftime of ``base`` with ``timed``, then a number.

    The first file without a ``count`` has no number, the next ones 1, 2 …; with a ``count`` all
    have one, from 0, with leading zeros so that they sort.
    """

    def __init__(self, base: str, *, timed: bool = False, count: int = 0) -> None:
        self.base = base
        self.timed = timed
        self.width = len(str(count - 1)) if count > 1 else 0

    def name(self, number: int, now: float) -> str:
        """The name of the file with this number, begun at ``now`` (seconds since the epoch)."""
        base = time.strftime(self.base, time.localtime(now)) if self.timed else self.base
        if number == 0 and self.width == 0:
            return base
        return f"{base}{number:0{self.width}d}"


class Rotation(Sink):
    """A Sink that begins the next file when one is large or old enough.

    ``open`` makes the writer for a name. ``size`` is in octets: a file that has grown beyond it
    gets no further packet, and with ``count`` the first is overwritten after as many files, of the
    same period if there are ``seconds``: these are the length of a period by the clock on the wall.
    ``count`` periods without a ``size`` are the end: Finished is raised, and no more packets are
    taken.

    ``by_clock``: a period ends on time (``tick``), the next one begins where it ended, and one
    without packets has no file, unless ``count`` counts it. Otherwise, as in tcpdump, the first
    packet that is late ends a period and begins the next. ``closed`` is told each name when its
    file is complete, ``dropped`` each of a file without packets that is not to be, ``ended`` is
    called behind the last. ``clock`` is another clock than the wall's.
    """

    __slots__ = ("begun", "by_clock", "clock", "count", "dropped", "ended", "files", "finished",
                 "names", "number", "open", "path", "seconds", "size", "size_before",
                 "taken_before", "told", "waiting", "writer", "written_before")

    def __init__(self, base: str, open: Callable[[str], Writer], *, size: int = 0,
                 seconds: int = 0, count: int = 0, closed: Callable[[str], None] | None = None,
                 dropped: Callable[[str], None] | None = None, by_clock: bool = False,
                 clock: Callable[[], float] | None = None,
                 ended: Callable[[], None] | None = None) -> None:
        self.open = open
        self.size = size
        self.seconds = seconds
        self.count = count
        self.told = closed
        self.ended = ended
        self.dropped = dropped
        self.by_clock = by_clock
        self.clock = clock
        self.names = FileNames(base, timed=seconds > 0, count=count if size else 0)
        self.number = 0
        self.files = 1
        self.finished = False
        self.waiting = False  # no file is open: the next packet opens one
        self.begun = self.now()
        self.path = self.names.name(0, self.begun)
        self.taken_before = 0
        self.written_before = 0
        self.size_before = 0
        self.writer: Any = open(self.path)

    @property
    def taken(self) -> int:
        """Packets added to all files."""
        return self.taken_before + int(self.writer.taken)

    @property
    def written(self) -> int:
        """Packets that the operating system took, in all files."""
        return self.written_before + int(self.writer.written)

    def tell(self) -> int:
        """Octets of all files, as far as they are made, before compression."""
        return self.size_before + int(self.writer.tell())

    def add(self, packet: Record) -> None:
        if self.seconds and not self.finished:
            now = self.now()
            if now - self.begun >= self.seconds:
                self.by_time(now)
        if self.finished:
            raise Finished(f"Maximum file limit reached: {self.count}")
        if self.waiting:
            self.begin_file()
        elif self.size and self.writer.tell() > self.size:
            self.by_size()
        self.writer.add(packet)

    def tick(self) -> None:
        """End the period if its time has come."""
        if not self.seconds or not self.by_clock or self.finished:
            return
        now = self.now()
        if now - self.begun >= self.seconds:
            self.by_time(now)
            if self.finished:
                raise Finished(f"Maximum file limit reached: {self.count}")

    def now(self) -> float:
        """Seconds since the epoch; asked for each packet, as only the clock on the wall counts."""
        if self.clock is not None:
            return self.clock()
        if cython.compiled:
            return wall_clock()  # type: ignore  # noqa: F821
        return time.time()

    def by_time(self, now: float) -> None:
        """The next period; with ``count`` of them, the end."""
        counted = self.count > 0 and not self.size
        if counted and self.files >= self.count:
            self.finished = True
            self.complete()
            return
        self.files += 1
        self.begun = self.begun + (now - self.begun) // self.seconds * self.seconds \
            if self.by_clock else now
        self.number = 0
        if counted or not self.by_clock:
            self.next_file()
        elif not self.waiting:
            self.complete()
            self.waiting = True

    def by_size(self) -> None:
        """The next number; back to the first after ``count`` files."""
        self.number += 1
        if self.count:
            self.number %= self.count
        self.next_file()

    def next_file(self) -> None:
        """Complete the file at hand and begin the next."""
        self.complete()
        self.begin_file()

    def begin_file(self) -> None:
        """Open the next file; the one before it is closed."""
        path = self.names.name(self.number, self.begun)
        writer = self.open(path)
        self.taken_before += self.writer.taken
        self.written_before += self.writer.written
        self.size_before += self.writer.tell()
        self.path, self.writer = path, writer
        self.waiting = False

    def complete(self) -> None:
        """Close the file at hand, and say so if it is whole."""
        empty = self.writer.taken == 0 and self.by_clock and not self.count and not self.finished
        self.writer.close()
        if self.writer.failed:
            return
        if empty and self.dropped is not None:
            self.dropped(self.path)
        elif self.told is not None:
            self.told(self.path)

    def flush(self) -> None:
        if not self.finished:
            self.writer.flush()

    def close(self) -> None:
        if not self.finished:
            self.finished = True
            if not self.waiting:
                self.complete()
        ended, self.ended = self.ended, None
        if ended is not None:
            ended()
