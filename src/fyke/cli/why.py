"""``fyke why``: for each packet, whether a filter takes it, and the one test that decided."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fyke.cli import rights
from fyke.cli.inputs import Inputs
from fyke.cli.parsing import Parser, dialect
from fyke.errors import UsageError

if TYPE_CHECKING:
    from fyke.bpf.program import Program
    from fyke.packet import Packet


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke why", description="Say for each packet whether a filter expression matches "
        "it, and the test that decided.")
    made.add_argument("expression", nargs="+", help="a filter expression, as in pcap-filter(7)")
    source = made.add_mutually_exclusive_group(required=True)
    source.add_argument("-r", dest="read", metavar="FILE", help="packets of a capture file")
    source.add_argument("-i", dest="interface", metavar="INTERFACE", help="packets as they come")
    made.add_argument("-c", dest="count", type=int, metavar="N", help="stop after N packets")
    dialect(made)
    made.add_argument("--steps", action="store_true",
                      help="show every instruction with the registers before and after it")
    return made


def run(arguments: list[str]) -> int:
    """Run the command and return its exit status: 0 if a packet matched, 1 if none did."""
    from fyke.filter.equivalent import accepting
    options = parser().parse_args(arguments)
    if options.count is not None and options.count < 1:
        raise UsageError("-c takes a number of packets, 1 or more")
    expression = " ".join(options.expression)
    programs: dict[int, Program] = {}
    matched = seen = 0
    for packet in packets(options):
        seen += 1
        number = packet.record.link_type
        if number not in programs:
            programs[number] = accepting(expression, link_type=number,
                                         dialect=options.dialect)
        why = programs[number].explain(packet)
        matched += why.matched
        sys.stdout.write(f"{seen:6}  {why}\n")
        if options.steps:
            sys.stdout.writelines(f"        {step}\n" for step in why.steps)
        if seen == options.count:
            break
    sys.stdout.write(f"{matched} of {seen} packets match\n")
    return 0 if matched else 1


def packets(options: argparse.Namespace) -> Iterator[Packet]:
    """What -r or -i names."""
    from fyke.api import capture, read
    expression = " ".join(options.expression)
    if options.read is not None:
        opened = Inputs([options.read])
        rights.enter("why", options.sandbox, read=[options.read], expressions=[expression],
                     dialect=options.dialect)
        with read(opened(options.read)) as reader:
            yield from reader
    else:
        with capture(options.interface) as tap:
            rights.enter("why", options.sandbox, expressions=[expression], dialect=options.dialect,
                         taps=[tap._tap.fileno()])
            yield from tap
