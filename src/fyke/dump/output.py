"""Standard output for text: all of it is written, or an error says why not."""

from __future__ import annotations

from fyke.hints import Any


class Output:
    """What a Printer writes to.

    ``sys.stdout.buffer`` is a raw file under PYTHONUNBUFFERED, and that writes only as much as a
    pipe takes. This loop is Python on purpose: between two writes, signals are heard.
    """

    __slots__ = ("_file",)

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, text: bytes | memoryview) -> int:
        """Write everything. Raises OSError."""
        left = memoryview(text)
        while left:
            count = self._file.write(left)
            if count is None:
                raise BlockingIOError("standard output is not ready; it must not be non-blocking")
            left = left[count:]
        return len(text)

    def flush(self) -> None:
        self._file.flush()
