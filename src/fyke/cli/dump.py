"""``fyke dump``: tcpdump's options, meaning and text."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from fyke.cli import flags, outputs
from fyke.errors import FykeError, UsageError
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.bpf.machine import Machine
    from fyke.bpf.program import Program
    from fyke.dump.session import Signals
    from fyke.stream import Sink, Source

SNAPLEN = 262144  # octets; libpcap's MAXIMUM_SNAPLEN


def run(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    options = flags.parse(arguments)
    if options.help:
        sys.stdout.write(flags.help_text())
        return 0
    if options.version:
        from fyke.version import VERSION
        sys.stdout.write(f"fyke {VERSION}\n")
        return 0
    settle(options)
    outputs.check(options)
    if options.list_interfaces or options.list_link_types or options.list_stamp_types:
        from fyke.cli import interfaces
        return interfaces.run(options)
    if options.listing:
        return show_program(options)
    if options.read or options.read_list:
        return read_files(options)
    from fyke.cli import live
    return live.run(options)


def settle(options: SimpleNamespace) -> None:
    """Check what belongs together, and derive what follows from several options."""
    options.snaplen = options.snaplen or SNAPLEN
    if options.snaplen > SNAPLEN:
        raise UsageError(f"-s takes at most {SNAPLEN} octets, not {options.snaplen}")
    if options.nano is None:
        options.nano = options.precision == "nano"
    if options.expression_file is not None:
        if options.expression:
            raise UsageError("-F names a file with the expression, so none can be given besides")
        options.expression = read_expression(options.expression_file)
    if options.interface and (options.read or options.read_list):
        raise UsageError("-i captures and -r reads a file: give one of them")
    if options.read_list is not None:
        if options.read:
            raise UsageError("-V names the files to read, so -r cannot be given besides")
        options.read += read_list(options.read_list)
    if options.time_mode > 5:
        raise UsageError("-t can be given at most five times")
    if options.foreign_numeric and options.read:
        raise UsageError("-f asks which network the interface is on: it cannot be used with -r")


def read_expression(path: str) -> str:
    """The text of an expression's file, its comments (# to the end of line) taken out."""
    source = 0 if path == "-" else path
    with open(source, encoding="utf-8", errors="surrogateescape",
              closefd=path != "-") as file:
        text = file.read(1 << 20)
    return "\n".join(row.partition("#")[0] for row in text.splitlines()).strip()


def read_list(path: str) -> list[str]:
    """The names of -V's file, a line each."""
    with open(0 if path == "-" else path, encoding="utf-8", errors="surrogateescape",
              closefd=path != "-") as source:
        names = [row for row in source.read(1 << 24).splitlines() if row]
    if not names:
        raise UsageError(f"-V {path}: there is no file name in it")
    return names


def compile_for(options: SimpleNamespace, link_type: str, *, live: bool = False,
                savefile: str | None = None, netmask: str | None = None,
                snaplen: int = 0) -> Program:
    """The expression as a program for packets of one link type."""
    from fyke.filter.compile import compile
    return compile(options.expression, link_type=link_type, netmask=netmask,
                   snaplen=snaplen or options.snaplen, optimize=options.optimize,
                   linux_extensions=live, savefile=savefile)


def show_program(options: SimpleNamespace) -> int:
    """-d, -dd, -ddd: the filter program, for the link type of -r, -y or -i, else Ethernet."""
    from fyke.bpf import listing
    if options.read:
        program = program_for_file(options)
    elif options.link_type is not None and not options.interface:
        program = compile_for(options, options.link_type)
    elif options.interface:
        from fyke.cli import live
        program = live.programs(options)[0]
    else:
        program = compile_for(options, "EN10MB")
    form = (listing.tcpdump, listing.c, listing.decimal)[min(options.listing, 3) - 1]
    sys.stdout.write(form(program))
    return 0


def program_for_file(options: SimpleNamespace) -> Program:
    """The filter program as -r would run it."""
    from fyke.files.reader import open_capture
    from fyke.linktypes import by_number
    source = open_capture(options.read[0])
    try:
        return compile_for(options, by_number(source.link_type).name, snaplen=source.snaplen,
                           savefile=byte_order(source))
    finally:
        source.close()


def byte_order(source: Source) -> str:
    """Which byte order a savefile has: some link types' headers are in the writer's order."""
    return "swapped" if getattr(source, "swapped", False) else "unswapped"


def filters(options: SimpleNamespace, savefile: str | None) -> Any:
    """What gives Pump a Machine for each link type that it meets; None without an expression."""
    if not options.expression:
        return None

    def machine(number: int) -> Machine:
        from fyke.linktypes import by_number
        return compile_for(options, by_number(number).name, savefile=savefile).machine()

    return machine


def inputs(options: SimpleNamespace, signals: Signals) -> list[tuple[str, Callable[[], Any]]]:
    """What -r, --merge and --follow name: a name for each source, and how it is opened."""
    from functools import partial

    from fyke.dump.session import Pipe
    from fyke.files.paths import expand
    from fyke.files.reader import open_capture

    def open_one(path: Any) -> Any:
        return open_capture(Pipe(signals) if path == "-" else path)

    paths = expand(options.read)
    if options.merge and options.follow:
        raise UsageError("--merge needs files that are complete; --follow waits for more")
    if options.merge:
        from fyke.files.joined import Merge
        return [(" ".join(paths), partial(Merge, paths))]
    if len(paths) > 1 and options.write is not None:  # one numbering of interfaces in the file
        from fyke.files.joined import Sequence
        return [(" ".join(paths), partial(Sequence, paths, open_one))]
    if options.follow:
        from fyke.files.follow import follow
        return [(path, partial(follow, path)) for path in paths]
    return [(path, partial(open_one, path)) for path in paths]


#: Options that say how to capture; with -r there is nothing for them to do.
LIVE_ONLY = (("-B", "buffer_size"), ("-Q", "direction"), ("-p", "promiscuous"), ("-I", "monitor"),
             ("-j", "stamp_type"), ("-y", "link_type"), ("--immediate-mode", "immediate"),
             ("--both-ways", "both_ways"), ("--netns", "netns"))


def tell_ignored(options: SimpleNamespace) -> None:
    """Say which options are about capturing: tcpdump takes them with -r in silence."""
    from fyke.dump.session import say
    plain = flags.parse([])
    idle = [word for word, name in LIVE_ONLY if getattr(options, name) != getattr(plain, name)]
    if idle:
        say(f"fyke dump: {', '.join(idle)}: about capturing, nothing to do with -r")


def read_files(options: SimpleNamespace) -> int:
    """-r: packets from savefiles to text, a file or a count."""
    from fyke.dump.session import Signals
    tell_ignored(options)
    with Signals() as signals:
        reading = Reading(options, signals)
        try:
            reading.run()
        except (FykeError, OSError) as error:
            reading.failure = error
        reading.end()
    return 0


class Reading:
    """The files of -r, one after the other, into one sink."""

    def __init__(self, options: SimpleNamespace, signals: Signals) -> None:
        self.options = options
        self.signals = signals
        self.sink: Sink | None = None
        self.matched = 0
        self.started = False
        self.finished = False
        self.failure: FykeError | OSError | None = None

    def run(self) -> None:
        """Every file, until the limit, a signal or the first that fails."""
        for name, opener in inputs(self.options, self.signals):
            self.read(name, opener)
            if (self.signals.stopped or self.finished
                    or 0 < self.options.limit <= self.matched):
                break

    def read(self, name: str, opener: Callable[[], Any]) -> None:
        """One source to its end."""
        from fyke.dump.session import say
        from fyke.linktypes import by_number
        source = opener()
        try:
            kind = by_number(source.link_type)
            say(f"reading from file {name}, link-type {kind.name} ({kind.description}), "
                f"snapshot length {source.snaplen}")
            machines = filters(self.options, byte_order(source))
            if machines is not None:
                machines(source.link_type)  # a bad expression is told before any packet
            if not self.started:
                self.begin(source)
            self.move(source, machines)
        finally:
            source.close()

    def begin(self, source: Source) -> None:
        """With the first file open: become -Z's user, open the output."""
        from fyke.cli import rights
        options = self.options
        if options.user:
            rights.check(options)
            rights.give_up(options, live=False)
        printer = outputs.make_printer(options) if outputs.printing(options) else None
        self.sink = rights.with_hint(outputs.make_sink, options, printer, source)
        self.started = True

    def move(self, source: Source, machines: Any) -> None:
        """The packets of one file through the filter into the sink."""
        from fyke.dump.pump import Pump
        from fyke.dump.session import Session, plural, say
        options = self.options
        left = options.limit - self.matched if options.limit else 0
        pump = Pump(source, machines, self.sink, skip=options.skip, limit=left)
        try:
            session = Session(
                pump, self.signals, live=options.follow,
                on_status=lambda: say(f"fyke dump: {plural(pump.seen, 'read')}, {pump.matched} "
                                      "taken"))
            session.run()
            self.finished = session.finished
        finally:
            self.matched += pump.matched
            options.skip = pump.skip

    def end(self) -> None:
        """Complete the output, tell the count, raise what went wrong first."""
        try:
            if self.sink is not None:
                self.sink.close()
            if self.options.count and self.started:
                sys.stdout.write(f"{self.matched} packet{'' if self.matched == 1 else 's'}\n")
            sys.stdout.flush()
        except (FykeError, OSError) as error:
            self.failure = self.failure or error
        if self.failure is not None:
            raise self.failure
