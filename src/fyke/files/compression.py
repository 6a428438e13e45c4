"""Room files/: compressed captures: told by content when read, by suffix when written.

A torn stream gives out everything that can be decompressed before its error, a damaged one all up
to a few KiB in front of the damage.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import select
import zlib

from fyke.errors import SavefileError, UsageError
from fyke.files.octets import Torn
from fyke.hints import Any

#: Compressed octets handed to a decompressor at once: where some are damaged, nothing comes of all
#: of them. zstd cannot be told where to stop, and makes at most 128 KiB of every four octets.
CHUNK = {"gzip": 1 << 13, "xz": 1 << 12, "lz4": 1 << 13, "zstd": 1 << 10}


def module(name: str, package: str, why: str) -> Any:
    """Import an optional library, or say how to get it: UsageError."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise UsageError(f"{why} needs the Python package {package}: "
                         f"pip install 'fyke[{why}]'") from None


class Inflate:
    """zlib's decompressor with the interface of lzma's."""

    def __init__(self) -> None:
        self.inner = zlib.decompressobj(31)  # a gzip member, its checksum verified

    @property
    def eof(self) -> bool:
        return self.inner.eof

    @property
    def unused_data(self) -> bytes:
        return self.inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self.inner.unconsumed_tail

    def decompress(self, data: bytes, limit: int) -> bytes:
        return self.inner.decompress(self.inner.unconsumed_tail + data, limit)


class Unzstd:
    """zstandard's decompressor with the interface of lzma's; it does not know limits."""

    needs_input = True

    def __init__(self) -> None:
        library = module("zstandard", "zstandard", "zstd")
        # Windows up to 128 MiB, what `zstd --long` makes; more would be memory for the asking.
        self.inner = library.ZstdDecompressor(max_window_size=1 << 27).decompressobj()

    @property
    def eof(self) -> bool:
        return bool(self.inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self.inner.unused_data)

    def decompress(self, data: bytes, limit: int) -> bytes:
        return bytes(self.inner.decompress(data)) if data else b""


def decompressor(name: str) -> Any:
    """A fresh decompressor: .decompress(data, limit), .eof, .unused_data, .needs_input."""
    if name == "gzip":
        return Inflate()
    if name == "zstd":
        return Unzstd()
    if name == "lz4":
        return module("lz4.frame", "lz4", "lz4").LZ4FrameDecompressor()
    library = module("lzma", "lzma (part of Python)", "xz")
    return library.LZMADecompressor(memlimit=1 << 28)


class Decompressed(io.RawIOBase):
    """The content of a compressed raw file, as a raw file; members and frames in a row.

    Raises Torn where the stream ends too early, SavefileError where it is damaged.
    """

    def __init__(self, raw: Any, compression: str, name: str) -> None:
        self.raw = raw
        self.compression = compression
        self.name = name
        self.inner = decompressor(compression)
        self.at = 0  # compressed octets read
        self.started = False  # something of this frame was read
        self.pending = b""  # compressed, not handed over yet
        self.ready = b""  # decompressed, not taken yet
        self.error: SavefileError | None = None

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self.raw.fileno())

    def readinto(self, view: Any) -> int:
        if not self.ready:
            self.ready = self.produce(len(view))
        count = min(len(view), len(self.ready))
        view[:count] = self.ready[:count]
        self.ready = self.ready[count:]
        return count

    def produce(self, limit: int) -> bytes:
        """At least one decompressed octet, b"" at the end."""
        while True:
            if self.error is not None:
                raise self.error
            try:
                data = self.step(limit)
            except (OSError, EOFError, ValueError, RuntimeError, zlib.error) as error:
                self.damaged(error)
                continue
            except Exception as error:  # lzma.LZMAError, zstandard.ZstdError: imported lazily
                if type(error).__module__.split(".")[0] not in ("_lzma", "lzma", "zstandard",
                                                                "zstd", "_zstd"):
                    raise
                self.damaged(error)
                continue
            if data is None:
                return b""
            if data:
                return data

    def step(self, limit: int) -> bytes | None:
        """Feed the decompressor once; None at the end of the file."""
        if self.inner.eof:
            self.next_frame()
        data = b""
        if self.inner.needs_input:
            data = self.pending or self.fetch()
            self.pending = b""
            if not data:
                if self.started:
                    self.error = Torn(f"{self.name}: the {self.compression} data is cut off after "
                                      f"{self.at} compressed bytes")
                return None if self.error is None else b""
            if not self.started and self.is_padding(data):
                return b""
        self.started = True
        return bytes(self.inner.decompress(data, limit))

    def fetch(self) -> bytes:
        data = self.raw.read(CHUNK[self.compression]) or b""
        self.at += len(data)
        return bytes(data)

    def next_frame(self) -> None:
        """One member or frame ended; whatever follows begins another."""
        self.pending = self.inner.unused_data
        self.inner = decompressor(self.compression)
        self.started = False

    def is_padding(self, data: bytes) -> bool:
        """Zeros between members (tapes, xz padding): dropped."""
        rest = data.lstrip(b"\0")
        if len(rest) == len(data) or self.compression not in ("gzip", "xz"):
            return False
        self.pending = rest
        return True

    def damaged(self, error: Exception) -> None:
        """Remember the error, to be raised when everything in front of it has been taken."""
        self.error = SavefileError(f"{self.name}: the {self.compression} data is damaged within "
                                   f"the first {self.at} compressed bytes: {error}")

    def close(self) -> None:
        self.raw.close()
        super().close()


#: The modules that write each kind, and the packages they are in.
WRITERS = {"gzip": ("gzip", "gzip (part of Python)"), "xz": ("lzma", "lzma (part of Python)"),
           "lz4": ("lz4.frame", "lz4"), "zstd": ("zstandard", "zstandard")}


def library_for(compression: str) -> Any:
    """The library that writes a kind of compression: UsageError where it is missing or unknown."""
    if compression not in WRITERS:
        raise UsageError(f"unknown compression {compression!r}: one of {', '.join(WRITERS)}")
    return module(*WRITERS[compression], compression)


def compressed(raw: Any, compression: str) -> Any:
    """A file to write to, which writes compressed to ``raw`` and closes it."""
    whole = Whole(raw)
    library = library_for(compression)
    if compression == "gzip":
        inner = library.GzipFile(filename="", fileobj=whole, mode="wb", compresslevel=6)
    elif compression == "xz":
        inner = XzWriter(whole, library)
    elif compression == "lz4":
        inner = library.LZ4FrameFile(whole, "wb", content_checksum=True)
    else:
        inner = library.ZstdCompressor(write_checksum=True).stream_writer(whole, closefd=False)
    return Closing(inner, raw)


class Whole:
    """A raw file that is written to completely: the libraries do not look at what was taken.

    Only by the process that opened it: a child that was forked has a copy of what the library
    gathered, and gzip and lz4 write it when they are forgotten.
    """

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.process = os.getpid()

    def write(self, data: Any) -> int:
        if os.getpid() != self.process:
            raise OSError(errno.EPERM, "a file is written by the process that opened it")
        view = memoryview(data)
        done = 0
        while done < len(view):
            taken = self.raw.write(view[done:])
            if taken is None:  # non-blocking, and full
                select.select([], [self.raw], [])
            else:
                done += taken
        return done

    def flush(self) -> None:
        self.raw.flush()


class XzWriter:
    """Writes xz. The format cannot be flushed, so ``flush`` ends the stream; the next begins."""

    def __init__(self, raw: Any, library: Any) -> None:
        self.raw = raw
        self.library = library
        self.inner: Any = None

    def write(self, data: memoryview) -> None:
        if self.inner is None:
            self.inner = self.library.LZMACompressor()
        self.raw.write(self.inner.compress(data))

    def flush(self) -> None:
        if self.inner is not None:
            self.raw.write(self.inner.flush())
            self.inner = None

    def close(self) -> None:
        self.flush()


class Closing:
    """A compressing file together with the raw one under it."""

    gathers = True  #: what is written here may be in the file later, or never

    def __init__(self, inner: Any, raw: Any) -> None:
        self.inner = inner
        self.raw = raw

    def write(self, data: memoryview) -> int:
        self.inner.write(data)
        return len(data)

    def flush(self) -> None:
        self.inner.flush()

    def close(self) -> None:
        try:
            self.inner.close()
        finally:
            self.raw.close()
