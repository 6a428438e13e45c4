"""--stop-size: the end of a capture when its files are full."""

from __future__ import annotations

from fyke.hints import Any
from fyke.source import Finished, Sink
from fyke.wire import Record


class Bounded(Sink):
    """Hands packets to a writer or a Rotation until these have ``size`` octets in their files."""

    def __init__(self, sink: Any, size: int) -> None:
        self.sink = sink
        self.size = size

    @property
    def taken(self) -> int:
        """Packets added."""
        return int(self.sink.taken)

    @property
    def written(self) -> int:
        """Packets that the operating system took."""
        return int(self.sink.written)

    def add(self, packet: Record) -> None:
        self.sink.add(packet)
        if self.sink.tell() >= self.size:
            raise Finished(f"--stop-size reached: {self.sink.tell()} bytes")

    def tick(self) -> None:
        self.sink.tick()

    def flush(self) -> None:
        self.sink.flush()

    def close(self) -> None:
        self.sink.close()
