"""Generic Routing Encapsulation (RFC 2784, 2890, 1701; version 1: RFC 2637); print-gre.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST, Cursor, Malformed, dotted_list
from fyke.layers.fields import U16, Bits, Flags, Listed, Made, Options, Renamed
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.tables import table
from fyke.layers.words import INVALID, as_text, bit_words
from fyke.wire import Line, Record, Truncated

CHECKSUM, ROUTING, KEY, SEQUENCE, STRICT, ACK = 0x8000, 0x4000, 0x2000, 0x1000, 0x0800, 0x0080
VERSION = 0x0007
FLAGS = (
    (CHECKSUM, b"checksum present"), (ROUTING, b"routing present"), (KEY, b"key present"),
    (SEQUENCE, b"sequence# present"), (STRICT, b"source routing present"),
    (ACK, b"ack present"),
)
PROTOCOLS = table("gre.proto")  # and the EtherTypes of IP, MPLS, bridged Ethernet …
ETHERTYPES = table("ethertype")
FROM_ETHERTYPES = frozenset({0x0800, 0x86DD, 0x8847, 0x8848, 0x809B, 0x894F})
KEEP_ALIVE = 0
PPP = 0x880B
ROUTE_IP, ROUTE_AS = 0x0800, 0xFFFE  # address families of source routes
HEADER_LENGTH = 4  # flags, version and protocol
ROUTE_NAMES = {ROUTE_IP: (b"rtaf=ip", 4), ROUTE_AS: (b"rtaf=asn", 2)}


class Route(NamedTuple):
    """A source route entry (RFC 1701)."""

    family: int  #: 0x0800 IPv4 addresses, 0xFFFE numbers of autonomous systems
    offset: int  #: octets of the entry already gone through
    hops: list[str] | list[int] | bytes


def optional_at(gre: Gre, flag: int) -> int | None:
    """Where an optional field is; None if the packet has none."""
    word = gre.pkt.u16(gre.off)
    if not word & flag:
        return None
    at = gre.off + HEADER_LENGTH
    first = CHECKSUM | ROUTING
    if word & VERSION == 0 and word & first:
        if flag & first:
            return at
        at += 4
    for bit in (KEY, SEQUENCE, ACK):
        if flag == bit:
            return at if flag != ACK or word & VERSION == 1 else None
        if word & bit:
            at += 4
    return None


def checksum_of(gre: Gre) -> int | None:
    at = optional_at(gre, CHECKSUM)
    return None if at is None or gre.version else gre.pkt.u16(at)


def offset_of(gre: Gre) -> int | None:
    at = optional_at(gre, ROUTING)
    return None if at is None or gre.version else gre.pkt.u16(at + 2)


def number_of(gre: Gre, flag: int) -> int | None:
    at = optional_at(gre, flag)
    return None if at is None else gre.pkt.u32(at)


def call_of(gre: Gre) -> int | None:
    """The low half of version 1's key (RFC 2637 §4.1)."""
    key = number_of(gre, KEY)
    return None if key is None or gre.version != 1 else key & 0xFFFF


def routes_of(gre: Gre) -> Options:
    """The source route's entries, up to the empty one."""
    found = Options()
    if gre.version or not gre.flags & ROUTING:
        return found
    cursor = Cursor(gre.pkt, gre.off + HEADER_LENGTH, gre.off + gre.size)
    try:
        gre.skip(cursor)
        while len(found) < MOST:
            family, offset, size = cursor.u16(), cursor.u8(), cursor.u8()
            if not family and not size:
                return found
            found.append(Route(family, offset, read_hops(gre.pkt, cursor.step(size), family, size)))
    except (Malformed, Truncated):
        pass
    found.cut = True
    return found


def read_hops(pkt: Record, at: int, family: int, size: int) -> list[str] | list[int] | bytes:
    if family == ROUTE_IP and size % 4 == 0:
        return dotted_list(pkt, at, size)
    if family == ROUTE_AS and size % 2 == 0:
        return [pkt.u16(one) for one in range(at, at + size, 2)]
    return pkt.raw(at, size)


class Gre(Layer):
    """A GRE header and its optional fields."""

    __slots__ = ()

    name = "gre"
    tag = b"gre"

    flags = Flags(0, 2, 0xFFFF, "flags and version", {
        CHECKSUM: "checksum", ROUTING: "routing", KEY: "key", SEQUENCE: "sequence",
        STRICT: "strict", ACK: "ack"})
    version = Bits(0, 2, VERSION, "0; 1 carries PPP (RFC 2637)")
    proto = U16(2, "EtherType of the payload", names=as_text(ETHERTYPE_NAMES))
    checksum = Made("u16", checksum_of, "over header and payload, where there is one")
    offset = Made("u16", offset_of, "of the active source route entry", unit="bytes")
    key = Made("u32", lambda gre: number_of(gre, KEY), "which flow; none without the flag")
    call_id = Made("u16", call_of, "which call, in version 1")
    sequence = Made("u32", lambda gre: number_of(gre, SEQUENCE), "number of this packet")
    ack = Made("u32", lambda gre: number_of(gre, ACK), "number received last, in version 1")
    routes = Listed(routes_of, "the source route")
    seq = Renamed("sequence")

    def parse(self, pkt: Record, off: int) -> None:
        word = pkt.u16(off)
        cursor = Cursor(pkt, off + HEADER_LENGTH, off + self.size)
        try:
            self.skip(cursor)
            if word & VERSION == 0 and word & ROUTING:
                skip_routes(cursor)
        except Malformed:
            return
        if word & VERSION > 1 or (word & VERSION == 1 and not word & SEQUENCE):
            return
        self.payload_off = cursor.at
        self.payload_length = cursor.left
        self.next = self.upper()

    def skip(self, cursor: Cursor) -> None:
        """Step over the optional fields in front of the source route."""
        word = self.pkt.u16(self.off)
        self.pkt.u16(self.off + 2)
        if word & VERSION == 0 and word & (CHECKSUM | ROUTING):
            cursor.u32()
        if word & KEY:
            cursor.u32()
        if word & SEQUENCE:
            cursor.u32()
        if word & VERSION == 1 and word & ACK:
            cursor.u32()

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        proto = self.proto
        if self.version == 1:
            return table("ppp").find(0) if proto == PPP else None
        found = PROTOCOLS.find(proto)
        if found is None and proto in FROM_ETHERTYPES:
            found = ETHERTYPES.find(proto)
        return found

    def write(self, line: Line) -> None:
        try:
            self.write_whole(line)
        except Malformed as fault:
            line.put(str(fault).encode() + INVALID)

    def write_whole(self, line: Line) -> None:
        """The text. Raises Malformed, with words, where the packet ends inside a field."""
        cursor = Cursor(self.pkt, self.off, self.off + self.size)
        line.put(b"GRE")
        if cursor.left < 2:
            raise Malformed(f" [length {cursor.left} < 2]")
        flags = cursor.u16()
        line.put(b"v%d" % self.version)
        if self.version > 1:
            line.put(b" ERROR: unknown-version")
            return
        if line.style.verbose:
            line.put(b", Flags [%s]" % bit_words(FLAGS, flags))
        need(cursor, 2)
        cursor.u16()
        self.write_fields(line, cursor, flags)
        if line.style.link_level:
            line.put(b", proto %s (0x%04x)" % (
                ETHERTYPE_NAMES.get(self.proto, b"unknown"), self.proto))
        line.put(b", length %d" % self.size)
        if self.version == 1 and not flags & SEQUENCE:
            return
        line.put(b"\n\t" if line.style.verbose else b": ")
        if self.version == 0 and self.proto == KEEP_ALIVE:
            line.put(b"keep-alive")
        elif self.next is None:
            line.put(b"gre-proto-0x%x" % self.proto)

    def write_fields(self, line: Line, cursor: Cursor, flags: int) -> None:
        """The optional fields in wire order."""
        if self.version == 0 and flags & (CHECKSUM | ROUTING):
            need(cursor, 2)
            checksum = cursor.u16()
            if line.style.verbose:
                line.put(b", sum 0x%x" % checksum)
            need(cursor, 2)
            line.put(b", off 0x%x" % cursor.u16())
        if flags & KEY:
            need(cursor, 4)
            key = cursor.u32()
            line.put(b", key=0x%x" % key if self.version == 0 else b", call %d" % (key & 0xFFFF))
        if flags & SEQUENCE:
            need(cursor, 4)
            line.put(b", seq %d" % cursor.u32())
        if self.version == 1:
            if flags & ACK:
                need(cursor, 4)
                line.put(b", ack %d" % cursor.u32())
            if not flags & SEQUENCE:
                line.put(b", no-payload")
        elif flags & ROUTING:
            write_routes(line, cursor)


def need(cursor: Cursor, count: int) -> None:
    """Malformed, in tcpdump's words, unless so many octets are left."""
    if cursor.left < count:
        raise Malformed(f" [len {cursor.left} < {count}]")


def skip_routes(cursor: Cursor) -> None:
    """Step over source route entries; one without family and length ends them (RFC 1701)."""
    while True:
        family, offset, size = cursor.u16(), cursor.u8(), cursor.u8()
        if not family and not size:
            return
        if family in ROUTE_NAMES:
            fault = route_fault(offset, size, ROUTE_NAMES[family][1])
            if fault:
                raise Malformed(fault)
        cursor.step(size)


def route_fault(offset: int, size: int, step: int) -> str:
    """What is wrong with an entry, in tcpdump's words."""
    if offset % step:
        return f", badoffset={offset})"
    if size % step:
        return f", badlength={size})"
    if offset >= size:
        return f", badoff/len={offset}/{size})"
    return ""


def write_routes(line: Line, cursor: Cursor) -> None:
    """Source route entries (RFC 1701)."""
    while True:
        need(cursor, 4)
        family, offset, size = cursor.u16(), cursor.u8(), cursor.u8()
        if not family and not size:
            return
        if family in ROUTE_NAMES:
            write_route(line, cursor, offset, size, *ROUTE_NAMES[family])
        else:
            line.put(b", (rtaf=0x%x)" % family)
            need(cursor, size)
            cursor.step(size)


def write_route(line: Line, cursor: Cursor, offset: int, size: int, name: bytes,
                step: int) -> None:
    line.put(b", (%s" % name)
    fault = route_fault(offset, size, step)
    if fault:
        raise Malformed(fault)
    for i in range(0, size, step):
        if cursor.left < step:
            raise Malformed(f" [len {cursor.left} < {step}])")
        line.put(b" *" if i == offset else b" ")
        if step == 4:
            line.ipv4(cursor.u32())
        else:
            line.put(b"%x" % cursor.u16())
    line.char(41)
