"""Make one node of all that do the same and lead to the same places.

Contract: every way through the graph runs the same instructions as before.
"""

from __future__ import annotations

from fyke.filter.optimize.flow import Flow, Node, find_levels


def merge_equal(flow: Flow) -> None:
    """From the leaves up, so that equal tails become one before what leads to them is compared."""
    find_levels(flow)
    first: dict[tuple[object, ...], Node] = {}
    instead: dict[Node, Node] = {}
    for node in reversed(flow.down):
        if node.true is not None and node.false is not None:
            node.true = instead[node.true]
            node.false = instead[node.false]
        content = tuple((s.code, s.k) for s in node.statements)
        key = (node.code, node.k, node.true, node.false, content)
        instead[node] = first.setdefault(key, node)
    flow.root = instead[flow.root]
