"""Tests of fields: ``ip.ttl < 5``, ``tcp.flags.syn``, ``ip.src in {10.0.0.0/8, 192.0.2.7}``.

The grammar by itself: it knows a vocabulary (a name and a kind of value for every field) and makes
a typed tree; what is done with that is the business of who asked. ``and``, ``or``, ``not`` and
parentheses belong to the language around it.

    test   := FIELD                                a flag: it is set
            | FIELD [& NUMBER] RELATION VALUE      RELATION: < <= = == != >= >
            | FIELD & NUMBER                       some of these bits are set
            | FIELD in { VALUE, … }                a VALUE, or two with - between them
            | FIELD in FILE                        one VALUE a line; # begins a comment

VALUE is what the field holds: a number (decimal, 0x…, 0…, a named constant, ``true`` and
``false``; with ``|`` between several: all their bits), an address or a network (``10.0.0.0/8``,
``2001:db8::/32``), a hardware address. Numbers only have an order.
"""

from __future__ import annotations

from fyke.errors import FilterError
from fyke.filter.literals import (
    DIGITS,
    address6,
    error,
    is_number,
    looks_like_address6,
    mac_of,
    number_of,
    shown,
)
from fyke.filter.syntax import FieldTest, HardwareAddress, Network, Numbers, Span, Value
from fyke.filter.words import CONSTANTS

TYPE_CHECKING = False  # as in syntax.py
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    class Kind(Protocol):
        """What the vocabulary says of a field (``fyke.bpf.fields.Field``)."""

        @property
        def kind(self) -> str:
            """ "number", "flag", "ipv4", "ip6", "ip" or "mac"."""

        @property
        def most(self) -> int:
            """The largest number."""

    #: What gives the lines of a file.
    Lines = Callable[[str], list[str]]

SPACE = " \t\r\n"
RELATIONS = ("<=", ">=", "==", "!=", "<", ">", "=")
#: What a value ends before. A minus sign parts two numbers.
ENDS = frozenset(" \t\r\n,{}()<>=!&|")
BOOLEANS = {"true": 1, "false": 0}
EXPECTED = {"number": "a number", "flag": "0 or 1", "mac": "an address such as 1:2:3:4:5:6",
            "ipv4": "an address or network such as 10.0.0.0/8",
            "ip6": "an address or network such as 2001:db8::/32",
            "ip": "an address or network such as 10.0.0.0/8 or 2001:db8::/32"}


def parse_test(text: str, at: int, end: int, vocabulary: Mapping[str, Kind],
               lines: Lines) -> tuple[FieldTest, int]:
    """The test that begins with the field at columns ``at`` to ``end``, and where it ends.

    Raises FilterError with the column where it goes wrong; what ``lines`` raises.
    """
    name = text[at:end]
    return _Reader(text, end, vocabulary[name], lines).test(name, at)


class _Reader:
    def __init__(self, text: str, at: int, kind: Kind, lines: Lines) -> None:
        self.text = text
        self.at = at
        self.kind = kind
        self.lines = lines

    def test(self, name: str, start: int) -> tuple[FieldTest, int]:
        mask = None
        if self.bare_and():
            self.numeric("&")
            mask = self.value_of(self.number())
        relation = self.relation()
        values: tuple[Value, ...] = ()
        if relation is not None:
            values = (self.value(),)
            if relation not in ("=", "!="):
                self.numeric(relation, values[0].span)
        elif mask is None and self.word("in"):
            relation, values = "in", self.members()
        elif mask is not None or self.kind.kind == "flag":
            relation = "any"
        else:
            raise self.expected("a comparison such as '= 1' or 'in {1, 2}'")
        return FieldTest(name, mask, relation, values, (start, self.at)), self.at

    # --- what stands between values ---

    def skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in SPACE:
            self.at += 1

    def bare_and(self) -> bool:
        """``&``, but not ``&&``."""
        here = self.ahead()
        if self.text[here:here + 1] != "&" or self.text[here:here + 2] == "&&":
            return False
        self.at = here + 1
        return True

    def ahead(self) -> int:
        """The column of what comes next."""
        here = self.at
        while here < len(self.text) and self.text[here] in SPACE:
            here += 1
        return here

    def relation(self) -> str | None:
        here = self.ahead()
        for sign in RELATIONS:
            if self.text.startswith(sign, here):
                self.at = here + len(sign)
                return "=" if sign == "==" else sign
        return None

    def word(self, wanted: str) -> bool:
        here = self.ahead()
        end = here + len(wanted)
        following = self.text[end:end + 1]
        if self.text[here:end] != wanted or following.isalnum() or following in ("-", "_", "."):
            return False
        self.at = end
        return True

    def take(self, sign: str) -> bool:
        here = self.ahead()
        if self.text[here:here + 1] != sign:
            return False
        self.at = here + 1
        return True

    # --- values ---

    def members(self) -> tuple[Value, ...]:
        """``{ … }`` or a file's lines."""
        if not self.take("{"):
            return self.from_file()
        found = []
        while True:
            found.append(self.value(ranges=True))
            if self.take("}"):
                return tuple(found)
            if not self.take(","):
                raise self.expected("',' or '}'")

    def from_file(self) -> tuple[Value, ...]:
        path, start, self.at = file_name(self.text, self.at)
        found = []
        for number, line in numbered(self.lines, path, self.text, (start, self.at)):
            reader = _Reader(line, 0, self.kind, self.lines)
            try:
                value = reader.value(ranges=True)
                if reader.ahead() < len(line):
                    raise reader.expected("the end of the line")
            except FilterError as problem:
                raise error(self.text, start, self.at, in_line(path, number, problem)) from None
            found.append(value.replace(span=(start, self.at)))
        return tuple(found)

    def value(self, ranges: bool = False) -> Value:
        kind = self.kind.kind
        if kind in ("number", "flag"):
            low, start, end = high, _, _ = self.number()
            if ranges and self.take("-"):
                high, _, end = self.number()
                if high < low:
                    raise error(self.text, start, end, f"{low}-{high} is empty: the lower one "
                                "comes first")
            self.limit(high, start, end)
            return Numbers(low, high, (start, end))
        return self.address(kind)

    def address(self, kind: str) -> Value:
        start = self.ahead()
        word = self.piece(start)
        self.at = start + len(word)
        span = (start, self.at)
        if kind == "mac":
            octets = mac_of(word)
            if octets is not None:
                return HardwareAddress(octets, word, span)
        elif word:
            found = network(word)
            if found is not None and kind in ("ip", "ipv4" if found[0] == 4 else "ip6"):
                return Network(*found, span)
        self.at = start
        raise self.expected(EXPECTED[kind])

    def piece(self, start: int, more: str = "") -> str:
        """What stands there up to a space or a sign."""
        end = start
        while end < len(self.text) and self.text[end] not in ENDS and self.text[end] not in more:
            end += 1
        return self.text[start:end]

    def number(self) -> tuple[int, int, int]:
        """A number, or several with ``|``, perhaps in parentheses; and its columns."""
        start = self.ahead()
        depth = 0
        while self.take("("):
            depth += 1
        value = self.atom()
        while True:
            here = self.ahead()
            if depth and self.text[here:here + 1] == ")":
                self.at = here + 1
                depth -= 1
            elif self.text[here:here + 1] == "|" and self.text[here:here + 2] != "||":
                self.at = here + 1
                value |= self.atom()
            elif depth:
                raise self.expected("')'")
            else:
                return value, start, self.at

    def atom(self) -> int:
        start = self.ahead()
        word = self.piece(start)
        constant = CONSTANTS.get(word)
        if constant is None and self.kind.kind == "flag":
            constant = BOOLEANS.get(word)
        if constant is None:
            word = self.piece(start, "-")
            if not is_number(word):
                self.at = start
                raise self.expected(EXPECTED[self.kind.kind])
            constant = number_of(self.text, word, start)
        self.at = start + len(word)
        return constant

    def value_of(self, found: tuple[int, int, int]) -> int:
        self.limit(*found)
        return found[0]

    def limit(self, value: int, start: int, end: int) -> None:
        if value > self.kind.most:
            raise error(self.text, start, end,
                        f"{value} is more than the field can hold: {self.kind.most}")

    def numeric(self, sign: str, span: Span | None = None) -> None:
        """Refuse a sign that only numbers have."""
        if self.kind.kind not in ("number", "flag"):
            start, end = span or (self.at - len(sign), self.at)
            raise error(self.text, start, end,
                        f"addresses have no '{sign}'; compare them with =, != or in")

    def expected(self, what: str) -> FilterError:
        start = self.ahead()
        word = self.piece(start) or self.text[start:start + 1]
        found = repr(shown(word)) if word else "the end"
        return error(self.text, start, max(start + 1, start + len(word)),
                     f"can't parse filter expression: syntax error: expected {what}, "
                     f"found {found}")


def network(word: str) -> tuple[int, int, int] | None:
    """Version, address and prefix length of ``10.0.0.0/8`` or ``2001:db8::1``; None if it is none.

    Bits behind the prefix are ignored.
    """
    address, slash, size = word.partition("/")
    if slash and not (DIGITS.issuperset(size) and 0 < len(size) < 4):
        return None
    if ":" in address:
        value = address6(address) if looks_like_address6(address) else None
        version, bits = 6, 128
    else:
        parts = address.split(".")
        fine = len(parts) == 4 and all(
            DIGITS.issuperset(part) and 0 < len(part) < 4 and int(part) < 256 for part in parts)
        value = int.from_bytes(bytes(map(int, parts)), "big") if fine else None
        version, bits = 4, 32
    length = int(size) if slash else bits
    if value is None or length > bits:
        return None
    return version, value >> (bits - length) << (bits - length), length


# --- files ----------------------------------------------------------------------------------------

def file_name(text: str, at: int) -> tuple[str, int, int]:
    """The name of a file behind ``in``, with or without quotes; where it begins and ends."""
    while at < len(text) and text[at] in SPACE:
        at += 1
    quote = text[at:at + 1]
    if quote in ("'", '"'):
        end = text.find(quote, at + 1)
        if end < 0:
            raise error(text, at, len(text), "this quotation mark is never closed")
        return text[at + 1:end], at, end + 1
    end = at
    while end < len(text) and text[end] not in SPACE and text[end] not in "()":
        end += 1
    if end == at:
        raise error(text, at, at + 1, "can't parse filter expression: syntax error: expected "
                    "'{' or the name of a file after 'in'")
    return text[at:end], at, end


def numbered(lines: Lines, path: str, text: str, span: Span) -> list[tuple[int, str]]:
    """The lines of a file with their numbers, without comments and empty ones.

    Raises FilterError at the columns where the expression ``text`` names the file.
    """
    try:
        given = lines(path)
    except FilterError as problem:
        raise error(text, *span, problem.message) from None
    found = [(number, line.partition("#")[0].strip()) for number, line in enumerate(given, 1)]
    found = [(number, line) for number, line in found if line]
    if not found:
        raise error(text, *span, f"{shown(path)!r} has no line with a value")
    return found


def in_line(path: str, number: int, problem: FilterError) -> str:
    """What is wrong in a line of a file."""
    what = problem.message.removeprefix("can't parse filter expression: syntax error: ")
    return f"{shown(path)}, line {number}: {what}"
