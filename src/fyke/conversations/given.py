"""Room conversations/: packets that a program hands in, as a Source.

What they come from is the program's own, and not closed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fyke.errors import WrongType
from fyke.hints import Any
from fyke.source import Source
from fyke.wire import Record


class Given(Source):
    """Packets of an iterable: a reader with a filter, a list."""

    def __init__(self, packets: Iterable[Any]) -> None:
        self.packets: Iterator[Any] = iter(packets)
        self.link_type = 1
        self.snaplen = 262144

    def next(self, packet: Record) -> bool:
        for one in self.packets:
            record = getattr(one, "record", None)
            if not isinstance(record, Record):
                raise WrongType(f"conversations are made of packets, not of {type(one).__name__}")
            packet.like(record)
            return True
        return False


class Captured(Source):
    """A live capture of the library; ``stop`` and everything else stay its own."""

    def __init__(self, capture: Any) -> None:
        self.capture = capture
        self.link_type = 1
        self.snaplen = 262144
        self.held: Any = None

    def next(self, packet: Record) -> bool:
        one, self.held = self.held, None
        if one is None:
            one = self.capture.next(timeout=0)
        if one is None:
            return False
        packet.like(one.record)
        return True

    def wait(self, timeout: float | None = None) -> bool:
        self.held = self.capture.next(timeout=timeout)
        return self.held is not None or not self.capture.ended
