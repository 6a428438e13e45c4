# cython: boundscheck=True, wraparound=True
"""Room processes/: the ring in which the programs' events come (Documentation/bpf/ringbuf.rst).

A page with how far was read, one with how far was written, and the events twice in a row, so that
none is cut at the end. An event begins with its length and a bit that says that it is still being
written.
"""

from __future__ import annotations

import mmap

from fyke.wire import Memory, Record

PAGE = mmap.PAGESIZE
HEADER = 8  # octets in front of an event
BUSY = 0x80000000
DISCARDED = 0x40000000
FENCE = 8  # octets into the first page: nobody's


class EventRing:
    """The events of a ring of ``size`` octets, by the map's descriptor. Raises OSError."""

    __slots__ = ("maps", "position", "read_pages", "size", "written")

    def __init__(self, descriptor: int, size: int) -> None:
        first = mmap.mmap(descriptor, PAGE, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE,
                          offset=0)
        rest = mmap.mmap(descriptor, PAGE + 2 * size, mmap.MAP_SHARED, mmap.PROT_READ,
                         offset=PAGE)
        self.maps = (first, rest)
        self.size = size
        self.position = 0
        self.read_pages = Memory(first)
        self.written = Record(rest)

    def waiting(self) -> bool:
        """Whether something was written since the last ``take``."""
        return self.written.le64(0) != self.position

    def take(self) -> list[bytes]:
        """The events that are whole, in their order; their room is the kernel's again."""
        window = self.written
        end = window.le64(0)
        self.fence()
        places = []
        position = self.position
        while position < end:
            at = PAGE + (position & (self.size - 1))
            length = window.le32(at)
            if length & BUSY:
                break
            octets = length & ~(BUSY | DISCARDED)
            if not length & DISCARDED:
                places.append((at + HEADER, octets))
            position += HEADER + (octets + 7 & ~7)
        self.fence()
        events = [window.raw(at, octets) for at, octets in places]
        self.position = position
        self.read_pages.hand_over(4, position >> 32)
        self.read_pages.hand_over(0, position & 0xFFFFFFFF)
        return events

    def fence(self) -> None:
        """What was read before was read before what is read after (arm64 would mix them)."""
        self.read_pages.hand_over(FENCE, 0)
        self.read_pages.acquire(FENCE)

    def close(self) -> None:
        """Give up the mappings."""
        self.read_pages.close()
        self.written.release()
        for one in self.maps:
            try:
                one.close()
            except BufferError:  # somebody still looks at it
                pass
