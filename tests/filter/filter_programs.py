"""Programs back to graphs, and libpcap's cases, for the tests of what is behind lowering."""

from __future__ import annotations

import json
import os
import random
from functools import cache
from pathlib import Path
from typing import Any

from fyke.bpf.instructions import JA, JMP, RET
from fyke.filter.graph import Block, Graph, Statement

PEERS = Path(os.environ.get("FYKE_PEERS", Path(__file__).parents[3] / "shared/peers"))
JUMP = JMP | JA


@cache
def accepted() -> tuple[dict[str, Any], ...]:
    """The programs that libpcap makes; empty where the cases are not at hand."""
    file = PEERS / "libpcap/accept.json"
    return tuple(json.loads(file.read_text())) if file.exists() else ()


def signed(k: int) -> int:
    return k - (1 << 32) if k >> 31 else k


def graph(program: Any) -> Graph:
    """The graph of a program: a block at every place that something jumps to or behind a test."""
    begins = {0}
    for place, (code, jt, jf, k) in enumerate(program):
        if code == JUMP:
            begins |= {place + 1, place + 1 + signed(k)}
        elif code & 7 == JMP:
            begins |= {place + 1, place + 1 + jt, place + 1 + jf}
        elif code & 7 == RET:
            begins.add(place + 1)
    blocks = {begin: Block(JUMP) for begin in begins if begin < len(program)}
    block = blocks[0]
    for place, (code, jt, jf, k) in enumerate(program):
        block = blocks.get(place, block)
        behind = place + 1
        if code == JUMP:
            block.on_true = block.on_false = blocks[behind + signed(k)]
        elif code & 7 in (JMP, RET):
            block.code, block.k = code, k
            if code & 7 == JMP:
                block.on_true, block.on_false = blocks[behind + jt], blocks[behind + jf]
        else:
            block.statements.append(Statement(code, k))
            if behind in blocks:
                block.on_true = block.on_false = blocks[behind]
    return Graph(blocks[0])


class Short(Exception):
    """A load from behind the end of the packet."""


def run(program: Any, data: bytes, steer: random.Random | None = None) -> tuple[int, bytes]:
    """What a program returns for a packet, and the packet.

    Plain and slow, and written apart from the machine it is to be compared with. With ``steer``
    the octets behind a test's operand are often changed so that the test comes out true (or just
    false): so that random packets get far.
    """
    packet = bytearray(data)
    a = x = 0
    source: tuple[int, int] | None = None  # where the octets are that A depends on
    memory = [0] * 16
    place = 0
    while True:
        code, jt, jf, k = program[place]
        place += 1
        kind, mode = code & 7, code & 0xE0
        try:
            if kind == 0:
                if mode in (0x20, 0x40):
                    size = {0: 4, 8: 2, 16: 1}[code & 0x18]
                    offset = k + x if mode == 0x40 else k
                    if 0xFFFFF000 <= offset < 0x100000000 and mode == 0x20:
                        a, source = ancillary(offset), None
                    else:
                        a, source = load(packet, offset, size), (offset, size)
                else:
                    a = {0: k, 0x60: memory[k & 15], 0x80: len(packet)}[mode]
            elif kind == 1:
                x = (4 * (load(packet, k, 1) & 15) if mode == 0xA0
                     else {0: k, 0x60: memory[k & 15], 0x80: len(packet)}[mode])
        except Short:
            return 0, bytes(packet)
        if kind == 2:
            memory[k] = a
        elif kind == 3:
            memory[k] = x
        elif kind == 4:
            right = x if code & 8 else k
            operation = code & 0xF0
            if operation in (0x30, 0x90) and right == 0:
                return 0, bytes(packet)
            a = arithmetic(operation, a, right)
        elif kind == 5:
            if code == JUMP:
                place += signed(k)
                continue
            right = x if code & 8 else k
            if steer and source and steer.random() < 0.6:
                change(packet, source, right + steer.choice((0, 0, 0, 1, -1)), steer)
                a = load(packet, *source)
            place += jt if compare(code & 0xF0, a, right) else jf
        elif kind == 6:
            return (a if code & 0x18 == 0x10 else k), bytes(packet)
        elif kind == 7:
            if code & 0xF8:
                a = x
            else:
                x = a


def load(packet: bytearray, offset: int, size: int) -> int:
    if offset + size > len(packet):
        raise Short
    return int.from_bytes(packet[offset:offset + size])


def ancillary(offset: int) -> int:
    """The kernel's loads: a VLAN tag that is there, with the number 10."""
    return {0xFFFFF02C: 10, 0xFFFFF030: 1}.get(offset, 0)


def change(packet: bytearray, source: tuple[int, int], value: int, steer: random.Random) -> None:
    """Write a value where the operand of a test came from, at times only some of its bits."""
    offset, size = source
    if steer.random() < 0.2:
        value ^= 1 << steer.randrange(32)
    value &= (1 << 8 * size) - 1
    packet[offset:offset + size] = value.to_bytes(size)


def arithmetic(operation: int, a: int, b: int) -> int:
    wide = {0x00: a + b, 0x10: a - b, 0x20: a * b, 0x40: a | b, 0x50: a & b, 0x80: -a,
            0xA0: a ^ b, 0x60: a << b if b < 32 else 0, 0x70: a >> b if b < 32 else 0,
            0x30: a // b if b else 0, 0x90: a % b if b else 0}
    return wide[operation] & 0xFFFFFFFF


def compare(operation: int, a: int, b: int) -> bool:
    return {0x10: a == b, 0x20: a > b, 0x30: a >= b, 0x40: a & b != 0}[operation]
