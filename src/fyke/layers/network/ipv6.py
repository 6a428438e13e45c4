"""Internet Protocol version 6 (RFC 8200); tcpdump: print-ip6.c, print-frag6.c."""

from __future__ import annotations

from fyke.layers.network.ip import AUTHENTICATION, IP, has_ports, write_short
from fyke.layers.network.ipv6_mobility import write_mobility
from fyke.layers.network.ipv6_options import find_jumbo, write_options
from fyke.layers.network.ipv6_routing import final_target, write_routing
from fyke.layers.network.protocols import IP_PROTO_NAMES
from fyke.wire import Line, Packet, Truncated

HEADER_LENGTH = 40
MAX_LENGTH = 65535  # what the payload length field can say
HOP_BY_HOP, ROUTING, FRAGMENT, DEST_OPTIONS = 0, 43, 44, 60
MOBILITY_OLD, MOBILITY = 62, 135


class IPv6(IP):
    """An IPv6 header and its extension headers."""

    __slots__ = ("flow_label", "real_length", "stated_length", "traffic_class")

    traffic_class: int
    flow_label: int
    stated_length: int  #: the payload length field: 0 in a jumbogram (RFC 2675)
    real_length: int  #: octets, header included, that the length field or the jumbo option says

    name = "ipv6"
    tag = b"ip6"
    fields = ("version", "traffic_class", "flow_label", "stated_length", "next_header", "ttl",
              "src", "dst")
    addresses = ("src", "dst")

    def clear(self) -> None:
        IP.clear(self)
        self.traffic_class = self.flow_label = self.stated_length = self.real_length = 0

    @property
    def src(self) -> bytes:
        """The source address, 16 octets; empty if the capture ends before it."""
        return self.pkt.raw(self.off + 8, 16) if self.pkt.has(self.off + 8, 16) else b""

    @property
    def dst(self) -> bytes:
        """The destination address, 16 octets; empty if the capture ends before it."""
        return self.pkt.raw(self.off + 24, 16) if self.pkt.has(self.off + 24, 16) else b""

    def parse(self, pkt: Packet, off: int) -> None:
        word = pkt.u8(off)
        self.version = word >> 4
        word = pkt.u32(off)
        self.traffic_class = word >> 20 & 255
        self.flow_label = word & 0xFFFFF
        total = pkt.u16(off + 4)
        self.stated_length = total
        proto = pkt.u8(off + 6)
        self.next_header = proto
        self.proto = proto
        self.ttl = pkt.u8(off + 7)
        if self.version != 6 or self.size < 40:
            return
        if total:
            total += 40
            pkt.narrow(off + total)
        elif proto == 0 or self.size > 65575:
            total = self.size  # a jumbo option will say, or the kernel's BIG TCP does not
        else:
            total = 40
            pkt.narrow(off + 40)
        self.real_length = total
        self.payload_off = off + 40
        self.payload_length = total - 40
        if not pkt.has(off, 40):
            pkt.u8(pkt.end)  # says that the header is short
        if is_extension(proto):
            self.walk(pkt, off)
        else:
            self.carries = True
        if self.proto == AUTHENTICATION and self.carries:
            self.skip_auth()

    def walk(self, pkt: Packet, off: int) -> None:
        """Step over the extension headers to the payload."""
        proto = self.next_header
        at = off + 40
        self.fragment = False
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
            if proto == HOP_BY_HOP and self.stated_length == 0:
                jumbo = find_jumbo(pkt, at + 2, size - 2)
                if jumbo:
                    self.real_length = jumbo + 40
            proto = pkt.u8(at)
            at += size
        if at - off > self.real_length or is_extension(proto):
            return
        self.proto = proto
        self.payload_off = at
        self.payload_length = self.real_length - (at - off)
        self.carries = True

    def write(self, line: Line) -> None:
        if not line.style.link_level:
            line.put(b"IP6 ")
        pkt = self.pkt
        off = self.off
        if self.size < 40:
            write_short(line, b"length", self.size, 40)
            self.carries = False
            return
        pkt.u8(off)
        if self.version != 6:
            line.put(b" [version %d != 6] (invalid)" % self.version)
            self.carries = False
            return
        if self.short:
            pkt.u16(off + 4)
        if self.stated_length and self.stated_length + 40 > self.size:
            self.write_excess(line, self.stated_length + 40)
        if self.short:
            pkt.u16(off + 6)
        if line.style.verbose:
            self.write_header(line)
        if self.short:
            raise Truncated
        if is_extension(self.next_header):
            self.write_extensions(line)
            return
        if not has_ports(self.next_header):
            self.write_hosts_now(line)
        if self.auth_off and not self.write_auth(line):
            return
        self.write_unknown(line)

    def write_excess(self, line: Line, total: int) -> None:
        line.put(b"[header+payload length %d > length %d] (invalid) " % (total, self.size))

    def write_header(self, line: Line) -> None:
        """The fixed header (-v)."""
        line.char(40)
        if self.traffic_class:
            line.put(b"class 0x")
            line.hex(self.traffic_class, 2)
            line.put(b", ")
        if self.flow_label:
            line.put(b"flowlabel 0x")
            line.hex(self.flow_label, 5)
            line.put(b", ")
        line.put(b"hlim ")
        line.uint(self.ttl)
        line.put(b", next-header ")
        line.put(IP_PROTO_NAMES.get(self.next_header, b"unknown"))
        line.put(b" (")
        line.uint(self.next_header)
        line.put(b"), payload length ")
        line.uint(self.stated_length)
        line.put(b") ")
        if self.stated_length == 0 and self.real_length > MAX_LENGTH and self.next_header:
            line.put(b"[real length %d, presumed BIG TCP] " % self.real_length)

    def write_extensions(self, line: Line) -> None:
        """The addresses, then every extension header; whether a payload follows is settled here."""
        pkt = self.pkt
        off = self.off
        if off + 40 >= pkt.end:
            if self.stated_length == 0 or pkt.end < off + self.stated_length + 40:
                self.write_hosts_now(line)
            self.carries = False
            raise Truncated
        self.write_hosts_now(line)
        proto = self.next_header
        at = off + 40
        while is_extension(proto):
            size = self.write_extension(line, proto, at)
            if size <= 0:
                self.carries = False
                return
            if proto == FRAGMENT and at + size >= pkt.end:
                self.carries = False
                return
            proto = pkt.u8(at)
            at += size
            line.protocol = b"ip6"
            if at >= pkt.end and not (not is_extension(proto) and self.carries):
                self.carries = False
                return
        if not self.carries:
            raise Truncated
        if self.stated_length == 0 and self.real_length > self.size:
            self.write_excess(line, self.real_length)
        self.pkt.narrow(off + self.real_length)
        if self.auth_off and not self.write_auth(line):
            return
        self.write_unknown(line)

    def write_extension(self, line: Line, proto: int, at: int) -> int:
        """One extension header; its octets, 0 where decoding ends with it."""
        if proto == HOP_BY_HOP:
            return self.write_hop_by_hop(line, at)
        if proto == DEST_OPTIONS:
            line.protocol = b"dstopt"
            return write_options(line, self.pkt, at, b"DSTOPT ", self.stated_length, False)
        if proto == ROUTING:
            return write_routing(line, self.pkt, at)
        if proto == FRAGMENT:
            return self.write_fragment(line, at)
        write_mobility(line, self.pkt, at)
        return 0

    def write_hop_by_hop(self, line: Line, at: int) -> int:
        if at != self.off + 40:
            line.put(b"[The Hop-by-Hop Options header %s] (invalid)" % (
                b"was already found" if self.next_header == HOP_BY_HOP
                else b"don't follow the IPv6 header"))
            return 0
        line.protocol = b"hbhopt"
        size = write_options(line, self.pkt, at, b"HBH ", self.stated_length, True)
        if size > 0 and self.stated_length == 0 and not find_jumbo(self.pkt, at + 2, size - 2):
            line.put(b"[No valid Jumbo Payload Hop-by-Hop option found] (invalid)")
            return 0
        return size

    def write_fragment(self, line: Line, at: int) -> int:
        """The fragment header (RFC 8200 §4.5); later fragments are not decoded."""
        pkt = self.pkt
        line.protocol = b"frag6"
        line.put(b"frag (")
        word = pkt.u16(at + 2)
        ident = pkt.u32(at + 4)
        if line.style.verbose:
            line.put(b"0x%08x:" % ident)
        rest = 40 + self.stated_length - (at - self.off) - 8
        line.put(b"%d|%d)" % (word & 0xFFF8, rest if rest >= 0 else rest + (1 << 64)))
        if word & 0xFFF8:
            return 0
        line.char(32)
        return 8

    def write_source(self, line: Line) -> None:
        line.host6(self.pkt, self.off + 8)

    def write_target(self, line: Line) -> None:
        line.host6(self.pkt, self.off + 24)

    def pseudo_sum(self, proto: int, length: int) -> int:
        pkt = self.pkt
        target = self.off + 24
        if is_extension(self.next_header):
            target = final_target(pkt, self.off)
        total = pkt.sum16(self.off + 8, 16)
        total = pkt.sum16(target, 16, total)
        return total + (length >> 16 & 0xFFFF) + (length & 0xFFFF) + proto


def is_extension(proto: int) -> bool:
    """Whether this next header is an extension header that ``walk`` steps over."""
    return proto in (HOP_BY_HOP, ROUTING, FRAGMENT, DEST_OPTIONS, MOBILITY, MOBILITY_OLD)
