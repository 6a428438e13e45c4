"""Cisco NetFlow, versions 1, 5 and 6 (-T cnfp); tcpdump: print-cnfp.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import U16, U32, Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.layers.network.protocols import IANA_NAMES
from fyke.layers.plain import address
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

HEADER_LENGTHS = {1: 16, 5: 24, 6: 24}
RECORD_LENGTHS = {1: 52, 5: 52, 6: 52}
TCP = 6
TCP_FLAGS = ((0x01, b"F"), (0x02, b"S"), (0x04, b"R"), (0x08, b"P"), (0x10, b"."), (0x20, b"U"),
             (0x40, b"E"), (0x80, b"W"), (0x100, b"e"))


class FlowRecord(NamedTuple):
    """A flow; None where version 1 has no such field."""

    src: str
    dst: str
    next_hop: str
    input: int
    output: int
    packets: int
    octets: int
    first: int  #: milliseconds of uptime
    last: int
    src_port: int
    dst_port: int
    flags: int
    proto: int
    tos: int
    src_as: int | None
    dst_as: int | None
    src_mask: int | None
    dst_mask: int | None


def flows_of(flow: NetFlow) -> Options:
    """The flows; ``cut`` if fewer are here than the header says."""
    found, pkt, version = Options(), flow.pkt, flow.version
    if version not in HEADER_LENGTHS:
        return found
    at, stop = flow.off + HEADER_LENGTHS[version], flow.off + flow.size
    try:
        for _ in range(min(flow.count, MOST)):
            if stop - at < RECORD_LENGTHS[version]:
                raise Truncated
            found.append(flow_record(pkt, at, version))
            at += RECORD_LENGTHS[version]
    except Truncated:
        found.cut = True
    return found


def flow_record(pkt: Record, at: int, version: int) -> FlowRecord:
    flags, proto, tos = pkt.u8(at + 37), pkt.u8(at + 38), pkt.u8(at + 39)
    if version == 1:
        proto, tos, flags = pkt.u8(at + 38), pkt.u8(at + 39), pkt.u8(at + 40)
    flow = FlowRecord(
        address(pkt.raw(at, 4)), address(pkt.raw(at + 4, 4)), address(pkt.raw(at + 8, 4)),
        pkt.u16(at + 12), pkt.u16(at + 14), pkt.u32(at + 16), pkt.u32(at + 20),
        pkt.u32(at + 24), pkt.u32(at + 28), pkt.u16(at + 32), pkt.u16(at + 34), flags, proto, tos,
        None, None, None, None)
    if version == 1:
        return flow
    return flow._replace(src_as=pkt.u16(at + 40), dst_as=pkt.u16(at + 42),
                         src_mask=pkt.u8(at + 44), dst_mask=pkt.u8(at + 45))


class NetFlow(Layer):
    """Who exports how many flows."""

    __slots__ = ()

    name = "netflow"
    tag = b"cnfp"

    version = U16(0)
    count = U16(2, "records that follow")
    uptime = U32(4, "of the exporter", unit="ms")
    seconds = U32(8, "since 1970")
    nanoseconds = U32(12, "of that second")
    sequence = Made("u32", lambda flow: None if flow.version == 1 else flow.pkt.u32(
        flow.off + 16), "number of the first flow, from version 5 on")
    flows = Listed(flows_of, "of versions 1, 5 and 6")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        version = pkt.u16(off)
        if version not in HEADER_LENGTHS:
            line.put(b"NetFlow v%x" % version)
            return
        size = HEADER_LENGTHS[version]
        if not pkt.has(off, size):
            raise Truncated
        line.put(b"NetFlow v%x, %d.%03d uptime, %d.%09d, " % (
            version, *divmod(self.uptime, 1000), self.seconds, self.nanoseconds))
        if version != 1:
            line.put(b"#%d, " % self.sequence)
        line.put(b"%2d recs" % self.count)
        at = off + size
        for _ in range(self.count):
            if not pkt.has(at, RECORD_LENGTHS[version]):
                raise Truncated
            write_record(line, pkt, at, version)
            at += RECORD_LENGTHS[version]


def write_record(line: Line, pkt: Record, at: int, version: int) -> None:
    """One flow: when, between whom, and how much."""
    line.put(b"\n  started %d.%03d, last %d.%03d" % (
        *divmod(pkt.u32(at + 24), 1000), *divmod(pkt.u32(at + 28), 1000)))
    for i, lead in enumerate((b"\n    ", b"> ")):
        line.put(lead)
        line.ipv4(pkt.u32(at + 4 * i))
        if version != 1:
            line.put(b"/%d:%d" % (pkt.u8(at + 44 + i), pkt.u16(at + 40 + 2 * i)))
        line.put(b":%d " % pkt.u16(at + 32 + 2 * i))
    line.put(b">> ")
    line.ipv4(pkt.u32(at + 8))
    flags, protocol, tos = pkt.u8(at + 37), pkt.u8(at + 38), pkt.u8(at + 39)
    if version == 1:
        protocol, tos, flags = pkt.u8(at + 38), pkt.u8(at + 39), pkt.u8(at + 40)
    name = None if line.style.numeric else IANA_NAMES.get(protocol)
    line.put(b"\n    %s " % (name or b"%d" % protocol))
    if protocol == TCP and flags:
        line.put(b"%s " % bit_words(TCP_FLAGS, flags, b"", b""))
    line.put(b"tos %d, %d (%d octets) " % (tos, pkt.u32(at + 16), pkt.u32(at + 20)))
    if version == 6:
        line.put(b"(%d<>%d encaps)" % (pkt.u8(at + 46), pkt.u8(at + 47)))
