"""Values of sFlow's samples and records (sFlow version 5, §5, structures of sflow.org)."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple, namedtuple
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.wire import Record, Truncated

FLOW, COUNTER, EXPANDED_FLOW, EXPANDED_COUNTER = 1, 2, 3, 4
IPV4, IPV6 = 1, 2
MOST_SEGMENTS = 64  # of a path of autonomous systems


class Element(NamedTuple):
    """A record of a sample."""

    enterprise: int
    format: int
    name: str  #: "" where it is not known
    value: Any


class Interface(NamedTuple):
    """Where a packet came in or went out."""

    format: int  #: 0 one interface, 1 dropped (the value says why), 2 several (how many)
    value: int


class Sample(NamedTuple):
    """A sample: what was looked at, how often, and records of it."""

    enterprise: int
    format: int
    sequence: int | None = None
    source_type: int | None = None
    source_index: int | None = None
    rate: int | None = None  #: one of so many packets
    pool: int | None = None  #: packets that could have been taken
    drops: int | None = None
    input: Interface | None = None
    output: Interface | None = None
    records: Options | None = None
    data: bytes | None = None  #: of a sample of another kind


def named_values(name: str, layout: str) -> Callable[[Cursor], Any]:
    """Reads "field field:8 field:ip": 4 octets each, or 8, an address, text, octets or MACs."""
    pairs = [word.partition(":")[::2] for word in layout.split()]
    kind = namedtuple(name, [field for field, _ in pairs])  # type: ignore[misc]

    def read(walk: Cursor) -> Any:
        return kind(*(TYPES[how](walk) for _, how in pairs))
    return read


def opaque(walk: Cursor) -> bytes:
    """Octets with their number in front, padded to four (XDR)."""
    size = walk.u32()
    found = walk.raw(size)
    walk.step(min(-size % 4, walk.left))
    return found


def string(walk: Cursor) -> str:
    return opaque(walk).decode("utf-8", "backslashreplace")


def host(walk: Cursor) -> str:
    """An address with its kind in front."""
    kind = walk.u32()
    if kind not in (IPV4, IPV6):
        raise Malformed("an address of another kind")
    return address(walk.raw(4 if kind == IPV4 else 16))


def ethernet(walk: Cursor) -> str:
    octets = walk.raw(6)
    walk.step(2)
    return octets.hex(":")


def numbers(walk: Cursor) -> list[int]:
    count = walk.u32()
    if count > walk.left // 4:
        raise Malformed("a list that does not fit")
    return [walk.u32() for _ in range(min(count, MOST))]


def paths(walk: Cursor) -> list[Any]:
    """Segments of a path: 1 a set, 2 a sequence."""
    count = walk.u32()
    if count > MOST_SEGMENTS:
        raise Malformed("too many segments")
    return [(walk.u32(), numbers(walk)) for _ in range(count)]


TYPES: dict[str, Callable[[Cursor], Any]] = {
    "": Cursor.u32, "8": Cursor.u64, "ip4": lambda walk: address(walk.raw(4)),
    "ip6": lambda walk: address(walk.raw(16)), "ip": host, "mac": ethernet, "text": string,
    "octets": opaque, "list": numbers, "paths": paths,
}
#: By format: a record's name, and what it holds.
FLOWS: dict[int, tuple[str, Callable[[Cursor], Any]]] = {
    number: (name, named_values(name, layout)) for number, name, layout in (
        (1, "raw_packet", "protocol frame_length stripped header:octets"),
        (2, "ethernet_frame", "length src:mac dst:mac type"),
        (3, "ipv4", "length protocol src:ip4 dst:ip4 src_port dst_port tcp_flags tos"),
        (4, "ipv6", "length protocol src:ip6 dst:ip6 src_port dst_port tcp_flags priority"),
        (1001, "switch", "src_vlan src_priority dst_vlan dst_priority"),
        (1002, "router", "next_hop:ip src_mask_length dst_mask_length"),
        (1003, "gateway", "next_hop:ip asn src_asn src_peer_asn path:paths communities:list "
                          "local_pref"),
        (1004, "user", "src_charset src_user:text dst_charset dst_user:text"),
        (1005, "url", "direction url:text host:text"),
        (1006, "mpls", "next_hop:ip in_labels:list out_labels:list"),
        (1007, "nat", "src:ip dst:ip"),
        (1008, "mpls_tunnel", "tunnel:text id cos"),
        (1009, "mpls_vc", "instance:text id label_cos"),
        (1010, "mpls_fec", "prefix:ip length"),
        (1011, "mpls_lvp_fec", "length"),
        (1012, "vlan_tunnel", "tags:list"),
    )}
COUNTERS: dict[int, tuple[str, Callable[[Cursor], Any]]] = {
    number: (name, named_values(name, layout)) for number, name, layout in (
        (1, "interface",
         "index type speed:8 direction status in_octets:8 in_unicast in_multicast in_broadcast "
         "in_discards in_errors in_unknown out_octets:8 out_unicast out_multicast out_broadcast "
         "out_discards out_errors promiscuous"),
        (2, "ethernet",
         "alignment_errors fcs_errors single_collisions multiple_collisions sqe_errors deferred "
         "late_collisions excessive_collisions transmit_errors carrier_errors too_long "
         "receive_errors symbol_errors"),
        (3, "token_ring",
         "line_errors burst_errors ac_errors abort_errors internal_errors lost_frames congestions "
         "copied_errors token_errors soft_errors hard_errors signal_loss beacons recoveries "
         "lobe_wires removes singles frequency_errors"),
        (4, "vg",
         "in_high_frames in_high_octets:8 in_normal_frames in_normal_octets:8 ipm_errors "
         "oversized data_errors null_addressed out_high_frames out_high_octets:8 trainings "
         "hc_in_high:8 hc_in_normal:8 hc_out_high:8"),
        (5, "vlan", "id octets:8 unicast multicast broadcast discards"),
        (1001, "processor", "cpu_5s cpu_1m cpu_5m total_memory:8 free_memory:8"),
    )}


def elements(walk: Cursor, count: int,
             known: dict[int, tuple[str, Callable[[Cursor], Any]]]) -> Options:
    """Records; ``cut`` where fewer are here than the sample says."""
    found = Options()
    try:
        for _ in range(min(count, MOST)):
            kind, size = walk.u32(), walk.u32()
            at = walk.step(size)
            found.append(element(walk.pkt, at, size, kind, known))
    except (Malformed, Truncated):
        found.cut = True
    return found


def element(pkt: Record, at: int, size: int, kind: int,
            known: dict[int, tuple[str, Callable[[Cursor], Any]]]) -> Element:
    enterprise, number = kind >> 12, kind & 0xFFF
    name, read = known.get(number, ("", None)) if enterprise == 0 else ("", None)
    if read is not None:
        try:
            return Element(enterprise, number, name, read(Cursor(pkt, at, at + size)))
        except Malformed:
            pass
    return Element(enterprise, number, name, pkt.raw(at, size))


def source(walk: Cursor, is_expanded: bool) -> tuple[int, int]:
    """Kind and number of what was looked at."""
    word = walk.u32()
    return (word, walk.u32()) if is_expanded else (word >> 24, word & 0xFFFFFF)


def interface(walk: Cursor, is_expanded: bool) -> Interface:
    word = walk.u32()
    return Interface(word, walk.u32()) if is_expanded else Interface(word >> 30,
                                                                     word & 0x3FFFFFFF)


def read_flow(walk: Cursor, is_expanded: bool) -> dict[str, Any]:
    sequence = walk.u32()
    kind, index = source(walk, is_expanded)
    rate, pool, drops = walk.u32(), walk.u32(), walk.u32()
    return {"sequence": sequence, "source_type": kind, "source_index": index, "rate": rate,
            "pool": pool, "drops": drops, "input": interface(walk, is_expanded),
            "output": interface(walk, is_expanded),
            "records": elements(walk, walk.u32(), FLOWS)}


def read_counters(walk: Cursor, is_expanded: bool) -> dict[str, Any]:
    sequence = walk.u32()
    kind, index = source(walk, is_expanded)
    return {"sequence": sequence, "source_type": kind, "source_index": index,
            "records": elements(walk, walk.u32(), COUNTERS)}


#: By format: who reads it, and whether its numbers are the wide ones.
SAMPLES = {FLOW: (read_flow, False), COUNTER: (read_counters, False),
           EXPANDED_FLOW: (read_flow, True), EXPANDED_COUNTER: (read_counters, True)}


def sample(pkt: Record, at: int, size: int, kind: int) -> Sample:
    """A sample of ``size`` octets behind its header. Raises Truncated."""
    enterprise, number = kind >> 12, kind & 0xFFF
    if enterprise == 0 and number in SAMPLES:
        read, is_expanded = SAMPLES[number]
        try:
            return Sample(enterprise, number, **read(Cursor(pkt, at, at + size), is_expanded))
        except Malformed:
            pass
    return Sample(enterprise, number, data=pkt.raw(at, size))
