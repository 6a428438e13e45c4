"""What OSPF versions 2 and 3 have in common (RFC 2328, 5340)."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST, Malformed, dotted
from fyke.layers.fields import U8, U16, Ip4, Options, Renamed
from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

HELLO, DESCRIPTION, REQUEST, UPDATE, ACK = 1, 2, 3, 4, 5
TYPE_NAMES = {HELLO: b"Hello", DESCRIPTION: b"Database Description", REQUEST: b"LS-Request",
              UPDATE: b"LS-Update", ACK: b"LS-Ack"}
LSA_HEADER = 20  # octets
TYPE, LENGTH, ROUTER, AREA = 1, 2, 4, 8


class Request(NamedTuple):
    """What is asked for (RFC 2328 §A.3.4)."""

    type: int
    link_state_id: str
    advertising_router: str


class OspfPacket(Layer):
    """The first fourteen octets of the header."""

    __slots__ = ()


    version = U8(0, "version, 2 or 3")
    type = U8(TYPE, "what the packet is for",
              names={kind: name.decode() for kind, name in TYPE_NAMES.items()})
    length = U16(LENGTH, "packet, without what follows authenticates it", unit="bytes")
    router_id = Ip4(ROUTER, "router that sent it")
    area_id = Ip4(AREA, "area it belongs to, 0.0.0.0 for the backbone")
    checksum = U16(12, "checksum over the packet")
    packet_length = Renamed("length")
    router = Renamed("router_id")
    area = Renamed("area_id")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + AREA)  # says whether the header is short

    def end(self) -> int:
        """Where the packet ends by its own length, or where the datagram does."""
        return self.off + min(self.pkt.u16(self.off + LENGTH), self.size)

    def write_origin(self, line: Line, pkt: Record) -> None:
        """Which router sent it, and in which area."""
        router = pkt.u32(self.off + ROUTER)
        line.put(b"\n\tRouter-ID ")
        line.host4(router)
        area = pkt.u32(self.off + AREA)
        if area:
            line.put(b", Area ")
            line.host4(area)
        else:
            line.put(b", Backbone Area")


def address_at(pkt: Record, at: int) -> str:
    """The IPv4 address, or router identifier, at an offset."""
    return dotted(pkt, at, 4)


def addresses(pkt: Record, at: int, stop: int) -> Options:
    """Addresses up to ``stop``."""
    return records(pkt, at, stop, 4, address_at)


def request(pkt: Record, at: int) -> Request:
    return Request(pkt.u32(at), address_at(pkt, at + 4), address_at(pkt, at + 8))


def records(pkt: Record, at: int, stop: int, size: int,
            read: Callable[[Record, int], Any]) -> Options:
    """Records of one size up to ``stop``: requests, or headers of advertisements."""
    found = Options()
    try:
        while stop - at >= size:
            if len(found) == MOST:
                raise Truncated
            found.append(read(pkt, at))
            at += size
    except Truncated:
        found.cut = True
    return found


def advertisements(pkt: Record, at: int, stop: int,
                   read: Callable[[Record, int, Any], Any],
                   body: Callable[[Record, int, int], Any]) -> Options:
    """The advertisements of an update, from the octets that count them on.

    ``read(pkt, at, body)`` makes a record, ``body(pkt, at, end)`` what is after its header.
    """
    found = Options()
    try:
        count = pkt.u32(at)
        at += 4
        while len(found) < count:
            size = pkt.u16(at + 18)
            if size < LSA_HEADER or size > stop - at or len(found) == MOST:
                raise Truncated
            inside = None
            try:
                inside = body(pkt, at, at + size)
            except (Truncated, Malformed):
                found.cut = True
            found.append(read(pkt, at, inside))
            at += size
    except Truncated:
        found.cut = True
    return found


def write_routers(line: Line, pkt: Record, at: int, end: int, neighbors: bool) -> None:
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


def write_bogus_length(line: Line, pkt: Record, at: int, indent: bytes) -> None:
    line.put(b"\n%sBogus length %d < header (20)" % (indent, pkt.u16(at + 18)))


def write_advertiser(line: Line, pkt: Record, at: int, indent: bytes) -> int:
    """Who made a link state advertisement, and when; its octets, the header included."""
    size = pkt.u16(at + 18)
    if size < LSA_HEADER:
        write_bogus_length(line, pkt, at, indent)
        raise Truncated
    line.put(b"\n\t  Advertising Router ")
    line.host4(pkt.u32(at + 8))
    line.put(b", seq 0x%08x, age %ds, length %d" % (
        pkt.u32(at + 12), pkt.u16(at), size - LSA_HEADER))
    return size
