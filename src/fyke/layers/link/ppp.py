"""The Point-to-Point Protocol (RFC 1661) and its links; tcpdump: print-ppp.c."""

from __future__ import annotations

from fyke.hints import ClassVar
from fyke.layers.fields import Bits, Made
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.chdlc import BROADCAST, UNICAST, Chdlc
from fyke.layers.link.ppp_names import PROTOCOL_NAMES
from fyke.layers.tables import table
from fyke.layers.words import as_text, bit_words
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 4  # address, control, protocol
ADDRESS, CONTROL = 0xFF, 0x03
COMPRESSED, BANDWIDTH = 0x00FD, 0xC02D
MULTILINK_FLAGS = ((0x8000, b"begin"), (0x4000, b"end"))  # RFC 1990 §3
DIRECTIONS = {0: "in", 1: "out"}  # LINKTYPE_PPP_WITH_DIR
PROTOCOLS = table("ppp.proto")


def address_of(ppp: Ppp) -> int | None:
    """The address octet; None where it was compressed away (RFC 1661 §6.6)."""
    first: int = ppp.pkt.u8(ppp.off)
    if ppp.framed or (first in (0, 1, ADDRESS) and ppp.pkt.u8(ppp.off + 1) == CONTROL):
        return first
    return None


def direction_of(ppp: Ppp) -> int | None:
    """What stands in the address's place in LINKTYPE_PPP_WITH_DIR."""
    address = address_of(ppp)
    return address if address in DIRECTIONS else None


def proto_of(ppp: Ppp) -> int:
    """The protocol: its first octet is even where there are two (RFC 1661 §2)."""
    at = ppp.off if address_of(ppp) is None else ppp.off + 2
    first: int = ppp.pkt.u8(at)
    return first if first & 1 and not ppp.framed else ppp.pkt.u16(at)


class Ppp(Layer):
    """Perhaps an address and a control octet, then the protocol in one or two octets."""

    __slots__ = ()

    framed: ClassVar[bool] = False  #: address, control and both octets of the protocol are there

    name = "ppp"
    tag = b"ppp"

    address = Made("u8", address_of, "address octet, 255; none where it was left out")
    direction = Made("u8", direction_of, "in or out, where the capture tells", names=DIRECTIONS)
    proto = Made("u16", proto_of, "protocol number of the payload",
                 names=as_text(PROTOCOL_NAMES))

    def parse(self, pkt: Record, off: int) -> None:
        proto = self.proto
        at = off if self.address is None else off + 2
        self.payload_off = at + (1 if proto < 256 and pkt.u8(at) & 1 else 2)
        self.payload_length = self.size - (self.payload_off - off)
        if self.size - (at - off) < 2:  # even for one octet of protocol
            raise Truncated
        self.next = PROTOCOLS.find(proto)

    def write(self, line: Line) -> None:
        if self.size < 2 or (self.short and not self.payload_off):
            raise Truncated
        if line.style.link_level and self.direction is not None:
            line.put(b"Out " if self.direction else b"In  ")
        if self.short:
            raise Truncated
        if self.is_link:
            line.link_header(self.payload_off)
        if line.style.link_level:
            name = PROTOCOL_NAMES.get(self.proto)
            line.put(b"%s (0x%04x), length %d" % (name or b"unknown", self.proto, self.size))
            if name is None:  # tcpdump shows nothing more with -e
                return
            line.put(b": ")
        if self.next is None:
            write_payload(line, self.pkt, self.proto, self.payload_off, self.payload_length)


class PppEthernet(Ppp):
    """Behind an EtherType: after a colon, and nothing where nothing is."""

    __slots__ = ()

    def write(self, line: Line) -> None:
        if self.size:
            line.put(b": ")
            super().write(line)


class PppLink(Ppp):
    """LINKTYPE_PPP."""

    __slots__ = ()
    link_layer = True

    def parse(self, pkt: Record, off: int) -> None:
        if not pkt.has(off, HEADER_LENGTH):
            raise Truncated
        super().parse(pkt, off)


class PppSerial(Ppp):
    """LINKTYPE_PPP_HDLC: an address and a control octet always; C-HDLC by other addresses."""

    __slots__ = ()

    name = "ppp"
    tag = b"ppp_hdlc"
    link_layer = True
    framed = True

    def parse(self, pkt: Record, off: int) -> None:
        address = pkt.u8(off)
        pkt.u8(off + 1)
        if address in (UNICAST, BROADCAST):
            self.payload_off = off
            self.payload_length = self.size
            self.next = Chdlc
            return
        proto = self.proto
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = self.size - HEADER_LENGTH
        if address == ADDRESS:
            self.next = PROTOCOLS.find(proto)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        if self.next is Chdlc:
            return
        pkt = self.pkt
        off = self.off
        if line.style.link_level:
            line.put(b"%02x %02x %d " % (pkt.u8(off), pkt.u8(off + 1), self.size))
        if self.address != ADDRESS:
            line.put(b"unknown addr %02x; ctrl %02x" % (pkt.u8(off), pkt.u8(off + 1)))
            line.link_header(off + 2)
            return
        line.link_header(self.payload_off)
        line.put(b"%s: " % (PROTOCOL_NAMES.get(self.proto)
                            or b"unknown PPP protocol (0x%04x)" % self.proto))
        if self.next is None:
            write_payload(line, pkt, self.proto, self.payload_off, self.payload_length)


def write_payload(line: Line, pkt: Record, proto: int, at: int, length: int) -> None:
    """A payload that nobody decodes."""
    if proto == COMPRESSED:
        line.put(b"compressed PPP data")
    elif proto != BANDWIDTH:  # of which tcpdump says nothing
        line.put((PROTOCOL_NAMES.get(proto) or b"unknown PPP protocol (0x%04x)" % proto) + b" ")
        print_unknown_data(line, pkt, at, b"\n\t", length)


class PppMultilink(Layer):
    """A fragment of a packet that goes over several links (RFC 1990 §3)."""

    __slots__ = ()

    name = "mlppp"
    tag = b"ppp"

    begin = Bits(0, 1, 0x80, "first fragment of a packet")
    end = Bits(0, 1, 0x40, "last fragment of a packet")
    sequence = Bits(0, 4, 0x00FFFFFF, "number of the fragment, in the long format")
    short_sequence = Bits(0, 2, 0x0FFF, "the same, where the ends agreed on short numbers")

    def write(self, line: Line) -> None:
        if not line.style.link_level:  # else the header has said it
            line.put(b"MLPPP, ")
        if self.size < 2:
            line.put(b"[|mlppp]")
            return
        word = self.pkt.u16(self.off)
        line.put(b"seq 0x%03x, Flags [%s], length %d" % (
            word & 0x0FFF, bit_words(MULTILINK_FLAGS, word), self.size))
