"""Reads a file ahead of those who print its parts: what each part owes to the packets before it.

What the text of a packet owes to others is remembered by protocols (layers/associations.py), and
by the clock of -ttt. One process goes through all packets in their order. Of those that are
ordinary it does what their text would do to that memory, which is little: TCP's first numbers. All
others it prints, to a line that nobody reads. The rest of the work, the text, is then anybody's.

Compiled: with two processes it is a tenth of all work, uncompiled it would be more than the text.
"""

from __future__ import annotations

from fyke.conversations.header import Header
from fyke.dump.printer import Printer, lengths_fit
from fyke.hints import Any
from fyke.layers.associations import associations_of
from fyke.layers.carrying import not_simple
from fyke.layers.tables import read_rooms
from fyke.layers.transport.flows import Flows
from fyke.source import Sink, Source
from fyke.wire import Line, Record

DESCRIBED = 24  # octets that describe a packet of a part
APART = 0xFFFFFFFF  # where no octets of the part are: the packet is handed over by itself
MOST_APART = 1 << 12  # packets of a part

ETHERNET, RAW, SLL, SLL2 = 1, 101, 113, 276
ARP = 0x0806  # EtherType
MOST_IN_FRONT = 20  # octets in front of IP: no LLC, which may say where IP ends
ORDINARY_HARDWARE = (1, 772)  # Ethernet, loopback (ARPHRD_*)
ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
ACK, SYN = 0x10, 0x02
LONG_HEADER = 0x80  # of QUIC: it tells identifiers (RFC 9000 §17.2)
SINCE_PREVIOUS, SINCE_FIRST = 3, 5  # -ttt, -ttttt


class Ahead(Sink):
    """Notes every packet for ``parts``, which gives them to others: see cli/jobs.py.

    ``printer`` is as theirs are; of its text nothing is kept. ``parts.begun()`` is called when a
    part begins, ``parts.closed()`` when one is complete.
    """

    __slots__ = ("apart", "count", "differences", "flows", "memory", "owner", "parts", "printer",
                 "records", "relates", "tcp", "told", "udp", "walk", "young")

    def __init__(self, printer: Printer, parts: Any) -> None:
        read_rooms()
        self.printer = printer
        self.parts = parts
        style = printer.line.style
        self.relates = not style.absolute_seq and not style.quiet
        self.differences = printer.stamp.mode in (SINCE_PREVIOUS, SINCE_FIRST)
        self.flows: Flows = associations_of(printer.line).conversations()
        self.tcp = not_simple("tcp")
        self.udp = not_simple("udp")
        self.walk = Header()
        self.records = Line(limit=1 << 30)
        self.told = Line(limit=1 << 30)
        self.memory: Any = None  #: the buffer of the part
        self.owner: Any = None  #: the last view of it
        self.apart: list[Record] = []
        self.count = 0  #: packets of the part so far
        self.young = 0  #: flows that were young when it began

    def begin(self) -> None:
        """Another part."""
        self.young = self.flows.count
        self.flows.begin_part(self.told)
        self.parts.begun()

    def take(self) -> tuple[bytes, list[Record], bytes, int]:
        """The part, and end it: its packets, those apart, what Flows told, and ``young``."""
        apart, self.apart = self.apart, []
        self.count = 0
        return self.records.text(), apart, self.told.text(), self.young

    def add(self, packet: Record) -> None:
        if self.count == 0:
            self.begin()
        self.count += 1
        self.printer.number += 1
        self.describe(packet)
        self.remember(packet)
        if len(self.apart) >= MOST_APART:
            self.parts.closed()

    def describe(self, packet: Record) -> None:
        """Where the packet is and what its source said of it."""
        records = self.records
        if packet.fraction != 0 or packet.time < 0 or (
                packet.meta is not None and has_comments(packet.meta)) or (
                packet.owner is not self.owner and not self.is_here(packet)):
            self.apart.append(packet.copy())
            records.le32(APART)
        else:
            time = packet.time
            records.le32(packet.start)
            records.le32(packet.caplen)
            records.le32(packet.wirelen)
            records.le32(time)  # its lower half
            records.le32(time >> 32)
            records.le32(packet.link_type)

    def is_here(self, packet: Record) -> bool:
        """Whether its octets are in the buffer of the part."""
        if self.memory is None or getattr(packet.owner, "obj", None) is not self.memory:
            return False  # it was made anew, such as one with a header in this host's order
        self.owner = packet.owner
        return True

    def remember(self, packet: Record) -> None:
        """What the packet's text would do to the memory of the run."""
        printer = self.printer
        line = printer.line
        if not self.is_ordinary(packet):
            printer.text(packet)
        elif self.differences:
            printer.stamp.write(line, packet)
        if line.pos:
            line.rewind(0)
            line.begin()

    def is_ordinary(self, packet: Record) -> bool:
        """Whether nothing but TCP's first numbers can be remembered, and that is done."""
        link = packet.link_type
        if not lengths_fit(packet) or not (
                link in (ETHERNET, RAW)
                or (link == SLL and packet.has(2, 2) and packet.u16(2) in ORDINARY_HARDWARE)
                or (link == SLL2 and packet.has(8, 2) and packet.u16(8) in ORDINARY_HARDWARE)):
            return False
        if link == ETHERNET and packet.has(12, 2) and packet.u16(12) == ARP:
            return True
        walk = self.walk
        walk.begin(packet)
        if not walk.step(packet) or walk.at > MOST_IN_FRONT or walk.is_fragment:
            return False
        if walk.payload != walk.at + (20 if walk.family == 4 else 40):
            return False  # options, extension headers
        have = walk.end if walk.end < packet.caplen else packet.caplen
        return have - walk.payload >= 8 and self.inside(packet, have)

    def inside(self, packet: Record, have: int) -> bool:
        """The same of what the IP header carries, captured up to ``have``."""
        proto = self.walk.proto
        at = self.walk.payload
        if proto == TCP:
            return have - at >= 20 and self.segment(packet)
        if proto == UDP:
            source = self.udp[packet.u16(at)]
            target = self.udp[packet.u16(at + 2)]
            if source == 0 and target == 0:
                return True
            return source != 1 and target != 1 and have - at >= 9 and (
                packet.u8(at + 8) & LONG_HEADER == 0)
        kind = packet.u8(at)
        if proto == ICMP:
            return kind == 0 or kind == 8  # an echo
        return proto == ICMP6 and 128 <= kind <= 136  # echo, listeners, neighbours

    def segment(self, packet: Record) -> bool:
        """The same of a TCP segment."""
        walk = self.walk
        at = walk.payload
        header = packet.u8(at + 12) >> 4 << 2
        source = packet.u16(at)
        target = packet.u16(at + 2)
        if header < 20 or (walk.end > at + header and (self.tcp[source] or self.tcp[target])):
            return False
        flags = packet.u8(at + 13)
        if self.relates and flags & ACK:
            self.flows.relate(walk.src_high, walk.src_low, walk.dst_high, walk.dst_low, walk.family,
                              source, target, packet.u32(at + 4), packet.u32(at + 8),
                              flags & SYN != 0)
        return True

    def tick(self) -> None:
        self.parts.tick()

    def flush(self) -> None:
        self.parts.flush()

    def close(self) -> None:
        self.parts.close()


def has_comments(meta: Any) -> bool:
    """Whether something of what a file says of a packet is printed."""
    return hasattr(meta, "first_comments") and bool(meta.first_comments(1)[1])


class Described(Source):
    """The packets of a part again: ``records`` as an Ahead wrote them, ``window`` on its buffer."""

    __slots__ = ("apart", "at", "records", "window")

    def __init__(self, records: bytes, window: Record, apart: list[Record]) -> None:
        self.records = Record(records)
        self.window = window
        self.apart = apart
        self.apart.reverse()
        self.at = 0

    def next(self, packet: Record) -> bool:
        records = self.records
        at = self.at
        if not records.has(at, 4):
            return False
        start = records.le32(at)
        if start == APART:
            self.at = at + 4
            packet.like(self.apart.pop())
            return True
        self.at = at + DESCRIBED
        packet.take(self.window, start, records.le32(at + 4))
        packet.wirelen = records.le32(at + 8)
        high = records.le32(at + 16)
        packet.time = high << 32 | records.le32(at + 12)
        packet.link_type = records.le32(at + 20)
        packet.fraction = 0
        packet.interface = 0
        packet.meta = None
        return True
