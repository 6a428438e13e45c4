"""Captures and programs that the tests of the public door share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fyke

DNS = bytes.fromhex("020000000002" "020000000001" "0800" "4500003d00010000401166ad0a0000010a000002"
                    "14ea003500290000" "000701000001000000000000" "03777777076578616d706c65036f7267"
                    "00" "00010001")
FIRST = 1_700_000_000_000_000_000


def made(path: Path, count: int = 6) -> Path:
    """A capture of DNS questions, a microsecond apart."""
    with fyke.write(path) as file:
        for number in range(count):
            file.add(DNS, time=FIRST + 1000 * number)
    return path


def program(code: str, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder; every ResourceWarning is shown, and told from an error."""
    return subprocess.run([sys.executable, *(flags or ("-W", "default")), "-c", code], cwd=folder,
                          capture_output=True, text=True, errors="replace", timeout=60,
                          check=False)
