"""Dialect fyke: the tests that look through VLAN tags and extension headers, and those that do not
shift what stands outside their parentheses.
"""

from __future__ import annotations

from fyke.bpf.instructions import (
    ABS,
    AD_VLAN_TAG,
    ADD,
    ALU,
    AND,
    IND,
    JEQ,
    LD,
    LDX,
    LSH,
    MEM,
    MISC,
    SKF_AD_OFF,
    ST,
    TAX,
    TXA,
    B,
    H,
    K,
    W,
    X,
)
from fyke.filter.graph import Block, Statement
from fyke.filter.links.table import plain_ethernet, plain_ppp
from fyke.filter.lowering.directions import in_direction
from fyke.filter.lowering.fragment import Fragment, all_of, any_of, both, either
from fyke.filter.lowering.generator import (
    LLC,
    NETWORK,
    TRANSPORT4,
    WORD,
    Generator,
)
from fyke.filter.lowering.inside import carried
from fyke.filter.lowering.layout import Offset
from fyke.filter.lowering.scopes import ScopedGenerator
from fyke.filter.lowering.tags import METADATA, in_tag, raw
from fyke.filter.lowering.walks import PASSED
from fyke.filter.numbers import EtherType, IpProtocol, Sap

VLAN_ID = 0x0FFF
UDP_HEADER = 8  #: RFC 768
MAC_TYPE, MAC_HEADER = 12, 14  #: where an Ethernet header has its type, and where it ends
#: PVST+ is STP behind this organisation code and protocol (Cisco's).
CISCO, PVST = 0x00000C, 0x010B
#: In an ARP packet: length of a hardware address and of a protocol address (RFC 826).
HARDWARE_LENGTH, PROTOCOL_LENGTH = 4, 5


def scoped(gen: Generator) -> ScopedGenerator:
    """The generator of this dialect."""
    assert isinstance(gen, ScopedGenerator)
    return gen


# --- above IP -------------------------------------------------------------------------------------

def above(gen: Generator, number: int, version: str | None) -> Fragment:
    """A header of this protocol follows the IP header, directly or behind extension headers.

    Of a later fragment, too, as far as its headers say.
    """
    gen.limit("protocol number", number, 0xFF)
    looking = scoped(gen)
    found = looking.protocol(number, header=False)
    if number in PASSED:
        found = either(looking.passed(number), found)
    return found if version is None else both(is_version(gen, version), found)


def is_version(gen: Generator, version: str) -> Fragment:
    """The packet is IPv4 ("ip") or IPv6 ("ip6")."""
    return carried(gen, EtherType.IP if version == "ip" else EtherType.IPV6)


def has_header(gen: Generator, numbers: tuple[int, ...], version: str | None) -> Fragment:
    """One of these protocols has its header in this packet: it is no later fragment."""
    found = any_of(*(scoped(gen).protocol(number, header=True) for number in numbers))
    return found if version is None else both(is_version(gen, version), found)


# --- VLAN tags ------------------------------------------------------------------------------------

def vlan(gen: Generator, number: int | None) -> Fragment:
    """The outermost VLAN tag that no ``vlan`` before has named, perhaps with this id."""
    layout = gen.layout
    if layout.labels:
        gen.fail("no VLAN match after MPLS")
    if number is not None:
        gen.limit("VLAN tag", number, VLAN_ID)
    if layout.scope.network is None:
        layout.link.refuse(gen, "vlan")

    def has_id(place: int) -> Fragment | None:
        if number is None:
            return None
        code = (raw(gen, LLC, place, 0, H) if place != METADATA
                else [gen.statement(LD | H | ABS, SKF_AD_OFF + AD_VLAN_TAG)])
        return gen.jump(JEQ, number, [*code, gen.statement(ALU | AND | K, VLAN_ID)])

    found = in_tag(gen, layout.tags, has_id)
    gen.layout = layout._replace(tags=layout.tags + 1)
    return found


def behind_tag(gen: Generator) -> None:
    """What follows is about what is behind a tag in 802.11, whose tags nothing looks through: the
    headers there are found anew.
    """
    scoped(gen).enter(gen.layout)


# --- other envelopes ------------------------------------------------------------------------------

def mpls(gen: Generator, found: Fragment, size: int) -> Fragment:
    """What follows is about what is behind the label."""
    layout = gen.layout
    raw = layout.scope.raw._replace(
        link=layout.link, network=layout.network + size, labels=layout.labels + 1,
        network_no_snap=layout.network_no_snap + size, payload=layout.payload)
    scoped(gen).enter(raw)
    return found


def pppoe(gen: Generator, found: Fragment, header: int, protocol: int) -> Fragment:
    """What follows is about PPP."""
    layout = gen.layout
    payload = layout.payload
    if payload.variable:
        payload = payload._replace(register=gen.register_of("payload"))
    start = payload._replace(constant=payload.constant + layout.network + header & WORD)
    raw = layout._replace(
        link=plain_ppp(), outer=layout.link, header=start, outer_header=layout.header, type=start,
        payload=start._replace(constant=start.constant + protocol & WORD), network=0,
        network_no_snap=0, tags=0, labels=0, tunnelled=False)
    scoped(gen).enter(raw)
    return found


def tunnel(gen: Generator, port: int, header: Fragment, geneve: bool) -> Fragment:
    """UDP to this port with this header; what follows is about what is in the tunnel."""
    looking = scoped(gen)
    found = all_of(has_header(gen, (IpProtocol.UDP,), None),
                   gen.equal(TRANSPORT4, 2, H, port), header)
    start = gen.layout.payload.constant + gen.layout.network + UDP_HEADER
    inside = (_geneve if geneve else _vxlan)(looking, start)
    return both(found, inside)


def _vxlan(gen: ScopedGenerator, start: int) -> Fragment:
    """VXLAN always carries Ethernet, behind 8 octets."""
    [header] = gen.take_words("header")
    block = gen.jump(JEQ, 0, [*gen.ip_header_length(), gen.statement(MISC | TXA),
                              gen.statement(ALU | ADD | K, start + 8),
                              gen.statement(ST, header)]).head
    _enter_ethernet(gen, header, Offset(MAC_TYPE, True, header))
    return Fragment(block, [(block, True), (block, False)], [])


def _geneve(gen: ScopedGenerator, start: int) -> Fragment:
    """Geneve has options, and carries Ethernet or not: if not, the type is its own, and the
    payload begins where it would behind a header.
    """
    header, type_field = gen.take_words("header", "inner type")
    code = [*gen.ip_header_length(), gen.statement(MISC | TXA),
            gen.statement(ALU | ADD | K, start + 2), gen.statement(ST, type_field),
            gen.statement(LD | IND | B, start), gen.statement(ALU | AND | K, 0x3F),
            gen.statement(ALU | LSH | K, 2), gen.statement(ALU | ADD | X),
            gen.statement(ALU | ADD | K, start + 8 - MAC_HEADER), gen.statement(ST, header),
            gen.statement(LD | IND | H, start + 2)]
    ethernet = gen.jump(JEQ, 0, [
        gen.statement(LD | MEM, header), gen.statement(ALU | ADD | K, MAC_HEADER),
        gen.statement(ST, header), gen.statement(ALU | ADD | K, MAC_TYPE),
        gen.statement(ST, type_field)]).head
    head: Block = gen.jump(JEQ, EtherType.TEB, code).head
    head.on_true = ethernet
    _enter_ethernet(gen, header, Offset(0, True, type_field))
    gen.scope.words["inner type"] = type_field
    return Fragment(head, [(head, False), (ethernet, True), (ethernet, False)], [])


def _enter_ethernet(gen: ScopedGenerator, header: int, type_field: Offset) -> None:
    """What follows is about the Ethernet frame that begins where this word says."""
    layout = gen.layout
    raw = layout._replace(link=plain_ethernet(), outer=layout.link, outer_header=layout.header,
                          header=Offset(0, True, header), type=type_field,
                          payload=Offset(MAC_HEADER, True, header), network=0,
                          network_no_snap=3, tags=0, labels=0, tunnelled=True)
    gen.enter(raw)
    gen.scope.words["header"] = header


def has_mac_header(gen: Generator) -> Fragment:
    """What is in the tunnel begins with a MAC header: its type is the one there, not Geneve's."""
    header, type_field = gen.layout.header, gen.layout.type
    if type_field.register == header.register:
        return gen.always(True)
    assert header.register is not None and type_field.register is not None
    return gen.jump_x(JEQ, [gen.statement(LDX | MEM, type_field.register),
                            gen.statement(LD | MEM, header.register),
                            gen.statement(ALU | ADD | K, MAC_TYPE)])


# --- what the old words miss ----------------------------------------------------------------------

def stp(gen: Generator) -> Fragment:
    """STP in LLC, and as PVST+ in SNAP."""
    return either(carried(gen, Sap.STP), gen.layout.link.carries_snap(gen, CISCO, PVST))


def arp_addresses(gen: Generator, direction: str | None, address: int, mask: int) -> Fragment:
    """An IPv4 address in ARP, whatever length the hardware addresses have."""
    def one(side: str) -> Fragment:
        code = arp_address(gen, side == "dst", W)
        if mask != WORD:
            code.append(gen.statement(ALU | AND | K, mask))
        return gen.jump(JEQ, address, code)

    return in_direction(direction, one)


def resolves_ip(gen: Generator) -> Fragment:
    """The protocol addresses of this ARP packet have four octets."""
    return gen.equal(NETWORK, PROTOCOL_LENGTH, B, 4)


def arp_address(gen: Generator, target: bool, width: int) -> list[Statement]:
    """Load the sender's or the target's protocol address (of four octets)."""
    layout = gen.layout
    code = gen.load(NETWORK, HARDWARE_LENGTH, B)
    if target:
        code.append(gen.statement(ALU | LSH | K, 1))
    if layout.payload.variable:
        code.append(gen.statement(ALU | ADD | X))
    at = layout.payload.constant + layout.network + (12 if target else 8)
    return [*code, gen.statement(MISC | TAX), gen.statement(LD | IND | width, at)]
