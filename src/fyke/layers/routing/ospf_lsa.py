"""Link state advertisements of OSPF version 2 as values (RFC 2328 §A.4, RFC 5250, RFC 4915)."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.routing.ospf_packet import LSA_HEADER, address_at, addresses
from fyke.layers.routing.ospf_tlvs import values
from fyke.wire import Record

ROUTER, NETWORK, SUMMARY, ASBR_SUMMARY, EXTERNAL, GROUP, NSSA = 1, 2, 3, 4, 5, 6, 7
OPAQUE = (9, 10, 11)


class Advertisement(NamedTuple):
    """A link state advertisement; ``body`` is None where only its header is told."""

    age: int  #: seconds
    options: int
    type: int
    link_state_id: str  #: of an opaque one its opaque type, then its identifier
    advertising_router: str
    seq: int
    checksum: int
    length: int  #: octets, header included
    body: Any


class Metric(NamedTuple):
    """The cost in a topology (RFC 4915 §3.7); 0 is the default one."""

    topology: int
    metric: int


class Link(NamedTuple):
    """A router's link (RFC 2328 §A.4.2)."""

    type: int  #: 1 point to point, 2 transit network, 3 stub network, 4 virtual
    id: str
    data: str  #: interface address or, of a stub network, its mask
    metrics: list[Metric]


class Router(NamedTuple):
    """What a router is connected to (RFC 2328 §A.4.2)."""

    flags: int
    links: list[Link]


class Network(NamedTuple):
    """Who is attached to a network (RFC 2328 §A.4.3)."""

    mask: str
    routers: list[str]


class Summary(NamedTuple):
    """A destination in another area (RFC 2328 §A.4.4)."""

    mask: str
    metrics: list[Metric]


class Route(NamedTuple):
    """A way out (RFC 2328 §A.4.5)."""

    topology: int
    external_type: int  #: 1: comparable with metrics inside; 2: larger than any
    metric: int
    forward: str
    tag: int


class External(NamedTuple):
    """A destination outside (RFC 2328 §A.4.5, RFC 3101)."""

    mask: str
    routes: list[Route]


class Vertex(NamedTuple):
    """Where a multicast group has members (RFC 1584 §A.3)."""

    type: int  #: 1 router, 2 network
    id: str


def read_links(pkt: Record, at: int, end: int) -> list[Link]:
    links: list[Link] = []
    count = pkt.u16(at + 2)
    at += 4
    while len(links) < count and end - at >= 12:
        metrics = [Metric(0, pkt.u16(at + 10))]
        after = at + 12 + 4 * pkt.u8(at + 9)
        metrics += [Metric(pkt.u8(one), pkt.u16(one + 2))
                    for one in range(at + 12, min(after, end - 3), 4)]
        links.append(Link(pkt.u8(at + 8), address_at(pkt, at), address_at(pkt, at + 4), metrics))
        at = after
    return links


def read_metrics(pkt: Record, at: int, end: int) -> list[Metric]:
    return [Metric(pkt.u8(one) & 0x7F, pkt.u24(one + 1)) for one in range(at, end - 3, 4)]


def read_routes(pkt: Record, at: int, end: int) -> list[Route]:
    return [Route(pkt.u8(one) & 0x7F, 1 + (pkt.u8(one) >> 7), pkt.u24(one + 1),
                  address_at(pkt, one + 4), pkt.u32(one + 8)) for one in range(at, end - 11, 12)]


def read_body(pkt: Record, at: int, end: int) -> Any:
    """What the advertisement at an offset says after its header."""
    kind = pkt.u8(at + 3)
    opaque = pkt.u8(at + 4)
    at += LSA_HEADER
    if kind == ROUTER:
        return Router(pkt.u8(at), read_links(pkt, at, end))
    if kind == NETWORK:
        return Network(address_at(pkt, at), addresses(pkt, at + 4, end))
    if kind in (SUMMARY, ASBR_SUMMARY):
        return Summary(address_at(pkt, at), read_metrics(pkt, at + 4, end))
    if kind in (EXTERNAL, NSSA):
        return External(address_at(pkt, at), read_routes(pkt, at + 4, end))
    if kind == GROUP:
        return [Vertex(pkt.u32(one), address_at(pkt, one + 4)) for one in range(at, end - 7, 8)]
    if kind in OPAQUE:
        return values(pkt, at, end, opaque)
    return pkt.raw(at, end - at)


def read_header(pkt: Record, at: int, body: Any = None) -> Advertisement:
    return Advertisement(pkt.u16(at), pkt.u8(at + 2), pkt.u8(at + 3), address_at(pkt, at + 4),
                         address_at(pkt, at + 8), pkt.u32(at + 12), pkt.u16(at + 16),
                         pkt.u16(at + 18), body)
