"""Terms of an "or" that differ in a number only: ``host a or host b``, ``port 80 or portrange 1-9``.

Their fragments have one shape: the same blocks, but for the operand of some comparisons. When each
of these leads straight to "yes", the terms become one fragment of that shape, whose comparisons
ask whether the field is in a set.
"""

from __future__ import annotations

from collections.abc import Sequence

from fyke.bpf.instructions import ALU, AND, JEQ, JGE, JGT, JMP, K
from fyke.filter.graph import MEMBER, Block, Range, Statement
from fyke.filter.lowering.fragment import Fragment, negate

WORD = 0xFFFFFFFF
EQUAL, AT_LEAST, ABOVE = (JMP | test | K for test in (JEQ, JGE, JGT))
MASK = ALU | AND | K
YES, NO = -1, -2  #: the open exits, where other edges have the number of a comparison

Load = tuple[tuple[int, int], ...]


class Comparison:
    """A field in a range (or another test, then ``range`` is None), and where that leads to."""

    __slots__ = ("block", "edges", "load", "mask", "range", "upper")

    def __init__(self, block: Block) -> None:
        self.block = block
        self.upper: Block | None = None  #: where the upper end of the range is tested
        self.range: tuple[int, int] | None = None
        self.mask = ~0
        self.load: Load = ()
        self.edges = (0, 0)  #: numbers of the comparisons that follow when true and when false


class Shape:
    """A fragment as comparisons, in the order in which they are met; ``key`` is without ranges."""

    __slots__ = ("comparisons", "fragment", "key")

    def __init__(self, fragment: Fragment, comparisons: list[Comparison]) -> None:
        self.fragment = fragment
        self.comparisons = comparisons
        self.key = tuple([
            (c.load, c.edges, () if c.range else (c.block.code, c.block.k, c.block.members))
            for c in comparisons])

    def ranges(self) -> list[tuple[int, int] | None]:
        return [each.range for each in self.comparisons]


def gather(terms: Sequence[Fragment]) -> tuple[list[Fragment], int]:
    """The terms, runs of equal shape joined; and how many are in such runs altogether."""
    result: list[Fragment] = []
    run: list[Shape] = []
    members = 0
    for term in [*terms, None]:
        shape = None if term is None else _shape(term)
        if run and (shape is None or shape.key != run[0].key):
            joined = _join(run) if len(run) > 1 else None
            if joined is not None:
                members += len(run)
                result.append(joined)
            else:
                result.extend(each.fragment for each in run)
            run = []
        if shape is not None:
            run.append(shape)
        elif term is not None:
            result.append(term)
    return result, members


def gather_negated(terms: Sequence[Fragment]) -> tuple[list[Fragment], int]:
    """The same for the terms of an "and": ``not host a and not host b``."""
    joined, members = gather([negate(each) for each in terms])
    return [negate(each) for each in joined], members


# --- what shape a fragment has --------------------------------------------------------------------

def _shape(fragment: Fragment) -> Shape | None:
    """None for what has jumps within its blocks."""
    numbers = {fragment.head: 0}
    blocks = [fragment.head]
    comparisons = []
    yes = set(fragment.on_true)
    for block in blocks:  # grows
        comparison = Comparison(block)
        if not _read(comparison, yes):
            return None
        last = comparison.upper or block
        edges = []
        for source, sense in ((last, comparison.upper is None), (block, False)):
            target = source.on_true if sense else source.on_false
            if target is None:
                edges.append(YES if (source, sense) in yes else NO)
                continue
            if target not in numbers:
                numbers[target] = len(blocks)
                blocks.append(target)
            edges.append(numbers[target])
        comparison.edges = (edges[0], edges[1])
        comparisons.append(comparison)
    return Shape(fragment, comparisons)


def _read(comparison: Comparison, yes: set[tuple[Block, bool]]) -> bool:
    """Fill in what is loaded and the range that it is compared with."""
    block = comparison.block
    statements = block.statements
    if any(s.code & 7 == JMP for s in statements):
        return False
    load = tuple([(s.code, s.k) for s in statements])
    comparison.load = load
    if block.code == EQUAL:
        gap = 0
        if load and load[-1][0] == MASK:
            load, gap = load[:-1], ~load[-1][1] & WORD
        if gap & (gap + 1) == 0 and block.k & gap == 0:  # the mask is a prefix
            comparison.load = load
            comparison.mask = ~gap
            comparison.range = (block.k, block.k | gap)
    elif block.code == AT_LEAST and block.on_true is not None:
        upper = block.on_true
        if (upper.code == ABOVE and load == tuple([(s.code, s.k) for s in upper.statements])
                and _same_exit(block, upper, yes) and block.k <= upper.k):
            comparison.upper = upper
            comparison.range = (block.k, upper.k)
    return True


def _same_exit(lower: Block, upper: Block, yes: set[tuple[Block, bool]]) -> bool:
    """Whether "too low" leads to the same place as "too high"."""
    if lower.on_false is not None or upper.on_true is not None:
        return lower.on_false is upper.on_true
    return ((lower, False) in yes) == ((upper, True) in yes)


# --- one fragment for all -------------------------------------------------------------------------

def _join(run: list[Shape]) -> Fragment | None:
    """The fragment of a set, made out of the first one; None where that is not the same."""
    first = run[0]
    ranges = [shape.ranges() for shape in run]
    varying = [number for number in range(len(first.comparisons))
               if any(each[number] != ranges[0][number] for each in ranges)]
    if any(first.comparisons[number].edges[0] != YES for number in varying):
        return None
    mixed = any(_unlike(shape.comparisons[number], first.comparisons[number])
                for shape in run for number in varying)
    sets = {number: _members([shape.comparisons[number] for shape in run], mixed)
            for number in varying}
    pairs = _kept_in_order(first, varying, mixed)
    for number in varying:
        if number in pairs:
            continue
        _make_set(first, first.comparisons[number], sets[number], mixed)
    for source, destination in pairs.items():
        again = _copy(first.comparisons[source], sets[source][1:], mixed)
        _insert(first, first.comparisons[destination], again)
    return first.fragment


def _unlike(one: Comparison, other: Comparison) -> bool:
    """Whether two comparisons ask different things of the field: a range, or other bits of it."""
    return one.mask != other.mask or one.upper is not None


def _members(comparisons: list[Comparison], mixed: bool) -> list[Range]:
    """The ranges, each once; of the field under the mask when that is the same everywhere."""
    members: dict[tuple[int, int], Range] = {}
    for each in comparisons:
        assert each.range is not None
        low, high = each.range
        if not mixed:
            high = low
        members.setdefault((low, high), (low, high, each.block.span))
    return list(members.values())


def _kept_in_order(shape: Shape, varying: list[int], mixed: bool) -> dict[int, int]:
    """Pairs of comparisons, source and destination, that libpcap leaves in the order written.

    In a chain of tests its optimiser compares all sources before it loads a destination; but not
    where ranges are compared or different masks (``mixed``), nor where the chain is entered from several tests (TCP, or
    UDP, or SCTP). It shows only in packets cut short between the two.
    """
    into: dict[int, list[tuple[int, bool]]] = {}
    for number, comparison in enumerate(shape.comparisons):
        for sense, target in zip((True, False), comparison.edges, strict=True):
            into.setdefault(target, []).append((number, sense))
    pairs = {}
    for number in varying:
        following = shape.comparisons[number].edges[1]
        if following in varying and len(into[following]) == 1 and (
                mixed or _entered_twice(number, into)):
            pairs[number] = following
    return pairs


def _entered_twice(number: int, into: dict[int, list[tuple[int, bool]]]) -> bool:
    """Whether more than one test that is true leads to a comparison, or to one before it."""
    seen = {number}
    stack = [number]
    while stack:
        before = into.get(stack.pop(), [])
        if sum(sense for _, sense in before) > 1:
            return True
        for source, _ in before:
            if source not in seen:
                seen.add(source)
                stack.append(source)
    return False


def _make_set(shape: Shape, comparison: Comparison, members: Sequence[Range],
              mixed: bool) -> None:
    """Turn a comparison into a test of a set: of the whole field if ``mixed``."""
    block, upper = comparison.block, comparison.upper
    if mixed:
        del block.statements[len(comparison.load):]  # the mask
    block.code, block.k, block.members = MEMBER, 0, tuple(members)
    if upper is not None:
        fragment = shape.fragment
        block.on_true = upper.on_false
        fragment.on_true = [(block, True) if each == (upper, False) else each
                            for each in fragment.on_true]
        fragment.on_false = [each for each in fragment.on_false if each[0] is not upper]


def _copy(comparison: Comparison, members: Sequence[Range], mixed: bool) -> Block:
    """A test of a set that loads what a comparison loads."""
    statements = [Statement(s.code, s.k, s.span) for s in comparison.block.statements]
    if mixed:
        del statements[len(comparison.load):]
    block = Block(MEMBER, 0, statements, span=comparison.block.span)
    block.members = tuple(members)
    return block


def _insert(shape: Shape, comparison: Comparison, block: Block) -> None:
    """Put a block on the false edge of a comparison; when true it leads to "yes"."""
    fragment, before = shape.fragment, comparison.block
    block.on_false = before.on_false
    before.on_false = block
    fragment.on_false = [(block, False) if each == (before, False) else each
                         for each in fragment.on_false]
    fragment.on_true.append((block, True))
