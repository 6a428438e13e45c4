"""What each kind of Juniper's interface cards puts between the common header and the packet."""

from __future__ import annotations

from fyke.hints import Callable, NamedTuple
from fyke.layers.layer import Layer
from fyke.layers.link.atm_oam import AtmOam
from fyke.layers.link.juniper_names import GGSN_NAMES, IPSEC_NAMES
from fyke.layers.link.ppp import Ppp
from fyke.layers.network.osi import Osi
from fyke.layers.tables import table
from fyke.layers.words import named
from fyke.wire import Line, Record

ETHERTYPES = table("ethertype")
LINK_TYPES = table("link_type")
LLC = table("llc")

ETHERNET, CHDLC, FRAME_RELAY, MULTILINK_FR = 1, 104, 107, 182  # link types
IPV4, IPV6, MPLS = 0x0800, 0x86DD, 0x8847  # EtherTypes
LINK_COOKIE, SERVICES_COOKIE = 0x54, 0x47
SERVICES_COOKIE_LENGTH = 8
L3_MASK, L3_IPV4, L3_ISO = 0x170, 0, 0x30  # protocols of a services cookie
L3 = {L3_IPV4: IPV4, 0x10: IPV6, 0x20: MPLS}
TO_ENGINE = 0x0C  # fifth octet of a services cookie: to the routing engine
PPP_OSI, PPP_ADDRESS = 0x0023, 0xFF03  # in place of a cookie: the frame's own first octets
UI, ISO_SAPS = 0x03, 0xFEFE
UI_NLPIDS = (0x0308, 0x03CC, 0x038E)  # a control field and a protocol identifier
LLC_STARTS = (0xFEFE03, 0xAAAA03)
CELL = 0x80  # first octet of an ATM1 cookie: an OAM cell
CELL_TYPE, GAP_COUNT = 0x70, 0x3F  # bits of an ATM2 cookie
CONTROL_WORDS = (0, 0x08000000, 0x08380000)  # of ATM2's cell relay
PPP_STARTS = frozenset({0x0021, 0x0023, 0x0281, 0x0283, 0x8021, 0x8023, 0x8281, 0xC021, 0xC023,
                        0xC223, 0x003D, 0x0057, 0x8057})
ESP_AUTHENTICATED, ES_HEADER = (1, 2), 16


class Payload:
    """What follows all this: a layer, or words."""

    __slots__ = ("kind", "length", "off", "text")

    def __init__(self, kind: type[Layer] | None = None, off: int = 0, length: int = 0,
                 text: bytes = b"") -> None:
        self.kind = kind
        self.off = off
        self.length = length
        self.text = text


class Seen:
    """What is known of a packet so far; ``off`` is where the rest begins."""

    __slots__ = ("bundle", "cookie", "cookie_kind", "cookie_length", "incoming", "length", "off",
                 "pkt", "proto")

    def __init__(self, pkt: Record, off: int, length: int, *, incoming: bool) -> None:
        self.pkt = pkt
        self.off = off
        self.length = length
        self.incoming = incoming
        self.cookie = bytes(8)  #: filled with zeros
        self.cookie_length = self.cookie_kind = self.proto = self.bundle = 0

    def skip(self, count: int) -> None:
        self.off += count
        self.length -= count

    def to(self, kind: type[Layer] | None, back: int = 0) -> Payload:
        """The rest as a layer that begins ``back`` octets earlier."""
        return Payload(kind, self.off - back, self.length + back)


def say(line: Line | None, text: bytes) -> None:
    if line is not None:
        line.put(text)


def guess_ip(pkt: Record, at: int, length: int) -> Payload:
    """IP, if the first octet looks like it."""
    first = pkt.u8(at)
    if 0x45 <= first <= 0x4F or first >> 4 == 6:
        return Payload(ETHERTYPES.find(IPV6 if first >> 4 == 6 else IPV4), at, length)
    return Payload()


def by_link_type(number: int) -> Callable[[Seen, Line | None], Payload]:
    """A card after whose header comes a frame of another link type."""
    def payload(seen: Seen, line: Line | None) -> Payload:
        return seen.to(LINK_TYPES.find(number))
    return payload


def ppp(seen: Seen, line: Line | None) -> Payload:
    return seen.to(Ppp)


def pppoe_atm(seen: Seen, line: Line | None) -> Payload:
    ethertype = seen.pkt.u16(seen.off)
    kind = ETHERTYPES.find(ethertype)
    if kind is None:
        return Payload(text=b"unknown ethertype 0x%04x" % ethertype)
    return seen.to(kind, -2)


def ggsn(seen: Seen, line: Line | None) -> Payload:
    proto = seen.cookie[2]
    say(line, b"proto %s (%d), vlan %d: " % (
        named(GGSN_NAMES, proto, b"Unknown"), proto, int.from_bytes(seen.cookie[4:6], "big")))
    if proto in (2, 6):
        return seen.to(ETHERTYPES.find(IPV4 if proto == 2 else IPV6))
    return Payload(text=b"unknown GGSN proto (%d)" % proto if line is None else b"")


def encryption(seen: Seen, line: Line | None) -> Payload:
    pkt, at = seen.pkt, seen.off
    pkt.raw(at, ES_HEADER)
    kind = pkt.u8(at + 3)
    if kind not in IPSEC_NAMES:
        return Payload(text=b"ES Invalid type %d, length %d" % (kind, seen.length))
    tunnel = kind not in ESP_AUTHENTICATED
    if tunnel:
        seen.skip(ES_HEADER)
    if line is not None:
        line.put(b"ES SA, index %d, ttl %d type %s (%d)" % (
            pkt.u16(at), pkt.u8(at + 2), IPSEC_NAMES[kind], kind))
        if tunnel:
            line.put(b", spi %d, Tunnel " % pkt.u32(at + 4))
            line.host4(pkt.u32(at + 8))
            line.put(b" > ")
            line.host4(pkt.u32(at + 12))
        line.put(b", length %d\n" % seen.length)
    return seen.to(ETHERTYPES.find(IPV4))


def monitor(seen: Seen, line: Line | None) -> Payload:
    pkt, at = seen.pkt, seen.off
    pkt.u64(at)
    say(line, b"service-id %d, iif %d, pkt-type %d: " % (
        pkt.u32(at + 4), pkt.u16(at + 2), pkt.u8(at)))
    return guess_ip(pkt, at, seen.length)


def services(seen: Seen, line: Line | None) -> Payload:
    pkt, at = seen.pkt, seen.off
    pkt.u64(at)
    say(line, b"service-id %d flags 0x%02x service-set-id 0x%04x iif %d: " % (
        pkt.u8(at), pkt.u8(at + 1), pkt.u16(at + 2), pkt.u24(at + 5)))
    return guess_ip(pkt, at, seen.length)


# --- Multilink -----------------------------------------------------------------------------------


def adjust_ppp(seen: Seen, line: Line | None) -> None:
    cookie = seen.cookie
    if seen.cookie_kind == SERVICES_COOKIE:
        seen.bundle = int.from_bytes(cookie[6:8], "big") >> 3 & 0xFFF
        seen.proto = cookie[5] & L3_MASK
    else:
        seen.bundle = cookie[1] if seen.cookie_kind == LINK_COOKIE else cookie[0]


def adjust_frame_relay(seen: Seen, line: Line | None) -> None:
    adjust_ppp(seen, line)
    if seen.cookie_kind == LINK_COOKIE:
        seen.proto = seen.pkt.u16(seen.off)
        seen.skip(2)


def adjust_multilink_fr(seen: Seen, line: Line | None) -> None:
    adjust_frame_relay(seen, line)
    if not seen.cookie_kind:
        seen.skip(2)


def by_cookie(seen: Seen) -> Payload | None:
    """The layer that a services cookie names; None without."""
    if seen.proto == L3_ISO:
        return seen.to(Osi)
    return seen.to(ETHERTYPES.find(L3[seen.proto])) if seen.proto in L3 else None


def multilink_ppp(seen: Seen, line: Line | None) -> Payload:
    first = int.from_bytes(seen.cookie[:2], "big")
    if first not in (PPP_OSI, PPP_ADDRESS):  # else captured on one of the links
        say(line, b"Bundle-ID %d: " % seen.bundle)
    if seen.proto == L3_IPV4 and seen.cookie[4] == TO_ENGINE:
        return seen.to(Ppp)
    return by_cookie(seen) or seen.to(Ppp, 2 if first == PPP_OSI else 0)


def frf16(seen: Seen, line: Line | None) -> Payload:
    if seen.cookie_length == 0:
        return seen.to(LINK_TYPES.find(MULTILINK_FR))
    if seen.cookie_length == SERVICES_COOKIE_LENGTH:
        return by_cookie(seen) or Payload()
    say_bundle(seen, line)
    if seen.proto == ISO_SAPS:
        seen.pkt.u8(seen.off)
        return seen.to(Osi, -1)
    return by_nlpid(seen)


def multilink_fr(seen: Seen, line: Line | None) -> Payload:
    say_bundle(seen, line)
    return seen.to(Osi) if seen.proto in (UI, UI << 8) else by_nlpid(seen)


def say_bundle(seen: Seen, line: Line | None) -> None:
    if seen.cookie[:4] != b"\0\0\0\1":
        say(line, b"Bundle-ID %d, " % seen.bundle)


def by_nlpid(seen: Seen) -> Payload:
    if seen.proto in UI_NLPIDS:
        return seen.to(Osi, 1)
    return Payload(text=b"unknown protocol 0x%04x, length %d" % (seen.proto, seen.length))


# --- ATM -----------------------------------------------------------------------------------------


def adjust_atm2(seen: Seen, line: Line | None) -> None:
    word = seen.pkt.u32(seen.off)
    if seen.cookie[7] & CELL_TYPE:
        if word in CONTROL_WORDS:
            seen.off += 4  # the length stays, as in tcpdump
        say(line, b"control-word 0x%08x " % word)


def atm1(seen: Seen, line: Line | None) -> Payload:
    if seen.cookie[0] == CELL:
        return seen.to(AtmOam)
    return by_llc(seen) or guess_ip(seen.pkt, seen.off, seen.length)


def atm2(seen: Seen, line: Line | None) -> Payload:
    if seen.cookie[7] & CELL_TYPE:
        return seen.to(AtmOam)
    if seen.pkt.u24(seen.off) in LLC_STARTS:
        return seen.to(LLC.find(0))
    if not seen.incoming and seen.cookie[3] & GAP_COUNT:
        return seen.to(LINK_TYPES.find(ETHERNET))
    found = by_llc(seen)
    if found is not None:
        return found
    if seen.pkt.u16(seen.off) in PPP_STARTS:
        return seen.to(Ppp)
    return guess_ip(seen.pkt, seen.off, seen.length)


def by_llc(seen: Seen) -> Payload | None:
    """LLC, or Cisco's way: the control field alone."""
    if seen.pkt.u24(seen.off) in LLC_STARTS:
        return seen.to(LLC.find(0))
    return seen.to(Osi, -1) if seen.pkt.u8(seen.off) == UI else None


class Card(NamedTuple):
    """How packets of one kind of card are read."""

    tag: bytes  #: what ``[|tag]`` says where the capture ends
    payload: Callable[[Seen, Line | None], Payload]
    cookie: int = -1  #: octets of cookie, -1 for a card that has none at all
    name: bytes = b""  #: of a card with a cookie
    adjust: Callable[[Seen, Line | None], None] | None = None  #: reads what follows the cookie


CARDS: dict[int, Card] = {
    130: Card(b"juniper_mlppp", multilink_ppp, 2, b"MLPPP", adjust_ppp),
    131: Card(b"juniper_mlfr", multilink_fr, 2, b"MLFR", adjust_multilink_fr),
    132: Card(b"juniper_es", encryption, 0, b"ES"),
    133: Card(b"juniper_ggsn", ggsn, 8, b"GGSN"),
    134: Card(b"juniper_mfr", frf16, 4, b"MFR", adjust_frame_relay),
    135: Card(b"juniper_atm2", atm2, 8, b"ATM2", adjust_atm2),
    136: Card(b"juniper_services", services, 8, b"AS"),
    137: Card(b"juniper_atm1", atm1, 4, b"ATM1"),
    164: Card(b"juniper_monitor", monitor, 8, b"MONITOR"),
    167: Card(b"juniper_pppoe", by_link_type(ETHERNET), 0, b"PPPoE"),
    168: Card(b"juniper_pppoe_atm", pppoe_atm, 0, b"PPPoE ATM"),
    178: Card(b"juniper_ether", by_link_type(ETHERNET)),
    179: Card(b"juniper_ppp", ppp),
    180: Card(b"juniper_frelay", by_link_type(FRAME_RELAY)),
    181: Card(b"juniper_chdlc", by_link_type(CHDLC)),
}


def card_of(link_type: int) -> Card:
    """The card that a link type is for; inside another link type, Ethernet."""
    return CARDS.get(link_type, CARDS[178])
