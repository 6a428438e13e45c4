"""Linux netfilter log (LINKTYPE_NFLOG) and IP over Solaris (IPNET); print-nflog.c, -ipnet.c."""

from __future__ import annotations

from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.families import LINUX_ETHERTYPES, LINUX_NAMES
from fyke.layers.link.link_header import LinkHeader
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")

PAYLOAD = 9  # type of the TLV with the packet (linux/netfilter/nfnetlink_log.h)
IPNET_LENGTH = 24  # octets
IPNET_FAMILIES = {2: (b"IPv4", 0x0800), 26: (b"IPv6", 0x86DD)}  # Solaris' numbers


class Nflog(Layer):
    """A header, then TLVs, one of which is the packet."""

    __slots__ = ("family", "resource", "version")

    family: int  #: Linux' AF_ number
    version: int
    resource: int  #: number of the log group
    payload_off: int
    payload_length: int

    name = "nflog"
    tag = b"nflog"
    fields = ("family", "version", "resource")
    link_layer = True

    def clear(self) -> None:
        self.family = self.version = self.resource = 0
        self.payload_off = self.payload_length = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.family = pkt.u8(off)
        self.version = pkt.u8(off + 1)
        self.resource = pkt.u16(off + 2)
        if self.version == 0:
            self.find_payload(pkt, off + 4, off + self.size)

    def find_payload(self, pkt: Record, at: int, stop: int) -> None:
        while stop - at >= 4:
            size = pkt.le16(at)
            if size < 4 or size > stop - at:
                raise Truncated
            if pkt.le16(at + 2) == PAYLOAD:
                self.payload_off = at + 4
                self.payload_length = size - 4
                return
            at += (size + 3) & ~3

    def write(self, line: Line) -> None:
        self.pkt.u32(self.off)
        if self.version != 0:
            line.put(b"version %d (unknown)" % self.version)
            return
        if line.style.link_level:
            self.write_header(line)
        if self.short:
            raise Truncated
        line.link_header(self.payload_off)
        if self.payload_off and self.upper() is None:
            if not line.style.link_level:
                self.write_header(line)
            default_print(line, self.pkt, self.payload_off, self.pkt.end - self.payload_off)

    def write_header(self, line: Line) -> None:
        line.put(b"version %d, resource ID %d" % (self.version, self.resource))
        if not line.style.quiet:
            line.put(b", family %s (%d), length %d: " % (
                LINUX_NAMES.get(self.family, b"Unknown"), self.family, self.size))

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        ethertype = LINUX_ETHERTYPES.get(self.family)
        return None if ethertype is None else ETHERTYPES.find(ethertype)

    def follow(self) -> Layer | None:
        if self.short or not self.payload_off:
            return None
        kind = self.upper()
        return None if kind is None else self.child(kind, self.payload_off, self.payload_length)


class Ipnet(LinkHeader):
    """Solaris' IP observability header (LINKTYPE_IPNET), 24 octets."""

    __slots__ = ("family", "source_zone", "target_zone", "version")

    version: int
    family: int
    source_zone: int
    target_zone: int

    name = "ipnet"
    tag = b"ipnet"
    fields = ("version", "family", "source_zone", "target_zone")

    def clear(self) -> None:
        self.version = self.family = self.source_zone = self.target_zone = 0
        self.header_length = IPNET_LENGTH

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u8(off)
        self.family = pkt.u8(off + 1)
        self.source_zone = pkt.u32(off + 16)
        self.target_zone = pkt.u32(off + 20)

    def write(self, line: Line) -> None:
        if self.short or self.size < IPNET_LENGTH:
            self.short = True
            raise Truncated
        line.link_header(self.off + IPNET_LENGTH)
        if line.style.link_level:
            self.write_header(line)
        if self.family not in IPNET_FAMILIES:
            if not line.style.link_level:
                self.write_header(line)
            start = self.off + IPNET_LENGTH
            default_print(line, self.pkt, start, self.pkt.end - start)

    def write_header(self, line: Line) -> None:
        line.put(b"%d > %d" % (self.source_zone, self.target_zone))
        known = IPNET_FAMILIES.get(self.family)
        if line.style.quiet:
            line.put(b", %s" % (known[0] if known else b"Unknown (%d)" % self.family))
        else:
            line.put(b", family %s (%d)" % (known[0] if known else b"Unknown", self.family))
        line.put(b", length %d: " % self.size)

    def upper(self) -> type[Layer] | None:
        known = IPNET_FAMILIES.get(self.family)
        return None if known is None else ETHERTYPES.find(known[1])
