"""Internet Protocol version 6 (RFC 8200); tcpdump: print-ip6.c, print-frag6.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Bits, Ip6, Listed, Made
from fyke.layers.network.ip import AUTHENTICATION, IP, has_ports, write_short
from fyke.layers.network.ipv6_extensions import extensions_of
from fyke.layers.network.ipv6_mobility import write_mobility
from fyke.layers.network.ipv6_options import find_jumbo, write_options
from fyke.layers.network.ipv6_routing import final_target, write_routing
from fyke.layers.network.protocols import IP_PROTO_NAMES
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 40
LENGTH, NEXT, HOPS, SRC, DST = 4, 6, 7, 8, 24
MAX_LENGTH = 65535  # what the payload length field can say
HOP_BY_HOP, ROUTING, FRAGMENT, DEST_OPTIONS = 0, 43, 44, 60
MOBILITY_OLD, MOBILITY = 62, 135
TCP, UDP = 6, 17  # what the kernel makes larger than a length field says: BIG TCP, in tunnels too


class IPv6(IP):
    """An IPv6 header and its extension headers."""

    __slots__ = ("real_length",)

    real_length: int  #: octets, header included, that the length field or the jumbo option says

    name = "ip6"
    old_names = ("ipv6",)
    tag = b"ip6"

    version = Bits(0, 1, 0xF0, "version, 6")
    traffic_class = Bits(0, 2, 0x0FF0, "DSCP and ECN")
    dscp = Bits(0, 2, 0x0FC0, "differentiated services code point (RFC 2474)")
    ecn = Bits(0, 2, 0x0030, "explicit congestion notification (RFC 3168)")
    flow_label = Bits(0, 4, 0xFFFFF, "flow label (RFC 6437)")
    stated_length = U16(LENGTH, "payload length field: extension headers and payload; 0 in a "
                                "jumbogram (RFC 2675)", unit="bytes")
    next_header = U8(NEXT, "what follows the fixed header")
    proto = Made("u8", lambda layer: layer.payload_proto(), "protocol number of the payload, "
                                                            "behind the extension headers")
    hop_limit = U8(HOPS, "hop limit")
    ttl = U8(HOPS, "hop limit, by its name in IPv4")
    src: Ip6 = Ip6(SRC, "source address")
    dst: Ip6 = Ip6(DST, "destination address")
    extensions = Listed(lambda layer: extensions_of(layer.pkt, layer.off),
                        "extension headers, in order", keyed=True)

    def clear(self) -> None:
        IP.clear(self)
        self.family = 6
        self.real_length = 0

    def payload_proto(self) -> int:
        """The protocol of the payload; the last one known where the capture ends before it."""
        self.pkt.u8(self.off + NEXT)
        return self.upper

    def parse(self, pkt: Record, off: int) -> None:
        total = pkt.u16(off + LENGTH)
        proto = pkt.u8(off + NEXT)
        self.first = proto
        self.upper = proto
        pkt.u8(off + HOPS)
        if pkt.u8(off) >> 4 != 6 or self.size < HEADER_LENGTH:
            return
        if total:
            total += HEADER_LENGTH
            pkt.narrow(off + total)
        elif proto == 0 or (
                proto in (TCP, UDP) and self.size > MAX_LENGTH + HEADER_LENGTH):
            total = self.size  # a jumbo option will say, or the kernel's BIG TCP does not
        else:
            total = HEADER_LENGTH
            pkt.narrow(off + total)
        self.real_length = total
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = total - HEADER_LENGTH
        if not pkt.has(off, HEADER_LENGTH):
            raise Truncated
        if is_extension(proto):
            self.walk(pkt, off)
        else:
            self.carries = True
        if self.upper == AUTHENTICATION and self.carries:
            self.skip_auth()
        self.choose()

    def walk(self, pkt: Record, off: int) -> None:
        """Step over the extension headers to the payload."""
        proto = self.first
        at = off + HEADER_LENGTH
        while is_extension(proto) and at < pkt.end:
            if proto in (MOBILITY, MOBILITY_OLD):
                return
            if proto == FRAGMENT:
                self.fragment = True
                if not pkt.has(at, 8) or pkt.u16(at + 2) & 0xFFF8:
                    return
                size = 8
            else:
                if not pkt.has(at, 2):
                    return
                size = (pkt.u8(at + 1) + 1) << 3
                if not pkt.has(at, size):
                    return
            if proto == HOP_BY_HOP and pkt.u16(off + LENGTH) == 0:
                jumbo = find_jumbo(pkt, at + 2, size - 2)
                if jumbo:
                    self.real_length = jumbo + 40
            proto = pkt.u8(at)
            at += size
        if at - off > self.real_length or is_extension(proto):
            return
        self.upper = proto
        self.payload_off = at
        self.payload_length = self.real_length - (at - off)
        self.carries = True
        pkt.narrow(off + self.real_length)

    def write(self, line: Line) -> None:
        if not line.style.link_level:
            line.put(b"IP6 ")
        pkt = self.pkt
        off = self.off
        if self.size < HEADER_LENGTH:
            write_short(line, b"length", self.size, HEADER_LENGTH)
            line.stop()
            return
        version = pkt.u8(off) >> 4
        if version != 6:
            line.put(b" [version %d != 6] (invalid)" % version)
            line.stop()
            return
        stated = pkt.u16(off + LENGTH)
        if stated and stated + HEADER_LENGTH > self.size:
            self.write_excess(line, stated + HEADER_LENGTH)
        pkt.u16(off + NEXT)
        if line.style.verbose:
            self.write_header(line, stated)
        if self.short:
            raise Truncated
        if is_extension(self.first):
            self.write_extensions(line, stated)
            return
        if not has_ports(self.first):
            self.write_hosts_now(line)
        if self.auth_off and not self.write_auth(line):
            return
        self.write_unknown(line)

    def write_excess(self, line: Line, total: int) -> None:
        line.put(b"[header+payload length %d > length %d] (invalid) " % (total, self.size))

    def write_header(self, line: Line, stated: int) -> None:
        """The fixed header (-v)."""
        word = self.pkt.u32(self.off)
        line.char(40)
        if word >> 20 & 255:
            line.put(b"class 0x")
            line.hex(word >> 20 & 255, 2)
            line.put(b", ")
        if word & 0xFFFFF:
            line.put(b"flowlabel 0x")
            line.hex(word & 0xFFFFF, 5)
            line.put(b", ")
        line.put(b"hlim ")
        line.uint(self.pkt.u8(self.off + HOPS))
        line.put(b", next-header ")
        line.put(IP_PROTO_NAMES.get(self.first, b"unknown"))
        line.put(b" (")
        line.uint(self.first)
        line.put(b"), payload length ")
        line.uint(stated)
        line.put(b") ")
        if stated == 0 and self.real_length > MAX_LENGTH and (
                self.first == TCP or self.first == UDP):
            line.put(b"[real length %d, presumed BIG TCP] " % self.real_length)

    def write_extensions(self, line: Line, stated: int) -> None:
        """The addresses, then every extension header; where one is no good, the text ends."""
        pkt = self.pkt
        off = self.off
        at = off + HEADER_LENGTH
        if at >= pkt.end:
            if stated == 0 or pkt.end < at + stated:
                self.write_hosts_now(line)
            raise Truncated
        self.write_hosts_now(line)
        proto = self.first
        while is_extension(proto):
            size = self.write_extension(line, proto, at, stated)
            if size <= 0 or (proto == FRAGMENT and at + size >= pkt.end):
                line.stop()
                return
            proto = pkt.u8(at)
            at += size
            line.protocol = b"ip6"
            if at >= pkt.end and (is_extension(proto) or not self.carries):
                line.stop()
                return
        if not self.carries:
            raise Truncated
        if stated == 0 and self.real_length > self.size:
            self.write_excess(line, self.real_length)
        if self.auth_off and not self.write_auth(line):
            return
        self.write_unknown(line)

    def write_extension(self, line: Line, proto: int, at: int, stated: int) -> int:
        """One extension header; its octets, 0 where decoding ends with it."""
        if proto == HOP_BY_HOP:
            return self.write_hop_by_hop(line, at, stated)
        if proto == DEST_OPTIONS:
            line.protocol = b"dstopt"
            return write_options(line, self.pkt, at, b"DSTOPT ", stated, False)
        if proto == ROUTING:
            return write_routing(line, self.pkt, at)
        if proto == FRAGMENT:
            return self.write_fragment(line, at, stated)
        write_mobility(line, self.pkt, at)
        return 0

    def write_hop_by_hop(self, line: Line, at: int, stated: int) -> int:
        if at != self.off + HEADER_LENGTH:
            line.put(b"[The Hop-by-Hop Options header %s] (invalid)" % (
                b"was already found" if self.first == HOP_BY_HOP
                else b"don't follow the IPv6 header"))
            return 0
        line.protocol = b"hbh"
        size = write_options(line, self.pkt, at, b"HBH ", stated, True)
        if size > 0 and stated == 0 and not find_jumbo(self.pkt, at + 2, size - 2):
            line.put(b"[No valid Jumbo Payload Hop-by-Hop option found] (invalid)")
            return 0
        return size

    def write_fragment(self, line: Line, at: int, stated: int) -> int:
        """The fragment header (RFC 8200 §4.5); later fragments are not decoded."""
        pkt = self.pkt
        line.protocol = b"frag6"
        line.put(b"frag (")
        word = pkt.u16(at + 2)
        ident = pkt.u32(at + 4)
        if line.style.verbose:
            line.put(b"0x%08x:" % ident)
        rest = HEADER_LENGTH + stated - (at - self.off) - 8
        line.put(b"%d|%d)" % (word & 0xFFF8, rest if rest >= 0 else rest + (1 << 64)))
        if word & 0xFFF8:
            return 0
        line.char(32)
        return 8

    def write_source(self, line: Line) -> None:
        line.host6(self.pkt, self.off + SRC)

    def write_target(self, line: Line) -> None:
        line.host6(self.pkt, self.off + DST)

    def pseudo_sum(self, proto: int, length: int) -> int:
        pkt = self.pkt
        target = self.off + DST
        if is_extension(self.first):
            target = final_target(pkt, self.off)
        total = pkt.sum16(self.off + SRC, 16)
        total = pkt.sum16(target, 16, total)
        return total + (length >> 16 & 0xFFFF) + (length & 0xFFFF) + proto


def is_extension(proto: int) -> bool:
    """Whether this next header is an extension header that ``walk`` steps over."""
    return proto in (HOP_BY_HOP, ROUTING, FRAGMENT, DEST_OPTIONS, MOBILITY, MOBILITY_OLD)
