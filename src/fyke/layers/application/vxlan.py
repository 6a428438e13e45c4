"""VXLAN (RFC 7348) and its generic protocol extension (draft-ietf-nvo3-vxlan-gpe-12).

tcpdump: print-vxlan.c, print-vxlan-gpe.c.
"""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID, bit_words
from fyke.wire import Line, Packet, Truncated

HEADER_LENGTH = 8
IS_VALID, HAS_PROTOCOL, IS_BUM, IS_OAM = 0x08, 0x04, 0x02, 0x01  # flags
GPE_FLAGS = ((IS_VALID, b"I"), (HAS_PROTOCOL, b"P"), (IS_BUM, b"B"), (IS_OAM, b"O"))
ETHERNET = 1  # LINKTYPE
#: GPE's next protocol: a table and a key in it. Ethernet is found by LINKTYPE.
NEXT = {1: ("ethertype", 0x0800), 2: ("ethertype", 0x86DD), 3: ("link_type", ETHERNET),
        4: ("ethertype", 0x894F)}


class Vxlan(Layer):
    """Flags and the number of the virtual network that the frame above belongs to."""

    __slots__ = ("flags", "vni")

    flags: int
    vni: int  #: virtual network identifier

    name = "vxlan"
    tag = b"vxlan"
    fields = ("flags", "vni")

    def clear(self) -> None:
        self.flags = self.vni = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.flags = pkt.u8(off)
        self.vni = pkt.u24(off + 4)

    def write(self, line: Line) -> None:
        line.put(b"VXLAN")
        if self.size < HEADER_LENGTH:
            line.put(INVALID)
            return
        flags = self.pkt.u8(self.off)
        line.put(b", flags [%s] (0x%02x), " % (b"I" if flags & IS_VALID else b"invalid", flags))
        line.put(b"vni %d\n" % self.pkt.u24(self.off + 4))
        self.pkt.u8(self.off + 7)

    def follow(self) -> Layer | None:
        kind = table("link_type").find(ETHERNET)
        if self.size < HEADER_LENGTH or kind is None:
            return None
        return self.child(kind, self.off + HEADER_LENGTH, self.size - HEADER_LENGTH)


class VxlanGpe(Layer):
    """VXLAN for payloads other than Ethernet."""

    __slots__ = ("flags", "next_protocol", "proceed", "vni")

    flags: int
    next_protocol: int
    vni: int  #: virtual network identifier
    proceed: bool  #: whether a known payload follows

    name = "vxlan-gpe"
    tag = b"vxlan_gpe"
    fields = ("flags", "next_protocol", "vni")

    def clear(self) -> None:
        self.flags = self.next_protocol = self.vni = 0
        self.proceed = False

    def parse(self, pkt: Packet, off: int) -> None:
        self.flags = pkt.u8(off)
        self.next_protocol = pkt.u8(off + 3)
        self.vni = pkt.u24(off + 4)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b"VXLAN-GPE, ")
        if self.size < HEADER_LENGTH:
            line.put(b" (len %d < %d)" % (self.size, HEADER_LENGTH))
            line.put(INVALID)
            return
        flags = pkt.u8(off)
        line.put(b"flags [%s], " % bit_words(GPE_FLAGS, flags, b""))
        version = flags >> 4 & 3
        if version:
            line.put(b" unknown version %d" % version)
            line.put(INVALID)
            return
        line.put(b"vni %d" % pkt.u24(off + 4))
        if flags & IS_BUM:
            line.put(b", BUM")
        if flags & IS_OAM:
            line.put(b", OAM (proto 0x%x, len %d)" % (self.next_protocol, self.size - 7))
            return
        if self.short or not pkt.has(off, HEADER_LENGTH):
            raise Truncated
        line.put(b"\n    " if line.style.verbose else b": ")
        self.proceed = self.next_protocol in NEXT
        if not self.proceed:
            line.put(b"ERROR: unknown-next-protocol")
            line.put(INVALID)

    def follow(self) -> Layer | None:
        if not self.proceed:
            return None
        name, key = NEXT[self.next_protocol]
        kind = table(name).find(key)
        if kind is None:
            return None
        return self.child(kind, self.off + HEADER_LENGTH, self.size - HEADER_LENGTH)
