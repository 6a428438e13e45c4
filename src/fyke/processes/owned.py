# cython: boundscheck=True, wraparound=True
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
from fyke.source import Source
from fyke.wire import Record

PATIENCE = 50_000_000  # nanoseconds
MAX_UNOWNED = 1 << 16
ETHERNET = 1
SLL2 = 276
P_IPV4 = 0x0800
P_IPV6 = 0x86DD
TCP = 6
UDP = 17
SYN = 2
RST = 4
AGAIN = 1_000_000_000  # ns after which a pair of ends without an owner is worth waiting for again


class Owned(Source):
    """The packets of a tap; ``packet.meta`` is a Told.

    ``watch`` knows the owners (watch.Watch, proc.Asked), ``namespace`` is the inode of the tap's
    network namespace; ``stamped_here`` False: packets' times are not of this machine's clocks.
    Everything else is asked of the tap. What was answered for ordinary packets
    of TCP and UDP is kept by their addresses and ports as they stand in the packet.
    """

    def __init__(self, tap: Any, watch: Any, namespace: int, patience: int = PATIENCE,
                 stamped_here: bool = True) -> None:
        self.tap = tap
        self.packets = tap
        self.watch = watch
        self.ring = getattr(watch, "ring", None)
        self.registry: Any = getattr(watch, "registry", None)
        self.patience = patience
        self.stamped_here = stamped_here
        self.when = 0  # when the packet at hand was tapped
        self.link_type = tap.link_type
        self.snaplen = tap.snaplen
        self.frames = tap.frames
        self.ends = Ends(namespace.to_bytes(4, "little"))
        self.head = Record()
        self.holding = False
        self.outgoing = False
        self.told: dict[tuple[int, int, bool], Told] = {}
        self.names: dict[int, str] = {0: tap.name}
        self.unowned: dict[bytes, int] = {}
        self.recent: tuple[dict[bytes, Any], ...] = ({}, {}, {}, {})  # by protocol and direction
        self.table = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tap, name)

    def next(self, packet: Record) -> bool:
        if self.holding:
            if not self.judge(self.head, b""):
                return False
            packet.like(self.head)
            self.holding = False
            return True
        if not self.packets.next(packet):
            return False
        self.outgoing = self.frames.outgoing
        if self.ring is not None and self.ring.waiting():
            self.watch.drain()
        key = self.short_key(packet)
        if key:
            known = self.recent[self.table].get(key)
            if known is not None and self.still(known, packet):
                packet.meta = known[4]
                return True
        self.ends.read(packet, self.outgoing)
        self.when = packet.time if self.stamped_here else time.time_ns()
        if self.judge(packet, key):
            return True
        self.head.like(packet)
        self.holding = True
        return False

    def still(self, known: tuple[Any, ...], packet: Record) -> bool:
        """Whether what was kept (Registry.answer, and what it says) is true of this packet."""
        flow = known[0]
        return (flow.version == known[1] and known[3] == self.registry.version
                and known[5] == packet.interface
                and (not known[2] or known[2] not in self.registry.flows))

    def short_key(self, packet: Record) -> bytes:
        """Addresses and ports of an ordinary packet of TCP or UDP, and which table has it.

        b"" for fragments, for what has options or extensions, and for what begins or resets a
        connection: those are looked at more closely.
        """
        kind = packet.link_type
        if kind == ETHERNET:
            at = 12
        elif kind == SLL2:
            at = 0
        else:
            return b""
        if packet.caplen < at + 42:
            return b""
        protocol = packet.u16(at)
        at += 2 if kind == ETHERNET else 20
        if protocol == P_IPV4 and packet.u8(at) == 0x45 and packet.u16(at + 6) & 0x3FFF == 0:
            protocol = packet.u8(at + 9)
            key = packet.raw(at + 12, 8)
            ports = at + 20
        elif protocol == P_IPV6 and packet.has(at, 48):
            protocol = packet.u8(at + 6)
            key = packet.raw(at + 8, 32)
            ports = at + 40
        else:
            return b""
        if protocol == TCP:
            if not packet.has(ports, 14) or packet.u8(ports + 13) & (SYN | RST):
                return b""
            self.table = 2
        elif protocol == UDP and packet.has(ports, 4):
            self.table = 0
        else:
            return b""
        if self.outgoing:
            self.table += 1
        return key + packet.raw(ports, 4)

    def judge(self, packet: Record, key: bytes) -> bool:
        """Put its owner into ``packet.meta``; False if that is worth waiting for."""
        if self.watch.waiting():
            self.watch.drain()
        if not self.ends.key:
            self.tell(packet, None)
            return True
        process = self.find(False)
        if process is None:
            if self.worth_waiting():
                return False
            process = self.find(True)
            if process is None:
                self.put_down()
        self.tell(packet, process)
        if key and process is not None:
            self.keep(packet, key)
        return True

    def keep(self, packet: Record, key: bytes) -> None:
        """Keep the answer for the packets that follow, if it is theirs too."""
        answer = self.registry.answer if self.registry is not None else None
        if answer is not None:
            known = self.recent[self.table]
            if len(known) >= MAX_UNOWNED:
                known.clear()
            known[key] = (*answer, packet.meta, packet.interface)

    def find(self, final: bool) -> Process | None:
        ends = self.ends
        found: Process | None = self.watch.find(ends, self.when, self.outgoing, final)
        return found

    def worth_waiting(self) -> bool:
        """Whether the owner may still be told, and nobody waited in vain for these ends lately."""
        last = self.unowned.get(self.ends.key)
        if last is not None and self.when - last < AGAIN and not self.ends.opening:
            return False
        return not self.watch.closed and bool(self.watch.worth_waiting(
            self.ends, self.when, self.patience))

    def put_down(self) -> None:
        """These ends have no owner."""
        if len(self.unowned) >= MAX_UNOWNED:
            self.unowned.clear()
        last = self.unowned.get(self.ends.key)
        if last is None or self.when - last >= AGAIN:
            self.unowned[self.ends.key] = self.when

    def tell(self, packet: Record, process: Process | None) -> None:
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
        left = (self.when + self.patience - time.time_ns()) / 1e9
        self.watch.wait(max(0.0005, left if timeout is None else min(left, timeout)))
        return True

    def close(self) -> None:
        self.tap.close()


def wait_for(descriptor: int, timeout: float) -> None:
    """Wait for a descriptor to be readable, at most ``timeout`` seconds."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    poller.poll(timeout * 1000)
