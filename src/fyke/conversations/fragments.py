"""Room conversations/: IP datagrams made whole from their fragments (RFC 791 §3.2, RFC 8200 §4.5).

``Defragmented`` is a Source around another: whole packets go through as they are, fragments wait
until their datagram is there, which comes in the place of its last fragment. What cannot be made
whole comes out as it was, later: nothing is lost, and what is unusual is counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict, deque
from operator import attrgetter

from fyke.conversations.header import Header, tunnel_ports
from fyke.errors import SavefileError, UsageError
from fyke.source import Source
from fyke.wire import Record

#: Datagrams that wait, and the octets of their fragments; then the one longest untouched goes.
MAX_DATAGRAMS = 4096
MAX_OCTETS = 32 << 20
#: Fragments of one datagram: 64 KiB in the smallest pieces, each of them twice.
MAX_FRAMES = 16384
#: Octets that a fragment held costs besides its own.
OVERHEAD = 256
LARGEST = 65535  # octets of a datagram
PATIENCE = 60_000_000_000  # nanoseconds; RFC 8200 §4.5 (and the end of RFC 791's range)

#: Whose octets stay where fragments overlap: the first to come, the last, or nobody's: the
#: datagram is not put together. RFC 5722 demands that of IPv6, and Linux does it for both; "rfc"
#: is "drop" for IPv6, and for IPv4, of which RFC 791 leaves it open, "first".
POLICIES = ("rfc", "first", "last", "drop")

#: IP protocols behind which there may be another IP header: UDP, IP in IP, IPv6 in IP, GRE; and
#: IPv6 extension headers, behind which there may be anything. One octet each.
TUNNELLED = bytearray(256)
for _proto in (0, 4, 17, 41, 43, 44, 47, 51, 60, 135):
    TUNNELLED[_proto] = 1

TUNNEL_PORTS = tunnel_ports()
START = attrgetter("start")


class Piece:
    """One fragment, and where in the datagram its octets belong."""

    __slots__ = ("frame", "payload", "start", "stop")

    def __init__(self, frame: Record, payload: int, start: int, stop: int) -> None:
        self.frame = frame
        self.payload = payload  # where these octets are in the frame
        self.start = start
        self.stop = stop


class Datagram:
    """The fragments of one datagram so far."""

    __slots__ = ("begun", "by_start", "cost", "covered", "depth", "first", "length", "octets",
                 "overlaps", "pieces", "previous")

    def __init__(self, time: int) -> None:
        self.begun = time
        self.pieces: list[Piece] = []
        self.by_start: dict[int, Piece] = {}
        self.covered: list[tuple[int, int]] = []  # what is there, in order, no two touching
        self.length = -1  # until the last fragment was seen
        self.first: Piece | None = None
        self.depth = 0  # IP headers in front of the fragmented one
        self.previous = 0  # where the octet is that says what follows the IPv6 header's parts
        self.octets = 0  # of its frames on the wire
        self.cost = 0  # octets that it holds
        self.overlaps = False

    def cover(self, start: int, stop: int) -> bool:
        """Note that octets are there; whether some of them were already."""
        at = bisect_left(self.covered, (start, 0))
        if at and self.covered[at - 1][1] >= start:
            at -= 1
        end = at
        low, high, twice = start, stop, False
        while end < len(self.covered):
            k0, k1 = self.covered[end]
            if k0 > stop:
                break
            twice = twice or (k0 < stop and start < k1)
            low = min(low, k0)
            high = max(high, k1)
            end += 1
        self.covered[at:end] = [(low, high)]
        return twice

    def complete(self) -> bool:
        """Whether all of it is there."""
        return (self.length >= 0 and self.first is not None
                and self.covered == [(0, self.length)])

    def octets_of(self, policy: str) -> bytes:
        """The payload; the policy says who wins where fragments overlap."""
        if not self.overlaps:
            in_order = sorted(self.pieces, key=START)
            return b"".join([piece.frame.raw(piece.payload, piece.stop - piece.start)
                             for piece in in_order])
        out = bytearray(self.length)
        for piece in (self.pieces if policy == "last" else reversed(self.pieces)):
            stop = min(piece.stop, self.length)
            out[piece.start:stop] = piece.frame.raw(piece.payload, stop - piece.start)
        return bytes(out)


class Datagrams:
    """Puts datagrams together; what happened is counted. ``policy`` is one of POLICIES.
    """

    __slots__ = ("dropped", "fragments", "given_up", "held", "incomplete", "keeps", "malformed",
                 "overlapping", "policy", "waiting", "whole")

    def __init__(self, policy: str = "rfc") -> None:
        if policy not in POLICIES:
            raise UsageError(f"defragment takes one of {', '.join(POLICIES)} for what to do with "
                             f"overlaps, not {policy!r}")
        self.policy = policy
        self.waiting: OrderedDict[tuple[int, ...], Datagram] = OrderedDict()
        self.held = 0  #: octets that wait
        self.given_up: deque[Record] = deque()  #: fragments of what was not put together
        self.keeps = True  #: whether those are wanted
        self.fragments = 0  #: fragments seen
        self.whole = 0  #: datagrams made whole
        self.overlapping = 0  #: datagrams whose fragments overlapped, with whatever end
        self.dropped = 0  #: … of them not put together: RFC 5722, or the policy "drop"
        self.malformed = 0  #: fragments that cannot be: too long a datagram, odd lengths
        self.incomplete = 0  #: datagrams given up: too old, no room, or the packets ended

    def put(self, packet: Record, header: Header) -> tuple[Record, Datagram] | None:
        """Take a fragment that was captured whole; the datagram, if this makes it whole."""
        self.fragments += 1
        start, stop = header.offset, header.offset + header.end - header.payload
        if stop > LARGEST or stop <= start or (header.more and stop & 7):
            self.malformed += 1
            self.pass_on(packet)
            return None
        key = key_of(header)
        found = self.waiting.get(key)
        if found is not None and (packet.time - found.begun > PATIENCE
                                  or len(found.pieces) >= MAX_FRAMES):
            self.give_up(key)
            found = None
        if found is None:
            found = self.waiting[key] = Datagram(packet.time)
        else:
            self.waiting.move_to_end(key)
        self.add(found, packet, header, start, stop)
        if found.complete():
            return self.finish(key, found, packet)
        self.make_room(packet.time)
        return None

    def make_room(self, now: int) -> None:
        """Give up what is too old, and the longest untouched while there is too much."""
        while self.waiting:
            key = next(iter(self.waiting))
            oldest = self.waiting[key]
            if (self.held <= MAX_OCTETS and len(self.waiting) <= MAX_DATAGRAMS
                    and now - oldest.begun <= PATIENCE):
                return
            self.give_up(key)

    def add(self, found: Datagram, packet: Record, header: Header, start: int, stop: int) -> None:
        """One more fragment of a datagram."""
        found.octets += packet.wirelen
        known = found.by_start.get(start)
        if known is not None and known.stop == stop and same(known, packet, header):
            return  # sent twice: RFC 8200 lets it be ignored
        piece = Piece(packet.copy(), header.payload, start, stop)
        overlaps = found.cover(start, stop)
        found.pieces.append(piece)
        found.by_start.setdefault(start, piece)
        cost = packet.caplen + OVERHEAD
        found.cost += cost
        self.held += cost
        if start == 0 and found.first is None:
            found.first = piece
            found.depth = header.depth
            found.previous = header.fragment
        if not header.more:
            overlaps = overlaps or found.length not in (-1, stop)
            found.length = stop if found.length < 0 else min(found.length, stop)
        if overlaps and not found.overlaps:
            found.overlaps = True
            self.overlapping += 1

    def finish(self, key: tuple[int, ...], found: Datagram,
               packet: Record) -> tuple[Record, Datagram] | None:
        """All is there: the datagram, unless its overlaps forbid it."""
        first = found.first
        assert first is not None
        policy = self.policy
        if policy == "rfc":
            policy = "drop" if key[0] == 6 else "first"
        if found.overlaps and policy == "drop":
            self.dropped += 1
            self.forget(key)
            self.give_out(found)
            return None
        octets = rebuilt(found, found.octets_of(policy), key[0])
        if octets is None:
            self.malformed += 1
            self.forget(key)
            self.give_out(found)
            return None
        self.forget(key)
        self.whole += 1
        whole = Record(octets, packet.link_type, packet.time)
        whole.interface = packet.interface
        whole.meta = packet.meta
        return whole, found

    def forget(self, key: tuple[int, ...]) -> None:
        self.held -= self.waiting.pop(key).cost

    def give_up(self, key: tuple[int, ...]) -> None:
        """A datagram will not be whole any more."""
        found = self.waiting[key]
        self.incomplete += 1
        self.forget(key)
        self.give_out(found)

    def give_out(self, found: Datagram) -> None:
        if self.keeps:
            self.given_up.extend(piece.frame for piece in found.pieces)

    def pass_on(self, packet: Record) -> None:
        if self.keeps:
            self.given_up.append(packet.copy())

    def end(self) -> None:
        """No fragment comes any more."""
        for key in list(self.waiting):
            self.give_up(key)

    def told(self) -> list[str]:
        """A line for each thing that a person should know."""
        lines = []
        if self.dropped:
            lines.append(f"{self.dropped} datagrams are not put together, as their fragments "
                         "overlap (RFC 5722)")
        if self.overlapping > self.dropped:
            lines.append(f"{self.overlapping - self.dropped} datagrams have overlapping "
                         "fragments")
        if self.malformed:
            lines.append(f"{self.malformed} fragments cannot belong to a datagram")
        if self.incomplete:
            lines.append(f"{self.incomplete} datagrams lack fragments")
        return lines


def same(piece: Piece, packet: Record, header: Header) -> bool:
    """Whether a fragment carries what another does, octet for octet."""
    count = piece.stop - piece.start
    return piece.frame.raw(piece.payload, count) == packet.raw(header.payload, count)


def key_of(header: Header) -> tuple[int, ...]:
    """What the fragments of a datagram have in common (RFC 791 §3.2, RFC 8200 §4.5)."""
    return (header.family, header.src_high, header.src_low, header.dst_high, header.dst_low,
            header.ident, header.proto if header.family == 4 else -1)


def rebuilt(found: Datagram, payload: bytes, family: int) -> bytes | None:
    """The frame that would have carried the datagram whole; None if no length field can say it."""
    first = found.first
    assert first is not None
    header = Header()
    frame = first.frame
    header.begin(frame)
    heads = []
    while header.step(frame):
        heads.append((header.family, header.at, header.payload, header.proto))
        if header.depth == found.depth:
            break
    at = header.at
    front = bytearray(frame.raw(0, first.payload))
    if family == 4:
        front[at + 6:at + 8] = bytes([front[at + 6] & 0xC0, 0])  # no fragment any more
    else:
        link = next_header_at(front, at, found.previous)
        if link < 0:
            return None
        front[link] = front[found.previous]
        del front[found.previous:found.previous + 8]
    grown = len(front) + len(payload) - header.end  # than the first fragment was
    for version, where, behind, proto in heads:
        length = len(front) + len(payload) - where
        if version == 4:
            if length > LARGEST:
                return None
            front[where + 2:where + 4] = length.to_bytes(2, "big")
            front[where + 10:where + 12] = b"\0\0"
            front[where + 10:where + 12] = checksum(front, where)
        else:
            if length - 40 > LARGEST:
                return None
            front[where + 4:where + 6] = (length - 40).to_bytes(2, "big")
        if proto == 17 and where != at and behind + 8 <= at:  # UDP around it, a tunnel's
            stated = int.from_bytes(front[behind + 4:behind + 6], "big") + grown
            front[behind + 4:behind + 8] = min(stated, LARGEST).to_bytes(2, "big") + b"\0\0"
    return bytes(front) + payload


def next_header_at(front: bytearray, at: int, fragment: int) -> int:
    """Where it is said that a fragment header follows; -1 if that is not found."""
    link, where = at + 6, at + 40
    while where < fragment:
        kind = front[link]
        link = where
        where += (front[where + 1] + 2) << 2 if kind == 51 else (front[where + 1] + 1) << 3
    return link if where == fragment else -1


def checksum(front: bytearray, start: int) -> bytes:
    """Of an IPv4 header whose checksum field is zero (RFC 1071)."""
    total = 0
    for at in range(start, start + 4 * (front[start] & 15), 2):
        total += front[at] << 8 | front[at + 1]
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return (total ^ 0xFFFF).to_bytes(2, "big")


class Defragmented(Source):
    """The packets of ``source``, datagrams whole; ``datagrams`` has the counts.

    Its octets and its length are what the datagram has in one frame; the time is the last
    fragment's. Fragments that were captured in part go through as they are.
    """

    def __init__(self, source: Source, policy: str = "rfc") -> None:
        self.source = source
        self.link_type = source.link_type
        self.snaplen = max(source.snaplen, LARGEST + 256)
        self.datagrams = Datagrams(policy)
        self.header = Header()
        self.ready = self.datagrams.given_up
        self.busy = False  # fragments wait, or come out again
        self.damage: SavefileError | None = None

    def next(self, packet: Record) -> bool:
        while not self.busy:
            if not self.source.next(packet):
                return False
            if is_plain(packet) or self.keep(packet):
                return True
        return self.next_of_many(packet)

    def next_of_many(self, packet: Record) -> bool:
        """As ``next``, while fragments wait, which an end of the source must not lose."""
        while True:
            if self.ready:
                packet.like(self.ready.popleft())
                return True
            if self.damage is not None:
                damage, self.damage = self.damage, None
                raise damage
            self.busy = bool(self.datagrams.waiting)
            try:
                if not self.source.next(packet):
                    if self.leftover(packet):
                        continue
                    return False
            except SavefileError as error:
                self.damage = error
                self.datagrams.end()
                self.busy = True
                continue
            if is_plain(packet) or self.keep(packet):
                return True

    def skip(self, packet: Record, count: int) -> int:
        return 1 if self.next(packet) else 0

    def keep(self, packet: Record) -> bool:
        """Whether the packet goes on: it is no fragment, or has become a datagram."""
        header = self.header
        header.begin(packet)
        while header.step(packet):
            if not header.is_fragment:
                continue
            if header.cut:
                return True
            self.busy = True
            found = self.datagrams.put(packet, header)
            if found is None:
                return False
            packet.like(found[0])
            header.begin(packet)  # a datagram may carry fragments
        return True

    def leftover(self, packet: Record) -> bool:
        """At the end: whether there are fragments that nothing came of."""
        if self.datagrams.waiting and not self.source.wait(0):
            self.datagrams.end()
        return bool(self.ready)

    def wait(self, timeout: float | None = None) -> bool:
        return self.source.wait(timeout)

    def close(self) -> None:
        self.source.close()

    def __getattr__(self, name: str) -> object:
        """Whatever else the source knows: interfaces, section, format …"""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.source, name)


def is_plain(packet: Record) -> bool:
    """Whether an Ethernet frame is surely no fragment, nor has one inside.

    Two words say it of most: the type with the header's first octets, and what is 8 octets on: of
    IPv4 the place of a fragment and the protocol, of IPv6 the next header.
    """
    if packet.link_type != 1 or not packet.has(0, 24):
        return False
    head = packet.u32(12)
    place = packet.u32(20)
    if head >> 8 == 0x080045:  # IPv4 without options
        if place & 0x3FFF0000:
            return False
        proto = place & 0xFF
        at = 34
    elif head >> 16 == 0x86DD:
        proto = place >> 24
        at = 54
    else:
        return head >> 16 == 0x0806
    return proto == 6 or ends_here(packet, proto, at)


def ends_here(packet: Record, proto: int, at: int) -> bool:
    """Whether surely no IP header is in what begins at an offset."""
    if proto == 17 and packet.has(at, 4):
        return not (TUNNEL_PORTS[packet.u16(at)] or TUNNEL_PORTS[packet.u16(at + 2)])
    return not TUNNELLED[proto]
