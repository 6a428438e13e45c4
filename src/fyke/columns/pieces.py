"""Room columns/: a capture cut into pieces that can be read apart, each by whoever gets it.

A piece names octets of a file, and holds what a reader must have seen before them: the header of a
pcap file; the sections, interfaces and processes that a pcapng file told of up to there. It is
small, needs no open file, and can be sent to another machine.

A pcap file is cut where a record certainly begins (boundaries.py); the reader of each piece sees
that its last record ends where the next piece begins, or fails. A compressed file, an old variant
of pcap, and a file whose octets cannot tell are one piece.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from fyke.columns.boundaries import Shape, boundary, hop
from fyke.columns.sources import open_raw
from fyke.errors import SavefileError
from fyke.files import pcapng_blocks as blocks
from fyke.files.formats import LONGEST_HEAD, compression_of, is_pcapng
from fyke.files.octets import BUFFER_SIZE, Octets
from fyke.files.pcap import FILE_HEADER, PcapReader
from fyke.files.pcapng_processes import is_process
from fyke.files.reader import open_capture, read_from
from fyke.hints import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from fyke.files.reader import Reader

#: Octets that are looked at for a boundary: first, and at most.
VIEW, LARGEST_VIEW = 1 << 21, 1 << 24

#: Records that may be longer are not looked for: packets of USB have up to 128 MiB.
LONGEST = 1 << 20

#: Octets of what a pcapng file tells beside packets that a piece may carry.
MOST_HEAD = 1 << 20


class Piece(NamedTuple):
    """Octets ``start`` to ``stop`` (None: the end) of ``source``, a path or an address.

    ``head`` comes before them: b"" where they are read from the file's beginning.
    """

    source: str
    start: int = 0
    stop: int | None = None
    head: bytes = b""

    def __str__(self) -> str:
        if self.start == 0 and self.stop is None:
            return self.source
        end = "the end" if self.stop is None else self.stop
        return f"{self.source} (bytes {self.start} to {end})"

    def open(self) -> Reader:
        """A Source of its packets. Raises SavefileError, UsageError."""
        raw, name = open_raw(self.source)
        try:
            if self.start == 0 and self.stop is None:
                return read_from(raw, name, BUFFER_SIZE)
            reader = read_from(Part(raw, self, name), str(self._replace(source=name)), BUFFER_SIZE)
        except BaseException:
            raw.close()
            raise
        reader.octets.base += self.start - len(self.head)
        return reader


class Part(io.RawIOBase):
    """The octets of a piece as a raw file. SavefileError where they end before the piece does."""

    def __init__(self, raw: Any, piece: Piece, name: str) -> None:
        self.raw = raw
        self.name = name
        self.head = memoryview(piece.head)
        self.left = -1 if piece.stop is None else piece.stop - piece.start
        raw.seek(piece.start)

    def readable(self) -> bool:
        return True

    def readinto(self, view: Any) -> int:
        if self.head:
            count = min(len(view), len(self.head))
            view[:count] = self.head[:count]
            self.head = self.head[count:]
            return count
        with memoryview(view) as whole:
            got = self.raw.readinto(whole if self.left < 0 else whole[:self.left]) or 0
        if self.left > 0:
            if not got:  # at a record's end nobody else would see it
                raise SavefileError(f"{self.name}: the file was cut short while it was read; its "
                                    "last packets are missing")
            self.left -= got
        return int(got)

    def close(self) -> None:
        self.raw.close()
        super().close()


def cut(source: str, size: int) -> list[Piece]:
    """The pieces of a capture of about ``size`` octets, in order; at least one.

    A file that is none or is damaged at its head is one piece: who reads it is told. Raises
    SavefileError where it cannot be opened.
    """
    raw, name = open_raw(source)
    with raw:
        length = length_of(raw)
        if length < 2 * size:
            return [Piece(source)]
        head = raw.read(LONGEST_HEAD)
        raw.seek(0)
        if compression_of(head):
            return [Piece(source)]
        if not is_pcapng(head):
            found = list(pcap_cuts(raw, source, size, length))
        elif getattr(raw, "remote", False):  # it would be read whole
            found = []
        else:
            found = list(pcapng_cuts(Octets(raw, name, 1 << 20), size, length))
    starts = [(0, b""), *found]
    ends = [start for start, _ in found]
    return [Piece(source, start, stop, before)
            for (start, before), stop in zip(starts, [*ends, None], strict=True)]


def length_of(raw: Any) -> int:
    """Octets of a raw file; 0 of what has no end to look at, such as a pipe."""
    try:
        length = int(raw.seek(0, io.SEEK_END))
        raw.seek(0)
    except OSError:
        return 0
    return length


def pcap_cuts(raw: Any, source: str, size: int, length: int) -> Iterator[tuple[int, bytes]]:
    """Where to cut a pcap file, and its header."""
    try:
        reader = open_capture(raw)
    except SavefileError:
        return
    if not isinstance(reader, PcapReader) or reader.version < (2, 4) or reader.version[0] != 2:
        return  # the two lengths may stand the other way round
    longest = min(reader.sane, max(reader.snaplen, 1))
    if longest > LONGEST:
        return
    shape = Shape(reader.header_size, reader.big, reader.fractions, longest)
    raw.seek(0)
    head = read_exactly(raw, FILE_HEADER)
    target = size
    while target < length - size // 2:
        found = certain(raw, target, shape, length)
        if found > 0:
            yield found, head
        target = max(target, found) + size


def certain(raw: Any, target: int, shape: Shape, length: int) -> int:
    """Where a record certainly begins, at or behind ``target``; -1 if that cannot be told."""
    view = max(VIEW, 2 * shape.longest)
    while True:
        raw.seek(target)
        found = boundary(read_exactly(raw, view), shape)
        if found >= 0:
            return target + found
        if view >= LARGEST_VIEW or target + view >= length:
            return -1
        view *= 4


def read_exactly(raw: Any, count: int) -> bytes:
    """So many octets; fewer at the end of the file."""
    parts = []
    while count > 0:
        got = raw.read(count)
        if not got:
            break
        parts.append(got)
        count -= len(got)
    return b"".join(parts)


def pcapng_cuts(octets: Octets, size: int, length: int) -> Iterator[tuple[int, bytes]]:
    """Where to cut a pcapng file, and what stood in front beside packets: sections, interfaces
    and processes.
    """
    told = bytearray()
    big = False
    target = size
    while target < length - size // 2 and octets.need(12) >= 12:
        at = octets.pos
        octets.pos = hop(octets.window, at, min(octets.filled, at + target - octets.tell()), big)
        if octets.tell() >= target:
            if len(told) > MOST_HEAD:
                return
            yield octets.tell(), bytes(told)
            target = octets.tell() + size
        if octets.pos > at or octets.need(12) < 12:
            continue
        big = byte_order(octets, big)
        kind, count = (int.from_bytes(octets.window.raw(octets.pos + at, 4),
                                      "big" if big else "little") for at in (0, 4))
        if count < 12 or count % 4:
            return  # the reader of the last piece says what is wrong
        if kind in (blocks.SECTION_HEADER, blocks.INTERFACE_DESCRIPTION, blocks.CUSTOM):
            if count > MOST_HEAD or octets.need(count) < count:
                return
            block = octets.window.raw(octets.pos, count)
            if kind != blocks.CUSTOM or is_process(block[8:], big):
                told += block
        octets.skip(count)


def byte_order(octets: Octets, big: bool) -> bool:
    """Whether the block that is next is big endian: a section header says so."""
    window, pos = octets.window, octets.pos
    if window.u32(pos) == blocks.SECTION_HEADER:
        return window.u32(pos + 8) == blocks.BYTE_ORDER_MAGIC
    return big
