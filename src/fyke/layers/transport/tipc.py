"""Transparent Inter-Process Communication (TIPC protocol 2.0); tcpdump: print-tipc.c."""

from __future__ import annotations

from fyke.layers.fields import Bits
from fyke.layers.layer import Layer
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record, Truncated

USER_NAMES = {
    0: b"Low Importance Data payload", 1: b"Medium Importance Data payload",
    2: b"High Importance Data payload", 3: b"Critical Importance Data payload",
    5: b"Broadcast Link Protocol internal", 6: b"Message Bundler Protocol internal",
    7: b"Link State Protocol internal", 8: b"Connection Manager internal",
    10: b"Link Changeover Protocol internal", 11: b"Name Table Update Protocol internal",
    12: b"Message Fragmentation Protocol internal", 13: b"Neighbor Detection Protocol internal",
}
#: As tcpdump has them: the multicast and the direct type have changed places.
TYPE_NAMES = {0: b"CONN_MSG", 1: b"MCAST_MSG", 2: b"NAMED_MSG", 3: b"DIRECT_MSG"}
DISCOVERY_NAMES = {0: b"Link request", 1: b"Link response"}
PAYLOADS = frozenset((0, 1, 2, 3, 8, 11))  # users between ports
INTERNALS = frozenset((5, 6, 7, 10, 12))  # users between nodes
DISCOVERY = 13
SHORT_HEADER = 6  # words; no nodes are named in it


class Tipc(Layer):
    """The first words of a message; what follows them depends on the user."""

    __slots__ = ()

    name = "tipc"
    tag = b"tipc"

    version = Bits(0, 4, 0xE0000000, "version of the protocol")
    user = Bits(0, 4, 0x1E000000, "what the message is for", names=as_text(USER_NAMES))
    header_size = Bits(0, 4, 0x01E00000, "of the header", unit="bytes", scale=4)
    message_size = Bits(0, 4, 0x0001FFFF, "of the message", unit="bytes")
    message_type = Bits(4, 4, 0xE0000000, "its meaning depends on the user")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 4)  # says whether the header is short

    def write(self, line: Line) -> None:
        if not self.pkt.has(self.off, 4):
            raise Truncated
        if self.user in PAYLOADS:
            self.write_payload(line)
        elif self.user in INTERNALS:
            self.write_internal(line)
        elif self.user == DISCOVERY:
            self.write_discovery(line)

    def word(self, number: int) -> int:
        return self.pkt.u32(self.off + 4 * number)

    def write_about(self, line: Line, names: dict[int, bytes]) -> None:
        """What every message says."""
        line.put(b", headerlength %d bytes, MessageSize %d bytes, %s, messageType %s" % (
            self.header_size, self.message_size, named(USER_NAMES, self.user, b"unknown"),
            named(names, self.message_type, b"Unknown")))

    def write_payload(self, line: Line) -> None:
        """From port to port."""
        target = self.word(5)
        with_nodes = self.header_size > 4 * SHORT_HEADER
        target_node = self.word(7) if with_nodes else 0
        line.put(b"TIPC v%d.0 %s:%d > %s%d" % (
            self.version, node(self.word(6) if with_nodes else self.word(3)), self.word(4),
            node(target_node) + b":" if with_nodes else b"", target))
        self.write_about(line, TYPE_NAMES)
        if with_nodes and line.style.verbose:
            line.put(b"\n\tPrevious Node %s, Broadcast Ack %d, Link Ack %d, Link Sequence %d" % (
                node(self.word(3)), self.word(1) & 0xFFFF, *divmod(self.word(2), 1 << 16)))

    def write_internal(self, line: Line) -> None:
        """From node to node."""
        target = self.word(7)
        line.put(b"TIPC v%d.0 %s > %s" % (self.version, node(self.word(6)), node(target)))
        self.write_about(line, TYPE_NAMES)
        line.put(b" (0x%08x)" % self.word(1))
        if not line.style.verbose:
            return
        if not self.pkt.has(self.off, 40):
            raise Truncated
        line.put(b"\n\tPrevious Node %s, Session No. %d, Broadcast Ack %d, Sequence Gap %d, "
                 b" Broadcast Gap After %d, Broadcast Gap To %d, Last Sent Packet No. %d, "
                 b"Next sent Packet No. %d, Transport Sequence %d, msg_count %d, "
                 b"Link Tolerance %d" % (
                     node(self.word(3)), self.word(5) >> 16, self.word(1) & 0xFFFF,
                     self.word(1) >> 16 & 0x1FFF, *divmod(self.word(2), 1 << 16),
                     *divmod(self.word(4), 1 << 16), self.word(8),
                     *divmod(self.word(9), 1 << 16)))

    def write_discovery(self, line: Line) -> None:
        """A node looks for others."""
        source = self.word(3)
        line.put(b"TIPC v%d.0 %s > %s" % (self.version, node(source), node(self.word(2))))
        self.write_about(line, DISCOVERY_NAMES)
        if line.style.verbose:
            media = self.word(5) & 0xFF
            line.put(b"\n\tNodeSignature %d, network_id %d, media_id %d" % (
                self.word(1) & 0xFFFF, self.word(4), media))


def node(address: int) -> bytes:
    """Zone, cluster and node."""
    return b"%d.%d.%d" % (address >> 24, address >> 12 & 0xFFF, address & 0xFFF)
