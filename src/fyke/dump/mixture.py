"""Refuses to write packets of several link types into a file that holds one, before it is opened.

Only the packets tell: a pcapng file may describe interfaces that none came from, and a filter may
leave one link type. So where several are described, all is read once without being written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from fyke.dump.pour import drain
from fyke.dump.pump import Pump
from fyke.errors import OutputError, SavefileError
from fyke.files.formats import BY_NAME
from fyke.files.reader import open_capture, printable
from fyke.hints import Any
from fyke.linktypes import by_number
from fyke.source import Sink, Source
from fyke.wire import Record


class Probe(Sink):
    """Takes packets of one link type. Raises OutputError for the first of another."""

    def __init__(self, name: str, format: str, link_type: int) -> None:
        self.name = name
        self.format = format
        self.link_type = link_type
        self.count = 0

    def add(self, packet: Record) -> None:
        self.count += 1
        if packet.link_type != self.link_type:
            raise OutputError(
                f"{printable(self.name)}: a {self.format} file holds one link type, here "
                f"{by_number(self.link_type).told}, and packet {self.count} has "
                f"{by_number(packet.link_type).told}; write pcapng: --format pcapng, or a name "
                "that ends with .pcapng; nothing was written")


def refuse_mixture(name: str, format: str, paths: Sequence[str], make: Callable[[], Source], *,
                   filters: Callable[[int], Any] | None = None, skip: int = 0,
                   limit: int = 0) -> None:
    """OutputError if packets of several link types would be written to ``name``.

    ``make`` opens what is read once more; ``paths`` are the files behind it. What is not a
    regular file cannot be read twice, and is believed.
    """
    if BY_NAME[format].mixes or not all(map(os.path.isfile, paths)):
        return
    if len(set().union(*map(link_types, paths))) < 2:
        return
    source = make()
    try:
        drain(Pump(source, filters, Probe(name, format, source.link_type), skip=skip, limit=limit))
    except SavefileError:
        pass  # it is told when the file is read in earnest
    finally:
        source.close()


def link_types(path: str) -> set[int]:
    """The link types that a file describes: one that mixes may do so anywhere in it."""
    try:
        source = open_capture(path)
    except SavefileError:
        return set()
    try:
        if BY_NAME[source.format].mixes:
            source.bare = True  # type: ignore[union-attr]  # pcapng is what mixes
            drain(Pump(source, None, None))
    except SavefileError:
        pass
    finally:
        source.close()
    return {one.link_type for one in source.interfaces}
