"""Which TCP connection carries which file: what FTP's control connections say (RFC 959, 2428)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from fyke.conversations.found import Found
from fyke.conversations.segments import Segment
from fyke.conversations.streams import End
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

PORT = 21
LONGEST_LINE = 8192  # bytes; of a longer one the rest is passed over
MOST_EXPECTED = 4096  # transfers that were announced and did not come yet; the oldest is forgotten
SIX = re.compile(rb"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")
EXTENDED = re.compile(rb"\((.)\1\1(\d{1,5})\1\)")  # answer to EPSV
EXTENDED_PORT = re.compile(rb"EPRT +(.)[12]\1([0-9A-Fa-f.:]{2,45})\1(\d{1,5})\1", re.I)
TRANSFERS = (b"RETR", b"STOR", b"APPE", b"STOU")


class Control:
    """A control connection: its lines so far, and where data is to come."""

    def __init__(self, client: str, server: str) -> None:
        self.client = client
        self.server = server
        self.lines = {"client": b"", "server": b""}
        self.next: list[End] = []  #: where the next transfer will be

    def take(self, one: Segment) -> Iterator[tuple[list[End], str]]:
        """More of it; for each transfer that it announces, where, and the file's name."""
        text = self.lines[one.side] + one.data
        *lines, rest = text.split(b"\n")
        self.lines[one.side] = rest[:LONGEST_LINE]
        for line in lines:
            if one.side == "server":
                self.answer(line)
                continue
            word, _, name = line.strip().partition(b" ")
            if word.upper() in TRANSFERS and self.next:
                yield self.next, name.decode("utf-8", "replace") or "unnamed"
                self.next = []
            else:
                self.command(line)

    def answer(self, line: bytes) -> None:
        """The server says where it listens; an address translator may have made that untrue."""
        if line.startswith(b"227"):
            six = SIX.search(line)
            if six is not None:
                port = int(six[5]) << 8 | int(six[6])
                self.next = [End(b".".join(six.groups()[:4]).decode(), port),
                             End(self.server, port)]
        elif line.startswith(b"229"):
            found = EXTENDED.search(line)
            if found is not None:
                self.next = [End(self.server, int(found[2]))]

    def command(self, line: bytes) -> None:
        """The client says where it listens."""
        six = SIX.search(line) if line[:5].upper() == b"PORT " else None
        if six is not None:
            port = int(six[5]) << 8 | int(six[6])
            self.next = [End(b".".join(six.groups()[:4]).decode(), port), End(self.client, port)]
        found = EXTENDED_PORT.match(line)
        if found is not None:
            self.next = [End(found[2].decode(), int(found[3])), End(self.client, int(found[3]))]


class Transfers:
    """What was announced and did not come yet."""

    def __init__(self) -> None:
        self.expected: dict[End, deque[str]] = {}

    def announce(self, ends: list[End], name: str) -> None:
        for end in dict.fromkeys(ends):
            self.expected.setdefault(end, deque(maxlen=16)).append(name)
        while len(self.expected) > MOST_EXPECTED:
            del self.expected[next(iter(self.expected))]

    def file(self, stream: Stream, most: int) -> Found | None:
        """The file that a stream is, if it was announced."""
        for end in (stream.server, stream.client):
            names = self.expected.get(end)
            if not names:
                continue
            name = names.popleft()
            if not names:
                del self.expected[end]
            side = max(("client", "server"), key=lambda side: stream.counts(side).bytes)
            data = stream.data(side)
            whole = not any(gap.side == side for gap in stream.gaps) and stream.ended(side)
            return Found(stream, side, "ftp", stream.start, name, "", data[:most],
                         whole and len(data) <= most)
        return None
