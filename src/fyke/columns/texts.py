"""Room columns/: the rows of a batch as text: what tables/forms.py writes row by row, quicker.

Numbers are written as digits, words are made text once a batch; what any other value looks like is
said in forms.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from fyke.columns.capsules import Batch
from fyke.columns.kinds import BITS, FIXED, WORDS
from fyke.columns.vector import Vector
from fyke.hints import Any
from fyke.tables.forms import Cell, as_json, cell
from fyke.wire import Line

NUMBER, SIGNED, TRUTH, CODE, VALUE = range(5)  # how a column's values are written
#: An object with one large value or many rows may be of any length.
NO_LIMIT = 1 << 62
MOST_KEPT = 1 << 16  # words that are remembered from batch to batch
#: What stands between the values of a row, and for a value that is not there.
BETWEEN = {"tsv": b"\t", "csv": b",", "json": b", "}
NULLS = {"tsv": b"", "csv": b"", "json": b"null"}


class Texts:
    """Writes rows in a form of tables/forms.py. ``cell``: how a value stands in a cell."""

    __slots__ = ("after", "before", "encoded", "form", "known", "line", "names", "null")

    def __init__(self, form: str, names: Sequence[str], cell: Cell = cell) -> None:
        self.form = form
        self.names = list(names)
        between = BETWEEN[form]
        self.before = [between if number else b"" for number in range(len(self.names))]
        self.after = b"\n"
        self.null = NULLS[form]
        self.encoded: Callable[[Any], bytes] = encoder(form, cell)
        self.known: dict[str, bytes] = {}  # words of batches before
        self.line = Line(1 << 16, limit=NO_LIMIT)
        if form == "json":
            self.before = [mark + as_json(name).encode() + b": " for mark, name in zip(
                (b"{", *self.before[1:]), self.names, strict=True)]
            self.after = b"}\n"
        elif form == "csv" and len(self.names) == 1:
            self.null = b'""'  # a row of nothing would be none (RFC 4180 has no word on it)

    def header(self) -> str:
        """The row of names; nothing where they stand in each row."""
        if self.form == "json":
            return ""
        return (BETWEEN[self.form].join(map(self.encoded, self.names)) + b"\n").decode()

    def rows(self, batch: Batch) -> str:
        """The text of all rows. UsageError if the batch was handed on."""
        vectors = batch.columns_held()
        hows = [how_written(vector.kind) for vector in vectors]
        words = [self.spelled(vector) if how == CODE else None
                 for vector, how in zip(vectors, hows, strict=True)]
        line = self.line
        for row in range(batch.rows):
            for number in range(len(vectors)):
                line.put(self.before[number])
                self.put(line, vectors[number], row, hows[number], words[number])
            line.put(self.after)
        return line.text().decode()

    def spelled(self, vector: Vector) -> list[bytes]:
        """The words of a column by their codes, as they stand in cells."""
        known = self.known
        if len(known) > MOST_KEPT:
            known.clear()
        found = []
        for word in vector.spelled():
            octets = known.get(word)
            if octets is None:
                octets = known[word] = self.encoded(word)
            found.append(octets)
        return found

    def put(self, line: Line, vector: Vector, row: int, how: int, words: Any) -> int:
        """One value."""
        if not vector.has(row):
            line.put(self.null)
        elif how == NUMBER:
            line.uint(vector.number(row))
        elif how == SIGNED:
            line.sint(vector.signed_at(row))
        elif how == CODE:
            line.put(words[vector.number(row)])
        elif how == TRUTH:
            line.put(b"true" if vector.number(row) else b"false")
        else:
            line.put(self.encoded(vector.value(row)))
        return 0


def how_written(kind: Any) -> int:
    """How the values of a type of column are written."""
    if kind.form == FIXED and kind.format != "g":
        return SIGNED if kind.signed else NUMBER
    return {BITS: TRUTH, WORDS: CODE}.get(kind.form, VALUE)


def encoder(form: str, cell: Cell) -> Callable[[Any], bytes]:
    """What makes a value the octets of a cell."""
    if form == "json":
        return lambda value: as_json(value).encode("utf-8", "backslashreplace")
    if form == "csv":
        return lambda value: quoted(cell(value)).encode("utf-8", "backslashreplace")
    return lambda value: cell(value).encode("utf-8", "backslashreplace")


def quoted(text: str) -> str:
    """As the module csv quotes a cell that needs it."""
    if text.isalnum():
        return text
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([text])
    return out.getvalue()
