"""Live tests run in network namespaces of their own, or are skipped with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from network import Network, why_not

REASON: list[str | None] = []


@pytest.fixture
def network() -> Iterator[Network]:
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
def veth(network: Network) -> tuple[str, str]:
    """Two namespaces with a veth pair, ``near`` in the first and ``far`` in the second."""
    one, other = network.namespace(), network.namespace()
    network.pair(one, other)
    return one, other
