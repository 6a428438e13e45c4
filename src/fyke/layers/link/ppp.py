"""The Point-to-Point Protocol (RFC 1661) and its links; tcpdump: print-ppp.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.chdlc import BROADCAST, UNICAST, Chdlc
from fyke.layers.link.ppp_control import write_control
from fyke.layers.link.ppp_names import CONTROLS, PROTOCOL_NAMES
from fyke.layers.tables import table
from fyke.layers.words import bit_words
from fyke.wire import Line, Packet, Truncated

HEADER_LENGTH = 4  # address, control, protocol
ADDRESS, CONTROL = 0xFF, 0x03
PAP, CHAP, MULTILINK, COMPRESSED, BANDWIDTH = 0xC023, 0xC223, 0x003D, 0x00FD, 0xC02D
ETHERTYPE_OF = {0x0800: 0x0800, 0x0021: 0x0800, 0x002F: 0x0800, 0x86DD: 0x86DD, 0x0057: 0x86DD,
                0x0281: 0x8847, 0x0283: 0x8847}
#: Protocols that look different above an EtherType: where they are registered as they are.
OTHERS = {0x0023: ("llc.sap", 0xFE), 0x002B: ("ipx", 0), 0x8137: ("ipx", 0)}
PAP_NAMES = {1: b"Auth-Req", 2: b"Auth-ACK", 3: b"Auth-NACK"}
CHAP_NAMES = {1: b"Challenge", 2: b"Response", 3: b"Success", 4: b"Fail"}
MULTILINK_FLAGS = ((0x8000, b"begin"), (0x4000, b"end"))  # RFC 1990 §3


class Ppp(Layer):
    """Perhaps an address and a control octet, then the protocol in one or two octets."""

    __slots__ = ("body_length", "body_off", "direction", "proto")

    direction: int  #: address octet: 0 in, 1 out (LINKTYPE_PPP_WITH_DIR), 255 neither; -1 absent
    proto: int
    body_off: int
    body_length: int

    name = "ppp"
    tag = b"ppp"
    fields = ("direction", "proto")

    def clear(self) -> None:
        self.direction = -1
        self.proto = self.body_off = self.body_length = 0

    def parse(self, pkt: Packet, off: int) -> None:
        at = off
        first = pkt.u8(off)
        if first in (0, 1, ADDRESS) and pkt.u8(off + 1) == CONTROL:
            self.direction = first
            at += 2
        self.proto = pkt.u8(at)
        at += 1
        if not self.proto & 1:  # two octets: the first is even
            self.proto = self.proto << 8 | pkt.u8(at)
            at += 1
        self.body_off = at
        self.body_length = self.size - (at - off)

    def write(self, line: Line) -> None:
        if self.short or self.size < 2:
            raise Truncated
        if line.style.link_level and self.direction in (0, 1):
            line.put(b"Out " if self.direction else b"In  ")
        if self.size - (0 if self.direction < 0 else 2) < 2:  # even for one octet of protocol
            self.short = True
            raise Truncated
        if self.is_link:
            line.link_header(self.body_off)
        if line.style.link_level:
            name = PROTOCOL_NAMES.get(self.proto)
            line.put(b"%s (0x%04x), length %d" % (name or b"unknown", self.proto, self.size))
            if name is None:  # tcpdump shows nothing more with -e
                return
            line.put(b": ")
        if self.upper() is None:
            write_payload(line, self.pkt, self.proto, self.body_off, self.body_length)

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        if self.proto in ETHERTYPE_OF:
            return table("ethertype").find(ETHERTYPE_OF[self.proto])
        if self.proto in OTHERS:
            name, key = OTHERS[self.proto]
            return table(name).find(key)
        return None

    def follow(self) -> Layer | None:
        kind = None if self.short else self.upper()
        if kind is None:
            return None
        return self.child(kind, self.body_off, self.body_length)


class PppLink(Ppp):
    """LINKTYPE_PPP."""

    __slots__ = ()
    link_layer = True

    def write(self, line: Line) -> None:
        if not self.pkt.has(self.off, HEADER_LENGTH):
            self.short = True
            raise Truncated
        super().write(line)


class PppSerial(Ppp):
    """LINKTYPE_PPP_HDLC: an address and a control octet always; C-HDLC by other addresses."""

    __slots__ = ("chdlc",)

    chdlc: bool

    name = "ppp"
    tag = b"ppp_hdlc"
    link_layer = True

    def clear(self) -> None:
        super().clear()
        self.chdlc = False

    def parse(self, pkt: Packet, off: int) -> None:
        self.direction = pkt.u8(off)
        pkt.u8(off + 1)
        self.chdlc = self.direction in (UNICAST, BROADCAST)
        if not self.chdlc:
            self.proto = pkt.u16(off + 2)
            self.body_off = off + 4
            self.body_length = self.size - 4

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        if self.chdlc:
            return
        pkt = self.pkt
        off = self.off
        if line.style.link_level:
            line.put(b"%02x %02x %d " % (pkt.u8(off), pkt.u8(off + 1), self.size))
        if self.direction != ADDRESS:
            line.put(b"unknown addr %02x; ctrl %02x" % (self.direction, pkt.u8(off + 1)))
            line.link_header(off + 2)
            self.proto = 0
            return
        line.link_header(self.body_off)
        line.put(b"%s: " % (PROTOCOL_NAMES.get(self.proto)
                            or b"unknown PPP protocol (0x%04x)" % self.proto))
        if self.upper() is None:
            write_payload(line, pkt, self.proto, self.body_off, self.body_length)

    def follow(self) -> Layer | None:
        if self.chdlc and not self.short:
            return self.child(Chdlc, self.off, self.size)
        return super().follow()


def write_payload(line: Line, pkt: Packet, proto: int, at: int, length: int) -> None:
    """A payload that has no layer of its own."""
    if proto in CONTROLS:
        write_control(line, pkt, proto, at, length)
    elif proto == PAP:
        write_pap(line, pkt, at, length)
    elif proto == CHAP:
        write_chap(line, pkt, at, length)
    elif proto == MULTILINK:
        write_multilink(line, pkt, at, length)
    elif proto == COMPRESSED:
        line.put(b"compressed PPP data")
    elif proto != BANDWIDTH:  # of which tcpdump says nothing
        line.put((PROTOCOL_NAMES.get(proto) or b"unknown PPP protocol (0x%04x)" % proto) + b" ")
        print_unknown_data(line, pkt, at, b"\n\t", length)


def write_multilink(line: Line, pkt: Packet, at: int, length: int) -> None:
    if not line.style.link_level:  # else the header has said it
        line.put(b"MLPPP, ")
    if length < 2:
        line.put(b"[|mlppp]")
        return
    word = pkt.u16(at)
    names = bit_words(MULTILINK_FLAGS, word)
    line.put(b"seq 0x%03x, Flags [%s], length %d" % (word & 0x0FFF, names, length))


def write_pap(line: Line, pkt: Packet, at: int, length: int) -> None:
    if length < 4:
        line.put(b"[|pap 0x%02x]" % pkt.u8(at) if length > 0 else b"[|pap]")
        return
    code = pkt.u8(at)
    line.put(b"PAP, %s (0x%02x)" % (PAP_NAMES.get(code, b"unknown"), code))
    line.put(b", id %d" % pkt.u8(at + 1))
    size = pkt.u16(at + 2)
    if size > length:
        line.put(b", length %d > packet size" % size)
        return
    if size < 4:
        line.put(b", length %d < PAP header length" % size)
        return
    texts = {1: (b", Peer ", b", Name "), 2: (b", Msg ",), 3: (b", Msg ",)}.get(code, ())
    if texts and size < 4 + len(texts):
        line.put(b"[|pap]")
        return
    stop = at + size
    at += 4
    for text in texts:
        if at >= stop or stop - at - 1 < pkt.u8(at):
            return
        line.put(text)
        line.escaped(pkt, at + 1, pkt.u8(at))
        at += 1 + pkt.u8(at)


def write_chap(line: Line, pkt: Packet, at: int, length: int) -> None:
    if length < 4:
        line.put(b"[|chap 0x%02x]" % pkt.u8(at) if length > 0 else b"[|chap]")
        return
    code = pkt.u8(at)
    line.put(b"CHAP, %s (0x%02x)" % (CHAP_NAMES.get(code, b"unknown"), code))
    line.put(b", id %d" % pkt.u8(at + 1))
    stop = at + pkt.u16(at + 2)
    here = at + 4
    if code in (1, 2):
        if length < 5 or length - 5 < pkt.u8(here):
            return
        size = pkt.u8(here)
        line.put(b", Value ")
        for i in range(size):
            line.put(b"%02x" % pkt.u8(here + 1 + i))
        here += 1 + size
        line.put(b", Name ")
        line.escaped(pkt, here, max(stop - here, 0))
    elif code in (3, 4):
        line.put(b", Msg ")
        line.escaped(pkt, here, max(stop - here, 0))
