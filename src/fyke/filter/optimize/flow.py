"""The graph as the passes see it: nodes with room for what is known about them, and the analyses.

An analysis looks at all nodes and notes facts in them (levels, predecessors, dominators, what is
live); it changes nothing else. Sets of nodes and of edges are the bits of an int.
"""

from __future__ import annotations

from time import process_time

from fyke.bpf.instructions import (
    ALU,
    IND,
    JA,
    JMP,
    LD,
    LDX,
    MEM,
    MISC,
    RET,
    ST,
    STX,
    TXA,
    A,
    X,
)
from fyke.errors import FilterError
from fyke.filter.graph import (
    WORDS,
    WORDS_AT_X,
    Block,
    Graph,
    Load,
    Member,
    Span,
    Statement,
)

JUMP = JMP | JA
WORD = 0xFFFFFFFF

# The places that hold a value, called atoms here: the two registers, then M[0] to M[15].
ATOM_A, ATOM_X, ATOM_M = range(3)
USES_A = 1 << ATOM_A
USES_X = 1 << ATOM_X

MOST_NODES = 20_000  #: what is noted for each edge grows with the square of their number
TOO_LARGE = ("the expression is too large to be optimised in reasonable time and memory; give "
             "fewer terms, or leave the optimiser out (-O)")

READ_WORDS = (WORDS, WORDS_AT_X)

Values = list[int]  #: a value number for every atom in use


class Node:
    """A block in the works: its content, its place in the graph, and what the analyses found."""

    __slots__ = ("code", "edges", "entry", "false", "id", "incoming", "k", "level",
                 "live", "needs", "operand", "set", "span", "statements", "true", "values")

    def __init__(self, block: Block, number: int) -> None:
        self.id = number
        self.code = block.code
        self.k = block.k
        self.span: Span = block.span
        self.set = block.set
        self.statements = [Statement(s.code, s.k, s.span, s.on_true, s.on_false)
                           for s in block.statements]
        self.true: Node | None = None  #: the next node; None in a leaf, which returns
        self.false: Node | None = None
        self.level = 0  #: the longest way to a leaf
        self.incoming: list[Node] = []  #: the predecessor on every edge that leads here
        self.edges = 0  #: edges on every way here
        self.needs = 0  #: atoms whose value at the entry matters
        self.live = 0  #: atoms whose value at the exit matters
        self.entry: Values = []  #: value numbers before the statements
        self.values: Values = []  #: value numbers behind the statements
        self.operand = 0  #: value number of what the test compares A with


class Flow:
    """All nodes of a graph and the order in which passes walk them."""

    __slots__ = ("atoms", "count", "deadline", "down", "root", "up")

    def __init__(self, root: Node, count: int, atoms: int) -> None:
        self.root = root
        self.atoms = atoms  #: A, X, and as many words of memory as are in use
        self.count = count  #: ids are below this
        self.down: list[Node] = []  #: every node before its successors
        self.up: list[Node] = []  #: every node that is no leaf, behind its successors
        self.deadline = 0.0  #: processor time at which the passes give up; 0: never

    def check_time(self) -> None:
        """Raise FilterError where the passes have taken too long."""
        if self.deadline and process_time() > self.deadline:
            raise FilterError(TOO_LARGE)


def load(graph: Graph) -> Flow:
    """The nodes of ``graph``, numbered from the root, true branch first; the graph stays as is."""
    nodes: dict[Block, Node] = {}
    order: list[Block] = []
    stack = [graph.root]
    while stack:
        block = stack.pop()
        if block in nodes:
            continue
        if len(order) == MOST_NODES:
            raise FilterError(TOO_LARGE)
        nodes[block] = Node(block, len(order))
        order.append(block)
        if block.on_true is not None:
            stack.append(block.on_false or block.on_true)
            stack.append(block.on_true)
    sets: dict[tuple[tuple[Member, ...], tuple[Load, ...]], int] = {}
    for block, node in nodes.items():
        if block.set is not None:  # equal k, equal set
            node.k = sets.setdefault((block.set.members, block.set.loads), len(sets))
        if block.on_true is not None:
            node.true = nodes[block.on_true]
            node.false = nodes[block.on_false or block.on_true]
    words = [s.k for block in order for s in block.statements
             if s.code in (ST, STX, LD | MEM, LDX | MEM)]
    return Flow(nodes[graph.root], len(order), ATOM_M + max(words, default=-1) + 1)


def store(flow: Flow) -> Graph:
    """The nodes as a graph again."""
    find_levels(flow)
    blocks: dict[Node, Block] = {}
    for node in reversed(flow.down):
        true, false = node.true, node.false
        code = node.code if true is not false or true is None else JUMP
        blocks[node] = Block(code, node.k, node.statements,
                             blocks[true] if true is not None else None,
                             blocks[false] if false is not None else None, node.span)
    return Graph(blocks[flow.root])


def find_levels(flow: Flow) -> None:
    """Order the nodes: a node's level is the longest way from it to a leaf."""
    levels: list[list[Node]] = []
    seen = bytearray(flow.count)
    stack = [flow.root]
    while stack:
        node = stack[-1]
        true, false = node.true, node.false
        state = seen[node.id]
        if true is None or false is None:
            node.level = 0
        elif state == 0:
            seen[node.id] = 1
            if not seen[true.id]:
                stack.append(true)
                continue
            if not seen[false.id]:
                stack.append(false)
                continue
            node.level = max(true.level, false.level) + 1
        elif state == 1:
            if not seen[false.id]:
                stack.append(false)
                continue
            node.level = max(true.level, false.level) + 1
        stack.pop()
        if state == 2:
            continue
        seen[node.id] = 2
        while len(levels) <= node.level:
            levels.append([])
        levels[node.level].append(node)
    for level in levels:
        level.reverse()  # the listing depends on who comes first; this is libpcap's order
    flow.up = [node for level in levels[1:] for node in level]
    flow.down = [node for level in reversed(levels) for node in level]


def find_incoming(flow: Flow) -> None:
    """Note in every node the predecessors, one for each edge, the last found last."""
    for node in flow.down:
        node.incoming = []
    for node in flow.down:
        if node.true is not None and node.false is not None:
            node.true.incoming.append(node)
            node.false.incoming.append(node)


def find_edges(flow: Flow) -> None:
    """Note in every node the edges that every way from the root passes.

    The edge for "true" out of node n is bit n, the one for "false" is bit count + n.
    """
    for node in flow.down:
        node.edges = -1  # all, until a way is seen that avoids some
    flow.root.edges = 0
    for node in flow.down:
        true, false = node.true, node.false
        if true is not None and false is not None:
            bit = 1 << node.id
            true.edges &= node.edges | bit
            false.edges &= node.edges | bit << flow.count


def find_live(flow: Flow) -> None:
    """Note in every node which atoms must hold their value at its entry and at its exit."""
    for node in reversed(flow.down):
        live = 0
        if node.true is not None and node.false is not None:
            live = node.true.needs | node.false.needs
        if node.code in READ_WORDS:
            live &= ~USES_A  # it loads A anew
        node.live = live
        needs = live | test_uses(node)
        for statement in reversed(node.statements):
            atom = defines(statement)
            if atom >= 0:
                needs &= ~(1 << atom)
            needs |= uses(statement)
        node.needs = needs


def _table_of_uses() -> list[int]:
    """The registers that each code reads."""
    table = []
    for code in range(256):
        kind = code & 7
        if kind in (LD, LDX):
            reads = USES_X if code & 0xE0 == IND else 0
        elif kind in (ALU, JMP):
            reads = USES_A | (USES_X if code & 8 == X else 0)
        elif kind == RET:
            reads = USES_A if code & 0x18 == A else 0
        elif kind == MISC:
            reads = USES_X if code & 0xF8 == TXA else USES_A
        else:
            reads = USES_X if kind == STX else USES_A
        table.append(reads)
    table[JUMP] = table[WORDS] = 0
    table[WORDS_AT_X] = USES_X
    return table


USES = _table_of_uses()
#: The register that each code writes; -1 for none. ST and STX write M[k].
DEFINES = [{LD: ATOM_A, ALU: ATOM_A, LDX: ATOM_X,
            MISC: ATOM_A if code & 0xF8 == TXA else ATOM_X}.get(code & 7, -1)
           for code in range(256)]


def uses(statement: Statement) -> int:
    """The atoms that a statement reads, as bits."""
    code = statement.code
    if code in (LD | MEM, LDX | MEM):
        return 1 << ATOM_M + statement.k
    return USES[code]


def defines(statement: Statement) -> int:
    """The atom that a statement writes, or -1."""
    code = statement.code
    return ATOM_M + statement.k if code in (ST, STX) else DEFINES[code]


def test_uses(node: Node) -> int:
    """The registers that the end of a node reads, as bits."""
    return USES[node.code]
