"""-w and what goes with it: one file or a row of them, and what pcapng says beside the packets."""

from __future__ import annotations

import time

from fyke.dump.session import say
from fyke.errors import UsageError
from fyke.hints import TYPE_CHECKING, Any
from fyke.linktypes import by_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fyke.dump.options import DumpOptions
    from fyke.files.formats import Format
    from fyke.files.pcapng_options import Interface
    from fyke.files.pcapng_writer import PcapngWriter
    from fyke.files.writer import Writer
    from fyke.source import Sink


def open_saving(options: DumpOptions, source: Any, where: Sequence[str] = ()) -> Sink:
    """The sink that -w asks for: one savefile, or a row of them."""
    sink = open_files(options, source, where)
    if not options.stop_size:
        return sink
    from fyke.dump.stopping import Bounded
    return Bounded(sink, options.stop_size // options.workers)  # each writes its share


def open_files(options: DumpOptions, source: Any, where: Sequence[str]) -> Sink:
    """One savefile, or a row of them."""
    open_file = opener(options, source, where)
    assert options.write is not None
    kept = options.atomic or options.postrotate
    if not (options.file_size or options.file_seconds or kept):
        return open_file(options.write)
    from fyke.dump.savefiles import Keeper
    from fyke.files.rotation import Rotation
    command = None
    if options.postrotate:
        from fyke.dump.helpers import postrotate
        command = postrotate(options.postrotate)
    keeper = Keeper(open_file, atomic=options.atomic, max_disk=options.max_disk,
                    size=options.file_size, command=command)
    if options.file_seconds and not options.file_size and "%" not in options.write:
        say("fyke dump: -G without a time (%H%M%S …) in the name of -w overwrites the file each "
            "time")
    return Rotation(options.write, keeper.open, size=options.file_size,
                    seconds=options.file_seconds, count=options.file_count,
                    closed=keeper.complete, ended=command.leave if command else None,
                    dropped=keeper.drop, by_clock=not options.as_tcpdump)


def opener(options: DumpOptions, source: Any,
           where: Sequence[str] = ()) -> Callable[[str], Writer]:
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
        row = format_wanted(options, path, source)
        refuse_what_has_no_room(options, row, path, source)
        if row.mixes:
            if not told:
                told.append(Copied(source, options.capture_comment)
                            if hasattr(source, "interfaces") else Here(options, source, where))
            how = told[0].description()
        sink = create(path, link_type=source.link_type, snaplen=snaplen_of_copy(source),
                      format=row.name, nanoseconds=nano,
                      fcs_length=getattr(source, "fcs_length", -1), **how)
        if options.packet_buffered:
            sink.gather(0)
        if told:
            told[0].begin(sink)
        return sink

    return open_file


def format_wanted(options: DumpOptions, path: str, source: Any) -> Format:
    """The format of the file: by --format, one that mixes for several taps, or by its name."""
    from fyke.files.formats import BY_NAME, FORMATS, told_by_suffix
    if options.format:
        return BY_NAME[options.format]
    if hasattr(source, "taps"):
        return next(row for row in FORMATS if row.mixes)
    return BY_NAME[told_by_suffix(path)[0]]


def refuse_what_has_no_room(options: DumpOptions, row: Format, path: str, source: Any) -> None:
    """UsageError for what the format cannot hold; before the file is opened."""
    if row.mixes:
        for words in options.capture_comment:
            from fyke.files.commenting import LONGEST, fits
            if not fits(words):
                raise UsageError(f"--capture-comment: a comment has at most {LONGEST} bytes")
        return
    if options.capture_comment:
        raise UsageError(f"--capture-comment: {row.name} has no room for a comment; write pcapng: "
                         "--format pcapng, or a name that ends with .pcapng")
    if len(kinds := {tap.link_type for tap in getattr(source, "taps", ())}) > 1:
        names = ", ".join(sorted(by_number(one).name for one in kinds))
        raise UsageError(f"{path}: a {row.name} file holds one link type, and the interfaces have "
                         f"{names}; write pcapng, or choose one with -y")


class Copied:
    """What pcapng says in a copy of savefiles: what they say, and ``comments``."""

    def __init__(self, source: Any, comments: Sequence[str] = ()) -> None:
        from fyke.files.carrying import Carrier
        self.source = source
        self.section = getattr(source, "section", None)
        if comments:
            from fyke.files.pcapng_options import Section
            self.section = self.section or Section()
            for words in comments:
                self.section.comment(words)
        self.carrier = Carrier(source)

    def description(self) -> dict[str, Any]:
        """How the writer of one file is told."""
        return {"interfaces": self.source.interfaces, "section": self.section}

    def begin(self, writer: Any) -> None:
        """Hand to the file what is no packet, from now on."""
        self.carrier.begin(writer)


class Here:
    """What pcapng says of a capture on this host: system, program, interfaces, filter, counters.

    ``source`` is a tap or has several as ``taps``. A tap on all interfaces gives packets the
    index of theirs, and the file describes each interface that packets came from.
    """

    def __init__(self, options: DumpOptions, source: Any, where: Sequence[str] = ()) -> None:
        from fyke.files.provenance import system
        self.taps = tuple(getattr(source, "taps", (source,)))
        self.everywhere = len(self.taps) == 1 and self.taps[0].name == "any"
        self.expression = options.expression if isinstance(options.expression, str) else ""
        self.snaplen = source.snaplen
        self.running = system()
        self.where = where or [""] * len(self.taps)
        self.comments = options.capture_comment
        self.known: dict[Any, Interface] = {}  # one description for all files
        if not self.everywhere:
            self.known = {number: self.interface(tap.name, tap.link_type, number)
                          for number, tap in enumerate(self.taps)}
        self.delivered: dict[int, int] = {}  # by the description's identity, in all files so far

    def description(self) -> dict[str, Any]:
        """How the writer of one file is told."""
        from fyke.files.provenance import this_host
        section = this_host()
        for words in self.comments:
            section.comment(words)
        told: dict[str, Any] = {"section": section, "at_end": self.tell_counters}
        if self.everywhere:
            return told | {"describe_new": self.describe}
        return told | {"interfaces": list(self.known.values())}

    def begin(self, writer: Any) -> None:
        """Nothing comes from a tap but packets."""

    def interface(self, name: str, link_type: int, tap: int = 0) -> Interface:
        from fyke.files.pcapng_blocks import IF_DESCRIPTION
        from fyke.files.pcapng_options import Interface
        made = Interface(link_type, self.snaplen, name=name, filter=self.expression,
                         os=self.running)
        if self.where[tap]:
            made.set(IF_DESCRIPTION, self.where[tap])
        return made

    def describe(self, packet: Any) -> Interface:
        """The interface that a packet passed, by its index."""
        key = packet.interface, packet.link_type
        if key not in self.known:
            name = self.taps[0].interface_name(packet.interface) or f"#{packet.interface}"
            self.known[key] = self.interface(name, packet.link_type)
        return self.known[key]

    def tell_counters(self, writer: PcapngWriter) -> None:
        """The counters since the capture began, at the end of each file."""
        from fyke.files.pcapng_options import InterfaceStatistics
        now = time.time_ns()
        for number, one in enumerate(writer.interfaces):
            delivered = self.delivered.get(id(one), 0) + writer.delivered.get(number, 0)
            self.delivered[id(one)] = delivered
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
