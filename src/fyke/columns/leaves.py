"""Room columns/: layers above which nothing comes but their like: if nobody wants their fields,
they need not be decoded, and nobody needs to look for them.

A name here is of a file of protocols; one that is missing costs time and nothing else. A test
reads from the sources that none of these sets what follows.
"""

from __future__ import annotations

from collections.abc import Collection

from fyke.columns.tunnels import LOOKED_AT, registered
from fyke.hints import Any
from fyke.layers.layer import Layer
from fyke.layers.transport import unprinted
from fyke.layers.transport.ports import bits

#: By room: files in which no layer is followed by another kind of layer.
FILES = {
    "application": """
        ahcp aodv autorp babel beep bfd bgp coap dhcp dhcp6 dns dtls hncp hsrp http2 kerberos ldap
        ldp lisp lmp lsp_ping lwapp lwres modbus mqtt netflow nfs ntp olsr pptp resp rip ripng
        rpki_rtr rtp rx sflow smb2 snmp someip ssh stun syslog telnet text tftp timed tls vqp
        whiteboard wireguard zephyr zmtp""",
    "link": """
        aoe atm_oam bluetooth cdp cfm dtp geonet heartbeat lacp lldp loopback mpcp oam ppp_auth
        ppp_control ptp q933 realtek stp udld usb vsock vtp""",
    "network": "arp decnet esis mobile nhrp",
    "routing": "dvmrp egp eigrp igrp isis ospf ospf3 pim_v1 rsvp vrrp",
    "transport": "dccp sctp tipc",
}
LEAVES = frozenset(f"fyke.layers.{room}.{file}" for room, files in FILES.items()
                   for file in files.split())
#: Files whose layers are followed by layers of these names only, which are leaves themselves.
LEADS = {"fyke.layers.application.quic": frozenset({"quic", "tls"})}
#: What ``beyond`` of a transport looks for.
GUESSES = {"fyke.layers.transport.tcp": unprinted.OVER_TCP,
           "fyke.layers.transport.udp": unprinted.OVER_UDP}
EVERYWHERE = bytearray(b"\xff" * 8192)  # a bit for each port
NOWHERE = bytearray(8192)


def leads_nowhere(kind: Any, names: Collection[str]) -> bool:
    """Whether above a kind of layer there is nothing of these names."""
    leads = LEADS.get(kind.__module__)
    return kind.__module__ in LEAVES or (leads is not None and leads.isdisjoint(names))


def asks_beyond(kind: Any, names: Collection[str]) -> bytearray:
    """At which ports ``kind.beyond`` may find what has, or leads to, one of these names: a bit for
    each.
    """
    if kind.beyond is Layer.beyond or leads_nowhere(kind, names):
        return NOWHERE
    guesses = GUESSES.get(kind.__module__)
    if guesses is None:
        return EVERYWHERE
    found: set[int] = set()
    for guess in guesses:
        file = guess.kind.partition(":")[0]  # and the name of its layers
        if unprinted.ROOM + file in LEAVES and file not in names:
            continue
        if guess.ports is None:
            return EVERYWHERE
        found |= guess.ports
    return bits(found)


def spoken(kind: Any, names: Collection[str]) -> tuple[bytearray, bytearray] | None:
    """Of TCP and UDP, the ports at which one of these names may come above it: a bit for each; and
    those of them that are only known to be registered. None for other kinds.

    Neither looks for anything but what comes above it when it is decoded.
    """
    transport = kind.__name__.lower()
    if transport not in LOOKED_AT or kind.__module__ != f"fyke.layers.transport.{transport}":
        return None
    looked_at = bits(port for low, high in LOOKED_AT[transport] for port in range(low, high + 1))
    sure = as_number(asks_beyond(kind, names)) | as_number(looked_at)
    known = as_number(bits(registered(transport)))
    return as_bits(known | sure), as_bits(known & ~sure)


def as_number(ports: bytearray) -> int:
    """Bits of ports in a number: to be joined."""
    return int.from_bytes(ports, "little")


def as_bits(number: int) -> bytearray:
    """The same the other way."""
    return bytearray(number.to_bytes(8192, "little"))
