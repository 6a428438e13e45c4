"""Room columns/: the partitions of a scan filled by several processes, for one that asks.

The processes are started first, while this one is small and has one thread; each gives up its
rights by itself. What they make of a partition comes back as octets. Who is left by this process,
or stopped by Ctrl-C, ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from fyke.columns.extras import library
from fyke.columns.partitions import partitions
from fyke.columns.sources import named, size_of
from fyke.errors import FykeError, SavefileError
from fyke.sandbox import team

if TYPE_CHECKING:
    from fyke.columns.opening import Asked
    from fyke.columns.predicate import Predicate

SMALLEST, LARGEST = 1 << 20, 64 << 20  #: octets of captures in a task
EACH = 4  #: tasks of a process, so that the last one to end is not late
AHEAD = 2  #: tasks of a process that may be done before it is their turn: they fill the memory
ENDED = "a process of --jobs was ended; its packets are missing"
#: What a process makes of a partition: octets, rows, and what went wrong with its files.
Made = tuple[Any, int, list[Any]]


class Team:
    """``jobs`` processes. ``enter`` is what each does first: it leaves its rights; ``make``, what
    it makes of a partition (by itself an Arrow stream).
    """

    def __init__(self, jobs: int, enter: Callable[[], None],
                 make: Callable[[Any, Predicate], Made] | None = None) -> None:
        self.members = team.start(jobs, lambda tasks, _: work(tasks, enter, make or stream),
                                  deaf=True)

    def batches(self, asked: Asked, predicate: Predicate, damage: list[SavefileError] | None, *,
                in_order: bool = False) -> Iterator[Any]:
        """The batches of a scan, as pyarrow has them. Raises what reading raises."""
        arrow = library("pyarrow", "arrow")
        for octets, _ in self.results(asked, predicate, damage, in_order=in_order):
            if octets:
                yield from arrow.ipc.open_stream(octets)

    def results(self, asked: Asked, predicate: Predicate, damage: list[SavefileError] | None, *,
                in_order: bool = False) -> Iterator[tuple[bytes, int]]:
        """What was made of each partition, and of how many rows; in the partitions' order, or as
        they are done. Raises what reading raises, or puts damage down, and the next file follows.
        """
        parts = partitions(asked, self.size(asked), damage)
        waiting = list(enumerate(parts))[::-1]
        done: dict[int, Made] = {}
        busy: dict[Connection, int] = {}
        idle = [member.connection for member in self.members]
        due = 0  # the partition whose turn it is
        while due < len(parts):
            while idle and waiting and waiting[-1][0] < due + AHEAD * len(self.members):
                self.next_task(idle.pop(), waiting, predicate, busy)
            ready: list[Any] = wait(list(busy))
            for connection in ready:
                done[busy.pop(connection)] = answer(connection)
                idle.append(connection)
            while done and (due in done or not in_order):
                octets, rows, problems = done.pop(due if in_order else next(iter(done)))
                due += 1
                yield octets, rows
                for problem in problems:
                    if damage is None or not isinstance(problem, SavefileError):
                        raise problem
                    if str(problem) not in map(str, damage):  # of each part of a file that is gone
                        damage.append(problem)

    def next_task(self, connection: Connection, waiting: list[tuple[int, Any]],
                  predicate: Predicate, busy: dict[Connection, int]) -> None:
        """Give a process the next partition."""
        number, part = waiting.pop()
        try:
            connection.send((part, predicate))
        except ConnectionError:
            raise FykeError(ENDED) from None
        busy[connection] = number

    def size(self, asked: Asked) -> int:
        """Octets for each task."""
        whole = 0
        for one in named(asked.source):
            with suppress(SavefileError):  # which partitions tells
                whole += size_of(one)
        return min(max(whole // (EACH * len(self.members)) + 1, SMALLEST), LARGEST)

    def close(self) -> None:
        """End the processes."""
        for member in self.members:
            member.close()


def answer(connection: Connection) -> Made:
    """What a process has made. FykeError if it ended before that was told, or in the middle."""
    try:
        return (connection.recv_bytes(), *connection.recv())
    except (EOFError, OSError):
        raise FykeError(ENDED) from None


def work(tasks: Connection, enter: Callable[[], None],
         make: Callable[[Any, Predicate], Made]) -> None:
    """In a process of its own: partitions to octets, until there are no more."""
    enter()
    try:
        while True:
            octets, *rest = make(*tasks.recv())
            tasks.send_bytes(octets)
            tasks.send(rest)
    except (EOFError, ConnectionError):
        return  # nobody asks any more


def stream(part: Any, predicate: Predicate) -> Made:
    """The rows of a partition as an Arrow stream."""
    arrow = library("pyarrow", "arrow")
    sink = arrow.BufferOutputStream()
    problems: list[Any] = []
    rows = 0
    scan = part.asked.scan(predicate)
    scan.damage = problems
    writer = arrow.ipc.new_stream(sink, arrow.schema(scan))
    try:
        for batch in scan:
            rows += len(batch)
            writer.write_batch(arrow.record_batch(batch))
    except FykeError as error:
        problems.append(error)
    writer.close()
    return sink.getvalue(), rows, problems
