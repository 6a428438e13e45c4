"""Room files/: what both writers share: batches, and the account of what was not written.

Packets gather in one reused buffer and leave in large writes, so that a file cut short by a crash
ends with at worst one torn record.
"""

from __future__ import annotations

import select
from typing import Any

from fyke.errors import OutputError
from fyke.stream import Sink
from fyke.wire import Line, Packet

#: Octets that leave at once.
BATCH = 1 << 17

#: One record may be this large; the buffer grows to it only if a packet is.
LARGEST_RECORD = 1 << 30


class Output(Sink):
    """A savefile being written: ``file`` is a raw binary file, ``name`` what errors call it."""

    name: str
    taken: int  #: packets added
    written: int  #: packets that the operating system took whole
    size: int  #: octets taken by the file so far (before compression)
    failed: bool  #: a write failed; nothing more is written

    def __init__(self, file: Any, name: str) -> None:
        self.file = file
        self.name = name
        self.line = Line(2 * BATCH, LARGEST_RECORD)
        self.batch = BATCH
        self.taken = 0
        self.written = 0
        self.size = 0
        self.failed = False
        self.closed = False

    def push(self) -> None:
        """Write what is gathered. Raises OutputError that counts the packets not written."""
        line = self.line
        view = memoryview(line.buf)[:line.pos]
        done = 0
        try:
            if self.failed or self.closed:
                raise OSError("not writable any more")
            while done < len(view):
                done += self.write_some(view[done:])
        except (OSError, ValueError) as error:
            self.written += self.whole_packets(view[:done])
            self.fail(error)
        else:
            self.written = self.taken
            self.size += done
        finally:
            view.release()
            line.rewind(0)
            line.begin()

    def tell(self) -> int:
        """Octets of the file so far, with those still to be written, before compression."""
        return self.size + self.line.pos

    def write_some(self, view: memoryview) -> int:
        """One write, waiting where a non-blocking descriptor takes nothing now."""
        while True:
            got = self.file.write(view)
            if got is not None:
                return int(got)
            select.select([], [self.file], [])

    def whole_packets(self, data: memoryview) -> int:
        """How many whole packets there are in octets that this writer made."""
        return 0

    def fail(self, error: Exception) -> None:
        """Say how much is not in the file: OutputError."""
        self.failed = True
        lost = self.taken - self.written
        why = getattr(error, "strerror", None) or error
        told = f"{self.written} packets written, {lost} not written" if self.taken else \
            "no packet is written"  # the header already failed
        raise OutputError(f"{self.name}: {why}; {told}") from error

    def add(self, packet: Packet) -> None:
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
            try:
                self.file.close()
            except (OSError, ValueError) as error:
                if not self.failed:
                    self.fail(error)
