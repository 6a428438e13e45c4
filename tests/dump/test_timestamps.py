"""Time stamps as tcpdump writes them, in each mode."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from fyke.dump.timestamps import Stamp
from fyke.wire import Line, Record

AT = 1418145369_924505488  # 2014-12-09 17:16:09 UTC


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("TZ", "GMT0")
        time.tzset()
        yield
    time.tzset()


def stamped(mode: int, *times: int, nano: bool = False, fraction: int = 0) -> list[str]:
    stamp, line, texts = Stamp(mode, nano), Line(), []
    for moment in times:
        packet = Record(b"", time=moment)
        packet.fraction = fraction
        stamp.write(line, packet)
        texts.append(line.text().decode())
    return texts


@pytest.mark.parametrize(("mode", "micro", "nano"), [
    (0, "17:16:09.924505 ", "17:16:09.924505488 "),
    (1, "", ""),
    (2, "1418145369.924505 ", "1418145369.924505488 "),
    (3, " 00:00:00.000000 ", " 00:00:00.000000000 "),
    (4, "2014-12-09 17:16:09.924505 ", "2014-12-09 17:16:09.924505488 "),
    (5, " 00:00:00.000000 ", " 00:00:00.000000000 "),
])
def test_modes(mode: int, micro: str, nano: str) -> None:
    assert stamped(mode, AT) == [micro]
    assert stamped(mode, AT, nano=True) == [nano]


def test_differences() -> None:
    times = AT, AT + 3_000_001_000, AT + 1_000_000_000
    assert stamped(3, *times) == [" 00:00:00.000000 ", " 00:00:03.000001 ", "-00:00:02.000001 "]
    assert stamped(5, *times) == [" 00:00:00.000000 ", " 00:00:03.000001 ", " 00:00:01.000000 "]


def test_before_the_epoch_and_after_2106() -> None:
    assert stamped(0, -1) == ["23:59:59.999999 "]
    assert stamped(4, 2**32 * 10**9) == ["2106-02-07 06:28:16.000000 "]


def test_a_fraction_that_is_none() -> None:
    assert stamped(0, 10**9, nano=True, fraction=2147483648) == [
        "00:00:01.2147483648 (invalid ns) "]


def test_local_time_follows_daylight_saving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    before = 1711846799 * 10**9  # one second before the change in spring 2024
    assert stamped(0, before, before + 10**9) == ["01:59:59.000000 ", "03:00:00.000000 "]
