"""The capture files that a command was given, opened while it still has the right to."""

from __future__ import annotations

import io
import os
import stat

from fyke.errors import FilterError, SavefileError, UsageError
from fyke.files.reader import printable
from fyke.hints import Any, Callable, Iterable

FEW = 256  # files: so many may always be open
RESERVE = 64  # descriptors that everything else may need


def no_filter(names: list[str]) -> None:
    """Raises UsageError where what should be names of files are the words of a filter."""
    missing = " ".join(name for name in names if name != "-" and not os.path.lexists(name))
    if is_filter(missing):
        raise UsageError(f"'{printable(missing)}' is a filter and no file: put it behind --filter, "
                         "in quotes")


def is_filter(text: str) -> bool:
    """Whether this is a filter expression that begins with a word of the language: a name of a
    file alone would be one, too, as that of a host.
    """
    from fyke.filter.compile import syntax  # only for a mistake
    from fyke.filter.words import KEYWORDS

    words = text.replace("(", " ").replace("!", " ").split()
    try:
        return bool(words) and words[0] in KEYWORDS and syntax(text) is not None
    except FilterError:
        return False


class Opened(io.RawIOBase):
    """A regular file from its beginning; several of one descriptor do not disturb each other."""

    def __init__(self, handle: int, name: str) -> None:
        self.handle = handle
        self.name = name
        self.at = 0

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.handle

    def readinto(self, view: Any) -> int:
        count = os.preadv(self.handle, [view], self.at)
        self.at += count
        return count


class Inputs:
    """Gives for each path what ``open_capture`` takes: the path itself, or what is open.

    Only root opens everything at once: the others may still open what they were named. A named
    pipe becomes what ``pipe`` makes of its descriptor and name, so that who waits for it can be
    asked to stop. What cannot be opened is an error when its turn comes.
    """

    def __init__(self, paths: Iterable[str],
                 pipe: Callable[[int, str], Any] | None = None) -> None:
        self.pipe = pipe
        self.opened: dict[str, int] = {}
        self.pipes: dict[str, int] = {}
        self.refused: dict[str, str] = {}  # why a file could not be opened
        names = list(dict.fromkeys(paths))
        for path in names[:allowed(len(names))]:
            self.open(path)

    def open(self, path: str) -> None:
        """Open one, if now is the time."""
        try:
            kind = os.stat(path).st_mode if path != "-" else 0
            if stat.S_ISFIFO(kind) and self.pipe is not None:
                self.pipes[path] = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            elif stat.S_ISREG(kind) and os.geteuid() == 0:
                self.opened[path] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            # told when its turn comes: in the box it would be forbidden, whatever is wrong with it
            self.refused[path] = error.strerror or str(error)
        except ValueError:
            pass  # no name of a file

    def __call__(self, path: str) -> Any:
        """The file that was opened, or the path. Raises SavefileError."""
        if path in self.refused:
            raise SavefileError(f"{printable(path) or repr(path)}: {self.refused[path]}")
        if path == "-" and self.pipe is not None:
            return self.pipe(0, "standard input")
        if path in self.pipes:
            return self.pipe(self.pipes.pop(path), printable(path))  # type: ignore[misc]
        if path in self.opened:
            return Opened(self.opened[path], printable(path))
        return path


def allowed(count: int) -> int:
    """How many of ``count`` files root may have open at once, when the system has been asked."""
    if count <= FEW or os.geteuid():
        return count
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or count + RESERVE <= hard:
        hard = max(soft, count + RESERVE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):
        hard = soft
    return min(count, hard - RESERVE)
