"""First sequence numbers of TCP conversations, for relative ones: a hash table that stays bounded.

Two halves, young and old: a flow that is met again moves to the young half; when that is full the
old half is forgotten and the young one becomes old. So the busiest flows stay and memory is
bounded however many there are.
"""

from __future__ import annotations

CAPACITY = 1 << 19  # flows in one half
BUCKETS = 1 << 17
MIX = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: spreads the bits (Fibonacci hashing)
WORD = 0xFFFFFFFFFFFFFFFF


class Flow:
    """One conversation: the end with the lower port is ``a``."""

    __slots__ = ("a_high", "a_low", "ack", "b_high", "b_low", "next", "ports", "seq")

    def __init__(self) -> None:
        self.a_high = self.a_low = self.b_high = self.b_low = self.ports = 0
        self.seq = 0  #: first sequence number from ``a``
        self.ack = 0  #: first sequence number from ``b``
        self.next: Flow | None = None


class Flows:
    """Finds a conversation by both addresses (each as two 64-bit words) and both ports."""

    __slots__ = ("capacity", "count", "fresh", "old", "reverse", "young")

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self.count = 0  #: flows in the young half
        self.fresh = False  #: whether the flow that ``find`` returned begins now
        self.reverse = False  #: for whoever asked: whether its second end sent the segment
        self.young: list[Flow | None] = [None] * BUCKETS
        self.old: list[Flow | None] = [None] * BUCKETS

    def find(self, a_high: int, a_low: int, b_high: int, b_low: int, ports: int) -> Flow:
        """The conversation, made if it was not there (``fresh`` tells)."""
        bucket = spread(a_high ^ a_low, b_high ^ b_low, ports)
        flow = search(self.young[bucket], a_high, a_low, b_high, b_low, ports)
        self.fresh = False
        if flow is not None:
            return flow
        if self.count >= self.capacity:
            self.old = self.young
            self.young = [None] * BUCKETS
            self.count = 0
        known = search(self.old[bucket], a_high, a_low, b_high, b_low, ports)
        self.fresh = known is None
        flow = Flow()
        flow.a_high = a_high
        flow.a_low = a_low
        flow.b_high = b_high
        flow.b_low = b_low
        flow.ports = ports
        if known is not None:
            flow.seq = known.seq
            flow.ack = known.ack
        flow.next = self.young[bucket]
        self.young[bucket] = flow
        self.count += 1
        return flow


def spread(a: int, b: int, ports: int) -> int:
    """A bucket number from the key's bits."""
    h = (a * 31 + b + ports) & WORD
    h = (h * MIX) & WORD
    return h >> 47


def search(flow: Flow | None, a_high: int, a_low: int, b_high: int, b_low: int,
           ports: int) -> Flow | None:
    """The flow with this key in a bucket's chain."""
    while flow is not None:
        if (flow.a_low == a_low and flow.b_low == b_low and flow.ports == ports
                and flow.a_high == a_high and flow.b_high == b_high):
            return flow
        flow = flow.next
    return None
