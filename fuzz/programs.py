"""Fuzz target: texts of BPF programs, and bytes taken for one, checked and run."""

from __future__ import annotations

import struct

from harness import expected, run

from fyke.bpf.assembler import parse
from fyke.bpf.checker import check_offline
from fyke.bpf.instructions import Instruction
from fyke.bpf.machine import Machine
from fyke.wire import Record

ROW = struct.Struct("<HBBI")


def one_input(data: bytes) -> None:
    expected(lambda: tried(parse(data[:4000].decode("utf-8", "replace"))))
    whole = data[:len(data) // ROW.size * ROW.size]
    expected(lambda: tried(tuple(Instruction(*row) for row in ROW.iter_unpack(whole))))


def tried(instructions: tuple[Instruction, ...]) -> None:
    check_offline(instructions)
    for packet in (b"", bytes(range(256)) * 6):
        Machine(instructions).run(Record(packet))


if __name__ == "__main__":
    run(one_input)
