"""IP over IEEE 1394 (LINKTYPE_APPLE_IP_OVER_IEEE1394); tcpdump: print-ap1394.c."""

from __future__ import annotations

from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.link.typed import Typed
from fyke.wire import Line, Record

HEADER_LENGTH = 18
ADDRESS_LENGTH = 8


class FireWire(Typed):
    """Two EUI-64 addresses and the type of the payload."""

    __slots__ = ()
    header_length = HEADER_LENGTH

    name = "firewire"
    tag = b"ap1394"
    fields = ("dst", "src", "ethertype")
    addresses = ("dst", "src")

    @property
    def dst(self) -> bytes:
        """The destination address, 8 octets; empty if the capture ends before it."""
        return self.pkt.raw(self.off, 8) if self.pkt.has(self.off, 8) else b""

    @property
    def src(self) -> bytes:
        """The source address."""
        return self.pkt.raw(self.off + 8, 8) if self.pkt.has(self.off, 16) else b""

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + 2 * ADDRESS_LENGTH)
        self.body_off = off + HEADER_LENGTH
        self.body_length = self.size - HEADER_LENGTH

    def write_pair(self, line: Line) -> bool:
        self.write_from(line)
        line.put(b" > ")
        self.write_to(line)
        return True

    def write_from(self, line: Line) -> None:
        line.put(self.src.hex(":").encode())

    def write_to(self, line: Line) -> None:
        line.put(self.dst.hex(":").encode())

    def write_header(self, line: Line) -> None:
        self.write_pair(line)
        if line.style.quiet:
            line.put(b", %s" % (ETHERTYPE_NAMES.get(self.ethertype) or
                                b"Unknown Ethertype (0x%04x)" % self.ethertype))
        else:
            line.put(b", ethertype %s (0x%04x)" % (self.type_name(), self.ethertype))
        line.put(b", length %d: " % self.size)
