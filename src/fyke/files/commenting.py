"""Room files/: comments added to packets on their way from one file to another."""

from __future__ import annotations

from fyke.files.pcapng_options import PacketOptions
from fyke.hints import Any
from fyke.source import Source
from fyke.wire import Record

LONGEST = 0xFFFF  #: bytes of an option's value


def fits(words: str) -> bool:
    """Whether a comment can be written whole."""
    return len(words.encode("utf-8", "surrogateescape")) <= LONGEST


class Commenting(Source):
    """The packets of ``source``, of which ``seen`` tells the number, with comments added.

    ``comments`` has them by number; what is left there at the end was for no packet.
    """

    def __init__(self, source: Any, comments: dict[int, list[str]]) -> None:
        self.source = source
        self.comments = comments
        self.link_type = source.link_type
        self.snaplen = source.snaplen

    def next(self, packet: Record) -> bool:
        if not self.source.next(packet):
            return False
        words = self.comments.pop(self.source.seen, None) if self.comments else None
        if words:
            told = PacketOptions(getattr(packet.meta, "options", ()))
            for one in words:
                told.comment(one)
            packet.meta = told
        return True

    def close(self) -> None:
        self.source.close()
