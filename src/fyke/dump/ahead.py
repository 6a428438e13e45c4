"""Reads a file ahead of those who print its parts: what each part owes to the packets before it.

What the text of a packet owes to others is remembered by protocols (layers/associations.py), and
by the clock of -ttt. One process goes through all packets in their order. Of those that are
ordinary it does what their text would do to that memory, which is little: TCP's first numbers. All
others it prints, to a line that nobody reads. The rest of the work, the text, is then anybody's.

Compiled: with two processes it is a tenth of all work, uncompiled it would be more than the text.
"""

from __future__ import annotations

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
IPV4, IPV6, VLAN = 0x0800, 0x86DD, 0x8100
ARP = 0x0806
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
                 "records", "relates", "tcp", "told", "udp", "young")

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
        if not lengths_fit(packet):
            return False
        link = packet.link_type
        at = 14
        if link == ETHERNET:
            if not packet.has(0, 18):
                return False
            kind = packet.u16(12)
            if kind == VLAN:
                kind = packet.u16(16)
                at = 18
            elif kind == ARP:
                return True
        elif link == RAW:
            at = 0
            kind = IPV6 if packet.u8(0) >> 4 == 6 else IPV4
        elif (link == SLL and packet.has(0, 16) and packet.u16(2) in ORDINARY_HARDWARE):
            at = 16
            kind = packet.u16(14)
        elif (link == SLL2 and packet.has(0, 20) and packet.u16(8) in ORDINARY_HARDWARE):
            at = 20
            kind = packet.u16(0)
        else:
            return False
        if kind == IPV4:
            if not packet.has(at, 20) or packet.u8(at) != 0x45 or packet.u16(at + 6) & 0x3FFF:
                return False
            return self.inside(packet, 4, at, packet.u8(at + 9), at + 20,
                               at + packet.u16(at + 2))
        if kind == IPV6:
            if not packet.has(at, 40) or packet.u8(at) >> 4 != 6:
                return False
            return self.inside(packet, 6, at, packet.u8(at + 6), at + 40,
                               at + 40 + packet.u16(at + 4))
        return False

    def inside(self, packet: Record, family: int, ip: int, proto: int, at: int,
               end: int) -> bool:
        """The same of what an IP header carries: octets ``at`` to ``end`` of the frame."""
        have = end if end < packet.caplen else packet.caplen
        if have - at < 8:
            return False
        if proto == TCP:
            return have - at >= 20 and self.segment(packet, family, ip, at, end)
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

    def segment(self, packet: Record, family: int, ip: int, at: int, end: int) -> bool:
        """The same of a TCP segment."""
        header = packet.u8(at + 12) >> 4 << 2
        source = packet.u16(at)
        target = packet.u16(at + 2)
        if header < 20 or (end > at + header and (self.tcp[source] or self.tcp[target])):
            return False
        flags = packet.u8(at + 13)
        if not self.relates or not flags & ACK:
            return True
        src_high = src_low = dst_high = dst_low = 0
        if family == 4:
            src_low = packet.u32(ip + 12)
            dst_low = packet.u32(ip + 16)
        else:
            src_high = packet.u64(ip + 8)
            src_low = packet.u64(ip + 16)
            dst_high = packet.u64(ip + 24)
            dst_low = packet.u64(ip + 32)
        self.flows.relate(src_high, src_low, dst_high, dst_low, family, source, target,
                          packet.u32(at + 4), packet.u32(at + 8), flags & SYN != 0)
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
