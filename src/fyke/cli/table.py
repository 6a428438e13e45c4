"""fyke table: chosen fields of each packet, as columns."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import islice

from fyke.api import read
from fyke.cli.amounts import positive
from fyke.cli.parsing import Parser, dialect
from fyke.errors import SavefileError, UsageError
from fyke.files.paths import expand
from fyke.packet import Packet
from fyke.tables.columns import OF_PACKET, catalogue, columns
from fyke.tables.forms import FORMS


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
    made.add_argument("-c", dest="count", type=positive, metavar="N", help="stop after N rows")
    made.add_argument("--format", choices=tuple(FORMS), default="tsv",
                      help="tab-separated (the default), comma-separated, or a JSON object a line")
    made.add_argument("--no-header", dest="header", action="store_false",
                      help="leave out the row of names")
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
    chosen = columns(names)
    write = FORMS[options.format](sys.stdout, names, options.header)
    damage: list[SavefileError] = []
    for packet in islice(packets(options, damage), options.count):
        write([column.value(packet) for column in chosen])
    for error in damage:
        sys.stderr.write(f"fyke table: {error}\n")
    return 1 if damage else 0


def packets(options: argparse.Namespace, damage: list[SavefileError]) -> Iterator[Packet]:
    """The packets of all files; what is damaged is put down, and the next file follows."""
    for path in expand(options.files):
        try:
            with read(path, options.filter, dialect=options.dialect) as reader:
                yield from reader
        except SavefileError as error:
            damage.append(error)


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
