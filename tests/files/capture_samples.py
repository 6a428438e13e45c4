"""Capture files in memory, made by hand: what the tests of files/ read."""

from __future__ import annotations

import io
import struct
from typing import Any

from fyke.files.octets import Octets
from fyke.files.reader import open_capture
from fyke.source import Source
from fyke.wire import Record

#: (time in ns, captured octets, octets on the wire)
Row = tuple[int, bytes, int]

RECORDS: list[Row] = [
    (1_700_000_000_000_001_000, bytes(range(60)), 60),
    (1_700_000_000_000_002_000, b"\x01\x02\x03", 1514),
    (1_700_000_000_999_999_000, b"", 0),
    (1_700_000_001_000_000_000, bytes(1000), 1000),
    (1_700_000_002_123_456_000, b"odd!!", 5),
]


def pcap_header(order: str = "<", magic: int = 0xA1B2C3D4, version: tuple[int, int] = (2, 4),
                snaplen: int = 262144, network: int = 1) -> bytes:
    return struct.pack(order + "IHHiIII", magic, *version, 0, 0, snaplen, network)


def pcap(records: list[Row] = RECORDS, order: str = "<", magic: int = 0xA1B2C3D4,
         exchanged: bool = False, **header: Any) -> bytes:
    """A pcap file."""
    out = pcap_header(order, magic, **header)
    unit = 1 if magic == 0xA1B23C4D else 1000
    for time, data, wirelen in records:
        lengths = (wirelen, len(data)) if exchanged else (len(data), wirelen)
        out += struct.pack(order + "IIII", time // 10**9, time % 10**9 // unit, *lengths)
        if magic == 0xA1B2CD34:
            out += struct.pack(order + "IHBB", 7, 0x800, 4, 0)
        out += data
    return out


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) & 3)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) & 3)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str = "<", options: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, *version, -1) + options,
                 order)


def interface(order: str = "<", link_type: int = 1, snaplen: int = 0,
              options: bytes = b"") -> bytes:
    return block(1, struct.pack(order + "HHI", link_type, 0, snaplen) + options, order)


def enhanced(units: int, data: bytes, wirelen: int, order: str = "<", number: int = 0,
             options: bytes = b"") -> bytes:
    return block(6, struct.pack(order + "IIIII", number, units >> 32, units & 0xFFFFFFFF,
                                len(data), wirelen) + data + bytes(-len(data) & 3) + options,
                 order)


def pcapng(records: list[Row] = RECORDS, order: str = "<") -> bytes:
    """A pcapng file with one interface, in microseconds."""
    out = section(order) + interface(order)
    for time, data, wirelen in records:
        out += enhanced(time // 1000, data, wirelen, order)
    return out


class Dribble(io.RawIOBase):
    """A raw file that gives a few octets at a time, as pipes do."""

    def __init__(self, data: bytes, step: int = 7) -> None:
        self.data = data
        self.step = step
        self.at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, view: Any) -> int:
        count = min(len(view), self.step, len(self.data) - self.at)
        view[:count] = self.data[self.at:self.at + count]
        self.at += count
        return count


def opened(data: bytes, **how: Any) -> Any:
    return open_capture(io.BytesIO(data), **how)


def drain(source: Source) -> list[Row]:
    """Everything a source gives; it is closed then."""
    out, error = drain_whole(source)
    if error is not None:
        raise error
    return out


def drain_whole(source: Source) -> tuple[list[Row], Exception | None]:
    """What a source gives before it ends or complains, and the complaint; it is closed then."""
    packet = Record()
    out: list[Row] = []
    try:
        while source.next(packet):
            out.append((packet.time, packet.raw(0, packet.caplen), packet.wirelen))
    except Exception as error:
        return out, error
    finally:
        packet.release()
        source.close()
    return out, None


def octets(data: bytes, size: int = 64) -> Octets:
    return Octets(io.BytesIO(data), "memory", size)
