"""Values of LSP ping's TLVs (RFC 8029 §3, RFC 5884, RFC 6425)."""

from __future__ import annotations

from fyke.hints import Any, Callable, Iterator, NamedTuple
from fyke.layers.application.bgp_route_values import distinguisher
from fyke.layers.application.lsp_ping_names import SUBTLV_NAMES, TLV_NAMES
from fyke.layers.cursor import MOST, Cursor, Form, Malformed, Tlv, fixed, option, tlvs
from fyke.layers.plain import address
from fyke.wire import Record

NUMBERED = (1, 3)  # downstream address types whose interface has an address
WIDTHS = {1: 4, 2: 4, 3: 16, 4: 16}  # octets of an address by address type


class Class(NamedTuple):
    """An element of the stack of forwarding equivalence classes (RFC 8029 §3.2)."""

    kind: int
    name: str
    value: Any


class Prefix(NamedTuple):
    """Of LDP, or labelled by BGP; ``rd`` in a private network."""

    prefix: str
    rd: str | None


class Tunnel(NamedTuple):
    """An RSVP session (RFC 8029 §3.2.3)."""

    endpoint: Any  #: an address; of a point-to-multipoint session its number
    tunnel_id: int
    extended_tunnel_id: str
    sender: str
    lsp_id: int


class Endpoint(NamedTuple):
    """Of a layer 2 VPN (RFC 8029 §3.2.7)."""

    rd: str
    sender: int
    receiver: int
    encapsulation: int


class Pseudowire(NamedTuple):
    """FEC 128, the old form without a sender."""

    sender: str | None
    remote: str
    id: int
    type: int


class Label(NamedTuple):
    """An entry of a label stack; in a downstream mapping with the protocol that gave it."""

    label: int
    traffic_class: int
    bottom: bool
    ttl: int | None
    protocol: int | None


class Downstream(NamedTuple):
    """What the router would do with the packet (RFC 8029 §3.4)."""

    mtu: int
    address_type: int
    flags: int
    address: str | None
    interface: Any  #: an address, or an index where the interface has none
    multipath_type: int | None
    depth_limit: int | None
    multipath: bytes
    labels: list[Label]
    return_code: int | None  #: of a detailed mapping, as what follows
    return_subcode: int | None
    elements: list[Any]


class Stack(NamedTuple):
    """Interface and label stack of what came in (RFC 8029 §3.6)."""

    address_type: int
    address: str
    interface: Any
    labels: list[Label]


def prefix(size: int, private: bool = False) -> Callable[[Cursor], Prefix]:
    def read(walk: Cursor) -> Prefix:
        rd = distinguisher(walk.raw(8)) if private else None
        where = address(walk.raw(size))
        return Prefix(f"{where}/{walk.u8()}", rd)
    return read


def tunnel(size: int, multipoint: bool = False) -> Callable[[Cursor], Tunnel]:
    def read(walk: Cursor) -> Tunnel:
        endpoint: Any = walk.u32() if multipoint else address(walk.raw(size))
        walk.step(2)
        number = walk.u16()
        extended, sender = address(walk.raw(size)), address(walk.raw(size))
        walk.step(2)
        return Tunnel(endpoint, number, extended, sender, walk.u16())
    return read


def endpoint(walk: Cursor) -> Endpoint:
    return Endpoint(distinguisher(walk.raw(8)), walk.u16(), walk.u16(), walk.u16())


def pseudowire(with_sender: bool) -> Callable[[Cursor], Pseudowire]:
    def read(walk: Cursor) -> Pseudowire:
        sender = address(walk.raw(4)) if with_sender else None
        return Pseudowire(sender, address(walk.raw(4)), walk.u32(), walk.u16())
    return read


CLASSES: dict[int, tuple[int, Callable[[Cursor], Any]]] = {
    1: (5, prefix(4)), 2: (17, prefix(16)), 3: (20, tunnel(4)), 4: (56, tunnel(16)),
    6: (13, prefix(4, True)), 7: (25, prefix(16, True)), 8: (14, endpoint),
    9: (10, pseudowire(False)), 10: (14, pseudowire(True)), 12: (5, prefix(4)),
    13: (17, prefix(16)), 14: (5, prefix(4)), 15: (17, prefix(16)),
    17: (20, tunnel(4, True)), 18: (44, tunnel(16, True)),
}


def classes(pkt: Record, at: int, size: int) -> list[Class]:
    found = []
    for one in tlvs(pkt, at, at + size, type_size=2, length_size=2, align=4):
        wanted, read = CLASSES.get(one.type, (-1, None))
        name = SUBTLV_NAMES.get(one.type, b"unknown_%d" % one.type).decode()
        value: Any = pkt.raw(one.at, one.size)
        if read is not None and one.size == wanted:
            value = read(Cursor(pkt, one.at, one.at + one.size))
        found.append(Class(one.type, name, value))
    return found


def labels(walk: Cursor, with_protocol: bool) -> list[Label]:
    found: list[Label] = []
    while walk.left >= 4 and len(found) < MOST:
        word = walk.u32()
        found.append(Label(word >> 12, word >> 9 & 7, word >> 8 & 1 == 1,
                           None if with_protocol else word & 0xFF,
                           word & 0xFF if with_protocol else None))
    return found


def places(walk: Cursor, kind: int) -> tuple[str, Any]:
    """Address and interface, by their type."""
    width = WIDTHS.get(kind)
    if width is None:
        raise Malformed("an address of another type")
    where = address(walk.raw(width))
    return where, address(walk.raw(width)) if kind in NUMBERED else walk.u32()


def downstream(pkt: Record, at: int, size: int) -> Downstream:
    walk = Cursor(pkt, at, at + size)
    mtu, kind, flags = walk.u16(), walk.u8(), walk.u8()
    where, interface = places(walk, kind)
    multipath, depth, count = walk.u8(), walk.u8(), walk.u16()
    return Downstream(mtu, kind, flags, where, interface, multipath, depth, walk.raw(count),
                      labels(walk, True), None, None, [])


def detailed(pkt: Record, at: int, size: int) -> Downstream:
    """RFC 8029 §3.4.1: labels and paths are TLVs of their own."""
    walk = Cursor(pkt, at, at + size)
    mtu, kind, flags = walk.u16(), walk.u8(), walk.u8()
    where, interface = places(walk, kind) if kind else (None, None)
    code, subcode, count = walk.u8(), walk.u8(), walk.u16()
    start = walk.step(count)
    inner = [(one.type, pkt.raw(one.at, one.size)) for one in tlvs(
        pkt, start, start + count, type_size=2, length_size=2, align=4)]
    return Downstream(mtu, kind, flags, where, interface, None, None, b"", [], code, subcode,
                      inner)


def stack(pkt: Record, at: int, size: int) -> Stack:
    walk = Cursor(pkt, at, at + size)
    kind = walk.u8()
    walk.step(3)
    where, interface = places(walk, kind)
    return Stack(kind, where, interface, labels(walk, False))


FORMS: dict[int, Form] = {
    1: Form("", classes), 2: Form("", downstream, 16),
    5: fixed("", 4), 7: Form("", stack, 12), 10: Form("", lambda pkt, at, size: pkt.u8(at), 1),
    15: fixed("", 4), 20: Form("", detailed, 8),
}


def values(pkt: Record, at: int, stop: int) -> Iterator[Any]:
    """Every TLV. Raises Malformed and Truncated where they end."""
    for one in tlvs(pkt, at, stop, type_size=2, length_size=2, align=4):
        yield value_of(pkt, one)


def value_of(pkt: Record, one: Tlv) -> Any:
    name = TLV_NAMES.get(one.type, b"unknown_%d" % one.type).decode()
    return option(pkt, one, FORMS.get(one.type))._replace(name=name)
