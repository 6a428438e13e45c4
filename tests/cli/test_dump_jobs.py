"""``fyke dump -r --jobs``: the same bytes, whatever packets owe to those before them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dump_runs import environment

import all_captures
import fyke
from fyke.errors import FykeError

#: As the program, with parts of so many bytes, and none too small for them.
SMALL_PARTS = """
import sys
from fyke.cli import jobs, main
jobs.SMALL, jobs.SLOT = 0, int(sys.argv.pop(1))
main.command()
"""
#: The same of every file, one after the other, in one process for each number of jobs.
EVERY_FILE = """
import io, os, sys
from fyke.cli import jobs
from fyke.cli.main import main
jobs.SMALL, jobs.SLOT = 0, 4096
words, names = sys.argv[1:], sys.stdin.read().split("\\n")
for name in names:
    sys.stdout = io.TextIOWrapper(io.BytesIO(), write_through=True)
    status = main(["dump", *words, "-r", name])
    os.write(1, b"%s %d\\n" % (os.fsencode(name), status) + sys.stdout.buffer.getvalue())
"""
STYLES = (("-nn",), ("-nn", "-vvv", "-e", "-#"), ("-n", "-ttt", "-X"), ("-nn", "-ttttt", "-v"),
          ("-nn", "-q", "-A"), ("-n", "-S", "--lengths"))


def dump(*words: str, part: int = 1 << 14, **how: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", SMALL_PARTS, str(part), "dump", *words],
                          capture_output=True, env=environment(), timeout=120, check=False,
                          **how)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packets of all captures in one file, twice, in an order that parts friends."""
    found = []
    for path in all_captures.paths():
        try:
            found += [one for one in fyke.read(path) if one.link_type.number < 1 << 16]
        except FykeError:
            continue
    found += found
    random.Random(1).shuffle(found)
    target = tmp_path_factory.mktemp("jobs") / "everything.pcapng"
    with fyke.write(target) as file:
        for packet in found:
            file.add(packet)
    return target


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Conversations that go on for the whole file, QUIC's too: Ethernet, a pcap file."""
    found = list(fyke.read(all_captures.PROTOCOLS))
    rng = random.Random(2)
    target = tmp_path_factory.mktemp("jobs") / "talks.pcap"
    with fyke.write(target) as file:
        for number in range(6000):
            file.add(bytes(found[rng.randrange(len(found))].data), time=number * 1_000_003)
    return target


@pytest.mark.parametrize("style", STYLES, ids=" ".join)
@pytest.mark.parametrize("filter", ["", "greater 90"])
def test_all_captures_in_one(everything: Path, style: tuple[str, ...], filter: str) -> None:
    words = [*style, "-r", str(everything), *filter.split()]
    alone = dump(*words)
    assert alone.stdout
    shared = dump("--jobs", "3" if filter else "2", *words, part=1 << 15)
    assert (shared.stdout, shared.stderr, shared.returncode) == (
        alone.stdout, alone.stderr, alone.returncode)


@pytest.mark.parametrize("style", STYLES[:3], ids=" ".join)
def test_conversations(talks: Path, style: tuple[str, ...]) -> None:
    words = [*style, "-r", str(talks)]
    alone = dump(*words)
    for jobs, part in (("1", 4096), ("2", 4096), ("3", 50_000)):
        assert dump("--jobs", jobs, *words, part=part).stdout == alone.stdout
    for more in (("-c", "1777"), ("--skip", "300", "-c", "2000"), ("tcp", "or", "udp")):
        assert dump("--jobs", "2", *words, *more).stdout == dump(*words, *more).stdout != b""


@pytest.mark.parametrize("words", [(), ("-vvv", "-e"), ("greater", "80")], ids=" ".join)
def test_each_file(words: tuple[str, ...]) -> None:
    """Torn and damaged ones too: what is said of them, and where the text ends."""
    names = "\n".join(map(str, all_captures.paths()[::8])).encode()
    alone, *shared = (subprocess.run(
        [sys.executable, "-c", EVERY_FILE, "-nn", "--jobs", jobs, *words], input=names,
        capture_output=True, env=environment(), timeout=300, check=False) for jobs in "123")
    assert alone.stdout.count(b"\n") > 100 and alone.returncode == 0
    for one in shared:
        assert (one.stdout, one.stderr, one.returncode) == (
            alone.stdout, alone.stderr, alone.returncode)


def test_several_files_are_one_run(talks: Path) -> None:
    """What is remembered goes on from one to the next."""
    words = ["-nn", "-#", "-r", str(talks), "-r", str(all_captures.PROTOCOLS), "-r", str(talks)]
    assert dump("--jobs", "2", *words).stdout == dump(*words).stdout


def test_damage_in_the_middle(talks: Path, tmp_path: Path) -> None:
    octets = bytearray(talks.read_bytes())
    at = len(octets) // 2
    octets[at:at + 64] = b"\xff" * 64
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes(octets)
    alone, shared = dump("-nn", "-r", str(damaged)), dump("--jobs", "2", "-nn", "-r", str(damaged))
    assert alone.returncode == shared.returncode == 1
    assert (alone.stdout, alone.stderr) == (shared.stdout, shared.stderr)


# --- why one process does it ----------------------------------------------------------------------

@pytest.mark.parametrize(("words", "why"), [
    (("-v",), "names are looked up"), (("-nv", "--merge"), "--merge"),
    (("-nv", "-l"), "each line"), (("-nv", "-T", "rpc"), "-T"), (("-nv", "--defragment"), "--def"),
    (("-nv", "-w", "OUT", "--print"), "-w"), (("-nv", "-w", "OUT"), "-w"),
    (("-nv", "--print-sampling", "3"), "--print-sampling")])
def test_one_process_says_why(talks: Path, tmp_path: Path, words: tuple[str, ...],
                              why: str) -> None:
    told = [str(tmp_path / "out") if word == "OUT" else word for word in words]
    shared = dump("--jobs", "2", *told, "-c", "20", "-r", str(talks))
    assert f"--jobs: one process does it: {why}".encode() in shared.stderr
    assert shared.stdout == dump(*told, "-c", "20", "-r", str(talks)).stdout


def test_a_small_file_takes_one_process() -> None:
    words = [sys.executable, "-m", "fyke", "dump", "--jobs", "2", "-nv", "-c", "1", "-r",
             str(all_captures.PROTOCOLS)]
    told = subprocess.run(words, capture_output=True, env=environment(), check=True).stderr
    assert b"--jobs: one process does it: files of less than" in told


# --- how it ends ----------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def long(talks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough that a run takes a while."""
    target = tmp_path_factory.mktemp("jobs") / "long.pcap"
    octets = talks.read_bytes()
    target.write_bytes(octets + octets[24:] * 30)
    return target


def begun(path: Path, *words: str, **how: object) -> subprocess.Popen[bytes]:
    """A run whose first text has come."""
    process = subprocess.Popen(
        [sys.executable, "-c", SMALL_PARTS, str(1 << 16), "dump", "--jobs", "2", "-nn", "-vvv",
         "-X", *words, "-r", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(), bufsize=0, **how)  # type: ignore[call-overload]
    assert process.stdout.read(1)
    return process


def children(pid: int) -> list[int]:
    return [int(one) for one in
            Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pids: list[int]) -> bool:
    """Whether none of them runs any more, soon."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.01)
    return False


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_a_process_that_is_killed(long: Path) -> None:
    process = begun(long)
    workers = children(process.pid)
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    _, told = process.communicate(timeout=60)
    rows = told.decode().splitlines()
    assert process.returncode == 1 and len(rows) == 2  # "reading from file", and why it ended
    assert "a process of --jobs was ended" in rows[1]
    assert gone(workers)


def test_a_reader_that_leaves(long: Path) -> None:
    process = begun(long)
    workers = children(process.pid)
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == -signal.SIGPIPE
    assert told.count(b"\n") == 1 and gone(workers)


def test_asked_to_stop(long: Path) -> None:
    """What was read is printed, up to a whole line, and no more."""
    process = begun(long, start_new_session=True)
    workers = children(process.pid)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    out, told = process.communicate(timeout=60)
    assert process.returncode == 0 and told.count(b"\n") == 1
    assert out.endswith(b"\n") and gone(workers)
    whole = dump("-nn", "-vvv", "-X", "-r", str(long)).stdout
    assert len(out) + 1 < len(whole) and whole[1:].startswith(out)


def test_the_one_that_leads_is_killed(long: Path) -> None:
    process = begun(long)
    workers = children(process.pid)
    process.kill()
    process.communicate()
    assert gone(workers)
