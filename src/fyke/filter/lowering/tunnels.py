"""``geneve`` and ``vxlan``: what follows is about the packet inside the tunnel.

The outer IP header's length, and Geneve's options, are known at run time only. So the offsets of
all that is inside are kept in scratch words, set by a block that runs when the tunnel was found.
"""

from __future__ import annotations

from collections.abc import Callable

from fyke.bpf.instructions import (
    ADD,
    ALU,
    AND,
    IMM,
    IND,
    JEQ,
    JMP,
    LD,
    LDX,
    MEM,
    MISC,
    MUL,
    ST,
    STX,
    TAX,
    TXA,
    B,
    H,
    K,
    W,
    X,
)
from fyke.filter.graph import Statement
from fyke.filter.links.table import plain_ethernet
from fyke.filter.lowering.fragment import Fragment, both, either
from fyke.filter.lowering.generator import IPV6_HEADER, TRANSPORT4, TRANSPORT6, Base, Generator
from fyke.filter.lowering.layout import Offset
from fyke.filter.lowering.ports import ports4, ports6
from fyke.filter.numbers import EtherType, IpProtocol
from fyke.filter.syntax import Qualifiers
from fyke.hints import NamedTuple

UDP_HEADER = 8  #: RFC 768
TUNNEL_HEADER = 8  #: of both, without options (RFC 8926, section 3.4; RFC 7348, section 5)
VNI_OFFSET = UDP_HEADER + 4
MAX_VNI = 0xFFFFFF
MAC_TYPE = 12  #: offset of the EtherType in an Ethernet header
TYPE_SIZE = 2


class Tunnel(NamedTuple):
    """What tells one tunnel from another: ``flags & mask == value`` in its first octet."""

    name: str
    port: int
    mask: int
    value: int
    offsets: Callable[[Generator], list[Statement]]


def geneve(gen: Generator, number: int | None) -> Fragment:
    """Geneve (RFC 8926), version 0, perhaps with this virtual network identifier."""
    return _tunnel(gen, Tunnel("Geneve", 6081, 0xC0, 0, _geneve_offsets), number)


def vxlan(gen: Generator, number: int | None) -> Fragment:
    """VXLAN (RFC 7348), perhaps with this virtual network identifier."""
    return _tunnel(gen, Tunnel("VXLAN", 4789, 0xFFFFFFFF, 0x08, _vxlan_offsets), number)


def _tunnel(gen: Generator, tunnel: Tunnel, number: int | None) -> Fragment:
    if gen.scoped:
        from fyke.filter.lowering.look_through import tunnel as look_inside

        return look_inside(gen, tunnel.port, _header(gen, TRANSPORT4, tunnel, number),
                           tunnel.name == "Geneve")
    over4 = _over_ip(gen, tunnel, number)
    over6 = _over_ip6(gen, tunnel, number)
    found = either(over4, over6)
    code = tunnel.offsets(gen)
    inside = gen.always(True)
    inside.head.statements[:0] = code
    inside.answer = None  # true, but it must run
    gen.layout = gen.layout._replace(tunnelled=True)
    return both(found, inside)


# --- is it this tunnel? ---------------------------------------------------------------------------

_TO_PORT = Qualifiers("udp", "dst", "port")


def _header(gen: Generator, base: Base, tunnel: Tunnel, number: int | None) -> Fragment:
    fragment = gen.masked(base, UDP_HEADER, B, tunnel.value, tunnel.mask)
    if number is not None:
        gen.limit(f"{tunnel.name} VNI", number, MAX_VNI)
        fragment = both(fragment, gen.masked(base, VNI_OFFSET, W, number << 8, MAX_VNI << 8))
    return fragment


def _over_ip(gen: Generator, tunnel: Tunnel, number: int | None) -> Fragment:
    """Leaves the length of the IPv4 header and what is before it in A."""
    to_port = ports4(gen, tunnel.port, tunnel.port, IpProtocol.UDP, _TO_PORT)
    found = both(to_port, _header(gen, TRANSPORT4, tunnel, number))
    code = [*gen.ip_header_length(), gen.statement(MISC | TXA)]
    return both(found, gen.jump_x(JEQ, code))  # A is X: always true


def _over_ip6(gen: Generator, tunnel: Tunnel, number: int | None) -> Fragment:
    """The same for IPv6."""
    to_port = ports6(gen, tunnel.port, tunnel.port, IpProtocol.UDP, _TO_PORT)
    found = both(to_port, _header(gen, TRANSPORT6, tunnel, number))
    variable = gen.variable_part("payload")
    code = [*variable, gen.statement(LD | IMM, IPV6_HEADER)]
    if variable:
        code.append(gen.statement(ALU | ADD | X))
    code.append(gen.statement(MISC | TAX))
    return both(found, gen.jump_x(JEQ, code))


# --- where is what is inside? ---------------------------------------------------------------------

def _tunnel_start(gen: Generator) -> int:
    """The constant part of the tunnel header's offset."""
    return gen.layout.payload.constant + gen.layout.network + UDP_HEADER


def _enter(gen: Generator, header: int, type_field: int, payload: int) -> None:
    """Later tests are about Ethernet whose offsets are in these scratch words."""
    layout = gen.layout
    gen.layout = layout._replace(
        link=plain_ethernet(), outer=layout.link, outer_header=layout.header,
        header=Offset(0, True, header), type=Offset(0, True, type_field),
        payload=Offset(0, True, payload), network=0)


def _vxlan_offsets(gen: Generator) -> list[Statement]:
    """VXLAN always carries Ethernet."""
    start = _tunnel_start(gen)
    header, type_field = gen.take_register(), gen.take_register()
    payload = gen.take_register()
    code = [gen.statement(ALU | ADD | K, start), gen.statement(ALU | ADD | K, TUNNEL_HEADER),
            gen.statement(ST, header), gen.statement(ALU | ADD | K, MAC_TYPE),
            gen.statement(ST, type_field), gen.statement(ALU | ADD | K, TYPE_SIZE),
            gen.statement(MISC | TAX), gen.statement(STX, payload)]
    _enter(gen, header, type_field, payload)
    return code


def _geneve_offsets(gen: Generator) -> list[Statement]:
    """Geneve carries Ethernet or not: if not, the payload begins where the header would.

    The type is Geneve's own then, so that it is an EtherType either way.
    """
    gen.optimizable = False  # a jump among statements
    start = _tunnel_start(gen)
    type_field, header = gen.take_register(), gen.take_register()
    payload = gen.take_register()
    options = [gen.statement(LD | IND | B, 0), gen.statement(ALU | AND | K, 0x3F),
               gen.statement(ALU | MUL | K, 4), gen.statement(ALU | ADD | K, TUNNEL_HEADER),
               gen.statement(ALU | ADD | X), gen.statement(ST, header)]
    ethernet = [gen.statement(MISC | TXA), gen.statement(ALU | ADD | K, MAC_TYPE),
                gen.statement(ST, type_field), gen.statement(ALU | ADD | K, TYPE_SIZE),
                gen.statement(MISC | TAX)]
    store = gen.statement(STX, payload)
    is_ethernet = gen.statement(JMP | JEQ | K, EtherType.TEB)
    is_ethernet.on_true, is_ethernet.on_false = ethernet[0], store
    code = [gen.statement(ALU | ADD | K, start), gen.statement(MISC | TAX),
            gen.statement(ALU | ADD | K, TYPE_SIZE), gen.statement(ST, type_field), *options,
            gen.statement(LD | IND | H, TYPE_SIZE), gen.statement(LDX | MEM, header),
            is_ethernet, *ethernet, store]
    _enter(gen, header, type_field, payload)
    return code
