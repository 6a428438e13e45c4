"""Room files/: what can be read of a damaged capture: whole records, wherever they are.

Where a record cannot be right, the next plausible one is searched octet by octet, and what lies
between is skipped and told. A record is plausible if its lengths and its fraction of a second can
be, and if another plausible one, or the end, follows it.
"""

from __future__ import annotations

import re
import struct
from functools import cache

from fyke.errors import SavefileError
from fyke.files import pcapng_blocks as blocks
from fyke.files.octets import Torn
from fyke.files.pcap import KUZNETZOV_RECORD_HEADER, PcapReader
from fyke.files.pcap_variants import FAR, MAX_WIRE_LENGTH
from fyke.files.pcapng import PcapngReader
from fyke.hints import TYPE_CHECKING, Any
from fyke.source import Source
from fyke.wire import Record

if TYPE_CHECKING:
    from fyke.files.reader import Reader

#: Stretches that are told one by one; the octets of all are counted.
MAX_TOLD = 1000

#: Octets searched at once.
STEP = 1 << 16

NOT_ZERO = re.compile(b"[^\0]")
SECTION_HEADER = blocks.SECTION_HEADER.to_bytes(4, "little")  # the same in both byte orders


class Salvage(Source):
    """The packets of ``reader`` with damaged parts left out; ends without an error.

    ``skipped`` are (offset, length) of what was left out, in octets of the uncompressed file;
    ``skipped_bytes`` counts all of it. ``report()`` says it in words.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.link_type = reader.link_type
        self.snaplen = reader.snaplen
        self.interfaces = reader.interfaces
        self.format = reader.format
        self.compression = reader.compression
        self.nanoseconds = reader.nanoseconds
        self.fcs_length = reader.fcs_length
        self.skipped: list[tuple[int, int]] = []
        self.stretches = 0
        self.skipped_bytes = 0
        self.seconds = -1
        self.unreadable = ""
        self.shape: Shape = (PcapShape(reader) if isinstance(reader, PcapReader)
                             else PcapngShape(reader))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.reader, name)  # section, swapped, carry_to, count …

    def next(self, packet: Record) -> bool:
        octets = self.reader.octets
        while True:
            try:
                if self.shape.plausible_here(self.seconds) and self.reader.next(packet):
                    self.seconds = packet.time // 10**9
                    return True
                if octets.need(1) == 0:
                    return False
            except Torn:
                pass
            except SavefileError as error:
                if octets.filled - octets.pos == 0:
                    self.unreadable = str(error)
                    return False
            if not self.resynchronise():
                return False

    def resynchronise(self) -> bool:
        """Skip to the next plausible record; False if none comes any more."""
        octets = self.reader.octets
        begin = octets.tell()
        octets.skip(1)
        found = False
        try:
            while not found:
                have = octets.need(self.shape.reach(STEP))
                if have == 0:
                    break
                step = min(have, STEP)
                at = self.shape.search(octets.window.raw(octets.pos, have), step,
                                       ended=have < self.shape.reach(STEP))
                octets.pos += step if at < 0 else at
                found = at >= 0
        except SavefileError as error:  # the disk, or the compression, has no more
            self.unreadable = str(error)
            octets.pos = octets.filled
        length = octets.tell() - begin
        self.stretches += 1
        self.skipped_bytes += length
        if len(self.skipped) < MAX_TOLD:
            self.skipped.append((begin, length))
        return found

    def report(self) -> str:
        """What was left out, in one line; "" if nothing was."""
        if not self.stretches and not self.unreadable:
            return ""
        told = ", ".join(f"{length} at byte {offset}" for offset, length in self.skipped[:5])
        more = f" and {self.stretches - 5} more" if self.stretches > 5 else ""
        text = f"{self.reader.octets.name}: skipped {self.skipped_bytes} damaged bytes"
        if told:
            text += f" ({told}{more})"
        return text + (f"; {self.unreadable}" if self.unreadable else "")

    def wait(self, timeout: float | None = None) -> bool:
        return False

    def close(self) -> None:
        self.reader.close()


class Shape:
    """What records look like in one format."""

    def reach(self, step: int) -> int:
        """Octets wanted in view to judge records that begin within the next ``step``."""
        raise NotImplementedError

    def plausible_here(self, seconds: int) -> bool:
        """Whether the reader can be let loose on what is next."""
        raise NotImplementedError

    def search(self, data: bytes, step: int, *, ended: bool) -> int:
        """Where in the first ``step`` octets a plausible record begins, or -1."""
        raise NotImplementedError


class PcapShape(Shape):
    """pcap records: seconds, fraction, captured length, length on the wire."""

    def __init__(self, reader: PcapReader) -> None:
        self.reader = reader
        self.head = struct.Struct((">" if reader.big else "<") + "IIII")
        self.size = reader.header_size
        self.fractions = 10**9 if reader.nanoseconds else 10**6
        self.longest = min(reader.sane, max(reader.snaplen, 1))

    def reach(self, step: int) -> int:
        return step + self.size + min(self.longest, 1 << 18) + KUZNETZOV_RECORD_HEADER

    def record(self, data: bytes, at: int) -> int:
        """The length of the plausible record at ``at``, or -1."""
        time, fraction, caplen, wirelen = self.head.unpack_from(data, at)
        if time == 0 and wirelen == 0:  # a hole of zeros, as crashes leave them
            return -1
        if self.reader.version < (2, 4):
            caplen, wirelen = min(caplen, wirelen), max(caplen, wirelen)
        if fraction >= self.fractions or caplen > self.longest or wirelen > MAX_WIRE_LENGTH \
                or caplen > wirelen:
            return -1
        return int(self.size + caplen)

    def seconds(self, data: bytes, at: int) -> int:
        """The time of the record at ``at``."""
        return int(self.head.unpack_from(data, at)[0])

    def pair(self, data: bytes, at: int, *, ended: bool, before: int | None = None) -> bool:
        """Whether the plausible record at ``at`` is followed by another, or by the end.

        The other one is of about the same time, or goes on where the one ``before`` was (seconds;
        -1: there was none, and any time will do).
        """
        after = at + self.record(data, at)
        if after == len(data) and ended:
            return True
        if after + 16 > len(data) or self.record(data, after) < 0:
            return False
        time = self.seconds(data, after)
        if before is not None and (before < 0 or abs(time - before) <= FAR):
            return True
        return abs(time - self.seconds(data, at)) <= FAR

    def plausible_here(self, seconds: int) -> bool:
        octets = self.reader.octets
        if octets.need(self.size) < self.size:
            return True  # the end: the reader says what is missing
        length = self.record(octets.window.raw(octets.pos, 16), 0)
        if length < 0:
            return False
        near = abs(self.seconds(octets.window.raw(octets.pos, 16), 0) - seconds) <= FAR
        if near and seconds >= 0:
            return True
        have = octets.need(length + 16)  # a leap in time: only if the next one makes sense of it
        have = min(have, length + 16)
        return self.pair(octets.window.raw(octets.pos, have), 0, ended=have < length + 16,
                         before=seconds)

    def search(self, data: bytes, step: int, *, ended: bool) -> int:
        at = 0
        stop = min(step, len(data) - self.size + 1)
        while at < stop:
            if self.record(data, at) >= 0 and self.pair(data, at, ended=ended):
                return at
            at += 1
            if not data[at]:  # holes may be large: the next record is not far in front of their end
                end = NOT_ZERO.search(data, at)
                at = max(at, (end.start() if end else len(data)) - 15)
        return -1


class PcapngShape(Shape):
    """pcapng blocks: the length stands at both ends."""

    def __init__(self, reader: PcapngReader) -> None:
        self.reader = reader

    def reach(self, step: int) -> int:
        return step + (1 << 18) + blocks.OPTIONS_ROOM

    def plausible_here(self, seconds: int) -> bool:
        return True  # blocks are checked by the reader as strictly as can be

    def search(self, data: bytes, step: int, *, ended: bool) -> int:
        for match in known_types(self.reader.big).finditer(data, 0, min(step + 3, len(data))):
            at = match.start()
            if match[1] != SECTION_HEADER:
                if self.whole(data, at, big=self.reader.big):
                    return at
            elif self.whole(data, at, big=False) or self.whole(data, at, big=True):
                return at
        return -1

    @staticmethod
    def whole(data: bytes, at: int, *, big: bool) -> bool:
        """Whether a block at ``at`` has the same length at both ends."""
        order = ">I" if big else "<I"
        if at + 12 > len(data):
            return False
        length = int(struct.unpack_from(order, data, at + 4)[0])
        if length < 12 or length % 4 or at + length > len(data):
            return False
        return int(struct.unpack_from(order, data, at + length - 4)[0]) == length


@cache
def known_types(big: bool) -> re.Pattern[bytes]:
    """Finds the block types that are known, in a byte order, wherever they stand."""
    words = (kind.to_bytes(4, "big" if big else "little") for kind in blocks.BLOCK_NAMES)
    return re.compile(b"(?=(" + b"|".join(map(re.escape, words)) + b"))", re.DOTALL)
