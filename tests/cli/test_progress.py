"""How far a long command is: SIGUSR1 is answered, a terminal sees a bar, nobody else does."""

from __future__ import annotations

import fcntl
import gzip
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import closing
from pathlib import Path

import pytest
from dump_runs import environment

from fyke.cli.inputs import Opened
from fyke.cli.progress import Progress
from fyke.files.joined import Merge, Sequence
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record

RECORD = struct.pack("<IIII", 1_700_000_000, 5, 1000, 1000) + bytes(12) + b"\x88\xb5" + bytes(986)
HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("progress") / "in.pcap"
    path.write_bytes(HEADER + RECORD * 60_000)
    return str(path)


LONG = [["merge", "FILE", "-w", "OUT"], ["slice", "FILE", "-w", "OUT"],
        ["sort", "FILE", "-w", "OUT"], ["anonymize", "FILE", "-w", "OUT"], ["info", "FILE"],
        ["table", "FILE", "-e", "time,text"], ["why", "-r", "FILE", "tcp"],
        ["dump", "-nr", "FILE", "tcp or ip6 and udp"], ["plan", "-r", "FILE"]]


@pytest.mark.parametrize("words", LONG, ids=[words[0] for words in LONG])
def test_sigusr1_is_answered(words: list[str], file: str, tmp_path: Path) -> None:
    """As long as it runs; the command ends as it would, but for its time."""
    given = [{"FILE": "-" if words[0] not in ("why", "plan") else file,
              "OUT": str(tmp_path / "out")}.get(word, word) for word in words]
    process = subprocess.Popen([sys.executable, "-m", "fyke", *given], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert process.stdin is not None and process.stderr is not None
    if given[-1] == file or file in given:
        time.sleep(0.4)
    else:  # it waits for its input
        process.stdin.write(HEADER + RECORD)
        process.stdin.flush()
        time.sleep(1.0)
    process.send_signal(signal.SIGUSR1)
    if file not in given:
        time.sleep(0.3)
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.3)
    _, told = process.communicate(RECORD * 10 if file not in given else b"", timeout=60)
    assert process.returncode in (0, 1), told
    if file not in given:
        answers = [row for row in told.decode().splitlines()
                   if "running for" in row or "read, " in row]
        assert answers and all(row.startswith(f"fyke {words[0]}: ") for row in answers)


def test_how_much_is_read(file: str, tmp_path: Path) -> None:
    source, packet = open_capture(file), Record()
    with Progress(source, [file], lambda: 7) as progress:
        assert "7 packets, 0 % of the input" in progress.words() or "1 %" in progress.words()
        while source.next(packet):
            pass
        assert "7 packets, 100 % of the input read" in progress.words()
    source.close()


@pytest.mark.parametrize("packed", [False, True])
def test_of_what_was_opened_before(packed: bool, file: str, tmp_path: Path) -> None:
    """As root's inputs are: several may read one descriptor, which stays where it is."""
    path = tmp_path / "x"
    data = Path(file).read_bytes()
    path.write_bytes(gzip.compress(data) if packed else data)
    handle, packet, seen = os.open(path, os.O_RDONLY), Record(), set()
    with closing(open_capture(Opened(handle, "x"))) as source, Progress(source, [path]) as progress:
        while source.next(packet):
            seen.add(progress.read())
        assert progress.read() == path.stat().st_size and len(seen) > 2
    os.close(handle)


@pytest.mark.parametrize("suffix", ["pcap", "pcap.gz", "pcapng"])
@pytest.mark.parametrize("kind", [Merge, Sequence])
def test_of_several_files(kind: type, suffix: str, tmp_path: Path) -> None:
    paths = []
    for number in range(3):
        paths.append(str(tmp_path / f"{number}.{suffix}"))
        sink = create(paths[-1])
        for at in range(500):
            sink.add(Record(os.urandom(1000), 1, 10**18 + at))
        sink.close()
    packet, seen = Record(), []
    with closing(kind(paths)) as source, Progress(source, paths) as progress:
        while source.next(packet):
            seen.append(progress.read())
        assert progress.read() == progress.total == sum(map(os.path.getsize, paths))
    assert seen == sorted(seen)


@pytest.mark.parametrize("words", [["merge", "FILE", "-w", "OUT"], ["info", "FILE"],
                                   ["anonymize", "FILE", "-w", "OUT"],
                                   ["table", "FILE", "-e", "text"]])
def test_a_bar_on_a_terminal(words: list[str], file: str, tmp_path: Path) -> None:
    pytest.importorskip("tqdm")
    given = [{"FILE": file, "OUT": str(tmp_path / "out")}.get(word, word) for word in words]
    lead, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen([sys.executable, "-m", "fyke", *given], stdout=subprocess.DEVNULL,
                               stderr=end, env=environment())
    os.close(end)
    seen = b""
    try:
        while part := os.read(lead, 10000):
            seen += part
    except OSError:  # the other end is closed
        pass
    os.close(lead)
    assert process.wait(60) == 0
    assert re.search(rb"\d%\|.*B/s\]", seen), seen


def test_no_bar_elsewhere(file: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "fyke", "merge", file, "-w",
                           str(tmp_path / "out")], capture_output=True, text=True, check=True,
                          env=environment())
    assert done.stderr == f"60000 packets written to {tmp_path / 'out'}, from 1 file\n"
