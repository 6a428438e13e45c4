"""Room columns/: which packets of TCP and UDP may have other packets in them.

What is above TCP and UDP is found by ports, and by content where no port says it. Whoever must know
that there is no second IP header in a packet looks here; where it cannot be known, it is said that
there may be one.
"""

from __future__ import annotations

from collections.abc import Iterable

from fyke.layers.tables import table
from fyke.layers.transport import unprinted

#: Ports whose protocols carry no packets, and who reads these; all other ports that somebody
#: reads may lead to a tunnel.
PLAIN = {
    "tcp": {21: "text", 22: "text", 23: "telnet", 25: "text", 43: "text", 53: "dns", 80: "text",
            179: "bgp", 8080: "text"},
    "udp": {53: "dns", 67: "dhcp", 68: "dhcp", 123: "ntp", 161: "snmp", 162: "snmp", 443: "quic",
            514: "syslog", 5060: "text", 5353: "dns"},
}
#: Ports that UDP itself looks behind: AppleTalk's in IP, and NFS (layers/transport/udp.py).
LOOKED_AT = {"tcp": ((2049, 2049),),
             "udp": ((200, 327), (768, 895), (2049, 2049), (16512, 16639))}
#: Ports so near each other are one range: a shorter program that takes a little more.
NEAR = 128

#: Modules of layers/application whose protocols have other layers above them, or inside them. A
#: test reads the sources.
CARRYING = frozenset(("bcm_li", "geneve", "isakmp", "l2tp", "msdp", "nsh", "otv", "radius", "vxlan",
                      "zep"))


def carries_nothing_else(transport: str) -> bool:
    """Whether no protocol that is found by content, at whatever port, may carry packets."""
    guesses = unprinted.OVER_TCP if transport == "tcp" else unprinted.OVER_UDP
    return all(guess.kind.partition(":")[0] not in CARRYING for guess in guesses)


def leading(transport: str) -> list[tuple[int, int]]:
    """Ranges of ports behind which there may be other packets."""
    known: set[int] = set()
    for end in ("port", "source", "target"):
        known.update(table(f"{transport}.{end}").keys())
    plain = {port for port, module in PLAIN[transport].items()
             if is_plain(transport, port, module)}
    found = [(port, port) for port in known - plain]
    return joined([*LOOKED_AT[transport], *found], plain)


def is_plain(transport: str, port: int, module: str) -> bool:
    """Whether a port's protocol is still the one of our own that carries no packets."""
    found = [table(f"{transport}.{end}").find(port) for end in ("port", "source", "target")]
    return all(one is None or one.__module__ == f"fyke.layers.application.{module}"
               for one in found)


def joined(ranges: list[tuple[int, int]], plain: Iterable[int]) -> list[tuple[int, int]]:
    """Ranges that are near each other as one, unless a plain port lies between."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low - found[-1][1] <= NEAR and not any(
                found[-1][1] < port < low for port in plain):
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found
