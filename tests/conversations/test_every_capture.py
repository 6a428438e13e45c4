"""Every capture that the tests have, beside tshark: who talked, how much, what was said, when.

One in eight is compared in each run; FYKE_EVERY=1 in the environment compares all (some minutes).
"""

from __future__ import annotations

import os
import shutil
import sys
import zlib
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from beside_tshark import ByFyke, by_tshark, differences

from all_captures import PEERS, paths

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

ONE_IN = 1 if os.environ.get("FYKE_EVERY") else 8
ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("tshark-differs.tsv")


def name_of(path: Path) -> str:
    """As the list has it: from the repository or from the peers' folder on."""
    base = PEERS if path.is_relative_to(PEERS) else ROOT
    return "/".join(part for part in path.relative_to(base).parts if part != "inputs")


def chosen() -> list[Path]:
    return [path for path in paths() if zlib.crc32(name_of(path).encode()) % ONE_IN == 0]


def excused() -> dict[str, dict[str, str]]:
    """name → check → why it differs."""
    found: dict[str, dict[str, str]] = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        name, checks, why = line.split("\t")
        found[name] = dict.fromkeys(checks.split(","), why)
    return found


@pytest.mark.parametrize("path", chosen(), ids=name_of)
def test_as_tshark(path: Path) -> None:
    ours = ByFyke(path)
    if not ours.said["protocols"] and not any(ours.counts.values()):
        pytest.skip("no packet of IP or ARP in it")
    found = differences(ours.said, by_tshark(path, ours))
    for check in excused().get(name_of(path), {}):
        found.pop(check, None)
    assert not found
