"""Several sinks as one: -w with --print."""

from __future__ import annotations

from fyke.dump.session import close_all
from fyke.hints import Sequence
from fyke.source import Sink
from fyke.wire import Record


class Tee(Sink):
    """Hands each packet to every sink, in their order."""

    __slots__ = ("sinks",)

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self.sinks = list(sinks)

    def add(self, packet: Record) -> None:
        for sink in self.sinks:
            sink.add(packet)

    def tick(self) -> None:
        for sink in self.sinks:
            sink.tick()

    def flush(self) -> None:
        for sink in self.sinks:
            sink.flush()

    def close(self) -> None:
        close_all(self.sinks)
