"""Internet Protocol version 4 (RFC 791); tcpdump: print-ip.c."""

from __future__ import annotations

from fyke.layers.network.ip import IP, has_ports, should_be, write_proto, write_short
from fyke.layers.network.ipv4_options import final_target, write_options
from fyke.layers.network.protocols import IP_PROTO_NAMES
from fyke.wire import Line, Packet, Truncated

HEADER_LENGTH = 20  # octets without options
MAX_LENGTH = 65535  # what the total length field can say
RESERVED, DONT_FRAGMENT, MORE_FRAGMENTS = 0x8000, 0x4000, 0x2000
ECN_NAMES = (b"", b",ECT(1)", b",ECT(0)", b",CE")


class IPv4(IP):
    """An IPv4 header and its options."""

    __slots__ = ("checksum", "dst", "flags", "header_length", "id", "offset", "real_length", "src",
                 "tos", "total_length")

    header_length: int  #: octets, options included
    tos: int  #: DSCP and ECN
    total_length: int  #: octets, header included; 0 in what a segmenting card was handed
    real_length: int  #: ``total_length``, or what was captured in its place if that is 0
    id: int  #: of the datagram that this is a fragment of
    flags: int  #: RESERVED, DONT_FRAGMENT and MORE_FRAGMENTS, where they stand in the field
    offset: int  #: of this fragment, in octets
    checksum: int
    src: int  #: source address
    dst: int  #: destination address

    name = "ipv4"
    tag = b"ip"
    fields = ("version", "header_length", "tos", "total_length", "id", "flags", "offset", "ttl",
              "next_header", "checksum", "src", "dst")
    addresses = ("src", "dst")

    def clear(self) -> None:
        IP.clear(self)
        self.header_length = self.tos = self.total_length = self.real_length = self.id = 0
        self.flags = self.offset = self.checksum = self.src = self.dst = 0

    def parse(self, pkt: Packet, off: int) -> None:
        word = pkt.u8(off)
        self.version = word >> 4
        header = (word & 15) << 2
        self.header_length = header
        self.tos = pkt.u8(off + 1)
        total = pkt.u16(off + 2)
        self.total_length = total
        self.id = pkt.u16(off + 4)
        word = pkt.u16(off + 6)
        self.flags = word & 0xE000
        self.offset = (word & 0x1FFF) << 3
        self.fragment = (word & 0x3FFF) != 0
        self.ttl = pkt.u8(off + 8)
        word = pkt.u8(off + 9)
        self.next_header = word
        self.proto = word
        if (total == 0 and (word == 6 or word == 17)) or total > self.size:
            total = self.size
        self.real_length = total
        self.checksum = pkt.u16(off + 10)
        self.src = pkt.u32(off + 12)
        self.dst = pkt.u32(off + 16)
        if self.version == 4 and 20 <= header <= total and self.size >= 20:
            pkt.narrow(off + total)
            self.payload_off = off + header
            self.payload_length = total - header
            self.carries = self.offset == 0 and pkt.has(off, header)
            if word == 51 and self.carries:
                self.skip_auth()

    def write(self, line: Line) -> None:
        if not line.style.link_level:
            line.put(b"IP ")
        if not self.write_lengths(line):
            self.carries = False
            return
        if line.style.verbose and not self.write_header(line):
            self.carries = False
            return
        if self.offset:
            self.write_fragment(line)
            return
        if not has_ports(self.next_header):
            self.write_hosts_now(line)
        if not self.pkt.has(self.off, self.header_length):
            line.put(b" [remaining caplen(%d) < header length(%d)]" % (
                self.have, self.header_length))
            raise Truncated
        if self.auth_off and not self.write_auth(line):
            return
        self.write_unknown(line)

    def write_lengths(self, line: Line) -> bool:
        """What is wrong with version and lengths; whether to go on in spite of it."""
        length = self.size
        if length < 20:
            write_short(line, b"length", length, 20)
            return False
        self.pkt.u8(self.off)
        if self.version != 4:
            line.put(b" [version %d != 4] (invalid)" % self.version)
            return False
        if self.header_length < 20:
            write_short(line, b"header length", self.header_length, 20)
            return False
        if self.short:
            self.pkt.u16(self.off + 2)
        if self.total_length > length:
            line.put(b"[total length %d > length %d] (invalid) " % (self.total_length, length))
        if self.short:
            self.pkt.u8(self.off + 9)
        if self.real_length < self.header_length and self.total_length < self.header_length:
            line.put(b"[total length %d < header length %d] (invalid)" % (
                self.total_length, self.header_length))
            return False
        return True

    def write_header(self, line: Line) -> bool:
        """The fixed header and the options (-v); whether the options were all there."""
        line.put(b"(tos 0x")
        line.hex(self.tos)
        line.put(ECN_NAMES[self.tos & 3])
        if self.ttl:
            line.put(b", ttl ")
            line.uint(self.ttl)
        line.put(b", id ")
        line.uint(self.id)
        line.put(b", offset ")
        line.uint(self.offset)
        line.put(b", flags [")
        self.write_flags(line)
        line.put(b"], proto ")
        line.put(IP_PROTO_NAMES.get(self.next_header, b"unknown"))
        line.put(b" (")
        line.uint(self.next_header)
        line.put(b"), length ")
        line.uint(self.total_length if self.total_length else self.real_length)
        if self.total_length == 0:
            line.put(b" [was 0, presumed %s]" % (
                b"BIG TCP" if self.real_length > MAX_LENGTH else b"TSO"))
        whole = True
        if self.header_length > 20:
            line.put(b", options (")
            whole = write_options(line, self.pkt, self.off + 20, self.header_length - 20)
            if not whole:
                line.put(b" [truncated-option]")
            line.char(41)
        if not line.style.no_checksums and self.pkt.has(self.off, self.header_length):
            self.write_checksum(line)
        line.put(b") " if line.style.one_line else b")\n    ")
        if not whole:
            self.write_hosts_now(line)
            line.put(b" [|ip]")
        return whole

    def write_flags(self, line: Line) -> None:
        flags = self.flags
        if flags == DONT_FRAGMENT:
            line.put(b"DF")
        elif flags == 0:
            line.put(b"none")
        else:
            names = ((MORE_FRAGMENTS, b"+"), (DONT_FRAGMENT, b"DF"), (RESERVED, b"rsvd"))
            line.put(b", ".join(text for bit, text in names if flags & bit))

    def write_checksum(self, line: Line) -> None:
        """Only what is wrong with it."""
        total = self.pkt.sum16(self.off, self.header_length)
        if total != 0xFFFF:
            line.put(b", bad cksum %x (->%x)!" % (
                self.checksum, should_be(self.checksum, total)))

    def write_fragment(self, line: Line) -> None:
        """Not the first fragment: the addresses and the protocol's name."""
        self.write_source(line)
        line.put(b" > ")
        self.write_target(line)
        line.char(58)
        write_proto(line, self.proto)

    def write_source(self, line: Line) -> None:
        if self.short:
            self.pkt.u32(self.off + 12)
        line.host4(self.src)

    def write_target(self, line: Line) -> None:
        if self.short:
            self.pkt.u32(self.off + 16)
        line.host4(self.dst)

    def pseudo_sum(self, proto: int, length: int) -> int:
        src = self.src
        dst = self.dst
        if self.header_length > 20:
            dst = final_target(self.pkt, self.off + 20, self.header_length - 20, dst)
        return ((src >> 16) + (src & 0xFFFF) + (dst >> 16) + (dst & 0xFFFF) + (proto & 255)
                + (length & 0xFFFF))
