"""Rows into a Parquet file, through pyarrow (the extra ``arrow``)."""

from __future__ import annotations

from collections.abc import Sequence

from fyke.errors import UsageError
from fyke.hints import Any

ROWS = 1 << 16  # of a row group


class Writer:
    """Called with rows of values; ``close`` writes the end. Raises UsageError without pyarrow."""

    def __init__(self, file: Any, columns: list[tuple[str, str]]) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise UsageError("Parquet needs pyarrow: pip install 'fyke[arrow]'") from None
        self.arrow = pyarrow
        self.schema = pyarrow.schema([(name, getattr(pyarrow, kind + "_" * (kind == "bool"))())
                                      for name, kind in columns])
        self.writer = pyarrow.parquet.ParquetWriter(file, self.schema)
        self.rows: list[Sequence[Any]] = []

    def __call__(self, row: Sequence[Any]) -> None:
        self.rows.append(row)
        if len(self.rows) >= ROWS:
            self.flush()

    def flush(self) -> None:
        """A row group of what is there."""
        if self.rows:
            arrays = [self.arrow.array(values, field.type) for values, field
                      in zip(zip(*self.rows, strict=True), self.schema, strict=True)]
            self.writer.write_table(self.arrow.Table.from_arrays(arrays, schema=self.schema))
            self.rows = []

    def close(self) -> None:
        self.flush()
        self.writer.close()
