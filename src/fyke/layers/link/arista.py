"""Arista's time stamps between Ethernet addresses and type; tcpdump: print-arista.c."""

from __future__ import annotations

import time

from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.link.frame import Frame
from fyke.layers.words import named
from fyke.wire import Line, Record, Truncated

ETHERTYPE = 0xD28B
TIMESTAMP = 1  # subtype
LONG, SHORT = 1, 2  # formats: 32 or 16 bits of seconds, then 32 of nanoseconds
SUBTYPE_NAMES = {TIMESTAMP: b"Timestamp"}
SCALE_NAMES = {0: b"TAI", 1: b"UTC"}
FORMAT_NAMES = {LONG: b"64-bit", SHORT: b"48-bit"}
HARDWARE_NAMES = {0: b"R/R2", 1: b"R3"}
STAMP_LENGTHS = {LONG: 8, SHORT: 6}
UNKNOWN = b"Unknown"
BILLION = 1000000000


class Arista(Frame):
    """When a switch saw the frame, then the EtherType that was there before."""

    __slots__ = ("format", "hardware", "nanoseconds", "scale", "seconds", "subtype")

    subtype: int
    scale: int  #: time scale: TAI, UTC
    format: int
    hardware: int
    seconds: int
    nanoseconds: int

    name = "arista"
    tag = b"arista"
    fields = ("subtype", "scale", "format", "hardware", "seconds", "nanoseconds", "ethertype")

    def clear(self) -> None:
        super().clear()
        self.subtype = self.scale = self.format = self.hardware = 0
        self.seconds = self.nanoseconds = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.frame_length = self.size
        if isinstance(self.below, Frame):
            self.frame_length = self.below.frame_length
        self.subtype = pkt.u16(off)
        if self.subtype != TIMESTAMP:
            return
        self.scale = pkt.u8(off + 2)
        second = pkt.u8(off + 3)
        self.format = second >> 4
        self.hardware = second & 15
        size = STAMP_LENGTHS.get(self.format)
        if size is None:
            return
        self.seconds = pkt.u32(off + 4) if self.format == LONG else pkt.u16(off + 4)
        self.nanoseconds = pkt.u32(off + size)
        self.ethertype = pkt.u16(off + 4 + size)
        self.body_off = off + 6 + size
        self.body_length = self.size - 6 - size

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if not pkt.has(off, 2) or self.size < 2:
            self.short = True
            line.put(b"[|arista]")
            return
        if not line.style.link_level:  # with -e the layer below has said it
            self.write_own_type(line)
        line.put(b"SubType %s (0x%04x), " % (
            named(SUBTYPE_NAMES, self.subtype, UNKNOWN), self.subtype))
        if self.subtype != TIMESTAMP:
            self.write_unread(line)
            return
        line.put(b"Timescale %s (%d), " % (named(SCALE_NAMES, pkt.u8(off + 2), UNKNOWN),
                                           self.scale))
        pkt.u8(off + 3)
        line.put(b"Format %s (%d), HwInfo %s (%d), Timestamp " % (
            named(FORMAT_NAMES, self.format, UNKNOWN), self.format,
            named(HARDWARE_NAMES, self.hardware, UNKNOWN), self.hardware))
        size = STAMP_LENGTHS.get(self.format)
        if size is None:
            self.write_unread(line)
            return
        pkt.raw(off + 4, size)
        carried, rest = divmod(self.nanoseconds, BILLION)
        seconds = self.seconds + carried
        if self.format == LONG:
            line.put(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds)).encode())
        else:
            line.put(b"%d" % seconds)
        line.put(b".%09d: " % rest)
        pkt.u16(off + 4 + size)
        if self.body_length < 0:
            self.short = True
            raise Truncated
        line.protocol = b"ether"
        self.write_body(line)

    def write_own_type(self, line: Line) -> None:
        name = ETHERTYPE_NAMES[ETHERTYPE]
        line.put(name if line.style.quiet else b"ethertype %s (0x%04x)" % (name, ETHERTYPE))
        line.put(b", length %d: " % self.frame_length)

    def write_unread(self, line: Line) -> None:
        """Another subtype or format: the header, if -e has not shown it, and the octets."""
        if not line.style.link_level:
            if self.write_pair(line):
                line.put(b", ")
            self.write_own_type(line)
        default_print(line, self.pkt, self.off, self.pkt.end - self.off)

    def follow(self) -> Layer | None:
        return super().follow() if self.body_off else None
