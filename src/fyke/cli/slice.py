"""fyke slice: a part of a capture, changed on the way, into one file or several."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from fyke.cli import rights
from fyke.cli.amounts import duration, factor, nanoseconds, positive, size
from fyke.cli.parsing import Parser, defragment, dialect
from fyke.cli.progress import Progress
from fyke.conversations.belonging import connection
from fyke.dump.mixture import refuse_mixture
from fyke.dump.pour import pour
from fyke.errors import FykeError, UsageError
from fyke.files.carrying import Carrier
from fyke.files.commenting import LONGEST, Commenting, fits
from fyke.files.copying import create_like, format_like, refuse_overwriting
from fyke.files.formats import BY_NAME, NAMES
from fyke.files.reader import open_capture
from fyke.files.salvage import Salvage
from fyke.files.slicing import Duplicates, Slice, Split, ranges
from fyke.filter.machines import Machines
from fyke.hints import Any


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="fyke slice", description="Write a part of a capture.")
    made.add_argument("file", metavar="FILE", help="a capture, or - for standard input")
    made.add_argument("-w", "--write", required=True, metavar="FILE",
                      help="where to: format and compression by suffix, - for standard output")
    made.add_argument("--format", choices=NAMES, help="instead of the suffix")
    which = made.add_argument_group("which packets")
    which.add_argument("--numbers", metavar="RANGES", help="1-10,20,30-: counted from 1")
    which.add_argument("--from", dest="begin", metavar="TIME",
                       help="not before: 2026-08-05T12:00:00 or seconds since 1970")
    which.add_argument("--to", dest="end", metavar="TIME", help="before this time")
    which.add_argument("--filter", metavar="EXPRESSION", help="that a filter accepts")
    dialect(which)
    defragment(which)
    which.add_argument("--every", type=positive, default=1, metavar="N", help="each n-th of them")
    which.add_argument("--unique", type=positive, nargs="?", const=5, metavar="N",
                       help="no duplicates of the N packets before (5)")
    which.add_argument("--unique-time", type=duration, metavar="SECONDS",
                       help="only duplicates that close in time")
    which.add_argument("--salvage", action="store_true",
                       help="go on behind damaged parts of the file")
    change = made.add_argument_group("changed how")
    change.add_argument("--length", type=positive, default=0, metavar="N",
                        help="cut packets to N bytes")
    change.add_argument("--shift", type=nanoseconds, default=0, metavar="SECONDS",
                        help="move all times, backwards with a minus")
    change.add_argument("--scale", type=factor, default=1, metavar="FACTOR",
                        help="stretch the distances from the first packet")
    change.add_argument("--add-comment", dest="comments", type=comment, action="append",
                        default=[], metavar="N:TEXT", help="say something about packet N of the "
                        "input (pcapng); may be given often")
    split = made.add_argument_group("into several files, NAME-00000.pcap …")
    one = split.add_mutually_exclusive_group()
    one.add_argument("--split-count", type=positive, default=0, metavar="N", help="of N packets")
    one.add_argument("--split-size", type=size, default=0, metavar="SIZE",
                     help="of at most SIZE: bytes, or KiB, MiB, GiB with k, m, g")
    one.add_argument("--split-time", type=duration, default=0, metavar="SECONDS",
                     help="of so much packet time")
    one.add_argument("--split-connections", action="store_true",
                     help="one for each connection, named by its ends")
    return made


def comment(text: str) -> tuple[int, str]:
    """A packet's number and what is to be said of it."""
    number, colon, words = text.partition(":")
    if not colon or not words:
        raise argparse.ArgumentTypeError(f"takes N:TEXT, such as 7:retransmitted, not {text!r}")
    if not fits(words):
        raise argparse.ArgumentTypeError(f"a comment has at most {LONGEST} bytes")
    return positive(number), words


def moment(text: str | None) -> int | None:
    """A time of the command line in nanoseconds since the epoch; local where no zone is given."""
    if text is None:
        return None
    try:
        return nanoseconds(text)
    except argparse.ArgumentTypeError:
        pass
    try:
        when = datetime.fromisoformat(text)
        whole = int(when.replace(microsecond=0).timestamp())  # may be out of its range in UTC
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is no time; 2026-08-05T12:00:00.5 or 1786000000.25 is "
                         "one") from None
    return whole * 10**9 + when.microsecond * 1000


def filters_for(expression: str, source: Any, dialect: str) -> Machines:
    """The filter's machines; what the first link type refuses is raised now."""
    machines = Machines(expression, savefile="swapped" if source.swapped else "unswapped",
                        dialect=dialect)
    machines(source.link_type)
    return machines


def run(arguments: list[str]) -> int:
    """Write the slice; a damaged file gives what is whole, and exit status 1."""
    options = parser().parse_args(arguments)
    refuse_overwriting(options.write, [options.file])
    rights.look_up(options.filter, options.dialect)
    source = opened(options)
    try:
        return write(options, source)
    except FykeError:
        source.close()
        raise


def opened(options: argparse.Namespace) -> Any:
    """The input."""
    reader = open_capture(options.file)
    source = Salvage(reader) if options.salvage else reader
    if not options.defragment:
        return source
    from fyke.conversations.fragments import Defragmented
    return Defragmented(source, options.overlaps)


def part_of(options: argparse.Namespace, source: Any) -> Slice:
    """The packets that are wanted, changed."""
    duplicates = None
    if options.unique or options.unique_time:
        duplicates = Duplicates(options.unique or 1 << 16, options.unique_time or 0)
    return Slice(source, numbers=ranges(options.numbers) if options.numbers is not None else None,
                 begin=moment(options.begin), end=moment(options.end), every=options.every,
                 filters=filters_for(options.filter, source, options.dialect)
                 if options.filter else None,
                 length=options.length, shift=options.shift, scale=options.scale,
                 duplicates=duplicates)


def split_sink(options: argparse.Namespace, source: Any, carrier: Carrier | None) -> Split:
    """What makes several files."""
    if options.write == "-":
        raise UsageError("several files cannot go to standard output; name one with -w")
    return Split(options.write, lambda path, again: create_like(
        path, source, format=options.format, carrier=carrier, append=again),
        count=options.split_count, size=options.split_size, period=options.split_time,
        connections=connection if options.split_connections else None)


def write(options: argparse.Namespace, source: Any) -> int:
    """The slice of an open source into files, and what is told of it."""
    part = part_of(options, source)
    form = format_like(options.write, source, options.format)
    if options.comments and not BY_NAME[form].mixes:
        raise UsageError(f"--add-comment: {form} has no room for a comment; write pcapng: "
                         "--format pcapng, or a name that ends with .pcapng")
    refuse_mixture(options.write, form, [options.file],
                   lambda: part_of(options, opened(options)))
    split = (options.split_count or options.split_size or options.split_time
             or options.split_connections)
    if split:
        rights.output_helper(options.write, options.sandbox)
    carrier = Carrier(source) if split and BY_NAME[form].mixes else None
    sink: Any = (split_sink(options, source, carrier) if split
                 else create_like(options.write, source, format=options.format))
    comments: dict[int, list[str]] = {}
    for number, words in options.comments:
        comments.setdefault(number, []).append(words)
    rights.enter("slice", options.sandbox, read=[options.file])
    with Progress(part, [options.file], lambda: part.seen) as progress:
        count, damage = pour(Commenting(part, comments) if comments else part, sink,
                             [options.file], progress.turn)
    if comments:
        left = ", ".join(map(str, sorted(comments)))
        sys.stderr.write(f"fyke slice: --add-comment: packet {left} is not in the slice\n")
    told = f"{count} packets written"
    if split:
        told += f" to {len(sink.paths)} files"
    sys.stderr.write(f"{told}, {part.seen} read\n")
    if carrier is not None and carrier.left_out:
        sys.stderr.write(f"fyke slice: {carrier.left_out} blocks that are no packets are left out: "
                         "there was no file for them\n")
    if options.salvage and source.report():
        sys.stderr.write(f"fyke slice: {source.report()}\n")
    if options.defragment:
        sys.stderr.writelines(f"fyke slice: {line}\n" for line in source.datagrams.told())
    if damage is not None:
        sys.stderr.write(f"fyke slice: {damage}\n")
        return 1
    return 0
