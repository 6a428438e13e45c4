"""Room columns/: what ``fyke.scan`` is asked for, as a Scan; it opens sources when it is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fyke.columns.scan import Scan
from fyke.columns.schema import USUAL, wanted
from fyke.errors import UsageError
from fyke.files.reader import open_capture

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.source import Source


def scan(path: Any, names: list[str] | None, filter: str | None, dialect: str,
         addresses: str) -> Scan:
    """The Scan of a file. Raises UsageError, FilterError, SavefileError."""
    found = wanted(names if names is not None else USUAL, addresses)
    return Scan(opener(path), found, machines(filter, dialect))


def opener(path: Any) -> Callable[[], Iterator[Source]]:
    """What opens the source again and again, or once if it cannot be read twice."""
    once = path == "-" or hasattr(path, "read") or hasattr(path, "readinto")
    used: list[bool] = []

    def sources() -> Iterator[Source]:
        if once and used:
            raise UsageError("standard input and file objects are read once; scan a path instead")
        used.append(True)
        yield open_capture(path)
    if not once and not isinstance(path, (bytes, bytearray, memoryview)) and os.path.isfile(path):
        open_capture(path).close()  # what is no capture is told at once
    return sources


def machines(filter: str | None, dialect: str) -> Callable[[Source], Any] | None:
    """What makes a filter's Machines for a source; a bad expression is told at once."""
    if not filter:
        return None
    from fyke.filter.machines import Machines

    def of(source: Source) -> Machines:
        swapped = getattr(source, "swapped", False)
        made = Machines(filter, savefile="swapped" if swapped else "unswapped", dialect=dialect)
        made(source.link_type)
        return made
    return of
