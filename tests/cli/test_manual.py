"""The manual page and the completion scripts: made of the commands' own options."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fyke.cli import flags
from fyke.cli.commands import STATUSES
from fyke.cli.completion import SHELLS
from fyke.cli.main import COMMANDS, main


@pytest.mark.parametrize(("command", "library"), [
    (["manual"], "argparse_manpage.manpage"), (["completion", "bash"], "shtab")])
def test_a_missing_library_is_one_line(command: list[str], library: str,
                                       monkeypatch: pytest.MonkeyPatch,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    assert main(command) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1 and "pip install 'fyke[manual]'" in err


def test_the_manual_has_every_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("argparse_manpage")
    assert main(["manual"]) == 0
    page = capsys.readouterr().out.replace("\\-", "-")
    for name, meaning in COMMANDS.items():
        assert f"fyke {name}" in page
        assert meaning in page
    section = page.partition(".SH EXIT STATUS\n")[2]
    for status, meaning in STATUSES.items():
        assert f".B {status}\n{meaning}" in section
    for flag in [one for one in flags.FLAGS if one.long != "help"]:  # as pages have it
        assert letters(flag.help) in letters(page)
        for word in [f"-{flag.short}"] * bool(flag.short) + [f"--{flag.long}"] * bool(flag.long):
            assert f"{word}\\fR" in page, flag


def letters(text: str) -> str:
    """Without what a manual page writes otherwise."""
    return "".join(one for one in text if one.isascii() and one.isalnum())


@pytest.mark.parametrize("shell", SHELLS)
def test_completion(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The shell itself reads the script, where it is installed."""
    pytest.importorskip("shtab")
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for name in COMMANDS:
        assert name in script
    if shutil.which(shell):
        path = tmp_path / "script"
        path.write_text(script)
        subprocess.run([shell, *(["-n"] if shell != "tcsh" else ["-f"]), str(path)], check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(("words", "found"), [
    ("fyke du", "dump"), ("fyke dump --prin", "--print --print-sampling"),
    ("fyke dump -i l", "lo"), ("fyke slice --sal", "--salvage"), ("fykedump --ato", "--atomic"),
    ("fyke dump --format pcapn", "pcapng"),
    ("fyke table -e vlan.pr", "vlan.priority"),
    ("fyke table -e time,ip.src,vlan.pr", "time,ip.src,vlan.priority"),
    ("fyke flows -e proto,sta", "proto,start proto,state"),  # of its own columns
    ("fyke dump --netns blu", "blue"), ("fyke taps --netns re", "red"),
    # bash takes --netns=blu apart
    ("fyke dump --netns = blu", "blue"), ("fyke dump --netns =", "red blue"),
    ("fykedump -n --netns = re -i l", "lo"), ("fyke dump --dialect = f", "fyke"),
])
def test_bash_completes(words: str, found: str, tmp_path: Path,
                        capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    main(["completion", "bash"])
    path = tmp_path / "script"
    path.write_text(capsys.readouterr().out)
    program, *_ = split = words.split()
    before, last = split[-2:]
    functions = (f'fyke() {{ {sys.executable} -m fyke "$@"; }}; '
                 'ls() { test $1 = /run/netns && echo red blue || echo lo; }')
    script = (f"{functions}; source {path}; COMP_WORDS=({words}); COMP_CWORD={words.count(' ')}; "
              f"_fyke_equals_{program} {program} {last} {before}; "
              "printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == sorted(found.split())


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(("words", "found"), [
    ("fyke table -e vlan.pr", "vlan.priority"),
    ("fyke table -e time,ip.src,vlan.pr", "time,ip.src,vlan.priority"),
    ("fyke dump --netns blu", "blue"),
])
def test_fish_completes(words: str, found: str, tmp_path: Path,
                        capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    main(["completion", "fish"])
    path = tmp_path / "script"
    path.write_text(capsys.readouterr().out)
    script = (f"function fyke; {sys.executable} -m fyke $argv; end; "
              "function ls; echo red\\nblue; end; "
              f"source {path}; complete -C '{words}'")
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True,
                          check=True)
    assert {row.split("\t")[0] for row in done.stdout.splitlines()} == {found}


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize(("typed", "found"), [("vlan.pr", "vlan.priority"),
                                              ("time,vlan.pr", "time,vlan.priority")])
def test_zsh_completes(typed: str, found: str, tmp_path: Path,
                       capsys: pytest.CaptureFixture[str]) -> None:
    pexpect = pytest.importorskip("pexpect")
    pytest.importorskip("shtab")
    main(["completion", "zsh"])
    (tmp_path / "_fyke").write_text(capsys.readouterr().out)
    shell = pexpect.spawn("zsh", ["-f"], env={"PATH": os.environ["PATH"], "TERM": "dumb"},
                          encoding="utf-8", dimensions=(24, 200), timeout=60)
    shell.sendline(f"fpath=({tmp_path} $fpath); autoload -U compinit; compinit -D -u; "
                   f"fyke() {{ {sys.executable} -m fyke $@ }}; echo re''ady")
    shell.expect_exact("ready\r\n")
    shell.send(f"fyke table -e {typed}\t")
    shell.expect_exact(found)
    shell.close(force=True)
