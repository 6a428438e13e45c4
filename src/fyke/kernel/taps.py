"""kernel: every packet socket of a network namespace, as the kernel tells it.

Sources: PACKET_DIAG over NETLINK_SOCK_DIAG (include/uapi/linux/packet_diag.h,
net/packet/diag.c), /proc/net/packet where that is missing, /proc/net/ptype (handlers.py). How
many packets a tap has seen is told only to its own process (and asking resets it), so it is not
here.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field, replace
from pathlib import Path

from fyke import netlink
from fyke.bpf.instructions import Instruction
from fyke.errors import CaptureError
from fyke.kernel.handlers import ETH_P_ALL, Handler, parse
from fyke.kernel.owners import Owner, owners

SOCK_DIAG_BY_FAMILY = 20  # include/uapi/linux/sock_diag.h
RTM_GETLINK = 18  # include/uapi/linux/rtnetlink.h
IFINFOMSG = struct.Struct("@BxHiII")
IFLA_IFNAME = 3

# include/uapi/linux/packet_diag.h
REQUEST = struct.Struct("@BBHII8s")  # family, protocol, pad, inode, what to show, cookie
MESSAGE = struct.Struct("@BBHI8s")  # family, type, protocol, inode, cookie
SHOW_ALL = 0x3F
(DIAG_INFO, DIAG_MCLIST, DIAG_RX_RING, DIAG_TX_RING, DIAG_FANOUT, DIAG_UID, DIAG_MEMINFO,
 DIAG_FILTER) = range(8)
INFO = struct.Struct("@6I")  # index, version, reserve, copy threshold, time stamp, flags
UID = struct.Struct("@I")
RING = struct.Struct("@7I")
MEMBERSHIP = struct.Struct("@IIHH32s")
MEMINFO = struct.Struct("@9I")  # SK_MEMINFO_*: include/uapi/linux/sock_diag.h
SOCK_FILTER = struct.Struct("@HBBI")
RUNNING, AUXDATA, ORIGDEV, VNETHDR, LOSS = 0x1, 0x2, 0x4, 0x8, 0x10

# include/uapi/linux/if_packet.h
MEMBERSHIPS = {0: "multicast", 1: "promiscuous", 2: "all multicast", 3: "unicast"}
FANOUT_MODES = ("hash", "load balance", "cpu", "rollover", "random", "queue", "classic BPF", "eBPF")
FANOUT_FLAGS = ((0x10, "rollover"), (0x20, "unique id"), (0x40, "ignore outgoing"),
                (0x80, "defragment"))

SOCKET_TYPES = {2: "dgram", 3: "raw", 10: "packet"}


@dataclass(frozen=True, slots=True)
class RingShape:
    """A mapped ring: ``version`` is that of TPACKET; sizes in octets, the time in milliseconds."""

    version: int
    block_size: int
    blocks: int
    frame_size: int
    frames: int
    retire_after: int  #: a block that is not full is handed over after this; 0 for versions 1, 2

    @property
    def octets(self) -> int:
        return self.block_size * self.blocks


@dataclass(frozen=True, slots=True)
class Fanout:
    """A group of sockets that share the packets (PACKET_FANOUT)."""

    group: int
    mode: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """What a socket asked of an interface: "promiscuous", or an address besides."""

    interface: str
    kind: str
    address: bytes = b""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Listener:
    """One packet socket. None stands for what the kernel did not tell."""

    inode: int
    interface: str | None  #: None: all of them
    index: int  #: of the interface; 0: all
    protocol: int  #: Ethernet type; ETH_P_ALL (3) for every packet; 0: gets none
    kind: str  #: "raw", "dgram" or "packet"
    running: bool  #: whether it is registered, so that packets reach it
    user: int | None = None  #: who made it
    options: tuple[str, ...] = ()
    receive_ring: RingShape | None = None
    send_ring: RingShape | None = None
    fanout: Fanout | None = None
    memberships: tuple[Membership, ...] = ()
    queue_limit: int | None = None  #: octets that may wait in its receive queue (SO_RCVBUF)
    queued: int | None = None  #: octets that wait there now
    dropped: int | None = None  #: packets dropped at the full queue (of a ring: never told)
    filter_memory: int | None = None  #: octets charged for its filter
    filter: tuple[Instruction, ...] | None = None  #: classic BPF; None if it has none …
    filter_hidden: bool = False  #: … or the kernel keeps it from us (needs CAP_NET_ADMIN) …
    filter_extended: bool = False  #: … or it is eBPF, which is not told
    owners: tuple[Owner, ...] = ()

    @property
    def filtered(self) -> bool | None:
        """Whether a filter can refuse packets; None: hidden."""
        if self.filter_hidden:
            return None
        if self.filter is not None:
            return any(ins.code & 7 != 6 for ins in self.filter) or not self.filter[0].k
        return self.filter_extended

    @property
    def memory(self) -> int:
        """Octets of kernel memory that it holds now: rings, queue, filter."""
        rings = sum(ring.octets for ring in (self.receive_ring, self.send_ring) if ring)
        return rings + (self.queued or 0) + (self.filter_memory or 0)


@dataclass(frozen=True, slots=True)
class Listing:
    """What listens in one network namespace."""

    taps: tuple[Listener, ...]
    handlers: tuple[Handler, ...]  #: also those of the taps
    hardware: dict[int, int] = field(default_factory=dict)  #: interface index → ARPHRD_ type
    hidden: tuple[str, ...] = ()  #: what could not be seen, and why

    @property
    def others(self) -> tuple[Handler, ...]:
        """The handlers that belong to no socket."""
        return tuple(handler for handler in self.handlers if not handler.of_socket)

    @property
    def listening(self) -> int:
        """How many take packets: running sockets, and others that are given every packet."""
        return (sum(tap.running for tap in self.taps)
                + sum(handler.protocol == ETH_P_ALL for handler in self.others))


def look() -> Listing:
    """What listens in the network namespace of the calling thread. Raises CaptureError."""
    hidden: list[str] = []
    links = interfaces()
    names = {index: name for index, (name, _) in links.items()}
    try:
        taps = [listener(answer, names) for answer in ask(socket.AF_PACKET)]
    except CaptureError as error:
        hidden.append(f"only what /proc/net/packet shows (no PACKET_DIAG: {error})")
        taps = from_proc(read_net("packet"), names)
    if any(tap.filter_hidden for tap in taps):
        hidden.append("filters (CAP_NET_ADMIN is missing; run with sudo)")
    held = owners({tap.inode for tap in taps})
    taps = [replace(tap, owners=held.by_inode.get(tap.inode, ())) for tap in taps]
    if held.hidden and not all(tap.owners for tap in taps):
        hidden.append(f"the owners of some taps ({held.hidden} processes of other users cannot be "
                      "looked into; run with sudo)")
    return Listing(tuple(taps), tuple(parse(read_net("ptype"))),
                   {index: hardware for index, (_, hardware) in links.items()}, tuple(hidden))


def ask(family: int) -> list[bytes]:
    """The answers to one dump request for the sockets of a family. Raises CaptureError."""
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC,
                           netlink.NETLINK_SOCK_DIAG) as diag:
            return netlink.dump(diag, SOCK_DIAG_BY_FAMILY,
                                REQUEST.pack(family, 0, 0, 0, SHOW_ALL, bytes(8)))
    except OSError as error:
        raise CaptureError(f"{error.strerror}") from None


def interfaces() -> dict[int, tuple[str, int]]:
    """Index → name and ARPHRD_ type of each interface of this namespace."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC,
                       netlink.NETLINK_ROUTE) as route:
        found = {}
        for answer in netlink.dump(route, RTM_GETLINK, IFINFOMSG.pack(0, 0, 0, 0, 0)):
            _, hardware, index, _, _ = IFINFOMSG.unpack_from(answer)
            name = netlink.attributes(answer, IFINFOMSG.size).get(IFLA_IFNAME, b"")
            found[index] = name.rstrip(b"\0").decode("utf-8", "replace"), hardware
        return found


def read_net(name: str) -> list[str]:
    """The lines of a file in /proc/net as this thread's namespace has it."""
    return Path("/proc/thread-self/net", name).read_text("utf-8", "replace").splitlines()


def listener(answer: bytes, names: dict[int, str]) -> Listener:
    """The socket that one answer (struct packet_diag_msg and attributes) tells of."""
    _, kind, protocol, inode, _ = MESSAGE.unpack_from(answer)
    told = netlink.attributes(answer, MESSAGE.size)
    index, version, _, _, _, flags = unpack(INFO, told.get(DIAG_INFO)) or (0, 0, 0, 0, 0, 0)
    memory = unpack(MEMINFO, told.get(DIAG_MEMINFO))
    user = unpack(UID, told.get(DIAG_UID))
    code = told.get(DIAG_FILTER)
    return Listener(
        inode, interface_name(index, names), index, protocol, SOCKET_TYPES.get(kind, str(kind)),
        bool(flags & RUNNING), user[0] if user else None,
        options=tuple(word for bit, word in (
            (AUXDATA, "auxdata"), (ORIGDEV, "origdev"), (VNETHDR, "vnet header"),
            (LOSS, "loss")) if flags & bit),
        receive_ring=ring(version, told.get(DIAG_RX_RING)),
        send_ring=ring(version, told.get(DIAG_TX_RING)),
        fanout=fanout(told.get(DIAG_FANOUT)),
        memberships=memberships(told.get(DIAG_MCLIST, b""), names),
        queue_limit=memory[1] if memory else None,
        queued=memory[0] if memory else None,
        dropped=memory[8] if memory and DIAG_RX_RING not in told else None,
        filter_memory=memory[6] if memory else None,
        filter=instructions(code) if code else None,
        filter_hidden=code == b"",
        filter_extended=code is None and bool(memory and memory[6]))


def interface_name(index: int, names: dict[int, str]) -> str | None:
    """The name; "#7" for an interface that is gone."""
    return names.get(index, f"#{index}") if index else None


def unpack(shape: struct.Struct, data: bytes | None) -> tuple[int, ...] | None:
    """The numbers in an attribute; None where it is missing. A newer kernel may tell more."""
    return shape.unpack_from(data) if data is not None and len(data) >= shape.size else None


def ring(version: int, data: bytes | None) -> RingShape | None:
    shape = unpack(RING, data)
    if shape is None:
        return None
    block_size, blocks, frame_size, frames, retire_after, _, _ = shape
    return RingShape(version + 1, block_size, blocks, frame_size, frames, retire_after)


def fanout(data: bytes | None) -> Fanout | None:
    if data is None or len(data) < 4:
        return None
    value = int(struct.unpack_from("@I", data)[0])
    mode, flags = value >> 16 & 0xFF, value >> 24
    return Fanout(value & 0xFFFF, FANOUT_MODES[mode] if mode < len(FANOUT_MODES) else str(mode),
                  tuple(word for bit, word in FANOUT_FLAGS if flags & bit))


def memberships(data: bytes, names: dict[int, str]) -> tuple[Membership, ...]:
    found = []
    for at in range(0, len(data) - MEMBERSHIP.size + 1, MEMBERSHIP.size):
        index, count, kind, length, address = MEMBERSHIP.unpack_from(data, at)
        found.append(Membership(
            interface_name(index, names) or "", MEMBERSHIPS.get(kind, str(kind)),
            address[:length] if kind in (0, 3) else b"", count))
    return tuple(found)


def instructions(data: bytes) -> tuple[Instruction, ...]:
    whole = len(data) - len(data) % SOCK_FILTER.size
    return tuple(Instruction(*ins) for ins in SOCK_FILTER.iter_unpack(data[:whole]))


def from_proc(lines: list[str], names: dict[int, str]) -> list[Listener]:
    """The sockets in the text of /proc/net/packet (net/packet/af_packet.c: packet_seq_show)."""
    found = []
    for line in lines[1:]:
        words = line.split()
        if len(words) < 9:
            continue
        index = int(words[4])
        found.append(Listener(int(words[8]), interface_name(index, names), index,
                              int(words[3], 16), SOCKET_TYPES.get(int(words[2]), words[2]),
                              words[5] == "1", int(words[7]), queued=int(words[6]),
                              filter_hidden=True))
    return found
