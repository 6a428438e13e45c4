"""Output of a worker on its way to the one that writes it: through memory that both share.

A worker copies what it made into its ring and tells where; the other one writes it when its turn
has come, and gives the room back. So a worker may be ahead by as much as the ring holds, and no
byte goes through a pipe.
"""

from __future__ import annotations

import mmap
import struct
from multiprocessing.connection import Connection

from fyke.hints import Any, Callable

ROOM = 1 << 24  # bytes of a ring

#: What a worker tells, and two numbers: where output is and how much; packets; nothing.
TOLD = struct.Struct("=cqq")
OUTPUT, DONE, FAILED, READY = b"odfr"


class Ring:
    """Shared memory that is written round and round, seen from the one that writes to it.

    A file for whoever makes output: ``write`` and ``flush``. ``hear`` waits for one message of the
    other side; what is no room given back is a task, and kept in ``tasks``.
    """

    def __init__(self, memory: mmap.mmap, connection: Connection) -> None:
        self.memory = memory
        self.connection = connection
        self.at = 0
        self.free = len(memory)
        self.tasks: list[Any] = []

    def write(self, output: Any) -> int:
        """Copy all of it, as room comes."""
        with memoryview(output) as whole:
            done = 0
            while done < len(whole):
                while not self.free or self.connection.poll():
                    self.hear()
                if self.free == len(self.memory):
                    self.at = 0  # what was used last is still in the processor's cache
                count = min(len(whole) - done, self.free, len(self.memory) - self.at)
                self.memory[self.at:self.at + count] = whole[done:done + count]
                self.tell(OUTPUT, self.at, count)
                self.at = (self.at + count) % len(self.memory)
                self.free -= count
                done += count
            return len(whole)

    def flush(self) -> None:
        """All of it has been told."""

    def tell(self, what: int, first: int = 0, second: int = 0) -> None:
        """A message to the other side."""
        self.connection.send_bytes(TOLD.pack(bytes((what,)), first, second))

    def hear(self) -> None:
        """Wait for one message. Raises EOFError when there will be none."""
        heard = self.connection.recv()
        if isinstance(heard, int):
            self.free += heard
        else:
            self.tasks.append(heard)

    def next_task(self) -> Any:
        """The next task. Raises EOFError when there will be none."""
        while not self.tasks:
            self.hear()
        return self.tasks.pop(0)


class Outlet:
    """The same, from the other side: ``put`` is given each piece of output, in the right order."""

    def __init__(self, memory: mmap.mmap, connection: Connection) -> None:
        self.view = memoryview(memory)
        self.connection = connection

    def pour(self, pieces: list[tuple[int, int]], put: Callable[[memoryview], Any]) -> None:
        """Write what was told so far, and give the room back. EOFError if nobody is there."""
        while pieces:
            at, count = pieces.pop(0)
            with self.view[at:at + count] as output:
                put(output)
            try:
                self.connection.send(count)
            except OSError:
                raise EOFError from None
