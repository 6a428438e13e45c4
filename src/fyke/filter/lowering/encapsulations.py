"""``vlan``, ``mpls``, ``pppoed`` and ``pppoes``: what follows them is about what is inside."""

from __future__ import annotations

from fyke.bpf.instructions import (
    ABS,
    AD_VLAN_TAG,
    AD_VLAN_TAG_PRESENT,
    ADD,
    ALU,
    JA,
    JEQ,
    JMP,
    LD,
    MEM,
    SKF_AD_OFF,
    ST,
    B,
    H,
    K,
    W,
)
from fyke.filter.graph import Statement
from fyke.filter.links.table import plain_ppp
from fyke.filter.lowering.fragment import Fragment, any_of, both, either
from fyke.filter.lowering.generator import NETWORK, WORD, Generator
from fyke.filter.lowering.inside import BOTTOM_OF_STACK, carried
from fyke.filter.lowering.layout import Movable, Offset
from fyke.filter.numbers import EtherType

TAG_SIZE = 4  #: IEEE 802.1Q, 9.3
VLAN_ID = 0x0FFF
LABEL_SIZE = 4  #: RFC 3032, section 2.1
MAX_LABEL = 0xFFFFF
LABEL_SHIFT = 12
PPPOE_HEADER = 6  #: RFC 2516, section 4
PPPOE_SESSION_ID = 2
PPP_PROTOCOL_SIZE = 2


# --- VLAN -----------------------------------------------------------------------------------------

def vlan(gen: Generator, number: int | None) -> Fragment:
    """An 802.1Q or 802.1ad tag, perhaps with this VLAN id."""
    if gen.scoped and gen.layout.scope.network is not None:
        from fyke.filter.lowering.look_through import vlan as next_vlan

        return next_vlan(gen, number)
    if gen.layout.labels:
        gen.fail("no VLAN match after MPLS")
    link = gen.layout.link
    if link.tags == "no":
        link.refuse(gen, "vlan")
    layout = gen.layout
    outermost = (not layout.tags and not layout.header.variable
                 and layout.header.constant == link.start.header and layout.outer is link)
    if link.tags == "kernel" and outermost and gen.options.linux_extensions:
        fragment = _tag_in_metadata(gen, number)
    else:
        fragment = _tag_in_packet(gen, number)
    gen.layout = gen.layout._replace(tags=gen.layout.tags + 1)
    if gen.scoped:
        from fyke.filter.lowering.look_through import behind_tag

        behind_tag(gen)
    return fragment


def _is_tagged(gen: Generator) -> Fragment:
    return any_of(*(carried(gen, number) for number in (
        EtherType.VLAN, EtherType.SERVICE_VLAN, EtherType.QINQ)))


def _has_id(gen: Generator, number: int) -> Fragment:
    gen.limit("VLAN tag", number, VLAN_ID)
    return gen.masked(NETWORK, 0, H, number, VLAN_ID)


def _tag_in_packet(gen: Generator, number: int | None) -> Fragment:
    """The tag is where the type field is, and all behind it is four octets on."""
    fragment = _is_tagged(gen)
    if number is not None:
        fragment = both(fragment, _has_id(gen, number))
    layout = gen.layout
    gen.layout = layout._replace(
        payload=_moved(layout.payload), type=_moved(layout.type))
    return fragment


def _moved(offset: Offset) -> Offset:
    return offset._replace(constant=offset.constant + TAG_SIZE & WORD)


def _tag_in_metadata(gen: Generator, number: int | None) -> Fragment:
    """The kernel may have moved the tag out of the packet, which is known at run time only.

    So the offsets get a run-time part, 0 or 4, and the tests of the packet itself are made
    before the offsets have it.
    """
    removed = gen.jump(JEQ, 1, [gen.statement(LD | B | ABS, SKF_AD_OFF + AD_VLAN_TAG_PRESENT)])
    tagged = _is_tagged(gen)
    identified = None if number is None else _has_id(gen, number)
    gen.tags_move_payload = True
    tagged.head.statements[:0] = [*_add_tag(gen, "payload"), *_add_tag(gen, "type")]
    fragment = either(removed, tagged)
    if identified is None:
        return fragment
    code = identified.head.statements
    code[:0] = _id_from_metadata(gen, code)
    return both(fragment, identified)


def _add_tag(gen: Generator, movable: Movable) -> list[Statement]:
    """Add a tag's size to the run-time part of an offset."""
    offset = gen.layout.offset(movable)._replace(variable=True)
    gen.layout = gen.layout.with_offset(movable, offset)
    register = gen.register_of(movable)
    return [gen.statement(LD | MEM, register), gen.statement(ALU | ADD | K, TAG_SIZE),
            gen.statement(ST, register)]


def _id_from_metadata(gen: Generator, code: list[Statement]) -> list[Statement]:
    """Take the tag from metadata if it is there, instead of loading it from the packet."""
    from_metadata = gen.statement(LD | H | ABS, SKF_AD_OFF + AD_VLAN_TAG)
    present = gen.statement(JMP | JEQ | K, 1)
    present.on_true, present.on_false = from_metadata, code[0]
    skip = gen.statement(JMP | JA | K, len(code) - 1)
    skip.on_true = code[-1]  # the mask
    return [gen.statement(LD | B | ABS, SKF_AD_OFF + AD_VLAN_TAG_PRESENT), present,
            from_metadata, skip]


def vlan_prologue(gen: Generator) -> list[Statement]:
    """The run-time parts of the offsets are 0 before a tag is found."""
    payload, type_field = gen.register_of("payload"), gen.register_of("type")
    return [gen.statement(LD | W, 0), gen.statement(ST, payload), gen.statement(ST, type_field)]


# --- MPLS -----------------------------------------------------------------------------------------

def mpls(gen: Generator, number: int | None) -> Fragment:
    """An MPLS label, perhaps with this value; behind another label, one that is not the last."""
    layout = gen.layout
    if layout.labels:
        fragment = gen.no_bit(NETWORK, 2 - LABEL_SIZE, B, BOTTOM_OF_STACK)
    else:
        number_of_mpls = layout.link.mpls
        if number_of_mpls is None and gen.scoped and layout.link.may_be_tagged:
            number_of_mpls = EtherType.MPLS
        if number_of_mpls is None:
            layout.link.refuse(gen, "mpls")
        fragment = carried(gen, number_of_mpls)
    if number is not None:
        gen.limit("MPLS label", number, MAX_LABEL)
        fragment = both(fragment, gen.masked(
            NETWORK, 0, W, number << LABEL_SHIFT, MAX_LABEL << LABEL_SHIFT))
    if gen.scoped:
        from fyke.filter.lowering.look_through import mpls as behind_label

        return behind_label(gen, fragment, LABEL_SIZE)
    gen.layout = gen.layout._replace(
        network=layout.network + LABEL_SIZE, labels=layout.labels + 1,
        network_no_snap=layout.network_no_snap + LABEL_SIZE)
    return fragment


# --- PPPoE ----------------------------------------------------------------------------------------

def pppoe_discovery(gen: Generator, number: int | None) -> Fragment:
    """A PPPoE discovery packet, which has no number."""
    return carried(gen, EtherType.PPPOE_DISCOVERY)


def pppoe_session(gen: Generator, number: int | None) -> Fragment:
    """A PPPoE session packet, perhaps of this session; PPP is inside."""
    fragment = carried(gen, EtherType.PPPOE_SESSION)
    if number is not None:
        gen.limit("PPPoE session number", number, 0xFFFF)
        fragment = both(fragment, gen.equal(NETWORK, PPPOE_SESSION_ID, H, number))
    if gen.scoped:
        from fyke.filter.lowering.look_through import pppoe

        return pppoe(gen, fragment, PPPOE_HEADER, PPP_PROTOCOL_SIZE)
    gen.variable_part("payload")  # so that what is reckoned from it has its scratch word
    layout = gen.layout
    constant = layout.payload.constant + layout.network + PPPOE_HEADER & WORD
    header = layout.payload._replace(constant=constant)
    gen.layout = layout._replace(
        link=plain_ppp(), outer=layout.link, header=header, outer_header=layout.header,
        type=header, payload=layout.payload._replace(constant=constant + PPP_PROTOCOL_SIZE),
        network=0, network_no_snap=0, tunnelled=False)
    return fragment
