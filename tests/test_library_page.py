"""docs/library.md: every block runs, and prints what the page says."""

from __future__ import annotations

import re
import runpy
import sys
import time
from pathlib import Path

import pytest

from fyke.layers import tables

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "library.md"
BLOCKS = re.findall(r"```python\n(.*?)\n```(?:\n\n```text\n(.*?)\n```)?", PAGE.read_text(),
                    re.DOTALL)


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(sys, "argv", ["burst_trace.py", "burst.pcap"])
    runpy.run_path(str(ROOT / "examples" / "burst_trace.py"))


@pytest.mark.usefixtures("trace")
@pytest.mark.parametrize(("code", "output"), BLOCKS, ids=range(len(BLOCKS)))
def test_block(code: str, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, str(PAGE), "exec"), {})
    assert capsys.readouterr().out.strip() == output.strip()


def test_there_are_blocks() -> None:
    assert len(BLOCKS) == 8
    assert sum(bool(output) for _, output in BLOCKS) == 7


def test_a_table_that_nobody_reads_is_refused() -> None:
    import fyke
    with pytest.raises(fyke.UsageError, match="no protocol reads a table 'udp'; there are"):
        fyke.register("udp", 1, fyke.Udp)
    assert "udp" not in tables.names()
