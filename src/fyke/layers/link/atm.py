"""Multiprotocol ATM (RFC 2684) and classical IP over ATM (RFC 2225); print-atm.c, print-cip.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.link.link_header import LinkHeader
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

LLC = table("llc")
SAPS = table("llc.sap")
ETHERTYPES = table("ethertype")

NLPID = 0x03  # as Cisco sends it: a control field alone, then the protocol identifier
ISO, IP = 0xFE, 0x0800
#: Beginnings of an LLC header (both service access points and UI): SNAP, ISO, IP.
LLC_STARTS = frozenset({0xAAAA03, 0xFEFE03, 0x060603})
SNAP_ETHERTYPE = bytes.fromhex("aaaa03000000")
MAC_LENGTH = 20  # octets of an IEEE 802.6 header, before anything else


class Rfc1483(LinkHeader):
    """What is before LLC in an ATM frame: nothing, one octet, or an 802.6 header."""

    __slots__ = ()

    name = "atm"
    tag = b"atm"

    def parse(self, pkt: Record, off: int) -> None:
        if pkt.u8(off) == NLPID:
            self.head = 1
        elif pkt.u24(off) not in LLC_STARTS:
            self.head = MAC_LENGTH

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        if self.short:
            raise Truncated
        if self.head == 1 and line.style.link_level:
            line.put(b"CNLPID ")
        elif self.head == MAC_LENGTH:
            if line.style.link_level:
                line.put(b"%08x%08x %08x%08x " % (
                    pkt.u32(off), pkt.u32(off + 4), pkt.u32(off + 8), pkt.u32(off + 12)))
            pkt.raw(off, MAC_LENGTH)
        line.link_header(off + self.head)

    def upper(self) -> type[Layer] | None:
        return SAPS.find(ISO) if self.head == 1 else LLC.find(0)


class Clip(Layer):
    """Linux's classical IP: LLC if it is there, else IP at once; no header of its own."""

    __slots__ = ()

    name = "clip"
    tag = b"cip"
    link_layer = True

    def parse(self, pkt: Record, off: int) -> None:
        snap = pkt.raw(off, len(SNAP_ETHERTYPE)) == SNAP_ETHERTYPE
        self.next = LLC.find(0) if snap else ETHERTYPES.find(IP)
        self.payload_off = off
        self.payload_length = self.size

    def write(self, line: Line) -> None:
        line.link_header(self.off)
        if line.style.link_level:
            line.put(b"%d: " % self.size)
        if not self.pkt.has(self.off, len(SNAP_ETHERTYPE)):
            raise Truncated
