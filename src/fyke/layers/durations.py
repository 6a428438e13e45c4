"""Spans of time in years, weeks, days, hours, minutes, seconds; tcpdump: util-print.c."""

from __future__ import annotations

from fyke.wire import Line

UNITS = ((31536000, b"y"), (604800, b"w"), (86400, b"d"), (3600, b"h"), (60, b"m"), (1, b"s"))


def write_duration(line: Line, seconds: int) -> None:
    """``1d2h`` for an unsigned number of seconds."""
    if seconds == 0:
        line.put(b"0s")
        return
    for unit, letter in UNITS:
        if seconds >= unit:
            line.put(b"%d%s" % (seconds // unit, letter))
            seconds %= unit


def write_signed_duration(line: Line, seconds: int) -> None:
    """The same for a signed number."""
    if seconds < 0:
        line.char(45)
        seconds = -seconds
    write_duration(line, seconds)
