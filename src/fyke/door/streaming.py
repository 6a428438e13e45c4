"""Room door/: conversations to iterate over, from a file, a reader, a capture or packets."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from fyke.conversations.streams import Stream, assembler, of_packets, of_source, taken, the_rest
from fyke.door.capturing import Capture
from fyke.door.reading import Reader
from fyke.source import Source
from fyke.wire import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fyke.bpf.machine import Machine
    from fyke.conversations.assembly import Assembler

LOOK = 1.0  # seconds between two looks at what is silent in a live capture
IDLE_LIVE = 60.0  # seconds of silence after which a live stream is handed out


class Filtered(Source):
    """The packets of a source that a filter keeps."""

    def __init__(self, source: Source, machines: Callable[[int], Machine]) -> None:
        self.source = source
        self.machines = machines
        self.link_type = source.link_type
        self.snaplen = source.snaplen

    def next(self, packet: Record) -> bool:
        while self.source.next(packet):
            if self.machines(packet.link_type).run(packet):
                return True
        return False

    def wait(self, timeout: float | None = None) -> bool:
        return self.source.wait(timeout)

    def close(self) -> None:
        self.source.close()


class Streams:
    """Streams as they end: an iterator and a context manager. ``crowded`` counts what memory cut.

    What is opened here is closed behind the last one, at the end of ``with`` and by ``close``.
    """

    def __init__(self, packets: Any, opened: Any, table: Assembler) -> None:
        self._table = table
        self._opened = opened
        if isinstance(packets, Source):
            self._streams = of_source(packets, table)
        elif isinstance(packets, Capture):
            self._streams = of_capture(packets, table)
        else:
            self._streams = of_packets(packets, table)

    @property
    def crowded(self) -> int:
        """How often a stream was handed out early because memory was full."""
        return self._table.crowded

    def __iter__(self) -> Iterator[Stream]:
        return self

    def __next__(self) -> Stream:
        try:
            return next(self._streams)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close what was opened for it; may be called twice."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __enter__(self) -> Streams:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def of_capture(capture: Capture, table: Assembler) -> Iterator[Stream]:
    """The streams of a live capture; what is silent is handed out though no packet comes."""
    import time
    while True:
        packet = capture.next(LOOK)
        if packet is not None:
            table.take(packet.record)
        elif capture.ended:
            break
        else:
            table.pass_to(time.time_ns())
        yield from taken(table)
    yield from the_rest(table)


def make(source: Any, filter: str | None, dialect: str, how: dict[str, Any]) -> Streams:
    """What ``fyke.streams`` returns."""
    if isinstance(source, Capture) and how["idle"] is None:
        how["idle"] = IDLE_LIVE
    table = assembler(**how)
    if isinstance(source, (Reader, Capture)) or (
            not isinstance(source, (str, bytes, bytearray, memoryview))
            and not hasattr(source, "read") and not hasattr(source, "__fspath__")):
        return Streams(iter(source), None, table)
    from fyke.files.reader import open_capture
    opened = open_capture(source)
    try:
        return Streams(kept(opened, filter, dialect), opened, table)
    except BaseException:
        opened.close()
        raise


def kept(source: Any, filter: str | None, dialect: str) -> Source:
    """The packets that a filter keeps; a bad expression is told at once."""
    if not filter:
        return source  # type: ignore[no-any-return]
    from fyke.filter.machines import Machines
    machines = Machines(filter, savefile="swapped" if source.swapped else "unswapped",
                        dialect=dialect)
    machines(source.link_type)
    return Filtered(source, machines)
