"""What OLSR's messages say behind their header (RFC 3626 §5, §6, §9, §12).

And olsr.org's link quality and name service.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST, Cursor, Malformed, text
from fyke.layers.plain import address

HELLO, TC, MID, HNA, NAMES, HELLO_LQ, TC_LQ = 1, 2, 3, 4, 130, 201, 202


class Neighbor(NamedTuple):
    """A neighbour; with link quality both directions', of 255."""

    address: str
    quality: int | None
    neighbor_quality: int | None


class Links(NamedTuple):
    """Neighbours that a link of one kind leads to."""

    link_type: int
    neighbor_type: int
    neighbors: list[Neighbor]


class Hello(NamedTuple):
    """Whom the sender hears."""

    interval: float  #: seconds
    willingness: int  #: to carry others' traffic, up to 7
    links: list[Links]


class Topology(NamedTuple):
    """Whom the sender offers ways to."""

    sequence: int
    neighbors: list[Neighbor]


class Network(NamedTuple):
    """A network behind the sender."""

    address: str
    mask: str


class Name(NamedTuple):
    """A name, or a server's address, of the name service."""

    type: int
    address: str
    name: str


def seconds(octet: int) -> float:
    """A time as mantissa and exponent (RFC 3626 §18.3)."""
    return 0.0625 * (1 + (octet >> 4) / 16) * (1 << (octet & 15))


def neighbors(walk: Cursor, wide: int, with_quality: bool) -> list[Neighbor]:
    found: list[Neighbor] = []
    while walk.left >= wide + (4 if with_quality else 0) and len(found) < MOST:
        where = address(walk.raw(wide))
        if with_quality:
            found.append(Neighbor(where, walk.u8(), walk.u8()))
            walk.step(2)
        else:
            found.append(Neighbor(where, None, None))
    return found


def hello(with_quality: bool) -> Callable[[Cursor, int], Hello]:
    def read(walk: Cursor, wide: int) -> Hello:
        walk.step(2)
        interval, willingness = seconds(walk.u8()), walk.u8()
        links: list[Links] = []
        while walk.left >= 4 and len(links) < MOST:
            code = walk.u8()
            walk.step(1)
            size = walk.u16()
            at = walk.step(size - 4)
            links.append(Links(code & 3, code >> 2, neighbors(
                Cursor(walk.pkt, at, walk.at), wide, with_quality)))
        return Hello(interval, willingness, links)
    return read


def topology(with_quality: bool) -> Callable[[Cursor, int], Topology]:
    def read(walk: Cursor, wide: int) -> Topology:
        sequence = walk.u16()
        walk.step(2)
        return Topology(sequence, neighbors(walk, wide, with_quality))
    return read


def interfaces(walk: Cursor, wide: int) -> list[str]:
    """Other addresses of the sender."""
    return [address(walk.raw(wide)) for _ in range(min(walk.left // wide, MOST))]


def networks(walk: Cursor, wide: int) -> list[Network]:
    return [Network(address(walk.raw(wide)), address(walk.raw(wide)))
            for _ in range(min(walk.left // (2 * wide), MOST))]


def names(walk: Cursor, wide: int) -> list[Name]:
    walk.step(2)
    found = []
    for _ in range(min(walk.u16(), MOST)):
        kind, size = walk.u16(), walk.u16()
        where = address(walk.raw(wide))
        found.append(Name(kind, where, text(walk.pkt, walk.step(size), size)))
        walk.step(min(-size % 4, walk.left))
    return found


READERS: dict[int, Callable[[Cursor, int], Any]] = {
    HELLO: hello(False), HELLO_LQ: hello(True), TC: topology(False), TC_LQ: topology(True),
    MID: interfaces, HNA: networks, NAMES: names,
}


def value_of(walk: Cursor, wide: int, kind: int) -> Any:
    """A message's value: octets where nothing is known of it, or where it does not fit."""
    at, size = walk.at, walk.left
    try:
        return READERS[kind](walk, wide) if kind in READERS else walk.rest()
    except Malformed:
        return walk.pkt.raw(at, size)
