"""IP with nothing before it (LINKTYPE_RAW, _IPV4, _IPV6); tcpdump: print-raw.c, print-ip.c."""

from __future__ import annotations

from fyke.layers.fields import Bits
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")

IPV4, IPV6 = 0x0800, 0x86DD


class Raw(Layer):
    """No header: the first half octet says which version of IP it is."""

    __slots__ = ("family",)

    family: int  #: 4 or 6; what else stands there where it is neither

    name = "raw"
    tag = b"raw"
    link_layer = True

    version = Bits(0, 1, 0xF0, "version of IP that follows")

    def clear(self) -> None:
        self.family = 0

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < 1:
            return
        self.family = pkt.u8(off) >> 4
        self.carry(off)

    def carry(self, off: int) -> None:
        """IP begins where this layer does."""
        self.payload_off = off
        self.payload_length = self.size
        if self.family == 4 or self.family == 6:
            self.next = ETHERTYPES.find(IPV4 if self.family == 4 else IPV6)

    def write(self, line: Line) -> None:
        line.link_header(self.off)
        if self.size < 1:
            line.put(b"truncated-ip %d" % self.size)
            return
        if self.short:
            raise Truncated
        if self.family == 4 or self.family == 6:
            if line.style.link_level:  # which IP does not name then, and nothing else would
                line.put(b"IP " if self.family == 4 else b"IP6 ")
        else:
            line.put(b"IP%d" % self.family + INVALID)


class RawIPv4(Raw):
    """LINKTYPE_IPV4: nothing but IPv4."""

    def parse(self, pkt: Record, off: int) -> None:
        self.family = 4
        self.carry(off)


class RawIPv6(Raw):
    """LINKTYPE_IPV6: nothing but IPv6."""

    def parse(self, pkt: Record, off: int) -> None:
        self.family = 6
        self.carry(off)
