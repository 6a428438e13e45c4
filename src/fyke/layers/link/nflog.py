"""Linux netfilter log (LINKTYPE_NFLOG) and IP over Solaris (IPNET); print-nflog.c, -ipnet.c."""

from __future__ import annotations

from fyke.hints import Iterator
from fyke.layers.fields import U8, U16, U32, Listed
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.families import LINUX_ETHERTYPES, LINUX_NAMES
from fyke.layers.link.link_header import LinkHeader
from fyke.layers.tables import table
from fyke.layers.words import INVALID, as_text
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")

HEADER_LENGTH, TLV_LENGTH = 4, 4
PAYLOAD = 9  # type of the TLV with the packet (linux/netfilter/nfnetlink_log.h)
IPNET_LENGTH = 24  # octets
IPNET_FAMILIES = {2: (b"IPv4", 0x0800), 26: (b"IPv6", 0x86DD)}  # Solaris' numbers


class Nflog(Layer):
    """A header, then TLVs, one of which is the packet."""

    __slots__ = ()

    name = "nflog"
    tag = b"nflog"
    link_layer = True

    family = U8(0, "address family: Linux' AF_ number", names=as_text(LINUX_NAMES))
    version = U8(1, "0")
    resource = U16(2, "number of the log group")
    tlvs = Listed(lambda layer: [(kind, layer.pkt.raw(at, size))
                                 for kind, at, size in layer.walk() if kind != PAYLOAD],
                  "type and value of what else is told")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)
        if pkt.u8(off + 1):
            return
        for kind, at, size in self.walk():
            if kind == PAYLOAD:
                self.payload_off, self.payload_length = at, size
                ethertype = LINUX_ETHERTYPES.get(self.family)
                self.next = None if ethertype is None else ETHERTYPES.find(ethertype)
                return

    def guides(self) -> Iterator[tuple[int, int]]:
        """The head of each element."""
        for _, at, _ in self.walk():
            yield at - TLV_LENGTH, TLV_LENGTH

    def walk(self) -> Iterator[tuple[int, int, int]]:
        """Type, offset of the value and its octets, up to an element that cannot be."""
        pkt, at, stop = self.pkt, self.off + HEADER_LENGTH, self.off + self.size
        while stop - at >= TLV_LENGTH:
            size = pkt.le16(at)
            if size < TLV_LENGTH or size > stop - at:
                return
            yield pkt.le16(at + 2), at + TLV_LENGTH, size - TLV_LENGTH
            at += (size + 3) & ~3

    def fault(self) -> bytes:
        """What is wrong with the element in front of which the walk ends, or nothing."""
        pkt, at, stop = self.pkt, self.off + HEADER_LENGTH, self.off + self.size
        for _, value, size in self.walk():
            at = value + (size + 3 & ~3)
        if at >= stop:
            return b""
        if stop - at < TLV_LENGTH:
            return b" [remaining length %d < %d]" % (stop - at, TLV_LENGTH)
        size = pkt.le16(at)
        if size < TLV_LENGTH:
            return b" [size %d < %d]" % (size, TLV_LENGTH)
        return b" [remaining length %d < %d]" % (stop - at, size)

    def write(self, line: Line) -> None:
        if self.size < HEADER_LENGTH:
            line.put(b" [length %d < %d]" % (self.size, HEADER_LENGTH) + INVALID)
            return
        self.pkt.u32(self.off)
        if self.version != 0:
            line.put(b"version %d (unknown)" % self.version)
            return
        if line.style.link_level:
            self.write_header(line)
        if not self.payload_off:
            fault = self.fault()
            if fault:
                line.put(fault + INVALID)
            return
        line.link_header(self.payload_off)
        if self.next is None:
            if not line.style.link_level:
                self.write_header(line)
            default_print(line, self.pkt, self.payload_off, self.pkt.end - self.payload_off)

    def write_header(self, line: Line) -> None:
        line.put(b"version %d, resource ID %d" % (self.version, self.resource))
        if not line.style.quiet:
            line.put(b", family %s (%d), length %d: " % (
                LINUX_NAMES.get(self.family, b"Unknown"), self.family, self.size))


class Ipnet(LinkHeader):
    """Solaris' IP observability header (LINKTYPE_IPNET), 24 octets."""

    __slots__ = ()

    name = "ipnet"
    tag = b"ipnet"

    version = U8(0, "version of the header")
    family = U8(1, "address family: 2 IPv4, 26 IPv6")
    source_zone = U32(16, "zone that sends")
    target_zone = U32(20, "zone that receives")

    def parse(self, pkt: Record, off: int) -> None:
        self.head = IPNET_LENGTH
        if self.size < IPNET_LENGTH:
            raise Truncated
        pkt.u32(off + 20)

    def write(self, line: Line) -> None:
        if self.short:
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
