"""Room files/: opens a file to be written: format and compression by suffix or by name."""

from __future__ import annotations

import os
from collections.abc import Callable

from fyke.arguments import kind
from fyke.errors import OutputError, UsageError, WrongType
from fyke.files import lent
from fyke.files.folder import APPEND, CREATE, folder
from fyke.files.formats import BY_NAME, NAMES, told_by_suffix
from fyke.files.reader import printable
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.files.pcap import PcapWriter
    from fyke.files.pcapng_options import Interface, Section
    from fyke.files.pcapng_writer import PcapngWriter
    from fyke.wire import Record

    Writer = PcapWriter | PcapngWriter

LARGEST_LINK_TYPE = 0xFFFF  # in pcapng
LARGEST_SNAPLEN = 0xFFFFFFFF  # what both formats have room for


def create(path: Any, *, link_type: int = 1, snaplen: int = 262144, format: str | None = None,
           nanoseconds: bool = False, compress: str | None = None, fcs_length: int = -1,
           interfaces: list[Interface] | None = None, section: Section | None = None,
           append: bool = False, held: bool = False,
           describe_new: Callable[[Record], Interface] | None = None,
           at_end: Callable[[PcapngWriter], None] | None = None) -> Writer:
    """A Sink that writes to ``path``: a path, "-" for standard output, or a binary file,
    which stays open when the sink is closed.

    ``format`` is "pcap" or "pcapng", ``compress`` "gzip", "zstd", "lz4", "xz" or "" for none;
    None lets the path's suffix decide. ``nanoseconds`` is for pcap, which is in microseconds
    otherwise; pcapng always has them. ``interfaces``, ``section``, ``describe_new`` and ``at_end``
    are for pcapng (PcapngWriter tells of them). With ``append`` a file that was made with the same
    options is lengthened. The header is in the file when this returns; ``held`` keeps back that
    of pcapng, so that the first packet may still change what it says. Raises OutputError,
    UsageError.
    """
    raw, name = None, "stream"
    told, packed = NAMES[0], ""
    if hasattr(path, "write"):
        raw = lent.Output(path)
    else:
        try:
            text = os.fsdecode(path)
        except TypeError:
            raise WrongType("path must be a path, '-' or a binary file to write to, not "
                            f"{kind(path)}") from None
        name = "standard output" if text == "-" else printable(text) or "''"
        told, packed = told_by_suffix(text)
    format = told if format is None else format
    compress = packed if compress is None else compress
    if format not in BY_NAME:
        raise UsageError(f"unknown format {format!r}: one of {', '.join(NAMES)}")
    if not 0 <= snaplen <= LARGEST_SNAPLEN:
        raise UsageError(f"a snap length of {snaplen}: 0 (no limit) to {LARGEST_SNAPLEN}")
    if format == "pcapng" and link_type > LARGEST_LINK_TYPE:
        raise OutputError(f"{name}: pcapng holds link types up to {LARGEST_LINK_TYPE}, not "
                          f"{link_type}; write pcap instead")
    if compress:
        from fyke.files.compression import compressed, library_for
        library_for(compress)  # if it is missing, an old file stays what it is
    if raw is None:
        raw = open_raw(path, name, "ab" if append else "wb")
    try:
        file = compressed(raw, compress) if compress else raw
        made: Writer = BY_NAME[format].writer(
            file, name, link_type=link_type, snaplen=snaplen, nanoseconds=nanoseconds,
            fcs_length=fcs_length, header=not append, interfaces=interfaces, section=section,
            describe_new=describe_new, at_end=at_end, held=held)
        return made
    except BaseException:
        raw.close()
        raise


def open_raw(path: Any, name: str, mode: str) -> Any:
    """The raw file; OutputError when it cannot be written."""
    try:
        if path == "-":
            if os.isatty(1):
                raise UsageError("standard output is a terminal, and packets are no text; "
                                 "redirect it, or name a file")
            return open(1, "wb", buffering=0, closefd=False)
        handle = folder().open(os.fsdecode(path), APPEND if mode == "ab" else CREATE)
        return open(handle, mode, buffering=0)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise OutputError(f"{name}: {why}") from error
