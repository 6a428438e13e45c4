"""A program as text: tcpdump's -d, -dd and -ddd byte for byte, and what bpf_asm takes.

Every function gives lines that each end with a newline.
"""

from __future__ import annotations

from fyke.bpf.instructions import JA, JMP, SKF_AD_OFF, Instruction
from fyke.bpf.opcodes import ABSOLUTE, ANCILLARY, OPCODES, TARGET
from fyke.hints import TYPE_CHECKING, Iterable

if TYPE_CHECKING:
    from fyke.bpf.program import Program


def tcpdump(program: Program | Iterable[Instruction]) -> str:
    """What ``tcpdump -d`` prints (libpcap: bpf_image.c)."""
    return "".join(f"{image(ins, at)}\n" for at, ins in enumerate(_instructions(program)))


def c(program: Program | Iterable[Instruction]) -> str:
    """What ``tcpdump -dd`` prints: initialisers of a C array of struct sock_filter."""
    return "".join(f"{{ 0x{ins.code:x}, {ins.jt}, {ins.jf}, 0x{ins.k:08x} }},\n"
                   for ins in _instructions(program))


def decimal(program: Program | Iterable[Instruction]) -> str:
    """What ``tcpdump -ddd`` prints: the number of instructions, then their four numbers each."""
    instructions = _instructions(program)
    return f"{len(instructions)}\n" + "".join(
        f"{ins.code} {ins.jt} {ins.jf} {ins.k}\n" for ins in instructions)


def asm(program: Program | Iterable[Instruction]) -> str:
    """Source for the kernel's bpf_asm (Documentation/networking/filter.rst), with labels."""
    instructions = _instructions(program)
    targets = {to for at, ins in enumerate(instructions) for to in targets_of(ins, at)}
    lines = []
    for at, ins in enumerate(instructions):
        label = f"l{at}:" if at in targets else ""
        lines.append(f"{label:<7} {_asm_instruction(ins, at)}".rstrip() + "\n")
    return "".join(lines)


def image(ins: Instruction, at: int) -> str:
    """One instruction, the ``at``-th, as ``tcpdump -d`` shows it; trailing spaces included."""
    opcode = OPCODES.get(ins.code)
    name, shown = ((opcode.name, operand(ins, at)) if opcode else ("unimp", f"0x{ins.code:x}"))
    if is_branch(ins):
        return f"({at:03d}) {name:<8} {shown:<16} jt {at + 1 + ins.jt}\tjf {at + 1 + ins.jf}"
    return f"({at:03d}) {name:<8} {shown}"


def operand(ins: Instruction, at: int) -> str:
    """The operand of a known instruction, the ``at``-th of its program."""
    form = OPCODES[ins.code].operand
    if form == TARGET:
        return str(at + 1 + _signed(ins.k))
    if form == ABSOLUTE:
        name = ANCILLARY.get(ins.k - SKF_AD_OFF)
        return f"[{name}]" if name else f"[{_signed(ins.k)}]"
    if "%" not in form:
        return form
    return form % (ins.k if "%x" in form else _signed(ins.k))


def is_branch(ins: Instruction) -> bool:
    """Whether the instruction is a jump with a condition."""
    return ins.code & 0x07 == JMP and ins.code & 0xF0 != JA


def targets_of(ins: Instruction, at: int) -> tuple[int, ...]:
    """Where the ``at``-th instruction may jump to: nothing, one target, or true and false."""
    if is_branch(ins):
        return at + 1 + ins.jt, at + 1 + ins.jf
    if ins.code == JMP | JA:
        return (at + 1 + _signed(ins.k),)
    return ()


def _asm_instruction(ins: Instruction, at: int) -> str:
    if ins.code not in OPCODES:
        return f"; 0x{ins.code:x} is no instruction"
    name = OPCODES[ins.code].name
    if ins.code == JMP | JA:
        return f"jmp l{at + 1 + _signed(ins.k)}"
    if is_branch(ins):
        true, false = targets_of(ins, at)
        return f"{name} {operand(ins, at)}, l{true}, l{false}"
    if ins.code == 0x16:  # RET | A, which libpcap shows without its operand
        return "ret a"
    return f"{name} {_asm_operand(ins, at)}"


def _asm_operand(ins: Instruction, at: int) -> str:
    """bpf_asm has its own names for the ancillary loads, and unsigned numbers after #."""
    form = OPCODES[ins.code].operand
    if form == ABSOLUTE and ins.k - SKF_AD_OFF in ASM_ANCILLARY:
        return ASM_ANCILLARY[ins.k - SKF_AD_OFF]
    if form == "#%d":
        return f"#{ins.k}"
    if form == "#pktlen":
        return "#len"
    return operand(ins, at)


#: What bpf_asm calls the ancillary loads (tools/bpf/bpf_exp.l), by offset from SKF_AD_OFF.
ASM_ANCILLARY = {
    0: "proto", 4: "type", 8: "ifidx", 12: "nla", 16: "nlan", 20: "mark", 24: "queue",
    28: "hatype", 32: "rxhash", 36: "cpu", 44: "vlan_tci", 48: "vlan_avail", 52: "poff",
    56: "rand", 60: "vlan_tpid",
}


def _signed(k: int) -> int:
    return k - (1 << 32) if k >= 1 << 31 else k


def _instructions(program: Program | Iterable[Instruction]) -> tuple[Instruction, ...]:
    found: Iterable[Instruction] = getattr(program, "instructions", program)  # type: ignore[arg-type]
    return tuple(found)
