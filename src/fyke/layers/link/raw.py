"""IP with nothing before it (LINKTYPE_RAW, _IPV4, _IPV6); tcpdump: print-raw.c, print-ip.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.wire import Line, Packet, Truncated

ETHERTYPES = table("ethertype")

IPV4, IPV6 = 0x0800, 0x86DD


class Raw(Layer):
    """No header: the first half octet says which version of IP it is."""

    __slots__ = ("version",)

    version: int

    name = "raw"
    tag = b"raw"
    fields = ()
    link_layer = True

    def clear(self) -> None:
        self.version = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.version = pkt.u8(off) >> 4

    def write(self, line: Line) -> None:
        line.link_header(self.off)
        if self.size < 1:
            line.put(b"truncated-ip %d" % self.size)
            self.short = True
            return
        if self.short:
            raise Truncated
        if self.version == 4 or self.version == 6:
            if line.style.link_level:  # which IP does not name then, and nothing else would
                line.put(b"IP " if self.version == 4 else b"IP6 ")
        else:
            line.put(b"unknown ip %d" % self.version)

    def follow(self) -> Layer | None:
        if self.short or (self.version != 4 and self.version != 6):
            return None
        kind = ETHERTYPES.find(IPV4 if self.version == 4 else IPV6)
        return None if kind is None else self.child(kind, self.off, self.size)


class RawIPv4(Raw):
    """LINKTYPE_IPV4: nothing but IPv4."""

    def parse(self, pkt: Packet, off: int) -> None:
        self.version = 4


class RawIPv6(Raw):
    """LINKTYPE_IPV6: nothing but IPv6."""

    def parse(self, pkt: Packet, off: int) -> None:
        self.version = 6
