"""Move a test up to one that looks at the same value, so that the value is loaded once.

Contract: in a chain of tests that all lead to the same place when true (or when false), the order
changes and nothing else; the test that moves reads only what was read before the chain.
"""

from __future__ import annotations

from fyke.bpf.instructions import ST, STX
from fyke.filter.optimize.flow import ATOM_A, Flow, Node


def pull_up(flow: Flow) -> bool:
    """Try at every node, for both senses; True when a node has moved."""
    changed = False
    for number, node in enumerate(flow.up):
        if number & 63 == 0:
            flow.check_time()
        for sense in (True, False):
            changed = _pull(node, sense) or changed
    return changed


def _exit(node: Node, sense: bool) -> Node | None:
    return node.true if sense else node.false


def _link(node: Node, sense: bool, target: Node | None) -> None:
    if sense:
        node.true = target
    else:
        node.false = target


def _pull(top: Node, sense: bool) -> bool:
    """Below ``top``, find a test of the value that the nodes above it leave in A; move it up.

    ``sense`` is the outcome for which all tests of the chain lead to the same place.
    """
    incoming = top.incoming
    if not incoming:
        return False
    value = incoming[0].values[ATOM_A]
    if any(each.values[ATOM_A] != value for each in incoming):
        return False
    leave = _exit(top, sense)
    before: Node | None = None
    # Down past the tests of the value, to the first of another one...
    above, side = incoming[-1], incoming[-1].true is top
    other = _exit(above, side)
    while True:
        if not _in_chain(other, leave, sense, before):
            return False
        assert other is not None
        if other.values[ATOM_A] != value:
            break
        before = above = other
        side = not sense
        other = _exit(other, side)
    # ... and on to the next test of the value.
    parent = other
    same = _exit(other, not sense)
    while True:
        if not _in_chain(same, leave, sense, parent):
            return False
        assert same is not None
        if same.values[ATOM_A] == value:
            break
        parent = same
        same = _exit(same, not sense)
    if same.set is not None or any(each.code in (ST, STX) for each in same.statements):
        return False  # a test of a set is where lowering wants it
    _move(same, parent, other, not sense)
    if other is top:
        same.incoming = incoming
        for entering in incoming:
            _link(entering, entering.true is top, same)
    else:
        same.incoming = [above]
        _link(above, side, same)
    return True


def _move(same: Node, parent: Node, other: Node, side: bool) -> None:
    """Lead around a test, and from it to where it goes; who leads there is kept true: libpcap goes
    on with the old predecessors, and can lose a test.
    """
    following = _exit(same, side)
    assert following is not None
    _link(parent, side, following)
    following.incoming[following.incoming.index(same)] = parent
    _link(same, side, other)
    other.incoming = [same]


def _in_chain(node: Node | None, leave: Node | None, sense: bool, before: Node | None) -> bool:
    """Whether a test leaves the chain where the others do, and is reached only through the one
    before it in the chain (None: it is the first).
    """
    return (node is not None and node.true is not None and _exit(node, sense) is leave
            and (before is None or all(each is before for each in node.incoming)))
