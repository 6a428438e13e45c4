"""What a router puts before a packet for a web cache (WCCP version 2); tcpdump: print-gre.c."""

from __future__ import annotations

from fyke.layers.fields import Made
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 4
IPV4 = 0x0800  # EtherType


class WccpRedirect(Layer):
    """Flags, a service and two buckets; version 1 has IPv4 right here."""

    __slots__ = ()

    name = "wccp"
    tag = b"gre"

    plain = Made("bool", lambda layer: layer.pkt.u8(layer.off) >> 4 == 4,
                 "no header: an IPv4 packet begins here")
    flags = Made("u8", lambda layer: layer.find(0),
                 "dynamic service, alternative bucket used, redirection not wanted")
    service = Made("u8", lambda layer: layer.find(1), "which service")
    alternative_bucket = Made("u8", lambda layer: layer.find(2), "the other one")
    primary_bucket = Made("u8", lambda layer: layer.find(3), "where the packet belongs")

    def find(self, at: int) -> int | None:
        return None if self.plain else self.pkt.u8(self.off + at)

    def parse(self, pkt: Record, off: int) -> None:
        skip = 0 if self.plain else HEADER_LENGTH
        if skip:
            pkt.u8(off + skip - 1)
        if self.size >= max(skip, 1):
            self.next = table("ethertype").find(IPV4)
            self.payload_off = off + skip
            self.payload_length = self.size - skip

    def write(self, line: Line) -> None:
        line.put(b"wccp ")
        if self.size >= 1:
            self.pkt.u8(self.off)
        wanted = 1 if self.size < 1 or self.plain else HEADER_LENGTH
        if self.size < wanted:
            line.put(b" [len %d < %d]%s" % (self.size, wanted, INVALID))
            return
        if self.short:
            raise Truncated
        if not self.plain:
            flags = self.flags
            line.put(b"T:%d A:%d U:%d SId:%d Alt:%d Pri:%d: " % (
                flags >> 7, flags >> 6 & 1, flags >> 5 & 1, self.service,
                self.alternative_bucket, self.primary_bucket))
