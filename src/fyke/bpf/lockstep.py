"""Two programs side by side, on a packet of which nothing is known: a quick proof that they agree.

Both run on symbols until one needs to know something (is this octet 6? does the packet reach so
far?). Both answers are then tried, and each is remembered as a fact that holds for both programs.
Where both come to places at which they have been before, knowing no less, nothing new can happen.
What is forgotten at such a place is how a value came about: a value that both hold becomes a
symbol, so that ways that differ only in that are one.

It answers "they agree" or "I do not know": it knows no arithmetic, only that equal operations on
equal values have equal results. For two forms of one program, however long, that is enough where
a solver of formulas would search for hours.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from fyke.bpf import instructions as bpf
from fyke.bpf.instructions import Instruction
from fyke.bpf.listing import is_branch
from fyke.bpf.opcodes import ANCILLARY
from fyke.bpf.symbolic import MASK, NUMBERS, SIZES, TAKES_REGISTERS, A, X, liveness

MOST_STATES = 60_000  #: pairs of places with what is known there
COMMUTATIVE = frozenset({bpf.ADD, bpf.MUL, bpf.OR, bpf.AND, bpf.XOR})

Term = int  #: the number of a term; equal terms have equal numbers
Words = dict[int, Term]
#: A question: what is asked, and of which terms.
Question = tuple[str, int, int]
Facts = dict[Question, bool]
#: A load that a program may come to: its size, and its offset without X.
Load = tuple[int, int]
#: Numbers from and up to (inclusive).
Range = tuple[int, int]


class Unknown(Exception):
    """It cannot be told this way."""


class Terms:
    """All terms that were met: what each is made of. A term is made before what contains it."""

    def __init__(self) -> None:
        self.parts: list[tuple[object, int, int]] = []
        self.numbers: dict[tuple[object, int, int], Term] = {}
        #: For each term, whether it can be had from the packet without any symbol or index.
        self.plain: list[bool] = []
        self.most: list[int] = []  #: the largest number that each can be, by what it is made of

    def make(self, what: object, first: int = 0, second: int = 0, plain: bool = True) -> Term:
        key = (what, first, second)
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.parts)
            self.parts.append(key)
            self.plain.append(plain)
            self.most.append(min(self.bound(what, first, second), MASK))
        return found

    def bound(self, what: object, a: int, b: int) -> int:
        if what == "constant":
            return a
        if isinstance(what, tuple) and what[0] == "load":
            return int((1 << 8 * what[1]) - 1)
        if what == bpf.ADD:
            return self.most[a] + self.most[b]
        if what == bpf.AND:
            return self.most[b]
        if what == bpf.LSH:
            return self.most[a] << min(31, self.most[b])
        return MASK

    def constant(self, value: int) -> Term:
        return self.make("constant", value)

    def value(self, term: Term) -> int | None:
        what, value, _ = self.parts[term]
        return value if what == "constant" else None

    def symbol(self, number: int) -> Term:
        return self.make("symbol", number, plain=False)

    def operation(self, code: int, a: Term, b: Term) -> Term:
        left, right = self.value(a), self.value(b)
        if left is not None and right is not None:
            return self.constant(NUMBERS[code](left, right) & MASK)
        if code in COMMUTATIVE and left is not None:
            a, b, left, right = b, a, right, left
        if code == bpf.SUB and right is not None:
            code, right = bpf.ADD, -right & MASK
            b = self.constant(right)
        if right == 0 and code in (bpf.ADD, bpf.OR, bpf.XOR, bpf.LSH, bpf.RSH):
            return a
        if code == bpf.ADD and right is not None:
            what, inner, more = self.parts[a]
            constant = self.value(more) if what == bpf.ADD else None
            if constant is not None:  # (x + 4) + 8
                return self.operation(bpf.ADD, inner, self.constant(constant + right & MASK))
        if code in COMMUTATIVE and right is None and a > b:
            a, b = b, a
        return self.make(code, a, b, self.plain[a] and self.plain[b])

    def load(self, size: int, index: Term, k: int) -> tuple[Term, Question]:
        """The octets at index + k, and the question whether they are in the packet."""
        value = self.value(index)
        if value is not None:
            offset, index = value + k, self.constant(0)
        else:
            offset = k
        if offset >= bpf.SKF_LL_OFF:
            raise Unknown
        plain = self.value(index) is not None
        return (self.make(("load", size), index, offset, plain),
                ("reaches", index, offset + size))


class _Side:
    """One of the programs."""

    def __init__(self, program: Sequence[Instruction], terms: Terms) -> None:
        self.program = program
        self.terms = terms
        self.live = [tuple(sorted(words)) for words in liveness(program)]
        self.loads = loads_ahead(program)

    def run(self, at: int, words: Words, known: Known) -> tuple[int, Words, Question | None, Term]:
        """Go on until something is asked that is not known; or to the end, with the result."""
        terms = self.terms
        while True:
            ins = self.program[at]
            kind = ins.code & 0x07
            if kind == bpf.RET:
                result = words[A] if ins.code & 0x18 == bpf.A else terms.constant(ins.k)
                return -1, {}, None, result
            if kind == bpf.JMP:
                if not is_branch(ins):
                    if ins.k >> 31:
                        raise Unknown  # a loop
                    at += 1 + ins.k
                    continue
                if ins.jt == ins.jf:  # whatever it says: a program that waited here fell behind
                    at += 1 + ins.jt
                    continue
                question, turned = self.question(ins, words)
                answer, unknown = self.told(question, known)
                if unknown is not None:
                    return at, words, unknown, 0
                at += 1 + (ins.jt if answer != turned else ins.jf)
                continue
            after = dict(words)
            asked = self.effect(ins, after)
            if asked is not None:
                there = known.answer(asked)
                if there is None:
                    return at, words, asked, 0
                if not there:
                    return -1, {}, None, terms.constant(0)
            words = after
            at += 1

    def told(self, question: Question | bool, known: Known) -> tuple[bool, Question | None]:
        """The answer, or what must be known for it. Networks are asked for as ranges of numbers:
        so are they in sets.
        """
        if isinstance(question, bool):
            return question, None
        answer = known.answer(question)
        what, a, b = question
        operation, inner, mask = self.terms.parts[a]
        number, bits = self.terms.value(b), None
        if answer is None and what == "equal" and operation == bpf.AND and number is not None:
            bits = self.terms.value(mask)
        if bits is not None and number is not None:
            gap = ~bits & MASK
            if gap & (gap + 1) == 0 and number & gap == 0:  # the mask is a prefix
                if number:
                    above, unknown = self.told(
                        ("above", inner, self.terms.constant(number - 1)), known)
                    if unknown is not None or not above:
                        return False, unknown
                beyond, unknown = self.told(
                    ("above", inner, self.terms.constant(number | gap)), known)
                return not beyond, unknown
        return bool(answer), question if answer is None else None

    def effect(self, ins: Instruction, words: Words) -> Question | None:
        """Carry out an instruction; what must hold if it is not to end the program."""
        terms, kind, k = self.terms, ins.code & 0x07, ins.k
        if kind == bpf.ST:
            words[k] = words[A]
        elif kind == bpf.STX:
            words[k] = words[X]
        elif kind == bpf.MISC:
            if ins.code == bpf.MISC | bpf.TAX:
                words[X] = words[A]
            else:
                words[A] = words[X]
        elif kind == bpf.ALU:
            operation = ins.code & 0xF0
            if operation == bpf.NEG:
                words[A] = terms.operation(bpf.SUB, terms.constant(0), words[A])
                return None
            operand = words[X] if ins.code & 0x08 == bpf.X else terms.constant(k)
            if operation in (bpf.DIV, bpf.MOD) and not terms.value(operand):
                raise Unknown
            if operation in (bpf.LSH, bpf.RSH) and (terms.value(operand) or 0) > 31:
                raise Unknown
            words[A] = terms.operation(operation, words[A], operand)
        else:
            return self.load(ins, words)
        return None

    def load(self, ins: Instruction, words: Words) -> Question | None:
        terms, mode, k = self.terms, ins.code & 0xE0, ins.k
        register = A if ins.code & 0x07 == bpf.LD else X
        if mode == bpf.IMM:
            words[register] = terms.constant(k)
        elif mode == bpf.LEN:
            words[register] = terms.make("length")
        elif mode == bpf.MEM:
            words[register] = words[k]
        elif mode == bpf.ABS and k - bpf.SKF_AD_OFF in ANCILLARY:
            if k in TAKES_REGISTERS or k - bpf.SKF_AD_OFF == bpf.AD_RANDOM:
                raise Unknown
            words[register] = terms.make(("kernel", k))
            return ("kernel", k, 0)
        else:
            index = words[X] if mode == bpf.IND else terms.constant(0)
            size = 1 if mode == bpf.MSH else SIZES[ins.code & 0x18]
            value, asked = terms.load(size, index, k)
            if mode == bpf.MSH:
                value = terms.operation(bpf.AND, value, terms.constant(15))
                value = terms.operation(bpf.LSH, value, terms.constant(2))
            words[register] = value
            return asked
        return None

    def question(self, ins: Instruction, words: Words) -> tuple[Question | bool, bool]:
        """What a jump asks, in one form for all ways to ask it; whether it asks the opposite."""
        terms = self.terms
        a = words[A]
        b = words[X] if ins.code & 0x08 == bpf.X else terms.constant(ins.k)
        operation = ins.code & 0xF0
        left, right = terms.value(a), terms.value(b)
        if left is not None and right is not None:
            return {bpf.JEQ: left == right, bpf.JGT: left > right, bpf.JGE: left >= right,
                    bpf.JSET: left & right != 0}[operation], False
        what, first, second = terms.parts[a]
        if operation == bpf.JEQ and right is not None:
            more = terms.value(second) if what in (bpf.ADD, bpf.AND) else None
            if what == bpf.ADD and more is not None:
                return ("equal", first, terms.constant(right - more & MASK)), False
            if what == bpf.ADD and right == 0 and terms.parts[first][0] == bpf.SUB:
                return ("equal", a, b), False
            if what == bpf.SUB and right == 0:
                return ("equal", min(first, second), max(first, second)), False
            if what == bpf.AND and more is not None and right == 0:
                return ("bits", first, second), True
        if operation == bpf.JEQ:
            return ("equal", *((a, b) if right is not None else (min(a, b), max(a, b)))), False
        if operation == bpf.JSET:
            return ("bits", a, b), False
        if operation == bpf.JGE and right is not None:
            if right == 0:
                return True, False
            return ("above", a, terms.constant(right - 1)), False
        if operation == bpf.JGE:  # a >= b: not b > a
            return ("above", b, a), True
        return ("above", a, b), False


class Known:
    """What holds on one way through the programs. Immutable."""

    __slots__ = ("ends", "facts", "linux", "ranges", "reached", "terms")

    def __init__(self, terms: Terms, facts: Facts, ranges: dict[Term, Range], reached: int,
                 ends: int, linux: bool) -> None:
        self.terms = terms
        self.facts = facts
        self.ranges = ranges  #: of terms, from and up to (inclusive), where that is known
        self.reached = reached  #: the packet has at least so many octets
        self.ends = ends  #: … and fewer than so many
        self.linux = linux

    def range_of(self, term: Term) -> Range:
        """The numbers that a term may be."""
        found = self.ranges.get(term)
        if found is not None:
            return found
        what, a, b = self.terms.parts[term]
        if what == "constant":
            return a, a
        if what == bpf.ADD:
            low, high = self.range_of(a)
            more, most = self.range_of(b)
            if high + most <= MASK:
                return low + more, high + most
        return 0, self.terms.most[term]

    def answer(self, question: Question) -> bool | None:
        """What is known, or follows at once."""
        what, a, b = question
        if what == "kernel":
            return self.linux
        found = self.facts.get(question)
        if found is not None:
            return found
        low, high = self.range_of(a)
        if what == "reaches":
            if high + b <= self.reached:
                return True
            return False if self.terms.value(a) is not None and b >= self.ends else None
        number = self.terms.value(b)
        if number is None:
            return None
        if what == "equal":
            return False if not low <= number <= high else True if low == high else None
        if what == "above":
            return True if low > number else False if high <= number else None
        return low & number != 0 if low == high else None

    def learn(self, question: Question, answer: bool) -> Known:
        """The same and one fact more."""
        what, a, b = question
        facts, ranges, reached, ends = self.facts, self.ranges, self.reached, self.ends
        number = self.terms.value(b) if what != "reaches" else None
        if what == "reaches" and self.terms.value(a) is not None:
            reached, ends = (b, ends) if answer else (reached, b)
        elif what == "equal" and answer and number is not None:
            ranges = {**ranges, a: (number, number)}
        elif what == "above" and number is not None:
            low, high = self.range_of(a)
            ranges = {**ranges, a: (number + 1, high) if answer else (low, number)}
        else:
            facts = {**facts, question: answer}
        return Known(self.terms, facts, ranges, reached, ends, self.linux)

    def about(self, renamed: Renaming) -> Known:
        """What of this is about terms that are still there."""
        decided = {term for term, (low, high) in self.ranges.items() if low == high}
        facts = {}
        for (what, a, b), answer in self.facts.items():
            if what == "equal" and a in decided and self.terms.value(b) is not None:
                continue
            one = renamed.of(a)
            other = b if what == "reaches" else renamed.of(b)
            if one is not None and other is not None:
                if what == "equal" and self.terms.value(other) is None:
                    one, other = min(one, other), max(one, other)
                facts[what, one, other] = answer
        ranges = {}
        for term, known in self.ranges.items():
            one = renamed.of(term)
            if one is not None:
                ranges[one] = known
        for term, symbol in renamed.symbols.items():
            low, high = self.range_of(term)
            ranges[symbol] = (low, high) if low == high else (0, (1 << high.bit_length()) - 1)
        return Known(self.terms, facts, ranges, self.reached, self.ends, self.linux)

    def key(self) -> tuple[object, ...]:
        return (frozenset(self.facts.items()), frozenset(self.ranges.items()), self.reached,
                self.ends)


class Renaming:
    """The values that both programs hold, as symbols; what is made of them, in terms of these."""

    def __init__(self, terms: Terms, held: set[Term], ahead: frozenset[Load]) -> None:
        self.terms = terms
        self.held = held
        self.ahead = ahead
        self.numbers = {0, *(value for value in map(terms.value, held) if value is not None)}
        self.done: dict[Term, Term | None] = {}
        self.symbols: dict[Term, Term] = {}
        for term in sorted(held):  # what a term contains comes before it
            if self.of(term) is None:
                self.done[term] = self.symbols[term] = terms.symbol(len(self.symbols))

    def of(self, term: Term) -> Term | None:
        """The term in terms of what is held; None if it needs something else."""
        if term in self.done:
            return self.done[term]
        terms = self.terms
        what, a, b = terms.parts[term]
        made: Term | None
        if terms.plain[term] and what != "symbol":
            made = term if term in self.held or self.wanted(term) else None
        elif what == "symbol":
            made = None
        elif isinstance(what, tuple):  # a load at an index
            index = None if terms.plain[a] and a not in self.held else self.of(a)
            made = None if index is None else terms.make(what, index, b, False)
        else:
            left, right = self.of(a), self.of(b)
            made = None if left is None or right is None else terms.operation(
                int(what), left, right)  # type: ignore[call-overload]
        self.done[term] = made
        return made


    def wanted(self, term: Term) -> bool:
        """Whether a plain term may be asked for again: what it is loaded from is."""
        what, a, b = self.terms.parts[term]
        if what == "constant" or not isinstance(what, tuple):
            return what == "constant" or what == "length" or (
                self.of(a) is not None and self.of(b) is not None)
        if what[0] == "kernel":
            return True
        return any((what[1], b - number) in self.ahead for number in self.numbers)


State = tuple[int, Words, int, Words, Known]


def agree(a: Sequence[Instruction], b: Sequence[Instruction], *, verdict: bool, implies: bool,
          least: int, linux: bool, deadline: float) -> bool:
    """Whether it is sure that both return the same for every packet of ``least`` octets or more.

    ``verdict``: zero or not is enough; ``implies``: b is not zero where a is not. False: not known.
    """
    try:
        return _Pair(a, b, verdict or implies, implies, linux).agree(least, deadline)
    except Unknown:
        return False


class _Pair:
    def __init__(self, a: Sequence[Instruction], b: Sequence[Instruction], verdict: bool,
                 implies: bool, linux: bool) -> None:
        self.terms = Terms()
        self.a, self.b = _Side(a, self.terms), _Side(b, self.terms)
        self.verdict = verdict
        self.implies = implies
        self.linux = linux
        self.seen: set[object] = set()
        self.waiting: list[State] = []

    def agree(self, least: int, deadline: float) -> bool:
        nothing = dict.fromkeys(range(18), self.terms.constant(0))
        known = Known(self.terms, {}, {}, least, 1 << 62, self.linux)
        self.waiting.append((0, nothing, 0, nothing, known))
        while self.waiting:
            if len(self.seen) > MOST_STATES or time.monotonic() > deadline:
                return False
            if not self.go_on(*self.waiting.pop()):
                return False
        return True

    def go_on(self, a_at: int, a_words: Words, b_at: int, b_words: Words, known: Known) -> bool:
        """Run both to their next question; False where they end and may differ."""
        result = other = 0
        if a_at >= 0:
            a_at, a_words, _, result = self.a.run(a_at, a_words, known)
            if a_at < 0:
                a_words = {A: result}
        else:
            result = a_words[A]
        if a_at < 0 and self.implies and self.terms.value(result) == 0:
            return True
        if b_at >= 0:
            b_at, b_words, _, other = self.b.run(b_at, b_words, known)
            if b_at < 0:
                b_words = {A: other}
        else:
            other = b_words[A]
        if a_at < 0 and b_at < 0:
            return self.fits(result, other)
        state = self.forgetful(a_at, a_words, b_at, b_words, known)
        if state is None:
            return True
        a_at, a_words, b_at, b_words, known = state
        side, at, words = (self.a, a_at, a_words) if a_at >= 0 else (self.b, b_at, b_words)
        asked = side.run(at, words, known)[2]
        if asked is None:
            raise Unknown
        for answer in (True, False):
            self.waiting.append((a_at, a_words, b_at, b_words, known.learn(asked, answer)))
        return True

    def fits(self, result: Term, other: Term) -> bool:
        if result == other:
            return True
        a, b = self.terms.value(result), self.terms.value(other)
        if a is None or b is None or not self.verdict:
            return False
        return b != 0 if self.implies else (a == 0) == (b == 0)

    def forgetful(self, a_at: int, a_words: Words, b_at: int, b_words: Words,
                  known: Known) -> State | None:
        """The state without what nobody needs any more; None if that was there before."""
        a_live = self.a.live[a_at] if a_at >= 0 else (A,)
        b_live = self.b.live[b_at] if b_at >= 0 else (A,)
        held = {a_words[word] for word in a_live} | {b_words[word] for word in b_live}
        ahead = (self.a.loads[a_at] if a_at >= 0 else frozenset()) | (
            self.b.loads[b_at] if b_at >= 0 else frozenset())
        renamed = Renaming(self.terms, held, ahead)
        fewer_a = {word: renamed.done[a_words[word]] for word in a_live}
        fewer_b = {word: renamed.done[b_words[word]] for word in b_live}
        known = known.about(renamed)
        key = (a_at, b_at, tuple(fewer_a.values()), tuple(fewer_b.values()), known.key())
        if key in self.seen:
            return None
        self.seen.add(key)
        return a_at, fewer_a, b_at, fewer_b, known  # type: ignore[return-value]


def loads_ahead(program: Sequence[Instruction]) -> list[frozenset[Load]]:
    """For each instruction the loads from the packet that may follow, its own among them."""
    found: list[frozenset[Load]] = [frozenset()] * len(program)
    known: dict[frozenset[Load], frozenset[Load]] = {}
    for at in range(len(program) - 1, -1, -1):
        ins = program[at]
        kind, mode = ins.code & 0x07, ins.code & 0xE0
        loads: frozenset[Load] = frozenset()
        if kind == bpf.JMP and not is_branch(ins):
            following = [at + 1 + ins.k]
        elif kind == bpf.JMP:
            following = [at + 1 + ins.jt, at + 1 + ins.jf]
        else:
            following = [] if kind == bpf.RET else [at + 1]
        if kind in (bpf.LD, bpf.LDX) and mode in (bpf.ABS, bpf.IND, bpf.MSH):
            loads = frozenset({(1 if mode == bpf.MSH else SIZES[ins.code & 0x18], ins.k)})
        for each in following:
            if each < len(program):
                loads |= found[each]
        found[at] = known.setdefault(loads, loads)
    return found
