"""OpenBSD's packet filter log (struct pfloghdr): a header of variable length, then IP."""

from __future__ import annotations

from fyke.bpf.instructions import ABS, ADD, ALU, AND, LD, MISC, ST, TAX, B, K
from fyke.filter.graph import Statement
from fyke.filter.links.link import Link
from fyke.filter.links.loopback import AF_INET, ipv6_families
from fyke.filter.lowering.fragment import Fragment, any_of
from fyke.filter.lowering.generator import LINK, Generator
from fyke.filter.lowering.layout import Start
from fyke.filter.numbers import EtherType

# Offsets in the header.
FAMILY = 1
ACTION = 2
REASON = 3
INTERFACE = 4
RULESET = 20
RULE = 36
SUBRULE = 40
DIRECTION = 60

NAME_SIZE = 16  #: of an interface or ruleset, with the NUL
IN, OUT = 1, 2


class PfLog(Link):
    """The first octet is the header's length, which is rounded up to a multiple of 4."""

    start = Start(type=0, payload=0, variable_payload=True)

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        if protocol == EtherType.IP:
            return gen.equal(LINK, FAMILY, B, AF_INET)
        if protocol == EtherType.IPV6:
            return any_of(*(gen.equal(LINK, FAMILY, B, number)
                            for number in ipv6_families(gen)))
        return gen.always(False)

    def travels(self, gen: Generator, outbound: bool) -> Fragment:
        return gen.equal(LINK, DIRECTION, B, OUT if outbound else IN)

    def prologue(self, gen: Generator, program: list[Statement]) -> list[Statement]:
        register = gen.layout.payload.register
        if register is None:
            return []
        return [gen.statement(LD | B | ABS, 0), gen.statement(ALU | ADD | K, 3),
                gen.statement(ALU | AND | K, 0xFFFFFFFC), gen.statement(ST, register),
                gen.statement(MISC | TAX)]
