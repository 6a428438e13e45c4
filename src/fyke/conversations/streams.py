"""What two ends said to each other, as a value: both sides' bytes in order, gaps, messages."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop
from collections.abc import Generator, Iterator
from functools import cached_property
from time import time_ns

from fyke.conversations.assembly import Assembler, Conversation
from fyke.conversations.segments import Half, Segment
from fyke.errors import SavefileError, UsageError
from fyke.hints import TYPE_CHECKING, Any, NamedTuple
from fyke.source import Source

if TYPE_CHECKING:
    from fyke.conversations.messages import Message
    from fyke.conversations.tls import Hellos

MEMORY = 256 << 20  # bytes that all that is kept may take
SIDES = ("client", "server")
#: Where ``Stream.numbers`` has what: the first five are those of Counts.
PACKETS, BYTES, MISSING, RETRANSMITTED, KEEP_ALIVES, SHOWN, NEXT, FIN = range(8)
NOTHING = (0, 0, 0, 0, 0, 0, 0, -1)  # of the other side of who talks to himself
BATCH = 64  # streams at the end of a source that are handed out together
LOOK = 1.0  # seconds between two looks at a silent source


class End(NamedTuple):
    """One end of a conversation."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else (
            f"{self.address}:{self.port}")


class Gap(NamedTuple):
    """Bytes of a side that were not captured; ``offset`` counts from the side's first byte."""

    side: str
    offset: int
    length: int


class Counts(NamedTuple):
    """What was seen of one side, from its first packet on."""

    packets: int
    bytes: int  #: of payload on the wire, what came twice included
    missing: int  #: bytes that were not captured
    retransmitted: int  #: bytes that had come before
    keep_alives: int


class Stream:
    """A TCP connection, or the datagrams between two UDP ports.

    ``number`` is Wireshark's tcp.stream or udp.stream. ``client`` is who sent the SYN; where that
    was not captured, who sent the first packet. ``start`` and ``end`` are nanoseconds since the
    epoch. ``state`` says why it was handed out: "closed" (both sides said FIN and heard it),
    "reset", "reused" (the same ports began anew), "idle", "memory" (more may come: as a stream of
    the same number, whose ``part`` is one more), "end" (of the packets). ``segments`` are the
    pieces of both sides in the order in which they became readable.
    """

    def __init__(self, one: Conversation, state: str) -> None:
        self.number: int = one.number
        self.protocol: str = one.protocol
        self.state = state
        self.part: int = one.part
        self.start: int = one.start
        self.end: int = one.end
        self.segments: list[Segment] = one.segments
        self._key = one.key
        self._first = one.first.side
        halves = (one.first,) if one.first is one.second else (one.first, one.second)
        self._numbers = {half.side: numbers_of(half) for half in halves}

    @property
    def client(self) -> End:
        """Who opened it."""
        return self._end("client")

    @property
    def server(self) -> End:
        """Who was asked."""
        return self._end("server")

    def _end(self, side: str) -> End:
        key = self._key
        size = (len(key) - 4) >> 1
        if side == self._first:
            return end_of(key[:size], key[-4:-2])
        return end_of(key[size:-4], key[-2:])

    def counts(self, side: str) -> Counts:
        """Packets, bytes, what is missing and what came twice, of "client" or "server"."""
        return Counts(*self.numbers(side)[:SHOWN])

    def numbers(self, side: str) -> tuple[int, ...]:
        """What is known of a side, by the places above."""
        return self._numbers.get(checked(side), NOTHING)

    def ended(self, side: str) -> bool:
        """Whether a side said that this is all (FIN)."""
        return self.numbers(side)[FIN] >= 0

    def length(self, side: str) -> int:
        """Bytes of a side up to where this stream goes, missing ones included."""
        return self.numbers(side)[NEXT]

    def runs(self, side: str) -> list[tuple[int, bytes]]:
        """The bytes of a side between its gaps: (offset, bytes), in order."""
        return runs([one for one in self.segments if one.side == side]
                    if checked(side) else [])

    def data(self, side: str) -> bytes:
        """The bytes of "client" or "server", in order; what is missing is left out (``gaps``)."""
        return b"".join([run for _, run in self.runs(side)])

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What was not captured, of both sides, in order."""
        found = []
        for side in SIDES:
            at, last = self.numbers(side)[SHOWN:FIN]
            for offset, run in self.runs(side):
                if offset > at:
                    found.append(Gap(side, at, offset - at))
                at = max(at, offset + len(run))
            if last > at:
                found.append(Gap(side, at, last - at))
        return tuple(found)

    @property
    def messages(self) -> list[Message]:
        """What was said, message by message: HTTP/1 (by h11, an extra), DNS; else nothing.

        Raises UsageError when it is HTTP and h11 is not installed.
        """
        from fyke.conversations.messages import messages
        return messages(self)

    @cached_property
    def tls(self) -> Hellos | None:
        """What TLS showed: ``server_name``, ``version``, ``alpn``, ``ja4`` …; None without TLS."""
        from fyke.conversations.tls import hellos
        return hellos(self)

    def to_dict(self) -> dict[str, Any]:
        """What is known of it, for JSON: without the bytes."""
        return {"number": self.number, "protocol": self.protocol, "part": self.part,
                "client": str(self.client), "server": str(self.server), "start": self.start,
                "end": self.end, "state": self.state,
                "counts": {side: self.counts(side)._asdict() for side in SIDES},
                "gaps": [gap._asdict() for gap in self.gaps]}

    def __repr__(self) -> str:
        return (f"<fyke.Stream {self.protocol} {self.number} {self.client} {self.server} "
                f"{self.counts('client').bytes} and {self.counts('server').bytes} bytes>")


def checked(side: str) -> str:
    """The name of a side. Raises UsageError for another word."""
    if side not in SIDES:
        raise UsageError(f"a side is 'client' or 'server', not {side!r}")
    return side


def end_of(address: bytes, port: bytes) -> End:
    """An end from octets."""
    return End(inet_ntop(AF_INET if len(address) == 4 else AF_INET6, address),
               int.from_bytes(port, "big"))


def numbers_of(half: Half) -> tuple[int, ...]:
    """What is kept of a half: it goes on counting."""
    return (half.packets, half.octets, half.missing, half.retransmitted, half.keep_alives,
            half.shown, half.next, half.fin)


def runs(segments: list[Segment]) -> list[tuple[int, bytes]]:
    """Segments of one side as runs without gaps; where two lie over each other the later counts."""
    found: list[tuple[int, bytes]] = []
    parts: list[bytes] = []
    start = at = 0
    for one in segments:
        if one.offset != at or not parts:
            if one.offset < at:
                return painted(segments)
            if parts:
                found.append((start, b"".join(parts)))
            parts = []
            start = one.offset
        parts.append(one.data)
        at = one.offset + len(one.data)
    if parts:
        found.append((start, b"".join(parts)))
    return [run for run in found if run[1]]


def painted(segments: list[Segment]) -> list[tuple[int, bytes]]:
    """As ``runs``, of segments that are not in order: each is painted over those before it."""
    bounds: list[list[int]] = []
    for one in sorted(segments, key=lambda one: one.offset):
        end = one.offset + len(one.data)
        if bounds and one.offset <= bounds[-1][1]:
            bounds[-1][1] = max(bounds[-1][1], end)
        else:
            bounds.append([one.offset, end])
    starts = [start for start, _ in bounds]
    canvas = [bytearray(end - start) for start, end in bounds]
    from bisect import bisect_right
    for one in segments:
        index = bisect_right(starts, one.offset) - 1
        at = one.offset - starts[index]
        canvas[index][at:at + len(one.data)] = one.data
    return [(start, bytes(run)) for start, run in zip(starts, canvas, strict=True) if run]


def assembler(*, overlap: str = "first", memory: int = MEMORY, idle: float | None = None,
              **how: Any) -> Assembler:
    """One that makes Streams; ``idle`` in seconds."""
    return Assembler(Stream, memory=memory, idle=round(idle * 1e9) if idle else 0,
                     last=overlap == "last", **how)


def of_source(source: Source, table: Assembler, live: bool = False
              ) -> Generator[Stream, None, None]:
    """The streams of a source as they end, the rest of them at its end.

    Where the source is damaged, SavefileError is raised behind the last of them. ``live``: the
    clock goes on though no packet comes.
    """
    damage = None
    more = True
    while more and damage is None:
        try:
            pause = table.run(source)
            more = not pause or source.wait(LOOK)
            if pause and live:
                table.pass_to(time_ns())
        except SavefileError as error:
            damage = error
        yield from taken(table)
    yield from the_rest(table)
    if damage is not None:
        raise damage


def taken(table: Assembler) -> list[Stream]:
    """What is ready, and is no more."""
    ready: list[Stream] = table.ready
    table.ready = []
    return ready


def the_rest(table: Assembler, why: str = "end") -> Iterator[Stream]:
    """All that are still in the table, in the order in which they began."""
    for one in table.rest():
        table.leave(one, why)
        if len(table.ready) >= BATCH:
            yield from taken(table)
    yield from taken(table)
