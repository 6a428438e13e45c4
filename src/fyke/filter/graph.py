"""What lowering makes and the passes rewrite: blocks of statements with a true and a false edge.

A block is a list of statements that run in order, then one test whose outcome picks the next
block; a leaf returns. The graph has no loops (classic BPF only jumps forward). Blocks are
compared by identity.
"""

from __future__ import annotations

#: Tests that no machine has; the passes make searches of them. The first: A is a member of
#: ``Block.set``. The others: so are the words that ``Set.loads`` loads, from the packet or from
#: X on; these leave in A the word that was looked at last.
MEMBER = 0x55
WORDS, WORDS_AT_X = 0x65, 0x6D

#: Columns of the expression, from and up to (exclusive); None for what no word asked for.
Span = tuple[int, int] | None

#: Numbers from and up to (inclusive), and where in the expression they come from.
Range = tuple[int, int, Span]

#: A range for each word of a field, the first one compared first. A member with fewer ranges than
#: others asks for less: the words behind may be anything.
Member = tuple[Range, ...]

#: Code and k of the statement that loads a word.
Load = tuple[int, int]


# Plain classes: importing dataclasses would cost more than compiling most filters.


class Statement:
    """One instruction: BPF code and k.

    A JMP among the statements of a block jumps within that list: both targets are statements of
    the same list, None for its end. JA has only ``on_true``, and in ``k`` how far that was when
    the list was made. Programs that must not be optimised have such jumps (``Graph.optimizable``),
    and so has the test of a VLAN id that the kernel may have moved to metadata.
    """

    __slots__ = ("code", "k", "on_false", "on_true", "span")

    def __init__(self, code: int, k: int = 0, span: Span = None,
                 on_true: Statement | None = None, on_false: Statement | None = None) -> None:
        self.code = code
        self.k = k
        self.span = span
        self.on_true = on_true
        self.on_false = on_false

    def __repr__(self) -> str:
        return f"Statement({self.code:#04x}, {self.k:#x})"


class Set:
    """What a field may be: its members, in the order of the expression."""

    __slots__ = ("alone", "loads", "members")

    def __init__(self, members: tuple[Member, ...], loads: tuple[Load, ...] = (),
                 alone: bool = True) -> None:
        self.members = members
        self.loads = loads  #: of each word of the field; none where A holds the only one
        self.alone = alone  #: the terms compare no other field with what differs between them


class Block:
    """Statements, then a test (JMP class, with both edges) or a return (RET class, no edges)."""

    __slots__ = ("code", "k", "on_false", "on_true", "set", "span", "statements")

    def __init__(self, code: int, k: int = 0, statements: list[Statement] | None = None,
                 on_true: Block | None = None, on_false: Block | None = None,
                 span: Span = None) -> None:
        self.code = code  #: the test or the return
        self.k = k
        self.statements: list[Statement] = [] if statements is None else statements
        self.on_true = on_true
        self.on_false = on_false
        self.span = span
        self.set: Set | None = None  #: of a test of a set

    def __repr__(self) -> str:
        return f"Block({self.code:#04x}, {self.k:#x}, {self.statements!r})"


class Graph:
    """A whole filter: where it begins, and whether the passes may touch it."""

    __slots__ = ("members", "optimizable", "ports_shared", "roles", "root")

    def __init__(self, root: Block, optimizable: bool = True, members: int = 0,
                 ports_shared: bool = False) -> None:
        self.root = root
        self.optimizable = optimizable
        #: What scratch words hold that all tests read, by number (dialect fyke).
        self.roles: dict[int, str] = {}
        self.members = members  #: how many its sets have together; 0: there are none
        #: Protocols share a test of ports, and other tests ask for a protocol or for ports, too.
        self.ports_shared = ports_shared
