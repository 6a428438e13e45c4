"""How long a program becomes when the kernel translates it to eBPF, and which jumps that breaks.

Linux runs classic programs as eBPF (net/core/filter.c: bpf_convert_filter). One instruction
becomes up to 21, and an eBPF jump reaches 32,767 of them: a program of fewer than 4,096
instructions may still be refused. The figures are those of processors that load unaligned words
at no cost (x86, arm64), Linux 4.20 to 6.18 at least.
"""

from __future__ import annotations

from fyke.bpf import instructions as bpf
from fyke.bpf.instructions import Instruction
from fyke.hints import Sequence

REACH = 0x7FFF  #: S16_MAX: how far a jump goes
LONGEST = 22  #: eBPF instructions of the longest one (ldxb 4*([k]&0xf) with a large k)
INSTRUCTION_SIZE = 8  #: octets of an eBPF instruction
HEADER_SIZE = 128  #: about the size of struct bpf_prog, which is accounted too

#: Ancillary loads, by offset from SKF_AD_OFF (convert_bpf_extensions).
ANCILLARY_LENGTHS = {
    bpf.AD_PROTOCOL: 2, bpf.AD_PKTTYPE: 2, bpf.AD_IFINDEX: 4, bpf.AD_NLATTR: 4,
    bpf.AD_NLATTR_NEST: 4, bpf.AD_MARK: 1, bpf.AD_QUEUE: 1, bpf.AD_HATYPE: 4, bpf.AD_RXHASH: 1,
    bpf.AD_CPU: 4, bpf.AD_ALU_XOR_X: 1, bpf.AD_VLAN_TAG: 1, bpf.AD_VLAN_TAG_PRESENT: 3,
    bpf.AD_PAY_OFFSET: 4, bpf.AD_RANDOM: 4, bpf.AD_VLAN_TPID: 2,
}


def addresses(instructions: Sequence[Instruction]) -> list[int]:
    """Where each instruction begins in the translation, and last its length."""
    at = 7 if any(reads_packet(ins) for ins in instructions) else 3  # registers are set up
    out = []
    for ins in instructions:
        out.append(at)
        at += translated_length(ins)
    return [*out, at]


def memory(instructions: Sequence[Instruction]) -> int:
    """Octets, about, that a socket is charged for the program; at most net.core.optmem_max."""
    return HEADER_SIZE + INSTRUCTION_SIZE * addresses(instructions)[-1]


def first_broken_jump(instructions: Sequence[Instruction]) -> int | None:
    """The first jump, by number, that the kernel cannot translate; None if it can them all.

    On its first pass the kernel takes every address that it does not know yet for 0, so that a
    jump may also not stand more than 32,768 from the start.
    """
    address = addresses(instructions)
    for at, ins in enumerate(instructions):
        if ins.code & 0x07 != bpf.JMP:
            continue
        last = translated_length(ins) - 1
        for target, index in jumps(ins, at, last):
            behind = address[at] + 1 + index
            if behind > REACH + 1 or address[target] - behind > REACH:
                return at
    return None


def jumps(ins: Instruction, at: int, last: int) -> list[tuple[int, int]]:
    """Targets of a jump that are not simply the next instruction, each with its eBPF index."""
    if ins.code == bpf.JMP | bpf.JA:
        return [(at + 1 + ins.k, 0)]
    true, false = at + 1 + ins.jt, at + 1 + ins.jf
    if ins.jf == 0:
        return [(true, last)]
    if inverts(ins):
        return [(false, last)]
    return [(true, last - 1), (false, last)]


def inverts(ins: Instruction) -> bool:
    """Whether a jump whose true edge is the next instruction can be turned round."""
    return ins.jt == 0 and ins.code & 0xF0 != bpf.JSET


def reads_packet(ins: Instruction) -> bool:
    if ins.code in (0x20, 0x28, 0x30):
        return ins.k - bpf.SKF_AD_OFF not in ANCILLARY_LENGTHS
    return ins.code in (0x40, 0x48, 0x50, 0xB1)


def translated_length(ins: Instruction) -> int:
    """eBPF instructions that one classic instruction becomes."""
    code = ins.code
    if code in (0x20, 0x28, 0x30):
        return ANCILLARY_LENGTHS.get(ins.k - bpf.SKF_AD_OFF) or absolute_length(ins)
    if code in (0x40, 0x48, 0x50):
        return 9 if ins.k else 8
    if code == 0xB1:
        return 6 + absolute_length(Instruction(0x30, 0, 0, ins.k))
    if code == 0x06:
        return 2
    if code in (0x3C, 0x9C):  # division by X is checked
        return 5
    if code & 0x07 == bpf.JMP and code != bpf.JMP | bpf.JA:
        wide = code & 0x08 == bpf.K and ins.k >= 1 << 31
        return wide + (1 if ins.jf == 0 or inverts(ins) else 2)
    return 1


def absolute_length(ins: Instruction) -> int:
    """A load from the packet: a quick way for what is in the first buffer, then a call."""
    call = 8
    if ins.k >= 1 << 31:
        return call
    far = 2 if ins.k > REACH else 0
    swapped = 0 if ins.code == 0x30 else 1
    return call + 4 + (1 if ins.k else 0) + far + swapped
