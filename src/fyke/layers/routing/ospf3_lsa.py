"""Link state advertisements of OSPF version 3 as values (RFC 5340 §A.4, RFC 5187, RFC 5329)."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import Malformed
from fyke.layers.plain import address
from fyke.layers.routing.ospf_packet import LSA_HEADER, address_at, addresses
from fyke.layers.routing.ospf_tlvs import ENGINEERING, GRACE, INFORMATION, listed
from fyke.wire import Record

ROUTER_LSA, NETWORK_LSA, INTER_PREFIX, INTER_ROUTER = 0x2001, 0x2002, 0x2003, 0x2004
EXTERNAL, NSSA, LINK, INTRA_PREFIX, ENGINEERING_LSA, GRACE_LSA = (
    0x4005, 0x2007, 0x0008, 0x2009, 0x200A, 0x000B)
FUNCTION = 0x1FFF  # what of a type is not its scope
INFORMATION_FUNCTION = 12
EXTERNAL_2, FORWARDING, TAG = 0x04000000, 0x02000000, 0x01000000


class Advertisement(NamedTuple):
    """A link state advertisement; ``body`` is None where only its header is told."""

    age: int  #: seconds
    type: int  #: with the bits of its scope
    link_state_id: str
    advertising_router: str
    seq: int
    checksum: int
    length: int  #: octets, header included
    body: Any


class Interface(NamedTuple):
    """A router's link (RFC 5340 §A.4.3)."""

    type: int  #: 1 point to point, 2 transit network, 4 virtual
    metric: int
    interface_id: int
    neighbor_interface_id: int
    neighbor_router: str


class Router(NamedTuple):
    """What a router is connected to (RFC 5340 §A.4.3)."""

    flags: int
    options: int
    links: list[Interface]


class Network(NamedTuple):
    """Who is attached to a network (RFC 5340 §A.4.4)."""

    options: int
    routers: list[str]


class Prefix(NamedTuple):
    """A prefix; ``metric`` is 0 where the format has none (RFC 5340 §A.4.1)."""

    prefix: str  #: "2001:db8::/32"
    options: int
    metric: int


class AreaPrefix(NamedTuple):
    """A prefix of another area (RFC 5340 §A.4.5)."""

    metric: int
    prefix: Prefix


class AreaRouter(NamedTuple):
    """A router of another area (RFC 5340 §A.4.6)."""

    options: int
    metric: int
    router: str


class External(NamedTuple):
    """A destination outside (RFC 5340 §A.4.7)."""

    external_type: int
    metric: int
    prefix: Prefix
    forward: str | None
    tag: int | None


class Link(NamedTuple):
    """What a router says on one link only (RFC 5340 §A.4.9)."""

    priority: int
    options: int
    address: str
    prefixes: list[Prefix]


class Prefixes(NamedTuple):
    """Prefixes of a router or network (RFC 5340 §A.4.10)."""

    type: int
    link_state_id: str
    advertising_router: str
    prefixes: list[Prefix]


def read_prefix(pkt: Record, at: int, end: int) -> tuple[Prefix, int]:
    """A prefix and where it ends."""
    bits = pkt.u8(at)
    size = (bits + 31) // 32 * 4
    if size > 16 or at + 4 + size > end:
        raise Malformed(f"a prefix of {bits} bits")
    text = address(pkt.raw(at + 4, size).ljust(16, b"\0"))
    return Prefix(f"{text}/{bits}", pkt.u8(at + 1), pkt.u16(at + 2)), at + 4 + size


def read_prefixes(pkt: Record, at: int, end: int, count: int) -> list[Prefix]:
    found: list[Prefix] = []
    while len(found) < count and at < end:
        prefix, at = read_prefix(pkt, at, end)
        found.append(prefix)
    return found


def read_external(pkt: Record, at: int, end: int) -> External:
    word = pkt.u32(at)
    prefix, at = read_prefix(pkt, at + 4, end)
    forward = tag = None
    if word & FORWARDING:
        forward = address(pkt.raw(at, 16))
        at += 16
    if word & TAG:
        tag = pkt.u32(at)
    return External(2 if word & EXTERNAL_2 else 1, word & 0xFFFFFF,
                    prefix._replace(metric=0), forward, tag)


def read_body(pkt: Record, at: int, end: int) -> Any:
    """What the advertisement at an offset says after its header."""
    kind = pkt.u16(at + 2)
    at += LSA_HEADER
    if kind == ROUTER_LSA:
        return Router(pkt.u8(at), pkt.u24(at + 1), [
            Interface(pkt.u8(one), pkt.u16(one + 2), pkt.u32(one + 4), pkt.u32(one + 8),
                      address_at(pkt, one + 12)) for one in range(at + 4, end - 15, 16)])
    if kind == NETWORK_LSA:
        return Network(pkt.u24(at + 1), addresses(pkt, at + 4, end))
    if kind == INTER_PREFIX:
        prefix = read_prefix(pkt, at + 4, end)[0]
        return AreaPrefix(pkt.u24(at + 1), prefix._replace(metric=0))
    if kind == INTER_ROUTER:
        return AreaRouter(pkt.u24(at + 1), pkt.u24(at + 5), address_at(pkt, at + 8))
    if kind in (EXTERNAL, NSSA):
        return read_external(pkt, at, end)
    if kind == LINK:
        return Link(pkt.u8(at), pkt.u24(at + 1), address(pkt.raw(at + 4, 16)),
                    read_prefixes(pkt, at + 24, end, pkt.u32(at + 20)))
    if kind == INTRA_PREFIX:
        return Prefixes(pkt.u16(at + 2), address_at(pkt, at + 4), address_at(pkt, at + 8),
                        read_prefixes(pkt, at + 12, end, pkt.u16(at)))
    forms = (ENGINEERING if kind == ENGINEERING_LSA else GRACE if kind == GRACE_LSA
             else INFORMATION if kind & FUNCTION == INFORMATION_FUNCTION else None)
    return pkt.raw(at, end - at) if forms is None else listed(pkt, at, end - at, forms)


def read_header(pkt: Record, at: int, body: Any = None) -> Advertisement:
    return Advertisement(pkt.u16(at), pkt.u16(at + 2), address_at(pkt, at + 4),
                         address_at(pkt, at + 8), pkt.u32(at + 12), pkt.u16(at + 16),
                         pkt.u16(at + 18), body)
