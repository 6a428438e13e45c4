"""Lay the blocks of a graph out as one program: which block follows which, and how far jumps go.

The order is libpcap's: a block comes after every block that leads to it, the branch taken when a
test is true directly behind the test where it can be, and each block is written once. Offsets in
a conditional jump have 8 bits, so a farther target is reached through a JA: one that is near
already, or else one behind the test (libpcap makes a new one each time).
"""

from __future__ import annotations

from fyke.bpf.instructions import JA, JMP, Instruction
from fyke.errors import ProgramError
from fyke.filter.graph import Block, Graph, Span, Statement

JUMP = JMP | JA
FAR = 255  #: the most instructions that jt and jf can skip: 8 bits
WORD = 0xFFFFFFFF

#: Instructions with the columns they come from, as they are collected.
Code = list[tuple[Instruction, Span]]


def assemble(graph: Graph) -> tuple[tuple[Instruction, ...], tuple[Span, ...]]:
    """The instructions of ``graph`` in order, and for each the columns of the expression."""
    code: Code = []  # the last instruction first: all jumps go to what is already there
    starts: dict[Block, int] = {}  # instructions from a block's first one to the program's end
    nearest: dict[Block, int] = {}  # the same, from the nearest JA to a block if there is one
    for block in _back_to_front(graph.root):
        test = _test(block, len(code), starts, nearest)
        code.extend(reversed(test))
        code.extend(reversed(_statements(block.statements)))
        starts[block] = nearest[block] = len(code)
    code.reverse()
    return tuple(each for each, _ in code), tuple(span for _, span in code)


def _back_to_front(root: Block) -> list[Block]:
    """Every block once, the one that stands last in the program first.

    Depth first, false before true: what is met last stands in front.
    """
    order: list[Block] = []
    seen: set[Block] = {root}
    path: list[tuple[Block, int]] = [(root, 0)]
    while path:
        block, done = path.pop()
        if done == 2 or block.on_true is None:
            order.append(block)
            continue
        path.append((block, done + 1))
        successor = block.on_true if done or block.on_false is None else block.on_false
        if successor not in seen:
            seen.add(successor)
            path.append((successor, 0))
    return order


def _test(block: Block, behind: int, starts: dict[Block, int],
          nearest: dict[Block, int]) -> Code:
    """The end of a block, when ``behind`` instructions follow it in the program."""
    span, on_true, on_false = block.span, block.on_true, block.on_false
    if on_true is None:
        return [(Instruction(block.code, 0, 0, block.k), span)]
    if block.code == JUMP or on_false is None:
        skip = behind - starts[on_true]
        return [(Instruction(JUMP, 0, 0, skip), span)] if skip else []
    jt, jf = behind - nearest[on_true], behind - nearest[on_false]
    far_true = jt > FAR
    far_false = jf + far_true > FAR
    far_true = jt + far_false > FAR  # the JA for the other branch may push it over
    jumps: Code = []
    jt, jf = jt + far_false, jf + far_true
    if far_true:
        skip = behind + far_false - starts[on_true]
        jumps.append((Instruction(JUMP, 0, 0, skip), span))
        nearest[on_true] = behind + far_false + 1
        jt = 0
    if far_false:
        jumps.append((Instruction(JUMP, 0, 0, behind - starts[on_false]), span))
        nearest[on_false] = behind + 1
        jf = int(far_true)
    return [(Instruction(block.code, jt, jf, block.k), span), *jumps]


def _statements(statements: list[Statement]) -> Code:
    """The statements of a block; jumps among them are given their distances."""
    code: Code = []
    places: dict[Statement, int] = {}
    for place, each in enumerate(statements):
        if each.on_true is None and each.on_false is None and each.code != JUMP:
            code.append((Instruction(each.code, 0, 0, each.k), each.span))
            continue
        if not places:
            places = {statement: index for index, statement in enumerate(statements)}
        end = len(statements)
        true = (end if each.on_true is None else places[each.on_true]) - place - 1
        if each.code == JUMP:
            code.append((Instruction(JUMP, 0, 0, true & WORD), each.span))
            continue
        false = (end if each.on_false is None else places[each.on_false]) - place - 1
        if not (0 <= true <= FAR and 0 <= false <= FAR):
            raise ProgramError(f"a jump within a block cannot skip {max(true, false)} instructions;"
                               f" {FAR} is the most: split the block")
        code.append((Instruction(each.code, true, false, each.k), each.span))
    return code
