"""live: from what the kernel left in memory to a packet: cooked header, VLAN tag, direction.

The ring (ring.py) and the queue (fallback.py) lay out the same things: a sockaddr_ll, some room,
and the packet. ``Frames`` knows what to make of them for one tap.
"""

from __future__ import annotations

import socket

from fyke.bpf.ancillary import Ancillary
from fyke.hints import Any
from fyke.live.cooked import (
    ADDRESSES_LENGTH,
    VLAN_LENGTH,
    header_length,
    put_can,
    put_cooked_vlan,
    put_header,
    put_vlan,
)
from fyke.wire import Memory, Record

# struct sockaddr_ll, octets from its first (include/uapi/linux/if_packet.h)
LL_PROTOCOL = 2
LL_IFINDEX = 4
LL_HATYPE = 8
LL_PKTTYPE = 10
PACKET_OUTGOING = 4  # include/uapi/linux/if_packet.h
ARPHRD_LOOPBACK = 772  # include/uapi/linux/if_arp.h
LINKTYPE_ETHERNET = 1
LINKTYPE_CAN_SOCKETCAN = 227
ETHERNET_LENGTH = 14  # octets of its header

INOUT = 0
IN = 1
OUT = 2


class Frames:
    """How the packets of one tap are shown.

    ``direction`` is INOUT, IN or OUT. The loopback interface shows a packet going out and coming
    in again: it is shown once (the copy coming in) unless ``both_ways``.
    """

    __slots__ = ("both_ways", "cooked", "direction", "hidden", "ifindex", "link_type", "machine",
                 "many", "outgoing", "refused", "room", "snaplen", "tagged")

    room: int  #: octets needed before a packet for what is put back
    many: bool  #: the tap is on all interfaces: ``packet.interface`` is the interface's index
    machine: Any  #: the filter, where the kernel cannot run it; else None
    refused: int  #: packets that it refused
    hidden: int  #: packets not shown because of their direction
    ifindex: int  #: index of the interface that the packet shown last passed
    outgoing: bool  #: whether the packet shown last was sent by this machine

    def __init__(self, link_type: int, snaplen: int, direction: int = INOUT,
                 both_ways: bool = False) -> None:
        self.link_type = link_type
        self.snaplen = snaplen
        self.direction = direction
        self.both_ways = both_ways
        self.cooked = header_length(link_type)
        self.tagged = link_type == LINKTYPE_ETHERNET
        self.room = self.cooked + VLAN_LENGTH
        self.many = False
        self.machine = None
        self.refused = 0
        self.hidden = 0
        self.ifindex = 0
        self.outgoing = False

    def shown(self, memory: Memory, address: int) -> bool:
        """Whether the packet with the sockaddr_ll at ``address`` is to be shown."""
        out = memory.u8(address + LL_PKTTYPE) == PACKET_OUTGOING
        self.outgoing = out
        if self.direction != INOUT:
            if out != (self.direction == OUT):
                self.hidden += 1
                return False
        elif out and not self.both_ways and memory.host16(
                address + LL_HATYPE) == ARPHRD_LOOPBACK:
            self.hidden += 1
            return False
        return True

    def place(self, packet: Record, memory: Memory, address: int, start: int, caplen: int,
              wirelen: int, tpid: int, tci: int) -> bool:
        """Put back what the kernel took away, and place ``packet`` there; False: refused.

        The packet's ``caplen`` octets are at ``start``, ``room`` octets before it are free;
        ``tpid`` is 0 if the frame had no VLAN tag.
        """
        self.ifindex = memory.host32(address + LL_IFINDEX)
        packet.link_type = self.link_type
        packet.interface = self.ifindex if self.many else 0
        if self.machine is not None and not self.judge(packet, memory, address, start, caplen,
                                                       wirelen, tpid, tci):
            self.refused += 1
            return False
        if tpid:
            if self.cooked:
                put_cooked_vlan(memory, start, address, tpid, tci)
            elif self.tagged and caplen >= ADDRESSES_LENGTH:
                put_vlan(memory, start, tpid, tci)
            else:
                tpid = 0
        if tpid:
            start -= VLAN_LENGTH
            caplen += VLAN_LENGTH
            wirelen += VLAN_LENGTH
        if self.cooked:
            put_header(memory, self.link_type, start - self.cooked, address)
        elif self.link_type == LINKTYPE_CAN_SOCKETCAN:
            put_can(memory, start, caplen, address)
        self.window(packet, memory, start, caplen, wirelen)
        packet.meta = None
        return True

    def window(self, packet: Record, memory: Memory, start: int, caplen: int,
               wirelen: int) -> None:
        """Place ``packet`` with its cooked header, cut to the snaplen."""
        caplen += self.cooked
        if caplen > self.snaplen:
            caplen = self.snaplen
        packet.on(memory, start - self.cooked, caplen)
        packet.wirelen = wirelen + self.cooked

    def judge(self, packet: Record, memory: Memory, address: int, start: int, caplen: int,
              wirelen: int, tpid: int, tci: int) -> bool:
        """Run the filter here, on what the kernel's would see: no tag yet, but metadata."""
        if self.cooked:
            put_header(memory, self.link_type, start - self.cooked, address)
        self.window(packet, memory, start, caplen, wirelen)
        packet.meta = Ancillary(
            protocol=socket.ntohs(memory.host16(address + LL_PROTOCOL)),
            pkttype=memory.u8(address + LL_PKTTYPE),
            ifindex=self.ifindex, hatype=memory.host16(address + LL_HATYPE), vlan_tag=tci,
            vlan_tag_present=int(tpid != 0), vlan_tpid=tpid,
            network=self.cooked or ETHERNET_LENGTH)
        return bool(self.machine.run(packet))

