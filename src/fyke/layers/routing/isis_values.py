"""Values of what IS-IS packets carry: one form for each kind of TLV (IANA's IS-IS TLV registry)."""

from __future__ import annotations

from fyke.hints import Callable, NamedTuple
from fyke.layers.cursor import (
    Cursor,
    Form,
    Malformed,
    dotted,
    dotted_list,
    raw,
    text,
    whole_number,
)
from fyke.layers.network.osi_parts import LSP_ID, NODE_ID, SYSTEM_ID, identifier
from fyke.layers.plain import address
from fyke.layers.routing import isis_names as names
from fyke.wire import Record


class Neighbor(NamedTuple):
    """Another system that can be reached, and at what cost."""

    system: str
    metric: int
    topology: int  #: 0 without multiple topologies
    subtlvs: bytes


class Prefix(NamedTuple):
    """A network that can be reached, and at what cost."""

    prefix: str
    length: int
    metric: int
    down: bool  #: leaked from a higher level
    external: bool
    topology: int
    subtlvs: bytes


class Entry(NamedTuple):
    """A link state packet that the sender has (ISO/IEC 10589 §9.10)."""

    lsp_id: str
    sequence: int
    lifetime: int  #: seconds
    checksum: int


class Authentication(NamedTuple):
    """How the packet is authenticated: 1 password, 3 generic (RFC 5310), 54 MD5 (RFC 5304)."""

    type: int
    data: bytes


class Adjacency(NamedTuple):
    """The three-way handshake on a point-to-point link (RFC 5303)."""

    state: int  #: 0 up, 1 initializing, 2 down
    circuit: int | None
    neighbor: str


class Capability(NamedTuple):
    """What a router can do (RFC 7981)."""

    router_id: str
    flags: int
    subtlvs: bytes


def read_areas(pkt: Record, at: int, size: int) -> list[str]:
    walk = Cursor(pkt, at, at + size)
    found = []
    while walk.left:
        octets = walk.raw(walk.u8())
        found.append(".".join([octets[:1].hex(), *(octets[i:i + 2].hex()
                                                  for i in range(1, len(octets), 2))]))
    return found


def read_each(size: int) -> Callable[[Record, int, int], list[str]]:
    """Identifiers of one size, one after the other."""
    return lambda pkt, at, count: [identifier(pkt, one, size).decode()
                                   for one in range(at, at + count - size + 1, size)]


def read_protocols(pkt: Record, at: int, size: int) -> list[int]:
    return list(pkt.raw(at, size))


def read_addresses6(pkt: Record, at: int, size: int) -> list[str]:
    if size % 16:
        raise Malformed("an address has 16 octets")
    return [address(pkt.raw(one, 16)) for one in range(at, at + size, 16)]


def read_entries(pkt: Record, at: int, size: int) -> list[Entry]:
    if size % 16:
        raise Malformed("an entry has 16 octets")
    return [Entry(identifier(pkt, one + 2, LSP_ID).decode(), pkt.u32(one + 10), pkt.u16(one),
                  pkt.u16(one + 14)) for one in range(at, at + size, 16)]


def read_old_neighbors(pkt: Record, at: int, size: int) -> list[Neighbor]:
    """ISO/IEC 10589 §9.8: the default metric of four."""
    return [Neighbor(identifier(pkt, one + 4, NODE_ID).decode(), pkt.u8(one) & 0x3F, 0, b"")
            for one in range(at + 1, at + size - 10, 11)]


def read_old_prefixes(external: bool) -> Callable[[Record, int, int], list[Prefix]]:
    """RFC 1195 §5.3.1: an address with a mask, the default metric of four."""
    def read(pkt: Record, at: int, size: int) -> list[Prefix]:
        return [Prefix(dotted(pkt, one + 4, 4), pkt.u32(one + 8).bit_count(),
                       pkt.u8(one) & 0x3F, bool(pkt.u8(one) & 0x80), external, 0, b"")
                for one in range(at, at + size - 11, 12)]
    return read


def read_neighbors(topologies: bool) -> Callable[[Record, int, int], list[Neighbor]]:
    """RFC 5305 §3; with a topology in front, RFC 5120 §7.1."""
    def read(pkt: Record, at: int, size: int) -> list[Neighbor]:
        walk = Cursor(pkt, at, at + size)
        topology = walk.u16() & 0xFFF if topologies else 0
        found = []
        while walk.left:
            system = identifier(pkt, walk.step(NODE_ID), NODE_ID).decode()
            found.append(Neighbor(system, walk.u24(), topology, walk.raw(walk.u8())))
        return found
    return read


def read_prefixes(wide: bool, topologies: bool) -> Callable[[Record, int, int], list[Prefix]]:
    """RFC 5305 §4 and RFC 5308 §2; with a topology in front, RFC 5120 §7.3."""
    def read(pkt: Record, at: int, size: int) -> list[Prefix]:
        walk = Cursor(pkt, at, at + size)
        topology = walk.u16() & 0xFFF if topologies else 0
        found = []
        while walk.left:
            metric, control = walk.u32(), walk.u8()
            bits = walk.u8() if wide else control & 0x3F
            more = control & (0x20 if wide else 0x40)
            width = 16 if wide else 4
            if bits > 8 * width:
                raise Malformed(f"a prefix of {bits} bits")
            octets = walk.raw((bits + 7) // 8).ljust(width, b"\0")
            subtlvs = walk.raw(walk.u8()) if more else b""
            found.append(Prefix(address(octets), bits, metric, bool(control & 0x80),
                                wide and bool(control & 0x40), topology, subtlvs))
        return found
    return read


def read_authentication(pkt: Record, at: int, size: int) -> Authentication:
    return Authentication(pkt.u8(at), pkt.raw(at + 1, size - 1))


def read_adjacency(pkt: Record, at: int, size: int) -> Adjacency:
    circuit = pkt.u32(at + 1) if size >= 5 else None
    neighbor = identifier(pkt, at + 5, SYSTEM_ID).decode() if size >= 11 else ""
    return Adjacency(pkt.u8(at), circuit, neighbor)


def read_topologies(pkt: Record, at: int, size: int) -> list[int]:
    return [pkt.u16(one) & 0xFFF for one in range(at, at + size - 1, 2)]


def read_capability(pkt: Record, at: int, size: int) -> Capability:
    return Capability(dotted(pkt, at, 4), pkt.u8(at + 4), pkt.raw(at + 5, size - 5))


FORMS: dict[int, Form] = {
    names.AREAS: Form("areas", read_areas),
    names.IS_REACH: Form("old_neighbors", read_old_neighbors, 1),
    names.IS_NEIGHBORS: Form("lan_neighbors", read_each(SYSTEM_ID)),
    names.LSP_ENTRIES: Form("entries", read_entries),
    names.AUTHENTICATION: Form("authentication", read_authentication, 1),
    names.CHECKSUM: Form("checksum", whole_number, 2, 2),
    names.BUFFER_SIZE: Form("buffer_size", whole_number, 2, 2),
    names.EXTENDED_IS_REACH: Form("neighbors", read_neighbors(False)),
    names.PROTOCOLS: Form("protocols", read_protocols),
    names.INTERNAL_REACH: Form("old_prefixes", read_old_prefixes(False)),
    names.EXTERNAL_REACH: Form("old_external_prefixes", read_old_prefixes(True)),
    names.IP_ADDRESSES: Form("addresses", dotted_list),
    names.TE_ROUTER_ID: Form("te_router_id", dotted, 4, 4),
    names.EXTENDED_IP_REACH: Form("prefixes", read_prefixes(False, False)),
    names.HOSTNAME: Form("hostname", text),
    names.MT_IS_REACH: Form("mt_neighbors", read_neighbors(True), 2),
    names.TOPOLOGIES: Form("topologies", read_topologies),
    names.IP6_ADDRESSES: Form("addresses6", read_addresses6),
    names.MT_IP_REACH: Form("mt_prefixes", read_prefixes(False, True), 2),
    names.IP6_REACH: Form("prefixes6", read_prefixes(True, False)),
    names.MT_IP6_REACH: Form("mt_prefixes6", read_prefixes(True, True), 2),
    names.ADJACENCY: Form("adjacency", read_adjacency, 1),
    names.ROUTER_CAPABILITY: Form("capability", read_capability, 5),
    names.RESTART: Form("restart", raw), names.PURGER: Form("purge_originator", raw),
}
