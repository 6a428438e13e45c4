"""Room door/: a savefile as rows of chosen fields: what a scan's columns have, row by row."""

from __future__ import annotations

import weakref
from threading import Lock
from typing import TYPE_CHECKING, Any

from fyke.closing import Closing
from fyke.columns.filler import Filler
from fyke.door.taking import CLOSED, LOOK, PATIENCE
from fyke.errors import SavefileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.columns.schema import Wanted
    from fyke.source import Source

FEW, MANY = 16, 4096  #: rows that are read at once: the first time, and at most


class Rows(Closing):
    """The packets of a savefile as tuples of columns; an iterator and a context manager.

    Rows are read some at a time, and one at a time where they may have to be waited for
    (``at_once`` is 1). Otherwise it is as a Reader: threads that share it get each row once, the
    file is closed behind the last packet, by ``close``, and when nobody has the rows any more.
    """

    def __init__(self, source: Source, wanted: list[Wanted],
                 machines: Callable[[int], Any] | None, at_once: int = MANY) -> None:
        self._source: Source | None = source
        self._filler = Filler(wanted, machines, brief=True)
        self._at_once = at_once
        self._room = min(FEW, at_once)
        self._ready: list[tuple[Any, ...]] = []  # the next row is the last
        self._problem: Exception | None = None  # to be raised behind them
        self._closed = False
        self._lock = Lock()
        weakref.finalize(self, source.close)

    def __iter__(self) -> Rows:
        if self._closed:
            raise UsageError(CLOSED)
        return self

    def __next__(self) -> tuple[Any, ...]:
        with self._lock:
            while not self._ready or self._closed:
                self._more()
            return self._ready.pop()

    def _more(self) -> None:
        """Read on. Raises what reading raises; StopIteration behind the last row."""
        problem, source = self._problem, self._source
        self._problem = None
        if self._closed or isinstance(problem, SavefileError):
            self._end()
        if self._closed:
            raise UsageError(CLOSED)
        if problem is not None:
            raise problem
        if source is None:
            raise StopIteration
        filler = self._filler
        filler.begin(self._room)
        more = True
        try:
            more = filler.fill(source)
        except Exception as error:
            self._problem = error
        finally:  # whole rows stand, whatever went wrong
            count = filler.rows
            columns = [vector.values(count) for vector in filler.take()]
            self._ready = list(zip(*columns, strict=True))[::-1]
        self._room = min(2 * self._room, self._at_once)
        if not more and not self._ready and not source.wait(LOOK):
            self._end()

    def _end(self) -> None:
        """No row comes any more: let the file go."""
        source = self._source
        if source is not None:
            self._source = None
            source.close()

    def close(self) -> None:
        """Close the file, unless it is the caller's; may be called twice, and by any thread.

        A thread that waits for the packets of a pipe is not waited for: it closes when it goes on.
        """
        self._closed = True
        if self._lock.acquire(timeout=PATIENCE):
            try:
                self._end()
            finally:
                self._lock.release()
