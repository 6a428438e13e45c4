"""Capture headers of Juniper's routers (LINKTYPE_JUNIPER_*); tcpdump: print-juniper.c."""

from __future__ import annotations

from typing import ClassVar

from fyke.layers.layer import Layer
from fyke.layers.link.chdlc import Chdlc
from fyke.layers.link.ethernet import Ethernet
from fyke.layers.link.frame_relay import FrameRelay
from fyke.layers.link.juniper_names import EXTENSION_NAMES, FLAG_NAMES, VALUE_NAMES
from fyke.layers.link.ppp import Ppp
from fyke.layers.tables import table
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Packet, Truncated

ETHERTYPES = table("ethertype")

MAGIC = 0x4D4743
EXTENSIONS, NO_LINK, IN = 0x80, 0x02, 0x01  # flags
LINK_COOKIE, SERVICES_COOKIE = 0x54, 0x47  # how the cookies of two kinds of card begin
LARGEST_COOKIE = 8  # octets
OVERHEAD = 2  # octets of an extension's type and length
INTERFACE_NAME = 2  # an extension that is not shown
IPV4, IPV6, MPLS = 0x0800, 0x86DD, 0x8847
NLPID_ENCAPSULATION, SNAP_ENCAPSULATION = 0xFEFE03, 0xAAAA03
PPP_GUESSES = frozenset({0x0021, 0x0023, 0x0281, 0x0283, 0x8021, 0x8023, 0x8281, 0xC021, 0xC023,
                         0xC223, 0x003D, 0x0057, 0x8057})


def ip_by_version(pkt: Packet, off: int) -> type[Layer] | None:
    """IPv4 or IPv6, if the first octet looks like it."""
    first = pkt.u8(off)
    if 0x45 <= first <= 0x4F:
        return ETHERTYPES.find(IPV4)
    return ETHERTYPES.find(IPV6) if 0x60 <= first <= 0x6F else None


class Juniper(Layer):
    """Magic number, flags, perhaps extensions and a cookie of the interface card."""

    __slots__ = ("cookie", "flags", "has_magic", "header_length", "invalid", "proto")

    flags: int
    has_magic: bool  #: it is such a header at all
    header_length: int  #: octets, cookie included
    cookie: bytes
    invalid: bool  #: an extension or the cookie is longer than it can be
    proto: int  #: the two octets behind the cookie

    name = "juniper"
    tag = b"juniper"
    fields = ("flags", "header_length", "cookie")
    card: ClassVar[bytes] = b""  #: the card's name; empty for links that have no cookies
    cookie_length: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.is_link = True

    def clear(self) -> None:
        self.flags = self.header_length = self.proto = 0
        self.has_magic = self.invalid = False
        self.cookie = b""

    def parse(self, pkt: Packet, off: int) -> None:
        self.flags = pkt.u8(off + 3)
        self.has_magic = pkt.u24(off) == MAGIC
        if not self.has_magic:
            return
        at = off + 4
        if self.flags & EXTENSIONS:
            at += 2 + pkt.u16(at)
        if self.flags & NO_LINK:
            pkt.u8(at + 4)
            self.header_length = at + 4 - off
            return
        first = pkt.u8(at)
        self.header_length = at - off
        if self.card:
            size = {LINK_COOKIE: self.cookie_length + 2, SERVICES_COOKIE: 8}.get(
                first, self.cookie_length)
            if size > LARGEST_COOKIE:
                self.invalid = True
                return
            self.cookie = pkt.raw(at, size)
            self.proto = pkt.u16(at + size)
            self.header_length += size
        self.parse_body(pkt, off + self.header_length)

    def parse_body(self, pkt: Packet, at: int) -> None:
        """What depends on the card."""

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        pkt.u32(off)
        if not self.has_magic:
            line.put(b"no magic-number found!")
            return
        if line.link_level:
            line.put(b" In " if self.flags & IN else b"Out ")
        if line.verbose > 1:
            line.put(b"\n\tJuniper PCAP Flags [%s]" % bit_words(FLAG_NAMES, self.flags))
        at = off + 4
        if self.flags & EXTENSIONS:
            size = pkt.u16(at)
            if not self.write_extensions(line, at + 2, size):
                self.invalid = True
                return
            at += 2 + size
        if self.flags & NO_LINK:
            if line.link_level:
                line.put(b"no-L2-hdr, ")
            pkt.u8(at + 4)
            line.link_header(at + 4)
            if self.upper() is None:
                line.put(b"no IP-hdr found!")
            return
        pkt.u8(at)
        if self.card:
            self.write_cookie(line, at)
        if self.invalid:
            line.put(INVALID)
            return
        self.write_body(line)
        if self.short:
            raise Truncated
        line.link_header(off + self.header_length)
        if self.upper() is None:
            self.write_unknown(line)

    def write_extensions(self, line: Line, at: int, size: int) -> bool:
        """Extensions; whether they are right."""
        pkt, shown = self.pkt, line.verbose > 1
        if shown:
            line.put(b", PCAP Extension(s) total length %d" % size)
        pkt.raw(at, size)
        while size > OVERHEAD:
            kind, length = pkt.u8(at), pkt.u8(at + 1)
            at += OVERHEAD
            if kind == 0 or length == 0:
                break
            if length + OVERHEAD > size:
                line.put(b" [extension_length %d < %d]" % (size, length + OVERHEAD) + INVALID)
                return False
            if shown:
                line.put(b"\n\t  %s Extension TLV #%d, length %d, value " % (
                    named(EXTENSION_NAMES, kind, b"Unknown"), kind, length))
                if length <= 4 and kind != INTERFACE_NAME:
                    octets = pkt.raw(at, length)
                    value = int.from_bytes(octets, "little" if kind < 128 else "big")
                    names = VALUE_NAMES.get(kind)
                    line.put(b"%d" % value if names is None else
                             b"%s (%d)" % (named(names, value, b"Unknown"), value))
            at += length
            size -= length + OVERHEAD
        if shown:
            line.put(b"\n\t-----original packet-----\n\t")
        return True

    def write_cookie(self, line: Line, at: int) -> None:
        pkt = self.pkt
        size = {LINK_COOKIE: self.cookie_length + 2, SERVICES_COOKIE: 8}.get(
            pkt.u8(at), self.cookie_length)
        if line.link_level:
            line.put(b"%s-PIC, cookie-len %d" % (self.card, size))
        if self.invalid:
            return
        if size:
            pkt.raw(at, size)
            if line.link_level:
                line.put(b", cookie 0x" + pkt.raw(at, size).hex().encode())
        if line.link_level:
            line.put(b": ")
        pkt.u16(at + size)

    def write_body(self, line: Line) -> None:
        if line.link_level:
            line.put(b"hlen %d, proto 0x%04x, " % (self.header_length, self.proto))

    def write_unknown(self, line: Line) -> None:
        """What to say of a payload that nobody decodes."""

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        if not self.has_magic or self.invalid or self.short:
            return None
        at = self.off + self.header_length
        if self.flags & NO_LINK:
            return ip_by_version(self.pkt, at)
        return self.payload(at)

    def payload(self, at: int) -> type[Layer] | None:
        """Who decodes the payload behind a whole header."""
        raise NotImplementedError

    def follow(self) -> Layer | None:
        kind = self.upper()
        if kind is None:
            return None
        skip = 0 if self.flags & NO_LINK else self.skipped()
        at = self.off + self.header_length + skip
        return self.child(kind, at, self.off + self.length - at)

    def skipped(self) -> int:
        """Octets between header and payload."""
        return 0


class JuniperEthernet(Juniper):
    """LINKTYPE_JUNIPER_ETHER."""

    __slots__ = ()
    tag = b"juniper_ether"

    def payload(self, at: int) -> type[Layer] | None:
        return Ethernet


class JuniperPppoe(JuniperEthernet):
    """LINKTYPE_JUNIPER_PPPOE."""

    __slots__ = ()
    tag = b"juniper_pppoe"
    card = b"PPPoE"


class JuniperPpp(Juniper):
    """LINKTYPE_JUNIPER_PPP."""

    __slots__ = ()
    tag = b"juniper_ppp"

    def payload(self, at: int) -> type[Layer] | None:
        return Ppp


class JuniperFrameRelay(Juniper):
    """LINKTYPE_JUNIPER_FRELAY."""

    __slots__ = ()
    tag = b"juniper_frelay"

    def payload(self, at: int) -> type[Layer] | None:
        return FrameRelay


class JuniperChdlc(Juniper):
    """LINKTYPE_JUNIPER_CHDLC."""

    __slots__ = ()
    tag = b"juniper_chdlc"

    def payload(self, at: int) -> type[Layer] | None:
        return Chdlc


class JuniperPppoeAtm(Juniper):
    """LINKTYPE_JUNIPER_PPPOE_ATM: an EtherType before the payload."""

    __slots__ = ()
    tag = b"juniper_pppoe_atm"
    card = b"PPPoE ATM"

    def payload(self, at: int) -> type[Layer] | None:
        return ETHERTYPES.find(self.proto)

    def skipped(self) -> int:
        return 2

    def write_unknown(self, line: Line) -> None:
        line.put(b"unknown ethertype 0x%04x" % self.proto)


class JuniperMonitor(Juniper):
    """LINKTYPE_JUNIPER_MONITOR: a header of the card's before an IP packet."""

    __slots__ = ()
    tag = b"juniper_monitor"
    card, cookie_length = b"MONITOR", 8

    def parse_body(self, pkt: Packet, at: int) -> None:
        pkt.raw(at, 8)

    def write_body(self, line: Line) -> None:
        super().write_body(line)
        at, pkt = self.off + self.header_length, self.pkt
        pkt.raw(at, 8)
        if line.link_level:
            line.put(b"service-id %d, iif %d, pkt-type %d: " % (
                pkt.u32(at + 4), pkt.u16(at + 2), pkt.u8(at)))

    def payload(self, at: int) -> type[Layer] | None:
        return ip_by_version(self.pkt, at)


class JuniperServices(JuniperMonitor):
    """LINKTYPE_JUNIPER_SERVICES: likewise."""

    __slots__ = ()
    tag = b"juniper_services"
    card = b"AS"

    def write_body(self, line: Line) -> None:
        Juniper.write_body(self, line)
        at, pkt = self.off + self.header_length, self.pkt
        pkt.raw(at, 8)
        if line.link_level:
            line.put(b"service-id %d flags 0x%02x service-set-id 0x%04x iif %d: " % (
                pkt.u8(at), pkt.u8(at + 1), pkt.u16(at + 2), pkt.u24(at + 5)))


class JuniperAtm1(Juniper):
    """LINKTYPE_JUNIPER_ATM1: LLC, NLPID or plain IP, by their first octets."""

    __slots__ = ()
    tag = b"juniper_atm1"
    card, cookie_length = b"ATM1", 4

    def parse_body(self, pkt: Packet, at: int) -> None:
        if self.cookie[0] != 0x80:
            pkt.u24(at)

    def is_maintenance(self) -> bool:
        """A cell of operation and maintenance, which is not decoded."""
        return self.cookie[0] == 0x80

    def payload(self, at: int) -> type[Layer] | None:
        pkt = self.pkt
        if self.is_maintenance():
            return None
        if pkt.u24(at) in (NLPID_ENCAPSULATION, SNAP_ENCAPSULATION):
            return table("llc").find(0)
        if pkt.u8(at) == 0x03:
            return None  # NLPID the Cisco way
        return self.guess(at)

    def guess(self, at: int) -> type[Layer] | None:
        return ip_by_version(self.pkt, at)


class JuniperAtm2(JuniperAtm1):
    """LINKTYPE_JUNIPER_ATM2: also Ethernet and PPP."""

    __slots__ = ()
    tag = b"juniper_atm2"
    card, cookie_length = b"ATM2", 8

    def parse_body(self, pkt: Packet, at: int) -> None:
        pkt.u32(at)

    def is_maintenance(self) -> bool:
        return bool(self.cookie[7] & 0x70)

    def guess(self, at: int) -> type[Layer] | None:
        if not self.flags & IN and self.cookie[3] & 0x3F:
            return Ethernet
        if self.pkt.u16(at) in PPP_GUESSES:
            return Ppp
        return super().guess(at)


class JuniperMlppp(Juniper):
    """LINKTYPE_JUNIPER_MLPPP: PPP, or what the services card says it is."""

    __slots__ = ("bundle",)
    tag = b"juniper_mlppp"
    card, cookie_length = b"MLPPP", 2

    bundle: int  #: identifier of the bundle of links

    def clear(self) -> None:
        super().clear()
        self.bundle = 0

    def parse_body(self, pkt: Packet, at: int) -> None:
        cookie = self.cookie
        if cookie[0] == SERVICES_COOKIE:
            self.bundle = int.from_bytes(cookie[6:8], "big") >> 3 & 0xFFF
            self.proto = cookie[5] & 0x70
        else:
            self.bundle = cookie[1] if cookie[0] == LINK_COOKIE else cookie[0]

    def write_body(self, line: Line) -> None:
        super().write_body(line)
        if line.link_level and self.cookie[:2] not in (b"\0\x23", b"\xff\3"):
            line.put(b"Bundle-ID %d: " % self.bundle)

    def payload(self, at: int) -> type[Layer] | None:
        if self.proto == 0 and not (len(self.cookie) == 8 and self.cookie[4] == 0x0C):
            return ETHERTYPES.find(IPV4)
        if self.proto in (0x10, 0x20):
            return ETHERTYPES.find(IPV6 if self.proto == 0x10 else MPLS)
        return None if self.proto == 0x30 else Ppp

    def skipped(self) -> int:
        return -2 if self.cookie[:2] == b"\0\x23" and self.payload(0) is Ppp else 0
