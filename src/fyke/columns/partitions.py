"""Room columns/: a scan in parts for several processes or machines, of whatever engine.

A partition is some pieces (pieces.py) and what is asked of them; nothing of it is open. It has
``__arrow_c_stream__`` like the scan that it is a part of, and the rows of all partitions are the
rows of the scan.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fyke.arguments import whole
from fyke.columns.pieces import Piece, cut
from fyke.columns.sources import is_piece, named, size_of
from fyke.errors import SavefileError, UsageError

if TYPE_CHECKING:
    from fyke.columns.capsules import Batch
    from fyke.columns.opening import Asked
    from fyke.columns.scan import Scan

LEAST = 1 << 16  #: octets of a partition
#: Columns that count from a file's first packet: such a file is not cut.
COUNTED = {"number", "time_relative", "time_delta"}
FILES = 4096  #: in one partition


class Partition:
    """Pieces of captures, and what a scan asks of them. It can be pickled."""

    __slots__ = ("asked", "pieces")

    def __init__(self, pieces: tuple[Piece, ...], asked: Asked) -> None:
        self.pieces = pieces
        self.asked = asked._replace(source=pieces)

    def __reduce__(self) -> tuple[Any, ...]:
        return Partition, (self.pieces, self.asked)

    def scan(self) -> Scan:
        """The Scan of it, anew each time."""
        return self.asked.scan()

    def __iter__(self) -> Iterator[Batch]:
        return iter(self.scan())

    def __arrow_c_schema__(self) -> Any:
        return self.scan().__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.scan().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        more = f" and {len(self.pieces) - 1} more" if len(self.pieces) > 1 else ""
        return f"<fyke.Partition {self.pieces[0]}{more}>"


def partitions(asked: Asked, size: int,
               damage: list[SavefileError] | None = None) -> list[Partition]:
    """The parts of a scan, each of about ``size`` octets. ``damage``: where it is put down that a
    file cannot be opened, if the next file is to follow.
    """
    size = whole("bytes", size, LEAST, 1 << 62)
    in_one = asked.defragment or not COUNTED.isdisjoint(column.path for column in asked.columns())
    found: list[list[Piece]] = [[]]
    room = size
    for source in named(asked.source):
        if is_piece(source):
            raise UsageError("this scan is a partition already")
        if not isinstance(source, str) or source == "-":
            raise UsageError("standard input, file objects and octets have no partitions: whoever "
                             "reads one must find it again; scan a path instead")
        try:
            length = size_of(source)
            whole_file = length < 2 * size or in_one  # fragments are put together in one
            pieces = [Piece(source)] if whole_file else cut(source, size)
        except SavefileError as error:
            if damage is None:
                raise
            damage.append(error)
            continue
        for piece in pieces:
            taken = length if len(pieces) == 1 else size
            if found[-1] and (taken > room or len(found[-1]) >= FILES):
                found.append([])
                room = size
            found[-1].append(piece)
            room -= taken
    return [Partition(tuple(pieces), asked) for pieces in found if pieces]
