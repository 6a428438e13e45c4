"""kernel model: network devices, and the packet handlers registered on them.

A handler (``struct packet_type``) is a tap if it wants every packet (ETH_P_ALL), or belongs to a
protocol. Left out: queues, offloads, receive steering, XDP, traffic control, netfilter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from fyke.kernel.buffers import (
    PACKET_BROADCAST,
    PACKET_HOST,
    PACKET_MULTICAST,
    PACKET_OTHERHOST,
    SMALL_HEAD,
    SkBuff,
)

if TYPE_CHECKING:
    from fyke.kernel.packet_socket import PacketSocket

# include/uapi/linux/if_ether.h
ETH_HLEN = 14
ETH_P_802_3_MIN = 0x0600  # what is smaller is a length
ETH_P_802_3, ETH_P_ALL, ETH_P_802_2 = 0x0001, 0x0003, 0x0004
ETH_P_IP, ETH_P_ARP, ETH_P_IPV6 = 0x0800, 0x0806, 0x86DD
ETH_P_8021Q, ETH_P_8021AD = 0x8100, 0x88A8
ARPHRD_ETHER, ARPHRD_LOOPBACK, ARPHRD_NONE = 1, 772, 0xFFFE  # include/uapi/linux/if_arp.h


class Receive(Protocol):
    """A handler's function; it owns one use of the buffer."""

    def __call__(self, skb: SkBuff, dev: Device, pt: PacketType, orig_dev: Device) -> None: ...


@dataclass(eq=False, slots=True)
class PacketType:
    """``struct packet_type`` (include/linux/netdevice.h): who gets which packets."""

    type: int  #: Ethernet type, or ETH_P_ALL
    dev: Device | None  #: None: every device
    func: Receive
    sock: PacketSocket | None = None  #: whose packets it is not given back (af_packet_priv)
    ignore_outgoing: bool = False
    id_match: Callable[[PacketSocket], bool] | None = None  #: for a group of sockets (fanout)
    name: str = "handler"


@dataclass(eq=False, slots=True)
class Device:
    """``struct net_device``."""

    name: str
    index: int
    address: bytes = bytes(6)
    broadcast: bytes = b"\xff" * 6
    type: int = ARPHRD_ETHER
    header: bool = True  #: whether its frames have an Ethernet header
    loopback: bool = False
    vlan_gather: bool = True  #: can send tagged packets that lie in pieces (vlan_features)
    filters_addresses: bool = False  #: hardware that drops frames for others, if not promiscuous
    promiscuity: int = 0
    ptype_all: list[PacketType] = field(default_factory=list)
    ptype_specific: list[PacketType] = field(default_factory=list)


def loopback(index: int = 1) -> Device:
    """``lo``: its addresses are all zero, the one for broadcasts, too (loopback_setup)."""
    return Device("lo", index, broadcast=bytes(6), type=ARPHRD_LOOPBACK, loopback=True,
                  vlan_gather=False)


class Net:
    """A network namespace: devices and handlers; and a journal, if one is wanted."""

    def __init__(self, journal: Journal | None = None, small_head: int = SMALL_HEAD) -> None:
        self.devices: dict[str, Device] = {}
        self.ptype_all: list[PacketType] = []
        self.ptype_base: dict[int, list[PacketType]] = {}
        self.journal = journal
        self.small_head = small_head
        self.now = 0  #: nanoseconds
        self.clones = 0  #: buffers cloned so far
        self.copied = 0  #: octets copied so far

    def add(self, device: Device) -> Device:
        self.devices[device.name] = device
        return device

    def tell(self, function: str, what: str, *values: object) -> None:
        """One step of the packet's way, if somebody listens: only then it is put into words."""
        if self.journal is not None:
            self.journal.append((function, what.format(*values) if values else what))


#: The steps of packets: the kernel function, and what it did and why.
Journal = list[tuple[str, str]]


def ptype_head(net: Net, pt: PacketType) -> list[PacketType]:
    """The list that a handler belongs to. Models ptype_head (net/core/dev.c)."""
    if pt.type == ETH_P_ALL:
        return net.ptype_all if pt.dev is None else pt.dev.ptype_all
    if pt.dev is not None:
        return pt.dev.ptype_specific
    return net.ptype_base.setdefault(pt.type, [])


def dev_add_pack(net: Net, pt: PacketType) -> None:
    """Register a handler, in front of those that are there (net/core/dev.c)."""
    ptype_head(net, pt).insert(0, pt)


def dev_remove_pack(net: Net, pt: PacketType) -> None:
    """Take a handler out again (net/core/dev.c). Leaves out waiting for its last packet."""
    ptype_head(net, pt).remove(pt)


def dev_set_promiscuity(dev: Device, inc: int) -> None:
    """Count who wants the frames for others, too (net/core/dev.c)."""
    dev.promiscuity += inc


def eth_type_trans(skb: SkBuff, dev: Device) -> int:
    """Take the Ethernet header off and say what it means: the packet type, and the protocol.

    Models eth_type_trans (net/ethernet/eth.c); leaves out DSA switches.
    """
    skb.dev = dev
    skb.mac_header = skb.data
    to = skb.head.octets[skb.data:skb.data + 6]
    protocol = encapsulated(skb.head.octets, skb.data + 12)
    skb.data += ETH_HLEN
    skb.len -= ETH_HLEN
    if to == dev.address:
        skb.pkt_type = PACKET_HOST
    elif to == dev.broadcast:
        skb.pkt_type = PACKET_BROADCAST
    elif to[0] & 1:
        skb.pkt_type = PACKET_MULTICAST
    else:
        skb.pkt_type = PACKET_OTHERHOST
    return protocol


def encapsulated(octets: bytes, at: int) -> int:
    """The protocol that an Ethernet type field at ``at`` tells; it may be a length (IEEE 802.3).

    The end of eth_type_trans, and vlan_set_encap_proto (include/linux/if_vlan.h).
    """
    kind = int.from_bytes(octets[at:at + 2], "big")
    if kind >= ETH_P_802_3_MIN:
        return kind
    return ETH_P_802_3 if octets[at + 2:at + 4] == b"\xff\xff" else ETH_P_802_2  # Novell's raw
