"""Syntax tree to graph of blocks: which module makes the code for which node, and the ends.

The meaning of every test, in every packet, is libpcap's; the graph is the one that libpcap would
build before it optimises, so that the passes have the same to work on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fyke.bpf.instructions import RET, K, W
from fyke.filter.graph import Block, Graph
from fyke.filter.links.table import link_for
from fyke.filter.lowering import addresses, encapsulations, fields, ports, tunnels
from fyke.filter.lowering.arithmetic import relation
from fyke.filter.lowering.fragment import Fragment, all_of, any_of, both, connect, negate
from fyke.filter.lowering.generator import Base, Generator
from fyke.filter.lowering.protochain import protochain
from fyke.filter.lowering.protocols import number_above, number_of, protocol_alone
from fyke.filter.options import Options
from fyke.filter.syntax import (
    Address6,
    And,
    ArcnetAddress,
    ByteTest,
    Cast,
    Dotted,
    Encapsulation,
    Expression,
    Field,
    HardwareAddress,
    InterfaceIndex,
    LengthTest,
    Llc,
    Masked,
    Name,
    Not,
    Number,
    Or,
    PfTest,
    Prefix,
    Primitive,
    Protocol,
    Relation,
    WlanDirection,
    WlanType,
    Word,
    postorder,
)

#: In a PPI header at 4: the link type of what follows, little-endian; 105 is 802.11.
PPI_LINK_TYPE = 4
PPI_WLAN = 0x69000000


def lower(tree: Expression | None, options: Options) -> Graph:
    """The graph of an expression; None, the empty one, wants every packet.

    Raises FilterError, with the columns of the node at fault, for what means nothing on this
    link type or cannot be compiled.
    """
    yes = Block(RET | K, options.snaplen)
    if tree is None:
        return Graph(yes)
    link = link_for(options.link_type)
    gen = Generator(options, link.start.layout(link))
    fragment = _expression(gen, tree)
    gen.span = None
    program = fragment.head.statements
    prologue = link.prologue(gen, program)
    if not prologue and gen.tags_move_payload:
        prologue = encapsulations.vlan_prologue(gen)
    program[:0] = prologue
    if gen.layout.link.type.name == "PPI":
        fragment = both(gen.equal(Base.PACKET, PPI_LINK_TYPE, W, PPI_WLAN), fragment)
    connect(fragment.on_true, yes)
    connect(fragment.on_false, Block(RET | K, 0))
    return Graph(fragment.head, gen.optimizable)


def _expression(gen: Generator, tree: Expression) -> Fragment:
    """The code for a whole expression, however deep: in the order in which it is written.

    Order matters, because ``vlan`` and its like change what later words are about.
    """
    done: list[Fragment] = []
    for node in postorder(tree):
        if isinstance(node, (And, Or)):
            terms = done[-len(node.terms):]
            del done[-len(node.terms):]
            done.append((all_of if isinstance(node, And) else any_of)(*terms))
        elif isinstance(node, Not):
            done.append(negate(done.pop()))
        else:
            gen.span = node.span
            done.append(_TESTS[type(node)](gen, node))
    return done.pop()


def _primitive(gen: Generator, node: Primitive) -> Fragment:
    return _IDS[type(node.id)](gen, node.id, node.qualifiers)


def _encapsulation(gen: Generator, node: Encapsulation) -> Fragment:
    if node.word == "pppoed":
        return encapsulations.pppoe_discovery(gen)
    return _ENCAPSULATIONS[node.word](gen, node.value)


# --- ids ------------------------------------------------------------------------------------------

def _name(gen: Generator, name: Name, qualifiers: Any) -> Fragment:
    kind = qualifiers.kind
    if kind in ("proto", "protochain"):
        number = number_of(gen, name.text, qualifiers)
        above = number_above if kind == "proto" else protochain
        return above(gen, number, qualifiers.protocol)
    by_kind: dict[str | None, Callable[..., Fragment]] = {
        None: addresses.address_of_name, "host": addresses.address_of_name,
        "net": addresses.network_of_name, "gateway": addresses.gateway,
        "port": ports.port_by_name, "portrange": ports.range_by_name}
    return by_kind[kind](gen, name, qualifiers)


def _number(gen: Generator, number: Number, qualifiers: Any) -> Fragment:
    kind = qualifiers.kind
    if kind in ("port", "portrange"):
        return ports.ports_by_number(gen, number.value, number.value, qualifiers)
    if kind == "proto":
        return number_above(gen, number.value, qualifiers.protocol)
    if kind == "protochain":
        return protochain(gen, number.value, qualifiers.protocol)
    return addresses.address_of_number(gen, number, qualifiers)


def _address(what: str, make: Callable[..., Fragment]) -> Callable[..., Fragment]:
    """The same for what can only be an address."""
    def lower_id(gen: Generator, id: Any, qualifiers: Any) -> Fragment:
        kind = qualifiers.kind
        if kind in ("port", "portrange", "proto", "protochain"):
            shown = what
            if isinstance(id, Address6) and id.length is not None:
                shown += " and prefix length"
            gen.fail(f"'{kind}' qualifier applied to {shown}")
        return make(gen, id, qualifiers)

    return lower_id


_IDS: dict[type, Callable[..., Fragment]] = {
    Name: _name,
    Number: _number,
    Dotted: _address("IPv4 address", addresses.address_of_dotted),
    Prefix: _address("IPv4 address and prefix length", addresses.network_of_prefix),
    Masked: _address("IPv4 address and netmask", addresses.network_of_mask),
    Address6: _address("IPv6 address", addresses.address_of_ipv6),
    HardwareAddress: addresses.address_of_hardware,
    ArcnetAddress: addresses.address_of_arcnet,
}

_ENCAPSULATIONS: dict[str, Callable[[Generator, int | None], Fragment]] = {
    "vlan": encapsulations.vlan,
    "mpls": encapsulations.mpls,
    "pppoes": encapsulations.pppoe_session,
    "geneve": tunnels.geneve,
    "vxlan": tunnels.vxlan,
}

_TESTS: dict[type, Callable[..., Fragment]] = {
    Primitive: _primitive,
    Relation: relation,
    Protocol: lambda gen, node: protocol_alone(gen, node.protocol),
    Cast: fields.cast,
    LengthTest: fields.length_test,
    ByteTest: fields.byte_test,
    InterfaceIndex: fields.interface_index,
    Encapsulation: _encapsulation,
    Llc: fields.llc,
    WlanType: lambda gen, node: gen.layout.link.frame_type(gen, node.value, node.mask),
    WlanDirection: lambda gen, node: gen.layout.link.frame_direction(gen, node.value),
    PfTest: fields.pf_test,
    Word: fields.word_test,
    Field: fields.field_test,
}
