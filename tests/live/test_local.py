"""The hint that local packets go over the loopback interface."""

from __future__ import annotations

import pytest
from network import ip

from fyke.live.local import local_hint

pytestmark = pytest.mark.live


@pytest.mark.parametrize("networks,name,hint", [
    (["192.0.2.1"], "near", True), (["192.0.2.0/24"], "near", True), (["192.0.2.2"], "near", False),
    (["192.0.2.1"], "lo", False), (["192.0.2.1"], "any", False), (["0.0.0.0/0"], "near", False),
    (["203.0.113.1", "2001:db8::1"], "near", False), (["::1"], "near", True), ([], "near", False)])
def test_hint(veth: tuple[str, str], networks: list[str], name: str, hint: bool) -> None:
    ip("-n", veth[0], "address", "add", "192.0.2.1/24", "dev", "near")
    said = local_hint(networks, name, veth[0])
    assert (said is not None) == hint
    if said is not None:
        assert "-i lo shows them" in said


def test_hint_names_the_bearer(veth: tuple[str, str]) -> None:
    ip("-n", veth[0], "address", "add", "192.0.2.1/24", "dev", "near")
    assert local_hint(["192.0.2.1"], "near", veth[0]) == (
        "192.0.2.1 is this machine's own address (on near): local packets to it go over lo, "
        "-i lo shows them")
