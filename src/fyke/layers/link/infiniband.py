"""IP over InfiniBand (RFC 4391, LINKTYPE_IPOIB); tcpdump: print-ipoib.c."""

from __future__ import annotations

from fyke.layers.fields import U16, Octets
from fyke.layers.link.typed import Typed
from fyke.wire import Line

ADDRESS_LENGTH = 20
HEADER_LENGTH = 44  # two addresses, the type, and two octets of nothing


class IpoIb(Typed):
    """Addresses of queue pairs, then the type of the payload."""

    __slots__ = ()
    header_length, type_at = HEADER_LENGTH, 2 * ADDRESS_LENGTH

    name = "ipoib"
    tag = b"ipoib"

    dst = Octets(0, ADDRESS_LENGTH, "receiver: queue pair and port's identifier")
    src = Octets(ADDRESS_LENGTH, ADDRESS_LENGTH, "sender: queue pair and port's identifier")
    type = U16(2 * ADDRESS_LENGTH, "EtherType of the payload")

    def write_header(self, line: Line) -> None:
        if line.style.link_level:
            line.put(b"IPOIB")
        line.put(b", ethertype %s" % self.type_name())
        if not line.style.quiet:
            line.put(b" (0x%04x)" % self.ethertype)
        line.put(b", length %d: " % self.size)
