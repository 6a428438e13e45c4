"""Join a node that only leads on with the next one, when there is no other way to that.

Contract: every way through the graph runs the same statements and tests in the same order.
"""

from __future__ import annotations

from fyke.filter.optimize.flow import JUMP, Flow, find_incoming, find_levels


def straighten(flow: Flow) -> bool:
    """True when nodes were joined, so that other passes see more in one node."""
    find_levels(flow)
    if all(node.code != JUMP for node in flow.down):
        return False
    find_incoming(flow)
    joined = False
    for node in flow.up:  # what follows is joined already
        following = node.true
        if node.code != JUMP or following is None or any(
                before is not node for before in following.incoming):
            continue
        node.statements += following.statements
        node.code, node.k, node.span = following.code, following.k, following.span
        node.set = following.set
        node.true, node.false = following.true, following.false
        for target in (node.true, node.false):
            if target is not None:
                target.incoming = [node if before is following else before
                                   for before in target.incoming]
        joined = True
    return joined
