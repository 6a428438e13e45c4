"""``fyke path``: one packet's way through the kernel: who met it, what was decided, what copied."""

from __future__ import annotations

import argparse
import sys

from fyke.cli import rights
from fyke.cli.inputs import Inputs
from fyke.cli.parsing import Parser
from fyke.cli.plan import common, taps
from fyke.errors import SavefileError, UsageError


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke path", description="Tell the way of one packet of a trace through a model of "
        "the Linux kernel: each function that meets it (by its name in the kernel), each decision "
        "and why, each copy. The packets before it fill the taps' buffers.")
    common(made)
    made.add_argument("-N", dest="number", type=int, required=True, metavar="NUMBER",
                      help="which packet, counted from 1")
    return made


def run(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    from fyke.files.reader import open_capture
    from fyke.kernel.replay import Replay
    from fyke.wire import Record
    options = parser().parse_args(arguments)
    if options.number < 1:
        raise UsageError("-N counts packets from 1")
    plans = taps(options)
    packet = Record()
    journal: list[tuple[str, str]] = []
    opened = Inputs([options.read])
    rights.enter("path", options.sandbox, read=[options.read],
                 expressions=[one.expression for one in plans], dialect=options.dialect)
    source = open_capture(opened(options.read))
    try:
        replay = Replay(plans, source)
        for seen in range(options.number):
            if not source.next(packet):
                raise SavefileError(f"{options.read} has {seen} packets; -N asks for packet "
                                    f"{options.number}")
            replay.packet(packet, journal if seen + 1 == options.number else None)
    finally:
        source.close()
    net = replay.net
    sys.stdout.write(f"packet {options.number}: {packet.wirelen} octets on the wire, "
                     f"{packet.caplen} captured\n")
    width = max((len(function) for function, _ in journal), default=0)
    for number, (function, what) in enumerate(journal, 1):
        sys.stdout.write(f"{number:3}  {function:<{width}}  {what}\n")
    for outcome in replay.outcomes:
        tap = outcome.tap
        sys.stdout.write(f"{outcome.plan.title}: so far kept {tap.tp_packets}, refused "
                         f"{tap.refused}, lost {tap.tp_drops}\n")
    sys.stdout.write(f"so far {net.clones} buffers cloned, {net.copied} octets copied\n")
    return 0
