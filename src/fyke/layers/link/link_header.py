"""What link-layer headers of a stated length have in common: cut off, or followed by a frame."""

from __future__ import annotations

from fyke.hints import NoReturn
from fyke.layers.fields import Made
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.linktypes import by_dlt
from fyke.wire import Line, Truncated

LINK_TYPES = table("link_type")


class LinkHeader(Layer):
    """A header of ``header_length`` octets, and behind it what ``upper`` finds.

    ``parse`` finds ``head``: those octets.
    """

    __slots__ = ("head",)

    head: int

    link_layer = True

    header_length = Made("u32", lambda layer: layer.head, "of this header", unit="bytes")

    def clear(self) -> None:
        self.head = 0

    def decode(self) -> None:
        super().decode()
        if not self.short:
            self.next = self.upper()
            self.payload_off = self.off + self.head
            self.payload_length = self.size - self.head

    def cut(self, line: Line) -> NoReturn:
        """The capture ends in the header: all that there is belongs to it."""
        line.link_header(self.pkt.end)
        raise Truncated

    def upper(self) -> type[Layer] | None:
        """Who decodes what follows; None if nobody does."""
        return None


class DltHeader(LinkHeader):
    """A header that says by a DLT number what follows: the field ``dlt``."""

    __slots__ = ()

    def dlt_number(self) -> int:
        """The number. Raises Truncated."""
        raise NotImplementedError

    def upper(self) -> type[Layer] | None:
        return LINK_TYPES.find(by_dlt(self.dlt_number()).number)

    def write_link_type(self, line: Line, version: bytes = b"") -> None:
        dlt = self.dlt_number()
        name = by_dlt(dlt).name.encode() or b"UNKNOWN"
        if line.style.quiet:
            line.put(name)
        else:
            line.put(b"%sDLT %s (%d) len %d" % (version, name, dlt, self.head))
        line.put(b", length %d: " % self.size)
