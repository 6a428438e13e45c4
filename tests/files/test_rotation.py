"""Savefiles that follow each other: names, sizes, times, counts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from capture_samples import drain

from fyke.files.reader import open_capture
from fyke.files.rotation import FileNames, Rotation
from fyke.files.writer import create
from fyke.source import Finished
from fyke.wire import Record


@pytest.mark.parametrize(("count", "names"), [
    (0, ["f", "f1", "f2"]), (1, ["f", "f1", "f2"]), (2, ["f0", "f1", "f2"]),
    (10, ["f0", "f1", "f2"]), (11, ["f00", "f01", "f02"]), (101, ["f000", "f001", "f002"])])
def test_names(count: int, names: list[str]) -> None:
    given = FileNames("f", count=count)
    assert [given.name(n, 0) for n in range(3)] == names


def test_names_of_times() -> None:
    now = 1_700_000_000
    given = FileNames("f-%Y-%s", timed=True)
    assert given.name(0, now) == time.strftime("f-%Y-%s", time.localtime(now))


def rotation(tmp_path: Path, **how: Any) -> Rotation:
    return Rotation(str(tmp_path / "out"), create, **how)


def counts(tmp_path: Path) -> dict[str, int]:
    return {path.name: len(drain(open_capture(path))) for path in sorted(tmp_path.iterdir())}


def test_by_size(tmp_path: Path) -> None:
    told: list[str] = []
    sink = rotation(tmp_path, size=24 + 3 * 116 - 1, closed=told.append)
    for _ in range(8):
        sink.add(Record(bytes(100)))
    assert sink.taken == 8
    sink.close()
    sink.close()
    assert counts(tmp_path) == {"out": 3, "out1": 3, "out2": 2}
    assert [Path(path).name for path in told] == ["out", "out1", "out2"]


def test_by_size_in_a_ring(tmp_path: Path) -> None:
    sink = rotation(tmp_path, size=24 + 2 * 116 - 1, count=2)
    for _ in range(7):
        sink.add(Record(bytes(100)))
    sink.close()
    assert counts(tmp_path) == {"out0": 2, "out1": 1}


def test_by_time_until_the_count(tmp_path: Path) -> None:
    now = [1000.0]
    sink = Rotation(str(tmp_path / "out-%s"), create, seconds=10, count=2,
                    clock=lambda: now[0])
    with pytest.raises(Finished, match="Maximum file limit reached: 2"):
        for _ in range(10):
            sink.add(Record(bytes(10)))
            now[0] += 4
    sink.close()
    assert counts(tmp_path) == {"out-1000": 3, "out-1012": 3}
    assert sink.taken == 6


def test_a_clock_that_is_set_back_and_forward(tmp_path: Path) -> None:
    """No name comes again, so that no file is overwritten, and every packet is in some file."""
    now = 1_700_000_000
    clock = [now]
    sink = Rotation(str(tmp_path / "out-%s"), create, seconds=10, clock=lambda: clock[0])
    for step in (0, 5, 11, -3600, -3595, 12, 15, 90_000, 90_001, 22):
        clock[0] = now + step
        sink.add(Record(bytes(100)))
    sink.close()
    assert counts(tmp_path) == {f"out-{now}": 2, f"out-{now + 11}": 5, f"out-{now + 90_000}": 3}
