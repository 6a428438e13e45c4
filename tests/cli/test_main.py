"""``fyke NAME``: every command named is there, and an unknown one is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from fyke.cli.main import COMMANDS, main
from fyke.files.writer import create
from fyke.wire import Record


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(import_module(f"fyke.cli.{name}").run)
    main(["--help"])
    assert f"  {name} " in capsys.readouterr().out


def test_an_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dmup"]) == 2
    assert "there is no command 'dmup'; did you mean 'dump'?" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["dump", "--help"], ["info", "-h"],
                                   ["filter", "tcp"]])
def test_output_that_nobody_takes(words: list[str]) -> None:
    """A reader that has left, and a full disk: no traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    left = subprocess.run([sys.executable, "-m", "fyke", *words], stdout=writer, timeout=60,
                          stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (left.returncode, left.stderr) == (-signal.SIGPIPE, "")
    with open("/dev/full", "w") as disk:
        full = subprocess.run([sys.executable, "-m", "fyke", *words], stdout=disk, timeout=60,
                              stderr=subprocess.PIPE, text=True, check=False)
    who = "fyke" if words[0].startswith("-") else f"fyke {words[0]}"
    assert full.stderr == f"{who}: standard output: No space left on device\n"
    assert full.returncode == 1


@pytest.mark.parametrize(("words", "closed", "status", "said"), [
    ("info {path}", ">&-", 1, "fyke info: standard output: Bad file descriptor\n"),
    ("dump -r {path} -v", ">&-", 1, "Bad file descriptor\n"),
    ("slice {path} -w -", ">&-", 1, "standard output: Bad file descriptor"),
    ("slice - -w {path}.out", "<&-", 1, "standard input: cannot read at byte 0: Bad file"),
    ("slice {path} -w {path}.out", "<&- >&-", 0, "1 packets written"),
    ("slice {path} -w {path}.out", "<&- >&- 2>&-", 0, ""),
    ("slice {path}.none -w {path}.out", "2>&-", 1, ""),
])
def test_closed_standard_streams_are_told(words: str, closed: str, status: int, said: str,
                                          tmp_path: Path) -> None:
    path = tmp_path / "one.pcap"
    sink = create(path)
    sink.add(Record(bytes(60)))
    sink.close()
    before = path.read_bytes()
    program = f"{sys.executable} -c 'from fyke.cli.main import command; command()'"
    done = subprocess.run(["sh", "-c", f"{program} {words.format(path=path)} {closed}"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert path.read_bytes() == before


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
