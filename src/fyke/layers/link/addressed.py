"""Link layers whose two Ethernet addresses stand at other places than Ethernet's, before LLC."""

from __future__ import annotations

from typing import ClassVar

from fyke.layers.layer import Layer
from fyke.layers.link.frame import Frame
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

LLC = table("llc")
ADDRESS_LENGTH = 6


class Addressed(Frame):
    """A header of ``header_length`` octets or more, with addresses in it."""

    __slots__ = ()

    header_length: ClassVar[int] = 0
    dst_at: ClassVar[int] = 0  #: octets from the header's first
    src_at: ClassVar[int] = 0

    addresses = ("dst", "src")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, self.header_length)
        self.body_off = off + self.header_length
        self.body_length = self.size - self.header_length

    def begin(self, line: Line) -> None:
        """Say where the link-layer header ends. Raises Truncated if that was not captured."""
        line.link_header(self.pkt.end if self.short else self.body_off)
        if self.short:
            raise Truncated

    @property
    def dst(self) -> bytes:
        """The destination address, 6 octets; empty if the capture ends before it."""
        at = self.off + self.dst_at
        return self.pkt.raw(at, ADDRESS_LENGTH) if self.pkt.has(at, ADDRESS_LENGTH) else b""

    @property
    def src(self) -> bytes:
        """The source address."""
        at = self.off + self.src_at
        return self.pkt.raw(at, ADDRESS_LENGTH) if self.pkt.has(at, ADDRESS_LENGTH) else b""

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

    def follow(self) -> Layer | None:
        found = None if self.short or not self.has_llc() else LLC.find(0)
        return None if found is None else self.child(found, self.body_off, self.body_length)
