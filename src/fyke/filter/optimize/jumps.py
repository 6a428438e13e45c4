"""Let an edge skip a node whose outcome is known there, as another test decided it on the way.

Contract: the nodes that are reached with every packet differ, but what they find in the atoms
that they read does not, nor does the verdict.
"""

from __future__ import annotations

from fyke.bpf.instructions import JEQ, JMP, K
from fyke.filter.optimize.flow import ATOM_A, Flow, Node, Values

EQUAL = JMP | JEQ | K


class Tests:
    """The edges out of all tests, as sets of bits, by what having taken them says.

    ``same`` is keyed by test, A and operand: these edges tell the outcome of an equal test.
    ``equal`` is keyed by A: these edges say that A equals a constant.
    """

    __slots__ = ("count", "equal", "nodes", "same")

    def __init__(self, flow: Flow) -> None:
        self.count = flow.count
        self.nodes: dict[int, Node] = {}
        self.same: dict[tuple[int, int, int], int] = {}
        self.equal: dict[int, int] = {}
        for node in flow.up:
            a = node.values[ATOM_A]
            self.nodes[node.id] = node
            key = (node.code, a, node.operand)
            self.same[key] = self.same.get(key, 0) | 1 << node.id | 1 << node.id + flow.count
            if node.code == EQUAL:
                self.equal[a] = self.equal.get(a, 0) | 1 << node.id

    def telling(self, node: Node, edges: int) -> int:
        """Those of ``edges`` that tell the outcome of a node's test."""
        a = node.values[ATOM_A]
        found = self.same.get((node.code, a, node.operand), 0)
        if node.code == EQUAL:
            found |= self.equal.get(a, 0)
        return edges & found

    def outcome(self, node: Node, edge: int) -> Node | None:
        """Where a node leads when ``edge``, one that tells, was taken before it."""
        if edge >= self.count:
            return node.false
        return node.true if self.nodes[edge].operand == node.operand else node.false


def thread(flow: Flow) -> tuple[bool, bool]:
    """Move edges; whether any moved, and whether one skipped a node that tests nothing."""
    tests = Tests(flow)
    moved = skipped = False
    for node in flow.up:
        for side in (True, False):
            edges = node.edges | (1 << node.id if side else 1 << node.id + flow.count)
            before = node.true if side else node.false
            assert before is not None
            target = before
            if target.true is not None and target.true is target.false \
                    and may_skip(node, target, target.true):
                target = target.true
                skipped = True
            target = _follow(node, target, tests, edges)
            if target is not before:
                moved = True
                if side:
                    node.true = target
                else:
                    node.false = target
    return moved, skipped


def _follow(node: Node, target: Node, tests: Tests, edges: int) -> Node:
    """The farthest node that an edge out of ``node`` can lead to instead of ``target``."""
    while target.true is not None:
        telling = tests.telling(target, edges)
        while telling:
            lowest = telling & -telling
            telling ^= lowest
            further = tests.outcome(target, lowest.bit_length() - 1)
            if further is not None and may_skip(node, target, further):
                target = further
                break
        else:
            return target
    return target


def may_skip(node: Node, skipped: Node, target: Node) -> bool:
    """Whether ``target`` finds behind ``node`` all that it would find behind ``skipped``."""
    # What is live behind the target is not needed for the meaning; but a value that is not the
    # same on this way as on the others is unknown from there on.
    return (_agree(node.values, skipped.values, target.needs)
            and _agree(node.values, target.values, target.live))


def _agree(here: Values, there: Values, bits: int) -> bool:
    """Whether the atoms of these bits have the same values here and there."""
    while bits:
        lowest = bits & -bits
        bits ^= lowest
        atom = lowest.bit_length() - 1
        if here[atom] != there[atom]:
            return False
    return True
