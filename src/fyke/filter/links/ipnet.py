"""Solaris IP observability (DLT_IPNET): a header of 24 octets with an address family."""

from __future__ import annotations

from fyke.bpf.instructions import B, H
from fyke.filter.links.link import Link
from fyke.filter.lowering.fragment import Fragment
from fyke.filter.lowering.generator import LINK, TYPE, Generator
from fyke.filter.lowering.layout import NOWHERE, Start
from fyke.filter.numbers import EtherType

_FAMILIES = {EtherType.IP: 2, EtherType.IPV6: 26}  #: AF_INET and AF_INET6 of Solaris
OUTBOUND, INBOUND = 1, 2


class IpNet(Link):
    """Version, family, hook type, lengths, interfaces and zones."""

    start = Start(type=1, payload=24, network_no_snap=NOWHERE)

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        family = _FAMILIES.get(protocol)
        if family is None:
            return gen.always(False)
        return gen.equal(TYPE, 0, B, family)

    def travels(self, gen: Generator, outbound: bool) -> Fragment:
        return gen.equal(LINK, 2, H, OUTBOUND if outbound else INBOUND)
