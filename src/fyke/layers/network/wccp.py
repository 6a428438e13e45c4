"""What a router puts before a packet for a web cache (WCCP version 2); tcpdump: print-gre.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 4
IPV4 = 0x0800  # EtherType


class WccpRedirect(Layer):
    """Flags, a service and two buckets; version 1 has IPv4 right here."""

    __slots__ = ("alternative_bucket", "flags", "plain", "primary_bucket", "service")

    plain: bool  #: no header: an IPv4 packet begins here
    flags: int  #: dynamic service, alternative bucket used, redirection not wanted
    service: int
    alternative_bucket: int
    primary_bucket: int

    name = "wccp"
    tag = b"gre"
    fields = ("plain", "flags", "service", "alternative_bucket", "primary_bucket")

    def clear(self) -> None:
        self.plain = False
        self.flags = self.service = self.alternative_bucket = self.primary_bucket = 0

    def parse(self, pkt: Record, off: int) -> None:
        first = pkt.u8(off)
        self.plain = first >> 4 == 4
        if not self.plain:
            self.flags = first
            self.service = pkt.u8(off + 1)
            self.alternative_bucket = pkt.u8(off + 2)
            self.primary_bucket = pkt.u8(off + 3)

    def write(self, line: Line) -> None:
        line.put(b"wccp ")
        if self.size >= 1:
            self.pkt.u8(self.off)
        wanted = 1 if self.plain or self.size < 1 else HEADER_LENGTH
        if self.size < wanted:
            line.put(b" [len %d < %d]%s" % (self.size, wanted, INVALID))
            return
        if self.short:
            raise Truncated
        if not self.plain:
            line.put(b"T:%d A:%d U:%d SId:%d Alt:%d Pri:%d: " % (
                self.flags >> 7, self.flags >> 6 & 1, self.flags >> 5 & 1, self.service,
                self.alternative_bucket, self.primary_bucket))

    def follow(self) -> Layer | None:
        skip = 0 if self.plain else HEADER_LENGTH
        kind = table("ethertype").find(IPV4)
        if self.short or kind is None or self.size < max(skip, 1):
            return None
        return self.child(kind, self.off + skip, self.size - skip)
