"""fyke completion: what a shell needs to complete commands, options, files and interfaces."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from fyke.cli import rights
from fyke.cli.overview import of_dump, whole
from fyke.cli.parsing import Parser
from fyke.errors import FykeError

SHELLS = ("bash", "zsh", "fish", "tcsh")

#: What completes an argument, by how the help calls it: a command that prints the words.
WORDS = {
    "INTERFACE": "echo any; ls /sys/class/net",
    "NAME|PATH|PID": "ls /run/netns 2>/dev/null",
}
COLUMNS = "NAME[,NAME…]"
ASK_COLUMNS = "fyke table --list 2>/dev/null | cut -d' ' -f1"
#: For each shell: what completes the name behind the last comma. tcsh completes the first one only.
LAST_OF_LIST = {
    "bash": f"""
_fyke_columns() {{
  local before=""
  [[ $1 == *,* ]] && before="${{1%,*}},"
  compgen -P "$before" -W "$({ASK_COLUMNS})" -- "${{1##*,}}"
}}""",
    "zsh": f"""
_fyke_columns() {{
  local -a names=(${{(f)"$({ASK_COLUMNS})"}})
  _sequence -s , compadd - $names
}}""",
    "fish": f"""
function _fyke_columns
  set -l before (string match -r '^.*,' -- (commandline -ct))
  printf '%s\\n' "$before"({ASK_COLUMNS})
end""",
}


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke completion", description="Print a script that completes fyke and fykedump; in "
        "bash: eval \"$(fyke completion bash)\".")
    made.add_argument("shell", choices=SHELLS, help="for which shell")
    return made


def run(arguments: list[str]) -> int:
    """Print the script. Raises FykeError where the library that makes it is missing."""
    options = parser().parse_args(arguments)
    rights.enter("completion", options.sandbox)
    shell = options.shell
    try:
        import shtab
    except ImportError:
        raise FykeError("completion is made with shtab, which is not installed: "
                        "pip install 'fyke[manual]'") from None
    for described in (whole(), of_dump("fykedump")):
        for action in actions(described):
            if action.metavar == "FILE":
                action.complete = shtab.FILE
            elif action.metavar in WORDS:
                action.complete = shtab.cmd(WORDS[action.metavar])
            elif action.metavar == COLUMNS:
                action.complete = listed(shtab.cmd(ASK_COLUMNS))
        sys.stdout.write(shtab.complete(described, shell) + "\n")
    return 0


def listed(complete: dict[str, Any]) -> dict[str, Any]:
    """How several names with commas between them are completed."""
    return complete | {"bash": "_fyke_columns", "zsh": "_fyke_columns",
                       "fish": "(_fyke_columns)", "preamble": complete["preamble"] | LAST_OF_LIST}


def actions(described: argparse.ArgumentParser) -> Iterator[Any]:
    """Every option and argument of a parser, and of those for its commands."""
    for action in described._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from actions(one)
