"""First sequence numbers of TCP conversations, for relative ones: a hash table that stays bounded.

Two halves, young and old: a flow that is met again moves to the young half; when that is full the
old half is forgotten and the young one becomes old. So the busiest flows stay and memory is
bounded however many there are.

Where several processes print one file, the one that reads it ahead keeps the table, and tells for
each part of the file what the table knew of the flows in it (``begin_part``); who prints the part
learns that, and goes on as if it had printed all before (``learn``).
"""

from __future__ import annotations

from fyke.wire import Line, Record

CAPACITY = 1 << 19  # flows in one half
BITS = 17  # of a bucket's number
OF_IPV6 = 1 << 32  # in ``ports``
TOLD = 52  # octets that tell of a flow
MIX = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: spreads the bits (Fibonacci hashing)
WORD = 0xFFFFFFFFFFFFFFFF
HALF = 0xFFFFFFFF


class Flow:
    """One conversation: the end with the lower port is ``a``."""

    __slots__ = ("a_high", "a_low", "ack", "b_high", "b_low", "next", "part", "ports", "seq")

    def __init__(self) -> None:
        self.a_high = self.a_low = self.b_high = self.b_low = self.ports = 0
        self.seq = 0  #: first sequence number from ``a``
        self.ack = 0  #: first sequence number from ``b``
        self.part = 0  #: of the file, in which it was met last
        self.next: Flow | None = None


class Flows:
    """Finds a conversation by both addresses (each as two 64-bit words) and both ports."""

    __slots__ = ("capacity", "count", "fresh", "old", "part", "reverse", "shift", "told", "turned",
                 "young")

    def __init__(self, capacity: int = CAPACITY, bits: int = BITS) -> None:
        self.capacity = capacity
        self.count = 0  #: flows in the young half
        self.fresh = False  #: whether the flow that was returned last begins now
        self.reverse = False  #: whether its second end sent the segment
        self.shift = 64 - bits
        self.young: list[Flow | None] = [None] * (1 << bits)
        self.old: list[Flow | None] = [None] * (1 << bits)
        self.part = 0  #: of the file that is read ahead; 0 if none is
        self.told: Line | None = None
        self.turned = False  #: in this part the young half became the old one

    def relate(self, src_high: int, src_low: int, dst_high: int, dst_low: int, family: int,
               source: int, target: int, seq: int, ack: int, begins: bool) -> Flow:
        """The conversation of a segment with the numbers that it began with; the segment's own if
        it is new, or if it ``begins`` (SYN).

        ``fresh`` says whether it is, ``reverse`` whether its second end sent this. ``family`` is
        4 or 6.
        """
        reverse = source > target or (source == target and (
            src_high > dst_high or (src_high == dst_high and src_low > dst_low)))
        if reverse:
            ports = target << 16 | source
        else:
            ports = source << 16 | target
        if family != 4:
            ports |= OF_IPV6
        if reverse:
            flow = self.find(dst_high, dst_low, src_high, src_low, ports)
        else:
            flow = self.find(src_high, src_low, dst_high, dst_low, ports)
        self.reverse = reverse
        if begins:
            self.fresh = True
        if self.fresh:
            before = (ack - 1) & HALF
            flow.ack = seq if reverse else before
            flow.seq = before if reverse else seq
        return flow

    def find(self, a_high: int, a_low: int, b_high: int, b_low: int, ports: int) -> Flow:
        """The conversation, made if it was not there (``fresh`` tells)."""
        bucket = spread(a_high ^ a_low, b_high ^ b_low, ports, self.shift)
        flow = search(self.young[bucket], a_high, a_low, b_high, b_low, ports)
        self.fresh = False
        if flow is not None:
            if flow.part != self.part:
                self.tell(flow, True)
            return flow
        if self.count >= self.capacity:
            self.old = self.young
            self.young = [None] * len(self.old)
            self.count = 0
            self.turned = True
        known = search(self.old[bucket], a_high, a_low, b_high, b_low, ports)
        self.fresh = known is None
        flow = self.put(self.young, bucket, a_high, a_low, b_high, b_low, ports)
        if known is not None:
            flow.seq = known.seq
            flow.ack = known.ack
            if known.part != self.part:
                self.tell(flow, self.turned)  # before it turned, what is old was young
        self.count += 1
        return flow

    def put(self, half: list[Flow | None], bucket: int, a_high: int, a_low: int, b_high: int,
            b_low: int, ports: int) -> Flow:
        """A flow that is in neither half yet."""
        flow = Flow()
        flow.a_high = a_high
        flow.a_low = a_low
        flow.b_high = b_high
        flow.b_low = b_low
        flow.ports = ports
        flow.part = self.part
        flow.next = half[bucket]
        half[bucket] = flow
        return flow

    def begin_part(self, told: Line) -> None:
        """From here on, ``told`` gets what the table knows of each flow that is met again."""
        self.part += 1
        self.told = told
        self.turned = False

    def tell(self, flow: Flow, young: bool) -> None:
        """Met for the first time in this part: what whoever prints the part must know."""
        flow.part = self.part
        told = self.told
        if told is None:
            return
        put_word(told, flow.a_high)
        put_word(told, flow.a_low)
        put_word(told, flow.b_high)
        put_word(told, flow.b_low)
        put_word(told, flow.ports)
        told.le32(flow.seq)
        told.le32(flow.ack)
        told.le32(1 if young else 0)

    def learn(self, told: bytes, count: int) -> None:
        """Know what ``begin_part`` had told, where there were ``count`` young flows at its start.

        This table is empty until then.
        """
        record = Record(told)
        at = 0
        while record.has(at, TOLD):
            a_high = word_of(record, at)
            a_low = word_of(record, at + 8)
            b_high = word_of(record, at + 16)
            b_low = word_of(record, at + 24)
            ports = word_of(record, at + 32)
            bucket = spread(a_high ^ a_low, b_high ^ b_low, ports, self.shift)
            half = self.young if record.le32(at + 48) else self.old
            flow = self.put(half, bucket, a_high, a_low, b_high, b_low, ports)
            flow.seq = record.le32(at + 40)
            flow.ack = record.le32(at + 44)
            at += TOLD
        self.count = count


def put_word(told: Line, word: int) -> None:
    """64 bits, little endian."""
    told.le32(word)
    told.le32(word >> 32)


def word_of(record: Record, at: int) -> int:
    """The same, read."""
    high = record.le32(at + 4)
    return high << 32 | record.le32(at)


def spread(a: int, b: int, ports: int, shift: int) -> int:
    """A bucket number from the key's bits."""
    h = (a * 31 + b + ports) & WORD
    h = (h * MIX) & WORD
    return h >> shift


def search(flow: Flow | None, a_high: int, a_low: int, b_high: int, b_low: int,
           ports: int) -> Flow | None:
    """The flow with this key in a bucket's chain."""
    while flow is not None:
        if (flow.a_low == a_low and flow.b_low == b_low and flow.ports == ports
                and flow.a_high == a_high and flow.b_high == b_high):
            return flow
        flow = flow.next
    return None
