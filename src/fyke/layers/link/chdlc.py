"""Cisco HDLC and SLARP (LINKTYPE_C_HDLC); tcpdump: print-chdlc.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.frame import Frame
from fyke.layers.tables import table
from fyke.wire import Line, Packet, Truncated

ETHERTYPES = table("ethertype")

UNICAST, BROADCAST = 0x0F, 0x8F
SLARP, CDP, OSI = 0x8035, 0x2000, 0xFEFE
KNOWN = frozenset({0x0800, 0x86DD, 0x8847, 0x8848, SLARP, CDP, OSI})
REQUEST, REPLY, KEEPALIVE = 0, 1, 2
SLARP_LENGTH, SLARP_FULL = 14, 18  # octets, without and with the time that the link is up


class Chdlc(Frame):
    """Address, control and EtherType."""

    __slots__ = ("address",)

    address: int  #: UNICAST or BROADCAST

    name = "chdlc"
    tag = b"chdlc"
    fields = ("address", "ethertype")

    def clear(self) -> None:
        super().clear()
        self.address = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.address = pkt.u8(off)
        self.ethertype = pkt.u16(off + 2)
        self.body_off = off + 4
        self.body_length = self.size - 4

    def write(self, line: Line) -> None:
        if self.short or self.size < 4:
            self.short = True
            raise Truncated
        line.link_header(self.body_off)
        if line.style.link_level:
            if self.address == UNICAST:
                line.put(b"unicast ")
            elif self.address == BROADCAST:
                line.put(b"bcast ")
            else:
                line.put(b"0x%02x " % self.address)
            line.put(b"%d %04x: " % (self.size, self.ethertype))
        if self.ethertype == OSI:
            if self.size < 6:
                raise Truncated
            self.pkt.u8(self.body_off + 1)
        if self.upper() is None and not line.style.link_level:
            line.put(b"unknown CHDLC protocol (0x%04x)" % self.ethertype)

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        kind = self.ethertype
        if kind == SLARP:
            return Slarp
        if kind == CDP:
            return table("snap.00000c").find(0x2000)
        if kind == OSI:
            return table("llc.sap").find(0xFE)
        return ETHERTYPES.find(kind) if kind in KNOWN else None

    def follow(self) -> Layer | None:
        kind = None if self.short else self.upper()
        if kind is None:
            return None
        off = self.body_off
        if self.ethertype == OSI and self.pkt.has(off, 2) and (
                0x81 <= self.pkt.u8(off + 1) <= 0x83):
            off += 1  # a fudge octet before the protocol identifier
        return self.child(kind, off, self.off + self.size - off)


class Slarp(Layer):
    """Cisco's serial line address resolution."""

    __slots__ = ("code",)

    code: int

    name = "slarp"
    tag = b"slarp"
    fields = ("code",)

    def clear(self) -> None:
        self.code = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.code = pkt.u32(off)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        length = self.size
        line.protocol = b"chdlc"
        if length < SLARP_LENGTH:
            raise Truncated
        line.put(b"SLARP (length: %d), " % length)
        code = pkt.u32(off)
        if code == REQUEST:
            line.put(b"request")
        elif code == REPLY:
            pkt.u32(off + 8)
            line.put(b"reply ")
            line.host4(pkt.u32(off + 4))
            line.char(47)
            line.host4(pkt.u32(off + 8))
        elif code == KEEPALIVE:
            line.put(b"keepalive: mineseen=0x%08x, yourseen=0x%08x, reliability=0x%04x" % (
                pkt.u32(off + 4), pkt.u32(off + 8), pkt.u16(off + 12)))
            if length >= SLARP_FULL:
                seconds = pkt.u32(off + 14) // 1000
                line.put(b", link uptime=%dd%dh%dm%ds" % (
                    seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60,
                    seconds % 60))
        else:
            line.put(b"0x%02x unknown" % code)
            if line.style.verbose <= 1:
                print_unknown_data(line, pkt, off + 4, b"\n\t", length - 4)
        if line.style.verbose and length > SLARP_FULL:
            line.put(b", (trailing junk: %d bytes)" % (length - SLARP_FULL))
        if line.style.verbose > 1:
            print_unknown_data(line, pkt, off + 4, b"\n\t", length - 4)
