"""live: where packets between a machine and its own addresses are to be seen.

Linux routes packets to one's own addresses over the loopback interface, whichever interface
bears the address; a capture there shows none of them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from fyke.live.interfaces import ANY, Interface, interfaces


def local_hint(networks: Iterable[str], name: str, namespace: str | None = None) -> str | None:
    """One line if a filter's hosts or networks are this machine's own and ``name`` is not loopback.

    ``networks`` are addresses or prefixes as text; the line names the interface that shows
    local traffic to them. None if there is nothing to say.
    """
    known = interfaces(namespace)
    loopback = next((found for found in known if found.loopback), None)
    if loopback is None or name in (ANY, loopback.name):
        return None
    for text in networks:
        try:
            wanted = ipaddress.ip_network(text, strict=False)
        except ValueError:
            continue  # a mask with holes
        if wanted.prefixlen == 0:
            continue
        bearer = bearing(wanted, known)
        if bearer is not None:
            address, interface = bearer
            return (f"{address} is this machine's own address (on {interface.name}): local packets "
                    f"to it go over {loopback.name}, -i {loopback.name} shows them")
    return None


def bearing(wanted: ipaddress.IPv4Network | ipaddress.IPv6Network,
            known: Iterable[Interface]) -> tuple[str, Interface] | None:
    """The first address in ``wanted`` that an interface bears, and that interface."""
    for found in known:
        for held in found.addresses:
            address = ipaddress.ip_address(held.address)
            if address.version == wanted.version and address in wanted:
                return held.address, found
    return None
