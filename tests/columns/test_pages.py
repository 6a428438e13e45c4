"""docs/columns.md: what it shows of Python runs, and its columns have the types that it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import fyke

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "columns.md").read_text()


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)\n```", PAGE, re.DOTALL))
def test_blocks_run(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("duckdb", "pandas", "polars", "pyarrow"):
        pytest.importorskip(name)
    shutil.copy(ROOT / "benchmarks" / "protocols.pcap", tmp_path / "trace.pcap")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"fyke": fyke}
    exec(compile(code, "columns.md", "exec"), names)


def test_types_are_as_shown() -> None:
    asked, told = re.findall(r">>> (fyke\.schema\(.*?\]\))\n(\{.*?\})\n```", PAGE, re.DOTALL)[0]
    assert eval(asked.replace("...", "")) == eval(told)
