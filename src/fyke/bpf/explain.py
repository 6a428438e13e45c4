"""Why a program takes a packet or not: every step, and the one test that decided.

The machine's own loop is made to be fast; this one is made to be watched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fyke.bpf import instructions as bpf
from fyke.bpf.ancillary import Ancillary, find_offset
from fyke.bpf.fields import value
from fyke.bpf.instructions import Instruction
from fyke.bpf.listing import image
from fyke.bpf.meaning import SIZES, State, Test, Value, fact_key, roles_of, test_of, text
from fyke.bpf.meaning import step as symbolic_step
from fyke.wire import Record

if TYPE_CHECKING:
    from fyke.bpf.program import Program, Span

WORD = 0xFFFFFFFF
MOST_STEPS = 100_000  #: longer than any program, with protochain's jumps back


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction as it ran: registers before and after, and where it went."""

    number: int
    instruction: Instruction
    before: tuple[int, int]  #: A and X
    after: tuple[int, int]
    next: int | None  #: the instruction that ran then; None after the last

    def __str__(self) -> str:
        shown = image(self.instruction, self.number).rstrip().expandtabs()
        registers = [f"{register} 0x{old:x}" + (f" → 0x{new:x}" if new != old else "")
                     for register, old, new in zip("AX", self.before, self.after, strict=True)]
        return f"{shown:<46} {'  '.join(registers)}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a program did with a packet, and why."""

    returned: int  #: octets to keep; 0: dropped
    reason: str  #: one line: the test that decided, with what the packet held
    span: Span  #: where in the expression that test comes from
    steps: tuple[Step, ...]

    @property
    def matched(self) -> bool:
        return self.returned != 0

    def __str__(self) -> str:
        return f"{'yes' if self.matched else 'no'}: {self.reason}"


def explain(program: Program, packet: Any, wire_length: int | None = None,
            ancillary: Ancillary | None = None) -> Explanation:
    """Run a program on a packet, watching it; arguments and errors as for ``Program.run``."""
    program.machine()  # checks it
    return _Watch(program, program.window(packet, wire_length, ancillary)).run()


class _Watch:
    """The concrete registers, and beside them where their values come from."""

    def __init__(self, program: Program, packet: Record) -> None:
        self.program = program
        self.packet = packet
        self.link_type = program.link_type
        self.a = self.x = 0
        self.memory = [0] * bpf.MEMORY_WORDS
        self.state = State(roles=roles_of(program))
        self.steps: list[Step] = []
        self.decided: tuple[int, Test, int, bool] | None = None  #: number, test, A, outcome

    def run(self) -> Explanation:
        at = 0
        while len(self.steps) < MOST_STEPS:
            ins = self.program.instructions[at]
            before = self.a, self.x
            kind = ins.code & 0x07
            if kind == bpf.RET:
                kept = self.a if ins.code & 0x18 == bpf.A else ins.k
                self.steps.append(Step(at, ins, before, before, None))
                return self.verdict(kept)
            following = self.jump(ins, at) if kind == bpf.JMP else at + 1
            if kind != bpf.JMP and not self.execute(ins):
                self.steps.append(Step(at, ins, before, before, None))
                return self.stopped(ins, at)
            self.steps.append(Step(at, ins, before, (self.a, self.x), following))
            at = following
        raise AssertionError("the machine allows no such program")

    # --- one instruction ---

    def jump(self, ins: Instruction, at: int) -> int:
        if ins.code & 0xF0 == bpf.JA:
            return at + 1 + (ins.k - (1 << 32) if ins.k >> 31 else ins.k)
        right = self.x if ins.code & bpf.X else ins.k
        operation = ins.code & 0xF0
        holds = (self.a == right if operation == bpf.JEQ else
                 self.a > right if operation == bpf.JGT else
                 self.a >= right if operation == bpf.JGE else bool(self.a & right))
        self.decided = at, test_of(ins, self.state), self.a, holds
        self.know(self.state.a, self.a)
        return at + 1 + (ins.jt if holds else ins.jf)

    def execute(self, ins: Instruction) -> bool:
        """False when the program ends here: a load outside the packet, a division by zero."""
        kind = ins.code & 0x07
        number: int | None = 0
        if kind in (bpf.LD, bpf.LDX):
            number = self.load(ins)
        elif kind == bpf.ALU:
            number = self.calculate(ins)
        if number is None:
            return False
        if kind in (bpf.ST, bpf.STX):
            self.memory[ins.k] = self.a if kind == bpf.ST else self.x
        self.state = symbolic_step(ins, self.state)
        if kind in (bpf.LD, bpf.ALU):
            self.a = number
            self.know(self.state.a, number)
        elif kind == bpf.LDX:
            self.x = number
        elif kind == bpf.MISC:
            if ins.code & 0xF8 == bpf.TAX:
                self.x = self.a
            else:
                self.a = self.x
        return True

    def know(self, what: Value, number: int) -> None:
        """What the packet holds is a fact that names what comes after."""
        key = fact_key(what)
        if key is not None:
            self.state.facts[key] = frozenset({number})

    def load(self, ins: Instruction) -> int | None:
        mode = ins.code & 0xE0
        if mode == bpf.IMM:
            return ins.k
        if mode == bpf.LEN:
            return self.packet.wirelen & WORD
        if mode == bpf.MEM:
            return self.memory[ins.k]
        meta = self.packet.meta
        if mode == bpf.ABS and ins.k >= bpf.SKF_AD_OFF:
            found = meta.load(ins.k, self.a, self.x, self.packet) \
                if isinstance(meta, Ancillary) else -1
            return None if found < 0 else found
        size = 1 if mode == bpf.MSH else SIZES[ins.code & 0x18]
        offset = ins.k + (self.x if mode == bpf.IND else 0)
        if offset > self.packet.caplen - size:
            offset = find_offset(self.packet, offset, size)
            if offset < 0:
                return None
        number = int.from_bytes(self.packet.raw(offset, size), "big")
        return (number & 0xF) << 2 if mode == bpf.MSH else number

    def calculate(self, ins: Instruction) -> int | None:
        operation = ins.code & 0xF0
        right = self.x if ins.code & bpf.X else ins.k
        if operation == bpf.NEG:
            return -self.a & WORD
        if operation in (bpf.DIV, bpf.MOD):
            if right == 0:
                return None
            return self.a // right if operation == bpf.DIV else self.a % right
        if operation in (bpf.LSH, bpf.RSH):
            if right > 31:
                return 0
            return self.a << right & WORD if operation == bpf.LSH else self.a >> right
        return {bpf.ADD: self.a + right, bpf.SUB: self.a - right, bpf.MUL: self.a * right,
                bpf.OR: self.a | right, bpf.AND: self.a & right,
                bpf.XOR: self.a ^ right}[operation] & WORD

    # --- the reason ---

    def verdict(self, kept: int) -> Explanation:
        steps = tuple(self.steps)
        if self.decided is None:
            return Explanation(kept, "the program asks nothing", None, steps)
        at, test, held, holds = self.decided
        span = self.span(at)
        called = text(test.left, self.link_type, test.facts)
        shown = value(called, held)
        reason = f"{called} is {shown}{_other(shown, held)}"
        if test.op != "=" or not (holds or isinstance(test.right, int)):
            reason += f", so {test.text(self.link_type, holds)}"
        return Explanation(kept, self.quoted(span) + reason, span, steps)

    def stopped(self, ins: Instruction, at: int) -> Explanation:
        """A program ends without a verdict where it reads what is not there."""
        span = self.span(at)
        after = symbolic_step(ins, self.state)
        wanted = after.x if ins.code & 0x07 == bpf.LDX else after.a
        called = text(wanted, self.link_type, self.state.facts)
        reason = "a division by zero"
        if ins.code & 0x07 in (bpf.LD, bpf.LDX):
            reason = f"the packet ends before {called}: {self.packet.caplen} octets are there"
            if called.startswith("kernel"):
                reason = f"the {called} is known only while capturing"
        return Explanation(0, self.quoted(span) + reason, span, tuple(self.steps))

    def span(self, at: int) -> Span:
        spans = self.program.spans
        return spans[at] if at < len(spans) else None

    def quoted(self, span: Span) -> str:
        if span is None or not self.program.expression:
            return ""
        words = self.program.expression[span[0]:span[1]]
        return f"`{words}`: " if words.isprintable() else ""


def _other(shown: str, number: int) -> str:
    """The same number in hexadecimal, unless it is small or already so."""
    if "0x" in shown or "." in shown or number < 10:
        return ""
    return f" (0x{number:04x})" if number <= 0xFFFF else f" (0x{number:08x})"
