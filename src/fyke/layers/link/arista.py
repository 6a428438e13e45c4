"""Arista's time stamps between Ethernet addresses and type; tcpdump: print-arista.c."""

from __future__ import annotations

import time

from fyke.layers.fields import U16, Made
from fyke.layers.hexdump import default_print
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.link.frame import Frame
from fyke.layers.words import as_text, named
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

    __slots__ = ()

    name = "arista"
    tag = b"arista"

    subtype = U16(0, "what follows", names=as_text(SUBTYPE_NAMES))
    scale = Made("u8", lambda layer: layer.stamp(2) if layer.stamped() else None, "time scale",
                 names=as_text(SCALE_NAMES))
    format = Made("u8", lambda layer: layer.stamp(3) >> 4 if layer.stamped() else None,
                  "how long the time is", names=as_text(FORMAT_NAMES))
    hardware = Made("u8", lambda layer: layer.stamp(3) & 15 if layer.stamped() else None,
                    "which switch", names=as_text(HARDWARE_NAMES))
    seconds = Made("u32", lambda layer: layer.read_seconds() if layer.stamp_length() else None,
                   "since 1970; of the 48-bit format the lower 16 bits", unit="s")
    nanoseconds = Made("u32", lambda layer: layer.pkt.u32(layer.off + layer.stamp_length())
                       if layer.stamp_length() else None, "of the second", unit="ns")
    type = Made("u16", lambda layer: layer.read_type() if layer.stamp_length() else None,
                "EtherType of the payload")

    def stamped(self) -> bool:
        return self.pkt.u16(self.off) == TIMESTAMP

    def stamp(self, at: int) -> int:
        """An octet of what the subtype has."""
        return self.pkt.u8(self.off + at)

    def stamp_length(self) -> int:
        """Octets of the time; 0 if there is none, or of an unknown format."""
        return STAMP_LENGTHS.get(self.stamp(3) >> 4, 0) if self.stamped() else 0

    def read_seconds(self) -> int:
        pkt, at = self.pkt, self.off + 4
        return pkt.u32(at) if self.stamp_length() == STAMP_LENGTHS[LONG] else pkt.u16(at)

    def read_type(self) -> int:
        return self.pkt.u16(self.off + 4 + self.stamp_length())

    def parse(self, pkt: Record, off: int) -> None:
        self.frame_length = self.size
        if isinstance(self.below, Frame):
            self.frame_length = self.below.frame_length
        size = self.stamp_length()
        if not size:
            return
        self.ethertype = self.read_type()
        self.body_off = off + 6 + size
        self.body_length = self.size - 6 - size
        if self.body_length < 0:
            raise Truncated
        self.carry()

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if not pkt.has(off, 2) or self.size < 2:
            line.put(b"[|arista]")
            return
        if not line.style.link_level:  # with -e the layer below has said it
            self.write_own_type(line)
        line.put(b"SubType %s (0x%04x), " % (
            named(SUBTYPE_NAMES, self.subtype, UNKNOWN), self.subtype))
        if self.subtype != TIMESTAMP:
            self.write_unread(line)
            return
        line.put(b"Timescale %s (%d), " % (named(SCALE_NAMES, self.scale, UNKNOWN), self.scale))
        line.put(b"Format %s (%d), HwInfo %s (%d), Timestamp " % (
            named(FORMAT_NAMES, self.format, UNKNOWN), self.format,
            named(HARDWARE_NAMES, self.hardware, UNKNOWN), self.hardware))
        size = self.stamp_length()
        if not size:
            self.write_unread(line)
            return
        carried, rest = divmod(self.nanoseconds, BILLION)
        seconds = self.read_seconds() + carried
        if self.format == LONG:
            line.put(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds)).encode())
        else:
            line.put(b"%d" % seconds)
        line.put(b".%09d: " % rest)
        if self.short:
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
