"""Juniper's captures: a magic number, a direction, and an encapsulation that is not looked into.

https://www.tcpdump.org/linktypes.html; the offsets are those that libpcap assumes.
"""

from __future__ import annotations

from fyke.bpf.instructions import B, W
from fyke.filter.links.link import Link
from fyke.filter.lowering.fragment import Fragment
from fyke.filter.lowering.generator import LINK, Generator

MAGIC = 0x4D474300  #: "MGC"


class Juniper(Link):
    """Whatever protocol is asked for, only the magic number is checked."""

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        return gen.masked(LINK, 0, W, MAGIC, 0xFFFFFF00)

    def travels(self, gen: Generator, outbound: bool) -> Fragment:
        return gen.masked(LINK, 3, B, 0 if outbound else 1, 1)
