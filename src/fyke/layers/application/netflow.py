"""Cisco NetFlow, versions 1, 5 and 6 (-T cnfp); tcpdump: print-cnfp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.network.protocols import IANA_NAMES
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

HEADER_LENGTHS = {1: 16, 5: 24, 6: 24}
RECORD_LENGTHS = {1: 52, 5: 52, 6: 52}
TCP = 6
TCP_FLAGS = ((0x01, b"F"), (0x02, b"S"), (0x04, b"R"), (0x08, b"P"), (0x10, b"."), (0x20, b"U"),
             (0x40, b"E"), (0x80, b"W"), (0x100, b"e"))


class NetFlow(Layer):
    """Who exports how many flows."""

    __slots__ = ("count", "nanoseconds", "seconds", "sequence", "uptime", "version")

    version: int
    count: int  #: records that follow
    uptime: int  #: of the exporter, in milliseconds
    seconds: int  #: since 1970
    nanoseconds: int
    sequence: int  #: number of the first flow, from version 5 on

    name = "netflow"
    tag = b"cnfp"
    fields = ("version", "count", "uptime", "seconds", "nanoseconds", "sequence")

    def clear(self) -> None:
        self.version = self.count = self.uptime = self.seconds = self.nanoseconds = 0
        self.sequence = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u16(off)
        self.count = pkt.u16(off + 2)
        self.uptime = pkt.u32(off + 4)
        self.seconds = pkt.u32(off + 8)
        self.nanoseconds = pkt.u32(off + 12)
        if self.version != 1:
            self.sequence = pkt.u32(off + 16)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        version = pkt.u16(off)
        if version not in HEADER_LENGTHS:
            line.put(b"NetFlow v%x" % version)
            return
        size = HEADER_LENGTHS[version]
        if not pkt.has(off, size):
            raise Truncated
        line.put(b"NetFlow v%x, %d.%03d uptime, %d.%09d, " % (
            version, *divmod(self.uptime, 1000), self.seconds, self.nanoseconds))
        if version != 1:
            line.put(b"#%d, " % self.sequence)
        line.put(b"%2d recs" % self.count)
        at = off + size
        for _ in range(self.count):
            if not pkt.has(at, RECORD_LENGTHS[version]):
                raise Truncated
            write_record(line, pkt, at, version)
            at += RECORD_LENGTHS[version]


def write_record(line: Line, pkt: Record, at: int, version: int) -> None:
    """One flow: when, between whom, and how much."""
    line.put(b"\n  started %d.%03d, last %d.%03d" % (
        *divmod(pkt.u32(at + 24), 1000), *divmod(pkt.u32(at + 28), 1000)))
    for i, lead in enumerate((b"\n    ", b"> ")):
        line.put(lead)
        line.ipv4(pkt.u32(at + 4 * i))
        if version != 1:
            line.put(b"/%d:%d" % (pkt.u8(at + 44 + i), pkt.u16(at + 40 + 2 * i)))
        line.put(b":%d " % pkt.u16(at + 32 + 2 * i))
    line.put(b">> ")
    line.ipv4(pkt.u32(at + 8))
    flags, protocol, tos = pkt.u8(at + 37), pkt.u8(at + 38), pkt.u8(at + 39)
    if version == 1:
        protocol, tos, flags = pkt.u8(at + 38), pkt.u8(at + 39), pkt.u8(at + 40)
    name = None if line.style.numeric else IANA_NAMES.get(protocol)
    line.put(b"\n    %s " % (name or b"%d" % protocol))
    if protocol == TCP and flags:
        line.put(b"%s " % bit_words(TCP_FLAGS, flags, b"", b""))
    line.put(b"tos %d, %d (%d octets) " % (tos, pkt.u32(at + 16), pkt.u32(at + 20)))
    if version == 6:
        line.put(b"(%d<>%d encaps)" % (pkt.u8(at + 46), pkt.u8(at + 47)))
