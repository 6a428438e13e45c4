"""The notebook of the examples, cell by cell: it finds what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "packets_as_columns.ipynb"


def test_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("polars", "duckdb", "pyarrow", "matplotlib"):
        pytest.importorskip(name)
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), NOTEBOOK.name, "exec"), names)
    assert names["scans"].select("ip.src", "ip.dst", "ports").rows() == [
        ("10.0.0.66", "192.0.2.1", 1024)]
    slowest, fast = names["slow"].rows()
    assert slowest[0] == "10.0.1.53" and slowest[2] > 400 and fast[2] < 10
    assert slowest[1] + fast[1] == 300
    assert len(names["top"]) == 10
    assert len(names["plt"].get_fignums()) == 2
    names["plt"].close("all")
