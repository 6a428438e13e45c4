"""Light Weight Access Point Protocol (RFC 5412); tcpdump: print-lwapp.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import bit_words, named
from fyke.wire import Line, Packet, Truncated

HEADER_LENGTH = 6
CONTROL = 0x04
FLAG_NAMES = ((0x01, b"Last Fragment"), (0x02, b"Fragment"), (CONTROL, b"Control"))
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
    """The transport header that control and data share."""

    __slots__ = ("body_length", "flags", "fragment", "header_off", "version")

    flags: int  #: the first octet: version, radio, flags
    version: int
    fragment: int  #: fragment identifier
    body_length: int  #: octets after the header
    header_off: int  #: where the header begins

    name = "lwapp"
    tag = b"lwapp"
    fields = ("flags", "version", "fragment", "body_length")

    def clear(self) -> None:
        self.flags = self.version = self.fragment = self.body_length = 0
        self.header_off = self.off

    def parse(self, pkt: Packet, off: int) -> None:
        self.header_off = off
        self.flags = pkt.u8(off)
        self.version = self.flags >> 6
        self.fragment = pkt.u8(off + 1)
        self.body_length = pkt.u16(off + 2)
        pkt.u16(off + 4)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        if self.version:
            line.put(b"LWAPP version %d packet not supported" % self.version)
            return
        control = self.flags & CONTROL
        names = bit_words(FLAG_NAMES, self.flags & 7)
        kind = b"Control" if control else b"Data"
        if not line.verbose:
            line.put(b"LWAPPv0, %s frame, Flags [%s], length %d" % (
                kind, names, self.body_length))
            return
        line.put(b"LWAPPv0, %s frame, Radio-id %d, Flags [%s], Frag-id %d%s, length %d" % (
            kind, self.flags >> 3 & 7, names, self.fragment,
            b" (MBZ!)" if self.fragment and not self.flags & 3 else b"", self.body_length))
        self.write_body(line)

    def write_body(self, line: Line) -> None:
        """An 802.11 frame, which is not decoded here."""
        print_unknown_data(line, self.pkt, self.header_off + HEADER_LENGTH, b"\n\t",
                           self.body_length)


class LwappControl(Lwapp):
    """Control messages; towards the controller the access point's address comes first."""

    __slots__ = ()

    def parse(self, pkt: Packet, off: int) -> None:
        super().parse(pkt, off + 6 if self.below.dst_port == 12223 else off)

    def write_body(self, line: Line) -> None:
        if not self.flags & CONTROL:
            super().write_body(line)
            return
        pkt = self.pkt
        if self.header_off != self.off:
            line.put(b"\n\tAP identity: ")
            line.ether(pkt, self.off)
        off = self.header_off + HEADER_LENGTH
        left = self.body_length
        while left > 0:
            if not pkt.has(off, 8):
                raise Truncated
            kind = pkt.u8(off)
            size = pkt.u16(off + 2)
            line.put(b"\n\t  Msg type: %s (%d), Seqnum: %d, Msg len: %d, %sSession: 0x%08x" % (
                named(TYPE_NAMES, kind, b"Unknown"), kind, pkt.u8(off + 1), size, b"",
                pkt.u32(off + 4)))
            if not pkt.has(off, size):
                raise Truncated
            off += 8 + size
            left -= 8 + size
