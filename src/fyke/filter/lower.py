"""Syntax tree to graph of blocks: which module makes the code for which node, and the ends.

The meaning of every test, in every packet, is libpcap's; the graph is the one that libpcap would
build before it optimises, so that the passes have the same to work on.
"""

from __future__ import annotations

from fyke import late
from fyke.bpf.instructions import RET, K, W
from fyke.filter.graph import Block, Graph
from fyke.filter.links.link import Link
from fyke.filter.links.table import link_for
from fyke.filter.lowering.fragment import Fragment, all_of, any_of, both, connect, negate
from fyke.filter.lowering.generator import PACKET, Generator
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
    FieldTest,
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
from fyke.hints import Any, Callable

#: In a PPI header at 4: the link type of what follows, little-endian; 105 is 802.11.
PPI_LINK_TYPE = 4
PPI_WLAN = 0x69000000

#: Protocols that a test of a port of any protocol compares with: three above each IP.
TESTS_OF_SHARED_PORTS = 6


def lower(tree: Expression | None, options: Options, *, sets: bool = False,
          ports_apart: bool = False) -> Graph:
    """The graph of an expression; None, the empty one, wants every packet.

    With ``sets``, terms of an "or" that differ in a number only become one test of a set
    (``graph.MEMBER``), which only the passes can turn into instructions. With ``ports_apart``
    each protocol has its own comparison of the ports (see lowering.ports.ports).

    Raises FilterError, with the columns of the node at fault, for what means nothing on this
    link type or cannot be compiled.
    """
    if tree is None:
        return Graph(Block(RET | K, options.snaplen))
    graph = _lower_well(tree, options, sets, ports_apart)
    if graph.members and not graph.optimizable:
        return _lower_well(tree, options, False, ports_apart)
    return graph


def _lower_well(tree: Expression, options: Options, sets: bool, ports_apart: bool) -> Graph:
    """The graph, made anew where arithmetic overwrote a word that a later test needs.

    The second time those words are given out first, so that arithmetic gets others.
    """
    link = link_for(options.link_type)
    if options.dialect == "fyke":
        return _lower_scoped(tree, options, link, sets)
    gen = Generator(options, link.start.layout(link))
    gen.ports_apart = ports_apart
    graph = _lower(tree, gen, link, sets)
    if not gen.overwritten:
        return graph
    anew = Generator(options, link.start.layout(link))
    anew.ports_apart = ports_apart
    for movable in dict.fromkeys(gen.movables):
        anew.register_of(movable)
    return _lower(tree, anew, link, sets)


def _lower_scoped(tree: Expression, options: Options, link: Link, sets: bool) -> Graph:
    """The same in the dialect fyke."""
    from fyke.filter.lowering.scopes import ScopedGenerator

    gen = ScopedGenerator(options, link.start.layout(link))
    graph = _lower(tree, gen, link, sets)
    if gen.overwritten:
        gen = ScopedGenerator(options, link.start.layout(link), gen.given)
        graph = _lower(tree, gen, link, sets)
    graph.roles = gen.roles
    return graph


def _lower(tree: Expression, gen: Generator, link: Link, sets: bool) -> Graph:
    """The whole graph, with the prologue that reckons the offsets before the first test."""
    if gen.scoped:
        from fyke.filter.lowering.scopes import expression

        fragment, members = expression(gen, tree, sets, _test)
    else:
        fragment, members = _expression(gen, tree, sets)
    gen.span = None
    program = fragment.head.statements
    prologue = link.prologue(gen, program)
    if not prologue and gen.tags_move_payload:
        from fyke.filter.lowering.encapsulations import vlan_prologue

        prologue = vlan_prologue(gen)
    program[:0] = prologue
    if gen.layout.link.type.name == "PPI":
        fragment = both(gen.equal(PACKET, PPI_LINK_TYPE, W, PPI_WLAN), fragment)
    connect(fragment.on_true, Block(RET | K, gen.options.snaplen))
    connect(fragment.on_false, Block(RET | K, 0))
    ports = gen.shared_ports
    shared = ports > 0 and (gen.protocol_tests > TESTS_OF_SHARED_PORTS * ports
                            or (ports > 1 and not members))
    return Graph(fragment.head, gen.optimizable, members, shared)


def _expression(gen: Generator, tree: Expression, sets: bool) -> tuple[Fragment, int]:
    """The code for a whole expression, however deep: in the order in which it is written.

    Order matters, because ``vlan`` and its like change what later words are about. The number is
    how many members its sets have.
    """
    done: list[Fragment] = []
    members = 0
    for node in postorder(tree):
        if isinstance(node, (And, Or)):
            terms = done[-len(node.terms):]
            del done[-len(node.terms):]
            if sets:
                from fyke.filter.lowering.sets import gather, gather_negated

                negated = isinstance(node, And)
                terms, found = (gather_negated if negated else gather)(terms)
                members += found
            done.append((all_of if isinstance(node, And) else any_of)(*terms))
        elif isinstance(node, Not):
            done.append(negate(done.pop()))
        else:
            gen.span = node.span
            done.append(_test(gen, node))
    return done.pop(), members


# --- which code is for which node -----------------------------------------------------------------
#
# Modules are named, not imported: most expressions need two or three of them.

def _test(gen: Generator, node: Any) -> Fragment:
    """The code for one test."""
    kind = type(node)
    if kind is Primitive:
        return _primitive(gen, node)
    if kind is Encapsulation:
        return _function(_ENCAPSULATIONS[node.word])(gen, node.value)
    if kind is Word:
        return _function(_WORDS.get(node.word, "atm.word"))(gen, node)
    if kind is Field:
        return _function(_FIELDS.get(node.field, "ss7.field"))(gen, node)
    return _function(_TESTS[kind])(gen, node)


def _primitive(gen: Generator, node: Primitive) -> Fragment:
    """Qualifiers and an id."""
    id, qualifiers = node.id, node.qualifiers
    if isinstance(id, (Name, Number)):
        by_kind = _BY_NAME if isinstance(id, Name) else _BY_NUMBER
        return _function(by_kind[qualifiers.kind])(gen, id, qualifiers)
    what, function = _ADDRESSES[type(id)]
    kind = qualifiers.kind
    if what and kind in ("port", "portrange", "proto", "protochain"):
        if isinstance(id, Address6) and id.length is not None:
            what += " and prefix length"
        gen.fail(f"'{kind}' qualifier applied to {what}")
    return _function(function)(gen, id, qualifiers)


def _function(name: str) -> Callable[..., Fragment]:
    """``module.function`` in the package ``lowering``."""
    found: Callable[..., Fragment] = late.named(
        f"fyke.filter.lowering.{name.replace('.', ':')}")
    return found


_TESTS: dict[type, str] = {
    Relation: "arithmetic.relation",
    Protocol: "protocols.alone",
    Cast: "casts.cast",
    LengthTest: "lengths.length_test",
    ByteTest: "lengths.byte_test",
    InterfaceIndex: "metadata.interface_index",
    Llc: "llc.llc",
    WlanType: "wlan.frame_type",
    WlanDirection: "wlan.frame_direction",
    PfTest: "pf.pf_test",
    FieldTest: "field_words.field_test",
}

_ENCAPSULATIONS = {
    "vlan": "encapsulations.vlan",
    "mpls": "encapsulations.mpls",
    "pppoed": "encapsulations.pppoe_discovery",
    "pppoes": "encapsulations.pppoe_session",
    "geneve": "tunnels.geneve",
    "vxlan": "tunnels.vxlan",
}

_WORDS = {
    "inbound": "metadata.direction",
    "outbound": "metadata.direction",
    "fisu": "ss7.word", "lssu": "ss7.word", "msu": "ss7.word",
    "hfisu": "ss7.word", "hlssu": "ss7.word", "hmsu": "ss7.word",
}

_FIELDS = {"vpi": "atm.field", "vci": "atm.field"}

_BY_NAME = {
    None: "addresses.of_name",
    "host": "addresses.of_name",
    "net": "addresses.network_of_name",
    "gateway": "addresses.gateway",
    "port": "ports.port_by_name",
    "portrange": "ports.range_by_name",
    "proto": "protocols.by_name",
    "protochain": "protochain.by_name",
}

_BY_NUMBER = {
    None: "addresses.of_number",
    "host": "addresses.of_number",
    "net": "addresses.of_number",
    "gateway": "addresses.of_number",
    "port": "ports.by_number",
    "portrange": "ports.by_number",
    "proto": "protocols.by_number",
    "protochain": "protochain.by_number",
}

#: What an id is called where it is out of place, and whose code it is.
_ADDRESSES: dict[type, tuple[str, str]] = {
    Dotted: ("IPv4 address", "addresses.of_dotted"),
    Prefix: ("IPv4 address and prefix length", "addresses.network_of_prefix"),
    Masked: ("IPv4 address and netmask", "addresses.network_of_mask"),
    Address6: ("IPv6 address", "addresses.of_ipv6"),
    HardwareAddress: ("", "addresses.of_hardware"),
    ArcnetAddress: ("", "addresses.of_arcnet"),
}
