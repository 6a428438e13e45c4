"""On a terminal, and there only, one line says where an expression misses what is usually meant."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest
from dump_runs import environment

FYKE = [sys.executable, "-m", "fyke", "dump"]
FYKEDUMP = [sys.executable, "-c", "from fyke.cli.main import command_dump; command_dump()"]
SHIFTED = "(vlan 10 and src 192.0.2.1) or (vlan 20 and src 192.0.2.2)"
BYTES = "tcp[tcpflags] & tcp-syn != 0"


def told(words: list[str], *, terminal: bool) -> list[str]:
    """The lines of standard error, which is a pseudo-terminal or a pipe."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=theirs, stdin=subprocess.DEVNULL,
                          env=environment()) as process:
        os.close(theirs)
        found = b""
        try:
            while part := os.read(ours, 1 << 16):
                found += part
        except OSError:  # EIO: nobody has the terminal open any more
            pass
        process.wait(60)
    os.close(ours)
    return found.decode().splitlines()


@pytest.mark.parametrize(("expression", "says"), [
    (SHIFTED, "'vlan' shifts all that stands behind it"), (BYTES, "'tcp[…]' looks at IPv4 only"),
    ("stp", "'stp' does not take PVST+")])
def test_a_hint_on_a_terminal(expression: str, says: str) -> None:
    [line] = told([*FYKE, "-d", expression], terminal=True)
    assert line.startswith("fyke dump: ") and says in line
    assert line.endswith("(--dialect fyke; --no-hints)")


@pytest.mark.parametrize("expression", [SHIFTED, BYTES])
def test_no_hint(expression: str) -> None:
    assert told([*FYKE, "-d", expression], terminal=False) == []
    assert told([*FYKE, "--no-hints", "-d", expression], terminal=True) == []
    assert told([*FYKE, "--dialect", "fyke", "-d", expression], terminal=True) == []
    assert told([*FYKEDUMP, "-d", expression], terminal=True) == []
    assert told([*FYKE, "-d", "udp port 53"], terminal=True) == []


def test_an_error_comes_alone() -> None:
    lines = told([*FYKE, "-d", "vlan 10 or hots 1"], terminal=True)
    assert "shifts" not in "".join(lines) and "can't parse filter expression" in lines[0]
