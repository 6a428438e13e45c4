"""fyke table: chosen fields of each packet, as columns: text, Parquet, Arrow."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from fyke.cli import rights
from fyke.cli.amounts import positive
from fyke.cli.inputs import Inputs, no_filter
from fyke.cli.known_names import remember
from fyke.cli.parsing import Parser, defragment, dialect
from fyke.cli.progress import Progress
from fyke.errors import FykeError, OutputError, SavefileError, UsageError, harmless
from fyke.files.paths import expand
from fyke.tables.columns import OF_PACKET, USUAL, catalogue, columns
from fyke.tables.forms import FORMS, as_json, cell, safe_cell
from fyke.tables.vocabulary import notices

ROWS, FEW = 1 << 15, 1  # of a batch: of a file, and where every row is to be seen at once


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke table", description="Print chosen fields of each packet as columns, or write "
        "them to a file of columns. A column "
        "is a name such as time, date, text, or LAYER.FIELD: ip.src, tcp.dst_port, "
        "dns.answers.data; ip.src#2 is of the second IP layer, ip.src#-1 of the last.")
    made.add_argument("files", nargs="*", metavar="FILE",
                      help="a capture, a folder of captures, a pattern, or - for standard input")
    made.add_argument("-i", dest="interface", metavar="INTERFACE", help="packets as they come")
    made.add_argument("-e", dest="columns", action="append", default=[], metavar="NAME[,NAME…]",
                      help="a column; may be given often; without it " + ", ".join(USUAL))
    made.add_argument("--filter", metavar="EXPRESSION", help="only packets that a filter accepts")
    dialect(made)
    defragment(made)
    made.add_argument("--where", metavar="TESTS", help="only rows whose columns pass tests, such "
                      "as 'ip.ttl < 5 and tcp.flags.syn' (docs/filters.md)")
    made.add_argument("-c", dest="count", type=positive, metavar="N", help="stop after N rows")
    made.add_argument("-w", dest="write", metavar="FILE", help="write to a file instead: .parquet, "
                      ".arrow, .csv, .tsv or .jsonl; text also compressed (.csv.zst)")
    made.add_argument("--partition", choices=("hour",), help="with -w: FILE is a folder with a "
                      "file for each hour of the packets' time")
    made.add_argument("--addresses", choices=("text", "binary"), default="text",
                      help="in .parquet and .arrow: as dictionaries of text, or their octets")
    made.add_argument("--format", choices=tuple(FORMS), default="tsv",
                      help="tab-separated (the default), comma-separated, or a JSON object a line")
    made.add_argument("--no-header", dest="header", action="store_false",
                      help="leave out the row of names")
    made.add_argument("--safe-cells", action="store_true",
                      help="for spreadsheets: an apostrophe in front of text that they would take "
                      "for a formula (= + - @)")
    made.add_argument("--jobs", type=positive, default=1, metavar="N",
                      help="read the captures in N processes (default: 1)")
    made.add_argument("--list", action="store_true",
                      help="list the columns that there are, and end; with -e LAYER only of those")
    made.add_argument("--schema", action="store_true",
                      help="print the JSON schema of a packet (packet.to_dict() of the library), "
                      "with -e that of a row of --format json, and end")
    return made


def run(arguments: list[str]) -> int:
    """Print the table; a damaged file gives what is whole, is told, and makes the status 1."""
    options = parser().parse_args(arguments)
    names = [name for words in options.columns for name in words.split(",")]
    if options.schema:
        from fyke.tables.reference import row_schema, schema
        told = row_schema(columns(names)) if names else schema()
        sys.stdout.write(as_json(told, indent=1) + "\n")
        return 0
    if not names and not options.list:
        names = list(USUAL)
    if options.list:
        sys.stdout.writelines(listing(names))
        return 0
    check(options)
    return Table(options, names).run()


def check(options: argparse.Namespace) -> None:
    """Refuse what does not fit together. Raises UsageError."""
    no_filter(options.files)
    if options.interface is not None and options.files:
        raise UsageError("-i takes packets of an interface; there is no reading of files beside it")
    if options.interface is None and not options.files:
        raise UsageError("name a capture file, or - for standard input, or -i and an interface")
    if options.partition and options.write is None:
        raise UsageError("--partition makes files: give -w and the name of their folder")
    if options.jobs > 1 and (options.count is not None or "-" in options.files
                             or options.interface is not None):
        raise UsageError("--jobs reads whole files: it goes with no -i, no -c and no -")
    if options.format == "json":
        for word, given in (("--no-header", not options.header),
                            ("--safe-cells", options.safe_cells)):
            if given:
                sys.stderr.write(f"fyke table: {word}: nothing to do with --format json\n")


class Table:
    """The rows of all files, under one header that comes with the first file that is one."""

    def __init__(self, options: argparse.Namespace, names: list[str]) -> None:
        from fyke.columns.sinks import is_arrow, told_by_suffix
        self.options = options
        self.form, self.packed = options.format, ""
        if options.write is not None:
            self.form, self.packed = told_by_suffix(options.write)
        self.arrow = is_arrow(self.form)
        if options.partition and not self.arrow:
            raise UsageError(f"--partition {options.partition} is for .parquet and .arrow")
        if self.arrow and options.partition and "time" not in names:
            raise UsageError("--partition hour needs the column time: -e time")
        self.names = names
        for notice in notices(columns(names)):
            sys.stderr.write(f"fyke table: {notice}\n")
        self.rows = 0
        self.damage: list[SavefileError] = []
        self.opened: Any = None
        self.machines: Any = None  #: what makes the filter's for a file
        self.raw: Any = None
        self.sink: Any = None

    def scan(self, live: bool) -> Any:
        """The columns, and what rows stay. Raises UsageError, FilterError."""
        from fyke.columns.opening import machines
        from fyke.columns.scan import Scan
        from fyke.columns.schema import as_objects, wanted
        from fyke.columns.where import Where
        options = self.options
        found = wanted(self.names, options.addresses) if self.arrow else as_objects(self.names)
        if options.where:
            remember()  # the files that it names
            Where(options.where)
        if not live:
            self.machines = machines(options.filter, options.dialect)
        fast = self.arrow or options.write is not None or (
            not live and (not sys.stdout.isatty() or all_regular(options.files)))
        return Scan(lambda: iter(()), found,
                    self.machines,
                    (1 << 16 if self.arrow else ROWS) if fast else FEW, where=options.where)

    def run(self) -> int:
        """Every file, or as many rows as are wanted; the exit status."""
        options = self.options
        live = options.interface is not None
        paths = [] if live else expand(options.files)
        scan = self.scan(live)
        self.opened = Inputs(paths)
        if options.jobs > 1:
            return self.together(paths, scan)
        tap = self.tap() if live else None
        self.leave(paths, [tap.fileno()] if tap is not None else [])
        if tap is not None:
            return self.live(scan, tap)
        with Progress(None, paths, lambda: self.rows, quiet=sys.stdout.isatty()) as progress:
            for batch in self.batches(scan, paths, progress):
                self.take(batch)
                progress.turn()
        return self.told()

    def told(self) -> int:
        """The end is written, and damage told; the exit status."""
        self.end()
        for error in self.damage:
            sys.stderr.write(f"fyke table: {error}\n")
        return 1 if self.damage else 0

    def leave(self, paths: list[str], taps: list[int]) -> None:
        """Open what is written, and give up all rights beside."""
        options = self.options
        if options.write is not None and not options.partition:
            from fyke.columns.sinks import create
            self.raw = create(options.write)
        if options.partition:
            make_folder(options.write)
        rights.enter("table", options.sandbox, read=paths, expressions=[options.filter],
                     dialect=options.dialect, write=[options.write] if options.partition else [],
                     role="confined" if options.partition else "", taps=taps)

    def together(self, paths: list[str], scan: Any) -> int:
        """Every file by several processes (--jobs), rows in the files' order; the exit status."""
        from fyke.columns.opening import Asked
        from fyke.columns.predicate import UNKNOWN
        from fyke.columns.workers import Team
        options = self.options
        asked = Asked(tuple(paths), tuple(self.names), options.filter, options.dialect,
                      options.addresses, 1 << 16 if self.arrow else ROWS,
                      options.overlaps if options.defragment else "", options.where)
        team = Team(options.jobs, lambda: rights.enter("table", options.sandbox, read=paths,
                                                       expressions=[options.filter],
                                                       dialect=options.dialect),
                    None if self.arrow else self.text)
        try:
            self.leave(paths, [])
            self.begin(scan)
            if self.arrow:
                for batch in team.batches(asked, UNKNOWN, self.damage, in_order=True):
                    self.take(batch)
            else:
                for octets, rows in team.results(asked, UNKNOWN, self.damage, in_order=True):
                    self.take_text(octets, rows)
        finally:
            team.close()
        return self.told()

    def text(self, part: Any, predicate: Any) -> tuple[bytes, int, list[Any]]:
        """In a process of --jobs: the text of a partition's rows."""
        from fyke.columns.texts import Texts
        texts = Texts(self.form, self.names, safe_cell if self.options.safe_cells else cell)
        found: list[bytes] = []
        rows = 0
        problems: list[Any] = []
        scan = part.asked.scan(predicate, objects=True)
        scan.damage = problems
        try:
            for batch in scan:
                rows += len(batch)
                found.append(texts.rows(batch).encode())
        except FykeError as error:
            problems.append(error)
        return b"".join(found), rows, problems

    def live(self, scan: Any, tap: Any) -> int:
        """Rows as they come, until Ctrl-C or the last that is wanted."""
        self.begin(scan)
        with suppress(KeyboardInterrupt):
            for batch in scan.batches(tap, self.options.count):
                self.take(batch)
                self.sink.flush()
        self.end()
        return 0

    def tap(self) -> Any:
        """The interface, opened. Raises CaptureError, FilterError."""
        from fyke.filter.compile import compile
        from fyke.linktypes import by_number
        from fyke.live.interfaces import find
        from fyke.live.tap import open_tap
        options = self.options
        program = None
        if options.filter:
            kind = by_number(find(options.interface).link_type)
            program = compile(options.filter, link_type=kind, linux_extensions=True,
                              dialect=options.dialect)
        return open_tap(options.interface, program)

    def batches(self, scan: Any, paths: list[str], progress: Progress) -> Iterator[Any]:
        """The batches of all files; what is damaged is put down, and the next file follows."""
        from fyke.files.reader import open_capture
        for path in paths:
            left = None if self.options.count is None else self.options.count - self.rows
            if left == 0:
                return
            try:
                source: Any = open_capture(self.opened(path))
                if self.options.defragment:
                    from fyke.conversations.fragments import Defragmented
                    source = Defragmented(source, self.options.overlaps)
                if self.sink is None:
                    if self.machines is not None:
                        self.machines(source)  # there is no header for a bad expression
                    self.begin(scan)
                progress.source = source
                yield from scan.batches(source, left)
            except SavefileError as error:
                self.damage.append(error)
            progress.next_file(None, os.path.getsize(path) if os.path.isfile(path) else 0)

    def take_text(self, octets: bytes, rows: int) -> None:
        """Rows that are text already. Raises OutputError."""
        self.written(self.sink.write_octets, octets, rows)

    def take(self, batch: Any) -> None:
        """Rows to where they go. Raises OutputError."""
        self.written(self.sink.write, batch, len(batch))

    def written(self, write: Any, what: Any, count: int) -> None:
        """Write rows, and count them. Raises OutputError."""
        with self.output():
            write(what)
        self.rows += count

    @contextmanager
    def output(self) -> Iterator[None]:
        """What goes wrong with where rows go is an OutputError that names it."""
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            if self.raw is not None:
                with suppress(OSError):  # else Python tries to write the rest when it ends
                    self.raw.close()
            raise OutputError(f"{self.options.write or 'standard output'}: "
                              f"{error.strerror or error}") from error

    def begin(self, scan: Any) -> None:
        """The header, or the file's beginning."""
        from fyke.columns.sinks import ArrowSink, Hours, TextSink, text_file
        options = self.options
        with self.output():
            if options.partition:
                self.sink = Hours(options.write, self.form, scan)
            elif self.arrow:
                self.sink = ArrowSink(self.raw, self.form, scan)
            else:
                out = sys.stdout if self.raw is None else text_file(self.raw, self.packed)
                self.sink = TextSink(out, self.form, self.names, header=options.header,
                                     cell=safe_cell if options.safe_cells else cell,
                                     close=self.raw is not None)

    def end(self) -> None:
        """Everything is written, and told if it is in a file."""
        if self.sink is not None:
            with self.output():
                self.sink.close()
            if self.options.write is not None:
                sys.stderr.write(f"{self.rows} row{'' if self.rows == 1 else 's'} written to "
                                 f"{harmless(self.options.write)}\n")


def make_folder(path: str) -> None:
    """The folder of --partition. Raises OutputError."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}") from error


def all_regular(paths: list[str]) -> bool:
    """Whether all are files or folders: then rows come by themselves, and nobody waits for one."""
    try:
        return all(path != "-" and not stat.S_ISFIFO(os.stat(path).st_mode) for path in paths)
    except (OSError, ValueError):
        return True


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
