"""What is done by the clock on the wall, packets or not: -G, -W, -z, --duration, "Got N"."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from dump_runs import COMMAND, capture, environment, send_numbered, stop

from fyke.files.reader import open_capture
from fyke.wire import Record

sys.path.append(str(Path(__file__).parents[1] / "live"))


@pytest.fixture
def namespace(network: object) -> str:
    return network.namespace()  # type: ignore[attr-defined, no-any-return]


def count(path: Path) -> int:
    packet, number = Record(), 0
    with closing(open_capture(path)) as reader:
        while reader.next(packet):
            number += 1
    return number


def ended(process: subprocess.Popen[bytes], patience: float = 20) -> tuple[str, str]:
    out, told = process.communicate(timeout=patience)
    return out.decode(), told.decode()


def wait_for(path: Path, patience: float = 15) -> None:
    end = time.monotonic() + patience
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert path.exists()


def test_a_file_is_closed_and_z_runs_in_silence(namespace: str, tmp_path: Path) -> None:
    """One packet, then none: its file is complete and handed on while the capture goes on."""
    mark = tmp_path / "mark"
    script = tmp_path / "script"
    script.write_text(f'#!/bin/sh\necho "$1" >> "{mark}"\n')
    script.chmod(0o755)
    (tmp_path / "parts").mkdir()
    with capture(namespace, "-i", "lo", "-w", str(tmp_path / "parts" / "p-%s"), "-G", "1",
                 "--atomic", "-z", str(script), "udp port 9") as process:
        send_numbered(namespace, 1)
        wait_for(mark)
        parts = list((tmp_path / "parts").iterdir())
        assert [count(path) for path in parts] == [1] and not parts[0].name.startswith(".")
        assert mark.read_text().split() == [str(parts[0])]
        time.sleep(1.5)  # periods without a packet have no file
        assert list((tmp_path / "parts").iterdir()) == parts
        send_numbered(namespace, 2)
        stop(process)
    assert sorted(map(count, (tmp_path / "parts").iterdir())) == [1, 2]


def test_w_counts_periods_in_silence(namespace: str, tmp_path: Path) -> None:
    with capture(namespace, "-i", "lo", "-w", str(tmp_path / "p-%s"), "-G", "1", "-W", "2",
                 "udp port 9") as process:
        begun = time.monotonic()
        _, told = ended(process)
        took = time.monotonic() - begun
    assert process.returncode == 0 and "Maximum file limit reached: 2" in told
    names = sorted(int(path.name.split("-")[1]) for path in tmp_path.iterdir())
    assert len(names) == 2 and names[1] - names[0] == 1
    assert took < 15  # it does not wait for a packet
    assert [count(path) for path in tmp_path.iterdir()] == [0, 0]


def test_fykedump_waits_for_the_next_packet(namespace: str, tmp_path: Path) -> None:
    """As tcpdump: a script may rely on a file for what came, and no other, until more comes."""
    process = subprocess.Popen(
        ["nsenter", "-t", namespace, "-n", sys.executable, "-c",
         "from fyke.cli.main import command_dump; command_dump()", "-i", "lo", "-w",
         str(tmp_path / "p-%s"), "-G", "1", "-W", "2", "udp port 9"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert process.stderr is not None
    while not process.stderr.readline().startswith(b"listening on"):
        pass
    time.sleep(2.5)
    assert process.poll() is None and len(list(tmp_path.iterdir())) == 1
    send_numbered(namespace, 1)
    time.sleep(1.2)
    send_numbered(namespace, 1)
    _, told = ended(process)
    assert process.returncode == 0 and "Maximum file limit reached: 2" in told


def test_a_silent_pipe_is_no_reason_to_wait(tmp_path: Path) -> None:
    """-r -: the file is closed on time although the pipe says nothing."""
    source = tmp_path / "source"
    from fyke.files.writer import create
    with open(source, "wb") as out:
        sink = create(out)
        sink.add(Record(bytes(60), 1, 10**18))
        sink.flush()
        data = source.read_bytes()
        sink.close()
    process = subprocess.Popen([*COMMAND, "-r", "-", "-w", str(tmp_path / "p"), "-G", "1",
                                "--atomic"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=environment())
    assert process.stdin is not None
    process.stdin.write(data)
    process.stdin.flush()
    wait_for(tmp_path / "p")
    assert count(tmp_path / "p") == 1
    process.stdin.close()
    process.stdin = None
    ended(process)


@pytest.mark.parametrize("words", [[], ["-w", "out.pcap"], ["--count"],
                                   ["--workers", "2", "-w", "out.pcap"]])
def test_duration(namespace: str, tmp_path: Path, words: list[str]) -> None:
    with capture(namespace, "-ni", "lo", "--duration", "700ms", *words, "udp port 9",
                 cwd=tmp_path) as process:
        send_numbered(namespace, 3)
        out, told = ended(process)
    assert process.returncode == 0 and "3 packets captured" in told
    if not words:
        assert len(out.splitlines()) == 3


def test_duration_of_a_silent_pipe() -> None:
    process = subprocess.Popen([*COMMAND, "-r", "-", "--duration", "0.3"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert process.wait(20) == 1  # there was no header
    process.communicate()


@pytest.mark.parametrize("words", [["-w", "out.pcap"], ["-w", "out.pcap", "-C", "1k"],
                                   ["-w", "out.pcapng"]])
def test_stop_size(namespace: str, tmp_path: Path, words: list[str]) -> None:
    with capture(namespace, "-ni", "lo", "--stop-size", "4k", *words, "udp port 9",
                 cwd=tmp_path) as process:
        send_numbered(namespace, 100, every=0.002)
        _, told = ended(process)
    assert process.returncode == 0 and "--stop-size reached" in told
    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert 4096 <= size < 4096 + 600
    assert not told.splitlines()[-3].startswith("100 ")


def test_the_count_on_a_terminal(namespace: str, tmp_path: Path) -> None:
    """-v -w: ``Got N`` once a second on a terminal, and nowhere else."""
    lead, end = pty.openpty()
    process = subprocess.Popen(
        ["nsenter", "-t", namespace, "-n", *COMMAND, "-v", "-i", "lo", "-w",
         str(tmp_path / "out"), "udp port 9"], stdout=subprocess.PIPE, stderr=end,
        env=environment(), start_new_session=True)
    os.close(end)
    seen = b""
    deadline = time.monotonic() + 20
    while b"listening on" not in seen:
        seen += os.read(lead, 1000)
    send_numbered(namespace, 3)
    while b"Got 3\r" not in seen and time.monotonic() < deadline:
        seen += os.read(lead, 1000)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.communicate()
    os.close(lead)
    with capture(namespace, "-v", "-i", "lo", "-w", str(tmp_path / "out"), "udp port 9") as one:
        time.sleep(1.3)
        _, told, _ = stop(one)
    assert "Got" not in told
