"""Rewrite short sequences of statements, and tests whose outcome or operand is known.

Contract: the node returns or leads where it did before, for every packet, and what is live behind
it has the same value there; a test that can go only one way gets both edges to that side.
"""

from __future__ import annotations

from fyke.bpf.instructions import (
    ADD,
    ALU,
    AND,
    IMM,
    IND,
    JEQ,
    JGE,
    JGT,
    JMP,
    JSET,
    LD,
    LDX,
    MEM,
    MISC,
    MSH,
    ST,
    SUB,
    TAX,
    TXA,
    B,
    K,
    X,
)
from fyke.filter.optimize.flow import (
    ATOM_A,
    ATOM_X,
    JUMP,
    READ_WORDS,
    USES,
    USES_A,
    USES_X,
    WORD,
    Node,
    test_uses,
)
from fyke.filter.optimize.values import Numbering

LOAD, LOAD_INDEX = LD | IMM, LDX | IMM
RECALL_INDEX = LDX | MEM
TO_INDEX, FROM_INDEX = MISC | TAX, MISC | TXA
HEADER_LENGTH = LDX | MSH | B
ADD_INDEX, SUBTRACT_INDEX = ALU | ADD | X, ALU | SUB | X
SUBTRACT, MASK = ALU | SUB | K, ALU | AND | K
EQUAL, EQUAL_INDEX, ANY_BIT = JMP | JEQ | K, JMP | JEQ | X, JMP | JSET | K


def rewrite_statements(node: Node) -> bool:
    """Simplify pairs and sequences; True when something changed."""
    statements = node.statements
    changed = False
    place = 0
    while place + 1 < len(statements):
        this, following = statements[place], statements[place + 1]
        if this.code == ST and following.code == RECALL_INDEX and this.k == following.k:
            following.code, following.k = TO_INDEX, 0
            changed = True
        if this.code == LOAD:
            if following.code == TO_INDEX:
                this.code, following.code = LOAD_INDEX, FROM_INDEX
                changed = True
            elif not node.live & USES_X and _add_to_offset(node, place):
                changed = True
                continue
        place += 1
    return changed


def _add_to_offset(node: Node, place: int) -> bool:
    """``ld #k; [ldxb 4*([n]&0xf);] add x; tax; ld [x + m]`` loads from [x + m + k].

    X is not live behind the block, and must not be used within the block after this.
    """
    statements = node.statements
    middle = place + 2 if statements[place + 1].code == HEADER_LENGTH else place + 1
    if len(statements) < middle + 3:
        return False
    add, tax, load = statements[middle:middle + 3]
    if (add.code != ADD_INDEX or tax.code != TO_INDEX or load.code & 0xE7 != LD | IND
            or _uses_index(node, middle + 3)):
        return False
    load.k = load.k + statements[place].k & WORD
    del statements[middle:middle + 2]
    del statements[place]
    return True


def _uses_index(node: Node, place: int) -> bool:
    """Whether X is read from ``place`` on, or by the test, before it is written."""
    for each in node.statements[place:]:
        kind = each.code & 7
        if USES[each.code] & USES_X:
            return True
        if kind == LDX or each.code == TO_INDEX:
            return False
    return bool(test_uses(node) & USES_X)


def simplify_test(node: Node, numbering: Numbering) -> bool:
    """Take arithmetic into the operand of the test; True when a statement was dropped."""
    statements = node.statements
    if node.code != EQUAL or node.live & USES_A or not statements:
        return False
    last = statements[-1]
    if last.code == SUBTRACT_INDEX:
        index = node.values[ATOM_X]
        if index in numbering.constants:
            node.k = node.k + numbering.constants[index] & WORD
        elif node.k == 0:
            node.code = EQUAL_INDEX
        else:
            return False
    elif last.code == SUBTRACT:
        node.k = node.k + last.k & WORD
    elif last.code == MASK and node.k == 0:
        node.code, node.k = ANY_BIT, last.k
        node.true, node.false = node.false, node.true
        numbering.swapped = True
    else:
        return False
    del statements[-1]
    return True


def decide_test(node: Node, numbering: Numbering) -> bool:
    """Let a test whose outcome is known lead to one side only; True when it did not before."""
    if node.code == JUMP or node.true is None or node.code in READ_WORDS:
        return False
    if node.code == ANY_BIT and node.k == 0:
        node.true = node.false
        return False
    constants = numbering.constants
    index = node.values[ATOM_X]
    if node.code & 8 == X and index in constants:
        node.code &= ~X
        node.k = constants[index]
    if node.code & 8 != K or node.values[ATOM_A] not in constants:
        return False
    changed = node.true is not node.false
    value = constants[node.values[ATOM_A]]
    if (any(low <= value <= high for (low, high, _), in node.set.members) if node.set is not None
            else outcome(node.code & 0xF0, value, node.k)):
        node.false = node.true
    else:
        node.true = node.false
    return changed


def drop_void_test(node: Node, numbering: Numbering) -> bool:
    """Only lead on, where both outcomes of a test lead to one place; True if there was a test.

    A test of what was loaded from the packet stays: too short a packet must still be refused.
    """
    if (node.true is None or node.true is not node.false or node.code == JUMP
            or node.values[ATOM_A] not in numbering.constants):
        return False
    node.code, node.k = JUMP, 0
    return True


def outcome(operation: int, a: int, k: int) -> bool:
    """Whether the test of ``a`` against ``k`` is true."""
    if operation == JEQ:
        return a == k
    if operation == JGT:
        return a > k
    if operation == JGE:
        return a >= k
    return a & k != 0
