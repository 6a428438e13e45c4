"""What every test shares: which build runs, where the peers' cases are, hypothesis' budget."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

import fyke.wire

settings.register_profile("fyke", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("fyke")

COMPILED = fyke.wire.__file__.endswith(".so")


def pytest_report_header() -> str:
    return f"fyke: {'compiled' if COMPILED else 'pure Python'} modules"


@pytest.fixture(scope="session")
def peers() -> Path:
    """The folder with tcpdump's and libpcap's own cases; a test that asks for it may skip."""
    default = Path(__file__).parents[2] / "shared" / "peers"
    folder = Path(os.environ.get("FYKE_PEERS", default))
    if not folder.is_dir():
        pytest.skip(f"no peers' cases: {folder} is not there (FYKE_PEERS names the folder)")
    return folder
