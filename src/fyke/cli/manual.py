"""fyke manual: the manual page, made of the options that the commands have."""

from __future__ import annotations

import argparse
import sys

from fyke.cli import rights
from fyke.cli.commands import STATUSES
from fyke.cli.overview import whole
from fyke.cli.parsing import Parser
from fyke.errors import FykeError
from fyke.version import VERSION


def parser() -> argparse.ArgumentParser:
    return Parser(prog="fyke manual", description="Print the manual page for man(1): "
                  "fyke manual | man -l -")


def run(arguments: list[str]) -> int:
    """Print the page. Raises FykeError where the library that makes it is missing."""
    rights.enter("manual", parser().parse_args(arguments).sandbox)
    try:
        from argparse_manpage.manpage import Manpage
    except ImportError:
        raise FykeError("the manual page is made with argparse-manpage, which is not installed: "
                        "pip install 'fyke[manual]'") from None
    page = Manpage(whole(), _data={
        "project_name": "fyke", "version": VERSION, "manual_title": "Packet capture",
        "description": "capture, filter, print and explain packets"})
    page.add_section("EXIT STATUS", "=", "\n".join(
        f".TP\n.B {status}\n{meaning}" for status, meaning in STATUSES.items()))
    sys.stdout.write(str(page))
    return 0
