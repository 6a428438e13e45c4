"""The BPF machine: runs a program on packets, as libpcap does on those of a savefile.

A packet whose ``meta`` is an Ancillary is treated as the Linux kernel treats it: ancillary loads
have values, offsets count from headers and wrap around, and shifts use the low five bits of X.
Everything is checked when the program is loaded except what depends on the packet, so that the
loop may trust jumps and scratch memory, and ends: at most MAX_BACKWARD jumps go back.
"""

from __future__ import annotations

from fyke.bpf.ancillary import Ancillary, find_offset
from fyke.bpf.instructions import SKF_AD_OFF, Instruction
from fyke.hints import Any, Iterable, Sequence
from fyke.wire import Record

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

MAX_BACKWARD = 64  # libpcap: MAX_BACKWARD_JUMPS; only ``protochain`` jumps back
NO_METADATA = -2
ANCILLARY_LOAD = 0x100  # our own code for LD at SKF_AD_OFF + one of the known values


class Machine:
    """A program made ready to run. ``run`` may be called any number of times.

    Raises ProgramError for what libpcap would not run: unknown instructions, jumps out of the
    program, scratch memory that does not exist, no return at the end.
    """

    __slots__ = ("code", "instructions", "owner")

    instructions: tuple[Instruction, ...]
    owner: Any

    def __init__(self, instructions: Iterable[Sequence[int]]) -> None:
        from fyke.bpf.checker import check_offline  # start-up is felt: many runs have no filter
        self.instructions = tuple(Instruction(*ins) for ins in instructions)
        check_offline(self.instructions)
        self.hold(pack(self.instructions))

    def hold(self, words: list[int]) -> None:
        """Keep the loaded instructions, and where they begin."""
        if cython.compiled:
            from struct import pack as packed
            self.owner = packed(f"{len(words)}I", *words)
            self.code = cython.cast(  # type: ignore
                "const u32_t *", PyBytes_AS_STRING(self.owner))  # type: ignore  # noqa: F821
        else:
            self.owner = words
            self.code = words

    def __reduce__(self) -> tuple[Any, ...]:
        return Machine, (self.instructions,)

    def run(self, packet: Record) -> int:
        """Octets to keep of the packet, 0 for none. Reads up to ``caplen``, never beyond."""
        if self.owner is None:
            raise ValueError("a machine without a program")
        code = self.code
        data = packet.data
        have = packet.caplen
        a: int = 0
        x: int = 0
        at = 0
        jumps = 0
        mask = 0xFFFFFFFF
        memory = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        while True:  # one long function: the registers stay in the processor's
            op = code[at]
            k: int = code[at + 3]
            # Loads: what is not simply in the packet is for find_offset
            if op == 0x28:  # ldh [k]
                off = k
                if off > have - 2:
                    off = self.seek(packet, off, 2)
                    if off < 0:
                        return 0
                a = data[off] << 8 | data[off + 1]
            elif op == 0x30:  # ldb [k]
                off = k
                if off > have - 1:
                    off = self.seek(packet, off, 1)
                    if off < 0:
                        return 0
                a = data[off]
            elif op == 0x20:  # ld [k]
                off = k
                if off > have - 4:
                    off = self.seek(packet, off, 4)
                    if off < 0:
                        return 0
                a = data[off] << 24 | data[off + 1] << 16 | data[off + 2] << 8 | data[off + 3]
            elif op == 0x48:  # ldh [x + k]
                off = x
                off += k
                if off > have - 2:
                    off = self.seek(packet, off, 2)
                    if off < 0:
                        return 0
                a = data[off] << 8 | data[off + 1]
            elif op == 0x50:  # ldb [x + k]
                off = x
                off += k
                if off > have - 1:
                    off = self.seek(packet, off, 1)
                    if off < 0:
                        return 0
                a = data[off]
            elif op == 0x40:  # ld [x + k]
                off = x
                off += k
                if off > have - 4:
                    off = self.seek(packet, off, 4)
                    if off < 0:
                        return 0
                a = data[off] << 24 | data[off + 1] << 16 | data[off + 2] << 8 | data[off + 3]
            elif op == 0xB1:  # ldxb 4*([k]&0xf)
                off = k
                if off > have - 1:
                    off = self.seek(packet, off, 1)
                    if off < 0:
                        return 0
                x = (data[off] & 15) << 2
            elif op == 0x100:  # an ancillary load
                off = self.ask(packet, k, a, x)
                if off < 0:
                    return 0 if off == NO_METADATA else a
                a = off
            elif op == 0x00:  # ld #k
                a = k
            elif op == 0x01:  # ldx #k
                x = k
            elif op == 0x80:  # ld #pktlen
                a = packet.wirelen & mask
            elif op == 0x81:  # ldx #pktlen
                x = packet.wirelen & mask
            elif op == 0x60:  # ld M[k]
                a = memory[k]
            elif op == 0x61:  # ldx M[k]
                x = memory[k]
            # Stores and moves
            elif op == 0x02:  # st M[k]
                memory[k] = a
            elif op == 0x03:  # stx M[k]
                memory[k] = x
            elif op == 0x07:  # tax
                x = a
            elif op == 0x87:  # txa
                a = x
            # Jumps: the second and third word are where to go
            elif op == 0x15:  # jeq #k
                at = code[at + 1] if a == k else code[at + 2]
                continue
            elif op == 0x25:  # jgt #k
                at = code[at + 1] if a > k else code[at + 2]
                continue
            elif op == 0x35:  # jge #k
                at = code[at + 1] if a >= k else code[at + 2]
                continue
            elif op == 0x45:  # jset #k
                at = code[at + 1] if a & k else code[at + 2]
                continue
            elif op == 0x1D:  # jeq x
                at = code[at + 1] if a == x else code[at + 2]
                continue
            elif op == 0x2D:  # jgt x
                at = code[at + 1] if a > x else code[at + 2]
                continue
            elif op == 0x3D:  # jge x
                at = code[at + 1] if a >= x else code[at + 2]
                continue
            elif op == 0x4D:  # jset x
                at = code[at + 1] if a & x else code[at + 2]
                continue
            elif op == 0x05:  # ja
                if code[at + 1] <= at:
                    jumps += 1
                    if jumps > MAX_BACKWARD:
                        return 0
                at = code[at + 1]
                continue
            # Arithmetic, modulo 2**32
            elif op == 0x04:  # add #k
                a = (a + k) & mask
            elif op == 0x0C:  # add x
                a = (a + x) & mask
            elif op == 0x14:  # sub #k
                a = (a - k) & mask
            elif op == 0x1C:  # sub x
                a = (a - x) & mask
            elif op == 0x24:  # mul #k
                a = (a * k) & mask
            elif op == 0x2C:  # mul x
                a = (a * x) & mask
            elif op == 0x34:  # div #k
                a //= k
            elif op == 0x3C:  # div x
                if x == 0:
                    return 0
                a //= x
            elif op == 0x94:  # mod #k
                a %= k
            elif op == 0x9C:  # mod x
                if x == 0:
                    return 0
                a %= x
            elif op == 0x44:  # or #k
                a |= k
            elif op == 0x4C:  # or x
                a |= x
            elif op == 0x54:  # and #k
                a &= k
            elif op == 0x5C:  # and x
                a &= x
            elif op == 0xA4:  # xor #k
                a ^= k
            elif op == 0xAC:  # xor x
                a ^= x
            elif op == 0x64:  # lsh #k
                a = (a << k) & mask
            elif op == 0x74:  # rsh #k
                a >>= k
            elif op == 0x6C:  # lsh x
                if x > 31:
                    a = a if self.wraps(packet) else 0
                a = (a << (x & 31)) & mask
            elif op == 0x7C:  # rsh x
                if x > 31:
                    a = a if self.wraps(packet) else 0
                a >>= x & 31
            elif op == 0x84:  # neg
                a = (0 - a) & mask
            # Returns
            elif op == 0x06:  # ret #k
                return k
            else:  # ret a: nothing else passes check_offline
                return a
            at += 4

    # What the loop does not do itself, so that it is nothing but numbers when compiled

    def seek(self, packet: Record, off: int, size: int) -> int:
        """Where a load that is not simply inside the packet reads; -1 if nowhere."""
        if packet.meta is None:
            return -1
        return find_offset(packet, off, size)

    def ask(self, packet: Record, k: int, a: int, x: int) -> int:
        """The value of an ancillary load; -1: the program ends with A, -2: with 0."""
        known = packet.meta
        if not isinstance(known, Ancillary):
            return NO_METADATA
        return known.load(k, a, x, packet)

    def wraps(self, packet: Record) -> bool:
        """Whether a shift by more than 31 takes the low five bits, as the kernel's does."""
        return isinstance(packet.meta, Ancillary)


def pack(instructions: Sequence[Instruction]) -> list[int]:
    """Four words for each instruction: code, where to go if true and if false, k."""
    from fyke.bpf.opcodes import ANCILLARY
    words = []
    for number, (code, jt, jf, k) in enumerate(instructions):
        following = number + 1
        if code == 0x05:  # ja: k is signed here, as in libpcap
            words += [code, 4 * ((following + k) & 0xFFFFFFFF), 0, k]
        elif code in (0x20, 0x28, 0x30) and k - SKF_AD_OFF in ANCILLARY:
            words += [ANCILLARY_LOAD, 0, 0, k]
        else:
            words += [code, 4 * (following + jt), 4 * (following + jf), k]
    return words
