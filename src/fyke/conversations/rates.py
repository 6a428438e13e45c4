"""Room conversations/: packets and bytes by time, and by protocol, host or port within it."""

from __future__ import annotations

from ipaddress import IPv6Address

from fyke.conversations.fragments import Datagrams
from fyke.conversations.header import Header
from fyke.errors import UsageError
from fyke.hints import Any
from fyke.layers.layer import layers_of
from fyke.source import Sink
from fyke.wire import Record

WAYS = ("protocol", "host", "port")
OTHER = "other"
MAX_INTERVALS = 1 << 18  # that hold packets; what is later counts in the last of them
MAX_KEYS = 1 << 12  # of an interval
MAX_TOTALS = 1 << 16
MAX_LAYERS = 32  # of a path of protocols
PORTS = {6: "tcp", 17: "udp", 33: "dccp", 132: "sctp", 136: "udplite"}


class Count:
    """Packets, and their octets on the wire."""

    __slots__ = ("bytes", "packets")

    def __init__(self) -> None:
        self.packets = self.bytes = 0

    def add(self, octets: int) -> None:
        self.packets += 1
        self.bytes += octets


class Interval(Count):
    """A stretch of time; ``by`` has the counts of each protocol, host or port in it."""

    __slots__ = ("by", "start")

    def __init__(self, start: int) -> None:
        Count.__init__(self)
        self.start = start  #: nanoseconds since the epoch
        self.by: dict[str, Count] = {}


class Rates(Sink):
    """Counts packets by intervals of so many nanoseconds (0: all in one), from the first packet on.

    ``by``: None or one of WAYS. A packet counts for each of its hosts, or ports; for each protocol
    on its path ("ether:ip", "ether:ip:tcp"), as the layers decode it. Raises UsageError.
    """

    def __init__(self, interval: int, by: str | None = None) -> None:
        if by is not None and by not in WAYS:
            raise UsageError(f"by takes one of {', '.join(WAYS)}, not {by!r}")
        if interval < 0:
            raise UsageError("an interval is 0 or more")
        self.interval = interval
        self.by = by
        self.intervals: dict[int, Interval] = {}  #: by their number
        self.total = Count()
        self.totals: dict[str, Count] = {}
        self.first = self.last = 0  #: times of the first packet, and of the latest
        self.early = 0  #: packets older than the first one, which count in the first interval
        self.crowded = 0  #: packets that count in another interval for want of room
        self.header = Header()
        self.datagrams = Datagrams()
        self.datagrams.keeps = False

    def add(self, packet: Record) -> None:
        """One packet."""
        time, octets = packet.time, packet.wirelen
        if self.total.packets == 0:
            self.first = self.last = time
        self.last = max(self.last, time)
        self.total.add(octets)
        here = self.at(time)
        here.add(octets)
        if self.by is not None:
            for key in self.keys(packet):
                count(here.by, key, octets, MAX_KEYS)
                count(self.totals, key, octets, MAX_TOTALS)

    def at(self, time: int) -> Interval:
        """The interval that a time is in."""
        number = (time - self.first) // self.interval if self.interval else 0
        if number < 0:
            self.early += 1
            number = 0
        found = self.intervals.get(number)
        if found is None:
            if len(self.intervals) >= MAX_INTERVALS:
                self.crowded += 1
                return self.intervals[next(reversed(self.intervals))]
            found = self.intervals[number] = Interval(self.first + number * self.interval)
        return found

    def finished(self, now: int) -> list[Interval]:
        """Take out the intervals that ended before a time, in order."""
        number = (now - self.first) // self.interval if self.interval else 0
        return [self.intervals.pop(one) for one in sorted(self.intervals) if one < number]

    def rest(self) -> list[Interval]:
        """All intervals that hold packets, in order."""
        return [self.intervals[one] for one in sorted(self.intervals)]

    # --- what a packet counts for ---

    def keys(self, packet: Record) -> list[str]:
        """The names that a packet counts for."""
        whole = self.whole(packet)
        if self.by == "protocol":
            return self.paths(packet if whole is None else whole, whole is None)
        found: dict[str, None] = {}
        header = self.header
        record = packet if whole is None else whole
        header.begin(record)
        while header.step(record):
            if self.by == "host":
                for high, low in ((header.src_high, header.src_low),
                                  (header.dst_high, header.dst_low)):
                    found[address(header.family, high, low)] = None
            elif header.proto in PORTS and not header.is_fragment and record.has(
                    header.payload, 4):
                for at in (header.payload, header.payload + 2):
                    found[f"{PORTS[header.proto]} {record.u16(at)}"] = None
        return list(found)

    def whole(self, packet: Record) -> Record | None:
        """The datagram that this packet makes whole; None if it is no fragment, or no last one."""
        header = self.header
        header.begin(packet)
        while header.step(packet):
            if header.is_fragment and not header.cut:
                found = self.datagrams.put(packet, header)
                return found[0] if found is not None else None
        return None

    def paths(self, packet: Record, as_it_is: bool) -> list[str]:
        """The path of the packet's protocols, and of each beginning of it."""
        paths, path = [], ""
        for layer in layers_of(packet)[:MAX_LAYERS]:
            path = f"{path}:{layer.name}" if path else layer.name
            paths.append(path)
            if as_it_is and getattr(layer, "fragment", False):
                break  # what a fragment carries is known when all are there
        return paths or [f"link type {packet.link_type}"]


def count(where: dict[str, Count], key: str, octets: int, most: int) -> None:
    """Count for a key, or for OTHER when there are too many."""
    found = where.get(key)
    if found is None:
        if len(where) >= most:
            key = OTHER
        found = where.setdefault(key, Count())
    found.add(octets)


def address(family: int, high: int, low: int) -> str:
    """An address as text."""
    if family == 4:
        return ".".join([str(low >> shift & 255) for shift in (24, 16, 8, 0)])
    return str(IPv6Address(high << 64 | low))


def tree(totals: dict[str, Count]) -> list[tuple[int, str, Count]]:
    """Paths of protocols as a tree: depth, last name, count; brothers with the most bytes first."""
    children: dict[str, list[str]] = {}
    for path in totals:
        children.setdefault(path.rpartition(":")[0], []).append(path)
    out: list[tuple[int, str, Count]] = []

    def walk(path: str, depth: int) -> None:
        for child in sorted(children.get(path, ()), key=lambda one: -totals[one].bytes):
            out.append((depth, child.rpartition(":")[2], totals[child]))
            walk(child, depth + 1)

    walk("", 0)
    return out


def values(interval: Interval, end: int) -> dict[str, Any]:
    """An interval for JSON."""
    told: dict[str, Any] = {"start": interval.start, "end": end, "packets": interval.packets,
                            "bytes": interval.bytes}
    if interval.by:
        told["by"] = {key: {"packets": one.packets, "bytes": one.bytes}
                      for key, one in interval.by.items()}
    return told
