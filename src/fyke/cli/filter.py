"""``fyke filter``: what an expression compiles to, instruction by instruction, and what a program
means.
"""

from __future__ import annotations

import argparse
import sys

from fyke.bpf import listing
from fyke.bpf.program import Program
from fyke.cli import rights
from fyke.cli.parsing import Parser, dialect
from fyke.errors import UsageError

FORMATS = ("annotated", "tcpdump", "c", "decimal", "asm", "json", "dot", "svg")
LARGEST = 1 << 20  #: octets of a program's text that are read


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke filter", description="Show what a filter expression compiles to: each "
        "instruction, the field it reads, the words it comes from, where it goes and why. "
        "With --program, say what a program accepts.")
    made.add_argument("expression", nargs="*", help="a filter expression, as in pcap-filter(7)")
    made.add_argument("--program", metavar="FILE", help="read a program instead (- is standard "
                      "input): as tcpdump -d, -dd or -ddd, bpf_asm or ss -0b write it")
    made.add_argument("--format", choices=FORMATS, default="annotated",
                      help="how it is shown (default: annotated)")
    circumstances(made)
    dialect(made)
    made.add_argument("-O", "--no-optimize", action="store_true", help="do not optimise")
    return made


def circumstances(made: argparse.ArgumentParser) -> None:
    """The options that change what an expression means."""
    made.add_argument("-y", "--link-type", default="EN10MB", metavar="TYPE",
                      help="link type (default: EN10MB)")
    made.add_argument("-s", "--snaplen", type=int, default=262144, metavar="N",
                      help="octets kept of a packet")
    made.add_argument("--netmask", metavar="MASK", help="for 'ip broadcast': 255.255.255.0")
    made.add_argument("--live", action="store_true",
                      help="for a live Linux capture: the kernel's metadata may be asked")


def run(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    options = parser().parse_args(arguments)
    if options.program is not None:
        if options.expression:
            raise UsageError("--program takes the place of an expression: give one of them")
        program = read_program(options.program, options)
        if options.format == "annotated":
            from fyke.filter.describe import describe
            sys.stdout.write(describe(program))
    else:
        expression = " ".join(options.expression)
        rights.enter("filter", options.sandbox, expressions=[expression],
                     dialect=options.dialect)
        program = compiled(expression, options,
                           optimize=not options.no_optimize)
    sys.stdout.write(show(program, options.format))
    return 0


def compiled(expression: str, options: argparse.Namespace, *, optimize: bool = True) -> Program:
    """An expression under the circumstances of the options."""
    from fyke.filter.compile import compile
    return compile(expression, link_type=options.link_type, snaplen=options.snaplen,
                   netmask=options.netmask, linux_extensions=options.live, optimize=optimize,
                   dialect=options.dialect)


def read_program(path: str, options: argparse.Namespace) -> Program:
    """A program from its text. Raises ProgramError."""
    from fyke.bpf.assembler import parse
    from fyke.bpf.checker import check_offline
    from fyke.linktypes import by_name
    if path == "-":
        text = sys.stdin.read(LARGEST)
    else:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(LARGEST)
    rights.enter("filter", options.sandbox)
    instructions = parse(text)
    check_offline(instructions)
    return Program(instructions, link_type=by_name(options.link_type).number,
                   snaplen=options.snaplen)


def show(program: Program, form: str) -> str:
    """The program in one of FORMATS."""
    plain = {"tcpdump": listing.tcpdump, "c": listing.c, "decimal": listing.decimal,
             "asm": listing.asm}
    if form in plain:
        return plain[form](program)
    if form == "annotated":
        from fyke.filter.describe import listing as annotated
        return annotated(program)
    from fyke.filter import drawing
    return {"json": drawing.as_json, "dot": drawing.dot, "svg": drawing.svg}[form](program)
