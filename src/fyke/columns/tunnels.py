"""Room columns/: which packets of TCP and UDP may have other packets in them.

What is above TCP and UDP is found by ports, and by content where no port says it. Whoever must know
that there is no second IP header in a packet looks here; where it cannot be known, it is said that
there may be one.
"""

from __future__ import annotations

from collections.abc import Iterable

from fyke.hints import Any
from fyke.layers.carrying import CARRYING, ROOM
from fyke.layers.tables import table
from fyke.layers.transport import unprinted

#: Much used ports that are looked at: all others that somebody reads may lead to a tunnel, which
#: spares importing a hundred protocols.
LOOKED_UP = {"tcp": (21, 22, 23, 25, 43, 53, 80, 179, 8080),
             "udp": (53, 67, 68, 123, 161, 162, 443, 514, 5060, 5353)}
#: Ports that UDP itself looks behind: AppleTalk's in IP, and NFS (layers/transport/udp.py).
LOOKED_AT = {"tcp": ((2049, 2049),),
             "udp": ((200, 327), (768, 895), (2049, 2049), (16512, 16639))}
ENDS = ("port", "source", "target")  # tables of ports: of either end, and of one
#: Ports so near each other are one range: a shorter program that takes a little more.
NEAR = 128


def carries_nothing_else(transport: str) -> bool:
    """Whether no protocol that is found by content, at whatever port, may carry packets."""
    return all(guess.ports is not None for guess in tunnels_by_content(transport))


def tunnels_by_content(transport: str) -> list[unprinted.Guess]:
    """What may be found in a payload, and may carry packets."""
    guesses = unprinted.OVER_TCP if transport == "tcp" else unprinted.OVER_UDP
    return [guess for guess in guesses if guess.kind.partition(":")[0] in CARRYING]


def leading(transport: str) -> list[tuple[int, int]]:
    """Ranges of ports behind which there may be other packets."""
    known = registered(transport)
    plain = {port for port in LOOKED_UP[transport] if is_plain(transport, port)}
    known -= plain
    for guess in tunnels_by_content(transport):
        known.update(guess.ports or ())
    return joined([*LOOKED_AT[transport], *((port, port) for port in known)], plain - known)


def registered(transport: str) -> set[int]:
    """Ports that mean something at either end, or at one."""
    known: set[int] = set()
    for end in ENDS:
        known.update(table(f"{transport}.{end}").keys())
    return known


def meant(transport: str, port: int) -> list[Any]:
    """The kinds of layer that a port may mean."""
    found = [table(f"{transport}.{end}").find(port) for end in ENDS]
    return [one for one in found if one is not None]


def is_plain(transport: str, port: int) -> bool:
    """Whether a port's protocol is one of our own that carries no packets."""
    return all(one.__module__.startswith(ROOM) and one.__module__.removeprefix(ROOM) not in CARRYING
               for one in meant(transport, port))


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
