"""Drop statements whose result nothing reads.

Contract: what is live behind the node, and what its test reads, is computed as before. A load
that would have refused a packet too short for it goes too, when its value is not wanted.
"""

from __future__ import annotations

from fyke.bpf.instructions import ABS, ALU, DIV, IND, LD, LDX, MOD, MSH
from fyke.filter.graph import Statement
from fyke.filter.optimize.flow import Node, defines, test_uses, uses


def drop_dead(node: Node, lenient: bool = True) -> bool:
    """True when something was dropped.

    What only a dropped statement reads goes in the next round, as in libpcap: until then a value
    that it computes may be found again. If not ``lenient``, a load that can refuse a packet
    stays, unless the same is loaded later.
    """
    wanted = node.live | test_uses(node)
    kept: list[Statement] = []
    for statement in reversed(node.statements):
        atom = defines(statement)
        if atom < 0 or wanted >> atom & 1 or not (lenient or _is_idle(statement, kept)):
            kept.append(statement)
            if atom >= 0:
                wanted &= ~(1 << atom)
        elif not lenient:
            continue
        wanted |= uses(statement)
    if len(kept) == len(node.statements):
        return False
    kept.reverse()
    node.statements = kept
    return True


def _is_idle(statement: Statement, later: list[Statement]) -> bool:
    """Whether a statement refuses no packet, or only what one of the ``later`` ones refuses."""
    code = statement.code
    if code & 7 in (LD, LDX) and code & 0xE0 in (ABS, IND, MSH):
        return code & 0xE0 != IND and any(
            (code, statement.k) == (each.code, each.k) for each in later)
    return code & 7 != ALU or code & 0xF0 not in (DIV, MOD)
