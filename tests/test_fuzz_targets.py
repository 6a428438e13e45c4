"""Every fuzz target works: it takes empty, random and well-formed inputs without a finding."""

from __future__ import annotations

import random
import sys
from importlib import import_module
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[1] / "fuzz"
TARGETS = sorted(path.stem for path in FUZZ.glob("*.py") if path.stem != "harness")
FRAME = bytes.fromhex("ffffffffffff0200000000010800450000200000000040110000c0000201c0000202"
                      "00350035000c0000") + bytes(4)
CORPUS = sorted((Path(__file__).parent / "corpus" / "files").iterdir())
SEEDS = {
    "savefiles": [path.read_bytes() for path in CORPUS[:40]],
    "filters": [b"\x00tcp port 80 and host 192.0.2.1", b"\x46ether[0] & 1 != 0 or vlan 7",
                b"\x01("],
    "programs": [b"ldh [12]\njeq #0x800, y, n\ny: ret #1\nn: ret #0\n", b"1\n6 0 0 1\n",
                 bytes.fromhex("0600000001000000")],
    "links": [number.to_bytes(2, "big") + FRAME for number in range(200)],
    "options": [b"-nvvr\0file\0-w\0out\0-C\0" b"1\0udp", b"--sandbox\0-i\0any", b"--\0-x"],
}


def test_there_is_one_for_each_kind_of_input() -> None:
    assert set(TARGETS) == set(SEEDS)


@pytest.mark.parametrize("name", TARGETS)
def test_target(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FUZZ))
    target = import_module(name)
    try:
        source = random.Random(7)
        inputs = [b"", *SEEDS[name], *(source.randbytes(source.randrange(200)) for _ in range(200))]
        for seed in SEEDS[name]:
            broken = bytearray(seed)
            broken[source.randrange(len(broken))] ^= 1 << source.randrange(8)
            inputs.append(bytes(broken))
        for data in inputs:
            target.one_input(data)
    finally:
        sys.modules.pop(name), sys.modules.pop("harness", None)
