"""Apple's capture header with interface and process (LINKTYPE_PKTAP); tcpdump: print-pktap.c."""

from __future__ import annotations

from fyke.layers.fields import Number, Text
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.link_header import DltHeader
from fyke.layers.words import INVALID
from fyke.wire import Line, Record

SMALLEST = 108  # octets
NOTHING, PACKET = 0, 1  # record types


class Pktap(DltHeader):
    """Where a packet was seen, and which process it belongs to; all numbers little endian."""

    __slots__ = ()

    name = "pktap"
    tag = b"pktap"

    record_type = Number(4, 4, "1 a packet follows, 0 none", little=True)
    dlt = Number(8, 4, "DLT number of what follows", little=True)
    interface = Text(12, 24, "where it was seen")
    flags = Number(36, 4, "bits: 1 in, 2 out", little=True)
    pid = Number(52, 4, "the process", little=True)
    command = Text(56, 20, "name of the process")
    effective_pid = Number(84, 4, "on whose behalf it was", little=True)
    effective_command = Text(88, 20, "name of that process")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < SMALLEST:
            return
        self.head = pkt.le32(off)
        pkt.raw(off, SMALLEST)

    def dlt_number(self) -> int:
        return self.pkt.le32(self.off + 8)

    def write(self, line: Line) -> None:
        pkt, size = self.pkt, self.head
        if self.short and not (self.size >= SMALLEST and pkt.has(self.off, 4)):
            self.cut(line)
        if not SMALLEST <= size <= self.size:
            line.link_header(pkt.end)
            if self.size < SMALLEST:
                line.put(b" (packet too short, %d < %d)" % (self.size, SMALLEST) + INVALID)
            elif size < SMALLEST:
                line.put(b" (pkt_len too small, %d < %d)" % (size, SMALLEST) + INVALID)
            else:
                line.put(b" (pkt_len too big, %d > %d)" % (size, self.size) + INVALID)
            return
        if self.short or not pkt.has(self.off, size):
            self.cut(line)
        start = self.off + size
        line.link_header(start)
        unknown = self.record_type == PACKET and self.upper() is None
        if line.style.link_level or unknown:
            self.write_link_type(line)
        if self.record_type == NOTHING:
            line.put(b"no data")
        elif unknown:
            default_print(line, pkt, start, pkt.end - start)

    def upper(self) -> type[Layer] | None:
        fits = SMALLEST <= self.head <= self.size and self.pkt.has(self.off, self.head)
        return super().upper() if fits and self.record_type == PACKET else None
