"""Captures as a dask DataFrame: a partition of the frame for each partition of a scan.

    frame = fyke.dask.read("captures/*.pcap", ["time", "ip.src", "wire_length"])
    frame.groupby("ip.src", dropna=False).wire_length.sum().compute()

A task is some hundred bytes that name octets of files; whichever worker runs it opens them itself,
so a task that is lost with its worker is run again by another. All workers must see the files by
the same paths or addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fyke.api import scan
from fyke.columns.extras import library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fyke.columns.partitions import Partition


def read(source: Any, columns: Sequence[str] | None = None, *, filter: str | None = None,
         bytes: int = 128 << 20, **how: Any) -> Any:
    """A ``dask.dataframe.DataFrame`` of captures; arguments as of ``fyke.scan``.

    ``bytes``: octets of captures in one partition. Columns have pandas' Arrow types, addresses as
    text. Raises what ``fyke.scan`` and ``Scan.partitions`` raise; what a task raises when
    it reads its files, ``compute`` raises.
    """
    frames = library("dask.dataframe", "dask")
    asked = scan(source, None if columns is None else list(columns), filter=filter, **how)
    return frames.from_map(frame, asked.partitions(bytes), meta=empty(asked), label="fyke")


def frame(partition: Partition) -> Any:
    """The rows of one partition as a pandas DataFrame."""
    arrow = library("pyarrow", "dask")
    scanned = partition.scan()  # batch by batch: so errors stay ours
    return as_pandas(arrow.Table.from_batches(map(arrow.record_batch, scanned),
                                              arrow.schema(scanned)))


def empty(scanned: Any) -> Any:
    """No rows: what dask must know of the columns."""
    arrow = library("pyarrow", "dask")
    return as_pandas(arrow.schema(scanned).empty_table())


def as_pandas(table: Any) -> Any:
    """With Arrow's types, nulls kept; dictionaries as text, for each batch has its own."""
    arrow = library("pyarrow", "dask")
    pandas = library("pandas", "dask")
    fields = [field.with_type(field.type.value_type) if arrow.types.is_dictionary(field.type)
              else field for field in table.schema]
    return table.cast(arrow.schema(fields)).to_pandas(types_mapper=pandas.ArrowDtype)
