"""-w and what goes with it: -C -G -W -z -U, and what pcapng says beside the packets."""

from __future__ import annotations

import subprocess
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fyke.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.files.pcapng_options import Interface
    from fyke.files.pcapng_writer import PcapngWriter
    from fyke.files.writer import Writer
    from fyke.stream import Sink


def open_saving(options: SimpleNamespace, source: Any) -> Sink:
    """The sink that -w asks for: one savefile, or a row of them."""
    size = options.file_size or 0
    seconds = options.file_seconds or 0
    open_file = opener(options, source)
    if not size and not seconds:
        return open_file(options.write)
    if options.write == "-":
        raise UsageError("-C and -G begin new files; they cannot go to standard output")
    from fyke.files.rotation import Rotation
    helpers: list[subprocess.Popen[bytes]] = []
    return Rotation(options.write, open_file, size=size, seconds=seconds,
                    count=options.file_count or 0,
                    closed=lambda path: run_helper(options.postrotate, path, helpers))


def opener(options: SimpleNamespace, source: Any) -> Callable[[str], Writer]:
    """What opens every savefile of a run, for the packets of a tap, several, or a savefile.

    A pcapng file of a capture says where it is from and ends with the kernel's counters; one of
    a savefile keeps what that says beside the packets, whichever file of the row it comes into.
    """
    from fyke.files.writer import create
    nano = options.nano or (options.precision is None and getattr(source, "nanoseconds", False))
    kept: dict[str, Any] = {}  # one for all files, made for the first that can hold it

    def open_file(path: str) -> Writer:
        how: dict[str, Any] = {}
        from_file = hasattr(source, "interfaces")
        if pcapng_wanted(options, path):
            if not kept:
                kept.update(carried(source) if from_file else {"here": Here(options, source)})
            how = ({"interfaces": source.interfaces, "section": getattr(source, "section", None)}
                   if from_file else kept["here"].description())
        sink = create(path, link_type=source.link_type, snaplen=source.snaplen,
                      format=options.format or None, nanoseconds=nano,
                      fcs_length=getattr(source, "fcs_length", -1), **how)
        if options.packet_buffered:
            sink.batch = 0
        if how and from_file:
            kept["carrier"].begin(sink)
        return sink

    return open_file


def carried(source: Any) -> dict[str, Any]:
    """What hands on all that is no packet."""
    from fyke.files.carrying import Carrier
    return {"carrier": Carrier(source)}


def pcapng_wanted(options: SimpleNamespace, path: str) -> bool:
    """Whether the file will be pcapng, by --format or its name."""
    from fyke.files.writer import told_by_suffix
    return (options.format or told_by_suffix(path)[0]) == "pcapng"


class Here:
    """What pcapng says of a capture on this host: system, program, interfaces, filter, counters.

    ``source`` is a tap or has several as ``taps``. A tap on all interfaces gives packets the
    index of theirs, and the file describes each interface that packets came from.
    """

    def __init__(self, options: SimpleNamespace, source: Any) -> None:
        from fyke.files.provenance import system
        self.taps = tuple(getattr(source, "taps", (source,)))
        self.everywhere = len(self.taps) == 1 and self.taps[0].name == "any"
        self.expression = options.expression if isinstance(options.expression, str) else ""
        self.snaplen = source.snaplen
        self.running = system()
        self.delivered: dict[str, int] = {}  # by interface, in all files so far

    def description(self) -> dict[str, Any]:
        """How the writer of one file is told."""
        from fyke.files.provenance import this_host
        told: dict[str, Any] = {"section": this_host(), "at_end": self.tell_counters}
        if self.everywhere:
            return told | {"describe_new": self.describe}
        return told | {"interfaces": [self.interface(tap.name, tap.link_type)
                                      for tap in self.taps]}

    def interface(self, name: str, link_type: int) -> Interface:
        from fyke.files.pcapng_options import Interface
        return Interface(link_type, self.snaplen, name=name, filter=self.expression,
                         os=self.running)

    def describe(self, packet: Any) -> Interface:
        """The interface that a packet passed, by its index."""
        name = self.taps[0].interface_name(packet.interface) or f"#{packet.interface}"
        return self.interface(name, packet.link_type)

    def tell_counters(self, writer: PcapngWriter) -> None:
        """The counters since the capture began, at the end of each file."""
        from fyke.files.pcapng_options import InterfaceStatistics
        now = time.time_ns()
        for number, one in enumerate(writer.interfaces):
            delivered = self.delivered.get(one.name, 0) + writer.delivered.get(number, 0)
            self.delivered[one.name] = delivered
            counters = InterfaceStatistics(number, now, delivered=delivered)
            if number == 0 or not self.everywhere:
                told = self.taps[0 if self.everywhere else number].statistics()
                counters = InterfaceStatistics(
                    number, now, received=None if self.expression else told.received,
                    accepted=told.received, os_dropped=told.dropped, delivered=delivered)
                if self.everywhere and len(writer.interfaces) > 1:
                    counters.comment("counted for all interfaces together, but for the packets "
                                     "delivered: the kernel does not tell them apart")
            writer.carry(counters)


def run_helper(command: str | None, path: str, running: list[subprocess.Popen[bytes]]) -> None:
    """-z: COMMAND FILE, at low priority, not waited for."""
    if not command:
        return
    running[:] = [helper for helper in running if helper.poll() is None]
    try:
        running.append(subprocess.Popen(["nice", "-n", "19", command, path],
                                        stdin=subprocess.DEVNULL))
    except OSError as error:
        raise OutputError(f"-z {command}: {error.strerror or error}") from error
