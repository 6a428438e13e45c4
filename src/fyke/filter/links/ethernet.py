"""Ethernet, and what is Ethernet with something before or inside its header.

A type field of up to 1500 is an 802.3 length, and 802.2 LLC follows it.
"""

from __future__ import annotations

from fyke.bpf.instructions import JEQ, JGT, LD, LDX, MEM, B, H
from fyke.filter.links.link import Link
from fyke.filter.links.llc import ENCAPSULATED_ETHERNET, PAIRED, apple_snap, pair, snap
from fyke.filter.lowering.fragment import Fragment, both, either, negate
from fyke.filter.lowering.generator import LINK, LLC, TYPE, Generator
from fyke.filter.lowering.layout import Start
from fyke.filter.numbers import ETHERNET_MTU, EtherType, Sap
from fyke.linktypes import LinkType

#: Novell's "raw 802.3": IPX with its checksum field of all ones where LLC should be.
RAW_IPX = 0xFFFF


def _length(gen: Generator) -> Fragment:
    """The type field is an 802.3 length."""
    return gen.compare(TYPE, 0, H, ETHERNET_MTU, test=JGT, reverse=True)


class Ethernet(Link):
    """Ethernet II and IEEE 802.3."""

    start = Start(type=12, payload=14, network_no_snap=3)
    has_addresses = True
    addresses = (6, 0)
    tags = "kernel"
    may_be_tagged = tag_in_metadata = True
    mpls = EtherType.MPLS

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        # Inside VXLAN or Geneve there is an EtherType whether or not there is a MAC header.
        guard = None if gen.layout.tunnelled else self.encapsulated(gen)
        found = _carries(gen, protocol)
        return both(guard, found) if guard else found

    def llc(self, gen: Generator) -> Fragment:
        not_ipx = negate(gen.equal(LLC, 0, H, RAW_IPX))
        return both(_length(gen), not_ipx)

    def carries_snap(self, gen: Generator, organisation: int, protocol: int) -> Fragment:
        return both(_length(gen), snap(gen, organisation, protocol))

    def encapsulated(self, gen: Generator) -> Fragment | None:
        if gen.layout.tunnelled:
            return _has_header(gen)
        return gen.layout.outer.around_ethernet(gen)


class TaggedEthernet(Ethernet):
    """Ethernet with a switch's tag of 4 octets before the type (Distributed Switch Architecture).

    ``inbound`` and ``outbound`` are the mask of the bits in the tag's first octet that tell the
    direction, and their value. Broadcom's say it in three bits. Marvell's have a mode: to the CPU
    (00) and to a sniffer (10) are inbound, from the CPU (01) is outbound, forward (11) is neither.
    """

    start = Start(type=16, payload=18, network_no_snap=3)
    tags = "packet"
    tag_in_metadata = False

    def __init__(self, link_type: LinkType, inbound: tuple[int, int],
                 outbound: tuple[int, int]) -> None:
        super().__init__(link_type)
        self.inbound = inbound
        self.outbound = outbound

    def travels(self, gen: Generator, outbound: bool) -> Fragment:
        mask, value = self.outbound if outbound else self.inbound
        return gen.masked(LINK, 12, B, value, mask)


class NetAnalyzer(Ethernet):
    """Hilscher netANALYZER: Ethernet behind a header of 4 octets (and perhaps the preamble)."""

    tags = "packet"
    tag_in_metadata = False

    def llc(self, gen: Generator) -> Fragment:
        self.refuse(gen, "llc")


def _has_header(gen: Generator) -> Fragment:
    """A tunnelled packet has a MAC header: header and payload do not begin together."""
    if gen.scoped:
        from fyke.filter.lowering.look_through import has_mac_header

        return has_mac_header(gen)
    code = [gen.statement(LD | MEM, gen.register_of("header")),
            gen.statement(LDX | MEM, gen.register_of("payload"))]
    return negate(gen.jump_x(JEQ, code))


def _carries(gen: Generator, protocol: int) -> Fragment:
    if protocol in PAIRED:  # OSI and NetBEUI are always in LLC
        return both(_length(gen), gen.equal(LLC, 0, H, pair(protocol)))
    if protocol == Sap.IPX:
        return _carries_ipx(gen)
    if protocol in (EtherType.ATALK, EtherType.AARP):  # EtherTalk phase 2 is in SNAP
        in_snap = both(_length(gen), apple_snap(gen, protocol))
        return either(gen.equal(TYPE, 0, H, protocol), in_snap)
    if protocol <= ETHERNET_MTU:
        gen.limit("LLC DSAP", protocol, 0xFF)
        return both(_length(gen), gen.equal(TYPE, 2, B, protocol))
    gen.limit("EtherType", protocol, 0xFFFF)
    return gen.equal(TYPE, 0, H, protocol)


def _carries_ipx(gen: Generator) -> Fragment:
    """IPX in its four Ethernet encapsulations: Ethernet II, SNAP, LLC, and Novell's."""
    in_llc = either(gen.equal(LLC, 0, B, Sap.IPX), gen.equal(LLC, 0, H, RAW_IPX))
    in_802 = either(snap(gen, ENCAPSULATED_ETHERNET, EtherType.IPX), in_llc)
    return either(gen.equal(TYPE, 0, H, EtherType.IPX), both(_length(gen), in_802))
