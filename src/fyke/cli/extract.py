"""``fyke extract``: the files that conversations carried, into a folder, with an index."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from fyke.cli import rights
from fyke.cli.amounts import positive, size
from fyke.cli.inputs import Inputs
from fyke.cli.parsing import Parser, dialect
from fyke.cli.progress import Progress
from fyke.conversations.extract import Extraction
from fyke.conversations.found import Found, safe_name
from fyke.conversations.fragments import Defragmented
from fyke.conversations.streams import MEMORY
from fyke.door.conversing import filtered
from fyke.errors import OutputError, SavefileError, UsageError
from fyke.files.beneath import Beneath
from fyke.files.reader import open_capture
from fyke.source import Source
from fyke.tables.forms import cell

INDEX = "index.tsv"
COLUMNS = ("file", "protocol", "stream", "from", "to", "time", "name", "type", "bytes",
           "complete", "sha256")
LARGEST, LARGEST_SUM, MOST = 100 << 20, 1 << 30, 10_000


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke extract", description="Take the files out of the conversations of a capture: "
        "bodies of HTTP (without chunks, gzip and br), mails of SMTP and what is attached to them, "
        "files of FTP and TFTP. They "
        f"get safe names in a folder, beside an index ({INDEX}) with what the packets called them "
        "and their SHA-256.")
    made.add_argument("file", metavar="FILE", help="a capture, or - for standard input")
    made.add_argument("-d", "--directory", required=True, metavar="DIR",
                      help="where to: a new folder, or an empty one")
    made.add_argument("--filter", metavar="EXPRESSION", help="only packets that a filter accepts")
    dialect(made)
    made.add_argument("--max-size", type=size, default=LARGEST, metavar="SIZE",
                      help="bytes of one file (100m); the rest of a larger one is left out")
    made.add_argument("--max-total", type=size, default=LARGEST_SUM, metavar="SIZE",
                      help="bytes of all files (1g)")
    made.add_argument("--max-files", type=positive, default=MOST, metavar="N",
                      help="how many files (10000)")
    made.add_argument("--memory", type=size, default=MEMORY, metavar="SIZE",
                      help="bytes that conversations may take at a time (256m)")
    made.add_argument("--overlap", choices=("first", "last"), default="first",
                      help="of bytes that came twice, differently: which count")
    return made


def run(arguments: list[str]) -> int:
    """Extract; a damaged file gives what is whole, is told, and makes the status 1."""
    options = parser().parse_args(arguments)
    if options.memory < 1 << 16:
        raise UsageError("--memory takes 64k or more")
    load()
    with (closing(open_capture(Inputs([options.file])(options.file))) as reader,
          closing(Beneath(options.directory)) as folder):
        rights.enter("extract", options.sandbox, read=[options.file], write=[options.directory],
                     expressions=[options.filter])
        source = Defragmented(filtered(reader, options.filter, options.dialect) if options.filter
                              else reader)
        extraction = Extraction(options.max_size, options.memory, options.overlap)
        with Progress(reader, [options.file], lambda: extraction.table.number) as progress:
            return Extract(options, folder, extraction).run(source, progress)


def load() -> None:
    """What the box would not let be imported from anywhere, or only slowly."""
    for name in ("h11", "brotli", "zstandard", "email.header", "email.parser"):
        try:
            __import__(name)
        except ImportError:
            continue  # told where it is needed


class Extract:
    """Writes what is found, as far as the limits go, and the index."""

    def __init__(self, options: argparse.Namespace, folder: Beneath,
                 extraction: Extraction) -> None:
        self.options = options
        self.folder = folder
        self.extraction = extraction
        self.count = self.total = self.cut = self.left_out = 0
        self.missing: list[str] = []

    def run(self, source: Source, progress: Progress) -> int:
        """All files; the exit status."""
        damage = None
        try:
            with open(self.folder.open(INDEX), "w", encoding="utf-8") as index:
                index.write("\t".join(COLUMNS) + "\n")
                try:
                    for one in self.found(source):
                        self.add(one, index)
                        progress.turn()
                except SavefileError as error:
                    damage = error
        except OSError as error:
            raise OutputError(f"{INDEX}: {error.strerror}") from error
        return self.told(damage)

    def found(self, source: Source) -> Iterator[Found]:
        """What conversations carry; a library that is missing is told once, and costs its files."""
        for one in self.extraction.run(source, self.missing):
            if self.count >= self.options.max_files or self.total >= self.options.max_total:
                self.left_out += 1
            else:
                yield one

    def add(self, one: Found, index: Any) -> None:
        """A file, and its row."""
        data = one.data[:self.options.max_total - self.total]
        complete = one.complete and len(data) == len(one.data)
        self.count += 1
        self.total += len(data)
        self.cut += not complete
        name = f"{self.count:04d}-{safe_name(one.name, one.type)}"
        self.folder.write(name, data)
        stream = one.stream
        sender = stream.client if one.side == "client" else stream.server
        receiver = stream.server if one.side == "client" else stream.client
        where = f"{stream.protocol}:{stream.number}"
        row = (name, one.protocol, where, str(sender), str(receiver), one.time, one.name, one.type,
               len(data), "yes" if complete else "no", hashlib.sha256(data).hexdigest())
        index.write("\t".join(map(cell, row)) + "\n")
        sys.stdout.write(f"{name}  {len(data):,} bytes  {one.protocol} {where}"
                         f"{'' if complete else '  not complete'}\n")

    def told(self, damage: SavefileError | None) -> int:
        """What there is to say at the end; the exit status."""
        say = sys.stderr.write
        say(f"{self.count} file{'' if self.count == 1 else 's'}, {self.total:,} bytes, {self.cut} "
            f"of them not complete; {INDEX} tells more\n")
        if self.left_out:
            say(f"fyke extract: {self.left_out} more were left out: --max-files and --max-total "
                "allow more\n")
        if self.extraction.table.crowded:
            say(f"fyke extract: memory was full: {self.extraction.table.crowded} conversations "
                "were taken apart; --memory gives more\n")
        for line in dict.fromkeys(self.missing):
            say(f"fyke extract: {line}\n")
        if damage is not None:
            say(f"fyke extract: {damage}\n")
        return 1 if damage is not None or self.missing else 0
