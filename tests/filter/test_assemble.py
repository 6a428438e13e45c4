"""The layout of a program: libpcap's order, long jumps, jumps within a block, depth."""

from __future__ import annotations

import pytest
from filter_programs import accepted, graph

from fyke.bpf.instructions import Instruction
from fyke.errors import ProgramError
from fyke.filter.assemble import assemble
from fyke.filter.graph import Block, Graph, Statement

LDH, JEQ, RET_K, JUMP = 0x28, 0x15, 0x06, 0x05
LOOPS = {"ip6_protochain"}  #: not a graph that leads forward
PLAIN = [each for each in accepted() if each["name"] not in LOOPS]


def chain(tests: int, statements: int = 0, shared: bool = False) -> Graph:
    """A chain of tests, each leading to "accept" when true, to the next when false."""
    accept, block = Block(RET_K, 1), Block(RET_K, 0)
    for k in range(tests):
        block = Block(JEQ, k, [Statement(LDH, 12)] * statements, accept, block)
    return Graph(block)


@pytest.mark.skipif(not PLAIN, reason="libpcap's cases are not here (FYKE_PEERS)")
def test_the_order_is_libpcaps() -> None:
    for case in PLAIN:
        for which in ("unopt", "opt"):
            if case[which]:
                code, spans = assemble(graph(case[which]))
                assert [list(each) for each in code] == case[which], case["name"]
                assert len(spans) == len(code)


def test_a_return_alone() -> None:
    assert assemble(Graph(Block(RET_K, 262144, span=(0, 3)))) == (
        (Instruction(RET_K, 0, 0, 262144),), ((0, 3),))


def test_shared_blocks_are_written_once() -> None:
    accept, refuse = Block(RET_K, 9), Block(RET_K, 0)
    second = Block(JEQ, 2, [], accept, refuse)
    code, _ = assemble(Graph(Block(JEQ, 1, [Statement(LDH, 12)], second, second)))
    assert [each[1:] for each in code] == [(0, 0, 12), (0, 0, 1), (0, 1, 2), (0, 0, 9), (0, 0, 0)]


def follow(code: tuple[Instruction, ...], value: int) -> int:
    """Run a program of equality tests on one value: what it returns."""
    place = 0
    for _ in range(len(code)):
        each = code[place]
        place += 1
        if each.code == RET_K:
            return each.k
        if each.code == JUMP:
            place += each.k
        elif each.code == JEQ:
            place += each.jt if value == each.k else each.jf
    raise AssertionError("no return")


@pytest.mark.parametrize("tests", [254, 255, 256, 257, 300, 1000])
def test_far_targets_are_reached_through_a_jump(tests: int) -> None:
    code, _ = assemble(chain(tests))
    assert len(code) == tests + 2 + max(0, -(-(tests - 256) // 255))  # a JA serves 255 tests
    assert follow(code, tests) == 0
    for value in {0, 1, tests // 2, tests - 2, tests - 1}:
        assert follow(code, value) == 1


@pytest.mark.parametrize("gap", [253, 254, 255, 256, 300])
@pytest.mark.parametrize("other", [0, 1, 2, 300])
def test_both_branches_may_be_far(gap: int, other: int) -> None:
    """The jump for one branch may push the other over the edge."""
    near = Block(RET_K, 1, [Statement(LDH, 12)] * gap)
    far = Block(RET_K, 2, [Statement(LDH, 12)] * other)
    between = Block(JEQ, 7, [Statement(LDH, 12)] * other, near, far)
    code, _ = assemble(Graph(Block(JEQ, 5, [], between, Block(JEQ, 6, [], far, near))))
    assert follow(code, 5) == 2
    assert follow(code, 6) == 2
    assert follow(code, 8) == 1
    assert follow(code, 7) == 1


def test_ten_thousand_blocks_do_not_exhaust_the_stack() -> None:
    code, _ = assemble(chain(10_000))
    assert follow(code, 0) == 1


def test_a_block_that_only_leads_on() -> None:
    """It ends in no instruction where its target is next, and in JA where it is not."""
    join = Block(RET_K, 3)
    one, other = (Block(JUMP, 0, [Statement(LDH, k)], join, join) for k in (1, 2))
    code, _ = assemble(Graph(Block(JEQ, 5, [], one, other)))
    assert [tuple(each) for each in code] == [
        (JEQ, 0, 2, 5), (LDH, 0, 0, 1), (JUMP, 0, 0, 1), (LDH, 0, 0, 2), (RET_K, 0, 0, 3)]


def test_jumps_within_a_block() -> None:
    last, middle = Statement(LDH, 3), Statement(LDH, 2)
    again = Statement(JUMP, 0, on_true=middle)
    end = Statement(JEQ, 4, on_true=None, on_false=last)
    test = Statement(JEQ, 1, on_true=last, on_false=middle)
    code, _ = assemble(Graph(Block(RET_K, 0, [test, middle, again, end, last])))
    assert [tuple(each) for each in code] == [
        (JEQ, 3, 0, 1), (LDH, 0, 0, 2), (JUMP, 0, 0, 0xFFFFFFFE), (JEQ, 1, 0, 4),
        (LDH, 0, 0, 3), (RET_K, 0, 0, 0)]


def test_a_jump_within_a_block_that_is_too_far() -> None:
    last = Statement(LDH, 3)
    body = [Statement(JEQ, 1, on_true=last, on_false=last), *[Statement(LDH, 1)] * 256, last]
    with pytest.raises(ProgramError, match="255"):
        assemble(Graph(Block(RET_K, 0, body)))


def test_spans_follow_their_instructions() -> None:
    block = Block(JEQ, 80, [Statement(LDH, 12, (0, 4))], Block(RET_K, 1), Block(RET_K, 0), (5, 7))
    _, spans = assemble(Graph(block))
    assert spans == ((0, 4), (5, 7), None, None)
