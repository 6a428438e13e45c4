"""Room anonymous/: where an IP header has what is replaced, and where its extension headers are.

Works on octets that are just being changed, and looks at nothing that is not there. Which headers a
packet has, the conversations' walk and the layers say (``places``).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

IPV4, IPV6 = 0x0800, 0x86DD  # EtherTypes
TCP, UDP, SCTP, ICMP, ICMP6 = 6, 17, 132, 1, 58
HOP_BY_HOP, ROUTING, DESTINATION, MOBILITY = 0, 43, 60, 135
EXTENSION_HEADERS = (HOP_BY_HOP, ROUTING, DESTINATION, MOBILITY)  # all of length 8 * (n + 1)
FRAGMENT, AUTHENTICATION = 44, 51
#: Header length, total length, identification, fragment, protocol (RFC 791, section 3.1).
IPV4_HEAD = struct.Struct(">BxHHHxB")

MAX_HEADERS = 32  # extension headers: more are not followed


def u16(data: bytes | bytearray, at: int) -> int:
    """Two octets, big endian; -1 if they are not there."""
    return data[at] << 8 | data[at + 1] if at >= 0 and at + 2 <= len(data) else -1


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
