"""Linux "cooked" captures (LINKTYPE_LINUX_SLL, _LINUX_SLL2); tcpdump: print-sll.c."""

from __future__ import annotations

import socket
from typing import ClassVar

from fyke.layers.associations import associations_of
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.link.frame import Frame, is_tag
from fyke.layers.tables import table
from fyke.wire import Line, Packet, Truncated

ETHERTYPES = table("ethertype")
LLC = table("llc")

HEADER_LENGTH, HEADER2_LENGTH = 16, 20  # octets
P_802_3, P_802_2 = 1, 4  # protocols that are no EtherType (linux/if_ether.h)
PACKET_TYPES = {0: b"In", 1: b"B", 2: b"M", 3: b"P", 4: b"Out"}


class Sll(Frame):
    """A cooked header: who sent the packet, and what is in it."""

    __slots__ = ("address_length", "address_off", "hardware", "interface", "packet_type")

    packet_type: int  #: 0 to us, 1 broadcast, 2 multicast, 3 to someone else, 4 from us
    hardware: int  #: ARPHRD_ type of the interface
    interface: int  #: index of the interface; 0 in version 1, which does not say
    address_length: int  #: octets of the sender's address
    address_off: int  #: where it begins, in octets from the packet's first

    name = "sll"
    tag = b"sll"
    fields: ClassVar[tuple[str, ...]] = ("packet_type", "hardware", "interface", "address",
                                         "ethertype")

    def clear(self) -> None:
        self.ethertype = self.packet_type = self.hardware = self.interface = 0
        self.body_off = self.body_length = self.frame_length = 0
        self.address_length = self.address_off = 0

    @property
    def address(self) -> bytes:
        """The sender's link-layer address, at most 8 octets; empty if the capture ends before."""
        count = min(8, self.address_length)
        off = self.address_off
        return self.pkt.raw(off, count) if self.pkt.has(off, count) else b""

    def parse(self, pkt: Packet, off: int) -> None:
        self.packet_type = pkt.u16(off)
        self.hardware = pkt.u16(off + 2)
        self.address_length = pkt.u16(off + 4)
        self.address_off = off + 6
        self.ethertype = pkt.u16(off + 14)
        self.body_off = off + 16
        self.body_length = self.size - 16
        self.frame_length = self.size

    def write(self, line: Line) -> None:
        if self.short or self.size < self.body_off - self.off:
            self.short = True
            raise Truncated
        line.link_header(self.body_off)
        if line.style.link_level:
            self.write_header(line)
        self.write_body(line)

    def write_body(self, line: Line) -> None:
        kind = self.ethertype
        if is_tag(kind):
            if not self.pkt.has(self.body_off, 4):
                line.protocol = b"vlan"
                raise Truncated
        elif kind > 1500:
            if ETHERTYPES.find(kind) is None:
                if not line.style.link_level:
                    self.write_header(line)
                default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)
        elif kind != P_802_2 and (kind != P_802_3 or table("ipx").find(0) is None):
            default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)

    def write_header(self, line: Line) -> None:
        line.put(b"%3s " % PACKET_TYPES.get(self.packet_type, b"?"))
        self.write_protocol(line)

    def write_protocol(self, line: Line) -> None:
        """The sender's address if it is Ethernet's, the protocol and the length."""
        if self.address_length == 6:
            line.ether(self.pkt, self.address_off)
            line.char(32)
        if line.style.quiet:
            return
        kind = self.ethertype
        if kind in (P_802_3, P_802_2):
            line.put(b"802.3" if kind == P_802_3 else b"802.2")
        else:
            line.put(b"ethertype %s (0x%04x)" % (
                b"Unknown" if kind <= 1500 else ETHERTYPE_NAMES.get(kind, b"Unknown"), kind))
        line.put(b", length %d: " % self.size)

    def inner_length(self) -> int:
        return self.body_length

    def follow(self) -> Layer | None:
        if self.short:
            return None
        kind = self.ethertype
        if kind == P_802_2:
            found = LLC.find(0)
        elif kind == P_802_3:
            found = table("ipx").find(0)
        elif is_tag(kind):
            found = SllVlan
        else:
            found = ETHERTYPES.find(kind) if kind > 1500 else None
        return None if found is None else self.child(found, self.body_off, self.body_length)


class Sll2(Sll):
    """Version 2 of the header, which names the interface."""

    __slots__ = ()
    name = "sll2"
    tag = b"sll2"

    def parse(self, pkt: Packet, off: int) -> None:
        self.ethertype = pkt.u16(off)
        self.interface = pkt.u32(off + 4)
        self.hardware = pkt.u16(off + 8)
        self.packet_type = pkt.u8(off + 10)
        self.address_length = pkt.u8(off + 11)
        self.address_off = off + 12
        pkt.u64(off + 12)
        self.body_off = off + HEADER2_LENGTH
        self.body_length = self.size - HEADER2_LENGTH
        self.frame_length = self.size

    def write(self, line: Line) -> None:
        if self.short or self.size < HEADER2_LENGTH:
            self.short = True
            raise Truncated
        line.link_header(self.body_off)
        line.put(b"%-5s %-3s " % (interface_name(line, self.interface),
                                  PACKET_TYPES.get(self.packet_type, b"?")))
        if line.style.link_level:
            self.write_header(line)
        self.write_body(line)

    def write_header(self, line: Line) -> None:
        line.put(b"ifindex %d " % self.interface)
        self.write_protocol(line)


class SllVlan(Sll):
    """A VLAN tag that the capture left in place."""

    __slots__ = ("vlan",)

    vlan: int  #: priority, drop bit and VLAN, as in the tag

    name = "vlan"
    tag = b"vlan"
    fields: ClassVar[tuple[str, ...]] = ("vlan", "ethertype")

    def clear(self) -> None:
        Sll.clear(self)  # a compiled method does not know its class: super() fails there
        self.vlan = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.vlan = pkt.u16(off)
        self.ethertype = pkt.u16(off + 2)
        if self.ethertype <= 1500:
            self.ethertype = P_802_2
        self.body_off = off + 4
        self.body_length = self.size - 4

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.body_off)
        if line.style.link_level:
            line.put(b"vlan %d, p %d%s, " % (
                self.vlan & 0xFFF, self.vlan >> 13, b", DEI" if self.vlan & 0x1000 else b""))
        if not line.style.quiet:
            line.put(b"ethertype %s, " % ETHERTYPE_NAMES.get(self.ethertype, b"Unknown"))
        self.write_body(line)

    def write_header(self, line: Line) -> None:
        below = self.below
        if isinstance(below, Sll):
            below.write_header(line)


def interface_name(line: Line, index: int) -> bytes:
    """This machine's name of an interface, as tcpdump prints it even for files; ``?`` if none."""
    names = associations_of(line).of("interfaces", dict)
    if index not in names:
        try:
            names[index] = socket.if_indextoname(index).encode("ascii", "backslashreplace")
        except (OSError, OverflowError):
            names[index] = b"?"
    name: bytes = names[index]
    return name
