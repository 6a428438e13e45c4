"""One reader or writer, several threads: each packet once, whole files, and no false alarm."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from door_files import DNS, FIRST, made

import fyke

COUNT = 20_000
THREADS = 4


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("long") / "long.pcap", COUNT)


def together(work: Callable[[], Any]) -> list[Any]:
    """What each of several threads returns or raises."""
    told: list[Any] = []

    def run() -> None:
        try:
            told.append(work())
        except BaseException as error:
            told.append(error)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return told


@pytest.mark.parametrize("how", ["the reader", "one iterator", "next", "with a filter"])
def test_a_reader(long: Path, how: str) -> None:
    packets = fyke.read(long, filter="udp" if how == "with a filter" else None)
    shared = iter(packets) if how == "one iterator" else packets

    def take() -> list[int]:
        if how != "next":
            return [packet.time for packet in shared]
        found = []
        while (packet := next(shared, None)) is not None:
            found.append(packet.time)
        return found

    told = together(take)
    times = [time for one in told for time in one]
    assert sorted(times) == [FIRST + 1000 * number for number in range(COUNT)]
    assert all(one == sorted(one) for one in told)


def test_rows(long: Path) -> None:
    rows = fyke.rows(long, ["time", "udp.dst_port"])
    told = together(lambda: list(rows))
    assert Counter(row for one in told for row in one).total() == COUNT


def test_a_torn_file_is_told_once_and_loses_nothing(long: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.pcap").write_bytes(long.read_bytes()[:-3])
    packets = fyke.read(tmp_path / "torn.pcap")
    seen: list[int] = []
    told = together(lambda: seen.extend(packet.time for packet in packets))
    assert len([one for one in told if isinstance(one, fyke.SavefileError)]) == 1
    assert all(one is None or isinstance(one, fyke.SavefileError) for one in told)


def test_closed_by_another_thread(long: Path) -> None:
    """It works to the end, or says in a sentence that it was closed; never that it is damaged."""
    for _ in range(20):
        packets = fyke.read(long)
        ready = threading.Event()

        def take(packets: fyke.Reader = packets, ready: threading.Event = ready) -> int:
            count = 0
            for _ in packets:
                count += 1
                ready.set()
            return count

        closer = threading.Thread(target=lambda packets=packets, ready=ready: (
            ready.wait(10), packets.close()))
        closer.start()
        told = together(take)
        closer.join()
        for one in told:
            assert isinstance(one, int) or (isinstance(one, fyke.UsageError)
                                            and "reader is closed" in str(one)), one


def test_closed_while_it_waits_for_a_pipe(long: Path) -> None:
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as source:
        os.write(writing, long.read_bytes()[:24 + 16 + len(DNS)])
        packets = fyke.read(source)
        assert next(packets).data == DNS
        told: list[Any] = []

        def wait() -> None:
            try:
                told.append(next(packets))
                told.append(next(packets))
            except fyke.FykeError as error:
                told.append(str(error))

        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.05)
        before = time.monotonic()
        packets.close()
        assert time.monotonic() - before < 9  # it does not wait for the pipe
        os.write(writing, long.read_bytes()[24:24 + 16 + len(DNS)])
        thread.join(10)
        assert not thread.is_alive()
        os.close(writing)
    assert "reader is closed" in told[-1]


@pytest.mark.parametrize("use", [iter, next, list])
def test_a_reader_that_was_closed(long: Path, use: Callable[[Any], Any]) -> None:
    for packets in (fyke.read(long), fyke.rows(long, ["time"])):
        started = iter(packets)
        next(started)
        packets.close()
        packets.close()
        for one in (packets, started):
            with pytest.raises(fyke.FykeError, match="this reader is closed; open the file again"):
                use(one)


def test_closed_in_its_own_loop(long: Path) -> None:
    packets = fyke.read(long)
    with pytest.raises(fyke.FykeError, match="this reader is closed"):
        for _ in packets:
            packets.close()


@pytest.mark.parametrize("suffix", ["pcap", "pcapng", "pcap.gz"])
def test_a_writer(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out.{suffix}"
    numbers = iter(range(COUNT))
    with fyke.write(path) as file:
        def add() -> None:
            for number in numbers:
                file.add(DNS + bytes(number % 700), time=number)
        assert together(add) == [None] * THREADS
    found = list(fyke.read(path))
    assert sorted(packet.time for packet in found) == list(range(COUNT))
    assert all(packet.data == DNS + bytes(packet.time % 700) for packet in found)


def test_a_writer_closed_by_another_thread(tmp_path: Path) -> None:
    file = fyke.write(tmp_path / "out.pcap")
    taken: list[int] = []

    def add() -> None:
        for _ in range(COUNT):
            file.add(DNS)
            taken.append(1)

    threading.Timer(0.02, file.close).start()
    for one in together(add):
        assert one is None or (isinstance(one, fyke.OutputError) and "closed" in str(one))
    file.close()
    assert sum(1 for _ in fyke.read(tmp_path / "out.pcap")) == len(taken)


def test_ctrl_c_leaves_the_reader_usable(long: Path) -> None:
    """An error that is none of the file's: what is behind can still be read."""
    class Once:
        def __init__(self) -> None:
            self.inner = open(long, "rb")  # noqa: SIM115
            self.calls = 0

        def read(self, size: int) -> bytes:
            self.calls += 1
            if self.calls == 3:
                raise KeyboardInterrupt
            return self.inner.read(min(size, 1000))

    source = Once()
    packets = fyke.read(source)
    seen = 0
    with pytest.raises(KeyboardInterrupt):
        for _ in packets:
            seen += 1
    assert seen + sum(1 for _ in packets) == COUNT
    source.inner.close()


def test_a_signal_gets_through_while_nothing_matches(long: Path, tmp_path: Path) -> None:
    from door_files import program
    done = program(
        "import fyke, signal, os, threading\n"
        "class Ended(Exception): pass\n"
        "def stop(*_): raise Ended\n"
        "signal.signal(signal.SIGALRM, stop)\n"
        f"with open({str(long)!r}, 'rb') as data: head = data.read(24); rest = data.read()\n"
        "class Endless:\n"
        "    first = True\n"
        "    def readinto(self, view):\n"
        "        text = head if self.first else rest\n"
        "        Endless.first = False\n"
        "        view[:len(text)] = text[:len(view)]; return min(len(text), len(view))\n"
        "    def read(self, n): return b''\n"
        "rest = rest[:91 * 4000]\n"
        "packets = fyke.read(Endless(), filter='tcp')\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.2)\n"
        "try: next(packets)\n"
        "except Ended: print('through')\n", tmp_path, "-W", "error")
    assert done.stdout == "through\n", done.stderr
