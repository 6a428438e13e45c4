"""Ethernet behind Hilscher's netANALYZER header; tcpdump: print-ether.c."""

from __future__ import annotations

from fyke.hints import ClassVar
from fyke.layers.fields import Number
from fyke.layers.layer import Layer
from fyke.layers.link.ethernet import Ethernet
from fyke.wire import Line, Record, Truncated


class NetAnalyzer(Layer):
    """Four octets, little endian (LINKTYPE_NETANALYZER)."""

    __slots__ = ()

    name = "netanalyzer"
    tag = b"netanalyzer"
    header_length: ClassVar[int] = 4
    link_layer = True

    word = Number(0, 4, "version, port and kind of event", little=True)

    def parse(self, pkt: Record, off: int) -> None:
        size = self.header_length
        pkt.raw(off, size)
        self.next = Ethernet
        self.payload_off = off + size
        self.payload_length = self.size - size

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.off + self.header_length)


class NetAnalyzerTransparent(NetAnalyzer):
    """The same with the frame's preamble (LINKTYPE_NETANALYZER_TRANSPARENT)."""

    __slots__ = ()
    header_length = 12

    name = "netanalyzer-transparent"
    tag = b"netanalyzer_transparent"
