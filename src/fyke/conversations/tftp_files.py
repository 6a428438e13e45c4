"""Files that TFTP carried (RFC 1350): a request to port 69, blocks from another port."""

from __future__ import annotations

from fyke.conversations.found import Found
from fyke.conversations.segments import Segment
from fyke.conversations.streams import End
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

PORT = 69
READ, WRITE, DATA = 1, 2, 3
MOST_REQUESTS = 4096  # that nothing came for yet; the oldest is forgotten
HALF, WHOLE = 1 << 15, 1 << 16  # block numbers wrap


class Requests:
    """Who asked for what: (address and port of who asked) → (a write, the name)."""

    def __init__(self) -> None:
        self.asked: dict[End, tuple[bool, str]] = {}

    def take(self, end: End, one: Segment) -> None:
        """A datagram to port 69."""
        kind = int.from_bytes(one.data[:2], "big")
        name, zero, _ = one.data[2:].partition(b"\0")
        if kind in (READ, WRITE) and zero:
            self.asked[end] = kind == WRITE, name.decode("utf-8", "replace")
            while len(self.asked) > MOST_REQUESTS:
                del self.asked[next(iter(self.asked))]

    def file(self, stream: Stream, most: int) -> Found | None:
        """The file that a conversation carried, if one of its ends asked for one."""
        for end, side in ((stream.client, "client"), (stream.server, "server")):
            found = self.asked.get(end)
            if found is None:
                continue
            write, name = found
            other = "server" if side == "client" else "client"
            sender = side if write else other
            data, whole = blocks([one for one in stream.segments if one.side == sender], most)
            if data is not None:
                del self.asked[end]
                return Found(stream, sender, "tftp", stream.start, name, "", data, whole)
        return None


def blocks(segments: list[Segment], most: int) -> tuple[bytes | None, bool]:
    """The blocks in order, each once, and whether the last is there; None without any."""
    by_number: dict[int, bytes] = {}
    near = 1
    for one in segments:
        if int.from_bytes(one.data[:2], "big") != DATA or len(one.data) < 4:
            continue
        ahead = (int.from_bytes(one.data[2:4], "big") - near) % WHOLE
        number = near + (ahead - WHOLE if ahead >= HALF else ahead)
        if number >= 1:
            by_number.setdefault(number, one.data[4:])
            near = max(near, number)
    if not by_number:
        return None, False
    parts: list[bytes] = []
    size = 0
    number = 1
    while number in by_number and size <= most:
        parts.append(by_number[number])
        size += len(parts[-1])
        number += 1
    last = parts[-1] if parts else b""
    ended = bool(parts) and number > max(by_number) and (
        len(last) < len(parts[0]) or (len(parts) == 1 and len(last) < 512))
    return b"".join(parts)[:most], ended and size <= most
