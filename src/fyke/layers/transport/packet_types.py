"""What -T calls a payload, and the layer that decodes it; tcpdump: print-udp.c, print-tcp.c."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.layers.layer import Layer

#: Above UDP. "nfs" is no word of -T: calls and replies of port 2049 are recognised by content.
UDP_TYPES: dict[str, str] = {
    "domain": "fyke.layers.application.dns:Dns",
    "ptp": "fyke.layers.link.ptp:Ptp",
    "radius": "fyke.layers.application.radius:Radius",
    "snmp": "fyke.layers.application.snmp:Snmp",
    "someip": "fyke.layers.application.someip:SomeIp",
    "tftp": "fyke.layers.application.tftp:Tftp",
    "vxlan": "fyke.layers.application.vxlan:Vxlan",
}

#: Above TCP; every other -T shows nothing of a TCP payload.
TCP_TYPES: dict[str, str] = {
    "domain": "fyke.layers.application.dns:DnsOverTcp",
    "zmtp1": "fyke.layers.application.zmtp:Zmtp",
}


def udp_layer(name: str) -> type[Layer] | None:
    """The layer for ``-T name`` above UDP, or None."""
    return load(UDP_TYPES.get(name))


def tcp_layer(name: str) -> type[Layer] | None:
    """The layer for ``-T name`` above TCP, or None."""
    return load(TCP_TYPES.get(name))


def load(dotted: str | None) -> type[Layer] | None:
    if dotted is None:
        return None
    module, _, attribute = dotted.partition(":")
    layer: type[Layer] = getattr(import_module(module), attribute)
    return layer
