"""fyke table's output: a header only above a file, JSON in UTF-8, cells that are no formulas."""

from __future__ import annotations

import csv
import io
import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyke.cli.main import main
from fyke.files.pcapng_options import PacketOptions
from fyke.files.writer import create
from fyke.tables.forms import FORMULAS, as_json, cell, safe_cell
from fyke.wire import Record


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Packets with comments that a spreadsheet and a terminal would take amiss."""
    path = str(tmp_path / "in.pcapng")
    sink = create(path)
    for number, words in enumerate(["größe 網", "=cmd|' /C calc'!A0", "+1", "-2", "@SUM(1)",
                                    "\u202eevil\x1b[31m", "＝1", "plain"]):
        packet = Record(struct.pack(">14xI", number) + bytes(42), 1, 10**18 + number)
        packet.meta = PacketOptions()
        packet.meta.comment(words)
        sink.add(packet)
    sink.close()
    return path


def table(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(["table", *words])
    told = capsys.readouterr()
    return status, told.out, told.err


@pytest.mark.parametrize("form", ["tsv", "csv", "json"])
def test_no_header_without_a_file(form: str, tmp_path: Path,
                                  capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text").write_text("no capture")
    for name in ("missing", str(tmp_path / "text")):
        status, out, told = table(capsys, name, "-e", "time", "--format", form)
        assert (status, out) == (1, "") and told.count("\n") == 1


def test_one_header_behind_a_file_that_is_missing(file: str,
                                                  capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = table(capsys, "missing", file, file, "-e", "captured_length")
    assert status == 1
    assert out.splitlines() == ["captured_length"] + ["60"] * 16


def test_a_header_above_no_packets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create(tmp_path / "empty.pcap").close()
    assert table(capsys, str(tmp_path / "empty.pcap"), "-e", "time")[1] == "time\n"


def test_json_is_utf8(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = table(capsys, file, "-e", "comments", "--format", "json")
    rows = out.splitlines()
    assert rows[0] == '{"comments": ["größe 網"]}'
    assert rows[5] == r'{"comments": ["\u202eevil\u001b[31m"]}'
    assert json.loads(rows[5]) == {"comments": ["\u202eevil\x1b[31m"]}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_json_comes_back_and_is_harmless(value: object) -> None:
    text = as_json(value)
    assert json.loads(text) == value
    assert text.isprintable()
    text.encode()


def test_safe_cells(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = table(capsys, file, "-e", "captured_length,comments", "--format", "csv",
                      "--safe-cells")
    rows = list(csv.reader(io.StringIO(out)))[1:]
    assert [row[1] for row in rows] == [
        "größe 網", "'=cmd|' /C calc'!A0", "'+1", "'-2", "'@SUM(1)",
        r"\u202eevil\x1b[31m", "'＝1", "plain"]
    assert {row[0] for row in rows} == {"60"}


@given(st.text() | st.integers() | st.lists(st.text()))
def test_no_cell_is_a_formula(value: object) -> None:
    text = safe_cell(value)
    if isinstance(value, int):
        assert text == str(value)  # a number is no formula, not even a negative one
    else:
        parts = text.split(",") if isinstance(value, list) else [text]
        assert isinstance(value, list) or not any(part.startswith(FORMULAS) for part in parts)
        assert not text.startswith(FORMULAS)
        assert text.replace("'", "") == cell(value).replace("'", "")


@pytest.mark.parametrize("words", [["--no-header"], ["--safe-cells"]])
def test_what_json_has_no_use_for_is_said(words: list[str], file: str,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    _, _, told = table(capsys, file, "-e", "time", "--format", "json", *words)
    assert told == f"fyke table: {words[0]}: nothing to do with --format json\n"
