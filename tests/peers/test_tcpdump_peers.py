"""tcpdump's own print tests, through ``fyke dump`` in this process: what passed once must not fail.

The floor file names the cases that pass. Other cases run too; those that pass by now are told,
so that they can be added (``python tests/peers/test_tcpdump_peers.py`` rewrites the file).
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from pathlib import Path

import pytest

import fyke.cli.dump  # noqa: F401  (found before the working directory changes)
from fyke.cli.main import main

FLOOR = Path(__file__).with_name("tcpdump-floor.txt")


class Captured:
    """Standard output or error as bytes."""

    def __init__(self) -> None:
        self.octets = io.BytesIO()
        self.text = io.TextIOWrapper(self.octets, encoding="utf-8", write_through=True)


def run(arguments: list[str], folder: Path) -> tuple[int, bytes]:
    """Status and standard output of ``fyke dump``, run in ``folder`` with TZ=GMT0."""
    out, err = Captured(), Captured()
    before = (sys.stdout, sys.stderr, os.getcwd())
    sys.stdout, sys.stderr = out.text, err.text
    os.chdir(folder)
    try:
        status = main(["dump", *arguments])
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        sys.stdout, sys.stderr = before[0], before[1]
        os.chdir(before[2])
    return status, out.octets.getvalue()


def passes(case: dict[str, object], folder: Path) -> bool:
    """Whether the case's output is the expected one, byte for byte."""
    arguments = case["args"]
    assert isinstance(arguments, list)
    try:
        status, text = run(arguments, folder / "inputs")
    except Exception:
        return False
    return status == 0 and text == (folder / "expected" / str(case["output"])).read_bytes()


def read_cases(folder: Path) -> dict[str, dict[str, object]]:
    return {case["name"]: case for case in json.loads((folder / "cases.json").read_text())}


def read_floor() -> list[str]:
    return FLOOR.read_text().split()


@pytest.fixture
def gmt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "GMT0")
    time.tzset()


@pytest.fixture(scope="module")
def cases(peers: Path) -> dict[str, dict[str, object]]:
    return read_cases(peers / "tcpdump")


def test_floor_is_sorted_and_names_cases(cases: dict[str, dict[str, object]]) -> None:
    floor = read_floor()
    assert floor == sorted(set(floor))
    assert set(floor) <= set(cases)


@pytest.mark.parametrize("name", read_floor())
def test_case(name: str, peers: Path, cases: dict[str, dict[str, object]], gmt: None) -> None:
    folder = peers / "tcpdump"
    case = cases[name]
    arguments = case["args"]
    assert isinstance(arguments, list)
    status, text = run(arguments, folder / "inputs")
    expected = (folder / "expected" / str(case["output"])).read_bytes()
    assert text.splitlines() == expected.splitlines()
    assert text == expected
    assert status == 0


def test_no_case_raises(peers: Path, cases: dict[str, dict[str, object]], gmt: None,
                        capsys: pytest.CaptureFixture[str]) -> None:
    """Cases above the floor may differ, but must end in text; new passes are reported."""
    folder = peers / "tcpdump"
    floor = set(read_floor())
    risen = []
    for name, case in cases.items():
        if name in floor:
            continue
        arguments = case["args"]
        assert isinstance(arguments, list)
        status, text = run(arguments, folder / "inputs")
        assert status == 0 or not text, name  # an option that is not there yet
        if text == (folder / "expected" / str(case["output"])).read_bytes():
            risen.append(name)
    if risen:
        with capsys.disabled():
            print(f"\n{len(risen)} more of tcpdump's cases pass: {' '.join(sorted(risen))}")


def rewrite(folder: Path) -> None:
    """Put the cases that pass now into the floor file; none may leave it."""
    passing = {name for name, case in read_cases(folder).items() if passes(case, folder)}
    lost = sorted(set(read_floor() if FLOOR.exists() else []) - passing)
    FLOOR.write_text("".join(f"{name}\n" for name in sorted(passing | set(lost))))
    print(f"{len(passing)} pass; lost: {' '.join(lost) or 'none'}")


if __name__ == "__main__":
    os.environ["TZ"] = "GMT0"
    time.tzset()
    default = Path(__file__).parents[3] / "shared" / "peers"
    rewrite(Path(os.environ.get("FYKE_PEERS", default)) / "tcpdump")
