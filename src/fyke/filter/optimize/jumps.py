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

    An edge tells the outcome of an equal test (the same A and operand), and, where it says that A
    equals a constant, that of all tests whether A equals one.
    """

    __slots__ = ("count", "group", "nodes", "telling")

    def __init__(self, flow: Flow) -> None:
        self.count = flow.count
        self.nodes: dict[int, Node] = {}
        same: dict[tuple[int, int, int], int] = {}
        equal: dict[int, int] = {}
        for node in flow.up:
            a = node.values[ATOM_A]
            self.nodes[node.id] = node
            key = (node.code, a, node.operand)
            same[key] = same.get(key, 0) | 1 << node.id | 1 << node.id + flow.count
            if node.code == EQUAL:
                equal[a] = equal.get(a, 0) | 1 << node.id
        #: For each test, by its number, the number of all tests that are equal to it; for each
        #: of those numbers the edges that tell the outcome.
        self.group = [0] * flow.count
        numbers = {key: number for number, key in enumerate(same)}
        self.telling = [edges | equal[key[1]] if key[0] == EQUAL else edges
                        for key, edges in same.items()]
        for node in flow.up:
            self.group[node.id] = numbers[node.code, node.values[ATOM_A], node.operand]

    def outcomes(self, node: Node, edges: int) -> tuple[bool, ...]:
        """What ``edges`` tell of a test, the first one first; both where no packet takes them all.
        """
        telling = edges & self.telling[self.group[node.id]]
        found: tuple[bool, ...] = ()
        while telling and len(found) < 2:
            edge = (telling & -telling).bit_length() - 1
            telling &= telling - 1
            outcome = edge < self.count and self.nodes[edge].operand == node.operand
            if outcome not in found:
                found += (outcome,)
        return found


def thread(flow: Flow) -> tuple[bool, bool]:
    """Move edges; whether any moved, and whether one skipped a node that tests nothing."""
    tests = Tests(flow)
    moved = skipped = False
    for number, node in enumerate(flow.up):
        if number & 255 == 0:
            flow.check_time()
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
    known: dict[int, tuple[bool, ...]] = {}
    while target.true is not None:
        group = tests.group[target.id]
        outcomes = known.get(group)
        if outcomes is None:
            outcomes = known[group] = tests.outcomes(target, edges)
        for outcome in outcomes:
            further = target.true if outcome else target.false
            assert further is not None
            if not (further.needs or further.live) or may_skip(node, target, further):
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
