"""Real-time Transport Protocol, its control protocol, and vat (RFC 3550); tcpdump: print-udp.c.

No port means RTP: -T rtp, -T rtcp and -T vat say what the payload is.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST, Cursor, Malformed, text
from fyke.layers.fields import U16, U32, Bits, Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.layers.words import signed
from fyke.wire import Line, Record, Truncated

VERSION_1 = 1
H261 = 31  # payload type
SENDER_REPORT, RECEIVER_REPORT, DESCRIPTION, BYE, APPLICATION = range(200, 205)
ITEM_NAMES = {1: "cname", 2: "name", 3: "email", 4: "phone", 5: "loc", 6: "tool", 7: "note",
              8: "priv"}
HEADER_LENGTH, SENDER_LENGTH, REPORT_LENGTH = 8, 20, 24
MAX_PACKETS = 1024  # RTCP packets listed of one datagram


class HeaderExtension(NamedTuple):
    """A header extension (RFC 3550 §5.3.1)."""

    profile: int
    data: str  #: hexadecimal


def of_version_2(read: Callable[[Rtp], Any]) -> Callable[[Rtp], Any]:
    """Reads a field that version 1 has none of."""
    return lambda rtp: None if rtp.version == VERSION_1 else read(rtp)


def extension_of(rtp: Rtp) -> HeaderExtension | None:
    if not rtp.has_extension:
        return None
    at = rtp.off + 12 + 4 * rtp.source_count
    return HeaderExtension(rtp.pkt.u16(at), rtp.pkt.raw(at + 4, 4 * rtp.pkt.u16(at + 2)).hex())


class Rtp(Layer):
    """Version, payload type, sequence number, time stamp, synchronisation source."""

    __slots__ = ()

    name = "rtp"
    tag = b"rtp"

    version = Bits(0, 1, 0xC0, "2, or 1 of the drafts")
    has_padding = Made("bool", of_version_2(lambda rtp: bool(rtp.pkt.u8(rtp.off) & 0x20)))
    has_extension = Made("bool", lambda rtp: bool(rtp.pkt.u32(rtp.off) & (
        0x800000 if rtp.version == VERSION_1 else 0x10000000)), "options, in version 1")
    source_count = Made("u8", of_version_2(lambda rtp: rtp.pkt.u8(rtp.off) & 0x0F))
    payload_type = Made("u8", lambda rtp: rtp.pkt.u8(rtp.off + 1) & (
        0x3F if rtp.version == VERSION_1 else 0x7F))
    marker = Made("bool", lambda rtp: bool(rtp.pkt.u8(rtp.off + 1) & (
        0x40 if rtp.version == VERSION_1 else 0x80)))
    sequence = U16(2, "sequence number")
    timestamp = U32(4)
    ssrc = Made("u32", of_version_2(lambda rtp: rtp.pkt.u32(rtp.off + 8)),
                "synchronisation source")
    sources = Made("list", of_version_2(lambda rtp: [
        rtp.pkt.u32(rtp.off + 12 + 4 * number) for number in range(rtp.source_count)]),
                   "contributing sources")
    extension = Made("any", of_version_2(extension_of), "header extension (RFC 3550 §5.3.1)")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < 8:
            return
        pkt.u32(off + 4)
        if self.version != VERSION_1 and self.size >= 12:
            head = 12 + 4 * self.source_count
            if self.has_extension:
                head += 4 + 4 * pkt.u16(off + head + 2)
            pkt.u32(off + 8)
            self.payload_off = off + head
            self.payload_length = max(self.size - head, 0)

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


class Report(NamedTuple):
    """What a receiver says of a source (RFC 3550 §6.4.1)."""

    ssrc: int
    fraction_lost: int  #: of 256
    lost: int  #: signed
    highest_sequence: int
    jitter: int
    last_report: int
    delay: int  #: since it, in units of 1/65,536 s


class SenderInfo(NamedTuple):
    """What a sender says of itself (RFC 3550 §6.4.1)."""

    ntp_time: int  #: NTP time stamp, 32.32 bits
    rtp_time: int  #: the same moment in the stream's clock
    packets: int
    octets: int


class Item(NamedTuple):
    """A description of a source (RFC 3550 §6.5)."""

    ssrc: int
    kind: int
    name: str
    text: str


class Application(NamedTuple):
    """A packet of an application (RFC 3550 §6.7)."""

    name: str
    data: bytes


class RtcpPacket(NamedTuple):
    """A packet of the datagram; what its type has not is None or empty."""

    type: int
    report_count: int
    length: int  #: octets
    ssrc: int | None
    sender: SenderInfo | None
    reports: list[Report]
    items: list[Item]
    leaving: list[int]  #: sources that say goodbye
    reason: str | None  #: why they leave
    application: Application | None
    data: bytes  #: what is behind the header


def packets_of(rtcp: Rtcp) -> Options:
    """Every packet; ``cut`` if the last is not whole."""
    found, pkt = Options(), rtcp.pkt
    at, stop = rtcp.off, rtcp.off + rtcp.size
    try:
        while at < stop and len(found) < MOST:
            size = (pkt.u16(at + 2) + 1) * 4
            if size > stop - at:
                raise Truncated
            found.append(rtcp_packet(Record(pkt.raw(at, size)), size))
            at += size
    except Truncated:
        found.cut = True
    return found


def rtcp_packet(packet: Record, size: int) -> RtcpPacket:
    kind, count = packet.u8(1), packet.u8(0) & 0x1F
    start = {SENDER_REPORT: 28, RECEIVER_REPORT: 8}.get(kind, size)
    sender = None
    if kind == SENDER_REPORT and size >= 28:
        sender = SenderInfo(packet.u64(8), packet.u32(16), packet.u32(20), packet.u32(24))
    reports = [Report(packet.u32(at), packet.u8(at + 4), signed(packet.u24(at + 5), 24),
                      packet.u32(at + 8), packet.u32(at + 12), packet.u32(at + 16),
                      packet.u32(at + 20))
               for at in range(start, min(start + 24 * count, size - 23), 24)]
    items = descriptions(packet, size, count) if kind == DESCRIPTION else []
    leaving, reason = farewell(packet, size, count) if kind == BYE else ([], None)
    application = None
    if kind == APPLICATION and size >= 12:
        application = Application(text(packet, 8, 4), packet.raw(12, size - 12))
    return RtcpPacket(kind, count, size, packet.u32(4) if size >= 8 else None, sender, reports,
                      items, leaving, reason, application, packet.raw(4, size - 4))


def descriptions(packet: Record, size: int, count: int) -> list[Item]:
    """The items of every chunk, as far as they make sense."""
    walk = Cursor(packet, 4, size)
    found: list[Item] = []
    try:
        for _ in range(count):
            ssrc = walk.u32()
            while kind := walk.u8():
                length = walk.u8()
                name = ITEM_NAMES.get(kind, f"unknown_{kind}")
                found.append(Item(ssrc, kind, name, text(packet, walk.step(length), length)))
            walk.step(-walk.at % 4)
    except Malformed:
        pass
    return found


def farewell(packet: Record, size: int, count: int) -> tuple[list[int], str | None]:
    """Who leaves, and why."""
    at = 4 + 4 * count
    leaving = [packet.u32(one) for one in range(4, min(at, size - 3), 4)]
    reason = None
    if at < size and packet.u8(at) <= size - at - 1:
        reason = text(packet, at + 1, packet.u8(at))
    return leaving, reason


class Rtcp(Layer):
    """Reports, one packet after the other in a datagram."""

    __slots__ = ()

    name = "rtcp"
    tag = b"rtcp"

    packets = Listed(packets_of, "every packet of the datagram")

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


def of_vat(read: Callable[[Vat], Any]) -> Callable[[Vat], Any]:
    """Reads a field that vt has none of."""
    return lambda vat: None if vat.is_vt else read(vat)


class Vat(Layer):
    """The audio tool vat, or its predecessor vt."""

    __slots__ = ()

    name = "vat"
    tag = b"vat"

    is_vt = Made("bool", lambda vat: bool(vat.pkt.u16(vat.off) & 0xF060),
                 "of vat's predecessor vt")
    conference = Made("u16", of_vat(lambda vat: vat.pkt.u32(vat.off) & 0xFFFF))
    timestamp = Made("u32", of_vat(lambda vat: vat.pkt.u32(vat.off + 4)))
    is_start = Made("bool", of_vat(lambda vat: bool(vat.pkt.u32(vat.off) & 0x800000)),
                    "of a talk spurt")

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
