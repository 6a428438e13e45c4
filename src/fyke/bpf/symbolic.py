"""A program as a formula: its result for every packet at once, as a term for the solver z3.

The program is walked once, in the order of its instructions; where paths meet, their states are
merged, so that the formula grows with the program and not with the number of paths. Values that
are the same for every packet stay Python integers. Words that are never read again are dropped
(liveness), which keeps what is merged small.

Terms are bit vectors of 32 bits, conditions are booleans; ``True`` and ``False`` may stand for
conditions. z3 is untyped, hence Any.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from fyke.bpf import instructions as bpf
from fyke.bpf.ancillary import FIELDS
from fyke.bpf.instructions import Instruction
from fyke.bpf.listing import is_branch
from fyke.bpf.machine import MAX_BACKWARD
from fyke.bpf.opcodes import ANCILLARY

MASK = 0xFFFFFFFF
SIZES = {bpf.W: 4, bpf.H: 2, bpf.B: 1}
A, X = 16, 17  # names of the registers beside the 16 words of scratch memory
#: Bits that an ancillary value has (struct sk_buff, struct net_device), where fewer than 32.
ANCILLARY_BITS = {"protocol": 16, "pkttype": 3, "queue": 16, "hatype": 16, "vlan_tag": 16,
                  "vlan_tag_present": 1, "vlan_tpid": 16}


#: The loads whose value depends on A and X.
NETLINK = {bpf.AD_NLATTR: "nlattr", bpf.AD_NLATTR_NEST: "nlattr_nest"}
TAKES_REGISTERS = {bpf.SKF_AD_OFF + kind for kind in (*NETLINK, bpf.AD_ALU_XOR_X)}


class Unprovable(Exception):
    """The program does what no formula here says: the reason."""


class World:
    """What is unknown: the packet's octets, its lengths and its metadata.

    Both programs of a proof share one world. ``linux``: as the kernel sees packets, otherwise as
    libpcap sees those of a savefile. ``network`` is where the kernel's network header begins.
    """

    def __init__(self, z3: Any, *, snaplen: int, whole: bool, linux: bool, indirect: bool,
                 network: int = 14) -> None:
        self.z3 = z3
        self.linux = linux
        self.network = network
        self.caplen = z3.BitVec("caplen", 32)
        self.wirelen = self.caplen if whole else z3.BitVec("wirelen", 32)
        self.constraints = [z3.ULE(self.caplen, snaplen), z3.ULE(self.caplen, self.wirelen)]
        self.octets: dict[int, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.packet = (z3.Array("packet", z3.BitVecSort(32), z3.BitVecSort(8))
                       if indirect else None)

    def octet(self, offset: Any) -> Any:
        """The octet at an offset that is known to be inside the packet."""
        if self.packet is not None:
            return self.packet[offset]
        if offset not in self.octets:
            self.octets[offset] = self.z3.BitVec(f"p{offset}", 8)
        return self.octets[offset]

    def read(self, offset: Any, size: int) -> Any:
        """``size`` octets, big endian, as 32 bits."""
        octets = [self.octet(offset + i) for i in range(size)]
        if size < 4:
            octets.insert(0, self.z3.BitVecVal(0, 32 - 8 * size))
        return self.z3.Concat(*octets)

    def field(self, name: str) -> Any:
        """A value of the metadata."""
        if name not in self.metadata:
            self.metadata[name] = value = self.z3.BitVec(name, 32)
            bits = ANCILLARY_BITS.get(name)
            if bits:
                self.constraints.append(self.z3.ULT(value, 1 << bits))
        return self.metadata[name]


class State(NamedTuple):
    """What holds at an instruction: when it is reached, and the words that are live there."""

    condition: Any
    words: dict[int, Any]


class Ending(NamedTuple):
    """A way in which a program ends: when, and with what result."""

    condition: Any
    result: Any


def endings(instructions: Sequence[Instruction], world: World) -> list[Ending]:
    """All ways in which the program ends with something but 0; no two hold for one packet."""
    return _Walk(instructions, world).endings()


class _Walk:
    def __init__(self, instructions: Sequence[Instruction], world: World) -> None:
        self.instructions = instructions
        self.world = world
        self.z3 = world.z3
        self.live = liveness(instructions)
        self.arriving: dict[tuple[int, int], list[State]] = {}
        self.order: list[tuple[int, int]] = []  # (jumps back so far, instruction)
        self.out: list[Ending] = []

    def endings(self) -> list[Ending]:
        self.go(0, 0, True, dict.fromkeys(range(18), 0))
        while self.order:
            key = heapq.heappop(self.order)
            self.step(*key, self.merge(self.arriving.pop(key)))
        return self.out

    def go(self, turn: int, at: int, condition: Any, words: dict[int, Any]) -> None:
        """Arrive at an instruction when ``condition`` holds."""
        if condition is False:
            return
        key = (turn, at)
        if key not in self.arriving:
            self.arriving[key] = []
            heapq.heappush(self.order, key)
        live = self.live[at]
        self.arriving[key].append(State(condition, {w: words[w] for w in live}))

    def merge(self, states: list[State]) -> State:
        condition, words = states[0]
        for other in states[1:]:
            words = {word: value if same(value, other.words[word])
                     else self.z3.If(self.boolean(other.condition), self.term(other.words[word]),
                                     self.term(value))
                     for word, value in words.items()}
            condition = self.either(condition, other.condition)
        return State(condition, words)

    def step(self, turn: int, at: int, state: State) -> None:
        ins = self.instructions[at]
        condition, words = state
        kind = ins.code & 0x07
        if kind == bpf.RET:
            result = words[A] if ins.code & 0x18 == bpf.A else ins.k
            if not same(result, 0):
                self.out.append(Ending(condition, result))
        elif is_branch(ins):
            test = self.test(ins, words)
            self.go(turn, at + 1 + ins.jt, self.both(condition, test), words)
            self.go(turn, at + 1 + ins.jf, self.both(condition, self.negate(test)), words)
        elif kind == bpf.JMP:
            target = (at + 1 + ins.k) & MASK
            turn += target <= at
            if turn <= MAX_BACKWARD:
                self.go(turn, target, condition, words)
        else:
            words = dict(words)
            fine = self.effect(ins, words, condition)
            self.go(turn, at + 1, self.both(condition, fine), words)

    def effect(self, ins: Instruction, words: dict[int, Any], condition: Any) -> Any:
        """Carry out one instruction that is no jump; when does it not end the program with 0?"""
        kind, k = ins.code & 0x07, ins.k
        if kind == bpf.ST:
            words[k] = words.get(A)
        elif kind == bpf.STX:
            words[k] = words.get(X)
        elif kind == bpf.MISC:
            to, source = (X, A) if ins.code == bpf.MISC | bpf.TAX else (A, X)
            words[to] = words.get(source)
        elif kind == bpf.ALU:
            words[A], fine = self.arithmetic(ins, words)
            return fine
        else:
            register = A if kind == bpf.LD else X
            words[register], fine = self.load(ins, words, condition)
            return fine
        return True

    # Loads ----------------------------------------------------------------------------------

    def load(self, ins: Instruction, words: dict[int, Any], condition: Any) -> tuple[Any, Any]:
        mode, k = ins.code & 0xE0, ins.k
        if mode == bpf.IMM:
            return k, True
        if mode == bpf.LEN:
            return self.world.wirelen, True
        if mode == bpf.MEM:
            return words.get(k), True
        size = SIZES[ins.code & 0x18]
        if mode == bpf.ABS and k - bpf.SKF_AD_OFF in ANCILLARY:
            return self.ancillary(k - bpf.SKF_AD_OFF, words)
        offset, fine = self.locate(words[X] if mode == bpf.IND else 0, k, size)
        if fine is False:
            return 0, False
        value = self.world.read(offset, size)
        if mode == bpf.MSH:
            value = (value & 15) << 2
        return value, fine

    def locate(self, x: Any, k: int, size: int) -> tuple[Any, Any]:
        """Where a load of ``size`` octets at x + k reads, and when that is inside the packet."""
        z3, caplen = self.z3, self.world.caplen
        if self.world.linux:
            offset = (x + k) & MASK if isinstance(x, int) else x + k
            offset = self.from_header(offset)
            if isinstance(offset, int):
                return offset, self.inside(offset, size)
            return offset, z3.And(z3.UGE(caplen, size), z3.ULE(offset, caplen - size))
        if isinstance(x, int):
            return x + k, self.inside(x + k, size)
        fine = self.inside(k, size)
        if fine is False:
            return 0, False
        return x + k, z3.And(fine, z3.ULE(x, caplen - (k + size)))

    def inside(self, offset: int, size: int) -> Any:
        if offset + size > MASK:
            return False
        return self.z3.UGE(self.world.caplen, offset + size)

    def from_header(self, offset: Any) -> Any:
        """The kernel counts large offsets from a header (bpf_skb_load_helper_convert_offset)."""
        net, link = bpf.SKF_NET_OFF, bpf.SKF_LL_OFF
        if isinstance(offset, int):
            if offset >= net:
                return offset - net + self.world.network
            return offset - link if offset >= link else offset
        z3 = self.z3
        return z3.If(z3.UGE(offset, net), offset - net + self.world.network,
                     z3.If(z3.UGE(offset, link), offset - link, offset))

    def ancillary(self, kind: int, words: dict[int, Any]) -> tuple[Any, Any]:
        if not self.world.linux:
            return 0, False  # as libpcap, for a savefile
        if kind == bpf.AD_ALU_XOR_X:
            return self.calculate(bpf.XOR, words[A], words[X]), True
        if kind == bpf.AD_PAY_OFFSET:
            return self.world.field("pay_offset"), True
        if kind == bpf.AD_RANDOM:
            raise Unprovable("it loads random numbers")
        if kind in FIELDS:
            return self.world.field(FIELDS[kind]), True
        # Where an attribute is found is some function of the packet, A and X: that much is used
        word = self.z3.BitVecSort(32)
        find = self.z3.Function(NETLINK[kind], word, word, word)
        return find(self.term(words[A]), self.term(words[X])), True

    # Arithmetic and tests -------------------------------------------------------------------

    def arithmetic(self, ins: Instruction, words: dict[int, Any]) -> tuple[Any, Any]:
        operation = ins.code & 0xF0
        a = words[A]
        if operation == bpf.NEG:
            return self.calculate(bpf.SUB, 0, a), True
        operand = words[X] if ins.code & 0x08 == bpf.X else ins.k
        if operation in (bpf.DIV, bpf.MOD):
            if same(operand, 0):
                return 0, False
            fine = True if isinstance(operand, int) else operand != 0
            return self.calculate(operation, a, operand), fine
        if operation in (bpf.LSH, bpf.RSH) and self.world.linux:
            operand = operand & 31
        return self.calculate(operation, a, operand), True

    def calculate(self, operation: int, a: Any, b: Any) -> Any:
        if isinstance(a, int) and isinstance(b, int):
            return NUMBERS[operation](a, b) & MASK
        a, b = self.term(a), self.term(b)
        if operation == bpf.DIV:
            return self.z3.UDiv(a, b)
        if operation == bpf.MOD:
            return self.z3.URem(a, b)
        if operation == bpf.RSH:
            return self.z3.LShR(a, b)
        return TERMS[operation](a, b)

    def test(self, ins: Instruction, words: dict[int, Any]) -> Any:
        a = words[A]
        b = words[X] if ins.code & 0x08 == bpf.X else ins.k
        operation = ins.code & 0xF0
        if isinstance(a, int) and isinstance(b, int):
            return {bpf.JEQ: a == b, bpf.JGT: a > b, bpf.JGE: a >= b,
                    bpf.JSET: a & b != 0}[operation]
        if operation == bpf.JSET:
            return (a & b) != 0
        a, b = self.term(a), self.term(b)
        if operation == bpf.JEQ:
            return a == b
        return self.z3.UGT(a, b) if operation == bpf.JGT else self.z3.UGE(a, b)

    # Small helpers --------------------------------------------------------------------------

    def term(self, value: Any) -> Any:
        return self.z3.BitVecVal(value, 32) if isinstance(value, int) else value

    def boolean(self, condition: Any) -> Any:
        return self.z3.BoolVal(condition) if isinstance(condition, bool) else condition

    def both(self, left: Any, right: Any) -> Any:
        if left is True or right is False:
            return right
        if right is True or left is False:
            return left
        return self.z3.And(left, right)

    def either(self, left: Any, right: Any) -> Any:
        if left is True or right is True:
            return True
        return self.z3.Or(left, right)

    def negate(self, condition: Any) -> Any:
        return not condition if isinstance(condition, bool) else self.z3.Not(condition)


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same integer or the very same term."""
    if isinstance(a, int) or isinstance(b, int):
        return isinstance(a, int) and isinstance(b, int) and a == b
    return bool(a.eq(b))


def liveness(instructions: Sequence[Instruction]) -> list[frozenset[int]]:
    """For each instruction the words (A, X, M[]) whose value on arrival may still matter."""
    live: list[frozenset[int]] = [frozenset()] * (len(instructions) + 1)
    changed = True
    while changed:  # once round, and once more for every jump back inside another
        changed = False
        for at in range(len(instructions) - 1, -1, -1):
            reads, writes, following = uses(instructions[at], at)
            now = frozenset(reads).union(
                *(live[to] - {writes} for to in following if to < len(live)))
            if now != live[at]:
                live[at] = now
                changed = True
    return live


def uses(ins: Instruction, at: int) -> tuple[tuple[int, ...], int | None, tuple[int, ...]]:
    """The words that an instruction reads, the one that it writes, and where it may go on."""
    code, jt, jf, k = ins
    kind = code & 0x07
    operand = (X,) if code & 0x08 else ()
    if kind == bpf.RET:
        return ((A,) if code & 0x18 == bpf.A else ()), None, ()
    if kind == bpf.JMP:
        if is_branch(ins):
            return (A, *operand), None, (at + 1 + jt, at + 1 + jf)
        return (), None, ((at + 1 + k) & MASK,)
    following = (at + 1,)
    if kind == bpf.ALU:
        return (A, *operand) if code & 0xF0 != bpf.NEG else (A,), A, following
    if kind in (bpf.ST, bpf.STX):
        return (A if kind == bpf.ST else X,), k, following
    if kind == bpf.MISC:
        return ((A,), X, following) if code == bpf.MISC | bpf.TAX else ((X,), A, following)
    writes = A if kind == bpf.LD else X
    mode = code & 0xE0
    if mode == bpf.MEM:
        return (k,), writes, following
    if mode == bpf.IND:
        return (X,), writes, following
    if mode == bpf.ABS and k in TAKES_REGISTERS:
        return (A, X), writes, following
    return (), writes, following


TERMS: dict[int, Callable[[Any, Any], Any]] = {
    bpf.ADD: lambda a, b: a + b, bpf.SUB: lambda a, b: a - b, bpf.MUL: lambda a, b: a * b,
    bpf.OR: lambda a, b: a | b, bpf.AND: lambda a, b: a & b, bpf.XOR: lambda a, b: a ^ b,
    bpf.LSH: lambda a, b: a << b,
}
NUMBERS: dict[int, Callable[[int, int], int]] = TERMS | {
    bpf.DIV: lambda a, b: a // b, bpf.MOD: lambda a, b: a % b,
    bpf.LSH: lambda a, b: a << b if b < 32 else 0, bpf.RSH: lambda a, b: a >> b if b < 32 else 0,
}
