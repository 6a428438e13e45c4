"""Routes of BGP that are no IP prefixes, as values: EVPN, VPLS, route targets, multicast, OSI.

RFC 7432 §7, RFC 9136 §3.1; RFC 4761 §3.2.2; RFC 4684 §4; RFC 6514 §4; RFC 6037 §5.2.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.bgp_names import MULTICAST_ROUTE_NAMES
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.plain import address
from fyke.wire import Record, Truncated

EVPN_NAMES = {1: "ethernet_auto_discovery", 2: "mac_ip_advertisement", 3: "inclusive_multicast",
              4: "ethernet_segment", 5: "ip_prefix"}
PREFIX4, PREFIX6 = 34, 58  # octets of an IP prefix route


class Evpn(NamedTuple):
    """An EVPN route; what its type has not is None."""

    type: int
    name: str
    rd: str | None = None
    esi: bytes | None = None  #: Ethernet segment identifier
    tag: int | None = None  #: Ethernet tag
    mac: str | None = None
    ip: str | None = None  #: of type 5 a prefix
    gateway: str | None = None
    labels: list[int] | None = None  #: 24 bits: a VNI, or a label and four bits (RFC 8365 §5.1.3)
    data: bytes | None = None  #: of an unknown type, or of one that does not fit


class Site(NamedTuple):
    """A site of a layer 2 VPN and its block of labels; only ``next_hop`` in discovery."""

    rd: str
    site: int | None
    block_offset: int | None
    block_size: int | None
    label_base: int | None
    next_hop: str | None


class Target(NamedTuple):
    """Who wants routes of a target; no target stands for all."""

    origin_as: int | None
    target: bytes
    bits: int


class Multicast(NamedTuple):
    """A route of a multicast VPN; what its type has not is None."""

    type: int
    name: str
    rd: str | None = None
    source_as: int | None = None
    source: str | None = None
    group: str | None = None
    originator: str | None = None
    data: bytes | None = None


class Tree(NamedTuple):
    """A multicast distribution tree of a private network."""

    rd: str
    source: str
    group: str


class OsiPrefix(NamedTuple):
    """Network service access points that begin alike; ``rd`` in a private network."""

    prefix: str  #: hexadecimal, and how many bits of it
    rd: str | None = None


def distinguisher(octets: bytes) -> str:
    """A route distinguisher (RFC 4364 §4.2)."""
    kind, low = octets[:2], int.from_bytes(octets[6:], "big")
    if kind == b"\0\1":
        return f"{address(octets[2:6])}:{low}"
    if kind == b"\0\2":
        return f"{int.from_bytes(octets[2:6], 'big')}:{low}"
    if kind == b"\0\0":
        return f"{int.from_bytes(octets[2:4], 'big')}:{int.from_bytes(octets[4:], 'big')}"
    return octets.hex()


def optional_address(walk: Cursor) -> str | None:
    """An address behind its length in bits, which may be 0."""
    bits = walk.u8()
    if bits not in (0, 32, 128):
        raise Malformed("an address of another length")
    return address(walk.raw(bits // 8)) if bits else None


def auto_discovery(walk: Cursor) -> dict[str, Any]:
    return {"esi": walk.raw(10), "tag": walk.u32(), "labels": [walk.u24()]}


def advertisement(walk: Cursor) -> dict[str, Any]:
    esi, tag = walk.raw(10), walk.u32()
    if walk.u8() != 48:
        raise Malformed("an Ethernet address of another length")
    mac, ip = walk.raw(6).hex(":"), optional_address(walk)
    labels = [walk.u24()]
    if walk.left:
        labels.append(walk.u24())
    return {"esi": esi, "tag": tag, "mac": mac, "ip": ip, "labels": labels}


def inclusive(walk: Cursor) -> dict[str, Any]:
    return {"tag": walk.u32(), "ip": optional_address(walk)}


def segment(walk: Cursor) -> dict[str, Any]:
    return {"esi": walk.raw(10), "ip": optional_address(walk)}


def ip_prefix(walk: Cursor) -> dict[str, Any]:
    size = {PREFIX4 - 8: 4, PREFIX6 - 8: 16}.get(walk.left)
    if size is None:
        raise Malformed("a prefix of neither family")
    esi, tag, bits = walk.raw(10), walk.u32(), walk.u8()
    if bits > 8 * size:
        raise Malformed("a prefix longer than its address")
    where, gateway = address(walk.raw(size)), address(walk.raw(size))
    return {"esi": esi, "tag": tag, "ip": f"{where}/{bits}", "gateway": gateway,
            "labels": [walk.u24()]}


EVPN_READERS: dict[int, Callable[[Cursor], dict[str, Any]]] = {
    1: auto_discovery, 2: advertisement, 3: inclusive, 4: segment, 5: ip_prefix,
}


def evpn(walk: Cursor) -> Evpn:
    kind, size = walk.u8(), walk.u8()
    at = walk.step(size)
    name = EVPN_NAMES.get(kind, f"unknown_{kind}")
    one = Cursor(walk.pkt, at, walk.at)
    read = EVPN_READERS.get(kind)
    if read is None:
        return Evpn(kind, name, data=one.rest())
    try:
        return Evpn(kind, name, distinguisher(one.raw(8)), **read(one))
    except Malformed:
        return Evpn(kind, name, data=walk.pkt.raw(at, size))


def site(walk: Cursor) -> Site:
    """12 octets: only discovery (RFC 6074 §3.2.2); else a block of labels."""
    size = walk.u16()
    at = walk.step(size)
    one = Cursor(walk.pkt, at, walk.at)
    rd = distinguisher(one.raw(8))
    if size == 12:
        return Site(rd, None, None, None, None, address(one.raw(4)))
    return Site(rd, one.u16(), one.u16(), one.u16(), one.u24() >> 4, None)


def target(walk: Cursor) -> Target:
    bits = walk.u8()
    if bits == 0:
        return Target(None, b"", 0)
    if not 32 <= bits <= 96:
        raise Malformed("a target of another length")
    return Target(walk.u32(), walk.raw((bits - 32 + 7) // 8), bits - 32)


def tree(walk: Cursor) -> Tree:
    if walk.u8() != 128:
        raise Malformed("a tree of another length")
    return Tree(distinguisher(walk.raw(8)), address(walk.raw(4)), address(walk.raw(4)))


def osi_prefix(walk: Cursor) -> OsiPrefix:
    bits = walk.u8()
    return OsiPrefix(osi_bits(walk, bits))


def private_osi_prefix(walk: Cursor) -> OsiPrefix:
    """Behind a label and a distinguisher: 88 bits."""
    bits = walk.u8()
    walk.step(3)
    rd = distinguisher(walk.raw(8))
    return OsiPrefix(osi_bits(walk, bits - 88), rd)


def osi_bits(walk: Cursor, bits: int) -> str:
    if not 0 <= bits <= 160:
        raise Malformed("a prefix longer than its address")
    return f"{walk.raw((bits + 7) // 8).hex()}/{bits}"


def multicast(walk: Cursor) -> Multicast:
    kind, size = walk.u8(), walk.u8()
    at = walk.step(size)
    name = MULTICAST_ROUTE_NAMES.get(kind, b"unknown_%d" % kind).decode()
    one = Cursor(walk.pkt, at, walk.at)
    found: dict[str, Any] = {}
    try:
        if kind in (1, 2, 3, 5, 6, 7):
            found["rd"] = distinguisher(one.raw(8))
        if kind in (2, 6, 7):
            found["source_as"] = one.u32()
        if kind in (3, 5, 6, 7):
            found["source"], found["group"] = optional_address(one), optional_address(one)
        if kind in (1, 3) and one.left in (4, 16):
            found["originator"] = address(one.rest())
    except Malformed:
        found = {}
    return Multicast(kind, name, **found, data=None if found else walk.pkt.raw(at, size))


def listed(pkt: Record, at: int, stop: int, read: Callable[[Cursor], Any]) -> list[Any]:
    """Routes one after the other, up to one that cannot be."""
    walk = Cursor(pkt, at, stop)
    found: list[Any] = []
    try:
        while walk.left and len(found) < MOST:
            found.append(read(walk))
    except (Malformed, Truncated):
        pass
    return found
