"""Room processes/: a tap whose packets say whose they are.

A packet whose owner is not known yet waits, and those behind it, at most PATIENCE from when it was
tapped: its owner is told by what the owner does next. It waits in the tap's ring, without a copy.
"""

from __future__ import annotations

import select
import time

from fyke.hints import Any
from fyke.owner import Process
from fyke.processes.ends import Ends
from fyke.processes.told import Told
from fyke.stream import Source
from fyke.wire import Packet

PATIENCE = 50_000_000  # nanoseconds
MAX_UNOWNED = 1 << 16
AGAIN = 1_000_000_000  # ns after which a pair of ends without an owner is worth waiting for again


class Owned(Source):
    """The packets of a tap; ``packet.meta`` is a Told.

    ``watch`` knows the owners (watch.Watch, proc.Asked), ``namespace`` is the inode of the tap's
    network namespace. Everything else is asked of the tap.
    """

    def __init__(self, tap: Any, watch: Any, namespace: int, patience: int = PATIENCE) -> None:
        self.tap = tap
        self.watch = watch
        self.namespace = namespace.to_bytes(4, "little")
        self.patience = patience
        self.link_type = tap.link_type
        self.snaplen = tap.snaplen
        self.frames = tap.frames
        self.ends = Ends()
        self.head = Packet()
        self.holding = False
        self.told: dict[tuple[int, int, bool], Told] = {}
        self.names: dict[int, str] = {0: tap.name}
        self.unowned: dict[bytes, int] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tap, name)

    def next(self, packet: Packet) -> bool:
        if self.holding:
            if not self.judge(self.head):
                return False
            packet.like(self.head)
            self.holding = False
            return True
        if not self.tap.next(packet):
            return False
        self.ends.read(packet, self.frames.outgoing)
        self.outgoing = self.frames.outgoing
        if self.judge(packet):
            return True
        self.head.like(packet)
        self.holding = True
        return False

    def judge(self, packet: Packet) -> bool:
        """Put its owner into ``packet.meta``; False if that is worth waiting for."""
        if self.watch.waiting():
            self.watch.drain()
        ends = self.ends
        if not ends.key:
            self.tell(packet, None)
            return True
        process = self.find(packet, False)
        if process is None:
            if self.worth_waiting(packet):
                return False
            process = self.find(packet, True)
            if process is None:
                self.put_down(packet)
        self.tell(packet, process)
        return True

    def find(self, packet: Packet, final: bool) -> Process | None:
        ends = self.ends
        found: Process | None = self.watch.find(self.namespace, ends, packet.time,
                                                self.outgoing, final)
        return found

    def worth_waiting(self, packet: Packet) -> bool:
        """Whether the owner may still be told, and nobody waited in vain for these ends lately."""
        last = self.unowned.get(self.ends.key)
        if last is not None and packet.time - last < AGAIN and not self.ends.opening:
            return False
        return not self.watch.closed and bool(self.watch.worth_waiting(
            self.namespace, self.ends, packet.time, self.patience))

    def put_down(self, packet: Packet) -> None:
        """These ends have no owner."""
        if len(self.unowned) >= MAX_UNOWNED:
            self.unowned.clear()
        last = self.unowned.get(self.ends.key)
        if last is None or packet.time - last >= AGAIN:
            self.unowned[self.ends.key] = packet.time

    def tell(self, packet: Packet, process: Process | None) -> None:
        key = (id(process), packet.interface, self.outgoing)
        told = self.told.get(key)
        if told is None or told.process is not process:
            if len(self.told) >= MAX_UNOWNED:
                self.told.clear()
            told = self.told[key] = Told(process, self.outgoing, self.name_of(packet.interface))
        packet.meta = told

    def name_of(self, interface: int) -> str:
        """The interface's name; a tap on all of them gives packets its index."""
        if interface not in self.names:
            self.names[interface] = self.tap.interface_name(interface) or f"#{interface}"
        return self.names[interface]

    def wait(self, timeout: float | None = None) -> bool:
        if not self.holding:
            if self.watch.waiting():
                self.watch.drain()  # also while no packet comes
            return bool(self.tap.wait(timeout))
        left = (self.head.time + self.patience - time.time_ns()) / 1e9
        self.watch.wait(max(0.0005, left if timeout is None else min(left, timeout)))
        return True

    def close(self) -> None:
        self.tap.close()


def wait_for(descriptor: int, timeout: float) -> None:
    """Wait for a descriptor to be readable, at most ``timeout`` seconds."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    poller.poll(timeout * 1000)
