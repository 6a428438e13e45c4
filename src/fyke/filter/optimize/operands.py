"""Compute the operand that goes to X first, so that the other one needs no word of memory.

    ld [a]; st M[0]; ld [b]; tax; ld M[0]; add x    becomes    ld [b]; tax; ld [a]; add x

Contract: A, X and the memory that is read later hold what they held before; what refuses a packet
refuses it still, though in another order. libpcap has no such pass: this is where ours is shorter.
"""

from __future__ import annotations

from fyke.bpf.instructions import LD, MEM, MISC, ST, TAX
from fyke.filter.graph import Statement
from fyke.filter.optimize.flow import (
    ATOM_A,
    ATOM_M,
    USES_A,
    USES_X,
    Flow,
    Node,
    defines,
    find_levels,
    find_live,
    uses,
)

TO_INDEX, RECALL = MISC | TAX, LD | MEM


def order_operands(flow: Flow) -> None:
    """Turn round every pair of operands that allows it."""
    find_levels(flow)
    find_live(flow)
    for node in flow.up:
        while _turn_one(node):
            pass


def _turn_one(node: Node) -> bool:
    statements = node.statements
    for at in range(len(statements) - 1):
        recall = statements[at + 1]
        if statements[at].code != TO_INDEX or recall.code != RECALL:
            continue
        kept = _last_store(statements, at, recall.k)
        start = _beginning(statements, kept)
        if start < 0 or _is_read(node, at + 2, recall.k):
            continue
        first, second = statements[start:kept], statements[kept + 1:at]
        if _are_apart(first, second, recall.k):
            node.statements = [*statements[:start], *second, statements[at], *first,
                               *statements[at + 2:]]
            return True
    return False


def _last_store(statements: list[Statement], before: int, word: int) -> int:
    """Where M[word] was set last; -1 if that is in another node."""
    for at in range(before - 1, -1, -1):
        if statements[at].code == ST and statements[at].k == word:
            return at
    return -1


def _beginning(statements: list[Statement], end: int) -> int:
    """Where the computation begins that leaves its result in A before ``end``; -1 if it needs X."""
    for at in range(end - 1, -1, -1):
        statement = statements[at]
        if defines(statement) != ATOM_A or uses(statement) & USES_X:
            return -1
        if not uses(statement) & USES_A:
            return at
    return -1


def _is_read(node: Node, start: int, word: int) -> bool:
    """Whether M[word] is wanted from ``start`` on."""
    atom = ATOM_M + word
    for statement in node.statements[start:]:
        if uses(statement) >> atom & 1:
            return True
        if defines(statement) == atom:
            return False
    return bool(node.live >> atom & 1)


def _are_apart(first: list[Statement], second: list[Statement], word: int) -> bool:
    """Whether neither reads what the other sets, and ``second`` leaves M[word] alone."""
    read = written = 0
    for statement in second:
        if uses(statement) & USES_A & ~written:
            return False  # it goes on with the first's result
        read |= uses(statement)
        if defines(statement) >= 0:
            written |= 1 << defines(statement)
    if (read | written) >> ATOM_M + word & 1:
        return False
    return not any(uses(statement) & written & ~USES_A for statement in first)
