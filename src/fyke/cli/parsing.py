"""The command line of all commands but ``dump``, whose options are tcpdump's (flags.py)."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False  # type checkers know the name; typing itself is slow to import
if TYPE_CHECKING:
    from typing import NoReturn


def dialect(made: argparse._ActionsContainer) -> None:
    """The option that chooses the language of a filter expression."""
    made.add_argument("--dialect", choices=("pcap", "fyke"), default="pcap",
                      help="the language of the expression: tcpdump's (default) or fyke's, which "
                      "looks through VLAN tags and has tests of fields")


class Parser(argparse.ArgumentParser):
    """argparse's, which says in one line what is wrong; exit status 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help tells more\n")
