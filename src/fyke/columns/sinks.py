"""Room columns/: where tables go: Parquet and Arrow files (by pyarrow), CSV, TSV and JSON lines.

pyarrow writes what Parquet needs (pages, dictionaries, statistics, zstd) and is kept well; it is
the extra ``columns``, and is loaded when the first file of it is written.
"""

from __future__ import annotations

import io
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fyke.columns.texts import Texts
from fyke.errors import OutputError, UsageError
from fyke.tables.forms import cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.columns.capsules import Batch

#: Suffix to format; the text forms are of texts.py.
SUFFIXES = {".parquet": "parquet", ".arrow": "arrow", ".csv": "csv", ".tsv": "tsv",
            ".jsonl": "json", ".ndjson": "json"}
PACKED = {".zst": "zstd", ".gz": "gzip", ".xz": "xz", ".lz4": "lz4"}
HOUR = 3600 * 10**9  # nanoseconds
OPEN = 16  # files of hours that are open at a time
GROUP = 1 << 20  # the most rows of a row group


def told_by_suffix(path: str) -> tuple[str, str]:
    """Format and compression that a name asks for. UsageError for a name that asks for none."""
    stem, suffix = os.path.splitext(path.lower())
    packed = PACKED.get(suffix, "")
    if packed:
        suffix = os.path.splitext(stem)[1]
    form = SUFFIXES.get(suffix, "")
    if not form:
        raise UsageError(f"-w {path}: the name says no format; it ends in one of "
                         f"{', '.join(SUFFIXES)}, text also in {', '.join(PACKED)} behind that")
    if packed and form in ("parquet", "arrow"):
        raise UsageError(f"-w {path}: {form} is compressed inside; leave out "
                         f"{os.path.splitext(path)[1]}")
    return form, packed


def is_arrow(form: str) -> bool:
    """Whether a format takes Arrow batches (others take rows of Python values)."""
    return form in ("parquet", "arrow")


def pyarrow() -> Any:
    """The library, or a UsageError that names the extra."""
    try:
        import pyarrow
    except ImportError:
        raise UsageError("Parquet and Arrow files need pyarrow: pip install 'fyke[columns]'"
                         ) from None
    return pyarrow


def create(path: str) -> Any:
    """A new file. Raises OutputError."""
    try:
        return open(path, "wb")
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}") from error


class TextSink:
    """Rows as text in an open text file."""

    def __init__(self, out: Any, form: str, names: list[str], *, header: bool = True,
                 cell: Callable[[Any], str] = cell, close: bool = False) -> None:
        self.out = out
        self.closes = close
        self.texts = Texts(form, names, cell)
        if header:
            out.write(self.texts.header())

    def write(self, batch: Batch) -> None:
        """A batch of Python values (schema.as_objects)."""
        self.out.write(self.texts.rows(batch))

    def write_octets(self, octets: bytes) -> None:
        """Rows that are text already, in UTF-8."""
        inner = getattr(self.out, "buffer", None)
        if inner is None or self.out.encoding.lower() != "utf-8":
            self.out.write(octets.decode())
            return
        self.out.flush()
        inner.write(octets)

    def flush(self) -> None:
        """What was written is to be seen."""
        self.out.flush()

    def close(self) -> None:
        """Everything is written; the file is closed if it is ours."""
        self.out.flush()
        if self.closes:
            self.out.close()


def text_file(raw: Any, packed: str) -> Any:
    """A text file on a raw one, perhaps compressed."""
    from fyke.files.compression import compressed
    return io.TextIOWrapper(Plain(compressed(raw, packed)) if packed else raw, encoding="utf-8",
                            newline="", write_through=False)


class Plain(io.RawIOBase):
    """What a text file asks of a compressing one."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return int(self.inner.write(memoryview(data)))

    def close(self) -> None:
        if not self.closed:
            self.inner.close()
        super().close()


class ArrowSink:
    """Batches in a Parquet or Arrow file."""

    def __init__(self, raw: Any, form: str, schema: Any) -> None:
        """``schema``: anything with ``__arrow_c_schema__``."""
        self.arrow = pyarrow()
        self.raw = raw
        self.form = form
        self.schema = self.arrow.schema(schema)
        self.rows = 0
        if form == "parquet":
            from pyarrow import parquet
            types = self.arrow.types
            self.writer = parquet.ParquetWriter(
                raw, self.schema, compression="zstd", write_statistics=True,
                use_dictionary=repeating(self.schema, types),
                column_encoding={field.name: "DELTA_BINARY_PACKED" for field in self.schema
                                 if types.is_timestamp(field.type)})
        else:
            from pyarrow import ipc
            # an Arrow file has one dictionary a column, and batches each bring their own
            self.schema = self.arrow.schema([field.with_type(
                field.type.value_type) if self.arrow.types.is_dictionary(field.type) else field
                for field in self.schema])
            self.writer = ipc.new_file(raw, self.schema, options=ipc.IpcWriteOptions(
                compression="zstd"))
        self.waiting: list[Any] = []

    def write(self, batch: Any) -> None:
        """A batch, or a record batch of pyarrow; Parquet gathers them to row groups."""
        found = batch if isinstance(batch, self.arrow.RecordBatch) else self.arrow.record_batch(
            batch)
        if self.form != "parquet":
            self.writer.write_batch(found.cast(self.schema))
            return
        self.waiting.append(found)
        self.rows += found.num_rows
        if self.rows >= GROUP // 4:
            self.group()

    def group(self) -> None:
        """What waits becomes a row group."""
        if self.waiting:
            table = self.arrow.Table.from_batches(self.waiting).unify_dictionaries()
            self.writer.write_table(table, row_group_size=GROUP)
        self.waiting = []
        self.rows = 0

    def flush(self) -> None:
        """Files of columns are whole when they are closed."""

    def close(self) -> None:
        """Write what waits, and the end of the file."""
        try:
            self.group()
            self.writer.close()
        finally:
            self.raw.close()


def repeating(schema: Any, types: Any) -> list[str]:
    """Columns, by Parquet's paths, of few different values; a dictionary of all others, numbers and
    times, takes longer than it spares.
    """
    found = []
    for field in schema:
        kind, path = field.type, field.name
        if types.is_list(kind):
            kind, path = kind.value_type, f"{path}.list.element"
        if types.is_dictionary(kind) or types.is_string(kind) or types.is_uint8(kind):
            found.append(path)
    return found


class Hours:
    """A folder of files, one for each hour: ``FOLDER/date=2023-11-14/hour=22/part-0.parquet``.

    As Hive names them: DuckDB, Polars, pyarrow and Spark read ``date`` and ``hour`` from the names.
    Few are open at a time; an hour that comes again gets another part.
    """

    def __init__(self, folder: str, form: str, schema: Any) -> None:
        self.folder = folder
        self.form = form
        self.schema = schema
        self.arrow = pyarrow()
        self.compute = import_module("pyarrow.compute")
        self.open: dict[int, ArrowSink] = {}
        self.parts: dict[int, int] = {}

    def write(self, batch: Any) -> None:
        """Rows, each to the file of its hour; ``time`` is the first of the batch's columns."""
        found = self.arrow.record_batch(batch)
        at = found.schema.get_field_index("time")
        hours = self.compute.divide(found.column(at).cast("int64"), HOUR)
        for hour in self.compute.unique(hours).to_pylist():
            of_hour = found.filter(self.compute.equal(hours, hour))
            self.sink(hour).write(of_hour)

    def sink(self, hour: int) -> ArrowSink:
        """The file of an hour (counted from 1970), the oldest closed if there are many."""
        found = self.open.pop(hour, None)
        if found is None:
            if len(self.open) >= OPEN:
                self.open.pop(next(iter(self.open))).close()
            found = ArrowSink(create(self.path(hour)), self.form, self.schema)
        self.open[hour] = found
        return found

    def path(self, hour: int) -> str:
        """The next part of an hour, its folder made. Raises OutputError."""
        from datetime import UTC, datetime
        when = datetime.fromtimestamp(hour * 3600, UTC)
        folder = os.path.join(self.folder, f"date={when:%Y-%m-%d}", f"hour={when:%H}")
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: {error.strerror}") from error
        part = self.parts[hour] = self.parts.get(hour, -1) + 1
        return os.path.join(folder, f"part-{part}.{self.form}")

    def flush(self) -> None:
        """Files of columns are whole when they are closed."""

    def close(self) -> None:
        """Close all."""
        while self.open:
            self.open.popitem()[1].close()
