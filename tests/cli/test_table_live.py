"""fyke table -i: rows as packets come, until Ctrl-C or as many as were wanted."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from network import sender

sys.path.append(str(Path(__file__).parents[1] / "conversations"))
from made_packets import ip, udp

pytestmark = pytest.mark.live
COLUMNS = "wire_length,ip.src,udp.dst_port"


@pytest.mark.parametrize("words", [[], ["-c", "3"], ["--where", "ip.ttl > 0"]],
                         ids=["until Ctrl-C", "-c", "--where"])
def test_rows_as_they_come(words: list[str], veth: tuple[str, str]) -> None:
    near, far = veth
    running = subprocess.Popen(
        ["nsenter", "-t", near, "-n", sys.executable, "-m", "fyke", "table", "-i", "near",
         "--filter", "udp port 5000", "-e", COLUMNS, *words], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    enough = Event()

    def send() -> None:
        with sender(far, "far") as out:
            while not enough.wait(0.02):
                for port in (5000, 5001):
                    out.send(ip("10.0.0.1", "10.0.0.2", 17, udp(4000, port, b"x")))
    others = Thread(target=send)
    others.start()
    shown = [running.stdout.readline() for _ in range(4)]  # they come while others still may
    if "-c" not in words:
        running.send_signal(signal.SIGINT)
    told, errors = running.communicate(timeout=60)
    enough.set()
    others.join()
    assert running.returncode == 0, errors
    lines = ("".join(shown) + told).splitlines()
    assert lines[0] == COLUMNS.replace(",", "\t")
    assert len(lines) == 4 if "-c" in words else len(lines) >= 4
    assert all(line.split("\t")[1:] == ["10.0.0.1", "5000"] for line in lines[1:])
