"""Room tables/: blocks of rows as text, column by column: what forms.py writes row by row, quicker.

A block is a list of columns, each a list of values. What a value looks like is said in forms.py;
here each different value is made text once.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from fyke.tables.forms import Cell, as_json, cell

Write = Callable[[Sequence[Sequence[Any]]], object]
MOST_KEPT = 1 << 14  # texts of values that are remembered


def shown(values: Sequence[Any], known: dict[Any, str], text: Cell) -> list[str]:
    """The text of each value; of words and integers that occur again, from memory."""
    if len(known) > MOST_KEPT:
        known.clear()
    found = []
    for value in values:
        kind = type(value)
        if kind is not str and kind is not int:
            found.append(text(value))
            continue
        words = known.get(value)
        if words is None:
            words = known[value] = text(value)
        found.append(words)
    return found


def cells(block: Sequence[Sequence[Any]], known: list[dict[Any, str]], text: Cell) -> Any:
    """The rows of a block, their values as text."""
    return zip(*[shown(values, memory, text)
                 for values, memory in zip(block, known, strict=True)], strict=True)


def tsv(out: TextIO, names: Sequence[str], header: bool, cell: Cell = cell) -> Write:
    """Tab-separated values: no cell has a tab or an end of line in it."""
    known: list[dict[Any, str]] = [{} for _ in names]

    def write(block: Sequence[Sequence[Any]]) -> None:
        text = "\n".join(map("\t".join, cells(block, known, cell)))
        if len(block[0]):
            out.write(text + "\n")
    if header:
        out.write("\t".join(map(cell, names)) + "\n")
    return write


def comma(out: TextIO, names: Sequence[str], header: bool, cell: Cell = cell) -> Write:
    """Comma-separated values, quoted where they need it."""
    writer = csv.writer(out, lineterminator="\n")
    known: list[dict[Any, str]] = [{} for _ in names]

    def write(block: Sequence[Sequence[Any]]) -> None:
        writer.writerows(cells(block, known, cell))
    if header:
        writer.writerow(map(cell, names))
    return write


def lines(out: TextIO, names: Sequence[str], header: bool, cell: Cell = cell) -> Write:
    """A JSON object for each row; names stand in each, so there is no header, and no cells."""
    pattern = "{" + ", ".join(f"{as_json(name)}: ".replace("%", "%%") + "%s"
                              for name in names) + "}"
    known: list[dict[Any, str]] = [{} for _ in names]

    def write(block: Sequence[Sequence[Any]]) -> None:
        text = "\n".join(map(pattern.__mod__, cells(block, known, as_json)))
        if len(block[0]):
            out.write(text + "\n")
    return write


BLOCKS = {"tsv": tsv, "csv": comma, "json": lines}
