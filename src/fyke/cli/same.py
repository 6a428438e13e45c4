"""``fyke same``: whether two filters accept the same packets, proven; else a packet to show it."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from importlib import import_module

from fyke.bpf.program import Program
from fyke.bpf.proof import Compare, Counterexample, Same, Undecided, Verdict, differ, implies
from fyke.cli import rights
from fyke.cli.filter import circumstances
from fyke.cli.parsing import Parser, dialect
from fyke.errors import UsageError
from fyke.filter.equivalent import accepting

SAME, DIFFERENT, UNDECIDED = 0, 1, 3


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke same", description="Decide whether two filter expressions accept the same "
        "packets. Exit status: 0 the same, 1 different, 3 not decided.")
    made.add_argument("a", metavar="A", help="a filter expression")
    made.add_argument("b", metavar="B", help="another one")
    circumstances(made)
    dialect(made)
    made.add_argument("--dialect-b", choices=("pcap", "fyke"),
                      help="the language of B, where that is another one")
    made.add_argument("--whole", action="store_true", help="ignore packets that were cut short")
    made.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS",
                      help="give up after so long (default: 30)")
    made.add_argument("-w", dest="output", metavar="FILE",
                      help="write the packet that tells them apart to a pcap file")
    return made


def run(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    options = parser().parse_args(arguments)
    if not options.timeout > 0:
        raise UsageError("--timeout takes a number of seconds above 0")
    a, b = (accepting(text, link_type=options.link_type, snaplen=options.snaplen,
                      netmask=options.netmask, linux_extensions=options.live, dialect=language)
            for text, language in ((options.a, options.dialect),
                                   (options.b, options.dialect_b or options.dialect)))
    if options.output is not None:
        rights.output_helper(options.output, options.sandbox)
    with suppress(ImportError):  # told when it is needed
        import_module("z3")  # it makes functions that C calls: there is no memory for code later
    rights.enter("same", options.sandbox)
    verdict = differ(a, b, timeout=options.timeout, compare=Compare.VERDICT, whole=options.whole)
    match verdict:
        case Same():
            sys.stdout.write("same\n")
            return SAME
        case Undecided(reason):
            sys.stdout.write(f"not decided: {reason}\n")
            return UNDECIDED
        case Counterexample():
            sys.stdout.write(difference(a, b, verdict, options))
            if options.output is not None:
                save(verdict, a.link_type, options.output)
    return DIFFERENT


def difference(a: Program, b: Program, found: Counterexample, options: argparse.Namespace) -> str:
    """Which one accepts what the other refuses, and which one implies the other."""
    first, second = ("A", "B") if found.a else ("B", "A")
    size = len(found.packet)
    kind = "a shortest packet" if found.shortest else "a packet"
    cut = f", cut short from {found.wirelen}" if found.wirelen != size else ""
    lines = [f"{first} accepts, {second} refuses {kind} of {size} octets{cut}:\n"]
    lines += [f"  {found.packet[at:at + 16].hex(' ')}\n" for at in range(0, size, 16)]
    decoded = line(found, a.link_type)
    if decoded:
        lines.append(f"  {decoded}\n")
    if found.ancillary is not None:
        lines.append(f"  with {found.ancillary}\n")
    for names, one, other in ((("A", "B"), a, b), (("B", "A"), b, a)):
        how = implies(one, other, timeout=options.timeout, whole=options.whole)
        lines.append(_implication(names, how))
    return "".join(lines)


def _implication(names: tuple[str, str], how: Verdict) -> str:
    one, other = names
    if isinstance(how, Same):
        return f"{one} implies {other}: {other} accepts every packet that {one} accepts\n"
    if isinstance(how, Undecided):
        return f"whether {one} implies {other} was not decided: {how.reason}\n"
    return f"{one} does not imply {other}\n"


def line(found: Counterexample, link_type: int) -> str:
    """The packet as tcpdump would print it, if that can be had."""
    try:
        from fyke.packet import Packet
        return str(Packet(found.packet, link_type=link_type, wire_length=found.wirelen))
    except ImportError:
        return ""


def save(found: Counterexample, link_type: int, path: str) -> None:
    """One packet in a pcap file."""
    from fyke.files.writer import create
    from fyke.wire import Record
    sink = create(path, link_type=link_type, snaplen=262144)
    packet = Record(found.packet, link_type)
    packet.wirelen = found.wirelen
    sink.add(packet)
    sink.close()
