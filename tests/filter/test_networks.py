"""The hosts and networks that an expression names."""

from __future__ import annotations

import pytest

from fyke.filter.networks import named_networks
from fyke.filter.resolver import Resolver

NAMES = Resolver(hosts="10.1.2.3 here\n2001:db8::7 here\n", networks="our 10.20\n")


@pytest.mark.parametrize(("expression", "networks"), [
    ("", []),
    ("tcp port 80", []),
    ("host 10.0.0.1", ["10.0.0.1/32"]),
    ("src 10.0.0.1 or dst (10.0.0.2 or 10.0.0.3)",
     ["10.0.0.1/32", "10.0.0.2/32", "10.0.0.3/32"]),
    ("net 10.9", ["10.9.0.0/16"]),
    ("net 10.0.0.0/8 and not host 1.2.3.4", ["10.0.0.0/8", "1.2.3.4/32"]),
    ("net 10.9.0.0 mask 255.255.0.0", ["10.9.0.0/255.255.0.0"]),
    ("ip6 host 2001:db8::1", ["2001:db8:0:0:0:0:0:1/128"]),
    ("net 2001:db8::/32", ["2001:db8:0:0:0:0:0:0/32"]),
    ("ether host 02:00:00:00:00:01", []),
    ("host here", ["10.1.2.3/32", "2001:db8:0:0:0:0:0:7/128"]),
    ("net our", ["10.20.0.0/16"]),
    ("port http", []),
    ("arp host 10.0.0.1", ["10.0.0.1/32"]),
])
def test_networks(expression: str, networks: list[str]) -> None:
    assert named_networks(expression, NAMES) == networks


def test_names_are_bounded() -> None:
    asked = []

    class Asked(Resolver):
        def hosts(self, name: str) -> tuple[list[int], list[int]]:
            asked.append(name)
            return [1], []

    found = named_networks(" or ".join(f"host n{number}" for number in range(50)), Asked())
    assert len(asked) == len(found) == 8
