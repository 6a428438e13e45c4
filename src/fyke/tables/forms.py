"""Room tables/: rows as text: tab-separated, comma-separated (RFC 4180), or JSON, one a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from typing import Any, TextIO

Write = Callable[[Sequence[Any]], object]


def tsv(out: TextIO, names: Sequence[str], header: bool) -> Write:
    """Tab-separated values: no cell has a tab or an end of line in it."""
    def write(values: Sequence[Any]) -> None:
        out.write("\t".join(map(cell, values)) + "\n")
    if header:
        write(names)
    return write


def comma(out: TextIO, names: Sequence[str], header: bool) -> Write:
    """Comma-separated values, quoted where they need it."""
    writer = csv.writer(out, lineterminator="\n")

    def write(values: Sequence[Any]) -> None:
        writer.writerow(map(cell, values))
    if header:
        write(names)
    return write


def lines(out: TextIO, names: Sequence[str], header: bool) -> Write:
    """A JSON object for each row; names stand in each, so there is no header."""
    def write(values: Sequence[Any]) -> None:
        out.write(json.dumps(dict(zip(names, values, strict=True))) + "\n")
    return write


FORMS = {"tsv": tsv, "csv": comma, "json": lines}


def cell(value: Any) -> str:
    """A value in one cell: nothing is empty, lists have commas, records are JSON; all escaped."""
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(one, (dict, list)) for one in value):
        return ",".join(map(cell, value))
    if isinstance(value, (dict, list, bool)):
        return json.dumps(value)
    return harmless(value) if isinstance(value, str) else str(value)


def harmless(text: str) -> str:
    """Text from the wire without what steers a terminal or ends a cell."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode()
                   for one in text)
