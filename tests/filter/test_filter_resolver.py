"""Names: from texts in the format of the files in /etc, and from the system."""

from __future__ import annotations

import pytest

from fyke.filter.resolver import Resolver, SystemResolver, system_resolver

RESOLVER = Resolver(
    hosts="10.0.0.2 Box box.example # a comment\n10.0.0.1 box\n10.0.0.1 box\n"
          "fd00::1 box\nbad line\n# 1.2.3.4 gone\n1.2.3.4\n",
    services="domain 53/tcp\ndomain 53/udp nameserver\nodd x/tcp\nonly 7/udp\n",
    protocols="tcp 6 TCP\nudp 17 UDP\n",
    networks="ten 10.0.0.0\nshort 10.20 alias\nwrong 10.256\n",
    ethers="a:0:b:0:c:0 box\n1:2:3 bad\nff:ff:ff:ff:ff:fff worse\n")


def test_hosts_are_sorted_and_without_doubles() -> None:
    assert RESOLVER.hosts("BOX") == ([0x0A000001, 0x0A000002], [0xFD << 120 | 1])
    assert RESOLVER.hosts("box.example") == ([0x0A000002], [])
    for unknown in ("gone", "line", ""):
        assert RESOLVER.hosts(unknown) == ([], [])


def test_ports_by_protocol() -> None:
    assert RESOLVER.port("domain") == (53, 53)
    assert RESOLVER.port("nameserver") == (None, 53)
    assert RESOLVER.port("only") == (None, 7)
    assert RESOLVER.port("odd") == (None, None)


def test_protocols_networks_and_ethers() -> None:
    assert RESOLVER.protocol("UDP") == 17
    assert RESOLVER.protocol("none") is None
    assert RESOLVER.network("ten") == 0x0A000000
    assert RESOLVER.network("ALIAS") == 0x0A140000
    assert RESOLVER.network("wrong") is None
    assert RESOLVER.ethernet("box") == bytes([10, 0, 11, 0, 12, 0])
    assert RESOLVER.ethernet("bad") is RESOLVER.ethernet("worse") is None


def test_the_system_knows_itself() -> None:
    system = system_resolver()
    assert system is system_resolver()
    assert 0x7F000001 in system.hosts("localhost")[0]
    if system.protocol("tcp") is None:
        pytest.skip("no /etc/protocols on this machine")
    assert system.protocol("tcp") == 6


@pytest.mark.parametrize("name", ["\0", "é" * 300, "a" * 10_000, "", "a b", "\udcff"])
def test_hostile_names_are_unknown(name: str) -> None:
    system = system_resolver()
    assert system.hosts(name) == ([], [])
    assert system.port(name) == (None, None)
    assert system.protocol(name) is None


def test_missing_files_are_empty(tmp_path) -> None:  # type: ignore[no-untyped-def]
    missing = str(tmp_path / "missing")
    resolver = SystemResolver(networks_file=missing, ethers_file=missing)
    assert resolver.network("loopback") is None
    assert resolver.ethernet("box") is None
