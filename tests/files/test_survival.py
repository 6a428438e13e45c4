"""Written files survive: the writer killed, the disk full, a quota, the reader gone."""

from __future__ import annotations

import errno
import io
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from capture_samples import drain, drain_whole, pcap

from fyke.errors import OutputError
from fyke.files.octets import Torn
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record

WRITER = """
import sys
from fyke.files.writer import create
from fyke.wire import Record
sink = create(sys.argv[1], nanoseconds=True)
number = 0
while True:
    for _ in range(500):
        sink.add(Record(number.to_bytes(8, "big") * (number % 40), 1, number))
        number += 1
    sink.flush()
    print(number, flush=True)
"""

MANY = [(1_700_000_000_000_000_000 + n * 1000, bytes(500), 500) for n in range(2000)]


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng", ".pcap.gz"])
def test_kill_9_loses_nothing_that_was_flushed(suffix: str, tmp_path: Path) -> None:
    rng = random.Random(suffix)
    for attempt in range(3):
        path = tmp_path / f"{attempt}{suffix}"
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)],
                                  stdout=subprocess.PIPE)
        assert writer.stdout is not None
        flushed = 0
        until = 1500 + rng.randrange(3000)
        while flushed < until:
            flushed = int(writer.stdout.readline())
        time.sleep(rng.random() / 200)
        writer.send_signal(signal.SIGKILL)
        said = writer.communicate(timeout=60)[0].split()
        flushed = int(said[-1]) if said else flushed
        got, error = drain_whole(open_capture(path))
        assert len(got) >= flushed
        assert error is None or isinstance(error, Torn)
        assert got == [(n, n.to_bytes(8, "big") * (n % 40), 8 * (n % 40))
                       for n in range(len(got))]


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng", ".pcap.zst"])
@pytest.mark.parametrize("flags", [["-U"], []])
def test_kill_9_while_a_file_is_written(flags: list[str], suffix: str, tmp_path: Path) -> None:
    """``fyke dump -w``: what was flushed (with -U: everything) is there, and only the tail torn."""
    if suffix == ".pcap.zst":
        pytest.importorskip("zstandard")
    rng = random.Random(suffix)
    records = [(10**9 + n * 1000, bytes([n & 255]) * rng.randrange(300), 300) for n in range(4000)]
    data = pcap(records)
    for attempt in range(3):
        path = tmp_path / f"{attempt}{suffix}"
        writer = subprocess.Popen([sys.executable, "-m", "fyke", "dump", "-r", "-", *flags, "-w",
                                   str(path)], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert writer.stdin is not None
        first = data[:24 + sum(16 + len(octets) for _, octets, _ in records[:100])]
        writer.stdin.write(first)
        writer.stdin.flush()
        flushed = 0
        deadline = time.monotonic() + 20
        while flags and flushed < 100 and time.monotonic() < deadline:
            time.sleep(0.02)
            flushed = len(drain_whole(open_capture(path))[0]) if path.exists() and \
                path.stat().st_size else 0
        assert flushed == (100 if flags else 0)
        writer.stdin.write(data[len(first):len(first) + rng.randrange(1, len(data) - len(first))])
        writer.stdin.flush()
        time.sleep(rng.random() / 50)
        writer.kill()
        writer.communicate(timeout=60)
        if not path.exists() or not path.stat().st_size:  # before the header was written
            assert not flags
            continue
        got, error = drain_whole(open_capture(path))
        assert len(got) >= flushed
        assert got == records[:len(got)]
        assert error is None or isinstance(error, Torn)


class Limited(io.RawIOBase):
    """A file that takes ``room`` octets, some at a time, and then has no space left."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.content = bytearray()
        self.ends: list[int] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        taken = bytes(data[:min(9000, self.room - len(self.content))])
        if not taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.content += taken
        self.ends.append(len(self.content))
        return len(taken)


@pytest.mark.parametrize("format", ["pcap", "pcapng"])
@pytest.mark.parametrize("gathered", [0, 5000, 1 << 19])
def test_what_was_written_is_counted_to_the_octet(format: str, gathered: int) -> None:
    for room in [*range(200, 700), *range(8000, 8600), 30000]:
        file = Limited(room)
        sink = create(file, format=format, nanoseconds=True)
        sink.gather(gathered)
        with pytest.raises(OutputError, match="No space left on device") as error:
            for number in range(300):
                sink.add(Record(bytes(number), 1, number))
            sink.flush()
        got, _ = drain_whole(open_capture(io.BytesIO(file.content)))
        assert got == [(number, bytes(number), number) for number in range(len(got))]
        assert sink.written == len(got)
        assert f"{len(got)} packets written, {sink.taken - len(got)} not" in str(error.value)


@pytest.mark.parametrize("compress", ["gzip", "xz"])
def test_compressors_gather_so_that_counts_are_about_right(compress: str) -> None:
    """How many of the packets that a compressor took are in the file, nobody knows."""
    noise = random.Random(3)
    sink = create(Limited(400_000), compress=compress)
    with pytest.raises(OutputError, match=r"left on device; about \d+ packets written, \d+ not"):
        for _ in range(3000):
            sink.add(Record(noise.randbytes(1000)))


def test_writes_end_where_pages_end() -> None:
    file = Limited(1 << 30)
    sink = create(file)
    sink.gather(6000)
    for number in range(400):
        sink.add(Record(bytes(number), 1, number))
    assert len(file.ends) > 10
    assert not any(end % 4096 for end in file.ends[1:])  # the first is the header, at once
    sink.add(Record(bytes(50000), 1, 0))  # larger than a batch
    assert sink.written == 400
    assert file.ends[-1] % 4096 == 0
    sink.flush()
    assert len(drain(open_capture(io.BytesIO(file.content)))) == sink.written == 401


def slice_to(tmp_path: Path, output: str, **how: object) -> subprocess.CompletedProcess[str]:
    """fyke slice of many packets to a place that does not take them all."""
    source = tmp_path / "many.pcap"
    source.write_bytes(pcap(MANY))
    return subprocess.run([sys.executable, "-m", "fyke", "slice", str(source), "-w", output],
                          stderr=subprocess.PIPE, text=True, timeout=60, check=False,
                          **how)  # type: ignore[call-overload,no-any-return]


def account(said: str) -> tuple[int, int]:
    """(written, not written) in a message of one line."""
    assert len(said.splitlines()) == 1
    found = re.search(r"(\d+) packets written, (\d+) not written(?:, and (\d+) more)?", said)
    assert found, said
    return int(found[1]), int(found[2]) + int(found[3] or 0)


def test_a_full_device(tmp_path: Path) -> None:
    done = slice_to(tmp_path, "/dev/full")
    assert done.returncode == 1
    assert "/dev/full: No space left on device" in done.stderr


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
@pytest.mark.parametrize("words", [["slice"], ["merge"], ["merge", "-a"], ["anonymize"],
                                   ["dump", "-r"], ["dump", "-U", "-r"]])
def test_a_quota(words: list[str], suffix: str, tmp_path: Path) -> None:
    limit = 300_000
    source, path = tmp_path / "many.pcap", tmp_path / f"out{suffix}"
    source.write_bytes(pcap(MANY))
    done = subprocess.run(
        [sys.executable, "-m", "fyke", *words, str(source), "-w", str(path)],
        stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if not line.startswith("reading from")]
    assert "File too large" in said[0]
    written, lost = account(said[0])
    got, error = drain_whole(open_capture(path))
    assert len(got) == written
    assert isinstance(error, Torn)
    assert written + lost == len(MANY)
    if "anonymize" not in words:
        assert got == MANY[:written]


def test_a_full_disk(tmp_path: Path) -> None:
    words = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    if not shutil.which("unshare") or subprocess.run(
            [*words, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace to be had")
    source, disk = tmp_path / "many.pcap", tmp_path / "disk"
    source.write_bytes(pcap(MANY))
    disk.mkdir()
    script = ('mount -t tmpfs -o size=256k none "$1" || exit 77; '
              '"$2" -m fyke slice "$3" -w "$1/out.pcap"; code=$?; cp "$1/out.pcap" "$4"; '
              'exit $code')
    done = subprocess.run([*words, "sh", "-c", script, "sh", str(disk), sys.executable,
                           str(source), str(tmp_path / "copy.pcap")], capture_output=True,
                          text=True, timeout=60, check=False)
    if done.returncode == 77:
        pytest.skip("no tmpfs to be had")
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    written, lost = account(done.stderr)
    assert written + lost == len(MANY)
    assert drain_whole(open_capture(tmp_path / "copy.pcap"))[0] == MANY[:written]


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = slice_to(tmp_path, "-", stdout=writing)
    os.close(writing)
    assert done.returncode == -signal.SIGPIPE
    assert done.stderr == ""


def test_through_pipes_both_ways(tmp_path: Path) -> None:
    source = tmp_path / "many.pcap"
    source.write_bytes(pcap(MANY))
    first = subprocess.Popen([sys.executable, "-m", "fyke", "slice", str(source), "-w", "-"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = tmp_path / "out.pcapng"
    second = subprocess.run([sys.executable, "-m", "fyke", "slice", "-", "-w", str(out)],
                            stdin=first.stdout, capture_output=True, timeout=60, check=False)
    assert first.stdout is not None
    first.stdout.close()
    assert first.wait(20) == second.returncode == 0
    assert drain(open_capture(out)) == MANY
