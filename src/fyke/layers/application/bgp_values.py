"""BGP's messages as values (RFC 4271, RFC 4760 and others).

Whether AS numbers have four octets and prefixes a path identifier is agreed when a connection
opens; one segment alone is read as bgp_attributes and bgp_routes read it for the text.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, Iterator, NamedTuple
from fyke.layers.application.bgp_attributes import EXTENDED_LENGTH, number_width
from fyke.layers.application.bgp_names import (
    ATTRIBUTE_NAMES,
    CAPABILITY_NAMES,
    MAJOR_NAMES,
    MESSAGE_NAMES,
    MINOR_NAMES,
    ORIGIN_NAMES,
)
from fyke.layers.application.bgp_route_values import (
    distinguisher,
    evpn,
    listed,
    multicast,
    osi_prefix,
    private_osi_prefix,
    site,
    target,
    tree,
)
from fyke.layers.application.bgp_routes import has_paths
from fyke.layers.cursor import MOST, Cursor, Form, Malformed, Tlv, option, raw, tlvs, whole_number
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.wire import Record, Truncated

ATTRIBUTE_SET = 128
MARKER, HEADER_LENGTH = b"\xff" * 16, 19
OPEN, UPDATE, NOTIFICATION, KEEPALIVE, REFRESH = 1, 2, 3, 4, 5
CAPABILITIES, EXTENDED = 2, 255  # types of optional parameters
IPV4, IPV6, NSAP, VPLS, L2VPN = 1, 2, 3, 25, 196
UNICAST, MULTICAST, LABELED, VPN = 1, 2, 4, 128  # subsequent address families
MULTICAST_VPN, VPLS_SAFI, MDT, EVPN, TARGETS = 5, 65, 66, 70, 132
SIZES = {IPV4: 4, IPV6: 16}
SEGMENTS = {1: "set", 2: "sequence", 3: "confederation_sequence", 4: "confederation_set"}
#: Low bits of an extended community's type to the octets of its first number.
SPLITS = {0: 2, 1: 4, 2: 4}
COMMUNITIES = {0xFFFFFF01: "no-export", 0xFFFFFF02: "no-advertise",
               0xFFFFFF03: "no-export-subconfed", 0xFFFF029A: "blackhole"}


class Kept(NamedTuple):
    """A family whose routes outlive the session; ``stale_time`` only where they do long."""

    afi: int
    safi: int
    forwarding: bool  #: packets were still forwarded
    stale_time: int | None  #: seconds (RFC 9494 §3)


class Restart(NamedTuple):
    """How a speaker comes back (RFC 4724 §3, RFC 8538 §2)."""

    restarted: bool
    notification: bool
    time: int  #: seconds
    families: list[Kept]


class Message(NamedTuple):
    """A message; ``body`` is an Open, Update, Notification or Refresh, None without one."""

    type: int
    name: str
    length: int
    body: Any


class Open(NamedTuple):
    """RFC 4271 §4.2."""

    version: int
    my_as: int
    hold_time: int  #: seconds
    bgp_id: str
    capabilities: list[Any]


class Capability(NamedTuple):
    """RFC 5492 §4."""

    kind: int
    name: str
    value: Any


class Family(NamedTuple):
    """Address family and subsequent one."""

    afi: int
    safi: int


class Route(NamedTuple):
    """A prefix; ``label`` and ``rd`` where its family has them."""

    prefix: str
    path_id: int | None = None
    label: int | None = None
    rd: str | None = None


class Update(NamedTuple):
    """RFC 4271 §4.3."""

    withdrawn: list[Route]
    attributes: Options
    nlri: list[Route]


class Attribute(NamedTuple):
    """A path attribute."""

    kind: int
    name: str
    flags: int
    value: Any


class Segment(NamedTuple):
    """A part of a path."""

    type: str
    path: list[int]


class Reach(NamedTuple):
    """Routes of a family: reachable by ``next_hops``, or withdrawn without any (RFC 4760)."""

    afi: int
    safi: int
    next_hops: list[str]
    nlri: list[Any]


class CustomerRoute(NamedTuple):
    """A customer's attributes, carried through a provider's network (RFC 6368)."""

    origin_as: int
    attributes: Options


class Aggregator(NamedTuple):
    """Who put routes together."""

    asn: int
    address: str


class Extended(NamedTuple):
    """An extended community; ``type`` 0 and 2 with ``subtype`` 2 is a route target."""

    type: int
    subtype: int
    value: str


class Notification(NamedTuple):
    """RFC 4271 §4.5."""

    code: int
    subcode: int
    error: str
    detail: str | None
    data: str  #: hexadecimal


class Refresh(NamedTuple):
    """RFC 2918, RFC 7313."""

    afi: int
    safi: int
    subtype: int


def messages_of(pkt: Record, at: int, stop: int) -> Options:
    """Every message whose marker is in the segment; ``cut`` if one is not whole."""
    found = Options()
    octets = pkt.raw(at, max(min(stop, pkt.end) - at, 0))
    place = octets.find(MARKER)
    while place >= 0 and len(found) < MOST:
        start = at + place
        if not pkt.has(start, HEADER_LENGTH) or pkt.u16(start + 16) < HEADER_LENGTH:
            found.cut = True
            break
        length, kind = pkt.u16(start + 16), pkt.u8(start + 18)
        found.append(Message(kind, MESSAGE_NAMES.get(kind, b"unknown").decode().lower(), length,
                             body_of(pkt, start, length, kind)))
        found.cut = found.cut or start + length > stop or not pkt.has(start, length)
        place = octets.find(MARKER, place + length)
    return found


def body_of(pkt: Record, at: int, length: int, kind: int) -> Any:
    cursor = Cursor(pkt, at + HEADER_LENGTH, at + length)
    reader = READERS.get(kind)
    try:
        return None if reader is None else reader(cursor)
    except (Malformed, Truncated):
        return None


def read_open(cursor: Cursor) -> Open:
    version, my_as, hold = cursor.u8(), cursor.u16(), cursor.u16()
    ident, size = address(cursor.raw(4)), cursor.u8()
    wide = 1
    if size and cursor.left and cursor.pkt.u8(cursor.at) == EXTENDED:  # RFC 9072 §2
        cursor.step(1)
        size, wide = cursor.u16(), 2
    stop = cursor.at + min(size, cursor.left)
    found: list[Any] = []
    try:
        for one in tlvs(cursor.pkt, cursor.at, stop, length_size=wide):
            if one.type == CAPABILITIES:
                for inner in tlvs(cursor.pkt, one.at, one.at + one.size):
                    found.append(capability(cursor.pkt, inner))
    except (Malformed, Truncated):
        pass
    return Open(version, my_as, hold, ident, found)


def capability(pkt: Record, one: Tlv) -> Capability:
    name = CAPABILITY_NAMES.get(one.type, b"unknown_%d" % one.type).decode()
    value = option(pkt, one, CAPABILITY_FORMS.get(one.type, Form("", raw))).value
    return Capability(one.type, name.lower().replace(" ", "_").replace("-", "_"), value)


def families(pkt: Record, at: int, size: int) -> Family:
    return Family(pkt.u16(at), pkt.u8(at + 3))


def next_hop_families(pkt: Record, at: int, size: int) -> list[tuple[int, int, int]]:
    """AFI, SAFI and AFI of next hops (RFC 8950 §4)."""
    return [(pkt.u16(one), pkt.u16(one + 2), pkt.u16(one + 4))
            for one in range(at, at + size - 5, 6)]


def add_paths(pkt: Record, at: int, size: int) -> list[tuple[int, int, int]]:
    """AFI, SAFI and 1 receive, 2 send, 3 both (RFC 7911 §4)."""
    return [(pkt.u16(one), pkt.u8(one + 2), pkt.u8(one + 3))
            for one in range(at, at + size - 3, 4)]


def host_name(pkt: Record, at: int, size: int) -> str:
    """Host and domain, each behind its length (draft-walton-bgp-hostname-capability)."""
    cursor = Cursor(pkt, at, at + size)
    parts = [cursor.raw(cursor.u8()), cursor.raw(cursor.u8()) if cursor.left else b""]
    return ".".join(part.decode("utf-8", "backslashreplace") for part in parts if part)


def graceful(pkt: Record, at: int, size: int) -> Restart:
    word = pkt.u16(at)
    return Restart(word & 0x8000 != 0, word & 0x4000 != 0, word & 0xFFF,
                   [Kept(pkt.u16(one), pkt.u8(one + 2), pkt.u8(one + 3) & 0x80 != 0, None)
                    for one in range(at + 2, at + size - 3, 4)])


def long_lived(pkt: Record, at: int, size: int) -> list[Kept]:
    return [Kept(pkt.u16(one), pkt.u8(one + 2), pkt.u8(one + 3) & 0x80 != 0, pkt.u24(one + 4))
            for one in range(at, at + size - 6, 7)]


def filters(pkt: Record, at: int, size: int) -> list[tuple[int, int, int, int]]:
    """AFI, SAFI, type of filter, and 1 receive, 2 send, 3 both (RFC 5291 §5)."""
    walk = Cursor(pkt, at, at + size)
    found = []
    while walk.left:
        afi, _, safi = walk.u16(), walk.u8(), walk.u8()
        found += [(afi, safi, walk.u8(), walk.u8()) for _ in range(walk.u8())]
    return found


def label_counts(pkt: Record, at: int, size: int) -> list[tuple[int, int, int]]:
    """AFI, SAFI and how many labels (RFC 8277 §2.1)."""
    return [(pkt.u16(one), pkt.u8(one + 2), pkt.u8(one + 3))
            for one in range(at, at + size - 3, 4)]


def octets_of(pkt: Record, at: int, size: int) -> list[int]:
    """Numbers of other capabilities."""
    return list(pkt.raw(at, size))


CAPABILITY_FORMS = {
    3: Form("", filters), 8: Form("", label_counts), 64: Form("", graceful, 2),
    67: Form("", octets_of), 71: Form("", long_lived),
    1: Form("", families, 4, 4), 5: Form("", next_hop_families), 9: Form("", whole_number, 1, 1),
    65: Form("", whole_number, 4, 4), 69: Form("", add_paths), 73: Form("", host_name, 1),
}


def read_update(cursor: Cursor) -> Update:
    withdrawn = cursor.u16()
    at = cursor.step(withdrawn)
    pkt = cursor.pkt
    gone = list(prefixes(pkt, at, at + withdrawn, IPV4))
    size = cursor.u16()
    at = cursor.step(size)
    return Update(gone, attributes(pkt, at, at + size),
                  list(prefixes(pkt, cursor.at, cursor.stop, IPV4)))


def attributes(pkt: Record, at: int, stop: int, inner: bool = False) -> Options:
    """Path attributes; in a set of them (``inner``) there is no other set (RFC 6368 §5)."""
    found = Options()
    cursor = Cursor(pkt, at, stop)
    try:
        while cursor.left and len(found) < MOST:
            start, flags, kind = cursor.at, cursor.u8(), cursor.u8()
            size = cursor.u16() if flags & EXTENDED_LENGTH else cursor.u8()
            form = None if inner and kind == ATTRIBUTE_SET else ATTRIBUTE_FORMS.get(kind)
            one = option(pkt, Tlv(kind, start, cursor.step(size), size), form)
            name = ATTRIBUTE_NAMES.get(kind, b"unknown_%d" % kind).decode()
            found.append(Attribute(kind, name.lower().replace(" ", "_").replace("-", "_"), flags,
                                   one.value))
    except (Malformed, Truncated):
        found.cut = True
    return found


def prefixes(pkt: Record, at: int, stop: int, family: int) -> Iterator[Route]:
    """Plain prefixes up to one that cannot be."""
    size = SIZES[family]
    paths = has_paths(pkt, at, stop, 8 * size)
    cursor = Cursor(pkt, at, stop)
    try:
        for _ in range(MOST):
            if not cursor.left:
                return
            path = cursor.u32() if paths else None
            yield Route(prefix(cursor, cursor.u8(), size), path)
    except (Malformed, Truncated):
        return


def prefix(cursor: Cursor, bits: int, size: int) -> str:
    if not 0 <= bits <= 8 * size:
        raise Malformed(f"a prefix of {bits} bits")
    octets = cursor.raw((bits + 7) // 8).ljust(size, b"\0")
    kept = int.from_bytes(octets, "big") >> 8 * size - bits << 8 * size - bits
    return f"{address(kept.to_bytes(size, 'big'))}/{bits}"


def labeled(pkt: Record, at: int, stop: int, family: int, private: bool) -> Iterator[Route]:
    """Prefixes behind a label (RFC 8277), and a route distinguisher (RFC 4364)."""
    cursor = Cursor(pkt, at, stop)
    try:
        for _ in range(MOST):
            if not cursor.left:
                return
            bits = cursor.u8() - 24
            label = cursor.u24() >> 4
            rd = None
            if private:
                rd, bits = distinguisher(cursor.raw(8)), bits - 64
            yield Route(prefix(cursor, bits, SIZES[family]), None, label, rd)
    except (Malformed, Truncated):
        return


#: Routes that are no prefixes, by family: what reads one.
OTHERS = {(IPV4, TARGETS): target, (IPV4, MULTICAST_VPN): multicast,
          (IPV6, MULTICAST_VPN): multicast, (VPLS, VPLS_SAFI): site, (VPLS, EVPN): evpn,
          (IPV4, MDT): tree, (NSAP, UNICAST): osi_prefix, (NSAP, MULTICAST): osi_prefix,
          (NSAP, VPN): private_osi_prefix, (L2VPN, VPN): site}


def routes(pkt: Record, at: int, stop: int, afi: int, safi: int) -> list[Any]:
    """Routes of a family; what has no reader as octets."""
    if afi in SIZES and safi in (UNICAST, MULTICAST):
        return list(prefixes(pkt, at, stop, afi))
    if afi in SIZES and safi in (LABELED, VPN):
        return list(labeled(pkt, at, stop, afi, safi == VPN))
    read = OTHERS.get((afi, safi))
    if read is not None:
        return listed(pkt, at, stop, read)
    return [pkt.raw(at, stop - at)] if stop > at else []


def reach(pkt: Record, at: int, size: int) -> Reach:
    cursor = Cursor(pkt, at, at + size)
    afi, safi = cursor.u16(), cursor.u8()
    hops = cursor.raw(cursor.u8())
    for _ in range(cursor.u8()):  # attachment points, which nobody uses
        cursor.step((cursor.u8() + 1) // 2)
    return Reach(afi, safi, next_hops(hops, safi),
                 routes(pkt, cursor.at, cursor.stop, afi, safi))


def next_hops(octets: bytes, safi: int) -> list[str]:
    """IPv4 or IPv6, by their size (RFC 8950 §3); behind a distinguisher in private networks."""
    skip = 8 if safi >= VPN and len(octets) in (12, 24, 48) else 0
    size = 4 if len(octets) - skip == 4 or (len(octets) % 16 and not skip) else 16
    return [address(octets[at + skip:at + skip + size])
            for at in range(0, len(octets) - skip - size + 1, skip + size)]


def unreach(pkt: Record, at: int, size: int) -> Reach:
    afi, safi = pkt.u16(at), pkt.u8(at + 2)
    return Reach(afi, safi, [], routes(pkt, at + 3, at + size, afi, safi))


def path(pkt: Record, at: int, size: int) -> list[Segment]:
    return segments(pkt, at, size, number_width(pkt, at, size))


def wide_path(pkt: Record, at: int, size: int) -> list[Segment]:
    return segments(pkt, at, size, 4)


def segments(pkt: Record, at: int, size: int, width: int) -> list[Segment]:
    cursor = Cursor(pkt, at, at + size)
    found = []
    while cursor.left:
        kind, count = cursor.u8(), cursor.u8()
        octets = cursor.raw(count * width)
        found.append(Segment(SEGMENTS.get(kind, f"unknown_{kind}"), [
            int.from_bytes(octets[i:i + width], "big") for i in range(0, len(octets), width)]))
    return found


def one_address(pkt: Record, at: int, size: int) -> str:
    return address(pkt.raw(at, 4))


def addresses(pkt: Record, at: int, size: int) -> list[str]:
    return [address(pkt.raw(one, 4)) for one in range(at, at + size - 3, 4)]


def origin(pkt: Record, at: int, size: int) -> str:
    return ORIGIN_NAMES.get(pkt.u8(at), b"unknown").decode().lower()


def aggregator(pkt: Record, at: int, size: int) -> Aggregator:
    asn = pkt.u16(at) if size == 6 else pkt.u32(at)
    return Aggregator(asn, address(pkt.raw(at + size - 4, 4)))


def communities(pkt: Record, at: int, size: int) -> list[str]:
    numbers = (pkt.u32(one) for one in range(at, at + size - 3, 4))
    return [COMMUNITIES.get(one, f"{one >> 16}:{one & 0xFFFF}") for one in numbers]


def extended(pkt: Record, at: int, size: int) -> list[Extended]:
    return [one_extended(pkt.raw(one, 8)) for one in range(at, at + size - 7, 8)]


def one_extended(octets: bytes) -> Extended:
    """By its type: an AS number or an address with a number, or octets (RFC 4360, 5668)."""
    kind, value = octets[0], octets[2:]
    split = SPLITS.get(kind & 0x3F)
    text = value.hex()
    if split:
        high, low = value[:split], int.from_bytes(value[split:], "big")
        text = f"{address(high) if kind & 0x3F == 1 else int.from_bytes(high, 'big')}:{low}"
    return Extended(kind, octets[1], text)


def large(pkt: Record, at: int, size: int) -> list[str]:
    return [":".join(str(pkt.u32(one + part)) for part in (0, 4, 8))
            for one in range(at, at + size - 11, 12)]


def customer_route(pkt: Record, at: int, size: int) -> CustomerRoute:
    return CustomerRoute(pkt.u32(at), attributes(pkt, at + 4, at + size, True))


ATTRIBUTE_FORMS = {
    1: Form("", origin, 1, 1), 2: Form("", path), 3: Form("", one_address, 4, 4),
    4: Form("", whole_number, 4, 4), 5: Form("", whole_number, 4, 4),
    7: Form("", aggregator, 6, 8), 8: Form("", communities), 9: Form("", one_address, 4, 4),
    10: Form("", addresses), 14: Form("", reach, 5), 15: Form("", unreach, 3),
    16: Form("", extended), 17: Form("", wide_path), 18: Form("", aggregator, 8, 8),
    32: Form("", large), 35: Form("", whole_number, 4, 4),
    ATTRIBUTE_SET: Form("", customer_route, 4),
}


def read_notification(cursor: Cursor) -> Notification:
    code, subcode = cursor.u8(), cursor.u8()
    detail = MINOR_NAMES.get(code, {}).get(subcode)
    return Notification(code, subcode, MAJOR_NAMES.get(code, b"unknown").decode(),
                        None if detail is None else detail.decode(), cursor.rest().hex())


def read_refresh(cursor: Cursor) -> Refresh:
    afi, subtype = cursor.u16(), cursor.u8()
    return Refresh(afi, cursor.u8(), subtype)


READERS: dict[int, Callable[[Cursor], Any]] = {
    OPEN: read_open, UPDATE: read_update, NOTIFICATION: read_notification, REFRESH: read_refresh,
}
