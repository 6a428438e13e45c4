"""Slow protocols, CFM and EAP print what Debian's tcpdump prints, where version 5 says the same."""

from __future__ import annotations

from pathlib import Path

import maintenance_traffic as traffic
import pytest
from test_against_tcpdump import compare, pytestmark, write

__all__ = ["pytestmark"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("maintenance") / "whole.pcap", traffic.alike())


@pytest.mark.parametrize("options", ["", "-e", "-v", "-vv", "-evvv"])
def test_same_text(whole: Path, options: str) -> None:
    compare(whole, f"-n {options}")
