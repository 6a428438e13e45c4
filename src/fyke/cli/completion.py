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
ASK_COLUMNS = "fyke NAME --list 2>/dev/null | cut -d' ' -f1"  # of a command that has columns
#: For each shell: what completes the name behind the last comma. tcsh completes the first one only.
LAST_OF_LIST = {
    "bash": f"""
_fyke_columns_NAME() {{
  local before=""
  [[ $1 == *,* ]] && before="${{1%,*}},"
  compgen -P "$before" -W "$({ASK_COLUMNS})" -- "${{1##*,}}"
}}""",
    "zsh": f"""
_fyke_columns_NAME() {{
  local -a names=(${{(f)"$({ASK_COLUMNS})"}})
  _sequence -s , compadd - $names
}}""",
    "fish": f"""
function _fyke_columns_NAME
  set -l before (string match -r '^.*,' -- (commandline -ct))
  printf '%s\\n' "$before"({ASK_COLUMNS})
end""",
}

#: bash has three words of --netns=VALUE; what shtab makes knows the option and the value.
BEHIND_EQUALS = """
_fyke_equals_NAME() {
  local words=() at here=$COMP_CWORD
  for at in "${!COMP_WORDS[@]}"; do
    if [[ ${COMP_WORDS[at]} != "=" ]]; then
      words+=("${COMP_WORDS[at]}")
    elif (( at == COMP_CWORD )); then
      words+=("")
    elif (( at < COMP_CWORD )); then
      let "here-=1"
    fi
  done
  local COMP_WORDS=("${words[@]}") COMP_CWORD=$here
  _shtab_NAME
}
complete -o bashdefault -F _fyke_equals_NAME NAME
"""


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
        for command, action in actions(described):
            if action.metavar == "FILE":
                action.complete = shtab.FILE
            elif action.metavar in WORDS:
                action.complete = shtab.cmd(WORDS[action.metavar])
            elif action.metavar == COLUMNS:
                action.complete = listed(command, shtab.cmd(ASK_COLUMNS.replace("NAME", command)))
        sys.stdout.write(shtab.complete(described, shell) + "\n")
        if shell == "bash":
            sys.stdout.write(BEHIND_EQUALS.replace("NAME", described.prog))
    return 0


def listed(command: str, complete: dict[str, Any]) -> dict[str, Any]:
    """How several names of a command's columns, with commas between them, are completed."""
    function = f"_fyke_columns_{command}"
    functions = {shell: text.replace("NAME", command) for shell, text in LAST_OF_LIST.items()}
    return complete | {"bash": function, "zsh": function, "fish": f"({function})",
                       "preamble": complete["preamble"] | functions}


def actions(described: argparse.ArgumentParser, command: str = "") -> Iterator[tuple[str, Any]]:
    """Every option and argument of a parser, and of those for its commands, with its command."""
    for action in described._actions:
        yield command, action
        if isinstance(action, argparse._SubParsersAction):
            for name, one in action.choices.items():
                yield from actions(one, name)
