"""fyke.rows: what a scan's columns have, row by row, as soon as there is a row."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest

import fyke
from fyke.tables.columns import columns

NAMES = ["time", "number", "ip.src", "tcp.dst_port", "tcp.flags.letters", "layers", "ip.src",
         "dns.questions.name", "ether.src", "ip.options"]
PROTOCOLS = Path(__file__).parents[2] / "benchmarks" / "protocols.pcap"


def capture(count: int) -> bytes:
    out = io.BytesIO()
    with fyke.write(out) as file:
        for number in range(count):
            file.add(fyke.Packet(bytes(60), time=number))
    return out.getvalue()


def test_each_is_what_the_packets_have() -> None:
    chosen = columns(NAMES)
    with fyke.read(PROTOCOLS) as packets:
        expected = [tuple(column.value(packet) for column in chosen) for packet in packets]
    with fyke.rows(PROTOCOLS, NAMES) as rows:
        assert list(rows) == expected
        assert all(type(row[0]) is int for row in expected)


def test_a_loop_is_taken_up_by_another(tmp_path: Path) -> None:
    (tmp_path / "x.pcap").write_bytes(capture(10_000))
    with fyke.rows(tmp_path / "x.pcap", ["time"]) as rows:
        first = [row for row, _ in zip(rows, range(7), strict=False)]
        assert [*first, *rows] == [(number,) for number in range(10_000) if number != 7]
        assert list(rows) == []


@pytest.mark.parametrize("count", [1, 5000])
def test_a_torn_file_gives_its_whole_rows_then_the_error_once(count: int) -> None:
    rows = fyke.rows(capture(count + 1)[:-1], ["time"])
    got = []
    with pytest.raises(fyke.SavefileError, match="truncated"):
        for row in rows:
            got.append(row)
    assert got == [(number,) for number in range(count)]
    assert list(rows) == []


def test_a_pipe_gives_each_row_as_it_comes() -> None:
    octets = capture(3)
    inside, outside = os.pipe()
    with open(inside, "rb", buffering=0) as file, open(outside, "wb", buffering=0) as end:
        end.write(octets[:24 + 76])
        rows = fyke.rows(file, ["time"])
        assert next(rows) == (0,)
        end.write(octets[24 + 76:24 + 152])
        assert next(rows) == (1,)
        rows.close()


def test_a_fifo_gives_each_row_as_it_comes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    octets, seen = capture(2), threading.Event()

    def feed() -> None:
        with open(tmp_path / "fifo", "wb", buffering=0) as end:
            end.write(octets[:24 + 76])
            seen.wait(30)
            end.write(octets[24 + 76:])
    thread = threading.Thread(target=feed)
    thread.start()
    try:
        with fyke.rows(tmp_path / "fifo", ["time"]) as rows:
            assert next(rows) == (0,)
            seen.set()
            assert next(rows) == (1,)
    finally:
        seen.set()
        thread.join()


class Endless(io.RawIOBase):
    """A capture that never ends."""

    def __init__(self) -> None:
        self.left = capture(1)
        self.more = self.left[24:] * 500

    def readinto(self, view: memoryview) -> int:  # type: ignore[override]
        count = min(len(view), len(self.left))
        view[:count] = self.left[:count]
        self.left = self.left[count:] or self.more
        return count

    def readable(self) -> bool:
        return True


def test_closed_while_nothing_matches() -> None:
    rows = fyke.rows(Endless(), ["time"], "udp port 53")
    timer = threading.Timer(0.3, rows.close)
    timer.start()
    with pytest.raises(fyke.UsageError, match="closed"):
        next(rows)
    timer.join()


def test_a_row_that_cannot_be_told_does_not_take_those_before_it(tmp_path: Path) -> None:
    """The filter does not compile for the second link type."""
    path = tmp_path / "two.pcapng"
    with fyke.write(path) as file:
        for link_type in ("EN10MB", "EN10MB", "RAW"):
            file.add(fyke.Packet(bytes(60), link_type=link_type))
    rows = fyke.rows(path, ["captured_length"], "ether host 00:00:00:00:00:00")
    assert [next(rows), next(rows)] == [(60,), (60,)]
    with pytest.raises(fyke.FilterError):
        next(rows)
