"""Capture headers before 802.11 frames: Prism, AVS and Per-Packet Information.

tcpdump: print-802_11.c, print-ppi.c; PPI header specification 1.0.10.
"""

from __future__ import annotations

from fyke.layers.fields import U8, U32, Number
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.link_header import DltHeader, LinkHeader
from fyke.layers.link.wlan import Wlan
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

PRISM_LENGTH, AVS_SMALLEST, PPI_SMALLEST, PPI_LARGEST = 144, 8, 8, 65532
AVS_COOKIES = (0x80211001, 0x80211002)  # where Linux says Prism and means AVS


class Avs(LinkHeader):
    """AVS (version 1 or 2): a cookie and the header's length, big endian; the rest is not shown."""

    __slots__ = ()

    name = "avs"
    tag = b"802.11_radio_avs"

    version = U32(0, "the cookie, 0x80211001 for version 1")

    def parse(self, pkt: Record, off: int) -> None:
        self.head = pkt.u32(off + 4)
        if self.head < AVS_SMALLEST or not pkt.has(off, self.head):
            raise Truncated

    def write(self, line: Line) -> None:
        if self.short:
            self.cut(line)
        line.link_header(self.off + self.header_length)

    def upper(self) -> type[Layer] | None:
        return Wlan


class Prism(Avs):
    """144 octets that are not shown, or an AVS header."""

    __slots__ = ()

    name = "prism"
    tag = b"prism"

    def parse(self, pkt: Record, off: int) -> None:
        self.head = 0 if pkt.u32(off) in AVS_COOKIES else PRISM_LENGTH
        if not pkt.has(off, self.head):
            raise Truncated

    def upper(self) -> type[Layer] | None:
        return Wlan if self.header_length else Avs


class Ppi(DltHeader):
    """Per-Packet Information: a link type, and fields about the packet that are not shown."""

    __slots__ = ()

    name = "ppi"
    tag = b"ppi"

    version = U8(0, "version of the header")
    flags = U8(1, "1: fields are padded to words")
    stated_length = Number(2, 2, "of this header, as it says", unit="bytes", little=True)
    dlt = Number(4, 4, "DLT number of what follows", little=True)

    def parse(self, pkt: Record, off: int) -> None:
        self.head = pkt.le16(off + 2)
        pkt.le32(off + 4)

    def dlt_number(self) -> int:
        return self.pkt.le32(self.off + 4)

    def upper(self) -> type[Layer] | None:
        fits = PPI_SMALLEST <= self.head <= PPI_LARGEST and self.pkt.has(self.off, self.head)
        return super().upper() if fits else None

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.short:
            self.cut(line)
        if not PPI_SMALLEST <= self.header_length <= PPI_LARGEST:
            line.link_header(pkt.end)
            line.put(b" [length %d < %d or > %d]" % (
                self.header_length, PPI_SMALLEST, PPI_LARGEST) + INVALID)
            return
        if not pkt.has(self.off, self.header_length):
            self.cut(line)
        start = self.off + self.header_length
        line.link_header(start)
        unknown = self.upper() is None
        if line.style.link_level or unknown:
            self.write_link_type(line, b"V.%d " % self.version)
        if unknown:
            default_print(line, pkt, start, pkt.end - start)
