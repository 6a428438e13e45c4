"""libpcap's cases: one that passed once must not fail again.

``libpcap-floor.txt`` names what passes: a line ``group name`` for a case, ``group *`` for a whole
group. Run with FYKE_FLOOR=write to raise it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import libpcap_judge as judge
import pytest

FLOOR = Path(__file__).with_name("libpcap-floor.txt")
HEADER = "# What passes of libpcap's cases: 'group name', or 'group *' for all of a group.\n"


def floor(group: str, names: set[str]) -> set[str]:
    """The names of the group that must pass."""
    lines = [line.split(" ", 1) for line in FLOOR.read_text().splitlines()
             if not line.startswith("#")] if FLOOR.exists() else []
    recorded = {name for found, name in lines if found == group}
    return names if "*" in recorded else recorded & names


def raise_floor(group: str, passed: set[str], names: set[str]) -> None:
    lines = FLOOR.read_text().splitlines(keepends=True)[1:] if FLOOR.exists() else []
    kept = [line for line in lines if not line.startswith(f"{group} ")]
    new = ["*"] if passed == names else sorted(passed)
    FLOOR.write_text(HEADER + "".join(sorted([*kept, *(f"{group} {name}\n" for name in new)])))


def judged(group: str, found: list[judge.Case], why: Callable[[judge.Case], str]) -> None:
    """Judge all cases of a group and hold them to the floor."""
    failures = {case["name"]: why(case) for case in found}
    names = set(failures)
    passed = {name for name, reason in failures.items() if not reason}
    if os.environ.get("FYKE_FLOOR") == "write":
        raise_floor(group, passed | floor(group, names) & passed, names)
    fallen = sorted(floor(group, names) - passed)
    assert not fallen, "\n".join(f"{name}: {failures[name]}" for name in fallen[:20])
    assert passed, f"no case of {group} passes"


@pytest.fixture(scope="module")
def folder(peers: Path) -> Path:
    return peers / "libpcap"


def test_accept(folder: Path) -> None:
    names = judge.resolver(folder)
    judged("accept", judge.cases(folder, "accept"), lambda c: judge.accept_optimised(c, names))


def test_accept_without_the_optimiser(folder: Path) -> None:
    names = judge.resolver(folder)
    judged("accept-plain", judge.cases(folder, "accept"), lambda c: judge.accept_plain(c, names))


def test_apply(folder: Path) -> None:
    names = judge.resolver(folder)
    judged("apply", judge.cases(folder, "apply"), lambda c: judge.apply(c, names, folder))


def test_reject(folder: Path) -> None:
    names = judge.resolver(folder)
    found = [case for case in judge.cases(folder, "reject") if "expr" in case]
    judged("reject", found, lambda c: judge.reject(c, names))


def test_reject_in_libpcaps_words(folder: Path) -> None:
    names = judge.resolver(folder)
    found = [case for case in judge.cases(folder, "reject") if "expr" in case]
    judged("reject-text", found, lambda c: judge.reject_text(c, names))
