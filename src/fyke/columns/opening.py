"""Room columns/: what ``fyke.scan`` is asked for, as a Scan; it opens sources when it is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fyke.columns.predicate import UNKNOWN
from fyke.columns.scan import ROWS, Scan
from fyke.columns.schema import USUAL, as_objects, wanted
from fyke.columns.sources import is_once, named, open_source
from fyke.columns.where import Where
from fyke.errors import UsageError
from fyke.filter.compile import syntax
from fyke.hints import NamedTuple
from fyke.tables.columns import columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.columns.predicate import Predicate
    from fyke.source import Source
    from fyke.tables.columns import Column


class Asked(NamedTuple):
    """What a scan was asked for: small, and fit to be sent to another process."""

    source: Any
    names: tuple[str, ...]
    filter: str | None
    dialect: str
    addresses: str
    rows: int = ROWS
    defragment: str = ""  #: what becomes of overlapping fragments; empty: fragments stay so
    where: str | None = None  #: tests of columns

    def columns(self) -> list[Column]:
        """What it takes of a packet: what is wanted, and what ``where`` asks."""
        asked = Where(self.where).columns if self.where else []
        return [*columns(self.names), *(one.column for one in asked)]

    def scan(self, predicate: Predicate = UNKNOWN, *, objects: bool = False) -> Scan:
        """The Scan of it; rows that ``predicate`` cannot take may be left out. ``objects``: with
        values as Python has them (schema.as_objects), for text.
        """
        found = as_objects(self.names) if objects else wanted(self.names, self.addresses)
        return Scan(opener(self.source, self.defragment), found,
                    machines(self.filter, self.dialect), self.rows, self, predicate,
                    self.where)


def scan(path: Any, names: list[str] | None, filter: str | None, dialect: str,
         addresses: str, defragment: str = "", where: str | None = None) -> Scan:
    """The Scan of captures. Raises UsageError, FilterError, SavefileError."""
    if isinstance(path, list):
        path = tuple(path)
    if filter is not None:  # what is wrong is told at once, by whoever reads later
        syntax(filter, dialect)
    if where:
        Where(where)
    return Asked(path, tuple(USUAL if names is None else names), filter, dialect,
                 addresses, defragment=defragment, where=where).scan()


def opener(source: Any, defragment: str = "") -> Callable[[], Iterator[Source]]:
    """What opens the sources again and again, or once if one cannot be read twice."""
    captures = named(source)
    once = any(map(is_once, captures))
    used: list[bool] = []

    def sources() -> Iterator[Source]:
        if once and used:
            raise UsageError("standard input and file objects are read once; scan a path instead")
        used.append(True)
        if defragment:
            return map(open_whole, captures)  # goes on behind an error; a generator would not
        return map(open_source, captures)

    def open_whole(one: Any) -> Source:
        from fyke.conversations.fragments import Defragmented
        return Defragmented(open_source(one), defragment)
    if not once and isinstance(captures[0], str):
        open_source(captures[0]).close()  # what is no capture is told at once
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
