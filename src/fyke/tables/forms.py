"""Room tables/: rows as text: tab-separated, comma-separated (RFC 4180), or JSON, one a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from typing import Any, TextIO

Write = Callable[[Sequence[Any]], object]
Cell = Callable[[Any], str]

#: What a spreadsheet takes a cell that begins with it for: a formula, which may run commands. The
#: wide forms are taken so, too, in East Asian settings.
FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """A value in one cell: nothing is empty, lists have commas, records are JSON; all escaped."""
    if value is None:
        return ""
    if type(value) is int:  # most are
        return str(value)
    if isinstance(value, list) and not any(isinstance(one, (dict, list)) for one in value):
        return ",".join(map(cell, value))
    if isinstance(value, (dict, list, bool)):
        return as_json(value)
    return harmless(value) if isinstance(value, str) else str(value)


def harmless(text: str) -> str:
    """Text from the wire without what steers a terminal or ends a cell."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode()
                   for one in text)


def safe_cell(value: Any) -> str:
    """The same, but text that a spreadsheet would take for a formula has an apostrophe in front.

    So has each value of a list: commas may part cells where the file is opened.
    """
    if isinstance(value, list) and not any(isinstance(one, (dict, list)) for one in value):
        return ",".join(map(safe_cell, value))
    text = cell(value)
    formula = not isinstance(value, (int, float)) and text.startswith(FORMULAS)
    return f"'{text}" if formula else text


def as_json(value: Any, **how: Any) -> str:
    """JSON in UTF-8: letters as they are, what is not printable as \\u and its number."""
    text = json.dumps(value, ensure_ascii=False, **how)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1]
                   for one in text)


def tsv(out: TextIO, names: Sequence[str], header: bool, cell: Cell = cell) -> Write:
    """Tab-separated values: no cell has a tab or an end of line in it."""
    def write(values: Sequence[Any]) -> None:
        out.write("\t".join(map(cell, values)) + "\n")
    if header:
        write(names)
    return write


def comma(out: TextIO, names: Sequence[str], header: bool, cell: Cell = cell) -> Write:
    """Comma-separated values, quoted where they need it."""
    writer = csv.writer(out, lineterminator="\n")

    def write(values: Sequence[Any]) -> None:
        writer.writerow(map(cell, values))
    if header:
        write(names)
    return write


def lines(out: TextIO, names: Sequence[str], header: bool, cell: Cell = cell) -> Write:
    """A JSON object for each row; names stand in each, so there is no header, and no cells."""
    def write(values: Sequence[Any]) -> None:
        out.write(as_json(dict(zip(names, values, strict=True))) + "\n")
    return write


FORMS = {"tsv": tsv, "csv": comma, "json": lines}
