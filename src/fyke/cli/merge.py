"""fyke merge: several captures into one, by time or one after the other."""

from __future__ import annotations

import argparse
import sys

from fyke.errors import SavefileError
from fyke.files.copying import create_like, pour, refuse_overwriting
from fyke.files.joined import Joined, Merge, Sequence
from fyke.files.paths import expand


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="fyke merge", description="Merge captures by time; "
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
    several = len({one.link_type for one in source.interfaces}) > 1
    form = options.format
    if form is None and (several or options.append) and options.write == "-":
        form = "pcapng" if several else "pcap"
    sink = create_like(options.write, source, format=form)
    status = 0
    damage: SavefileError | None
    if isinstance(source, Merge):
        _, damage = pour(source, sink)
        failures = ([damage] if damage else []) + source.errors
    else:
        failures = []
        _, damage = pour(source, sink)
        failures += [damage] if damage else []
    for failure in failures:
        sys.stderr.write(f"fyke merge: {failure}\n")
        status = 1
    sys.stderr.write(f"{sink.written} packets written to {sink.name}, from {len(paths)} files\n")
    return status
