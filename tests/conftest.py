"""What every test shares: which build runs, where the peers' cases are, hypothesis' budget,
and network namespaces for live tests, which are skipped with the reason where there are none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import fyke.wire

sys.path.append(str(Path(__file__).parent / "live"))

from network import Network, why_not

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


NO_NETWORK: list[str | None] = []  # why there are no namespaces, once that was tried


@pytest.fixture
def network() -> Iterator[Network]:
    """Network namespaces that the test makes, gone after it."""
    if not NO_NETWORK:
        NO_NETWORK.append(why_not())
    if NO_NETWORK[0] is not None:
        pytest.skip(f"live tests need network namespaces: {NO_NETWORK[0]}")
    made = Network()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def veth(network: Network) -> tuple[str, str]:
    """Two namespaces with a veth pair, ``near`` in the first and ``far`` in the second."""
    one, other = network.namespace(), network.namespace()
    network.pair(one, other)
    return one, other
