"""Runs ``fyke dump`` as a program of its own, on files and in network namespaces."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fyke

SOURCES = Path(fyke.__file__).parents[1]
COMMAND = (sys.executable, "-m", "fyke", "dump")
PORT = 9


def environment() -> dict[str, str]:
    """The test's environment, without what would change whom the command becomes."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("SUDO_")}
    return kept | {"PYTHONPATH": str(SOURCES)}


def dump(*words: str, **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Run to the end: ``stdout``, ``stderr``, ``returncode``."""
    return subprocess.run([*COMMAND, *words], capture_output=True, timeout=30, check=False,
                          env=environment(), **how)


def hear_hangups() -> None:
    """SIGHUP as a terminal leaves it, also where the tests run under nohup(1)."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def capture(namespace: str, *words: str, ready: int = 1,
            **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A capture inside a namespace, past its ``ready`` lines "listening on"."""
    process = subprocess.Popen(
        ["nsenter", "-t", namespace, "-n", *COMMAND, *words],
        **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment(),
            "preexec_fn": hear_hangups} | how))
    try:
        assert process.stderr is not None
        process.told = []  # type: ignore[attr-defined]
        while ready:
            row = process.stderr.readline()
            process.told.append(row)  # type: ignore[attr-defined]
            if not row:
                break
            ready -= row.startswith(b"listening on")
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def stop(process: subprocess.Popen[bytes], number: int = signal.SIGINT) -> tuple[str, str, float]:
    """Ask to stop: what came on standard output and error, and how many seconds it took."""
    begun = time.monotonic()
    process.send_signal(number)
    out, told = process.communicate(timeout=60)
    return (out or b"").decode(), told.decode(), time.monotonic() - begun


@contextmanager
def udp(namespace: str) -> Iterator[socket.socket]:
    """A UDP socket inside the namespace."""
    from fyke.live.namespaces import open_socket
    out = open_socket(namespace, socket.AF_INET, socket.SOCK_DGRAM, 0)
    try:
        yield out
    finally:
        out.close()


def send_numbered(namespace: str, count: int, *, size: int = 64, first: int = 0,
                  every: float = 0.0) -> None:
    """Numbered datagrams over the loopback, slowly enough for its queue."""
    with udp(namespace) as out:
        for number in range(first, first + count):
            out.sendto(number.to_bytes(8, "big") + bytes(size - 8), ("127.0.0.1", PORT))
            if every:
                time.sleep(every)


def numbers(data: bytes) -> int:
    """The number in a captured datagram (Ethernet, IPv4, UDP)."""
    return int.from_bytes(data[42:50], "big")
