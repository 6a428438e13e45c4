"""Virtual Router Redundancy Protocol (RFC 3768, 5798) and CARP; print-vrrp.c, print-carp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable
from fyke.layers.fields import U8, U16, Bits, Listed, Made, Renamed, text_of
from fyke.layers.layer import Layer
from fyke.layers.network.group_records import addresses
from fyke.layers.network.ip import IP
from fyke.wire import Line, Record, Truncated

ADVERTISEMENT = 1
SIMPLE = 1  # authentication type
AUTH_NAMES = {0: b"none", SIMPLE: b"simple", 2: b"ah"}


class Vrrp(Layer):
    """An advertisement of a virtual router."""

    __slots__ = ()

    name = "vrrp"
    tag = b"vrrp"

    version = Bits(0, 1, 0xF0, "version: 2 or 3")
    type = Bits(0, 1, 0x0F, "type of message; 1 is an advertisement")
    router_id = U8(1, "virtual router")
    priority = U8(2, "to become the master; 0 leaves, 255 owns the addresses")
    address_count = U8(3, "addresses")
    auth_type = Made("u8", lambda layer: layer.only(2, lambda pkt, at: pkt.u8(at)),
                     "authentication (version 2)",
                     names={kind: name.decode() for kind, name in AUTH_NAMES.items()})
    interval = Made("u16", lambda layer: layer.find_interval(),
                    "time between advertisements", unit="cs")
    checksum = U16(6, "checksum over the message")
    addresses = Listed(lambda layer: addresses(
        layer.pkt, layer.off + 8, layer.address_count, layer.off + layer.size, layer.width()),
        "addresses of the virtual router")
    auth_data = Made("text", lambda layer: layer.find_password(),
                     "simple password (version 2)")
    router = Renamed("router_id")
    count = Renamed("address_count")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 6)  # says whether the header is short

    def width(self) -> int:
        """Octets of an address."""
        return 16 if isinstance(self.below, IP) and self.below.version == 6 else 4

    def only(self, version: int, read: Callable[[Record, int], Any]) -> Any:
        """What stands in the fifth and sixth octet of one version."""
        return read(self.pkt, self.off + 4) if self.version == version else None

    def find_interval(self) -> int | None:
        """Version 2 counts seconds, version 3 hundredths (RFC 5798 §5.2.7)."""
        if self.version == 2:
            return 100 * self.pkt.u8(self.off + 5)
        return self.pkt.u16(self.off + 4) & 0xFFF if self.version == 3 else None

    def find_password(self) -> str | None:
        if self.version != 2 or self.auth_type != SIMPLE:
            return None
        return text_of(self.pkt.raw(self.off + 8 + self.width() * self.address_count, 8))

    def write(self, line: Line) -> None:
        if self.decode_as == "carp":
            self.write_carp(line)
            return
        pkt = self.pkt
        off = self.off
        version, kind = pkt.u8(off) >> 4, pkt.u8(off) & 15
        line.put(b"VRRPv%d, %s" % (
            version, b"Advertisement" if kind == ADVERTISEMENT
            else b"unknown type (%d)" % kind))
        if isinstance(self.below, IP) and self.below.ttl != 255:
            line.put(b", (ttl %d)" % self.below.ttl)
        if version not in (2, 3) or kind != ADVERTISEMENT:
            return
        line.put(b", vrid %d, prio %d" % (pkt.u8(off + 1), pkt.u8(off + 2)))
        if version == 2:
            method = pkt.u8(off + 4)
            line.put(b", authtype %s" % (AUTH_NAMES.get(method) or b"#%d" % method))
            line.put(b", intvl %ds, length %d" % (pkt.u8(off + 5), self.size))
        else:
            line.put(b", intvl %dcs, length %d" % (pkt.u16(off + 4) & 0xFFF, self.size))
        if line.style.verbose:
            self.write_addresses(line, pkt, off)

    def write_addresses(self, line: Line, pkt: Record, off: int) -> None:
        wide = self.width() == 16
        count = pkt.u8(off + 3)
        if pkt.has(off, self.size):
            start = 0
            if self.version == 3 and isinstance(self.below, IP):
                start = self.below.pseudo_sum(112, self.size)
            if pkt.sum16(off, self.size, start) != 0xFFFF:
                line.put(b", (bad vrrp cksum %x)" % pkt.u16(off + 6))
        line.put(b", addrs")
        if count > 1:
            line.put(b"(%d)" % count)
        line.char(58)
        at = off + 8
        for i in range(count):
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


def write_password(line: Line, pkt: Record, at: int) -> None:
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
