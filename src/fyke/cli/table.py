"""fyke table: chosen fields of each packet, as columns."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

from fyke.api import read
from fyke.cli import rights
from fyke.cli.amounts import positive
from fyke.cli.inputs import Inputs
from fyke.cli.parsing import Parser, defragment, dialect
from fyke.cli.progress import Progress
from fyke.errors import SavefileError, UsageError
from fyke.files.paths import expand
from fyke.packet import Packet
from fyke.tables.columns import OF_PACKET, catalogue, columns
from fyke.tables.forms import FORMS, cell, safe_cell


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke table", description="Print chosen fields of each packet as columns. A column "
        "is a name such as time, date, text, or LAYER.FIELD: ip.src, tcp.dst_port, "
        "dns.answers.data; ip.src#2 is of the second IP layer, ip.src#-1 of the last.")
    made.add_argument("files", nargs="*", metavar="FILE",
                      help="a capture, a folder of captures, a pattern, or - for standard input")
    made.add_argument("-e", dest="columns", action="append", default=[], metavar="NAME[,NAME…]",
                      help="a column; may be given often")
    made.add_argument("--filter", metavar="EXPRESSION", help="only packets that a filter accepts")
    dialect(made)
    defragment(made)
    made.add_argument("-c", dest="count", type=positive, metavar="N", help="stop after N rows")
    made.add_argument("--format", choices=tuple(FORMS), default="tsv",
                      help="tab-separated (the default), comma-separated, or a JSON object a line")
    made.add_argument("--no-header", dest="header", action="store_false",
                      help="leave out the row of names")
    made.add_argument("--safe-cells", action="store_true",
                      help="for spreadsheets: an apostrophe in front of text that they would take "
                      "for a formula (= + - @)")
    made.add_argument("--list", action="store_true",
                      help="list the columns that there are, and end; with -e LAYER only of those")
    return made


def run(arguments: list[str]) -> int:
    """Print the table; a damaged file gives what is whole, is told, and makes the status 1."""
    options = parser().parse_args(arguments)
    names = [name for words in options.columns for name in words.split(",")]
    if options.list:
        sys.stdout.writelines(listing(names))
        return 0
    if not options.files:
        raise UsageError("name a capture file, or - for standard input")
    if options.format == "json":
        for word, given in (("--no-header", not options.header),
                            ("--safe-cells", options.safe_cells)):
            if given:
                sys.stderr.write(f"fyke table: {word}: nothing to do with --format json\n")
    return Table(options, names).run()


class Table:
    """The rows of all files, under one header that comes with the first file that is one."""

    def __init__(self, options: argparse.Namespace, names: list[str]) -> None:
        self.options = options
        self.names = names
        self.columns = columns(names)
        self.write: Any = None
        self.rows = 0
        self.damage: list[SavefileError] = []
        self.opened: Any = None

    def run(self) -> int:
        """Every file, or as many rows as are wanted; the exit status."""
        paths = expand(self.options.files)
        self.opened = Inputs(paths)
        rights.enter("table", self.options.sandbox, read=paths, expressions=[self.options.filter])
        with Progress(None, paths, lambda: self.rows, quiet=sys.stdout.isatty()) as progress:
            for packet in islice(self.packets(paths, progress), self.options.count):
                self.write([column.value(packet) for column in self.columns])
                self.rows += 1
                if not self.rows & 0xFF:
                    progress.turn()
        for error in self.damage:
            sys.stderr.write(f"fyke table: {error}\n")
        return 1 if self.damage else 0

    def packets(self, paths: list[str], progress: Progress) -> Iterator[Packet]:
        """The packets of all files; what is damaged is put down, and the next file follows."""
        for path in paths:
            try:
                with read(self.opened(path), self.options.filter,
                          dialect=self.options.dialect,
                          defragment=self.options.defragment and self.options.overlaps) as reader:
                    if self.write is None:
                        self.begin()
                    progress.source = reader
                    yield from reader
            except SavefileError as error:
                self.damage.append(error)
            progress.next_file(None, os.path.getsize(path) if os.path.isfile(path) else 0)

    def begin(self) -> None:
        """The header."""
        self.write = FORMS[self.options.format](
            sys.stdout, self.names, self.options.header,
            safe_cell if self.options.safe_cells else cell)


def listing(wanted: list[str]) -> Iterator[str]:
    """A line for each column of a packet and each layer's fields."""
    if not wanted:
        for name, (_, meaning) in OF_PACKET.items():
            yield f"{name:21}{meaning}\n"
    known = catalogue()
    for name in wanted:
        if name not in known:
            raise UsageError(f"there is no layer {name!r}; --list without -e tells all")
    for name, fields in known.items():
        if not wanted or name in wanted:
            yield "".join(f"{name}.{field}\n" for field in fields)
