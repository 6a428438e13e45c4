"""``less``, ``greater`` and ``byte``: the packet's length, and one octet of it."""

from __future__ import annotations

from fyke.bpf.instructions import (
    ALU,
    AND,
    JEQ,
    JGE,
    JGT,
    OR,
    B,
    K,
)
from fyke.filter.lowering.arithmetic import COMPARISONS
from fyke.filter.lowering.fragment import Fragment, negate
from fyke.filter.lowering.generator import LINK, Generator
from fyke.filter.syntax import ByteTest, LengthTest


def length_test(gen: Generator, node: LengthTest) -> Fragment:
    """``less n`` and ``greater n``, both with n itself."""
    code = gen.length()
    if node.word == "greater":
        return gen.jump(JGE, node.value, code)
    return negate(gen.jump(JGT, node.value, code))


def byte_test(gen: Generator, node: ByteTest) -> Fragment:
    """``byte n = v``; with & and | the result is not 0."""
    gen.limit("byte argument", node.value, 0xFF)
    if node.op in COMPARISONS:
        test, reverse = COMPARISONS[node.op]
        return gen.compare(LINK, node.offset, B, node.value, test=test, reverse=reverse)
    code = gen.load(LINK, node.offset, B)
    code.append(gen.statement(ALU | (AND if node.op == "&" else OR) | K, node.value))
    return negate(gen.jump(JEQ, 0, code))
