"""``fyke NAME``: every command named is there, and an unknown one is told."""

from __future__ import annotations

from importlib import import_module

import pytest

from fyke.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(import_module(f"fyke.cli.{name}").run)
    main(["--help"])
    assert f"  {name} " in capsys.readouterr().out


def test_an_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dmup"]) == 2
    assert "there is no command 'dmup'; did you mean 'dump'?" in capsys.readouterr().err
