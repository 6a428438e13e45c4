"""fyke rates: packets and bytes by time, as text with bars, TSV, JSON, or a plot."""

from __future__ import annotations

import argparse
import sys
import time

from fyke.cli.amounts import duration, positive
from fyke.cli.flows import Output
from fyke.cli.parsing import Parser
from fyke.cli.progress import Progress
from fyke.cli.sources import Packets, options_of_source
from fyke.conversations.flow_cells import octets
from fyke.conversations.flows import LOOK
from fyke.conversations.rates import WAYS, Count, Interval, Rates, tree, values
from fyke.errors import SavefileError, UsageError
from fyke.hints import Any
from fyke.tables.forms import as_json, cell

TURN = 1 << 10  # packets between two looks at the world
MOST_EMPTY = 100_000  # intervals without packets that are shown; of more, only those with packets
WIDTH = 30  # of a bar
EIGHTHS = " ▏▎▍▌▋▊▉"
MOST_TOTALS = 20  # hosts or ports in the table below the text, if --top does not say


def interval(text: str) -> int:
    """0 for everything in one, or a length of time."""
    return 0 if text == "0" else duration(text)


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="fyke rates", description="Count packets and bytes by time; with --by also "
                  "for each protocol, host or port. A packet counts for both of its hosts or "
                  "ports, and for each protocol on its path.")
    options_of_source(made)
    out = made.add_argument_group("how it is counted and shown")
    out.add_argument("--interval", type=interval, default=10**9, metavar="TIME",
                     help="length of an interval: 1s (default), 100ms as 0.1, 5m; 0: all in one")
    out.add_argument("--by", choices=WAYS, help="for each of these, too")
    out.add_argument("--top", type=positive, metavar="N",
                     help="--by: name the N with the most bytes (text: 3 a line)")
    out.add_argument("--format", choices=("text", "tsv", "json"), default="text",
                     help="lines with a bar (default), tab-separated values, a JSON object a line")
    out.add_argument("-w", "--write", metavar="FILE", help="into a file")
    out.add_argument("--plot", metavar="FILE", help="also draw it: .svg or .png (needs matplotlib)")
    return made


def run(arguments: list[str]) -> int:
    """Count; a damaged file gives what is whole, is told, and makes the status 1."""
    options = parser().parse_args(arguments)
    if options.plot and not options.plot.endswith((".svg", ".png")):
        raise UsageError("--plot writes .svg or .png; name such a file")
    with Packets("rates", options) as packets:
        return Counting(options, packets).run()


class Counting:
    """One run: packets into intervals, intervals into lines."""

    def __init__(self, options: argparse.Namespace, packets: Packets) -> None:
        self.options = options
        self.packets = packets
        self.rates = Rates(options.interval, options.by)
        self.streaming = packets.live and options.interval > 0
        self.past: list[Interval] = []  # told already, and still to be drawn
        self.most = 1  # bytes of the fullest interval so far
        self.file: Any = None
        self.damage: SavefileError | None = None

    def run(self) -> int:
        options = self.options
        plotted = Output(options.plot, "parquet") if options.plot else None
        with Output(options.write, options.format) as self.file:
            self.packets.enter_box()
            if plotted is not None:
                from fyke.cli.rates_plot import library
                library()  # if it is missing, say so now; the rights are given up already
            self.head()
            with Progress(self.packets.source, self.packets.paths,
                          lambda: self.rates.total.packets,
                          quiet=sys.stdout.isatty()) as progress:
                self.count(progress.turn)
            self.tell(self.rates.rest())
            self.foot()
        if plotted is not None:
            from fyke.cli.rates_plot import draw
            with plotted as file:
                draw([*self.past, *self.rates.rest()], self.rates, options.top or 6, file,
                     options.plot[-3:])
        return self.end()

    def count(self, turn: Any) -> None:
        """All packets, or as many as are wanted."""
        left = self.options.count or 1 << 62
        rates, source = self.rates, self.packets.source
        chances = len(self.packets.paths)
        while left > 0:
            before = rates.total.packets
            try:
                more = rates.drain(source, min(TURN, left)) or source.wait(
                    self.packets.patience(LOOK))
            except SavefileError as error:
                self.damage = self.damage or error
                chances -= 1
                more = chances > 0
            left -= rates.total.packets - before
            if not more:
                return
            turn()
            if self.streaming and rates.total.packets:
                self.tell(done := rates.finished(time.time_ns() - 10**9))
                if self.options.plot:
                    self.past += done
                self.file.flush()

    # --- what is written ---

    def head(self) -> None:
        by = self.options.by
        if self.options.format == "tsv":
            names = ("start", "end", *((by,) if by else ()), "packets", "bytes")
            self.file.write("\t".join(names) + "\n")
        elif self.options.format == "text":
            self.file.write(f"{'TIME':>15}  {'PACKETS':>8}  {'BYTES':>8}  {'BIT/S':>8}\n")

    def tell(self, found: list[Interval]) -> None:
        """Lines for intervals, and for the empty ones between them."""
        self.most = max([self.most, *(one.bytes for one in found)])
        step = self.options.interval
        all_of_them = step and found and (
            (found[-1].start - found[0].start) // step <= MOST_EMPTY)
        at = found[0].start if found else 0
        for one in found:
            while all_of_them and at < one.start:
                self.line(Interval(at))
                at += step
            self.line(one)
            at = one.start + step

    def line(self, one: Interval) -> None:
        """One interval."""
        rates, step = self.rates, self.options.interval
        end = one.start + step if step else rates.last
        chosen = self.chosen(one.by)
        if self.options.format == "json":
            one.by = dict(chosen)
            self.file.write(as_json(values(one, end)) + "\n")
        elif self.options.format == "tsv":
            if self.options.by is None:
                self.file.write(f"{one.start}\t{end}\t{one.packets}\t{one.bytes}\n")
            for key, count in chosen:
                self.file.write(f"{one.start}\t{end}\t{cell(key)}\t{count.packets}\t"
                                f"{count.bytes}\n")
        else:
            seconds = (end - one.start) / 1e9
            said = ", ".join(f"{key} {octets(count.bytes)}" for key, count in
                             chosen[:self.options.top or 3])
            text = (f"{(one.start - rates.first) / 1e9:15.6f}  {one.packets:8}  "
                    f"{octets(one.bytes):>8}  "
                    f"{octets(8 * one.bytes / seconds) if seconds else '':>8}  "
                    f"{bar(one.bytes, self.most):{WIDTH}}  {said}")
            self.file.write(text.rstrip() + "\n")

    def chosen(self, by: dict[str, Count]) -> list[tuple[str, Count]]:
        """The keys with the most bytes first; of protocols in text only where paths end."""
        found = sorted(by.items(), key=lambda item: (-item[1].bytes, item[0]))
        if self.options.by == "protocol" and self.options.format == "text":
            found = sorted(ends_of_paths(by).items(), key=lambda item: (-item[1].bytes, item[0]))
        return found[:self.options.top] if self.options.top else found

    def foot(self) -> None:
        """--by in text: the totals; of protocols as a tree."""
        by = self.options.by
        if self.options.format != "text" or by is None:
            return
        totals = self.rates.totals
        if by == "protocol":
            rows = [("  " * depth + name, one) for depth, name, one in tree(totals)]
        else:
            rows = sorted(totals.items(), key=lambda item: (-item[1].bytes, item[0]))
            rows = rows[:self.options.top or MOST_TOTALS]
        width = max([len(name) for name, _ in rows] + [len(by)])
        self.file.write(f"\n{by.upper():{width}}  {'PACKETS':>10}  {'BYTES':>14}\n")
        for name, one in rows:
            self.file.write(f"{name:{width}}  {one.packets:10}  {one.bytes:14}\n")

    def end(self) -> int:
        """The totals on standard error, and the exit status."""
        rates = self.rates
        said = [f"{rates.total.packets} packets, {rates.total.bytes} bytes in "
                f"{(rates.last - rates.first) / 1e9:.6f} s"]
        if rates.early:
            said.append(f"{rates.early} packets are older than the first, and count in its "
                        "interval")
        if rates.crowded:
            said.append(f"{rates.crowded} packets count in another interval, as there are too many")
        lost = self.packets.lost()
        if lost:
            said.append(f"{lost} packets dropped by the kernel")
        sys.stderr.write("; ".join(said) + "\n")
        if self.damage is not None:
            sys.stderr.write(f"fyke rates: {self.damage}\n")
            return 1
        return 0


def ends_of_paths(by: dict[str, Count]) -> dict[str, Count]:
    """The counts of the protocols that paths end with, whatever carries them."""
    inner = {key.rpartition(":")[0] for key in by}
    found: dict[str, Count] = {}
    for key, one in by.items():
        if key not in inner:
            sums = found.setdefault(key.rpartition(":")[2], Count())
            sums.packets += one.packets
            sums.bytes += one.bytes
    return found


def bar(value: int, most: int) -> str:
    """A bar of up to WIDTH characters, in eighths."""
    eighths = 8 * WIDTH * value // max(most, 1)
    full, rest = divmod(eighths, 8)
    return "█" * full + (EIGHTHS[rest] if rest else "" if full or not value else EIGHTHS[1])
