"""BSD loopback: an address family before the packet (LINKTYPE_NULL, _LOOP); print-null.c."""

from __future__ import annotations

from fyke.layers.fields import Made
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.families import BSD_ETHERTYPES, BSD_NAMES
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")
#: Families whose protocol looks different above an EtherType: where it is registered as it is.
OTHERS = {7: ("llc.sap", 0xFE), 16: ("appletalk", 0), 23: ("ipx", 0)}
HEADER_LENGTH = 4


class Null(Layer):
    """The address family, in the byte order of the capturing host."""

    __slots__ = ()

    name = "null"
    tag = b"null"
    link_layer = True

    family = Made("u32", lambda layer: layer.read_family(), "address family: BSD's AF_ number")

    def read_family(self) -> int:
        """The family; which order of bytes it is in shows by its being small."""
        family = self.pkt.le32(self.off)
        return self.pkt.u32(self.off) if family & 0xFFFF0000 else family

    def parse(self, pkt: Record, off: int) -> None:
        self.next = self.upper(self.read_family())
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = self.size - HEADER_LENGTH

    def write(self, line: Line) -> None:
        line.link_header(self.off + 4)
        if self.short:
            raise Truncated
        if line.style.link_level:
            self.write_header(line)
        if self.next is None:
            if not line.style.link_level:
                self.write_header(line)
            default_print(line, self.pkt, self.off + 4, self.pkt.end - self.off - 4)

    def write_header(self, line: Line) -> None:
        family = self.read_family()
        name = BSD_NAMES.get(family)
        if line.style.quiet:
            line.put(name if name is not None else b"Unknown AF %d" % family)
        else:
            line.put(b"AF %s (%d)" % (name or b"Unknown", family))
        line.put(b", length %d: " % self.size)

    def upper(self, family: int) -> type[Layer] | None:
        """Who decodes the payload."""
        if family in OTHERS:
            name, key = OTHERS[family]
            return table(name).find(key)
        ethertype = BSD_ETHERTYPES.get(family)
        return None if ethertype is None else ETHERTYPES.find(ethertype)
