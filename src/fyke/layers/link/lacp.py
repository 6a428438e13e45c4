"""Link aggregation: control and marker protocol (IEEE 802.1AX); tcpdump: print-slow.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, ClassVar, Iterator, NamedTuple
from fyke.layers.fields import Made
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.slow import TERMINATOR, TLV_HEADER, each_tlv
from fyke.layers.plain import address
from fyke.layers.words import bit_words
from fyke.wire import Line, Record

ACTOR, PARTNER, COLLECTOR, MARKER = 1, 2, 3, 1
SYSTEM_LENGTH, COLLECTOR_LENGTH, MARKER_LENGTH = 20, 16, 16  # octets, with the header
STATE = ((0x01, b"Activity"), (0x02, b"Timeout"), (0x04, b"Aggregation"),
         (0x08, b"Synchronization"), (0x10, b"Collecting"), (0x20, b"Distributing"),
         (0x40, b"Default"), (0x80, b"Expired"))


class System(NamedTuple):
    """One end of a link, as the sender sees it."""

    priority: int
    system: str  #: an Ethernet address
    key: int  #: ports with one key can be aggregated
    port_priority: int
    port: int
    state: int  #: eight bits (STATE)


def read_system(pkt: Record, at: int) -> System:
    return System(pkt.u16(at), address(pkt.raw(at + 2, 6)), pkt.u16(at + 8), pkt.u16(at + 10),
                  pkt.u16(at + 12), pkt.u8(at + 14))


class TlvLayer(Layer):
    """What both protocols are: TLVs up to a terminator."""

    __slots__ = ()

    tag = b"slow"
    names: ClassVar[dict[int, bytes]]

    def walk(self) -> Iterator[tuple[int, int, int]]:
        """Type, offset of the value and its octets, of each TLV that was captured whole."""
        at, end = self.off, min(self.off + self.size, self.pkt.end)
        while end - at >= TLV_HEADER:
            kind, size = self.pkt.u8(at), self.pkt.u8(at + 1)
            if kind == TERMINATOR or not TLV_HEADER <= size <= end - at:
                return
            yield kind, at + TLV_HEADER, size - TLV_HEADER
            at += size

    def find(self, kind: int, length: int, read: Callable[[Record, int], Any]) -> Any:
        """What is in the first TLV of a type, None without one of the right length."""
        for one, at, size in self.walk():
            if one == kind and size + TLV_HEADER == length:
                return read(self.pkt, at)
        return None

    def write(self, line: Line) -> None:
        if not line.style.verbose:
            return
        pkt, off = self.pkt, self.off
        for kind, at, size in each_tlv(line, pkt, off, off + self.size,
                                       b"\n\t%s TLV (0x%02x), length %d", self.names, b"Unknown"):
            if not self.write_tlv(line, kind, at + TLV_HEADER, size) and line.style.verbose <= 1:
                print_unknown_data(line, pkt, at + TLV_HEADER, b"\n\t  ", size - TLV_HEADER)
            if line.style.verbose > 1:
                print_unknown_data(line, pkt, at + TLV_HEADER, b"\n\t  ", size - TLV_HEADER)

    def write_tlv(self, line: Line, kind: int, at: int, size: int) -> bool:
        """The value at ``at``; False if the type is not known."""
        raise NotImplementedError


def fits(line: Line, size: int, wanted: int) -> bool:
    """Whether a TLV has the octets it must have; says so if not."""
    if size != wanted:
        line.put(b"\n\t    ERROR: illegal length - should be %d" % wanted)
    return size == wanted


class Lacp(TlvLayer):
    """Link aggregation control: what both ends think of the link."""

    __slots__ = ()

    name = "lacp"

    actor = Made("any", lambda lacp: lacp.find_system(ACTOR), "the sender's end")
    partner = Made("any", lambda lacp: lacp.find_system(PARTNER),
                   "the other end, as the sender sees it")
    collector_delay = Made("u16", lambda lacp: lacp.find(COLLECTOR, COLLECTOR_LENGTH, Record.u16),
                           "longest time that a frame waits, in units of 10 µs")
    names: ClassVar[dict[int, bytes]] = {
        TERMINATOR: b"Terminator", ACTOR: b"Actor Information",
        PARTNER: b"Partner Information", COLLECTOR: b"Collector Information"}

    def find_system(self, end: int) -> System | None:
        found: System | None = self.find(end, SYSTEM_LENGTH, read_system)
        return found

    def write_tlv(self, line: Line, kind: int, at: int, size: int) -> bool:
        pkt = self.pkt
        if kind in (ACTOR, PARTNER):
            if fits(line, size, SYSTEM_LENGTH):
                line.put(b"\n\t  System ")
                line.ether(pkt, at + 2)
                line.put(b", System Priority %d, Key %d, Port %d, Port Priority %d"
                         b"\n\t  State Flags [%s]" % (
                             pkt.u16(at), pkt.u16(at + 8), pkt.u16(at + 12), pkt.u16(at + 10),
                             bit_words(STATE, pkt.u8(at + 14))))
            return True
        if kind == COLLECTOR:
            if fits(line, size, COLLECTOR_LENGTH):
                line.put(b"\n\t  Max Delay %d" % pkt.u16(at))
            return True
        return False


class Marker(TlvLayer):
    """Marker: everything sent before it has arrived when it comes back."""

    __slots__ = ()

    name = "marker"

    port = Made("u16", lambda layer: layer.find(MARKER, MARKER_LENGTH, Record.u16), "who asks")
    system = Made("mac", lambda layer: layer.find(
        MARKER, MARKER_LENGTH, lambda pkt, at: pkt.raw(at + 2, 6)), "whose port this is")
    transaction = Made("u32", lambda layer: layer.find(
        MARKER, MARKER_LENGTH, lambda pkt, at: pkt.u32(at + 8)), "which marker this is")
    names: ClassVar[dict[int, bytes]] = {
        TERMINATOR: b"Terminator", MARKER: b"Marker Information"}

    def write_tlv(self, line: Line, kind: int, at: int, size: int) -> bool:
        if kind == MARKER and fits(line, size, MARKER_LENGTH):
            line.put(b"\n\t  Request System ")
            line.ether(self.pkt, at + 2)
            line.put(b", Request Port %d, Request Transaction ID 0x%08x" % (
                self.pkt.u16(at), self.pkt.u32(at + 8)))
        return kind == MARKER
