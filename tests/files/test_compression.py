"""Compressed captures: told by content, torn and damaged ones, and writing by suffix."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from capture_samples import RECORDS, Dribble, drain, drain_whole, opened, pcap, pcapng

from fyke.errors import SavefileError, UsageError
from fyke.files import compression
from fyke.files.formats import COMPRESSED_BY_SUFFIX as SUFFIXES
from fyke.files.octets import Torn
from fyke.files.reader import open_capture
from fyke.files.writer import create, told_by_suffix
from fyke.wire import Record

MANY = [(n * 1000, bytes([n & 255]) * (n % 300), n % 300) for n in range(2000)]


def squeeze(kind: str, data: bytes) -> bytes:
    if kind == "gzip":
        return gzip.compress(data)
    if kind == "xz":
        return lzma.compress(data)
    if kind == "zstd":
        library = pytest.importorskip("zstandard")
        return library.ZstdCompressor(write_checksum=True).compress(data)  # type: ignore
    library = pytest.importorskip("lz4.frame")
    return library.compress(data, content_checksum=True)  # type: ignore[no-any-return]


KINDS = pytest.mark.parametrize("kind", ["gzip", "xz", "zstd", "lz4"])


@KINDS
def test_reads_by_content_also_in_small_reads(kind: str) -> None:
    data = squeeze(kind, pcap(MANY))
    reader = opened(data)
    assert drain(reader) == MANY
    assert reader.compression == kind
    assert drain(open_capture(Dribble(data, 11))) == MANY
    assert drain(opened(squeeze(kind, pcapng()))) == RECORDS


@KINDS
def test_members_in_a_row_are_one_stream(kind: str) -> None:
    data = pcap(MANY)
    assert drain(opened(squeeze(kind, data[:999]) + squeeze(kind, data[999:]))) == MANY


@KINDS
def test_cut_streams_give_whole_packets_then_say_so(kind: str) -> None:
    data = squeeze(kind, pcap(MANY))
    whole: list[Any] = []
    for cut in (*range(1, len(data), max(1, len(data) // 60)), len(data) - 1):
        try:
            reader = opened(data[:cut])
        except SavefileError:
            continue
        got, error = drain_whole(reader)
        assert got == MANY[:len(got)]
        assert isinstance(error, Torn), (cut, error)
        assert f"cut off after {cut} compressed bytes" in str(error)
        whole.append(len(got))
    assert whole


@KINDS
def test_damaged_streams_never_crash(kind: str) -> None:
    data = squeeze(kind, pcap(MANY))
    errors = 0
    for at in range(6, len(data), max(1, len(data) // 100)):
        broken = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:]
        try:
            _, error = drain_whole(opened(broken))
        except SavefileError as failure:
            error = failure
        if error is not None:
            assert isinstance(error, SavefileError), (at, error)
            errors += 1
    assert errors


@KINDS
def test_what_is_in_front_of_the_damage_comes_out(kind: str) -> None:
    noise = random.Random(7)
    records = [(n * 1000, noise.randbytes(200), 200) for n in range(3000)]
    data = bytearray(squeeze(kind, pcap(records)))
    middle = len(data) * 2 // 3
    data[middle:middle + 40] = bytes(40)
    got, error = drain_whole(opened(bytes(data)))
    assert isinstance(error, SavefileError)
    assert [got[n] == records[n] for n in range(1600)] == [True] * 1600


@KINDS
def test_what_follows_the_stream_is_told(kind: str) -> None:
    got, error = drain_whole(opened(squeeze(kind, pcap()) + b"garbage behind it"))
    assert got == RECORDS
    assert isinstance(error, SavefileError)


def test_padding_behind_a_member_is_none_of_our_business() -> None:
    assert drain(opened(gzip.compress(pcap()) + bytes(512))) == RECORDS


def test_a_bomb_does_not_fill_the_memory() -> None:
    bomb = io.BytesIO(gzip.compress(bytes(50 << 20)))
    inner = compression.Decompressed(bomb, "gzip", "bomb")
    view = memoryview(bytearray(1000))
    assert inner.readinto(view) == 1000
    assert len(inner.ready) == 0


def test_twice_compressed_and_unknown() -> None:
    with pytest.raises(SavefileError, match="compressed twice"):
        opened(gzip.compress(gzip.compress(pcap())))
    with pytest.raises(SavefileError, match="unknown file format"):
        opened(bz2.compress(pcap()))


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(UsageError, match=r"needs the Python package zstandard: pip install"):
        opened(b"\x28\xb5\x2f\xfd" + bytes(20))


def test_a_missing_library_leaves_the_old_file(tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.pcap.zst"
    path.write_bytes(b"of old")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(UsageError, match=r"pip install 'fyke\[zstd\]'"):
        create(path)
    assert path.read_bytes() == b"of old"
    with pytest.raises(UsageError, match="unknown compression 'bzip2': one of gzip"):
        create(path, compress="bzip2")


@pytest.mark.parametrize(("path", "told"), [
    ("a.pcap", ("pcap", "")), ("a.PCAPNG.gz", ("pcapng", "gzip")), ("a.zst", ("pcap", "zstd")),
    ("b.ntar", ("pcapng", "")), ("x.pcapng.lz4", ("pcapng", "lz4")), ("y", ("pcap", "")),
    ("z.cap.xz", ("pcap", "xz"))])
def test_suffixes(path: str, told: tuple[str, str]) -> None:
    assert told_by_suffix(path) == told


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zst", ".lz4"])
def test_writes_by_suffix(suffix: str, tmp_path: Path) -> None:
    squeeze(SUFFIXES[suffix], b"")
    path = tmp_path / ("out.pcapng" + suffix)
    sink = create(path)
    packet = Record()
    source = opened(pcap())
    for number in range(len(RECORDS)):
        assert source.next(packet)
        sink.add(packet)
        if number == 2:  # what was flushed can be read before the file is closed
            sink.flush()
            assert drain_whole(open_capture(path))[0] == RECORDS[:3]
    sink.close()
    reader = open_capture(path)
    assert (reader.format, reader.compression) == ("pcapng", SUFFIXES[suffix])
    assert drain(reader) == RECORDS


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damage_to_what_we_write_is_found(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / ("some.pcap" + suffix)
    squeeze(SUFFIXES[suffix], b"")
    sink = create(path)
    for number in range(100):
        sink.add(Record(random.Random(number).randbytes(100)))
    sink.close()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    with pytest.raises(SavefileError):
        drain(opened(bytes(data)))
