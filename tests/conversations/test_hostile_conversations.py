"""Mutants of captures: flows, rates and defragmenting end, in bounds, with no error of Python."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fyke.conversations.flow_table import FlowTable
from fyke.conversations.fragments import Defragmented
from fyke.conversations.rates import Rates
from fyke.errors import FykeError
from fyke.files.paths import looks_like_capture
from fyke.files.reader import open_capture
from fyke.wire import Record

ROOT = Path(__file__).parents[2]
#: What the fuzzers of readers kept, and all protocols.
CAPTURES = [ROOT / "benchmarks" / "protocols.pcap",
            *[path for path in sorted((ROOT / "tests" / "corpus" / "files").iterdir())
              if looks_like_capture(str(path)) and path.stat().st_size > 60][:60]]


def mutants(data: bytes, rng: random.Random) -> list[bytes]:
    """The octets with some changed, some left out, some twice, and the end torn."""
    out = []
    for _ in range(3):
        made = bytearray(data)
        for _ in range(max(4, len(made) // 200)):
            made[rng.randrange(24, len(made))] = rng.choice((0, 1, 0x45, 0x60, 0x7F, 0xFF,
                                                             rng.randrange(256)))
        out.append(bytes(made))
    at = rng.randrange(24, len(data))
    return [*out, data[:at], data[:at] + data[at - 24:]]


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_mutants(path: Path) -> None:
    rng = random.Random(path.name)
    for data in [path.read_bytes(), *mutants(path.read_bytes(), rng)]:
        table, rates = FlowTable(capacity=8, idle=10**9, active=10**10), Rates(10**9, "port")
        names = Rates(10**9, "protocol")
        try:
            source = Defragmented(open_capture(data))
            record = Record()
            while source.next(record):
                for sink in (table, rates, names):
                    sink.add(record)
        except FykeError:
            pass  # damaged, and said so
        table.finish()
        assert table.count == 0
        for flow in table.ended:
            assert flow.to_dict()["packets"] == flow.packets > 0
            repr(flow)
