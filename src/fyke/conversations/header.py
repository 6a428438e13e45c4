"""Room conversations/: the IP headers of a packet, from the outermost to the innermost.

Compiled: each packet that is asked for its conversation goes through it. What is common is walked
here by its octets; link types and tunnels that are not are left to the layers, which know all.
"""

from __future__ import annotations

from fyke.wire import Record

IPV4, IPV6 = 0x0800, 0x86DD  # EtherTypes
NOTHING = 0  # no IP follows
ASK = -2  # the layers may know
BY_VERSION = -3  # IPv4 or IPv6, by the first four bits

MAX_TAGS = 32  # VLAN tags, labels: more are not followed
MAX_EXTENSIONS = 1024
MAX_DEPTH = 16  # IP headers of one packet

#: What carries an inner IP header, by the number in ``Header.tunnel``.
TUNNELS = ("", "ipip", "gre", "vxlan", "geneve", "other")
IN_IP, IN_GRE, IN_VXLAN, IN_GENEVE, IN_OTHER = range(1, 6)

#: UDP ports of tunnels (IANA): L2TP, VXLAN, VXLAN-GPE, Geneve, LISP, OTV, MPLS in UDP, and the
#: port that Linux gave VXLAN before it had one. One octet a port, 1 where a tunnel may follow.
TUNNEL_PORTS = bytearray(1 << 16)
for _port in (1701, 4789, 4790, 6081, 4341, 8472, 6635):
    TUNNEL_PORTS[_port] = 1

def tunnel_ports() -> bytearray:
    """TUNNEL_PORTS, for other modules: a table that is declared in C has no name in Python."""
    return TUNNEL_PORTS


#: EtherTypes that no IP is behind, and that come often: ARP, RARP, LLDP, EAPOL, PPPoE discovery,
#: loopback, slow protocols, PTP, CFM.
NEVER = frozenset((0x0806, 0x8035, 0x88CC, 0x888E, 0x8863, 0x9000, 0x8809, 0x88F7, 0x8902))


class Header:
    """``begin`` with a packet, then ``step`` from one IP header to the next.

    After ``step`` has said True, the attributes tell of that header. Offsets are octets from the
    packet's first. Addresses are two words of 64 bits; an IPv4 address is in the lower one.
    """

    __slots__ = ("at", "cut", "depth", "dst_high", "dst_low", "end", "family", "fragment", "ident",
                 "is_fragment", "kind", "more", "next_at", "offset", "payload", "proto",
                 "src_high", "src_low", "tunnel", "vlan")

    at: int  #: where the header is
    family: int  #: 4 or 6
    proto: int  #: of what follows, behind extension headers
    payload: int  #: where that begins
    end: int  #: where it ends by the header's length, at most where the frame ended on the wire
    cut: bool  #: not all that its length says was captured
    is_fragment: bool
    fragment: int  #: where the IPv6 fragment header is; 0 if there is none
    offset: int  #: where in the datagram a fragment belongs, in octets
    more: bool  #: other fragments belong behind this one
    ident: int  #: what the fragments of a datagram have in common
    vlan: int  #: the number in the outermost VLAN tag; -1 without one
    tunnel: int  #: what carries this header, of TUNNELS
    depth: int  #: how many IP headers were in front of this one

    def __init__(self) -> None:
        self.at = self.family = self.proto = self.payload = self.end = 0
        self.fragment = self.offset = self.ident = 0
        self.more = self.is_fragment = self.cut = False
        self.vlan = -1
        self.tunnel = self.depth = 0
        self.src_high = self.src_low = self.dst_high = self.dst_low = 0
        self.kind = NOTHING
        self.next_at = 0

    def begin(self, packet: Record) -> None:
        """Stand in front of the packet's first IP header."""
        link = packet.link_type
        self.vlan = -1
        self.tunnel = 0
        self.depth = -1
        self.at = -1
        self.kind = NOTHING
        self.next_at = 0
        if link == 1:
            self.ethernet(packet, 0)
        elif link == 113:  # LINUX_SLL
            self.next_at = 16
            self.kind = packet.u16(14) if packet.has(0, 16) else NOTHING
        elif link == 276:  # LINUX_SLL2
            self.next_at = 20
            self.kind = packet.u16(0) if packet.has(0, 20) else NOTHING
        elif link == 101 or link == 228:
            self.kind = BY_VERSION
        elif link == 229:
            self.kind = IPV6
        elif link == 0 or link == 108:
            self.next_at = 4
            if packet.has(0, 5):
                family = packet.u32(0)
                if family > 0xFFFFFF:
                    family = family >> 24
                if family == 2 or family == 10 or family == 24 or family == 28 or family == 30:
                    self.kind = BY_VERSION
        else:
            self.kind = ASK

    def step(self, packet: Record) -> bool:
        """Go to the next IP header; False when there is none."""
        if self.kind == NOTHING or self.depth >= MAX_DEPTH:
            return False
        self.tags(packet)
        if self.kind == ASK:
            self.kind, self.next_at = ask_layers(packet, self.at)
        if self.kind == BY_VERSION:
            self.kind = by_version(packet, self.next_at)
        self.depth += 1
        if self.kind == IPV4:
            return self.ipv4(packet, self.next_at)
        if self.kind == IPV6:
            return self.ipv6(packet, self.next_at)
        return False

    def ethernet(self, packet: Record, at: int) -> None:
        """An Ethernet header, or an IEEE 802.3 one: LLC, which the layers know."""
        self.next_at = at + 14
        self.kind = NOTHING
        if packet.has(at, 16):
            self.kind = packet.u16(at + 12)
            if self.kind <= 1500:
                llc = packet.u16(at + 14)  # SNAP, or IP's own (IEEE 802.2)
                self.kind = ASK if llc == 0xAAAA or llc == 0x0606 else NOTHING

    def tags(self, packet: Record) -> None:
        """Step over VLAN tags, labels and PPPoE."""
        at = self.next_at
        for _turn in range(MAX_TAGS):
            if self.kind == IPV4 or self.kind == IPV6 or self.kind <= 0:
                return
            if self.kind in (0x8100, 0x88A8, 0x9100, 0x9200):
                if not packet.has(at, 4):
                    break
                if self.vlan < 0:
                    self.vlan = packet.u16(at) & 0xFFF
                self.kind = packet.u16(at + 2)
                at += 4
            elif self.kind == 0x8847 or self.kind == 0x8848:
                if not packet.has(at, 5):
                    break
                label = packet.u32(at)
                at += 4
                if label & 0x100:  # the bottom of the stack (RFC 3032 §2.1)
                    self.kind = BY_VERSION
            elif self.kind == 0x8864:
                if not packet.has(at, 8):
                    break
                self.kind = {0x0021: IPV4, 0x0057: IPV6}.get(packet.u16(at + 6), ASK)
                at += 8
            else:
                self.kind = NOTHING if self.kind in NEVER else ASK
            self.next_at = at
        if self.kind > 0 and self.kind != IPV4 and self.kind != IPV6:
            self.kind = NOTHING

    def ipv4(self, packet: Record, at: int) -> bool:
        """An IPv4 header (RFC 791)."""
        self.kind = NOTHING
        if not packet.has(at, 20):
            return False
        first = packet.u8(at)
        size = (first & 15) << 2
        total = packet.u16(at + 2)
        if total == 0:
            total = packet.wirelen - at  # segmentation was left to the interface
        if first >> 4 != 4 or size < 20 or total < size:
            return False
        self.at = at
        self.family = 4
        self.payload = at + size
        self.end = at + total
        self.cut = self.end > packet.caplen
        if self.end > packet.wirelen:
            self.end = packet.wirelen
        place = packet.u16(at + 6)
        self.offset = (place & 0x1FFF) << 3
        self.more = place & 0x2000 != 0
        self.is_fragment = self.more or self.offset > 0
        self.fragment = 0
        self.ident = packet.u16(at + 4)
        self.proto = packet.u8(at + 9)
        self.src_high = self.dst_high = 0
        self.src_low = packet.u32(at + 12)
        self.dst_low = packet.u32(at + 16)
        if not self.is_fragment:
            self.look_inside(packet)
        return True

    def ipv6(self, packet: Record, at: int) -> bool:
        """An IPv6 header (RFC 8200)."""
        self.kind = NOTHING
        if not packet.has(at, 40) or packet.u8(at) >> 4 != 6:
            return False
        total = packet.u16(at + 4)
        self.at = at
        self.family = 6
        self.proto = packet.u8(at + 6)
        self.payload = at + 40
        self.end = at + 40 + total
        self.cut = self.end > packet.caplen
        if self.end > packet.wirelen or (total == 0 and self.proto in (0, 6, 17)):
            self.end = packet.wirelen  # a jumbogram, or the kernel's BIG TCP
        self.src_high = packet.u64(at + 8)
        self.src_low = packet.u64(at + 16)
        self.dst_high = packet.u64(at + 24)
        self.dst_low = packet.u64(at + 32)
        self.is_fragment = self.more = False
        self.fragment = self.offset = 0
        self.ident = 0
        if not self.extensions(packet):
            self.proto = -1
            return True
        if not self.is_fragment:
            self.look_inside(packet)
        return True

    def extensions(self, packet: Record) -> bool:
        """Step over extension headers; False where the capture or the packet ends among them."""
        at = self.payload
        for _turn in range(MAX_EXTENSIONS):
            if self.proto in (0, 43, 60, 135):
                if not packet.has(at, 8):
                    return False
                size = (packet.u8(at + 1) + 1) << 3
                if self.proto == 43:
                    self.final_target(packet, at, size)
            elif self.proto == 51:
                if not packet.has(at, 8):
                    return False
                size = (packet.u8(at + 1) + 2) << 2
            elif self.proto == 44:
                if not packet.has(at, 8):
                    return False
                word = packet.u16(at + 2)
                size = 8
                if not self.is_fragment:
                    self.fragment = at
                    self.offset = word & 0xFFF8
                    self.more = word & 1 != 0
                    self.ident = packet.u32(at + 4)
                    self.is_fragment = self.more or self.offset > 0  # not an atomic one, RFC 6946
            else:
                return True
            self.proto = packet.u8(at)
            at += size
            self.payload = at
            if at > self.end:
                return False
            if self.is_fragment:
                return True  # what follows is the datagram's, not this packet's
        return False

    def final_target(self, packet: Record, at: int, size: int) -> None:
        """The address that a routing header has for the end of the way, if it is not there yet.

        Types 0 (RFC 5095) and 2 (RFC 6275) have it at their end, 4 (RFC 8754) in front.
        """
        kind = packet.u8(at + 2)
        if packet.u8(at + 3) and size >= 24 and packet.has(at, size):
            where = at + size - 16 if kind == 0 else at + 8
            if kind in (0, 2, 4):
                self.dst_high = packet.u64(where)
                self.dst_low = packet.u64(where + 8)

    def look_inside(self, packet: Record) -> None:
        """Whether what this header carries is a tunnel."""
        at = self.payload
        if self.proto == 6:
            return
        if self.proto == 17:
            if packet.has(at, 8):
                source = packet.u16(at)
                target = packet.u16(at + 2)
                if TUNNEL_PORTS[target] or TUNNEL_PORTS[source]:
                    self.datagram(packet, at, target)
        elif self.proto == 4:
            self.go_on(IPV4, at, IN_IP)
        elif self.proto == 41:
            self.go_on(IPV6, at, IN_IP)
        elif self.proto == 47:
            self.gre(packet, at)
        elif self.proto == 103:  # PIM: a Register has a packet in it (RFC 7761 §4.9.3)
            self.go_on(ASK, at, IN_OTHER)

    def datagram(self, packet: Record, at: int, target: int) -> None:
        """A tunnel in UDP: VXLAN (RFC 7348 §5), Geneve (RFC 8926 §3.4), or one the layers know."""
        if target in (4789, 8472) and packet.has(at, 16) and packet.u8(at + 8) & 0x08:
            self.tunnel = IN_VXLAN
            self.ethernet(packet, at + 16)
        elif target == 6081 and packet.has(at, 16) and packet.u16(at + 10) == 0x6558:
            self.tunnel = IN_GENEVE
            self.ethernet(packet, at + 16 + ((packet.u8(at + 8) & 0x3F) << 2))
        else:
            self.go_on(ASK, at, IN_OTHER)

    def gre(self, packet: Record, at: int) -> None:
        """GRE (RFC 2784, RFC 2890); its versions and routing are the layers' business."""
        if not packet.has(at, 4):
            return
        flags = packet.u16(at)
        kind = packet.u16(at + 2)
        if flags & 0x4FFF:
            self.go_on(ASK, at, IN_GRE)
            return
        at += 4 + (4 if flags & 0x8000 else 0) + (4 if flags & 0x2000 else 0) + (
            4 if flags & 0x1000 else 0)
        if kind == 0x6558:
            self.tunnel = IN_GRE
            self.ethernet(packet, at)
        elif kind in (0x0800, 0x86DD, 0x8847):
            self.go_on(kind, at, IN_GRE)
        else:
            self.go_on(ASK, at, IN_GRE)

    def go_on(self, kind: int, at: int, tunnel: int) -> None:
        """Say what ``step`` will find."""
        self.kind = kind
        self.next_at = at
        self.tunnel = tunnel


def by_version(packet: Record, at: int) -> int:
    """IPv4 or IPv6 by the header's first four bits."""
    if packet.has(at, 1):
        first = packet.u8(at) >> 4
        if first == 4:
            return IPV4
        if first == 6:
            return IPV6
    return NOTHING


def ask_layers(packet: Record, behind: int) -> tuple[int, int]:
    """EtherType and offset of the first IP header behind an offset, as the layers find it."""
    from fyke.layers.layer import layers_of
    from fyke.layers.network.ip import IP
    for layer in layers_of(packet):
        if isinstance(layer, IP) and layer.off > behind:
            return (IPV4 if layer.family == 4 else IPV6), layer.off
    return NOTHING, 0
