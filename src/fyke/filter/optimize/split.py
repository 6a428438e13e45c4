"""Make blocks of what lies between jumps inside a block, so that the passes see every way.

Contract: no statement jumps afterwards; each way through the graph runs what it did before.
"""

from __future__ import annotations

from fyke.bpf.instructions import JMP
from fyke.filter.graph import Block, Graph, Statement
from fyke.filter.optimize.flow import JUMP


def split_blocks(graph: Graph) -> Graph:
    """``graph`` itself when nothing in it jumps within a block."""
    blocks = _all_blocks(graph.root)
    if not any(s.code & 7 == JMP for block in blocks for s in block.statements):
        return graph
    heads: dict[Block, Block] = {}
    tails: list[tuple[Block, Block]] = []
    for block in blocks:
        head, tail = _split(block)
        heads[block] = head
        tails.append((block, tail))
    for block, tail in tails:
        if block.on_true is not None:
            tail.on_true = heads[block.on_true]
            tail.on_false = heads[block.on_false or block.on_true]
    return Graph(heads[graph.root], members=graph.members)


def _all_blocks(root: Block) -> list[Block]:
    seen = {root}
    stack = [root]
    found = []
    while stack:
        block = stack.pop()
        found.append(block)
        for successor in (block.on_true, block.on_false):
            if successor is not None and successor not in seen:
                seen.add(successor)
                stack.append(successor)
    return found


def _split(block: Block) -> tuple[Block, Block]:
    """The first and the last of the blocks that the statements of one make."""
    last = Block(block.code, block.k, [], span=block.span)
    last.set = block.set
    begins: dict[Statement | None, Block] = {None: last}
    targets = {target for s in block.statements for target in (s.on_true, s.on_false)}
    part = head = Block(JUMP) if block.statements else last
    pieces = [head]
    closed = False
    for place, statement in enumerate(block.statements):
        if closed or (place and statement in targets):
            part = Block(JUMP)
            if not closed:
                pieces[-1].on_true = pieces[-1].on_false = part
            pieces.append(part)
        begins[statement] = part
        part.statements.append(statement)
        closed = statement.code & 7 == JMP
    for piece in pieces:
        jump = piece.statements[-1] if piece.statements else None
        if jump is not None and jump.code & 7 == JMP:
            piece.statements.pop()
            piece.code, piece.k, piece.span = jump.code, jump.k, jump.span
            piece.on_true = begins[jump.on_true]
            piece.on_false = begins[jump.on_true if jump.code == JUMP else jump.on_false]
    if not closed and part is not last:
        part.code, part.k, part.span, part.set = last.code, last.k, last.span, last.set
        # What jumps to the end of the list needs the test alone, as a block of its own.
        if None in targets and _jumps_to_end(block):
            part.code, part.on_true, part.on_false = JUMP, last, last
            return head, last
        return head, part
    return head, last


def _jumps_to_end(block: Block) -> bool:
    return any(s.code & 7 == JMP and (s.on_true is None or (s.on_false is None and s.code != JUMP))
               for s in block.statements)
