"""Terms of an "or" that differ in a number only: ``host a or host b``, ``port 80 or port 443``.

Their fragments have one shape: the same blocks, but for the operand of some comparisons. When each
of these leads straight to "yes", the terms become one fragment of that shape, whose comparisons
ask whether the field is in a set. A field of several words (an IPv6 or a hardware address) is
compared word by word; these comparisons count as one.
"""

from __future__ import annotations

from collections.abc import Sequence

from fyke.bpf.instructions import ABS, ALU, AND, IND, JEQ, JGE, JGT, JMP, LD, LDX, B, H, K, W
from fyke.filter.graph import (
    MEMBER,
    WORDS,
    WORDS_AT_X,
    Block,
    Load,
    Member,
    Set,
    Statement,
)
from fyke.filter.lowering.fragment import Fragment, negate

WORD = 0xFFFFFFFF
EQUAL, AT_LEAST, ABOVE = (JMP | test | K for test in (JEQ, JGE, JGT))
MASK = ALU | AND | K
MOST_BLOCKS = 96  #: of one term; no single test needs as many
LOOK_BACK = 8  #: so many runs are looked at for one that a term could join
MANY = 400  #: so many networks are searched for in one tree, whatever their masks
YES, NO = -1, -2  #: the open exits, where other edges have the number of a comparison
SIZES = {LD | mode | size: octets for mode in (ABS, IND)
         for size, octets in ((B, 1), (H, 2), (W, 4))}  #: of each load from the packet


class Comparison:
    """A field in a range (or another test, then ``range`` is None), and where that leads to."""

    __slots__ = ("block", "edges", "further", "load", "mask", "range", "upper")

    def __init__(self, block: Block) -> None:
        self.block = block
        self.upper: Block | None = None  #: where the upper end of the range is tested
        self.range: tuple[int, int] | None = None
        self.mask = WORD
        self.load: tuple[Load, ...] = ()
        self.edges = (0, 0)  #: numbers of the comparisons that follow when true and when false
        self.further: list[Comparison] = []  #: with the other words of the field

    def words(self) -> list[Comparison]:
        return [self, *self.further]

    def ranges(self) -> tuple[tuple[int, int] | None, ...]:
        return tuple([each.range for each in self.words()])

    def loads(self) -> tuple[Load, ...]:
        """What loads the words, without what they have in common."""
        return tuple([each.load[-1] for each in self.words()])

    def member(self) -> Member:
        """The ranges, with the columns that they come from."""
        return tuple([(*each.range, each.block.span) for each in self.words() if each.range])


class Shape:
    """A fragment as comparisons, in the order in which they are met; ``key`` is without ranges."""

    __slots__ = ("comparisons", "fragment", "key")

    def __init__(self, fragment: Fragment, comparisons: list[Comparison]) -> None:
        self.fragment = fragment
        self.comparisons = comparisons  #: none if it was not understood
        self.key = tuple([
            (c.load, c.edges, () if c.range else (c.block.code, c.block.k, c.block.set))
            for c in comparisons])

    def is_apart_from(self, other: Shape) -> bool:
        """Whether no packet has both look at more than the field that they look at first."""
        mine, others = self.kinds(), other.kinds()
        return (mine.isdisjoint(others) and bool(mine) and bool(others)
                and self.comparisons[0].load == other.comparisons[0].load)

    def kinds(self) -> set[int]:
        """Of which values of its first field the answer depends on anything else (EtherTypes).

        Empty where that is not so simple.
        """
        first = self.comparisons[0].load if self.comparisons else ()
        values = set()
        for each in self.comparisons:
            if each.load != first:
                continue
            low, high = each.range or (0, WORD)
            false = each.edges[1]
            if (low != high or each.mask != WORD or each.further
                    or (false != NO and self.comparisons[false].load != first)):
                return set()
            values.add(low)
        return values


def gather(terms: Sequence[Fragment]) -> tuple[list[Fragment], int]:
    """The terms, those of equal shape joined; and how many are in such runs altogether."""
    result: list[Fragment] = []
    members = 0
    for run in _runs(terms):
        joined = _join(run) if len(run) > 1 else None
        if joined is not None:
            members += len(run)
            result.append(joined)
        else:
            result.extend(each.fragment for each in run)
    return result, members


def _runs(terms: Sequence[Fragment]) -> list[list[Shape]]:
    """The terms by shape; one moves only past such as look at other packets (IPv4 or IPv6)."""
    runs: list[list[Shape]] = []
    for term in terms:
        shape = _shape(term)
        run = _run_of(shape, runs[-LOOK_BACK:])
        if run is None:
            runs.append([shape])
        else:
            run.append(shape)
    return runs


def _run_of(shape: Shape, runs: list[list[Shape]]) -> list[Shape] | None:
    """The last run of the same shape with nothing behind it that must come before this term."""
    for place in range(len(runs) - 1, -1, -1):
        if shape.key == runs[place][0].key and shape.comparisons:
            return runs[place]
        if place == 0 or not shape.is_apart_from(runs[place][0]):
            return None
    return None


def gather_negated(terms: Sequence[Fragment]) -> tuple[list[Fragment], int]:
    """The same for the terms of an "and": ``not host a and not host b``."""
    joined, members = gather([negate(each) for each in terms])
    return [negate(each) for each in joined], members


# --- what shape a fragment has --------------------------------------------------------------------

def _shape(fragment: Fragment) -> Shape:
    """Without comparisons for what has jumps within its blocks, or is no single test but a large
    expression: in a deeply nested one, looking at all of it at every level would take forever.
    """
    if len(fragment.on_true) > MOST_BLOCKS or len(fragment.on_false) > MOST_BLOCKS:
        return Shape(fragment, [])
    numbers = {fragment.head: 0}
    blocks = [fragment.head]
    comparisons = []
    yes = set(fragment.on_true)
    for block in blocks:  # grows
        if len(blocks) > MOST_BLOCKS:
            return Shape(fragment, [])
        comparison = Comparison(block)
        if not _read(comparison, yes):
            return Shape(fragment, [])
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
    return Shape(fragment, _with_words_joined(comparisons))


def _with_words_joined(comparisons: list[Comparison]) -> list[Comparison]:
    """The comparisons, those of the words of one field as one, numbered anew."""
    entries = [edge for each in comparisons for edge in each.edges]
    gone = set()
    for each in reversed(comparisons):
        true, false = each.edges
        if true < 0 or entries.count(true) > 1:
            continue
        following = comparisons[true]
        if following.edges[1] == false and _are_words(each, following):
            each.further = following.words()
            each.edges = (following.edges[0], false)
            gone.add(true)
    if not gone:
        return comparisons
    left = [number for number in range(len(comparisons)) if number not in gone]
    anew = {number: place for place, number in enumerate(left)} | {YES: YES, NO: NO}
    for number in left:
        true, false = comparisons[number].edges
        comparisons[number].edges = (anew[true], anew[false])
    return [comparisons[number] for number in left]


def _are_words(one: Comparison, other: Comparison) -> bool:
    """Whether they compare neighbouring octets, the first ones with one number."""
    if not (one.range and other.range and one.load and other.load
            and one.block.code == other.block.code == EQUAL and one.range[0] == one.range[1]
            and one.load[:-1] == other.load[:-1]
            and all(code & 7 == LDX for code, _ in one.load[:-1])):
        return False
    (code, place), (next_code, next_place) = one.load[-1], other.load[-1]
    return (code in SIZES and next_code in SIZES and (code ^ next_code) & ~0x18 == 0
            and (next_place == place + SIZES[code] or place == next_place + SIZES[next_code]))


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
            comparison.mask = ~gap & WORD
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

#: A mask, and the set that a field is in under it; all bits of the field where that has ranges.
Group = tuple[int, Set]


def _join(run: list[Shape]) -> Fragment | None:
    """The fragment of a set, made out of the first one; None where that is not the same."""
    first = run[0]
    ranges = [[each.ranges() for each in shape.comparisons] for shape in run]
    varying = [number for number in range(len(first.comparisons))
               if any(each[number] != ranges[0][number] for each in ranges)]
    if not all(_may_vary(first, number, varying) for number in varying):
        return None
    if not all(_same_words([shape.comparisons[number] for shape in run]) for number in varying):
        return None
    groups = {number: _groups([shape.comparisons[number] for shape in run], len(varying))
              for number in varying}
    pairs = {}
    if not any(group.loads for each in groups.values() for _, group in each):
        mixed = any(len(each) > 1 or _has_ranges(each[0][1]) for each in groups.values())
        pairs = _kept_in_order(first, varying, mixed)
    again = {source: _groups([shape.comparisons[source] for shape in run[1:]], len(varying))
             for source in pairs}
    for number in varying:
        if number not in pairs:
            _make_set(first, first.comparisons[number], groups[number])
    for source, destination in pairs.items():
        for group in reversed(again[source]):
            _insert(first, _last(first.comparisons[destination].block, groups[destination]),
                    _test(first.comparisons[source], group))
    return first.fragment


def _same_words(comparisons: list[Comparison]) -> bool:
    """Whether all load the same words, or the first of these."""
    most = max([each.loads() for each in comparisons], key=len, default=())
    return all(each.loads() == most[:len(each.further) + 1] for each in comparisons)


def _has_ranges(found: Set) -> bool:
    return any(low != high for (low, high, _), in found.members)


def _may_vary(shape: Shape, number: int, varying: list[int]) -> bool:
    """Whether a comparison can become a test of a set.

    When true, it must say "yes". When false, what follows must be another such comparison, or the
    end, or a question that was asked before and so has another answer there (IPv4 or ARP).
    """
    true, false = shape.comparisons[number].edges
    if true != YES:
        return False
    if false < 0 or false in varying:
        return True
    again = shape.comparisons[false]
    if any(each.load == again.load and each is not again for each in shape.comparisons[:number]):
        return True
    return not _reaches(shape, false, varying)


def _reaches(shape: Shape, start: int, numbers: list[int]) -> bool:
    """Whether some way from a comparison leads to one of others."""
    seen = {start}
    stack = [start]
    while stack:
        for target in shape.comparisons[stack.pop()].edges:
            if target in numbers:
                return True
            if target >= 0 and target not in seen:
                seen.add(target)
                stack.append(target)
    return False


def _groups(comparisons: list[Comparison], places: int) -> list[Group]:
    """What a field is compared with: numbers under each mask, or ranges where masks are many.

    A network is one comparison of the bits under its mask, or two of the whole field. But a
    packet goes through the groups in turn; and where there are more ``places`` to look at than
    a source and a destination, ranges are shorter, as these can share a tree.
    """
    if any(each.further for each in comparisons):
        loads = max([each.loads() for each in comparisons], key=len)
        fields = tuple([each.member() for each in comparisons])
        return [(WORD, Set(fields, loads, alone=places == 1))]
    masks = {each.mask for each in comparisons}
    by_mask = all(each.upper is None for each in comparisons) and (
        len(masks) == 1
        or (places <= 2 and len(comparisons) < MANY and 2 * len(masks) <= len(comparisons)))
    groups: dict[int, dict[tuple[int, int], Member]] = {}
    for each in comparisons:
        (low, high, span), = each.member()
        if by_mask:
            high = low
        members = groups.setdefault(each.mask if by_mask else WORD, {})
        members.setdefault((low, high), ((low, high, span),))
    return [(mask, Set(tuple(members.values()))) for mask, members in groups.items()]


def _kept_in_order(shape: Shape, varying: list[int], mixed: bool) -> dict[int, int]:
    """Pairs of comparisons, source and destination, that libpcap leaves in the order written.

    In a chain of tests its optimiser compares all sources before it loads a destination; but not
    where ranges are compared or different masks (``mixed``), nor where the chain is entered from
    several tests (TCP, or UDP, or SCTP). It shows only in packets cut short between the two.
    (Fields of several words are not kept: a source that is a member is taken at once.)
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


def _make_set(shape: Shape, comparison: Comparison, groups: list[Group]) -> None:
    """Turn a comparison into tests of a set, one for each group."""
    block, upper = comparison.block, comparison.upper
    fragment = shape.fragment
    tests = [_test(comparison, group) for group in groups]
    block.code, block.k, block.set = tests[0].code, 0, tests[0].set
    block.statements = tests[0].statements
    parts = [] if upper is None else [upper]
    parts += [each.block for each in comparison.further]
    if parts:  # they are no more: the block alone says yes and no
        last = (parts[-1], upper is None)
        block.on_true = None
        fragment.on_true = [(block, True) if each == last else each for each in fragment.on_true]
        fragment.on_false = [each for each in fragment.on_false if each[0] not in parts]
    for test in reversed(tests[1:]):
        _insert(shape, block, test)


def _test(comparison: Comparison, group: Group) -> Block:
    """A test of a set that loads what a comparison loads."""
    mask, wanted = group
    span = comparison.block.span
    load = comparison.load
    code = MEMBER
    if wanted.loads:  # the test loads the words, but not what all of them need
        load = load[:-1]
        code = WORDS_AT_X if wanted.loads[0][0] & 0xE0 == IND else WORDS
    statements = [Statement(code, k, span) for code, k in load]
    if mask != WORD:
        statements.append(Statement(MASK, mask, span))
    test = Block(code, 0, statements, span=span)
    test.set = wanted
    return test


def _last(block: Block, groups: list[Group]) -> Block:
    """The last of the tests that a comparison became."""
    for _ in groups[1:]:
        assert block.on_false is not None
        block = block.on_false
    return block


def _insert(shape: Shape, before: Block, test: Block) -> None:
    """Put a test on the false edge of another; when true it leads to "yes"."""
    fragment = shape.fragment
    test.on_false = before.on_false
    before.on_false = test
    fragment.on_false = [(test, False) if each == (before, False) else each
                         for each in fragment.on_false]
    fragment.on_true.append((test, True))
