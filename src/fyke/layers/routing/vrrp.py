"""Virtual Router Redundancy Protocol (RFC 3768, 5798) and CARP; print-vrrp.c, print-carp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP
from fyke.wire import Line, Packet, Truncated

ADVERTISEMENT = 1
SIMPLE = 1  # authentication type
AUTH_NAMES = {0: b"none", SIMPLE: b"simple", 2: b"ah"}


class Vrrp(Layer):
    """An advertisement of a virtual router."""

    __slots__ = ("count", "priority", "router", "type", "version")

    version: int
    type: int
    router: int  #: virtual router identifier
    priority: int
    count: int  #: addresses

    name = "vrrp"
    tag = b"vrrp"
    fields = ("version", "type", "router", "priority", "count")

    def clear(self) -> None:
        self.version = self.type = self.router = self.priority = self.count = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.version = pkt.u8(off) >> 4
        self.type = pkt.u8(off) & 15
        self.router = pkt.u8(off + 1)
        self.priority = pkt.u8(off + 2)
        self.count = pkt.u8(off + 3)

    def write(self, line: Line) -> None:
        if self.decode_as == "carp":
            self.write_carp(line)
            return
        pkt = self.pkt
        off = self.off
        pkt.u8(off)
        line.put(b"VRRPv%d, %s" % (
            self.version, b"Advertisement" if self.type == ADVERTISEMENT
            else b"unknown type (%d)" % self.type))
        if isinstance(self.below, IP) and self.below.ttl != 255:
            line.put(b", (ttl %d)" % self.below.ttl)
        if self.version not in (2, 3) or self.type != ADVERTISEMENT:
            return
        line.put(b", vrid %d, prio %d" % (pkt.u8(off + 1), pkt.u8(off + 2)))
        if self.version == 2:
            kind = pkt.u8(off + 4)
            line.put(b", authtype %s" % (AUTH_NAMES.get(kind) or b"#%d" % kind))
            line.put(b", intvl %ds, length %d" % (pkt.u8(off + 5), self.size))
        else:
            line.put(b", intvl %dcs, length %d" % (pkt.u16(off + 4) & 0xFFF, self.size))
        if line.style.verbose:
            self.write_addresses(line, pkt, off)

    def write_addresses(self, line: Line, pkt: Packet, off: int) -> None:
        wide = isinstance(self.below, IP) and self.below.version == 6
        if pkt.has(off, self.size):
            start = 0
            if self.version == 3 and isinstance(self.below, IP):
                start = self.below.pseudo_sum(112, self.size)
            if pkt.sum16(off, self.size, start) != 0xFFFF:
                line.put(b", (bad vrrp cksum %x)" % pkt.u16(off + 6))
        line.put(b", addrs")
        if self.count > 1:
            line.put(b"(%d)" % self.count)
        line.char(58)
        at = off + 8
        for i in range(self.count):
            pkt.raw(at, 16 if wide else 4)
            line.char(44 if i else 32)
            if wide:
                line.host6(pkt, at)
                at += 16
            else:
                line.host4(pkt.u32(at))
                at += 4
        if self.version == 2 and pkt.u8(off + 4) == SIMPLE:
            write_password(line, pkt, at)

    def write_carp(self, line: Line) -> None:
        """OpenBSD's Common Address Redundancy Protocol, which took VRRP's number."""
        pkt = self.pkt
        off = self.off
        first = pkt.u8(off)
        name = b"advertise" if first & 15 == 1 else b"unknown type %d" % (first & 15)
        line.put(b"CARPv%d-%s %d: " % (first >> 4, name, self.size))
        if isinstance(self.below, IP) and self.below.ttl != 255:
            line.put(b"[ttl=%d!] " % self.below.ttl)
        if first >> 4 != 2 or first & 15 != 1:
            return
        line.put(b"vhid=%d advbase=%d advskew=%d authlen=%d " % (
            pkt.u8(off + 1), pkt.u8(off + 5), pkt.u8(off + 2), pkt.u8(off + 3)))
        whole = line.style.verbose and pkt.has(off, self.size)
        if whole and pkt.sum16(off, self.size) != 0xFFFF:
            line.put(b" (bad carp cksum %x!)" % pkt.u16(off + 6))
        line.put(b"counter=%d" % pkt.u64(off + 8))


def write_password(line: Line, pkt: Packet, at: int) -> None:
    """A simple text password, up to 8 octets."""
    line.put(b" auth \"")
    for i in range(8):
        if not pkt.has(at + i, 1):
            line.char(34)
            raise Truncated
        if pkt.u8(at + i) == 0:
            break
        line.escaped(pkt, at + i, 1)
    line.char(34)
