"""The least of the pcap format that the benchmarks need, without what they measure."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
HEADER_SIZE = len(HEADER)
START = 1_700_000_000_000_000  # microseconds since the epoch


def write(path: str | Path, frames: Iterable[bytes]) -> None:
    """A file of Ethernet frames, little endian, with rising times in microseconds."""
    stamp = START
    with open(path, "wb") as file:
        file.write(HEADER)
        for number, frame in enumerate(frames):
            stamp += 17 + (number * 7919) % 200
            file.write(struct.pack("<IIII", stamp // 1_000_000, stamp % 1_000_000, len(frame),
                                   len(frame)) + frame)


def frames(path: str | Path) -> list[bytes]:
    """The frames of such a file."""
    octets = Path(path).read_bytes()
    found, at = [], len(HEADER)
    while at < len(octets):
        size = struct.unpack_from("<I", octets, at + 8)[0]
        found.append(octets[at + 16:at + 16 + size])
        at += 16 + size
    return found
