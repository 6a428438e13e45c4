"""Room columns/: the partitions of a scan filled by several processes, for one that asks.

The processes are started first, while this one is small and has one thread; each gives up its
rights by itself. Batches come back as Arrow streams, in whatever order they are done. Who is left
by this process, or stopped by Ctrl-C, ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from fyke.columns.extras import library
from fyke.errors import FykeError, SavefileError
from fyke.sandbox import team

if TYPE_CHECKING:
    from fyke.columns.opening import Asked
    from fyke.columns.predicate import Predicate

SMALLEST, LARGEST = 1 << 20, 64 << 20  #: octets of captures in a task
EACH = 4  #: tasks of a process, so that the last one to end is not late


class Team:
    """``jobs`` processes. ``enter`` is what each does first: it leaves its rights."""

    def __init__(self, jobs: int, enter: Callable[[], None]) -> None:
        self.members = team.start(jobs, lambda tasks, _: work(tasks, enter))

    def batches(self, asked: Asked, predicate: Predicate,
                damage: list[SavefileError] | None) -> Iterator[Any]:
        """The batches of a scan, as pyarrow has them. Raises what reading raises."""
        arrow = library("pyarrow", "arrow")
        parts = asked.scan().partitions(self.size(asked))
        parts.reverse()
        busy: set[Connection] = set()
        for member, _ in self.members:
            self.next_task(member, parts, predicate, busy)
        while busy:
            ready: list[Any] = wait(list(busy))
            for connection in ready:
                try:
                    octets, problem = connection.recv_bytes(), connection.recv()
                except EOFError:
                    raise FykeError("a process of --jobs was ended; its packets are missing"
                                    ) from None
                busy.discard(connection)
                self.next_task(connection, parts, predicate, busy)
                if octets:
                    yield from arrow.ipc.open_stream(octets)
                if isinstance(problem, SavefileError) and damage is not None:
                    damage.append(problem)
                elif problem is not None:
                    raise problem

    def next_task(self, connection: Connection, parts: list[Any], predicate: Predicate,
                  busy: set[Connection]) -> None:
        """Give a process the next partition, if one is left."""
        if parts:
            connection.send((parts.pop(), predicate))
            busy.add(connection)

    def size(self, asked: Asked) -> int:
        """Octets for each task."""
        from fyke.columns.sources import named, size_of
        whole = sum(size_of(one) for one in named(asked.source))
        return min(max(whole // (EACH * len(self.members)) + 1, SMALLEST), LARGEST)

    def close(self) -> None:
        """End the processes."""
        for member in self.members:
            member.close()


def work(tasks: Connection, enter: Callable[[], None]) -> None:
    """In a process of its own: partitions to streams, until there are no more."""
    enter()
    while True:
        try:
            part, predicate = tasks.recv()
        except EOFError:
            return
        octets, problem = stream(part, predicate)
        tasks.send_bytes(octets)
        tasks.send(problem)


def stream(part: Any, predicate: Predicate) -> tuple[Any, BaseException | None]:
    """The rows of a partition as an Arrow stream, and what ended it."""
    arrow = library("pyarrow", "arrow")
    sink = arrow.BufferOutputStream()
    problem = None
    scan = part.asked.scan(predicate)
    writer = arrow.ipc.new_stream(sink, arrow.schema(scan))
    try:
        for batch in scan:
            writer.write_batch(arrow.record_batch(batch))
    except FykeError as error:
        problem = error
    writer.close()
    return sink.getvalue(), problem
