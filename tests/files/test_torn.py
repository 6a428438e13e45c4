"""Files of every kind cut at every byte: the whole packets come out, then one line says where.

What can be expected is worked out without fyke's readers: from the lengths that the samples are
made of, and from the streaming decompressors of the libraries.
"""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from capture_samples import (
    RECORDS,
    block,
    drain_whole,
    enhanced,
    interface,
    opened,
    option,
    pcap,
    pcap_header,
    pcapng,
    section,
)

from fyke.cli.main import main
from fyke.errors import SavefileError
from fyke.files.octets import Torn
from fyke.files.reader import open_capture

COMMENT = option(1, b"words") + bytes(4)


def simple(data: bytes, order: str = "<") -> bytes:
    return block(3, struct.pack(order + "I", len(data)) + data, order)


def obsolete(data: bytes, order: str = "<") -> bytes:
    return block(2, struct.pack(order + "HHIIII", 0, 0xFFFF, 0, 5, len(data), len(data)) + data,
                 order)


def pieces(order: str) -> list[bytes]:
    """A pcapng file in its blocks, with some of every kind."""
    return [section(order), block(10, struct.pack(order + "II", 1, 4) + b"key!", order),
            interface(order), enhanced(1, b"abc", 3, order), simple(b"simple", order),
            obsolete(b"obsolete", order), block(4, struct.pack(order + "HH", 0, 0), order),
            enhanced(2, b"four", 4, order, options=option(1, b"words", order) + bytes(4)),
            block(0xABCDEF, b"unknown", order),
            block(5, struct.pack(order + "III", 0, 0, 9), order)]


PACKETS = {2, 3, 6}


def of_blocks(parts: list[bytes], order: str = "<") -> tuple[bytes, list[tuple[int, int]]]:
    """The file, and for each block where it ends and how many packets there are then."""
    ends, at, count = [], 0, 0
    for part in parts:
        at += len(part)
        count += struct.unpack_from(order + "I", part)[0] in PACKETS
        ends.append((at, count))
    return b"".join(parts), ends


def of_records(data: bytes, header: int = 16) -> tuple[bytes, list[tuple[int, int]]]:
    ends, at = [(24, 0)], 24
    for number, (_, octets, _) in enumerate(RECORDS):
        at += header + len(octets)
        ends.append((at, number + 1))
    return data, ends


LITTLE, BIG = of_blocks(pieces("<")), of_blocks(pieces(">"), ">")
KINDS: dict[str, tuple[bytes, list[tuple[int, int]]]] = {
    **{f"pcap {name} {order}": of_records(pcap(magic=magic, order=order), header)
       for order in "<>" for name, magic, header in (
           ("micro", 0xA1B2C3D4, 16), ("nano", 0xA1B23C4D, 16), ("modified", 0xA1B2CD34, 24))},
    "pcap 2.3": of_records(pcap(version=(2, 3), exchanged=True)),
    "pcap 2.2": of_records(pcap(version=(2, 2), exchanged=True)),
    "pcap 543.0": of_records(pcap(version=(543, 0), exchanged=True)),
    "pcapng <": LITTLE, "pcapng >": BIG,
    "pcapng <>": (LITTLE[0] + BIG[0], LITTLE[1] + [
        (at + len(LITTLE[0]), count + LITTLE[1][-1][1]) for at, count in BIG[1]]),
}


def told(data: bytes, size: int) -> tuple[int, Exception | None]:
    try:
        got, error = drain_whole(opened(data, buffer_size=size))
    except SavefileError as refused:
        return 0, refused
    return len(got), error


@pytest.mark.parametrize("kind", KINDS)
def test_every_cut_of_every_kind(kind: str) -> None:
    data, ends = KINDS[kind]
    first = 24 if kind.startswith("pcap ") else len(b"".join(pieces("<")[:3]))  # to be readable
    whole = dict(ends)
    for cut in range(len(data) + 1):
        begins, expected = max([(at, count) for at, count in ends if at <= cut], default=(0, 0))
        for size in (32, 1 << 16):
            count, error = told(data[:cut], size)
            assert count == expected, cut
            if cut in whole and cut >= first:
                assert error is None, (cut, error)
                continue
            assert isinstance(error, Torn), (cut, error)
            assert "\n" not in str(error)
            if cut >= first:
                assert f"begins at byte {begins}" in str(error)
                assert "tried to read" in str(error) and "only got" in str(error)


def prefix(kind: str, data: bytes) -> bytes:
    """What the library makes of the beginning of a compressed stream."""
    if kind == "gzip":
        return zlib.decompressobj(31).decompress(data)
    if kind == "xz":
        return lzma.LZMADecompressor().decompress(data)
    if kind == "zstd":
        import zstandard
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    import lz4.frame
    return bytes(lz4.frame.LZ4FrameDecompressor().decompress(data, 1 << 20))  # without: too little


def squeezed(kind: str, data: bytes) -> bytes:
    if kind == "gzip":
        return gzip.compress(data)
    if kind == "xz":
        return lzma.compress(data)
    if kind == "zstd":
        return bytes(pytest.importorskip("zstandard").ZstdCompressor().compress(data))
    return bytes(pytest.importorskip("lz4.frame").compress(data, block_size=4))


@pytest.mark.parametrize("inner", ["pcap micro <", "pcapng >"])
@pytest.mark.parametrize("kind", ["gzip", "xz", "zstd", "lz4"])
def test_every_cut_of_a_compressed_file(kind: str, inner: str) -> None:
    data, ends = KINDS[inner]
    packed = squeezed(kind, data)
    for cut in range(1, len(packed)):
        count, error = told(packed[:cut], 1 << 16)
        assert error is not None and "\n" not in str(error)
        if cut < 6:
            continue  # not yet known to be compressed
        there = len(prefix(kind, packed[:cut]))
        expected = max([count for at, count in ends if at <= there], default=0)
        assert (count, type(error)) == (expected, Torn), cut
        assert f"cut off after {cut} compressed bytes" in str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_tells_it_in_one_line(kind: str, tmp_path: Path,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, counted, copied: what is whole, the reason, and an exit status of 1."""
    data, ends = KINDS[kind]
    cut = (ends[-2][0] + ends[-1][0]) // 2
    path = tmp_path / "torn"
    path.write_bytes(data[:cut])
    out = tmp_path / "out.pcapng"
    for words in (["-nn"], ["--count"], ["-w", str(out)]):
        assert main(["dump", "-r", str(path), *words]) == 1
        said = capsys.readouterr()
        lines = [line for line in said.err.splitlines() if not line.startswith("reading from")]
        assert len(lines) == 1 and "truncated" in lines[0] and str(path) in lines[0]
        expected = ends[-2][1]
        if words == ["--count"]:
            assert said.out == f"{expected} packets\n"
        elif words == ["-nn"]:
            assert len([line for line in said.out.splitlines() if line[:1] != "\t"]) == expected
    assert len(drain_whole(open_capture(out))[0]) == ends[-2][1]


def test_a_damaged_length_in_the_middle_says_where(tmp_path: Path) -> None:
    data = bytearray(pcap())
    at = 24 + 16 + 60  # the second record
    data[at + 8:at + 12] = struct.pack("<I", 0x7FFFFFFF)
    got, error = drain_whole(opened(bytes(data)))
    assert got == RECORDS[:1]
    assert f"in packet 2, whose record begins at byte {at}" in str(error)
    parts = pieces("<")
    parts[4] = parts[4][:4] + struct.pack("<I", 0xFFFFFFF0) + parts[4][8:]
    got, error = drain_whole(opened(b"".join(parts)))
    assert len(got) == 1
    assert f"begins at byte {len(b''.join(parts[:4]))}, after 1 packets" in str(error)


def test_a_stream_that_ends_early_tells_it_too() -> None:
    """A pipe: the same as a file."""
    class Pipe(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self.data = data

        def readable(self) -> bool:
            return True

        def readinto(self, view: Any) -> int:
            count = min(5, len(view), len(self.data))
            view[:count], self.data = self.data[:count], self.data[count:]
            return count

    got, error = drain_whole(open_capture(Pipe(pcapng()[:-3])))
    assert got == RECORDS[:-1]
    assert isinstance(error, Torn)
    assert drain_whole(open_capture(Pipe(pcap_header()))) == ([], None)
