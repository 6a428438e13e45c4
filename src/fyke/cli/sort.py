"""fyke sort: a capture in order of time."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from tempfile import gettempdir

from fyke.cli import rights
from fyke.cli.parsing import Parser
from fyke.cli.progress import Progress
from fyke.dump.mixture import refuse_mixture
from fyke.dump.pour import pour
from fyke.files.copying import create_like, format_like, refuse_overwriting
from fyke.files.formats import NAMES
from fyke.files.reader import open_capture
from fyke.files.sorting import Sorted


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="fyke sort", description="Put the packets of a capture in order of time, in "
                  "bounded memory, and say how many were out of order: older than one in front of "
                  "them.")
    made.add_argument("file", metavar="FILE", help="a capture, or - for standard input")
    made.add_argument("-w", "--write", required=True, metavar="FILE",
                      help="where to: format and compression by suffix, - for standard output")
    made.add_argument("--format", choices=NAMES, help="instead of the suffix")
    return made


def run(arguments: list[str]) -> int:
    """Sort; a damaged file gives what is whole, and exit status 1."""
    options = parser().parse_args(arguments)
    refuse_overwriting(options.write, [options.file])
    with closing(open_capture(options.file)) as reader:
        form = format_like(options.write, reader, options.format)
        refuse_mixture(options.write, form, [options.file], lambda: open_capture(options.file))
        within = os.environ.get("TMPDIR") or (
            None if options.write == "-" else os.path.dirname(options.write) or ".")
        rights.enter("sort", options.sandbox, read=[options.file], write=[
            within or gettempdir(),
            *([] if options.write == "-" else [os.path.dirname(options.write) or "."])])
        with Progress(reader, [options.file]) as progress:
            source = Sorted(reader, within=within, turn=progress.turn)
            progress.counted = lambda: source.count
            sink = create_like(options.write, source, format=options.format)
            count, damage = pour(source, sink, [options.file])
    sys.stderr.write(f"{count} packet{'' if count == 1 else 's'} written to {sink.name}; "
                     f"{source.late} of them {'was' if source.late == 1 else 'were'} out of order "
                     "(older than one in front of it)\n")
    if damage is not None:
        sys.stderr.write(f"fyke sort: {damage}\n")
        return 1
    return 0
