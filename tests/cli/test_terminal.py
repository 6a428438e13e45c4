"""The size of the terminal is what shutil says it is, without shutil."""

from __future__ import annotations

import shutil

import pytest

from fyke.cli.terminal import size


@pytest.mark.parametrize("columns", ["", "0", "97", "-5", "wide"])
@pytest.mark.parametrize("lines", ["", "31"])
def test_as_shutil(columns: str, lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", lines)
    assert size(100, 40) == tuple(shutil.get_terminal_size((100, 40)))
