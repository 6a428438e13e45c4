"""Light Weight Access Point Protocol (RFC 5412); tcpdump: print-lwapp.c."""

from __future__ import annotations

from fyke.layers.application.lwapp_elements import ELEMENTS, NONE, PERMITTED, UNKNOWN
from fyke.layers.fields import Made
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record

HEADER_LENGTH, CONTROL_LENGTH, ELEMENT_HEADER = 6, 8, 3
NOT_LAST, FRAGMENT, CONTROL = 0x01, 0x02, 0x04
FLAG_NAMES = ((NOT_LAST, b"Not Last"), (FRAGMENT, b"Fragment"), (CONTROL, b"Control"))
TYPE_NAMES = {
    1: b"Discovery req", 2: b"Discovery resp", 3: b"Join req", 4: b"Join resp", 5: b"Join ack",
    6: b"Join confirm", 10: b"Configure req", 11: b"Configure resp", 12: b"Update req",
    13: b"Update resp", 14: b"WTP event req", 15: b"WTP event resp",
    16: b"Change state event req", 17: b"Change state event resp", 22: b"Echo req",
    23: b"Echo resp", 24: b"Image data req", 25: b"Image data resp", 26: b"Channel status req",
    27: b"Channel status resp", 30: b"Key update req", 31: b"Key update resp",
    32: b"Primary discovery req", 33: b"Primary discovery resp", 34: b"Data transfer req",
    35: b"Data transfer resp", 36: b"Clear config ind", 37: b"Wlan config req",
    38: b"Wlan config resp", 39: b"Mobile config req", 40: b"Mobile config resp",
}


class Lwapp(Layer):
    """The transport header that control and data share; a bit says which of them follows."""

    __slots__ = ("header_off",)

    header_off: int  #: where the header begins

    name = "lwapp"
    tag = b"lwapp"

    flags = Made("u8", lambda lwapp: lwapp.pkt.u8(lwapp.header_off),
                 "the first octet: version, radio, flags")
    version = Made("u8", lambda lwapp: lwapp.pkt.u8(lwapp.header_off) >> 6)
    fragment = Made("u8", lambda lwapp: lwapp.pkt.u8(lwapp.header_off + 1),
                    "fragment identifier")
    body_length = Made("u16", lambda lwapp: lwapp.pkt.u16(lwapp.header_off + 2),
                       "after the header", unit="bytes")

    def clear(self) -> None:
        self.header_off = self.off

    def parse(self, pkt: Record, off: int) -> None:
        self.header_off = off
        pkt.u16(off + 2)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        line.put(b"LWAPP")
        header = self.header_off + HEADER_LENGTH - self.off
        if self.size < header:
            line.put(b" [UDP payload length %d < %d]%s" % (self.size, header, INVALID))
            return
        flags = pkt.u8(self.header_off)
        if self.version:
            line.put(b" [version %d != 0]%s" % (self.version, INVALID))
            return
        line.put(b"v0, %s frame" % (b"Control" if flags & CONTROL else b"Data"))
        if line.style.verbose:
            line.put(b", Radio-id %d" % (flags >> 3 & 7))
        line.put(b", Flags [%s]" % bit_words(FLAG_NAMES, flags & 7))
        if flags & (NOT_LAST | FRAGMENT):
            line.put(b" (bogus)")  # above UDP there are no fragments (§3.3.3)
        if line.style.verbose:
            number = pkt.u8(self.header_off + 1)
            line.put(b", Frag-id %d%s" % (number, b" (MBZ!)" if number else b""))
        size = pkt.u16(self.header_off + 2)
        line.put(b", length %d" % size)
        if size != self.size - header:
            line.put(b" [LWAPP payload length %d != %d]%s" % (size, self.size - header, INVALID))
        elif line.style.verbose and size:
            self.write_body(line)

    def write_body(self, line: Line) -> None:
        """A control message, or an 802.11 frame, which is not decoded here."""
        pkt = self.pkt
        if self.header_off != self.off:
            line.put(b"\n\tAP identity: ")
            line.ether(pkt, self.off)
        pkt.u16(self.header_off + 4)
        at = self.header_off + HEADER_LENGTH
        if self.flags & CONTROL:
            write_control(line, pkt, at, self.body_length)
        else:
            print_unknown_data(line, pkt, at, b"\n\t", self.body_length)


class LwappControl(Lwapp):
    """The same on the port for control; to the controller the access point's address is first."""

    __slots__ = ()

    def clear(self) -> None:
        super().clear()
        if self.below.dst_port == 12223:
            self.header_off = self.off + 6

    def parse(self, pkt: Record, off: int) -> None:
        super().parse(pkt, self.header_off)


def write_control(line: Line, pkt: Record, at: int, length: int) -> None:
    """A control message (RFC 5412 §4.2.1): its header, then elements to its end."""
    if length < CONTROL_LENGTH:
        line.put(b" [transport payload length %d < %d]%s" % (length, CONTROL_LENGTH, INVALID))
        return
    kind = pkt.u8(at)
    line.put(b"\n\t  Msg type: %s (%d)" % (named(TYPE_NAMES, kind, b"Unknown"), kind))
    line.put(b", Seqnum: %d" % pkt.u8(at + 1))
    size = pkt.u16(at + 2)
    left = length - CONTROL_LENGTH
    line.put(b", Msg len: %d" % size)
    if size != left:
        line.put(b" [msg_elem_len %d != %d]%s" % (size, left, INVALID))
        return
    line.put(b", Session: 0x%08x" % pkt.u32(at + 4))
    write_elements(line, pkt, at + CONTROL_LENGTH, left, PERMITTED.get(kind, NONE))


def write_elements(line: Line, pkt: Record, at: int, left: int, permitted: frozenset[int]) -> None:
    """Each element's type and length."""
    number = 0
    while left:
        if left < ELEMENT_HEADER:
            line.put(b" [remaining length %d < %d]%s" % (left, ELEMENT_HEADER, INVALID))
            return
        kind = pkt.u8(at)
        name, least = ELEMENTS.get(kind, UNKNOWN)
        line.put(b"\n\t  Msg Elem %d Type: %d (%s)" % (number, kind, name))
        if kind not in permitted:
            line.put(b" [unexpected!]")
        size = pkt.u16(at + 1)
        line.put(b", Length: %d" % size)
        if size < least:
            line.put(b" [too short!]")
        left -= ELEMENT_HEADER
        if size > left:
            line.put(b" [elem_len %d > %d]%s" % (size, left, INVALID))
            return
        pkt.raw(at + ELEMENT_HEADER, size)
        at += ELEMENT_HEADER + size
        left -= size
        number += 1
