"""fyke merge: several captures into one, by time or one after the other."""

from __future__ import annotations

import argparse
import sys

from fyke.cli.parsing import Parser
from fyke.dump.pour import pour
from fyke.files.copying import create_like, refuse_overwriting
from fyke.files.joined import Joined, Merge, Sequence
from fyke.files.paths import expand


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="fyke merge", description="Merge captures by time; "
                                   "interfaces, comments and counters of pcapng come along.")
    made.add_argument("files", nargs="+", metavar="FILE",
                      help="a capture, a folder of captures, a pattern, or - for standard input")
    made.add_argument("-w", "--write", required=True, metavar="FILE",
                      help="where to: format and compression by suffix (.pcapng, .gz …), - for "
                      "standard output")
    made.add_argument("--format", choices=("pcap", "pcapng"), help="instead of the suffix")
    made.add_argument("-a", "--append", action="store_true",
                      help="one file after the other, whatever the times")
    return made


def run(arguments: list[str]) -> int:
    """Merge; damaged inputs give what is whole, are told, and make the exit status 1."""
    options = parser().parse_args(arguments)
    paths = expand(options.files)
    refuse_overwriting(options.write, paths)
    source: Joined = Sequence(paths) if options.append else Merge(paths)
    sink = create_like(options.write, source, format=options.format)
    _, damage = pour(source, sink, paths)
    failures = [damage] if damage else []
    if isinstance(source, Merge):
        failures += source.errors
    for failure in failures:
        sys.stderr.write(f"fyke merge: {failure}\n")
    sys.stderr.write(f"{sink.written} packets written to {sink.name}, from {len(paths)} files\n")
    return 1 if failures else 0
