"""End system to intermediate system (ISO 9542); tcpdump: print-isoclns.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Bits
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.network.osi_parts import Bad, each_option, nsap, write_checksum, write_nlpids
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 9
VERSION = 1
ESH, ISH, REDIRECT = 2, 4, 6
PDU_NAMES = {REDIRECT: b"redirect", ESH: b"ESH", ISH: b"ISH"}
PROTOCOLS, CONFIGURATION_TIME = 129, 198
OPTION_NAMES = {
    PROTOCOLS: b"Protocols supported", 195: b"QoS Maintenance", 197: b"Security",
    CONFIGURATION_TIME: b"ES Configuration Time", 205: b"Priority", 225: b"Address Mask",
    226: b"SNPA Mask",
}


class EsIs(Layer):
    """A hello or a redirect."""

    __slots__ = ()

    name = "esis"
    tag = b"esis"

    header_length = U8(1, "of the whole packet, as it says", unit="bytes")
    version = U8(2, "1")
    type = Bits(4, 1, 0x1F, "hello of an end or intermediate system, or redirect",
                names=as_text(PDU_NAMES))
    holding_time = U16(5, "how long this holds", unit="s")
    checksum = U16(7, "Fletcher's over the packet; 0 for none")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 7)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt, off, size = self.pkt, self.off, self.header_length
        if not line.style.link_level:
            line.put(b"ES-IS")
        if self.size <= 2:
            line.put(b"bad pkt!" if line.style.quiet else b"no header at all!")
            return
        if self.short:
            raise Truncated
        if self.version != VERSION:
            line.put(b" version %d packet not supported" % self.version)
        elif size > self.size:
            line.put(b" length indicator(%d) > PDU size (%d)!" % (size, self.size))
        elif size < HEADER_LENGTH + 2:
            line.put(b" length indicator %d < min PDU size:" % size)
            line.put(pkt.raw(off, pkt.end - off).hex().upper().encode())
        else:
            self.write_summary(line)
            if line.style.verbose:
                try:
                    self.write_body(line, off + HEADER_LENGTH, off + size)
                except Bad as fault:
                    line.put(fault.args[0])

    def write_summary(self, line: Line) -> None:
        if not line.style.link_level:
            line.put(b", ")
        if not line.style.verbose:
            line.put(b"%s, length %d" % (
                named(PDU_NAMES, self.type, b"unknown type (%d)"), self.size))
            return
        line.put(b"length %d\n\t%s (%d), v: %d, checksum: 0x%04x" % (
            self.size, named(PDU_NAMES, self.type, b"unknown type: %d"), self.type,
            self.version, self.checksum))
        write_checksum(line, self.pkt, self.off, self.header_length, 7, self.checksum)
        line.put(b", holding time: %ds, length indicator: %d" % (
            self.holding_time, self.header_length))
        if line.style.verbose > 1:
            print_unknown_data(line, self.pkt, self.off, b"\n\t", HEADER_LENGTH)

    def write_body(self, line: Line, at: int, end: int) -> None:
        pkt = self.pkt
        if self.type == REDIRECT:
            at = write_redirect(line, pkt, at, end)
            end += 1  # as in tcpdump, which does not count the last of its three lengths
        elif self.type == ESH:
            count, at = pkt.u8(at), at + 1
            line.put(b"\n\t  Number of Source Addresses: %d" % count)
            for _ in range(count):
                at = write_net(line, pkt, at, end, b", bad esh/li")
        elif self.type == ISH:
            at = write_net(line, pkt, at, end, b", bad ish/li")
        else:
            if line.style.verbose <= 1:
                print_unknown_data(line, pkt, at, b"\n\t  ", pkt.end - at)
            return
        write_options(line, pkt, at, end)


def field(pkt: Record, at: int, end: int, fault: bytes) -> int:
    """Octets of the field whose length stands at ``at``; raises Bad if it leaves the header."""
    size = pkt.u8(at)
    if at >= end:
        raise Bad(fault)
    pkt.raw(at + 1, size)
    if size > end - at - 1:
        raise Bad(fault)
    return size


def write_net(line: Line, pkt: Record, at: int, end: int, fault: bytes) -> int:
    """A network entity title, and where it ends."""
    size = field(pkt, at, end, fault)
    line.put(b"\n\t  NET (length: %d): %s" % (size, nsap(pkt, at + 1, size)))
    return at + 1 + size


def write_redirect(line: Line, pkt: Record, at: int, end: int) -> int:
    """A destination, the subnetwork address that leads to it, and the router's title."""
    fault = b", bad redirect/li"
    size = field(pkt, at, end, fault)
    line.put(b"\n\t  %s" % nsap(pkt, at + 1, size))
    at += 1 + size
    size = field(pkt, at, end, fault)
    snpa = at + 1
    at = snpa + size
    if at >= end:
        pkt.u8(at)
        raise Bad(fault)
    title = field(pkt, at, end + 1, fault)
    line.put(b"\n\t  SNPA (length: %d): " % size)
    if size == 6:
        line.ether(pkt, snpa)
    else:
        line.put(pkt.raw(snpa, size).hex(":").encode() or b"<empty>")
    if title:
        line.put(b"\n\t  NET (length: %d) %s" % (title, nsap(pkt, at + 1, title)))
    return at + 1 + title


def write_options(line: Line, pkt: Record, at: int, end: int) -> None:
    for kind, place, size in each_option(line, pkt, at, end, OPTION_NAMES, whole=False):
        if kind == CONFIGURATION_TIME:
            line.put(b"%ds" % pkt.u16(place) if size == 2 else b"(bad length)")
        elif kind == PROTOCOLS:
            write_nlpids(line, pkt, place, size)
        else:
            print_unknown_data(line, pkt, place, b"\n\t  ", size)
        if line.style.verbose > 1:
            print_unknown_data(line, pkt, place, b"\n\t  ", size)
