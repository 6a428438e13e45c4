"""Which application a pair of ports means.

Tables "udp.port" (either end), "udp.source" and "udp.target" (that end only), and the same for
"tcp": where both ends name an application, the one registered first wins, as in the chain of
tests in tcpdump's print-udp.c and print-tcp.c.
"""

from __future__ import annotations

from fyke.hints import TYPE_CHECKING, Iterable
from fyke.layers.tables import Table, table

if TYPE_CHECKING:
    from fyke.layers.layer import Layer

NOBODY = 1 << 30  # a rank behind all others


class Ports:
    """The applications above one transport, found by port."""

    __slots__ = ("_by_source", "_by_target", "_either", "_from", "_source", "_stale", "_target",
                 "_to")

    def __init__(self, transport: str) -> None:
        self._either = table(f"{transport}.port")
        self._source = table(f"{transport}.source")
        self._target = table(f"{transport}.target")
        self._by_source: dict[int, tuple[int, Table, int]] = {}
        self._by_target: dict[int, tuple[int, Table, int]] = {}
        self._from = bytearray(8192)  # a bit for each port that means something: most are nobody's
        self._to = bytearray(8192)
        self._stale = True
        for one in (self._either, self._source, self._target):
            one.watchers.append(self.forget)

    def forget(self) -> None:
        """Another application was registered: gather them anew."""
        self._stale = True

    def gather(self) -> None:
        self._by_source = ranked(self._either, self._source)
        self._by_target = ranked(self._either, self._target)
        self._from = bits(self._by_source)
        self._to = bits(self._by_target)
        self._stale = False

    def find(self, source: int, target: int) -> type[Layer] | None:
        """The application's layer, as ``Table.find`` gives it, or None."""
        if self._stale:
            self.gather()
        first: tuple[int, Table, int] | None = None
        if self._to[target >> 3] >> (target & 7) & 1:
            first = self._by_target[target]
        if self._from[source >> 3] >> (source & 7) & 1:
            second = self._by_source[source]
            if first is None or second[0] < first[0]:
                first = second
        if first is None:
            return None
        winner = first[1]
        return winner.find(first[2])


def bits(ports: Iterable[int]) -> bytearray:
    """A bit for each of 65,536 ports."""
    found = bytearray(8192)
    for port in ports:
        found[port >> 3] |= 1 << (port & 7)
    return found


def ranked(*tables: Table) -> dict[int, tuple[int, Table, int]]:
    """Port to (rank, table, port): of two tables the earlier registration (a Table is no dict)."""
    found: dict[int, tuple[int, Table, int]] = {}
    for one in tables:
        for key in one.keys():  # noqa: SIM118
            rank = one.rank(key)
            if rank < found.get(key, (NOBODY,))[0]:
                found[key] = (rank, one, key)
    return found
