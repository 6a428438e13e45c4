"""fyke flows: who talked to whom, how much, how long."""

from __future__ import annotations

import argparse
import heapq
import sys
import time
from collections.abc import Callable

from fyke.cli.amounts import duration, positive
from fyke.cli.flow_text import Told, page
from fyke.cli.parsing import Parser
from fyke.cli.progress import Progress
from fyke.cli.sources import Packets, options_of_source
from fyke.conversations.flow_columns import COLUMNS, OF_FLOWS, OF_GROUPS, values_of
from fyke.conversations.flow_table import CAPACITY
from fyke.conversations.flows import LOOK, TURN, Flows
from fyke.conversations.groups import WAYS
from fyke.errors import UsageError
from fyke.hints import Any

MAX_HELD = 1 << 18  # flows that are held to be sorted; then the last of them leave
CLEAR = "\x1b[H\x1b[2J"
FORMATS = ("text", "tsv", "csv", "json", "parquet")
ACTIVE, IDLE = 1800 * 10**9, 15 * 10**9  # of a capture, as exporters of NetFlow have them


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke flows", description="List who talked to whom: packets and bytes each way, start "
        "and duration, state, handshake, retransmissions, names and applications. Packets of "
        "tunnels count in the outer and in the inner flow.")
    options_of_source(made)
    how = made.add_argument_group("what is a flow")
    how.add_argument("--by", default="5tuple", metavar="WAY",
                     help=f"put flows together: {WAYS} (default 5tuple)")
    how.add_argument("--active", type=duration, default=None, metavar="TIME",
                     help="tell a flow that goes on for longer (default with -i 30m, else never)")
    how.add_argument("--idle", type=duration, default=None, metavar="TIME",
                     help="a flow ends when nothing came for so long (with -i 15s, else never)")
    how.add_argument("--max-flows", type=positive, default=CAPACITY, metavar="N",
                     help=f"flows in memory ({CAPACITY}); of more the least recently seen ends")
    how.add_argument("--no-names", dest="names", action="store_false",
                     help="learn no names from DNS and TLS")
    how.add_argument("--quic", action="store_true",
                     help="names from QUIC's first packets, too: each is decrypted (needs the "
                     "extra crypto)")
    out = made.add_argument_group("how it is shown")
    out.add_argument("--format", choices=FORMATS, default="text",
                     help="a table for people (default), tab- or comma-separated, a JSON object a "
                     "line, Parquet (-w; needs pyarrow)")
    out.add_argument("-e", dest="columns", action="append", default=[], metavar="NAME[,NAME…]",
                     help="only these columns; --list tells them")
    out.add_argument("--sort", metavar="COLUMN",
                     help="the largest first, such as bytes (text: the default), packets, duration")
    out.add_argument("--top", type=positive, metavar="N", help="only the first N")
    out.add_argument("-w", "--write", metavar="FILE", help="into a file")
    out.add_argument("--watch", nargs="?", type=duration, const=2 * 10**9, metavar="TIME",
                     help="-i: show the flows that go on, every TIME (2s)")
    out.add_argument("--list", action="store_true", help="list the columns, and end")
    return made


def run(arguments: list[str]) -> int:
    """List the flows; a damaged file gives what is whole, is told, and makes the status 1."""
    options = parser().parse_args(arguments)
    if options.list:
        sys.stdout.writelines(f"{one.name:24}{one.meaning}\n" for one in COLUMNS.values())
        return 0
    names = chosen(options)
    if options.watch and (options.interface is None or options.format != "text" or options.write):
        raise UsageError("--watch goes with -i and a terminal: no --format, no -w")
    if options.sort is None and (options.top or options.format == "text"):
        options.sort = "bytes"
    if options.sort is not None:
        check("--sort", options.sort, options.by)
    if options.format == "parquet" and not options.write:
        raise UsageError("--format parquet is written to a file: name it with -w")
    with Packets("flows", options) as packets:
        return Listing(options, names, packets).run()


def chosen(options: argparse.Namespace) -> tuple[str, ...]:
    """The columns that are wanted. Raises UsageError."""
    names = tuple(name for words in options.columns for name in words.split(","))
    for name in names:
        check("-e", name, options.by)
    if names and options.format == "text":
        raise UsageError("-e goes with --format tsv, csv, json or parquet")
    return names or there(options.by)


def there(by: str) -> tuple[str, ...]:
    """The columns that flows or groups have."""
    return OF_FLOWS if by == "5tuple" else OF_GROUPS


def check(option: str, name: str, by: str) -> None:
    """Raises UsageError where there is no such column."""
    if name not in there(by):
        of = "" if name not in COLUMNS else " of flows" if by == "5tuple" else " of groups"
        raise UsageError(f"{option}: there is no column {name!r}{of}; --list tells all")


class Listing:
    """One run: packets into flows, flows into rows."""

    def __init__(self, options: argparse.Namespace, names: tuple[str, ...],
                 packets: Packets) -> None:
        self.options = options
        self.names = names
        self.values = values_of(names)
        self.packets = packets
        live = packets.live
        self.flows = Flows(
            packets.source, by=options.by, capacity=options.max_flows, names=options.names,
            quic=options.quic,
            active=options.active if options.active is not None else ACTIVE if live else 0,
            idle=options.idle if options.idle is not None else IDLE if live else 0, live=live)
        self.held: list[Any] = []  # to be sorted
        self.most = min(options.top or MAX_HELD, MAX_HELD)
        self.key: Any = key_of(options.sort) if options.sort else None
        self.left_out = 0
        self.shown = time.monotonic()
        self.told = Told()
        self.out: Any = None

    def run(self) -> int:
        """Everything to its end; the exit status."""
        options = self.options
        with Output(options.write, options.format) as file:
            if options.format != "text":
                from fyke.tables.forms import FORMS
                self.out = (parquet(file, self.names) if options.format == "parquet"
                            else FORMS[options.format](file, self.names, True))
            self.packets.enter_box()
            table = self.flows.table
            with Progress(self.packets.source, self.packets.paths, lambda: table.packets,
                          quiet=sys.stdout.isatty()) as progress:
                self.count(progress.turn)
            self.finish(file)
            if hasattr(self.out, "close"):
                self.out.close()
        sys.stderr.write(self.totals())
        if self.flows.damage is not None:
            sys.stderr.write(f"fyke flows: {self.flows.damage}\n")
            return 1
        return 0

    def count(self, turn: Any) -> None:
        """All packets, or as many as are wanted."""
        left = self.options.count or 1 << 62
        flows = self.flows
        while left > 0:
            before = flows.table.packets
            going = flows.turn(min(TURN, left), self.packets.patience(LOOK))
            left -= flows.table.packets - before
            self.take(flows.taken())
            if not going:
                return
            turn()
            if self.options.watch and time.monotonic() - self.shown >= self.options.watch / 1e9:
                self.show()

    def take(self, ended: list[Any]) -> None:
        """Flows that have ended: into rows, or held to be sorted."""
        if self.key is None:
            for flow in ended:
                self.out(self.values(flow))
            return
        self.held += ended
        if len(self.held) > 2 * self.most:
            self.sort()

    def sort(self) -> None:
        """What is held, the largest first, of equal ones the first that ended; no more than fit."""
        self.held.sort(key=self.key, reverse=True)
        self.left_out += max(0, len(self.held) - self.most)
        del self.held[self.most:]

    def finish(self, file: Any) -> None:
        """What was held, in order."""
        self.flows.finish()
        self.take(self.flows.taken())
        self.sort()
        if self.options.format == "text":
            if not self.options.watch:
                file.write(page(self.held, self.options.by))
        else:
            for flow in self.held:
                self.out(self.values(flow))

    def show(self) -> None:
        """--watch: the flows that go on, the largest first, as many as the terminal has room."""
        self.shown = time.monotonic()
        rows = self.told.rows(self.options.top)
        going = heapq.nlargest(rows, self.flows.table.going_on(), key=self.key)
        sys.stdout.write(CLEAR + self.told.head(self.flows.table, self.packets.lost())
                         + page(going, self.options.by, room=rows))
        sys.stdout.flush()

    def totals(self) -> str:
        """What is said at the end, on standard error."""
        counts = self.flows.counts
        said = [f"{counts['packets']} packets, {counts['bytes']} bytes, {counts['flows']} flows"]
        for name, words in (("not_ip", "packets are not IP"),
                            ("malformed", "transport headers are cut short or cannot be"),
                            ("fragments", "fragments belong to no whole datagram"),
                            ("overlapping_datagrams", "datagrams have overlapping fragments"),
                            ("evicted", "flows ended for want of memory (--max-flows)")):
            if counts[name]:
                said.append(f"{counts[name]} {words}")
        if self.left_out and not self.options.top:
            said.append(f"{self.left_out} rows are not shown, as only {self.most} can be sorted")
        lost = self.packets.lost()
        if lost:
            said.append(f"{lost} packets dropped by the kernel")
        return "; ".join(said) + "\n"


def key_of(name: str) -> Callable[[Any], tuple[bool, Any]]:
    """What gives the value of a column to sort by: nothing is the least."""
    value = COLUMNS[name].getter()

    def key(flow: Any) -> tuple[bool, Any]:
        found = value(flow)
        return found is not None, found
    return key


class Output:
    """The file of -w, or standard output; a context manager."""

    def __init__(self, path: str | None, form: str) -> None:
        self.file: Any = sys.stdout
        self.ours = path not in (None, "-")
        if self.ours:
            binary = form == "parquet"
            self.file = open(str(path), "wb" if binary else "w",  # noqa: SIM115  (closed below)
                             encoding=None if binary else "utf-8")
        elif form == "parquet":
            self.file = sys.stdout.buffer

    def __enter__(self) -> Any:
        return self.file

    def __exit__(self, *_: object) -> None:
        if self.ours:
            self.file.close()


def parquet(file: Any, names: tuple[str, ...]) -> Any:
    """What writes rows as Parquet."""
    from fyke.cli.parquet import Writer
    kinds = {"text": "string", "number": "int64", "yes or no": "bool"}
    return Writer(file, [(name, kinds[COLUMNS[name].kind]) for name in names])
