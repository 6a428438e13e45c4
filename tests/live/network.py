"""Network namespaces for the live tests: made by the test, with veth pairs in them, and removed.

A namespace is kept by a process that waits for its standard input to end, and is known by that
process's id: when the test run ends, however it ends, the namespaces and all in them go too.
Needs root; others become root in a user namespace of their own first.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fyke.live.namespaces import open_socket

CLONE_NEWUSER = 0x10000000  # include/uapi/linux/sched.h
CLONE_NEWNET = 0x40000000


def run(*words: str) -> str:
    """Run a command; its output."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def ip(flag: str, namespace: str, *words: str) -> str:
    """``ip("-n", namespace, …)``: ip(8) inside a namespace; its output."""
    assert flag == "-n"
    return run("nsenter", "-t", namespace, "-n", "ip", *words)


def become_root() -> None:
    """Move this process into a user namespace of its own. Raises OSError."""
    user, group = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, f"unshare: {os.strerror(number)}; try: unshare -Urn make test")
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"),
                       ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def why_not() -> str | None:
    """Why namespaces cannot be made here; None if they can."""
    network = Network()
    try:
        if os.geteuid():
            become_root()
        network.namespace()
    except (RuntimeError, OSError) as error:
        return str(error)
    finally:
        network.close()
    return None


class Network:
    """Namespaces and what is in them."""

    def __init__(self) -> None:
        self.keepers: list[subprocess.Popen[str]] = []

    def namespace(self) -> str:
        """A new network namespace with its loopback up: the id of the process that keeps it."""
        keeper = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo ready; exec cat"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
        self.keepers.append(keeper)
        assert keeper.stdout is not None and keeper.stderr is not None
        if keeper.stdout.readline() != "ready\n":
            raise RuntimeError(keeper.stderr.read().strip())
        name = str(keeper.pid)
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
        for keeper in self.keepers:
            keeper.communicate()
        self.keepers.clear()


def quiet(namespace: str, name: str) -> None:
    """No router solicitations, no multicast reports: only the test's packets pass."""
    run("nsenter", "-t", namespace, "-n", "sh", "-c",
        f"echo 1 > /proc/sys/net/ipv6/conf/{name}/disable_ipv6")


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
          seconds: float = 120) -> Iterator[subprocess.Popen[bytes]]:
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
