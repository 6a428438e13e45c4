"""Link layers with a header of their own before an EtherType and its payload."""

from __future__ import annotations

from fyke.hints import ClassVar
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES, MAX_LENGTH
from fyke.layers.link.frame import Frame, is_tag
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")
#: Types that only Ethernet itself reads on: MACsec, and Arista's time stamps.
ETHERNET_ONLY = (0x88E5, 0xD28B)


class Typed(Frame):
    """``header_length`` octets, the type among them; below it in a file of its own."""

    __slots__ = ()

    header_length: ClassVar[int] = 0
    type_at: ClassVar[int] = 0  #: octets from the header's first

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + self.type_at)
        pkt.raw(off, self.header_length)
        self.body_off = self.payload_off = off + self.header_length
        self.body_length = self.payload_length = self.size - self.header_length
        self.next = self.upper()

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.body_off)
        if line.style.link_level:
            self.write_header(line)
        if self.next is None:
            if not line.style.link_level:
                self.write_header(line)
            default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)

    def write_header(self, line: Line) -> None:
        """What -e shows, the length and a colon at its end."""

    def type_name(self) -> bytes:
        return ETHERTYPE_NAMES.get(self.ethertype, b"Unknown")

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        kind = self.ethertype
        if kind <= MAX_LENGTH or is_tag(kind) or kind in ETHERNET_ONLY:
            return None
        return ETHERTYPES.find(kind)
