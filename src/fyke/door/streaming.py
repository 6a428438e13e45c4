"""Room door/: conversations to iterate over, from a file, a reader, a capture or packets."""

from __future__ import annotations

from fyke.closing import Closing
from fyke.conversations.fragments import Defragmented
from fyke.conversations.streams import Stream, assembler, of_source
from fyke.door.conversing import source_of
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fyke.conversations.assembly import Assembler
    from fyke.source import Source

IDLE_LIVE = 60.0  # seconds of silence after which a live stream is handed out


class Streams(Closing):
    """Streams as they end: an iterator and a context manager.

    What is opened for it is closed behind the last one, at the end of ``with`` and by ``close``.
    """

    def __init__(self, source: Source, table: Assembler, live: bool) -> None:
        self._source = source
        self._table = table
        self._streams = of_source(source, table, live)

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
        """Close what it reads; may be called twice."""
        self._streams.close()
        self._source.close()


def make(given: Any, filter: str | None, dialect: str, how: dict[str, Any]) -> Streams:
    """What ``fyke.streams`` returns."""
    source, live = source_of(given, filter, dialect)
    if live and how["idle"] is None:
        how["idle"] = IDLE_LIVE
    return Streams(Defragmented(source), assembler(**how), live)
