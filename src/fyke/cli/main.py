"""The commands ``fyke NAME`` and ``fykedump``: finds the command's file, turns errors into a line.

Start-up is part of the interface: only the command that runs is imported.
"""

from __future__ import annotations

import gc
import io
import os
import sys

from fyke import late
from fyke.cli.commands import COMMANDS
from fyke.errors import (
    INTERRUPTED,
    INTERRUPTED_AT_ONCE,
    FilterError,
    FykeError,
    Stalled,
    harmless,
)

TYPE_CHECKING = False  # type checkers know the name; typing itself is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

OURS = [False]  # this process is the command's own, and may give up its rights: no test's, no IDE's


def usage() -> str:
    rows = [f"  {name:10} {what}" for name, what in COMMANDS.items()]
    return "usage: fyke COMMAND [ARGUMENTS]\n\n" + "\n".join(rows) + (
        "\n\n'fyke COMMAND --help' tells more.\n")


def command() -> None:
    """The program ``fyke``."""
    OURS[0] = True
    open_streams()
    leave(main())


def command_dump() -> None:
    """The program ``fykedump``."""
    OURS[0] = True
    open_streams()
    leave(dump())


def open_streams() -> None:
    """Take the place of standard streams that are closed, before a capture file does.

    What reads or writes them is then told so; messages go nowhere.
    """
    for number, name, mode, flags in ((0, "stdin", "r", os.O_WRONLY),
                                      (1, "stdout", "w", os.O_RDONLY),
                                      (2, "stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            os.open(os.devnull, flags)  # gets the lowest number that is free: this one
            setattr(sys, name, open(number, mode))  # noqa: SIM115  (for good)


def leave(status: int) -> None:
    """End the process. Taking the interpreter down first would only cost time."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def main(arguments: list[str] | None = None) -> int:
    """Run ``fyke NAME …`` and return the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in COMMANDS:
        return guarded(words[0], words[1:])
    return caught("fyke", lambda: without_command(words))


def without_command(words: list[str]) -> int:
    """What there is to say where no command is named."""
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(usage())
        return 0 if words else 2
    if words[0] == "--version":
        from fyke.version import VERSION
        sys.stdout.write(f"fyke {VERSION}\n")
        return 0
    return unknown(words[0])


def dump(arguments: list[str] | None = None) -> int:
    """Run ``fykedump …``: as ``fyke dump …``, without a word that tcpdump would not say."""
    return guarded("dump", sys.argv[1:] if arguments is None else arguments, as_tcpdump=True)


def unknown(name: str) -> int:
    from difflib import get_close_matches
    near = get_close_matches(name, COMMANDS, 1)
    hint = f"; did you mean {near[0]!r}?" if near else "; 'fyke --help' lists them"
    sys.stderr.write(f"fyke: there is no command {name!r}{hint}\n")
    return 2


def guarded(name: str, arguments: list[str], **how: bool) -> int:
    """Run a command; what goes wrong is told."""
    return caught(f"fyke {name}", lambda: execute(name, arguments, **how))


def execute(name: str, arguments: list[str], **how: bool) -> int:
    if name != "dump":  # which answers by itself
        from fyke.cli.progress import listen
        listen(name)
    status: int = load(name).run(arguments, **how)
    return status


def caught(who: str, run: Callable[[], int]) -> int:
    """Whatever goes wrong is one line (a filter's caret besides) and a status."""
    try:
        status = run()
        sys.stdout.flush()
        return status
    except FilterError as error:
        where = f"\n{error.caret()}" if error.expression else ""
        sys.stderr.write(f"{who}: {harmless(error)}{where}\n")
        return error.exit_status
    except FykeError as error:
        if left_alone(error):
            return end_by_pipe()
        if isinstance(error, Stalled):
            discard_output()
            if error.__cause__ is None:  # no file of -w that knows better
                error = Stalled(f"standard output: {error}; what was not yet written is lost")
        sys.stderr.write(f"{who}: {harmless(error)}\n")
        return error.exit_status
    except BrokenPipeError:
        return end_by_pipe()
    except OSError as error:
        discard_output()
        subject = f"{error.filename}: " if error.filename else "standard output: "
        sys.stderr.write(f"{who}: {harmless(subject)}{error.strerror or error}\n")
        return 1
    except KeyboardInterrupt:
        discard_output()
        sys.stderr.write(f"{who}: {INTERRUPTED_AT_ONCE}\n")
        return INTERRUPTED


def left_alone(error: FykeError) -> bool:
    """Whether standard output could not be written because its reader has left."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, BrokenPipeError):
        cause = cause.__cause__
    return cause is not None and str(error).startswith("standard output: ")


def end_by_pipe() -> int:
    """End as the system ends a program whose reader has left (``| head``): quietly, by SIGPIPE.

    Where that cannot be, the status that a shell makes of it.
    """
    import signal
    try:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    except ValueError:  # not in the main thread
        discard_output()
        return 128 + signal.SIGPIPE
    try:
        os.kill(os.getpid(), signal.SIGPIPE)
    except OSError:  # in the box there is no kill(2): write to the one who has left
        os.write(1, b"\n")
    discard_output()
    return 128 + signal.SIGPIPE


def load(name: str) -> Any:
    """A command's module. What it brings is no garbage, so nobody looks for any there."""
    gc.disable()
    try:
        return late.module(f"fyke.cli.{name}")
    finally:
        gc.freeze()
        gc.enable()


def discard_output() -> None:
    """Let the interpreter's last flush go nowhere, so that it cannot fail again."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError):  # in the box there is no dup2(2)
        sys.stdout = io.StringIO()
