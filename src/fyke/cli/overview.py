"""Every command's options in one argparse parser, for those who describe them to people."""

from __future__ import annotations

import argparse
from importlib import import_module

from fyke.cli import flags
from fyke.cli.commands import COMMANDS
from fyke.dump.options import FLAGS, GROUPS

DESCRIPTION = ("The Linux packet-capture stack in Python: captures, prints, filters and stores "
               "packets, and explains what it does.")
EXPRESSION = "a filter expression, as in pcap-filter(7); all packets without one"


def whole() -> argparse.ArgumentParser:
    """The parser of ``fyke``, with one for each command."""
    made = argparse.ArgumentParser(prog="fyke", description=DESCRIPTION)
    made.add_argument("--version", action="store_true", help="print the version and exit")
    inside = made.add_subparsers(metavar="COMMAND", title="commands")
    for name, meaning in COMMANDS.items():
        one = (of_dump(f"fyke {name}") if name == "dump"
               else import_module(f"fyke.cli.{name}").parser())
        inside.add_parser(name, parents=[one], add_help=False, help=meaning, usage=one.usage,
                          description=one.description)
    return made


def of_dump(prog: str) -> argparse.ArgumentParser:
    """The rows of flags.py as argparse knows options; it describes them, and parses none."""
    made = argparse.ArgumentParser(
        prog=prog, add_help=False, usage=f"{prog} [OPTIONS] [EXPRESSION]",
        description="Capture packets, or read them from a file; print or write those that "
        "EXPRESSION accepts.")
    groups = {title: made.add_argument_group(title) for title in GROUPS}
    for flag in FLAGS:
        meaning = flag.help.replace("%", "%%")
        if not flag.metavar:
            groups[flag.group].add_argument(*flag.words, action="store_true", help=meaning)
        elif flag.action == "optional":
            groups[flag.group].add_argument(*flag.words, nargs="?", help=meaning,
                                            choices=flags.choices(flag.kind))
        elif flags.choices(flag.kind):
            groups[flag.group].add_argument(*flag.words, help=meaning,
                                            choices=flags.choices(flag.kind))
        else:
            groups[flag.group].add_argument(*flag.words, metavar=flag.metavar, help=meaning)
    made.add_argument("expression", nargs="*", metavar="EXPRESSION", help=EXPRESSION)
    return made
