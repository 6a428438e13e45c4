"""Sizes and times as people write them, the same in all commands; imports nothing that is slow."""

from __future__ import annotations

#: What a letter behind a size multiplies by, in octets.
UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}

#: What letters behind a time multiply by, in nanoseconds.
TIMES = {"ms": 10**6, "us": 10**3, "ns": 1, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
         "d": 86400 * 10**9}

LARGEST = 2**63 - 1


def size(text: str, unit: int = 1) -> int:
    """Octets: 512k, 3m, 2g (KiB, MiB, GiB); without a letter in ``unit``. Raises ValueError."""
    number = text.lower()
    stem = number.removesuffix("b").removesuffix("i")
    if stem[-1:] in UNITS:
        number, unit = stem[:-1], UNITS[stem[-1]]
    return within(whole(number) * unit)


def duration(text: str) -> int:
    """Nanoseconds: 10s, 5m, 2h, 1d, 250ms; without letters in seconds. Raises ValueError."""
    number, unit = text, TIMES["s"]
    for letters, factor in TIMES.items():
        if text.endswith(letters):
            number, unit = text.removesuffix(letters), factor
            break
    seconds, point, part = number.partition(".")
    nanoseconds = whole(seconds or "0") * unit
    if point:
        nanoseconds += whole(part) * unit // 10**len(part)
    return within(nanoseconds)


def whole(text: str) -> int:
    """A number of digits alone."""
    if not (text.isascii() and text.isdigit()) or len(text) > 20:
        raise ValueError(f"{text!r} is no number")
    return int(text)


def within(value: int) -> int:
    """What is more than nothing and fits into 63 bits."""
    if not 0 < value <= LARGEST:
        raise ValueError(f"{value} is out of range")
    return value
