"""Hosts and files that expressions name are looked up before the box, and remembered in it."""

from __future__ import annotations

from fyke.errors import FilterError, FykeError
from fyke.filter import resolver
from fyke.filter.resolver import SystemResolver
from fyke.hints import TYPE_CHECKING, Callable, Iterable

if TYPE_CHECKING:
    from typing import TypeVar
    Found = TypeVar("Found")

HOSTS = (None, "host", "gateway")  # kinds of a name that is looked up: nothing said means host


class Remembering(SystemResolver):
    """The system's names; a host and a file are asked for once, as later there is no way to ask."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[str, str], object] = {}

    def hosts(self, name: str) -> tuple[list[int], list[int]]:
        return self.once(("host", name), lambda: super(Remembering, self).hosts(name))

    def lines(self, path: str) -> list[str]:
        return self.once(("file", path), lambda: super(Remembering, self).lines(path))

    def once(self, what: tuple[str, str], find: Callable[[], Found]) -> Found:
        """What was found the first time, or raised then."""
        if what not in self.known:
            try:
                self.known[what] = find()
            except FilterError as error:
                self.known[what] = error
        found = self.known[what]
        if isinstance(found, FilterError):
            raise FilterError(found.message)
        return found  # type: ignore[return-value]


def remember() -> None:
    """From here on what is looked up is remembered, by a process that will go into its box."""
    from fyke.cli.main import OURS
    if OURS[0] and not isinstance(resolver._system, Remembering):
        resolver._system = Remembering()


def look_up(expressions: Iterable[str | None], dialect: str = "pcap") -> None:
    """Remember what these name, whatever link types they will be compiled for.

    Whether they are right is told by who uses them.
    """
    wanted = [text for text in expressions if text]
    if not wanted:
        return
    remember()
    for text in wanted:
        try:
            look_up_one(text, dialect)
        except FykeError:
            continue


def look_up_one(text: str, dialect: str) -> None:
    """Files are read by the parser; hosts are asked for here. Raises FilterError."""
    from fyke.filter.compile import syntax
    from fyke.filter.syntax import Name, Primitive, postorder
    tree = syntax(text, dialect)
    for node in postorder(tree) if tree is not None else ():
        if isinstance(node, Primitive) and isinstance(node.id, Name) and (
                node.qualifiers.kind in HOSTS):
            resolver.system_resolver().hosts(node.id.text)
