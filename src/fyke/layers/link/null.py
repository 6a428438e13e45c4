"""BSD loopback: an address family before the packet (LINKTYPE_NULL, _LOOP); print-null.c."""

from __future__ import annotations

from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.families import BSD_ETHERTYPES, BSD_NAMES
from fyke.layers.tables import table
from fyke.wire import Line, Packet, Truncated

ETHERTYPES = table("ethertype")
#: Families whose protocol looks different above an EtherType: where it is registered as it is.
OTHERS = {7: ("llc.sap", 0xFE), 16: ("appletalk", 0), 23: ("ipx", 0)}
HEADER_LENGTH = 4


class Null(Layer):
    """The address family, in the byte order of the capturing host."""

    __slots__ = ("family",)

    family: int  #: BSD's AF_ number

    name = "null"
    tag = b"null"
    fields = ("family",)
    link_layer = True

    def clear(self) -> None:
        self.family = 0

    def parse(self, pkt: Packet, off: int) -> None:
        family = pkt.le32(off)
        if family & 0xFFFF0000:
            family = pkt.u32(off)
        self.family = family

    def write(self, line: Line) -> None:
        line.link_header(self.off + 4)
        if self.short:
            raise Truncated
        if line.style.link_level:
            self.write_header(line)
        if self.upper() is None:
            if not line.style.link_level:
                self.write_header(line)
            default_print(line, self.pkt, self.off + 4, self.pkt.end - self.off - 4)

    def write_header(self, line: Line) -> None:
        name = BSD_NAMES.get(self.family)
        if line.style.quiet:
            line.put(name if name is not None else b"Unknown AF %d" % self.family)
        else:
            line.put(b"AF %s (%d)" % (name or b"Unknown", self.family))
        line.put(b", length %d: " % self.size)

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        if self.family in OTHERS:
            name, key = OTHERS[self.family]
            return table(name).find(key)
        ethertype = BSD_ETHERTYPES.get(self.family)
        return None if ethertype is None else ETHERTYPES.find(ethertype)

    def follow(self) -> Layer | None:
        kind = None if self.short else self.upper()
        if kind is None:
            return None
        return self.child(kind, self.off + 4, self.size - 4)
