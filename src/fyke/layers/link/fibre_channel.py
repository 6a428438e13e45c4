"""IP over Fibre Channel (RFC 2625, LINKTYPE_IP_OVER_FC); tcpdump: print-ipfc.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.link.frame import Frame
from fyke.layers.tables import table
from fyke.wire import Line, Packet, Truncated

LLC = table("llc")
HEADER_LENGTH = 16  # two network addresses of 8 octets; the last 6 are an Ethernet address


class FibreChannel(Frame):
    """The network header, before LLC."""

    __slots__ = ()

    name = "ipfc"
    tag = b"ipfc"
    fields = ("dst", "src")
    addresses = ("dst", "src")

    @property
    def dst(self) -> bytes:
        """The destination address, 6 octets; empty if the capture ends before it."""
        return self.pkt.raw(self.off + 2, 6) if self.pkt.has(self.off, 8) else b""

    @property
    def src(self) -> bytes:
        """The source address."""
        return self.pkt.raw(self.off + 10, 6) if self.pkt.has(self.off, 16) else b""

    def parse(self, pkt: Packet, off: int) -> None:
        pkt.raw(off, HEADER_LENGTH)
        self.body_off = off + HEADER_LENGTH
        self.body_length = self.length - HEADER_LENGTH

    def write(self, line: Line) -> None:
        if self.short:
            line.link_header(self.pkt.end)
            raise Truncated
        line.link_header(self.body_off)
        if line.link_level:
            self.write_pair(line)
            line.put(b", length %d: " % self.length)

    def write_pair(self, line: Line) -> bool:
        self.write_from(line)
        line.put(b" > ")
        self.write_to(line)
        return True

    def write_from(self, line: Line) -> None:
        line.ether(self.pkt, self.off + 10)

    def write_to(self, line: Line) -> None:
        line.ether(self.pkt, self.off + 2)

    def follow(self) -> Layer | None:
        found = None if self.short else LLC.find(0)
        return None if found is None else self.child(found, self.body_off, self.body_length)
