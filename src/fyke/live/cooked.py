"""live: the headers that stand in for a link layer ("cooked" capture), and VLAN tags put back.

LINUX_SLL and LINUX_SLL2 are written in front of the payload from the socket address that came
with it (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html). The kernel takes a VLAN
tag out of the frame (net/core/skbuff.c: skb_vlan_untag) and tells it beside; it goes back behind
the two Ethernet addresses.
"""

from __future__ import annotations

from typing import Final

from fyke.wire import Memory

LINUX_SLL: Final = 113  #: LINKTYPE_LINUX_SLL
LINUX_SLL2: Final = 276  #: LINKTYPE_LINUX_SLL2
SLL_LENGTH: Final = 16
SLL2_LENGTH: Final = 20
VLAN_LENGTH: Final = 4
ADDRESSES_LENGTH: Final = 12  # two Ethernet addresses

# struct sockaddr_ll, octets from its first (include/uapi/linux/if_packet.h)
LL_PROTOCOL = 2
LL_IFINDEX = 4
LL_HATYPE = 8
LL_PKTTYPE = 10
LL_HALEN = 11
LL_ADDRESS = 12

# include/uapi/linux/can.h, if_ether.h
CAN_HEADER = 8  # octets before the data
CANXL_XLF = 0x80
CANFD_FDF = 0x04
ETH_P_CAN = 0x000C
ETH_P_CANFD = 0x000D
ETH_P_CANXL = 0x000E


def header_length(link_type: int) -> int:
    """Octets of the cooked header of a link type; 0 if it has none."""
    if link_type == LINUX_SLL2:
        return SLL2_LENGTH
    if link_type == LINUX_SLL:
        return SLL_LENGTH
    return 0


def put_header(memory: Memory, link_type: int, at: int, address: int) -> None:
    """Write the cooked header at ``at`` from the sockaddr_ll at ``address``, apart from it."""
    if link_type == LINUX_SLL2:
        memory.move(address + LL_PROTOCOL, 2, at)  # big endian in both
        memory.put16(at + 2, 0)
        memory.put32(at + 4, memory.host32(address + LL_IFINDEX))
        memory.put16(at + 8, memory.host16(address + LL_HATYPE))
        memory.put8(at + 10, memory.u8(address + LL_PKTTYPE))
        memory.put8(at + 11, memory.u8(address + LL_HALEN))
        memory.move(address + LL_ADDRESS, 8, at + 12)
    else:
        memory.put16(at, memory.u8(address + LL_PKTTYPE))
        memory.put16(at + 2, memory.host16(address + LL_HATYPE))
        memory.put16(at + 4, memory.u8(address + LL_HALEN))
        memory.move(address + LL_ADDRESS, 8, at + 6)
        memory.move(address + LL_PROTOCOL, 2, at + 14)


def put_vlan(memory: Memory, start: int, tpid: int, tci: int) -> None:
    """Put a tag behind the Ethernet addresses at ``start``, which move 4 octets to the front."""
    memory.move(start, ADDRESSES_LENGTH, start - VLAN_LENGTH)
    memory.put16(start + ADDRESSES_LENGTH - VLAN_LENGTH, tpid)
    memory.put16(start + ADDRESSES_LENGTH - VLAN_LENGTH + 2, tci)


def put_cooked_vlan(memory: Memory, payload: int, address: int, tpid: int, tci: int) -> None:
    """Put a tag's second half and the protocol before ``payload``, and its first half into the
    sockaddr_ll at ``address``: the cooked header will name the tag as its protocol."""
    memory.put16(payload - VLAN_LENGTH, tci)
    memory.move(address + LL_PROTOCOL, 2, payload - 2)
    memory.put16(address + LL_PROTOCOL, tpid)


def put_can(memory: Memory, start: int, caplen: int, address: int) -> None:
    """Make a CAN frame at ``start`` what LINKTYPE_CAN_SOCKETCAN says: identifier big endian (the
    kernel has it in host order), and the kind of frame (from the sockaddr_ll) in its flags."""
    if caplen < CAN_HEADER:
        return
    protocol = memory.u8(address + LL_PROTOCOL) << 8 | memory.u8(address + LL_PROTOCOL + 1)
    memory.put32(start, memory.host32(start))
    kind = memory.u8(start + 4)
    flags = memory.u8(start + 5)
    if protocol == ETH_P_CANXL:
        memory.put8(start + 4, kind | CANXL_XLF)
    elif protocol == ETH_P_CANFD:
        memory.put8(start + 4, kind & ~CANXL_XLF)
        memory.put8(start + 5, flags | CANFD_FDF)
    elif protocol == ETH_P_CAN:
        memory.put8(start + 4, kind & ~CANXL_XLF)
        memory.put8(start + 5, flags & ~CANFD_FDF)
