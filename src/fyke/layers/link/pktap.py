"""Apple's capture header with interface and process (LINKTYPE_PKTAP); tcpdump: print-pktap.c."""

from __future__ import annotations

from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.link_header import DltHeader
from fyke.layers.words import INVALID
from fyke.wire import Line, Record

SMALLEST = 108  # octets
NOTHING, PACKET = 0, 1  # record types


class Pktap(DltHeader):
    """Where a packet was seen, and which process it belongs to; all numbers little endian."""

    __slots__ = ("effective_pid", "flags", "pid", "record_type")

    record_type: int  #: PACKET or NOTHING
    flags: int
    pid: int
    effective_pid: int

    name = "pktap"
    tag = b"pktap"
    fields = ("header_length", "record_type", "dlt", "interface", "flags", "pid", "command",
              "effective_pid", "effective_command")

    def clear(self) -> None:
        self.header_length = self.record_type = self.dlt = self.flags = 0
        self.pid = self.effective_pid = 0

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < SMALLEST:
            return
        self.header_length = pkt.le32(off)
        pkt.raw(off, SMALLEST)
        self.record_type = pkt.le32(off + 4)
        self.dlt = pkt.le32(off + 8)
        self.flags = pkt.le32(off + 36)
        self.pid = pkt.le32(off + 52)
        self.effective_pid = pkt.le32(off + 84)

    @property
    def interface(self) -> bytes:
        return self.text(12, 24)

    @property
    def command(self) -> bytes:
        """The name of the process."""
        return self.text(56, 20)

    @property
    def effective_command(self) -> bytes:
        """The name of the process on whose behalf it was."""
        return self.text(88, 20)

    def text(self, start: int, size: int) -> bytes:
        off = self.off + start
        return self.pkt.raw(off, size).split(b"\0", 1)[0] if self.pkt.has(off, size) else b""

    def write(self, line: Line) -> None:
        pkt, size = self.pkt, self.header_length
        if self.short and not (self.size >= SMALLEST and pkt.has(self.off, 4)):
            self.cut(line)
        if not SMALLEST <= size <= self.size:
            self.short = True
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
        return super().upper() if self.record_type == PACKET else None
