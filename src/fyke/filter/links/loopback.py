"""BSD loopback and IPsec encapsulation: an address family (AF_INET …) of 32 bits comes first."""

from __future__ import annotations

import sys

from fyke.bpf.instructions import W
from fyke.filter.links.link import Link
from fyke.filter.lowering.fragment import Fragment, any_of
from fyke.filter.lowering.generator import LINK, Generator
from fyke.filter.lowering.layout import Start
from fyke.filter.numbers import EtherType
from fyke.linktypes import LinkType

AF_INET = 2
AF_INET6_LINUX = 10
#: The BSDs did not agree on AF_INET6; a file may come from any of them.
AF_INET6_BSD = 24  #: NetBSD, OpenBSD, BSD/OS, Npcap
AF_INET6_FREEBSD = 28
AF_INET6_DARWIN = 30


def ipv6_families(gen: Generator) -> tuple[int, ...]:
    """The values that AF_INET6 may have: this system's if live, anybody's in a file."""
    if gen.options.savefile is None:
        return (AF_INET6_LINUX,)
    return (AF_INET6_DARWIN, AF_INET6_BSD, AF_INET6_FREEBSD)


class Loopback(Link):
    """DLT_NULL and DLT_ENC (the writing host's byte order) and DLT_LOOP (the network's)."""

    def __init__(self, link_type: LinkType, header: int, host_order: bool) -> None:
        super().__init__(link_type, Start(type=0, payload=header))
        self.host_order = host_order

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        if protocol == EtherType.IP:
            return self._one_of(gen, (AF_INET,))
        if protocol == EtherType.IPV6:
            return self._one_of(gen, ipv6_families(gen))
        return gen.always(False)

    def _one_of(self, gen: Generator, families: tuple[int, ...]) -> Fragment:
        """The machine loads in network byte order; the field may be in another one.

        A file does not say in which: a host that converts it leaves the packets as they are.
        """
        plain = families
        turned = tuple(int.from_bytes(number.to_bytes(4, "little"), "big") for number in families)
        if not self.host_order:
            values = plain
        elif gen.options.savefile is None:
            values = turned if sys.byteorder == "little" else plain
        else:
            values = turned + plain if gen.options.savefile == "swapped" else plain + turned
        return any_of(*(gen.equal(LINK, 0, W, value) for value in values))
