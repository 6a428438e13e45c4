"""IP over IEEE 1394 (LINKTYPE_APPLE_IP_OVER_IEEE1394); tcpdump: print-ap1394.c."""

from __future__ import annotations

from fyke.layers.fields import U16, Octets
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.link.typed import Typed
from fyke.wire import Line

HEADER_LENGTH = 18
ADDRESS_LENGTH = 8


class FireWire(Typed):
    """Two EUI-64 addresses and the type of the payload."""

    __slots__ = ()
    header_length, type_at = HEADER_LENGTH, 2 * ADDRESS_LENGTH

    name = "firewire"
    tag = b"ap1394"

    dst = Octets(0, ADDRESS_LENGTH, "destination, an EUI-64", type="mac")
    src = Octets(ADDRESS_LENGTH, ADDRESS_LENGTH, "source, an EUI-64", type="mac")
    type = U16(2 * ADDRESS_LENGTH, "EtherType of the payload")

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
