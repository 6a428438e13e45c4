"""HTTP/1 messages of a stream, by the library h11 (the extra ``web``), also around gaps.

h11 plays one end of a connection. Here it is asked of each message anew, so that one that it cannot
read, or of which a part is missing, costs no other: after a gap the next segment that begins like a
message is where it goes on.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from fyke.conversations.coding import decoded
from fyke.errors import UsageError
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

BEGINS_REQUEST = re.compile(rb"[A-Z][A-Z_-]{1,31} [^ \r\n]{1,65536} HTTP/1\.[01]\r?\n")
BEGINS_ANSWER = re.compile(rb"HTTP/1\.[01] [1-9][0-9][0-9][ \r\n]")
LOOKED_AT = 64  # segments of a stream among which one must begin like HTTP
LARGEST_HEAD = 256 << 10  # bytes of a start line and headers
PIECE = 64 << 10  # bytes that h11 is given at a time
MOST_MESSAGES = 100_000  # of one stream
SWITCHING = 101
LARGEST_BODY = 64 << 20  # bytes of a body after its coding (``content``)


class HttpMessage:
    """A request or an answer.

    ``side`` who said it, ``time`` when its first byte came (nanoseconds), ``offset`` where in the
    side's bytes it begins; ``method`` and ``target``, or ``status`` and ``reason``; ``headers``
    as (name, value) in order; ``body`` without chunks, as it was sent (``content`` undoes gzip and
    its like); ``complete`` whether all of it was there; ``problem`` what h11 said against it;
    ``request`` of an answer: what it is the answer to, or None.
    """

    kind = "http"

    def __init__(self, side: str, time: int, offset: int) -> None:
        self.side = side
        self.time = time
        self.offset = offset
        self.method = self.target = ""
        self.status = 0
        self.reason = ""
        self.version = ""
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.complete = False
        self.problem = ""
        self.request: HttpMessage | None = None

    def header(self, name: str) -> str | None:
        """The first header of a name, in any case; None if there is none."""
        for known, value in self.headers:
            if known.lower() == name.lower():
                return value
        return None

    def content(self, most: int = LARGEST_BODY) -> bytes:
        """The body without its Content-Encoding, at most ``most`` bytes of it.

        gzip, deflate, br (the extra ``web``) and zstd (the extra ``zstd``); what is damaged gives
        what came out before. Raises UsageError where the library for it is not installed.
        """
        return decoded(self.body, self.header("content-encoding") or "", most)[0]

    def __repr__(self) -> str:
        what = f"{self.method} {self.target!r}" if self.method else f"{self.status} {self.reason!r}"
        return f"<HttpMessage {what} {len(self.body)} bytes{'' if self.complete else ', cut'}>"

    def to_dict(self) -> dict[str, Any]:
        """For JSON: without the body's bytes."""
        told: dict[str, Any] = {"kind": "http", "side": self.side, "time": self.time}
        if self.method:
            told |= {"method": self.method, "target": self.target}
        else:
            told |= {"status": self.status, "reason": self.reason}
        return told | {"version": self.version, "headers": self.headers,
                       "body_bytes": len(self.body), "complete": self.complete,
                       "problem": self.problem}


def is_http(stream: Stream) -> bool:
    """Whether a segment of a TCP stream begins like HTTP/1."""
    return stream.protocol == "tcp" and any(
        begins(one.data, 0) for one in stream.segments[:LOOKED_AT])


def begins(data: bytes, at: int) -> bool:
    """Whether a message begins at ``at``."""
    return bool(BEGINS_ANSWER.match(data, at) or BEGINS_REQUEST.match(data, at))


def first_words(data: bytes, at: int) -> tuple[str, str]:
    """Method and target of a request, whatever h11 will say of the rest."""
    method, target, _ = data[at:data.index(b"\n", at)].decode("latin-1").split(" ", 2)
    return method, target


def http_messages(stream: Stream) -> list[HttpMessage]:
    """Requests and answers in order of time. Raises UsageError where h11 is not installed."""
    asking = asking_side(stream)
    answering = "server" if asking == "client" else "client"
    requests = list(Side(stream, asking).messages([]))
    answers = list(Side(stream, answering).messages(requests))
    return sorted(requests + answers, key=lambda one: one.time)


def asking_side(stream: Stream) -> str:
    """Who asks: by what was said, as a capture that begins in the middle may take one for another.
    """
    for one in stream.segments[:LOOKED_AT]:
        if BEGINS_REQUEST.match(one.data):
            return one.side
        if BEGINS_ANSWER.match(one.data):
            return "server" if one.side == "client" else "client"
    return "client"


class Side:
    """The bytes of one side, read message by message."""

    def __init__(self, stream: Stream, side: str) -> None:
        self.h11 = library()
        self.side = side
        mine = sorted((one.offset, one.time) for one in stream.segments if one.side == side)
        self.offsets = [offset for offset, _ in mine]
        self.times = [time for _, time in mine]
        self.runs = stream.runs(side)
        self.closed = stream.state == "closed" or stream.ended(side)

    def time(self, offset: int) -> int:
        """When the byte at an offset came."""
        return self.times[max(0, bisect_right(self.offsets, offset) - 1)]

    def messages(self, requests: list[HttpMessage]) -> Iterator[HttpMessage]:
        """All of them; with ``requests`` they are answers to those."""
        waiting = list(reversed(requests))
        count = 0
        for number, (offset, data) in enumerate(self.runs):
            at = self.beginning(offset, data, 0)
            last = number == len(self.runs) - 1
            while at >= 0 and count < MOST_MESSAGES:
                one = HttpMessage(self.side, self.time(offset + at), offset + at)
                answer = BEGINS_ANSWER.match(data, at) is not None
                if not answer:
                    one.method, one.target = first_words(data, at)
                elif waiting and waiting[-1].time <= one.time:
                    one.request = waiting.pop()
                end = self.read(one, data, at, answer, last and self.closed)
                if 0 < one.status < 200 and one.status != SWITCHING and one.request is not None:
                    waiting.append(one.request)  # an interim answer: the other is to come
                count += 1
                yield one
                if one.status == SWITCHING or switches(one):
                    return
                at = (self.segment_that_begins(offset, data, at + 1) if one.problem
                      else self.beginning(offset, data, max(end, at + 1)))

    def beginning(self, offset: int, data: bytes, at: int) -> int:
        """The first place from ``at`` on where a message begins: there, or with a segment; or -1.
        """
        while data.startswith(b"\r\n", at):  # RFC 9112 §2.2
            at += 2
        return at if begins(data, at) else self.segment_that_begins(offset, data, at)

    def segment_that_begins(self, offset: int, data: bytes, at: int) -> int:
        """The first segment from ``at`` on that begins like a message; -1 for none."""
        for place in range(bisect_left(self.offsets, offset + at), len(self.offsets)):
            start = self.offsets[place] - offset
            if start >= len(data):
                break
            if begins(data, start):
                return start
        return -1

    def read(self, one: HttpMessage, data: bytes, at: int, answer: bool, closed: bool) -> int:
        """One message from ``at`` on; where the next begins."""
        h11 = self.h11
        connection = h11.Connection(h11.CLIENT if answer else h11.SERVER,
                                    max_incomplete_event_size=LARGEST_HEAD)
        body: list[bytes] = []
        given = at
        try:
            if answer:
                pretend(h11, connection, one.request)
            while True:
                event = connection.next_event()
                if event is h11.NEED_DATA:
                    if given < len(data):
                        connection.receive_data(data[given:given + PIECE])
                        given += PIECE
                    elif closed:
                        closed = False
                        connection.receive_data(b"")
                    else:
                        break
                elif isinstance(event, (h11.Request, h11.Response, h11.InformationalResponse)):
                    head(one, event)
                    if isinstance(event, h11.InformationalResponse):
                        one.complete = True
                        break
                elif isinstance(event, h11.Data):
                    body.append(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage):
                    one.complete = True
                    break
                else:  # closed, or paused
                    break
        except h11.ProtocolError as error:
            one.problem = str(error)
        one.body = b"".join(body)
        return min(given, len(data)) - len(connection.trailing_data[0])


def library() -> Any:
    try:
        import h11
    except ImportError:
        raise UsageError("HTTP messages are read by h11: pip install 'fyke[web]'") from None
    return h11


def pretend(h11: Any, connection: Any, request: HttpMessage | None) -> None:
    """Have h11 believe that it asked: what the answer is depends on that."""
    method = request.method if request is not None and request.method else "GET"
    headers = [("Host", "x")]
    if request is not None and request.header("upgrade"):
        headers += [("Upgrade", "x"), ("Connection", "upgrade")]
    connection.send(h11.Request(method=method, target="/", headers=headers))
    connection.send(h11.EndOfMessage())


def head(one: HttpMessage, event: Any) -> None:
    """The start line and the headers."""
    one.version = event.http_version.decode("latin-1")
    one.headers = [(name.decode("latin-1"), value.decode("latin-1"))
                   for name, value in event.headers.raw_items()]
    if hasattr(event, "method"):
        one.method = event.method.decode("latin-1")
        one.target = event.target.decode("latin-1")
    else:
        one.status = event.status_code
        one.reason = bytes(event.reason).decode("latin-1")


def switches(answer: HttpMessage) -> bool:
    """Whether what follows is no HTTP: a tunnel was made (RFC 9110 §9.3.6)."""
    return (answer.request is not None and answer.request.method == "CONNECT"
            and 200 <= answer.status < 300)
