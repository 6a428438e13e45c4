"""Network namespaces for the live tests: made by the test, with veth pairs in them, and removed.

Everything is named after this process, so that runs side by side do not meet. Needs root, or a
user namespace (``unshare -Urn``, in which the whole test run is started again: conftest.py).
"""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from fyke.live.namespaces import open_socket

COUNTER = itertools.count()


def ip(*words: str) -> str:
    """Run ip(8); its output."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, timeout=20, check=False)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def why_not() -> str | None:
    """Why namespaces cannot be made here; None if they can."""
    if os.geteuid():
        return "neither root nor inside unshare -Urn"
    name = f"fyke-{os.getpid()}-try"
    try:
        ip("netns", "add", name)
    except (RuntimeError, OSError) as error:
        return str(error)
    ip("netns", "del", name)
    return None


class Network:
    """Namespaces and what is in them; every name belongs to this test."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def namespace(self) -> str:
        """A new network namespace with its loopback up."""
        name = f"fyke-{os.getpid()}-{next(COUNTER)}"
        ip("netns", "add", name)
        self.made.append(name)
        ip("-n", name, "link", "set", "lo", "up")
        return name

    def pair(self, one: str, other: str, names: tuple[str, str] = ("near", "far")) -> None:
        """A veth pair, one end in each namespace, both up and without IPv6's own chatter."""
        ip("-n", one, "link", "add", names[0], "type", "veth", "peer", "name", names[1],
           "netns", other)
        for namespace, name in zip((one, other), names, strict=True):
            quiet(namespace, name)
            ip("-n", namespace, "link", "set", name, "up")

    def close(self) -> None:
        for name in reversed(self.made):
            with suppress(RuntimeError):
                ip("netns", "del", name)
        self.made.clear()


def quiet(namespace: str, name: str) -> None:
    """No router solicitations, no multicast reports: only the test's packets pass."""
    ip("netns", "exec", namespace, "sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")


@contextmanager
def sender(namespace: str, name: str) -> Iterator[socket.socket]:
    """A packet socket that frames are sent with; it receives nothing."""
    out = open_socket(namespace, socket.AF_PACKET, socket.SOCK_RAW, 0)
    try:
        out.bind((name, 0))
        yield out
    finally:
        out.close()


def frame(payload: bytes = b"", *, ethertype: int = 0x88B5, to: bytes = b"\xff" * 6,
          sent_by: bytes = b"\x02\0\0\0\0\x01", tags: tuple[tuple[int, int], ...] = ()) -> bytes:
    """An Ethernet frame; 0x88b5 is IEEE 802's ethertype for experiments. Tags are (TPID, TCI)."""
    head = to + sent_by
    for tpid, tci in tags:
        head += tpid.to_bytes(2, "big") + tci.to_bytes(2, "big")
    return (head + ethertype.to_bytes(2, "big") + payload).ljust(60, b"\0")


FLOOD = """
import socket, sys, time
out = socket.socket(fileno=int(sys.argv[1]))
kinds = [bytes.fromhex(word) for word in sys.argv[3:]]
end = time.monotonic() + float(sys.argv[2])
number = 0
while time.monotonic() < end:
    for _ in range(50):
        for head in kinds:
            try:
                out.send(head + number.to_bytes(8, "big") + bytes(46))
            except OSError:
                continue
        number += 1
"""


@contextmanager
def flood(namespace: str, name: str, ethertypes: tuple[int, ...],
          seconds: float = 8) -> Iterator[subprocess.Popen[bytes]]:
    """A process that sends numbered frames as fast as it can, for at most ``seconds``."""
    with sender(namespace, name) as out:
        heads = [frame(ethertype=kind)[:14].hex() for kind in ethertypes]
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", FLOOD, str(out.fileno()), str(seconds), *heads],
            pass_fds=[out.fileno()])
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)
