"""kernel model: the way of a packet from a device to its handlers, and past the taps going out.

Every packet meets the taps first and the protocols after them. Each handler is told of the packet
when the next one is found (``pt_prev``): so the last one can be given the buffer itself, without
another use of it, and a machine with one listener copies nothing. Left out: receive steering
(RPS), XDP, traffic control, bridges and bonds (rx_handler), netfilter, GRO.
"""

from __future__ import annotations

from collections.abc import Iterable

from fyke.kernel.buffers import (
    PACKET_OTHERHOST,
    PACKET_OUTGOING,
    PACKET_TYPES,
    SkBuff,
    alloc_skb,
    kfree_skb,
    pskb_may_pull,
    skb_clone,
    skb_cow,
    skb_get,
    skb_linearize,
)
from fyke.kernel.devices import (
    ARPHRD_ETHER,
    ETH_HLEN,
    ETH_P_8021AD,
    ETH_P_8021Q,
    Device,
    Net,
    PacketType,
    encapsulated,
    eth_type_trans,
)
from fyke.kernel.packet_socket import PacketSocket

VLANS = (ETH_P_8021Q, ETH_P_8021AD)
VLAN_HLEN = 4
VLAN_ID = 0x0FFF


def receive(net: Net, dev: Device, frame: bytes, number: int = 0,
            sk: PacketSocket | None = None) -> None:
    """What a driver does with a frame from the wire: a buffer, its header read, up it goes.

    Between two veth devices the buffer stays charged to its sender ``sk``. Models the common
    part of drivers' poll functions; a device without header gives the packet as it is. Leaves
    out checksum offload and hardware that takes VLAN tags out by itself.
    """
    skb = alloc_skb(frame, dev, net.small_head)
    skb.number, skb.tstamp, skb.sk = number, net.now, sk
    if not dev.header:
        skb.protocol = version_of(frame)
        net.tell("driver", "{} octets from the wire of {}, which has no link-layer header, into "
                           "a buffer of {}", len(frame), dev.name, skb.truesize)
    elif len(frame) < ETH_HLEN:
        net.tell("driver", f"{len(frame)} octets are no Ethernet frame: dropped")
        kfree_skb(skb)
        return
    else:
        skb.protocol = eth_type_trans(skb, dev)
        net.tell("driver", "{} octets from the wire of {} into a buffer of {}", len(frame),
                 dev.name, skb.truesize)
        if dev.filters_addresses and skb.pkt_type == PACKET_OTHERHOST and not dev.promiscuity:
            net.tell("driver", "the hardware drops it: for another host, and not promiscuous")
            kfree_skb(skb)
            return
        net.tell("eth_type_trans", "protocol 0x{:04x}, packet type {}", skb.protocol,
                 PACKET_TYPES[skb.pkt_type])
    netif_receive_skb(net, skb)


def version_of(packet: bytes) -> int:
    """The protocol of a packet without link-layer header, as tunnels tell it: by IP version."""
    return {4: 0x0800, 6: 0x86DD}.get(packet[0] >> 4 if packet else 0, 0)


def netif_receive_skb(net: Net, skb: SkBuff) -> None:
    """Hand a packet to the taps and then to the protocols.

    Models __netif_receive_skb_core (net/core/dev.c).
    """
    orig_dev = skb.dev
    skb.network_header = skb.data
    pt_prev: PacketType | None = None
    if skb.protocol in VLANS and not skb_vlan_untag(net, skb):
        return
    for ptype in taps_of(net, skb.dev):
        if pt_prev is not None:
            deliver_skb(net, skb, pt_prev, orig_dev)
        pt_prev = ptype
    if skb.vlan_proto:
        if pt_prev is not None:
            deliver_skb(net, skb, pt_prev, orig_dev)
            pt_prev = None
        if not leave_vlan(net, skb):
            return
    for ptype in (*net.ptype_base.get(skb.protocol, ()), *orig_dev.ptype_specific):
        if ptype.type != skb.protocol:
            continue
        if pt_prev is not None:
            deliver_skb(net, skb, pt_prev, orig_dev)
        pt_prev = ptype
    if pt_prev is None:
        net.tell("netif_receive_skb", "nobody wants it: freed")
        kfree_skb(skb)
        return
    net.tell("netif_receive_skb", "{} is the last: it is given the buffer itself", pt_prev.name)
    pt_prev.func(skb, skb.dev, pt_prev, orig_dev)


def taps_of(net: Net, dev: Device) -> Iterable[PacketType]:
    """Those that want every packet: of all devices, then of this one."""
    return (*net.ptype_all, *dev.ptype_all)


def deliver_skb(net: Net, skb: SkBuff, pt_prev: PacketType, orig_dev: Device) -> None:
    """Give a handler one more use of the buffer (net/core/dev.c)."""
    skb_get(skb)
    net.tell("deliver_skb", "to {}; the buffer has {} users", pt_prev.name, skb.users)
    pt_prev.func(skb, skb.dev, pt_prev, orig_dev)


def skb_vlan_untag(net: Net, skb: SkBuff) -> bool:
    """Move the outer VLAN tag from the octets to the metadata; False: cut short, freed.

    The addresses move 4 octets towards the rest, in a head of one's own if a clone uses this one;
    it is the taps' business to put the tag back. Models skb_vlan_untag (net/core/skbuff.c).
    """
    if not pskb_may_pull(skb, VLAN_HLEN + 2):
        net.tell("skb_vlan_untag", "no room for a VLAN tag: dropped")
        kfree_skb(skb)
        return False
    copied = skb_cow(skb)
    if copied:
        net.copied += copied
        net.tell("skb_cow", f"a clone uses the octets: {copied} copied before they are changed")
    octets, at, mac = skb.head.octets, skb.data, skb.mac_header
    skb.vlan_proto = skb.protocol
    skb.vlan_tci = int.from_bytes(octets[at:at + 2], "big")
    skb.protocol = encapsulated(octets, at + 2)
    skb.head.octets = octets[:mac] + bytes(VLAN_HLEN) + octets[mac:mac + 12] + octets[at + 2:]
    skb.mac_header += VLAN_HLEN
    skb.data += VLAN_HLEN
    skb.len -= VLAN_HLEN
    skb.network_header = skb.data
    net.tell("skb_vlan_untag", f"tag 0x{skb.vlan_proto:04x} (VLAN {skb.vlan_tci & VLAN_ID}) goes "
                               f"to the metadata; protocol 0x{skb.protocol:04x} is inside")
    return True


def leave_vlan(net: Net, skb: SkBuff) -> bool:
    """After the taps: a tag that no VLAN device takes makes the packet somebody else's.

    Behind a tag with VLAN 0, which only carries a priority, the next tag counts. False: that one
    was cut short, and the packet is freed. Models the part of __netif_receive_skb_core behind
    vlan_do_receive; leaves out VLAN devices.
    """
    while not skb.vlan_tci & VLAN_ID and skb.protocol in VLANS:
        if not skb_vlan_untag(net, skb):
            return False
    if skb.vlan_tci & VLAN_ID:
        skb.pkt_type = PACKET_OTHERHOST
        net.tell("netif_receive_skb", f"no device for VLAN {skb.vlan_tci & VLAN_ID}: for the "
                                      "protocols it is another host's packet")
    skb.vlan_proto = skb.vlan_tci = 0
    return True


def dev_queue_xmit(net: Net, dev: Device, frame: bytes, sk: PacketSocket | None = None,
                   number: int = 0, protocol: int = 0) -> bytes | None:
    """Send a frame: past the taps, and to the wire, which is returned; loopback brings it back.

    Models packet_snd (net/packet/af_packet.c) and dev_queue_xmit (net/core/dev.c); leaves out
    queueing disciplines. A ``sk`` sends from a packet socket, which is not given its own packet.
    """
    skb = alloc_skb(frame, dev, net.small_head)
    skb.number, skb.tstamp, skb.sk = number, net.now, sk
    skb.protocol = protocol or int.from_bytes(frame[12:14], "big")
    skb.network_header = ETH_HLEN + (
        tag_length(frame, skb.protocol) if dev.type == ARPHRD_ETHER else 0)
    net.tell("dev_queue_xmit", f"{len(frame)} octets leave by {dev.name}")
    validate_xmit_skb(net, skb, dev)
    if net.ptype_all or dev.ptype_all:
        dev_queue_xmit_nit(net, skb, dev)
    if dev.loopback:
        loopback_xmit(net, skb, dev)
        return None
    kfree_skb(skb)
    return frame


def validate_xmit_skb(net: Net, skb: SkBuff, dev: Device) -> None:
    """Make the packet such that the device can send it (net/core/dev.c).

    Leaves out segmentation, checksums and tags that are in the metadata.
    """
    if skb.protocol in VLANS and not dev.vlan_gather:
        moved = skb_linearize(skb)
        net.copied += moved
        if moved:
            net.tell("skb_linearize", f"{dev.name} sends tagged packets only in one piece: "
                                      f"{moved} octets copied")


def tag_length(frame: bytes, protocol: int) -> int:
    """Octets of VLAN tags behind the Ethernet header (packet_parse_headers); 0 if cut short."""
    at = ETH_HLEN
    while protocol in VLANS:
        if at + VLAN_HLEN > len(frame):
            return 0
        protocol = int.from_bytes(frame[at + 2:at + 4], "big")
        at += VLAN_HLEN
    return at - ETH_HLEN


def dev_queue_xmit_nit(net: Net, skb: SkBuff, dev: Device) -> None:
    """Show an outgoing packet to the taps, and only to them: protocols do not see it.

    Models dev_queue_xmit_nit (net/core/dev.c): one clone for all of them.
    """
    skb2: SkBuff | None = None
    pt_prev: PacketType | None = None
    for ptype in taps_of(net, dev):
        if ptype.ignore_outgoing:
            net.tell("dev_queue_xmit_nit", f"{ptype.name} does not want outgoing packets")
            continue
        if skb_loop_sk(ptype, skb):
            net.tell("dev_queue_xmit_nit", f"{ptype.name} sent it and is not given it")
            continue
        if pt_prev is not None and skb2 is not None:
            deliver_skb(net, skb2, pt_prev, dev)
            pt_prev = ptype
            continue
        skb2 = skb_clone(skb)
        net.clones += 1
        skb2.mac_header = skb2.data
        skb2.pkt_type = PACKET_OUTGOING
        pt_prev = ptype
        net.tell("dev_queue_xmit_nit", "one clone for all taps, marked as outgoing")
    if pt_prev is not None and skb2 is not None:
        net.tell("dev_queue_xmit_nit", f"{pt_prev.name} is the last: it is given the clone itself")
        pt_prev.func(skb2, dev, pt_prev, dev)


def skb_loop_sk(ptype: PacketType, skb: SkBuff) -> bool:
    """Whether this handler belongs to the packet's sender (net/core/dev.c)."""
    if skb.sk is None:
        return False
    if ptype.id_match is not None:
        return ptype.id_match(skb.sk)
    return ptype.sock is skb.sk


def loopback_xmit(net: Net, skb: SkBuff, dev: Device) -> None:
    """What goes out by loopback comes in again: the same buffer, now nobody's.

    Models loopback_xmit (drivers/net/loopback.c).
    """
    skb.sk = None  # skb_orphan
    net.tell("loopback_xmit", "out is in: the same buffer is received")
    skb.protocol = eth_type_trans(skb, dev)
    netif_receive_skb(net, skb)
