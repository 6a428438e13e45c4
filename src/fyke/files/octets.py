"""Room files/: the buffered input under every reader: read() into one buffer, used again and again.

Reading into a reused buffer is measured to be faster than mmap, and works on pipes. The buffer
grows only when it is full of octets that are really there, so a length field that lies costs
nothing.
"""

from __future__ import annotations

import os
import select
import time

from fyke.errors import SavefileError
from fyke.hints import Any, Callable
from fyke.wire import Record

#: Seconds between two looks at the size of a file that is followed.
POLL = 0.05

#: Octets asked of the file at once: large enough that the call is cheap, small enough to stay in
#: the second-level cache (benchmarks.files: 512 KiB counts a tenth faster than half of it).
BUFFER_SIZE = 1 << 19
AT_ONCE = BUFFER_SIZE


class Torn(SavefileError):
    """The file ends in the middle of something; what was whole came out before."""


class Octets:
    """A window on a file: octets ``pos`` to ``filled`` of the buffer are there, unread.

    ``file`` needs ``readinto`` (a raw binary file); ``name`` is what errors call it. Reads go
    through ``window``, a Record on the filled part of the buffer. Raises SavefileError when the
    operating system refuses.
    """

    __slots__ = ("base", "buffer", "file", "filled", "following", "name", "pos", "supply", "window")

    window: Record  #: the filled part of the buffer; offsets are those of ``pos``
    pos: int  #: the next octet to be read, in the buffer
    filled: int  #: octets of the buffer that hold file content
    base: int  #: where in the file the buffer begins
    following: bool  #: the end of the file is only the end so far
    supply: Callable[[], Any] | None  #: gives another buffer when one is full; None: there is one

    def __init__(self, file: Any, name: str, size: int = BUFFER_SIZE) -> None:
        self.file = file
        self.name = name
        self.buffer = bytearray(size)
        self.window = Record(self.buffer)
        self.window.place(0, 0)
        self.pos = 0
        self.filled = 0
        self.base = 0
        self.following = False
        self.supply = None

    def need(self, count: int) -> int:
        """Read until ``count`` octets are there at ``pos``; returns how many there are.

        Fewer than ``count`` only at the end of the file. May move the content of the buffer:
        what was placed on it before is no longer valid.
        """
        have = self.filled - self.pos
        while have < count:
            got = self.read()
            if got == 0:
                break
            have += got
        return have

    def read(self) -> int:
        """Read once behind what is there; 0 at the end of the file."""
        self.make_room()
        with memoryview(self.buffer) as view:
            got = self.read_into(view[self.filled:self.filled + AT_ONCE])
        self.filled += got
        self.window.take(self.window, 0, self.filled)
        return got

    def lend(self, supply: Callable[[], Any]) -> None:
        """Read into the buffers that ``supply`` gives, one after the other, from here on.

        What was read into one stays in it, for whoever else looks at it.
        """
        self.supply = supply
        self.change()

    def change(self) -> None:
        """Go on in another buffer, with what is unread; one of our own if that fills half of it."""
        rest = self.unread()
        buffer = self.supply()  # type: ignore[misc]
        if len(rest) > len(buffer) // 2:
            buffer = bytearray(2 * len(rest))
        buffer[:len(rest)] = rest
        self.base += self.pos
        self.pos = 0
        self.filled = len(rest)
        self.buffer = buffer
        self.window.hold(buffer)
        self.window.place(0, self.filled)

    def make_room(self) -> None:
        """Move what is unread to the front; a buffer that is full of it doubles."""
        if self.supply is not None:
            if self.filled == len(self.buffer):
                self.change()
            return
        kept = self.filled - self.pos
        if self.pos > 0:
            # Octets in front of pos are done with. The source of a copy within one buffer is
            # taken out first, as the two may overlap.
            self.buffer[:kept] = bytes(memoryview(self.buffer)[self.pos:self.filled])
            self.base += self.pos
            self.pos = 0
            self.filled = kept
        if kept == len(self.buffer):
            grown = bytearray(2 * kept)  # packets may still pin the old one: never resized
            grown[:kept] = self.buffer
            self.buffer = grown
            self.window.hold(grown)

    def read_into(self, view: memoryview) -> int:
        """One read, waiting where a non-blocking descriptor has nothing yet."""
        try:
            while True:
                got = self.file.readinto(view)
                if got is not None:
                    return int(got)
                select.select([self.file], [], [])
        except (OSError, ValueError) as error:  # of a file object that is closed, too
            raise SavefileError(f"{self.name}: cannot read at byte {self.base + self.filled}: "
                                f"{getattr(error, 'strerror', None) or error}") from error

    def unread(self) -> bytes:
        """What is there at ``pos``, copied."""
        return self.window.raw(self.pos, self.filled - self.pos)

    def tell(self) -> int:
        """Where ``pos`` is in the file (after decompression), in octets."""
        return self.base + self.pos

    def skip(self, count: int) -> int:
        """Go past ``count`` octets without keeping them; returns how many there were."""
        left = count
        while left > 0:
            have = self.filled - self.pos
            if have == 0:
                have = self.need(1)
                if have == 0:
                    break
            step = min(have, left)
            self.pos += step
            left -= step
        return count - left

    def wait(self, timeout: float | None) -> bool:
        """At the end of a file that is followed: wait for more; False if none will ever come."""
        if not self.following:
            return False
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            size = os.fstat(self.file.fileno()).st_size
            if size < self.base + self.filled:
                raise SavefileError(f"{self.name}: the file shrank from {self.base + self.filled} "
                                    f"to {size} bytes while it was followed")
            if size > self.base + self.filled:
                return True
            left = POLL if deadline is None else min(POLL, deadline - time.monotonic())
            if left <= 0:
                return True
            time.sleep(left)

    def close(self) -> None:
        """Close the file; may be called twice."""
        self.file.close()
