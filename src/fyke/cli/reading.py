"""``fyke dump -r``: packets from savefiles."""

from __future__ import annotations

import os
import sys

from fyke.cli import outputs, programs, rights
from fyke.errors import FykeError, OutputError, Stalled, UsageError
from fyke.files.folder import wait_until
from fyke.files.paths import expand
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.dump.options import DumpOptions
    from fyke.dump.session import Signals
    from fyke.source import Sink, Source

LINUX_SLL2 = 276  # packets that know their interface by its number
PCAP_HEADER = 24  # octets of a pcap file's header, the last four of which say the link type


def inputs(options: DumpOptions, signals: Signals,
           paths: list[str]) -> list[tuple[str, Callable[[], Any]]]:
    """What -r, --merge and --follow name: a name for each source, and how it is opened."""
    from fyke.cli.inputs import Inputs, allowed
    from fyke.dump.session import Pipe
    from fyke.files.reader import open_capture
    allowed(len(paths))
    opened = Inputs([] if options.merge else paths,
                    lambda handle, name: Pipe(signals, handle, name))

    def open_one(path: Any) -> Any:
        return open_capture(opened(path))

    def opener(path: str) -> Callable[[], Any]:
        return lambda: open_one(path)

    if options.merge and options.follow:
        raise UsageError("--merge needs files that are complete; --follow waits for more")
    if options.merge:
        from fyke.dump.session import say
        from fyke.files.joined import Merge
        if len(paths) == 1:
            say("fyke dump: --merge: does nothing with one file")
        return [(" ".join(paths), lambda: Merge(paths))]
    if len(paths) > 1 and options.write is not None:  # one numbering of interfaces in the file
        from fyke.files.joined import Sequence
        return [(" ".join(paths), lambda: Sequence(paths, open_one))]
    if options.follow:
        from fyke.files.follow import follow

        def follower(file: Any) -> Callable[[], Any]:
            return lambda: follow(file)

        return [(path, follower(opened(path) if number else path))
                for number, path in enumerate(paths)]  # the first one may still have no header
    return [(path, opener(path)) for path in paths]


def run(options: DumpOptions) -> int:
    """-r: packets from savefiles to text, a file or a count."""
    from fyke.dump.session import Signals
    with Signals() as signals:
        signals.end_after(options.duration)
        wait_until(lambda: signals.stopped)
        reading = Reading(options, signals)
        try:
            reading.run()
        except (FykeError, OSError) as error:
            reading.failure = error
        reading.end()
    return 0


class Reading:
    """The files of -r, one after the other, into one sink."""

    def __init__(self, options: DumpOptions, signals: Signals) -> None:
        self.options = options
        self.signals = signals
        self.shown: Any = None
        if options.process:
            from fyke.cli import owners
            self.shown = owners.shown(options)
        self.sink: Sink | None = None
        self.jobs: Any = None  #: the processes of --jobs
        self.matched = 0
        self.started = False
        self.finished = False
        self.failure: FykeError | OSError | None = None
        self.paths: list[str] = []
        self.files_only = False  #: which are read to their end if the output fails, and no pipes

    def run(self) -> None:
        """Every file, until the limit, a signal or the first that fails."""
        rights.check(self.options)
        if self.options.expression:
            from fyke.cli.known_names import remember
            remember()  # for other link types it is compiled again, in the box
        self.paths = expand(self.options.read)
        self.files_only = all(map(os.path.isfile, self.paths))
        sources = inputs(self.options, self.signals, self.paths)
        if self.needs_no_header():
            rights.look_up(self.options.expression, self.options.dialect)
            self.begin()
        for name, opener in sources:
            self.read(name, opener)
            if (self.signals.stopped or self.finished
                    or 0 < self.options.limit <= self.matched):
                break

    def needs_no_header(self) -> bool:
        """Whether all rights can be given up before a file is looked into: a file of -w is made
        of what the header says, --merge opens all files, --follow waits for one."""
        options = self.options
        return options.write is None and not options.merge and not options.follow

    def read(self, name: str, opener: Callable[[], Any]) -> None:
        """One source to its end."""
        from fyke.dump.session import say
        from fyke.files.reader import printable
        from fyke.linktypes import by_number
        source = opener()
        if self.options.defragment:
            from fyke.conversations.fragments import Defragmented
            source = Defragmented(source, self.options.overlaps)
        try:
            kind = by_number(source.link_type)
            say(f"reading from file {printable(name)}, link-type {kind.told}, "
                f"snapshot length {source.snaplen}")
            machines = programs.filters(self.options, programs.byte_order(source))
            if machines is not None:
                machines(source.link_type)  # a bad expression is told before any packet
            if not self.started:
                self.begin(source)
            if self.shown is not None:
                self.shown.interfaces = getattr(source, "interfaces", ())
            wanted = source
            if self.options.process:
                from fyke.cli import owners
                wanted = owners.of_file(self.options, source)
            self.move(wanted, machines)
            if self.options.defragment:
                for line in source.datagrams.told():
                    say(f"fyke dump: {line}")
        finally:
            source.close()

    def begin(self, source: Source | None = None) -> None:
        """The inputs are open: become -Z's user, open the output.

        ``source``: the first one, whose header was read, where it has to be.
        """
        options = self.options
        if options.write is not None:
            assert source is not None
            self.refuse_mixture(source)
        leaving = rights.Leaving(options, printing=options.printing)
        printer = (outputs.make_printer(options, shown=self.shown)
                   if options.printing else None)
        if printer is not None and any(map(may_name_interfaces, self.paths)):
            from fyke.dump.origins import of_this_machine
            from fyke.layers.associations import associations_of
            associations_of(printer.line).kept["interfaces"] = of_this_machine()
        self.sink = rights.with_hint(outputs.make_sink, options, printer, source)
        if options.jobs > 1:
            self.share(printer, leaving)
        leaving.enter(read=self.paths)
        if self.jobs is not None:
            self.jobs.wait_until_boxed()
        self.started = True

    def share(self, printer: Any, leaving: rights.Leaving) -> None:
        """--jobs: start the processes, while there is the right to."""
        from fyke.cli import jobs
        from fyke.sandbox.team import stay_with
        why = jobs.why_alone(self.options, self.paths)
        if why:
            if self.options.verbose and not self.options.as_tcpdump:
                from fyke.dump.session import say
                say(f"fyke dump: --jobs: one process does it: {why}")
            return
        parent = os.getpid()
        self.jobs = jobs.Jobs(self.options, printer, lambda: leaving.enter(
            between=lambda: stay_with(parent), silent=True))
        self.sink = self.jobs.sink

    def refuse_mixture(self, source: Source) -> None:
        """Before the file of -w is opened: whether it can hold every packet that is to come."""
        from functools import partial

        from fyke.dump.mixture import refuse_mixture
        from fyke.dump.saving import format_wanted
        from fyke.files.joined import Merge, Sequence
        options, paths = self.options, self.paths
        assert options.write is not None
        refuse_mixture(options.write, format_wanted(options, options.write, source).name, paths,
                       partial(Merge if options.merge else Sequence, paths),
                       filters=programs.filters(options, programs.byte_order(source)),
                       skip=options.skip, limit=options.limit)

    def move(self, source: Source, machines: Any) -> None:
        """The packets of one file through the filter into the sink."""
        from fyke.dump.pump import Pump
        from fyke.dump.session import Session, plural, say
        options = self.options
        if self.jobs is not None:
            self.jobs.lend(source)
        left = options.limit - self.matched if options.limit else 0
        pump = Pump(source, machines, self.sink, skip=options.skip, limit=left)
        try:
            session = Session(
                pump, self.signals, live=options.follow,
                on_status=lambda: say(f"fyke dump: {plural(pump.seen, 'read')}, {pump.matched} "
                                      "taken"))
            session.run()
            self.finished = session.finished
        except OutputError as error:
            from fyke.dump.pour import fail
            if isinstance(error, Stalled) or not self.files_only:
                raise
            fail(error, pump, ())
        finally:
            self.matched += pump.matched
            options.skip = pump.skip

    def end(self) -> None:
        """Complete the output, tell the count, raise what went wrong first."""
        if isinstance(self.failure, Stalled):
            raise self.failure
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


def may_name_interfaces(path: str) -> bool:
    """Whether packets may know this machine's interfaces by their numbers: all files but plain
    pcap files of other link types. Their names cannot be asked for in the box.
    """
    from fyke.files.formats import is_pcap
    try:
        if os.path.isfile(path):
            with open(path, "rb", buffering=0) as file:
                head = file.read(PCAP_HEADER)
            return not is_pcap(head) or LINUX_SLL2.to_bytes(2, "big") in (
                head[22:24], head[21:19:-1])
    except OSError:
        pass  # told when its turn comes
    return True
