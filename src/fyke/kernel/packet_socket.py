"""kernel model: the packet socket: filter, receive queue, and what a reader gets.

``packet_rcv`` is the handler of a socket without a ring: it queues the buffer itself, or a clone
of it; nothing is copied until somebody reads. Left out: the copy of large packets beside a
ring (PACKET_COPY_THRESH), virtio headers, SOCK_PACKET, the pressure mark of rollover groups.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fyke.bpf.ancillary import Ancillary
from fyke.kernel.buffers import (
    PACKET_LOOPBACK,
    PACKET_OUTGOING,
    PACKET_TYPES,
    SkBuff,
    kfree_skb,
    pskb_trim,
    skb_clone,
    skb_pull,
    skb_push,
    skb_shared,
)
from fyke.kernel.devices import (
    ETH_HLEN,
    ETH_P_8021AD,
    ETH_P_8021Q,
    ETH_P_ALL,
    Device,
    Net,
    PacketType,
    dev_add_pack,
    dev_remove_pack,
    dev_set_promiscuity,
)
from fyke.wire import Record

if TYPE_CHECKING:
    from fyke.bpf.program import Program
    from fyke.kernel.fanout import Fanout
    from fyke.kernel.rings import BlockRing

SOCK_DGRAM, SOCK_RAW = 2, 3
RMEM_DEFAULT = 212992  # net.core.rmem_default


@dataclass(slots=True)
class Got:
    """What a reader is given of one packet: octets, and recvmsg's address and auxiliary data."""

    octets: bytes
    wirelen: int
    protocol: int
    pkt_type: int
    ifindex: int
    vlan_tci: int
    vlan_proto: int  #: 0: no tag was moved to the metadata
    time: int
    number: int

    @property
    def tagged(self) -> tuple[int, int] | None:
        return (self.vlan_proto, self.vlan_tci) if self.vlan_proto else None


class PacketSocket:
    """``struct packet_sock``: one tap. ``bind`` opens it."""

    def __init__(self, net: Net, name: str = "tap", *, kind: int = SOCK_RAW,
                 program: Program | None = None, rcvbuf: int = RMEM_DEFAULT,
                 ring: BlockRing | None = None, ignore_outgoing: bool = False) -> None:
        self.net = net
        self.name = name
        self.kind = kind
        self.program = program
        self.rcvbuf = rcvbuf
        self.ring = ring
        self.fanout: Fanout | None = None
        self.queue: deque[tuple[SkBuff, Got]] = deque()
        self.rmem_alloc = 0  #: octets charged for what waits in the queue
        self.refused = 0  #: by the filter; the kernel does not count these
        self.tp_packets = 0
        self.tp_drops = 0
        self.bytes_copied = 0
        self.bytes_referenced = 0
        self.prot_hook = PacketType(0, None, self.packet_rcv if ring is None else self.tpacket_rcv,
                                    self, ignore_outgoing, name=name)
        self.running = False
        self.promiscuous: list[Device] = []

    # --- opening and closing -----------------------------------------------------------------

    def bind(self, dev: Device | None, protocol: int = ETH_P_ALL) -> None:
        """Register the handler, for one device or all (net/packet/af_packet.c: packet_do_bind)."""
        self.unregister()
        self.prot_hook.type, self.prot_hook.dev = protocol, dev
        if protocol:
            dev_add_pack(self.net, self.prot_hook)
            self.running = True

    def unregister(self) -> None:
        """No packet reaches the socket after this (unregister_prot_hook)."""
        if self.running:
            dev_remove_pack(self.net, self.prot_hook)
            self.running = False

    def add_membership(self, dev: Device) -> None:
        """Ask a device for the frames for others, too (packet_mc_add, PACKET_MR_PROMISC)."""
        dev_set_promiscuity(dev, 1)
        self.promiscuous.append(dev)

    def close(self) -> None:
        """Give everything back (packet_release)."""
        self.unregister()
        if self.fanout is not None:
            self.fanout.leave(self)
        for dev in self.promiscuous:
            dev_set_promiscuity(dev, -1)
        self.promiscuous.clear()
        while self.queue:
            self.read()

    # --- receiving ---------------------------------------------------------------------------

    def packet_rcv(self, skb: SkBuff, dev: Device, pt: PacketType, orig_dev: Device) -> None:
        """Judge a packet and queue it. Models packet_rcv (net/packet/af_packet.c)."""
        if skb.pkt_type == PACKET_LOOPBACK:
            kfree_skb(skb)
            return
        data, length = skb.data, skb.len
        self.see_header(skb, dev)
        wirelen = skb.len
        kept = self.run_filter(skb, dev)
        if not kept:
            self.refused += 1
            self.tell("packet_rcv", "not wanted: its use of the buffer is given up")
            self.restore(skb, data, length)
            return
        if self.rmem_alloc >= self.rcvbuf:
            self.tp_drops += 1
            self.tell("packet_rcv", f"dropped: the queue holds {self.rmem_alloc} of "
                                    f"{self.rcvbuf} octets")
            self.restore(skb, data, length)
            return
        if skb_shared(skb):
            clone = skb_clone(skb)
            self.net.clones += 1
            self.tell("packet_rcv", "others use the buffer: a clone of its own, no octets copied")
            self.restore(skb, data, length)
            skb = clone
        copied = pskb_trim(skb, min(kept, skb.len))
        self.net.copied += copied
        self.bytes_copied += copied
        self.bytes_referenced += skb.len - copied
        self.tp_packets += 1
        self.rmem_alloc += skb.truesize  # skb_set_owner_r
        self.queue.append((skb, self.got(skb, wirelen, orig_dev)))
        self.tell("packet_rcv", "queued, cut to {} of {} octets, {} charged; the queue holds {} "
                                "of {}", skb.len, wirelen, skb.truesize, self.rmem_alloc,
                  self.rcvbuf)

    def tpacket_rcv(self, skb: SkBuff, dev: Device, pt: PacketType, orig_dev: Device) -> None:
        """Judge a packet and copy it into the ring; the buffer itself is never kept.

        Models tpacket_rcv (net/packet/af_packet.c).
        """
        assert self.ring is not None
        if skb.pkt_type == PACKET_LOOPBACK:
            kfree_skb(skb)
            return
        data, length = skb.data, skb.len
        self.see_header(skb, dev)
        kept = self.run_filter(skb, dev)
        if not kept:
            self.refused += 1
            self.tell("tpacket_rcv", "not wanted: its use of the buffer is given up")
        else:
            maclen = 0 if self.kind == SOCK_DGRAM else skb.network_header - skb.data
            got = self.got(skb, skb.len, orig_dev)
            if self.ring.place(self, skb, min(kept, skb.len), maclen, got):
                self.tp_packets += 1
            else:
                self.tp_drops += 1
        self.restore(skb, data, length)

    def see_header(self, skb: SkBuff, dev: Device) -> None:
        """Let the window begin at the link-layer header, or for SOCK_DGRAM behind it."""
        if not dev.header:
            return
        if self.kind != SOCK_DGRAM:
            skb_push(skb, skb.data - skb.mac_header)
        elif skb.pkt_type == PACKET_OUTGOING:
            skb_pull(skb, skb.network_header - skb.data)

    def restore(self, skb: SkBuff, data: int, length: int) -> None:
        """Leave the window as it was for its other users, and give up our use of it."""
        if skb_shared(skb):
            skb.data, skb.len = data, length
        kfree_skb(skb)

    def run_filter(self, skb: SkBuff, dev: Device) -> int:
        """Octets to keep, 0 for none (net/packet/af_packet.c: run_filter).

        Without a filter that is all of them; so an empty packet is refused.
        """
        if self.program is None:
            return skb.len
        packet = Record(skb.octets, self.program.link_type)
        packet.meta = Ancillary(
            protocol=skb.protocol, pkttype=skb.pkt_type, ifindex=dev.index, hatype=dev.type,
            vlan_tag=skb.vlan_tci, vlan_tag_present=int(bool(skb.vlan_proto)),
            vlan_tpid=skb.vlan_proto, network=skb.network_header - skb.data,
            link=skb.mac_header - skb.data)
        kept = self.program.machine().run(packet)
        self.tell("run_filter", "{}: returns {}, {}", self.program.expression or "no expression",
                  kept, "octets to keep at most" if kept else "not wanted")
        return kept

    def got(self, skb: SkBuff, wirelen: int, orig_dev: Device) -> Got:
        """What the reader will be told beside the octets: sockaddr_ll and tpacket_auxdata.

        A tag that is still in the octets is told to SOCK_DGRAM readers, who do not see it
        (vlan_get_tci, vlan_get_protocol_dgram): 0 where the window, cut short as it may be by
        now, does not reach. Leaves out PACKET_ORIGDEV.
        """
        told = Got(b"", wirelen, skb.protocol, skb.pkt_type, skb.dev.index, skb.vlan_tci,
                   skb.vlan_proto, skb.tstamp, skb.number)
        if self.kind == SOCK_DGRAM and skb.protocol in (ETH_P_8021Q, ETH_P_8021AD):
            octets, at = skb.head.octets[:skb.data + skb.len], skb.mac_header + ETH_HLEN
            if not skb.vlan_proto:
                told.vlan_proto = skb.protocol
                told.vlan_tci = vlan_header(octets, at)[0]
            while told.protocol in (ETH_P_8021Q, ETH_P_8021AD):
                told.protocol = vlan_header(octets, at)[1]
                at += 4
        return told

    def tell(self, function: str, what: str, *values: object) -> None:
        """As Net.tell, with the socket's name in front."""
        if self.net.journal is not None:
            self.net.tell(function, "{}: " + what, self.name, *values)

    # --- reading -----------------------------------------------------------------------------

    def read(self) -> Got | None:
        """Take the oldest packet out of the queue (packet_recvmsg); None if there is none."""
        if not self.queue:
            return None
        skb, got = self.queue.popleft()
        got.octets = skb.octets
        self.rmem_alloc -= skb.truesize
        kfree_skb(skb)
        return got

    def statistics(self) -> tuple[int, int, int]:
        """PACKET_STATISTICS: packets (dropped ones included), drops, freezes of the ring."""
        return (self.tp_packets + self.tp_drops, self.tp_drops,
                self.ring.freezes if self.ring else 0)


def vlan_header(octets: bytes, at: int) -> tuple[int, int]:
    """TCI and protocol of a ``struct vlan_hdr``; zeros where it is cut off."""
    if at + 4 > len(octets):
        return 0, 0
    return int.from_bytes(octets[at:at + 2], "big"), int.from_bytes(octets[at + 2:at + 4], "big")


def packet_type_name(number: int) -> str:
    """The word for a PACKET_ type."""
    return PACKET_TYPES[number] if number < len(PACKET_TYPES) else str(number)
