"""``fyke stream``: lists the conversations of a capture, and shows what was said in one."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from heapq import heappop, heappush

from fyke.cli import rights
from fyke.cli.amounts import size
from fyke.cli.inputs import Inputs
from fyke.cli.parsing import Parser, dialect
from fyke.cli.said import FORMS, Shown, wants_colour
from fyke.conversations.fragments import Defragmented
from fyke.conversations.given import Captured
from fyke.conversations.streams import MEMORY, Stream, assembler, of_source, taken
from fyke.conversations.summary import COLUMNS, line_of
from fyke.door.conversing import filtered
from fyke.door.streaming import IDLE_LIVE
from fyke.errors import OutputError, SavefileError, UsageError
from fyke.files.reader import open_capture, printable
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.conversations.assembly import Assembler
    from fyke.source import Source

HEAD = 4096  # bytes of each side that the list looks at
HELD_BACK = 100_000  # rows of the list that wait for those in front of them


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke stream", description="List the TCP connections and UDP conversations of a "
        "capture, or show what was said in one of them. They are numbered as in Wireshark: tcp:0 "
        "is tcp.stream 0, udp:0 is udp.stream 0.")
    made.add_argument("file", nargs="?", metavar="FILE", help="a capture, or - for standard input")
    made.add_argument("stream", nargs="?", metavar="STREAM",
                      help="the one to show: tcp:3, udp:0; 3 is tcp:3 (udp:3 if there is no TCP)")
    made.add_argument("-i", dest="interface", metavar="INTERFACE",
                      help="list those of an interface, each when it has ended")
    made.add_argument("--filter", metavar="EXPRESSION", help="only packets that a filter accepts")
    dialect(made)
    which = made.add_mutually_exclusive_group()
    which.add_argument("--tcp", dest="protocol", action="store_const", const="tcp",
                       help="list TCP only; STREAM is of TCP")
    which.add_argument("--udp", dest="protocol", action="store_const", const="udp",
                       help="list UDP only; STREAM is of UDP")
    made.add_argument("--json", action="store_true", help="the list as a JSON object a line")
    shape = made.add_mutually_exclusive_group()
    shape.add_argument("--text", dest="form", action="store_const", const="text",
                       help="show text, what is none escaped (the default)")
    shape.add_argument("--hex", dest="form", action="store_const", const="hex",
                       help="show bytes in hexadecimal and text beside it")
    shape.add_argument("--raw", dest="form", action="store_const", const="raw",
                       help="the bytes as they are, both sides as they took turns")
    side = made.add_mutually_exclusive_group()
    side.add_argument("--client", dest="side", action="store_const", const="client",
                      help="only what the client said")
    side.add_argument("--server", dest="side", action="store_const", const="server",
                      help="only what the server said")
    made.add_argument("-w", "--write", metavar="FILE",
                      help="show it into a file: raw bytes unless --text or --hex; a name that "
                      "ends as savefiles' do (.pcap, .pcapng) gets the packets")
    made.add_argument("--overlap", choices=("first", "last"), default="first",
                      help="of bytes that came twice, differently: which count")
    made.add_argument("--memory", type=size, default=MEMORY, metavar="SIZE",
                      help="bytes that conversations may take (256m); when it is full, the one "
                      "that was silent for longest is listed in part")
    made.add_argument("--colour", "--color", choices=("auto", "always", "never"), default="auto",
                      help="tell the sides apart by colours: auto, on a terminal")
    return made


def run(arguments: list[str]) -> int:
    """List or show; a damaged file gives what is whole, is told, and makes the status 1."""
    options = parser().parse_args(arguments)
    if options.memory < 1 << 16:
        raise UsageError("--memory takes 64k or more")
    if options.json:
        import fyke.tables.forms  # noqa: F401  (before the box closes)
    if options.interface is not None:
        if options.file is not None:
            raise UsageError("-i lists what an interface sees; name no file with it")
        return live(options)
    if options.file is None:
        raise UsageError("name a capture file, or - for standard input, or an interface with -i")
    if options.stream is None:
        for word in ("form", "side", "write"):
            if getattr(options, word) is not None:
                raise UsageError("there is nothing to show without the number of a STREAM: "
                                 "'fyke stream FILE' lists them")
        return listed(options)
    protocol, number = chosen(options)
    return Showing(options, protocol, number).run()


def packets(reader: Any, options: argparse.Namespace) -> Source:
    """Those that the filter accepts, datagrams whole."""
    return Defragmented(filtered(reader, options.filter, options.dialect) if options.filter
                        else reader)


def chosen(options: argparse.Namespace) -> tuple[str, int]:
    """The protocol ("" where nobody said) and number of STREAM."""
    protocol, sign, digits = options.stream.rpartition(":")
    if not sign:
        protocol = options.protocol or ""
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19
            and protocol in ("tcp", "udp", "") and bool(protocol) >= bool(sign)):
        raise UsageError(f"{options.stream!r} is no stream; write 3, tcp:3 or udp:3")
    if options.protocol not in (None, protocol):
        raise UsageError(f"{options.stream} is not of {options.protocol.upper()}")
    return protocol, int(digits)


def json_of(one: Stream) -> str:
    """The stream as a JSON object, with a newline."""
    from fyke.tables.forms import as_json
    return as_json(one.to_dict() | ({"tls": one.tls.to_dict()} if one.tls else {})) + "\n"


class Listing:
    """The rows of the list in order of their numbers, as far as few have to wait for that."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.waiting: list[tuple[int, str, int, int, Stream]] = []
        self.rows = 0
        if not options.json:
            sys.stdout.write(COLUMNS)

    def add(self, one: Stream) -> None:
        if self.options.protocol in (None, one.protocol):
            heappush(self.waiting, (one.start, one.protocol, one.number, one.part, one))
            if len(self.waiting) > HELD_BACK:
                self.print(heappop(self.waiting)[-1])

    def print(self, one: Stream) -> None:
        self.rows += 1
        sys.stdout.write(json_of(one) if self.options.json else line_of(one))

    def end(self) -> None:
        while self.waiting:
            self.print(heappop(self.waiting)[-1])


def enter_box(options: argparse.Namespace) -> None:
    """Everything that a file needs is open."""
    rights.enter("stream", options.sandbox, read=[options.file], expressions=[options.filter],
                 dialect=options.dialect)


def listed(options: argparse.Namespace) -> int:
    """``fyke stream FILE``."""
    opened = Inputs([options.file])
    damage = None
    enter_box(options)
    with closing(open_capture(opened(options.file))) as reader:
        table = assembler(overlap=options.overlap, memory=options.memory, keep=HEAD)
        rows = Listing(options)
        try:
            for one in of_source(packets(reader, options), table):
                rows.add(one)
        except SavefileError as error:
            damage = error
        rows.end()
    return told(damage, table)


def live(options: argparse.Namespace) -> int:
    """``fyke stream -i IFACE``: until it is interrupted; what is there then is listed, too."""
    import signal

    from fyke.api import capture
    with capture(options.interface, options.filter, dialect=options.dialect) as tap:
        table = assembler(overlap=options.overlap, memory=options.memory, keep=HEAD,
                          idle=IDLE_LIVE)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: tap.stop())
        rights.enter("stream", options.sandbox, expressions=[options.filter],
                     dialect=options.dialect, taps=[tap._tap.fileno()])
        rows = Listing(options)
        for one in of_source(Defragmented(Captured(tap)), table, live=True):
            if options.protocol in (None, one.protocol):
                rows.print(one)
                sys.stdout.flush()
    return told(None, table)


def told(damage: SavefileError | None, table: Assembler) -> int:
    """What there is to say at the end; the exit status."""
    if table.crowded:
        sys.stderr.write(f"fyke stream: memory was full: {table.crowded} were listed in part; "
                         "--memory gives more\n")
    if damage is not None:
        sys.stderr.write(f"fyke stream: {damage}\n")
        return 1
    return 0


class Showing:
    """One stream, as it was said; nothing else is kept."""

    def __init__(self, options: argparse.Namespace, protocol: str, number: int) -> None:
        self.options = options
        self.protocol = protocol or "tcp"
        self.number = number
        self.guessed = not protocol
        self.packets = False
        self.form = options.form or "text"
        if options.write is not None:
            from fyke.files.formats import says_savefile
            self.packets = options.form is None and says_savefile(options.write)
            self.form = options.form or "raw"

    def run(self) -> int:
        """Show it; the exit status."""
        options = self.options
        from fyke.files.copying import refuse_overwriting
        if options.write is not None:
            refuse_overwriting(options.write, [options.file])
        elif self.form == "raw" and sys.stdout.isatty():
            raise UsageError("--raw would write bytes to the terminal; redirect it, or use -w")
        opened = Inputs([options.file])
        if options.write is None:
            enter_box(options)
        reader = open_capture(opened(options.file))
        sink = shown = None
        try:
            sink, shown = self.outputs(reader)  # of what is a capture
            if options.write is not None:
                enter_box(options)
            table, damage = self.read(reader, sink, shown)
            if table.wanted is None and self.guessed and not table.tcp and (
                    table.udp > self.number and os.path.isfile(options.file)):
                reader.close()
                reader = open_capture(options.file)
                self.protocol = "udp"
                table, damage = self.read(reader, sink, shown)
            if sink is not None:
                sink.close()
            shown.end()
        except OSError as error:
            if options.write in (None, "-"):
                raise
            raise OutputError(f"{printable(options.write)}: {error.strerror}") from error
        finally:
            reader.close()
            if shown is not None and shown.out not in (None, sys.stdout.buffer):
                shown.out.close()
        if table.wanted is None and damage is None:
            raise UsageError(self.missing(table))
        return told(damage, table)

    def outputs(self, reader: Any) -> tuple[Any, Shown]:
        """A savefile for packets, or None; and who writes what was said."""
        path = self.options.write
        if self.packets:
            from fyke.files.copying import create_like
            return create_like(path, reader), Shown(None, FORMS["nothing"], False, None)
        out = sys.stdout.buffer
        if path is not None and path != "-":
            try:
                out = open(path, "wb")  # noqa: SIM115  (for good)
            except OSError as error:
                raise OutputError(f"{printable(path)}: cannot be written: {error.strerror}"
                                  ) from error
        colour = wants_colour(self.options.colour, out)
        return None, Shown(out, FORMS[self.form], colour, self.options.side)

    def read(self, reader: Any, sink: Any, shown: Shown) -> tuple[Assembler, SavefileError | None]:
        """All packets through the table; what the wanted stream says is shown as it comes."""
        options = self.options
        source = packets(reader, options)
        table = assembler(overlap=options.overlap, memory=options.memory, only=self.number,
                          protocol=self.protocol)
        damage = None
        try:
            more = True
            while more:
                more = (self.one(table, source, sink) if sink is not None
                        else not table.run(source)) or source.wait(1.0)
                self.show(table, shown)
        except SavefileError as error:
            damage = error
        if table.wanted is not None:
            table.leave(table.wanted, "end")
            self.show(table, shown)
        return table, damage

    def one(self, table: Assembler, source: Source, sink: Any) -> bool:
        """One packet; it is written if it is of the wanted stream. False without one."""
        if not source.next(table.record):
            return False
        before = packets_of(table)
        table.take(table.record)
        if packets_of(table) > before:
            sink.add(table.record)
        return True

    def show(self, table: Assembler, shown: Shown) -> None:
        """What is new of it."""
        for one in taken(table):
            self.show_stream(one, shown)
        wanted = table.wanted
        if wanted is not None and wanted.segments:
            if shown.stream is None:
                shown.begin(Stream(wanted, ""))
            shown.add(wanted.segments)
            del wanted.segments[:]

    def show_stream(self, one: Stream, shown: Shown) -> None:
        if (one.protocol, one.number) == (self.protocol, self.number):
            shown.begin(one)
            shown.add(one.segments)
            shown.rest(one)

    def missing(self, table: Assembler) -> str:
        """What is said when there is no such stream."""
        count = table.tcp if self.protocol == "tcp" else table.udp
        other = "udp" if self.protocol == "tcp" else "tcp"
        others = table.udp if other == "udp" else table.tcp
        have = f"it has {count}" if count else "it has none"
        more = f" ({others} of {other.upper()}: {other}:0 is the first)" if others else ""
        return (f"{printable(self.options.file)}: there is no {self.protocol.upper()} stream "
                f"{self.number}; {have}{more}")


def packets_of(table: Assembler) -> int:
    """How many packets the wanted stream has so far."""
    wanted = table.wanted
    if wanted is None:
        return 0
    both = wanted.first.packets
    return both if wanted.second is wanted.first else both + wanted.second.packets
