"""Move a test up to one that looks at the same value, so that the value is loaded once.

Contract: in a chain of tests that all lead to the same place when true (or when false), the order
changes and nothing else; the test that moves reads only what was read before the chain.
"""

from __future__ import annotations

from fyke.bpf.instructions import ST, STX
from fyke.filter.optimize.flow import ATOM_A, Flow, Node, find_dominators, find_incoming


def pull_up(flow: Flow) -> bool:
    """Try at every node, for both senses; True when a node has moved."""
    changed = False
    for number, node in enumerate(flow.up):
        if number & 63 == 0:
            flow.check_time()
        for sense in (True, False):
            if _pull(node, sense):
                changed = True
                find_incoming(flow)  # libpcap goes on with the old ones, and can lose a test
                find_dominators(flow)
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
    if any(before.values[ATOM_A] != value for before in incoming):
        return False
    leave = _exit(top, sense)
    # Down past the tests of the value, to the first of another one...
    above, side = incoming[-1], incoming[-1].true is top
    other = _exit(above, side)
    while True:
        if not _in_chain(other, leave, sense, top):
            return False
        assert other is not None
        if other.values[ATOM_A] != value:
            break
        above, side = other, not sense
        other = _exit(other, not sense)
    # ... and on to the next test of the value.
    parent = other
    same = _exit(other, not sense)
    while True:
        if not _in_chain(same, leave, sense, top):
            return False
        assert same is not None
        if same.values[ATOM_A] == value:
            break
        parent = same
        same = _exit(same, not sense)
    if same.set is not None or any(each.code in (ST, STX) for each in same.statements):
        return False  # a test of a set is where lowering wants it
    _link(parent, not sense, _exit(same, not sense))
    _link(same, not sense, other)
    if other is top:
        for before in incoming:
            _link(before, before.true is top, same)
    else:
        _link(above, side, same)
    return True


def _in_chain(node: Node | None, leave: Node | None, sense: bool, top: Node) -> bool:
    """Whether a test leaves the chain where the others do, and is reached only through ``top``."""
    return (node is not None and node.true is not None and _exit(node, sense) is leave
            and node.dominators >> top.id & 1 == 1)
