"""Room columns/: where records begin in the middle of a file, without reading what is in front.

A record of pcap has no mark. Where one begins is found by following every octet at which one can:
the lengths lead from one to the next. A start that leads to what cannot be a record was none, two
that meet are one, and the true one is among them as soon as the starts cover the longest record.
When one chain is left, where it stands is a boundary, whatever the packets hold. If several live
on to the end of what may be looked at, there is no answer, and none is guessed.

Blocks of pcapng are gone past one by one, as any of them may describe an interface that later
packets name.
"""

from __future__ import annotations

from fyke.wire import Record

#: The longest packet on a wire that is believed (files/pcap_variants.py).
MAX_WIRE_LENGTH = 1 << 28

ENHANCED_PACKET = 6
SIMPLE_PACKET = 3
OBSOLETE_PACKET = 2


class Shape:
    """What the records of a pcap file look like.

    ``header``: octets in front of each packet; ``fractions``: those in a second; ``longest``: the
    most octets captured of a packet.
    """

    __slots__ = ("big", "fractions", "header", "longest")

    def __init__(self, header: int, big: bool, fractions: int, longest: int) -> None:
        self.header = header
        self.big = big
        self.fractions = fractions
        self.longest = longest

    def length(self, view: Record, at: int) -> int:
        """Octets of the record that may begin at ``at``; -1 if none can, or too little is there."""
        if at + 16 > view.caplen:
            return -1
        if self.big:
            fraction = view.u32(at + 4)
            caplen = view.u32(at + 8)
            wirelen = view.u32(at + 12)
        else:
            fraction = view.le32(at + 4)
            caplen = view.le32(at + 8)
            wirelen = view.le32(at + 12)
        if caplen > self.longest or caplen > wirelen or fraction >= self.fractions \
                or wirelen > MAX_WIRE_LENGTH:
            return -1
        length: int = caplen
        return length + self.header


def boundary(data: bytes, shape: Shape) -> int:
    """The first octet of ``data`` that is certainly the begin of a record; -1 if none is certain.

    ``data`` is some of a well-formed file, and goes past it: chains that leave it live.
    """
    view = Record(data)
    size = view.caplen
    starts = shape.longest + shape.header
    if size < starts + 16:
        return -1
    marked = bytearray(size)
    alive = 0
    at = 0
    while at < starts:
        if shape.length(view, at) >= 0:
            marked[at] = 1
            alive += 1
        at += 1
    while alive > 1:
        at = marked.find(1)
        while at >= 0 and alive > 1:
            length = shape.length(view, at)
            if length < 0:
                if at + 16 > size:
                    return -1  # it cannot be followed any further, and is not alone
                alive -= 1
            elif at + length >= size:
                return -1
            elif marked[at + length]:
                alive -= 1
            else:
                marked[at + length] = 1
            marked[at] = 0
            at = marked.find(1, at)
    return marked.find(1)


def hop(window: Record, pos: int, stop: int, big: bool) -> int:
    """Past the whole blocks of packets from ``pos``: where something else begins, or ``stop``.

    Something else: another block, one that is not whole before ``window`` ends, or a length that
    cannot be right.
    """
    have = window.caplen
    while pos < stop and have - pos >= 12:
        kind = window.u32(pos) if big else window.le32(pos)
        if kind not in (ENHANCED_PACKET, SIMPLE_PACKET, OBSOLETE_PACKET):
            break
        length = window.u32(pos + 4) if big else window.le32(pos + 4)
        if length < 12 or length & 3 or length > have - pos:
            break
        pos += length
    return pos
