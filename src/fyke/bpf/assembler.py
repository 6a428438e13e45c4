"""Reads programs from text: every form in which tools print or write classic BPF.

``tcpdump -ddd`` (also with commas, as iptables and tc take it), ``tcpdump -dd``, ``tcpdump -d``,
``ss -0b``, and the language of the kernel's bpf_asm (Documentation/networking/filter.rst).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from fyke.bpf.instructions import SKF_AD_OFF, Instruction
from fyke.bpf.listing import ASM_ANCILLARY
from fyke.bpf.opcodes import (
    ABSOLUTE,
    ANCILLARY,
    DECIMAL,
    HEADER,
    HEX,
    INDIRECT,
    LENGTH,
    MEMORY,
    NONE,
    OPCODES,
    REGISTER_X,
    TARGET,
)
from fyke.errors import ProgramError

IMMEDIATE = "#"  #: what HEX and DECIMAL both are when read
REGISTER_A = "a"
MOST_SKIPPED = 255  #: a jump with a condition skips at most that many instructions


def parse(text: str) -> tuple[Instruction, ...]:
    """The instructions that a text in any of the forms says. Raises ProgramError with the line.

    Whether they make a program is the checker's question.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    if not lines:
        raise ProgramError("no program: the text is empty")
    instructions = parse_form(text, lines)
    if not instructions:
        raise ProgramError("no program: the text has no instructions")
    return instructions


Lines = list[tuple[int, str]]  #: lines that are not empty, with their numbers


def parse_form(text: str, lines: Lines) -> tuple[Instruction, ...]:
    """Tell the form by its first line."""
    if any("bpf filter (" in line for _, line in lines):
        return parse_ss(lines)
    first = lines[0][1]
    if first.startswith("{"):
        return parse_c(lines)
    if re.fullmatch(r"\d+\s*(,.*)?", first):
        return parse_decimal(lines)
    if re.match(r"\(\d+\)", first):
        return parse_listing(lines)
    return parse_asm(text)


def parse_decimal(lines: Lines) -> tuple[Instruction, ...]:
    """tcpdump -ddd: a count, then code, jt, jf and k in decimal; lines or commas between them."""
    rows = [(number, row.strip()) for number, line in lines for row in line.split(",")
            if row.strip()]
    count = integer(*rows.pop(0))
    if len(rows) != count:
        raise wrong(lines[0][0], f"{count} instructions are announced, {len(rows)} follow")
    return tuple(four_numbers(number, row.split()) for number, row in rows)


def parse_c(lines: Lines) -> tuple[Instruction, ...]:
    """tcpdump -dd: { code, jt, jf, k }, one after another."""
    out = []
    for number, line in lines:
        *rows, rest = line.split("}")
        for row in rows:
            before, brace, numbers = row.partition("{")
            if not brace or before.strip(", \t"):
                raise wrong(number, f"expected {{ code, jt, jf, k }}, not {shown(row)}")
            out.append(four_numbers(number, numbers.replace(",", " ").split()))
        if rest.strip(", \t"):
            raise wrong(number, f"expected {{ code, jt, jf, k }}, not {shown(rest.strip())}")
    return tuple(out)


def parse_ss(lines: Lines) -> tuple[Instruction, ...]:
    """ss -0b: the first "bpf filter (count): code jt jf k, …" of its output."""
    for number, line in lines:
        found = re.search(r"bpf filter \((\d+)\):(.*)", line)
        if found:
            rows = [row.split() for row in found[2].split(",") if row.strip()]
            count = integer(number, found[1])
            if len(rows) != count:
                raise wrong(number, f"{count} instructions are announced, {len(rows)} follow")
            return tuple(four_numbers(number, row) for row in rows)
    raise wrong(lines[0][0], "expected bpf filter (count): code jt jf k, …")


def four_numbers(number: int, words: list[str]) -> Instruction:
    if len(words) != 4:
        raise wrong(number, f"expected code, jt, jf and k, not {shown(' '.join(words))}")
    code, jt, jf, k = (integer(number, word) for word in words)
    if not (0 <= code <= 0xFFFF and 0 <= jt <= 255 and 0 <= jf <= 255 and 0 <= k <= 0xFFFFFFFF):
        raise wrong(number, f"a number does not fit its field in {shown(' '.join(words))}")
    return Instruction(code, jt, jf, k)


# tcpdump -d -----------------------------------------------------------------------------------

LISTED = re.compile(r"\((\d+)\)\s+(\w+)\s*(.*?)(?:\s+jt\s+(\d+)\s+jf\s+(\d+))?\s*")


def parse_listing(lines: Lines) -> tuple[Instruction, ...]:
    """tcpdump -d: numbered instructions; jumps name the number that they go to."""
    out = []
    for at, (number, line) in enumerate(lines):
        found = LISTED.fullmatch(line) if len(line) < 200 else None
        if not found:
            raise wrong(number, f"expected a line of tcpdump -d, not {shown(line)}")
        if integer(number, found[1].lstrip("0") or "0") != at:
            raise wrong(number, f"expected instruction {at}, not {shown(found[1])}")
        targets = [integer(number, target) for target in found.groups()[3:] if target is not None]
        out.append(make(number, at, found[2], operand_of(number, found[3]), targets))
    return tuple(out)


# bpf_asm --------------------------------------------------------------------------------------

LABEL = r"[A-Za-z_]\w*"
STATEMENT = re.compile(rf"(?:({LABEL})\s*:)?\s*(?:(\w+)\s*(.*))?")
#: Jumps that only exist in the assembler: the one they become, with its edges exchanged.
INVERTED = {"jneq": "jeq", "jne": "jeq", "jlt": "jge", "jle": "jgt"}
SYNONYMS = {"ldi": "ld", "ldxi": "ldx", "jmp": "ja"}


class Statement(NamedTuple):
    """One line of bpf_asm, its labels not yet known."""

    number: int
    name: str
    operands: list[str]


def parse_asm(text: str) -> tuple[Instruction, ...]:
    """bpf_asm's language, with labels and comments."""
    text = without_comments(text)
    labels: dict[str, int] = {}
    statements: list[Statement] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = re.split(r";|//", line, maxsplit=1)[0].strip()
        while line:
            found = STATEMENT.fullmatch(line)
            if not found:
                raise wrong(number, f"expected an instruction, not {shown(line)}")
            label, name, rest = found.groups()
            if label:
                if label in labels:
                    raise wrong(number, f"label {shown(label)} stands twice")
                labels[label] = len(statements)
            if label and name and rest.startswith(":"):  # another label
                line = f"{name}{rest}"
                continue
            if name:
                operands = [part.strip() for part in rest.split(",")] if rest else []
                statements.append(Statement(number, name.lower(), operands))
            break
    return tuple(assemble(statement, at, labels) for at, statement in enumerate(statements))


def without_comments(text: str) -> str:
    """The text with comments in /* */ blanked; lines keep their numbers."""
    out = []
    while True:
        before, opened, rest = text.partition("/*")
        out.append(before)
        if not opened:
            return "".join(out)
        comment, closed, text = rest.partition("*/")
        if not closed:
            raise wrong("".join(out).count("\n") + 1, "a comment is not closed")
        out.append("\n" * comment.count("\n") or " ")


def assemble(statement: Statement, at: int, labels: dict[str, int]) -> Instruction:
    number, name, operands = statement
    name = SYNONYMS.get(name, name)
    if name == "ja":
        if len(operands) != 1:
            raise wrong(number, "a jump takes one label")
        return make(number, at, name, (TARGET, target(number, operands[0], labels)), [])
    value = operand_of(number, operands[0] if operands else "")
    targets = [target(number, label, labels) for label in operands[1:]]
    if name in INVERTED:
        if len(targets) != 1:
            raise wrong(number, f"{name} takes a value and one label")
        return make(number, at, INVERTED[name], value, [at + 1, targets[0]])
    if name in BRANCHES and len(targets) == 1:
        targets.append(at + 1)
    return make(number, at, name, value, targets)


def target(number: int, label: str, labels: dict[str, int]) -> int:
    if label not in labels:
        raise wrong(number, f"there is no label {shown(label)}")
    return labels[label]


# What both have in common ---------------------------------------------------------------------

NUMBER = r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)"
OPERANDS = [
    (re.compile(r"%?x"), REGISTER_X),
    (re.compile(r"%?a"), REGISTER_A),
    (re.compile(r"#?(?:pkt)?len"), LENGTH),
    (re.compile(rf"#({NUMBER})"), IMMEDIATE),
    (re.compile(rf"\[\s*({NUMBER})\s*\]"), ABSOLUTE),
    (re.compile(rf"\[\s*%?x\s*\+\s*({NUMBER})\s*\]"), INDIRECT),
    (re.compile(r"\[\s*%?x\s*(-\s*\d+)\s*\]"), INDIRECT),
    (re.compile(rf"M\[\s*({NUMBER})\s*\]"), MEMORY),
    (re.compile(rf"4\s*\*\s*\(\s*\[\s*({NUMBER})\s*\]\s*&\s*0xf\s*\)"), HEADER),
    (re.compile(rf"({NUMBER})"), TARGET),
    (re.compile(r""), NONE),
]
#: Names of the ancillary loads, as tcpdump and as bpf_asm have them.
EXTENSIONS = {name: offset for names in (ANCILLARY, ASM_ANCILLARY)
              for offset, name in names.items()}
BRANCHES = {"jeq", "jgt", "jge", "jset"}
CODES = {(opcode.name, IMMEDIATE if opcode.operand in (HEX, DECIMAL) else opcode.operand): code
         for code, opcode in OPCODES.items()} | {
    ("ret", REGISTER_A): 0x16, ("ldx", HEADER): 0xB1}


def operand_of(number: int, text: str) -> tuple[str, int]:
    """The form of an operand and its number, unsigned."""
    named = re.fullmatch(r"\[\s*(\w+)\s*\]|#?(\w+)", text)
    if named and (named[1] or named[2]) in EXTENSIONS:
        return ABSOLUTE, SKF_AD_OFF + EXTENSIONS[named[1] or named[2]]
    for pattern, form in OPERANDS:
        found = pattern.fullmatch(text)
        if found:
            value = integer(number, found[1].replace(" ", "")) if found.groups() else 0
            if not -(1 << 31) <= value < 1 << 32:
                raise wrong(number, f"{shown(text)} does not fit 32 bits")
            return form, value & 0xFFFFFFFF
    raise wrong(number, f"{shown(text)} is no operand")


def make(number: int, at: int, name: str, operand: tuple[str, int],
         targets: list[int]) -> Instruction:
    """The ``at``-th instruction; targets are numbers of instructions."""
    form, k = operand
    code = CODES.get((name, form))
    if code is None:
        if not any(name == known for known, _ in CODES):
            raise wrong(number, f"there is no instruction {shown(name)}")
        raise wrong(number, f"{name} does not take such an operand")
    if name == "ja":
        return Instruction(code, 0, 0, (k - at - 1) & 0xFFFFFFFF)
    if len(targets) != (2 if name in BRANCHES else 0):
        raise wrong(number, f"{name} has {len(targets)} places to go to")
    jt, jf = (skipped(number, at, to) for to in targets) if targets else (0, 0)
    return Instruction(code, jt, jf, k)


def skipped(number: int, at: int, to: int) -> int:
    skip = to - at - 1
    if not 0 <= skip <= MOST_SKIPPED:
        raise wrong(number, f"a jump from {at} to {to}: it skips 0 to {MOST_SKIPPED} instructions")
    return skip


def integer(number: int, word: str) -> int:
    if not re.fullmatch(NUMBER, word) or len(word) > 34:
        raise wrong(number, f"{shown(word)} is no number")
    digits = word.lstrip("+-").lower()
    base = {"0x": 16, "0b": 2}.get(digits[:2]) or (8 if digits[0] == "0" else 10)  # as in C
    try:
        value = int(digits, base)
    except ValueError:
        raise wrong(number, f"{shown(word)} is no octal number") from None
    return -value if word.startswith("-") else value


def shown(text: str) -> str:
    """Text from outside, harmless and short enough for a message."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def wrong(number: int, why: str) -> ProgramError:
    return ProgramError(f"line {number}: {why}")
