"""Dialect fyke: VLAN tags as they are in the packet, and the one that the kernel took out of it."""

from __future__ import annotations

from collections.abc import Callable

from fyke.bpf.instructions import (
    ABS,
    AD_VLAN_TAG_PRESENT,
    AD_VLAN_TPID,
    JEQ,
    LD,
    SKF_AD_OFF,
    B,
    H,
)
from fyke.filter.graph import Statement
from fyke.filter.lowering.fragment import Fragment, any_of, both, either, negate
from fyke.filter.lowering.generator import LLC, TYPE, Base, Generator
from fyke.filter.numbers import EtherType

#: EtherTypes behind which a VLAN tag follows.
TAG_TYPES = (EtherType.VLAN, EtherType.SERVICE_VLAN, EtherType.QINQ, EtherType.OLD_QINQ)
TAG_SIZE = 4  #: IEEE 802.1Q, 9.3
METADATA = -1  #: the place of a tag that the kernel took out of the packet


def in_metadata(gen: Generator) -> list[Statement]:
    """A is 1 if the kernel took the outermost tag out of the packet."""
    return [gen.statement(LD | B | ABS, SKF_AD_OFF + AD_VLAN_TAG_PRESENT)]


def in_tag(gen: Generator, tags: int, test: Callable[[int], Fragment | None]) -> Fragment:
    """There is a tag behind so many others; ``test`` looks into it: it is that much further in
    the packet than the first one, or in METADATA.
    """
    def in_packet(place: int) -> Fragment:
        tagged = any_of(*(_raw_equal(gen, place, number) for number in TAG_TYPES))
        more = test(place)
        return tagged if more is None else both(tagged, more)

    found = in_packet(tags)
    if not gen.layout.scope.live:
        return found
    return with_metadata(gen, in_packet(tags - 1) if tags else test(METADATA), found)


def with_metadata(gen: Generator, taken: Fragment | None, found: Fragment) -> Fragment:
    """One test where the kernel took the outermost tag out of the packet (None: that is enough),
    another one where it did not.
    """
    present = gen.jump(JEQ, 1, in_metadata(gen))
    absent = negate(gen.jump(JEQ, 1, in_metadata(gen)))
    return either(both(present, taken) if taken is not None else present, both(absent, found))


def _raw_equal(gen: Generator, tags: int, number: int) -> Fragment:
    """The type field behind so many tags of the packet is this."""
    return gen.jump(JEQ, number, raw_type(gen, tags))


def raw_type(gen: Generator, tags: int) -> list[Statement]:
    """Load the type field behind so many tags that are in the packet."""
    return raw(gen, TYPE, 0, 0, H) if tags == 0 else raw(gen, LLC, tags, -2, H)


def raw(gen: Generator, base: Base, tags: int, offset: int, width: int) -> list[Statement]:
    """Load A, seeing the packet as it is before anybody looks through tags."""
    layout = gen.layout
    gen.layout = layout.scope.raw
    code = gen.load(base, offset + tags * TAG_SIZE, width)
    gen.layout = layout
    return code


def type_is_tag(gen: Generator, number: int) -> Fragment:
    """``ether proto 0x8100``: the tag that is next has this type."""
    tags = gen.layout.tags
    found = _raw_equal(gen, tags, number)
    if not gen.layout.scope.live:
        return found
    if tags:
        return with_metadata(gen, _raw_equal(gen, tags - 1, number), found)
    return with_metadata(gen, gen.jump(JEQ, number, [
        gen.statement(LD | H | ABS, SKF_AD_OFF + AD_VLAN_TPID)]), found)
