"""Open Shortest Path First for IPv6, version 3 (RFC 5340, 7166, 5613); tcpdump: print-ospf6.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.fields import U8, U16, U32, Ip4, Listed, Made
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.routing.ospf3_lsa import read_body, read_header
from fyke.layers.routing.ospf_packet import (
    ACK,
    DESCRIPTION,
    HELLO,
    LSA_HEADER,
    REQUEST,
    TYPE,
    TYPE_NAMES,
    UPDATE,
    OspfPacket,
    addresses,
    advertisements,
    records,
    request,
    write_advertiser,
    write_routers,
)
from fyke.layers.routing.ospf_tlvs import write_list
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

OPTIONS = (
    (0x01, b"V6"), (0x02, b"External"), (0x04, b"Deprecated"), (0x08, b"NSSA"),
    (0x10, b"Router"), (0x20, b"Demand Circuit"), (0x100, b"AFs Support"), (0x200, b"LLS"),
    (0x400, b"Authentication Trailer"),
)
LINK_LOCAL_SIGNALING = 0x200
DESCRIPTION_FLAGS = ((4, b"Init"), (2, b"More"), (1, b"Master"), (0x10, b"IPv6 MTU"))
ROUTER, NETWORK, INTER_PREFIX, EXTERNAL = 0x2001, 0x2002, 0x2003, 0x4005
LINK, INTRA_PREFIX, ENGINEERING, GRACE = 0x0008, 0x2009, 0x200A, 0x000B
TEXTS = {ENGINEERING: 1, GRACE: 3}  # the opaque types of version 2 with the same content
LSA_NAMES = {
    1: b"Router", 2: b"Network", 3: b"Inter-Area Prefix", 4: b"Inter-Area Router",
    5: b"External", 6: b"Deprecated", 7: b"NSSA", 8: b"Link", 9: b"Intra-Area Prefix",
    10: b"Intra-Area TE", 11: b"Grace", 12: b"Router Information", 13: b"Inter-AS-TE",
    14: b"Layer 1 VPN",
}
SCOPES = {0x0000: b"Link Local", 0x2000: b"Area Local", 0x4000: b"Domain Wide"}
ROUTER_FLAGS = ((1, b"ABR"), (2, b"External"), (4, b"Virtual-Link Endpoint"), (8, b"Deprecated"),
                (16, b"NSSA Translator"))
EXTERNAL_FLAGS = ((0x04000000, b"External Type 2"), (0x02000000, b"Forwarding"),
                  (0x01000000, b"Tag"))
PREFIX_OPTIONS = ((1, b"No Unicast"), (2, b"Local address"), (4, b"Deprecated"),
                  (8, b"Propagate"), (16, b"Down"), (32, b"N-bit"))
HEADER = 16  # octets


def of(field: Any, kind: int, type: str) -> Made:
    """A field that packets of one type have."""
    return Made(type, lambda layer: field.read(layer) if layer.type == kind else None,
                field.words, unit=field.unit)


def options_of(layer: Ospf3) -> int | None:
    """Options stand in hellos and in descriptions, at different places."""
    at = {HELLO: HEADER + 5, DESCRIPTION: HEADER + 1}.get(layer.type)
    return None if at is None else layer.pkt.u24(layer.off + at)


class Ospf3(OspfPacket):
    """An OSPFv3 packet."""

    __slots__ = ()

    name = "ospf3"
    tag = b"ospf3"

    instance = U8(14, "instance on this link")
    options = Made("u24", options_of, "what the router can (hello, description)")
    interface_id = of(U32(HEADER, "interface of the router"), HELLO, "u32")
    priority = of(U8(HEADER + 4, "to become designated router; 0 never"), HELLO, "u8")
    hello_interval = of(U16(HEADER + 8, "time between hellos", unit="s"), HELLO, "u16")
    dead_interval = of(U16(HEADER + 10, "silence after which a router is down", unit="s"), HELLO,
                       "u16")
    designated_router = of(Ip4(HEADER + 12, "designated router, 0.0.0.0 for none"), HELLO, "ipv4")
    backup_router = of(Ip4(HEADER + 16, "backup designated router"), HELLO, "ipv4")
    neighbors = Listed(lambda layer: addresses(layer.pkt, layer.off + HEADER + 20, layer.end())
                       if layer.type == HELLO else None, "routers heard of")
    mtu = of(U16(HEADER + 4, "largest datagram of the interface", unit="bytes"), DESCRIPTION,
             "u16")
    dd_flags = of(U8(HEADER + 7, "init 4, more 2, master 1"), DESCRIPTION, "u8")
    dd_seq = of(U32(HEADER + 8, "sequence number of the description"), DESCRIPTION, "u32")
    requests = Listed(lambda layer: records(layer.pkt, layer.off + HEADER, layer.end(), 12,
                                            request)
                      if layer.type == REQUEST else None, "advertisements asked for")
    lsas = Listed(lambda layer: layer.read_lsas(), "link state advertisements, or their headers")

    def read_lsas(self) -> Any:
        at = self.off + HEADER
        if self.type == UPDATE:
            return advertisements(self.pkt, at, self.end(), read_header, read_body)
        if self.type in (DESCRIPTION, ACK):
            return records(self.pkt, at + 12 if self.type == DESCRIPTION else at, self.end(),
                           LSA_HEADER, read_header)
        return None

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        kind = pkt.u8(off + 1)
        name = TYPE_NAMES.get(kind)
        line.put(b"OSPFv%d, %s, length %d" % (
            pkt.u8(off), name or b"unknown packet type (%d)" % kind, self.size))
        if name is None or not line.style.verbose:
            return
        size = pkt.u16(off + 2)
        if size > self.size:
            line.put(b" [len %d]" % size)
            return
        self.write_origin(line, pkt)
        if pkt.u8(off + 14):
            line.put(b", Instance %d" % pkt.u8(off + 14))
        if pkt.u8(off) == 3:
            self.write_body(line, pkt, off + HEADER, off + size)
            self.write_trailer(line, pkt, off + size, self.size - size)

    def write_body(self, line: Line, pkt: Record, at: int, stop: int) -> None:
        kind = pkt.u8(self.off + TYPE)
        if kind == HELLO:
            write_hello(line, pkt, at, stop)
        elif kind == DESCRIPTION:
            line.put(b"\n\tOptions [%s], DD Flags [%s]" % (
                bit_words(OPTIONS, pkt.u32(at)), bit_words(DESCRIPTION_FLAGS, pkt.u8(at + 7))))
            line.put(b", MTU %d, DD-Sequence 0x%08x" % (pkt.u16(at + 4), pkt.u32(at + 8)))
            if line.style.verbose > 1:
                write_headers(line, pkt, at + 12, stop)
        elif line.style.verbose < 2:
            return
        elif kind == REQUEST:
            while at < stop:
                pkt.u32(at + 8)
                line.put(b"\n\t  Advertising Router ")
                line.host4(pkt.u32(at + 8))
                write_type(line, pkt.u16(at + 2), pkt.u32(at + 4))
                at += 12
        elif kind == UPDATE:
            count = pkt.u32(at)
            at += 4
            while at < stop and count > 0:
                at = write_lsa(line, pkt, at, stop)
                count -= 1
        elif kind == ACK:
            write_headers(line, pkt, at, stop)

    def write_trailer(self, line: Line, pkt: Record, at: int, rest: int) -> None:
        """Link-local signaling (RFC 5613 §2.2), then authentication (RFC 7166 §4.1)."""
        signaling = False
        if self.type == HELLO:
            signaling = bool(pkt.u32(self.off + HEADER + 4) & LINK_LOCAL_SIGNALING)
        elif self.type == DESCRIPTION:
            signaling = bool(pkt.u32(self.off + HEADER) & LINK_LOCAL_SIGNALING)
        if signaling and rest:
            if rest < 4:
                raise Truncated
            size = pkt.u16(at + 2)
            line.put(b"\n\tLLS Checksum 0x%04x, Data Length %d" % (pkt.u16(at), size))
            if size < 4 or size > rest:
                raise Truncated
            pkt.raw(at, size)
            at += size
            rest -= size
        if rest:
            write_authentication(line, pkt, at, rest)


def write_hello(line: Line, pkt: Record, at: int, stop: int) -> None:
    line.put(b"\n\tOptions [%s]" % bit_words(OPTIONS, pkt.u32(at + 4)))
    line.put(b"\n\t  Hello Timer %ds, Dead Timer %ds, Interface-ID " % (
        pkt.u16(at + 8), pkt.u16(at + 10)))
    line.host4(pkt.u32(at))
    line.put(b", Priority %d" % pkt.u8(at + 4))
    write_routers(line, pkt, at + 12, stop, line.style.verbose > 1)


def write_authentication(line: Line, pkt: Record, at: int, rest: int) -> None:
    if rest < 16:
        raise Truncated
    kind = pkt.u16(at)
    size = pkt.u16(at + 2)
    line.put(b"\n\tAuthentication Type %s, Length %d" % (
        b"HMAC" if kind == 1 else b"unknown (0x%04x)" % kind, size))
    if size < 16 or size > rest:
        raise Truncated
    line.put(b", SAID %d, CSN 0x%08x:%08x" % (
        pkt.u16(at + 6), pkt.u32(at + 8), pkt.u32(at + 12)))
    pkt.raw(at + 16, size - 16)
    if line.style.verbose > 1:
        print_unknown_data(line, pkt, at + 16, b"\n\tAuthentication Data ", size - 16)


def write_type(line: Line, kind: int, identifier: int) -> None:
    line.put(b"\n\t    %s LSA (%d), %s Scope%s, LSA-ID " % (
        LSA_NAMES.get(kind & 0x1FFF, b"Unknown"), kind & 0x1FFF,
        SCOPES.get(kind & 0x6000, b"Unknown"), b", transitive" if kind & 0x8000 else b""))
    line.host4(identifier)


def write_headers(line: Line, pkt: Record, at: int, stop: int) -> None:
    while at < stop:
        write_header(line, pkt, at, stop)
        at += LSA_HEADER


def write_header(line: Line, pkt: Record, at: int, stop: int) -> int:
    """A link state header; the octets of the advertisement, its header included."""
    if at + LSA_HEADER > stop:
        raise Truncated
    size = write_advertiser(line, pkt, at, b"\t\t  ")
    write_type(line, pkt.u16(at + 2), pkt.u32(at + 4))
    return size


def write_lsa(line: Line, pkt: Record, at: int, stop: int) -> int:
    """One advertisement; where the next begins."""
    size = write_header(line, pkt, at, stop)
    if at + size > stop:
        raise Truncated
    kind = pkt.u16(at + 2)
    body = at + LSA_HEADER
    end = at + size
    if kind == ROUTER:
        write_router(line, pkt, body, end)
    elif kind == NETWORK:
        need(body, end, 4)
        line.put(b"\n\t      Options [%s]\n\t      Connected Routers:" % bit_words(
            OPTIONS, pkt.u32(body)))
        for i in range(body + 4, end, 4):
            need(i, end, 4)
            line.put(b"\n\t\t")
            line.host4(pkt.u32(i))
    elif kind == INTER_PREFIX:
        need(body, end, 4)
        line.put(b", metric %d" % (pkt.u32(body) & 0xFFFFFF))
        body += 4
        while body < end:
            body = write_prefix(line, pkt, body, end)
    elif kind == EXTERNAL:
        write_external(line, pkt, body, end)
    elif kind == LINK:
        need(body, end, 4)
        line.put(b"\n\t      Options [%s]" % bit_words(OPTIONS, pkt.u32(body)))
        need(body, end, 24)
        count = pkt.u32(body + 20)
        line.put(b"\n\t      Priority %d, Link-local address " % pkt.u8(body))
        line.host6(pkt, body + 4)
        line.put(b", Prefixes %d:" % count)
        write_prefixes(line, pkt, body + 24, end, count)
    elif kind == INTRA_PREFIX:
        need(body, end, 12)
        pkt.u32(body + 8)
        write_type(line, pkt.u16(body + 2), pkt.u32(body + 4))
        line.put(b"\n\t      Prefixes %d:" % pkt.u16(body))
        write_prefixes(line, pkt, body + 12, end, pkt.u16(body))
    elif kind in TEXTS:
        if not write_list(line, pkt, body, end, TEXTS[kind]):
            raise Truncated
    else:
        print_unknown_data(line, pkt, body, b"\n\t      ", size - LSA_HEADER)
    return end


def need(at: int, end: int, count: int) -> None:
    """An advertisement that ends too soon is shown as cut off."""
    if end - at < count:
        raise Truncated


def write_router(line: Line, pkt: Record, at: int, end: int) -> None:
    need(at, end, 4)
    line.put(b"\n\t      Options [%s], RLA-Flags [%s]" % (
        bit_words(OPTIONS, pkt.u32(at)), bit_words(ROUTER_FLAGS, pkt.u8(at))))
    at += 4
    while at < end:
        need(at, end, 16)
        pkt.u32(at + 12)
        kind = pkt.u8(at)
        heads = {1: b"Neighbor Router-ID ", 2: b"Neighbor Network-ID ",
                 4: b"Virtual Link: Neighbor Router-ID "}
        if kind not in heads:
            line.put(b"\n\t      Unknown Router Links Type 0x%02x" % kind)
            return
        line.put(b"\n\t      " + heads[kind])
        line.host4(pkt.u32(at + 12))
        line.put(b"\n\t      Neighbor Interface-ID ")
        line.host4(pkt.u32(at + 8))
        line.put(b", Interface ")
        line.host4(pkt.u32(at + 4))
        line.put(b", metric %d" % pkt.u16(at + 2))
        at += 16


def write_prefixes(line: Line, pkt: Record, at: int, end: int, count: int) -> None:
    while count > 0:
        at = write_prefix(line, pkt, at, end)
        count -= 1


def write_prefix(line: Line, pkt: Record, at: int, end: int) -> int:
    """A prefix of as many 32-bit words as its length needs; where the next begins."""
    need(at, end, 4)
    bits = pkt.u8(at)
    size = (bits + 31) // 32 * 4
    if size > 16:
        line.put(b" bogus prefixlen /%d" % bits)
        raise Truncated
    need(at + 4, end, size)
    address = Record(pkt.raw(at + 4, size).ljust(16, b"\0"))
    line.put(b"\n\t\t")
    line.host6(address, 0)
    line.put(b"/%d" % bits)
    if pkt.u8(at + 1):
        line.put(b", Options [%s]" % bit_words(PREFIX_OPTIONS, pkt.u8(at + 1)))
    line.put(b", metric %d" % pkt.u16(at + 2))
    return at + 4 + size


def write_external(line: Line, pkt: Record, at: int, end: int) -> None:
    need(at, end, 4)
    word = pkt.u32(at)
    line.put(b"\n\t     Flags [%s] metric %d" % (bit_words(EXTERNAL_FLAGS, word), word & 0xFFFFFF))
    prefix = at + 4
    at = write_prefix(line, pkt, prefix, end)
    if word & 0x02000000:
        need(at, end, 16)
        line.put(b" forward ")
        line.host6(pkt, at)
        at += 16
    if word & 0x01000000:
        need(at, end, 4)
        line.put(b" tag ")
        line.host4(pkt.u32(at))
        at += 4
    if pkt.u8(prefix + 2):
        need(at, end, 4)
        line.put(b" RefLSID: ")
        line.host4(pkt.u32(at))
