"""Room conversations/: which connection a packet belongs to, in words that name a file."""

from __future__ import annotations

from fyke.conversations.header import Header
from fyke.layers.layer import layers_of
from fyke.wire import Record

PROTOCOLS = {6: "tcp", 17: "udp", 132: "sctp", 1: "icmp", 58: "icmp6"}
WITH_PORTS = (6, 17, 132)

WALK = Header()


def connection(packet: Record) -> str:
    """The same in both directions; "arp", or "other" for what has no IP addresses.

    The outermost IP header counts. Fragments, which have no ports, belong to the addresses and the
    protocol.
    """
    WALK.begin(packet)
    if not WALK.step(packet):
        return without_ip(packet)
    ports = (-1, -1)
    if WALK.proto in WITH_PORTS and not WALK.is_fragment and packet.has(WALK.payload, 4):
        ports = packet.u16(WALK.payload), packet.u16(WALK.payload + 2)
    size = 4 if WALK.family == 4 else 16
    ends = sorted((((WALK.src_high << 64 | WALK.src_low).to_bytes(size, "big"), ports[0]),
                   ((WALK.dst_high << 64 | WALK.dst_low).to_bytes(size, "big"), ports[1])))
    name = PROTOCOLS.get(WALK.proto, f"ip{WALK.proto}")
    return "-".join([name, *(end_text(address, port) for address, port in ends)])


def without_ip(packet: Record) -> str:
    """By the layers: ARP and RARP, or another."""
    found = any(layer.name in ("arp", "rarp") for layer in layers_of(packet))
    return "arp" if found else "other"


def end_text(address: bytes, port: int) -> str:
    """An end of a connection, fit for a file name."""
    if len(address) == 4:
        text = ".".join(map(str, address))
    else:
        from ipaddress import IPv6Address
        text = str(IPv6Address(address)).replace(":", "_")
    return text if port < 0 else f"{text}.{port}"
