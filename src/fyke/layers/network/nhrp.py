"""NBMA Next Hop Resolution Protocol (RFC 2332); tcpdump: print-nhrp.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import U8, U16, Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.layers.plain import address as plain_address
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

FIXED_LENGTH, MANDATORY_LENGTH, ENTRY_LENGTH = 20, 8, 12
VERSION, ERROR, TRAFFIC = 1, 7, 8
LENGTH_BITS = 0x3F  # of "type and length" octets (RFC 2332 §5.2.0.1)
TYPE_NAMES = {1: b"res request", 2: b"res reply", 3: b"reg request", 4: b"reg reply",
              5: b"purge request", 6: b"purge reply", ERROR: b"error indication",
              TRAFFIC: b"traffic indication"}
#: RFC 2332 §5.2.7.
ERROR_NAMES = {1: b"unrecognized extension", 3: b"loop detected",
               6: b"protocol address unreachable", 7: b"protocol error",
               8: b"SDU size exceeded", 9: b"invalid extension",
               10: b"invalid resolution reply received", 11: b"authentication failure",
               15: b"hop count exceeded"}
TRAFFIC_NAMES = {0: b"redirect"}  # Cisco's, and the Linux daemons'
IPV4, IPV6, IEEE_802 = 1, 2, 6  # address family numbers (IANA)
ETHERTYPE_IPV4, ETHERTYPE_IPV6 = 0x0800, 0x86DD
REMAINING, MANDATORY = b"remaining mandatory part length", b"mand_part_len"


class Invalid(Exception):
    """A length that cannot be; the argument says which, in octets of text."""


class Entry(NamedTuple):
    """A client information entry (RFC 2332 §5.2.0.1)."""

    code: int
    prefix_length: int
    mtu: int
    holding_time: int  #: seconds
    preference: int
    nbma: str  #: the client's address underneath
    protocol: str  #: the client's address


class Nhrp(Layer):
    """Fixed header, mandatory part with addresses, client information entries."""

    __slots__ = ()

    name = "nhrp"
    tag = b"nhrp"

    family = U16(0, "address family of the network underneath (NBMA)")
    protocol = U16(2, "EtherType of the addresses that are resolved")
    hop_count = U8(9, "hops that are left")
    packet_length = U16(10, "the packet", unit="bytes")
    checksum = U16(12, "checksum over the packet")
    extension_off = U16(14, "where extensions begin; 0 if there are none")
    version = U8(16, "1")
    type = U8(17, "type of packet", names=as_text(TYPE_NAMES))
    flags = U16(22, "flags of this type of packet")
    request_id = Made("u32", lambda layer: None if layer.type in (ERROR, TRAFFIC)
                      else layer.pkt.u32(layer.off + 24), "which request this is or answers")
    error_code = Made("u16", lambda layer: layer.pkt.u16(layer.off + 24)
                      if layer.type == ERROR else None, "what is wrong",
                      names=as_text(ERROR_NAMES))
    traffic_code = Made("u16", lambda layer: layer.pkt.u16(layer.off + 24)
                        if layer.type == TRAFFIC else None, "what the sender hints at")
    nbma_src = Made("text", lambda layer: layer.ends()[0], "sender's address underneath")
    src = Made("text", lambda layer: layer.ends()[1], "sender's address")
    dst = Made("text", lambda layer: layer.ends()[2], "the address asked for")
    entries = Listed(lambda layer: layer.find_entries(), "client information entries")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 24)  # says whether the fixed parts are short

    def ends(self) -> tuple[str, str, str]:
        """NBMA source, protocol source and target, in the packet's order."""
        pkt, at = self.pkt, self.off + FIXED_LENGTH + MANDATORY_LENGTH
        sizes = (pkt.u8(self.off + 18) & LENGTH_BITS, pkt.u8(self.off + 19) & LENGTH_BITS,
                 pkt.u8(self.off + 20), pkt.u8(self.off + 21))
        starts = [at + sum(sizes[:i]) for i in range(4)]
        return (shown(pkt, starts[0], sizes[0]), shown(pkt, starts[2], sizes[2]),
                shown(pkt, starts[3], sizes[3]))

    def find_entries(self) -> Options | None:
        """As far as the mandatory part goes and was captured."""
        if self.type not in TYPE_NAMES or self.type in (ERROR, TRAFFIC):
            return None
        pkt, off = self.pkt, self.off
        found = Options()
        at = off + FIXED_LENGTH + MANDATORY_LENGTH + (pkt.u8(off + 18) & LENGTH_BITS) + (
            pkt.u8(off + 19) & LENGTH_BITS) + pkt.u8(off + 20) + pkt.u8(off + 21)
        stop = off + min(self.size, self.extension_off or self.packet_length)
        try:
            while at < stop and len(found) < MOST:
                nbma, sub = pkt.u8(at + 8) & LENGTH_BITS, pkt.u8(at + 9) & LENGTH_BITS
                client = pkt.u8(at + 10)
                if at + ENTRY_LENGTH + nbma + sub + client > stop:
                    found.cut = True
                    break
                first = at + ENTRY_LENGTH
                found.append(Entry(
                    pkt.u8(at), pkt.u8(at + 1), pkt.u16(at + 4), pkt.u16(at + 6), pkt.u8(at + 11),
                    shown(pkt, first, nbma), shown(pkt, first + nbma + sub, client)))
                at = first + nbma + sub + client
        except Truncated:
            found.cut = True
        return found

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
        kind = pkt.u8(off + 17)
        line.put(named(TYPE_NAMES, kind, b"unknown-op-type-%04x"))
        rest = self.mandatory_length() - FIXED_LENGTH
        rest = min(rest, self.size - FIXED_LENGTH)
        pkt.raw(off, FIXED_LENGTH)
        need(rest, MANDATORY_LENGTH, MANDATORY)
        pkt.raw(off + FIXED_LENGTH, MANDATORY_LENGTH)
        word = pkt.u32(off + 24)
        if kind == ERROR:
            line.put(b", error " + named(ERROR_NAMES, word >> 16, b"<unknown-err-code-%d>"))
        elif kind == TRAFFIC:
            line.put(b", code " + named(TRAFFIC_NAMES, word >> 16, b"<unknown-traffic-code-%d>"))
        elif kind in TYPE_NAMES:
            line.put(b", id %d" % word)
        if line.style.verbose:
            line.put(b", hopcnt %d" % self.hop_count)
            length = pkt.u8(off + 18)
            if length & 0x80:
                line.put(b" (shtl bit 7 set)")
            if length & 0x40:
                line.put(b" (nbma E.154)")
        self.write_mandatory(line, off + FIXED_LENGTH, rest)

    def mandatory_length(self) -> int:
        """Where the mandatory part ends, from the packet's beginning."""
        end: int = self.extension_off
        if end == 0:
            return int(self.packet_length)
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
        nbma, sub = pkt.u8(self.off + 18), pkt.u8(self.off + 19)
        if nbma:
            need(rest, nbma, MANDATORY)
            self.write_nbma(line, b", src nbma ", at, nbma)
            at += nbma
            rest -= nbma
        need(rest, sub, MANDATORY)
        pkt.raw(at, sub)
        at += sub
        rest -= sub
        line.put(b", ")
        if source:
            need(rest, source, MANDATORY)
            if self.protocol not in (ETHERTYPE_IPV4, ETHERTYPE_IPV6):
                line.put(b"proto type %04x " % self.protocol)
            self.write_protocol(line, at, source)
            line.char(32)
            at += source
            rest -= source
        line.put(b"->")
        if target:
            need(rest, target, MANDATORY)
            line.char(32)
            self.write_protocol(line, at, target)
            at += target
            rest -= target
        while rest and self.type in TYPE_NAMES and self.type not in (ERROR, TRAFFIC):
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


def shown(pkt: Record, at: int, size: int) -> str:
    """An address of a known size as text, any other in hexadecimal."""
    octets = pkt.raw(at, size)
    return plain_address(octets) if size in (4, 16) else octets.hex(":")


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
