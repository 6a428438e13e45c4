"""What the octets of a packet are called: names for the loads of a program, and for their values.

A name depends on the link type and on what is known so far: octet 23 of an Ethernet frame is
``ip.proto`` where ``ether.type`` is known to be 0x0800. Facts are what a program has tested, or
what a packet holds.
"""

from __future__ import annotations

from typing import NamedTuple

Fields = dict[int, tuple[int, str]]


class Field(NamedTuple):
    """Where a field of a header is, and what kind of value it has.

    kind: "number", "flag" (one bit), "ipv4", "ip6", "ip" (either version), "mac".
    """

    at: int  #: octets from the start of its header
    size: int  #: octets
    kind: str = "number"
    mask: int = 0  #: its bits of these octets; 0: all of them
    shift: int = 0  #: how far its bits are moved to the right; to the left if negative

    @property
    def most(self) -> int:
        """The largest value."""
        bits = self.mask or (1 << 8 * self.size) - 1
        return bits >> self.shift if self.shift >= 0 else bits << -self.shift


def flags(at: int, names: str) -> dict[str, Field]:
    """One-bit fields of an octet, the lowest bit first."""
    return {f"flags.{name}": Field(at, 1, "flag", 1 << bit, bit)
            for bit, name in enumerate(names.split())}


#: Every field that has a name, by its header: IEEE 802.3 and 802.1Q, RFC 826, 791, 8200, 9293,
#: 768, 9260, 792, 4443, 1035. Lengths of headers and offsets of fragments are in octets.
LAYERS: dict[str, dict[str, Field]] = {
    "ether": {"dst": Field(0, 6, "mac"), "src": Field(6, 6, "mac"), "type": Field(12, 2)},
    "vlan": {"priority": Field(0, 2, "number", 0xE000, 13),
             "dei": Field(0, 2, "flag", 0x1000, 12), "id": Field(0, 2, "number", 0x0FFF),
             "type": Field(2, 2)},
    "arp": {"hardware": Field(0, 2), "protocol": Field(2, 2), "operation": Field(6, 2),
            # where Ethernet and IPv4 are resolved
            "sender_mac": Field(8, 6, "mac"), "sender_ip": Field(14, 4, "ipv4"),
            "target_mac": Field(18, 6, "mac"), "target_ip": Field(24, 4, "ipv4")},
    "ip": {"version": Field(0, 1, "number", 0xF0, 4),
           "header_length": Field(0, 1, "number", 0x0F, -2), "tos": Field(1, 1),
           "dscp": Field(1, 1, "number", 0xFC, 2), "ecn": Field(1, 1, "number", 0x03),
           "length": Field(2, 2), "id": Field(4, 2), "flags": Field(6, 1, "number", 0xE0, 5),
           "flags.df": Field(6, 1, "flag", 0x40, 6), "flags.mf": Field(6, 1, "flag", 0x20, 5),
           "offset": Field(6, 2, "number", 0x1FFF, -3), "ttl": Field(8, 1),
           "proto": Field(9, 1), "checksum": Field(10, 2), "src": Field(12, 4, "ipv4"),
           "dst": Field(16, 4, "ipv4")},
    "ip6": {"version": Field(0, 1, "number", 0xF0, 4),
            "traffic_class": Field(0, 2, "number", 0x0FF0, 4),
            "dscp": Field(0, 2, "number", 0x0FC0, 6), "ecn": Field(0, 2, "number", 0x0030, 4),
            "flow_label": Field(0, 4, "number", 0x000FFFFF), "stated_length": Field(4, 2),
            "next_header": Field(6, 1), "hop_limit": Field(7, 1), "src": Field(8, 16, "ip6"),
            "dst": Field(24, 16, "ip6")},
    "tcp": {"src_port": Field(0, 2), "dst_port": Field(2, 2), "seq": Field(4, 4),
            "ack": Field(8, 4), "header_length": Field(12, 1, "number", 0xF0, 2),
            "flags": Field(13, 1), **flags(13, "fin syn rst psh ack urg ece cwr"),
            "window": Field(14, 2), "checksum": Field(16, 2), "urgent": Field(18, 2)},
    "udp": {"src_port": Field(0, 2), "dst_port": Field(2, 2), "length": Field(4, 2),
            "checksum": Field(6, 2)},
    "sctp": {"src_port": Field(0, 2), "dst_port": Field(2, 2), "verification_tag": Field(4, 4),
             "checksum": Field(8, 4)},
    "icmp": {"type": Field(0, 1), "code": Field(1, 1), "checksum": Field(2, 2),
             "id": Field(4, 2), "seq": Field(6, 2)},  # the last two of an echo and its like
    "icmp6": {"type": Field(0, 1), "code": Field(1, 1), "checksum": Field(2, 2)},
    "dns": {"id": Field(0, 2), "flags": Field(2, 2),
            "is_response": Field(2, 1, "flag", 0x80, 7),
            "opcode": Field(2, 1, "number", 0x78, 3), "rcode": Field(3, 1, "number", 0x0F)},
}

#: Fields of "ip" that IPv6 has too, under what name: ``ip.ttl`` is either version's.
EITHER = {"src": "src", "dst": "dst", "version": "version", "ttl": "hop_limit",
          "tos": "traffic_class", "dscp": "dscp", "ecn": "ecn", "proto": "next_header"}

#: Octets in which several fields lie, where a program reads them whole.
SHARED: dict[str, Fields] = {
    "vlan": {0: (2, "tci")},
    "ip": {0: (1, "version_and_length"), 6: (2, "flags_and_offset")},
    "ip6": {0: (4, "version_class_label")},
    "tcp": {12: (1, "header_length_and_reserved")},
}


def header(layer: str) -> Fields:
    """The fields of a header that have octets of their own, by their offset."""
    found = SHARED.get(layer, {}) | {
        field.at: (field.size, called) for called, field in LAYERS[layer].items()
        if not field.mask}
    return {at: (size, f"{layer}.{called}") for at, (size, called) in sorted(found.items())}


def vocabulary() -> dict[str, Field]:
    """Every field by its whole name, ``ip.ttl``; of either version where both have it."""
    found = {f"{layer}.{called}": field for layer, fields in LAYERS.items()
             for called, field in fields.items()}
    for called in ("src", "dst"):
        found[f"ip.{called}"] = found[f"ip.{called}"]._replace(kind="ip")
    return found


class Frame(NamedTuple):
    """How a link type begins: its fields, where its protocol field is, where the payload is."""

    fields: Fields
    type: tuple[int, int]  #: offset and size of the protocol field
    payload: int
    protocols: dict[int, str]  #: value of the protocol field: network protocol


ETHERTYPES = {0x0800: "ip", 0x0806: "arp", 0x8035: "arp", 0x86DD: "ip6"}
TAGS = (0x8100, 0x88A8, 0x9100, 0x9200)
#: LINKTYPE numbers.
NULL, EN10MB, PPP, RAW, C_HDLC, LINUX_SLL, IPV4, IPV6, LINUX_SLL2 = (
    0, 1, 9, 101, 104, 113, 228, 229, 276)
FRAMES = {
    EN10MB: Frame(header("ether"), (12, 2), 14, ETHERTYPES),
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
    **{layer: header(layer) for layer in LAYERS},
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
    """Octets of a packet: counted from its start, or from behind the IPv4 header at ``header``.

    In a program of the dialect fyke ``header`` may be PROTOCOL (what a walk over the headers found
    to be above IP; not octets of one place), TRANSPORT or PAYLOAD (octets counted from where the
    walk found these, plus the link-layer header), SIZE or PASSED (what else it found).
    """

    offset: int
    size: int
    header: int | None = None  #: where that IPv4 header begins; offset then counts from there, too


PROTOCOL, TRANSPORT, PAYLOAD, SIZE, PASSED = range(-1, -6, -1)
#: What the scratch words of a walk are called, where they are no octets (filter/lowering/walks.py).
FOUND = {PROTOCOL: "ip.proto", SIZE: "payload length", PASSED: "extension headers"}
ABOVE_IP = Place(0, 1, PROTOCOL)
LATER, NO_IP = 0x100, 0x200  #: bits of that word besides the number

#: What is known of octets: all the values that they may have.
Facts = dict[object, frozenset[int]]


def name(place: Place, link_type: int, facts: Facts) -> str:
    """``ip.src``, ``ether.dst[2:4]``, or ``link[40:2]`` for octets without a name."""
    frame = FRAMES.get(link_type)
    if place.header is not None and place.header < 0:
        start = frame.payload if frame is not None else 0
        return _found(place.header, place._replace(offset=place.offset - start), facts)
    if place.header is not None:
        return _transport(place, facts)
    if frame is not None:
        start, kind = frame.payload, frame.type
        found = _among(frame.fields, place.offset, place.size)
        while found is None and link_type == EN10MB and _is_tag(kind, facts):
            if place.offset < kind[0] + 4 <= start + 4:
                found = _among(HEADERS["vlan"], place.offset - kind[0] - kind[1], place.size)
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


def _found(what: int, place: Place, facts: Facts) -> str:
    """What a walk over the headers found."""
    if what in FOUND:
        return FOUND[what]
    size = _size(place.size)
    if what == PAYLOAD:
        return f"payload[{place.offset}{size}]"
    number = facts.get(ABOVE_IP)
    protocol = _only(number, TRANSPORTS) or _ports(number)
    if protocol is None:
        return f"ip payload[{place.offset}{size}]"
    return _among(HEADERS[protocol], place.offset, place.size) or \
        f"{protocol}[{place.offset}{size}]"


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
    if called == "ip.proto" and number & NO_IP:
        return "nothing: this is no IP"
    if called == "ip.proto" and number & LATER:
        return f"{value(called, number & 0xFF)} of a later fragment"
    if called.endswith((".proto", "next_header")):
        known = PROTO_NAMES.get(number)
        return f"{number}" + (f" ({known})" if known else "")
    if called.startswith(("ether", "ip6.src", "ip6.dst", "link")) or "&" in called:
        return f"0x{number:x}"
    return str(number)
