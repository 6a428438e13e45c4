"""What link-layer headers of a stated length have in common: cut off, or followed by a frame."""

from __future__ import annotations

from typing import NoReturn

from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.linktypes import by_dlt
from fyke.wire import Line, Truncated

LINK_TYPES = table("link_type")


class LinkHeader(Layer):
    """A header of ``header_length`` octets, and behind it what ``upper`` finds."""

    __slots__ = ("header_length",)

    header_length: int  #: octets

    link_layer = True

    def cut(self, line: Line) -> NoReturn:
        """The capture ends in the header: all that there is belongs to it."""
        self.short = True
        line.link_header(self.pkt.end)
        raise Truncated

    def upper(self) -> type[Layer] | None:
        """Who decodes what follows; None if nobody does."""
        return None

    def follow(self) -> Layer | None:
        kind = None if self.short else self.upper()
        if kind is None:
            return None
        return self.child(kind, self.off + self.header_length, self.size - self.header_length)


class DltHeader(LinkHeader):
    """A header that says by a DLT number what follows."""

    __slots__ = ("dlt",)

    dlt: int  #: DLT number of what follows

    def upper(self) -> type[Layer] | None:
        return LINK_TYPES.find(by_dlt(self.dlt).number)

    def write_link_type(self, line: Line, version: bytes = b"") -> None:
        name = by_dlt(self.dlt).name.encode() or b"UNKNOWN"
        if line.style.quiet:
            line.put(name)
        else:
            line.put(b"%sDLT %s (%d) len %d" % (version, name, self.dlt, self.header_length))
        line.put(b", length %d: " % self.size)
