"""Room files/: the time stamps of one pcapng interface in nanoseconds since the epoch."""

from __future__ import annotations

#: Times are signed 64-bit nanoseconds: what lies beyond (year 2262) is held at the end.
LAST = (1 << 63) - 1
FIRST = -(1 << 63)


class Clock:
    """Turns file units into nanoseconds.

    ``resolution`` is if_tsresol (10**-n, or 2**-n with the top bit set), ``offset`` if_tsoffset
    in seconds. The usual resolutions, with an offset that is far from the ends, take one
    multiplication.
    """

    __slots__ = ("limit", "link_type", "multiplier", "offset", "resolution", "shift", "snaplen")

    def __init__(self, resolution: int, offset: int, link_type: int, snaplen: int) -> None:
        self.resolution = resolution
        self.offset = offset
        self.link_type = link_type
        self.snaplen = snaplen
        self.multiplier = 0
        self.shift = 0
        self.limit = 0
        if resolution <= 9 and abs(offset) < 4_000_000_000:
            self.multiplier = 10 ** (9 - resolution)
            self.shift = offset * 10 ** 9
            self.limit = (LAST - abs(self.shift)) // self.multiplier

    def slow(self, units: int) -> int:
        """Any resolution, exactly; rounded down to whole nanoseconds."""
        if self.resolution & 0x80:
            nanoseconds = units * 10 ** 9 >> (self.resolution & 0x7F)
        else:
            nanoseconds = units * 10 ** 9 // 10 ** self.resolution
        return max(FIRST, min(LAST, nanoseconds + self.offset * 10 ** 9))

    def nanoseconds(self, units: int) -> int:
        """The time of a 64-bit time stamp."""
        if units < self.limit:
            return units * self.multiplier + self.shift
        return self.slow(units)
