"""Link aggregation: control and marker protocol (IEEE 802.1AX); tcpdump: print-slow.c."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.slow import TERMINATOR, TLV_HEADER, each_tlv
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
    system: bytes  #: an Ethernet address
    key: int  #: ports with one key can be aggregated
    port_priority: int
    port: int
    state: int  #: eight bits (STATE)


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

    __slots__ = ("actor", "collector_delay", "partner")

    actor: System | None  #: the sender
    partner: System | None  #: who the sender believes is at the other end
    collector_delay: int  #: tens of microseconds

    name = "lacp"
    fields = ("actor", "partner", "collector_delay")
    names: ClassVar[dict[int, bytes]] = {
        TERMINATOR: b"Terminator", ACTOR: b"Actor Information",
        PARTNER: b"Partner Information", COLLECTOR: b"Collector Information"}

    def clear(self) -> None:
        self.actor = self.partner = None
        self.collector_delay = 0

    def parse(self, pkt: Record, off: int) -> None:
        for kind, at, size in self.walk():
            size += TLV_HEADER
            if kind == COLLECTOR and size == COLLECTOR_LENGTH:
                self.collector_delay = pkt.u16(at)
            elif kind in (ACTOR, PARTNER) and size == SYSTEM_LENGTH:
                system = System(pkt.u16(at), pkt.raw(at + 2, 6), pkt.u16(at + 8),
                                pkt.u16(at + 10), pkt.u16(at + 12), pkt.u8(at + 14))
                if kind == ACTOR:
                    self.actor = system
                else:
                    self.partner = system

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

    __slots__ = ("port", "system", "transaction")

    port: int  #: who asks
    system: bytes
    transaction: int

    name = "marker"
    fields = ("port", "system", "transaction")
    addresses = ("system",)
    names: ClassVar[dict[int, bytes]] = {
        TERMINATOR: b"Terminator", MARKER: b"Marker Information"}

    def clear(self) -> None:
        self.port = self.transaction = 0
        self.system = b""

    def parse(self, pkt: Record, off: int) -> None:
        for kind, at, size in self.walk():
            if kind == MARKER and size + TLV_HEADER == MARKER_LENGTH:
                self.port = pkt.u16(at)
                self.system = pkt.raw(at + 2, 6)
                self.transaction = pkt.u32(at + 8)

    def write_tlv(self, line: Line, kind: int, at: int, size: int) -> bool:
        if kind == MARKER and fits(line, size, MARKER_LENGTH):
            line.put(b"\n\t  Request System ")
            line.ether(self.pkt, at + 2)
            line.put(b", Request Port %d, Request Transaction ID 0x%08x" % (
                self.pkt.u16(at), self.pkt.u32(at + 8)))
        return kind == MARKER
