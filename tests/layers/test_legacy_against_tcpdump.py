"""IPX, AppleTalk and DECnet print what Debian's tcpdump prints, where version 5 says the same."""

from __future__ import annotations

import sys
from pathlib import Path

import legacy_traffic as traffic
import pytest
from test_against_tcpdump import TCPDUMP, pytestmark, text_of, write

__all__ = ["pytestmark"]


@pytest.mark.parametrize("options", ["-n", "-nv", "-nevv"])
@pytest.mark.parametrize("link_type", [1, 114])
def test_same_text(tmp_path: Path, link_type: int, options: str) -> None:
    packets = traffic.alike() if link_type == 1 else traffic.local_talk()
    path = write(tmp_path / "old.pcap", packets, link_type=link_type)
    theirs = text_of([str(TCPDUMP), options], path)
    ours = text_of([sys.executable, "-m", "fyke", "dump", options], path)
    assert ours == theirs


@pytest.mark.parametrize("options", ["-n", "-nv", "-nevv"])
@pytest.mark.parametrize("link_type", [100, 106])
def test_atm(tmp_path: Path, link_type: int, options: str) -> None:
    packets = traffic.atm()
    if link_type == 106:
        packets = [packets[0], packets[-1], b"cut"]
    path = write(tmp_path / "atm.pcap", packets, link_type=link_type)
    theirs = text_of([str(TCPDUMP), options], path)
    assert text_of([sys.executable, "-m", "fyke", "dump", options], path) == theirs
