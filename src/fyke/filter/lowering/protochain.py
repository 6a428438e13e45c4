"""``protochain``: a protocol anywhere in the chain of headers that IP begins.

The code has a loop, which the kernel refuses: such a program runs in user space only, on a
machine that follows backward jumps.
"""

from __future__ import annotations

from fyke.bpf.instructions import (
    ADD,
    ALU,
    IMM,
    IND,
    JA,
    JEQ,
    JMP,
    LD,
    LDX,
    MEM,
    MISC,
    MUL,
    ST,
    TAX,
    TXA,
    B,
    K,
    X,
)
from fyke.filter.graph import Statement
from fyke.filter.lowering.fragment import Fragment, both, either
from fyke.filter.lowering.generator import IPV6_HEADER, NETWORK, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.lowering.protocols import IP_PROTOCOL, IPV6_NEXT_HEADER, number_of
from fyke.filter.numbers import EtherType, IpProtocol
from fyke.filter.syntax import Name, Number, Qualifiers

#: IPv6 extension headers whose length is in units of 8 octets, less the first 8 (RFC 8200).
EXTENSIONS = (IpProtocol.HOP_OPTIONS, IpProtocol.DESTINATION_OPTIONS, IpProtocol.ROUTING,
              IpProtocol.FRAGMENT)


def by_number(gen: Generator, number: Number, qualifiers: Qualifiers) -> Fragment:
    """``protochain n``."""
    return protochain(gen, number.value, qualifiers.protocol)


def by_name(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """``protochain name``."""
    return protochain(gen, number_of(gen, name, qualifiers), qualifiers.protocol)


def protochain(gen: Generator, number: int, protocol: str | None) -> Fragment:
    """``[ip | ip6] protochain number``."""
    if protocol not in (None, "ip", "ip6"):
        gen.fail(f"'{protocol}' is not a valid qualifier for 'protochain'")
    if gen.scoped:
        from fyke.filter.lowering.look_through import above

        return above(gen, number, protocol)
    if protocol is None:
        gen.take_register()  # never given back: so are libpcap's numbers
        return either(protochain(gen, number, "ip"), protochain(gen, number, "ip6"))
    register = gen.take_register()
    gen.limit("protocol number", number, 0xFF)
    if gen.layout.payload.variable:
        gen.fail("'protochain' not supported with variable length headers")
    gen.optimizable = False  # a loop
    inside = carried(gen, EtherType.IP if protocol == "ip" else EtherType.IPV6)
    code = _loop(gen, number, register, protocol == "ip6")
    gen.registers.free(register)
    return both(inside, gen.jump(JEQ, number, code))


def _loop(gen: Generator, number: int, register: int, ipv6: bool) -> list[Statement]:
    """Leave the last protocol in A: the one wanted, or one behind which nothing can be found.

    X is the offset, from the network header, of the header that A names.
    """
    if ipv6:
        start = [*gen.load(NETWORK, IPV6_NEXT_HEADER, B),
                 gen.statement(LDX | IMM, IPV6_HEADER)]
    else:
        start = [*gen.load(NETWORK, IP_PROTOCOL, B), *gen.ip_header_length()]
    found, nothing = _is(gen, number), _is(gen, IpProtocol.NONE)
    is_ah = _is(gen, IpProtocol.AH)
    extensions = _extensions(gen, register, found, is_ah) if ipv6 else [_nothing(gen)]
    next_header = _authentication_header(gen, register)
    end = _nothing(gen)
    found.on_true, found.on_false = end, nothing
    nothing.on_true, nothing.on_false = end, extensions[0]
    is_ah.on_true, is_ah.on_false = next_header[0], end
    code = [*start, found, nothing, *extensions, is_ah, *next_header, _jump(gen, found), end]
    _measure(code)
    return code


def _is(gen: Generator, number: int) -> Statement:
    return gen.statement(JMP | JEQ | K, number)


def _nothing(gen: Generator) -> Statement:
    """An instruction that does nothing, to jump to."""
    return gen.statement(ALU | ADD | K, 0)


def _jump(gen: Generator, target: Statement) -> Statement:
    jump = gen.statement(JMP | JA | K)
    jump.on_true = target
    return jump


def _measure(code: list[Statement]) -> None:
    """Fill in how far the unconditional jumps go; backward ones are negative."""
    places = {id(statement): place for place, statement in enumerate(code)}
    for place, statement in enumerate(code):
        if statement.code == JMP | JA | K:
            statement.k = places[id(statement.on_true)] - place - 1 & 0xFFFFFFFF


def _extensions(gen: Generator, register: int, again: Statement,
                otherwise: Statement) -> list[Statement]:
    """Step over an IPv6 extension header, and look again; a fragment header passes for one."""
    at = gen.layout.payload.constant + gen.layout.network
    step = [gen.statement(LD | IND | B, at), gen.statement(ST, register),
            gen.statement(LD | IND | B, at + 1), gen.statement(ALU | ADD | K, 1),
            gen.statement(ALU | MUL | K, 8), gen.statement(ALU | ADD | X),
            gen.statement(MISC | TAX), gen.statement(LD | MEM, register), _jump(gen, again)]
    tests = [_is(gen, number) for number in EXTENSIONS]
    for test, following in zip(tests, [*tests[1:], otherwise], strict=True):
        test.on_true, test.on_false = step[0], following
    return tests + step


def _authentication_header(gen: Generator, register: int) -> list[Statement]:
    """Step over an authentication header (RFC 4302): its length is in words, less two."""
    at = gen.layout.payload.constant + gen.layout.network
    return [gen.statement(LD | IND | B, at), gen.statement(ST, register),
            gen.statement(MISC | TXA), gen.statement(ALU | ADD | K, 1), gen.statement(MISC | TAX),
            gen.statement(LD | IND | B, at), gen.statement(ALU | ADD | K, 2),
            gen.statement(ALU | MUL | K, 4), gen.statement(MISC | TAX),
            gen.statement(LD | MEM, register)]
