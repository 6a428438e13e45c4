"""What lowering makes and the passes rewrite: blocks of statements with a true and a false edge.

A block is a list of statements that run in order, then one test whose outcome picks the next
block; a leaf returns. The graph has no loops (classic BPF only jumps forward). Blocks are
compared by identity.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: Columns of the expression, from and up to (exclusive); None for what no word asked for.
Span = tuple[int, int] | None


@dataclass(slots=True)
class Statement:
    """One instruction that is not a jump: BPF code and k."""

    code: int
    k: int = 0
    span: Span = None


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
    """A whole filter: where it begins."""

    root: Block
