"""Cisco's Enhanced Interior Gateway Routing Protocol (RFC 7868); tcpdump: print-eigrp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import Form, Malformed, dotted, options, raw, tlvs, whole_number
from fyke.layers.fields import U8, U16, U32, Flags, Listed
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, as_text, bit_words, named
from fyke.wire import Line, Record, Truncated

VERSION = 2
HEADER_LENGTH, TLV_HEADER_LENGTH = 20, 4
OPCODE_NAMES = {1: b"Update", 3: b"Query", 4: b"Reply", 5: b"Hello", 6: b"IPX SAP", 7: b"Probe"}
FLAGS = ((0x01, b"Init"), (0x02, b"Conditionally Received"), (0x04, b"Restart"),
         (0x08, b"End-of-Table"))
EXTERNAL_NAMES = {
    1: b"IGRP", 2: b"EIGRP", 3: b"Static", 4: b"RIP", 5: b"Hello", 6: b"OSPF", 7: b"IS-IS",
    8: b"EGP", 9: b"BGP", 10: b"IDRP", 11: b"Connected",
}
#: Octets in front of the metric: next hop alone, or an external route's origin too.
INTERNAL, IP_EXTERNAL, APPLETALK_EXTERNAL = 4, 24, 20
METRIC_LENGTH = 16


class Parameters(NamedTuple):
    """Weights of the metric, and how long a neighbour holds (RFC 7868 §6.8.1)."""

    k1: int
    k2: int
    k3: int
    k4: int
    k5: int
    k6: int
    hold_time: int  #: seconds


class Version(NamedTuple):
    """Versions of the router's software and of EIGRP."""

    ios: str
    eigrp: str


class Metric(NamedTuple):
    """The classic vector of metrics (RFC 7868 §6.6.1.1)."""

    delay: int  #: in units of 10 µs, times 256
    bandwidth: int  #: 2,560,000,000 over kbit/s
    mtu: int
    hops: int
    reliability: int
    load: int


class Origin(NamedTuple):
    """Where an external route came from (RFC 7868 §6.6.2)."""

    router: str
    asn: int
    tag: int
    metric: int
    protocol: str


class Route(NamedTuple):
    """A destination of IPv4 or IPv6."""

    prefix: str
    length: int
    next_hop: str  #: zeros: the sender itself
    metric: Metric
    origin: Origin | None


class Cables(NamedTuple):
    """A destination of AppleTalk."""

    first: int
    last: int
    next_hop: str
    metric: Metric


def read_parameters(pkt: Record, at: int, size: int) -> Parameters:
    k1, k2, k3, k4, k5, k6 = pkt.raw(at, 6)
    return Parameters(k1, k2, k3, k4, k5, k6, pkt.u16(at + 6))


def read_version(pkt: Record, at: int, size: int) -> Version:
    four = pkt.raw(at, 4)
    return Version(f"{four[0]}.{four[1]}", f"{four[2]}.{four[3]}")


def read_metric(pkt: Record, at: int) -> Metric:
    return Metric(pkt.u32(at), pkt.u32(at + 4), pkt.u24(at + 8), pkt.u8(at + 11), pkt.u8(at + 12),
                  pkt.u8(at + 13))


def read_origin(pkt: Record, at: int) -> Origin:
    return Origin(dotted(pkt, at, 4), pkt.u32(at + 4), pkt.u32(at + 8), pkt.u32(at + 12),
                  named(EXTERNAL_NAMES, pkt.u8(at + 18), b"unknown").decode())


def route_reader(width: int, external: bool) -> Callable[[Record, int, int], list[Route]]:
    """Every destination of a route element; they share next hop, metric and origin."""
    def read(pkt: Record, at: int, size: int) -> list[Route]:
        stop = at + size
        hop = address(pkt.raw(at, width))
        at += width
        origin = None
        if external:
            origin = read_origin(pkt, at)
            at += IP_EXTERNAL - INTERNAL
        metric = read_metric(pkt, at)
        at += METRIC_LENGTH
        found = []
        while at < stop:
            bits = pkt.u8(at)
            count = (bits + 7) // 8
            if bits > 8 * width or at + 1 + count > stop:
                raise Malformed(f"a prefix of {bits} bits")
            found.append(Route(address(pkt.raw(at + 1, count).ljust(width, b"\0")), bits, hop,
                               metric, origin))
            at += 1 + count
        return found
    return read


def cables_reader(metric: int) -> Callable[[Record, int, int], Cables]:
    def read(pkt: Record, at: int, size: int) -> Cables:
        cables = at + metric + METRIC_LENGTH
        return Cables(pkt.u16(cables), pkt.u16(cables + 2), f"{pkt.u16(at)}.{pkt.u16(at + 2)}",
                      read_metric(pkt, at + metric))
    return read


def write_parameters(line: Line, pkt: Record, at: int) -> None:
    line.put(b"\n\t    holdtime: %ds, k1 %d, k2 %d, k3 %d, k4 %d, k5 %d" % (
        pkt.u16(at + 6), *pkt.raw(at, 5)))


def write_version(line: Line, pkt: Record, at: int) -> None:
    line.put(b"\n\t    IOS version: %d.%d, EIGRP version %d.%d" % tuple(pkt.raw(at, 4)))


def write_internal(line: Line, pkt: Record, at: int) -> None:
    if write_prefix(line, pkt, at, at + INTERNAL + METRIC_LENGTH):
        write_metric(line, pkt, at + INTERNAL)


def write_external(line: Line, pkt: Record, at: int) -> None:
    """A route and where it came from."""
    if write_prefix(line, pkt, at, at + IP_EXTERNAL + METRIC_LENGTH):
        line.put(b"\n\t      origin-router ")
        line.host4(pkt.u32(at + 4))
        line.put(b", origin-as %d, origin-proto %s, flags [0x%02x], tag 0x%08x, metric %d" % (
            pkt.u32(at + 8), named(EXTERNAL_NAMES, pkt.u8(at + 22), b"unknown"), pkt.u8(at + 23),
            pkt.u32(at + 12), pkt.u32(at + 16)))
        write_metric(line, pkt, at + IP_EXTERNAL)


def write_prefix(line: Line, pkt: Record, at: int, prefix: int) -> bool:
    """The first destination and its next hop; False if no prefix is that long."""
    bits = pkt.u8(prefix)
    if bits > 32:
        line.put(b"\n\t    illegal prefix length %d" % bits)
        return False
    octets = pkt.raw(prefix + 1, (bits + 7) // 8).ljust(4, b"\0")
    line.put(b"\n\t    IPv4 prefix: %15s/%d, nexthop: " % (
        b".".join([b"%d" % octet for octet in octets]), bits))
    if pkt.u32(at) == 0:
        line.put(b"self")
    else:
        line.host4(pkt.u32(at))
    return True


def write_metric(line: Line, pkt: Record, at: int) -> None:
    """Delay, bandwidth, and the rest of a vector of metrics."""
    line.put(b"\n\t      delay %d ms, bandwidth %d Kbps, mtu %d, hop %d, reliability %d, "
             b"load %d" % (pkt.u32(at) // 100, pkt.u32(at + 4), pkt.u24(at + 8),
                           pkt.u8(at + 11), pkt.u8(at + 12), pkt.u8(at + 13)))


def write_cable_setup(line: Line, pkt: Record, at: int) -> None:
    line.put(b"\n\t    Cable-range: %d-%d, Router-ID %d" % (
        pkt.u16(at), pkt.u16(at + 2), pkt.u32(at + 4)))


def write_cables(line: Line, pkt: Record, at: int, cables: int) -> None:
    line.put(b"\n\t     Cable-Range: %d-%d, nexthop: " % (pkt.u16(cables), pkt.u16(cables + 2)))
    if pkt.u32(at) == 0:
        line.put(b"self")
    else:
        line.put(b"%d.%d" % (pkt.u16(at), pkt.u16(at + 2)))


def write_appletalk_internal(line: Line, pkt: Record, at: int) -> None:
    write_cables(line, pkt, at, at + INTERNAL + METRIC_LENGTH)
    write_metric(line, pkt, at + INTERNAL)


def write_appletalk_external(line: Line, pkt: Record, at: int) -> None:
    write_cables(line, pkt, at, at + APPLETALK_EXTERNAL + METRIC_LENGTH)
    line.put(b"\n\t      origin-router %d, origin-as %d, origin-proto %s, "
             b"flags [0x%02x], tag 0x%08x, metric %d" % (
                 pkt.u32(at + 4), pkt.u32(at + 8),
                 named(EXTERNAL_NAMES, pkt.u8(at + 16), b"unknown"), pkt.u8(at + 17),
                 pkt.u32(at + 12), pkt.u16(at + 18)))
    write_metric(line, pkt, at + APPLETALK_EXTERNAL)


class Words(NamedTuple):
    """How the text calls an element, its least octets there, and how it writes the value."""

    title: bytes
    least: int = 0
    write: Callable[[Line, Record, int], None] | None = None


UNKNOWN = Words(b"Unknown")
FORMS: dict[int, Form] = {
    0x0001: Form("parameters", read_parameters, 8, -1,
                 Words(b"General Parameters", 8, write_parameters)),
    0x0002: Form("authentication", raw, write=Words(b"Authentication")),
    0x0003: Form("sequence", raw, write=Words(b"Sequence")),
    0x0004: Form("software", read_version, 4, -1, Words(b"Software Version", 4, write_version)),
    0x0005: Form("next_multicast_sequence", whole_number, 4, 4,
                 Words(b"Next Multicast Sequence")),
    0x0006: Form("stub", whole_number, 2, 2, UNKNOWN),
    0x0102: Form("routes", route_reader(4, False), 21, -1,
                 Words(b"IP Internal routes", 22, write_internal)),
    0x0103: Form("external_routes", route_reader(4, True), 41, -1,
                 Words(b"IP External routes", 42, write_external)),
    0x0202: Form("appletalk_routes", cables_reader(INTERNAL), 24, -1,
                 Words(b"AppleTalk Internal routes", 24, write_appletalk_internal)),
    0x0203: Form("appletalk_external_routes", cables_reader(APPLETALK_EXTERNAL), 40, -1,
                 Words(b"AppleTalk External routes", 40, write_appletalk_external)),
    0x0204: Form("appletalk_cables", raw, 8, -1,
                 Words(b"AppleTalk Cable setup", 8, write_cable_setup)),
    0x0302: Form("ipx_routes", raw, write=Words(b"IPX Internal routes")),
    0x0303: Form("ipx_external_routes", raw, write=Words(b"IPX External routes")),
    0x0402: Form("routes6", route_reader(16, False), 33, -1, UNKNOWN),
    0x0403: Form("external_routes6", route_reader(16, True), 53, -1, UNKNOWN),
}


class Eigrp(Layer):
    """A common header, then TLVs."""

    __slots__ = ()

    name = "eigrp"
    tag = b"eigrp"

    version = U8(0, "version of the protocol")
    opcode = U8(1, "type of message", names=as_text(OPCODE_NAMES))
    checksum = U16(2, "checksum over the message")
    flags = Flags(4, 4, 0xFFFFFFFF, "flags",
                  {1: "init", 2: "conditional receive", 4: "restart", 8: "end of table"})
    seq = U32(8, "sequence number")
    ack = U32(12, "the sequence number that this acknowledges")
    vrid = U16(16, "virtual router")
    asn = U16(18, "autonomous system")
    tlvs = Listed(lambda layer: options(layer.pkt, tlvs(
        layer.pkt, layer.off + HEADER_LENGTH, layer.off + layer.size, type_size=2, length_size=2,
        counts=TLV_HEADER_LENGTH), FORMS), "parameters and routes", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 18)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        version, opcode = pkt.u8(off), pkt.u8(off + 1)
        if self.size < HEADER_LENGTH:
            line.put(b"EIGRP %s, length: %d (too short, < %d)" % (
                named(OPCODE_NAMES, opcode, b"unknown, type: %d"), self.size, HEADER_LENGTH))
            return
        pkt.raw(off, HEADER_LENGTH)
        if version != VERSION:
            line.put(b"EIGRP version %d packet not supported" % version)
            return
        if not line.style.verbose:
            line.put(b"EIGRP %s, length: %d" % (
                named(OPCODE_NAMES, opcode, b"unknown (%d)"), self.size))
            return
        rest = self.size - HEADER_LENGTH
        line.put(b"\n\tEIGRP v%d, opcode: %s (%d), chksum: 0x%04x, Flags: [%s]" % (
            version, named(OPCODE_NAMES, opcode, b"unknown, type: %d"), opcode,
            self.checksum, bit_words(FLAGS, self.flags)))
        line.put(b"\n\tseq: 0x%08x, ack: 0x%08x, VRID: %d, AS: %d, length: %d" % (
            self.seq, self.ack, self.vrid, self.asn, rest))
        write_tlvs(line, pkt, off + HEADER_LENGTH, rest)


def write_tlvs(line: Line, pkt: Record, at: int, rest: int) -> None:
    while rest > 0:
        if rest < TLV_HEADER_LENGTH:
            line.put(b"\n\t  (only %d bytes of data)" % rest + INVALID)
            return
        kind, size = pkt.u16(at), pkt.u16(at + 2)
        form = FORMS.get(kind)
        words = UNKNOWN if form is None else form.write
        line.put(b"\n\t  %s TLV (0x%04x), length: %d" % (words.title, kind, size))
        if size < TLV_HEADER_LENGTH or size > rest:
            line.put(INVALID)
            return
        if not pkt.has(at, size):
            raise Truncated
        write_value(line, pkt, at + TLV_HEADER_LENGTH, size - TLV_HEADER_LENGTH, words)
        at += size
        rest -= size


def write_value(line: Line, pkt: Record, at: int, size: int, words: Any) -> None:
    verbose = line.style.verbose
    if size < words.least:
        line.put(b" (too short, < %d)" % (words.least + TLV_HEADER_LENGTH))
    elif words.write is not None:
        words.write(line, pkt, at)
    elif verbose <= 1:
        print_unknown_data(line, pkt, at, b"\n\t    ", size)
    if verbose > 1:
        print_unknown_data(line, pkt, at, b"\n\t    ", size)
