"""Room processes/: an assembler for eBPF (Documentation/bpf/standardization/instruction-set.rst).

Registers are numbers 0 to 10; a jump names a label, which may come later. The octets are the same
on every little-endian machine: x86-64 and arm64.
"""

from __future__ import annotations

import struct

SIZES = {4: 0x00, 2: 0x08, 1: 0x10, 8: 0x18}  # BPF_W, BPF_H, BPF_B, BPF_DW
JUMPS = {"always": 0x00, "==": 0x10, ">": 0x20, ">=": 0x30, "!=": 0x50, "signed >": 0x60,
         "<": 0xA0, "signed <": 0xC0}
ALU = {"+": 0x00, "-": 0x10, "*": 0x20, "|": 0x40, "&": 0x50, "<<": 0x60, ">>": 0x70}
INSTRUCTION = struct.Struct("<BBhi")
FRAME = 10  # the register that points behind the stack

# Helpers, by their numbers in include/uapi/linux/bpf.h.
LOOK_UP = 1
UPDATE = 2
DELETE = 3
TIME = 5  # ktime_get_ns: CLOCK_MONOTONIC
CURRENT_PID = 14
CURRENT_UID = 15
COOKIE = 46
CGROUP = 80
READ_USER = 112
READ_KERNEL = 113
OUTPUT = 130  # ringbuf_output
CURRENT_TASK = 158  # get_current_task_btf


class Code:
    """A program being written; every method adds an instruction."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, int, int]] = []
        self.labels: dict[str, int] = {}
        self.jumps: dict[int, str] = {}
        self.names = 0

    def row(self, code: int, to: int = 0, source: int = 0, offset: int = 0, value: int = 0) -> None:
        self.rows.append((code, to, source, offset, value))

    def new_label(self) -> str:
        """A name that no other label has."""
        self.names += 1
        return f"#{self.names}"

    def label(self, name: str) -> None:
        """The next instruction is where jumps to ``name`` go."""
        self.labels[name] = len(self.rows)

    def copy(self, to: int, source: int) -> None:
        self.row(0xBF, to, source)

    def copy32(self, to: int, source: int) -> None:
        """The low half; the high one becomes zero."""
        self.row(0xBC, to, source)

    def put(self, to: int, value: int) -> None:
        self.row(0xB7, to, value=value)

    def work(self, to: int, operation: str, value: int) -> None:
        """``to`` = ``to`` operation value, in 64 bits."""
        self.row(0x07 | ALU[operation], to, value=value)

    def combine(self, to: int, operation: str, source: int) -> None:
        self.row(0x0F | ALU[operation], to, source)

    def load(self, size: int, to: int, source: int, offset: int = 0) -> None:
        self.row(0x61 | SIZES[size], to, source, offset)

    def store(self, size: int, to: int, offset: int, source: int) -> None:
        self.row(0x63 | SIZES[size], to, source, offset)

    def store_number(self, size: int, to: int, offset: int, value: int) -> None:
        self.row(0x62 | SIZES[size], to, offset=offset, value=value)

    def add_atomically(self, to: int, offset: int, source: int) -> None:
        self.row(0xDB, to, source, offset)

    def jump(self, label: str) -> None:
        self.when(0, "always", 0, label)

    def when(self, register: int, test: str, value: int, label: str, *, low: bool = False) -> None:
        """Jump if the test holds of a register (its low half, if so said) and a number."""
        self.jumps[len(self.rows)] = label
        self.row(JUMPS[test] | (0x06 if low else 0x05), register, value=value)

    def when_both(self, register: int, test: str, other: int, label: str) -> None:
        """Jump if the test holds of two registers."""
        self.jumps[len(self.rows)] = label
        self.row(JUMPS[test] | 0x0D, register, other)

    def call(self, helper: int) -> None:
        self.row(0x85, value=helper)

    def map(self, to: int, descriptor: int) -> None:
        """Point a register at a map (BPF_PSEUDO_MAP_FD)."""
        self.row(0x18, to, 1, value=descriptor)
        self.row(0)

    def stack(self, to: int, offset: int) -> None:
        """Point a register at the stack; ``offset`` is negative."""
        self.copy(to, FRAME)
        self.work(to, "+", offset)

    def leave(self, value: int = 0) -> None:
        self.put(0, value)
        self.row(0x95)

    def octets(self) -> bytes:
        """The program as bpf(2) takes it."""
        out = bytearray()
        for at, (code, to, source, offset, value) in enumerate(self.rows):
            if at in self.jumps:
                offset = self.labels[self.jumps[at]] - at - 1
            out += INSTRUCTION.pack(code, source << 4 | to, offset,
                                    value - (1 << 32) if value >> 31 == 1 else value)
        return bytes(out)
