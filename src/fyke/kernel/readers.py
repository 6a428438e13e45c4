"""kernel model: the program behind a tap, which takes packets out no faster than it can.

A reader of a queue takes one packet at a time, and its memory is free at once; a reader of a ring
gives a block back when it is done with all packets in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from fyke.kernel.packet_socket import PacketSocket
from fyke.kernel.rings import BlockRing

SECOND = 1_000_000_000  # nanoseconds
NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a reader is: packets or octets in a second; neither: without delay."""

    packets: float | None = None
    octets: float | None = None

    def cost(self, caplen: int) -> int:
        """Nanoseconds that one packet takes."""
        if self.packets is not None:
            return int(SECOND / self.packets)
        if self.octets is not None:
            return int(caplen * SECOND / self.octets)
        return 0


class Reader:
    """Empties one tap; ``advance`` lets time pass."""

    def __init__(self, tap: PacketSocket, rate: Rate) -> None:
        self.tap = tap
        self.rate = rate
        self.free = 0  #: when it is done with what it has taken, in nanoseconds
        self.finish = NEVER  #: when it gives its block back
        self.taken = 0  #: packets

    def advance(self, now: int) -> None:
        """Do everything that happens up to ``now``: reading, and the ring's timer."""
        if self.tap.ring is None:
            self.read_queue(now)
        else:
            self.read_ring(self.tap.ring, now)

    def read_queue(self, now: int) -> None:
        tap = self.tap
        while tap.queue:
            start = max(self.free, tap.queue[0][1].time)
            if start > now:
                return
            got = tap.read()
            assert got is not None
            self.taken += 1
            self.free = start + self.rate.cost(len(got.octets))

    def read_ring(self, ring: BlockRing, now: int) -> None:
        while True:
            self.begin_block(ring)
            if self.finish == NEVER and ring.idle:
                if ring.expires <= now:  # nothing happens until now: pass over the timer's ticks
                    ring.expires += (now - ring.expires) // ring.timeout * ring.timeout \
                        + ring.timeout
                return
            if min(self.finish, ring.expires) > now:
                return
            if self.finish <= ring.expires:
                ring.give_back()
                self.free, self.finish = self.finish, NEVER
            else:
                ring.timer(ring.expires)

    def begin_block(self, ring: BlockRing) -> None:
        """Take the next block, if there is one and hands are free."""
        block = ring.ready
        if self.finish == NEVER and block is not None:
            cost = sum(self.rate.cost(len(got.octets)) for got in block.packets)
            self.taken += len(block.packets)
            self.finish = max(self.free, block.handed) + cost

    def drain(self, now: int) -> int:
        """After the last packet at ``now``: go on until all is read; when that is."""
        ring = self.tap.ring
        if ring is None:
            self.read_queue(NEVER)
            return max(now, self.free)
        while not ring.idle or self.finish != NEVER:
            now = max(now, min(self.finish, ring.expires))
            self.read_ring(ring, now)
        return max(now, self.free)
