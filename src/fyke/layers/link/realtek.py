"""Realtek's protocols: remote control (RRCP), echo (REP), loops (RLDP); print-realtek.c."""

from __future__ import annotations

from fyke.layers.fields import U8, Made
from fyke.layers.layer import Layer
from fyke.layers.link.frame import Frame
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record

RRCP, REP = 1, 2
LOOPS = (0x03, 0x23)
TAG_8 = 4
#: Tags for the processor of a switch, by the upper half of the first octet.
TAG_NAMES = {0x90: b"Realtek RTL8306 4-byte DSA tag", 0xA0: b"Realtek RTL8366RB 4-byte DSA tag"}
HELLO, GET, SET = range(3)
OPCODE_NAMES = {HELLO: b"hello", GET: b"get", SET: b"set"}
REPLY = 0x80


class Realtek(Layer):
    """The protocol, and RRCP's operation."""

    __slots__ = ()

    name = "realtek"
    tag = b"rtl"

    protocol = U8(0, "which protocol, or which tag")
    opcode = Made("u8", lambda layer: layer.pkt.u8(layer.off + 1) & ~REPLY
                  if layer.protocol == RRCP else None, "RRCP: what is asked",
                  names=as_text(OPCODE_NAMES))
    reply = Made("bool", lambda layer: bool(layer.pkt.u8(layer.off + 1) & REPLY)
                 if layer.protocol == RRCP else None, "RRCP: an answer")
    key = Made("u16", lambda layer: layer.pkt.u16(layer.off + 2)
               if layer.protocol == RRCP else None, "RRCP: authorization key")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off)  # says whether the header is short

    def write(self, line: Line) -> None:
        if isinstance(self.below, Frame) and self.below.write_pair(line):
            line.put(b", ")
        kind = self.pkt.u8(self.off)
        if kind == RRCP:
            line.protocol = b"rrcp"
            self.write_control(line, self.pkt, self.off)
        elif kind == REP:
            line.put(b"REP")
        elif kind in LOOPS:
            line.put(b"RLDP")
        elif kind == TAG_8:
            line.put(b"Realtek 8-byte DSA tag")
        else:
            line.put(TAG_NAMES.get(kind & 0xF0) or b"Realtek unknown type 0x%02x" % kind)

    def write_control(self, line: Line, pkt: Record, off: int) -> None:
        """A switch is asked, or answers."""
        opcode = pkt.u8(off + 1) & ~REPLY
        line.put(b"RRCP %s: %s" % (b"reply" if self.reply else b"query", named(
            OPCODE_NAMES, opcode, b"unknown opcode (0x%02x)")))
        if opcode in (GET, SET):
            line.put(b" addr=0x%04x, data=0x%08x" % (pkt.le16(off + 4), pkt.le32(off + 6)))
        line.put(b", auth=0x%04x" % pkt.u16(off + 2))
        if opcode == HELLO and self.reply:
            ports = (pkt.u8(off + 4), pkt.u8(off + 5))
            vendor, chip = pkt.u32(off + 14), pkt.u16(off + 12)
            line.put(b" downlink_port=%d, uplink_port=%d, uplink_mac=" % ports)
            line.ether(pkt, off + 6)
            line.put(b", vendor_id=%08x ,chip_id=%04x " % (vendor, chip))
        elif opcode in (GET, SET):
            line.put(b", cookie=0x%08x%08x " % (pkt.u32(off + 14), pkt.u32(off + 10)))
