"""Connectionless network protocol (ISO/IEC 8473-1, ITU-T X.233); tcpdump: print-isoclns.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Bits, Made
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.network.clnp_names import (
    DISCARD_REASON,
    ECHO_RESPONSE,
    ERROR_CLASSES,
    ERROR_NAMES,
    ERROR_REPORT,
    FLAGS,
    OPTION_NAMES,
    PADDING,
    PDU_NAMES,
    PRIORITY,
    QOS,
    QOS_FLAGS,
    ROUTE_NAMES,
    SCOPE_NAMES,
    SECURITY,
)
from fyke.layers.network.osi_parts import CLNP, Bad, each_option, nsap, write_checksum
from fyke.layers.words import as_text, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 9
SEGMENT_LENGTH = 6
VERSION = 1
SEGMENTED = 0x80  # flag: the header has a segmentation part
#: Options that say something only from this many octets on.
SHORTEST = {DISCARD_REASON: 1, PRIORITY: 1, QOS: 1, SECURITY: 2, **dict.fromkeys(ROUTE_NAMES, 2)}


class Clnp(Layer):
    """Fixed part, addresses, segmentation part and options."""

    __slots__ = ()

    name = "clnp"
    tag = b"clnp"

    header_length = U8(1, "of the header", unit="bytes")
    version = U8(2, "1")
    lifetime = U8(3, "what is left, in half seconds")
    flags = Bits(4, 1, 0xE0, "segmentation, more segments, error reports")
    type = Bits(4, 1, 0x1F, "type of packet", names=as_text(PDU_NAMES))
    segment_length = U16(5, "of header and data", unit="bytes")
    checksum = U16(7, "Fletcher's over the header; 0 for none")
    dst = Made("bytes", lambda layer: layer.ends()[0],
               "destination's network service access point")
    src = Made("bytes", lambda layer: layer.ends()[1], "source's network service access point")

    def ends(self) -> tuple[bytes, bytes]:
        """Both addresses, each behind its length."""
        pkt, at = self.pkt, self.off + HEADER_LENGTH
        size = pkt.u8(at)
        other = at + 1 + size
        return pkt.raw(at + 1, size), pkt.raw(other + 1, pkt.u8(other))

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 7)
        size = pkt.u8(off + 1)
        self.payload_off = off + size
        self.payload_length = max(self.size - size, 0)
        reports = pkt.u8(off + 4) & 0x1F in (ERROR_REPORT, ECHO_RESPONSE)
        if reports and size >= HEADER_LENGTH and pkt.has(off + size, 1) and (
                pkt.u8(off + size) == CLNP):
            self.next = Clnp  # the packet that the report is about

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if not pkt.has(off, HEADER_LENGTH):
            raise Truncated
        if not line.style.link_level:
            line.put(b"CLNP")
        try:
            self.write_packet(line, pkt, off)
        except Bad as fault:
            line.put(fault.args[0])
            if not isinstance(self.below, Clnp):
                print_unknown_data(line, pkt, off, b"\n\t", self.size)
        line.stop()  # the packet that a report is about is written already, where it is shown

    def write_packet(self, line: Line, pkt: Record, off: int) -> None:
        self.check()
        end = off + self.header_length
        dst = off + HEADER_LENGTH
        src = address_end(pkt, dst, end)
        at = address_end(pkt, src, end)
        source = nsap(pkt, src + 1, at - src - 1)
        target = nsap(pkt, dst + 1, src - dst - 1)
        if not line.style.link_level:
            line.put(b", ")
        name = named(PDU_NAMES, self.type, b"unknown (%d)")
        if not line.style.verbose:
            line.put(b"%s > %s, %s, length %d" % (source, target, name, self.size))
            return
        line.put(b"length %d\n\t%s PDU, hlen: %d, v: %d, lifetime: %d.%ds, "
                 b"Segment PDU length: %d, checksum: 0x%04x" % (
                     self.size, name, self.header_length, self.version, self.lifetime // 2,
                     self.lifetime % 2 * 5, self.segment_length, self.checksum))
        write_checksum(line, pkt, off, self.header_length, 7, self.checksum)
        line.put(b"\n\tFlags [%s]\n\tsource address (length %d): %s"
                 b"\n\tdest   address (length %d): %s" % (
                     bit_words(FLAGS, self.flags << 5), at - src - 1, source, src - dst - 1,
                     target))
        if self.flags << 5 & SEGMENTED:
            if end - at < SEGMENT_LENGTH:
                raise Bad(b"li < size of fixed part of CLNP header, addresses, and segment part")
            pkt.raw(at, SEGMENT_LENGTH)
            line.put(b"\n\tData Unit ID: 0x%04x, Segment Offset: %d, Total PDU Length: %d" % (
                pkt.u16(at), pkt.u16(at + 2), pkt.u16(at + 4)))
            at += SEGMENT_LENGTH
        write_options(line, pkt, at, end)
        self.write_data(line, pkt, end)

    def check(self) -> None:
        """What cannot be in a header raises Bad."""
        size = self.header_length
        if self.version != VERSION:
            raise Bad(b"version %d packet not supported" % self.version)
        if size > self.size:
            raise Bad(b" length indicator(%d) > PDU size (%d)!" % (size, self.size))
        if size < HEADER_LENGTH:
            octets = self.pkt.raw(self.off, self.pkt.end - self.off)
            raise Bad(b" length indicator %d < min PDU size:%s" % (
                size, octets.hex().upper().encode()))

    def write_data(self, line: Line, pkt: Record, at: int) -> None:
        """Octets, but for the packet that an error report is about."""
        if self.type in (ERROR_REPORT, ECHO_RESPONSE) and pkt.u8(at) == CLNP:
            line.put(b"\n\t-----original packet-----\n\t")
            self.write_next(line)
        elif self.size > self.header_length:
            rest = self.size - self.header_length
            line.put(b"\n\t  undecoded non-header data, length %d" % rest)
            print_unknown_data(line, pkt, at, b"\n\t  ", rest)


def address_end(pkt: Record, at: int, end: int) -> int:
    """Where the address ends whose length stands at ``at``."""
    fault = b"li < size of fixed part of CLNP header and addresses"
    if at >= end:
        raise Bad(fault)
    size = pkt.u8(at)
    if size > end - at - 1:
        raise Bad(fault)
    pkt.raw(at + 1, size)
    return at + 1 + size


def write_options(line: Line, pkt: Record, at: int, end: int) -> None:
    for kind, place, size in each_option(line, pkt, at, end, OPTION_NAMES, whole=True):
        if size < SHORTEST.get(kind, 0):
            raise Bad(b", bad opt len")
        write_option(line, pkt, place, kind, size)
        if line.style.verbose > 1:
            print_unknown_data(line, pkt, place, b"\n\t  ", size)


def write_option(line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
    if kind in ROUTE_NAMES:
        write_route(line, pkt, at, kind, size)
    elif kind == PRIORITY:
        line.put(b"0x%x" % (pkt.u8(at) & 0x0F))
    elif kind in (QOS, SECURITY):
        scope = pkt.u8(at) & 0xC0
        line.put(b"\n\t    Format Code: %s" % SCOPE_NAMES.get(scope, b"Reserved"))
        if kind == SECURITY:
            line.put(b", Security-Level %d" % pkt.u8(at + 1))
        elif scope == 0xC0:
            line.put(b"\n\t    QoS Flags [%s]" % bit_words(QOS_FLAGS, pkt.u8(at) & 0x3F))
    elif kind == DISCARD_REASON:
        error = pkt.u8(at)
        line.put(b"\n\t    Class: %s Error (0x%x), %s (0x%x)" % (
            ERROR_CLASSES.get(error >> 4, b"Unknown"), error >> 4,
            ERROR_NAMES.get(error, b"Unknown"), error & 15))
    elif kind == PADDING:
        line.put(b"padding data")
    else:
        print_unknown_data(line, pkt, at, b"\n\t  ", size)


def write_route(line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
    """A list of addresses (tcpdump shows the first of them again and again)."""
    complete = {0: b"partial", 1: b"complete"}.get(pkt.u8(at), b"Unknown")
    line.put(b"%s %s" % (complete, ROUTE_NAMES[kind]))
    first = pkt.u8(at + 1)
    if first == 0:
        line.put(b" Bad NSAP offset (0)")
        return
    if first - 1 > size:
        line.put(b" Bad NSAP offset (past end of option)")
        return
    at += first - 1
    rest = size - first + 1
    while rest > 0:
        length = pkt.u8(at)
        if rest < length + 1:
            line.put(b"\n\t    NSAP address goes past end of option")
            return
        if length:
            line.put(b"\n\t    NSAP address (length %d): %s" % (length, nsap(pkt, at + 1, length)))
        at += length + 1
        rest -= length + 1
