"""Room door/: what a program names as the packets of conversations, as a Source."""

from __future__ import annotations

from os import PathLike

from fyke import arguments
from fyke.errors import UsageError, WrongType
from fyke.hints import TYPE_CHECKING, Any
from fyke.source import Source

if TYPE_CHECKING:
    from fyke.files.slicing import Slice


def source_of(given: Any, filter: str | None, dialect: str) -> tuple[Source, bool]:
    """A Source of the packets, and whether they come from an interface.

    Raises SavefileError, FilterError, UsageError.
    """
    if isinstance(given, (str, bytes, bytearray, memoryview, PathLike)) or hasattr(given, "read"):
        from fyke.files.reader import open_capture
        source = open_capture(given)
        try:
            return (filtered(source, filter, dialect) if filter else source), False
        except BaseException:
            source.close()
            raise
    if filter is not None:
        raise UsageError("filter: give it to what the packets come from, fyke.read or "
                         "fyke.capture")
    from fyke.conversations.given import Captured, Given
    from fyke.door.capturing import Capture  # late: asyncio takes 25 ms
    if isinstance(given, Capture):
        return Captured(given), True
    if isinstance(given, Source):
        return given, False
    if not hasattr(given, "__iter__"):
        raise WrongType("source must be a file, a capture or packets, not "
                        f"{arguments.kind(given)}")
    return Given(given), False


def filtered(source: Any, filter: str, dialect: str) -> Slice:
    """The packets of a source that a filter accepts. Raises FilterError."""
    from fyke.files.slicing import Slice
    from fyke.filter.machines import Machines
    swapped = getattr(source, "swapped", False)
    machines = Machines(filter, savefile="swapped" if swapped else "unswapped", dialect=dialect)
    machines(source.link_type)
    return Slice(source, filters=machines)
