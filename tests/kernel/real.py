"""The same taps on the real kernel and in the model, and what both give."""

from __future__ import annotations

import ctypes
import mmap
import os
import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

from network import ip, quiet, run

from fyke.bpf.program import Program
from fyke.kernel.buffers import SK_BUFF
from fyke.kernel.devices import Device, Net, loopback
from fyke.kernel.packet_socket import Got, PacketSocket
from fyke.kernel.path import dev_queue_xmit, receive
from fyke.kernel.rings import BlockRing
from fyke.live import constants as c
from fyke.live import kernel_filter
from fyke.live.binding import SOCKADDR_LL, bind_packet
from fyke.live.namespaces import open_socket

A, B = bytes.fromhex("02000000000a"), bytes.fromhex("02000000000b")
MTU = 9000
FOREVER = 60_000  # milliseconds: a ring's timer that does not fire in a test

Seen = tuple[bytes, int, int, int, int, tuple[int, int] | None]


@dataclass(frozen=True)
class TapSpec:
    """One tap, as both are told to open it."""

    device: str = "lo"  #: or "any"
    protocol: int = 3
    dgram: bool = False
    program: Program | None = None
    rcvbuf: int = 0  #: 0: the default
    ring: tuple[int, int] | None = None  #: size and number of the blocks
    ignore_outgoing: bool = False
    timeout: int = FOREVER


def seen(got: Got) -> Seen:
    return got.octets, got.wirelen, got.protocol, got.pkt_type, got.ifindex, got.tagged


class Model:
    """The model with the devices of the namespace that ``Real`` makes."""

    def __init__(self, indexes: dict[str, int], small_head: int) -> None:
        self.net = Net(small_head=small_head)
        self.peers = {"a": "b", "b": "a"}
        for name, address in (("a", A), ("b", B)):
            self.net.add(Device(name, indexes[name], address))
        self.net.add(loopback(indexes["lo"]))
        self.taps: list[PacketSocket] = []
        self.sender = PacketSocket(self.net)
        self.witnesses = [PacketSocket(self.net, ignore_outgoing=True) for _ in range(3)]
        for witness, device in zip(self.witnesses, self.net.devices.values(), strict=True):
            witness.bind(device)  # it counts who is the last to be given a buffer

    def open(self, spec: TapSpec, rcvbuf: int) -> None:
        ring = BlockRing(*spec.ring, spec.timeout) if spec.ring else None
        tap = PacketSocket(self.net, kind=2 if spec.dgram else 3, program=spec.program,
                           rcvbuf=rcvbuf, ring=ring, ignore_outgoing=spec.ignore_outgoing)
        tap.bind(None if spec.device == "any" else self.net.devices[spec.device], spec.protocol)
        self.taps.append(tap)

    def send(self, device: str, frame: bytes, by: int | None) -> None:
        sender = self.sender if by is None else self.taps[by]
        wire = dev_queue_xmit(self.net, self.net.devices[device], frame, sender)
        if wire is not None:
            receive(self.net, self.net.devices[self.peers[device]], wire, sk=sender)
        for witness in self.witnesses:
            witness.read()

    def read(self, number: int) -> list[Seen] | None:
        """One packet of a queue, or one block of a ring (which may be empty); None: nothing."""
        tap = self.taps[number]
        if tap.ring is None:
            got = tap.read()
            return [seen(got)] if got else None
        block = tap.ring.ready
        if block is None:
            return None
        packets = [seen(got) for got in block.packets]
        tap.ring.give_back()
        return packets

    def rest(self, number: int) -> list[Seen]:
        out: list[Seen] = []
        while (more := self.read(number)) is not None:
            out += more
        ring = self.taps[number].ring
        if ring is not None and not ring.blocks[ring.active].user and not ring.frozen:
            out += [seen(got) for got in ring.blocks[ring.active].packets]
        return out

    def state(self, number: int) -> tuple[tuple[int, ...], int]:
        tap = self.taps[number]
        return tap.statistics(), tap.rmem_alloc


class RealTap:
    """A packet socket of the kernel."""

    def __init__(self, namespace: str, spec: TapSpec, index: int) -> None:
        kind = socket.SOCK_DGRAM if spec.dgram else socket.SOCK_RAW
        self.spec = spec
        self.socket = open_socket(namespace, socket.AF_PACKET, kind, 0)
        self.map: mmap.mmap | None = None
        self.block = 0
        if spec.program is not None:
            assert kernel_filter.attach(self.socket, spec.program.instructions) is None
        if spec.rcvbuf:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, spec.rcvbuf)
        self.socket.setsockopt(c.SOL_PACKET, c.PACKET_AUXDATA, 1)
        if spec.ignore_outgoing:
            self.socket.setsockopt(c.SOL_PACKET, c.PACKET_IGNORE_OUTGOING, 1)
        if spec.ring:
            size, count = spec.ring
            self.socket.setsockopt(c.SOL_PACKET, c.PACKET_VERSION, c.TPACKET_V3)
            self.socket.setsockopt(c.SOL_PACKET, c.PACKET_RX_RING, c.TPACKET_REQ3.pack(
                size, count, 1024, size * count // 1024, spec.timeout, 0, 0))
            self.map = mmap.mmap(self.socket.fileno(), size * count)
        bind_packet(self.socket, index, spec.protocol)

    @property
    def rcvbuf(self) -> int:
        return self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def read(self) -> list[Seen] | None:
        return self.read_queue() if self.map is None else self.read_block()

    def read_queue(self) -> list[Seen] | None:
        try:
            data, ancillary, _, address = self.socket.recvmsg(
                1 << 17, 256, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        name, protocol, pkt_type, _, _ = address
        status, wirelen, snaplen, _, _, tci, tpid = c.TPACKET_AUXDATA.unpack(
            next(value for level, kind, value in ancillary
                 if (level, kind) == (c.SOL_PACKET, c.PACKET_AUXDATA)))
        assert snaplen == len(data)
        return [(data, wirelen, protocol, pkt_type, self.indexes[name],
                 (tpid, tci) if status & c.TP_STATUS_VLAN_VALID else None)]

    indexes: dict[str, int]

    def read_block(self, whole: bool = True) -> list[Seen] | None:
        """The packets of the next block; only one that was handed over, if ``whole``."""
        assert self.map is not None and self.spec.ring is not None
        size, count = self.spec.ring
        start = self.block * size
        status, packets, at = struct.unpack_from("@3I", self.map, start + 8)
        if bool(status & c.TP_STATUS_USER) != whole:
            return None
        out = [self.frame(start + at)] if packets else []
        for _ in range(packets - 1):
            at += struct.unpack_from("@I", self.map, start + at)[0]
            out.append(self.frame(start + at))
        if whole:
            struct.pack_into("@I", self.map, start + 8, 0)
            self.block = (self.block + 1) % count
        return out

    def frame(self, at: int) -> Seen:
        assert self.map is not None
        caplen, wirelen, status = struct.unpack_from("@3I", self.map, at + 12)
        mac = struct.unpack_from("@H", self.map, at + 24)[0]
        tci, tpid = struct.unpack_from("@IH", self.map, at + 32)
        protocol, index = struct.unpack_from("@2xHi", self.map, at + 48)
        return (bytes(self.map[at + mac:at + mac + caplen]), wirelen, socket.ntohs(protocol),
                self.map[at + 58], index,
                (tpid, tci) if status & c.TP_STATUS_VLAN_VALID else None)

    def rest(self, frozen: bool) -> list[Seen]:
        out: list[Seen] = []
        while (more := self.read()) is not None:
            out += more
        if self.map is not None and not frozen:
            out += self.read_block(whole=False) or []
        return out

    def state(self) -> tuple[tuple[int, ...], int]:
        size = c.TPACKET_STATS_V3.size if self.map else 8
        told = self.socket.getsockopt(c.SOL_PACKET, c.PACKET_STATISTICS, size).ljust(12, b"\0")
        memory = self.socket.getsockopt(socket.SOL_SOCKET, c.SO_MEMINFO, 36)
        return c.TPACKET_STATS_V3.unpack(told), struct.unpack_from("@I", memory)[0]

    def close(self) -> None:
        if self.map is not None:
            self.map.close()
        self.socket.close()


class Real:
    """A namespace with lo and a veth pair a, b; taps that are opened and closed in it.

    The thread keeps to one processor: so the packets it sends are received there, and when the
    witness (the last tap of each device to be served) has one, everybody has it.
    """

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        ip("-n", namespace, "link", "add", "name", "a", "address", A.hex(":"), "mtu", str(MTU),
           "type", "veth", "peer", "name", "b", "address", B.hex(":"), "mtu", str(MTU))
        for name in ("a", "b"):
            quiet(namespace, name)
            ip("-n", namespace, "link", "set", "dev", name, "up")
        lines = ip("-n", namespace, "-o", "link").splitlines()
        self.indexes = {line.split(":")[1].strip().split("@")[0]: int(line.split(":")[0])
                        for line in lines}
        run("nsenter", "-t", namespace, "-n", "sysctl", "-qw", "net.ipv6.conf.lo.disable_ipv6=1")
        self.processors = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(self.processors)})
        self.senders: dict[str, socket.socket] = {}
        self.witnesses: dict[str, socket.socket] = {}
        for name in ("a", "b", "lo"):
            self.senders[name] = self.bound(name, 0)
            self.witnesses[name] = self.bound(name, c.ETH_P_ALL)
            self.witnesses[name].setsockopt(c.SOL_PACKET, c.PACKET_IGNORE_OUTGOING, 1)
        RealTap.indexes = self.indexes
        self.taps: list[RealTap] = []
        self.small_head = self.measured_small_head()

    def bound(self, name: str, protocol: int) -> socket.socket:
        made = open_socket(self.namespace, socket.AF_PACKET, socket.SOCK_RAW, 0)
        bind_packet(made, self.indexes[name], protocol)
        return made

    def measured_small_head(self) -> int:
        """What this kernel charges for a small packet (SMALL_HEAD differs between builds)."""
        tap = self.open(TapSpec())
        self.send("lo", bytes(60), None)
        charged = tap.state()[1]
        self.close_taps()
        return charged // 2 - SK_BUFF  # it went out and came in: queued twice

    def open(self, spec: TapSpec) -> RealTap:
        tap = RealTap(self.namespace, spec, self.indexes.get(spec.device, 0))
        self.taps.append(tap)
        return tap

    def send(self, device: str, frame: bytes, by: int | None) -> None:
        out = self.senders[device] if by is None else self.taps[by].socket
        index = self.indexes[device]
        send_to(out, index, frame)
        witness = self.witnesses[{"a": "b", "b": "a", "lo": "lo"}[device]]
        if wellformed(frame):
            poller = select.poll()
            poller.register(witness, select.POLLIN)
            assert poller.poll(5000), "the packet did not arrive"
            witness.recv(1 << 17)
        else:
            time.sleep(0.002)

    def close_taps(self) -> None:
        for tap in self.taps:
            tap.close()
        self.taps.clear()

    def close(self) -> None:
        os.sched_setaffinity(0, self.processors)
        self.close_taps()
        for each in (*self.senders.values(), *self.witnesses.values()):
            each.close()


def wellformed(frame: bytes) -> bool:
    """Whether the receiver hands it to taps: a VLAN tag that is cut short drops it."""
    return len(frame) >= 20 or frame[12:14] not in (b"\x81\0", b"\x88\xa8")


def send_to(out: socket.socket, index: int, frame: bytes) -> None:
    """sendto(2) by interface index, with protocol 0: the kernel reads it from the frame."""
    libc = ctypes.CDLL(None, use_errno=True)
    address: Any = SOCKADDR_LL.pack(socket.AF_PACKET, 0, index, 0, 0, 6, frame[:6] + bytes(2))
    if libc.sendto(out.fileno(), frame, len(frame), 0, address, len(address)) != len(frame):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
