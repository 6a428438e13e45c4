"""Real-time Transport Protocol, its control protocol, and vat (RFC 3550); tcpdump: print-udp.c.

No port means RTP: -T rtp, -T rtcp and -T vat say what the payload is.
"""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.wire import Line, Record

VERSION_1 = 1
H261 = 31  # payload type
SENDER_REPORT, RECEIVER_REPORT, DESCRIPTION, BYE = 200, 201, 202, 203
HEADER_LENGTH, SENDER_LENGTH, REPORT_LENGTH = 8, 20, 24
MAX_PACKETS = 1024  # RTCP packets listed of one datagram


class Rtp(Layer):
    """Version, payload type, sequence number, time stamp, synchronisation source."""

    __slots__ = ("first", "ssrc", "timestamp")

    first: int  #: the first 32 bits
    timestamp: int
    ssrc: int  #: 0 in version 1, which has none

    name = "rtp"
    tag = b"rtp"
    fields = ("version", "payload_type", "marker", "sequence", "timestamp", "ssrc")

    def clear(self) -> None:
        self.first = self.timestamp = self.ssrc = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.first = pkt.u32(off)
        self.timestamp = pkt.u32(off + 4)
        if self.version != VERSION_1:
            self.ssrc = pkt.u32(off + 8)

    @property
    def version(self) -> int:
        """2, or 1 of the drafts."""
        return self.first >> 30

    @property
    def payload_type(self) -> int:
        return self.first >> 16 & (0x3F if self.version == VERSION_1 else 0x7F)

    @property
    def marker(self) -> bool:
        return bool(self.first & (0x400000 if self.version == VERSION_1 else 0x800000))

    @property
    def sequence(self) -> int:
        return self.first & 0xFFFF

    def write(self, line: Line) -> None:
        length = self.size
        if length < 8:
            line.put(b"udp/rtp, length %d < 8" % length)
            return
        pkt, off = self.pkt, self.off
        first = pkt.u32(off)
        stamp = pkt.u32(off + 4)
        old = self.version == VERSION_1
        if not old and length < 12:
            line.put(b"udp/rtp, length %d < 12" % length)
            return
        extended = first & (0x800000 if old else 0x10000000)
        head = 8 if old else 12
        line.put(b"udp/%s %d c%d %s%s %d %d" % (
            b"rtpv1" if old else b"rtp", length - head, self.payload_type,
            b"+" if extended else b"", b"*" if self.marker else b"", self.sequence, stamp))
        if line.style.verbose:
            line.put(b" %d" % pkt.u32(off + 8))
            self.write_rest(line, off + head, length // 4 - head // 4, old, bool(extended))

    def write_rest(self, line: Line, at: int, words: int, old: bool, extended: bool) -> None:
        """Options or an extension are stepped over; H.261 has a header of its own."""
        pkt = self.pkt
        if extended and old:
            while True:
                option = pkt.u32(at)
                size = option >> 16 & 0xFF
                if size == 0 or size > words:
                    line.put(b" !opt")
                    return
                at += 4 * size
                words -= size
                if option >> 31:
                    break
        elif extended:
            size = (pkt.u32(at) & 0xFFFF) + 1
            if size > words:
                line.put(b" !ext")
                return
            at += 4 * size
        if self.payload_type == H261:
            line.put(b" 0x%04x" % (pkt.u32(at) >> 16))


class Rtcp(Layer):
    """Reports, one packet after the other in a datagram."""

    __slots__ = ()

    name = "rtcp"
    tag = b"rtcp"
    fields = ("packets",)

    @property
    def packets(self) -> list[tuple[int, int, bytes]]:
        """Type, count and content of each packet that was captured whole."""
        found: list[tuple[int, int, bytes]] = []
        at, stop = self.off, min(self.off + self.size, self.pkt.end)
        while stop - at >= 4 and len(found) < MAX_PACKETS:
            size = (self.pkt.u16(at + 2) + 1) * 4
            if size > stop - at:
                break
            found.append((self.pkt.u8(at + 1), self.pkt.u8(at) & 0x1F,
                          self.pkt.raw(at + 4, size - 4)))
            at += size
        return found

    def write(self, line: Line) -> None:
        at = self.off
        while at < self.pkt.end:
            at += write_report(line, self.pkt, at)


def write_report(line: Line, pkt: Record, at: int) -> int:
    """One packet; its octets, as it says."""
    pkt.raw(at, HEADER_LENGTH)
    kind = pkt.u8(at + 1)
    count = pkt.u8(at) & 0x1F
    size = (pkt.u16(at + 2) + 1) * 4
    source = b" %d" % pkt.u32(at + 4) if line.style.verbose else b""
    report = at + HEADER_LENGTH
    if kind in (SENDER_REPORT, RECEIVER_REPORT):
        fixed = HEADER_LENGTH + (SENDER_LENGTH if kind == SENDER_REPORT else 0)
        line.put(b" sr" if kind == SENDER_REPORT else b" rr")
        if size != count * REPORT_LENGTH + fixed:
            line.put(b" [%d]" % size)
        line.put(source)
        if kind == SENDER_REPORT:
            pkt.raw(report, SENDER_LENGTH)
            time = pkt.u32(report) + pkt.u32(report + 4) / 4294967295.0
            line.put(b" @%.2f %d %dp %db" % (
                time, pkt.u32(report + 8), pkt.u32(report + 12), pkt.u32(report + 16)))
            report += SENDER_LENGTH
        write_blocks(line, pkt, report, count)
    elif kind in (DESCRIPTION, BYE):
        line.put((b" sdes %d" if kind == DESCRIPTION else b" bye %d") % size + source)
    else:
        line.put(b" type-0x%x %d" % (kind, size))
    return size


def write_blocks(line: Line, pkt: Record, at: int, count: int) -> None:
    """Reception reports: tcpdump shows the first as often as there are some."""
    if count > 1:
        line.put(b" c%d" % count)
    for _ in range(count):
        pkt.raw(at, REPORT_LENGTH)
        if line.style.verbose:
            line.put(b" %d" % pkt.u32(at))
        line.put(b" %dl %ds %dj @%.2f+%.2f" % (
            pkt.u24(at + 5), pkt.u32(at + 8), pkt.u32(at + 12), pkt.u32(at + 16) / 65536.0,
            pkt.u32(at + 20) / 65536.0))


class Vat(Layer):
    """The audio tool vat, or its predecessor vt."""

    __slots__ = ()

    name = "vat"
    tag = b"vat"

    def write(self, line: Line) -> None:
        pkt, off, length = self.pkt, self.off, self.size
        if length < 2:
            line.put(b"udp/va/vat, length %d < 2" % length)
            return
        stamp = pkt.u16(off)
        if stamp & 0xF060:
            line.put(b"udp/vt %d %d / %d" % (length, stamp & 0x3FF, stamp >> 10))
            return
        if length < 8:
            line.put(b"udp/vat, length %d < 8" % length)
            return
        first = pkt.u32(off)
        line.put(b"udp/vat %d c%d %d%s" % (
            length - 8, first & 0xFFFF, pkt.u32(off + 4), b"*" if first & 0x800000 else b""))
        if first & 0x1F0000:
            line.put(b" f%d" % (first >> 16 & 0x1F))
        if first & 0x3F000000:
            line.put(b" s%d" % (first >> 24 & 0x3F))
