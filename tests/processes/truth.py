"""What the workload wrote down, beside what was said of its packets."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from fyke.owner import LISTENER, Process
from fyke.processes.ends import Ends

TCP, UDP = 6, 17
PEERS = (7000,)
CLOSED = 9


class Seen(NamedTuple):
    """One packet: its own end's port, the other's, and whose it was said to be."""

    protocol: int
    outgoing: bool
    local: int
    remote: int
    child: bool  #: what the taker of a passed socket sent
    process: Process | None


def seen(ends: Ends, outgoing: bool, child: bool, process: Process | None) -> Seen | None:
    """None for what has no ports."""
    if ends.protocol not in (TCP, UDP) or not ends.key:
        return None
    size = len(ends.local)
    local = int.from_bytes(ends.key[1 + size:3 + size], "big")
    return Seen(ends.protocol, outgoing, local, int.from_bytes(ends.key[-2:], "big"), child,
                process)


class Truth:
    def __init__(self, path: Path) -> None:
        self.users: dict[tuple[int, int, int], set[int]] = defaultdict(set)
        self.takers: dict[tuple[int, int, int], set[int]] = defaultdict(set)
        self.servers: dict[tuple[int, int], int] = {}
        self.refused: set[int] = set()
        for line in path.read_text().splitlines():
            kind, *numbers = line.split()
            protocol, local, remote, pid = map(int, numbers)
            if kind in "TP":
                self.users[protocol, local, remote].add(pid)
            elif kind == "C":
                self.takers[protocol, local, remote].add(pid)
            elif kind in "LU":
                self.servers[protocol, local] = pid
            else:
                self.refused.add(pid)

    def judge(self, packet: Seen) -> tuple[str, str]:
        """What kind of packet, and how what was said of it is: exact, listener, none, wrong."""
        key = packet.protocol, packet.local, packet.remote
        if packet.remote == CLOSED and packet.protocol == TCP:
            kind, right = "refused", self.refused
        elif packet.protocol == UDP and (UDP, packet.local) in self.servers:
            kind, right = "udp server", {self.servers[UDP, packet.local]}
        elif key in self.takers:
            kind, right = "passed", self.takers[key]
            if not (packet.child and packet.outgoing):
                right = right | self.users[key]
        elif key in self.users:
            kind, right = "client", self.users[key]
            if (packet.protocol, packet.local) in self.servers:
                kind = "tcp server"
        else:
            return "no truth", "no truth"
        if packet.process is None:
            return kind, "none"
        if packet.process.pid in right:
            return kind, "exact"
        of_listener = packet.process.source == LISTENER and packet.process.pid == \
            self.servers.get((packet.protocol, packet.local))
        return kind, "listener" if of_listener else "wrong"

    def score(self, packets: list[Seen]) -> dict[str, Counter[str]]:
        """The counts by kind; "all" is their sum."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for packet in packets:
            kind, how = self.judge(packet)
            found[kind][how] += 1
            found["all"][how] += 1
        return found
