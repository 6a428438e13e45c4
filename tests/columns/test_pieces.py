"""A capture in pieces: whatever is in the packets, the pieces together are the whole."""

from __future__ import annotations

import os
import pickle
import struct
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fyke
from fyke.columns.boundaries import Shape, boundary
from fyke.columns.pieces import Piece, cut
from fyke.errors import SavefileError
from fyke.files.reader import open_capture
from fyke.wire import Record

HEAD = {False: struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1),
        True: struct.pack(">IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)}


def record(data: bytes, seconds: int = 1700000000, big: bool = False) -> bytes:
    return struct.pack((">" if big else "<") + "IIII", seconds, 5, len(data), len(data)) + data


def told(source) -> list[tuple]:
    """Everything about every packet of a source."""
    packet, found = Record(b""), []
    try:
        while source.next(packet):
            found.append((packet.time, packet.wirelen, packet.interface, packet.link_type,
                          packet.raw(0, packet.caplen)))
    finally:
        source.close()
    return found


def together(pieces: list[Piece]) -> list[tuple]:
    return [one for piece in pickle.loads(pickle.dumps(pieces)) for one in told(piece.open())]


def save(path: Path, records: list[bytes], big: bool = False) -> str:
    path.write_bytes(HEAD[big] + b"".join(records))
    return str(path)


RANDOM = Random(17)
#: What packets may hold, each made of its number.
CONTENTS = {
    "zeros": lambda i: bytes(i % 1200),
    "noise": lambda i: RANDOM.randbytes(i * 37 % 1500),
    "empty": lambda i: b"",
    "a capture": lambda i: bytes(54) + record(RANDOM.randbytes(300)) * 3,
    "cut captures": lambda i: (record(bytes(i % 700)) * 9)[i % 100:][:1400],
    "lengths": lambda i: struct.pack("<I", i % 1400) * 200,
}


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("content", CONTENTS)
def test_pieces_are_the_whole(tmp_path: Path, content: str, big: bool) -> None:
    path = save(tmp_path / "x.pcap", [record(CONTENTS[content](i), 1700000000 + i, big)
                                      for i in range(9000)], big)
    pieces = cut(path, 300_000)
    assert together(pieces) == told(open_capture(path))


def test_a_file_of_plain_packets_is_cut_about_where_it_is_asked(tmp_path: Path) -> None:
    path = save(tmp_path / "x.pcap", [record(bytes([i & 255]) * 500) for i in range(8000)])
    pieces = cut(path, 1_000_000)
    assert [round(piece.start / 1e6) for piece in pieces] == [0, 1, 2, 3]
    assert pieces[0].stop == pieces[1].start and pieces[-1].stop is None


def test_a_second_chain_that_never_dies_is_refused(tmp_path: Path) -> None:
    """Each packet holds a record that leaps over the next true header into the next false one."""
    false = struct.pack("<IIII", 1700000000, 5, 400, 400)
    path = save(tmp_path / "x.pcap", [record(b"x" * 100 + false + b"y" * 284)
                                      for _ in range(20000)])
    assert len(cut(path, 1_000_000)) == 1


def test_a_cut_that_is_wrong_is_an_error_and_no_wrong_rows(tmp_path: Path) -> None:
    path = save(tmp_path / "x.pcap", [record(bytes(100)) for _ in range(100)])
    with pytest.raises(SavefileError, match=r"bytes 24 to 1000\): truncated"):
        told(Piece(path, 24, 1000, HEAD[False]).open())


@pytest.mark.parametrize("left", [24 + 1000 * 516, 24 + 1000 * 516 + 9])
def test_a_file_that_shrinks_after_the_cut_is_told(tmp_path: Path, left: int) -> None:
    """At a record's end, too, where a reader sees nothing wrong."""
    path = save(tmp_path / "x.pcap", [record(bytes([i & 255]) * 500) for i in range(8000)])
    pieces = cut(path, 1_000_000)
    os.truncate(path, left)
    for piece in pieces[:-1]:
        with pytest.raises(SavefileError, match=r"x\.pcap: the file was cut short"):
            told(piece.open())


def test_torn_file_gives_its_whole_packets_and_the_error(tmp_path: Path) -> None:
    path = save(tmp_path / "x.pcap", [record(bytes([i & 255]) * 500) for i in range(8000)])
    Path(path).write_bytes(Path(path).read_bytes()[:-7])
    *before, last = cut(path, 1_000_000)
    assert len(together(before)) > 5000
    with pytest.raises(SavefileError, match=r"truncated .* whose record begins at byte 4127508"):
        told(last.open())


@given(st.binary(max_size=3000), st.booleans(), st.integers(0, 64))
@settings(max_examples=300)
def test_whatever_the_octets(data: bytes, big: bool, longest: int) -> None:
    found = boundary(data, Shape(16, big, 1000000, longest))
    assert -1 <= found < max(1, len(data))


def blocks(order: str = "<") -> dict[str, bytes]:
    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        size = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + size + body + size

    def packet(interface: int, i: int) -> bytes:
        data = struct.pack("<I", i) * (1 + i % 300)
        return block(6, struct.pack(order + "IIIII", interface, 0, i, len(data), len(data)) + data)

    return {
        "section": block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)),
        "ethernet": block(1, struct.pack(order + "HHI", 1, 0, 0)),
        "nanoseconds": block(1, struct.pack(order + "HHI", 1, 0, 0)
                             + struct.pack(order + "HH", 9, 1) + b"\x09\0\0\0" + bytes(4)),
        "raw": block(1, struct.pack(order + "HHI", 101, 0, 0)),
        "other": block(0x1234, bytes(5000)),
        "statistics": block(5, struct.pack(order + "III", 0, 0, 0)),
        "packets0": b"".join(packet(0, i) for i in range(900)),
        "packets1": b"".join(packet(1, i) for i in range(900)),
        "packets2": b"".join(packet(2, i) for i in range(900)),
    }


def test_pcapng_by_blocks_with_its_interfaces(tmp_path: Path) -> None:
    """Interfaces in the middle, sections that count anew, in both byte orders."""
    little, big = blocks("<"), blocks(">")
    path = tmp_path / "x.pcapng"
    path.write_bytes(b"".join([
        *(little[name] for name in "section ethernet packets0 nanoseconds packets1 other packets0 "
          "raw packets2 packets1 statistics".split()),
        *(big[name] for name in "section raw packets0 ethernet packets1".split()),
        *(little[name] for name in "section nanoseconds ethernet packets0 packets1".split())]))
    whole = told(open_capture(str(path)))
    for size in (50_000, 200_000, 1_000_000):
        pieces = cut(str(path), size)
        assert len(pieces) > 4
        assert together(pieces) == whole


@pytest.mark.parametrize("broken", ["length", "torn", "type"])
def test_pcapng_that_is_broken_is_cut_up_to_there(tmp_path: Path, broken: str) -> None:
    made = blocks()
    octets = made["section"] + made["ethernet"] + made["packets0"] * 3
    octets += {"length": b"\6\0\0\0\7\0\0\0" + bytes(40), "type": bytes(40),
               "torn": made["packets0"][:50]}[broken] + made["packets0"] * (broken != "torn")
    path = tmp_path / "x.pcapng"
    path.write_bytes(octets)
    *before, last = cut(str(path), 100_000)
    got = together(before)
    with pytest.raises(SavefileError):
        told(last.open())
    expected = []
    with pytest.raises(SavefileError):
        for packet in fyke.read(str(path)):
            expected.append(packet)
    assert 0 < len(got) <= len(expected)


def test_one_piece(tmp_path: Path) -> None:
    """What is compressed, small, of an old version, or no capture."""
    import gzip
    plain = HEAD[False] + record(bytes(900)) * 1000
    old = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 2, 0, 0, 65535, 1) + plain[24:]
    for name, octets in {"x.pcap.gz": gzip.compress(RANDOM.randbytes(400000)),
                         "x.pcap": plain[:9000],
                         "old.pcap": old, "x.txt": b"text " * 100000}.items():
        (tmp_path / name).write_bytes(octets)
        assert cut(str(tmp_path / name), 30_000) == [Piece(str(tmp_path / name))]
    with pytest.raises(SavefileError, match="No such file"):
        cut(str(tmp_path / "none.pcap"), 1000)
