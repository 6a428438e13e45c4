"""Tests of the kernel's side share the network namespaces of the live tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "live"))

from network import Network, why_not

REASON: list[str | None] = []


@pytest.fixture(scope="session")
def networks() -> Iterator[Network]:
    """Namespaces that live as long as the tests of this folder."""
    if not REASON:
        REASON.append(why_not())
    if REASON[0] is not None:
        pytest.skip(f"live tests need network namespaces: {REASON[0]}")
    made = Network()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def namespace(networks: Network) -> Iterator[str]:
    """A network namespace of the test's own, with its loopback up."""
    made = Network()
    try:
        yield made.namespace()
    finally:
        made.close()
