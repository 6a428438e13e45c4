"""Values of RSVP's objects, by class and type (RFC 2205 appendix A, 3209, 3473)."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST, Malformed, dotted, text
from fyke.layers.plain import address
from fyke.wire import Record


class Session(NamedTuple):
    """Whom a reservation is for: a flow's end, or a tunnel's."""

    destination: str
    protocol: int | None  #: of a flow
    port: int | None  #: of a flow
    tunnel_id: int | None
    extended_tunnel_id: str | None


class Hop(NamedTuple):
    """The neighbour that a message comes from."""

    address: str
    interface: int  #: the sender's handle of the interface


class Sender(NamedTuple):
    """Who sends: a flow's source, or a label switched path."""

    address: str
    port: int | None  #: of a flow
    lsp_id: int | None  #: of a path


class Fault(NamedTuple):
    """What is wrong, and who says so."""

    node: str
    flags: int
    code: int
    value: int


class Step(NamedTuple):
    """A hop of an explicit or recorded route (RFC 3209 §4.3, §4.4)."""

    loose: bool
    kind: int  #: 1 IPv4, 2 IPv6, 3 label, 4 unnumbered interface, 32 autonomous system
    value: Any


class Attributes(NamedTuple):
    """Of a path (RFC 3209 §4.7)."""

    setup_priority: int
    holding_priority: int
    flags: int
    name: str


def read_flow(width: int) -> Callable[[Record, int], Session]:
    return lambda pkt, at: Session(address(pkt.raw(at, width)), pkt.u8(at + width),
                                   pkt.u16(at + width + 2), None, None)


def read_tunnel(width: int) -> Callable[[Record, int], Session]:
    return lambda pkt, at: Session(address(pkt.raw(at, width)), None, None,
                                   pkt.u16(at + width + 2), address(pkt.raw(at + width + 4, width)))


def read_hop(width: int) -> Callable[[Record, int], Hop]:
    return lambda pkt, at: Hop(address(pkt.raw(at, width)), pkt.u32(at + width))


def read_sender(width: int, path: bool) -> Callable[[Record, int], Sender]:
    def read(pkt: Record, at: int) -> Sender:
        number = pkt.u16(at + width + 2)
        return Sender(address(pkt.raw(at, width)), None if path else number,
                      number if path else None)
    return read


def read_fault(width: int) -> Callable[[Record, int], Fault]:
    return lambda pkt, at: Fault(address(pkt.raw(at, width)), pkt.u8(at + width),
                                 pkt.u8(at + width + 1), pkt.u16(at + width + 2))


def read_route(pkt: Record, at: int, size: int) -> list[Step]:
    """Hops up to the end; one that does not fit ends them."""
    stop = at + size
    found: list[Step] = []
    while stop - at >= 4 and len(found) < MOST:
        kind, length = pkt.u8(at), pkt.u8(at + 1)
        if length < 4 or length > stop - at:
            raise Malformed("a hop that does not fit")
        number = kind & 0x7F
        value: Any = pkt.raw(at + 2, length - 2)
        if (number, length) in ((1, 8), (2, 20)):
            value = f"{address(value[:-2])}/{value[-2]}"
        elif (number, length) == (3, 8):
            value = pkt.u32(at + 4)
        elif (number, length) == (32, 4):
            value = pkt.u16(at + 2)
        found.append(Step(kind >= 0x80, number, value))
        at += length
    return found


#: Class and type to least octets and reader.
READERS: dict[tuple[int, int], tuple[int, Callable[[Record, int], Any]]] = {
    (1, 1): (8, read_flow(4)), (1, 2): (20, read_flow(16)),
    (1, 7): (12, read_tunnel(4)), (1, 8): (36, read_tunnel(16)),
    (3, 1): (8, read_hop(4)), (3, 2): (20, read_hop(16)),
    (5, 1): (4, lambda pkt, at: pkt.u32(at)),
    (6, 1): (8, read_fault(4)), (6, 2): (20, read_fault(16)),
    (8, 1): (4, lambda pkt, at: pkt.u24(at + 1)),
    (10, 1): (8, read_sender(4, False)), (10, 2): (20, read_sender(16, False)),
    (10, 7): (8, read_sender(4, True)), (10, 8): (20, read_sender(16, True)),
    (11, 1): (8, read_sender(4, False)), (11, 2): (20, read_sender(16, False)),
    (11, 7): (8, read_sender(4, True)), (11, 8): (20, read_sender(16, True)),
    (15, 1): (4, lambda pkt, at: dotted(pkt, at, 4)),
    (16, 1): (4, lambda pkt, at: pkt.u32(at)),
    (19, 1): (4, lambda pkt, at: pkt.u16(at + 2)),
    (131, 1): (4, lambda pkt, at: pkt.u32(at)),
}
ROUTES = ((20, 1), (21, 1))
ATTRIBUTES = (207, 7)


def value_of(pkt: Record, at: int, size: int, number: int, kind: int) -> Any:
    """An object's value: octets where nothing is known of it, or where it does not fit."""
    if (number, kind) in ROUTES:
        try:
            return read_route(pkt, at, size)
        except Malformed:
            return pkt.raw(at, size)
    if (number, kind) == ATTRIBUTES and size >= 4 and pkt.u8(at + 3) <= size - 4:
        return Attributes(pkt.u8(at), pkt.u8(at + 1), pkt.u8(at + 2),
                          text(pkt, at + 4, pkt.u8(at + 3)))
    least, read = READERS.get((number, kind), (0, None))
    return read(pkt, at) if read is not None and size >= least else pkt.raw(at, size)
