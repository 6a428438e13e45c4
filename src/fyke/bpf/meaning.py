"""What each instruction of a program has in its registers, as far as that can be known without a
packet: loads by name, tests in words.

One walk from the first instruction to the last, since jumps go forward; where ways meet, only what
holds on all of them is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fyke.bpf import instructions as bpf
from fyke.bpf.fields import (
    ABOVE_IP,
    FRAMES,
    PASSED,
    PAYLOAD,
    SIZE,
    TRANSPORT,
    Facts,
    Place,
    name,
    value,
)
from fyke.bpf.instructions import Instruction
from fyke.bpf.opcodes import ANCILLARY

if TYPE_CHECKING:
    from fyke.bpf.program import Program

SIZES = {bpf.W: 4, bpf.H: 2, bpf.B: 1}
OPERATORS = {bpf.ADD: "+", bpf.SUB: "-", bpf.MUL: "*", bpf.DIV: "/", bpf.OR: "|", bpf.AND: "&",
             bpf.LSH: "<<", bpf.RSH: ">>", bpf.MOD: "%", bpf.XOR: "^"}
TESTS = {bpf.JEQ: "=", bpf.JGT: ">", bpf.JGE: ">=", bpf.JSET: "&"}
OPPOSITES = {"=": "!=", ">": "<=", ">=": "<", "&": "&"}


class Term(NamedTuple):
    """``left op right``; also ``("len",)``, an ancillary load, 4*([n]&0xf)."""

    op: str
    left: Value = None
    right: Value = None


#: Scratch words that are an index, and what it finds.
INDEXES = {"transport": TRANSPORT, "payload": PAYLOAD}
#: A number, octets of the packet, or something calculated; None: unknown.
Value = int | Place | Term | None
Roles = dict[int, Value]


@dataclass(slots=True)
class State:
    """The machine before an instruction."""

    a: Value = 0
    x: Value = 0
    memory: dict[int, Value] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    roles: Roles = field(default_factory=dict)  #: scratch words that have a meaning of their own

    def copy(self) -> State:
        return State(self.a, self.x, dict(self.memory), dict(self.facts), self.roles)


@dataclass(frozen=True, slots=True)
class Test:
    """A conditional jump in words: ``left op right``."""

    left: Value
    op: str
    right: Value
    facts: Facts

    def text(self, link_type: int, holds: bool = True) -> str:
        """``ip.src = 1.2.3.4``, or its opposite."""
        called = text(self.left, link_type, self.facts)
        shown = value(called, self.right) if isinstance(self.right, int) \
            else text(self.right, link_type, self.facts)
        if self.op == "&":
            shown = f"{self.right:#x}" if isinstance(self.right, int) else shown
            return f"{called} & {shown} {'!=' if holds else '='} 0"
        return f"{called} {self.op if holds else OPPOSITES[self.op]} {shown}"


def roles_of(program: Program) -> Roles:
    """What the scratch words of a program of the dialect fyke mean.

    What is behind VLAN tags is called as if there were none.
    """
    frame = FRAMES.get(program.link_type)
    known: dict[str, Value] = {
        "tags": 0, "proto": ABOVE_IP, "transport": Term("transport"), "payload": Term("payload"),
        "size": Place(0, 4, SIZE), "passed": Place(0, 1, PASSED)}
    if frame is not None:
        known["type"] = Place(*frame.type)
    return {word: known[role] for word, role in program.roles.items() if role in known}


def analyse(instructions: tuple[Instruction, ...],
            roles: Roles | None = None) -> list[State | None]:
    """The state before each instruction; None where no way leads, or from a backward jump on."""
    states: list[State | None] = [None] * len(instructions)
    if instructions:
        states[0] = State(roles=roles or {})
    for at, ins in enumerate(instructions):
        state = states[at]
        if state is None or ins.code & 0x07 == bpf.RET:
            continue
        if ins.code & 0x07 == bpf.JMP:
            for to, after in _edges(ins, at, state):
                if not at < to < len(instructions):
                    return states
                states[to] = after if states[to] is None else _meet(states[to], after)
        elif at + 1 < len(instructions):
            after = step(ins, state)
            states[at + 1] = after if states[at + 1] is None else _meet(states[at + 1], after)
    return states


def test_of(ins: Instruction, state: State) -> Test:
    """What a conditional jump asks."""
    right = state.x if ins.code & bpf.X else ins.k
    return Test(state.a, TESTS[ins.code & 0xF0], right, state.facts)


def _edges(ins: Instruction, at: int, state: State) -> list[tuple[int, State]]:
    if ins.code & 0xF0 == bpf.JA:
        offset = ins.k - (1 << 32) if ins.k >> 31 else ins.k
        return [(at + 1 + offset, state)]
    test = test_of(ins, state)
    holds, fails = state.copy(), state.copy()
    key = fact_key(test.left)
    if test.op == "=" and key is not None and isinstance(test.right, int):
        holds.facts[key] = frozenset({test.right})
        if key in fails.facts:
            fails.facts[key] -= {test.right}
    return [(at + 1 + ins.jt, holds), (at + 1 + ins.jf, fails)]


def fact_key(left: Value) -> object:
    """Under what a fact about a value is kept: octets, or octets & mask."""
    if isinstance(left, Place):
        return left
    if isinstance(left, Term) and left.op == "&" and isinstance(left.left, Place):
        return ("&", left.left, left.right)
    return None


def _meet(one: State | None, two: State) -> State:
    assert one is not None
    facts = {key: one.facts[key] | two.facts[key] for key in one.facts if key in two.facts}
    return State(one.a if one.a == two.a else None, one.x if one.x == two.x else None,
                 {cell: each for cell, each in one.memory.items()
                  if two.memory.get(cell) == each}, facts, one.roles)


def step(ins: Instruction, before: State) -> State:
    """The state after an instruction that is no jump and no return."""
    state = before.copy()
    kind = ins.code & 0x07
    if kind == bpf.LD:
        state.a = _load(ins, state)
    elif kind == bpf.LDX:
        state.x = _load(ins, state)
    elif kind == bpf.ST:
        state.memory[ins.k] = state.a
    elif kind == bpf.STX:
        state.memory[ins.k] = state.x
    elif kind == bpf.ALU:
        state.a = _calculate(ins, state)
    elif ins.code & 0xF8 == bpf.TAX:
        state.x = state.a
    else:
        state.a = state.x
    return state


def _load(ins: Instruction, state: State) -> Value:
    mode = ins.code & 0xE0
    if mode == bpf.IMM:
        return ins.k
    if mode == bpf.LEN:
        return Term("len")
    if mode == bpf.MEM:
        return state.roles.get(ins.k, state.memory.get(ins.k, 0))
    if mode == bpf.MSH:
        return Term("header", Place(ins.k, 1))
    if ins.k >= bpf.SKF_AD_OFF:
        return Term(f"kernel {ANCILLARY.get(ins.k - bpf.SKF_AD_OFF, 'metadata')}")
    size = SIZES[ins.code & 0x18]
    if mode == bpf.ABS:
        return Place(ins.k, size)
    return _indirect(state.x, ins.k, size)


def _indirect(x: Value, offset: int, size: int) -> Value:
    """``[x + offset]``: known where X is a number or the length of an IPv4 header."""
    if isinstance(x, int):
        return Place(x + offset & 0xFFFFFFFF, size)
    if isinstance(x, Term) and x.op in INDEXES:
        return Place(offset, size, INDEXES[x.op])
    if isinstance(x, Term) and x.op == "header" and isinstance(x.left, Place) \
            and offset >= x.left.offset:
        return Place(offset, size, x.left.offset)
    if x is None:
        return None
    return Term(f"load{size}", x, offset)


def _calculate(ins: Instruction, state: State) -> Value:
    if ins.code & 0xF0 == bpf.NEG:
        return None if state.a is None else Term("neg", state.a)
    right = state.x if ins.code & bpf.X else ins.k
    if state.a is None or right is None:
        return None
    if state.a == ABOVE_IP and ins.code & 0xF0 == bpf.AND:
        return ABOVE_IP  # the bits of the number, of later fragments too
    return Term(OPERATORS[ins.code & 0xF0], state.a, right)


def text(given: Value, link_type: int, facts: Facts) -> str:
    """A value in words: ``ip.src``, ``tcp.flags & 0x2``."""
    match given:
        case None:
            return "A"
        case int():
            return str(given)
        case Place():
            return name(given, link_type, facts)
        case Term("len"):
            return "len"
        case Term("header", Place() as place):
            return f"4 * ({name(place, link_type, facts)} & 0xf)"
        case Term("neg", left):
            return f"-({text(left, link_type, facts)})"
        case Term(op, left, right) if op.startswith("load"):
            size = "" if op == "load1" else f":{op[4:]}"
            inner = text(left, link_type, facts)
            return f"link[{inner} + {right}{size}]" if right else f"link[{inner}{size}]"
        case Term(op, None, None):
            return op
        case Term(op, left, right):
            shown = f"{right:#x}" if op in "&|^" and isinstance(right, int) \
                else text(right, link_type, facts)
            called = text(left, link_type, facts)
            return f"({called} {op} {shown})" if " " in called else f"{called} {op} {shown}"
    raise AssertionError(given)

