"""Room files/: what every command that makes a capture from captures needs."""

from __future__ import annotations

import os
from collections.abc import Iterable

from fyke.errors import UsageError
from fyke.files.formats import NAMES, told_by_suffix
from fyke.files.limits import snaplen_of_copy
from fyke.files.reader import printable
from fyke.files.writer import create
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.files.carrying import Carrier
    from fyke.files.writer import Writer


def create_like(path: Any, source: Any, *, format: str | None = None,
                carrier: Carrier | None = None, **how: Any) -> Writer:
    """A Sink at ``path`` for the packets of ``source``: the same link type, resolution, interfaces.

    ``format`` None: the path's suffix decides, on standard output the source's own format.
    Everything in a pcapng source that is no packet is written too, where it stands; several files
    of one source share a ``carrier``.
    """
    sink = create(path, link_type=source.link_type, snaplen=snaplen_of_copy(source),
                  format=format_like(path, source, format),
                  nanoseconds=source.nanoseconds, fcs_length=source.fcs_length,
                  interfaces=source.interfaces, section=getattr(source, "section", None), **how)
    if sink.format == "pcapng":
        from fyke.files.carrying import Carrier
        (carrier or Carrier(source)).begin(sink)  # type: ignore[arg-type]
    return sink


def format_like(path: Any, source: Any, format: str | None = None) -> str:
    """The format of a copy: the one given, by the path's suffix, or the source's own."""
    if format is not None:
        return format
    if path == "-" and source.format in NAMES:
        return str(source.format)
    return NAMES[0] if hasattr(path, "write") else told_by_suffix(os.fsdecode(path))[0]


def refuse_overwriting(output: Any, inputs: Iterable[Any]) -> None:
    """UsageError if the output is one of the inputs: it would be emptied before it is read."""
    for path in inputs:
        try:
            if output != "-" and path != "-" and os.path.samefile(output, path):
                raise UsageError(f"{printable(output)}: would be overwritten while it is read; "
                                 "write to another file")
        except (OSError, TypeError):
            continue
