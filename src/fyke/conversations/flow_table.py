"""Room conversations/: finds each packet's flow, in bounded memory. Compiled: the hot loop.

``benchmarks/flow_table.py`` compares it with plain Python.
"""

from __future__ import annotations

import os

from fyke.conversations.flow import (
    ACTIVE,
    AT_END,
    BY_FIRST,
    BY_PORT,
    IDLE,
    MEMORY,
    REUSED,
    Flow,
    Side,
)
from fyke.conversations.fragments import Datagrams
from fyke.conversations.header import Header
from fyke.conversations.names import LONGEST_HELLO, Names, quic_name, recognise, server_name
from fyke.hints import Any
from fyke.source import Sink
from fyke.wire import Record

CAPACITY = 1 << 18  # flows at once: some 130 MB
FIRST_BUCKETS = 1 << 12
LOOKS = 4  # payloads of a flow that are looked at, until its application is known
INITIALS = 4  # datagrams of a QUIC client that are opened for its hello
MAX_OPTIONS = 40
MIX = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio (Fibonacci hashing)
WORD = 0xFFFFFFFFFFFFFFFF


class FlowTable(Sink):
    """Counts packets by flow. ``ended`` has the flows that are at their end: take them out.

    ``active`` and ``idle``: time-outs in nanoseconds, 0 for none. Of more flows than ``capacity``
    the least recently seen ends. Buckets are chosen with a secret, so that nobody can fill one.
    ``quic``: open QUIC's Initial packets where no name is known, which takes 0.2 ms a flow.
    """

    __slots__ = ("active", "buckets", "capacity", "count", "datagrams", "ended", "evicted",
                 "flows", "free", "header", "idle", "loose", "malformed", "mask", "names",
                 "newest", "now", "octets", "oldest", "other", "packets", "quic", "seed", "slots")

    packets: int
    octets: int  #: of all packets on the wire
    other: int  #: packets without an IP header
    malformed: int  #: transport headers that are cut short or cannot be
    loose: int  #: fragments of which no datagram came
    evicted: int  #: flows that left because the memory was full
    flows: int  #: flows begun

    def __init__(self, capacity: int = CAPACITY, active: int = 0, idle: int = 0,
                 names: bool = True, quic: bool = False) -> None:
        self.quic = quic and names
        self.capacity = capacity
        self.active = active
        self.idle = idle
        self.packets = self.octets = self.other = self.malformed = self.loose = 0
        self.evicted = self.flows = self.now = self.count = 0
        self.names = Names() if names else None
        self.datagrams = Datagrams()
        self.datagrams.keeps = False
        self.ended: list[Flow] = []
        self.buckets: list[Flow | None] = [None] * FIRST_BUCKETS
        self.mask = FIRST_BUCKETS - 1
        self.slots: list[Flow | None] = []
        self.free: list[int] = []
        self.newest = self.oldest = -1
        self.seed = int.from_bytes(os.urandom(8), "big") | 1
        self.header = Header()

    def add(self, packet: Record) -> None:
        header = self.header
        self.packets += 1
        self.octets += packet.wirelen
        if packet.time > self.now:
            self.now = packet.time
            if self.idle and self.oldest >= 0:
                self.expire()
        header.begin(packet)
        if header.step(packet):
            self.count_in(packet, header, packet.wirelen)
        else:
            self.other += 1

    def count_in(self, packet: Record, header: Header, octets: int) -> None:
        """A packet belongs to the flow of each IP header that it has."""
        while True:
            if header.is_fragment and (header.offset or not header.cut):
                self.fragment(packet, header)
                break
            self.transport(packet, header, octets)
            if not header.step(packet):
                break

    def fragment(self, packet: Record, header: Header) -> None:
        """A datagram belongs to its flow when it is whole; a frame is the last fragment's."""
        depth = header.depth
        found = None if header.cut else self.datagrams.put(packet, header)
        if found is None:
            self.loose += 1
            return
        whole, datagram = found
        self.loose -= len(datagram.pieces) - 1
        header = Header()
        header.begin(whole)
        while header.step(whole):
            if header.depth == depth:
                break
        else:
            return
        flow = self.transport(whole, header, packet.wirelen)
        if flow is not None:
            flow.fragments += len(datagram.pieces) - 1
            flow.fragment_bytes += datagram.octets - packet.wirelen
        if header.step(whole):
            self.count_in(whole, header, packet.wirelen)

    def transport(self, packet: Record, header: Header, octets: int) -> Flow | None:
        """Count a packet in the flow of an IP header; None if there is no telling which."""
        at = header.payload
        proto = header.proto
        if proto < 0:
            self.malformed += 1
            return None
        sport = dport = flags = seq = 0
        length = header.end - at
        if proto == 6:
            if not packet.has(at, 20) or length < 20:
                self.malformed += 1
                return None
            size = packet.u8(at + 12) >> 4 << 2
            if size < 20:
                self.malformed += 1
                return None
            flags = packet.u8(at + 13)
            seq = packet.u32(at + 4)
            length = length - size if length > size else 0
            sport = packet.u16(at)
            dport = packet.u16(at + 2)
        elif proto == 17 or proto == 132 or proto == 33 or proto == 136:
            size = 8 if proto == 17 or proto == 136 else 12
            if not packet.has(at, 8) or (proto == 17 and 0 < packet.u16(at + 4) < 8):
                self.malformed += 1
                return None
            length = length - size if length > size else 0
            sport = packet.u16(at)
            dport = packet.u16(at + 2)
        else:
            size = 0
        flow = self.find(header, sport, dport, flags, seq, packet.time)
        a_sends = flow.from_a
        if header.src_low != (flow.a_low if a_sends else flow.b_low) or (
                header.src_high != (flow.a_high if a_sends else flow.b_high)) or (
                sport != (flow.ports >> 16 & 0xFFFF if a_sends else flow.ports & 0xFFFF)):
            a_sends = not a_sends
        side = flow.a if a_sends else flow.b
        side.packets += 1
        side.bytes += octets
        side.payload += length
        flow.end = packet.time
        if proto == 6:
            if flags & 2 and size > 20:
                self.options(packet, side, at + 20, at + size)
            flow.segment(a_sends, seq, packet.u32(at + 8), flags, packet.u16(at + 14), length,
                         packet.time)
        elif proto == 17 and self.names is not None and (sport == 53 or sport == 5353):
            self.names.learn(packet, at + 8, header.end)
        if length and flow.looks:
            self.look(packet, flow, at + size, header.end, proto, a_sends == flow.from_a, seq)
        return flow

    # --- the table ---

    def find(self, header: Header, sport: int, dport: int, flags: int, seq: int,
             time: int) -> Flow:
        """The flow of a packet, made if it was not there, and moved to the newest."""
        a_sends = header.src_low < header.dst_low
        if header.src_low == header.dst_low:
            a_sends = header.src_high < header.dst_high
            if header.src_high == header.dst_high:
                a_sends = sport <= dport
        ports = header.family
        ports = (ports << 8 | header.proto) << 32
        if a_sends:
            a_high, a_low = header.src_high, header.src_low
            b_high, b_low = header.dst_high, header.dst_low
            ports |= sport << 16 | dport
        else:
            a_high, a_low = header.dst_high, header.dst_low
            b_high, b_low = header.src_high, header.src_low
            ports |= dport << 16 | sport
        flow = self.buckets[self.bucket_of(a_high, a_low, b_high, b_low, ports)]
        while flow is not None:
            if (flow.a_low == a_low and flow.b_low == b_low and flow.ports == ports
                    and flow.a_high == a_high and flow.b_high == b_high):
                break
            flow = flow.next
        if flow is None:
            return self.make(header, a_sends, sport, dport, time)
        if flags & 2 and flow.reused(a_sends, flags, seq):
            self.remove(flow, REUSED)
            return self.make(header, a_sends, sport, dport, time)
        if self.active and time - flow.start > self.active:
            after = flow.heir()
            self.remove(flow, ACTIVE)
            after.start = time
            self.insert(after)
            return after
        if flow.slot != self.newest:
            self.unlink(flow)
            self.link(flow)
        return flow

    def make(self, header: Header, a_sends: bool, sport: int, dport: int, time: int) -> Flow:
        """A new flow; who has the well-known port is the server, unless a SYN says otherwise."""
        flow = Flow()
        ports = header.family
        ports = (ports << 8 | header.proto) << 32
        if a_sends:
            flow.a_high, flow.a_low = header.src_high, header.src_low
            flow.b_high, flow.b_low = header.dst_high, header.dst_low
            flow.ports = ports | sport << 16 | dport
        else:
            flow.a_high, flow.a_low = header.dst_high, header.dst_low
            flow.b_high, flow.b_low = header.src_high, header.src_low
            flow.ports = ports | dport << 16 | sport
        flow.from_a = a_sends
        flow.opening = BY_FIRST
        if (sport < 1024) != (dport < 1024):
            flow.opening = BY_PORT
            if sport < 1024:
                flow.from_a = not a_sends
        flow.start = time
        flow.tag = header.vlan
        if header.depth > 0:
            flow.carrier = header.tunnel
        flow.looks = LOOKS
        if self.names is not None and self.names.known:
            if flow.from_a:
                flow.name = self.names.of(flow.b_high, flow.b_low)
            else:
                flow.name = self.names.of(flow.a_high, flow.a_low)
        self.insert(flow)
        return flow

    def insert(self, flow: Flow) -> None:
        """Take a flow in; the least recently seen leaves where there is no room."""
        if self.count >= self.capacity:
            self.evicted += 1
            self.remove(self.slots[self.oldest], MEMORY)  # type: ignore[arg-type]
        if self.count > self.mask:
            self.grow()
        flow.number = self.flows
        self.flows += 1
        bucket = self.bucket_of(flow.a_high, flow.a_low, flow.b_high, flow.b_low, flow.ports)
        flow.next = self.buckets[bucket]
        self.buckets[bucket] = flow
        if self.free:
            flow.slot = self.free.pop()
            self.slots[flow.slot] = flow
        else:
            flow.slot = len(self.slots)
            self.slots.append(flow)
        self.count += 1
        self.link(flow)

    def grow(self) -> None:
        """Twice as many buckets."""
        size = 2 * (self.mask + 1)
        self.mask = size - 1
        self.buckets = [None] * size
        for flow in self.slots:
            if flow is not None:
                bucket = self.bucket_of(flow.a_high, flow.a_low, flow.b_high, flow.b_low,
                                        flow.ports)
                flow.next = self.buckets[bucket]
                self.buckets[bucket] = flow

    def remove(self, flow: Flow, why: int) -> None:
        """A flow is at its end."""
        bucket = self.bucket_of(flow.a_high, flow.a_low, flow.b_high, flow.b_low, flow.ports)
        after = self.buckets[bucket]
        if after is flow:
            self.buckets[bucket] = flow.next
        else:
            while after is not None and after.next is not flow:
                after = after.next
            if after is not None:
                after.next = flow.next
        flow.next = None
        self.unlink(flow)
        self.slots[flow.slot] = None
        self.free.append(flow.slot)
        self.count -= 1
        flow.ending = why
        flow.hello = None
        self.ended.append(flow)

    def unlink(self, flow: Flow) -> None:
        """Out of the order in which flows were seen."""
        if flow.newer >= 0:
            other = self.slots[flow.newer]
            other.older = flow.older  # type: ignore[union-attr]
        else:
            self.newest = flow.older
        if flow.older >= 0:
            other = self.slots[flow.older]
            other.newer = flow.newer  # type: ignore[union-attr]
        else:
            self.oldest = flow.newer

    def link(self, flow: Flow) -> None:
        """The newest in that order."""
        flow.newer = -1
        flow.older = self.newest
        if self.newest >= 0:
            other = self.slots[self.newest]
            other.newer = flow.slot  # type: ignore[union-attr]
        else:
            self.oldest = flow.slot
        self.newest = flow.slot

    def expire(self) -> None:
        """End the flows that were idle for too long."""
        while self.oldest >= 0:
            flow = self.slots[self.oldest]
            if flow is None or self.now - flow.end <= self.idle:
                return
            self.remove(flow, IDLE)

    def pass_time(self, now: int) -> None:
        """The clock goes on although no packet came: nanoseconds since the epoch."""
        if now > self.now:
            self.now = now
            if self.idle:
                self.expire()

    def going_on(self) -> list[Flow]:
        """The flows that are not at their end, in order of their first packets."""
        return sorted((flow for flow in self.slots if flow is not None),
                      key=lambda flow: flow.number)

    def finish(self) -> None:
        """No packet comes any more: all flows end."""
        for flow in self.going_on():
            self.remove(flow, AT_END)
        self.datagrams.end()

    def bucket_of(self, a_high: int, a_low: int, b_high: int, b_low: int, ports: int) -> int:
        """A bucket's number, from all the key's bits and the secret."""
        h = (a_low ^ self.seed) * MIX & WORD
        h = ((h ^ h >> 32) + b_low) * self.seed & WORD
        h = ((h ^ h >> 29) + ports) * MIX & WORD
        if a_high or b_high:
            h = ((h ^ h >> 32) + a_high) * self.seed & WORD
            h = ((h ^ h >> 29) + b_high) * MIX & WORD
        return (h ^ h >> 32) & self.mask

    # --- what is inside ---

    def options(self, packet: Record, side: Side, at: int, end: int) -> None:
        """Maximum segment size and window scale of a SYN (RFC 9293 §3.2, RFC 7323 §2.2)."""
        for _turn in range(MAX_OPTIONS):
            if not packet.has(at, 2) or at + 2 > end:
                return
            kind = packet.u8(at)
            if kind == 1:
                at += 1
                continue
            size = packet.u8(at + 1)
            if kind == 0 or size < 2 or at + size > end or not packet.has(at, size):
                return
            if kind == 2 and size == 4:
                side.announced = packet.u16(at + 2)
            elif kind == 3 and size == 3:
                side.scale = packet.u8(at + 2)
            at += size

    def look(self, packet: Record, flow: Flow, at: int, end: int, proto: int, from_client: bool,
             seq: int) -> None:
        """What a payload says of the application and the server."""
        if flow.hello is not None:
            if from_client and proto == 6:
                self.hear(packet, flow, at, end, seq)
            elif from_client:
                self.hear_quic(packet, flow, at, end)
            return
        flow.looks -= 1
        if proto != 6 and proto != 17:
            flow.looks = 0
        elif flow.recognised is None:
            flow.recognised = recognise(packet, at, end, proto)
            if flow.recognised is not None:
                flow.looks = 0
                if flow.recognised == "tls" and from_client and self.names is not None:
                    flow.hello = b""
                    self.hear(packet, flow, at, end, seq)
                elif (self.quic and flow.recognised == "quic" and from_client
                      and flow.name is None):
                    flow.hello = {}
                    flow.looks = INITIALS
                    self.hear_quic(packet, flow, at, end)

    def hear(self, packet: Record, flow: Flow, at: int, end: int, seq: int) -> None:
        """One more segment of a ClientHello."""
        hello: Any = flow.hello
        if hello and seq != flow.expected:
            return
        if end > packet.end:
            end = packet.end
        hello += packet.raw(at, end - at)
        name, more = server_name(hello)
        if name is not None:
            flow.name = name
        if more and len(hello) < LONGEST_HELLO:
            flow.hello = hello
            flow.looks = LOOKS
            flow.expected = (seq + end - at) & 0xFFFFFFFF
        else:
            flow.hello = None
            flow.looks = 0

    def hear_quic(self, packet: Record, flow: Flow, at: int, end: int) -> None:
        """One more Initial of a client: its ClientHello may be in several."""
        flow.looks -= 1
        name, more = quic_name(packet, at, min(end, packet.end), flow.hello)
        flow.name = name
        if not more or flow.looks <= 0:
            flow.hello = None
            flow.looks = 0
