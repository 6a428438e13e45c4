"""Room files/: how far the files behind a source are read, for whoever shows progress."""

from __future__ import annotations

import os

from fyke.hints import Any

#: Attributes by which sources hold the one that they take packets from.
INSIDE = ("source", "reader", "_source")
#: And files, what they read: one that unpacks, that reads again, that is lent.
AROUND = ("raw", "file")


def position(source: Any) -> int:
    """Octets read so far of the files behind a source, compressed ones as they are on the disk."""
    octets = getattr(source, "octets", None)
    if octets is not None:
        return offset(octets.file)
    several = getattr(source, "sources", None)
    if several is not None:
        return sum(map(position, several))
    if hasattr(source, "current"):  # files one after the other
        done = source.paths[:source.at - (source.current is not None)]
        return (sum(os.path.getsize(path) for path in done if os.path.isfile(path))
                + position(source.current))
    inner = next((one for one in (getattr(source, name, None) for name in INSIDE) if one), None)
    return 0 if inner is None else position(inner)


def offset(file: Any) -> int:
    """Where a raw file is, in octets; 0 where that cannot be told."""
    while not hasattr(file, "at"):
        inner = next((one for one in (getattr(file, name, None) for name in AROUND)
                      if hasattr(one, "fileno")), None)
        if inner is None:
            break
        file = inner
    try:
        if hasattr(file, "at"):  # it keeps count itself: its descriptor stays where it is
            return int(file.at)
        return os.lseek(file.fileno(), 0, os.SEEK_CUR)
    except (OSError, TypeError, ValueError, AttributeError):
        return 0
