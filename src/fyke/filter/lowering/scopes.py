"""Dialect fyke: words such as ``vlan`` and ``mpls`` shift what follows them in their own ``and``
chain and parentheses only, and protocols are found wherever they are.

A scope is one stack of headers that tests are about: the packet's, or what an encapsulation holds.
Where its headers are is found by walks (walks.py). A walk stands before the first test that needs
it, or, where several do, before the first of them, so that what stands before it asks no more of a
packet than it always did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fyke.bpf.instructions import (
    ADD,
    ALU,
    AND,
    IND,
    JEQ,
    JSET,
    LD,
    LDX,
    LEN,
    LSH,
    MEM,
    MISC,
    TAX,
    K,
    X,
)
from fyke.filter.graph import Span, Statement
from fyke.filter.lowering import walks
from fyke.filter.lowering.fragment import Fragment, all_of, any_of, both, negate
from fyke.filter.lowering.generator import LLC, TRANSPORT4, TRANSPORT6, TYPE, Base, Generator
from fyke.filter.lowering.layout import Layout, Movable, Offset
from fyke.filter.lowering.tags import in_metadata
from fyke.filter.options import Options
from fyke.filter.syntax import And, Expression, Not, Or
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Build = Callable[[Generator, "Scope"], Fragment]

MOST_BLOCKS = 20_000  #: of all walks; what is larger is no program that anybody can run


class Walk:
    """A walk that some tests need: how it is made, and what must run before it."""

    __slots__ = ("after", "build", "number", "scope", "span", "words")

    def __init__(self, scope: Scope, build: Build, words: tuple[str, ...],
                 after: tuple[Walk, ...]) -> None:
        self.scope = scope
        self.build = build
        self.words = words
        self.after = after
        self.span: Span = None  #: the words of the expression that need it first
        self.number = 0  #: the order in which walks run


class Scope:
    """One stack of headers: its offsets as they are known beforehand, and its scratch words."""

    __slots__ = ("asks_passed", "gen", "layout", "live", "network", "number", "payload", "raw",
                 "transport", "words")

    def __init__(self, gen: ScopedGenerator, raw: Layout, outside: Scope | None,
                 live: bool) -> None:
        self.gen = gen
        self.raw = raw
        self.number = len(gen.scopes)
        self.live = live  #: the outermost tag may be in the kernel's metadata
        self.asks_passed = False  #: somebody asks which headers were stepped over
        self.words: dict[str, int] = {}
        self.network: Walk | None = None
        before: tuple[Walk, ...] = ()
        if outside is not None and outside.network is not None:
            before = (outside.network,)
        if raw.labels and outside is not None:
            self.network = outside.network  # labels do not move what is before them
        elif raw.link.may_be_tagged:
            self.network = Walk(self, walks.network_walk, ("type", "tags"), ())
        found = (self.network,) if self.network is not None else before
        self.transport = Walk(self, walks.transport_walk, ("proto", "transport"), found)
        self.payload = Walk(self, walks.payload_walk, ("payload", "size"), (self.transport,))
        payload = raw.payload
        if self.network is not None:
            payload = Offset(payload.constant, True)
        self.layout = raw._replace(payload=payload, scope=self)

    def word(self, role: str) -> int:
        """The scratch word with this role, given out at first use."""
        number = self.words.get(role)
        if number is None:
            number = self.words[role] = self.gen.take_word(self, role)
        return number


class ScopedGenerator(Generator):
    """Reads what walks found in place of what is known beforehand.

    ``reserve`` are scratch words (the number of a scope, a role) that are given out when their
    scope begins: before arithmetic, which may come to stand behind the walk that fills them.
    """

    scoped = True

    def __init__(self, options: Options, layout: Layout,
                 reserve: Iterable[tuple[int, str]] = ()) -> None:
        super().__init__(options, layout)
        self.scopes: list[Scope] = []
        self.open: list[Scope] = []  #: those that have not ended
        self.needed: set[Walk] = set()  #: by the test that is made now
        self.walks = 0  #: how many are needed
        self.walked = 0  #: blocks of those that were made
        self.roles: dict[int, str] = {}  #: what the outermost scope's words hold
        self.given: list[tuple[int, str]] = []  #: words, as in ``reserve``
        self.free: dict[str, list[int]] = {}  #: words of scopes that have ended, by role
        self.fixed: dict[Movable, int] = {}  #: words of the link type's own offsets
        self.reserve: dict[int, list[str]] = {}
        for number, role in reserve:
            self.reserve.setdefault(number, []).append(role)
        link = layout.link
        self.enter(layout, live=options.linux_extensions and link.tag_in_metadata)

    # --- scopes and words ---

    @property
    def scope(self) -> Scope:
        """What tests are about now."""
        found: Scope = self.layout.scope
        return found

    def enter(self, raw: Layout, live: bool = False) -> None:
        """From here on tests are about the headers of this layout."""
        outside = self.layout.scope
        scope = Scope(self, raw._replace(scope=None), outside, live)
        self.scopes.append(scope)
        self.open.append(scope)
        for role in self.reserve.get(scope.number, ()):
            scope.word(role)
        self.layout = scope.layout

    def leave(self, layout: Layout, first: int) -> None:
        """Go back to a layout; scopes from this number on have ended."""
        while self.open and self.open[-1].number >= first:
            for role, number in self.open.pop().words.items():
                self.free.setdefault(role, []).append(number)
        self.return_to(layout)

    def return_to(self, layout: Layout) -> None:
        """Tests are about this layout again, which may not know yet which words it was given."""
        for movable, number in self.fixed.items():
            offset = layout.offset(movable)
            if offset.variable and offset.register is None:
                layout = layout.with_offset(movable, offset._replace(register=number))
        self.layout = layout

    def take_word(self, scope: Scope, role: str) -> int:
        """A word for a scope: one that had the role in a scope that has ended, or a new one."""
        free = self.free.get(role)
        if free:
            return free.pop()
        written = set(self.registers.written)
        number = self.take_register()
        if role not in self.reserve.get(scope.number, ()):
            self.overwritten |= number in written
        self.given.append((scope.number, role))
        if scope.number == 0:
            self.roles[number] = role
        return number

    def take_words(self, *roles: str) -> list[int]:
        """Words that are written where they are taken, for an offset that is known there."""
        words = []
        for role in roles:
            free = self.free.get(role)
            words.append(free.pop() if free else self.take_register())
        return words

    def register_of(self, movable: Movable) -> int:
        scope = self.layout.scope
        if movable == "payload" and scope is not None and scope.network is not None:
            self.need(scope.network)
            return int(scope.network.scope.word("tags"))
        offset = self.layout.offset(movable)
        number = super().register_of(movable)
        if offset.register is None:
            self.fixed[movable] = number
        return number

    # --- walks ---

    def need(self, walk: Walk) -> None:
        """The test that is made now reads what this walk finds."""
        if walk in self.needed:
            return
        for before in walk.after:
            self.need(before)
        if walk.number == 0:
            self.walks += 1
            walk.number = self.walks
            walk.span = self.span
            for role in walk.words:
                walk.scope.word(role)
        self.needed.add(walk)

    def made(self, walk: Walk) -> Fragment:
        """The code of a walk."""
        layout, span = self.layout, self.span
        self.span = walk.span
        if self.walked > MOST_BLOCKS:
            self.fail("the expression looks for headers within too many tunnels, sessions and "
                      "labels, each anew; give fewer terms")
        self.return_to(walk.scope.layout)
        fragment = walk.build(self, walk.scope)
        self.span = span
        self.return_to(layout)
        return fragment

    def load(self, base: Base, offset: int, width: int) -> list[Statement]:
        scope = self.layout.scope
        if scope is None:
            return super().load(base, offset, width)
        if base is TRANSPORT4 or base is TRANSPORT6:
            layout = self.layout
            at = layout.payload.constant + layout.network + offset
            return [*self.ip_header_length(), self.statement(LD | IND | width, at)]
        if base is TYPE and scope.network is not None:
            if offset:  # LLC behind an 802.3 length
                return super().load(LLC, offset - 2, width)
            self.need(scope.network)
            return [self.statement(LD | MEM, scope.network.scope.word("type"))]
        return super().load(base, offset, width)

    def length(self) -> list[Statement]:
        """With the tag that the kernel took out of the packet, as it is in a file."""
        if not self.scopes[0].live:
            return super().length()
        return [*in_metadata(self), self.statement(ALU | LSH | K, 2),
                self.statement(MISC | TAX), self.statement(LD | LEN),
                self.statement(ALU | ADD | X)]

    def ip_header_length(self) -> list[Statement]:
        """X is the run-time part of the transport header's offset, whichever IP is before it."""
        scope = self.scope
        self.need(scope.transport)
        return [self.statement(LDX | MEM, scope.word("transport"))]

    def protocol(self, number: int, *, header: bool) -> Fragment:
        """What is above IP is this protocol; with ``header`` the packet has its header, too."""
        scope = self.scope
        self.need(scope.transport)
        code = [self.statement(LD | MEM, scope.word("proto"))]
        if not header:
            code.append(self.statement(ALU | AND | K, walks.ANY_FRAGMENT))
        return self.jump(JEQ, number, code)

    def passed(self, number: int) -> Fragment:
        """The header of such an extension was stepped over."""
        scope = self.scope
        self.need(scope.transport)
        scope.asks_passed = True
        code = [self.statement(LD | MEM, scope.word("passed"))]
        return self.jump(JSET, walks.PASSED[number], code)


# --- the whole expression -------------------------------------------------------------------------

class Piece:
    """A node of the tree on its way to a fragment."""

    __slots__ = ("before", "children", "fragment", "here", "needs", "node")

    def __init__(self, node: Expression, children: list[Piece], needs: set[Walk],
                 fragment: Fragment | None = None) -> None:
        self.node = node
        self.children = children
        self.needs = needs  #: walks that may have to stand before this node
        self.here: list[Walk] = []  #: walks that stand within it, wherever
        self.before: dict[int, list[Walk]] = {}  #: walks by the child that they stand before
        self.fragment = fragment  #: of a test


def expression(gen: Generator, tree: Expression, sets: bool,
               test: Callable[[Generator, Any], Fragment]) -> tuple[Fragment, int]:
    """The code for a whole expression, however deep; and how many members its sets have."""
    assert isinstance(gen, ScopedGenerator)
    pieces = _tests(gen, tree, test)
    whole = pieces[-1]
    whole.here += sorted(whole.needs, key=lambda walk: walk.number)
    for piece in reversed(pieces):
        _place(piece)
    members = 0
    for piece in pieces:
        members += _join(gen, piece, sets)
    assert whole.fragment is not None
    return whole.fragment, members


def _tests(gen: ScopedGenerator, tree: Expression,
           test: Callable[[Generator, Any], Fragment]) -> list[Piece]:
    """All tests, made from left to right, each in its scope; children stand before their parent."""
    pieces: list[Piece] = []
    done: list[Piece] = []  # whose parent is still to come
    work: list[Callable[[], None]] = []

    def begin(node: Expression) -> None:
        if isinstance(node, Not):
            terms: tuple[Expression, ...] = (node.term,)
        elif isinstance(node, (And, Or)):
            terms = node.terms
        else:
            gen.span = node.span
            gen.needed = set()
            fragment = test(gen, node)
            finish(Piece(node, [], gen.needed, fragment))
            return
        layout, first = gen.layout, len(gen.scopes)
        work.append(lambda: end(node, len(terms), layout, first))
        for number in range(len(terms) - 1, -1, -1):
            work.append(lambda term=terms[number]: begin(term))  # type: ignore[misc]
            if number and isinstance(node, Or):
                work.append(lambda: gen.leave(layout, first))

    def end(node: Expression, count: int, layout: Layout, first: int) -> None:
        gen.leave(layout, first)
        children = done[-count:]
        del done[-count:]
        needs = set().union(*(each.needs for each in children))
        own = {walk for walk in needs if walk.scope.number >= first}
        piece = Piece(node, children, needs - own)
        piece.here = sorted(own, key=lambda walk: walk.number)
        finish(piece)

    def finish(piece: Piece) -> None:
        pieces.append(piece)
        done.append(piece)

    begin(tree)
    while work:
        work.pop()()
    return pieces


def _place(piece: Piece) -> None:
    """Put walks where they must run: before the one child that needs them, within it; where
    several do, before the first of them.
    """
    if not piece.children:
        piece.before[0] = piece.here
        return
    for walk in sorted(piece.here, key=lambda walk: walk.number):
        holders = [child for child in piece.children if walk in child.needs]
        if len(holders) == 1:
            holders[0].here.append(walk)
        else:
            piece.before.setdefault(piece.children.index(holders[0]), []).append(walk)


def _join(gen: ScopedGenerator, piece: Piece, sets: bool) -> int:
    """Make one fragment of a node; how many members its sets have."""
    if piece.fragment is not None:
        piece.fragment = _behind(gen, piece.before.get(0, []), piece.fragment)
        return 0
    terms = [child.fragment for child in piece.children if child.fragment is not None]
    members = 0
    if isinstance(piece.node, Not):
        piece.fragment = _behind(gen, piece.before.get(0, []), negate(terms[0]))
        return 0
    chain = all_of if isinstance(piece.node, And) else any_of
    made: Fragment | None = None
    end = len(terms)
    for start in sorted({0, *piece.before}, reverse=True):
        part = terms[start:end]
        if sets:
            from fyke.filter.lowering.sets import gather, gather_negated

            part, found = (gather_negated if chain is all_of else gather)(part)
            members += found
        made = chain(*part) if made is None else chain(*part, made)
        made = _behind(gen, piece.before.get(start, []), made)
        end = start
    piece.children = []
    piece.fragment = made
    return members


def _behind(gen: ScopedGenerator, before: list[Walk], fragment: Fragment) -> Fragment:
    """A fragment with walks in front of it."""
    for walk in reversed(before):
        fragment = both(gen.made(walk), fragment)
    return fragment
