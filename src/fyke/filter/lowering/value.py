"""A number on its way: the statements that reckon it, and the tests that must hold before."""

from __future__ import annotations

from fyke.filter.graph import Statement
from fyke.filter.lowering.fragment import Fragment, both


class Value:
    """Statements that leave a number in a scratch word, and when they may run at all."""

    __slots__ = ("constant", "guard", "register", "statements")

    def __init__(self, statements: list[Statement], register: int) -> None:
        self.statements = statements
        self.register = register
        self.guard: Fragment | None = None
        self.constant: int | None = None  #: the number, where it was written as one


def add_guard(value: Value, guard: Fragment) -> None:
    """Add a condition behind those that a value has already."""
    value.guard = guard if value.guard is None else both(value.guard, guard)
