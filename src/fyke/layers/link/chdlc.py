"""Cisco HDLC and SLARP (LINKTYPE_C_HDLC); tcpdump: print-chdlc.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Made, Number
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.frame import Frame
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")

UNICAST, BROADCAST = 0x0F, 0x8F
SLARP, CDP, OSI = 0x8035, 0x2000, 0xFEFE
KNOWN = frozenset({0x0800, 0x86DD, 0x8847, 0x8848, SLARP, CDP, OSI})
HEADER_LENGTH = 4
REQUEST, REPLY, KEEPALIVE = 0, 1, 2
SLARP_LENGTH, SLARP_FULL = 14, 18  # octets, without and with the time that the link is up


class Chdlc(Frame):
    """Address, control and EtherType."""

    __slots__ = ()

    name = "chdlc"
    tag = b"chdlc"

    address = U8(0, "unicast or broadcast", names={UNICAST: "unicast", BROADCAST: "broadcast"})
    control = U8(1, "0")
    type = U16(2, "EtherType of the payload; 0x8035 is SLARP, 0x2000 CDP, 0xFEFE OSI")

    def parse(self, pkt: Record, off: int) -> None:
        kind = self.ethertype = pkt.u16(off + 2)
        if self.size < HEADER_LENGTH:
            raise Truncated
        self.body_off = off + HEADER_LENGTH
        self.body_length = self.size - HEADER_LENGTH
        self.payload_off = self.body_off
        if kind == SLARP:
            self.next = Slarp
        elif kind == CDP:
            self.next = table("snap.00000c").find(0x2000)
        elif kind == OSI:
            self.next = table("llc.sap").find(0xFE)
            if self.body_length > 1 and 0x81 <= pkt.u8(self.body_off + 1) <= 0x83:
                self.payload_off += 1  # a fudge octet before the protocol identifier
        elif kind in KNOWN:
            self.next = ETHERTYPES.find(kind)
        self.payload_length = off + self.size - self.payload_off

    def write(self, line: Line) -> None:
        if self.short and not self.body_off:
            raise Truncated
        line.link_header(self.body_off)
        if line.style.link_level:
            if self.address == UNICAST:
                line.put(b"unicast, ")
            elif self.address == BROADCAST:
                line.put(b"bcast, ")
            else:
                line.put(b"0x%02x, " % self.address)
            self.write_type(line)
            line.put(b", length %d: " % self.size)
        if self.ethertype == OSI:
            if self.size < 6:
                raise Truncated
            self.pkt.u8(self.body_off + 1)
        if self.next is None and not line.style.link_level:
            line.put(b"unknown CHDLC protocol (0x%04x)" % self.ethertype)


def part(slarp: Slarp, code: int, at: int) -> int | None:
    """Four octets that only this kind of message has."""
    return slarp.pkt.u32(slarp.off + at) if slarp.code == code else None


class Slarp(Layer):
    """Cisco's serial line address resolution."""

    __slots__ = ()

    name = "slarp"
    tag = b"slarp"

    code = Number(0, 4, "request, reply or keepalive",
                  names={REQUEST: "request", REPLY: "reply", KEEPALIVE: "keepalive"})
    address = Made("ipv4", lambda slarp: part(slarp, REPLY, 4), "a reply's address")
    mask = Made("ipv4", lambda slarp: part(slarp, REPLY, 8), "a reply's network mask")
    mine_seen = Made("u32", lambda slarp: part(slarp, KEEPALIVE, 4), "sender's number")
    yours_seen = Made("u32", lambda slarp: part(slarp, KEEPALIVE, 8), "last number received")
    reliability = Made("u16", lambda slarp: slarp.pkt.u16(slarp.off + 12) if (
        slarp.code == KEEPALIVE) else None, "of a keepalive, 0xffff")
    uptime = Made("u32", lambda slarp: part(slarp, KEEPALIVE, SLARP_LENGTH) if (
        slarp.size >= SLARP_FULL) else None, "how long the link is up", unit="ms")

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        length = self.size
        line.protocol = b"chdlc"
        if length < SLARP_LENGTH:
            line.put(b"SLARP [length %d < %d] (invalid)" % (length, SLARP_LENGTH))
            return
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
