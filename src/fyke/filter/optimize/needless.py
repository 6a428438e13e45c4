"""Drop a test "A is n" when what is asked next sends n to the same place.

Contract: every packet goes where it went, past the same loads. libpcap has no such pass: of
``jeq #6 jt 9 jf 3`` and ``(003) jeq #17 jt 4 jf 9``, the first says nothing. Runs when equal
nodes are one; each node that goes is an instruction less.
"""

from __future__ import annotations

from fyke.bpf.instructions import JEQ, JGE, JGT, JMP, JSET, K
from fyke.filter.optimize.flow import Flow, Node, find_incoming, find_levels

EQUAL, ABOVE, AT_LEAST, BITS = (JMP | test | K for test in (JEQ, JGT, JGE, JSET))


def drop_needless(flow: Flow) -> bool:
    """Whether any went."""
    find_levels(flow)
    find_incoming(flow)
    dropped = False
    for node in flow.up:
        while _needless(node):
            following = node.false
            assert following is not None
            if all(before is node for before in following.incoming):
                _become(node, following)
            elif not node.statements:
                replace(flow, node, following)
                dropped = True
                break
            else:
                break  # its loads are needed, and the next test is not its alone
            dropped = True
    return dropped


def _needless(node: Node) -> bool:
    """Whether A, when it is the number that is asked for, gets to the same node otherwise."""
    if node.code != EQUAL or node.true is node.false:
        return False
    at = node.false
    while at is not None and at is not node.true:
        if at.statements:
            return False
        outcome = holds(at, node.k)
        if outcome is None:
            return False
        at = at.true if outcome else at.false
    return at is not None


def holds(node: Node, a: int) -> bool | None:
    """What a test says of a number; None if that depends on more."""
    if node.code == EQUAL:
        return a == node.k
    if node.code == ABOVE:
        return a > node.k
    if node.code == AT_LEAST:
        return a >= node.k
    return a & node.k != 0 if node.code == BITS else None


def _become(node: Node, following: Node) -> None:
    """Take over the next test, which no other node leads to."""
    node.code, node.k, node.span = following.code, following.k, following.span
    node.true, node.false, node.set = following.true, following.false, following.set
    for target in {node.true, node.false}:
        if target is not None:
            target.incoming = [node if before is following else before
                               for before in target.incoming]


def replace(flow: Flow, node: Node, following: Node) -> None:
    """Lead everything that leads to the node to the next one."""
    if flow.root is node:
        flow.root = following
    for before in set(node.incoming):
        if before.true is node:
            before.true = following
        if before.false is node:
            before.false = following
    following.incoming = [before for before in following.incoming if before is not node]
    following.incoming += node.incoming
