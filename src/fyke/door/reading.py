"""Room door/: savefiles to iterate over, packet by packet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fyke.closing import Closing
from fyke.door.taking import Taking
from fyke.files.origin import Origin
from fyke.linktypes import LinkType, by_number
from fyke.packet import Packet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fyke.source import Source


class Reader(Closing):
    """A savefile: iterate over it, once; a context manager.

    A loop that was left with ``break`` can be taken up by another, and threads that share a
    reader get each packet once. The file is closed after the last packet, at the end of ``with``,
    by ``close`` and when nobody has the reader any more.
    """

    def __init__(self, source: Source, filter: str | None, dialect: str = "pcap") -> None:
        machines = None
        if filter:
            from fyke.filter.machines import Machines
            swapped = getattr(source, "swapped", False)
            machines = Machines(filter, savefile="swapped" if swapped else "unswapped",
                                dialect=dialect)
            machines(source.link_type)  # a bad expression is told at once
        self._link_type = source.link_type
        self._taking = Taking(source, machines, Origin(source))

    @property
    def link_type(self) -> LinkType:
        """The link type of its (first) interface."""
        return by_number(self._link_type)

    def __iter__(self) -> Iterator[Packet]:
        return iter(self._taking)

    def __next__(self) -> Packet:
        return next(self._taking)

    def close(self) -> None:
        """Close the file, unless it is the caller's; may be called twice, and by any thread."""
        self._taking.close()
