"""Room door/: savefiles to iterate over: as packets, or as rows of chosen fields."""

from __future__ import annotations

import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Any

from fyke.door.gate import Gate
from fyke.errors import SavefileError, UsageError
from fyke.files.origin import Origin
from fyke.linktypes import LinkType, by_number
from fyke.packet import Packet
from fyke.wire import Packet as Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fyke.filter.machines import Machines
    from fyke.stream import Source
    from fyke.tables.columns import Column

LOOK = 1.0  # seconds between two looks at a silent source


class Reader:
    """A savefile: iterate over it, once; a context manager.

    It is its own iterator: a loop that was left with ``break`` can be taken up by another, and
    threads that share a reader get each packet once. The file is closed after the last packet,
    at the end of ``with``, by ``close`` and when nobody has the reader any more.
    """

    def __init__(self, source: Source, filter: str | None) -> None:
        self._source = source
        self._gate = Gate(source.close)
        self._finalizer = weakref.finalize(self, source.close)
        self._ended = False
        self._record = Record()
        self._origin = Origin(source)
        self._machines: Machines | None = None
        if filter:
            from fyke.filter.machines import Machines
            swapped = getattr(source, "swapped", False)
            self._machines = Machines(filter, savefile="swapped" if swapped else "unswapped")
            self._machines(source.link_type)  # a bad expression is told at once

    @property
    def link_type(self) -> LinkType:
        """The link type of its (first) interface."""
        return by_number(self._source.link_type)

    def __iter__(self) -> Reader:
        if self._gate.closing and not self._ended:
            raise UsageError(CLOSED)
        return self

    def __next__(self) -> Packet:
        gate = self._gate
        source = self._source
        record = self._record
        machines = self._machines
        try:
            with gate.lock:
                if gate.closing:
                    if self._ended:
                        raise StopIteration
                    raise UsageError(CLOSED)
                while True:
                    while source.next(record):
                        if machines is None or machines(record.link_type).run(record):
                            return Packet.from_record(record, self._origin.mark)
                    if not source.wait(LOOK):
                        self._end()
                        raise StopIteration
        except SavefileError:
            self._end()
            raise
        finally:
            if gate.closing:
                gate.left()

    def _end(self) -> None:
        """No packet comes any more: the file can go."""
        self._ended = self._gate.closing = True

    def close(self) -> None:
        """Close the file, unless it is the caller's; may be called twice, and by any thread."""
        self._ended = False  # to go on now would be a mistake
        self._gate.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


CLOSED = "this reader is closed; open the file again with fyke.read"


class Rows:
    """The packets of a savefile as tuples of columns; an iterator and a context manager."""

    def __init__(self, reader: Reader, columns: Sequence[Column]) -> None:
        self._reader = reader
        self._columns = columns

    def __iter__(self) -> Rows:
        iter(self._reader)
        return self

    def __next__(self) -> tuple[Any, ...]:
        packet = next(self._reader)
        return tuple([column.value(packet) for column in self._columns])

    def close(self) -> None:
        """Close the file, as ``Reader.close`` does."""
        self._reader.close()

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()
