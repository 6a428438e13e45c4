"""What the octets of a packet are called: names for the loads of a program, and for their values.

A name depends on the link type and on what is known so far: octet 23 of an Ethernet frame is
``ip.proto`` where ``ether.type`` is known to be 0x0800. Facts are what a program has tested, or
what a packet holds.
"""

from __future__ import annotations

from typing import NamedTuple

Fields = dict[int, tuple[int, str]]


class Frame(NamedTuple):
    """How a link type begins: its fields, where its protocol field is, where the payload is."""

    fields: Fields
    type: tuple[int, int]  #: offset and size of the protocol field
    payload: int
    protocols: dict[int, str]  #: value of the protocol field: network protocol


ETHERTYPES = {0x0800: "ip", 0x0806: "arp", 0x8035: "arp", 0x86DD: "ip6"}
TAGS = (0x8100, 0x88A8, 0x9100)
#: LINKTYPE numbers.
NULL, EN10MB, PPP, RAW, C_HDLC, LINUX_SLL, IPV4, IPV6, LINUX_SLL2 = (
    0, 1, 9, 101, 104, 113, 228, 229, 276)
FRAMES = {
    EN10MB: Frame({0: (6, "ether.dst"), 6: (6, "ether.src"), 12: (2, "ether.type")},
                    (12, 2), 14, ETHERTYPES),
    LINUX_SLL: Frame({0: (2, "sll.type"), 2: (2, "sll.hardware_type"), 14: (2, "sll.protocol")},
                       (14, 2), 16, ETHERTYPES),
    LINUX_SLL2: Frame({0: (2, "sll2.protocol"), 4: (4, "sll2.interface"),
                         10: (1, "sll2.type")}, (0, 2), 20, ETHERTYPES),
    PPP: Frame({0: (1, "ppp.address"), 1: (1, "ppp.control"), 2: (2, "ppp.protocol")},
                 (2, 2), 4, {0x0021: "ip", 0x0057: "ip6"}),
    NULL: Frame({0: (4, "null.family")}, (0, 4), 4, {0x02000000: "ip", 2: "ip",
                                                       0x0A000000: "ip6", 10: "ip6"}),
    C_HDLC: Frame({2: (2, "chdlc.protocol")}, (2, 2), 4, ETHERTYPES),
}
#: Raw IP: the version is the upper half of the first octet.
VERSIONS = {0x40: "ip", 0x60: "ip6"}

HEADERS: dict[str, Fields] = {
    "ip": {0: (1, "ip.version_and_length"), 1: (1, "ip.tos"), 2: (2, "ip.length"), 4: (2, "ip.id"),
           6: (2, "ip.flags_and_offset"), 8: (1, "ip.ttl"), 9: (1, "ip.proto"),
           10: (2, "ip.checksum"), 12: (4, "ip.src"), 16: (4, "ip.dst")},
    "ip6": {0: (4, "ip6.version_class_label"), 4: (2, "ip6.payload_length"),
            6: (1, "ip6.next_header"), 7: (1, "ip6.hop_limit"), 8: (16, "ip6.src"),
            24: (16, "ip6.dst")},
    "arp": {0: (2, "arp.hardware"), 2: (2, "arp.protocol"), 6: (2, "arp.operation"),
            8: (6, "arp.sender_mac"), 14: (4, "arp.sender_ip"), 18: (6, "arp.target_mac"),
            24: (4, "arp.target_ip")},
    "tcp": {0: (2, "tcp.src_port"), 2: (2, "tcp.dst_port"), 4: (4, "tcp.seq"), 8: (4, "tcp.ack"),
            12: (1, "tcp.offset"), 13: (1, "tcp.flags"), 14: (2, "tcp.window"),
            16: (2, "tcp.checksum"), 18: (2, "tcp.urgent")},
    "udp": {0: (2, "udp.src_port"), 2: (2, "udp.dst_port"), 4: (2, "udp.length"),
            6: (2, "udp.checksum")},
    "sctp": {0: (2, "sctp.src_port"), 2: (2, "sctp.dst_port"), 4: (4, "sctp.tag")},
    "icmp": {0: (1, "icmp.type"), 1: (1, "icmp.code"), 2: (2, "icmp.checksum")},
    "icmp6": {0: (1, "icmp6.type"), 1: (1, "icmp6.code"), 2: (2, "icmp6.checksum")},
    #: What TCP, UDP and SCTP share, where it may be any of them.
    "transport": {0: (2, "src_port"), 2: (2, "dst_port")},
}
TRANSPORTS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6", 132: "sctp"}
WITH_PORTS = {"tcp", "udp", "sctp"}
IP6_HEADER = 40

TYPE_NAMES = {0x0800: "IPv4", 0x0806: "ARP", 0x8035: "RARP", 0x86DD: "IPv6", 0x8100: "VLAN",
              0x88A8: "VLAN", 0x9100: "VLAN", 0x8847: "MPLS", 0x8863: "PPPoE discovery",
              0x8864: "PPPoE session", 0x88CC: "LLDP"}
PROTO_NAMES = {0: "hop-by-hop", 1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP", 44: "fragment",
               50: "ESP", 51: "AH", 58: "ICMPv6", 103: "PIM", 112: "VRRP", 132: "SCTP"}


class Place(NamedTuple):
    """Octets of a packet: counted from its start, or from behind the IPv4 header at ``header``."""

    offset: int
    size: int
    header: int | None = None  #: where that IPv4 header begins; offset then counts from there, too


#: What is known of octets: all the values that they may have.
Facts = dict[object, frozenset[int]]


def name(place: Place, link_type: int, facts: Facts) -> str:
    """``ip.src``, ``ether.dst[2:4]``, or ``link[40:2]`` for octets without a name."""
    frame = FRAMES.get(link_type)
    if place.header is not None:
        return _transport(place, facts)
    if frame is not None:
        start, kind = frame.payload, frame.type
        found = _among(frame.fields, place.offset, place.size)
        while found is None and link_type == EN10MB and _is_tag(kind, facts):
            if place.offset < kind[0] + 4 <= start + 4:
                found = _among({2: (2, "vlan.tci"), 4: (2, "vlan.type")},
                               place.offset - kind[0], place.size)
            start, kind = start + 4, (kind[0] + 4, 2)
        if found is not None:
            return found
        network = _only(facts.get(Place(*kind)), frame.protocols)
    elif link_type in (RAW, IPV4, IPV6):
        start = 0
        network = {IPV4: "ip", IPV6: "ip6"}.get(link_type) or _only(
            facts.get(("&", Place(0, 1), 0xF0)), VERSIONS)
    else:
        return plain(place)
    if network is None or place.offset < start:
        return plain(place)
    return _in_network(network, start, place, facts)


def _in_network(network: str, start: int, place: Place, facts: Facts) -> str:
    at = place.offset - start
    if network == "ip6" and at >= IP6_HEADER:
        following = facts.get(Place(start + 6, 1))
        if following == frozenset({44}) and at == IP6_HEADER:
            return "ip6.fragment.next_header"
        protocol = _only(following, TRANSPORTS) or _ports(following)
        if protocol is None:
            return plain(place)
        return _among(HEADERS[protocol], at - IP6_HEADER, place.size) or \
            f"{protocol}[{at - IP6_HEADER}{_size(place.size)}]"
    return _among(HEADERS[network], at, place.size) or f"{network}[{at}{_size(place.size)}]"


def _transport(place: Place, facts: Facts) -> str:
    """Behind an IPv4 header of whatever length."""
    assert place.header is not None
    at = place.offset - place.header
    number = facts.get(Place(place.header + 9, 1))
    protocol = _only(number, TRANSPORTS) or _ports(number)
    if protocol is None:
        return f"ip payload[{at}{_size(place.size)}]"
    return _among(HEADERS[protocol], at, place.size) or f"{protocol}[{at}{_size(place.size)}]"


def _is_tag(kind: tuple[int, int], facts: Facts) -> bool:
    known = facts.get(Place(*kind))
    return known is not None and known.issubset(TAGS)


def _only(values: frozenset[int] | None, names: dict[int, str]) -> str | None:
    """The one name that all the possible values have."""
    found = {names.get(value) for value in values or ()}
    return found.pop() if len(found) == 1 else None


def _ports(values: frozenset[int] | None) -> str | None:
    if values and all(TRANSPORTS.get(value) in WITH_PORTS for value in values):
        return "transport"
    return None


def _among(fields: Fields, at: int, size: int) -> str | None:
    for start, (length, called) in fields.items():
        if start <= at and at + size <= start + length:
            return called if size == length else f"{called}[{at - start}{_size(size)}]"
    return None


def plain(place: Place) -> str:
    """``link[offset:size]``."""
    return f"link[{place.offset}{_size(place.size)}]"


def _size(size: int) -> str:
    return "" if size == 1 else f":{size}"


def value(called: str, number: int) -> str:
    """A number as the field of that name shows it: an address, a protocol's name, decimal."""
    field = called.partition(" & ")[0]
    if field.endswith((".src", ".dst", "_ip")) and not called.startswith(("ether", "ip6")):
        return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    if called in ("ether.type", "vlan.type", "sll.protocol", "sll2.protocol"):
        known = TYPE_NAMES.get(number)
        return f"0x{number:04x}" + (f" ({known})" if known else "")
    if called.endswith((".proto", "next_header")):
        known = PROTO_NAMES.get(number)
        return f"{number}" + (f" ({known})" if known else "")
    if called.startswith(("ether", "ip6.src", "ip6.dst", "link")) or "&" in called:
        return f"0x{number:x}"
    return str(number)
