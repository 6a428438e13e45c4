# cython: boundscheck=True, wraparound=True
"""Room processes/: a packet's two ends as a key: protocol, this machine's address and port, the
other's. Compiled (ends.pxd): it is done for every packet.

Keys have no fixed length: one octet of protocol, addresses of 4 or 16 octets, ports of 2. What a
socket that is not connected is known by has no other end.
"""

from __future__ import annotations

from fyke.wire import Record, Truncated

ETHERNET = 1
RAW = 101
SLL = 113
IPV4_ONLY = 228
IPV6_ONLY = 229
SLL2 = 276

P_IPV4 = 0x0800
P_IPV6 = 0x86DD
P_VLAN = (0x8100, 0x88A8, 0x9100)
MAX_TAGS = 4
MAX_EXTENSIONS = 8
WAYS = (b"i", b"o")  # on the loopback a datagram goes both: its ends are the other way round
MAX_FRAGMENTED = 4096  # datagrams whose later fragments may still come

ICMP = 1
TCP = 6
UDP = 17
FRAGMENT = 44
ICMP6 = 58
AUTHENTICATION = 51
EXTENSIONS = (0, 43, 60, 135)  # hop-by-hop, routing, destination options, mobility
WITH_PORTS = (6, 17, 132, 33, 136)  # TCP, UDP, SCTP, DCCP, UDP-Lite
ICMP_ASKS = (8, 13)  # a process asks, the kernel answers
ICMP_ANSWERS = (0, 14)
ICMP_ERRORS = (3, 4, 5, 11, 12)
ICMP6_ASKS = (128,)
ICMP6_ANSWERS = (129,)
ICMP6_LAST_ERROR = 127

SYN = 2
RST = 4
ACK = 16

ANY4 = bytes(4)
ANY6 = bytes(16)


class Ends:
    """Finds the key of a packet; ``key`` is empty where it has none (ARP, …).

    ``front`` begins every key: the network namespace, in four octets.
    """

    __slots__ = ("fragments", "front", "key", "local", "opening", "protocol", "resets")

    key: bytes  #: front, protocol, local address, local port, remote address, remote port
    local: bytes  #: local address
    protocol: int
    opening: bool  #: a SYN: the packet begins a connection
    resets: bool  #: a RST

    def __init__(self, front: bytes = b"") -> None:
        self.front = front
        self.fragments: dict[bytes, bytes] = {}
        self.clear()

    def clear(self) -> None:
        self.key = b""
        self.local = b""
        self.protocol = 0
        self.opening = False
        self.resets = False

    def read(self, packet: Record, outgoing: bool) -> bytes:
        """The key of a packet that this machine sent, or that came to it."""
        self.clear()
        try:
            self.link(packet, outgoing)
        except Truncated:
            self.key = b""
        return self.key

    def link(self, packet: Record, outgoing: bool) -> None:
        """Past the link-layer header."""
        kind = packet.link_type
        at = 0
        if kind == ETHERNET:
            protocol = packet.u16(12)
            at = 14
        elif kind == SLL2:
            protocol = packet.u16(0)
            at = 20
        elif kind == SLL:
            protocol = packet.u16(14)
            at = 16
        elif kind in (RAW, IPV4_ONLY, IPV6_ONLY):
            protocol = P_IPV6 if packet.u8(0) >> 4 == 6 else P_IPV4
        else:
            return
        tags = 0
        while protocol in P_VLAN and tags < MAX_TAGS:
            protocol = packet.u16(at + 2)
            at += 4
            tags += 1
        if protocol == P_IPV4:
            self.ipv4(packet, at, outgoing, False)
        elif protocol == P_IPV6:
            self.ipv6(packet, at, outgoing, False)

    def ipv4(self, packet: Record, at: int, outgoing: bool, quoted: bool) -> None:
        length = (packet.u8(at) & 15) * 4
        protocol = packet.u8(at + 9)
        source = packet.raw(at + 12, 4)
        target = packet.raw(at + 16, 4)
        fragment = packet.u16(at + 6)
        if fragment & 0x3FFF:
            name = WAYS[outgoing] + packet.raw(at + 4, 2) + packet.raw(at + 9, 1) + source + target
            if fragment & 0x1FFF:
                self.later(name, protocol)
                return
            self.transport(packet, at + length, protocol, source, target, outgoing, quoted)
            self.first(name)
            return
        self.transport(packet, at + length, protocol, source, target, outgoing, quoted)

    def ipv6(self, packet: Record, at: int, outgoing: bool, quoted: bool) -> None:
        protocol = packet.u8(at + 6)
        source = packet.raw(at + 8, 16)
        target = packet.raw(at + 24, 16)
        at += 40
        steps = 0
        name = b""
        while steps < MAX_EXTENSIONS:
            steps += 1
            if protocol == FRAGMENT:
                name = WAYS[outgoing] + packet.raw(at + 4, 4) + source + target
                if packet.u16(at + 2) & 0xFFF8:
                    self.later(name, packet.u8(at))
                    return
                protocol = packet.u8(at)
                at += 8
            elif protocol in EXTENSIONS:
                protocol = packet.u8(at)
                at += 8 + 8 * packet.u8(at + 1)
            elif protocol == AUTHENTICATION:
                protocol = packet.u8(at)
                at += 8 + 4 * packet.u8(at + 1)
            else:
                break
        self.transport(packet, at, protocol, source, target, outgoing, quoted)
        if name:
            self.first(name)

    def first(self, name: bytes) -> None:
        """The first fragment of a datagram has the ports: keep them for the others."""
        if len(self.fragments) >= MAX_FRAGMENTED:
            self.fragments.clear()
        self.fragments[name] = self.key

    def later(self, name: bytes, protocol: int) -> None:
        """Another fragment of a datagram."""
        self.key = self.fragments.get(name, b"")
        self.protocol = protocol
        if self.key:
            start = len(self.front) + 1
            self.local = self.key[start:start + (16 if len(self.key) - start > 20 else 4)]

    def transport(self, packet: Record, at: int, protocol: int, source: bytes, target: bytes,
                  outgoing: bool, quoted: bool) -> None:
        self.protocol = protocol
        first = packet.u8(at)
        here, there = (source, target) if outgoing else (target, source)
        self.local = here
        bare = self.front + protocol.to_bytes(1, "big")
        if protocol in (TCP, UDP) or protocol in WITH_PORTS:
            one = packet.raw(at, 2)
            other = packet.raw(at + 2, 2)
            if outgoing:
                self.key = bare + here + one + there + other
            else:
                self.key = bare + here + other + there + one
            if protocol == TCP and not quoted:
                flags = packet.u8(at + 13)
                self.opening = flags & (SYN | ACK) == SYN
                self.resets = flags & RST != 0
        elif protocol == ICMP:
            if first in (ICMP_ASKS if outgoing else ICMP_ANSWERS):
                self.key = bare + here + packet.raw(at + 4, 2) + there + bytes(2)
            elif first in ICMP_ERRORS and not outgoing and not quoted:
                self.ipv4(packet, at + 8, True, True)  # the packet that it is about was ours
        elif protocol == ICMP6:
            if first in (ICMP6_ASKS if outgoing else ICMP6_ANSWERS):
                self.key = bare + here + packet.raw(at + 4, 2) + there + bytes(2)
            elif first <= ICMP6_LAST_ERROR and not outgoing and not quoted:
                self.ipv6(packet, at + 8, True, True)
        else:  # a raw socket has the protocol's number for a port
            self.key = bare + here + protocol.to_bytes(2, "big") + there + bytes(2)

    def unconnected(self) -> list[bytes]:
        """The keys of sockets that are not connected and would get the packet."""
        start = len(self.front) + 1
        size = start + len(self.local)
        port = self.key[size:size + 2]
        bare = self.key[:start]
        keys = [bare + self.local + port]
        if len(self.local) == 4:
            keys.append(bare + ANY4 + port)
        keys.append(bare + ANY6 + port)
        return keys
