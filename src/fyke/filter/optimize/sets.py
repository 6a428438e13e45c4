"""Make search trees of the tests "A is in a set" (graph.MEMBER), so that few comparisons are run.

Contract: every packet goes where the test of the set would have sent it. Two tests of one set
that differ only in where they load from share a tree, with the offset in X. No more instructions
than a chain of comparisons for each test would have, as far as that leaves room for a tree.
"""

from __future__ import annotations

from fyke.bpf.instructions import ABS, ALU, IMM, IND, JEQ, JGE, JGT, JMP, LD, LDX, K
from fyke.filter.graph import MEMBER, Block, Range, Span, Statement
from fyke.filter.optimize.flow import (
    USES,
    USES_X,
    WORD,
    Flow,
    Node,
    find_incoming,
    find_levels,
    find_live,
)
from fyke.filter.optimize.merge import merge_equal

EQUAL, ABOVE, AT_LEAST = JMP | JEQ | K, JMP | JGT | K, JMP | JGE | K
#: How many numbers are compared one by one at the end of a search; the first is fastest.
RUNS = (4, 6, 8, 12, 16, 24, 32)
REACH = 255  #: beyond this many instructions a conditional jump needs another

#: A set and what follows: tests that are equal in these can have all but their load in common.
Place = tuple[int, Node | None, Node | None]


def search_sets(flow: Flow) -> None:
    """Replace every test of a set; all other passes are done."""
    chains = {_place(node): node.members for node in _tests(flow)}
    chain_length = sum(map(_chain_length, chains.values()))
    chain_length += max(0, chain_length - REACH)  # one JA behind each test that is too far away
    share_loads(flow)
    tests = _tests(flow)
    trees = {_place(node): node.members for node in tests}
    planted: dict[Place, Node] = {}
    run = _run(list(trees.values()), chain_length)
    for node in tests:
        root = planted.get(_place(node))
        if root is None:
            root = planted[_place(node)] = _Gardener(flow, node, run).plant()
        node.code, node.k, node.span, node.members = root.code, root.k, root.span, ()
        node.true, node.false = root.true, root.false


def _place(node: Node) -> Place:
    return node.k, node.true, node.false


def _tests(flow: Flow) -> list[Node]:
    find_levels(flow)
    return [node for node in flow.up if node.code == MEMBER]


def _chain_length(members: tuple[Range, ...]) -> int:
    """How many comparisons a chain has for a test: one for a number, two for a range."""
    return sum(1 if low == high else 2 for low, high, _ in members)


def _run(sets: list[tuple[Range, ...]], chain_length: int) -> int:
    """The shortest runs for which all trees together are not longer than the chains; 0: none."""
    merged = [joined(members) for members in sets]
    for run in RUNS:
        length = sum(_Plan(ranges, run).length(0, len(ranges), 0, WORD) for ranges in merged)
        if length + length // REACH <= chain_length:
            return run
    return 0


def joined(members: tuple[Range, ...]) -> list[Range]:
    """The ranges in order; those that overlap or touch are one."""
    result: list[Range] = []
    for low, high, span in sorted(members, key=lambda each: each[:2]):
        if result and low <= result[-1][1] + 1:
            first, last, where = result[-1]
            result[-1] = (first, max(last, high), where)
        else:
            result.append((low, high, span))
    return result


class _Plan:
    """Where to split sorted ranges, and where to compare with one after the other."""

    def __init__(self, ranges: list[Range], run: int) -> None:
        self.ranges = ranges
        self.run = run

    def length(self, start: int, end: int, least: int, most: int) -> int:
        """How many tests decide about ``ranges[start:end]``, when A is from least to most."""
        if not self.splits(start, end, least, most):
            return self.chain_length(start, end, least, most)
        return self.split_length(start, end, least, most)

    def splits(self, start: int, end: int, least: int, most: int) -> bool:
        count = end - start
        if count == 1 or count > self.run:
            return count > 1
        if all(low == high for low, high, _ in self.ranges[start:end]):
            return False
        return (self.split_length(start, end, least, most)
                <= self.chain_length(start, end, least, most))

    def split_length(self, start: int, end: int, least: int, most: int) -> int:
        middle = (start + end) // 2
        split = self.ranges[middle][0]
        return (1 + self.length(start, middle, least, split - 1)
                + self.length(middle, end, split, most))

    def chain_length(self, start: int, end: int, least: int, most: int) -> int:
        return sum(1 if low == high else (low > least) + (high < most)
                   for low, high, _ in self.ranges[start:end])


class _Gardener(_Plan):
    """Makes the tree of one test."""

    def __init__(self, flow: Flow, node: Node, run: int) -> None:
        assert node.true is not None and node.false is not None
        super().__init__(joined(node.members), run)
        self.flow = flow
        self.yes, self.no = node.true, node.false
        self.span = node.span
        self.members = node.members

    def plant(self) -> Node:
        if self.run == 0:
            return self.chain(list(self.members))
        return self.tree(0, len(self.ranges), 0, WORD)

    def node(self, code: int, k: int, true: Node, false: Node, span: Span) -> Node:
        node = Node(Block(code, k, span=span), self.flow.count)
        self.flow.count += 1
        node.true, node.false = true, false
        return node

    def tree(self, start: int, end: int, least: int, most: int) -> Node:
        """The test for ``ranges[start:end]``, when A is known to be from least to most.

        Recursion is as deep as the tree: the logarithm of the number of ranges.
        """
        if not self.splits(start, end, least, most):
            return self.chain(self.ranges[start:end], least, most)
        middle = (start + end) // 2
        split = self.ranges[middle][0]
        return self.node(AT_LEAST, split, self.tree(middle, end, split, most),
                         self.tree(start, middle, least, split - 1), self.span)

    def chain(self, some: list[Range], least: int = 0, most: int = WORD) -> Node:
        """One comparison after the other."""
        node = self.no
        for low, high, span in reversed(some):
            if low == high:
                node = self.node(EQUAL, low, self.yes, node, span)
                continue
            within = self.yes
            if high < most:
                within = self.node(ABOVE, high, node, self.yes, span)
            node = self.node(AT_LEAST, low, within, node, span) if low > least else within
        return node


# --- one tree for several places ------------------------------------------------------------------

def share_loads(flow: Flow) -> None:
    """Tests of one set with the same exits become one, which loads from an offset in X.

    The predecessors put the offset there; X must be free in them. It pays when they are tests of
    a set, which then have the same exits, too: all their comparisons but the first are shared.
    """
    find_incoming(flow)
    find_live(flow)
    groups: dict[tuple[int, object, Place], list[Node]] = {}
    for node in flow.down:
        if (node.code == MEMBER and _loads_once(node) and not node.live & USES_X
                and all(before.code == MEMBER for before in node.incoming)):
            load, *others = [(each.code, each.k) for each in node.statements]
            groups.setdefault((load[0] & 0x18, tuple(others), _place(node)), []).append(node)
    for group in groups.values():
        if len(group) > 1:
            _share(group)
    merge_equal(flow)


def _loads_once(node: Node) -> bool:
    """Whether a node begins with a load and goes on with constants only."""
    statements = node.statements
    return (bool(statements) and statements[0].code & 0xE7 in (LD | ABS, LD | IND)
            and all(each.code & 0x0F == ALU | K for each in statements[1:]))


def _share(group: list[Node]) -> None:
    """Make the nodes load what they load through X, all with the same offset."""
    indexed = [node for node in group if node.statements[0].code & 0xE0 == IND]
    base = indexed[0].statements[0].k if indexed else 0
    if any(node.statements[0].k != base for node in indexed):
        return
    direct = [node for node in group if node.statements[0].code & 0xE0 == ABS]
    if any(node.statements[0].k < base or not _may_set_index(node) for node in direct):
        return
    for node in direct:
        load = node.statements[0]
        place = load.k - base
        node.statements[0] = Statement(LD | IND | load.code & 0x18, base, load.span)
        for before in set(node.incoming):
            before.statements.append(Statement(LDX | IMM, place, load.span))


def _may_set_index(node: Node) -> bool:
    """Whether all predecessors can set X for a node: nothing else needs it there."""
    return bool(node.incoming) and all(
        not before.live & USES_X and not USES[before.code] & USES_X
        for before in node.incoming)
