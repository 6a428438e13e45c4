"""Begin where the first test is that decides something.

Contract: statements that the later nodes read stay, and those that refuse packets, once each; a
filter that only returns has none.
"""

from __future__ import annotations

from fyke.filter.optimize.flow import Flow, find_levels, find_live
from fyke.filter.optimize.stores import drop_dead


def drop_void_root(flow: Flow) -> None:
    """Skip tests at the root that lead to the same node either way."""
    root = flow.root
    if root.true is None or root.true is not root.false:
        return
    statements = root.statements
    while root.true is not None and root.true is root.false:
        root = root.true
        statements = statements + root.statements
    root.statements = [] if root.true is None else statements
    flow.root = root
    find_levels(flow)
    find_live(flow)
    drop_dead(root, lenient=False)
