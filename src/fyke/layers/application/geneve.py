"""Generic Network Virtualization Encapsulation (RFC 8926); tcpdump: print-geneve.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import Cursor, Malformed
from fyke.layers.fields import U16, Bits, Flags, Listed, Number, Options, Renamed
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.tables import table
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 8
OPTION_HEADER = 4
CRITICAL = 0x80  # in an option's type
FLAG_NAMES = ((0x80, b"O"), (0x40, b"C"), (0x20, b"R1"), (0x10, b"R2"), (0x08, b"R3"),
              (0x04, b"R4"), (0x02, b"R5"), (0x01, b"R6"))
ETHERNET = 0x6558  # as an EtherType: transparent Ethernet bridging

#: (first, last, name) of option classes (IANA "Geneve Option Class").
CLASSES = (
    (0x0000, 0x00FF, b"Standard"), (0x0100, 0x0100, b"Linux"), (0x0101, 0x0101, b"Open vSwitch"),
    (0x0102, 0x0102, b"Open Virtual Networking (OVN)"),
    (0x0103, 0x0103, b"In-band Network Telemetry (INT)"), (0x0104, 0x0104, b"VMware"),
    (0x0105, 0x0105, b"Amazon"), (0x0106, 0x0106, b"Cisco"), (0x0107, 0x0107, b"Oracle"),
    (0x0108, 0x0110, b"Amazon"), (0x0111, 0x0118, b"IBM"), (0x0119, 0x0128, b"Ericsson"),
    (0x0129, 0x0129, b"Oxide"), (0x0130, 0x0131, b"Cisco"), (0x0132, 0x0135, b"Google"),
    (0x0136, 0x0136, b"InfoQuick"), (0xFFF0, 0xFFFF, b"Experimental"),
)


class GeneveOption(NamedTuple):
    """An option (RFC 8926 §3.5)."""

    option_class: int
    owner: str  #: of the class
    type: int  #: without its critical bit
    critical: bool
    data: str  #: hexadecimal


def options_of(geneve: Geneve) -> Options:
    """Every option; ``cut`` if the capture ends there, or one is longer than the rest."""
    found = Options()
    at = geneve.off + HEADER_LENGTH
    try:
        stop = at + geneve.options_length
        if stop > geneve.off + geneve.size:
            raise Malformed("options longer than the packet")
        cursor = Cursor(geneve.pkt, at, stop)
        while cursor.left:
            number, kind, words = cursor.u16(), cursor.u8(), cursor.u8() & 0x1F
            found.append(GeneveOption(number, class_name(number).decode(), kind & ~CRITICAL,
                                      kind & CRITICAL != 0, cursor.raw(4 * words).hex()))
    except (Malformed, Truncated):
        found.cut = True
    return found


class Geneve(Layer):
    """Flags, virtual network, options, and the EtherType of what follows."""

    __slots__ = ()

    name = "geneve"
    tag = b"geneve"

    version = Bits(0, 1, 0xC0, "0")
    options_length = Bits(0, 1, 0x3F, "of all options", scale=4, unit="bytes")
    flags = Flags(1, 1, 0xFF, "O control packet, C critical options",
                  {bit: letter.decode() for bit, letter in FLAG_NAMES},
                  aliases={"oam": 0x80, "o": 0x80, "critical": 0x40, "c": 0x40})
    proto = U16(2, "EtherType of the payload")
    vni = Number(4, 3, "virtual network identifier")
    options = Listed(options_of, "options of variable length (RFC 8926 §3.5)")
    ethertype = Renamed("proto")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < HEADER_LENGTH:
            return
        pkt.u8(off + 7)
        skip = HEADER_LENGTH + self.options_length
        if self.version or skip > self.size:
            return
        if not pkt.has(off, skip):
            raise Truncated
        self.payload_off = off + skip
        self.payload_length = self.size - skip
        proto = self.proto
        self.next = (table("link_type").find(1) if proto == ETHERNET
                     else table("ethertype").find(proto))

    def write(self, line: Line) -> None:
        line.put(b"Geneve")
        if self.size < HEADER_LENGTH:
            line.put(b" [length %d < %d]" % (self.size, HEADER_LENGTH))
            line.put(INVALID)
            return
        self.pkt.u8(self.off)
        if self.version:
            line.put(b" ERROR: unknown-version %d" % self.version)
            line.put(INVALID)
            return
        self.pkt.u8(self.off + 7)
        line.put(b", Flags [%s], vni 0x%x" % (bit_words(FLAG_NAMES, self.flags, b""), self.vni))
        reserved = self.pkt.u8(self.off + 7)
        if reserved:
            line.put(b", rsvd 0x%x" % reserved)
        if line.style.link_level:
            line.put(b", proto %s (0x%04x)" % (
                named(ETHERTYPE_NAMES, self.proto, b"unknown"), self.proto))
        left = self.size - HEADER_LENGTH
        if left < self.options_length:
            line.put(b" (opts_len %d > %d" % (self.options_length, left))
            line.put(INVALID)
            return
        if self.options_length and not self.write_options(line):
            line.put(INVALID)
            line.stop()
            return
        line.put(b"\n\t" if line.style.verbose else b": ")
        if self.next is None:
            line.put(b"geneve-proto-0x%x" % self.proto)
            if not self.pkt.has(self.payload_off, self.payload_length):
                raise Truncated

    def write_options(self, line: Line) -> bool:
        pkt, off = self.pkt, self.off + HEADER_LENGTH
        line.put(b", options [")
        if not line.style.verbose:
            if not pkt.has(off, self.options_length):
                raise Truncated
            line.put(b"%d bytes]" % self.options_length)
            return True
        stop = off + self.options_length
        between = b""
        while off < stop:
            line.put(between)
            between = b", "
            length = OPTION_HEADER + (pkt.u8(off + 3) & 0x1F) * 4
            self.write_option(line, off, length)
            if length > stop - off:
                line.put(b" [bad length]")
                if not pkt.has(off, stop - off):
                    raise Truncated
                return False
            if line.style.verbose > 1 and length > OPTION_HEADER:
                line.put(b" data")
                for at in range(off + OPTION_HEADER, off + length, 4):
                    line.put(b" %08x" % pkt.u32(at))
            elif not pkt.has(off, length):
                raise Truncated
            off += length
        line.put(b"]")
        return True

    def write_option(self, line: Line, off: int, length: int) -> None:
        number = self.pkt.u16(off)
        kind = self.pkt.u8(off + 2)
        line.put(b"class %s (0x%x) type 0x%x%s len %d" % (
            class_name(number), number, kind, b"(C)" if kind & CRITICAL else b"", length))


def class_name(number: int) -> bytes:
    for first, last, name in CLASSES:
        if first <= number <= last:
            return name
    return b"Unknown"
