"""Cisco's Auto-RP: which router is the meeting point of which multicast groups.

Cisco, pim-autorp-spec01 (1998); tcpdump: print-pim.c.
"""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.durations import duration
from fyke.layers.fields import U8, U16, Listed, Options
from fyke.layers.layer import Layer
from fyke.layers.words import named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH, POINT_LENGTH, GROUP_LENGTH = 8, 6, 6
TYPE_NAMES = {0x11: b"candidate-advert", 0x12: b"mapping"}
VERSION_NAMES = {0: b"PIMv?", 1: b"PIMv1", 2: b"PIMv2", 3: b"PIMv1+2"}
NEGATIVE, BIDIRECTIONAL = 0x01, 0x02
RESERVED = 0xFC


class Point(NamedTuple):
    """A rendezvous point and its groups, each with flags, prefix length and address."""

    address: int
    versions: int
    groups: list[tuple[int, int, int]]


def points_of(rp: AutoRp) -> Options:
    """The rendezvous points; ``cut`` if fewer are here than the header says."""
    pkt, at, found = rp.pkt, rp.off + HEADER_LENGTH, Options()
    try:
        for _ in range(rp.count):
            groups = [(pkt.u8(off), pkt.u8(off + 1), pkt.u32(off + 2))
                      for off in range(at + POINT_LENGTH, at + POINT_LENGTH
                                       + GROUP_LENGTH * pkt.u8(at + 5), GROUP_LENGTH)]
            found.append(Point(pkt.u32(at), pkt.u8(at + 4), groups))
            at += POINT_LENGTH + GROUP_LENGTH * len(groups)
    except Truncated:
        found.cut = True
    return found


class AutoRp(Layer):
    """An announcement of a candidate, or the mapping that an agent found."""

    __slots__ = ()

    name = "auto-rp"
    tag = b"cisco_autorp"

    type = U8(0, "version in the high four bits: 1 announcement, 2 mapping")
    count = U8(1, "rendezvous points that follow")
    hold_time = U16(2, "0 for ever", unit="s")
    points = Listed(points_of, "rendezvous points")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if self.size < HEADER_LENGTH:
            raise Truncated
        line.put(b" auto-rp ")
        line.put(named(TYPE_NAMES, pkt.u8(off), b"type-0x%02x"))
        pkt.u8(off + 1)
        line.put(b" Hold ")
        hold = pkt.u16(off + 2)
        if hold:
            line.put(duration(hold))
        else:
            line.put(b"FOREVER")
        at = off + HEADER_LENGTH
        for _ in range(self.count):
            at = write_point(line, pkt, at, off + self.size)


def need(at: int, count: int, stop: int) -> None:
    """The message must go on for ``count`` octets; after its end there may be padding."""
    if count > stop - at:
        raise Truncated


def write_point(line: Line, pkt: Record, at: int, stop: int) -> int:
    """A rendezvous point with its groups; the offset after them."""
    need(at, 4, stop)
    address = pkt.u32(at)
    line.put(b" RP ")
    line.host4(address)
    need(at, 5, stop)
    versions = pkt.u8(at + 4)
    line.put(b" " + VERSION_NAMES[versions & 3])
    if versions & RESERVED:
        line.put(b" [rsvd=0x%02x]" % (versions & RESERVED))
    need(at, POINT_LENGTH, stop)
    count = pkt.u8(at + 5)
    at += POINT_LENGTH
    for number in range(count):
        need(at, GROUP_LENGTH, stop)
        flags, bits, group = pkt.u8(at), pkt.u8(at + 1), pkt.u32(at + 2)
        line.put(b"," if number else b" ")
        if flags & NEGATIVE:
            line.put(b"!")
        line.host4(group)
        line.put(b"/%d" % bits)
        if flags & BIDIRECTIONAL:
            line.put(b" bidir")
        if flags & RESERVED:
            line.put(b"[rsvd=0x%02x]" % (flags & RESERVED))
        at += GROUP_LENGTH
    return at
