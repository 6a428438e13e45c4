"""Make search trees of the tests "this is in a set" (graph.MEMBER), so that few comparisons run.

Contract: every packet goes where the test of the set would have sent it. Two tests of one set
that differ only in where they load from share a tree, with the offset in X. No more instructions
than a chain of comparisons for each test would have, as far as that leaves room for a tree.
"""

from __future__ import annotations

from bisect import bisect_right

from fyke.bpf.instructions import ABS, ALU, IMM, IND, JEQ, JGE, JGT, JMP, LD, LDX, K
from fyke.filter.graph import MEMBER, Block, Load, Member, Set, Span, Statement
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
from fyke.hints import Iterable, Sequence

EQUAL, ABOVE, AT_LEAST = JMP | JEQ | K, JMP | JGT | K, JMP | JGE | K
#: How many numbers are compared one by one at the end of a search; the first is fastest.
RUNS = (4, 6, 8, 12, 16, 24, 32)
REACH = 255  #: beyond this many instructions a conditional jump needs another

#: A set and what follows: tests that are equal in these can have all but their load in common.
Place = tuple[int, int, Node | None, Node | None]

#: Numbers from and up to (inclusive), the columns they come from, and where they lead.
Way = tuple[int, int, Span, Node | None]


def search_sets(flow: Flow) -> None:
    """Replace every test of a set; all other passes are done."""
    chain_length = _chains_length(_tests(flow))
    share_loads(flow)
    tests = _tests(flow)
    run = _run(tests, chain_length)
    planted: dict[Place, Node] = {}
    for node in tests:
        root = planted.get(_place(node))
        if root is None:
            root = planted[_place(node)] = _plant(flow, node, run)
        node.code, node.k, node.span, node.set = root.code, root.k, root.span, root.set
        node.statements = node.statements + root.statements
        node.true, node.false = root.true, root.false


def _place(node: Node) -> Place:
    return node.code, node.k, node.true, node.false


def _tests(flow: Flow) -> list[Node]:
    find_levels(flow)
    return [node for node in flow.up if node.set is not None]


def _plant(flow: Flow, node: Node, run: int) -> Node:
    """The root of what replaces a test."""
    found = node.set
    assert found is not None
    if found.loads:
        return _plant_words(flow, node, found)
    ways = _ways(found, node.true)
    if run == 0:
        return _Gardener(flow, ways, node.false, node.span, run).chain(ways)
    return _Gardener(flow, joined(ways), node.false, node.span, run).plant()


def _ways(found: Set, target: Node | None) -> list[Way]:
    """The members of a set of single words, which all lead to one node."""
    return [(low, high, span, target) for (low, high, span), in found.members]


def joined(ways: Iterable[Way]) -> list[Way]:
    """The ways in order; those that overlap or touch, and lead to one node, are one."""
    result: list[Way] = []
    for low, high, span, target in sorted(ways, key=lambda each: each[:2]):
        if result and low <= result[-1][1] + 1 and target is result[-1][3]:
            first, last, where, _ = result[-1]
            result[-1] = (first, max(last, high), where, target)
        else:
            result.append((low, high, span, target))
    return result


# --- how long a tree may be -----------------------------------------------------------------------

def _single(tests: list[Node]) -> list[Set]:
    """The sets of single words, as often as they are searched."""
    places = {_place(node): node.set for node in tests}
    return [found for found in places.values() if found is not None and not found.loads]


def _chains_length(tests: list[Node]) -> int:
    """How many comparisons chains would have: one for a number, two for a range."""
    length = sum(1 if low == high else 2
                 for each in _single(tests) for (low, high, _), in each.members)
    return length + max(0, length - REACH)  # one JA behind each test that is too far away


def _run(tests: list[Node], chain_length: int) -> int:
    """The shortest runs for which all trees together are not longer than the chains; 0: none."""
    merged = [joined(_ways(each, None)) for each in _single(tests)]
    for run in RUNS:
        length = sum(_Plan(ways, run).length(0, len(ways), 0, WORD) for ways in merged)
        if length + length // REACH <= chain_length:
            return run
    return 0


class _Plan:
    """Where to split sorted ways, and where to compare with one after the other."""

    def __init__(self, ways: list[Way], run: int) -> None:
        self.ways = ways
        self.run = run

    def length(self, start: int, end: int, least: int, most: int) -> int:
        """How many tests decide about ``ways[start:end]``, when A is from least to most."""
        if not self.splits(start, end, least, most):
            return self.chain_length(start, end, least, most)
        return self.split_length(start, end, least, most)

    def splits(self, start: int, end: int, least: int, most: int) -> bool:
        count = end - start
        if count <= 1 or count > self.run:
            return count > 1
        if all(low == high for low, high, _, _ in self.ways[start:end]):
            return False
        return (self.split_length(start, end, least, most)
                <= self.chain_length(start, end, least, most))

    def split_length(self, start: int, end: int, least: int, most: int) -> int:
        middle = (start + end) // 2
        split = self.ways[middle][0]
        return (1 + self.length(start, middle, least, split - 1)
                + self.length(middle, end, split, most))

    def chain_length(self, start: int, end: int, least: int, most: int) -> int:
        return sum(1 if low == high else (low > least) + (high < most)
                   for low, high, _, _ in self.ways[start:end])


class _Gardener(_Plan):
    """Makes the tree that leads A on one of some ways, or to ``no``."""

    def __init__(self, flow: Flow, ways: list[Way], no: Node | None, span: Span,
                 run: int) -> None:
        super().__init__(ways, run)
        self.flow = flow
        self.no = no
        self.span = span

    def plant(self) -> Node:
        return self.tree(0, len(self.ways), 0, WORD)

    def node(self, code: int, k: int, true: Node | None, false: Node | None,
             span: Span) -> Node:
        return _new(self.flow, Block(code, k, span=span), true, false)

    def tree(self, start: int, end: int, least: int, most: int) -> Node:
        """The test for ``ways[start:end]``, when A is known to be from least to most.

        Recursion is as deep as the tree: the logarithm of the number of ways.
        """
        if not self.splits(start, end, least, most):
            return self.chain(self.ways[start:end], least, most)
        middle = (start + end) // 2
        split = self.ways[middle][0]
        return self.node(AT_LEAST, split, self.tree(middle, end, split, most),
                         self.tree(start, middle, least, split - 1), self.span)

    def chain(self, some: list[Way], least: int = 0, most: int = WORD) -> Node:
        """One comparison after the other."""
        node = self.no
        for low, high, span, target in reversed(some):
            if low == high:
                node = self.node(EQUAL, low, target, node, span)
                continue
            within = target
            if high < most:
                within = self.node(ABOVE, high, node, target, span)
            node = self.node(AT_LEAST, low, within, node, span) if low > least else within
        assert node is not None
        return node


def _new(flow: Flow, block: Block, true: Node | None, false: Node | None) -> Node:
    node = Node(block, flow.count)
    flow.count += 1
    node.true, node.false = true, false
    return node


# --- fields of several words ----------------------------------------------------------------------

def _plant_words(flow: Flow, node: Node, found: Set) -> Node:
    """The root of a search word by word, with the shortest runs that a chain leaves room for."""
    room = _room(flow, node, found)
    for run in (*RUNS, len(found.members)):
        words = _Words(flow, found.loads, node, run)
        length = words.length_of(found.members)
        if length + length // REACH <= room:
            break
    return words.search(found.members, 0)


def _room(flow: Flow, node: Node, found: Set) -> int:
    """How long a chain would be, with a JA behind each test that leaves it from too far away.

    A chain that compares another field between two members loads each word of each member anew,
    and leaves when a member is found. Otherwise it compares and loads what the search does where
    that has no tree, and leaves from every word.
    """
    members = found.members
    words = sum(map(len, members))
    if found.alone:
        chain = _Words(flow, found.loads, node, len(members)).length_of(members)
        leaving = words
    else:
        chain = 2 * words
        leaving = len(members)
    return chain + leaving * max(0, chain - REACH) // chain


class _Words:
    """Makes the search for a field that is compared word by word.

    Members that begin with the same words share the search for these, and members that end with
    the same words share that; a word is loaded when those before it were found.
    """

    def __init__(self, flow: Flow, loads: tuple[Load, ...], test: Node, run: int) -> None:
        self.flow = flow
        self.loads = loads
        self.test = test
        self.run = run
        self.made: dict[tuple[int, frozenset[tuple[tuple[int, int], ...]]], Node] = {}

    def length_of(self, members: Iterable[Member]) -> int:
        """How many comparisons and loads the search has."""
        before = self.flow.count
        self.search(members, 0)
        return self.flow.count - before

    def search(self, members: Iterable[Member], word: int) -> Node:
        """Load a word and go on by what it is; ``members`` have found those before it."""
        some = {tuple([each[:2] for each in member[word:]]): member for member in members}
        key = (word, frozenset(some))
        found = self.made.get(key)
        if found is None:
            tree = _Gardener(self.flow, joined(self.ways(some.values(), word)), self.test.false,
                             self.test.span, self.run).plant()
            load = Block(tree.code, tree.k,
                         [Statement(*self.loads[word], self.test.span), *tree.statements],
                         span=tree.span)
            found = self.made[key] = _new(self.flow, load, tree.true, tree.false)
        return found

    def ways(self, members: Iterable[Member], word: int) -> list[Way]:
        """Where each value of a word leads: to the end, or to the words behind it."""
        ends: list[Way] = []
        deeper: dict[int, list[Member]] = {}
        for member in members:
            low, high, span = member[word]
            if word + 1 == len(member):
                ends.append((low, high, span, self.test.true))
            else:
                deeper.setdefault(low, []).append(member)
        ends = joined(ends)
        return ends + [(value, value, some[0][word][2], self.search(some, word + 1))
                       for value, some in deeper.items() if not _covers(ends, value)]


def _covers(ways: Sequence[Way], value: int) -> bool:
    """Whether one of ways in order has a value."""
    place = bisect_right(ways, value, key=lambda each: each[0])
    return place > 0 and value <= ways[place - 1][1]


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
