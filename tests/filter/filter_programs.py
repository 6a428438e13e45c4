"""Programs back to graphs, and libpcap's cases, for the tests of what is behind lowering."""

from __future__ import annotations

import json
import os
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
