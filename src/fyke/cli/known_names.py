"""Names of hosts in filter expressions are looked up before the box, and remembered in it."""

from __future__ import annotations

from collections.abc import Iterable

from fyke.errors import FykeError
from fyke.filter import resolver
from fyke.filter.resolver import SystemResolver


class Remembering(SystemResolver):
    """The system's names; a host is asked for once, as later there is no way to ask."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, tuple[list[int], list[int]]] = {}

    def hosts(self, name: str) -> tuple[list[int], list[int]]:
        if name not in self.known:
            self.known[name] = super().hosts(name)
        return self.known[name]


def remember() -> None:
    """From here on a name that is looked up is remembered."""
    resolver._system = Remembering()


def look_up(expressions: Iterable[str | None]) -> None:
    """Remember the hosts of these expressions; whether they are right is told by who uses them."""
    wanted = [text for text in expressions if text]
    if not wanted:
        return
    remember()
    from fyke.filter.compile import compile
    for text in wanted:
        try:
            compile(text)
        except FykeError:
            continue
