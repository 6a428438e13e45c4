"""Encapsulating security payload (RFC 4303) and IPComp (RFC 3173); print-esp.c, print-ipcomp.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.fields import U8, U16, U32, Made
from fyke.layers.layer import Layer
from fyke.layers.network import esp_keys
from fyke.layers.network.ip import IP
from fyke.layers.tables import table
from fyke.wire import Line, Record

HEADER_LENGTH = 8
PROTOCOLS = table("ip.proto")
FAMILIES = {4: table("ip4.proto"), 6: table("ip6.proto")}


class Esp(Layer):
    """An ESP header; what it protects stays closed unless somebody gave the key (-E)."""

    __slots__ = ("opened", "outer")

    opened: Any  #: what was encrypted, None without the key
    outer: Any  #: the IP layer, for those above: it carries what was encrypted

    name = "esp"
    tag = b"esp"

    spi = U32(0, "security parameters index")
    seq = U32(4, "sequence number")
    next_header = Made("u8", lambda layer: layer.opened and layer.opened.next_header,
                       "protocol of what was encrypted, where it could be opened")
    pad_length = Made("u8", lambda layer: layer.opened and layer.opened.pad_length,
                      "of what was encrypted", unit="bytes")

    def clear(self) -> None:
        self.opened = self.outer = None

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 4)  # says whether the header is short
        if esp_keys.known() and pkt.has(off, self.size):
            self.find_payload(pkt, off)

    def find_payload(self, pkt: Record, off: int) -> None:
        """Open it, and find who decodes what was in it."""
        ip = self.below
        while ip is not None and not isinstance(ip, IP):
            ip = ip.below
        if ip is None:
            return
        target = ip.dst if isinstance(ip.dst, bytes) else ip.dst.to_bytes(4, "big")
        key = esp_keys.find(pkt.u32(off), target)
        if key is None:
            return
        self.opened = esp_keys.open_payload(
            key, pkt.raw(off + HEADER_LENGTH, max(self.size - HEADER_LENGTH, 0)))
        if self.opened is None:
            return
        proto = self.opened.next_header
        self.outer = type(ip)().at(ip.pkt, ip.off, ip.size)
        self.outer.below = ip.below
        self.outer.decode()
        self.outer.upper = proto
        self.next = PROTOCOLS.find(proto) or FAMILIES[ip.family].find(proto)
        if self.next is None:  # the text says what is inside as the IP header would
            self.outer.next = None
            self.outer.payload_length = len(self.opened.payload)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        line.put(b"ESP")
        line.put(b"(spi=0x%08x" % pkt.u32(self.off))
        line.put(b",seq=0x%x), length %d" % (pkt.u32(self.off + 4), self.size))
        if self.opened is not None:
            line.put(b": ")
            if self.next is None:
                self.outer.write_unknown(line)

    def follow(self) -> Layer | None:
        """What was encrypted is a packet of its own memory."""
        if self.next is None or self.opened is None:
            return None
        inner = Record(self.opened.payload)
        layer: Layer = self.next()
        layer.below = self.outer
        layer.decode_as = self.decode_as
        return layer.at(inner, 0, len(self.opened.payload))


class IpComp(Layer):
    """A compressed payload's header."""

    __slots__ = ()

    name = "ipcomp"
    tag = b"ipcomp"

    next_header = U8(0, "protocol of what is compressed")
    flags = U8(1, "0")
    cpi = U16(2, "compression parameter index")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)  # says whether the header is short

    def write(self, line: Line) -> None:
        line.put(b"IPComp(")
        line.put(b"cpi=0x%04x)" % self.pkt.u16(self.off + 2))
