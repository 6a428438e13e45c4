"""Token ring (IEEE 802.5, LINKTYPE_IEEE802_5); tcpdump: print-token.c."""

from __future__ import annotations

from fyke.layers.fields import U8, Listed, Mac, Made
from fyke.layers.hexdump import default_print
from fyke.layers.link.addressed import Addressed
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH, SRC = 14, 8
SOURCE_ROUTED = 0x80  # in the source address
LLC_FRAME = 1
BROADCASTS = (b"Non-Broadcast", b"Non-Broadcast", b"Non-Broadcast", b"Non-Broadcast",
              b"All-routes", b"All-routes", b"Single-route", b"Single-route")
LARGEST = (b"516", b"1500", b"2052", b"4472", b"8144", b"11407", b"17800", b"??")


class TokenRing(Addressed):
    """Access control, frame control, addresses, and the route if the source has chosen one."""

    __slots__ = ()

    name = "token-ring"
    tag = b"token-ring"
    header_length, dst_at, src_at = HEADER_LENGTH, 2, 8

    access_control = U8(0, "priority, token, monitor and reservation")
    frame_control = U8(1, "type of frame in the two upper bits: 0 MAC, 1 LLC")
    dst = Mac(2, "destination address")
    src = Made("mac", lambda ring: ring.read_source(),
               "source address, without the bit that says that a route follows")
    route_control = Made("u16", lambda ring: ring.read_route_control()
                         if ring.has_route() else None, "kind, length, direction and largest frame "
                         "of the source's route")
    route = Listed(lambda ring: ring.read_route() if ring.has_route() else None,
                   "rings (upper 12 bits) and bridges (lower 4) that the source has chosen")

    def read_source(self) -> bytes:
        octets = self.pkt.raw(self.off + SRC, 6)
        return bytes([octets[0] & ~SOURCE_ROUTED]) + octets[1:]

    def has_route(self) -> bool:
        return bool(self.pkt.u8(self.off + SRC) & SOURCE_ROUTED)

    def read_route_control(self) -> int:
        return self.pkt.u16(self.off + HEADER_LENGTH)

    def route_length(self) -> int:
        """Octets of the route, its control among them."""
        return self.read_route_control() >> 8 & 31

    def read_route(self) -> list[int]:
        at = self.off + HEADER_LENGTH + 2
        return [self.pkt.u16(at + 2 * i) for i in range(self.route_length() // 2 - 1)]

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, HEADER_LENGTH)
        header = HEADER_LENGTH
        if self.has_route():
            self.read_route()
            header += self.route_length()
        if header > self.size or pkt.end < off + header:
            raise Truncated
        self.settle(header)

    def write(self, line: Line) -> None:
        if self.pkt.has(self.off, HEADER_LENGTH):
            if line.style.link_level:
                self.write_header(line)
            if self.has_route():
                self.begin_route(line)
                self.write_route(line)
        self.begin(line)
        if not self.has_llc():
            if not line.style.link_level:
                self.write_header(line)
            default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)

    def begin_route(self, line: Line) -> None:
        """Of a route that was cut, what there is belongs to the header."""
        if not self.pkt.has(self.off + HEADER_LENGTH, 2):
            line.link_header(self.off + HEADER_LENGTH)
        elif self.short:
            line.link_header(self.pkt.end)

    def write_header(self, line: Line) -> None:
        if not line.style.quiet:
            line.put(b"%02x %02x " % (self.access_control, self.frame_control))
        self.write_pair(line)
        line.put(b", length %d: " % self.size)

    def write_route(self, line: Line) -> None:
        control, route = self.read_route_control(), self.read_route()
        if line.style.verbose:
            line.put(b"%s %s" % (BROADCASTS[control >> 13],
                                 b"Backward" if control & 0x80 else b"Forward"))
            for segment in route:
                line.put(b" [%d:%d]" % (segment >> 4, segment & 15))
        else:
            line.put(b"rt = %x" % control)
            for segment in route:
                line.put(b":%x" % segment)
        line.put(b" (%s) " % LARGEST[control >> 4 & 7])

    def write_from(self, line: Line) -> None:
        source = self.read_source()
        name = None if line.style.names is None else line.style.names.ether(source)
        if name is None:
            line.put(source.hex(":").encode())
        else:
            line.escape(name)

    def has_llc(self) -> bool:
        return self.frame_control >> 6 == LLC_FRAME
