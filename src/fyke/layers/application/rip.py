"""Routing Information Protocol (RFC 1058, RFC 2453, RFC 4822); tcpdump: print-rip.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import U8, Listed, Options, text_of
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH, ENTRY_LENGTH, AUTH_LENGTH = 4, 20, 16
VERSIONS = (1, 2)
REQUEST, RESPONSE = 1, 2
ROUTE_COMMANDS = (REQUEST, RESPONSE)
#: RFC 1058 §3.1; from 6 on RFC 2091 §3.
COMMAND_NAMES = {
    REQUEST: b"Request", RESPONSE: b"Response", 3: b"Trace on", 4: b"Trace off",
    6: b"Triggered Request", 7: b"Triggered Response", 8: b"Triggered Acknowledgement",
    9: b"Update Request", 10: b"Update Response", 11: b"Update Acknowledge",
}
UNSPECIFIED, IPV4, AUTHENTICATION = 0, 2, 0xFFFF  # address families
FAMILY_NAMES = {IPV4: b"IPv4", 6: b"NS", 7: b"ISO", 16: b"Appletalk", 23: b"IPX",
                24: b"IPv6", 28: b"IPv6", 30: b"IPv6"}  # as BSD, macOS number them
AUTH_TRAILER, PASSWORD, AUTH_HEADER = 1, 2, 3  # types of authentication


class Route(NamedTuple):
    """An entry (RFC 2453 §4); None where version 1 has no such field."""

    family: int
    tag: int | None
    address: str
    mask: str | None
    next_hop: str | None
    metric: int


class Authentication(NamedTuple):
    """The entry that vouches for the others (RFC 2453 §4.1, RFC 4822)."""

    family: int
    type: int
    data: str  #: a password, else hexadecimal


def entries_of(rip: Rip) -> Options | None:
    """The entries of a request or response; None of others."""
    if rip.command not in ROUTE_COMMANDS:
        return None
    found, pkt = Options(), rip.pkt
    at, stop = rip.off + HEADER_LENGTH, rip.off + rip.size
    try:
        while stop - at >= ENTRY_LENGTH and len(found) < MOST:
            family, octets = pkt.u16(at), pkt.raw(at, ENTRY_LENGTH)
            if family == AUTHENTICATION and rip.version > 1:
                kind = pkt.u16(at + 2)
                found.append(Authentication(
                    family, kind, text_of(octets[4:]) if kind == PASSWORD else octets[4:].hex()))
            else:
                later = rip.version > 1
                found.append(Route(
                    family, pkt.u16(at + 2) if later else None, address(octets[4:8]),
                    address(octets[8:12]) if later else None,
                    address(octets[12:16]) if later else None, pkt.u32(at + 16)))
            at += ENTRY_LENGTH
        found.cut = at != stop
    except Truncated:
        found.cut = True
    return found


class Rip(Layer):
    """A command and its routes."""

    __slots__ = ()

    name = "rip"
    tag = b"rip"

    command = U8(0, names=as_text(COMMAND_NAMES))
    version = U8(1)
    entries = Listed(entries_of, "routes and authentication")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.short or self.size < HEADER_LENGTH or not pkt.has(self.off, HEADER_LENGTH):
            raise Truncated
        if self.version not in VERSIONS:
            line.put(b"%sRIPv%d [version != 1 && version != 2]" % (
                b"\n\t" if line.style.verbose else b"", self.version) + INVALID)
            return
        line.put(b"%sRIPv%d, %s, length: %d" % (
            b"\n\t" if line.style.verbose else b"", self.version,
            named(COMMAND_NAMES, self.command, b"unknown command (%d)"), self.size))
        if not line.style.verbose:
            return
        if self.command not in ROUTE_COMMANDS:
            if line.style.verbose < 2 and self.command not in COMMAND_NAMES:
                print_unknown_data(line, pkt, self.off, b"\n\t", self.size)
        elif self.version == 1:
            self.write_routes(line, b"")
        elif not self.write_routes(line, b" or less"):
            return
        if line.style.verbose > 1:
            print_unknown_data(line, pkt, self.off, b"\n\t", self.size)

    def write_routes(self, line: Line, or_less: bytes) -> bool:
        """The entries of a request or a response; whether all of them could be told."""
        left = self.size - HEADER_LENGTH
        off = self.off + HEADER_LENGTH
        line.put(b", routes: %d" % (left // ENTRY_LENGTH) + or_less)
        write_entry = write_entry_1 if self.version == 1 else write_entry_2
        while left > 0:
            if left < ENTRY_LENGTH:
                raise Truncated
            size = write_entry(line, self.pkt, off, left)
            if size == 0:
                return False
            off += size
            left -= size
        return True


def write_entry_1(line: Line, pkt: Record, off: int, left: int) -> int:
    """A route of version 1; its octets."""
    if not pkt.has(off, ENTRY_LENGTH):
        raise Truncated
    family = pkt.u16(off)
    filled = pkt.u16(off + 2) or pkt.u32(off + 8) or pkt.u32(off + 12)
    if filled and family in (UNSPECIFIED, IPV4):
        print_unknown_data(line, pkt, off, b"\n\t  ", ENTRY_LENGTH)
        return ENTRY_LENGTH
    if family == UNSPECIFIED:
        line.put(b"\n\t  AFI 0, ")
    elif family == IPV4:
        line.put(b"\n\t  ")
    else:
        line.put(b"\n\t AFI %s, " % named(FAMILY_NAMES, family))
        print_unknown_data(line, pkt, off + 4, b"\n\t  ", AUTH_LENGTH)
        return ENTRY_LENGTH
    line.host4(pkt.u32(off + 4))
    line.put(b", metric: %d" % pkt.u32(off + 16))
    return ENTRY_LENGTH


def write_entry_2(line: Line, pkt: Record, off: int, left: int) -> int:
    """A route or authentication of version 2; its octets, 0 if nothing more can be told."""
    family = pkt.u16(off)
    if family == AUTHENTICATION:
        return write_authentication(line, pkt, off, left)
    if not pkt.has(off, ENTRY_LENGTH):
        raise Truncated
    if family not in (UNSPECIFIED, IPV4):
        line.put(b"\n\t  AFI %s" % named(FAMILY_NAMES, family))
        print_unknown_data(line, pkt, off + 4, b"\n\t  ", AUTH_LENGTH)
        return ENTRY_LENGTH
    line.put(b"\n\t  AFI %s, " % (b"IPv4" if family == IPV4 else b"0"))
    line.put(b"%15s/%-2d, tag 0x%04x, metric: %d, next-hop: " % (
        dotted(pkt, off + 4), prefix_length(pkt.u32(off + 8)), pkt.u16(off + 2),
        pkt.u32(off + 16)))
    if pkt.u32(off + 12):
        line.host4(pkt.u32(off + 12))
    else:
        line.put(b"self")
    return ENTRY_LENGTH


def dotted(pkt: Record, off: int) -> bytes:
    return b"%d.%d.%d.%d" % tuple(pkt.raw(off, 4))


def prefix_length(mask: int) -> int:
    """How many leading bits of ``mask`` are set."""
    return 32 - (mask ^ 0xFFFFFFFF).bit_length()


def write_authentication(line: Line, pkt: Record, off: int, left: int) -> int:
    """The entry that vouches for the others; its octets, 0 for the last."""
    kind = pkt.u16(off + 2)
    if kind == PASSWORD:
        line.put(b"\n\t  Simple Text Authentication data: ")
        size = 0
        while size < AUTH_LENGTH and pkt.u8(off + 4 + size):
            size += 1
        line.escaped(pkt, off + 4, size)
        if not pkt.has(off, ENTRY_LENGTH):
            raise Truncated
    elif kind == AUTH_HEADER:
        line.put(b"\n\t  Auth header:")
        line.put(b" Packet Len %d, Key-ID %d, Auth Data Len %d, SeqNo %d, MBZ %d, MBZ %d" % (
            pkt.u16(off + 4), pkt.u8(off + 6), pkt.u8(off + 7), pkt.u32(off + 8),
            pkt.u32(off + 12), pkt.u32(off + 16)))
    elif kind == AUTH_TRAILER:
        line.put(b"\n\t  Auth trailer:")
        print_unknown_data(line, pkt, off + 4, b"\n\t  ", left - 4)
        return 0
    else:
        line.put(b"\n\t  Unknown (%d) Authentication data:" % kind)
        print_unknown_data(line, pkt, off + 4, b"\n\t  ", left - 4)
        return 0
    return ENTRY_LENGTH
