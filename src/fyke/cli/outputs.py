"""What ``fyke dump`` does with packets: text (-v -e -x …), savefiles (-w -C -G …), or both."""

from __future__ import annotations

import os
import sys

from fyke.dump.options import FLAGS
from fyke.errors import UsageError
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fyke.dump.options import DumpOptions
    from fyke.dump.origins import Origins
    from fyke.dump.printer import Printer
    from fyke.source import Sink

#: Attributes of style.Style that are options of the same name.
STYLE_OPTIONS = tuple(flag.name for flag in FLAGS if flag.style)


def check(options: DumpOptions) -> None:
    """Refuse what does not fit together. Raises UsageError."""
    if options.sampling:
        options.print = True
        options.absolute_seq = True  # the packets between are not decoded: nobody follows streams
    check_packet_type(options)
    for flag, _ in options.given:
        if flag.needs in ("file", "files") and options.write is None:
            raise UsageError(f"{flag.word} is about the file of -w, and there is no -w")
        if flag.needs == "files" and options.write == "-":
            raise UsageError(f"{flag.word} makes files; they cannot go to standard output")
    if options.write == "-":
        if options.print:
            raise UsageError("--print and -w - would both write to standard output")
        if sys.stdout.isatty():
            raise UsageError("-w - would write a capture to the terminal; redirect it to a file "
                             "or a pipe")
    if options.file_count and not (options.file_size or options.file_seconds):
        raise UsageError("-W counts the files that -C or -G make: give one of them")
    if options.max_disk and not options.file_size:
        raise UsageError("--max-disk deletes whole files: say with -C how large they may be")
    if options.max_disk and options.max_disk < 2 * options.file_size:
        raise UsageError("--max-disk must hold at least two files of -C's size")


def check_packet_type(options: DumpOptions) -> None:
    """-T: a word that some layer knows."""
    if not options.packet_type:
        return
    from fyke.layers.transport.packet_types import BY_CONTENT, TCP_TYPES, UDP_TYPES
    known = sorted({*TCP_TYPES, *UDP_TYPES, "carp"} - BY_CONTENT)
    if options.packet_type in known:
        return
    raise UsageError(f"-T {options.packet_type} is no packet type; there are {', '.join(known)}")


def make_sink(options: DumpOptions, printer: Printer | None, source: Any,
              where: Sequence[str] = ()) -> Sink | None:
    """Where packets go: text, a savefile, both, or nowhere (--count).

    ``where`` describes each tap of the source.
    """
    from fyke.dump.tee import Tee
    sinks: list[Sink] = []
    if options.write is not None:
        from fyke.dump.saving import open_saving
        sinks.append(open_saving(options, source, where))
    if printer is not None:
        sinks.append(printer)
    if len(sinks) > 1:
        return Tee(sinks)
    return sinks[0] if sinks else None


def make_printer(options: DumpOptions, *, live: bool = False,
                 local: tuple[int, int] | None = None, origins: Origins | None = None,
                 out: Any = None, shown: Any = None) -> Printer:
    """The sink that prints, with every option that shapes the text.

    ``local`` is the network and mask of -f: only addresses in it get names. ``out`` is a binary
    file, standard output if None; ``shown`` writes owners into the lines (owners.shown).
    """
    from fyke.dump.output import Output
    from fyke.dump.printer import Printer
    from fyke.dump.timestamps import Stamp
    from fyke.style import Style
    from fyke.wire import Line

    style = Style()
    for name in STYLE_OPTIONS:
        setattr(style, name, getattr(options, name))
    style.absolute_seq = options.absolute_seq or bool(options.sampling)  # most packets are unseen
    style.suppress_default = bool(options.hex or options.hex_ascii or options.quiet)
    if not options.numeric:
        from fyke.dump.helpers import host_names
        from fyke.dump.names import SystemNames
        hosts = host_names(patience=0.05, in_all=0.25) if live else host_names()
        style.names = SystemNames(hosts, domains=not options.no_domains, local=local)
    printer = Printer(Output(out or sys.stdout.buffer), Line(style=style),
                      Stamp(options.time_mode, bool(options.nano)))
    printer.decode_as = options.packet_type or None
    printer.origins = origins
    printer.as_tcpdump = options.as_tcpdump
    printer.utf8 = options.utf8
    printer.owners = shown
    if shown is not None:
        shown.origins = origins
    printer.numbered = options.numbered
    printer.number = options.skip
    printer.lengths = options.lengths
    printer.sampling = options.sampling or 0
    printer.hex, printer.hex_ascii, printer.ascii = options.hex, options.hex_ascii, options.ascii
    printer.eager = options.line_buffered or options.packet_buffered or os.isatty(1)
    return printer
