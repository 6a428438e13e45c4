"""Linux "cooked" captures: a header that the kernel made up (packet(7), SOCK_DGRAM)."""

from __future__ import annotations

from fyke.bpf.instructions import B, H
from fyke.filter.links.link import Link
from fyke.filter.links.llc import ENCAPSULATED_ETHERNET, PAIRED, apple_snap, pair, snap
from fyke.filter.lowering.fragment import Fragment, any_of, both, either, negate
from fyke.filter.lowering.generator import LINK, LLC, TYPE, Generator
from fyke.filter.lowering.layout import Start
from fyke.filter.numbers import ETHERNET_MTU, EtherType, Sap

OUTGOING = 4  #: include/uapi/linux/if_packet.h: PACKET_OUTGOING
#: include/uapi/linux/if_ether.h
ETH_P_802_3 = 0x0001
ETH_P_802_2 = 0x0004


class LinuxCooked(Link):
    """LINUX_SLL: packet type, ARPHRD type, address, and at 14 the protocol."""

    start = Start(type=14, payload=16)
    may_be_tagged = tag_in_metadata = True

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        if protocol in PAIRED:
            return both(_in_llc(gen), gen.equal(LLC, 0, H, pair(protocol)))
        if protocol == Sap.IPX:
            return _carries_ipx(gen)
        if protocol in (EtherType.ATALK, EtherType.AARP):
            in_snap = both(_in_llc(gen), apple_snap(gen, protocol))
            return either(gen.equal(TYPE, 0, H, protocol), in_snap)
        if protocol <= ETHERNET_MTU:
            gen.limit("LLC DSAP", protocol, 0xFF)
            return both(_in_llc(gen), gen.equal(LLC, 0, B, protocol))
        gen.limit("EtherType", protocol, 0xFFFF)
        return gen.equal(TYPE, 0, H, protocol)

    def carries_snap(self, gen: Generator, organisation: int, protocol: int) -> Fragment:
        return both(_in_llc(gen), snap(gen, organisation, protocol))

    def travels(self, gen: Generator, outbound: bool) -> Fragment:
        sent = gen.equal(LINK, 0, H, OUTGOING)
        return sent if outbound else negate(sent)


class LinuxCooked2(LinuxCooked):
    """LINUX_SLL2: the protocol first, then interface index, ARPHRD type, packet type, address."""

    start = Start(type=0, payload=20)

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        # libpcap looks for LLC in the first version only.
        return super().carries(gen, protocol) if gen.scoped else Link.carries(self, gen, protocol)

    def travels(self, gen: Generator, outbound: bool) -> Fragment:
        sent = gen.equal(LINK, 10, B, OUTGOING)
        return sent if outbound else negate(sent)


def _in_llc(gen: Generator) -> Fragment:
    return gen.equal(TYPE, 0, H, ETH_P_802_2)


def _carries_ipx(gen: Generator) -> Fragment:
    """IPX in Ethernet II, in Novell's raw 802.3, in LLC and in SNAP."""
    in_llc = either(gen.equal(LLC, 0, B, Sap.IPX),
                    snap(gen, ENCAPSULATED_ETHERNET, EtherType.IPX))
    return any_of(gen.equal(TYPE, 0, H, EtherType.IPX),
                  gen.equal(TYPE, 0, H, ETH_P_802_3), both(_in_llc(gen), in_llc))
