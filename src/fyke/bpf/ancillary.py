"""What the kernel knows of a packet besides its bytes, for the loads that ask for it.

Linux answers loads at SKF_AD_OFF from the packet's metadata, and lets a program address a packet
from its network or link-layer header (net/core/filter.c: convert_bpf_extensions,
bpf_skb_load_helper_convert_offset). A packet whose ``meta`` is an Ancillary is seen as the kernel
sees it; any other as libpcap sees a packet of a savefile.
"""

from __future__ import annotations

import sys

from fyke.bpf import instructions as bpf
from fyke.wire import Record, Truncated

NLA_HEADER = 4  # struct nlattr, include/uapi/linux/netlink.h
NLA_TYPE_MASK = 0x3FFF
MAX_ENCAPSULATIONS = 15  # MAX_FLOW_DISSECT_HDRS, net/core/flow_dissector.c


class Ancillary:
    """The metadata of one packet, as in struct sk_buff; numbers in host order.

    Not a dataclass: importing those takes longer than a filter takes to compile.
    """

    __slots__ = ("cpu", "hatype", "ifindex", "link", "mark", "network", "pay_offset", "pkttype",
                 "protocol", "queue", "random", "rxhash", "vlan_tag", "vlan_tag_present",
                 "vlan_tpid")

    def __init__(self, protocol: int = 0, pkttype: int = 0, ifindex: int | None = 0,
                 mark: int = 0, queue: int = 0, hatype: int | None = 1, rxhash: int = 0,
                 cpu: int = 0, vlan_tag: int = 0, vlan_tag_present: int = 0, vlan_tpid: int = 0,
                 pay_offset: int | None = None, random: int | None = None, network: int = 14,
                 link: int = 0) -> None:
        self.protocol = protocol  #: Ethernet type
        self.pkttype = pkttype  #: PACKET_HOST 0, _BROADCAST 1, _MULTICAST 2, _OTHERHOST 3, …
        self.ifindex = ifindex  #: None: no device; then the load ends the program with A
        self.mark = mark
        self.queue = queue  #: receive queue
        self.hatype = hatype  #: ARPHRD_ type of the device; None as for ifindex
        self.rxhash = rxhash
        self.cpu = cpu
        self.vlan_tag = vlan_tag  #: the TCI of the tag that the kernel took out of the packet
        self.vlan_tag_present = vlan_tag_present
        self.vlan_tpid = vlan_tpid
        self.pay_offset = pay_offset  #: None: found by looking at the packet
        self.random = random  #: None: another one at every load
        self.network = network  #: where the network header begins, in octets
        self.link = link  #: where the link-layer header begins; -14 if the packet begins after it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ancillary) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Ancillary({', '.join(f'{n}={getattr(self, n)!r}' for n in self.__slots__)})"

    def load(self, offset: int, a: int, x: int, packet: Record) -> int:
        """The value of an ancillary load, 32 bits; -1: end the program with A."""
        kind = offset - bpf.SKF_AD_OFF
        field = FIELDS.get(kind)
        if field is not None:
            value = getattr(self, field)
            return -1 if value is None else int(value) & 0xFFFFFFFF
        if kind == bpf.AD_ALU_XOR_X:
            return a ^ x
        if kind == bpf.AD_RANDOM:
            return another_random() if self.random is None else self.random & 0xFFFFFFFF
        if kind == bpf.AD_NLATTR:
            return find_attribute(packet, a, packet.caplen, x)
        if kind == bpf.AD_NLATTR_NEST:
            return find_nested(packet, a, x)
        if self.pay_offset is not None:
            return self.pay_offset
        return payload_offset(packet, self.network, self.protocol)


def another_random() -> int:
    """32 random bits."""
    from random import getrandbits  # brings hashlib along: only for programs that ask
    return getrandbits(32)


#: The loads that are answered by an attribute.
FIELDS = {
    bpf.AD_PROTOCOL: "protocol", bpf.AD_PKTTYPE: "pkttype", bpf.AD_IFINDEX: "ifindex",
    bpf.AD_MARK: "mark", bpf.AD_QUEUE: "queue", bpf.AD_HATYPE: "hatype",
    bpf.AD_RXHASH: "rxhash", bpf.AD_CPU: "cpu", bpf.AD_VLAN_TAG: "vlan_tag",
    bpf.AD_VLAN_TAG_PRESENT: "vlan_tag_present", bpf.AD_VLAN_TPID: "vlan_tpid",
}


def find_offset(packet: Record, offset: int, size: int) -> int:
    """Where a load that is not simply inside the packet reads; -1: nowhere, so it returns 0.

    Only the kernel lets offsets wrap around at 32 bits, or count from a header.
    """
    meta = packet.meta
    if not isinstance(meta, Ancillary):
        return -1
    offset &= 0xFFFFFFFF
    if offset >= bpf.SKF_NET_OFF:
        offset += meta.network - bpf.SKF_NET_OFF
    elif offset >= bpf.SKF_LL_OFF:
        offset += meta.link - bpf.SKF_LL_OFF
    return offset if 0 <= offset <= packet.caplen - size else -1


def find_attribute(packet: Record, start: int, stop: int, kind: int) -> int:
    """Offset of the first netlink attribute of that type from ``start`` on, 0 if there is none."""
    while stop - start >= NLA_HEADER and stop <= packet.caplen:
        length = _host16(packet, start)
        if length < NLA_HEADER or length > stop - start:
            return 0
        if _host16(packet, start + 2) & NLA_TYPE_MASK == kind:
            return start
        start += (length + 3) & ~3  # NLA_ALIGN
    return 0


def find_nested(packet: Record, start: int, kind: int) -> int:
    """As find_attribute, among those inside the attribute at ``start``."""
    if packet.caplen - start < NLA_HEADER:
        return 0
    length = _host16(packet, start)
    if length < NLA_HEADER or length > packet.caplen - start:
        return 0
    return find_attribute(packet, start + NLA_HEADER, start + length, kind)


def _host16(packet: Record, off: int) -> int:
    return packet.le16(off) if sys.byteorder == "little" else packet.u16(off)


def payload_offset(packet: Record, offset: int, protocol: int) -> int:
    """Where the payload of the innermost transport begins (skb_get_poff); 0 if that is unknown.

    Follows IPv4, IPv6 with its extension headers, VLAN tags and IP in IP.
    """
    try:
        for _ in range(MAX_ENCAPSULATIONS):
            if protocol == 0x0800:
                offset, number, later = _skip_ipv4(packet, offset)
            elif protocol == 0x86DD:
                offset, number, later = _skip_ipv6(packet, offset)
            elif protocol in (0x8100, 0x88A8):
                offset, protocol = offset + 4, packet.u16(offset + 2)
                continue
            else:
                return offset if protocol == 0x0806 else 0
            if number in ENCAPSULATED and not later:
                protocol = ENCAPSULATED[number]
                continue
            return offset if later else _skip_transport(packet, offset, number)
    except Truncated:
        pass
    return 0


ENCAPSULATED = {4: 0x0800, 41: 0x86DD}  # IP protocol: Ethernet type
#: Octets of the headers of ICMP, IGMP, UDP, DCCP, ICMPv6, SCTP and UDP-Lite.
TRANSPORT_HEADERS = {1: 8, 2: 8, 17: 8, 33: 12, 58: 8, 132: 12, 136: 8}


def _skip_ipv4(packet: Record, offset: int) -> tuple[int, int, bool]:
    """Offset behind the header, protocol, whether this is a fragment but not the first."""
    header = 4 * (packet.u8(offset) & 15)
    packet.u32(offset + 16)  # the kernel wants the whole fixed header
    if header < 20:
        raise Truncated
    return offset + header, packet.u8(offset + 9), packet.u16(offset + 6) & 0x1FFF != 0


def _skip_ipv6(packet: Record, offset: int) -> tuple[int, int, bool]:
    number = packet.u8(offset + 6)
    packet.u32(offset + 36)
    offset += 40
    later = False
    for _ in range(MAX_ENCAPSULATIONS):
        if number in (0, 43, 60):  # hop by hop, routing, destination options
            number, offset = packet.u8(offset), offset + 8 * (packet.u8(offset + 1) + 1)
        elif number == 51:  # authentication
            number, offset = packet.u8(offset), offset + 4 * (packet.u8(offset + 1) + 2)
        elif number == 44:  # fragment
            later = packet.u16(offset + 2) & 0xFFF8 != 0
            number, offset = packet.u8(offset), offset + 8
            break
        else:
            break
    return offset, number, later


def _skip_transport(packet: Record, offset: int, number: int) -> int:
    if number == 6:
        if not packet.has(offset + 12, 1):
            return offset
        return offset + max(20, (packet.u8(offset + 12) & 0xF0) >> 2)
    return offset + TRANSPORT_HEADERS.get(number, 0)
