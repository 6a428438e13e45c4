"""Broadcom's shim before what a switch copied for lawful interception; tcpdump: print-bcm-li.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

SHIM_LENGTH = 4
UNDECIDED, IS_IPV4, IS_IPV6, IS_ETHERNET = 4, 5, 6, 7
DIRECTION_NAMES = {1: b"unused", 2: b"egress", 3: b"ingress"}
TYPE_NAMES = {UNDECIDED: b"undecided", IS_IPV4: b"ipv4", IS_IPV6: b"ipv6",
              IS_ETHERNET: b"ethernet"}
SUBTYPE_NAMES = {1: b"single VLAN tag", 2: b"double VLAN tag", 3: b"untagged"}
NEXT = {IS_IPV4: ("ethertype", 0x0800), IS_IPV6: ("ethertype", 0x86DD),
        IS_ETHERNET: ("link_type", 1)}


class BcmLi(Layer):
    """32 bits: direction (3), type (4), subtype (3), identifier (22)."""

    __slots__ = ("direction", "identifier", "subtype", "type")

    direction: int
    type: int  #: of what follows; UNDECIDED is told by its first octet
    subtype: int
    identifier: int  #: of the interception

    name = "bcm-li"
    tag = b"bcm_li"
    fields = ("direction", "type", "subtype", "identifier")

    def clear(self) -> None:
        self.direction = self.type = self.subtype = self.identifier = 0

    def parse(self, pkt: Record, off: int) -> None:
        shim = pkt.u32(off)
        self.direction = shim >> 29
        self.type = shim >> 25 & 15
        self.subtype = shim >> 22 & 7
        self.identifier = shim & 0x3FFFFF

    def write(self, line: Line) -> None:
        if self.size < SHIM_LENGTH:
            line.put(b" (length %d < %d)" % (self.size, SHIM_LENGTH))
            line.put(INVALID)
            return
        if self.short:
            raise Truncated
        newline = b"\n    " if line.style.verbose else b""
        line.put(b"%sBCM-LI-SHIM: direction %s, pkt-type %s, pkt-subtype %s, li-id %d%s" % (
            newline, named(DIRECTION_NAMES, self.direction, b"unknown"),
            named(TYPE_NAMES, self.type, b"unknown"),
            named(SUBTYPE_NAMES, self.subtype, b"unknown"), self.identifier, newline))
        if not line.style.verbose:
            if not self.pkt.has(self.off, self.size):
                raise Truncated
            self.type = 0
            return
        if self.type == UNDECIDED:
            self.type = self.guess()
        if self.type not in NEXT:
            line.put(b"unknown payload")

    def guess(self) -> int:
        """What an undecided payload is, by the first octet; 0 if nothing known."""
        if self.size == SHIM_LENGTH:
            return 0
        first = self.pkt.u8(self.off + SHIM_LENGTH)
        if first == 0x45:
            return IS_IPV4
        return IS_IPV6 if first >> 4 == 6 else 0

    def follow(self) -> Layer | None:
        if self.short or self.type not in NEXT:
            return None
        name, key = NEXT[self.type]
        kind = table(name).find(key)
        if kind is None:
            return None
        return self.child(kind, self.off + SHIM_LENGTH, self.size - SHIM_LENGTH)
