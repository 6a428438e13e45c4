"""fyke table and fyke sql with several processes: the same rows, and nobody left behind."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from multiprocessing import Pipe
from pathlib import Path

import pytest

import fyke
import fyke.wire
from fyke.columns.workers import answer

PROTOCOLS = Path(__file__).parents[2] / "benchmarks" / "protocols.pcap"
COLUMNS = "time,number,ip.src,tcp.flags,dns.id"
HEAVY = "date,layers,text"  # columns that take their time


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Captures that are cut into several parts, and a torn one."""
    found = tmp_path_factory.mktemp("jobs")
    packets = [(packet.data, packet.time) for packet in fyke.read(PROTOCOLS)]
    for name, times in (("a.pcap", 100), ("b.pcapng", 20)):
        with fyke.write(found / name) as file:
            for number in range(times):
                for data, when in packets:
                    file.add(fyke.Packet(data, time=when + number * 10**9))
    octets = (found / "a.pcap").read_bytes()
    (found / "torn.pcap").write_bytes(octets[:-3])
    return found


def needs(*libraries: str) -> None:
    """Skip where batches cannot be handed to these libraries in the box."""
    for name in libraries:
        pytest.importorskip(name)
    if not fyke.wire.__file__.endswith(".so"):  # ctypes makes memory that is written and run
        pytest.skip("uncompiled, batches need memory that the box forbids")


def fyke_in(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "fyke", *words], cwd=folder, timeout=300,
                          capture_output=True)


@pytest.mark.parametrize("form", ["tsv", "csv", "json"])
@pytest.mark.parametrize("columns", [COLUMNS, "time,ip.src,tcp.dst_port"])
def test_the_same_text(folder: Path, form: str, columns: str) -> None:
    words = ["table", "-e", columns, "--format", form, "a.pcap", "b.pcapng", "torn.pcap"]
    one, two = fyke_in(folder, *words), fyke_in(folder, *words, "--jobs", "2")
    assert one.stdout == two.stdout and one.stdout.count(b"\n") > 1000
    assert one.returncode == two.returncode == 1
    assert b"truncated" in one.stderr and two.stderr.count(b"\n") == 1


@pytest.mark.parametrize("more", [[], ["--defragment"]])
def test_the_next_file_follows_a_damaged_one(folder: Path, more: list[str]) -> None:
    """Small files, which one process reads as one part, and such as cannot be opened."""
    octets = (folder / "b.pcapng").read_bytes()
    for name, found in (("1.pcapng", octets[:9999]), ("2.pcapng", octets[:20000]),
                        ("none.pcap", b"words"), ("empty.pcap", b"")):
        (folder / name).write_bytes(found)
    words = ["table", "-e", "time,ip.src", *more, "none.pcap", "1.pcapng", "empty.pcap",
             "missing.pcap", "2.pcapng", "a.pcap"]
    one, two = fyke_in(folder, *words), fyke_in(folder, *words, "--jobs", "2")
    assert one.stdout == two.stdout and one.stdout.count(b"\n") > 1000
    assert one.returncode == two.returncode == 1
    assert sorted(one.stderr.splitlines()) == sorted(two.stderr.splitlines())
    assert one.stderr.count(b"\n") == 5


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv", "jsonl.gz"])
def test_the_same_files(folder: Path, suffix: str, tmp_path: Path) -> None:
    if suffix in ("parquet", "arrow"):
        needs("pyarrow")
    found = []
    for jobs in ("1", "2"):
        path = tmp_path / f"{jobs}.{suffix}"
        done = fyke_in(folder, "table", "-e", COLUMNS, "--where", "ip.ttl > 1", "--jobs", jobs,
                       "-w", str(path), "a.pcap", "b.pcapng")
        assert done.returncode == 0, done.stderr
        found.append(rows_of(path))
    assert found[0] == found[1] and len(found[0]) > 100


def rows_of(path: Path) -> list[object]:
    if path.suffix == ".parquet":
        from pyarrow import parquet
        return list(zip(*(column.cast("int64").to_pylist() if str(column.type)[:4] == "time"
                          else column.to_pylist() for column in parquet.read_table(path)),
                        strict=True))
    if path.suffix == ".arrow":
        import pyarrow
        with pyarrow.ipc.open_file(path) as file:
            return list(zip(*(column.cast("int64").to_pylist() if str(column.type)[:4] == "time"
                              else column.to_pylist() for column in file.read_all()), strict=True))
    import gzip
    octets = path.read_bytes()
    return list((gzip.decompress(octets) if path.suffix == ".gz" else octets).splitlines())


@pytest.mark.parametrize("words", [["-c", "5", "a.pcap"], ["-"], ["-i", "lo"]])
def test_what_jobs_cannot_do(folder: Path, words: list[str]) -> None:
    done = fyke_in(folder, "table", "--jobs", "2", "-e", "time", *words)
    assert done.returncode == 1 and done.stderr.count(b"\n") == 1


def started(parent: int) -> list[int]:
    """The processes that one has started, by its task's list of them."""
    with open(f"/proc/{parent}/task/{parent}/children") as file:
        return list(map(int, file.read().split()))


def lives(process: int) -> bool:
    """Whether a process is there, and more than a name that nobody has asked for yet."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def begun(folder: Path, words: list[str]) -> subprocess.Popen[bytes]:
    """A command that goes on, in a group of its own."""
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        pytest.skip("this kernel tells no children")
    return subprocess.Popen([sys.executable, "-m", "fyke", *words], cwd=folder,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            start_new_session=True)


def workers_of(process: subprocess.Popen[bytes], jobs: int) -> list[int]:
    """Its processes, when all are there."""
    until = time.monotonic() + 60
    while len(started(process.pid)) < jobs and time.monotonic() < until:
        time.sleep(0.05)
    workers = started(process.pid)
    assert len(workers) == jobs
    return workers


def all_gone(workers: list[int]) -> bool:
    """Whether they end, and soon."""
    until = time.monotonic() + 10
    while any(map(lives, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(map(lives, workers))


#: A query that takes far longer than anybody waits here.
LONG = "select count(text) from (" + " union all ".join(
    ["select text from '*.pcap*'"] * 40) + ")"


@pytest.mark.parametrize("whole_group", [True, False])
@pytest.mark.parametrize("words", [
    ["table", "-e", HEAVY, "--jobs", "2", *["a.pcap", "b.pcapng"] * 40],
    ["sql", "--jobs", "2", LONG], ["sql", LONG]], ids=["table", "sql", "sql alone"])
def test_interrupted(folder: Path, words: list[str], whole_group: bool) -> None:
    """Ctrl-C in a terminal goes to all of them, ``kill -INT`` to one."""
    if words[0] == "sql":
        needs("duckdb", "pyarrow")
    process = begun(folder, words)
    try:
        workers = workers_of(process, 2 if "--jobs" in words else 0)
        time.sleep(1.5)  # it reads by now, or has just begun to
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
        told = process.communicate(timeout=60)[1]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, told
    assert told.count(b"\n") == 1 and b"interrupted" in told
    assert all_gone(workers)


@pytest.mark.parametrize("words", [
    ["table", "-e", HEAVY, "--jobs", "2", *["a.pcap", "b.pcapng"] * 40],
    ["sql", "--jobs", "2", "select count(text) from '[ab].pcap*'"]], ids=["table", "sql"])
def test_a_process_that_is_killed_is_told(folder: Path, words: list[str]) -> None:
    if words[0] == "sql":
        needs("duckdb", "pyarrow")
    process = begun(folder, words)
    try:
        workers = workers_of(process, 2)
        os.kill(workers[0], signal.SIGKILL)
        told = process.communicate(timeout=60)[1]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 1, told
    assert told.count(b"\n") == 1 and b"a process of --jobs was ended" in told
    assert b"Traceback" not in told
    assert all_gone(workers)


@pytest.mark.parametrize("octets", [b"", b"\0\0", struct.pack("!i", 100) + bytes(10),
                                    struct.pack("!i", 4) + bytes(4)])
def test_a_process_that_ends_while_it_answers(octets: bytes) -> None:
    ours, theirs = Pipe()
    os.write(theirs.fileno(), octets)
    theirs.close()
    with pytest.raises(fyke.FykeError, match="a process of --jobs was ended"):
        answer(ours)


LATE = """
import sys
from fyke.cli import main, rights
enter = rights.enter
HEAVY = {"duckdb", "polars", "pyarrow", "matplotlib", "pandas", "obstore", "fsspec"}
def seen(*words, **how):
    loaded = HEAVY & {name.partition(".")[0] for name in sys.modules}
    print("loaded too early:", *loaded) if loaded else print("entered")
    return enter(*words, **how)
rights.enter = seen
main.main(sys.argv[1:])
"""


@pytest.mark.parametrize("words", [
    ["sql", "select count(*) from 'a.pcap'"],
    ["sql", "--jobs", "2", "select 1 from 'a.pcap' limit 1"],
    ["table", "-e", "time", "-w", "x.parquet", "a.pcap"],
    ["table", "-e", "time", "-w", "x.arrow", "--jobs", "2", "a.pcap"],
    ["table", "-e", "time", "-w", "y.parquet", "--partition", "hour", "a.pcap"],
    ["rates", "--plot", "x.svg", "a.pcap"]])
def test_libraries_come_when_rights_have_gone(folder: Path, words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", LATE, *words], cwd=folder, capture_output=True,
                          text=True, timeout=120)
    assert "loaded too early" not in done.stdout, done.stdout
    assert "entered" in done.stdout, done.stderr
