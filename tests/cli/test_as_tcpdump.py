"""fykedump prints nothing that tcpdump would not, or docs/differences.md says why.

Whatever later versions add for people (hints, colour) belongs to ``fyke``: scripts read this.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import tty
from pathlib import Path

import pytest
from dump_runs import capture, environment, send_numbered, stop

from fyke.files.writer import create
from fyke.wire import Record

PAGE = Path(__file__).parents[2] / "docs" / "differences.md"
PROGRAM = [sys.executable, "-c", "from fyke.cli.main import command_dump; command_dump()"]
SEGMENT = bytes.fromhex("020000000002020000000001080045000028000140004006"
                        "00000a0000010a0000029c4000500000000100000000500220000000" "0000")
needs_tcpdump = pytest.mark.skipif(shutil.which("tcpdump") is None,
                                   reason="tcpdump is not installed")

RUNS = ["-r in", "-n -r in", "-nn -v -r in", "-nn -vvv -e -r in", "-q -tt -r in", "-nX -r in",
        "-nA -r in", "-n -c 1 -r in", "--count -r in", "-n -# -r in", "-n -r in -w out",
        "-n -r in -w out --print", "-n -r in -w out -C 1", "-n -r in udp", "-n -r in ip6",
        "-r in hots 1.2.3.4", "-r in tcp port", "-r absent", "-r empty", "-r cut", "-d ip",
        "-dd ip", "-ddd ip", "-d -r in ip", "-r in -T nothing", "-r in -c x", "--frobnicate",
        "-i nowhere", "--version", "-r in -n -s 20", "-r in -n -S -e -K", "-r in -nl -U",
        "-r in -t", "-r in -y EN10MB", "-i lo -L",
        "-i lo -J", "-D", "-r in -tttt", "-r in --nano -n", "-V list -n", "-F filter -r in -n"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sink = create(tmp_path / "in")
    for number in range(3):
        sink.add(Record(SEGMENT, 1, 1_700_000_000_000_000_000 + number))
    sink.close()
    octets = (tmp_path / "in").read_bytes()
    (tmp_path / "cut").write_bytes(octets[:-7])
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "list").write_text("in\nin\n")
    (tmp_path / "filter").write_text("tcp\n")
    return tmp_path


def allowed(line: str, words: str, failed: bool) -> bool:
    """Whether the page's table has a line, in the case that it says."""
    for text, when in re.findall(r"^\| `(.*?)` \| (.*?) \|", PAGE.read_text(), re.MULTILINE):
        applies = (failed if when == "it fails" else when == "always"
                   or any(option in words.split() for option in when[5:].split(", ")))
        if applies and re.fullmatch(re.escape(text).replace("…", ".*"), line):
            return True
    return failed and bool(line) and line in words  # the expression, above the caret


def run(program: list[str], words: str, folder: Path) -> tuple[list[tuple[str, str]], int]:
    """What a program prints, as the stream and the line; and its exit status."""
    done = subprocess.run([*program, *words.split()], cwd=folder, capture_output=True, text=True,
                          check=False, timeout=60, env=environment() | {"TZ": "UTC0"})
    for path in folder.glob("out*"):
        path.unlink()
    return [(stream, line) for stream, text in (("stdout", done.stdout), ("stderr", done.stderr))
            for line in text.splitlines()], done.returncode


@needs_tcpdump
@pytest.mark.parametrize("words", RUNS)
def test_nothing_but_what_tcpdump_prints(words: str, folder: Path) -> None:
    theirs, _ = run(["tcpdump"], words, folder)
    expected = [(stream, re.sub("^tcpdump: ", "fyke dump: ", line)) for stream, line in theirs]
    ours, status = run(PROGRAM, words, folder)
    more = [(stream, line) for stream, line in ours
            if (stream, line) not in expected and not allowed(line, words, status != 0)]
    assert not more


@pytest.mark.live
@needs_tcpdump
def test_nothing_more_while_capturing(veth: tuple[str, str]) -> None:
    """Live, on a namespace's loopback, with an expression that a hint might be about."""
    with capture(veth[0], "-ni", "lo", "-c", "3", "udp port 9 and host 127.0.0.1") as process:
        send_numbered(veth[0], 3)
        out, told, _ = stop(process)
    said = [row.decode().rstrip() for row in process.told] + told.splitlines()  # type: ignore[attr-defined]
    theirs = re.compile(r"listening on lo, link-type EN10MB \(Ethernet\), snapshot length 262144 "
                        r"bytes|\d+ packets? (captured|received by filter|dropped by kernel)")
    assert not [line for line in said if not theirs.fullmatch(line)
                and not allowed(line, "", failed=False)]
    assert re.search(r"IP 127\.0\.0\.1\.\d+ > 127\.0\.0\.1\.9: UDP, length 64", out)


def through_terminal(words: list[str], folder: Path) -> bytes:
    """Standard output as it comes out of a pseudo-terminal that changes no octet."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    with subprocess.Popen(words, cwd=folder, stdout=theirs, stderr=subprocess.DEVNULL,
                          env=environment() | {"TZ": "UTC0", "TERM": "xterm-256color"}) as process:
        os.close(theirs)
        found = b""
        try:
            while part := os.read(ours, 1 << 16):
                found += part
        except OSError:  # EIO: nobody has it open any more
            pass
        process.wait()
    os.close(ours)
    return found


@pytest.mark.parametrize("program", [PROGRAM, [sys.executable, "-m", "fyke", "dump"]],
                         ids=["fykedump", "fyke dump"])
@pytest.mark.parametrize("words", ["-n -r in", "-nn -vvv -e -r in", "-nXX -r in", "--count -r in",
                                   "-d tcp port 80", "--help"])
def test_a_terminal_gets_what_a_pipe_gets(program: list[str], words: str, folder: Path) -> None:
    piped = subprocess.run([*program, *words.split()], cwd=folder, check=False, timeout=60,
                           env=environment() | {"TZ": "UTC0"}, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL).stdout
    assert piped and through_terminal([*program, *words.split()], folder) == piped
