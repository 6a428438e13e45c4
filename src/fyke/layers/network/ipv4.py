"""Internet Protocol version 4 (RFC 791); tcpdump: print-ip.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.fields import U8, U16, Bits, Flags, Ip4, Listed, Made, Renamed
from fyke.layers.network.ip import (
    AUTHENTICATION,
    IP,
    has_ports,
    should_be,
    write_proto,
    write_short,
)
from fyke.layers.network.ipv4_options import final_target, options_of, write_options
from fyke.layers.network.protocols import IP_PROTO_NAMES
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 20  # octets without options
MAX_LENGTH = 65535  # what the total length field can say
TOS, LENGTH, ID, FRAGMENT, TTL, PROTO, CHECKSUM, SRC, DST = 1, 2, 4, 6, 8, 9, 10, 12, 16
RESERVED, DONT_FRAGMENT, MORE_FRAGMENTS = 0x8000, 0x4000, 0x2000
ECN_NAMES = (b"", b",ECT(1)", b",ECT(0)", b",CE")


def authentication_of(layer: IPv4) -> Any:
    """As IPv6's extension headers have it; None without one."""
    if layer.proto != AUTHENTICATION or layer.offset:
        return None
    from fyke.layers.network.ipv6_extensions import extension  # IPv4 is read without it
    return extension(layer.pkt, layer.off + layer.header_length, AUTHENTICATION).value


class IPv4(IP):
    """An IPv4 header and its options."""

    __slots__ = ("header_size", "real_length", "total")

    header_size: int  #: octets, options included
    total: int  #: octets, header included; 0 in what a segmenting card was handed
    real_length: int  #: ``total``, or what was captured in its place if that is 0

    name = "ip"
    old_names = ("ipv4",)
    tag = b"ip"

    version = Bits(0, 1, 0xF0, "version, 4")
    header_length = Bits(0, 1, 0x0F, "header, with options", unit="bytes", scale=4)
    tos = U8(TOS, "type of service: DSCP and ECN")
    dscp = Bits(TOS, 1, 0xFC, "differentiated services code point (RFC 2474)")
    ecn = Bits(TOS, 1, 0x03, "explicit congestion notification (RFC 3168)")
    length = U16(LENGTH, "whole datagram; 0 in what a segmenting card was handed", unit="bytes")
    id = U16(ID, "identification of the datagram that this is a fragment of")
    flags = Flags(FRAGMENT, 1, 0xE0, "reserved, don't fragment, more fragments",
                  {4: "RF", 2: "DF", 1: "MF"}, aliases={"rb": 4, "df": 2, "mf": 1})
    offset = Bits(FRAGMENT, 2, 0x1FFF, "place of this fragment's payload", unit="bytes", scale=8,
                  type="u16")
    ttl = U8(TTL, "time to live")
    proto = U8(PROTO, "protocol number of the payload")
    checksum = U16(CHECKSUM, "header checksum")
    src: Ip4 = Ip4(SRC, "source address")
    dst: Ip4 = Ip4(DST, "destination address")
    options = Listed(lambda layer: options_of(layer.pkt, layer.off + HEADER_LENGTH,
                                              layer.off + layer.header_length),
                     "options after the fixed header", keyed=True)
    authentication = Made("any", lambda layer: authentication_of(layer),
                          "an authentication header behind this one (RFC 4302)")
    total_length = Renamed("length")
    next_header = Renamed("proto")

    def clear(self) -> None:
        IP.clear(self)
        self.family = 4
        self.header_size = self.total = self.real_length = 0

    def parse(self, pkt: Record, off: int) -> None:
        header = (pkt.u8(off) & 15) << 2
        self.header_size = header
        total = pkt.u16(off + LENGTH)
        self.total = total
        word = pkt.u16(off + FRAGMENT)
        self.fragment = (word & 0x3FFF) != 0
        proto = pkt.u8(off + PROTO)
        self.first = proto
        self.upper = proto
        if (total == 0 and (proto == 6 or proto == 17)) or total > self.size:
            total = self.size
        self.real_length = total
        if pkt.u8(off) >> 4 != 4 or header < HEADER_LENGTH or header > total or (
                self.size < HEADER_LENGTH):
            pkt.u32(off + DST)  # says whether the header is short
            return
        if pkt.has(off, HEADER_LENGTH):
            pkt.narrow(off + total)
            self.payload_off = off + header
            self.payload_length = total - header
            self.carries = word & 0x1FFF == 0 and pkt.has(off, header)
            if proto == AUTHENTICATION and self.carries:
                self.skip_auth()
            self.choose()
        else:
            pkt.u32(off + DST)

    def write(self, line: Line) -> None:
        if not line.style.link_level:
            line.put(b"IP ")
        if not self.write_lengths(line):
            line.stop()
            return
        if line.style.verbose and not self.write_header(line):
            line.stop()
            return
        pkt = self.pkt
        if pkt.u16(self.off + FRAGMENT) & 0x1FFF:
            self.write_fragment(line)
            return
        if not has_ports(self.first):
            self.write_hosts_now(line)
        if not pkt.has(self.off, self.header_size):
            line.put(b" [remaining caplen(%d) < header length(%d)]" % (
                self.have, self.header_size))
            raise Truncated
        if self.auth_off and not self.write_auth(line):
            return
        self.write_unknown(line)

    def write_lengths(self, line: Line) -> bool:
        """What is wrong with version and lengths; whether to go on in spite of it."""
        pkt = self.pkt
        length = self.size
        if length < HEADER_LENGTH:
            write_short(line, b"length", length, HEADER_LENGTH)
            return False
        version = pkt.u8(self.off) >> 4
        if version != 4:
            line.put(b" [version %d != 4] (invalid)" % version)
            return False
        if self.header_size < HEADER_LENGTH:
            write_short(line, b"header length", self.header_size, HEADER_LENGTH)
            return False
        total = pkt.u16(self.off + LENGTH)
        if total > length:
            line.put(b"[total length %d > length %d] (invalid) " % (total, length))
        pkt.u8(self.off + PROTO)
        if self.real_length < self.header_size and total < self.header_size:
            line.put(b"[total length %d < header length %d] (invalid)" % (
                total, self.header_size))
            return False
        return True

    def write_header(self, line: Line) -> bool:
        """The fixed header and the options (-v); whether the options were all there."""
        pkt, off = self.pkt, self.off
        tos = pkt.u8(off + TOS)
        line.put(b"(tos 0x")
        line.hex(tos)
        line.put(ECN_NAMES[tos & 3])
        ttl = pkt.u8(off + TTL)
        if ttl:
            line.put(b", ttl ")
            line.uint(ttl)
        line.put(b", id ")
        line.uint(pkt.u16(off + ID))
        line.put(b", offset ")
        line.uint((pkt.u16(off + FRAGMENT) & 0x1FFF) << 3)
        line.put(b", flags [")
        self.write_flags(line, pkt.u16(off + FRAGMENT) & 0xE000)
        line.put(b"], proto ")
        line.put(IP_PROTO_NAMES.get(self.first, b"unknown"))
        line.put(b" (")
        line.uint(self.first)
        line.put(b"), length ")
        line.uint(self.total if self.total else self.real_length)
        if self.total == 0:
            line.put(b" [was 0, presumed %s]" % (
                b"BIG TCP" if self.real_length > MAX_LENGTH else b"TSO"))
        whole = True
        if self.header_size > HEADER_LENGTH:
            line.put(b", options (")
            whole = write_options(line, pkt, off + HEADER_LENGTH, self.header_size - HEADER_LENGTH)
            if not whole:
                line.put(b" [truncated-option]")
            line.char(41)
        if not line.style.no_checksums and pkt.has(off, self.header_size):
            self.write_checksum(line)
        line.put(b") " if line.style.one_line else b")\n    ")
        if not whole:
            self.write_hosts_now(line)
            line.put(b" [|ip]")
        return whole

    def write_flags(self, line: Line, flags: int) -> None:
        if flags == DONT_FRAGMENT:
            line.put(b"DF")
        elif flags == 0:
            line.put(b"none")
        else:
            names = ((MORE_FRAGMENTS, b"+"), (DONT_FRAGMENT, b"DF"), (RESERVED, b"rsvd"))
            line.put(b", ".join([text for bit, text in names if flags & bit]))

    def write_checksum(self, line: Line) -> None:
        """Only what is wrong with it."""
        total = self.pkt.sum16(self.off, self.header_size)
        if total != 0xFFFF:
            stated = self.pkt.u16(self.off + CHECKSUM)
            line.put(b", bad cksum %x (->%x)!" % (stated, should_be(stated, total)))

    def write_fragment(self, line: Line) -> None:
        """Not the first fragment: the addresses and the protocol's name."""
        self.write_source(line)
        line.put(b" > ")
        self.write_target(line)
        line.char(58)
        write_proto(line, self.upper)

    def write_source(self, line: Line) -> None:
        line.host4(self.pkt.u32(self.off + SRC))

    def write_target(self, line: Line) -> None:
        line.host4(self.pkt.u32(self.off + DST))

    def pseudo_sum(self, proto: int, length: int) -> int:
        src = self.pkt.u32(self.off + SRC)
        dst = self.pkt.u32(self.off + DST)
        if self.header_size > HEADER_LENGTH:
            dst = final_target(self.pkt, self.off + HEADER_LENGTH,
                               self.header_size - HEADER_LENGTH, dst)
        return ((src >> 16) + (src & 0xFFFF) + (dst >> 16) + (dst & 0xFFFF) + (proto & 255)
                + (length & 0xFFFF))
