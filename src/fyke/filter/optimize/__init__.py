"""Make the graph that lowering gives smaller and its ways shorter: the order of the passes.

Each pass is a file of its own and changes nothing that a packet could tell: the program returns
the same for every packet. First tests are moved and skipped, then statements rewritten, both
until nothing changes; then equal nodes become one. The passes and their order are those of
McCanne and Jacobson (The BSD Packet Filter, 1993) as libpcap has them, so that the listing is
libpcap's wherever ours is not shorter.
"""

from __future__ import annotations

from fyke.bpf.instructions import RET, K
from fyke.filter.graph import Graph
from fyke.filter.optimize import flow as flows
from fyke.filter.optimize.absorb import absorb
from fyke.filter.optimize.flow import Flow, Node
from fyke.filter.optimize.jumps import thread
from fyke.filter.optimize.merge import merge_equal
from fyke.filter.optimize.needless import drop_needless
from fyke.filter.optimize.operands import order_operands
from fyke.filter.optimize.peephole import (
    decide_test,
    drop_void_test,
    rewrite_statements,
    simplify_test,
)
from fyke.filter.optimize.pullup import pull_up
from fyke.filter.optimize.root import drop_void_root
from fyke.filter.optimize.sets import search_sets
from fyke.filter.optimize.split import split_blocks
from fyke.filter.optimize.stores import drop_dead
from fyke.filter.optimize.straighten import straighten
from fyke.filter.optimize.values import Numbering

PATIENCE = 100  #: rounds that only move edges before we take it that they go in circles


def optimize(graph: Graph, deadline: float = 0.0) -> Graph:
    """An equal graph, smaller where possible; ``graph`` itself is left as it is.

    Raises FilterError for a division by a constant zero, and where that is not done when this
    process has had ``deadline`` seconds of processor time (0: any).
    """
    if not graph.optimizable:
        return graph
    flow = flows.load(split_blocks(graph))
    flow.deadline = deadline
    again = True
    while again:
        _until_stable(flow, rewrite=False)
        _until_stable(flow, rewrite=True)
        again = straighten(flow)
    order_operands(flow)
    merge_equal(flow)
    while drop_needless(flow) or absorb(flow):
        merge_equal(flow)
    drop_void_root(flow)
    if graph.members:
        search_sets(flow)
        merge_equal(flow)
    return flows.store(flow)


def rejects_all(graph: Graph) -> bool:
    """Whether an optimised graph refuses every packet."""
    return graph.root.code == RET | K and graph.root.k == 0


def _until_stable(flow: Flow, rewrite: bool) -> None:
    idle = 0
    while idle < PATIENCE:
        simplified, moved = _round(flow, rewrite)
        if not (simplified or moved):
            return
        idle = 0 if simplified else idle + 1


def _round(flow: Flow, rewrite: bool) -> tuple[bool, bool]:
    """One round of all passes: whether anything got simpler, and whether an edge moved.

    With ``rewrite`` statements change and edges stay; without it the other way round.
    """
    flow.check_time()
    flows.find_levels(flow)
    flows.find_incoming(flow)
    flows.find_live(flow)
    if not rewrite:
        flows.find_edges(flow)
    simplified = _simplify(flow, rewrite)
    if rewrite:
        return simplified, False
    moved, skipped = thread(flow)
    flows.find_incoming(flow)
    moved = pull_up(flow) or moved
    return simplified or skipped, moved


def _simplify(flow: Flow, rewrite: bool) -> bool:
    """Follow the values through the graph, and simplify each node as it is reached."""
    numbering = Numbering(flow, rewrite)
    changed = False
    for node in flow.down:
        numbering.enter(node)
        numbering.walk(node)
        if rewrite and _does_nothing(node):
            changed = changed or bool(node.statements)
            node.statements = []
        else:
            shorter = rewrite_statements(node)
            shorter = simplify_test(node, numbering) or shorter
            changed = decide_test(node, numbering) or changed
            if rewrite and drop_void_test(node, numbering):
                changed = True
            if drop_dead(node) or shorter:
                numbering.again(node)
                changed = True
        node.operand = (numbering.constant(node.k) if node.code & 8 == K
                        else node.values[flows.ATOM_X])
    if numbering.swapped and not rewrite:
        flows.find_edges(flow)  # libpcap goes on with the old ones: it refuses "A and A"
    return changed or numbering.changed


def _does_nothing(node: Node) -> bool:
    """Whether a node leaves A and X as it found them and nothing behind it reads any atom."""
    if node.true is None:
        return True
    return (node.live == 0 and node.entry[flows.ATOM_A] == node.values[flows.ATOM_A]
            and node.entry[flows.ATOM_X] == node.values[flows.ATOM_X])
