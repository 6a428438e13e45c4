"""Floods of what is no packet: read to the end, in bounded memory, and copied as they are."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from capture_samples import block, interface, option, section

from fyke.dump.printer import MAX_COMMENTS
from fyke.errors import SavefileError
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record

DATA = bytes(12) + b"\x88\xb5" + bytes(46)
ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def packet(order: str = "<", options: bytes = b"", number: int = 0) -> bytes:
    return block(6, struct.pack(order + "IIIII", number, 0, 1, 60, 60) + DATA + options, order)


def read(path: Path) -> tuple[int, int]:
    """How many packets, and the last one's interface."""
    record, count = Record(), 0
    with closing(open_capture(path)) as reader:
        while reader.next(record):
            count += 1
        return count, record.interface


def memory(path: Path, *words: str) -> int:
    """KiB at most of a process that counts and prints the file, or copies it."""
    if "FYKE_ASAN" in os.environ:  # freed memory stays in quarantine there
        return 0
    code = ("import sys; from fyke.cli.main import main\n"
            f"main({['dump', '-nr', str(path), *words]!r})\n"
            "status = open('/proc/self/status').read()\n"
            "sys.stderr.write(status.partition('VmHWM:')[2].split()[0])")
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=True)
    return int(done.stderr.splitlines()[-1])


BASE = 48 << 10  # KiB: the interpreter, all layers, and what is bounded


@pytest.mark.parametrize("kind", [4, 5, 10, 0xBAD, 0x77777])  # names, counters, secrets, customs
def test_blocks_without_anything_in_them(kind: int, tmp_path: Path) -> None:
    """Those that are repeated in every file of a row are kept, up to a bound."""
    body = {4: b"", 5: bytes(12), 10: bytes(8), 0xBAD: bytes(4)}.get(kind, b"")
    path, copy = tmp_path / "x", tmp_path / "y.pcapng"
    path.write_bytes(section() + interface() + block(kind, body) * 400_000 + packet())
    assert read(path) == (1, 0)
    assert memory(path) < BASE
    assert memory(path, "-w", str(copy)) < BASE
    assert read(copy) == (1, 0) and copy.read_bytes().count(block(kind, body)) == 400_000


@ORDERS
def test_more_sections_than_interfaces_may_be_in_one(order: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes((section(order) + interface(order) + packet(order)) * 65537)
    assert read(path) == (65537, 65536)
    assert memory(path) < BASE


def test_sections_whose_interfaces_differ(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"".join(
        section() + interface(options=option(2, b"%07d" % n)) + packet() for n in range(65537)))
    assert read(path) == (65537, 65536)
    record = Record()
    with closing(open_capture(path)) as reader:
        while reader.next(record):
            assert reader.interfaces[record.interface].name == f"{record.interface:07d}"
    assert memory(path) < BASE


def test_interfaces_that_differ_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"".join(section() + interface(options=option(2, b"%07d" % n))
                              for n in range(140_000)))
    with pytest.raises(SavefileError, match="more than 131072 interfaces that differ"):
        read(path)


@ORDERS
@pytest.mark.parametrize("behind", [False, True])
def test_bare_section_headers(order: str, behind: bool, tmp_path: Path) -> None:
    path = tmp_path / "x"
    whole = section(order) + interface(order) + packet(order)
    path.write_bytes(whole + section(order) * 400_000 if behind else
                     section(order) * 400_000 + whole)
    assert read(path) == (1, 0)
    assert memory(path) < BASE


@pytest.mark.parametrize("what", [block(0x77, b""), block(4, bytes(4)),
                                  block(5, struct.pack("<III", 0, 0, 1))])
@pytest.mark.parametrize("behind", [False, True])
def test_other_blocks(what: bytes, behind: bool, tmp_path: Path) -> None:
    path = tmp_path / "x"
    flood = what * 300_000
    if not behind and what[:4] == b"\5\0\0\0":
        pytest.skip("statistics are of an interface in front of them")
    path.write_bytes(section() + (interface() + packet() + flood if behind else
                                  flood + interface() + packet()))
    assert read(path) == (1, 0)
    assert memory(path) < BASE


@ORDERS
@pytest.mark.parametrize("code", [1, 7, 2988, 19372, 0x8001])
@pytest.mark.parametrize("marked", [True, False])
def test_empty_options(order: str, code: int, marked: bool, tmp_path: Path) -> None:
    path = tmp_path / "x"
    flood = option(code, b"", order) * 100_000
    path.write_bytes(section(order) + interface(order)
                     + packet(order, flood + bytes(4) * marked) * 3)
    assert read(path) == (3, 0)
    record = Record()
    with closing(open_capture(path)) as reader:
        assert reader.next(record)
        told, count = record.meta.first_comments(MAX_COMMENTS)
        assert count == (100_000 if code == 1 else 0) and len(told) == min(count, MAX_COMMENTS)
        assert len(record.meta.comments) == count
        assert record.meta.options == [(code, b"")] * 100_000
        sink = create(tmp_path / "out.pcapng")
        assert reader.next(record)
        sink.add(record)
        sink.close()
    with closing(open_capture(tmp_path / "out.pcapng")) as copy:
        assert copy.next(record)
        kept = [] if code == 19372 else [(code, b"")] * 100_000  # not to be copied
        assert (record.meta.options if record.meta else []) == kept


@ORDERS
@pytest.mark.parametrize("length", [1, 255, 256, 257, 511, 512, 513, 1025])
def test_runs_of_empty_options_of_every_block(order: str, length: int, tmp_path: Path) -> None:
    """Gone past many at once, and none is lost or made up."""
    path = tmp_path / "x"
    wanted = [(4, b"")] * length + [(3, b"name")] + [(2, b"")] * length + [(4, b"")] * length
    flood = b"".join(option(code, value, order) for code, value in wanted)
    body = struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + flood
    path.write_bytes(block(0x0A0D0D0A, body, order) + interface(order, options=flood)
                     + packet(order, flood))
    record = Record()
    with closing(open_capture(path)) as reader:
        assert reader.next(record)
        assert reader.section.options == reader.interfaces[0].options == wanted
        assert record.meta.options == wanted


@ORDERS
def test_a_comment_in_a_flood_is_found(order: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    flood = option(1, b"", order) * 5000 + option(1, b"here", order) + option(9, b"", order) * 700
    path.write_bytes(section(order) + interface(order) + packet(order, flood + bytes(4)))
    record = Record()
    with closing(open_capture(path)) as reader:
        assert reader.next(record)
        assert record.meta.comments == [""] * 5000 + ["here"]
        assert record.meta.first_comments(3) == (["", "", ""], 5001)


@ORDERS
def test_statistics_are_there_when_asked_for(order: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    counters = b"".join(block(5, struct.pack(order + "III", 0, 0, 1)
                              + option(4, struct.pack(order + "Q", n), order), order)
                        for n in range(3))
    path.write_bytes(section(order) + interface(order) + packet(order) + counters)
    record = Record()
    with closing(open_capture(path)) as reader:
        while reader.next(record):
            pass
        assert reader.statistics[0].received == 2  # type: ignore[union-attr]


def test_statistics_that_are_cut_off_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(section() + interface() + packet()
                     + block(5, struct.pack("<III", 0, 0, 1) + struct.pack("<HH", 4, 99)))
    with pytest.raises(SavefileError, match="interface statistics block: option 4 claims 99"):
        read(path)
