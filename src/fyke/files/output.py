"""Room files/: what both writers share: batches, and the account of what was not written.

Packets gather in one reused buffer and leave in large writes, so that a file cut short by a crash
ends with at worst one torn record.
"""

from __future__ import annotations

import select

from fyke.errors import OutputError, Stalled
from fyke.files.signals import hear
from fyke.hints import Any
from fyke.source import Sink
from fyke.wire import Line, Record

#: Octets that leave at once, or somewhat more (benchmarks.files: an eighth faster than a quarter
#: of it).
BATCH = 1 << 19

#: Writes end where a page of the file ends: the kernel takes those half as fast again.
PAGE = 1 << 12

#: Octets of the buffer at first; it grows to what is gathered.
SMALL = 1 << 16

#: One record may be this large; the buffer grows to it only if a packet is.
LARGEST_RECORD = 1 << 30


class Output(Sink):
    """A savefile being written: ``file`` is a raw binary file, ``name`` what errors call it."""

    name: str
    taken: int  #: packets added
    written: int  #: packets that the operating system took whole
    size: int  #: octets taken by the file so far (before compression)
    wanted: int  #: octets to be gathered before they are written; 0: each packet leaves at once
    batch: int  #: the same, up to the next page end of the file
    begun: int  #: gathered octets in front that end a packet whose beginning is in the file
    failed: bool  #: a write failed; nothing more is written

    def __init__(self, file: Any, name: str) -> None:
        self.file = file
        self.name = name
        self.line = Line(SMALL, LARGEST_RECORD)
        self.taken = 0
        self.written = 0
        self.size = 0
        self.begun = 0
        self.failed = False
        self.closed = False
        self.gather(BATCH)

    def gather(self, count: int) -> None:
        """Write when ``count`` octets have gathered, or somewhat more; 0: after each packet."""
        self.wanted = count
        end = (self.size + count + PAGE - 1) // PAGE * PAGE
        self.batch = end - self.size if count else 0

    def push(self) -> None:
        """Write what is gathered. Raises OutputError that counts the packets not written."""
        self.send(self.line.pos)

    def spill(self) -> None:
        """Enough is gathered: write it, up to the last page end, which is in the last packet."""
        pos = self.line.pos
        if self.wanted:
            self.send(pos - (self.size + pos) % PAGE)
        else:
            self.send(pos)
            self.flush()  # compressors gather too

    def send(self, count: int) -> None:
        """Write ``count`` octets of what is gathered, and keep the rest."""
        line = self.line
        view = memoryview(line.buf)[:count]
        done = 0
        try:
            if self.failed or self.closed:
                raise OSError("closed" if self.closed else "not writable any more")
            while done < count:
                done += self.write_some(view[done:])
        except (OSError, ValueError, Stalled) as error:
            if 0 < self.begun <= done:
                self.written += 1
            self.written += self.whole_packets(view[self.begun:done])
            self.fail(error)
        finally:
            view.release()
            rest = bytes(memoryview(line.buf)[count:line.pos])
            line.rewind(0)
            line.begin()
        line.put(rest)
        self.size += count
        self.begun = len(rest)
        self.written = self.taken - (1 if rest else 0)
        self.gather(self.wanted)

    def tell(self) -> int:
        """Octets of the file so far, with those still to be written, before compression."""
        return self.size + self.line.pos

    def size_of(self, packet: Record) -> int:
        """Octets of the file that the packet will take."""
        raise NotImplementedError

    def write_some(self, view: memoryview) -> int:
        """One write, waiting where a non-blocking descriptor takes nothing now."""
        while True:
            got = self.file.write(view)
            if got is not None:
                if got < len(view):  # perhaps a signal came
                    hear()
                return int(got)
            select.select([], [self.file], [])

    def whole_packets(self, data: memoryview) -> int:
        """How many whole packets there are in octets that this writer made, from the first on."""
        return 0

    def fail(self, error: Exception) -> None:
        """Say how much is not in the file: OutputError."""
        self.failed = True
        lost = self.taken - self.written
        why = getattr(error, "strerror", None) or error
        about = "about " if hasattr(self.file, "gathers") else ""
        told = f"{about}{self.written} packets written, {lost} not written" if self.taken else \
            "no packet is written"  # the header already failed
        kind = Stalled if isinstance(error, Stalled) else OutputError
        raise kind(f"{self.name}: {why}; {told}") from error

    def add(self, packet: Record) -> None:
        raise NotImplementedError

    def flush(self) -> None:
        if self.failed or self.closed:
            return
        if self.line.pos:
            self.push()
        try:
            self.file.flush()
        except (OSError, ValueError) as error:
            self.fail(error)

    def finish(self) -> None:
        """What the format wants at its end."""

    def close(self) -> None:
        if self.closed:
            return
        try:
            if not self.failed:
                self.finish()
                self.flush()
        finally:
            self.closed = True
            self.gather(0)  # whatever is added now is refused at once
            try:
                self.file.close()
            except (OSError, ValueError) as error:
                if not self.failed:
                    self.fail(error)
