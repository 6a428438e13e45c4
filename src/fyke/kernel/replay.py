"""kernel model: a trace played through it with the times at which its packets arrived.

Packets that were cut when they were captured are filled up with zeros to the length that they
had on the wire, because that is what buffers hold. What a file says about directions is used;
else every packet comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fyke.bpf.program import Program
from fyke.errors import SavefileError, UsageError
from fyke.kernel.buffers import SkBuff, kfree_skb
from fyke.kernel.devices import (
    ARPHRD_NONE,
    ETH_P_802_2,
    ETH_P_ARP,
    ETH_P_IP,
    ETH_P_IPV6,
    Device,
    Journal,
    Net,
    PacketType,
    Receive,
    dev_add_pack,
)
from fyke.kernel.packet_socket import SOCK_DGRAM, SOCK_RAW, PacketSocket
from fyke.kernel.path import dev_queue_xmit, receive
from fyke.kernel.readers import Rate, Reader
from fyke.kernel.rings import BlockRing
from fyke.source import Source
from fyke.wire import Record

LINKTYPE_ETHERNET = 1
LARGEST = 1 << 18  # octets: a packet said to be longer on the wire is not filled up further
POINTS = 2048  # of a curve, at most

#: The protocols that every kernel has, and the function that receives each.
PROTOCOLS = ((ETH_P_IP, "ip_rcv"), (ETH_P_802_2, "llc_rcv"), (ETH_P_ARP, "arp_rcv"),
             (ETH_P_IPV6, "ipv6_rcv"))


@dataclass(frozen=True, slots=True)
class Plan:
    """One tap as it is planned. Sizes in octets, ``timeout`` in milliseconds."""

    program: Callable[[int], Program | None]  #: the filter for a link type
    name: str = "tap"
    expression: str = ""
    ring: int | None = 8 << 20  #: None: a queue
    block: int = 1 << 18
    timeout: int = 20
    queue: int = 212992  #: SO_RCVBUF as the kernel counts it (twice what is set)
    drain: Rate = field(default_factory=Rate)
    dgram: bool = False

    @property
    def title(self) -> str:
        return f"{self.name}: {self.expression}" if self.expression else self.name

    @property
    def capacity(self) -> int:
        return self.queue if self.ring is None else self.blocks * self.block

    @property
    def blocks(self) -> int:
        return max(2, (self.ring or 0) // self.block)


class Curve:
    """The highest value in each of at most POINTS stretches of time."""

    def __init__(self) -> None:
        self.start = -1  #: nanoseconds
        self.width = 1000
        self.values: list[int] = []

    def add(self, time: int, value: int) -> None:
        self.reach(time)
        at = (time - self.start) // self.width
        if at >= len(self.values):
            self.values += [0] * (at + 1 - len(self.values))
        self.values[at] = max(self.values[at], value)

    def reach(self, time: int) -> None:
        """Make the stretches so long that ``time`` is in one of them."""
        if self.start < 0:
            self.start = time
        while (time - self.start) // self.width >= POINTS:
            self.values = [max(self.values[at:at + 2]) for at in range(0, len(self.values), 2)]
            self.width *= 2

    def gap(self, time: int) -> Iterator[int]:
        """The beginnings of the stretches between the last value and ``time``."""
        self.reach(time)
        for at in range(len(self.values), (time - self.start) // self.width):
            yield self.start + at * self.width


@dataclass(slots=True)
class Outcome:
    """What became of the trace at one tap."""

    plan: Plan
    tap: PacketSocket
    reader: Reader
    fullest: int = 0  #: octets
    fullest_at: int = 0  #: nanoseconds since the epoch
    needed: int = 0  #: of a queue: the octets at which nothing would be lost
    first_loss: int = 0  #: number of the first packet that was lost; 0: none was
    done_at: int = 0  #: when the reader had read everything
    filling: Curve = field(default_factory=Curve)
    losses: Curve = field(default_factory=Curve)

    @property
    def seen(self) -> int:
        return self.tap.refused + self.tap.tp_packets + self.tap.tp_drops

    @property
    def lost(self) -> int:
        return self.tap.tp_drops

    @property
    def filled(self) -> int:
        """Octets of the buffer that are not free."""
        return self.tap.rmem_alloc if self.tap.ring is None else self.tap.ring.filled

    def until(self, now: int) -> None:
        """Let the reader work until the next packet arrives at ``now``."""
        for moment in self.filling.gap(now):
            self.reader.advance(moment)
            self.filling.add(moment, self.filled)
        self.reader.advance(now)

    def after(self, number: int, now: int, lost_before: int, held_before: int) -> None:
        """Note how things stand after packet ``number``."""
        ring, filled = self.tap.ring, self.filled
        if filled > self.fullest:
            self.fullest, self.fullest_at = filled, now
        if ring is None and filled > held_before:
            self.needed = max(self.needed, held_before + 1)
        self.filling.add(now, filled)
        if self.lost > lost_before:
            self.losses.add(now, 1)
            self.first_loss = self.first_loss or number


@dataclass(slots=True)
class Told:
    """A whole replay."""

    outcomes: list[Outcome]
    packets: int = 0
    octets: int = 0  #: on the wire
    first: int = 0  #: nanoseconds since the epoch
    last: int = 0
    disordered: int = 0  #: packets earlier than the one before; they count as arriving with it
    cut: int = 0  #: packets that the trace has not whole
    stamped: bool = False  #: whether any packet has a time
    damage: str | None = None  #: why the trace ended early


def printable(text: str) -> str:
    """A name that a file gave, harmless to a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text[:64])


class Replay:
    """A namespace with the planned taps, into which the trace ``source`` is played."""

    def __init__(self, plans: list[Plan], source: Source) -> None:
        self.net = Net()
        self.source = source
        self.link_type = link_type = source.link_type
        self.devices: dict[int, Device] = {}
        self.outcomes: list[Outcome] = []
        for protocol, name in PROTOCOLS:
            dev_add_pack(self.net, PacketType(protocol, None, self.protocol(name), name=name))
        for plan in plans:
            ring = None if plan.ring is None else BlockRing(plan.block, plan.blocks, plan.timeout)
            tap = PacketSocket(self.net, plan.name, kind=SOCK_DGRAM if plan.dgram else SOCK_RAW,
                               program=plan.program(link_type), rcvbuf=plan.queue, ring=ring)
            tap.bind(None)
            self.outcomes.append(Outcome(plan, tap, Reader(tap, plan.drain)))
        self.told = Told(self.outcomes)

    def protocol(self, name: str) -> Receive:
        """The receiving function of a protocol, where the model ends."""
        def func(skb: SkBuff, dev: Device, pt: PacketType, orig_dev: Device) -> None:
            self.net.tell(name, "the protocol has it; the model ends here")
            kfree_skb(skb)
        return func

    def device(self, number: int) -> Device:
        """The device that stands for interface ``number`` of the trace."""
        if number not in self.devices:
            known = getattr(self.source, "interfaces", ())
            name = known[number].name if number < len(known) else ""
            device = Device(printable(name) or f"if{number}", number + 1)
            if self.link_type != LINKTYPE_ETHERNET:
                device.header, device.type = False, ARPHRD_NONE
            self.devices[number] = self.net.add(device)
        return self.devices[number]

    def run(self) -> Told:
        """Play the whole trace, and let the readers finish. Damage ends it early."""
        packet = Record()
        try:
            while self.source.next(packet):
                self.packet(packet)
        except SavefileError as error:
            self.told.damage = str(error)
        for outcome in self.outcomes:
            outcome.done_at = outcome.reader.drain(self.net.now)
        return self.told

    def packet(self, packet: Record, journal: Journal | None = None) -> None:
        """Let time pass until the packet arrives, and let it in."""
        told = self.told
        if packet.link_type != self.link_type:
            raise UsageError("the model takes traces of one link type; this one has several")
        told.packets += 1
        told.octets += packet.wirelen
        told.stamped = told.stamped or packet.time != 0
        if told.packets == 1:
            told.first = self.net.now = packet.time
            for outcome in self.outcomes:
                if outcome.tap.ring is not None:
                    outcome.tap.ring.start(packet.time)
        told.disordered += packet.time < self.net.now
        told.last = self.net.now = max(self.net.now, packet.time)
        told.cut += packet.caplen < packet.wirelen
        before = []
        for outcome in self.outcomes:
            outcome.until(self.net.now)
            before.append((outcome.lost, outcome.tap.rmem_alloc))
        self.net.journal = journal
        self.enter(packet)
        self.net.journal = None
        for outcome, (lost, held) in zip(self.outcomes, before, strict=True):
            outcome.after(told.packets, self.net.now, lost, held)

    def enter(self, packet: Record) -> None:
        """The packet comes in by its device, or leaves by it if the trace says so."""
        frame = packet.raw(0, packet.caplen).ljust(min(packet.wirelen, LARGEST), b"\0")
        device = self.device(packet.interface)
        if device.header and getattr(packet.meta, "direction", "") == "out":
            dev_queue_xmit(self.net, device, frame, number=self.told.packets)
        else:
            receive(self.net, device, frame, self.told.packets)
