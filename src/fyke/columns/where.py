"""Room columns/: which rows stay: tests of fields (docs/filters.md), asked of the columns.

What a column shows is what is tested, and every column of numbers and addresses can be: of any
layer, and with ``#2``. Tests are joined with ``and``, ``or``, ``not`` and parentheses; ``and`` and
``or`` bind equally, from left to right, as in every filter. A packet without the field matches
nothing that is asked of it, not even ``!=``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from fyke.columns.kinds import BITS, FIXED
from fyke.columns.predicate import All, Either, Inverse, of_field_test
from fyke.columns.schema import Wanted, fields_meant, kind_of
from fyke.columns.vector import Vector
from fyke.errors import FilterError, UsageError
from fyke.filter.field_tests import parse_test
from fyke.filter.resolver import system_resolver
from fyke.filter.syntax import FieldTest, HardwareAddress, Network
from fyke.tables.columns import Column

if TYPE_CHECKING:
    from fyke.columns.predicate import Predicate

NAME = re.compile(r"[A-Za-z0-9_][\w.-]*(?:#-?\d+)?")
SPACE = re.compile(r"\s*")
JOINTS = {"and": "and", "&&": "and", "or": "or", "||": "or"}
DEEPEST = 64  # parentheses and "not" in one another
MOST_TESTS = 500  # of one expression; sets and files hold as many values as one likes

#: Types of the fields of a column to what the grammar calls their values.
ADDRESSES = {frozenset({"ipv4"}): "ipv4", frozenset({"ipv6"}): "ip6", frozenset({"mac"}): "mac",
             frozenset({"ipv4", "ipv6"}): "ip"}

Test = Callable[[int], bool]


class Kind(NamedTuple):
    """What the grammar asks of a field."""

    kind: str
    most: int


class Where:
    """A predicate. ``columns`` are those that it asks; ``bind`` hands over their vectors.

    Called with the number of a row it says whether the row stays.
    """

    def __init__(self, expression: str) -> None:
        """Raises FilterError with the column where it goes wrong."""
        self.expression = expression
        self.columns: list[Wanted] = []
        self._at: dict[str, int] = {}
        self.tree = Parser(expression, self).whole()
        self.vectors: list[Vector] = []
        self.test: Test = self.made(self.tree)

    def bind(self, vectors: list[Vector]) -> None:
        """The vectors of ``columns`` in the batch that is being filled."""
        self.vectors = vectors

    def __call__(self, row: int) -> bool:
        return self.test(row)

    def place(self, name: str, start: int) -> Wanted:
        """The column of a name, among those that are asked. FilterError for an unknown one."""
        at = self._at.get(name)
        if at is None:
            try:
                column = Column(name)
            except UsageError as problem:
                raise FilterError(str(problem), expression=self.expression, column=start,
                                  length=len(name)) from None
            at = self._at[name] = len(self.columns)
            self.columns.append(Wanted(column, kind_of(column, True)))
        return self.columns[at]

    def made(self, node: Any) -> Test:
        """What decides a part of the predicate."""
        if isinstance(node, FieldTest):
            return self.field_test(node)
        word, *terms = node
        tests = [self.made(term) for term in terms]
        if word == "not":
            only = tests[0]
            return lambda row: not only(row)
        one, other = tests
        if word == "and":
            return lambda row: one(row) and other(row)
        return lambda row: one(row) or other(row)

    def predicate(self) -> Predicate:
        """The same, for who leaves rows out before their columns are filled (pushdown.py)."""
        return self.said(self.tree)

    def said(self, node: Any) -> Predicate:
        """A part of the predicate, of the names that columns have now."""
        if isinstance(node, FieldTest):
            column = self.columns[self._at[node.field]].column
            number = "" if column.number == 1 else f"#{column.number}"
            return of_field_test(node, f"{column.path}{number}")
        word, *terms = node
        said = tuple(self.said(term) for term in terms)
        if word == "not":
            return Inverse(said[0])
        return All(said) if word == "and" else Either(said)

    def field_test(self, node: FieldTest) -> Test:
        """What decides a test of one field."""
        at = self._at[node.field]
        kind = self.columns[at].kind
        matches = matcher(node)
        if kind.form in (FIXED, BITS) and not kind.signed:
            def of_number(row: int) -> bool:
                vector = self.vectors[at]
                return vector.has(row) and matches(vector.number(row))
            return of_number

        def of_value(row: int) -> bool:
            value = self.vectors[at].value(row)
            return value is not None and matches(value)
        return of_value


def matcher(node: FieldTest) -> Callable[[Any], bool]:
    """Whether a value that is there passes a test."""
    mask, op = node.mask, node.op
    if op == "any":
        return (lambda value: value & mask != 0) if mask is not None else bool
    if node.values and isinstance(node.values[0], (Network, HardwareAddress)):
        found = one_of(node.values)
        return (lambda value: not found(value)) if op == "!=" else found
    low, high = node.values[0].low, node.values[-1].high  # type: ignore[union-attr]
    if op == "in":
        ranges = [(one.low, one.high) for one in node.values]  # type: ignore[union-attr]
        held = frozenset(low for low, high in ranges if low == high)
        wide = [(low, high) for low, high in ranges if low != high]
        decide: Callable[[Any], bool] = lambda value: value in held or any(  # noqa: E731
            low <= value <= high for low, high in wide)
    else:
        decide = {"=": lambda value: value == low, "!=": lambda value: value != low,
                  "<": lambda value: value < low, "<=": lambda value: value <= high,
                  ">": lambda value: value > low, ">=": lambda value: value >= low}[op]
    if mask is None:
        return decide
    return lambda value: decide(value & mask)


def one_of(values: Iterable[Any]) -> Callable[[bytes], bool]:
    """Whether the octets of an address are among addresses and networks."""
    exact: set[bytes] = set()
    networks: list[tuple[int, int, int]] = []
    for value in values:
        if isinstance(value, HardwareAddress):
            exact.add(value.octets)
            continue
        size = 4 if value.version == 4 else 16
        if value.length == 8 * size:
            exact.add(value.address.to_bytes(size, "big"))
        else:
            shift = 8 * size - value.length
            networks.append((size, shift, value.address >> shift))

    def found(octets: bytes) -> bool:
        if octets in exact:
            return True
        if not networks:
            return False
        number, size = int.from_bytes(octets, "big"), len(octets)
        return any(size == bits and number >> shift == wanted for bits, shift, wanted in networks)
    return found


class Vocabulary:
    """The grammar's view of columns: any name, looked up when it is met."""

    def __init__(self, where: Where, start: int) -> None:
        self.where = where
        self.start = start

    def __getitem__(self, name: str) -> Kind:
        column = self.where.place(name, self.start)
        kind = column.kind
        if kind.form == BITS:
            return Kind("flag", 1)
        if kind.form == FIXED and kind.format != "g":
            return Kind("number", (1 << 8 * kind.width - kind.signed) - 1)
        known = ADDRESSES.get(frozenset(field.type for field in fields_meant(column.column)))
        if known is not None and not column.column.parts:
            return Kind(known, 0)
        raise FilterError(f"{name} is a column of {kind.name}: where asks numbers, flags and "
                          "addresses", expression=self.where.expression, column=self.start,
                          length=len(name))

    def __iter__(self) -> Iterator[str]:  # pragma: no cover - a Mapping has one
        return iter(())


class Parser:
    """Tests joined with words and parentheses."""

    def __init__(self, text: str, where: Where) -> None:
        self.text = text
        self.where = where
        self.at = 0
        self.depth = 0
        self.tests = 0
        self.lines = system_resolver().lines

    def whole(self) -> Any:
        """The whole expression."""
        found = self.expression()
        if self.skip() < len(self.text):
            raise self.expected("'and' or 'or'")
        return found

    def skip(self) -> int:
        """Go to what comes next."""
        matched = SPACE.match(self.text, self.at)
        assert matched is not None
        self.at = matched.end()
        return self.at

    def take(self, *words: str) -> str | None:
        """One of these words or signs, if it comes next."""
        start = self.skip()
        for word in words:
            end = start + len(word)
            if self.text.startswith(word, start) and not (
                    word.isalpha() and NAME.match(self.text, end)):
                self.at = end
                return word
        return None

    def expression(self) -> Any:
        """Terms, joined from left to right."""
        found = self.term()
        while True:
            word = self.take(*JOINTS)
            if word is None:
                return found
            found = (JOINTS[word], found, self.term())

    def term(self) -> Any:
        """A test, its negation, or an expression in parentheses."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"more than {DEEPEST} parentheses and 'not' in one another")
        try:
            if self.take("not") or (self.text[self.skip():self.at + 2] != "!="
                                    and self.take("!")):
                return ("not", self.term())
            if self.take("("):
                found = self.expression()
                if not self.take(")"):
                    raise self.expected("')'")
                return found
            return self.field()
        finally:
            self.depth -= 1

    def field(self) -> FieldTest:
        """A test of one field."""
        self.tests += 1
        if self.tests > MOST_TESTS:
            raise self.wrong(f"more than {MOST_TESTS} tests; use 'in {{…}}' or a file of values")
        matched = NAME.match(self.text, self.skip())
        if matched is None:
            raise self.expected("a column such as ip.ttl")
        vocabulary: Any = Vocabulary(self.where, matched.start())
        test, self.at = parse_test(self.text, matched.start(), matched.end(), vocabulary,
                                   self.lines)
        return test

    def expected(self, what: str) -> FilterError:
        """What should have come next."""
        start = self.skip()
        found = repr(self.text[start:start + 20]) if start < len(self.text) else "the end"
        return self.wrong(f"can't parse where expression: expected {what}, found {found}")

    def wrong(self, message: str) -> FilterError:
        return FilterError(message, expression=self.text, column=self.at)
