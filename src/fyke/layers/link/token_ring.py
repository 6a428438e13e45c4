"""Token ring (IEEE 802.5, LINKTYPE_IEEE802_5); tcpdump: print-token.c."""

from __future__ import annotations

from fyke.layers.hexdump import default_print
from fyke.layers.link.addressed import Addressed
from fyke.wire import Line, Record

HEADER_LENGTH = 14
SOURCE_ROUTED = 0x80  # in the source address
LLC_FRAME = 1
BROADCASTS = (b"Non-Broadcast", b"Non-Broadcast", b"Non-Broadcast", b"Non-Broadcast",
              b"All-routes", b"All-routes", b"Single-route", b"Single-route")
LARGEST = (b"516", b"1500", b"2052", b"4472", b"8144", b"11407", b"17800", b"??")


class TokenRing(Addressed):
    """Access control, frame control, addresses, and the route if the source has chosen one."""

    __slots__ = ("access_control", "frame_control", "route", "route_control")

    access_control: int
    frame_control: int
    route_control: int  #: kind, length, direction and largest frame of the route; 0 for none
    route: list[int]  #: rings and bridges

    name = "token-ring"
    tag = b"token-ring"
    fields = ("access_control", "frame_control", "dst", "src", "route_control", "route")
    header_length, dst_at, src_at = HEADER_LENGTH, 2, 8

    def clear(self) -> None:
        super().clear()
        self.access_control = self.frame_control = self.route_control = 0
        self.route = []

    @property
    def src(self) -> bytes:
        """The source address, without the bit that says that a route follows."""
        if not self.pkt.has(self.off, HEADER_LENGTH):
            return b""
        octets = bytes(self.pkt.raw(self.off + 8, 6))
        return bytes([octets[0] & ~SOURCE_ROUTED]) + octets[1:]

    def parse(self, pkt: Record, off: int) -> None:
        self.access_control = pkt.u8(off)
        self.frame_control = pkt.u8(off + 1)
        pkt.raw(off, HEADER_LENGTH)
        self.body_off = off + HEADER_LENGTH
        if pkt.u8(off + 8) & SOURCE_ROUTED:
            self.route_control = pkt.u16(off + HEADER_LENGTH)
            size = self.route_control >> 8 & 31
            self.body_off += size
            self.route = [pkt.u16(off + HEADER_LENGTH + 2 + 2 * i) for i in range(size // 2 - 1)]
        self.body_length = self.size - (self.body_off - off)

    def write(self, line: Line) -> None:
        if line.style.link_level and self.pkt.has(self.off, HEADER_LENGTH):
            self.write_header(line)
        if self.short:
            self.begin(line)
        if self.pkt.u8(self.off + 8) & SOURCE_ROUTED:
            self.write_route(line)
        if self.body_length < 0 or self.pkt.end < self.body_off:
            self.short = True
        self.begin(line)
        if not self.has_llc():
            if not line.style.link_level:
                self.write_header(line)
            default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)

    def write_header(self, line: Line) -> None:
        if not line.style.quiet:
            line.put(b"%02x %02x " % (self.access_control, self.frame_control))
        self.write_pair(line)
        line.put(b", length %d: " % self.size)

    def write_route(self, line: Line) -> None:
        control = self.route_control
        if line.style.verbose:
            line.put(b"%s %s" % (BROADCASTS[control >> 13],
                                 b"Backward" if control & 0x80 else b"Forward"))
            for segment in self.route:
                line.put(b" [%d:%d]" % (segment >> 4, segment & 15))
        else:
            line.put(b"rt = %x" % control)
            for segment in self.route:
                line.put(b":%x" % segment)
        line.put(b" (%s) " % LARGEST[control >> 4 & 7])

    def write_from(self, line: Line) -> None:
        name = None if line.style.names is None else line.style.names.ether(self.src)
        if name is None:
            line.put(self.src.hex(":").encode())
        else:
            line.escape(name)

    def has_llc(self) -> bool:
        return self.frame_control >> 6 == LLC_FRAME
