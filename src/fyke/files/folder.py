"""Room files/: what is done to the files of an output: made, renamed, deleted, measured.

Whoever gives up the right to that puts another ``Folder`` in its place (``use``), one that asks
somebody who has it.
"""

from __future__ import annotations

import errno
import os
import stat
import time

from fyke.hints import Callable

CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC


PAUSE = 0.05  # seconds between two looks for a reader of a named pipe

_asked_to_stop: list[Callable[[], bool]] = []


def wait_until(stop: Callable[[], bool]) -> None:
    """A named pipe without a reader is waited for only until ``stop`` says True."""
    _asked_to_stop[:] = [stop]


def open_pipe(path: str, flags: int) -> int:
    """A named pipe to write to, once somebody reads it."""
    while True:
        try:
            handle = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
            os.set_blocking(handle, True)
            return handle
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
        if any(stop() for stop in _asked_to_stop):
            raise OSError(errno.ENXIO, "nobody reads this named pipe")
        time.sleep(PAUSE)


class Folder:
    """Does it itself. Everything raises OSError."""

    def open(self, path: str, flags: int) -> int:
        """A descriptor of a file to write."""
        try:
            if stat.S_ISFIFO(os.stat(path).st_mode):
                return open_pipe(path, flags)
        except FileNotFoundError:
            pass
        return os.open(path, flags | os.O_CLOEXEC, 0o666)

    def rename(self, path: str, new: str) -> None:
        os.rename(path, new)

    def delete(self, path: str) -> None:
        """Delete a file; a device or a pipe that was written to stays."""
        if stat.S_ISREG(os.stat(path).st_mode):
            os.unlink(path)

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return os.stat(path).st_size


_folder = Folder()


def folder() -> Folder:
    """What does it now."""
    return _folder


def use(other: Folder) -> None:
    """Have ``other`` do it from here on."""
    global _folder
    _folder = other
