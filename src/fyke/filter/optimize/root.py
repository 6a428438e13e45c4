"""Begin where the first test is that decides something.

Contract: statements that the later nodes read stay; a filter that only returns has none.
"""

from __future__ import annotations

from fyke.filter.optimize.flow import Flow


def drop_void_root(flow: Flow) -> None:
    """Skip tests at the root that lead to the same node either way."""
    root = flow.root
    statements = root.statements
    while root.true is not None and root.true is root.false:
        root = root.true
        statements = statements + root.statements
    root.statements = [] if root.true is None else statements
    flow.root = root
