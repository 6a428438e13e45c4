"""IP over InfiniBand (RFC 4391, LINKTYPE_IPOIB); tcpdump: print-ipoib.c."""

from __future__ import annotations

from fyke.layers.link.typed import Typed
from fyke.wire import Line, Record

HEADER_LENGTH = 44  # two addresses of 20 octets, the type, and two octets of nothing


class IpoIb(Typed):
    """Addresses of queue pairs, then the type of the payload."""

    __slots__ = ()
    header_length = HEADER_LENGTH

    name = "ipoib"
    tag = b"ipoib"
    fields = ("dst", "src", "ethertype")

    @property
    def dst(self) -> bytes:
        """Queue pair and port of the receiver, 20 octets; empty if the capture ends before."""
        return self.pkt.raw(self.off, 20) if self.pkt.has(self.off, 20) else b""

    @property
    def src(self) -> bytes:
        """The sender's."""
        return self.pkt.raw(self.off + 20, 20) if self.pkt.has(self.off, 40) else b""

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + 40)
        self.body_off = off + HEADER_LENGTH
        self.body_length = self.size - HEADER_LENGTH

    def write_header(self, line: Line) -> None:
        if line.style.link_level:
            line.put(b"IPOIB")
        line.put(b", ethertype %s" % self.type_name())
        if not line.style.quiet:
            line.put(b" (0x%04x)" % self.ethertype)
        line.put(b", length %d: " % self.size)
