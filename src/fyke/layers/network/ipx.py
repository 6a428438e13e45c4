"""Novell's Internetwork Packet Exchange, with service and routing information; print-ipx.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, U32, Mac
from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.layers.tables import table
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 30
SERVICES, ROUTES, EIGRP_SOCKET = 0x0452, 0x0453, 0x85BE
SOCKET_NAMES = {0x0451: b"ipx-ncp", 0x0455: b"ipx-netbios", 0x0456: b"ipx-diags",
                0x0553: b"ipx-nwlink-dgm"}
NAME_LENGTH, ADDRESS_LENGTH = 48, 10
MAX_SERVICES, MAX_ROUTES = 8, 50  # of one packet, as tcpdump shows them
EIGRP = 88  # IP protocol


class Ipx(Layer):
    """Addresses are a network and a node, sockets tell the application."""

    __slots__ = ()

    name = "ipx"
    tag = b"ipx"

    checksum = U16(0, "0xffff for none")
    packet_length = U16(2, "of the packet, this header included", unit="bytes")
    hops = U8(4, "routers passed")
    type = U8(5, "type of packet")
    dst_net = U32(6, "destination network")
    dst_node = Mac(10, "destination node")
    dst_socket = U16(16, "destination socket")
    src_net = U32(18, "source network")
    src_node = Mac(22, "source node")
    src_socket = U16(28, "source socket")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 28)
        length = pkt.u16(off + 2) - HEADER_LENGTH
        if pkt.u16(off + 16) == EIGRP_SOCKET and length >= 0:
            self.next = table("ip.proto").find(EIGRP)
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = max(length, 0)

    def write(self, line: Line) -> None:
        if not line.style.link_level:
            line.put(b"IPX ")
        if self.short:
            raise Truncated
        line.put(b"%s.%04x > %s.%04x: " % (
            endpoint(self.src_net, self.src_node), self.src_socket,
            endpoint(self.dst_net, self.dst_node), self.dst_socket))
        if self.packet_length < HEADER_LENGTH:
            line.put(b"[length %d < %d]%s" % (self.packet_length, HEADER_LENGTH, INVALID))
            return
        at, length = self.off + HEADER_LENGTH, self.packet_length - HEADER_LENGTH
        if self.dst_socket == SERVICES:
            write_services(line, self.pkt, at, length)
        elif self.dst_socket == ROUTES:
            write_routes(line, self.pkt, at, length)
        elif self.dst_socket != EIGRP_SOCKET:
            name = SOCKET_NAMES.get(self.dst_socket) or b"ipx-#%x" % self.dst_socket
            line.put(b"%s %d" % (name, length))


class IpxEthernet(Ipx):
    """The same right above an EtherType."""

    __slots__ = ()

    def write(self, line: Line) -> None:
        line.put(b"(NOV-ETHII) ")
        super().write(line)


def endpoint(net: int, node: bytes) -> bytes:
    return b"%08x.%s" % (net, node.hex(":").encode())


def enough(line: Line, length: int, wanted: int) -> bool:
    """Whether ``wanted`` octets are left; says so if not."""
    if length < wanted:
        line.put(b" [length %d < %d]%s" % (length, wanted, INVALID))
    return length >= wanted


def write_services(line: Line, pkt: Record, at: int, length: int) -> None:
    """Service advertising protocol."""
    command = pkt.u16(at)
    if not enough(line, length, 2):
        return
    nearest = b"nearest-" if command in (3, 4) else b""
    if command in (1, 3):
        line.put(b"ipx-sap-%sreq" % nearest)
        line.put(b" %04x" % pkt.u16(at + 2))
    elif command in (2, 4):
        line.put(b"ipx-sap-%sresp" % nearest)
        at += 2
        length -= 2
        for _ in range(MAX_SERVICES):
            taken = write_service(line, pkt, at, length) if length else 0
            if not taken:
                return
            at += taken
            length -= taken
    else:
        line.put(b"ipx-sap-?%x" % command)


def write_service(line: Line, pkt: Record, at: int, length: int) -> int:
    """One server: type, name, address, socket and hops; its octets, 0 if it does not fit."""
    if not enough(line, length, 2):
        return 0
    line.put(b" %04x '" % pkt.u16(at))
    if length < 2 + NAME_LENGTH:
        line.put(b"'" + INVALID)
        return 0
    write_padded(line, pkt, at + 2, NAME_LENGTH)
    line.char(39)
    taken = 2 + NAME_LENGTH
    if not enough(line, length - taken, ADDRESS_LENGTH):
        return 0
    line.put(b" addr %s" % endpoint(pkt.u32(at + taken), pkt.raw(at + taken + 4, 6)))
    taken += ADDRESS_LENGTH
    if not enough(line, length - taken, 4):
        return 0
    pkt.u32(at + taken)
    return taken + 4


def write_routes(line: Line, pkt: Record, at: int, length: int) -> None:
    """Routing information protocol: networks, hops and ticks."""
    command = pkt.u16(at)
    if not enough(line, length, 2):
        return
    if command not in (1, 2):
        line.put(b"ipx-rip-?%x" % command)
        return
    line.put(b"ipx-rip-req" if command == 1 else b"ipx-rip-resp")
    at += 2
    length -= 2
    for _ in range(1 if command == 1 else MAX_ROUTES):
        if not length or not enough(line, length, 8):
            return
        line.put(b" %08x/%d.%d" % (pkt.u32(at), pkt.u16(at + 4), pkt.u16(at + 6)))
        at += 8
        length -= 8
