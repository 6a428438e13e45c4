"""Link layers whose two Ethernet addresses stand at other places than Ethernet's, before LLC."""

from __future__ import annotations

from fyke.hints import ClassVar
from fyke.layers.link.frame import Frame
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

LLC = table("llc")


class Addressed(Frame):
    """A header of ``header_length`` octets or more, with addresses in it."""

    __slots__ = ()

    header_length: ClassVar[int] = 0
    dst_at: ClassVar[int] = 0  #: octets from the header's first
    src_at: ClassVar[int] = 0

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, self.header_length)
        self.settle(self.header_length)

    def settle(self, header: int) -> None:
        """A header of so many octets: what follows it."""
        self.body_off = self.payload_off = self.off + header
        self.body_length = self.payload_length = self.size - header
        if self.has_llc():
            self.next = LLC.find(0)

    def begin(self, line: Line) -> None:
        """Say where the link-layer header ends. Raises Truncated if that was not captured."""
        line.link_header(self.pkt.end if self.short else self.body_off)
        if self.short:
            raise Truncated

    def write_pair(self, line: Line) -> bool:
        self.write_from(line)
        line.put(b" > ")
        self.write_to(line)
        return True

    def write_from(self, line: Line) -> None:
        line.ether(self.pkt, self.off + self.src_at)

    def write_to(self, line: Line) -> None:
        line.ether(self.pkt, self.off + self.dst_at)

    def has_llc(self) -> bool:
        """Whether LLC follows."""
        return True
