"""Dialect fyke: ``tcp[13]``, ``icmp6[0]``, ``payload[0:4]``, whichever IP is before it."""

from __future__ import annotations

from fyke.bpf.instructions import ADD, ALU, IND, JGE, JGT, LD, LDX, MEM, MISC, SUB, TAX, B, H, X
from fyke.filter.graph import Statement
from fyke.filter.lowering.fragment import Fragment, both
from fyke.filter.lowering.generator import WORD, Generator
from fyke.filter.lowering.look_through import has_header, scoped
from fyke.filter.lowering.protocols import IP_PROTOCOLS
from fyke.filter.lowering.value import Value, add_guard

OCTETS = {B: 1, H: 2}


def above_ip(gen: Generator, index: Value, width: int, protocol: str) -> None:
    """Load A from a header above IP, or from what follows it, at an index."""
    scope = scoped(gen).scope
    if protocol == "payload":
        scoped(gen).need(scope.payload)
        add_guard(index, _in_payload(gen, index, OCTETS.get(width, 4)))
    else:
        number, version = IP_PROTOCOLS[protocol]
        add_guard(index, has_header(gen, (number,), version))
    word = scope.word("payload" if protocol == "payload" else "transport")
    at = gen.layout.payload.constant + gen.layout.network
    index.statements += [
        gen.statement(LDX | MEM, word), gen.statement(LD | MEM, index.register),
        gen.statement(ALU | ADD | X), gen.statement(MISC | TAX),
        gen.statement(LD | IND | width, at)]


def _in_payload(gen: Generator, index: Value, octets: int) -> Fragment:
    """So many octets at the index belong to the payload: not to what pads the frame."""
    size = scoped(gen).scope.word("size")
    if index.constant is not None:
        least = index.constant + octets
        if least > WORD:
            return gen.always(False)
        return gen.jump(JGE, least, [gen.statement(LD | MEM, size)])
    reckon = [Statement(each.code, each.k, each.span) for each in index.statements]
    compare = [gen.statement(LDX | MEM, index.register), gen.statement(LD | MEM, size)]
    begins = gen.jump_x(JGT, [*reckon, *compare])
    room = [gen.statement(LD | MEM, size), gen.statement(LDX | MEM, index.register),
            gen.statement(ALU | SUB | X)]
    return both(begins, gen.jump(JGE, octets, room))
