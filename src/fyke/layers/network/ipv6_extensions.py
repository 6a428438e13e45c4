"""IPv6's extension headers as values (RFC 8200 §4, RFC 4302, RFC 6275, RFC 8754)."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import Form, Malformed, fixed, nothing, options, raw, tlvs
from fyke.layers.fields import Options
from fyke.layers.network.ipv6_mobility_values import mobility
from fyke.layers.plain import address
from fyke.wire import Record, Truncated

HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DEST_OPTIONS = 0, 43, 44, 51, 60
MOBILITY, MOBILITY_OLD, HIP, SHIM6 = 135, 62, 139, 140
HEADER_LENGTH = 40
MOST = 64  # headers of one packet
SEGMENTS = 4  # routing type (RFC 8754)
PADDING = frozenset((0,))  # the option that is one octet alone

NAMES = {HOP_BY_HOP: "hop_by_hop", ROUTING: "routing", FRAGMENT: "fragment",
         AUTHENTICATION: "authentication", DEST_OPTIONS: "destination_options",
         MOBILITY: "mobility", MOBILITY_OLD: "mobility", HIP: "hip", SHIM6: "shim6"}


class Extension(NamedTuple):
    """One extension header: ``value`` is one of the records below, or its octets."""

    kind: int
    name: str
    length: int  #: octets, all of it
    next_header: int
    value: Any


class Routing(NamedTuple):
    """A routing header (RFC 8200 §4.4)."""

    type: int
    segments_left: int
    addresses: list[str]


class Fragment(NamedTuple):
    """A fragment header (RFC 8200 §4.5)."""

    offset: int  #: octets
    more: bool
    id: int


class Authentication(NamedTuple):
    """An authentication header (RFC 4302 §2)."""

    spi: int
    sequence: int
    icv: str  #: hexadecimal


def read_home(pkt: Record, at: int, size: int) -> str:
    return address(pkt.raw(at, 16))


OPTION_FORMS: dict[int, Form] = {
    0: Form("pad1", nothing), 1: Form("padn", raw), 5: fixed("router_alert", 2),
    0xC2: fixed("jumbo", 4), 0xC9: Form("home_address", read_home, 16),
    4: fixed("tunnel_encapsulation_limit", 1), 7: Form("calipso", raw),
    8: Form("smf_dpd", raw), 0x26: Form("quick_start", raw), 0x8A: Form("endpoint", raw),
    0x63: Form("rpl", raw), 0x23: Form("rpl", raw), 0x31: Form("ioam", raw),
    0x11: Form("ioam", raw), 0x0F: Form("pdm", raw), 0x30: fixed("path_mtu", 4),
    0x6D: Form("mpl", raw), 0x0C: Form("altmark", raw), 0x92: Form("altmark", raw),
}


def extensions_of(pkt: Record, off: int) -> Options:
    """Every extension header of the packet whose fixed header is at ``off``, in order.

    Never raises; ``cut`` tells that the capture ends in one, or one makes no sense.
    """
    found = Options()
    try:
        proto = pkt.u8(off + 6)
        at = off + HEADER_LENGTH
        while proto in NAMES and len(found) < MOST:
            one = extension(pkt, at, proto)
            found.append(one)
            at += one.length
            proto = one.next_header
            if isinstance(one.value, Fragment) and one.value.offset:
                break
        else:
            found.cut = proto in NAMES
    except (Truncated, Malformed):
        found.cut = True
    return found


def extension(pkt: Record, at: int, proto: int) -> Extension:
    """The header of kind ``proto`` at an offset."""
    if proto == FRAGMENT:
        word = pkt.u16(at + 2)
        return Extension(proto, NAMES[proto], 8, pkt.u8(at),
                         Fragment(word & 0xFFF8, word & 1 != 0, pkt.u32(at + 4)))
    if proto == AUTHENTICATION:
        size = (pkt.u8(at + 1) + 2) << 2
        return Extension(proto, NAMES[proto], size, pkt.u8(at), Authentication(
            pkt.u32(at + 4), pkt.u32(at + 8), pkt.raw(at + 12, max(size - 12, 0)).hex()))
    size = (pkt.u8(at + 1) + 1) << 3
    return Extension(proto, NAMES[proto], size, pkt.u8(at), value(pkt, at, proto, size))


def value(pkt: Record, at: int, proto: int, size: int) -> Any:
    if proto in (HOP_BY_HOP, DEST_OPTIONS):
        return options(pkt, tlvs(pkt, at + 2, at + size, singles=PADDING), OPTION_FORMS)
    if proto == ROUTING:
        kind = pkt.u8(at + 2)
        count = pkt.u8(at + 4) + 1 if kind == SEGMENTS else (size - 8) // 16
        if kind not in (0, 2, SEGMENTS) or at + 8 + 16 * count > at + size:
            count = 0
        return Routing(kind, pkt.u8(at + 3), [address(pkt.raw(at + 8 + 16 * i, 16))
                                              for i in range(count)])
    if proto in (MOBILITY, MOBILITY_OLD):
        return mobility(pkt, at, size)
    return pkt.raw(at, size)


