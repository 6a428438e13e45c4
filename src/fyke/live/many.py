"""live: several taps as one source, merged by time.

The kernel hands over a ring's block up to BLOCK_TIMEOUT late, so a tap that is silent now may
still come up with an earlier packet: a packet is given out when every other tap has a later one,
or after it was held for HOLD.
"""

from __future__ import annotations

import select
import time
from collections.abc import Sequence

from fyke.errors import CaptureError, UsageError
from fyke.live.statistics import NOTHING, Statistics
from fyke.live.tap import BLOCK_TIMEOUT, Tap
from fyke.source import Source
from fyke.wire import Record

HOLD = 2 * BLOCK_TIMEOUT / 1000  # seconds
OWNERLESS = 0.005  # seconds between two looks at whether the owner of a packet that waits is known


class Many(Source):
    """The packets of several taps; ``packet.interface`` is the number of the tap, from 0.

    A tap may be one whose packets say whose they are (processes/owned.py).

    ``names`` are what notes call them.

    One that fails does not end the others; its CaptureError is raised after the last packet.
    """

    __slots__ = ("alive", "failure", "held_since", "names", "packets", "ready", "taps")

    taps: tuple[Tap, ...]

    def __init__(self, taps: Sequence[Tap]) -> None:
        self.taps = tuple(taps)
        if not self.taps:  # compiled, taps[0] would be read all the same
            raise UsageError("there is no tap to take packets from")
        self.names = tuple(tap.name for tap in taps)
        self.link_type = taps[0].link_type
        self.snaplen = max(tap.snaplen for tap in taps)
        self.packets = [Record() for _ in taps]
        self.ready = [False] * len(taps)
        self.alive = [True] * len(taps)
        self.held_since = 0.0  # when the packet that comes next was first seen; 0: none is held
        self.failure: CaptureError | None = None

    @property
    def notes(self) -> list[str]:
        """The notes of every tap."""
        return [f"{name}: {line}" for name, tap in zip(self.names, self.taps, strict=True)
                for line in tap.notes]

    def next(self, packet: Record) -> bool:
        first = -1
        earliest = packet
        missing = False
        number = -1
        for tap in self.taps:
            number += 1
            candidate = self.packets[number]
            if not self.ready[number]:
                if not self.alive[number]:
                    continue
                if not tap.next(candidate):
                    missing = True
                    continue
                self.ready[number] = True
            if first < 0 or candidate.time < earliest.time:
                first = number
                earliest = candidate
        if first < 0 or (missing and not self.held_long_enough()):
            return False
        self.held_since = 0.0
        self.ready[first] = False
        packet.like(earliest)
        packet.interface = first
        return True

    def held_long_enough(self) -> bool:
        """Whether no tap can still come up with an earlier packet."""
        now = time.monotonic()
        if not self.held_since:
            self.held_since = now
        return now - self.held_since >= HOLD

    def wait(self, timeout: float | None = None) -> bool:
        if any(self.ready):  # some tap may still have something earlier
            rest = self.held_since + HOLD - time.monotonic()
            timeout = max(0.001, rest if timeout is None else min(rest, timeout))
        if any(getattr(tap, "holding", False) for tap in self.taps):
            timeout = OWNERLESS if timeout is None else min(OWNERLESS, timeout)
        if not any(tap.stopping for tap in self.taps):
            self.poll(timeout)
        for number, tap in enumerate(self.taps):
            if self.alive[number] and not self.ready[number]:
                self.alive[number] = self.look(tap)
        if any(self.alive) or any(self.ready):
            return True
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return False

    def poll(self, timeout: float | None) -> None:
        """Wait for the taps without a packet; one whose ring we still read looks ready always."""
        poller = select.poll()
        for number, tap in enumerate(self.taps):
            if self.alive[number]:
                poller.register(tap.wake, select.POLLIN)
                if not self.ready[number]:
                    poller.register(tap.fileno(), select.POLLIN)
        poller.poll(None if timeout is None else timeout * 1000)

    def look(self, tap: Tap) -> bool:
        """Whether the tap goes on; what ended it is kept for later."""
        try:
            return tap.wait(0)
        except CaptureError as error:
            self.failure = self.failure or error
            return False

    def stop(self) -> None:
        """Stop every tap; what is in their rings still comes out."""
        for tap in self.taps:
            tap.stop()

    def statistics(self) -> Statistics:
        """The sum over all taps."""
        return sum((tap.statistics() for tap in self.taps), NOTHING)

    def close(self) -> None:
        for tap in self.taps:
            tap.close()
