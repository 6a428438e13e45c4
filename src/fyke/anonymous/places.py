"""Room anonymous/: where a packet's headers are, as conversations and layers find them."""

from __future__ import annotations

from fyke.anonymous.ip import IPV4, IPV6, Ip, ip
from fyke.conversations.header import Header
from fyke.wire import Record

#: Where the outermost IP header is, and what it says; NONE where there is none.
Found = tuple[int, "Ip | None"]
NONE: Found = (-1, None)

WALK = Header()


def first(packet: Record) -> Found:
    """The outermost IP header of a packet."""
    WALK.begin(packet)
    if not WALK.step(packet):
        return NONE
    return WALK.at, ip(packet, kind_of(WALK), WALK.at)


def behind(packet: Record, at: int) -> tuple[int, int]:
    """EtherType and offset of the next IP header behind an offset; 0 and 0 without one."""
    WALK.begin(packet)
    while WALK.step(packet):
        if WALK.at > at:
            return kind_of(WALK), WALK.at
    return 0, 0


def kind_of(walk: Header) -> int:
    return IPV4 if walk.family == 4 else IPV6
