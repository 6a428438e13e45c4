"""Room files/: what is done to the files of an output: made, renamed, deleted, measured.

Whoever gives up the right to that puts another ``Folder`` in its place (``use``), one that asks
somebody who has it.
"""

from __future__ import annotations

import os
import stat

CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC


class Folder:
    """Does it itself. Everything raises OSError."""

    def open(self, path: str, flags: int) -> int:
        """A descriptor of a file to write."""
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
