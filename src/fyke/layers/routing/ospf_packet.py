"""What OSPF versions 2 and 3 have in common (RFC 2328, 5340)."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.wire import Line, Packet, Truncated

HELLO, DESCRIPTION, REQUEST, UPDATE, ACK = 1, 2, 3, 4, 5
TYPE_NAMES = {HELLO: b"Hello", DESCRIPTION: b"Database Description", REQUEST: b"LS-Request",
              UPDATE: b"LS-Update", ACK: b"LS-Ack"}
LSA_HEADER = 20  # octets


class OspfPacket(Layer):
    """The first twelve octets of the header."""

    __slots__ = ("area", "packet_length", "router", "type", "version")

    version: int
    type: int
    packet_length: int  #: octets; what follows authenticates
    router: int  #: router identifier
    area: int  #: area identifier

    def clear(self) -> None:
        self.version = self.type = self.packet_length = self.router = self.area = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.version = pkt.u8(off)
        self.type = pkt.u8(off + 1)
        self.packet_length = pkt.u16(off + 2)
        self.router = pkt.u32(off + 4)
        self.area = pkt.u32(off + 8)

    def write_origin(self, line: Line, pkt: Packet) -> None:
        """Which router sent it, and in which area."""
        router = pkt.u32(self.off + 4)
        line.put(b"\n\tRouter-ID ")
        line.host4(router)
        area = pkt.u32(self.off + 8)
        if area:
            line.put(b", Area ")
            line.host4(area)
        else:
            line.put(b", Backbone Area")


def write_routers(line: Line, pkt: Packet, at: int, end: int, neighbors: bool) -> None:
    """A hello's routers: the designated one and its backup, if there are any; the neighbors."""
    if pkt.u32(at):
        line.put(b"\n\t  Designated Router ")
        line.host4(pkt.u32(at))
    if pkt.u32(at + 4):
        line.put(b", Backup Designated Router ")
        line.host4(pkt.u32(at + 4))
    if neighbors:
        line.put(b"\n\t  Neighbor List:")
        for i in range(at + 8, end, 4):
            neighbor = pkt.u32(i)
            line.put(b"\n\t    ")
            line.host4(neighbor)


def write_advertiser(line: Line, pkt: Packet, at: int, indent: bytes) -> int:
    """Who made a link state advertisement, and when; its octets, the header included."""
    size = pkt.u16(at + 18)
    if size < LSA_HEADER:
        line.put(b"\n%sBogus length %d < header (20)" % (indent, size))
        raise Truncated
    line.put(b"\n\t  Advertising Router ")
    line.host4(pkt.u32(at + 8))
    line.put(b", seq 0x%08x, age %ds, length %d" % (
        pkt.u32(at + 12), pkt.u16(at), size - LSA_HEADER))
    return size
