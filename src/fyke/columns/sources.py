"""Room columns/: from what a person names to the captures that are meant, and how each is opened.

A path, a folder, a pattern, an address such as ``s3://bucket/2026/*.pcap``, "-", a binary file, the
octets of a capture, or several of these. Addresses are read by obstore, or by fsspec where that is
what is installed (extras ``s3`` and ``fsspec``), in ranges of some MiB.
"""

from __future__ import annotations

import fnmatch
import io
import os
import re
from collections.abc import Iterable
from datetime import timedelta

from fyke.errors import SavefileError, UsageError
from fyke.files.octets import BUFFER_SIZE
from fyke.files.paths import expand, natural
from fyke.files.reader import open_capture, printable, read_from
from fyke.files.reader import open_raw as open_file
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.files.reader import Reader

#: Octets asked of a server at once. Requests take some 50 ms, and cost money (docs/scale.md).
RANGE = 8 << 20

#: How libraries write a status of HTTP. A bare number may be a duration or a part of a name.
STATUS = r"(?:status code: |\(|HTTP )"

#: What the libraries' errors have in them, and what that means; the first that is found.
MEANINGS = (
    (r"/latest/(api|meta-data)|169\.254\.|metadata\.google|locate credentials|NoCredentials",
     "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true "
     "for what everybody may read"),
    (r"NoSuchBucket|[Bb]ucket does not exist", "{server} has no such bucket"),
    (rf"{STATUS}404\b|NoSuchKey|[Nn]ot [Ff]ound|No such file",
     "there is no such object, or no such bucket"),
    (rf"{STATUS}40[13]\b|AccessDenied|Forbidden|privileges",
     "access denied by {server}; the credentials do not allow it"),
    (r"builder error", "{server} is not encrypted; AWS_ALLOW_HTTP=true allows that"),
    (r"error sending request|\b[Tt]imed? ?out|Could not connect|ConnectionRefused|error trying to "
     r"connect", "{server} does not answer; AWS_ENDPOINT_URL and AWS_REGION say where it is"),
    (rf"{STATUS}5\d\d\b", "{server} fails; try again later"),
    (r"Unable to recognise URL|Protocol not known", "no such kind of store; s3:// is one"),
)

#: Seconds before an object's server is given up; AWS_TIMEOUT=10s says it of each request.
PATIENCE = 60


def is_address(source: Any) -> bool:
    """Whether it is an address of an object, and not of a file here."""
    return isinstance(source, str) and "://" in source


def named(source: Any) -> list[Any]:
    """The captures that are meant, in order. Raises SavefileError, UsageError."""
    if isinstance(source, (list, tuple)) and not is_piece(source):
        if not source:
            raise UsageError("source is an empty list; name a capture")
        return [one for each in source for one in named(each)]
    if isinstance(source, os.PathLike):
        source = os.fspath(source)
    if is_address(source):
        return objects(source)
    return list(expand([source])) if isinstance(source, str) else [source]


def is_once(source: Any) -> bool:
    """Whether one of ``named`` can be read only once: standard input, pipes, file objects."""
    if isinstance(source, (str, bytes, os.PathLike)):
        return source == "-" or (not is_address(source) and os.path.exists(source)
                                 and not os.path.isfile(source))
    return hasattr(source, "read") or hasattr(source, "readinto")


def is_piece(source: Any) -> bool:
    """Whether it is a Piece (pieces.py), which opens itself."""
    return isinstance(source, tuple) and hasattr(source, "head")


def open_source(source: Any) -> Reader:
    """A Source of the packets of one of ``named``, or of a piece. Raises as ``open_capture``."""
    if is_piece(source):
        return source.open()  # type: ignore[no-any-return]
    if is_address(source):
        raw, name = open_raw(source)
        return read_from(raw, name, BUFFER_SIZE)
    return open_capture(source)


def open_raw(source: str) -> tuple[Any, str]:
    """A raw file that can seek, and what errors call it."""
    return (Remote(source), printable(source)) if is_address(source) else open_file(source)


def size_of(source: str) -> int:
    """Octets of a capture. Raises SavefileError."""
    if is_address(source):
        return int(Remote(source).size)
    try:
        return os.path.getsize(source)
    except OSError as error:
        raise SavefileError(f"{printable(source)}: {error.strerror}") from error


# --- objects of a store ---------------------------------------------------------------------------

class Remote(io.RawIOBase):
    """An object of a store as a raw file, read in ranges."""

    remote = True

    def __init__(self, address: str) -> None:
        self.name = printable(address)
        self.object = one_object(address)
        self.size = self.told(self.object.size)
        self.at = 0
        self.begin = 0  # of what is held
        self.held = memoryview(b"")

    def told(self, ask: Any, *arguments: Any) -> Any:
        """What the store answers; its errors as ours."""
        try:
            return ask(*arguments)
        except Exception as error:
            raise SavefileError(f"{self.name}: {reason(error)}") from error

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, view: Any) -> int:
        inside = self.at - self.begin
        if not 0 <= inside < len(self.held):
            if self.at >= self.size:
                return 0
            self.held = memoryview(self.told(
                self.object.range, self.at, min(RANGE, self.size - self.at)))
            self.begin, inside = self.at, 0
            if not self.held:
                raise SavefileError(f"{self.name}: the store has nothing from byte {self.at} on; "
                                    f"it told of {self.size} bytes")
        count = min(len(view), len(self.held) - inside)
        view[:count] = self.held[inside:inside + count]
        self.at += count
        return count


class Obstore:
    """An object, or the objects behind a prefix, of obstore."""

    def __init__(self, library: Any, address: str) -> None:
        from obstore.store import from_url
        self.library = library
        scheme, rest = address.split("://", 1)
        place, _, self.path = rest.partition("/")
        options = {}
        if scheme == "file":
            place, self.path = "/", rest.lstrip("/")
        elif scheme != "memory":
            options["retry_config"] = {"max_retries": 3, "retry_timeout": timedelta(
                seconds=PATIENCE)}
        open_store: Any = from_url  # its overloads know no options of our kind
        self.store = open_store(f"{scheme}://{place}", **options)

    def size(self) -> int:
        return int(self.library.head(self.store, self.path)["size"])

    def range(self, start: int, length: int) -> Any:
        return memoryview(self.library.get_range(self.store, self.path, start=start,
                                                 length=length))

    def below(self, prefix: str) -> list[str]:
        return [one["path"] for batch in self.library.list(self.store, prefix or None)
                for one in batch]


class Fsspec:
    """The same of fsspec."""

    def __init__(self, library: Any, address: str) -> None:
        self.files, self.path = library.core.url_to_fs(address)

    def size(self) -> int:
        return int(self.files.size(self.path))

    def range(self, start: int, length: int) -> Any:
        return self.files.cat_file(self.path, start=start, end=start + length)

    def below(self, prefix: str) -> list[str]:
        place = self.path.partition("/")[0]
        return [str(one).removeprefix(f"{place}/") for one in self.files.find(f"{place}/{prefix}")]


def one_object(address: str) -> Any:
    """What asks the store. Raises UsageError where no library is there, or none knows it."""
    try:
        import obstore
    except ImportError:
        try:
            import fsspec
        except ImportError:
            raise UsageError(f"reading {printable(address)} needs the Python package obstore (or "
                             "fsspec): pip install 'fyke[s3]'") from None
        kind: Any = Fsspec
        library: Any = fsspec
    else:
        kind, library = Obstore, obstore
    try:
        return kind(library, address)
    except Exception as error:
        raise UsageError(f"{printable(address)}: {reason(error)}") from error


def objects(address: str) -> list[str]:
    """The objects that an address names: a pattern what it matches, a folder what is in it."""
    folder = address.endswith("/")
    if not folder and not any(sign in address for sign in "*?["):
        return [address]
    place, _, pattern = address.split("://", 1)[1].partition("/")
    start = address[:len(address) - len(pattern)]
    if folder:
        pattern += "*"
    prefix = pattern[:min(pattern.find(sign) for sign in "*?[" if sign in pattern)]
    prefix = prefix.rpartition("/")[0]
    try:
        inside: Iterable[str] = one_object(start + pattern.rpartition("*")[0]).below(prefix)
    except UsageError:
        raise
    except Exception as error:
        raise SavefileError(f"{printable(address)}: {reason(error)}") from error
    depth = pattern.count("/")
    found = sorted((path for path in inside if fnmatch.fnmatchcase(path, pattern)
                    and path.count("/") == depth), key=natural)
    if not found:
        raise SavefileError(f"{printable(address)}: no object of {printable(place)} matches")
    return [start + path for path in found]


def reason(error: Exception) -> str:
    """One line of what a library's error means, and what to do about it."""
    text = " ".join(str(error).split()) or type(error).__name__
    for pattern, meaning in MEANINGS:
        if re.search(pattern, text):
            server = re.search(r"https?://[^/\s]+", text)
            return printable(meaning.format(server=server[0] if server else "the store"))
    return printable(text.partition(" Debug source:")[0][:300])
