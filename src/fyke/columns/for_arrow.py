"""Room columns/: a scan as a pyarrow dataset: DuckDB says which columns and rows it needs.

pyarrow hands a filter over as an Expression, which has no tree that Python can read: its text is
read, where it is plain. The whole filter is applied by pyarrow to what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fyke.columns.extras import library
from fyke.columns.predicate import UNKNOWN, Either, Inverse, all_of, compared, there

if TYPE_CHECKING:
    from fyke.columns.opening import Asked
    from fyke.columns.predicate import Predicate
    from fyke.columns.workers import Team
    from fyke.errors import SavefileError

RELATIONS = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
DEEPEST = 100

#: A comparison without anything odd in it: no quotes and backslashes within the text.
COMPARISON = re.compile(r'([\w.#-]+) (==|!=|<=|>=|<|>) (?:(-?\d+)|"([^"\\]*)"|(true|false))')
PRESENT = re.compile(r"is_valid\(([\w.#-]+)\)")
ABSENT = re.compile(r"is_null\(([\w.#-]+), \{nan_is_null=\w+\}\)")
#: A set; DuckDB says of a missing value that it is neither in it nor not. A long one is told with
#: an ellipsis, and not read.
MEMBER = re.compile(
    r"(?P<either>if_else\(is_valid\((?P<column>[\w.#-]+)\), )?is_in\((?P<name>[\w.#-]+), "
    r"\{value_set=\w+:\[\s*(?P<values>(?:-?\d+|\"[^\"\\]*\")(?:,\s*(?:-?\d+|\"[^\"\\]*\"))*)\s*\], "
    r"null_matching_behavior=\w+\}\)(?(either), null\[bool\]\))")


def dataset(asked: Asked, damage: list[SavefileError] | None = None,
            team: Team | None = None) -> Any:
    """The dataset of a scan. ``damage``: where errors of files are put down, if it goes on;
    ``team``: who fills its batches.
    """
    arrow = library("pyarrow", "arrow")
    datasets = library("pyarrow.dataset", "arrow")
    schema = arrow.schema(asked.scan())

    class Packets(datasets.Dataset):  # type: ignore[misc,name-defined]
        """The packets of captures; read anew for each scanner."""

        def __init__(self) -> None:
            """Nothing is open."""

        @property
        def schema(self) -> Any:
            return schema

        def scanner(self, columns: Any = None, filter: Any = None, **how: Any) -> Any:
            return datasets.Scanner.from_batches(
                reader(asked, columns, filter, arrow, damage, team), columns=columns, filter=filter)

        def to_table(self, **how: Any) -> Any:
            return self.scanner(**how).to_table()

        def to_batches(self, **how: Any) -> Iterator[Any]:
            return self.scanner(**how).to_batches()  # type: ignore[no-any-return]

        def count_rows(self, **how: Any) -> int:
            return int(self.scanner(**how).count_rows())

        def head(self, rows: int, **how: Any) -> Any:
            return self.scanner(**how).head(rows)

        def get_fragments(self, filter: Any = None) -> Any:
            raise NotImplementedError("a scan has partitions (scan.partitions()), no fragments")

    return Packets()


def reader(asked: Asked, columns: Any, filter: Any, arrow: Any,
           damage: list[SavefileError] | None = None, team: Team | None = None) -> Any:
    """The batches with the columns that are asked for and those that the filter reads."""
    names = asked.names
    if columns is not None and not isinstance(columns, dict):
        text = "" if filter is None else str(filter)
        names = tuple(name for name in names if name in columns or name in text)
    narrow = asked._replace(names=names or asked.names[:1])
    predicate = of_text(filter, asked.names)
    scan = narrow.scan(predicate)
    if team is not None:
        return arrow.RecordBatchReader.from_batches(
            arrow.schema(scan), team.batches(narrow, predicate, damage))
    scan.damage = damage
    return arrow.RecordBatchReader.from_stream(scan)


def of_text(filter: Any, names: tuple[str, ...]) -> Predicate:
    """What of an Expression can be said as a predicate, from its text."""
    if filter is None:
        return UNKNOWN
    found = _Text(str(filter), names)
    predicate = found.whole(0)
    return predicate if found.at == len(found.text) else UNKNOWN


def absent(column: str) -> Predicate:
    """The column has no value."""
    return Inverse(there(column))


class _Text:
    """``((a == 1) and (b == "x"))``; what is not understood ends the reading."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        self.text = text
        self.names = names
        self.at = 0

    def take(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def fail(self) -> Predicate:
        self.at = len(self.text) + 1
        return UNKNOWN

    def whole(self, depth: int) -> Predicate:
        if depth > DEEPEST or self.at > len(self.text):
            return self.fail()
        if self.take("invert("):
            return self.closed(Inverse(self.whole(depth + 1)))
        for pattern, kind in ((PRESENT, there), (ABSENT, absent)):
            found = pattern.match(self.text, self.at)
            if found is not None:
                self.at = found.end()
                return self.known(found[1]) or kind(found[1])
        found = MEMBER.match(self.text, self.at)
        if found is not None:
            return self.member(found)
        if not self.take("("):
            return self.comparison()
        first = self.whole(depth + 1)
        if self.take(" and "):
            return self.closed(all_of([first, self.whole(depth + 1)]))
        if self.take(" or "):
            return self.closed(Either((first, self.whole(depth + 1))))
        return self.closed(first)

    def closed(self, found: Predicate) -> Predicate:
        return found if self.take(")") else self.fail()

    def comparison(self) -> Predicate:
        found = COMPARISON.match(self.text, self.at)
        if found is None:
            return self.fail()
        self.at = found.end()
        column, sign, number, text, truth = found.groups()
        value = int(number) if number else text if truth is None else truth == "true"
        return self.known(column) or compared(column, RELATIONS[sign], [value])

    def member(self, found: re.Match[str]) -> Predicate:
        self.at = found.end()
        if found["either"] and found["column"] != found["name"]:
            return self.fail()
        words = re.split(r",\s*", found["values"])
        values = [word[1:-1] if word[0] == '"' else int(word) for word in words]
        return self.known(found["name"]) or compared(found["name"], "in", values)

    def known(self, column: str) -> Predicate | None:
        return None if column in self.names else self.fail()
