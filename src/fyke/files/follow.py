"""Room files/: a capture file that somebody is still writing."""

from __future__ import annotations

import os
import stat
import time

from fyke.errors import SavefileError, UsageError
from fyke.files.octets import POLL, Torn
from fyke.files.reader import open_capture
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.files.reader import Reader


def follow(path: Any, *, patience: float | None = None) -> Reader:
    """A Source of a growing pcap or pcapng file: at its end ``next`` says False, ``wait`` waits.

    Waits up to ``patience`` seconds (None: for ever) until the file's header is there. ``stop()``
    of the reader makes the end so far the end; that of a pipe always is. Raises SavefileError,
    also when the file shrinks; UsageError for a compressed file, which has no end that could be
    waited at.
    """
    deadline = None if patience is None else time.monotonic() + patience
    while True:
        try:
            reader = open_capture(path)
            break
        except Torn as error:
            if path == "-" or hasattr(path, "readinto"):
                raise
            if deadline is not None and time.monotonic() > deadline:
                raise SavefileError(f"{error}; waited {patience:g} s for more") from None
        time.sleep(POLL)
    if reader.compression:
        reader.close()
        raise UsageError(f"{reader.octets.name}: a compressed file cannot be followed; read it "
                         "when it is complete")
    reader.octets.following = grows(reader.octets.file)
    return reader


def grows(file: Any) -> bool:
    """Whether the end of the file may be the end so far; that of a pipe is the end."""
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except OSError:  # no file of the operating system
        return False
