"""The time stamp before each line: -t, -tt, -ttt, -tttt, -ttttt, --micro, --nano.

The offset of local time is asked for once a quarter of an hour: asking the C library for each
packet is most of what tcpdump spends on printing.
"""

from __future__ import annotations

import time

from fyke.wire import Line, Record

DEFAULT, NONE, EPOCH, SINCE_PREVIOUS, DATE, SINCE_FIRST = range(6)

NANOSECONDS = 1_000_000_000
QUARTER = 900  # seconds; every zone's offset changes on such a boundary


class Stamp:
    """Writes the stamp of each packet; ``mode`` is how many -t were given."""

    __slots__ = ("date", "day", "mode", "offset", "places", "quarter", "reference",
                 "reference_part", "started", "unit")

    def __init__(self, mode: int = DEFAULT, nano: bool = False) -> None:
        self.mode = mode
        self.places = 9 if nano else 6
        self.unit = 1 if nano else 1000
        self.quarter = -1
        self.offset = 0
        self.reference = 0
        self.reference_part = 0
        self.started = False
        self.day = -1
        self.date = b""

    def write(self, line: Line, packet: Record) -> None:
        """The stamp and a blank, or nothing with -t."""
        if self.mode == 1:
            return
        if self.mode == 3 or self.mode == 5:
            self.difference(line, packet)
            return
        second = packet.time // NANOSECONDS
        rest = packet.time - second * NANOSECONDS
        if rest < 0:  # C divides towards zero
            second -= 1
            rest += NANOSECONDS
        if self.mode == 2:
            line.sint(second)
        else:
            second = self.local(second)
            if self.mode == 4:
                self.write_date(line, second)
            self.clock(line, second)
        self.fraction(line, packet, rest)
        line.char(32)

    def state(self) -> tuple[bool, int, int]:
        """What -ttt and -ttttt count from, for another process that goes on."""
        return self.started, self.reference, self.reference_part

    def go_on(self, state: tuple[bool, int, int]) -> None:
        """Count from there."""
        self.started, self.reference, self.reference_part = state

    def fraction(self, line: Line, packet: Record, nanoseconds: int) -> None:
        if packet.fraction != 0:
            self.part(line, packet.fraction)
        else:
            self.part(line, nanoseconds // self.unit)

    def part(self, line: Line, count: int) -> None:
        """The part of a second, in units of the last digit; more than a second is not one."""
        line.char(46)
        if count < NANOSECONDS // self.unit:
            line.digits(count, self.places)
            return
        line.uint(count)
        line.put(b" (invalid ns)" if self.places == 9 else b" (invalid us)")

    def difference(self, line: Line, packet: Record) -> None:
        """Time since the previous or the first packet; a part that is none is taken as it is."""
        second = packet.time // NANOSECONDS
        part = packet.time - second * NANOSECONDS
        if part < 0:  # C divides towards zero
            second -= 1
            part += NANOSECONDS
        part //= self.unit
        if packet.fraction != 0:
            part = packet.fraction
        if not self.started:
            self.started = True
            self.reference = second
            self.reference_part = part
        late = second > self.reference or (second == self.reference
                                           and part >= self.reference_part)
        seconds = second - self.reference if late else self.reference - second
        parts = part - self.reference_part if late else self.reference_part - part
        if parts < 0:
            seconds -= 1
            parts += NANOSECONDS // self.unit
        line.char(32 if late else 45)
        self.clock(line, seconds)
        self.part(line, parts & 0xFFFFFFFF)
        line.char(32)
        if self.mode == 3:
            self.reference = second
            self.reference_part = part

    def clock(self, line: Line, second: int) -> None:
        """HH:MM:SS of a second of local time."""
        s = second % 86400
        if s < 0:
            s += 86400
        line.digits(s // 3600, 2)
        line.char(58)
        line.digits(s // 60 % 60, 2)
        line.char(58)
        line.digits(s % 60, 2)

    def local(self, second: int) -> int:
        """Seconds since the epoch as the clock on the wall counts them."""
        if second // QUARTER != self.quarter:
            self.quarter = second // QUARTER
            self.offset = utc_offset(second)
        return second + self.offset

    def write_date(self, line: Line, second: int) -> None:
        """YYYY-MM-DD and a blank; made once a day."""
        day = second // 86400
        if day != self.day:
            self.day = day
            self.date = date_text(day * 86400)
        line.put(self.date)


def utc_offset(second: int) -> int:
    """Seconds that local time is ahead of UTC; 0 where the C library has no answer."""
    try:
        return time.localtime(second).tm_gmtoff or 0
    except (OverflowError, OSError, ValueError):
        return 0


def date_text(second: int) -> bytes:
    try:
        return time.strftime("%Y-%m-%d ", time.gmtime(second)).encode()
    except (OverflowError, OSError, ValueError):
        return b"[date out of range] "
