"""Ethernet behind Hilscher's netANALYZER header; tcpdump: print-ether.c."""

from __future__ import annotations

from typing import ClassVar

from fyke.layers.layer import Layer
from fyke.layers.link.ethernet import Ethernet
from fyke.wire import Line, Record, Truncated


class NetAnalyzer(Layer):
    """Four octets, little endian (LINKTYPE_NETANALYZER)."""

    __slots__ = ("word",)

    word: int  #: version, port and kind of event

    name = "netanalyzer"
    tag = b"netanalyzer"
    fields = ("word",)
    header_length: ClassVar[int] = 4
    link_layer = True

    def clear(self) -> None:
        self.word = 0

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, self.header_length)
        self.word = pkt.le32(off)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.off + self.header_length)

    def follow(self) -> Layer | None:
        if self.short:
            return None
        size = self.header_length
        return self.child(Ethernet, self.off + size, self.size - size)


class NetAnalyzerTransparent(NetAnalyzer):
    """The same with the frame's preamble (LINKTYPE_NETANALYZER_TRANSPARENT)."""

    __slots__ = ()
    header_length = 12

    name = "netanalyzer-transparent"
    tag = b"netanalyzer_transparent"
