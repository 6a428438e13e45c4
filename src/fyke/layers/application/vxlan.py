"""VXLAN (RFC 7348) and its generic protocol extension (draft-ietf-nvo3-vxlan-gpe-12).

tcpdump: print-vxlan.c, print-vxlan-gpe.c.
"""

from __future__ import annotations

from fyke.layers.application.otv import Otv
from fyke.layers.fields import U8, Bits, Flags, Number
from fyke.layers.layer import Layer
from fyke.layers.tables import ByContent, table
from fyke.layers.words import INVALID, bit_words
from fyke.wire import Line, Record

HEADER_LENGTH = 8
IS_VALID, HAS_PROTOCOL, IS_BUM, IS_OAM = 0x08, 0x04, 0x02, 0x01  # flags
VERSION = 0x30  # GPE
GPE_FLAGS = ((IS_VALID, b"I"), (HAS_PROTOCOL, b"P"), (IS_BUM, b"B"), (IS_OAM, b"O"))
ETHERNET = 1  # LINKTYPE
#: GPE's next protocol: a table and a key in it. Ethernet is found by LINKTYPE.
NEXT = {1: ("ethertype", 0x0800), 2: ("ethertype", 0x86DD), 3: ("link_type", ETHERNET),
        4: ("ethertype", 0x894F)}


class Vxlan(Layer):
    """Flags and the number of the virtual network that the frame above belongs to."""

    __slots__ = ()

    name = "vxlan"
    tag = b"vxlan"

    flags = Flags(0, 1, 0xFF, "I: there is a virtual network", {IS_VALID: "I"})
    vni = Number(4, 3, "virtual network identifier")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < HEADER_LENGTH:
            return
        pkt.u8(off + 7)
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = self.size - HEADER_LENGTH
        self.next = table("link_type").find(ETHERNET)

    def write(self, line: Line) -> None:
        line.put(b"VXLAN")
        if self.size < HEADER_LENGTH:
            line.put(INVALID)
            return
        flags = self.pkt.u8(self.off)
        line.put(b", flags [%s] (0x%02x), " % (b"I" if flags & IS_VALID else b"invalid", flags))
        line.put(b"vni %d\n" % self.pkt.u24(self.off + 4))
        self.pkt.u8(self.off + 7)


def vxlan_or_otv(pkt: Record, off: int) -> type[Layer]:
    """What port 8472 is: Linux' default for VXLAN, and OTV.

    The headers differ in three octets only: OTV's overlay is what VXLAN reserves, as zero.
    """
    return Otv if not pkt.has(off, 4) or pkt.u24(off + 1) else Vxlan


VXLAN_OR_OTV = ByContent(vxlan_or_otv)


class VxlanGpe(Layer):
    """VXLAN for payloads other than Ethernet."""

    __slots__ = ()

    name = "vxlangpe"
    old_names = ("vxlan-gpe",)
    tag = b"vxlan_gpe"

    flags = Flags(0, 1, 0xFF, "I valid, P next protocol, B BUM traffic, O OAM",
                  {bit: letter.decode() for bit, letter in GPE_FLAGS})
    version = Bits(0, 1, 0x30)
    next_protocol = U8(3, "1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH")
    vni = Number(4, 3, "virtual network identifier")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < HEADER_LENGTH:
            return
        flags = pkt.u8(off)
        pkt.u8(off + 7)
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = self.size - HEADER_LENGTH
        following = NEXT.get(pkt.u8(off + 3))
        if following is not None and not flags & IS_OAM and not flags & VERSION:
            self.next = table(following[0]).find(following[1])

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b"VXLAN-GPE, ")
        if self.size < HEADER_LENGTH:
            line.put(b" (len %d < %d)" % (self.size, HEADER_LENGTH))
            line.put(INVALID)
            return
        flags = pkt.u8(off)
        line.put(b"flags [%s], " % bit_words(GPE_FLAGS, flags, b""))
        if flags & VERSION:
            line.put(b" unknown version %d" % (flags >> 4 & 3))
            line.put(INVALID)
            return
        line.put(b"vni %d" % pkt.u24(off + 4))
        if flags & IS_BUM:
            line.put(b", BUM")
        if flags & IS_OAM:
            line.put(b", OAM (proto 0x%x, len %d)" % (pkt.u8(off + 3), self.size - 7))
            return
        pkt.u8(off + 7)
        line.put(b"\n    " if line.style.verbose else b": ")
        if pkt.u8(off + 3) not in NEXT:
            line.put(b"ERROR: unknown-next-protocol")
            line.put(INVALID)
