"""fyke merge: several captures into one, by time or one after the other."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from fyke.cli import rights
from fyke.cli.inputs import Inputs, allowed
from fyke.cli.parsing import Parser
from fyke.cli.progress import Progress
from fyke.dump.mixture import refuse_mixture
from fyke.dump.pour import pour
from fyke.files.copying import create_like, format_like, refuse_overwriting
from fyke.files.formats import NAMES
from fyke.files.joined import Joined, Merge, Sequence
from fyke.files.paths import expand
from fyke.files.reader import open_capture, printable


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="fyke merge", description="Merge captures by time; "
                                   "interfaces, comments and counters of pcapng come along.")
    made.add_argument("files", nargs="+", metavar="FILE",
                      help="a capture, a folder of captures, a pattern, or - for standard input")
    made.add_argument("-w", "--write", required=True, metavar="FILE",
                      help="where to: format and compression by suffix (.pcapng, .gz …), - for "
                      "standard output")
    made.add_argument("--format", choices=NAMES, help="instead of the suffix")
    made.add_argument("-a", "--append", action="store_true",
                      help="one file after the other, whatever the times")
    return made


def run(arguments: list[str]) -> int:
    """Merge; damaged inputs give what is whole, are told, and make the exit status 1."""
    options = parser().parse_args(arguments)
    paths = expand(options.files)
    refuse_overwriting(options.write, paths)
    allowed(len(paths))
    opened = Inputs(paths if options.append else [])
    source: Joined = (Sequence(paths, lambda path: open_capture(opened(path))) if options.append
                      else Merge(paths))
    with closing(source):
        refuse_mixture(options.write, format_like(options.write, source, options.format), paths,
                       lambda: Sequence(paths) if options.append else Merge(paths))
        sink = create_like(options.write, source, format=options.format)
        rights.enter("merge", options.sandbox, read=paths)
        with Progress(source, paths, lambda: source.count) as progress:
            _, damage = pour(source, sink, paths, progress.turn)
    failures = [damage] if damage else []
    if isinstance(source, Merge):
        failures += source.errors
    for failure in failures:
        sys.stderr.write(f"fyke merge: {failure}\n")
    if isinstance(source, Merge):
        for number, late in source.late.items():
            sys.stderr.write(f"fyke merge: {printable(paths[number])}: not in order of time: "
                             f"{late} packet{' is' if late == 1 else 's are'} older than one in "
                             "front; 'fyke sort' puts a file in order\n")
    files = "1 file" if len(paths) == 1 else f"{len(paths)} files"
    sys.stderr.write(f"{sink.written} packets written to {sink.name}, from {files}\n")
    return 1 if failures else 0
