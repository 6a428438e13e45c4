"""Room files/: opens any capture file: what it is, is told by its content."""

from __future__ import annotations

import io
import os

from fyke.arguments import kind
from fyke.errors import SavefileError, WrongType
from fyke.files import lent
from fyke.files.formats import LONGEST_HEAD, NAMES, compression_of, format_of
from fyke.files.octets import BUFFER_SIZE, Octets, Torn
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeAlias

    from fyke.files.pcap import PcapReader
    from fyke.files.pcapng import PcapngReader

    Reader: TypeAlias = PcapReader | PcapngReader


class Rejoined(io.RawIOBase):
    """A raw file; octets of it that were read already are read again first."""

    def __init__(self, head: bytes, raw: Any) -> None:
        self.head = memoryview(head)
        self.raw = raw

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self.raw.fileno())

    def readinto(self, view: Any) -> int | None:
        if self.head:
            count = min(len(view), len(self.head))
            view[:count] = self.head[:count]
            self.head = self.head[count:]
            return count
        return self.raw.readinto(view)  # type: ignore[no-any-return]

    def close(self) -> None:
        self.raw.close()
        super().close()


def open_capture(path: Any, *, buffer_size: int = BUFFER_SIZE) -> Reader:
    """A Source of the packets in ``path``: a path, "-" for standard input, a binary file, or
    octets.

    pcap and pcapng, plain or compressed (gzip, zstd, lz4, xz), also from a pipe. Raises
    SavefileError when there is no such file, or it is no capture; UsageError when a library for
    its compression is missing. The file is closed with the source, unless it was given open.
    """
    raw, name = open_raw(path)
    try:
        return read_from(raw, name, buffer_size)
    except BaseException:
        raw.close()
        raise


def open_raw(path: Any) -> tuple[Any, str]:
    """The raw file, and what errors call it."""
    if isinstance(path, (bytes, bytearray, memoryview)):
        head = bytes(memoryview(path).cast("B")[:LONGEST_HEAD])
        if is_capture(head) or not names_file(path):
            return given(path, head)
    elif hasattr(path, "read") or hasattr(path, "readinto"):
        name = getattr(path, "name", None)
        return lent.Input(path), printable(name) if isinstance(name, (str, bytes)) else "stream"
    elif path == "-":
        return open(0, "rb", buffering=0, closefd=False), "standard input"
    try:
        name = printable(os.fspath(path))
    except TypeError:
        raise WrongType("path must be a path, '-', a binary file or the octets of a capture, not "
                        f"{kind(path)}") from None
    try:
        return open(path, "rb", buffering=0), name or "''"
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise SavefileError(f"{name or repr(name)}: {why}") from error


def is_capture(head: bytes) -> bool:
    """Whether these are the first octets of a capture, or of something compressed."""
    return format_of(head) is not None or bool(compression_of(head))


def names_file(path: Any) -> bool:
    """Whether octets that are no capture are a path, as os.fsencode makes one."""
    try:
        return isinstance(path, bytes) and os.path.exists(path)
    except ValueError:
        return False


def given(octets: Any, head: bytes) -> tuple[Any, str]:
    """A capture in memory; SavefileError for octets that are none."""
    name = "octets given as a capture"
    if not is_capture(head):
        raise SavefileError(f"{name}: {len(memoryview(octets).cast('B'))} bytes that are none, "
                            "nor the path of a file" + (
                                f" (they begin with {head[:4].hex(' ')})" if head else ""))
    return lent.Input(io.BytesIO(octets)), name


def printable(path: str | bytes) -> str:
    """A file name that does no harm to a terminal."""
    text = os.fsdecode(path)
    return text if text.isprintable() else repr(text)[1:-1]


def read_from(raw: Any, name: str, buffer_size: int) -> Reader:
    """A reader for the content of a raw file."""
    octets = Octets(raw, name, buffer_size)
    head = first_of(octets)
    packed = compression_of(head)
    if packed:
        from fyke.files.compression import Decompressed
        inner = Decompressed(Rejoined(octets.unread(), raw), packed, name)
        octets = Octets(inner, name, buffer_size)
        head = first_of(octets)
        if compression_of(head):
            raise SavefileError(f"{name}: compressed twice; decompress it once by hand")
    known = format_of(head)
    if known is None:
        raise refusal(head, name)
    reader: Reader = known.reader(octets)
    reader.compression = packed
    return reader


def first_of(octets: Octets) -> bytes:
    """The first octets, as many as tell the format; fewer at the end of the file."""
    return octets.window.raw(octets.pos, min(octets.need(LONGEST_HEAD), LONGEST_HEAD))


def refusal(head: bytes, name: str) -> SavefileError:
    """Why a file is no capture."""
    if not head:
        return Torn(f"{name}: truncated dump file; the file is empty")
    if len(head) < 4:
        return Torn(f"{name}: truncated dump file; tried to read 4 file header bytes, only got "
                    f"{len(head)}")
    if head[:4] == b"\n\r\r\n" and len(head) < LONGEST_HEAD:
        return Torn(f"{name}: truncated pcapng dump file; tried to read {LONGEST_HEAD} bytes, "
                    f"only got {len(head)}")
    return SavefileError(f"{name}: unknown file format; not a {' or '.join(NAMES)} file (it "
                         f"begins with {head[:4].hex(' ')})")
