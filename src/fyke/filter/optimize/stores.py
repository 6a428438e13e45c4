"""Drop statements whose result nothing reads.

Contract: what is live behind the node, and what its test reads, is computed as before. A load
that would have refused a packet too short for it goes too, when its value is not wanted.
"""

from __future__ import annotations

from fyke.filter.optimize.flow import Node, defines, test_uses, uses


def drop_dead(node: Node) -> bool:
    """True when something was dropped."""
    wanted = node.live | test_uses(node)
    kept = []
    for statement in reversed(node.statements):
        atom = defines(statement)
        if atom >= 0:
            if not wanted >> atom & 1:
                continue
            wanted &= ~(1 << atom)
        wanted |= uses(statement)
        kept.append(statement)
    if len(kept) == len(node.statements):
        return False
    kept.reverse()
    node.statements = kept
    return True
