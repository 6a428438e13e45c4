"""Room columns/: what is asked of a row, in one form, whoever asked: ``where``, Polars, DuckDB.

A predicate is tests of columns joined by All, Any and Not. What has no such form is UNKNOWN, which
says nothing: who uses a predicate to leave rows out keeps what an UNKNOWN leaves open, and asks the
whole question again of the rows that are left. So every translation may be partial.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable

from fyke.filter.syntax import And, FieldTest, HardwareAddress, Network, Not, Numbers, Or
from fyke.hints import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    Predicate = Any  #: Check, All, Any_, No or UNKNOWN

EVERYTHING = (0, (1 << 64) - 1)
DEEPEST = 100  #: parentheses within each other; what is deeper is UNKNOWN


class Check(NamedTuple):
    """The column has a value, and it is in one of ``ranges`` (numbers), ``networks`` (version,
    address, bits of prefix) or ``octets`` (hardware addresses); with ``differs``: in none.

    ``mask``: only these bits of a number. A row without a value in the column is not taken.
    """

    column: str
    ranges: tuple[tuple[int, int], ...] = ()
    networks: tuple[tuple[int, int, int], ...] = ()
    octets: tuple[bytes, ...] = ()
    mask: int | None = None
    differs: bool = False


class All(NamedTuple):
    """Every one of them."""

    terms: tuple[Predicate, ...]


class Either(NamedTuple):
    """One of them at least."""

    terms: tuple[Predicate, ...]


class Inverse(NamedTuple):
    """Whatever ``term`` does not take, rows without a value among it."""

    term: Predicate


class Unknown:
    """May take a row or not."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"  # there is one, in other processes too


UNKNOWN = Unknown()


def is_open(predicate: Predicate) -> bool:
    """Whether nothing at all is known of it."""
    if isinstance(predicate, (All, Either)):
        return all(map(is_open, predicate.terms))
    return is_open(predicate.term) if isinstance(predicate, Inverse) else predicate is UNKNOWN


def all_of(terms: Iterable[Predicate]) -> Predicate:
    """``terms`` joined by "and". An UNKNOWN among them stays: it matters where all is inverted."""
    kept = tuple(terms)
    return All(kept) if any(term is not UNKNOWN for term in kept) else UNKNOWN


# --- tests of fields, as docs/filters.md has them -------------------------------------------------

#: Relations to the numbers from ... to that they take of a value.
RANGES: dict[str, Callable[[int], tuple[int, int]]] = {
    "=": lambda value: (value, value), "!=": lambda value: (value, value),
    "<": lambda value: (0, value - 1), "<=": lambda value: (0, value),
    ">": lambda value: (value + 1, EVERYTHING[1]), ">=": lambda value: (value, EVERYTHING[1]),
}


def of_tree(tree: Any, depth: int = 0) -> Predicate:
    """The predicate of a filter's syntax tree; tests that are not of fields are UNKNOWN."""
    if depth > DEEPEST:
        return UNKNOWN
    if isinstance(tree, And):
        return All(tuple(of_tree(term, depth + 1) for term in tree.terms))
    if isinstance(tree, Or):
        return Either(tuple(of_tree(term, depth + 1) for term in tree.terms))
    if isinstance(tree, Not):
        return Inverse(of_tree(tree.term, depth + 1))
    return of_field_test(tree) if isinstance(tree, FieldTest) else UNKNOWN


def of_field_test(test: FieldTest, column: str = "") -> Predicate:
    """One test of a field; of ``column``, where it is known by another name."""
    name = column or test.field
    differs = test.op == "!="
    if test.op == "any":
        return Check(name, ((0, 0),), mask=test.mask, differs=True)
    values = test.values
    if all(isinstance(one, Numbers) for one in values):
        spans = tuple((one.low, one.high) for one in values)  # type: ignore[union-attr]
        if test.op != "in":
            spans = (RANGES[test.op](spans[0][0]),)
        return Check(name, spans, mask=test.mask, differs=differs)
    if all(isinstance(one, Network) for one in values):
        return Check(name, networks=tuple(
            (one.version, one.address, one.length)  # type: ignore[union-attr]
            for one in values), differs=differs)
    if all(isinstance(one, HardwareAddress) for one in values):
        return Check(name, octets=tuple(one.octets for one in values),  # type: ignore[union-attr]
                     differs=differs)
    return UNKNOWN


# --- a column compared with values ----------------------------------------------------------------

def compared(column: str, relation: str, values: Iterable[Any]) -> Predicate:
    """``column relation value``: = != < <= > >=, or "in" several. Values as Python has them."""
    given = tuple(values)
    if not given or (relation != "in" and len(given) != 1):
        return UNKNOWN
    if all(isinstance(one, (bool, int)) for one in given):
        return of_numbers(column, relation, tuple(map(int, given)))
    if relation not in ("=", "!=", "in") or not all(isinstance(one, str) for one in given):
        return UNKNOWN
    addresses = tuple(map(network, given))
    if not all(addresses):
        return UNKNOWN
    return Check(column, networks=addresses, differs=relation == "!=")  # type: ignore[arg-type]


def of_numbers(column: str, relation: str, given: tuple[int, ...]) -> Predicate:
    """Numbers that may be below zero or beyond 64 bits, as people write them."""
    if relation == "in":
        spans = [(value, value) for value in given]
    else:
        spans = [RANGES[relation](given[0])]
    low, high = EVERYTHING
    fitting = tuple((max(first, low), min(last, high)) for first, last in spans
                    if first <= last and last >= low and first <= high)
    return Check(column, fitting, differs=relation == "!=")


def network(text: str) -> tuple[int, int, int] | None:
    """An address as the columns write it; None for what is written otherwise."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    bits = 32 if address.version == 4 else 128
    return (address.version, int(address), bits) if str(address) == text else None


def there(column: str) -> Check:
    """The column has a value."""
    return Check(column, differs=True)
