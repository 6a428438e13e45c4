"""Room files/: from what a person names to the files that are meant: files, folders, patterns."""

from __future__ import annotations

import os

from fyke.errors import SavefileError
from fyke.files.formats import (
    LONGEST_HEAD,
    PCAP_NANOSECONDS,
    compression_of,
    format_of,
    is_pcap,
)
from fyke.files.reader import printable
from fyke.hints import Any, Iterable


def expand(names: Iterable[str]) -> list[str]:
    """The files that ``names`` stand for, in order.

    A folder stands for the captures in it (told by content), a pattern for what it matches, both
    in natural order (9 before 10); "-" and anything else for itself. Raises SavefileError for a
    folder or a pattern without a capture.
    """
    found: list[str] = []
    for name in names:
        if name != "-" and os.path.isdir(name):
            inside = captures_in(name)
            if not inside:
                raise SavefileError(f"{printable(name)}: there is no capture file in this folder")
            found += inside
        elif any(sign in name for sign in "*?[") and not os.path.exists(name):
            import glob  # start-up is felt: only for a pattern

            matches = sorted(filter(os.path.isfile, glob.glob(name)), key=natural)
            if not matches:
                raise SavefileError(f"{printable(name)}: no file matches")
            found += matches
        else:
            found.append(name)
    return found


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts numbers within names by their value."""
    import re

    return [(1, int(part), "") if part.isdecimal() else (0, 0, part)
            for part in re.split(r"([0-9]+)", name) if part]


def captures_in(folder: str) -> list[str]:
    """The files of a folder that are captures by content, in natural order."""
    inside = (os.path.join(folder, name) for name in os.listdir(folder))
    return sorted((path for path in inside if looks_like_capture(path)), key=natural)


def looks_like_capture(path: str) -> bool:
    """Whether a regular file begins like a capture, plain or compressed."""
    head = head_of(path)
    return format_of(head) is not None or compression_of(head) != ""


def in_microseconds(path: Any) -> bool:
    """Whether a regular file is plain pcap, as far as can be told, whose times are no finer."""
    head = head_of(path)
    return is_pcap(head) and PCAP_NANOSECONDS.to_bytes(4, "little") not in (head[:4], head[3::-1])


def head_of(path: Any) -> bytes:
    """The first octets of a regular file; none of anything else, or of what cannot be read."""
    try:
        if not os.path.isfile(path):
            return b""
        with open(path, "rb") as file:
            return file.read(LONGEST_HEAD)
    except (OSError, TypeError):
        return b""
