"""The programs in examples/ run and do what they say; so does the demo, on real traffic."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from network import Network, frame, sender

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def run(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=60,
                          check=check, cwd=ROOT, env={**os.environ, "TZ": "UTC"})


def test_write_then_read(tmp_path: Path) -> None:
    path = tmp_path / "made.pcap"
    run(str(EXAMPLES / "write_file.py"), str(path))
    lines = run(str(EXAMPLES / "read_file.py"), str(path), "arp").stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28")


@pytest.mark.parametrize("program", ["live_capture.py", "live_async.py"])
def test_live_examples(veth: tuple[str, str], program: str) -> None:
    near, far = veth
    with subprocess.Popen(
            ["nsenter", "-t", near, "-n", sys.executable, str(EXAMPLES / program), "near", "3",
             "ether", "proto", "0x88b5"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline().startswith("listening on near")
            with sender(far, "far") as out:
                for number in range(3):
                    out.send(frame(bytes([number])))
            output, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert output.count("ethertype Unknown (0x88b5)") == 3


def test_demo(network: Network) -> None:
    """``network`` only says whether namespaces can be had; the demo makes its own."""
    done = run(str(EXAMPLES / "demo.py"), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for expected in ("ARP, Request who-has 10.9.0.2", "ICMP echo request", "ICMP6, echo request",
                     "A? www.example.org.", "HTTP: GET / HTTP/1.1", "Flags [S.]",
                     "packets captured", "0 packets dropped by kernel"):
        assert expected in done.stdout + done.stderr, done.stdout


def test_demo_on_a_file(tmp_path: Path) -> None:
    """Where no namespace is to be had, the same job runs on made packets."""
    code = (f"import sys; sys.path.insert(0, {str(EXAMPLES)!r}); import demo;"
            f"demo.on_a_file({str(tmp_path / 'demo.pcap')!r})")
    done = run("-c", code)
    assert "200 packets" in done.stdout


def test_demo_leaves_nothing_when_interrupted(network: Network) -> None:
    process = subprocess.Popen([sys.executable, str(EXAMPLES / "demo.py")], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True)
    assert process.stdout is not None
    for row in process.stdout:
        if row.startswith("# fyke dump -i"):
            break
    os.killpg(process.pid, 2)  # what Ctrl-C does: the whole group
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors, errors
    for _ in range(50):
        if not members(process.pid):
            return
        time.sleep(0.1)
    raise AssertionError(f"still there: {members(process.pid)}")


def members(group: int) -> list[str]:
    """The commands of the processes in a group that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(name)
    return found
