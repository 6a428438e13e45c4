"""Which conversation a packet belongs to: TCP's put in order, UDP's as it came; memory bounded.

A conversation is a pair of addresses and ports; the first sender is its first half. It is numbered
from 0 for each protocol, as Wireshark's tcp.stream and udp.stream are; a SYN with another initial
sequence number, or after a FIN or RST, begins a new one.

The policy of memory: everything that is kept has a price in bytes. When the sum is more than
``memory``, a conversation that has more than a quarter of it hands out what it has, and goes on;
else the one that was silent for longest does, and then is forgotten. Each says so in what it was
handed out for. One that is closed is handed out at once; one that was reset, after ``LINGER``,
because a forged RST ends nothing. Both stay known, so that late copies begin nothing new.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import attrgetter

from fyke.conversations.segments import Half, Segment
from fyke.hints import Any
from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP
from fyke.layers.tables import ByContent, read_rooms, table
from fyke.layers.transport.tcp import Tcp
from fyke.layers.transport.udp import Udp
from fyke.source import Source
from fyke.wire import Record

FIN, SYN, RST, ACK = 1, 2, 4, 16
WORD = 0xFFFFFFFF
CONVERSATION_COST = 1500  # bytes of memory that a conversation takes without what was said
LINGER = 10_000_000_000  # nanoseconds that a reset conversation may still go on
MAX_LAYERS = 64  # headers of one packet that are followed
HEADER_LENGTH = 20  # of IPv4 and of TCP, without options
EVERYTHING = 1 << 62  # ``keep``: all data
TURN = 4096  # packets between two looks at the world

#: Layers above UDP that carry whole packets: what is in those is a conversation of its own.
TUNNELS = frozenset(("vxlan", "geneve", "l2tp", "lisp", "otv", "gtp", "nsh", "teredo", "mpls"))
#: Layers that show a packet which was not sent here: an error's.
QUOTING = frozenset(("icmp", "icmp6"))


class Conversation:
    """One of the table: the half that sent first, the other, and what both said since last time."""

    __slots__ = ("end", "first", "handed", "held", "key", "listed", "newer", "number", "older",
                 "opening", "over", "part", "protocol", "reset", "second", "segments", "start")

    older: Conversation | None
    newer: Conversation | None

    def __init__(self, protocol: str, number: int, key: bytes, first: Half, second: Half,
                 segments: list[Segment]) -> None:
        self.protocol = protocol
        self.number = number
        self.key = key  #: addresses and ports of the first packet
        self.first = first
        self.second = second
        self.segments = segments
        self.start = 0  #: nanoseconds since the epoch
        self.end = 0
        self.opening = 0  #: number of its first packet
        self.part = 0  #: how often it was handed out
        self.handed = False  #: whether that was all that was known
        self.over = False  #: a FIN or RST was seen
        self.reset = False
        self.held = 0  #: what it costs now
        self.listed = False  #: whether it is in the table
        self.older = None
        self.newer = None


class Assembler:
    """Takes packets; what leaves the table is in ``ready``, as ``make`` makes it.

    ``make(conversation, why)`` must copy what it wants of the numbers; the list of segments is its
    own. ``memory`` in bytes; ``keep``: bytes of each side that are kept; ``idle``: nanoseconds of
    silence after which a conversation leaves, 0 for never; ``last``: which of bytes that come twice
    count; ``protocol`` and ``only``: the one conversation whose data is wanted (-1: all);
    ``watch``: ports of which new conversations are put into ``watched``.
    """

    __slots__ = ("crowded", "first", "first_type", "idle", "keep", "last", "lingering", "links",
                 "make", "memory", "newest", "now", "number", "oldest", "only", "opened",
                 "protocol", "ready", "record", "tcp", "tcps", "tunnels", "udp", "udps", "used",
                 "wanted", "watch", "watched")

    oldest: Conversation | None
    newest: Conversation | None
    first: Layer | None

    def __init__(self, make: Callable[[Conversation, str], Any], *, memory: int,
                 keep: int = EVERYTHING, idle: int = 0, last: bool = False, protocol: str = "",
                 only: int = -1, watch: frozenset[int] = frozenset()) -> None:
        read_rooms()
        self.make = make
        self.memory = memory
        self.keep = keep
        self.idle = idle
        self.last = last
        self.protocol = protocol
        self.only = only
        self.watch = watch
        self.watched: list[Conversation] = []
        self.wanted: Conversation | None = None  #: the one of ``only``, once it has begun
        self.record = Record()
        self.links = table("link_type")
        self.first = None
        self.first_type = -1
        self.tunnels: dict[Any, bool] = {}
        self.tcps: dict[bytes, Half] = {}
        self.udps: dict[bytes, Half] = {}
        self.tcp = 0  #: TCP conversations so far
        self.udp = 0
        self.opened = 0  #: in the table now
        self.crowded = 0  #: conversations that were handed out because memory was full
        self.number = 0  #: packets so far
        self.now = 0  #: the latest time of a packet
        self.used = 0  #: bytes of memory, of ``memory``
        self.oldest = None
        self.newest = None
        self.lingering: deque[tuple[int, Conversation]] = deque()
        self.ready: list[Any] = []

    def run(self, source: Source) -> bool:
        """Take packets until something is ready or wanted, at most a turn.

        True when the source has no more at this moment.
        """
        record = self.record
        budget = TURN
        while budget > 0:
            budget -= 1
            if not source.next(record):
                return True
            self.take(record)
            if self.ready or (self.wanted is not None and self.wanted.segments):
                return False
        return False

    def take(self, pkt: Record) -> None:
        """One packet."""
        self.number += 1
        if pkt.time > self.now:
            self.now = pkt.time
            if self.idle or self.lingering:
                self.expire()
        if pkt.link_type != self.first_type:
            self.begin(pkt.link_type)
        if self.first is None:
            return
        layer: Layer | None = self.first.at(pkt, 0, pkt.wirelen)
        depth = 0
        while layer is not None and depth < MAX_LAYERS:
            layer.decode()
            if isinstance(layer, Tcp):
                self.take_tcp(pkt, layer)
                break
            if isinstance(layer, Udp):
                self.take_udp(pkt, layer)
                if layer.next is None or not self.tunnel(layer.next):
                    break
            elif layer.short or layer.name in QUOTING:
                break
            layer = layer.follow()
            depth += 1
        pkt.widen(pkt.caplen)
        if self.used > self.memory:
            self.make_room()

    def begin(self, link_type: int) -> None:
        """Packets of another link type."""
        kind = self.links.find(link_type)
        self.first_type = link_type
        self.first = None
        if kind is not None:
            self.first = kind()
            self.first.reused = True

    def tunnel(self, kind: Any) -> bool:
        """Whether a layer above UDP carries packets."""
        known = self.tunnels.get(kind)
        if known is None:
            known = type(kind) is ByContent or kind.name in TUNNELS  # a port that tunnels share
            self.tunnels[kind] = known
        return known

    def key_of(self, pkt: Record, layer: Layer) -> bytes:
        """Both addresses and ports as they stand in the packet; empty where there are none."""
        below = layer.below
        if layer.short or not isinstance(below, IP):
            return b""
        ip: IP = below
        if ip.fragment:
            return b""
        if ip.family == 4:
            if layer.off == ip.off + HEADER_LENGTH:
                return pkt.raw(ip.off + 12, 12)
            return pkt.raw(ip.off + 12, 8) + pkt.raw(layer.off, 4)
        return pkt.raw(ip.off + 8, 32) + pkt.raw(layer.off, 4)

    def take_tcp(self, pkt: Record, layer: Tcp) -> None:
        """A segment: to its half, and what it acknowledges to the other."""
        key = self.key_of(pkt, layer)
        header = layer.header_size
        if not key or header < HEADER_LENGTH or header > layer.size:
            return
        off = layer.off
        seq = pkt.u32(off + 4)
        flags = pkt.u8(off + 13)
        half = self.tcps.get(key)
        if half is None:
            half = self.open(pkt, "tcp", key, flags)
        elif flags & (SYN | ACK) == SYN and half.based:
            old: Conversation = half.conversation
            if seq != half.isn or old.over:
                self.leave(old, "reused")
                half = self.open(pkt, "tcp", key, flags)
        other = half.other
        if other is None:
            return
        one: Conversation = half.conversation
        before = half.kept + other.kept
        self.meet(one, half, pkt)
        if not half.based:
            half.based = True
            half.isn = seq if flags & SYN else (seq - 1) & WORD
        if flags & ACK:
            ack = pkt.u32(off + 8)
            if not other.based:
                other.based = True
                other.isn = (ack - 1) & WORD
            other.acknowledge(ack)
        half.take(pkt, layer.payload_off, layer.payload_length, seq, flags)
        cost = half.kept + other.kept - before
        one.held += cost
        self.used += cost
        if flags & (FIN | RST):
            one.over = True
        if one.over and not one.handed:
            self.close(one, flags)

    def take_udp(self, pkt: Record, layer: Udp) -> None:
        """A datagram."""
        key = self.key_of(pkt, layer)
        if not key:
            return
        half = self.udps.get(key)
        if half is None:
            half = self.open(pkt, "udp", key, 0)
        one: Conversation = half.conversation
        before = half.kept
        self.meet(one, half, pkt)
        half.append(pkt, layer.payload_off, layer.payload_length)
        one.held += half.kept - before
        self.used += half.kept - before

    def meet(self, one: Conversation, half: Half, pkt: Record) -> None:
        """A packet of a conversation: it is the newest now."""
        half.packets += 1
        half.time = pkt.time
        half.number = self.number
        if pkt.time > one.end:
            one.end = pkt.time
        if self.newest is not one:
            self.unlink(one)
            self.link(one)

    def open(self, pkt: Record, protocol: str, key: bytes, flags: int) -> Half:
        """A new conversation; the half of its first sender."""
        if protocol == "tcp":
            number = self.tcp
            self.tcp += 1
            halves = self.tcps
        else:
            number = self.udp
            self.udp += 1
            halves = self.udps
        keep = self.keep
        wanted = self.only == number and self.protocol == protocol
        if self.only >= 0 and not wanted:
            keep = 0
        answer = flags & (SYN | ACK) == SYN | ACK  # only servers send that
        segments: list[Segment] = []
        half = Half("server" if answer else "client", segments, self.last, keep)
        other = Half("client" if answer else "server", segments, self.last, keep)
        one = Conversation(protocol, number, key, half, other, segments)
        half.other, other.other = other, half
        half.conversation = other.conversation = one
        one.start = one.end = pkt.time
        one.opening = self.number
        back = self.turned(key)
        if back == key:  # somebody talks to himself: one half says it all
            half.other = half
            one.second = half
        else:
            halves[back] = other
        halves[key] = half
        if wanted:
            self.wanted = one
        if self.watch and (int.from_bytes(key[-4:-2], "big") in self.watch
                           or int.from_bytes(key[-2:], "big") in self.watch):
            self.watched.append(one)
        one.held = CONVERSATION_COST
        self.used += CONVERSATION_COST
        self.link(one)
        return half

    def link(self, one: Conversation) -> None:
        """Put one at the newest end of the table."""
        one.older = self.newest
        one.newer = None
        if self.newest is not None:
            self.newest.newer = one
        self.newest = one
        if self.oldest is None:
            self.oldest = one
        one.listed = True
        self.opened += 1

    def unlink(self, one: Conversation) -> None:
        """Take one out of the order of the table."""
        if not one.listed:
            return
        if one.older is not None:
            one.older.newer = one.newer
        else:
            self.oldest = one.newer
        if one.newer is not None:
            one.newer.older = one.older
        else:
            self.newest = one.older
        one.older = one.newer = None
        one.listed = False
        self.opened -= 1

    def close(self, one: Conversation, flags: int) -> None:
        """After a FIN or RST: hand it out when both sides have said and got all."""
        first = one.first
        second = one.second
        if flags & RST:
            if not one.reset:
                one.reset = True
                self.lingering.append((self.now + LINGER, one))
        elif (0 <= first.fin < first.acked and 0 <= second.fin < second.acked
              and first.missing == 0 and second.missing == 0):
            self.hand(one, "closed")
            one.handed = True

    def expire(self) -> None:
        """Hand out what was reset long enough ago, and what was silent for too long."""
        while self.lingering and self.lingering[0][0] <= self.now:
            one: Conversation = self.lingering.popleft()[1]
            if one.listed and not one.handed:
                self.hand(one, "reset")
                one.handed = True
        while self.idle:
            oldest = self.oldest
            if oldest is None or oldest.end + self.idle > self.now:
                break
            self.leave(oldest, "idle")

    def pass_to(self, now: int) -> None:
        """The clock goes on though no packet comes (live): nanoseconds since the epoch."""
        if now > self.now:
            self.now = now
            self.expire()

    def make_room(self) -> None:
        """Memory is full: the policy of the module's first lines."""
        newest = self.newest
        if newest is not None and newest.held > self.memory >> 2:
            self.crowded += 1
            self.hand(newest, "memory")
        while self.used > self.memory:
            oldest = self.oldest
            if oldest is None:
                break
            if oldest.held <= CONVERSATION_COST or oldest is self.newest:
                self.crowded += not oldest.handed
                self.leave(oldest, "memory")
            else:
                self.crowded += 1
                self.hand(oldest, "memory")

    def hand(self, one: Conversation, why: str) -> None:
        """Hand out what a conversation has; it goes on."""
        one.first.flush()
        one.second.flush()
        self.ready.append(self.make(one, why))
        one.part += 1
        segments: list[Segment] = []
        one.segments = segments
        one.first.out = one.second.out = segments
        one.first.kept = one.second.kept = 0
        one.first.shown = one.first.next
        one.second.shown = one.second.next
        self.used -= one.held - CONVERSATION_COST
        one.held = CONVERSATION_COST

    def leave(self, one: Conversation, why: str) -> None:
        """One that is not known any more; what it has is handed out, unless that was all."""
        if not one.listed:
            return
        if not one.handed or one.segments:
            self.hand(one, why)
        self.used -= one.held
        self.unlink(one)
        halves = self.tcps if one.protocol == "tcp" else self.udps
        for key in (one.key, self.turned(one.key)):
            half = halves.get(key)
            if half is not None and half.conversation is one:
                del halves[key]
        one.first.other = one.second.other = None
        one.first.conversation = one.second.conversation = None

    def turned(self, key: bytes) -> bytes:
        """The key of the other direction."""
        size = (len(key) - 4) >> 1
        return key[size:size * 2] + key[:size] + key[-2:] + key[-4:-2]

    def rest(self) -> list[Conversation]:
        """All that are in the table, in the order in which they began."""
        found = []
        one = self.oldest
        while one is not None:
            found.append(one)
            one = one.newer
        found.sort(key=attrgetter("opening"))
        return found
