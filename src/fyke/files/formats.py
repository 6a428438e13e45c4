"""Room files/: every capture file format and every compression, one row each.

A row says the name, the suffixes, how to know it by its first octets, what reads it and what writes
it. Readers take Octets; writers take what ``writer.create`` hands all of them, and leave out what
their format has no room for.
"""

from __future__ import annotations

import os

from fyke import late
from fyke.hints import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

#: Octets that tell every format apart.
LONGEST_HEAD = 12

PCAP_MICROSECONDS = 0xA1B2C3D4
PCAP_NANOSECONDS = 0xA1B23C4D
PCAP_KUZNETZOV = 0xA1B2CD34
PCAP_MAGICS = (PCAP_MICROSECONDS, PCAP_NANOSECONDS, PCAP_KUZNETZOV)


def is_pcap(head: bytes) -> bool:
    """Whether a file that begins with these octets is a pcap file."""
    return (int.from_bytes(head[:4], "little") in PCAP_MAGICS
            or int.from_bytes(head[:4], "big") in PCAP_MAGICS)


def is_pcapng(head: bytes) -> bool:
    """Whether a file that begins with these octets is a pcapng file."""
    return head[:4] == b"\n\r\r\n" and head[8:12] in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a")


class Format(NamedTuple):
    """A capture file format; reader and writer as ``module:class``, imported when first needed."""

    name: str
    suffixes: tuple[str, ...]
    begins: Callable[[bytes], bool]  #: whether a file with these first octets is one
    reader_name: str
    writer_name: str
    mixes: bool  #: holds packets of several link types, comments, interfaces

    @property
    def reader(self) -> Any:
        """The class that reads it."""
        return late.named(self.reader_name)

    @property
    def writer(self) -> Any:
        """The class that writes it."""
        return late.named(self.writer_name)


class Compression(NamedTuple):
    """A compression: what its streams begin with, and the suffix of its files."""

    name: str
    magic: bytes
    suffix: str


#: The first is what is written where nothing says otherwise.
FORMATS = (
    Format("pcap", (".pcap", ".cap", ".dmp"), is_pcap, "fyke.files.pcap:PcapReader",
           "fyke.files.pcap:PcapWriter", False),
    Format("pcapng", (".pcapng", ".ntar"), is_pcapng, "fyke.files.pcapng:PcapngReader",
           "fyke.files.pcapng_writer:PcapngWriter", True),
)

COMPRESSIONS = (
    Compression("gzip", b"\x1f\x8b", ".gz"),
    Compression("zstd", b"\x28\xb5\x2f\xfd", ".zst"),
    Compression("lz4", b"\x04\x22\x4d\x18", ".lz4"),
    Compression("xz", b"\xfd7zXZ\x00", ".xz"),
)

NAMES = tuple(row.name for row in FORMATS)
BY_NAME = {row.name: row for row in FORMATS}
BY_SUFFIX = {suffix: row.name for row in FORMATS for suffix in row.suffixes}
COMPRESSED_BY_SUFFIX = {row.suffix: row.name for row in COMPRESSIONS}


def format_of(head: bytes) -> Format | None:
    """The format of a file that begins with these octets; None for none that is known."""
    return next((row for row in FORMATS if row.begins(head)), None)


def compression_of(head: bytes) -> str:
    """The compression of a file that begins with these octets, "" for none that is known."""
    return next((row.name for row in COMPRESSIONS if head.startswith(row.magic)), "")


def told_by_suffix(path: str) -> tuple[str, str]:
    """(format, compression) that a file name asks for; the first and "" where it says nothing."""
    stem, suffix = os.path.splitext(path.lower())
    packed = COMPRESSED_BY_SUFFIX.get(suffix, "")
    if packed:
        suffix = os.path.splitext(stem)[1]
    return BY_SUFFIX.get(suffix, NAMES[0]), packed


def says_savefile(path: str) -> bool:
    """Whether a file's name ends as savefiles' do."""
    suffix = os.path.splitext(path.lower())[1]
    return suffix in BY_SUFFIX or suffix in COMPRESSED_BY_SUFFIX
