"""Which protocol follows which: tables of dotted names, imported when first met.

``register("ip.proto", 17, "fyke.layers.transport.udp:Udp")`` stands in the folder's
``__init__.py``; a user's program calls ``fyke.register``. The folders in ROOMS are read before the
first packet.
"""

from __future__ import annotations

from fyke import late
from fyke.hints import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from fyke.layers.layer import Layer
    from fyke.wire import Record

ROOMS = ("link", "network", "transport", "routing", "application")


class ByContent:
    """An entry of a table that several protocols share: ``choose(pkt, off)`` gives the class."""

    __slots__ = ("choose",)

    choose: Callable[[Record, int], type[Layer]]

    def __init__(self, choose: Callable[[Record, int], type[Layer]]) -> None:
        self.choose = choose


class Table:
    """A number (EtherType, IP protocol, port …) to a Layer class."""

    __slots__ = ("_entries", "_known", "_pages", "_ranks", "name", "watchers")

    def __init__(self, name: str) -> None:
        self.name = name
        self.watchers: list[Callable[[], None]] = []  #: called when an entry is added
        self._entries: dict[int, type[Layer] | str] = {}
        self._ranks: dict[int, int] = {}
        self._known = bytearray(8192)  # a bit for each number below 65536: most are nobody's
        #: What was found so far, 256 numbers a page: no hash, and no page that nobody asked for.
        self._pages: list[list[type[Layer] | None] | None] = [None] * 256

    def add(self, key: int, layer: type[Layer] | str, first: bool = False) -> None:
        """Say what ``key`` means; a later word overrides an earlier one.

        ``first``: before all that was said so far, should another key of the packet mean that.
        """
        global _ADDED
        _ADDED += 1
        self._entries[key] = layer
        if 0 <= key < 65536 and self._pages[key >> 8] is not None:
            self._pages[key >> 8] = None
        if 0 <= key < 65536:
            self._known[key >> 3] |= 1 << (key & 7)
        if first:
            self._ranks[key] = -_ADDED
        else:
            self._ranks.setdefault(key, _ADDED)
        for watcher in self.watchers:
            watcher()

    def rank(self, key: int) -> int:
        """When ``key`` was first registered, counted over all tables: the earlier wins a tie."""
        return self._ranks[key]

    def find(self, key: int) -> type[Layer] | None:
        """The class for ``key``, imported at its first use; None if nobody registered one.

        Where several protocols share the number a ByContent, which ``Layer.child`` asks.
        """
        if not 0 <= key < 65536:
            return self.look_up(key)
        page = self._pages[key >> 8]
        if page is not None:
            found = page[key & 255]
            if found is not None:
                return found
        if not self._known[key >> 3] & 1 << (key & 7):
            return None
        if page is None:
            page = self._pages[key >> 8] = [None] * 256
        page[key & 255] = self.look_up(key)
        return page[key & 255]

    def look_up(self, key: int) -> type[Layer] | None:
        """What the dictionary says; a name becomes the class."""
        entry = self._entries.get(key)
        if isinstance(entry, str):
            if entry.startswith("fyke."):
                entry = late.named(entry)
            else:
                entry = late.module("fyke.layers.plugins").load(self.name, key, entry)
                if isinstance(entry, str):  # a plugin that does not work is in front of one of ours
                    entry = late.named(entry)
            self._entries[key] = entry
        return entry

    def entry(self, key: int) -> type[Layer] | str | None:
        """What was registered: a class, or its dotted name if nobody needed it yet."""
        return self._entries.get(key)

    def called(self, key: int) -> str | None:
        """The name of what ``key`` means, without importing it; None if nobody registered one."""
        entry = self._entries.get(key)
        if isinstance(entry, str):
            return entry.partition(":")[0].rpartition(".")[2]
        return getattr(entry, "name", None)

    def module(self, key: int) -> str | None:
        """The module of the class that ``key`` means, which is not imported; None if nobody
        registered one, and "" where several protocols share the number."""
        entry = self._entries.get(key)
        if isinstance(entry, str):
            return entry.partition(":")[0]
        return None if entry is None else getattr(entry, "__module__", "")

    def key_of(self, layer: type[Layer]) -> int:
        """The least number that leads to this class; -1 if none does."""
        name = f"{layer.__module__}:{layer.__name__}"
        return min((key for key, entry in self._entries.items() if entry in (layer, name)),
                   default=-1)

    def key_named(self, name: str) -> int:
        """The least number that leads to a class of this name; -1 if none does."""
        ending = f":{name}"
        return min((key for key, entry in self._entries.items()
                    if (entry.endswith(ending) if isinstance(entry, str)
                        else getattr(entry, "__name__", "") == name)), default=-1)

    def keys(self) -> list[int]:
        """Every registered number, in ascending order."""
        return sorted(self._entries)


_TABLES: dict[str, Table] = {}
_ROOMS_READ = False
_ADDED = 0


def table(name: str) -> Table:
    """The table called ``name`` ("link_type", "ethertype", "ip.proto", "udp.port" …).

    Read it once, at a module's top or at a layer's making, and keep it: tables never move.
    """
    found = _TABLES.get(name)
    if found is None:
        found = _TABLES[name] = Table(name)
    return found


def names() -> list[str]:
    """Every table that a protocol reads."""
    read_rooms()
    return sorted(_TABLES)


def register(name: str, key: int, layer: type[Layer] | str) -> None:
    """Say that ``layer`` (a class, or "module:Class") follows when table ``name`` reads ``key``."""
    table(name).add(key, layer)


def read_rooms() -> None:
    """Let every folder of protocols register its own, then other packages theirs.

    Done once, before the first packet.
    """
    global _ROOMS_READ
    if not _ROOMS_READ:
        _ROOMS_READ = True
        for room in ROOMS:
            late.module(f"fyke.layers.{room}")
        late.module("fyke.layers.plugins").register_all()
