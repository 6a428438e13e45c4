"""Room files/: files that hold no descriptor between two reads, for whoever reads thousands."""

from __future__ import annotations

import io
import os
import resource

from fyke.errors import SavefileError
from fyke.hints import Any

#: Descriptors that everything else may need.
RESERVE = 64


def opener(paths: list[Any]) -> Any:
    """What opens each of ``paths`` for a reader: itself, or, if they are too many, frugally."""
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if allowed == resource.RLIM_INFINITY or len(paths) <= allowed - RESERVE:
        return lambda path: path
    return lambda path: Frugal(path) if os.path.isfile(path) else path


class Frugal(io.RawIOBase):
    """A regular file, opened for each read.

    Raises SavefileError when there is none, OSError when another one has taken its place.
    """

    def __init__(self, path: Any) -> None:
        from fyke.files.reader import printable
        self.path = path
        self.name = printable(os.fspath(path))
        self.at = 0
        try:
            self.identity = identity(os.stat(path))
        except OSError as error:
            raise SavefileError(f"{self.name}: {error.strerror}") from error

    def readable(self) -> bool:
        return True

    def readinto(self, view: Any) -> int:
        handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if identity(os.fstat(handle)) != self.identity:
                raise OSError(0, "another file has taken its place")
            got = os.preadv(handle, [view], self.at)
        finally:
            os.close(handle)
        self.at += got
        return got


def identity(status: os.stat_result) -> tuple[int, int]:
    """What stays the same as long as it is the same file."""
    return status.st_dev, status.st_ino
