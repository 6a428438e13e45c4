"""The command line of all commands but ``dump``, whose options are tcpdump's (flags.py)."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False  # type checkers know the name; typing itself is slow to import
if TYPE_CHECKING:
    from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """argparse's, which says in one line what is wrong; exit status 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help tells more\n")
