"""The manual's commands run, and what the model prints is what the manual says it prints."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

from fyke.cli.main import main

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-capture-works.md"
MODEL = ("path", "plan")  # commands whose output is compared; the others only have to run


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)\n```", PAGE.read_text(), re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Each command behind ``$``, and what the page says it prints."""
    pattern = re.compile(r"^\$ (.*)\n?((?:(?!\$ ).*\n?)*)", re.MULTILINE)
    return [found for block in blocks("console") for found in pattern.findall(block)]


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["burst_trace.py", "burst.pcap"])
    runpy.run_path(str(ROOT / "examples" / "burst_trace.py"))


@pytest.mark.usefixtures("trace")
@pytest.mark.parametrize(("command", "output"), commands())
def test_commands(command: str, output: str, capfd: pytest.CaptureFixture[str],
                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    words = shlex.split(command)
    if words[0].startswith("TZ="):
        words.pop(0)
    if words[0] == "python":
        assert (ROOT / words[1]).exists()
        return
    assert words[0] == "fyke"
    status = main(words[1:])
    printed = capfd.readouterr()
    assert status == (1 if " lost 621 " in printed.out else 0), printed.err
    assert printed.out.strip()
    if words[1] in MODEL:
        assert printed.out.strip() == output.strip()


def test_python(capsys: pytest.CaptureFixture[str]) -> None:
    for code, output in zip(blocks("python"), blocks("text"), strict=True):
        exec(compile(code, str(PAGE), "exec"), {})
        assert capsys.readouterr().out.strip() == output


def test_pictures_are_there() -> None:
    for name in re.findall(r"\]\((pictures/[^)]+)\)", PAGE.read_text()):
        assert (PAGE.parent / name).read_text().startswith("<svg")
