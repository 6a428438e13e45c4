"""Room anonymous/: where an IP header has what is replaced, as its layer's fields tell.

Offsets are those of the packet as it was; what is changed has the same ones. Which headers a
packet has, the conversations' walk and the layers say (``places``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fyke.layers.network.ipv4 import IPv4
from fyke.layers.network.ipv6 import IPv6
from fyke.layers.network.ipv6_extensions import Fragment, Routing, extensions_of
from fyke.wire import Record

IPV4, IPV6 = 0x0800, 0x86DD  # EtherTypes
TCP, UDP, SCTP, ICMP, ICMP6 = 6, 17, 132, 1, 58
HEADERS = {IPV4: 20, IPV6: 40}  # octets of the fixed header
MORE = 1  # of IPv4's flags: other fragments belong behind this one
LEAST_EXTENSION = 8  # octets
LAST_ADDRESS = 0  # routing type (RFC 5095) whose last address is where the packet goes in the end

FOUR, SIX = IPv4(), IPv6()  # placed anew for each header


@dataclass(slots=True)
class Ip:
    """An IP header: offsets are those of the packet it was found in."""

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
    #: protocol, from, to, and how many plain addresses there are from the eighth octet on
    extensions: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def first(self) -> bool:
        """No fragment but the first."""
        return self.offset == 0

    @property
    def whole(self) -> bool:
        """No fragment at all."""
        return self.offset == 0 and not self.more


def ip(packet: Record, kind: int, at: int) -> Ip | None:
    """The IP header at ``at``; None if it is not all there."""
    packet.widen(packet.caplen)
    if kind not in HEADERS or not packet.has(at, HEADERS[kind]):
        return None
    return four(packet, at) if kind == IPV4 else six(packet, at)


def four(packet: Record, at: int) -> Ip | None:
    FOUR.at(packet, at, packet.wirelen - at)
    size = FOUR.header_length
    if FOUR.version != 4 or size < HEADERS[IPV4]:
        return None
    end = at + FOUR.length if FOUR.length else packet.caplen
    source, target = at + IPv4.src.at, at + IPv4.dst.at
    return Ip(4, at, source, target, IPv4.src.size, FOUR.proto, at + size,
              min(packet.caplen, end), end, FOUR.id, FOUR.offset, bool(FOUR.flags & MORE), target)


def six(packet: Record, at: int) -> Ip | None:
    SIX.at(packet, at, packet.wirelen - at)
    if SIX.version != 6:
        return None
    payload = at + HEADERS[IPV6]
    end = payload + SIX.stated_length if SIX.stated_length else packet.caplen
    source, target = at + IPv6.src.at, at + IPv6.dst.at
    found = Ip(6, at, source, target, IPv6.src.size, SIX.next_header, payload,
               min(packet.caplen, end), end, final=target)
    follow_extensions(packet, found)
    return found


def follow_extensions(packet: Record, found: Ip) -> None:
    """Go to what is behind the extension headers; proto is -1 where one is not all there."""
    headers = extensions_of(packet, found.at)
    for one in headers:
        start = found.payload
        if start + LEAST_EXTENSION > found.end:
            unknown(found)
            return
        found.payload = start + one.length
        addresses = 0
        if isinstance(one.value, Fragment):
            found.offset, found.more, found.ident = one.value
        elif isinstance(one.value, Routing):
            addresses = len(one.value.addresses)
            found.final = final_target(found, start, one.value)
        found.extensions.append((one.kind, start, found.payload, addresses))
        found.proto = one.next_header
    if headers.cut:
        unknown(found)


def unknown(found: Ip) -> None:
    """What is left is a header that is not all there: it may hold addresses."""
    found.extensions.append((-1, found.payload, found.end, 0))
    found.payload, found.proto = found.end, -1


def final_target(found: Ip, start: int, header: Routing) -> int:
    """Where a routing header has the address that the packet goes to in the end, if not yet there.

    Type 0 has the last address at its end, 2 (RFC 6275) and 4 (RFC 8754) in front.
    """
    if not header.segments_left or not header.addresses:
        return found.final
    place = len(header.addresses) - 1 if header.type == LAST_ADDRESS else 0
    return start + LEAST_EXTENSION + found.size * place
