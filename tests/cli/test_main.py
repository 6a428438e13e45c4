"""``fyke NAME``: every command named is there, and an unknown one is told."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from fyke.cli.main import COMMANDS, main
from fyke.files.writer import create


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(import_module(f"fyke.cli.{name}").run)
    main(["--help"])
    assert f"  {name} " in capsys.readouterr().out


def test_an_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dmup"]) == 2
    assert "there is no command 'dmup'; did you mean 'dump'?" in capsys.readouterr().err


def test_start_up_imports_nothing_heavy(tmp_path: Path) -> None:
    """Start-up is part of the interface: what a run on a file does not need is not imported."""
    path = tmp_path / "none.pcap"
    create(path).close()
    script = ("import sys; from fyke.cli.main import main; "
              f"main(['dump', '-r', {str(path)!r}, '--count']); "
              f"main(['dump', '-r', {str(path)!r}, '-w', {str(tmp_path / 'out.pcap')!r}]); "
              "print(*sys.modules)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          check=True)
    modules = set(done.stdout.split())
    if "cython" in modules:
        pytest.skip("uncompiled, with Cython installed, which imports much")
    assert not modules & {"typing", "re", "argparse", "dataclasses", "inspect", "json", "lzma"}
