"""The command line of all commands but ``dump``, whose options are tcpdump's (flags.py)."""

from __future__ import annotations

import argparse
import sys

from fyke.cli.terminal import size

TYPE_CHECKING = False  # type checkers know the name; typing itself is slow to import
if TYPE_CHECKING:
    from typing import Any, NoReturn


def dialect(made: argparse._ActionsContainer) -> None:
    """The option that chooses the language of a filter expression."""
    made.add_argument("--dialect", choices=("pcap", "fyke"), default="pcap",
                      help="the language of the expression: tcpdump's (default) or fyke's, which "
                      "looks through VLAN tags and has tests of fields")


def defragment(made: argparse._ActionsContainer) -> None:
    """The options that have IP datagrams made whole."""
    made.add_argument("--defragment", action="store_true",
                      help="IP datagrams come whole, in the place of their last fragment, before "
                      "a filter sees them")
    made.add_argument("--overlaps", choices=("rfc", "first", "last", "drop"), default="rfc",
                      help="whose bytes stay where fragments overlap: the first, the last, or "
                      "drop: the datagram is not put together; rfc (default): drop for IPv6 "
                      "(RFC 5722), first for IPv4")


class Formatter(argparse.HelpFormatter):
    """argparse's, which asks shutil for the terminal's width, for each option anew."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=size(80, 24)[0] - 2)


class Parser(argparse.ArgumentParser):
    """argparse's, with the option --sandbox; it says in one line what is wrong; exit status 2."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**{"formatter_class": Formatter} | how)
        self.add_argument("--sandbox", choices=("auto", "strict", "off"), default="auto",
                          help="the box around what reads packets: as far as the kernel can "
                          "(auto, the default), or do not start without it (strict; also "
                          "--sandbox alone), or none (off)")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's; an argument of --sandbox only stands behind a ``=``."""
        words = list(args or ())
        end = words.index("--") if "--" in words else len(words)
        words[:end] = ["--sandbox=strict" if word == "--sandbox" else word for word in words[:end]]
        return super().parse_known_args(words, namespace)

    def print_help(self, file: Any = None) -> None:
        """As argparse's, which keeps quiet about output that nobody takes."""
        out = file or sys.stdout
        out.write(self.format_help())
        out.flush()

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help tells more\n")
