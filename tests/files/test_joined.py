"""Several sources as one; folders and patterns; files that grow."""

from __future__ import annotations

import gzip
import io
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from capture_samples import (
    RECORDS,
    block,
    drain,
    drain_whole,
    enhanced,
    interface,
    option,
    pcap,
    pcapng,
    section,
)

from fyke.cli.main import main
from fyke.errors import SavefileError, UsageError
from fyke.files.follow import follow
from fyke.files.joined import Merge, Sequence
from fyke.files.octets import Torn
from fyke.files.paths import expand
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record


def numbered(times: list[int]) -> list[tuple[int, bytes, int]]:
    return [(t * 1000, t.to_bytes(4, "big"), 4) for t in times]


def files(*contents: bytes) -> list[Any]:
    return [io.BytesIO(content) for content in contents]


def test_sequence_reads_one_after_the_other() -> None:
    one, two = numbered([5, 6]), numbered([1, 2])
    source = Sequence(files(pcap(one), pcap([]), gzip.compress(pcapng(two))))
    assert drain(source) == one + two
    assert source.count == 4
    assert source.wait(0) is False
    source.close()


def test_sequence_goes_on_after_a_torn_file() -> None:
    source = Sequence(files(pcap()[:-1], pcap(numbered([9]))))
    got, error = drain_whole(source)
    assert got == RECORDS[:-1]
    assert isinstance(error, SavefileError)
    assert drain(source) == numbered([9])


@pytest.mark.parametrize("words", [["dump", "-r", "a", "-r", "b"], ["merge", "a", "b"],
                                   ["dump", "--merge", "-r", "a", "-r", "b"],
                                   ["merge", "-a", "a", "b"]])
def test_joined_files_are_as_fine_as_the_finest(words: list[str], tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for second, nano in ((pcap(order=">"), False), (pcap(magic=0xA1B23C4D), True),
                         (pcap(magic=0xA1B23C4D, order=">"), True), (pcapng(), True)):
        (tmp_path / "a").write_bytes(pcap())
        (tmp_path / "b").write_bytes(second)
        assert main([*words, "-w", "out.pcap"]) == 0
        reader = open_capture("out.pcap")
        assert reader.nanoseconds is nano
        assert len(drain(reader)) == 2 * len(RECORDS)


def test_merge_is_by_time_and_stable() -> None:
    rng = random.Random(1)
    times = [sorted(rng.choices(range(50), k=rng.randrange(0, 40))) for _ in range(7)]
    expected = sorted(t for one in times for t in one)
    source = Merge(files(*(pcap(numbered(one)) for one in times)))
    got = drain(source)
    assert [t // 1000 for t, _, _ in got] == expected
    assert all(int.from_bytes(data, "big") * 1000 == t for t, data, _ in got)
    same = Merge(files(pcap([(0, b"a", 1)] * 3), pcap([(0, b"b", 1)] * 3)))
    assert b"".join(data for _, data, _ in drain(same)) == b"aaabbb"


def test_merge_keeps_what_is_whole_and_raises_at_the_end() -> None:
    source = Merge(files(pcap(numbered([1, 5, 9]))[:-1], pcap(numbered([2, 7, 20]))))
    got, error = drain_whole(source)
    assert [t // 1000 for t, _, _ in got] == [1, 2, 5, 7, 20]
    assert isinstance(error, SavefileError)


def test_interfaces_are_numbered_through_and_equal_ones_are_one() -> None:
    eth = interface(options=option(2, b"eth0"))
    lo = interface(link_type=113, options=option(2, b"lo"))
    contents = [section() + eth + lo + enhanced(1, b"a", 1, number=1),
                section() + lo + eth + enhanced(2, b"b", 1) + enhanced(3, b"c", 1, number=1)]
    for kind in (Sequence, Merge):
        source = kind(files(*contents))
        packet = Record()
        seen = []
        while source.next(packet):
            seen.append((packet.interface, packet.link_type))
        assert seen == [(1, 113), (1, 113), (0, 1)]
        assert [one.name for one in source.interfaces] == ["eth0", "lo"]


def test_blocks_and_counters_come_through_a_merge() -> None:
    counters = block(5, bytes(12) + option(4, (7).to_bytes(8, "little")) + bytes(4))
    contents = [pcapng(numbered([1])) + block(0x1234, b"abcd"),
                section() + interface(link_type=113) + enhanced(2, b"x", 1) + counters]
    for kind in (Sequence, Merge):
        source = kind(files(*contents))
        out = io.BytesIO()
        sink = create(out, format="pcapng", interfaces=source.interfaces, section=source.section)
        source.carry_to(sink.carry)
        packet = Record()
        while source.next(packet):
            sink.add(packet)
        sink.finish()
        sink.flush()
        reader = open_capture(io.BytesIO(out.getvalue()))
        seen: list[Any] = []
        reader.carry_to(seen.append)
        assert len(drain(reader)) == 2
        assert [(item.kind, item.body) for item in seen if hasattr(item, "kind")] == [
            (0x1234, b"abcd")]
        assert reader.statistics[1].received == 7


def test_folders_and_patterns(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        (tmp_path / f"out{number}.pcap").write_bytes(pcap(numbered([number])))
    (tmp_path / "notes.txt").write_text("no capture")
    expected = [str(tmp_path / f"out{n}.pcap") for n in (1, 9, 10)]
    assert expand([str(tmp_path)]) == expected
    assert expand([str(tmp_path / "out*.pcap")]) == expected
    assert expand(["-", "missing"]) == ["-", "missing"]
    assert [t for t, _, _ in drain(Sequence(expected))] == [1000, 9000, 10000]
    with pytest.raises(SavefileError, match="no file matches"):
        expand([str(tmp_path / "*.pcapng")])
    (tmp_path / "empty").mkdir()
    with pytest.raises(SavefileError, match="no capture file in this folder"):
        expand([str(tmp_path / "empty")])


@pytest.mark.parametrize("content", [pcap(), pcapng()])
def test_follows_a_file_that_grows(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "growing"
    path.write_bytes(b"")

    def write() -> None:
        with open(path, "ab", buffering=0) as file:
            for at in range(0, len(content), 97):
                file.write(content[at:at + 97])
                time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    source = follow(path, patience=10)
    packet = Record()
    got = []
    while len(got) < len(RECORDS):
        if source.next(packet):
            got.append((packet.time, packet.raw(0, packet.caplen), packet.wirelen))
        else:
            assert source.wait(1)
    writer.join()
    assert got == RECORDS
    assert source.next(packet) is False
    assert source.wait(0.01) is True
    source.stop()
    assert source.wait(0.01) is False
    source.close()


@pytest.mark.parametrize("torn", [0, 5])
def test_the_end_of_a_pipe_is_the_end(torn: int) -> None:
    ours, theirs = os.pipe()
    with open(theirs, "wb") as end:
        end.write(pcap()[:len(pcap()) - torn])
    with io.FileIO(ours) as file:
        source = follow(file)
        if torn:
            with pytest.raises(Torn):
                drain(source)
        else:
            assert drain(source) == RECORDS
            assert not source.wait(0)


def test_a_followed_file_that_shrinks_or_never_begins(tmp_path: Path) -> None:
    path = tmp_path / "shrinks"
    path.write_bytes(pcap())
    source, packet = follow(path), Record()
    for _ in RECORDS:
        assert source.next(packet)
    assert not source.next(packet)
    path.write_bytes(pcap()[:30])
    with pytest.raises(SavefileError, match="shrank"):
        source.wait(1)
    source.close()
    path.write_bytes(pcap()[:3])
    with pytest.raises(SavefileError, match=r"waited 0.1 s"):
        follow(path, patience=0.1)
    path.write_bytes(gzip.compress(pcap()))
    with pytest.raises(UsageError, match="cannot be followed"):
        follow(path)
