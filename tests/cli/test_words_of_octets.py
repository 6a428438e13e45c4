"""Words of a command line are octets: names of files, keys and comments need be no UTF-8."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from dump_runs import environment

import fyke

NAME = b"\xff.pcap"
FYKE = [os.fsencode(sys.executable), b"-m", b"fyke"]
FRAME = bytes(12) + b"\x08\x06" + bytes(46)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with fyke.write(os.path.join(os.fsencode(tmp_path), NAME)) as file:
        file.add(FRAME, time=1_000_000_000)
    (tmp_path / "octets").write_bytes(bytes(range(0x80, 0x100)))
    return tmp_path


def run(*words: bytes, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*FYKE, *words], cwd=cwd, capture_output=True, timeout=60, check=False,
                          env=environment())


@pytest.mark.parametrize("words", [
    [b"dump", b"-nr", NAME], [b"dump", b"-nr", NAME, b"-w", b"\xfe.pcap"], [b"info", NAME],
    [b"table", NAME, b"-e", b"ether.src", b"-w", b"\xfe.csv"], [b"flows", NAME], [b"rates", NAME],
    [b"stream", NAME], [b"extract", NAME, b"-d", b"\xfe"], [b"why", b"-r", NAME, b"arp"],
    [b"path", b"-r", NAME, b"-N", b"1"], [b"merge", NAME, b"-w", b"\xfe.pcap"],
    [b"sort", NAME, b"-w", b"\xfe.pcap"], [b"anonymize", NAME, b"-w", b"\xfe.pcap"],
    [b"slice", NAME, b"-w", b"\xfe.pcapng", b"--add-comment", b"1:\xff"],
    [b"dump", b"-nr", NAME, b"-w", b"\xfe.pcapng", b"--capture-comment", b"\xff"],
    [b"dump", b"-nr", NAME, b"-E", b"aes256-cbc:\xff\xfe"]], ids=lambda words: str(words[0]))
def test_a_name_that_is_no_utf8(words: list[bytes], folder: Path) -> None:
    if b"-E" in words:
        pytest.importorskip("cryptography")
    done = run(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr and b"\xff" not in done.stderr


@pytest.mark.parametrize("words", [
    [b"dump", b"-nr", NAME, b"-E", b"file octets"], [b"dump", b"-nr", NAME, b"-F", b"octets"],
    [b"dump", b"-V", b"octets"], [b"dump", b"-nr", NAME, b"-E", b"\xff:\xff"],
    [b"dump", b"-nr", NAME, b"host \xff"], [b"filter", b"--program", b"octets"],
    [b"sql", b"select count(*) from '" + NAME + b"'"]], ids=lambda words: str(words[0]))
def test_octets_that_cannot_be_right(words: list[bytes], folder: Path) -> None:
    if words[0] == b"sql":
        pytest.importorskip("duckdb")
    done = run(*words, cwd=folder)
    assert done.returncode in (1, 2) and b"Traceback" not in done.stderr, done.stderr
    assert b"fyke " + words[0] + b": " in done.stderr and b"\xff" not in done.stderr


def test_a_file_is_told_without_its_controls(folder: Path) -> None:
    done = run(b"table", NAME, b"-e", b"ether.src", b"-w", b"\x1b.csv", cwd=folder)
    assert done.returncode == 0 and b"written to" in done.stderr and b"\x1b" not in done.stderr
