"""``fyke dump``: tcpdump's options, meaning and text."""

from __future__ import annotations

import os
import sys
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fyke.cli import flags
from fyke.errors import FykeError, SavefileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.bpf.machine import Machine
    from fyke.bpf.program import Program
    from fyke.dump.printer import Printer
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
        options.read += read_list(options.read_list)
    if options.time_mode > 5:
        raise UsageError("-t can be given at most five times")


def read_expression(path: str) -> str:
    """The text of an expression's file, its comments (# to the end of line) taken out."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read(1 << 20)
    return "\n".join(row.partition("#")[0] for row in text.splitlines()).strip()


def read_list(path: str) -> list[str]:
    """The names of -V's file, a line each."""
    source = sys.stdin if path == "-" else open(path, encoding="utf-8")  # noqa: SIM115
    with source:
        return [row for row in source.read(1 << 24).splitlines() if row]


def compile_for(options: SimpleNamespace, link_type: str, *, live: bool = False,
                savefile: str | None = None) -> Program:
    """The expression as a program for packets of one link type."""
    from fyke.filter.compile import compile
    return compile(options.expression, link_type=link_type, snaplen=options.snaplen,
                   optimize=options.optimize, linux_extensions=live, savefile=savefile)


def show_program(options: SimpleNamespace) -> int:
    """-d, -dd, -ddd: the filter program, for the link type of -y, -r or -i, else Ethernet."""
    from fyke.bpf import listing
    name, live = "EN10MB", False
    savefile = None
    if options.link_type is not None:
        name = options.link_type
    elif options.read:
        from fyke.files.reader import open_capture
        from fyke.linktypes import by_number
        source = open_capture(options.read[0])
        name, savefile = by_number(source.link_type).name, byte_order(source)
        source.close()
    elif options.interface:
        from fyke.cli.interfaces import chosen
        from fyke.linktypes import by_number
        name, live = by_number(chosen(options).link_type).name, True
    program = compile_for(options, name, live=live, savefile=savefile)
    form = (listing.tcpdump, listing.c, listing.decimal)[min(options.listing, 3) - 1]
    sys.stdout.write(form(program))
    return 0


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


def read_files(options: SimpleNamespace) -> int:
    """-r: packets from savefiles to text, a file or a count."""
    from fyke.dump.pump import Pump
    from fyke.dump.session import Session, close_all, say
    from fyke.linktypes import by_number

    status = 0
    printer = make_printer(options) if printing(options) else None
    sink: Sink | None = None
    matched = 0
    failure: FykeError | None = None
    for path, opener in inputs(options):
        source = opener()
        try:
            kind = by_number(source.link_type)
            say(f"reading from file {path}, link-type {kind.name} ({kind.description}), "
                f"snapshot length {source.snaplen}")
            machines = filters(options, byte_order(source))
            if machines is not None:
                machines(source.link_type)  # a bad expression is told before any packet
            if sink is None:
                sink = make_sink(options, printer, source)
            left = options.limit - matched if options.limit else 0
            pump = Pump(source, machines, sink, skip=max(0, options.skip), limit=left)
            session = Session(pump, live=options.follow)
            try:
                session.run()
            except SavefileError as error:
                failure = error
            matched += pump.matched
            options.skip = pump.skip
        finally:
            source.close()
        if failure or session.interrupted or (options.limit and matched >= options.limit):
            break
    if sink is not None:
        close_all([sink])
    if options.count:
        sys.stdout.write(f"{matched} packet{'' if matched == 1 else 's'}\n")
    if failure is not None:
        sys.stdout.flush()
        raise failure
    return status


def inputs(options: SimpleNamespace) -> list[tuple[str, Callable[[], Any]]]:
    """What -r, --merge and --follow name: a name for each source, and how it is opened."""
    from fyke.files.paths import expand
    from fyke.files.reader import open_capture

    paths = expand(options.read)
    if options.merge and options.follow:
        raise UsageError("--merge needs files that are complete; --follow waits for more")
    if options.merge:
        from fyke.files.joined import Merge
        return [(" ".join(paths), partial(Merge, paths))]
    if len(paths) > 1 and options.write is not None:  # one numbering of interfaces in the file
        from fyke.files.joined import Sequence
        return [(" ".join(paths), partial(Sequence, paths))]
    if options.follow:
        from fyke.files.follow import follow
        return [(path, partial(follow, path)) for path in paths]
    return [(path, partial(open_capture, path)) for path in paths]


def printing(options: SimpleNamespace) -> bool:
    return (options.write is None or options.print) and not options.count


def make_sink(options: SimpleNamespace, printer: Printer | None, source: Source) -> Sink | None:
    """Where packets go: text, a savefile, both, or nowhere (--count)."""
    from fyke.dump.session import Tee
    sinks: list[Sink] = [printer] if printer is not None else []
    if options.write is not None:
        sinks.append(make_writer(options, source))
    if len(sinks) > 1:
        return Tee(sinks)
    return sinks[0] if sinks else None


def make_writer(options: SimpleNamespace, source: Source) -> Sink:
    """-w: the savefile that packets are written to."""
    from fyke.dump.saving import open_saving
    return open_saving(options, source)


def make_printer(options: SimpleNamespace) -> Printer:
    """The sink that prints, with every option that shapes the text."""
    from fyke.dump.printer import Printer
    from fyke.dump.timestamps import Stamp
    from fyke.wire import Line

    line = Line()
    for name in ("verbose", "numeric", "quiet", "link_level", "absolute_seq", "no_checksums",
                 "no_domains", "as_dot", "no_guessing", "packet_type"):
        setattr(line, name, getattr(options, name))
    line.suppress_default = bool(options.hex or options.hex_ascii or options.quiet)
    if not options.numeric:
        from fyke.dump.names import SystemNames
        line.names = SystemNames(domains=not options.no_domains)
    printer = Printer(sys.stdout.buffer, line, Stamp(options.time_mode, options.nano))
    printer.numbered = options.numbered
    printer.number = options.skip
    printer.lengths = options.lengths
    printer.sampling = options.sampling or 0
    printer.hex, printer.hex_ascii, printer.ascii = options.hex, options.hex_ascii, options.ascii
    printer.eager = options.line_buffered or os.isatty(1)
    return printer
