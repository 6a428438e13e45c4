"""LDP, RSVP and LSP ping print what Debian's tcpdump prints, where version 5 says the same."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import mpls_traffic as traffic
import pytest
from test_against_tcpdump import TCPDUMP, as_version_5, pytestmark, text_of, write

__all__ = ["pytestmark"]
#: One line in 4.99, two in 5.
STAMPS = re.compile(rb"\t  Sender Timestamp: (.*) Receiver Timestamp: (.*)")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("mpls") / "whole.pcap", traffic.alike())


@pytest.mark.parametrize("options", ["", "-e", "-v", "-vv", "-evvv"])
def test_same_text(whole: Path, options: str) -> None:
    words = ["-n", *options.split()]
    theirs = b"\n".join(as_version_5(text) for text in text_of([str(TCPDUMP), *words], whole))
    theirs = STAMPS.sub(rb"\t  TimeStamp Sent: \1\n\t  TimeStamp Received: \2", theirs)
    ours = text_of([sys.executable, "-m", "fyke", "dump", *words], whole)
    assert ours == theirs.split(b"\n")
