"""VLAN tags: 802.1Q, 802.1ad and QinQ (IEEE 802.1Q-2018 §9); tcpdump: print-ether.c."""

from __future__ import annotations

from fyke.layers.fields import U16, Bits, Renamed
from fyke.layers.link.frame import Frame
from fyke.wire import Line, Record

TAG_LENGTH = 4  # octets, the EtherType of what was tagged included
CONTROL, TYPE = 0, 2
PRIORITY, DROP_ELIGIBLE, ID = 0xE000, 0x1000, 0x0FFF


class Vlan(Frame):
    """Priority and VLAN, then the EtherType of what was tagged."""

    __slots__ = ()

    name = "vlan"
    tag = b"vlan"
    in_frame = True

    priority = Bits(CONTROL, 2, PRIORITY, "priority code point, 0 to 7")
    dei = Bits(CONTROL, 2, DROP_ELIGIBLE, "drop eligible")
    id = Bits(CONTROL, 2, ID, "VLAN, 0 (priority only) to 4095")
    type = U16(TYPE, "EtherType of what was tagged")
    drop_eligible = Renamed("dei")
    vlan = Renamed("id")

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + TYPE)
        self.body_off = off + TAG_LENGTH
        self.body_length = self.size - TAG_LENGTH
        self.frame_length = self.size
        if isinstance(self.below, Frame):
            self.frame_length = self.below.frame_length
        self.carry()

    def write(self, line: Line) -> None:
        control = self.pkt.u16(self.off)
        self.pkt.u16(self.off + TYPE)
        if line.style.link_level:
            line.put(b"vlan ")
            line.uint(control & ID)
            line.put(b", p ")
            line.uint(control >> 13)
            line.put(b", DEI, " if control & DROP_ELIGIBLE else b", ")
        line.protocol = b"ether"
        self.write_body(line)
