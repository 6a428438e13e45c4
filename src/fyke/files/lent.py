"""Room files/: file objects that belong to the caller: used and flushed, never closed."""

from __future__ import annotations

import io

from fyke.errors import SavefileError, UsageError
from fyke.hints import Any

NO_TEXT = "a capture is no text: open the file in binary mode ('rb', 'wb'), or give its .buffer"


def refuse_text(file: Any) -> None:
    """UsageError for a file object that has no octets."""
    if isinstance(file, io.TextIOBase) or isinstance(getattr(file, "file", None), io.TextIOBase):
        raise UsageError(NO_TEXT)  # tempfile's wrappers have the file itself as .file


class Input:
    """A binary file of the caller's as a raw one: what is there at once is enough."""

    def __init__(self, file: Any) -> None:
        refuse_text(file)
        self.file = file
        self.fill = getattr(file, "readinto1", None) or getattr(file, "readinto", None)

    def fileno(self) -> int:
        return int(self.file.fileno())

    def readinto(self, view: Any) -> int | None:
        if self.fill is not None:
            return self.fill(view)  # type: ignore[no-any-return]
        data = self.file.read(len(view))
        if data is None:
            return None
        if isinstance(data, str):
            raise UsageError(NO_TEXT)
        if len(data) > len(view):
            raise SavefileError(f"a file object gave {len(data)} bytes when asked for "
                                f"{len(view)}")
        view[:len(data)] = data
        return len(data)

    def close(self) -> None:
        """The file stays open."""


class Output:
    """A binary file of the caller's to write to."""

    def __init__(self, file: Any) -> None:
        refuse_text(file)
        self.file = file
        self.raw = isinstance(file, io.RawIOBase)
        self.known = isinstance(file, io.IOBase)

    def fileno(self) -> int:
        return int(self.file.fileno())

    def write(self, view: memoryview) -> int | None:
        """Octets taken; an object that does not say how many took all. None: none just now."""
        data = view if self.known else bytes(view)  # others may keep what they are given
        try:
            taken = self.file.write(data)
        except TypeError as error:
            raise UsageError(f"the file object does not take bytes: {error}") from error
        if isinstance(taken, int):
            return taken
        return None if self.raw else len(view)

    def flush(self) -> None:
        """Flush the file, if it can be; one that the caller has closed holds nothing back."""
        flush = getattr(self.file, "flush", None)
        if flush is not None and not getattr(self.file, "closed", False):
            flush()

    def close(self) -> None:
        """Flush the file, which stays open."""
        self.flush()
