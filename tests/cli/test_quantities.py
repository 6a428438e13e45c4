"""Sizes and times are written alike in all commands."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from fyke.cli import amounts, flags, plan, quantities
from fyke.cli.main import main
from fyke.files.writer import create
from fyke.wire import Record

SIZES = [("1k", 1 << 10), ("3m", 3 << 20), ("3M", 3 << 20), ("2g", 2 << 30), ("8MiB", 8 << 20),
         ("8mb", 8 << 20)]


@pytest.mark.parametrize(("text", "octets"), SIZES)
def test_sizes(text: str, octets: int) -> None:
    assert quantities.size(text) == octets
    for option, name in (("-C", "file_size"), ("--max-disk", "max_disk"), ("-B", "buffer_size"),
                         ("--stop-size", "stop_size")):
        assert getattr(flags.parse([option, text]), name) == octets
    assert amounts.size(text) == octets  # slice --split-size
    assert plan.size(text) == octets  # plan --tap


def test_sizes_without_a_letter() -> None:
    assert flags.parse(["-C", "3"]).file_size == 3_000_000  # as in tcpdump
    assert flags.parse(["-B", "3"]).buffer_size == 3 << 10  # as in tcpdump
    assert amounts.size("3") == plan.size("3") == 3


@pytest.mark.parametrize("text", ["", "0", "k", "-1", "1.5m", "1t", "1kk", "²", "9" * 30, "i", "b"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError):
        quantities.size(text)


@pytest.mark.parametrize(("text", "nanoseconds"), [
    ("10s", 10**10), ("10", 10**10), ("0.25", 250_000_000), ("5m", 300 * 10**9),
    ("2h", 7200 * 10**9), ("1d", 86400 * 10**9), ("250ms", 250_000_000), ("1.5s", 1_500_000_000),
    ("3us", 3000), ("7ns", 7)])
def test_times(text: str, nanoseconds: int) -> None:
    assert quantities.duration(text) == nanoseconds
    assert flags.parse(["--duration", text]).duration == nanoseconds
    assert amounts.duration(text) == nanoseconds  # slice --split-time


@pytest.mark.parametrize("text", ["", "s", "0", "-1s", "1x", "1.s.", "1 s", ".", "9" * 30])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        quantities.duration(text)


def test_slice_takes_a_size(tmp_path: Path) -> None:
    sink = create(tmp_path / "in.pcap")
    for number in range(40):
        sink.add(Record(struct.pack(">I", number) + bytes(96), 1, 10**18))
    sink.close()
    assert main(["slice", str(tmp_path / "in.pcap"), "-w", str(tmp_path / "out.pcap"),
                 "--split-size", "2k"]) == 0
    sizes = [path.stat().st_size for path in tmp_path.glob("out-*")]
    assert len(sizes) == 3 and max(sizes) <= 2048


def test_the_help_of_every_size_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    for flag in flags.FLAGS:
        if flag.kind in ("size", "kib"):
            assert re.search(r"-C|8m|k, m, g", flag.help), flag.word
