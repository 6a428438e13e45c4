"""Open Shortest Path First version 2 (RFC 2328, 3101, 5250, 5613); tcpdump: print-ospf.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.fields import U8, U16, U32, Bits, Ip4, Listed, Made, Renamed
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.routing.ospf_lsa import (
    ASBR_SUMMARY,
    EXTERNAL,
    GROUP,
    NETWORK,
    NSSA,
    OPAQUE,
    ROUTER,
    SUMMARY,
    read_body,
    read_header,
)
from fyke.layers.routing.ospf_packet import (
    ACK,
    DESCRIPTION,
    HELLO,
    LENGTH,
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
    write_bogus_length,
    write_routers,
)
from fyke.layers.routing.ospf_tlvs import (
    CUT_SHORT,
    LISTS,
    signaling,
    topology_name,
    write_list,
    write_signaling,
)
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

NAMES = {0: b"UMD", **TYPE_NAMES}
OPTIONS = (
    (0x01, b"MultiTopology"), (0x02, b"External"), (0x04, b"Multicast"), (0x08, b"NSSA"),
    (0x10, b"LLS"), (0x20, b"Demand Circuit"), (0x40, b"Opaque"), (0x80, b"Up/Down"),
)
OPTION_LETTERS = {0x01: "MT", 0x02: "E", 0x04: "MC", 0x08: "N", 0x10: "L", 0x20: "DC", 0x40: "O",
                  0x80: "DN"}
SIGNALING = 0x10  # option: a block of link-local signalling follows (RFC 5613 §2)
SIMPLE, CRYPTOGRAPHIC = 1, 2
AUTHENTICATION_NAMES = {0: b"none", SIMPLE: b"simple", CRYPTOGRAPHIC: b"MD5"}
DIGEST_LENGTH = 16  # of MD5 (RFC 2328 §D.3)
DESCRIPTION_FLAGS = ((4, b"Init"), (2, b"More"), (1, b"Master"), (8, b"OOBResync"))
LSA_NAMES = {
    ROUTER: b"Router", NETWORK: b"Network", SUMMARY: b"Summary", ASBR_SUMMARY: b"ASBR Summary",
    EXTERNAL: b"External", GROUP: b"Multicast Group", NSSA: b"NSSA", 9: b"Link Local Opaque",
    10: b"Area Local Opaque", 11: b"Domain Wide Opaque",
}
INFORMATION = 4
OPAQUE_NAMES = {
    1: b"Traffic Engineering", 3: b"Graceful restart", INFORMATION: b"Router Information",
    7: b"Extended Prefix", 8: b"Extended Link",
}
ROUTER_FLAGS = ((0x01, b"ABR"), (0x02, b"ASBR"), (0x04, b"Virtual"), (0x08, b"Wildcard"),
                (0x10, b"Nt"), (0x80, b"Host"))
LINK_TEXTS = {
    1: (b"Neighbor Router-ID: ", b", Interface Address: "),
    2: (b"Neighbor Network-ID: ", b", Interface Address: "),
    3: (b"Stub Network: ", b", Mask: "),
    4: (b"Virtual Link: Neighbor Router-ID: ", b", Interface Address: "),
}
AUTHENTICATION, BODY = 14, 24  # offsets


def of(*kinds: int, field: Any) -> Any:
    """A field that packets of these types have."""
    def make(layer: Ospf) -> Any:
        return field.read(layer) if layer.type in kinds else None
    return make


def hello(type: str, field: Any) -> Made:
    return Made(type, of(HELLO, field=field), field.words, unit=field.unit)


def description(type: str, field: Any) -> Made:
    return Made(type, of(DESCRIPTION, field=field), field.words, unit=field.unit)


def options_field(layer: Ospf) -> int | None:
    """Options stand in hellos and in descriptions, at different places."""
    at = {HELLO: BODY + 6, DESCRIPTION: BODY + 2}.get(layer.type)
    return None if at is None else layer.pkt.u8(layer.off + at)


class OptionBits(Made):
    """The options, by letters."""

    __slots__ = ()

    def said(self, value: Any) -> Any:
        return ",".join(name for bit, name in OPTION_LETTERS.items() if value & bit)


class Ospf(OspfPacket):
    """An OSPF packet."""

    __slots__ = ()

    name = "ospf"
    tag = b"ospf2"

    auth_type = U16(AUTHENTICATION, "how the packet is authenticated",
                    names={0: "none", SIMPLE: "simple", CRYPTOGRAPHIC: "cryptographic"})
    auth_key_id = Made("u8", lambda layer: layer.keyed(18, 1), "key of the digest")
    auth_length = Made("u8", lambda layer: layer.keyed(19, 1), "digest", unit="bytes")
    auth_seq = Made("u32", lambda layer: layer.keyed(20, 4), "sequence number against replay")
    authentication = Renamed("auth_type")
    options = OptionBits("u8", options_field, "what the router can (hello, description)")
    mask = hello("ipv4", Ip4(BODY, "mask of the network"))
    hello_interval = hello("u16", U16(BODY + 4, "time between hellos", unit="s"))
    priority = hello("u8", U8(BODY + 7, "to become designated router; 0 never"))
    dead_interval = hello("u32", U32(BODY + 8, "silence after which a router is down", unit="s"))
    designated_router = hello("ipv4", Ip4(BODY + 12, "designated router, 0.0.0.0 for none"))
    backup_router = hello("ipv4", Ip4(BODY + 16, "backup designated router"))
    neighbors = Listed(lambda layer: addresses(layer.pkt, layer.off + BODY + 20, layer.end())
                       if layer.type == HELLO else None, "routers heard of")
    mtu = description("u16", U16(BODY, "largest datagram of the interface", unit="bytes"))
    dd_flags = description("u8", Bits(BODY + 3, 1, 0xFF, "init 4, more 2, master 1, resync 8"))
    dd_seq = description("u32", U32(BODY + 4, "sequence number of the description"))
    requests = Listed(lambda layer: records(layer.pkt, layer.off + BODY, layer.end(), 12, request)
                      if layer.type == REQUEST else None, "advertisements asked for")
    lsas = Listed(lambda layer: layer.read_lsas(), "link state advertisements, or their headers")
    lls = Listed(lambda layer: layer.read_signaling(), "link-local signalling (RFC 5613)",
                 keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + AUTHENTICATION)

    def keyed(self, at: int, size: int) -> int | None:
        """A part of the authentication field where that is cryptographic (RFC 2328 §D.3)."""
        if self.auth_type != CRYPTOGRAPHIC:
            return None
        return self.pkt.u8(self.off + at) if size == 1 else self.pkt.u32(self.off + at)

    def digest_length(self) -> int:
        """Octets after the packet that authenticate it: 16 of MD5, more with RFC 5709."""
        if self.pkt.u16(self.off + AUTHENTICATION) != CRYPTOGRAPHIC:
            return 0
        stated = self.pkt.u8(self.off + 19) if self.pkt.has(self.off + 19, 1) else DIGEST_LENGTH
        fits = stated and self.pkt.u16(self.off + LENGTH) + stated <= self.size
        return stated if fits else DIGEST_LENGTH

    def read_lsas(self) -> Any:
        at = self.off + BODY
        if self.type == UPDATE:
            return advertisements(self.pkt, at, self.end(), read_header, read_body)
        if self.type in (DESCRIPTION, ACK):
            return records(self.pkt, at + 8 if self.type == DESCRIPTION else at, self.end(),
                           LSA_HEADER, read_header)
        return None

    def signaling_off(self) -> int:
        """Where the block of link-local signalling begins, after the digest; 0 without one."""
        options = self.options
        if options is None or not options & SIGNALING:
            return 0
        at = self.pkt.u16(self.off + LENGTH) + self.digest_length()
        return self.off + at if self.size >= at + 4 else 0

    def read_signaling(self) -> Any:
        at = self.signaling_off()
        if not at:
            return None
        # The length counts 32-bit words, the header included (RFC 5613 §2.2).
        stop = min(at + 4 * self.pkt.u16(at + 2), self.off + self.size)
        return signaling(self.pkt, at + 4, max(stop - at - 4, 0))

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        length = self.size - self.digest_length()
        kind = pkt.u8(off + TYPE)
        name = NAMES.get(kind)
        line.put(b"OSPFv%d, %s, length %d" % (
            pkt.u8(off), name or b"unknown LS-type %d" % kind, length))
        if name is None or not line.style.verbose:
            return
        size = pkt.u16(off + LENGTH)
        if length != size:
            line.put(b" [len %d]" % size)
        self.write_origin(line, pkt)
        if not self.write_authentication(line, pkt, off):
            return
        if pkt.u8(off) != 2:
            line.put(b" ospf [version %d]" % pkt.u8(off))
            return
        self.write_body(line, pkt, off + BODY, off + min(length, size))
        if length > size and kind in (HELLO, DESCRIPTION) and self.options & SIGNALING:
            at = self.signaling_off()
            if at:
                write_signaling(line, pkt, at, off + self.size)
            else:
                line.put(b"\n\t[LLS truncated]")

    def write_authentication(self, line: Line, pkt: Record, off: int) -> bool:
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

    def write_body(self, line: Line, pkt: Record, at: int, end: int) -> None:
        kind = pkt.u8(self.off + TYPE)
        if kind == HELLO:
            write_hello(line, pkt, at, end)
        elif kind == DESCRIPTION:
            line.put(b"\n\tOptions [%s]" % bit_words(OPTIONS, pkt.u8(at + 2)))
            line.put(b", DD Flags [%s]" % bit_words(DESCRIPTION_FLAGS, pkt.u8(at + 3)))
            if pkt.u16(at):
                line.put(b", MTU: %d" % pkt.u16(at))
            line.put(b", Sequence: 0x%08x" % pkt.u32(at + 4))
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


def write_hello(line: Line, pkt: Record, at: int, end: int) -> None:
    line.put(b"\n\tOptions [%s]" % bit_words(OPTIONS, pkt.u8(at + 6)))
    line.put(b"\n\t  Hello Timer %ds, Dead Timer %ds, Mask " % (
        pkt.u16(at + 4), pkt.u32(at + 8)))
    line.host4(pkt.u32(at))
    line.put(b", Priority %d" % pkt.u8(at + 7))
    write_routers(line, pkt, at + 12, end, at + 20 < end)


def write_request(line: Line, pkt: Record, at: int) -> None:
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


def write_opaque_id(line: Line, pkt: Record, at: int) -> None:
    kind = pkt.u8(at)
    line.put(b", Opaque-Type %s LSA (%d), Opaque-ID %d" % (
        OPAQUE_NAMES.get(kind, b"unknown"), kind, pkt.u24(at + 1)))


def write_headers(line: Line, pkt: Record, at: int, end: int) -> None:
    """Headers alone: where one says a length that cannot be, the next is read all the same."""
    while at < end:
        if pkt.u16(at + 18) < LSA_HEADER:
            write_bogus_length(line, pkt, at, b"\t    ")
        else:
            write_header(line, pkt, at)
        at += LSA_HEADER


def write_header(line: Line, pkt: Record, at: int) -> int:
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


def write_lsa(line: Line, pkt: Record, at: int) -> int:
    """One advertisement; where the next begins."""
    size = write_header(line, pkt, at)
    kind = pkt.u8(at + 3)
    body = at + LSA_HEADER
    end = at + size
    if kind == ROUTER:
        if not write_router(line, pkt, body):
            return end
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
            write_topology(line, word >> 24 & 0x7F, b"")
            line.put(b" metric %d" % (word & 0xFFFFFF))
    elif kind in (EXTERNAL, NSSA):
        write_external(line, pkt, body, end)
    elif kind == GROUP:
        write_group(line, pkt, body, end)
    elif kind in OPAQUE and not write_opaque(line, pkt, body, end, pkt.u8(at + 4)):
        return end
    if line.style.verbose > 1:
        print_unknown_data(line, pkt, body, b"\n\t    ", size - LSA_HEADER)
    return end


def write_opaque(line: Line, pkt: Record, body: int, end: int, kind: int) -> bool:
    """What is in an opaque advertisement; False if it ends in what cannot be."""
    if kind in LISTS:
        return write_list(line, pkt, body, end, kind)
    if line.style.verbose <= 1:
        print_unknown_data(line, pkt, body, b"\n\t    ", end - body)
    return True


def write_topology(line: Line, number: int, after: bytes = b",") -> None:
    """RFC 4915: what was a type of service is a topology."""
    line.put(b"\n\t\ttopology %s (%d)%s" % (topology_name(number), number, after))


def write_router(line: Line, pkt: Record, at: int) -> bool:
    """A router's links; False at one of a kind that nobody knows, after which nothing follows."""
    line.put(b"\n\t    Router LSA Options: [%s]" % bit_words(ROUTER_FLAGS, pkt.u8(at)))
    count = pkt.u16(at + 2)
    at += 4
    for _ in range(count):
        if not pkt.has(at, 12):
            line.put(CUT_SHORT)
            raise Truncated
        kind = pkt.u8(at + 8)
        texts = LINK_TEXTS.get(kind)
        if texts is None:
            line.put(b"\n\t      Unknown Router Link Type (%d)" % kind)
            return False
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
    return True


def write_external(line: Line, pkt: Record, at: int, end: int) -> None:
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


def write_group(line: Line, pkt: Record, at: int, end: int) -> None:
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
