"""Room processes/: the kernel's clocks beside each other: events and packets use different ones."""

from __future__ import annotations

import time

TRIES = 32


def difference(clock: int) -> int:
    """Nanoseconds to add to a clock for the time of day, from the quickest of some looks."""
    best = 1 << 62
    found = 0
    for _ in range(TRIES):
        before = time.clock_gettime_ns(clock)
        now = time.time_ns()
        after = time.clock_gettime_ns(clock)
        if after - before < best:
            best = after - before
            found = now - (before + after) // 2
    return found


def monotonic() -> int:
    return difference(time.CLOCK_MONOTONIC)


def boot() -> int:
    return difference(time.CLOCK_BOOTTIME)
