"""What -T calls a payload, and the layer that decodes it; tcpdump: print-udp.c, print-tcp.c."""

from __future__ import annotations

from fyke import late
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.layers.layer import Layer

#: Above UDP.
UDP_TYPES: dict[str, str] = {
    "aodv": "fyke.layers.application.aodv:Aodv",
    "cnfp": "fyke.layers.application.netflow:NetFlow",
    "coap": "fyke.layers.application.coap:Coap",
    "domain": "fyke.layers.application.dns:Dns",
    "dtls": "fyke.layers.application.dtls:Dtls",
    "gtp": "fyke.layers.application.gtp:Gtp",
    "kip": "fyke.layers.network.appletalk:Kip",
    "ldap": "fyke.layers.application.ldap:Ldap",
    "lmp": "fyke.layers.application.lmp:Lmp",
    "nfs": "fyke.layers.application.nfs:Nfs",
    "pgm": "fyke.layers.transport.pgm:Pgm",
    "pgm_zmtp1": "fyke.layers.transport.pgm:Pgm",
    "ptp": "fyke.layers.link.ptp:Ptp",
    "quic": "fyke.layers.application.quic:Quic",
    "radius": "fyke.layers.application.radius:Radius",
    "rpc": "fyke.layers.application.nfs:Rpc",
    "rtcp": "fyke.layers.application.rtp:Rtcp",
    "rtp": "fyke.layers.application.rtp:Rtp",
    "snmp": "fyke.layers.application.snmp:Snmp",
    "someip": "fyke.layers.application.someip:SomeIp",
    "stun": "fyke.layers.application.stun:Stun",
    "tftp": "fyke.layers.application.tftp:Tftp",
    "vat": "fyke.layers.application.rtp:Vat",
    "vxlan": "fyke.layers.application.vxlan:Vxlan",
    "wireguard": "fyke.layers.application.wireguard:WireGuard",
    "wb": "fyke.layers.application.whiteboard:Whiteboard",
}

#: Above TCP; every other -T shows nothing of a TCP payload.
TCP_TYPES: dict[str, str] = {
    "domain": "fyke.layers.application.dns:DnsOverTcp",
    "http2": "fyke.layers.application.http2:Http2",
    "kerberos": "fyke.layers.application.kerberos:KerberosOverTcp",
    "ldap": "fyke.layers.application.ldap:Ldap",
    "modbus": "fyke.layers.application.modbus:Modbus",
    "mqtt": "fyke.layers.application.mqtt:Mqtt",
    "nfs": "fyke.layers.application.nfs:NfsOverTcp",
    "smb2": "fyke.layers.application.smb2:Smb2",
    "stun": "fyke.layers.application.stun:Stun",
    "tls": "fyke.layers.application.tls:Tls",
    "resp": "fyke.layers.application.resp:Resp",
    "zmtp1": "fyke.layers.application.zmtp:Zmtp",
}

#: No words of -T: recognised by ports and content.
BY_CONTENT = frozenset(("kip", "nfs"))

#: In PGM's data.
DATAGRAM_TYPES: dict[str, str] = {
    "pgm_zmtp1": "fyke.layers.application.zmtp:ZmtpDatagram",
}


def udp_layer(name: str) -> type[Layer] | None:
    """The layer for ``-T name`` above UDP, or None."""
    return load(UDP_TYPES.get(name))


def tcp_layer(name: str) -> type[Layer] | None:
    """The layer for ``-T name`` above TCP, or None."""
    return load(TCP_TYPES.get(name))


def datagram_layer(name: str) -> type[Layer] | None:
    """The layer for ``-T name`` in PGM's data, or None."""
    return load(DATAGRAM_TYPES.get(name))


def load(dotted: str | None) -> type[Layer] | None:
    if dotted is None:
        return None
    layer: type[Layer] = late.named(dotted)
    return layer
