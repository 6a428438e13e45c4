"""Values of HNCP's TLVs (RFC 7787 §7, RFC 7788 §10); those inside a TLV are a list in it."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.dhcp6_values import options_of as dhcp6_options
from fyke.layers.application.hncp_names import DHCP4_NAMES, TYPE_NAMES
from fyke.layers.cursor import Cursor, Malformed, dotted_list, text, tlvs
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.wire import Record, Truncated

MAX_DEPTH = 24
LAST_PREFIX, DOMAIN, OPAQUE = 128, 129, 130  # policies
DHCP4_ADDRESSES = (6, 42)


class Element(NamedTuple):
    """A TLV, and those that nest in it behind its value."""

    kind: int
    name: str
    value: Any
    elements: Options


class Endpoint(NamedTuple):
    """A node and one of its endpoints."""

    node: int
    endpoint: int


class NodeState(NamedTuple):
    """What a node published."""

    node: int
    sequence: int
    milliseconds: int  #: since it was published
    hash: int


class Peer(NamedTuple):
    """Another node on a link."""

    node: int
    endpoint: int
    local_endpoint: int


class KeepAlive(NamedTuple):
    """How often an endpoint is heard at least."""

    endpoint: int
    interval: int  #: milliseconds


class Verdict(NamedTuple):
    """Whether a certificate is trusted."""

    verdict: int
    fingerprint: bytes
    common_name: str


class Version(NamedTuple):
    """What a node can, four bits each, and its software."""

    mdns: int
    prefix: int
    hostname: int
    legacy: int
    user_agent: str


class Delegated(NamedTuple):
    """A prefix from outside; lifetimes in milliseconds."""

    valid: int
    preferred: int
    prefix: str


class Assigned(NamedTuple):
    """A prefix for a link."""

    endpoint: int
    priority: int
    prefix: str


class NodeAddress(NamedTuple):
    """A node's address on a link."""

    endpoint: int
    address: str


class Zone(NamedTuple):
    """A delegated DNS zone."""

    address: str
    flags: int  #: 4 legacy browse, 2 browse, 1 search
    zone: str


class NodeName(NamedTuple):
    """A node's name."""

    address: str
    name: str


class Policy(NamedTuple):
    """Where a delegated prefix leads: 0 to the Internet, up to 128 to a prefix, 129 to a zone."""

    type: int
    value: Any


def prefix(walk: Cursor) -> str:
    bits = walk.u8()
    if bits > 128:
        raise Malformed("a prefix of more than 128 bits")
    octets = walk.raw((bits + 7) // 8).ljust(16, b"\0")
    kept = int.from_bytes(octets, "big") >> 128 - bits << 128 - bits
    return f"{address(kept.to_bytes(16, 'big'))}/{bits}"


def labels(walk: Cursor) -> str:
    """A name that is not compressed; the root ends it."""
    found = []
    while (count := walk.u8()):
        found.append(text(walk.pkt, walk.step(count), count))
    return "".join(f"{label}." for label in found) or "."


def host(walk: Cursor) -> str:
    return address(walk.raw(16))


def words(walk: Cursor, size: int) -> str:
    return text(walk.pkt, walk.step(size), size)


def verdict(walk: Cursor) -> Verdict:
    code = walk.u8()
    walk.step(3)
    return Verdict(code, walk.raw(32), words(walk, walk.left))


def version(walk: Cursor) -> Version:
    walk.step(2)
    word = walk.u16()
    return Version(word >> 12, word >> 8 & 15, word >> 4 & 15, word & 15, words(walk, walk.left))


def node_name(walk: Cursor) -> NodeName:
    where = host(walk)
    return NodeName(where, words(walk, walk.u8()))


def policy(walk: Cursor) -> Policy:
    kind = walk.pkt.u8(walk.at)
    if 0 < kind <= LAST_PREFIX:
        return Policy(kind, prefix(walk))
    walk.step(1)
    if kind == DOMAIN:
        return Policy(kind, labels(walk))
    return Policy(kind, words(walk, walk.left) if kind == OPAQUE else walk.rest())


def dhcp4(walk: Cursor) -> list[Any]:
    """Options of RFC 2132, without the ones of a single octet."""
    found: list[Any] = []
    for one in tlvs(walk.pkt, walk.at, walk.stop):
        value: Any = walk.pkt.raw(one.at, one.size)
        if one.type in DHCP4_ADDRESSES:
            value = dotted_list(walk.pkt, one.at, one.size)
        name = DHCP4_NAMES.get(one.type, b"unknown_%d" % one.type).decode()
        found.append((one.type, name, value))
    walk.at = walk.stop
    return found


def dhcp6(walk: Cursor) -> Options:
    at, walk.at = walk.at, walk.stop
    return dhcp6_options(walk.pkt, at, walk.stop, 1)


READERS: dict[int, Callable[[Cursor], Any]] = {
    2: Cursor.u32, 3: lambda walk: Endpoint(walk.u32(), walk.u32()), 4: Cursor.u64,
    5: lambda walk: NodeState(walk.u32(), walk.u32(), walk.u32(), walk.u64()),
    8: lambda walk: Peer(walk.u32(), walk.u32(), walk.u32()),
    9: lambda walk: KeepAlive(walk.u32(), walk.u32()), 10: verdict, 32: version,
    33: lambda walk: None,
    34: lambda walk: Delegated(walk.u32(), walk.u32(), prefix(walk)),
    35: lambda walk: Assigned(walk.u32(), walk.u8() & 15, prefix(walk)),
    36: lambda walk: NodeAddress(walk.u32(), host(walk)), 37: dhcp4, 38: dhcp6,
    39: lambda walk: Zone(host(walk), walk.u8(), labels(walk)), 40: labels, 41: node_name,
    42: lambda walk: walk.raw(32), 43: policy,
}
#: Types behind whose value other TLVs stand.
CONTAINERS = frozenset((5, 33, 34, 35, 36, 39, 41, 42))


def values(pkt: Record, at: int, stop: int, depth: int = 0) -> Options:
    """TLVs of one level; ``cut`` where one does not fit, or where they nest too deep."""
    found = Options()
    if depth > MAX_DEPTH:
        found.cut = True
        return found
    try:
        for one in tlvs(pkt, at, stop, type_size=2, length_size=2, align=4):
            found.append(element(pkt, one.type, one.at, one.size, depth))
    except (Malformed, Truncated):
        found.cut = True
    return found


def element(pkt: Record, kind: int, at: int, size: int, depth: int) -> Element:
    name = TYPE_NAMES.get(kind, b"unknown_%d" % kind).decode()
    walk = Cursor(pkt, at, at + size)
    try:
        value = READERS.get(kind, Cursor.rest)(walk)
    except Malformed:
        return Element(kind, name, pkt.raw(at, size), Options())
    inner = at + (walk.at - at + 3) // 4 * 4
    return Element(kind, name, value, values(pkt, inner, at + size, depth + 1)
                   if kind in CONTAINERS else Options())
