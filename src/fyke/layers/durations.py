"""Spans of time in years, weeks, days, hours, minutes, seconds; tcpdump: util-print.c."""

from __future__ import annotations

UNITS = ((31536000, b"y"), (604800, b"w"), (86400, b"d"), (3600, b"h"), (60, b"m"), (1, b"s"))


def duration(seconds: int) -> bytes:
    """``1d2h`` for an unsigned number of seconds."""
    text = b""
    for unit, letter in UNITS:
        if seconds >= unit:
            text += b"%d%s" % (seconds // unit, letter)
            seconds %= unit
    return text or b"0s"
