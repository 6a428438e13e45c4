"""VLAN tags: 802.1Q, 802.1ad and QinQ (IEEE 802.1Q-2018 §9); tcpdump: print-ether.c."""

from __future__ import annotations

from fyke.layers.link.frame import Frame
from fyke.wire import Line, Packet

TAG_LENGTH = 4  # octets, the EtherType of what was tagged included


class Vlan(Frame):
    """Priority and VLAN, then the EtherType of what was tagged."""

    __slots__ = ("drop_eligible", "priority", "vlan")

    priority: int  #: 0 to 7
    drop_eligible: bool
    vlan: int  #: 0 (priority only) to 4095

    name = "vlan"
    tag = b"vlan"
    fields = ("priority", "drop_eligible", "vlan", "ethertype")

    def clear(self) -> None:
        self.ethertype = self.priority = self.vlan = 0
        self.body_off = self.body_length = self.frame_length = 0
        self.drop_eligible = self.said_length = False

    def parse(self, pkt: Packet, off: int) -> None:
        word = pkt.u16(off)
        self.priority = word >> 13
        self.drop_eligible = (word & 0x1000) != 0
        self.vlan = word & 0xFFF
        self.ethertype = pkt.u16(off + 2)
        self.body_off = off + TAG_LENGTH
        self.body_length = self.size - TAG_LENGTH
        self.frame_length = self.size
        if isinstance(self.below, Frame):
            self.frame_length = self.below.frame_length
            self.said_length = self.below.said_length

    def write(self, line: Line) -> None:
        if self.short:
            self.pkt.u32(self.off)
        if line.style.link_level:
            line.put(b"vlan ")
            line.uint(self.vlan)
            line.put(b", p ")
            line.uint(self.priority)
            line.put(b", DEI, " if self.drop_eligible else b", ")
        line.protocol = b"ether"
        self.write_body(line)
