"""Whether two programs ever differ: settled for every packet by the SMT solver z3.

Classic BPF has no loops (but protochain's, which are bounded), so a program is a formula over the
octets and lengths of a packet; two programs are the same if no packet satisfies "the results
differ". z3 is the optional extra ``fyke[proof]``; it is needed only when neither equality of the
texts nor a few hundred made-up packets settle the question.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from random import Random
from typing import Any

from fyke.bpf import instructions as bpf
from fyke.bpf.ancillary import FIELDS, Ancillary
from fyke.bpf.instructions import Instruction
from fyke.bpf.lockstep import agree
from fyke.bpf.program import Program
from fyke.bpf.symbolic import (
    ANCILLARY_BITS,
    SIZES,
    TAKES_REGISTERS,
    Ending,
    Unprovable,
    World,
    endings,
)
from fyke.errors import FykeError

SAMPLES = 200  #: packets that are tried before z3 is asked


class Compare(Enum):
    """What must be equal for two results to be the same."""

    RETURNED = "returned"  #: the number that the program returns
    KEPT = "kept"  #: the octets that are kept of the packet: the number, at most its length
    VERDICT = "verdict"  #: taken or not


@dataclass(frozen=True, slots=True)
class Same:
    """No packet tells the programs apart."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A packet on which the programs differ; there is no shorter one if ``shortest``."""

    packet: bytes
    wirelen: int  #: its length on the wire, in octets
    a: int  #: what the first program returns
    b: int  #: what the second one returns
    ancillary: Ancillary | None = None  #: the metadata, where the programs ask for it
    shortest: bool = False


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither a proof nor a counterexample was found; why."""

    reason: str


Verdict = Same | Counterexample | Undecided


def differ(a: Program, b: Program, *, timeout: float = 10.0,
           compare: Compare = Compare.RETURNED, whole: bool = False,
           least: int = 0, snaplen: int = 262144, linux: bool | None = None) -> Verdict:
    """Same, or a packet of ``least`` to ``snaplen`` octets for which the results differ.

    ``whole``: only packets that were not cut short. ``linux``: as the kernel runs programs, with
    metadata; None: if one of them asks for metadata. ``timeout`` is in seconds. Raises FykeError
    if z3 is needed and missing, ProgramError for what cannot run.
    """
    return _Question(a, b, compare, whole, least, snaplen, linux, implies=False).answer(timeout)


def implies(a: Program, b: Program, *, timeout: float = 10.0, whole: bool = False,
            least: int = 0, snaplen: int = 262144, linux: bool | None = None) -> Verdict:
    """Same if ``b`` takes every packet that ``a`` takes, or a packet that only ``a`` takes."""
    return _Question(a, b, Compare.VERDICT, whole, least, snaplen, linux,
                     implies=True).answer(timeout)


class _Question:
    def __init__(self, a: Program, b: Program, compare: Compare, whole: bool, least: int,
                 snaplen: int, linux: bool | None, *, implies: bool) -> None:
        self.a, self.b = a, b
        self.compare, self.implies = compare, implies
        self.whole, self.least, self.snaplen = whole, least, snaplen
        both = a.instructions + b.instructions
        self.linux = any(map(wants_metadata, both)) if linux is None else linux
        self.indirect = any(ins.code & 0x07 == bpf.LD and ins.code & 0xE0 == bpf.IND
                            for ins in both)

    def answer(self, timeout: float) -> Verdict:
        self.a.machine(), self.b.machine()  # refuses what cannot run
        if self.a.instructions == self.b.instructions:
            return Same()
        deadline = time.monotonic() + timeout
        found = self.sample()
        if found is None and agree(
                self.a.instructions, self.b.instructions, implies=self.implies,
                verdict=self.compare is Compare.VERDICT, least=self.least, linux=self.linux,
                deadline=time.monotonic() + timeout / 3):
            return Same()
        try:
            z3 = load_z3()
        except FykeError:
            if found:
                return found  # not the shortest, but one
            raise
        try:
            return self.prove(z3, deadline, found)
        except Unprovable as reason:
            return found or Undecided(str(reason))

    def sample(self) -> Counterexample | None:
        """The shortest of some made-up packets on which the programs differ."""
        found = None
        for packet, wirelen, ancillary in samples(self):
            one = self.run(packet, wirelen, ancillary)
            if one and (found is None or len(packet) < len(found.packet)):
                found = one
        return found

    def run(self, packet: bytes, wirelen: int, ancillary: Ancillary | None) \
            -> Counterexample | None:
        """The packet as a counterexample, if it is one."""
        a = self.a.run(packet, wirelen, ancillary)
        b = self.b.run(packet, wirelen, ancillary)
        if self.implies:
            differs = a != 0 and b == 0
        elif self.compare is Compare.VERDICT:
            differs = (a == 0) != (b == 0)
        elif self.compare is Compare.KEPT:
            # 0 octets kept of an empty packet is not "dropped"
            differs = (a == 0) != (b == 0) or min(a, len(packet)) != min(b, len(packet))
        else:
            differs = a != b
        return Counterexample(packet, wirelen, a, b, ancillary) if differs else None

    def prove(self, z3: Any, deadline: float, found: Counterexample | None) -> Verdict:
        world = World(z3, snaplen=self.snaplen, whole=self.whole, linux=self.linux,
                      indirect=self.indirect)
        question = self.formula(world, endings(self.a.instructions, world),
                                endings(self.b.instructions, world))
        functions = self.indirect or any(ins.k in TAKES_REGISTERS for ins in
                                         self.a.instructions + self.b.instructions)
        solver = z3.SolverFor("QF_AUFBV" if functions else "QF_BV")
        solver.add(*world.constraints, z3.UGE(world.caplen, self.least), question)
        if found is None:
            answer = ask(z3, solver, deadline)
            if answer == z3.unsat:
                return Same()
            if answer != z3.sat:
                return Undecided(f"no answer in time ({solver.reason_unknown()})")
            found = self.read(z3, solver.model(), world)
        return self.shorten(z3, solver, world, found, deadline)

    def formula(self, world: World, a: list[Ending], b: list[Ending]) -> Any:
        """When the results differ."""
        z3 = world.z3
        if self.implies or self.compare is Compare.VERDICT:
            takes_a, takes_b = nonzero(z3, a), nonzero(z3, b)
            return z3.And(takes_a, z3.Not(takes_b)) if self.implies else takes_a != takes_b
        if self.compare is Compare.RETURNED and all(isinstance(e.result, int) for e in a + b):
            # constants only: compare when each is returned, and no number is ever built
            return z3.Or([either(z3, a, k) != either(z3, b, k)
                          for k in {e.result for e in a + b}])
        left, right = value(world, a), value(world, b)
        if self.compare is Compare.KEPT:
            kept = [z3.If(z3.ULT(v, world.caplen), v, world.caplen) for v in (left, right)]
            return z3.Or((left == 0) != (right == 0), kept[0] != kept[1])
        return left != right

    def read(self, z3: Any, model: Any, world: World) -> Counterexample:
        """The model's packet; that the programs really differ on it is checked by running them."""
        def number(term: Any) -> int:
            return int(model.eval(term, model_completion=True).as_long())

        caplen, wirelen = number(world.caplen), number(world.wirelen)
        packet = bytearray(caplen)
        if world.packet is None:
            for offset, octet in world.octets.items():
                if offset < caplen:
                    packet[offset] = number(octet)
        else:
            fill(packet, model, world.packet, z3)
        known = {name: number(term) for name, term in world.metadata.items()}
        ancillary = Ancillary(**known) if self.linux else None
        found = self.run(bytes(packet), wirelen, ancillary)
        if found is None:
            raise Unprovable("it depends on netlink attributes, which are not modelled")
        return found

    def shorten(self, z3: Any, solver: Any, world: World, found: Counterexample,
                deadline: float) -> Counterexample:
        """The shortest packet, by halving; the best so far when time runs out."""
        low, best = self.least - 1, found  # none has ``low`` octets or fewer
        while len(best.packet) - low > 1:
            middle = (low + len(best.packet)) // 2
            answer, model = ask_with(z3, solver, deadline, z3.ULE(world.caplen, middle))
            if model is not None:
                best = self.read(z3, model, world)
            elif answer == z3.unsat:
                low = middle
            else:
                return best
        shortest = world.caplen == len(best.packet)
        for wish in (world.wirelen == world.caplen, z3.ULE(world.wirelen, 65535), True):
            _, model = ask_with(z3, solver, deadline, shortest, wish)
            if model is not None:  # and this one has zeros wherever nothing is asked for
                best = self.read(z3, model, world)
                break
        return Counterexample(best.packet, best.wirelen, best.a, best.b, best.ancillary, True)


def load_z3() -> Any:
    try:
        return import_module("z3")
    except ImportError:
        raise FykeError("comparing programs needs the z3 solver: pip install 'fyke[proof]'"
                        ) from None


def ask(z3: Any, solver: Any, deadline: float) -> Any:
    left = deadline - time.monotonic()
    if left <= 0:
        return z3.unknown
    solver.set("timeout", max(1, int(1000 * left)))
    return solver.check()


def ask_with(z3: Any, solver: Any, deadline: float, *conditions: Any) -> tuple[Any, Any]:
    """The answer, and the model if there is one, under further conditions."""
    solver.push()
    solver.add(*conditions)
    answer = ask(z3, solver, deadline)
    model = solver.model() if answer == z3.sat else None
    solver.pop()
    return answer, model


def wants_metadata(ins: Instruction) -> bool:
    """Whether a load has a value only in the kernel."""
    return ins.code in (0x20, 0x28, 0x30, 0xB1) and ins.k >= bpf.SKF_LL_OFF


def fill(packet: bytearray, model: Any, array: Any, z3: Any) -> None:
    """Write what a model says of the array of octets: some entries, and one for the rest."""
    term = model.eval(array, model_completion=True)
    entries = []
    while z3.is_store(term):
        term, at, octet = term.children()
        entries.append((at.as_long(), octet.as_long()))
    if z3.is_K(term):
        packet[:] = bytes((term.arg(0).as_long(),)) * len(packet)
        for offset, octet in reversed(entries):  # the outermost store counts
            if offset < len(packet):
                packet[offset] = octet
    else:
        for offset in range(len(packet)):
            packet[offset] = model.eval(array[offset], model_completion=True).as_long()


def samples(question: _Question) -> Iterator[tuple[bytes, int, Ancillary | None]]:
    """Packets made of the numbers that the programs compare with, at the offsets they read."""
    rng = Random(1)
    both = question.a.instructions + question.b.instructions
    numbers = sorted({ins.k for ins in both if ins.code & 0x07 == bpf.JMP}) or [0]
    reads = sorted({(ins.k, SIZES[ins.code & 0x18]) for ins in both
                    if ins.code & 0xE7 == bpf.LD | bpf.ABS and ins.k < 2000})
    furthest = 64 + max((off + size for off, size in reads), default=0)
    longest = min(question.snaplen, max(question.least, furthest))
    for _ in range(SAMPLES):
        packet = bytearray(rng.choice((0, 0, 0x45, rng.getrandbits(8)))
                           for _ in range(min(furthest, longest))).ljust(longest, b"\0")
        for offset, size in reads:
            if offset + size <= longest and rng.random() < 0.9:
                word = rng.choice(numbers) & ((1 << 8 * size) - 1)
                packet[offset:offset + size] = word.to_bytes(size, "big")
        if rng.random() < 0.5:
            del packet[rng.randrange(question.least, longest + 1):]
        wirelen = len(packet) + (0 if question.whole else rng.choice((0, 0, 1, 1400)))
        yield bytes(packet), wirelen, (random_metadata(rng, numbers) if question.linux else None)


def random_metadata(rng: Random, numbers: list[int]) -> Ancillary:
    def number(name: str) -> int:
        bits = ANCILLARY_BITS.get(name, 32)
        return rng.choice((0, 1, rng.choice(numbers))) & ((1 << bits) - 1)

    return Ancillary(**{name: number(name) for name in (*FIELDS.values(), "pay_offset")})


def nonzero(z3: Any, ends: Sequence[Ending]) -> Any:
    return z3.Or([z3.And(e.condition, True if isinstance(e.result, int) else e.result != 0)
                  for e in ends])


def either(z3: Any, ends: Sequence[Ending], k: int) -> Any:
    """When the program returns ``k``."""
    return z3.Or([e.condition for e in ends if e.result == k])


def value(world: World, ends: Sequence[Ending]) -> Any:
    z3 = world.z3
    result = z3.BitVecVal(0, 32)
    for end in ends:
        result = z3.If(end.condition, end.result, result)
    return result
