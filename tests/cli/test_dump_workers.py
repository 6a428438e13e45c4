"""``fyke dump --workers N`` on the real kernel: every packet once, sums, signals, failures."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from dump_runs import PORT, capture, dump, numbers, stop
from network import Network, ip

from file_rows import in_order
from fyke.cli import live, workers
from fyke.dump.session import Signals
from fyke.files.reader import open_capture
from fyke.live.namespaces import open_socket
from fyke.live.statistics import NOTHING
from fyke.wire import Record


@pytest.fixture
def namespace(network: Network) -> str:
    return network.namespace()


def send_flows(namespace: str, count: int, *, flows: int = 32, size: int = 64) -> None:
    """Numbered datagrams of many connections, so that every worker gets some."""
    senders = [open_socket(namespace, socket.AF_INET, socket.SOCK_DGRAM, 0) for _ in range(flows)]
    try:
        for number in range(count):
            senders[number % flows].sendto(number.to_bytes(8, "big") + bytes(size - 8),
                                           ("127.0.0.1", PORT))
    finally:
        for one in senders:
            one.close()


def found(path: Path) -> list[tuple[int, int]]:
    """The source port and the number of each datagram (Ethernet) in a file, in its order."""
    packet, out = Record(), []
    source = open_capture(str(path))
    while source.next(packet):
        out.append((packet.u16(34), numbers(bytes(packet.raw(0, packet.caplen)))))
    source.close()
    return out


def children(process_id: int, count: int) -> list[int]:
    """The workers, once all have started."""
    path = Path(f"/proc/{process_id}/task/{process_id}/children")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = [int(word) for word in path.read_text().split()]
        if len(found) == count:
            return found
        time.sleep(0.01)
    raise AssertionError(f"no {count} workers have started")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_every_packet_once(namespace: str, tmp_path: Path, number: int) -> None:
    """And all packets of a connection in one file; the counts are the sums."""
    with capture(namespace, "-ni", "lo", "--workers", "3", "-w", str(tmp_path / "out.pcap"),
                 "udp port 9") as process:
        send_flows(namespace, 3000)
        _, told, _ = stop(process, number)
    assert process.returncode == 0
    assert told.splitlines() == ["3000 packets captured", "3000 packets received by filter",
                                 "0 packets dropped by kernel"]
    paths = in_order(tmp_path)
    assert [path.name for path in paths] == [f"out.w{n}.pcap" for n in range(3)]
    shares = [found(path) for path in paths]
    assert all(shares) and all(share == sorted(share, key=lambda one: one[1]) for share in shares)
    assert sorted(number for share in shares for _, number in share) == list(range(3000))
    ports = [{port for port, _ in share} for share in shares]
    assert sum(map(len, ports)) == len(set.union(*ports)) == 32


def test_interrupted_by_the_terminal(namespace: str, tmp_path: Path) -> None:
    """Ctrl-C reaches every process of the group, and once more through the first."""
    with capture(namespace, "-ni", "lo", "--workers", "2", "-w", str(tmp_path / "x"),
                 "udp port 9", start_new_session=True) as process:
        send_flows(namespace, 200)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 0 and b"200 packets captured" in told
    assert sum(len(found(path)) for path in tmp_path.iterdir()) == 200


def test_counts_and_flush_on_request(namespace: str, tmp_path: Path) -> None:
    with capture(namespace, "-ni", "lo", "--workers", "2", "-w", str(tmp_path / "x"),
                 "udp port 9") as process:
        send_flows(namespace, 100)
        assert process.stderr is not None
        row = b""
        for _ in range(50):
            process.send_signal(signal.SIGUSR1)
            row = process.stderr.readline()
            if row.startswith(b"fyke dump: 100 packets captured"):
                break
            time.sleep(0.02)
        assert row == (b"fyke dump: 100 packets captured, 100 packets received by filter, "
                       b"0 packets dropped by kernel\n")
        process.send_signal(signal.SIGUSR2)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if sum(path.stat().st_size for path in tmp_path.iterdir()) == 48 + 100 * (16 + 106):
                break
            time.sleep(0.02)
        assert sum(len(found(path)) for path in tmp_path.iterdir()) == 100
        stop(process)


def test_only_counted(namespace: str) -> None:
    with capture(namespace, "-ni", "lo", "--workers", "4", "--count", "udp port 9") as process:
        send_flows(namespace, 500)
        out, _, _ = stop(process)
    assert out == "500 packets\n"


def test_files_that_follow_each_other(namespace: str, tmp_path: Path) -> None:
    """-C, -z and --atomic work for each worker as for one process."""
    with capture(namespace, "-ni", "lo", "--workers", "2", "-C", "10k", "--atomic", "-z", "true",
                 "-w", str(tmp_path / "out"), "udp port 9") as process:
        send_flows(namespace, 400, size=1000)
        _, told, _ = stop(process)
    assert process.returncode == 0 and "400 packets captured" in told
    paths = list(tmp_path.iterdir())
    assert len(paths) > 35 and not [path for path in paths if path.name.startswith(".")]
    assert sorted(n for path in paths for _, n in found(path)) == list(range(400))


def test_several_interfaces(network: Network, tmp_path: Path) -> None:
    """A group for each interface; every worker merges its taps by time."""
    namespace, other = network.namespace(), network.namespace()
    network.pair(namespace, other)
    with capture(namespace, "-ni", "lo", "-i", "near", "--workers", "2", "-w",
                 str(tmp_path / "x.pcapng"), "udp port 9", ready=2) as process:
        send_flows(namespace, 300)
        _, told, _ = stop(process)
    assert "300 packets captured" in told
    assert sorted(n for path in tmp_path.iterdir() for _, n in found(path)) == list(range(300))


def test_two_captures_share_nothing(namespace: str, tmp_path: Path) -> None:
    """The kernel finds a group that nobody uses."""
    words = ["-ni", "lo", "--workers", "2", "--count", "udp port 9"]
    with capture(namespace, *words) as one, capture(namespace, *words) as two:
        send_flows(namespace, 100)
        assert stop(one)[0] == stop(two)[0] == "100 packets\n"


def test_a_file_that_cannot_be_written(namespace: str, tmp_path: Path) -> None:
    """One worker's failure ends all, and is told; nothing hangs."""
    (tmp_path / "out.w1").mkdir()
    with capture(namespace, "-ni", "lo", "--workers", "3", "-w", str(tmp_path / "out")) as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1 and b"Traceback" not in told
    assert told.splitlines()[-1].endswith(b"out.w1: Is a directory")


def test_no_signal_reaches_a_worker_that_cannot_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between fork(2) and its first line Python forgets them: they have to wait."""
    def blocked() -> bool:
        return signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ())

    def fork() -> int:
        at_fork.append(blocked())
        return fork_itself()

    at_fork: list[bool] = []
    fork_itself = os.fork
    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(workers, "outcome_of",
                        lambda *_: live.Outcome(int(blocked()), NOTHING, [], None))
    monkeypatch.setattr(live, "joined", lambda taps: None)
    options = SimpleNamespace(write=None, max_disk=0, workers=1)
    with Signals() as signals:
        worker = workers.Worker(0, [[]], options, signals)
        worker.hear()
        worker.process.join()
    assert worker.outcome is not None and worker.outcome.captured == 0
    assert at_fork == [True] and not blocked()


def test_a_worker_that_is_killed(namespace: str, tmp_path: Path) -> None:
    with capture(namespace, "-ni", "lo", "--workers", "2", "-w", str(tmp_path / "out")) as process:
        os.kill(children(process.pid, 2)[1], signal.SIGKILL)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"worker 1 was ended (status -9)" in told.splitlines()[-1]


def test_pipes_that_nobody_reads(namespace: str, tmp_path: Path) -> None:
    """Workers that cannot go on, as nobody reads what they write, end when they are asked to."""
    for number in range(2):
        os.mkfifo(tmp_path / f"out.w{number}")
    with capture(namespace, "-ni", "lo", "--workers", "2", "-w", str(tmp_path / "out")) as process:
        started = children(process.pid, 2)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1 and b"Traceback" not in told
    assert b"nobody reads this named pipe" in told.splitlines()[-1]
    end = time.monotonic() + 20
    while any(map(running, started)) and time.monotonic() < end:
        time.sleep(0.02)
    assert not any(map(running, started))


def test_workers_end_with_the_one_that_leads(namespace: str, tmp_path: Path) -> None:
    with capture(namespace, "-ni", "lo", "--workers", "2", "-w", str(tmp_path / "out"),
                 "udp port 9") as process:
        send_flows(namespace, 100)
        started = children(process.pid, 2)
        process.kill()
        process.wait(20)
        end = time.monotonic() + 20
        while any(map(running, started)) and time.monotonic() < end:
            time.sleep(0.02)
        assert not any(map(running, started))
    assert sum(len(found(path)) for path in tmp_path.iterdir()) == 100


def running(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_interface_is_removed(network: Network, tmp_path: Path) -> None:
    namespace, other = network.namespace(), network.namespace()
    network.pair(namespace, other)
    with capture(namespace, "-ni", "near", "--workers", "2", "-w", str(tmp_path / "x")) as process:
        ip("-n", namespace, "link", "del", "near")
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert told.splitlines()[-1] == (b"fyke dump: near: the interface was removed while "
                                     b"capturing")


@pytest.mark.parametrize(("words", "reason"), [
    ([], "need -w FILE"),
    (["-w", "x", "--print"], "need -w FILE"),
    (["-w", "x", "-c", "3"], "-c and --skip count packets in their order"),
    (["--count", "--skip", "3"], "-c and --skip count packets in their order"),
    (["-w", "x", "-C", "10", "--max-disk", "39"], "two files of -C's size for each"),
])
def test_what_several_cannot_do(words: list[str], reason: str) -> None:
    done = dump("-i", "lo", "--workers", "2", *words)
    assert done.returncode == 1 and reason in done.stderr.decode()


def test_too_many() -> None:
    done = dump("-i", "lo", "--workers", "257", "--count")
    assert done.returncode == 1 and b"at most 256, not 257" in done.stderr


@pytest.mark.parametrize(("path", "name"), [
    ("out", "out.w07"), ("out.pcap", "out.w07.pcap"), ("a.b/out", "a.b/out.w07"),
    ("out.PCAPNG.zst", "out.w07.PCAPNG.zst"), ("out-%H.gz", "out-%H.w07.gz"),
    ("10.0.0.1", "10.0.0.1.w07"), (".pcap", ".pcap.w07")])
def test_names(path: str, name: str) -> None:
    assert workers.own_name(path, 7, 2) == name
