"""A capture with owners inside a namespace, in a thread of the test; and programs in namespaces."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from network import ip, run
from truth import Seen, seen

from fyke.linktypes import by_name
from fyke.live.tap import open_tap
from fyke.processes.ends import Ends
from fyke.processes.owned import Owned
from fyke.processes.watch import Watch
from fyke.wire import Record

WORKLOAD = str(Path(__file__).with_name("workload.py"))
SLOW = 5_000_000_000  # ns of patience: on a busy machine a server reads when it gets to it


class Capture:
    """Packets of all interfaces of a namespace, with owners."""

    def __init__(self, namespace: str, watch: Any, patience: int = SLOW) -> None:
        inode = os.stat(f"/proc/{namespace}/ns/net").st_ino
        self.tap = open_tap("any", namespace=namespace, both_ways=True, buffer_size=64 << 20,
                            link_type=by_name("LINUX_SLL2").number)
        self.source = Owned(self.tap, watch, inode, patience)
        self.packets: list[Seen] = []
        self.kept: list[Record] = []
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self) -> None:
        packet, ends = Record(), Ends()
        while True:
            while self.source.next(packet):
                outgoing = packet.meta.direction == "out"
                ends.read(packet, outgoing)
                one = seen(ends, outgoing, b"CHILD" in packet.octets(), packet.meta.process)
                if one is not None:
                    self.packets.append(one)
                self.kept.append(packet.copy())
            if not self.source.wait(0.1):
                return

    def stop(self) -> None:
        """Take what is there, and end."""
        self.source.stop()
        self.thread.join(60)
        assert not self.thread.is_alive()
        self.dropped = self.tap.statistics().dropped
        self.source.close()


@contextmanager
def capturing(namespace: str, watch: Watch, patience: int = SLOW) -> Iterator[Capture]:
    made = Capture(namespace, watch, patience)
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def program(namespace: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """workload.py with these words in a namespace, until the end of the context."""
    process = subprocess.Popen(
        ["nsenter", "-t", namespace, "-n", sys.executable, "-S", WORKLOAD, *words], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.communicate(timeout=30)


def work(namespace: str, *words: str) -> None:
    """workload.py with these words in a namespace, to its end."""
    subprocess.run(["nsenter", "-t", namespace, "-n", sys.executable, "-S", WORKLOAD, *words],
                   check=True, timeout=300)


def addresses(near: str, far: str) -> tuple[str, str]:
    """Give both ends of a veth pair addresses of both versions; the far ones."""
    for namespace, name, number in ((near, "near", 1), (far, "far", 2)):
        run("nsenter", "-t", namespace, "-n", "sh", "-c",
            f"echo 0 > /proc/sys/net/ipv6/conf/{name}/disable_ipv6")
        ip("-n", namespace, "addr", "add", f"10.77.0.{number}/24", "dev", name)
        ip("-n", namespace, "addr", "add", f"fd77::{number}/64", "dev", name, "nodad")
    return "10.77.0.2", "fd77::2"
