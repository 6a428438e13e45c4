"""Broadcom's shim before what a switch copied for lawful interception; tcpdump: print-bcm-li.c."""

from __future__ import annotations

from fyke.layers.fields import Bits
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID, as_text, named
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

    __slots__ = ()

    name = "bcm-li"
    tag = b"bcm_li"

    direction = Bits(0, 1, 0xE0, names=as_text(DIRECTION_NAMES))
    type = Bits(0, 1, 0x1E, "of what follows; undecided is told by its first octet",
                names=as_text(TYPE_NAMES))
    subtype = Bits(0, 4, 0x01C00000, names=as_text(SUBTYPE_NAMES))
    identifier = Bits(0, 4, 0x003FFFFF, "of the interception", type="u32")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < SHIM_LENGTH:
            return
        pkt.u32(off)
        self.payload_off = off + SHIM_LENGTH
        self.payload_length = self.size - SHIM_LENGTH
        following = NEXT.get(self.carried())
        if following is not None:
            self.next = table(following[0]).find(following[1])

    def carried(self) -> int:
        """What the payload is; an undecided one by its first octet, 0 if nothing known."""
        kind: int = self.type
        if kind != UNDECIDED:
            return kind
        if self.size == SHIM_LENGTH:
            return 0
        first = self.pkt.u8(self.off + SHIM_LENGTH)
        return {4: IS_IPV4, 6: IS_IPV6}.get(first >> 4, 0)

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
            line.stop()
        elif self.carried() not in NEXT:
            line.put(b"unknown payload" if self.type == UNDECIDED else INVALID)
