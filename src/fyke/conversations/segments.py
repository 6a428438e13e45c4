"""One direction of a conversation: TCP segments put in order, what is missing kept as gaps.

Offsets count a side's bytes from its first one and do not wrap; the 32-bit sequence numbers are
taken relative to the next one that is expected (RFC 9293 §3.4). What comes too early waits in
``pending``, sorted and without overlaps. It stops waiting when the other side acknowledges it (then
the receiver has what the capture has not), when too much waits, and at the end: what is in front of
it is a gap then. What comes still later fills the gap.

Of bytes that come twice the first ones count, or with ``last`` those that came last. Receivers
differ in this, and attackers know it.
"""

from __future__ import annotations

from fyke.hints import Any
from fyke.wire import Record

FIN, SYN, RST, ACK = 1, 2, 4, 16
WORD = 0xFFFFFFFF
HALF = 0x80000000

UNKNOWN, GUESSED, KNOWN = 0, 1, 2  # where a side begins: GUESSED from a segment without data

MAX_WAITING = 1024  # segments of one side that wait for what is in front of them
MAX_WAITING_BYTES = 16 << 20  # bytes in them; what is in front of the first is a gap then
MAX_GAPS = 1024  # gaps of one side that may still be filled; the oldest is given up
SEGMENT_COST = 160  # bytes of memory that a segment takes besides its data


class Segment:
    """A stretch of one side's bytes, in the order in which they became readable.

    ``side`` "client" or "server"; ``offset`` of its first byte, counted from the side's first;
    ``length`` of it on the wire, and ``data``, which is shorter where the capture was cut;
    ``time`` in nanoseconds since the epoch and ``number`` of the packet, from 1.
    """

    __slots__ = ("captured", "data", "length", "number", "offset", "side", "time")

    captured: int  #: bytes that were captured; ``data`` has them, unless nobody wants it

    side: str
    offset: int
    length: int
    time: int
    number: int
    data: bytes

    def __repr__(self) -> str:
        return (f"<Segment {self.side} {self.offset}:{self.offset + self.length} of packet "
                f"{self.number}>")

    @property
    def end(self) -> int:
        """The offset behind its last byte on the wire."""
        return self.offset + self.length


def segment(side: str, offset: int, length: int, time: int, number: int, captured: int,
            data: bytes) -> Segment:
    """A segment of these values."""
    made = Segment()
    made.side = side
    made.offset = offset
    made.length = length
    made.time = time
    made.number = number
    made.captured = captured
    made.data = data
    return made


def part(of: Segment, offset: int, end: int) -> Segment:
    """What lies between two offsets of a segment."""
    skipped = offset - of.offset
    captured = of.captured - skipped
    if captured > end - offset:
        captured = end - offset
    return segment(of.side, offset, end - offset, of.time, of.number,
                   captured if captured > 0 else 0, of.data[skipped:end - of.offset])


class Half:
    """What one side of a conversation sent.

    ``out`` takes its segments in order: the list is the conversation's, and both sides' own.
    """

    __slots__ = ("acked", "based", "begun", "conversation", "fin", "gaps", "isn",
                 "keep", "keep_alives", "kept", "last", "late", "missing", "next", "next_seq",
                 "number", "octets", "other", "out", "packets", "pending", "retransmitted", "shown",
                 "side", "time", "waiting")

    conversation: Any  #: the conversation that it is of; the assembler's business
    other: Half | None

    def __init__(self, side: str, out: list[Segment], last: bool, keep: int) -> None:
        self.side = side
        self.out = out
        self.last = last  #: of bytes that come twice the later ones count
        self.keep = keep  #: bytes of data that are kept; what is behind is only counted
        self.conversation = None
        self.other = None
        self.begun = UNKNOWN
        self.based = False  #: whether ``isn`` is known, if only from an acknowledgement
        self.isn = 0  #: initial sequence number
        self.next = 0  #: offset that is expected next
        self.next_seq = 0  #: its sequence number
        self.acked = 0  #: offset up to which the other side has everything
        self.fin = -1  #: offset behind the last byte; -1: no FIN yet
        self.pending: list[Segment] | None = None
        self.waiting = 0  #: bytes in ``pending``
        self.gaps: list[list[int]] | None = None  #: [from, to] of what may still be filled
        self.shown = 0  #: offset up to which everything was handed out
        self.packets = 0
        self.octets = 0  #: payload on the wire, what came twice included
        self.kept = 0  #: memory that its segments take, in bytes, since somebody last looked
        self.missing = 0  #: bytes that were not captured
        self.retransmitted = 0  #: bytes that had come before
        self.keep_alives = 0
        self.late = 0  #: bytes from before the side began for us
        self.time = 0  #: of the packet that is being taken
        self.number = 0

    def begin(self, seq: int, flags: int, length: int) -> None:
        """Learn where the side begins; what has no data says it only until something else does."""
        if flags & SYN:
            self.begun = KNOWN
        elif length:
            if self.begun == GUESSED and (seq - self.next_seq) & WORD == 1:
                pass  # that was a keep-alive
            elif self.begun == GUESSED and (seq - self.next_seq) & WORD < HALF:
                self.begun = KNOWN  # what lies between is missing
                return
            self.begun = KNOWN
        elif self.begun == GUESSED:
            return
        else:
            self.begun = GUESSED
        self.next_seq = seq

    def take(self, pkt: Record, at: int, length: int, seq: int, flags: int) -> None:
        """A TCP segment of this side: ``length`` bytes on the wire, at ``at`` of the packet."""
        if flags & SYN:
            seq = (seq + 1) & WORD
        if self.begun != KNOWN:
            self.begin(seq, flags, length)
        ahead = (seq - self.next_seq) & WORD
        if ahead >= HALF:
            ahead -= WORD + 1
        offset = self.next + ahead
        if flags & FIN and self.fin < 0:
            self.fin = offset + length
        if length == 0:
            return
        self.octets += length
        if ahead == 0 and self.pending is None:
            self.put(self.piece(pkt, at, offset, length))
        elif ahead == -1 and length == 1 and not flags & (SYN | FIN | RST):
            self.keep_alives += 1  # RFC 9293 §3.8.4: the byte in it may be anything
        else:
            self.settle(self.piece(pkt, at, offset, length))

    def append(self, pkt: Record, at: int, length: int) -> None:
        """A datagram of this side: it is behind the last one."""
        self.octets += length
        self.put(self.piece(pkt, at, self.next, length))

    def piece(self, pkt: Record, at: int, offset: int, length: int) -> Segment:
        """The bytes as a segment, without their data where nobody wants it."""
        have = pkt.end - at
        if have > length:
            have = length
        if have < 0:
            have = 0
        return segment(self.side, offset, length, self.time, self.number, have,
                       pkt.raw(at, have) if have > 0 and offset < self.keep else b"")

    def put(self, one: Segment) -> None:
        """What is next is readable now."""
        self.next += one.length
        self.next_seq = (self.next_seq + one.length) & WORD
        if one.captured < one.length:
            self.lack(one.offset + one.captured, one.offset + one.length)
        self.show(one)

    def show(self, one: Segment) -> None:
        """Hand out a segment, unless nobody wants its data."""
        if one.data or (one.length == 0 and self.keep):  # an empty datagram
            self.out.append(one)
            self.kept += len(one.data) + SEGMENT_COST

    def settle(self, one: Segment) -> None:
        """What is not simply next: old, early, or next while others wait."""
        end = one.offset + one.length
        if one.offset < self.next:
            old = one if end <= self.next else part(one, one.offset, self.next)
            self.again(old)
            if end <= self.next:
                return
            one = part(one, self.next, end)
        if self.pending is None:
            if one.offset == self.next:
                self.put(one)
                return
            self.pending = []
        if self.last:
            self.insert_over(one)
        else:
            self.insert_under(one)
        self.drain()
        while self.pending is not None and (
                len(self.pending) > MAX_WAITING or self.waiting > MAX_WAITING_BYTES):
            self.skip()

    def find(self, offset: int) -> int:
        """How many waiting segments begin at or before an offset."""
        low = 0
        pending = self.pending
        if pending is None:
            return 0
        high = len(pending)
        while low < high:
            middle = (low + high) >> 1
            one: Segment = pending[middle]
            if one.offset <= offset:
                low = middle + 1
            else:
                high = middle
        return low

    def insert_under(self, one: Segment) -> None:
        """Let a segment wait where nothing waits yet: what came first stays."""
        pending = self.pending
        if pending is None:
            return
        at = one.offset
        end = at + one.length
        index = self.find(at)
        if index:
            before: Segment = pending[index - 1]
            if before.offset + before.length > at:
                at = before.offset + before.length
        fresh: list[Segment] = []
        stop = index
        while at < end and stop < len(pending):
            behind: Segment = pending[stop]
            if behind.offset >= end:
                break
            if behind.offset > at:
                fresh.append(part(one, at, behind.offset))
            fresh.append(behind)
            at = behind.offset + behind.length
            stop += 1
        if at < end:
            fresh.append(one if at == one.offset else part(one, at, end))
        self.exchange(index, stop, fresh, one.length)

    def insert_over(self, one: Segment) -> None:
        """Let a segment wait in place of what waits there: what came last counts."""
        pending = self.pending
        if pending is None:
            return
        end = one.offset + one.length
        index = self.find(one.offset)
        fresh: list[Segment] = []
        stop = index
        rest: Segment | None = None
        if index:
            before: Segment = pending[index - 1]
            before_end = before.offset + before.length
            if before_end > one.offset:
                index -= 1
                if before.offset < one.offset:
                    fresh.append(part(before, before.offset, one.offset))
                if before_end > end:
                    rest = part(before, end, before_end)
        fresh.append(one)
        while stop < len(pending):
            behind: Segment = pending[stop]
            if behind.offset >= end:
                break
            if behind.offset + behind.length > end:
                rest = part(behind, end, behind.offset + behind.length)
            stop += 1
        if rest is not None:
            fresh.append(rest)
        self.exchange(index, stop, fresh, one.length)

    def exchange(self, index: int, stop: int, fresh: list[Segment], came: int) -> None:
        """Put ``fresh`` in place of waiting segments, and count what of ``came`` is there twice."""
        pending = self.pending
        if pending is None:
            return
        before = after = 0
        cost = 0
        for one in pending[index:stop]:
            before += one.length
            cost -= len(one.data) + SEGMENT_COST
        for one in fresh:
            after += one.length
            cost += len(one.data) + SEGMENT_COST
        pending[index:stop] = fresh
        self.waiting += after - before
        self.kept += cost
        self.retransmitted += came - (after - before)

    def drain(self) -> None:
        """What waited for what has just come is readable now."""
        pending = self.pending
        if pending is None:
            return
        count = 0
        while count < len(pending):
            one: Segment = pending[count]
            if one.offset != self.next:
                break
            self.release(one)
            count += 1
        if count == len(pending):
            self.pending = None
        elif count:
            del pending[:count]

    def release(self, one: Segment) -> None:
        """Put out one that waited."""
        self.waiting -= one.length
        self.kept -= len(one.data) + SEGMENT_COST
        self.put(one)

    def skip(self) -> None:
        """Wait no longer for what is in front of the first that waits: it is missing."""
        pending = self.pending
        if not pending:
            return
        one: Segment = pending[0]
        self.lack(self.next, one.offset)
        self.next_seq = (self.next_seq + one.offset - self.next) & WORD
        self.next = one.offset
        self.drain()

    def acknowledge(self, ack: int) -> None:
        """The other side has everything up to a sequence number, whatever the capture has."""
        if self.begun == UNKNOWN:
            return
        ahead = (ack - self.next_seq) & WORD
        if ahead >= HALF:
            return
        offset = self.next + ahead
        if offset > self.acked:
            self.acked = offset
        while self.pending is not None:
            one: Segment = self.pending[0]
            if offset <= one.offset:
                return
            self.skip()

    def flush(self) -> None:
        """Nothing more will come: what waits is readable, gaps and all."""
        while self.pending is not None:
            self.skip()
        end = self.acked
        if 0 <= self.fin < end:
            end = self.fin
        if self.begun == KNOWN and end > self.next + 1:  # one alone may be a FIN that was not seen
            self.lack(self.next, end)
            self.next_seq = (self.next_seq + end - self.next) & WORD
            self.next = end

    def lack(self, start: int, end: int) -> None:
        """These bytes are not there (yet)."""
        self.missing += end - start
        if self.gaps is None:
            self.gaps = []
        while len(self.gaps) >= MAX_GAPS:
            del self.gaps[0]
        self.gaps.append([start, end])

    def again(self, one: Segment) -> None:
        """Bytes that are old: they fill gaps, replace (``last``), or are there already."""
        end = one.offset + one.length
        if one.offset < 0:
            if end <= 0:
                self.late += one.length
                return
            self.late -= one.offset
            one = part(one, 0, end)
        filled = 0
        if self.gaps is not None:
            filled = self.fill(one)
        self.retransmitted += one.length - filled
        if self.last and filled < one.captured:
            self.show(one)

    def fill(self, one: Segment) -> int:
        """Put out what of ``one`` was missing; how many bytes that are."""
        gaps = self.gaps
        if gaps is None:
            return 0
        filled = 0
        left: list[list[int]] = []
        end = one.offset + one.captured
        for gap in gaps:
            start: int = gap[0]
            stop: int = gap[1]
            first = one.offset if one.offset > start else start
            past = end if end < stop else stop
            if first >= past:
                left.append(gap)
                continue
            self.show(part(one, first, past))
            filled += past - first
            if start < first:
                left.append([start, first])
            if past < stop:
                left.append([past, stop])
        if filled:
            self.missing -= filled
            self.gaps = left or None
        return filled
