"""Room processes/: the packet sockets of a network namespace, as PACKET_DIAG tells them.

include/uapi/linux/packet_diag.h, net/packet/diag.c. The netlink socket is given by the caller, who
decides which namespace it is in. Looking does not disturb: the counters of other processes'
sockets start at 0 when read, so they are left alone; drops are told by the socket's memory
information.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

from fyke import netlink
from fyke.bpf import instructions as bpf
from fyke.bpf.instructions import Instruction

SOCK_DIAG_BY_FAMILY = 20  # include/uapi/linux/sock_diag.h
SHOW_ALL = 0x3F  # PACKET_SHOW_*
REQUEST = struct.Struct("@BBHIIII")  # struct packet_diag_req
MESSAGE = struct.Struct("@BBHIII")  # struct packet_diag_msg
INFO, MEMBERS, RX_RING, TX_RING, FANOUT, UID, MEMINFO, FILTER = range(8)
INFO_FIELDS = struct.Struct("@6I")  # struct packet_diag_info
MEMBER = struct.Struct("@IIHH32s")  # struct packet_diag_mclist
RING = struct.Struct("@7I")  # struct packet_diag_ring
SOCK_FILTER = struct.Struct("@HBBI")  # struct sock_filter
RUNNING = 1  # PDI_RUNNING
SK_MEMINFO_RMEM_ALLOC, SK_MEMINFO_RCVBUF, SK_MEMINFO_OPTMEM, SK_MEMINFO_DROPS = 0, 1, 6, 8

KINDS = {socket.SOCK_RAW: "raw", socket.SOCK_DGRAM: "cooked", 10: "packet"}
FANOUT_MODES = ("hash", "lb", "cpu", "rollover", "rnd", "qm", "cbpf", "ebpf")  # PACKET_FANOUT_*
MEMBERSHIPS = ("multicast", "promiscuous", "allmulti", "unicast")  # PACKET_MR_*
HIDDEN: tuple[Instruction, ...] = ()  #: the filter of a socket, where it may not be seen


@dataclass(frozen=True, slots=True)
class Ring:
    """A mapped ring: octets a block, blocks, octets a frame, frames, milliseconds a block waits."""

    block_size: int
    blocks: int
    frame_size: int
    frames: int
    timeout: int

    @property
    def size(self) -> int:
        """Octets."""
        return self.block_size * self.blocks


@dataclass(frozen=True, slots=True)
class Membership:
    """What a tap asked an interface to receive; ``kind`` is one of MEMBERSHIPS."""

    interface: int
    kind: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Listener:
    """One packet socket. Interfaces are indices, 0 for all; numbers are octets where they can be.

    ``filter`` is None without a filter (or with an eBPF program, which the kernel does not tell),
    HIDDEN if it may not be seen.
    """

    inode: int
    kind: str  #: one of KINDS' values: raw (whole frames), cooked, packet (obsolete)
    protocol: int  #: ETH_P_*: 3 is all
    interface: int
    running: bool  #: whether packets are delivered
    version: int  #: TPACKET version - 1
    uid: int
    receive_ring: Ring | None
    send_ring: Ring | None
    fanout: tuple[int, str] | None  #: group and mode
    memberships: tuple[Membership, ...]
    queued: int  #: waiting in the receive queue
    queue_size: int  #: room of the receive queue
    option_memory: int  #: filters and the like
    dropped: int
    filter: tuple[Instruction, ...] | None

    @property
    def hidden(self) -> bool:
        """Whether its filter may not be seen."""
        return self.filter == HIDDEN

    @property
    def extended(self) -> bool:
        """Whether its filter is an eBPF program: the kernel charges for it and tells nothing."""
        return self.filter is None and self.option_memory > 0

    @property
    def listening(self) -> bool:
        """Whether it takes packets, or will when its interface is up: it has a protocol."""
        return self.running or self.protocol != 0

    @property
    def unfiltered(self) -> bool:
        """Whether every packet is taken: no filter, or one that only cuts."""
        if self.filter is None:
            return not self.extended
        return (len(self.filter) == 1 and self.filter[0].code == bpf.RET | bpf.K
                and self.filter[0].k > 0)

    @property
    def promiscuous(self) -> tuple[int, ...]:
        """The interfaces that it holds in promiscuous mode."""
        return tuple(wish.interface for wish in self.memberships if wish.kind == "promiscuous")

    @property
    def memory(self) -> int:
        """Octets of kernel memory held: rings, what is queued, filters."""
        rings = sum(ring.size for ring in (self.receive_ring, self.send_ring) if ring)
        return rings + self.queued + self.option_memory


def listeners(asked: socket.socket) -> list[Listener]:
    """Every packet socket in the namespace of ``asked``, a NETLINK_SOCK_DIAG socket.

    Raises CaptureError if the kernel refuses (CONFIG_PACKET_DIAG).
    """
    request = REQUEST.pack(socket.AF_PACKET, 0, 0, 0, SHOW_ALL, 0, 0)
    found = [listener(answer) for answer in netlink.dump(asked, SOCK_DIAG_BY_FAMILY, request)]
    return sorted(found, key=lambda one: (one.interface, one.inode))


def listed_in(text: str) -> list[Listener]:
    """The packet sockets that the text of /proc/net/packet names; filters are not told there.

    net/packet/af_packet.c: packet_seq_show: socket, references, type, protocol, interface,
    running, octets queued, user, inode.
    """
    found = []
    for line in text.splitlines()[1:]:
        words = line.split()
        try:
            kind, interface, running, queued, uid, inode = (
                int(words[at]) for at in (2, 4, 5, 6, 7, 8))
            protocol = int(words[3], 16)
        except (ValueError, IndexError):
            continue
        found.append(Listener(inode, KINDS.get(kind, str(kind)), protocol, interface,
                              bool(running), 0, uid, None, None, None, (), queued, 0, 0, 0,
                              HIDDEN))
    return found


def listener(answer: bytes) -> Listener:
    """The socket of one answer."""
    _, kind, protocol, inode, _, _ = MESSAGE.unpack_from(answer)
    parts = netlink.attributes(answer, MESSAGE.size)
    index, version, _, _, _, flags = INFO_FIELDS.unpack_from(
        parts.get(INFO, b"").ljust(INFO_FIELDS.size, b"\0"))
    meminfo = parts.get(MEMINFO, b"").ljust(36, b"\0")
    memory = struct.unpack_from(f"@{len(meminfo) // 4}I", meminfo)
    return Listener(
        inode, KINDS.get(kind, str(kind)), protocol, signed(index), bool(flags & RUNNING), version,
        number(parts.get(UID, b"")), ring(parts.get(RX_RING)), ring(parts.get(TX_RING)),
        fanout(parts.get(FANOUT)), tuple(memberships(parts.get(MEMBERS, b""))),
        memory[SK_MEMINFO_RMEM_ALLOC], memory[SK_MEMINFO_RCVBUF], memory[SK_MEMINFO_OPTMEM],
        memory[SK_MEMINFO_DROPS], program(parts.get(FILTER)))


def signed(index: int) -> int:
    """An interface's index; that of a removed one is told as -1."""
    return index - (1 << 32) if index >> 31 else index


def number(value: bytes) -> int:
    return int(struct.unpack_from("@I", value.ljust(4, b"\0"))[0])


def ring(value: bytes | None) -> Ring | None:
    if value is None or len(value) < RING.size:
        return None
    made = Ring(*RING.unpack_from(value)[:5])
    return made if made.blocks else None


def fanout(value: bytes | None) -> tuple[int, str] | None:
    """Group and mode: the low and the high half of one number."""
    if value is None:
        return None
    both = number(value)
    mode = both >> 16 & 0xFF
    return both & 0xFFFF, FANOUT_MODES[mode] if mode < len(FANOUT_MODES) else str(mode)


def memberships(value: bytes) -> list[Membership]:
    found = []
    for at in range(0, len(value) - MEMBER.size + 1, MEMBER.size):
        interface, count, kind, length, address = MEMBER.unpack_from(value, at)
        name = MEMBERSHIPS[kind] if kind < len(MEMBERSHIPS) else str(kind)
        shown = "" if kind in (1, 2) else address[:min(length, len(address))].hex(":")
        found.append(Membership(interface, name, count, shown))
    return found


def program(value: bytes | None) -> tuple[Instruction, ...] | None:
    """The filter: absent if there is none, empty if it is hidden (net/core/sock_diag.c)."""
    if value is None:
        return None
    whole = len(value) - len(value) % SOCK_FILTER.size
    return tuple(Instruction(*fields) for fields in SOCK_FILTER.iter_unpack(value[:whole]))
