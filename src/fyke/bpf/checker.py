"""Which programs will be taken: by the Linux kernel (check), by libpcap's machine (check_offline).

The kernel's rules are those of net/core/filter.c: bpf_check_classic, check_load_and_stores and
bpf_convert_filter. libpcap's (pcapint_validate_filter) are looser: jumps may go back, programs
may be much longer, and scratch memory is zero before it is written.
"""

from __future__ import annotations

from fyke.bpf.expansion import LONGEST, REACH, first_broken_jump
from fyke.bpf.instructions import (
    JA,
    JMP,
    MAX_INSTRUCTIONS,
    MEMORY_WORDS,
    RET,
    SKF_AD_OFF,
    Instruction,
)
from fyke.bpf.opcodes import ANCILLARY, OPCODES
from fyke.errors import ProgramError
from fyke.hints import Sequence

MAX_OFFLINE = 3_060_000  #: libpcap's BPF_MAXINSNS (bpf_filter.c)
ALL_WORDS = (1 << MEMORY_WORDS) - 1


def check(instructions: Sequence[Instruction]) -> None:
    """Raise ProgramError, with the reason, exactly for what SO_ATTACH_FILTER refuses."""
    check_length(instructions, MAX_INSTRUCTIONS, "the kernel takes")
    for at, ins in enumerate(instructions):
        check_instruction(ins, at)
        check_ancillary(ins, at)
        check_jump(ins, at, len(instructions), backward=False)
    check_end(instructions)
    check_memory(instructions)
    check_expansion(instructions)


def check_offline(instructions: Sequence[Instruction]) -> None:
    """Raise ProgramError for what libpcap's machine, and ours, cannot run."""
    check_length(instructions, MAX_OFFLINE, "libpcap takes")
    for at, ins in enumerate(instructions):
        check_instruction(ins, at)
        check_jump(ins, at, len(instructions), backward=True)
    check_end(instructions)


def check_length(instructions: Sequence[Instruction], most: int, who: str) -> None:
    if not instructions:
        raise ProgramError("the program is empty; it needs at least a ret")
    if len(instructions) > most:
        raise ProgramError(f"the program has {len(instructions)} instructions; {who} {most}")


def check_instruction(ins: Instruction, at: int) -> None:
    """What can be said without the rest of the program."""
    code, jt, jf, k = ins
    if not (0 <= code <= 0xFFFF and 0 <= jt <= 255 and 0 <= jf <= 255 and 0 <= k <= 0xFFFFFFFF):
        raise ProgramError(f"({at:03d}) {code} {jt} {jf} {k}: a number does not fit its field")
    if code not in OPCODES:
        raise ProgramError(f"({at:03d}) 0x{code:x} is no instruction of classic BPF")
    if code in (0x34, 0x94) and k == 0:
        raise ProgramError(f"({at:03d}) {OPCODES[code].name} by zero")
    if code in (0x64, 0x74) and k >= 32:
        raise ProgramError(f"({at:03d}) {OPCODES[code].name} by {k}; registers have 32 bits")
    if code in (0x60, 0x61, 0x02, 0x03) and k >= MEMORY_WORDS:
        raise ProgramError(f"({at:03d}) M[{k}] does not exist; scratch memory is M[0] to "
                           f"M[{MEMORY_WORDS - 1}]")


def check_ancillary(ins: Instruction, at: int) -> None:
    if ins.code in (0x20, 0x28, 0x30) and ins.k >= SKF_AD_OFF \
            and ins.k - SKF_AD_OFF not in ANCILLARY:
        raise ProgramError(f"({at:03d}) the kernel has no ancillary load at "
                           f"SKF_AD_OFF + {ins.k - SKF_AD_OFF}")


def check_jump(ins: Instruction, at: int, count: int, *, backward: bool) -> None:
    if ins.code & 0x07 != JMP:
        return
    if ins.code == JMP | JA:
        if backward:
            to = (at + 1 + ins.k) & 0xFFFFFFFF
            if to == at:
                raise ProgramError(f"({at:03d}) ja to itself never ends")
        else:
            to = at + 1 + ins.k
    else:
        to = at + 1 + max(ins.jt, ins.jf)
    if to >= count:
        raise ProgramError(f"({at:03d}) {OPCODES[ins.code].name} leaves the program: there is no "
                           f"instruction {to}")


def check_end(instructions: Sequence[Instruction]) -> None:
    if instructions[-1].code & 0x07 != RET:
        raise ProgramError(f"({len(instructions) - 1:03d}) the last instruction is not ret")


def check_memory(instructions: Sequence[Instruction]) -> None:
    """No word of scratch memory may be read on a path that has not written it."""
    masks = [ALL_WORDS] * (len(instructions) + 1)  # words written on every path to here
    written = 0
    for at, (code, jt, jf, k) in enumerate(instructions):
        written &= masks[at]
        if code in (0x02, 0x03):
            written |= 1 << k
        elif code in (0x60, 0x61):
            if not written >> k & 1:
                raise ProgramError(f"({at:03d}) M[{k}] is read but not written on every way here")
        elif code & 0x07 == JMP:
            for skip in (k,) if code == JMP | JA else (jt, jf):
                masks[at + 1 + skip] &= written
            written = ALL_WORDS


def check_expansion(instructions: Sequence[Instruction]) -> None:
    """The kernel translates to eBPF, whose jumps reach 32,767 instructions."""
    if len(instructions) * LONGEST < REACH:
        return
    at = first_broken_jump(instructions)
    if at is not None:
        raise ProgramError(f"({at:03d}) {OPCODES[instructions[at].code].name} is further from the "
                           "start or from its target than the kernel can jump; make the program "
                           "shorter")
