"""Floor 0: what closes at the end of ``with``."""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers know the name; typing itself is slow to import
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class Closing:
    """A context manager of whatever has ``close``."""

    def close(self) -> None:
        """Let go of what is open; may be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()
