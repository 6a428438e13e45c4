"""What bridges tell each other in LLDP, as values: IEEE 802.1Q-2018 annex D, and DCBX before it."""

from __future__ import annotations

from fyke.hints import Any, Iterator, NamedTuple
from fyke.layers.cursor import (
    MOST,
    Cursor,
    Form,
    Malformed,
    Tlv,
    fixed,
    options,
    whole_number,
)
from fyke.layers.fields import Options
from fyke.wire import Record

PRIORITIES = 8


class Congestion(NamedTuple):
    """Congestion notification (D.2.7): a bit for each priority."""

    enabled: int
    ready: int


class Transmission(NamedTuple):
    """Enhanced transmission selection (D.2.8, D.2.9); None in a recommendation."""

    willing: bool | None
    credit_based_shaper: bool | None
    most_classes: int | None
    classes: list[int]  #: of each priority
    bandwidths: list[int]  #: of each class, percent
    algorithms: list[int]  #: of each class


class FlowControl(NamedTuple):
    """Priority-based flow control (D.2.10)."""

    willing: bool
    bypass: bool
    most_classes: int
    enabled: int  #: a bit for each priority


class Application(NamedTuple):
    """Which priority an application's frames have (D.2.11)."""

    priority: int
    selector: int
    protocol: int


class EdgeBridging(NamedTuple):
    """Edge virtual bridging (D.2.12)."""

    bridge_status: int
    station_status: int
    retries: int
    retransmission_exponent: int
    mode: int
    remote_or_local: bool
    wait_delay: int
    keep_alive: int


class Channel(NamedTuple):
    """An S-channel and the VLAN that is its outer tag."""

    scid: int
    svid: int


class Channels(NamedTuple):
    """S-channel discovery (D.2.13)."""

    role: int
    s_component: bool
    capacity: int
    channels: list[Channel]


class Control(NamedTuple):
    """DCBX: how far two neighbours are with each other."""

    oper_version: int
    max_version: int
    sequence: int
    acknowledgment: int


class Feature(NamedTuple):
    """DCBX: a feature and its settings."""

    oper_version: int
    max_version: int
    enabled: bool
    willing: bool
    error: bool
    subtype: int
    value: Any


class Groups(NamedTuple):
    """DCBX: priorities in groups that share the bandwidth."""

    groups: list[int]  #: of each priority
    bandwidths: list[int]  #: of each group, percent
    classes: int


class PauseBits(NamedTuple):
    """DCBX: priorities under flow control."""

    enabled: int
    classes: int


class Mapping(NamedTuple):
    """DCBX: an application and the priorities of its frames."""

    protocol: int
    selector: int
    oui: int
    priorities: int


def halves(octets: bytes) -> list[int]:
    return [half for octet in octets for half in (octet >> 4, octet & 15)]


def congestion(pkt: Record, at: int, size: int) -> Congestion:
    return Congestion(pkt.u8(at), pkt.u8(at + 1))


def configured(pkt: Record, at: int, size: int) -> Transmission:
    word = pkt.u8(at)
    return Transmission(word >> 7 != 0, word >> 6 & 1 != 0, word & 7, *tables(pkt, at + 1))


def recommended(pkt: Record, at: int, size: int) -> Transmission:
    return Transmission(None, None, None, *tables(pkt, at + 1))


def tables(pkt: Record, at: int) -> tuple[list[int], list[int], list[int]]:
    return halves(pkt.raw(at, 4)), list(pkt.raw(at + 4, 8)), list(pkt.raw(at + 12, 8))


def flow_control(pkt: Record, at: int, size: int) -> FlowControl:
    word = pkt.u8(at)
    return FlowControl(word >> 7 != 0, word >> 6 & 1 != 0, word & 15, pkt.u8(at + 1))


def applications(pkt: Record, at: int, size: int) -> list[Application]:
    walk = Cursor(pkt, at + 1, at + size)
    found = []
    while walk.left:
        word = walk.u8()
        found.append(Application(word >> 5, word & 7, walk.u16()))
    return found


def edge_bridging(pkt: Record, at: int, size: int) -> EdgeBridging:
    retry, mode = pkt.u8(at + 2), pkt.u8(at + 3)
    return EdgeBridging(pkt.u8(at) & 7, pkt.u8(at + 1) & 15, retry >> 5, retry & 31, mode >> 6,
                        mode >> 5 & 1 != 0, mode & 31, pkt.u8(at + 4) & 31)


def channels(pkt: Record, at: int, size: int) -> Channels:
    walk = Cursor(pkt, at, at + size)
    first, last = walk.u8(), walk.u24()
    found = []
    while walk.left:
        word = walk.u24()
        found.append(Channel(word >> 12, word & 0xFFF))
    return Channels(first >> 7, first >> 3 & 1 != 0, last & 0xFFF, found)


BRIDGING: dict[int, Form] = {
    8: fixed("congestion", 2, congestion), 9: fixed("ets_configuration", 21, configured),
    10: fixed("ets_recommendation", 21, recommended), 11: fixed("pfc", 2, flow_control),
    12: Form("application_priority", applications, 1), 13: fixed("evb", 5, edge_bridging),
    14: Form("cdcp", channels, 4),
}


def control(pkt: Record, at: int, size: int) -> Control:
    return Control(pkt.u8(at), pkt.u8(at + 1), pkt.u32(at + 2), pkt.u32(at + 6))


def feature(read: Any) -> Any:
    """A reader of a feature whose settings ``read`` takes."""
    def whole(pkt: Record, at: int, size: int) -> Feature:
        word = pkt.u8(at + 2)
        return Feature(pkt.u8(at), pkt.u8(at + 1), word >> 7 != 0, word >> 6 & 1 != 0,
                       word >> 5 & 1 != 0, pkt.u8(at + 3), read(pkt, at + 4, size - 4))
    return whole


def groups(pkt: Record, at: int, size: int) -> Groups:
    return Groups(halves(pkt.raw(at, 4)), list(pkt.raw(at + 4, PRIORITIES)), pkt.u8(at + 12))


def pause_bits(pkt: Record, at: int, size: int) -> PauseBits:
    return PauseBits(pkt.u8(at), pkt.u8(at + 1))


def mappings(pkt: Record, at: int, size: int) -> list[Mapping]:
    walk = Cursor(pkt, at, at + size)
    found = []
    while walk.left:
        protocol, word = walk.u16(), walk.u24()
        found.append(Mapping(protocol, word >> 22, word & 0x3FFFFF, walk.u8()))
    return found


FEATURES: dict[int, Form] = {
    1: fixed("control", 10, control), 2: Form("priority_groups", feature(groups), 17),
    3: Form("flow_control", feature(pause_bits), 6),
    4: Form("applications", feature(mappings), 4),
}


def elements(pkt: Record, at: int, stop: int) -> Iterator[Tlv]:
    """DCBX's own TLVs: type of 7 bits, length of 9, as LLDP's."""
    for _ in range(MOST):
        if stop - at < 2:
            return
        head = whole_number(pkt, at, 2)
        kind, size = head >> 9, head & 0x1FF
        if kind == 0:
            return
        if size > stop - at - 2:
            raise Malformed(f"feature {kind} of {size} octets where {stop - at - 2} are left")
        yield Tlv(kind, at, at + 2, size)
        at += 2 + size


def exchange(pkt: Record, at: int, size: int) -> Options:
    """The features of a DCBX TLV."""
    return options(pkt, elements(pkt, at, at + size), FEATURES)


DCBX: dict[int, Form] = {1: Form("dcbx", exchange), 2: Form("dcbx", exchange)}
