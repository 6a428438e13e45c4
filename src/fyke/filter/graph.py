"""What lowering makes and the passes rewrite: blocks of statements with a true and a false edge.

A block is a list of statements that run in order, then one test whose outcome picks the next
block; a leaf returns. The graph has no loops (classic BPF only jumps forward). Blocks are
compared by identity.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: Columns of the expression, from and up to (exclusive); None for what no word asked for.
Span = tuple[int, int] | None


@dataclass(slots=True, eq=False)
class Statement:
    """One instruction: BPF code and k.

    A JMP among the statements of a block jumps forward within that list: both targets are
    statements of the same list (JA has only ``on_true``; its ``k`` is filled in when it is laid
    out). Only programs that must not be optimised have such jumps (``Graph.optimizable``).
    """

    code: int
    k: int = 0
    span: Span = None
    on_true: Statement | None = None
    on_false: Statement | None = None


@dataclass(slots=True, eq=False)
class Block:
    """Statements, then a test (JMP class, with both edges) or a return (RET class, no edges)."""

    code: int  #: the test or the return
    k: int = 0
    statements: list[Statement] = field(default_factory=list)
    on_true: Block | None = None
    on_false: Block | None = None
    span: Span = None


@dataclass(slots=True)
class Graph:
    """A whole filter: where it begins, and whether the passes may touch it."""

    root: Block
    optimizable: bool = True
