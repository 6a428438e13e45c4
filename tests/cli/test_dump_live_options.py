"""Each option of a live capture, on the real kernel: it does what it says, or says why not."""

from __future__ import annotations

import os
import pwd
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dump_runs import capture, dump, numbers, send_numbered, stop

from file_rows import in_order
from fyke.files.reader import open_capture
from fyke.wire import Record

sys.path.append(str(Path(__file__).parents[1] / "live"))
from network import Network, why_not


@pytest.fixture(scope="module")
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


STAMP = r"\d\d:\d\d:\d\d\.\d{6}"
LINE = rf"{STAMP} IP 127\.0\.0\.1\.\d+ > 127\.0\.0\.1\.9: UDP, length 64"

#: Options, how many of three datagrams come out as lines, what each line is.
CASES = [
    ([], 3, LINE),
    (["-p"], 3, LINE),
    (["-B", "600"], 3, LINE),
    (["--immediate-mode"], 3, LINE),
    (["-Q", "in"], 3, LINE),
    (["-Q", "out"], 3, LINE),
    (["-Q", "inout"], 3, LINE),
    (["--both-ways"], 6, LINE),
    (["-j", "host"], 3, LINE),
    (["-c", "2"], 2, LINE),
    (["--skip", "2"], 1, LINE),
    (["-c", "1", "--skip", "1", "-#"], 1, rf" +2  {LINE}"),
    (["--print-sampling", "2"], 1, LINE),
    (["-s", "60"], 3, LINE),
    (["--lengths"], 3, rf"caplen 106, len 106, {LINE}"),
    (["-s", "60", "--lengths"], 3, rf"caplen 60, len 106, {LINE}"),
    (["--nano"], 3, LINE.replace("{6}", "{9}")),
    (["--time-stamp-precision", "nano"], 3, LINE.replace("{6}", "{9}")),
    (["-y", "LINUX_SLL"], 3, LINE),
    (["-e", "-y", "EN10MB"], 3, r".*00:00:00:00:00:00 > 00:00:00:00:00:00, ethertype IPv4 .*"),
    (["-t", "-q"], 3, r"IP 127\.0\.0\.1\.\d+ > 127\.0\.0\.1\.9: UDP, length 64"),
    (["-l"], 3, LINE),
    (["-U"], 3, LINE),
    (["-f"], 3, LINE),
]


@pytest.mark.parametrize(("words", "count", "form"), CASES,
                         ids=[" ".join(case[0]) or "none" for case in CASES])
def test_text(namespace: str, words: list[str], count: int, form: str) -> None:
    with capture(namespace, "-ni", "lo", *words, "udp port 9") as process:
        send_numbered(namespace, 3)
        if "-c" in words:  # ends by itself
            out, told = process.communicate(timeout=60)
            text, said = out.decode(), told.decode()
        else:
            text, said, _ = stop(process)
    assert process.returncode == 0 and "Traceback" not in said
    assert len(text.splitlines()) == count
    for row in text.splitlines():
        assert re.fullmatch(form, row), row
    assert "0 packets dropped by kernel" in said


def test_any_shows_the_interface(namespace: str) -> None:
    with capture(namespace, "-ni", "any", "udp port 9") as process:
        send_numbered(namespace, 1)
        out, _, _ = stop(process)
    rows = [row.split()[1:3] for row in out.splitlines()]
    assert sorted(rows) in ([["lo", "In"]], [["lo", "In"], ["lo", "Out"]])


@pytest.mark.parametrize(("words", "reason"), [
    (["-j", "nonsense"], "-j nonsense is no time stamp type; there are host, adapter, "),
    (["-y", "PPP"], "has no link type PPP; it has EN10MB"),
    (["-I"], "lo: That device doesn't support monitor mode"),
])
def test_what_the_interface_does_not_have(namespace: str, words: list[str], reason: str) -> None:
    with capture(namespace, "-ni", "lo", *words) as process:
        assert process.wait(20) == 1
        told = process.told[0].decode()  # type: ignore[attr-defined]
    assert reason in told


@pytest.mark.parametrize("kind", ["adapter", "adapter_unsynced", "host_hiprec"])
def test_stamps_that_the_device_does_not_have(namespace: str, kind: str) -> None:
    """As with tcpdump: it is told, and the host stamps the packets."""
    with capture(namespace, "-ni", "lo", "-j", kind, "udp port 9") as process:
        send_numbered(namespace, 2)
        out, _, _ = stop(process)
        told = b"".join(process.told).decode()  # type: ignore[attr-defined]
    assert len(out.splitlines()) == 2 and process.returncode == 0
    assert f"fyke dump: lo has no time stamp type '{kind}'; it has host: the host" in told


def test_lists() -> None:
    assert dump("-L", "-i", "lo").stdout.splitlines()[:2] == [
        b"Data link types for lo (use option -y to set):", b"  EN10MB (Ethernet)"]
    assert dump("-J", "-i", "lo").stdout.splitlines() == [
        b"Time stamp types for lo (use option -j to set):", b"  host (Host)"]
    assert any(re.fullmatch(rb"\d+\.lo \[Up, Running, Loopback\]", row)
               for row in dump("-D").stdout.splitlines())


def test_written_and_printed(namespace: str, tmp_path: Path) -> None:
    """--print beside -w, in nanoseconds; the link type that was asked for is in the file."""
    path = tmp_path / "out.pcap"
    with capture(namespace, "-nlUi", "lo", "-w", str(path), "--print", "--nano", "-y",
                 "LINUX_SLL2", "udp port 9") as process:
        send_numbered(namespace, 4)
        out, _, _ = stop(process)
    assert len(out.splitlines()) == 4
    source = open_capture(str(path))
    assert source.link_type == 276 and source.nanoseconds
    packet, times = Record(), []
    while source.next(packet):
        times.append(packet.time)
    source.close()
    assert len(times) == 4 and any(time % 1000 for time in times)


def test_another_user_writes_the_files(namespace: str, tmp_path: Path) -> None:
    """-Z: every file of a rotation is that user's; no packet is lost."""
    if os.geteuid():
        pytest.skip("needs root")
    nobody = pwd.getpwnam("nobody")
    folder = Path("/tmp") / f"fyke-{os.getpid()}-{time.time_ns()}"
    folder.mkdir(mode=0o700)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    try:
        with capture(namespace, "-ni", "lo", "-Z", "nobody", "-C", "10k", "-z", "true", "-w",
                     str(folder / "out"), "--print", "udp port 9") as process:
            send_numbered(namespace, 300, size=1000)
            out, told, _ = stop(process)
        assert len(out.splitlines()) == 300 and "Traceback" not in told
        paths = in_order(folder)
        assert len(paths) >= 28
        assert {path.stat().st_uid for path in paths} == {nobody.pw_uid}
        packet, found = Record(), []
        for path in paths:
            source = open_capture(str(path))
            while source.next(packet):
                found.append(numbers(bytes(packet.raw(0, packet.caplen))))
            source.close()
        assert found == list(range(300))
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
