"""NBMA Next Hop Resolution Protocol (RFC 2332); tcpdump: print-nhrp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record

FIXED_LENGTH, MANDATORY_LENGTH, ENTRY_LENGTH = 20, 8, 12
VERSION, ERROR = 1, 7
TYPE_NAMES = {1: b"res request", 2: b"res reply", 3: b"reg request", 4: b"reg reply",
              5: b"purge request", 6: b"purge reply", ERROR: b"error indication"}
IPV4, IPV6, IEEE_802 = 1, 2, 6  # address family numbers (IANA)
ETHERTYPE_IPV4, ETHERTYPE_IPV6 = 0x0800, 0x86DD
REMAINING = b"remaining mandatory part length"


class Invalid(Exception):
    """A length that cannot be; the argument says which, in octets of text."""


class Nhrp(Layer):
    """Fixed header, mandatory part with addresses, client information entries."""

    __slots__ = ("extension_off", "family", "hop_count", "packet_length", "protocol",
                 "request_id", "source_length", "source_sub_length", "type", "version")

    family: int  #: address family of the network underneath (NBMA)
    protocol: int  #: EtherType of the addresses that are resolved
    hop_count: int
    packet_length: int  #: octets
    extension_off: int  #: where extensions begin, 0 if there are none
    version: int
    type: int  #: 1 to 7 (``TYPE_NAMES``)
    source_length: int  #: type and octets of the NBMA source address
    source_sub_length: int
    request_id: int  #: of an error indication, the error and where it is

    name = "nhrp"
    tag = b"nhrp"
    fields = ("version", "type", "family", "protocol", "hop_count", "packet_length",
              "extension_off", "request_id")

    def clear(self) -> None:
        self.family = self.protocol = self.hop_count = self.packet_length = 0
        self.extension_off = self.version = self.type = self.source_length = 0
        self.source_sub_length = self.request_id = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.family = pkt.u16(off)
        self.protocol = pkt.u16(off + 2)
        self.hop_count = pkt.u8(off + 9)
        self.packet_length = pkt.u16(off + 10)
        self.extension_off = pkt.u16(off + 14)
        self.version = pkt.u8(off + 16)
        self.type = pkt.u8(off + 17)
        self.source_length = pkt.u8(off + 18)
        self.source_sub_length = pkt.u8(off + 19)
        self.request_id = pkt.u32(off + 24)

    def write(self, line: Line) -> None:
        line.put(b"NHRP: ")
        try:
            self.write_packet(line)
        except Invalid as fault:
            line.put(b" [%s]" % fault.args[0] + INVALID)

    def write_packet(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if self.size < FIXED_LENGTH:
            raise Invalid(b"length %d < %d" % (self.size, FIXED_LENGTH))
        version = pkt.u8(off + 16)
        if version != VERSION:
            line.put(b"unknown-version-%02x" % version)
            return
        size = self.packet_length
        if size < FIXED_LENGTH:
            raise Invalid(b"pktsz %d < %d" % (size, FIXED_LENGTH))
        pkt.u8(off + 17)
        line.put(named(TYPE_NAMES, self.type, b"unknown-op-type-%04x"))
        rest = self.mandatory_length() - FIXED_LENGTH
        rest = min(rest, self.size - FIXED_LENGTH)
        pkt.raw(off, FIXED_LENGTH)
        if rest < MANDATORY_LENGTH:
            raise Invalid(b"length %d < %d" % (rest, MANDATORY_LENGTH))
        pkt.raw(off + FIXED_LENGTH, MANDATORY_LENGTH)
        if self.type == ERROR:
            line.put(b", error %d" % (self.request_id >> 16))
            return
        if self.type in TYPE_NAMES:
            line.put(b", id %d" % self.request_id)
        if line.style.verbose:
            line.put(b", hopcnt %d" % self.hop_count)
            if self.source_length & 0x80:
                line.put(b" (shtl bit 7 set)")
            if self.source_length & 0x40:
                line.put(b" (nbma E.154)")
        self.write_mandatory(line, off + FIXED_LENGTH, rest)

    def mandatory_length(self) -> int:
        """Where the mandatory part ends, from the packet's beginning."""
        end = self.extension_off
        if end == 0:
            return self.packet_length
        if end > self.packet_length:
            raise Invalid(b"extoff %d > %d" % (end, self.packet_length))
        if end < FIXED_LENGTH:
            raise Invalid(b"extoff %d < %d" % (end, FIXED_LENGTH))
        return end

    def write_mandatory(self, line: Line, off: int, rest: int) -> None:
        pkt = self.pkt
        source, target = pkt.u8(off), pkt.u8(off + 1)
        at = off + MANDATORY_LENGTH
        rest -= MANDATORY_LENGTH
        if self.source_length:
            need(rest, self.source_length, b"length")
            self.write_nbma(line, b", src nbma ", at, self.source_length)
            at += self.source_length
            rest -= self.source_length
        need(rest, self.source_sub_length, b"length")
        pkt.raw(at, self.source_sub_length)
        at += self.source_sub_length
        rest -= self.source_sub_length
        line.put(b", ")
        if source:
            need(rest, source, b"length")
            if self.protocol not in (ETHERTYPE_IPV4, ETHERTYPE_IPV6):
                line.put(b"proto type %04x " % self.protocol)
            self.write_protocol(line, at, source)
            line.char(32)
            at += source
            rest -= source
        line.put(b"->")
        if target:
            need(rest, target, b"length")
            line.char(32)
            self.write_protocol(line, at, target)
            at += target
            rest -= target
        while rest and self.type in TYPE_NAMES:
            size = self.write_entry(line, at, rest)
            at += size
            rest -= size

    def write_entry(self, line: Line, at: int, rest: int) -> int:
        """A client information entry (RFC 2332 §5.2.0.1); its octets."""
        pkt = self.pkt
        start = at
        need(rest, ENTRY_LENGTH, REMAINING)
        line.put(b" (code %d" % pkt.u8(at))
        if line.style.verbose:
            line.put(b", pl %d, mtu %d, htime %d, pref %d" % (
                pkt.u8(at + 1), pkt.u16(at + 4), pkt.u16(at + 6), pkt.u8(at + 11)))
        address, sub, protocol = pkt.u8(at + 8), pkt.u8(at + 9), pkt.u8(at + 10)
        if address & 0x40:
            line.put(b", nbma E.154")
        at += ENTRY_LENGTH
        rest -= ENTRY_LENGTH
        if address:
            need(rest, address, REMAINING)
            self.write_nbma(line, b", nbma ", at, address)
            at += address
            rest -= address
        if sub:
            need(rest, sub, REMAINING)
            line.put(b", unknown-nbma-saddr-family")
            pkt.raw(at, sub)
            at += sub
            rest -= sub
        if protocol:
            need(rest, protocol, REMAINING)
            if self.protocol in (ETHERTYPE_IPV4, ETHERTYPE_IPV6):
                line.put(b", proto ")
                self.write_protocol(line, at, protocol)
            else:
                line.put(b", unknown-proto-family-%04x (" % self.protocol)
                self.write_protocol(line, at, protocol)
                line.char(41)
            at += protocol
        line.char(41)
        return at - start

    def write_nbma(self, line: Line, label: bytes, at: int, size: int) -> None:
        """An address of the network underneath."""
        known = {IPV4: 4, IPV6: 16, IEEE_802: 6}
        if self.family in known:
            line.put(label)
            write_address(line, self.pkt, at, size, known[self.family])
            return
        line.put(b", unknown-nbma-addr-family-%04x (" % self.family)
        write_address(line, self.pkt, at, size, 0)
        line.char(41)

    def write_protocol(self, line: Line, at: int, size: int) -> None:
        """An address of the protocol that is resolved."""
        wanted = {ETHERTYPE_IPV4: 4, ETHERTYPE_IPV6: 16}.get(self.protocol, 0)
        write_address(line, self.pkt, at, size, wanted)


def need(rest: int, count: int, what: bytes) -> None:
    if rest < count:
        raise Invalid(b"%s %d < %d" % (what, rest, count))


def write_address(line: Line, pkt: Record, at: int, size: int, wanted: int) -> None:
    """An address of the wanted size as its family writes it, any other in hexadecimal."""
    octets = pkt.raw(at, size)
    if size != wanted:
        line.put(octets.hex(":").encode())
    elif size == 4:
        line.host4(pkt.u32(at))
    elif size == 16:
        line.host6(pkt, at)
    else:
        line.ether(pkt, at)
