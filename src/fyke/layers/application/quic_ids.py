"""QUIC connection identifiers that a run has met (RFC 9000 §5.1).

A short packet has one in front without saying how long it is: it can only be known. tcpdump goes
through all that it knows for each such packet; looking each length up takes the same answer from
a table.
"""

from __future__ import annotations

from fyke.hints import Any

LONGEST = 20  # octets of a connection identifier (RFC 9000 §17.2)
MOST = 512  # are remembered; the oldest leaves


class ConnectionIds:
    """The last identifiers, each with a number that grows: of two that fit the older counts."""

    __slots__ = ("met", "numbers", "sizes")

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}
        self.sizes = [0] * (LONGEST + 1)  # how many there are of each length
        self.met = 0

    def add(self, ident: bytes) -> None:
        """Remember one. Its length is from 1 to LONGEST."""
        if ident in self.numbers:
            return
        if len(self.numbers) >= MOST:
            oldest = next(iter(self.numbers))
            del self.numbers[oldest]
            self.sizes[len(oldest)] -= 1
        self.numbers[ident] = self.met
        self.met += 1
        self.sizes[len(ident)] += 1

    def __reduce__(self) -> tuple[Any, ...]:
        return ids_of, (self.numbers, self.sizes, self.met)

    def before(self, start: bytes) -> bytes | None:
        """The one with which these octets begin; None if it is not known."""
        best: bytes | None = None
        oldest = self.met
        for size in range(1, min(len(start), LONGEST) + 1):
            if self.sizes[size]:
                number = self.numbers.get(start[:size], self.met)
                if number < oldest:
                    best = start[:size]
                    oldest = number
        return best


def ids_of(numbers: dict[bytes, int], sizes: list[int], met: int) -> ConnectionIds:
    """The identifiers that another process has met."""
    out = ConnectionIds()
    out.numbers = numbers
    out.sizes = sizes
    out.met = met
    return out
