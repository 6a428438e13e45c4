"""Pragmatic General Multicast (RFC 3208); in UDP with ``-T pgm``; tcpdump: print-pgm.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.cursor import Malformed, Option, tlvs
from fyke.layers.fields import U8, U16, Flags, Listed, Made, Octets, Options
from fyke.layers.layer import Layer
from fyke.layers.transport.packet_types import datagram_layer
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

PROTOCOL = 113
HEADER_LENGTH = 16
SPM, POLL, POLR, ODATA, RDATA, NAK, NNAK, NCF, SPMR, ACK = 0, 1, 2, 4, 5, 8, 9, 10, 12, 13
NAK_NAMES = {NAK: b"NAK ", NNAK: b"NNAK ", NCF: b"NCF "}
TYPE_NAMES = {SPM: "SPM", POLL: "POLL", POLR: "POLR", ODATA: "ODATA", RDATA: "RDATA", NAK: "NAK",
              NNAK: "NNAK", NCF: "NCF", SPMR: "SPMR", ACK: "ACK"}
OPTIONS_PRESENT = 0x01
INET, INET6 = 1, 2  # address family numbers
ADDRESS_LENGTHS = {INET: 4, INET6: 16}
DATA_LENGTH = 8  # octets of sequence number and trailing edge
#: Octets that a type has in front of the options, where no address is among them.
BODY_LENGTHS = {ODATA: DATA_LENGTH, RDATA: DATA_LENGTH, POLR: 8, ACK: 8, SPMR: 0}
NUMBERED = frozenset({SPM, POLL, POLR, ODATA, RDATA, NAK, NNAK, NCF, ACK})
OPTION_END = 0x80
LEAST_OPTION = 4  # octets
LENGTH, NAK_LIST, REDIRECT, PATH_NLA, CR = 0, 2, 7, 0x0C, 0x10
PGMCC_DATA, PGMCC_FEEDBACK = 0x12, 0x13
#: Options of one size: what they are called when it is wrong, the size, the text, and the
#: octets from the option's third on that are numbers in it.
FIXED = {
    LENGTH: (b"OPT_LENGTH", 4, b" OPTS LEN (extra?) %d", ()),
    0x01: (b"OPT_FRAGMENT", 16, b" FRAG seq %d off %d len %d", (2, 6, 10)),
    0x03: (b"OPT_JOIN", 8, b" JOIN %d", (2,)),
    0x04: (b"OPT_NAK_BO_IVL", 12, b" BACKOFF ivl %d ivlseq %d", (2, 6)),
    0x05: (b"OPT_NAK_BO_RNG", 12, b" BACKOFF max %d min %d", (2, 6)),
    0x08: (b"OPT_PARITY_PRM", 8, b" PARITY MAXTGS %d", (2,)),
    0x09: (b"OPT_PARITY_GRP", 8, b" PARITY GROUP %d", (2,)),
    0x0A: (b"OPT_CURR_TGSIZE", 8, b" PARITY ATGS %d", (2,)),
    0x0B: (b"OPT_NBR_UNREACH", 4, b" NBR_UNREACH", ()),
    0x0D: (b"OPT_SYN", 4, b" SYN", ()),
    0x0E: (b"OPT_FIN", 4, b" FIN", ()),
    0x0F: (b"OPT_RST", 4, b" RST", ()),
    0x11: (b"OPT_CRQST", 4, b" CRQST", ()),
}
#: Options that end with an address: names, octets before it, place of the address family.
ADDRESSED = {REDIRECT: (b"OPT_REDIRECT", b"OPT_REDIRECT", 8),
             PGMCC_DATA: (b"OPT_PGMCC_DATA", b"OPT_PGMCC_DATA", 12),
             PGMCC_FEEDBACK: (b"PGM_OPT_PGMCC_FEEDBACK", b"OPT_PGMCC_FEEDBACK", 12)}


#: What options are called as values.
OPTION_NAMES = {
    **{kind: row[0].decode().removeprefix("OPT_").lower() for kind, row in FIXED.items()},
    NAK_LIST: "nak_list", REDIRECT: "redirect", PATH_NLA: "path_nla", CR: "cr",
    PGMCC_DATA: "pgmcc_data", PGMCC_FEEDBACK: "pgmcc_feedback"}


class Wrong(Exception):
    """The line has said what is wrong; nothing follows."""


class Unreadable(Wrong):
    """An address of a family that has no text here."""


class Pgm(Layer):
    """A PGM packet: ports, type, source identifier, and what the type has."""

    __slots__ = ()

    name = "pgm"
    tag = b"pgm"

    src_port = U16(0, "source port")
    dst_port = U16(2, "destination port")
    type = U8(4, "type of packet", names=TYPE_NAMES)
    flags = Flags(5, 1, 0xFF, "what the packet has besides (RFC 3208 §8)",
                  {0x80: "parity", 0x40: "variable_length", 0x02: "network", 0x01: "options"})
    checksum = U16(6, "of the packet, 0 for none")
    source_id = Octets(8, 6, "global source identifier")
    tsdu_length = U16(14, "of the data", unit="bytes")
    sequence = Made("u32", lambda pgm: pgm.word(0) if pgm.type in NUMBERED else None,
                    "sequence number")
    trail = Made("u32", lambda pgm: pgm.word({SPM: 4, ODATA: 4, RDATA: 4}.get(pgm.type)),
                 "trailing edge of the sender's window")
    lead = Made("u32", lambda pgm: pgm.word({SPM: 8}.get(pgm.type)),
                "leading edge of the sender's window")
    options = Listed(lambda pgm: pgm.read_options(), "options with their octets", keyed=True)

    def word(self, at: int | None) -> int | None:
        """A number of what the type has."""
        return None if at is None else self.pkt.u32(self.off + HEADER_LENGTH + at)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, HEADER_LENGTH)
        if pkt.u8(off + 4) not in (ODATA, RDATA):
            return
        at = off + HEADER_LENGTH + DATA_LENGTH
        if pkt.u8(off + 5) & OPTIONS_PRESENT:
            at += self.options_length(at)
        self.payload_off = at
        self.payload_length = self.tsdu_length
        self.next = datagram_layer(self.decode_as or "")

    def options_length(self, at: int) -> int:
        """Octets of all options, as the first of them says (RFC 3208 §9.3.1); 0 if it is none."""
        if self.pkt.u8(at) & ~OPTION_END != LENGTH:
            return 0
        return max(self.pkt.u16(at + 2), LEAST_OPTION)

    def options_off(self) -> int | None:
        """Where the options begin; None where there are none, or nobody knows."""
        if not self.pkt.u8(self.off + 5) & OPTIONS_PRESENT:
            return None
        at = self.off + HEADER_LENGTH
        kind = self.type
        if kind in BODY_LENGTHS:
            return at + BODY_LENGTHS[kind]
        if kind in NAK_NAMES:
            middle = at + 8 + self.address_length(at + 4)
            return middle + 4 + self.address_length(middle)
        if kind == SPM:
            return at + 16 + self.address_length(at + 12)
        if kind == POLL:
            return at + 12 + self.address_length(at + 8) + 12
        return None

    def address_length(self, at: int) -> int:
        """Octets of an address whose family is at ``at``."""
        return ADDRESS_LENGTHS.get(self.pkt.u16(at), 0)

    def read_options(self) -> Options | None:
        at = self.options_off()
        if at is None:
            return None
        found = Options()
        try:
            stop = at + self.options_length(at)
            for one in tlvs(self.pkt, at, stop, counts=2):
                kind = one.type & ~OPTION_END
                found.append(Option(kind, OPTION_NAMES.get(kind, str(kind)),
                                    self.pkt.raw(one.at, one.size)))
                if one.type & OPTION_END:
                    break
        except (Malformed, Truncated):
            found.cut = True
        return found

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        below: Any = self.below
        if not pkt.has(off, 4):
            if below.name != "udp":
                below.write_hosts(line)
                line.rewind(line.pos - 1)
            raise Truncated
        if below.name == "udp":
            line.port("tcp", self.src_port)
            line.put(b" > ")
            line.port("tcp", self.dst_port)
            line.put(b": ")
        else:
            below.write_ends(line, "tcp", self.src_port, self.dst_port)
        pkt.raw(off, HEADER_LENGTH)
        line.put(b"PGM, length %d" % self.tsdu_length)
        if not line.style.verbose:
            line.stop()
            return
        line.put(b" 0x" + self.source_id.hex().encode() + b" ")
        try:
            at = self.write_type(line, off + HEADER_LENGTH)
            if self.flags & OPTIONS_PRESENT:
                write_options(line, pkt, at)
        except Unreadable:
            line.put(INVALID)
            line.stop()
            return
        except Wrong:
            line.stop()
            return
        line.put(b" [%d]" % self.size)

    def write_type(self, line: Line, at: int) -> int:
        """What the type has; where it ends."""
        pkt, kind = self.pkt, self.type
        if kind == SPM:
            pkt.raw(at, 16)
            address, end = address_at(pkt, at + 16, pkt.u16(at + 12))
            line.put(b"SPM seq %d trail %d lead %d nla " % (
                pkt.u32(at), pkt.u32(at + 4), pkt.u32(at + 8)) + address)
            return end
        if kind == POLL:
            pkt.raw(at, 12)
            address, end = address_at(pkt, at + 12, pkt.u16(at + 8))
            pkt.raw(end, 12)
            line.put(b"POLL seq %d round %d nla %s ivl %d rnd 0x%08x mask 0x%08x" % (
                pkt.u32(at), pkt.u16(at + 4), address, pkt.u32(end), pkt.u32(end + 4),
                pkt.u32(end + 8)))
            return end + 12
        if kind == POLR:
            pkt.raw(at, 8)
            line.put(b"POLR seq %d round %d" % (pkt.u32(at), pkt.u16(at + 4)))
            return at + 8
        if kind in (ODATA, RDATA):
            pkt.raw(at, 8)
            line.put(b"%s trail %d seq %d" % (b"ODATA" if kind == ODATA else b"RDATA",
                                              pkt.u32(at + 4), pkt.u32(at)))
            return at + 8
        if kind in NAK_NAMES:
            pkt.raw(at, 8)
            # tcpdump 4.99 looks for the group's family where its address is, and finds none
            source, end = address_at(pkt, at + 8, pkt.u16(at + 4))
            group, end = address_at(pkt, end + 4, pkt.u16(end))
            line.put(NAK_NAMES[kind] + b"(%s -> %s), seq %d" % (source, group, pkt.u32(at)))
            return end
        if kind == ACK:
            pkt.raw(at, 8)
            line.put(b"ACK seq %d" % pkt.u32(at))
            return at + 8
        line.put(b"SPMR" if kind == SPMR else b"UNKNOWN type 0x%02x" % kind)
        return at


def address_at(pkt: Record, at: int, family: int) -> tuple[bytes, int]:
    """An address as it is written, without a name; where it ends."""
    text = Line()
    if family == INET:
        text.ipv4(pkt.u32(at))
        return text.text(), at + 4
    if family == INET6:
        pkt.raw(at, 16)
        text.ipv6(pkt, at)
        return text.text(), at + 16
    raise Unreadable


def write_options(line: Line, pkt: Record, at: int) -> int:
    """The options; where they end."""
    pkt.raw(at, LEAST_OPTION)
    kind, size, rest = pkt.u8(at) & ~OPTION_END, pkt.u8(at + 1), pkt.u16(at + 2)
    if kind != LENGTH:
        line.put(b"[First option bad, should be PGM_OPT_LENGTH, is %d]" % kind)
        raise Wrong
    if size != LEAST_OPTION:
        line.put(b"[Bad OPT_LENGTH option, length %d != 4]" % size)
        raise Wrong
    if rest < LEAST_OPTION:
        line.put(b"[Bad total option length %d < 4]" % rest)
        raise Wrong
    line.put(b" OPTS LEN %d" % rest)
    rest -= LEAST_OPTION
    at += LEAST_OPTION
    last = False
    while rest and not last:
        if rest < LEAST_OPTION:
            line.put(b"[Total option length leaves no room for final option]")
            raise Wrong
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        if size < LEAST_OPTION:
            line.put(b"[Bad option, length %d < 4]" % size)
            return at + 2
        if rest < size:
            line.put(b"[Total option length leaves no room for final option]")
            raise Wrong
        pkt.raw(at, size)
        at = write_option(line, pkt, at, size)
        rest -= size
        last = bool(kind & OPTION_END)
    return at


def write_option(line: Line, pkt: Record, at: int, size: int) -> int:
    """One option; where tcpdump goes on, which is too far behind those that it does not know."""
    kind = pkt.u8(at) & ~OPTION_END
    if kind in FIXED:
        name, right, text, places = FIXED[kind]
        if size != right:
            line.put(b"[Bad %s option, length %d != %d]" % (name, size, right))
            raise Wrong
        values = tuple(pkt.u32(at + 2 + place) for place in places)
        line.put(text % ((pkt.u16(at + 2),) if kind == LENGTH else values))
        return at + size
    if kind in ADDRESSED:
        write_addressed(line, pkt, at, size)
        return at + size
    if kind == NAK_LIST:
        line.put(b" NAK LIST")
        for place in range(4, size, 4):
            if size - place < 4:
                line.put(b"[Option length not a multiple of 4]")
                raise Wrong
            line.put(b" %d" % pkt.u32(at + place))
        return at + size
    if kind == PATH_NLA:
        line.put(b" PATH_NLA [%d]" % size)
    elif kind == CR:
        line.put(b" CR")
    else:
        line.put(b" OPT_%02X [%d] " % (pkt.u8(at), size))
    return at + 2 + size


def write_addressed(line: Line, pkt: Record, at: int, size: int) -> None:
    kind = pkt.u8(at) & ~OPTION_END
    short_name, name, fixed = ADDRESSED[kind]
    if size < fixed:
        line.put(b"[Bad %s option, length %d < %d]" % (short_name, size, fixed))
        raise Wrong
    family = pkt.u16(at + fixed - 4)
    width = ADDRESS_LENGTHS.get(family, 0)
    if width and size != fixed + width:
        line.put(b"[Bad %s option, length %d != %d + address size]" % (name, size, fixed))
        raise Wrong
    address, _ = address_at(pkt, at + fixed, family)
    if kind == REDIRECT:
        line.put(b" REDIRECT " + address)
    else:
        line.put(b" PGMCC %s %d %s" % (
            b"DATA" if kind == PGMCC_DATA else b"FEEDBACK", pkt.u32(at + 4), address))
