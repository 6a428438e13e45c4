"""Room columns/: a capture as a table that the data world scans: opened when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fyke.columns.capsules import Batch, Stream, schema_capsule
from fyke.columns.filler import Filler
from fyke.columns.predicate import UNKNOWN, all_of
from fyke.columns.schema import Wanted, types_of
from fyke.columns.where import Where
from fyke.errors import SavefileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.columns.opening import Asked
    from fyke.columns.partitions import Partition
    from fyke.columns.predicate import Predicate
    from fyke.source import Source
    from fyke.tables.columns import Column

#: Rows of a batch, where nothing says otherwise.
ROWS = 1 << 16
LOOK = 1.0  # seconds between two looks at a silent source


class Scan:
    """Packets as a table. ``schema`` says the columns and their types.

    ``pyarrow.table(scan)``, ``polars.DataFrame(scan)``, ``duckdb.sql("from scan")`` and
    ``pandas.DataFrame.from_arrow(scan)`` read it through Arrow's C stream; iterating gives batches
    (each with ``__arrow_c_array__``). Each reads the source from its beginning; one that can be
    read only once (standard input, a file object) gives UsageError the second time.

    Memory is bounded by the batch. A torn file gives its whole packets, then SavefileError, which
    a consumer tells in its own kind of error.
    """

    def __init__(self, open_sources: Callable[[], Iterator[Source]], wanted: list[Wanted],
                 machines: Callable[[Source], Any] | None = None, rows: int = ROWS,
                 asked: Asked | None = None,
                 predicate: Predicate = UNKNOWN, where: str | None = None) -> None:
        """``where``: tests of columns (where.py), which were looked at. ``predicate``: what rows
        may be left out, because whoever asks will ask again.
        """
        self._asked = asked
        self._predicate = predicate
        #: Where errors of files are put down, if the next file is to follow.
        self.damage: list[SavefileError] | None = None
        self._open = open_sources
        self._wanted = wanted
        self._machines = machines
        self._where = where
        self._rows = rows

    @property
    def schema(self) -> dict[str, str]:
        """The columns by name, and what type each has."""
        return types_of(self._wanted)

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [one.name for one in self._wanted]

    @property
    def columns(self) -> list[Column]:
        """What each column takes of a packet."""
        return [one.column for one in self._wanted]

    @property
    def kinds(self) -> list[Any]:
        """The types of the columns."""
        return [one.kind for one in self._wanted]

    def __iter__(self) -> Iterator[Batch]:
        """The batches, from the first packet on. Raises SavefileError behind the whole packets."""
        sources = self._open()
        while True:
            try:
                source = next(sources, None)
                if source is None:
                    return
                yield from self.batches(source)
            except SavefileError as error:
                if self.damage is None:
                    raise
                self.damage.append(error)

    def batches(self, source: Source, most: int | None = None) -> Iterator[Batch]:
        """The batches of one source, which is closed at the end; at most so many rows.

        A live source gives what has come whenever it has nothing more at the moment.
        """
        where = Where(self._where) if self._where else None
        asked = where.columns if where is not None else []
        machines = self._machines(source) if self._machines is not None else None
        predicate = self._predicate
        if where is not None:
            predicate = all_of([predicate, where.predicate()])
        filler = Filler([*self._wanted, *asked], machines, where, screens(predicate))
        names, kinds, count = self.names, self.kinds, len(self._wanted)
        try:
            waiting = True
            left = most if most is not None else 1 << 62
            while waiting and left > 0:
                filler.begin(min(self._rows, left))
                if where is not None:
                    where.bind(filler.vectors()[count:])
                problem: Exception | None = None
                try:
                    waiting = filler.fill(source)
                except Exception as error:  # whole rows stand, whatever went wrong
                    problem = error
                if filler.rows:
                    rows = filler.rows
                    left -= rows
                    yield Batch(names, kinds, filler.take()[:count], rows)
                if problem is not None:
                    raise problem
                waiting = waiting or (left > 0 and source.wait(LOOK))
        finally:
            source.close()

    @property
    def asked(self) -> Asked:
        """What it was asked for. UsageError for a scan of what cannot be opened anew."""
        if self._asked is None:
            raise UsageError("this scan is of an open source; scan a path instead")
        return self._asked

    def partitions(self, bytes: int = 128 << 20) -> list[Partition]:
        """The scan in parts of about ``bytes`` octets that can be read apart, in their order.

        Each can be pickled and read by another process or machine that sees the same path. Large
        pcap and pcapng files are cut, small ones put together; a compressed file is in one part.
        Raises UsageError for standard input and file objects, SavefileError.
        """
        from fyke.columns.partitions import partitions
        return partitions(self.asked, bytes)

    def polars(self) -> Any:
        """A ``polars.LazyFrame`` that reads the columns and packets that its query needs."""
        from fyke.columns.for_polars import lazy_frame
        return lazy_frame(self.asked)

    def dataset(self) -> Any:
        """A ``pyarrow.dataset.Dataset``: DuckDB and others hand it what their query needs."""
        from fyke.columns.for_arrow import dataset
        return dataset(self.asked)

    def __arrow_c_schema__(self) -> Any:
        return schema_capsule(self.names, self.kinds)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return Stream(self.names, self.kinds, iter(self)).capsule()

    def __repr__(self) -> str:
        return f"<fyke.Scan {', '.join(f'{name}: {kind}' for name, kind in self.schema.items())}>"


def screens(predicate: Predicate) -> Callable[[int], Any] | None:
    """What makes the machine that leaves packets out for a link type; None where none is."""
    if predicate is UNKNOWN:
        return None
    from fyke.columns.pushdown import superset

    def of(link_type: int) -> Any:
        program = superset(predicate, link_type)
        return None if program is None else program.machine()
    return of
