"""Open Shortest Path First version 2 (RFC 2328, 3101, 5250); tcpdump: print-ospf.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.routing.ospf_grace import write_grace
from fyke.layers.routing.ospf_opaque import write_extended_prefix, write_router_information
from fyke.layers.routing.ospf_packet import (
    ACK,
    DESCRIPTION,
    HELLO,
    LSA_HEADER,
    REQUEST,
    TYPE_NAMES,
    UPDATE,
    OspfPacket,
    write_advertiser,
    write_routers,
)
from fyke.layers.words import bit_words
from fyke.wire import Line, Packet

NAMES = {0: b"UMD", **TYPE_NAMES}
OPTIONS = (
    (0x01, b"MultiTopology"), (0x02, b"External"), (0x04, b"Multicast"), (0x08, b"NSSA"),
    (0x10, b"LLS"), (0x20, b"Demand Circuit"), (0x40, b"Opaque"), (0x80, b"Up/Down"),
)
SIMPLE, CRYPTOGRAPHIC = 1, 2
AUTHENTICATION_NAMES = {0: b"none", SIMPLE: b"simple", CRYPTOGRAPHIC: b"MD5"}
DIGEST_LENGTH = 16
DESCRIPTION_FLAGS = ((4, b"Init"), (2, b"More"), (1, b"Master"), (8, b"OOBResync"))
ROUTER, NETWORK, SUMMARY, ASBR_SUMMARY, EXTERNAL, GROUP, NSSA = 1, 2, 3, 4, 5, 6, 7
OPAQUE = (9, 10, 11)
LSA_NAMES = {
    ROUTER: b"Router", NETWORK: b"Network", SUMMARY: b"Summary", ASBR_SUMMARY: b"ASBR Summary",
    EXTERNAL: b"External", GROUP: b"Multicast Group", NSSA: b"NSSA", 9: b"Link Local Opaque",
    10: b"Area Local Opaque", 11: b"Domain Wide Opaque",
}
TRAFFIC_ENGINEERING, GRACE, INFORMATION, EXTENDED_PREFIX = 1, 3, 4, 7
OPAQUE_NAMES = {
    TRAFFIC_ENGINEERING: b"Traffic Engineering", GRACE: b"Graceful restart",
    INFORMATION: b"Router Information", EXTENDED_PREFIX: b"Extended Prefix",
}
ROUTER_FLAGS = ((0x01, b"ABR"), (0x02, b"ASBR"), (0x04, b"Virtual"), (0x08, b"W2"),
                (0x10, b"Nt"))
LINK_TEXTS = {
    1: (b"Neighbor Router-ID: ", b", Interface Address: "),
    2: (b"Neighbor Network-ID: ", b", Interface Address: "),
    3: (b"Stub Network: ", b", Mask: "),
    4: (b"Virtual Link: Neighbor Router-ID: ", b", Interface Address: "),
}
HEADER = 24  # octets


class Ospf(OspfPacket):
    """An OSPF packet."""

    __slots__ = ("authentication",)

    authentication: int  #: type of authentication

    name = "ospf"
    tag = b"ospf2"
    fields = ("version", "type", "packet_length", "router", "area", "authentication")

    def clear(self) -> None:
        super().clear()
        self.authentication = 0

    def parse(self, pkt: Packet, off: int) -> None:
        super().parse(pkt, off)
        self.authentication = pkt.u16(off + 14)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        kind = pkt.u8(off + 1)
        name = NAMES.get(kind)
        line.put(b"OSPFv%d, %s, length %d" % (
            self.version, name or b"unknown LS-type %d" % kind, self.size))
        if name is None or not line.style.verbose:
            return
        size = pkt.u16(off + 2)
        end = off + self.size
        if self.size != size:
            line.put(b" [len %d]" % size)
        if size <= self.size:
            end = off + size
        self.write_origin(line, pkt)
        if not self.write_authentication(line, pkt, off):
            return
        if self.version == 2:
            self.write_body(line, pkt, off + HEADER, end)
        else:
            line.put(b" ospf [version %d]" % self.version)

    def write_authentication(self, line: Line, pkt: Packet, off: int) -> bool:
        """RFC 2328 appendix D; False for a type that nothing is known of."""
        pkt.raw(off + 16, 8)
        kind = pkt.u16(off + 14)
        line.put(b", Authentication Type: %s (%d)" % (
            AUTHENTICATION_NAMES.get(kind, b"unknown"), kind))
        if kind == SIMPLE:
            line.put(b"\n\tSimple text password: ")
            for i in range(off + 16, off + 24):
                if pkt.u8(i) == 0:
                    break
                line.escaped(pkt, i, 1)
        elif kind == CRYPTOGRAPHIC:
            line.put(b"\n\tKey-ID: %d, Auth-Length: %d, Crypto Sequence Number: 0x%08x" % (
                pkt.u8(off + 18), pkt.u8(off + 19), pkt.u32(off + 20)))
        return kind in AUTHENTICATION_NAMES

    def write_body(self, line: Line, pkt: Packet, at: int, end: int) -> None:
        kind = self.type
        if kind == HELLO:
            write_hello(line, pkt, at, end)
        elif kind == DESCRIPTION:
            line.put(b"\n\tOptions [%s]" % bit_words(OPTIONS, pkt.u8(at + 2)))
            line.put(b", DD Flags [%s], MTU: %d, Sequence: 0x%08x" % (
                bit_words(DESCRIPTION_FLAGS, pkt.u8(at + 3)), pkt.u16(at), pkt.u32(at + 4)))
            write_headers(line, pkt, at + 8, end)
        elif kind == REQUEST:
            while at < end:
                write_request(line, pkt, at)
                at += 12
        elif kind == UPDATE:
            count = pkt.u32(at)
            line.put(b", %d LSA%s" % (count, b"" if count == 1 else b"s"))
            at += 4
            for number in range(count):
                line.put(b"\n\t  LSA #%d" % (number + 1))
                at = write_lsa(line, pkt, at)
        elif kind == ACK:
            write_headers(line, pkt, at, end)


def write_hello(line: Line, pkt: Packet, at: int, end: int) -> None:
    line.put(b"\n\tOptions [%s]" % bit_words(OPTIONS, pkt.u8(at + 6)))
    line.put(b"\n\t  Hello Timer %ds, Dead Timer %ds, Mask " % (
        pkt.u16(at + 4), pkt.u32(at + 8)))
    line.host4(pkt.u32(at))
    line.put(b", Priority %d" % pkt.u8(at + 7))
    write_routers(line, pkt, at + 12, end, at + 20 < end)


def write_request(line: Line, pkt: Packet, at: int) -> None:
    kind = pkt.u32(at)
    pkt.u32(at + 8)
    line.put(b"\n\t  Advertising Router: ")
    line.host4(pkt.u32(at + 8))
    line.put(b", %s LSA (%d)" % (LSA_NAMES.get(kind, b"unknown"), kind))
    if kind in OPAQUE:
        write_opaque_id(line, pkt, at + 4)
    else:
        line.put(b", LSA-ID: ")
        line.host4(pkt.u32(at + 4))


def write_opaque_id(line: Line, pkt: Packet, at: int) -> None:
    kind = pkt.u8(at)
    line.put(b", Opaque-Type %s LSA (%d), Opaque-ID %d" % (
        OPAQUE_NAMES.get(kind, b"unknown"), kind, pkt.u24(at + 1)))


def write_headers(line: Line, pkt: Packet, at: int, end: int) -> None:
    while at < end:
        write_header(line, pkt, at)
        at += LSA_HEADER


def write_header(line: Line, pkt: Packet, at: int) -> int:
    """A link state header; the octets of the advertisement, its header included."""
    size = write_advertiser(line, pkt, at, b"\t    ")
    kind = pkt.u8(at + 3)
    line.put(b"\n\t    %s LSA (%d)" % (LSA_NAMES.get(kind, b"unknown"), kind))
    if kind in OPAQUE:
        write_opaque_id(line, pkt, at + 4)
    else:
        line.put(b", LSA-ID: ")
        line.host4(pkt.u32(at + 4))
    line.put(b"\n\t    Options: [%s]" % bit_words(OPTIONS, pkt.u8(at + 2)))
    return size


def write_lsa(line: Line, pkt: Packet, at: int) -> int:
    """One advertisement; where the next begins."""
    size = write_header(line, pkt, at)
    kind = pkt.u8(at + 3)
    body = at + LSA_HEADER
    end = at + size
    if kind == ROUTER:
        write_router(line, pkt, body)
    elif kind == NETWORK:
        mask = pkt.u32(body)
        line.put(b"\n\t    Mask ")
        line.host4(mask)
        line.put(b"\n\t    Connected Routers:")
        for i in range(body + 4, end, 4):
            router = pkt.u32(i)
            line.put(b"\n\t      ")
            line.host4(router)
    elif kind in (SUMMARY, ASBR_SUMMARY):
        if kind == SUMMARY:
            mask = pkt.u32(body)
            line.put(b"\n\t    Mask ")
            line.host4(mask)
        for i in range(body + 4, end, 4):
            word = pkt.u32(i)
            write_topology(line, word >> 24 & 0x7F)
            line.put(b" metric %d" % (word & 0xFFFFFF))
    elif kind in (EXTERNAL, NSSA):
        write_external(line, pkt, body, end)
    elif kind == GROUP:
        write_group(line, pkt, body, end)
    elif kind in OPAQUE:
        write_opaque(line, pkt, body, end, pkt.u8(at + 4))
    elif line.style.verbose <= 1:
        print_unknown_data(line, pkt, body, b"\n\t    ", size - LSA_HEADER)
    if line.style.verbose > 1:
        print_unknown_data(line, pkt, body, b"\n\t    ", size - LSA_HEADER)
    return end


def write_opaque(line: Line, pkt: Packet, body: int, end: int, kind: int) -> None:
    if kind == GRACE:
        write_grace(line, pkt, body, end)
    elif kind == INFORMATION:
        write_router_information(line, pkt, body, end)
    elif kind == EXTENDED_PREFIX:
        write_extended_prefix(line, pkt, body, end)
    elif line.style.verbose <= 1:
        print_unknown_data(line, pkt, body, b"\n\t    ", end - body)


def write_topology(line: Line, number: int) -> None:
    """RFC 4915: what was a type of service is a topology."""
    line.put(b"\n\t\ttopology %s (%d)," % (b"default" if number == 0 else b"unknown", number))


def write_router(line: Line, pkt: Packet, at: int) -> None:
    line.put(b"\n\t    Router LSA Options: [%s]" % bit_words(ROUTER_FLAGS, pkt.u8(at)))
    count = pkt.u16(at + 2)
    at += 4
    for _ in range(count):
        pkt.raw(at, 12)
        kind = pkt.u8(at + 8)
        texts = LINK_TEXTS.get(kind)
        if texts is None:
            line.put(b"\n\t      Unknown Router Link Type (%d)" % kind)
            return
        line.put(b"\n\t      " + texts[0])
        line.host4(pkt.u32(at))
        line.put(texts[1])
        line.host4(pkt.u32(at + 4))
        topologies = pkt.u8(at + 9)
        write_topology(line, 0)
        line.put(b" metric %d" % pkt.u16(at + 10))
        at += 12
        for _ in range(topologies):
            word = pkt.u32(at)
            write_topology(line, word >> 24)
            line.put(b" metric %d" % (word & 0xFFFF))
            at += 4


def write_external(line: Line, pkt: Packet, at: int, end: int) -> None:
    """AS-external and NSSA advertisements (RFC 2328 §A.4.5)."""
    mask = pkt.u32(at)
    line.put(b"\n\t    Mask ")
    line.host4(mask)
    for i in range(at + 4, end, 12):
        word = pkt.u32(i)
        write_topology(line, word >> 24 & 0x7F)
        line.put(b" type %d, metric" % (2 if word >> 31 else 1))
        metric = word & 0xFFFFFF
        line.put(b" infinite" if metric == 0xFFFFFF else b" %d" % metric)
        if pkt.u32(i + 4):
            line.put(b", forward ")
            line.host4(pkt.u32(i + 4))
        if pkt.u32(i + 8):
            line.put(b", tag ")
            line.host4(pkt.u32(i + 8))


def write_group(line: Line, pkt: Packet, at: int, end: int) -> None:
    """Multicast group membership (RFC 1584)."""
    for i in range(at, end, 8):
        kind = pkt.u32(i)
        vertex = pkt.u32(i + 4)
        if kind == 1:
            line.put(b"\n\t    Router Router-ID ")
        elif kind == 2:
            line.put(b"\n\t    Network Designated Router ")
        else:
            line.put(b"\n\t    unknown VertexType (%d)" % kind)
            continue
        line.host4(vertex)
