"""Room files/: what a capture holds, counted in one pass."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable

from fyke.errors import SavefileError
from fyke.files.pcapng_blocks import BLOCK_NAMES, IF_SPEED
from fyke.files.pcapng_options import InterfaceStatistics, Section
from fyke.files.reader import open_capture
from fyke.hints import Any
from fyke.linktypes import by_number
from fyke.source import Sink
from fyke.wire import Record

HASHES = ("sha256", "sha1")

#: Comments of packets, and sections, that are told one by one; all are counted.
MAX_TOLD = 1000


#: Packets between two looks at the world.
TURN = 1 << 14


class Tally(Sink):
    """Counts packets; times are nanoseconds since the epoch, sizes octets."""

    __slots__ = ("captured", "commented", "comments", "cut", "earliest", "first", "gap", "gap_at",
                 "gap_time", "interface", "last", "latest", "longest", "of_interface", "ordered",
                 "packets", "per_interface", "wire")

    packets: int
    captured: int  #: octets in the file
    wire: int  #: octets on the wire
    cut: int  #: packets of which not all was captured
    longest: int  #: the most octets captured of one
    ordered: bool  #: no packet is older than the one in front of it
    first: int  #: time of the first packet in the file
    last: int
    earliest: int
    latest: int
    gap: int  #: the longest time between neighbours, in nanoseconds
    gap_at: int  #: the number of the packet behind it
    gap_time: int  #: when that packet came
    commented: int  #: packets with a comment
    comments: list[tuple[int, str]]  #: of the first ones: the packet's number, and what it says

    def __init__(self) -> None:
        self.packets = 0
        self.captured = 0
        self.wire = 0
        self.cut = 0
        self.longest = 0
        self.ordered = True
        self.first = 0
        self.last = 0
        self.earliest = 0
        self.latest = 0
        self.gap = 0
        self.gap_at = 0
        self.gap_time = 0
        self.commented = 0
        self.comments = []
        self.interface = -1
        self.of_interface = 0
        self.per_interface: dict[int, int] = {}

    def add(self, packet: Record) -> None:
        time = packet.time
        if self.packets == 0:
            self.begin(time)
        gap = time - self.last
        if gap < 0:
            self.ordered = False
        elif gap > self.gap:
            self.gap = gap
            self.gap_at = self.packets + 1
            self.gap_time = time
        self.last = time
        if time < self.earliest:
            self.earliest = time
        if time > self.latest:
            self.latest = time
        self.packets += 1
        self.captured += packet.caplen
        self.wire += packet.wirelen
        if packet.caplen < packet.wirelen:
            self.cut += 1
        if packet.caplen > self.longest:
            self.longest = packet.caplen
        if packet.interface != self.interface:
            self.change_interface(packet.interface)
        self.of_interface += 1
        if packet.meta is not None:
            self.note(packet)

    def note(self, packet: Record) -> None:
        """What people wrote about the packet."""
        if not hasattr(packet.meta, "first_comments"):
            return
        said, count = packet.meta.first_comments(MAX_TOLD - len(self.comments))
        self.commented += count > 0
        self.comments += [(self.packets, text) for text in said]

    def begin(self, time: int) -> None:
        """The first packet's time is the measure of all."""
        self.first = time
        self.last = time
        self.earliest = time
        self.latest = time

    def change_interface(self, interface: int) -> None:
        """Put the count of the interface at hand away, and take up the other's."""
        if self.interface >= 0:
            self.per_interface[self.interface] = self.of_interface
        self.interface = interface
        self.of_interface = self.per_interface.get(interface, 0)

    def interface_counts(self) -> dict[int, int]:
        """Packets by interface."""
        if self.interface >= 0:
            self.per_interface[self.interface] = self.of_interface
        return self.per_interface

    @property
    def duration(self) -> int:
        """Nanoseconds between the oldest and the newest packet."""
        return self.latest - self.earliest


class Beside:
    """Counts what a pcapng file holds beside packets; ``sections`` are the first ones."""

    def __init__(self, source: Any) -> None:
        self.sections: list[Section] = []
        self.blocks: dict[str, int] = {}
        self.statistics: dict[int, int] = {}
        if hasattr(source, "carry_to"):
            source.carry_to(self.take)

    def take(self, item: Any) -> None:
        """One item of the source."""
        if isinstance(item, InterfaceStatistics):
            self.statistics[item.interface] = self.statistics.get(item.interface, 0) + 1
            kind = "interface statistics"
        elif isinstance(item, Section):
            if len(self.sections) < MAX_TOLD:
                self.sections.append(item)
            kind = "section header"
        else:
            kind = BLOCK_NAMES.get(item.kind, "unknown")
        self.blocks[kind] = self.blocks.get(kind, 0) + 1

    @property
    def byte_order(self) -> str:
        """Of all sections."""
        orders = {section.big for section in self.sections}
        return "both" if len(orders) > 1 else byte_order(orders.pop())


def byte_order(big: bool) -> str:
    return "big" if big else "little"


def describe(path: Any, *, hashes: bool = False,
             turn: Callable[[Any, Tally], None] | None = None,
             opened: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """Everything about one capture file, ready for JSON; a damaged one has ``damage`` set.

    ``turn`` is called now and then, with the reader and what is counted so far. ``opened`` gives
    for the path a binary file from its beginning, if it is open already. Raises SavefileError when
    it is no capture at all.
    """
    source = open_capture(opened(path) if opened else path)
    tally = Tally()
    beside = Beside(source)
    damage = None
    try:
        while tally.drain(source, TURN):
            if turn is not None:
                turn(source, tally)
    except SavefileError as error:
        damage = str(error)
    finally:
        source.close()
    told: dict[str, Any] = {
        "file": unicode(path), "format": source.format, "compression": source.compression or None,
        "byte_order": beside.byte_order if beside.sections else byte_order(source.big),
        "link_types": sorted({link_type_name(one.link_type) for one in source.interfaces}),
        "size": os.stat(path).st_size if path != "-" and os.path.isfile(path) else None,
        "snaplen": source.interfaces[0].snaplen,
        **counts(tally, getattr(source, "untimed", 0)),
        "interfaces": interfaces(source, tally, beside),
        "sections": [section(one) for one in beside.sections], "blocks": beside.blocks,
        "commented_packets": tally.commented,
        "packet_comments": [{"packet": number, "comment": text}
                            for number, text in tally.comments],
        "damage": damage}
    if hashes and path != "-":
        told["hashes"] = digests(opened(path) if opened else path)
    return told


def unicode(path: Any) -> str:
    """A file name without the half characters that Python has for octets that are no UTF-8."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def link_type_name(number: int) -> str:
    """The name of a link type, or its number."""
    return by_number(number).name or str(number)


def counts(tally: Tally, untimed: int = 0) -> dict[str, Any]:
    """The numbers of a tally, with the rates that follow from them.

    Where some packets are ``untimed``, nothing is said of times.
    """
    seconds = 0 if untimed else tally.duration / 1e9
    rate = tally.packets / seconds if seconds else None
    if untimed:
        times = dict.fromkeys(("first_time", "earliest_time", "latest_time", "duration",
                               "strict_time_order", "longest_gap", "longest_gap_before_packet"))
    else:
        times = {
            "first_time": tally.first if tally.packets else None,
            "earliest_time": tally.earliest if tally.packets else None,
            "latest_time": tally.latest if tally.packets else None,
            "duration": tally.duration, "strict_time_order": tally.ordered,
            "longest_gap": tally.gap, "longest_gap_before_packet": tally.gap_at or None}
    return {
        "packets": tally.packets, "captured_bytes": tally.captured, "wire_bytes": tally.wire,
        "cut_packets": tally.cut, "longest_packet": tally.longest,
        "packets_without_time": untimed, **times,
        "average_packet_size": tally.wire / tally.packets if tally.packets else None,
        "packet_rate": rate, "byte_rate": tally.wire / seconds if seconds else None}


def interfaces(source: Any, tally: Tally, beside: Beside) -> list[dict[str, Any]]:
    """One row for each interface."""
    of_each = tally.interface_counts()
    rows = []
    for number, one in enumerate(source.interfaces):
        nano = source.format == "pcap" and source.nanoseconds
        row = {"name": one.name or None, "description": one.description or None,
               "link_type": link_type_name(one.link_type), "snaplen": one.snaplen,
               "precision": "nanoseconds" if nano else precision(one.resolution),
               "speed": one.number(IF_SPEED),
               "filter": one.filter or None, "os": one.os or None,
               "hardware": one.hardware or None, "comments": one.comments,
               "packets": of_each.get(number, 0),
               "statistics": beside.statistics.get(number, 0)}
        counters = getattr(source, "statistics", {}).get(number)
        if counters is not None:
            row |= {"received": counters.received, "dropped": counters.dropped,
                    "accepted": counters.accepted, "os_dropped": counters.os_dropped,
                    "delivered": counters.delivered}
        rows.append(row)
    return rows


def precision(resolution: int) -> str:
    """What if_tsresol says, in words."""
    if resolution & 0x80:
        return f"2^-{resolution & 0x7F} s"
    return {0: "seconds", 3: "milliseconds", 6: "microseconds", 9: "nanoseconds"}.get(
        resolution, f"10^-{resolution} s")


def section(one: Section) -> dict[str, Any]:
    """What a section header says."""
    return {"byte_order": byte_order(one.big), "hardware": one.hardware or None,
            "os": one.os or None, "application": one.application or None,
            "comments": one.comments}


def digests(path: Any) -> dict[str, str]:
    """Checksums of the file (or of an open one, from its beginning) as it is on the disk."""
    file = path if hasattr(path, "readinto") else io.FileIO(path)
    sums = {name: hashlib.new(name) for name in HASHES}
    with file:
        while data := file.read(1 << 18):
            for one in sums.values():
                one.update(data)
    return {name: one.hexdigest() for name, one in sums.items()}
