"""Room anonymous/: packets in order, but first fragments after the rest of their datagrams.

The checksum of a datagram in fragments stands in the first of them, and covers what the others
carry. Whoever changes packets one by one needs to know, at the first, what was in the others.
"""

from __future__ import annotations

from collections import OrderedDict, deque

from fyke.anonymous.ip import Ip
from fyke.anonymous.places import NONE, Found, first
from fyke.errors import SavefileError
from fyke.files.checksums import total
from fyke.source import Source
from fyke.wire import Record

#: Packets and their octets that wait for a fragment; then the first one goes without it.
MAX_WAITING = 4096
MAX_OCTETS = 32 << 20

#: Datagrams of which fragments are remembered, and how many of each (64 KiB at the smallest MTU).
MAX_DATAGRAMS = 256
MAX_PIECES = 1500

#: The longest datagram, in octets.
LARGEST = 1 << 16


class Datagram:
    """The fragments of one datagram that were seen: where each begins, its length and sum."""

    __slots__ = ("length", "pieces")

    def __init__(self) -> None:
        self.pieces: dict[int, tuple[int, int]] = {}
        self.length = -1  # until the last one was seen

    def add(self, offset: int, piece: tuple[int, int], *, last: bool) -> None:
        """One more fragment; the same one twice is one."""
        if len(self.pieces) < MAX_PIECES:
            self.pieces[offset] = piece
        if last:
            self.length = offset + piece[0]

    @property
    def complete(self) -> bool:
        """Every octet was there, once."""
        if sum(size for size, _ in self.pieces.values()) != self.length:
            return False
        at = 0
        for offset, (size, _) in sorted(self.pieces.items()):
            if offset != at:
                return False
            at += size
        return True

    @property
    def later_sum(self) -> int:
        """The sum of what was captured of all fragments but the first."""
        sums = sum(value for offset, (_, value) in self.pieces.items() if offset)
        return total(sums.to_bytes(4, "big"))


class Gathered(Source):
    """The packets of ``source``. The rest belongs to the last one that ``next`` placed.

    ``later_sum`` is the sum of what the later fragments carry where that packet is the first of a
    datagram whose fragments were all there; None for every other packet. ``found`` is its first
    network header.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.link_type = source.link_type
        self.snaplen = source.snaplen
        self.later_sum: int | None = None
        self.found: Found = NONE
        self.waiting: deque[tuple[Record, Found, Datagram | None]] = deque()
        self.octets = 0
        self.datagrams: OrderedDict[tuple[bytes, int, int], Datagram] = OrderedDict()
        self.ended = False
        self.damage: SavefileError | None = None

    def next(self, packet: Record) -> bool:
        while not self.may_leave():
            try:
                self.ended = not self.source.next(packet)
            except SavefileError as error:
                self.ended, self.damage = True, error
            if self.ended:
                continue
            data = packet.raw(0, packet.caplen)
            self.found = first(packet)
            datagram = self.look(data, self.found[1])
            if datagram is None and not self.waiting:
                self.later_sum = None
                return True
            self.waiting.append((packet.copy(), self.found, datagram))
            self.octets += packet.caplen
        if not self.waiting:
            return self.end()
        held, self.found, datagram = self.waiting.popleft()
        self.octets -= held.caplen
        packet.like(held)
        complete = datagram is not None and datagram.complete
        self.later_sum = datagram.later_sum if complete else None  # type: ignore[union-attr]
        return True

    def may_leave(self) -> bool:
        """Whether the packet that waits longest need not, or cannot, wait any more."""
        if self.ended or len(self.waiting) >= MAX_WAITING or self.octets >= MAX_OCTETS:
            return True
        if not self.waiting:
            return False
        datagram = self.waiting[0][2]
        return datagram is None or datagram.complete

    def end(self) -> bool:
        """Nothing is left: say so, or what was wrong."""
        if self.damage is not None:
            damage, self.damage = self.damage, None
            raise damage
        return False

    def look(self, data: bytes, found: Ip | None) -> Datagram | None:
        """Remember a fragment; the datagram if it is a first one, which is to wait."""
        if found is None or found.whole or found.promised - found.at > LARGEST:
            return None
        piece = max(0, found.promised - found.payload), total(data[found.payload:found.end])
        key = data[found.source:found.target + found.size], found.ident, found.proto
        datagram = self.datagrams.get(key)
        if datagram is None or datagram.complete \
                or datagram.pieces.get(found.offset, piece) != piece:  # numbers come again
            self.datagrams.pop(key, None)
            if len(self.datagrams) >= MAX_DATAGRAMS:
                self.datagrams.popitem(last=False)
            datagram = self.datagrams[key] = Datagram()
        datagram.add(found.offset, piece, last=not found.more)
        return datagram if found.first else None

    def wait(self, timeout: float | None = None) -> bool:
        return False

    def close(self) -> None:
        self.source.close()
