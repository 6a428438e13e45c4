"""Room files/: where the addresses are in a packet: just enough to cut and to anonymise files.

Works on octets (bytes or bytearray), and looks at nothing that is not there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

# Link types with an ethertype, and where it is.
ETHERTYPE_AT = {1: 12, 113: 14, 276: 0}
NETWORK_AT = {1: 14, 113: 16, 276: 20}
RAW = (101, 228, 229)
LOOPBACK = (0, 108)
IPV4_FAMILY = 2
IPV6_FAMILIES = (10, 24, 28, 30)  # Linux, NetBSD, FreeBSD, Darwin

IPV4, IPV6, ARP, RARP = 0x0800, 0x86DD, 0x0806, 0x8035
VLANS = (0x8100, 0x88A8, 0x9100, 0x9200)
MPLS = (0x8847, 0x8848)
PPPOE = 0x8864
PPP = (9, 50)
PPP_FRAME = b"\xff\x03"  # may stand in front of the protocol (RFC 1662)
PPP_PROTOCOLS = {0x0021: IPV4, 0x0057: IPV6}

TCP, UDP, SCTP, ICMP, ICMP6 = 6, 17, 132, 1, 58
HOP_BY_HOP, ROUTING, DESTINATION, MOBILITY = 0, 43, 60, 135
EXTENSION_HEADERS = (HOP_BY_HOP, ROUTING, DESTINATION, MOBILITY)  # all of length 8 * (n + 1)
FRAGMENT, AUTHENTICATION = 44, 51
#: Header length, total length, identification, fragment, protocol (RFC 791, section 3.1).
IPV4_HEAD = struct.Struct(">BxHHHxB")

MAX_HEADERS = 32  # VLAN tags, labels, extension headers: more are not followed


def u16(data: bytes | bytearray, at: int) -> int:
    """Two octets, big endian; -1 if they are not there."""
    return data[at] << 8 | data[at + 1] if at >= 0 and at + 2 <= len(data) else -1


def network(link_type: int, data: bytes | bytearray) -> tuple[int, int]:
    """(ethertype, offset) of the network header; ethertype -1 if that is not known."""
    if link_type in RAW:
        return by_version(data, 0), 0
    if link_type in LOOPBACK:
        family = data[:4]
        number = max(family[:1] + family[3:4], default=0)
        if number == IPV4_FAMILY:
            return IPV4, 4
        return (IPV6 if number in IPV6_FAMILIES else -1), 4
    if link_type in PPP:
        at = 2 if data[:2] == PPP_FRAME else 0
        return PPP_PROTOCOLS.get(u16(data, at), -1), at + 2
    if link_type not in ETHERTYPE_AT:
        return -1, 0
    return behind_tags(data, u16(data, ETHERTYPE_AT[link_type]), NETWORK_AT[link_type])


def by_version(data: bytes | bytearray, at: int) -> int:
    """IPv4 or IPv6 by the header's first four bits."""
    return {4: IPV4, 6: IPV6}.get(data[at] >> 4, -1) if at < len(data) else -1


def behind_tags(data: bytes | bytearray, kind: int, at: int) -> tuple[int, int]:
    """(ethertype, offset) behind VLAN tags, MPLS labels and PPPoE."""
    for _ in range(MAX_HEADERS):
        if kind in VLANS:
            kind, at = u16(data, at + 2), at + 4
        elif kind == PPPOE:
            kind, at = PPP_PROTOCOLS.get(u16(data, at + 6), -1), at + 8
        elif kind in MPLS:
            if at + 4 > len(data):
                return -1, at
            last = data[at + 2] & 1
            at += 4
            if last:
                kind = by_version(data, at)
        else:
            break
    return kind, at


@dataclass(slots=True)
class Ip:
    """An IP header: offsets are those of the octets it was found in."""

    version: int
    at: int
    source: int  #: where the source address is
    target: int
    size: int  #: octets of an address
    proto: int  #: of what follows; -1 if that is not known
    payload: int  #: where that begins
    end: int  #: where the packet ends, by its length field, at most where the octets end
    promised: int  #: where it ends by its length field
    ident: int = 0  #: what fragments of one datagram have in common
    offset: int = 0  #: where in the datagram a fragment belongs, in octets
    more: bool = False  #: other fragments belong behind this one
    final: int = 0  #: where the address is that the transport checksum has for the target
    extensions: list[tuple[int, int, int]] = field(default_factory=list)  #: (protocol, from, to)

    @property
    def first(self) -> bool:
        """No fragment but the first."""
        return self.offset == 0

    @property
    def whole(self) -> bool:
        """No fragment at all."""
        return self.offset == 0 and not self.more


#: (ethertype, offset, header) of the outermost network header; None where it is not IP.
Found = tuple[int, int, "Ip | None"]


def first(link_type: int, data: bytes | bytearray) -> Found:
    """The first network header of a packet."""
    kind, at = network(link_type, data)
    return kind, at, ip(data, kind, at)


def ip(data: bytes | bytearray, kind: int, at: int) -> Ip | None:
    """The IP header at ``at``; None if it is not all there."""
    if kind == IPV4:
        if at + 20 > len(data):
            return None
        first, length, ident, place, proto = IPV4_HEAD.unpack_from(data, at)
        if first >> 4 != 4 or first & 15 < 5:
            return None
        end = at + length if length else len(data)
        return Ip(4, at, at + 12, at + 16, 4, proto, at + 4 * (first & 15),
                  min(len(data), end), end, ident, 8 * (place & 0x1FFF),
                  bool(place & 0x2000), at + 16)
    if kind != IPV6 or at + 40 > len(data) or data[at] >> 4 != 6:
        return None
    end = at + 40 + u16(data, at + 4) if u16(data, at + 4) else len(data)
    found = Ip(6, at, at + 8, at + 24, 16, data[at + 6], at + 40, min(len(data), end), end,
               final=at + 24)
    walk_extensions(data, found)
    return found


def walk_extensions(data: bytes | bytearray, found: Ip) -> None:
    """Go to what is behind the extension headers (RFC 8200)."""
    for _ in range(MAX_HEADERS):
        at = found.payload
        if found.proto in EXTENSION_HEADERS:
            size = 8
        elif found.proto == FRAGMENT:
            size = 0
        elif found.proto == AUTHENTICATION:
            size = 4
        else:
            return
        if at + 8 > found.end:
            break
        if found.proto == FRAGMENT:
            word = u16(data, at + 2)
            found.offset, found.more = word & 0xFFF8, bool(word & 1)
            found.ident = u16(data, at + 4) << 16 | u16(data, at + 6)
        found.payload = at + (size * data[at + 1] if size else 0) + 8
        found.extensions.append((found.proto, at, found.payload))
        if found.proto == ROUTING:
            found.final = final_target(data, found, at)
        found.proto = data[at]
        if not found.first:
            return
    found.proto = -1


def final_target(data: bytes | bytearray, found: Ip, at: int) -> int:
    """Where a routing header has the address that the packet goes to in the end, if not yet there.

    Types 0 (RFC 5095) and 2 (RFC 6275) have the last address at their end, 4 (RFC 8754) in front.
    """
    kind, left = data[at + 2], data[at + 3]
    last = {0: found.payload - 16, 2: at + 8, 4: at + 8}.get(kind, -1)
    return last if left and last >= at + 8 and last + 16 <= found.end else found.final


def connection(link_type: int, data: bytes) -> str:
    """What a packet belongs to, the same in both directions; "other" for what has no addresses.

    Fragments without ports belong to the addresses and the protocol.
    """
    kind, at = network(link_type, data)
    header = ip(data, kind, at)
    if header is None:
        return "arp" if kind in (ARP, RARP) else "other"
    ends = [(data[header.source:header.source + header.size], -1),
            (data[header.target:header.target + header.size], -1)]
    name = {TCP: "tcp", UDP: "udp", SCTP: "sctp", ICMP: "icmp", ICMP6: "icmp6"}.get(
        header.proto, f"ip{header.proto}")
    if header.proto in (TCP, UDP, SCTP) and header.whole and header.payload + 4 <= header.end:
        ends = [(address, u16(data, header.payload + 2 * number))
                for number, (address, _) in enumerate(ends)]
    ends.sort()
    return "-".join([name, *(end_text(address, port) for address, port in ends)])


def end_text(address: bytes, port: int) -> str:
    """An end of a connection, fit for a file name."""
    if len(address) == 4:
        text = ".".join(map(str, address))
    else:
        from ipaddress import IPv6Address
        text = str(IPv6Address(bytes(address))).replace(":", "_")
    return text if port < 0 else f"{text}.{port}"
