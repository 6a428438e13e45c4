"""Ethernet II and IEEE 802.3 frames (IEEE 802.3-2018 §3); tcpdump: print-ether.c."""

from __future__ import annotations

from fyke.layers.link.frame import Frame
from fyke.wire import Line, Packet, Truncated

HEADER_LENGTH = 14


class Ethernet(Frame):
    """Destination, source, and a type or length."""

    __slots__ = ()

    name = "ethernet"
    tag = b"ether"
    fields = ("dst", "src", "ethertype")
    addresses = ("dst", "src")

    @property
    def dst(self) -> bytes:
        """The destination address, 6 octets; empty if the capture ends before it."""
        return self.pkt.raw(self.off, 6) if self.pkt.has(self.off, 6) else b""

    @property
    def src(self) -> bytes:
        """The source address, 6 octets; empty if the capture ends before it."""
        return self.pkt.raw(self.off + 6, 6) if self.pkt.has(self.off + 6, 6) else b""

    def parse(self, pkt: Packet, off: int) -> None:
        self.said_length = False
        self.ethertype = pkt.u16(off + 12)
        self.body_off = off + 14
        self.body_length = self.size - 14
        self.frame_length = self.size

    def write(self, line: Line) -> None:
        if self.short or self.size < 14:
            self.short = True
            raise Truncated
        if line.style.link_level:
            self.write_pair(line)
            line.put(b", ")
        self.write_body(line)

    def write_pair(self, line: Line) -> bool:
        line.ether(self.pkt, self.off + 6)
        line.put(b" > ")
        line.ether(self.pkt, self.off)
        return True

    def write_from(self, line: Line) -> None:
        line.ether(self.pkt, self.off + 6)

    def write_to(self, line: Line) -> None:
        line.ether(self.pkt, self.off)
