"""files/formats.py: what is known of a format follows from its row."""

from __future__ import annotations

from pathlib import Path

import pytest
from capture_samples import drain

from fyke.cli import flags
from fyke.files.formats import COMPRESSIONS, FORMATS, format_of, told_by_suffix
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.name)
def test_a_row_is_written_and_read(row: object, tmp_path: Path) -> None:
    for suffix in row.suffixes:  # type: ignore[attr-defined]
        path = tmp_path / f"file{suffix.upper()}"
        sink = create(path)
        assert isinstance(sink, row.writer)  # type: ignore[attr-defined]
        sink.add(Record(b"x" * 60, 1, 10**18))
        sink.close()
        assert format_of(path.read_bytes()[:12]) is row
        reader = open_capture(path)
        assert isinstance(reader, row.reader)  # type: ignore[attr-defined]
        assert reader.format == row.name == told_by_suffix(str(path))[0]  # type: ignore[attr-defined]
        assert len(drain(reader)) == 1


def test_no_suffix_has_two_meanings() -> None:
    suffixes = [suffix for row in FORMATS for suffix in row.suffixes]
    suffixes += [row.suffix for row in COMPRESSIONS]
    assert len(suffixes) == len(set(suffixes))


def test_the_command_line_knows_the_rows() -> None:
    assert flags.choices("format") == tuple(row.name for row in FORMATS)


def test_each_compression_behind_each_suffix() -> None:
    for row in FORMATS:
        for one in COMPRESSIONS:
            assert told_by_suffix(f"a{row.suffixes[0]}{one.suffix}") == (row.name, one.name)
    assert told_by_suffix("a.txt") == (FORMATS[0].name, "")
