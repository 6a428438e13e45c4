"""SunATM: AAL PDUs behind a pseudo-header of 4 octets: type, VPI, VCI."""

from __future__ import annotations

from fyke.bpf.instructions import B, H
from fyke.filter.links.link import Link
from fyke.filter.links.llc import llc_carries
from fyke.filter.lowering.fragment import Fragment, both, negate
from fyke.filter.lowering.generator import LINK, OUTER_LINK, Generator
from fyke.filter.lowering.layout import Start

# Offsets in the pseudo-header.
TYPE = 0
VPI = 1
VCI = 2
PAYLOAD = 4

# What the lowest four bits of the type say.
LANE = 1
LLC = 2

LE_CONTROL = 0xFF00  #: a LAN emulation control frame begins with this (ATM Forum LANE 2.0)


class SunAtm(Link):
    """ATM with an LLC payload, until ``lane`` says that it is emulated Ethernet."""

    start = Start(type=PAYLOAD, payload=PAYLOAD, network=8, network_no_snap=3)

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        return both(traffic(gen, LLC), llc_carries(gen, protocol))

    def llc(self, gen: Generator) -> Fragment:
        return traffic(gen, LLC)

    def around_ethernet(self, gen: Generator) -> Fragment | None:
        return negate(gen.equal(OUTER_LINK, PAYLOAD, H, LE_CONTROL))


def traffic(gen: Generator, kind: int) -> Fragment:
    """The pseudo-header names this kind of traffic."""
    return gen.masked(LINK, TYPE, B, kind, 0x0F)
