"""Random programs and packets for the tests of bpf/: the same for the same seed."""

from fyke.bpf.instructions import SKF_AD_OFF, Instruction
from fyke.bpf.opcodes import OPCODES

ALU = [code for code in OPCODES if code & 7 == 4]
BRANCHES = [code for code in OPCODES if code & 7 == 5 and code != 5]
LOADS = [0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0xB1]
INTERESTING = [0, 1, 2, 3, 4, 7, 8, 13, 14, 20, 31, 32, 33, 64, 255, 256, 0x800, 0xFFFF, 0x10000,
               0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF]


def valid_program(rng, ancillary=()):
    """A program that the kernel takes; it returns A folded to a length, or a constant."""
    body = rng.randrange(1, 40)
    written = []
    out = []
    while len(out) < body:
        left = body - len(out)
        out += statement(rng, written, left, ancillary)
    # what is left in both registers decides how much of the packet is kept
    tail = [(0x02, 0, 0, 0), (0x87, 0, 0, 0), (0x24, 0, 0, 7), (0x01, 0, 0, 0), (0x61, 0, 0, 0),
            (0x0C, 0, 0, 0), (0x94, 0, 0, 61), (0x16, 0, 0, 0)]
    return [Instruction(*ins) for ins in out + tail]


def statement(rng, written, left, ancillary):
    """One instruction, or two; jumps stay inside what is left plus the tail's first."""
    kind = rng.random()
    if kind < 0.35:
        one = load(rng, ancillary)
        if one[0] in (0x40, 0x48, 0x50) and left > 1 and rng.random() < 0.8:
            return [(0x01, 0, 0, rng.randrange(16)), one]  # an X that leads into the packet
        return [one]
    if kind < 0.6:
        return [arithmetic(rng)]
    if kind < 0.7 and left > 1:
        return [branch(rng, left)]
    if kind < 0.75:
        return [(0x05, 0, 0, 0)]
    if kind < 0.85:
        return [(rng.choice((0x07, 0x87)), 0, 0, 0)]
    if kind < 0.9:
        # a word is read only right after it was written: no jump lies between
        word = rng.randrange(16)
        return [(rng.choice((0x02, 0x03)), 0, 0, word)] if left == 1 else guarded(rng, word)
    return [(rng.choice((0x00, 0x01)), 0, 0, number(rng)), (rng.choice((0x80, 0x81)), 0, 0, 0)][
        :rng.choice((1, 1, 2))]


def guarded(rng, word):
    """Write and read a word where no jump from before can land between: the read skips itself."""
    return [(0x02, 0, 0, word), (0x05, 0, 0, 0)] if rng.random() < 0.5 else [
        (0x03, 0, 0, word), (0x02, 0, 0, (word + 1) % 16)]


def load(rng, ancillary):
    if ancillary and rng.random() < 0.4:
        return (rng.choice((0x20, 0x28, 0x30)), 0, 0, SKF_AD_OFF + rng.choice(ancillary))
    code = rng.choice(LOADS)
    off = rng.randrange(24)
    if rng.random() < 0.05:
        off = rng.choice((60, 0xFFFFFFFC, 0xFFFFFFF0, 0x7FFFFFFF, 0x40000))
        if code in (0x20, 0x28, 0x30) and off >= SKF_AD_OFF:
            off = 70
    return (code, 0, 0, off)


def arithmetic(rng):
    code = rng.choice(ALU)
    k = number(rng)
    if code in (0x34, 0x94):
        k = k or 3
    elif code in (0x64, 0x74):
        k %= 32
    return (code, 0, 0, k)


def branch(rng, left):
    return (rng.choice(BRANCHES), rng.randrange(min(left, 8)), rng.randrange(min(left, 8)),
            number(rng))


def number(rng):
    return rng.choice(INTERESTING) if rng.random() < 0.7 else rng.getrandbits(32)


def damaged(rng, program):
    """The program with one or two numbers changed: about half are refused."""
    out = list(program)
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(len(out))
        code, jt, jf, k = out[at]
        what = rng.randrange(6)
        if what == 0:
            code = rng.choice((rng.randrange(256), rng.choice(list(OPCODES)), 0x8001))
        elif what == 1:
            k = rng.choice((0, 31, 32, 15, 16, 17, len(out), len(out) - at - 1,
                            (len(out) - at - 2) % 2**32, 0xFFFFFFFF, rng.getrandbits(32)))
        elif what == 2:
            jt = rng.choice((0, 255, max(0, len(out) - at - 2) % 256, (len(out) - at - 1) % 256))
        elif what == 3:
            jf = rng.choice((0, 255, max(0, len(out) - at - 2) % 256, (len(out) - at - 1) % 256))
        elif what == 4:
            code, k = rng.choice((0x20, 0x28, 0x30)), SKF_AD_OFF + rng.randrange(-4, 70)
        else:
            code, k = rng.choice((0x60, 0x61, 0x02, 0x03, 0x34, 0x74)), rng.randrange(18)
        out[at] = Instruction(code, jt, jf, k)
    if rng.random() < 0.1:
        out = out[:rng.randrange(1, len(out) + 1)]
    return out


def packet(rng):
    """Octets such as filters look for, 1 to 80 of them."""
    return bytes(rng.choice((0, 1, 6, 8, 0x45, 0x50, 0xFF, rng.randrange(256)))
                 for _ in range(rng.randrange(*rng.choice(((1, 80), (40, 80))))))
