"""-w with -C, -W, -z, -U and --format, and what a copy of a pcapng file keeps."""

from __future__ import annotations

import struct
import threading
import time
from pathlib import Path

import pytest

from file_rows import in_order
from fyke.cli.main import main
from fyke.files.pcapng_options import Interface, PacketOptions, Section
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A pcapng file that says all kinds of things."""
    path = tmp_path / "told.pcapng"
    sink = create(path, interfaces=[Interface(1, name="eth7")], section=Section(os="Somewhere"))
    for number in range(60):
        packet = Record(struct.pack(">14xI", number) + bytes(82), 1, 1_700_000_000 * 10**9)
        if number == 3:
            packet.meta = PacketOptions()
            packet.meta.comment("the third")
        sink.add(packet)
    sink.close()
    return path


def count(path: Path) -> int:
    reader, packet, number = open_capture(path), Record(), 0
    while reader.next(packet):
        number += 1
    reader.close()
    return number


def test_a_copy_keeps_what_pcapng_says(told: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    assert main(["dump", "-r", str(told), "-w", str(out)]) == 0
    reader = open_capture(out)
    packet = Record()
    comments = []
    while reader.next(packet):
        comments += packet.meta.comments if packet.meta else []
    reader.close()
    assert comments == ["the third"]
    assert [one.name for one in reader.interfaces] == ["eth7"]
    assert reader.section.os == "Somewhere"  # type: ignore[union-attr]


def test_files_follow_each_other(told: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = tmp_path / "script"
    script.write_text(f'#!/bin/sh\necho "$1" >> "{mark}"\n')
    script.chmod(0o755)
    (tmp_path / "parts").mkdir()
    words = ["dump", "-r", str(told), "-w", str(tmp_path / "parts" / "p"), "-C", "2k",
             "-z", str(script)]
    assert main(words) == 0
    parts = in_order(tmp_path / "parts")
    assert [path.name for path in parts] == ["p", "p1", "p2", "p3"]
    assert sum(map(count, parts)) == 60
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (
            not mark.exists() or len(mark.read_text().splitlines()) < 4):
        time.sleep(0.02)
    assert sorted(mark.read_text().split()) == [str(path) for path in parts]


def test_a_ring_of_files(told: Path, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    assert main(["dump", "-r", str(told), "-w", str(tmp_path / "parts" / "p"), "-C", "2k",
                 "-W", "2"]) == 0
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == ["p0", "p1"]


def test_several_files_cannot_go_to_standard_output(
        told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", "-r", str(told), "-w", "-", "-C", "1"]) == 1
    assert "cannot go to standard output" in capsys.readouterr().err


def times(path: Path) -> list[int]:
    reader, packet, found = open_capture(path), Record(), []
    while reader.next(packet):
        found.append(packet.time)
    reader.close()
    return found


def timed(path: Path, stamps: list[int], name: str) -> Path:
    sink = create(path, interfaces=[Interface(1, name=name)])
    for stamp in stamps:
        sink.add(Record(bytes(60), 1, stamp))
    sink.close()
    return path


def test_several_files_in_order_or_merged(tmp_path: Path) -> None:
    one = timed(tmp_path / "1.pcapng", [5, 7], "eth0")
    two = timed(tmp_path / "2.pcapng", [4, 6], "eth1")
    out = tmp_path / "out.pcapng"
    assert main(["dump", "-r", str(one), "-r", str(two), "-w", str(out)]) == 0
    assert times(out) == [5, 7, 4, 6]
    assert main(["dump", "--merge", "-r", str(one), "-r", str(two), "-w", str(out)]) == 0
    assert times(out) == [4, 5, 6, 7]
    reader, packet, seen = open_capture(out), Record(), []
    while reader.next(packet):
        seen.append(reader.interfaces[packet.interface].name)
    reader.close()
    assert seen == ["eth1", "eth0", "eth1", "eth0"]


def test_a_growing_file_is_followed(tmp_path: Path) -> None:
    growing, out = tmp_path / "growing.pcap", tmp_path / "out.pcap"
    sink = create(growing)

    def write() -> None:
        for _ in range(5):
            time.sleep(0.05)
            sink.add(Record(bytes(60), 1, 0))
            sink.flush()

    writer = threading.Thread(target=write)
    writer.start()
    assert main(["dump", "-r", str(growing), "--follow", "-c", "5", "-w", str(out)]) == 0
    writer.join()
    sink.close()
    assert count(out) == 5
