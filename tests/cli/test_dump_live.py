"""``fyke dump`` on the real kernel: stopping, signals, files for days, disk full, several -i."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dump_runs import COMMAND, capture, environment, numbers, send_numbered, stop, udp

from file_rows import in_order
from fyke.cli import rights
from fyke.files.reader import open_capture
from fyke.wire import Record

sys.path.append(str(Path(__file__).parents[1] / "live"))
from network import Network, ip, why_not

LONG = 25.0  # seconds: far more than anything here needs


@pytest.fixture
def namespace() -> Iterator[str]:
    """A network namespace with nothing but a loopback."""
    reason = why_not()
    if reason is not None:
        pytest.skip(f"live tests need network namespaces: {reason}")
    network = Network()
    try:
        yield network.namespace()
    finally:
        network.close()


def found(*paths: Path) -> list[int]:
    """The numbers of the datagrams in capture files."""
    packet = Record()
    out = []
    for path in paths:
        source = open_capture(str(path))
        while source.next(packet):
            out.append(numbers(bytes(packet.raw(0, packet.caplen))))
        source.close()
    return out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_on_a_silent_interface(namespace: str, number: int) -> None:
    with capture(namespace, "-ni", "lo") as process:
        out, told, seconds = stop(process, number)
    assert process.returncode == 0 and out == "" and seconds < LONG
    assert told.splitlines() == ["0 packets captured", "0 packets received by filter",
                                 "0 packets dropped by kernel"]


def test_twice_is_not_worse_than_once(namespace: str, tmp_path: Path) -> None:
    """A second Ctrl-C right behind the first loses nothing."""
    path = tmp_path / "out.pcap"
    with capture(namespace, "-ni", "lo", "-w", str(path), "udp port 9") as process:
        send_numbered(namespace, 500)
        process.send_signal(signal.SIGINT)
        _, told, _ = stop(process)
    assert process.returncode == 0 and "Traceback" not in told
    assert found(path) == list(range(500))
    assert told.splitlines()[:1] == ["500 packets captured"]


def test_nothing_is_lost_at_the_end(namespace: str) -> None:
    """What was sent just before the signal is in the kernel's last block, and is printed."""
    with capture(namespace, "-nli", "lo", "udp port 9") as process:
        send_numbered(namespace, 300)
        out, told, _ = stop(process)
    assert len(out.splitlines()) == 300
    assert told.splitlines()[0] == "300 packets captured"


def test_asking_for_the_counts(namespace: str, tmp_path: Path) -> None:
    path = tmp_path / "out.pcap"
    with capture(namespace, "-ni", "lo", "-w", str(path), "udp port 9") as process:
        send_numbered(namespace, 3)
        assert process.stderr is not None
        row = b""
        for _ in range(50):
            process.send_signal(signal.SIGUSR1)
            row = process.stderr.readline()
            if row.startswith(b"fyke dump: 3 packets captured"):
                break
            time.sleep(0.02)
        assert row == (b"fyke dump: 3 packets captured, 3 packets received by filter, "
                       b"0 packets dropped by kernel\n")
        process.send_signal(signal.SIGUSR2)
        for _ in range(100):
            if path.stat().st_size > 24 + 2 * 16:
                break
            time.sleep(0.02)
        assert found(path) == [0, 1, 2]
        stop(process)


def test_two_hundred_files_lose_nothing(namespace: str, tmp_path: Path) -> None:
    """Numbered packets across rotations, with root's rights given up."""
    if os.geteuid() == 0:
        tmp_path.chmod(0o755)
    with capture(namespace, "-ni", "lo", "-B", "16384", "-w", str(tmp_path / "out"), "-C", "10k",
                 "udp port 9") as process:
        for first in range(0, 2000, 100):
            send_numbered(namespace, 100, size=1000, first=first)
            time.sleep(0.01)
        _, told, _ = stop(process)
    paths = in_order(tmp_path)
    assert len(paths) >= 190
    assert found(*paths) == list(range(2000))
    assert "2000 packets captured" in told and "0 packets dropped by kernel" in told
    assert max(path.stat().st_size for path in paths) <= 10 * 1024 + 1058


def test_a_count_of_timed_files(namespace: str, tmp_path: Path) -> None:
    """-G with -W ends by itself, with status 0."""
    with capture(namespace, "-ni", "lo", "-w", str(tmp_path / "%s.pcap"), "-G", "1", "-W", "2",
                 "udp port 9") as process:
        end = time.monotonic() + LONG
        number = 0
        while process.poll() is None and time.monotonic() < end:
            send_numbered(namespace, 1, first=number)
            number += 1
            time.sleep(0.02)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Maximum file limit reached: 2" in told
    paths = in_order(tmp_path)
    kept = found(*paths)
    assert len(paths) == 2 and kept == list(range(len(kept)))


def test_a_full_disk(namespace: str) -> None:
    """Every packet that is not in the file is counted, and the exit status is not 0."""
    script = ("set -e; mount -t tmpfs -o size=64k fyke /mnt; "
              f"nsenter -t {namespace} -n {' '.join(COMMAND)} -ni lo -w /mnt/out.pcap udp port 9 "
              "|| echo status $?; ls -s /mnt >/dev/null")
    process = subprocess.Popen(["unshare", "-m", "sh", "-c", script], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=environment())
    assert process.stderr is not None
    if not process.stderr.readline().startswith(b"listening on"):
        process.kill()
        pytest.skip("no mount namespace to be had")
    send_numbered(namespace, 400, size=1000, every=0.001)
    out, told = process.communicate(timeout=60)
    rows = told.decode().splitlines()
    assert out == b"status 1\n" and "Traceback" not in told.decode()
    captured = int(rows[0].split()[0])
    words = rows[-1].split()
    assert "No space left on device" in rows[-1]
    written, lost = int(words[words.index("packets") - 1]), int(words[-3])
    assert written + lost == captured and 0 < written < 100 and lost > 0


def test_rights_are_given_up(namespace: str, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    other = next(pwd.getpwnam(name).pw_uid for name in rights.USERS if rights.exists(name))
    for words, user in ((["-ni", "lo"], other), (["-ni", "lo", "-w", str(tmp_path / "x")], other),
                        (["-ni", "lo", "-Z", "root"], 0)):
        with capture(namespace, *words) as process:
            for _ in range(100):
                text = Path(f"/proc/{process.pid}/status").read_text()
                rows = dict(row.split(":", 1) for row in text.splitlines())
                if rows["Uid"].split() == [str(user)] * 4 and not any(
                        int(rows[name], 16) for name in rows if name.startswith("Cap")) and (
                        rows["NoNewPrivs"].strip(), rows["Seccomp"].strip()) == ("1", "2"):
                    break
                time.sleep(0.02)
            else:
                pytest.fail(f"{words}: {rows['Uid']}, {rows['CapEff']}")
            send_numbered(namespace, 1)
            _, told, _ = stop(process)
        assert process.returncode == 0, told


def test_several_interfaces_by_time(namespace: str, tmp_path: Path) -> None:
    """Merged by time, one interface block each."""
    ip("-n", namespace, "link", "add", "d0", "type", "veth", "peer", "name", "d1")
    ip("-n", namespace, "link", "set", "d0", "up")
    path = tmp_path / "out.pcap"
    with capture(namespace, "-ni", "lo", "-i", "d0", "-i", "any", "-w", str(path), "udp port 9",
                 ready=3) as process:
        send_numbered(namespace, 20)
        _, told, _ = stop(process)
    assert "40 packets captured" in told
    source = open_capture(str(path))
    packet = Record()
    times, interfaces = [], []
    while source.next(packet):
        times.append(packet.time)
        interfaces.append(packet.interface)
    source.close()
    assert [one.name for one in source.interfaces] == ["lo", "d0", "any"]
    assert [one.link_type for one in source.interfaces] == [1, 1, 276]
    assert times == sorted(times) and sorted(interfaces) == [0] * 20 + [2] * 20


def test_other_namespaces(namespace: str) -> None:
    """--netns twice: the packets of both, the capture itself in neither."""
    network = Network()
    try:
        other = network.namespace()
        with capture(str(os.getpid()), "-ni", "lo", "--netns", namespace, "--netns", other,
                     "udp port 9", ready=2) as process:
            send_numbered(namespace, 2)
            send_numbered(other, 3)
            out, told, _ = stop(process)
    finally:
        network.close()
    assert len(out.splitlines()) == 5 and told.splitlines()[0] == "5 packets captured"


def test_a_pipe_that_another_reads_live(namespace: str) -> None:
    """-w - -U: each packet is in the pipe as it comes."""
    with capture(namespace, "-ni", "lo", "-Uw", "-", "udp port 9") as process:
        assert process.stdout is not None
        assert len(os.read(process.stdout.fileno(), 24)) == 24
        send_numbered(namespace, 1)
        assert len(os.read(process.stdout.fileno(), 4096)) == 16 + 42 + 64
        process.stdout.close()
        send_numbered(namespace, 1)
        assert process.stderr is not None
        told = process.stderr.read().decode()
        assert process.wait(20) == 1
    assert "Traceback" not in told
    assert told.splitlines()[-1].endswith("standard output: Broken pipe; 1 packet written, "
                                          "1 not written")


@pytest.mark.parametrize("expression", [
    "host 10.9.8.7", "net 10.9", "dst net 10.9.0.0 mask 255.255.0.0 and udp",
    "tcp and (host 192.0.2.1 or 10.9.8.7)"])
def test_local_traffic_hint(namespace: str, expression: str) -> None:
    ip("-n", namespace, "link", "add", "d0", "type", "veth", "peer", "name", "d1")
    ip("-n", namespace, "address", "add", "10.9.8.7/24", "dev", "d0")
    ip("-n", namespace, "link", "set", "d0", "up")
    with capture(namespace, "-ni", "d0", expression, ready=1) as process:
        told = b"".join(process.told).decode()  # type: ignore[attr-defined]
        stop(process)
    assert told.count("10.9.8.7 is this machine's own address") == 1 and "-i lo" in told


def test_counting_live(namespace: str) -> None:
    with capture(namespace, "--count", "-ni", "lo", "udp port 9") as process:
        send_numbered(namespace, 7)
        out, _, _ = stop(process)
    assert out == "7 packets\n"


def test_reading_a_silent_pipe_stops_at_once() -> None:
    """-r - of a pipe that nobody writes to: Ctrl-C ends it."""
    header = b"\xd4\xc3\xb2\xa1\x02\0\x04\0" + bytes(8) + b"\0\0\x04\0\x01\0\0\0"
    process = subprocess.Popen([*COMMAND, "-nr", "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert process.stdin is not None and process.stderr is not None
    process.stdin.write(header + b"\0" * 7)
    process.stdin.flush()
    assert process.stderr.readline().startswith(b"reading from file -")
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert process.stderr.read() == b""
    process.communicate()


def test_a_resolver_that_never_answers(namespace: str) -> None:
    """Without -n, and with a name server that is silent: every line comes, nothing is dropped."""
    script = ("mount --bind /dev/stdin /etc/resolv.conf && exec "
              f"{' '.join(COMMAND)} -i lo udp port 9")
    with tempfile.NamedTemporaryFile("w+") as answer, udp(namespace) as silent:
        silent.bind(("127.0.0.1", 53))
        answer.write("nameserver 127.0.0.1\noptions timeout:30\n")
        answer.flush()
        process = subprocess.Popen(
            ["nsenter", "-t", namespace, "-n", "unshare", "-m", "sh", "-c",
             script.replace("/dev/stdin", answer.name)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        assert process.stderr is not None
        rows = [process.stderr.readline(), process.stderr.readline()]
        if not rows[1].startswith(b"listening on"):
            process.kill()
            process.communicate()
            pytest.skip(f"no mount namespace to be had: {rows!r}")
        for number in range(500):
            with udp(namespace) as out:
                out.bind((f"127.9.{number >> 8}.{number & 255}", 0))
                out.sendto(bytes(64), ("127.0.0.1", 9))
        out_text, told, seconds = stop(process)
    assert len(out_text.splitlines()) == 500 and seconds < LONG
    assert "127.9.1.243" in out_text.splitlines()[-1]
    assert told.splitlines()[-3:] == ["500 packets captured", "500 packets received by filter",
                                      "0 packets dropped by kernel"]
