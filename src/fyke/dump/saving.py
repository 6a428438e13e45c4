"""-w and what goes with it: one file or a row of them, and what pcapng says beside the packets."""

from __future__ import annotations

import time
from types import SimpleNamespace

from fyke.dump.session import say
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.files.pcapng_options import Interface
    from fyke.files.pcapng_writer import PcapngWriter
    from fyke.files.writer import Writer
    from fyke.stream import Sink


def open_saving(options: SimpleNamespace, source: Any) -> Sink:
    """The sink that -w asks for: one savefile, or a row of them."""
    open_file = opener(options, source)
    kept = options.atomic or options.postrotate
    if not (options.file_size or options.file_seconds or kept):
        return open_file(options.write)
    from fyke.dump.savefiles import Keeper
    from fyke.files.rotation import Rotation
    command = None
    if options.postrotate:
        from fyke.dump.postrotate import Postrotate
        command = Postrotate(options.postrotate)
    keeper = Keeper(open_file, atomic=options.atomic, max_disk=options.max_disk,
                    size=options.file_size, command=command)
    if options.file_seconds and not options.file_size and "%" not in options.write:
        say("fyke dump: -G without a time (%H%M%S …) in the name of -w overwrites the file each "
            "time")
    return Rotation(options.write, keeper.open, size=options.file_size,
                    seconds=options.file_seconds, count=options.file_count,
                    closed=keeper.complete, ended=command.leave if command else None)


def opener(options: SimpleNamespace, source: Any) -> Callable[[str], Writer]:
    """What opens every savefile of a run, for the packets of a tap, several, or a savefile.

    A pcapng file of a capture says where it is from and ends with the kernel's counters; one of
    a savefile keeps what that says beside the packets, whichever file of the row it comes into.
    """
    from fyke.files.limits import snaplen_of_copy
    from fyke.files.writer import create
    nano = options.nano or (options.precision is None and getattr(source, "nanoseconds", False))
    told: list[Copied | Here] = []  # one for all files, made for the first that can hold it

    def open_file(path: str) -> Writer:
        how: dict[str, Any] = {}
        format = "pcapng" if pcapng_wanted(options, path, source) else "pcap"
        if format == "pcapng":
            if not told:
                told.append(Copied(source) if hasattr(source, "interfaces") else
                            Here(options, source))
            how = told[0].description()
        sink = create(path, link_type=source.link_type, snaplen=snaplen_of_copy(source),
                      format=format, nanoseconds=nano,
                      fcs_length=getattr(source, "fcs_length", -1), **how)
        if options.packet_buffered:
            sink.gather(0)
        if told:
            told[0].begin(sink)
        return sink

    return open_file


def pcapng_wanted(options: SimpleNamespace, path: str, source: Any) -> bool:
    """Whether the file will be pcapng: by --format, for several taps, or by its name."""
    from fyke.files.writer import told_by_suffix
    several = hasattr(source, "taps")
    return (options.format or ("pcapng" if several else told_by_suffix(path)[0])) == "pcapng"


class Copied:
    """What pcapng says in a copy of savefiles: what they say."""

    def __init__(self, source: Any) -> None:
        from fyke.files.carrying import Carrier
        self.source = source
        self.carrier = Carrier(source)

    def description(self) -> dict[str, Any]:
        """How the writer of one file is told."""
        return {"interfaces": self.source.interfaces,
                "section": getattr(self.source, "section", None)}

    def begin(self, writer: Any) -> None:
        """Hand to the file what is no packet, from now on."""
        self.carrier.begin(writer)


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

    def begin(self, writer: Any) -> None:
        """Nothing comes from a tap but packets."""

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
