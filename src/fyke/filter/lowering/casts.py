"""``broadcast`` and ``multicast``, of the link layer, IPv4 and IPv6."""

from __future__ import annotations

from collections.abc import Callable

from fyke.bpf.instructions import B, W
from fyke.filter.lowering.fragment import Fragment, both, either
from fyke.filter.lowering.generator import NETWORK, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.numbers import EtherType
from fyke.filter.syntax import Cast

UNKNOWN_NETMASK = 0xFFFFFFFF  #: what libpcap's callers say if they have none
IPV4_DESTINATION = 16  #: RFC 791, section 3.1
IPV6_DESTINATION = 24  #: RFC 8200, section 3


def cast(gen: Generator, node: Cast) -> Fragment:
    """``[protocol] broadcast`` and ``[protocol] multicast``."""
    casts: dict[tuple[str | None, str], Callable[[Generator], Fragment]] = {
        ("link", "broadcast"): gen.layout.link.broadcast,
        ("link", "multicast"): gen.layout.link.multicast,
        ("ip", "broadcast"): _ip_broadcast,
        ("ip", "multicast"): _ip_multicast,
        ("ip6", "multicast"): _ip6_multicast,
    }
    test = casts.get((node.protocol or "link", node.word))
    if test is None:
        gen.fail(f"'{node.protocol}' is not a valid qualifier for '{node.word}'")
    return test(gen)


def _ip_multicast(gen: Generator) -> Fragment:
    """224.0.0.0/4."""
    group = gen.masked(NETWORK, IPV4_DESTINATION, B, 0xE0, 0xF0)
    return both(carried(gen, EtherType.IP), group)


def _ip6_multicast(gen: Generator) -> Fragment:
    """ff00::/8."""
    group = gen.equal(NETWORK, IPV6_DESTINATION, B, 0xFF)
    return both(carried(gen, EtherType.IPV6), group)


def _ip_broadcast(gen: Generator) -> Fragment:
    """The host part of the destination is all zeros or all ones."""
    netmask = gen.options.netmask
    if netmask is None or netmask == UNKNOWN_NETMASK:
        gen.fail("netmask not known, so 'ip broadcast' not supported")
    host = ~netmask & 0xFFFFFFFF
    zeros = gen.masked(NETWORK, IPV4_DESTINATION, W, 0, host)
    ones = gen.masked(NETWORK, IPV4_DESTINATION, W, host, host)
    return both(carried(gen, EtherType.IP), either(zeros, ones))
