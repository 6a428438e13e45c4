"""Drop a test when what is asked without it comes to the same: "A or (B or A)" is "B or A".

Contract: every packet that is long enough goes where it went. One that is cut off where only the
dropped test looked is no longer refused for that; none is refused that was not. libpcap does the
same to some expressions, and to others not. Runs when equal nodes are one.

A test is followed to both of its ends at once, along the way with it and the way without it, and
what was asked on the way is known from then on. Only tests of constants count, of words that are
loaded from a fixed place.
"""

from __future__ import annotations

from fyke.bpf.instructions import ABS, ALU, JEQ, JMP, LD, RET, K
from fyke.filter.graph import Statement
from fyke.filter.optimize.flow import USES_A, Flow, Node, find_incoming, find_levels
from fyke.filter.optimize.needless import holds, replace

EQUAL = JMP | JEQ | K
PATIENCE = 100  #: nodes that are looked at for one test
SIZES = {0x00: 4, 0x08: 2, 0x10: 1}  #: octets that a load takes, by its code

#: What is in A: the load and the constants that it was worked on with; () is not known.
Content = tuple[tuple[int, int], ...]
#: Of each content that was compared: what the tests said.
Facts = dict[Content, tuple[tuple[int, int, bool], ...]]


def absorb(flow: Flow) -> bool:
    """Whether a test went."""
    find_levels(flow)
    find_incoming(flow)
    once: set[tuple[int, int]] = set()
    again: set[tuple[int, int]] = set()
    for node in flow.up:
        for load in _loaded(node.statements, ())[0][:1]:
            (again if load in once else once).add(load)
    for node in reversed(flow.up):
        if not again.intersection(_loaded(node.statements, ())[0][:1]):
            continue  # nobody else asks about that word
        for other, outcome in ((node.false, False), (node.true, True)):
            if other is not None and other is not flow.root and _absorbed(node, other, outcome):
                node.statements = []
                replace(flow, node, other)
                return True
    return False


class _Way:
    """Where one of two ways has come, what is in A there, and how far into the packet it looked."""

    __slots__ = ("content", "node", "reach")

    def __init__(self, node: Node, content: Content, reach: int) -> None:
        self.node = node
        self.content = content
        self.reach = reach


def _absorbed(node: Node, other: Node, outcome: bool) -> bool:
    """Whether every packet may as well skip a test and go on at ``other``."""
    if node.true is node.false or node.true is None or node.false is None:
        return False
    content, reach = _loaded(node.statements, ())
    if not content or not node.statements or other.needs & USES_A or other.code & 7 == RET:
        return False
    asked = _known({}, content, node, not outcome)
    with_it = _Way(node.false if outcome else node.true, content, reach)
    return asked is not None and _Walk().alike(with_it, _Way(other, (), 0), asked)


class _Walk:
    def __init__(self) -> None:
        self.left = PATIENCE

    def alike(self, one: _Way, two: _Way, facts: Facts) -> bool:
        """Whether both ways end at the same place, the second without looking any further."""
        first, second = self.ahead(one, facts), self.ahead(two, facts)
        if first is None or second is None:
            return False
        a, b = first.node, second.node
        if a is b and (first.content == second.content or not a.needs & USES_A):
            return second.reach <= first.reach or _refuses(a)
        if a.true is None and b.true is None:
            return (a.code, a.k) == (b.code, b.k) == (RET | K, a.k) and (
                second.reach <= first.reach or _refuses(a))
        split = first if b.true is None or (a.true is not None and a.level >= b.level) else second
        return self.both(split, first, second, facts)

    def both(self, split: _Way, one: _Way, two: _Way, facts: Facts) -> bool:
        """Go on with either outcome of a test that nothing is known of."""
        node = split.node
        content, reach = _loaded(node.statements, split.content)
        for outcome, following in ((True, node.true), (False, node.false)):
            known = _known(facts, content, node, outcome)
            if known is None or following is None:
                return False
            went = _Way(following, content, max(reach, split.reach))
            if not self.alike(*((went, two) if split is one else (one, went)), known):
                return False
        return True

    def ahead(self, way: _Way, facts: Facts) -> _Way | None:
        """Past all tests whose outcome is known; None where something else happens than tests."""
        while way.node.true is not None and way.node.false is not None:
            self.left -= 1
            content, reach = _loaded(way.node.statements, way.content)
            if self.left < 0 or not content:
                return None
            outcome = _outcome(facts.get(content, ()), way.node)
            if outcome is None:
                return way
            way = _Way(way.node.true if outcome else way.node.false, content,
                       max(reach, way.reach))
        return way if not way.node.statements else None


def _refuses(node: Node) -> bool:
    return node.code == RET | K and node.k == 0


def _loaded(statements: list[Statement], before: Content) -> tuple[Content, int]:
    """What is in A behind some statements, and where the last octet that they load ends."""
    content, reach = before, 0
    for each in statements:
        if each.code & 0xE7 == LD | ABS:
            content = ((each.code, each.k),)
            reach = max(reach, each.k + SIZES[each.code & 0x18])
        elif each.code & 0x0F == ALU | K and content:
            content += ((each.code, each.k),)
        else:
            return (), 0
    return content, reach


def _known(facts: Facts, content: Content, node: Node, outcome: bool) -> Facts | None:
    """The facts and the outcome of a test; None if it compares with more than a constant."""
    if not content or holds(node, 0) is None:
        return None
    return {**facts, content: (*facts.get(content, ()), (node.code, node.k, outcome))}


def _outcome(facts: tuple[tuple[int, int, bool], ...], node: Node) -> bool | None:
    """What a test says, as far as earlier ones tell."""
    for code, k, outcome in facts:
        if code == node.code and k == node.k:
            return outcome
        if code == EQUAL and outcome:
            return holds(node, k)
    return None
