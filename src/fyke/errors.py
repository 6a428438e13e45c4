"""The error tree: everything fyke raises on purpose derives from FykeError.

Each message is one line that says what failed, why, and what to do. A command prints it after
``fyke: `` and exits with ``exit_status``.
"""

from __future__ import annotations

INTERRUPTED = 130  # exit status, as shells have it: 128 and SIGINT
INTERRUPTED_AT_ONCE = "interrupted at once; what was not yet written is lost"


def harmless(text: object) -> str:
    """One line for a terminal: names of files and interfaces in it may be anything."""
    told = str(text)
    return told if told.isprintable() else "".join(
        one if one.isprintable() else repr(one)[1:-1] for one in told)


class FykeError(Exception):
    """The base of every error that fyke raises on purpose."""

    exit_status = 1


class UsageError(FykeError):
    """The options or arguments of a command do not fit together."""


class WrongType(UsageError, TypeError):
    """An argument of a type that it cannot have; the message names it."""


class NotThere(FykeError, LookupError):
    """A layer or a field that is not there; the message says what is."""


class FilterError(FykeError):
    """A filter expression that cannot be compiled.

    ``column`` counts characters from 0; ``length`` is how many are at fault (at least 1 for a
    caret); ``suggestion`` is a word that may have been meant.
    """

    def __init__(self, message: str, *, expression: str = "", column: int = 0, length: int = 1,
                 suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.expression = expression
        self.column = column
        self.length = length
        self.suggestion = suggestion

    def __str__(self) -> str:
        hint = f" (did you mean {self.suggestion!r}?)" if self.suggestion else ""
        return f"{self.message}{hint}"

    def caret(self) -> str:
        """The expression with a caret under the fault: two lines, bounded in width."""
        start = max(0, self.column - 60)
        shown = self.expression[start:start + 120]
        shown = "".join(c if c.isprintable() else "?" for c in shown)
        width = max(1, min(self.length, len(shown) - (self.column - start)))
        return f"{shown}\n{' ' * (self.column - start)}{'^' * width}"


class ProgramError(FykeError):
    """A BPF program that the kernel would refuse, or a listing that is none."""


class SavefileError(FykeError):
    """A file that is not a capture, or one that is damaged; whole packets came out before."""


class CaptureError(FykeError):
    """The kernel refused something that a live capture needs, or took it away."""


class NotOpen(CaptureError, ValueError):
    """A capture that is not open (yet, or any more) has no descriptor; files raise ValueError."""


class OutputError(FykeError):
    """What was captured could not be written."""


class Stalled(OutputError):
    """Nobody reads what is written, and to stop was asked for: the rest of it is lost."""


class SandboxError(FykeError):
    """The kernel, or the container, does not let a process give up its rights."""
