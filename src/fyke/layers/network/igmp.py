"""Internet Group Management Protocol (RFC 1112, 2236, 3376); tcpdump: print-igmp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import dotted
from fyke.layers.durations import duration
from fyke.layers.fields import U8, U16, Listed, Made
from fyke.layers.layer import Layer
from fyke.layers.network.group_records import (
    addresses,
    decoded,
    group_records,
    write_address,
    write_query_sources,
    write_records,
)
from fyke.layers.tables import table
from fyke.wire import Line, Record

QUERY, V1_REPORT, DVMRP, PIM, V2_REPORT, LEAVE = 0x11, 0x12, 0x13, 0x14, 0x16, 0x17
TRACE_RESPONSE, TRACE, V3_REPORT = 0x1E, 0x1F, 0x22
GROUPED = (QUERY, V1_REPORT, V2_REPORT, LEAVE)  # messages with a group in the header

UPPER = table("igmp.type")  # DVMRP and PIM version 1


class TraceBlock(NamedTuple):
    """What a hop adds to a multicast traceroute (draft-ietf-idmr-traceroute-ipm §6)."""

    arrival: int  #: middle 32 bits of an NTP time
    incoming: str
    outgoing: str
    previous_hop: str
    incoming_packets: int
    outgoing_packets: int
    source_packets: int
    routing_protocol: int
    ttl: int
    source_mask: int
    code: int


class Trace(NamedTuple):
    """A multicast traceroute (draft-ietf-idmr-traceroute-ipm §5)."""

    source: str
    destination: str
    response: str
    ttl: int
    query_id: int
    blocks: list[TraceBlock]


class Igmp(Layer):
    """An IGMP message."""

    __slots__ = ()

    name = "igmp"
    tag = b"igmp"

    type = U8(0, "type of message", names={
        QUERY: "query", V1_REPORT: "v1 report", DVMRP: "DVMRP", PIM: "PIMv1",
        V2_REPORT: "v2 report", LEAVE: "leave", TRACE_RESPONSE: "traceroute response",
        TRACE: "traceroute", V3_REPORT: "v3 report"})
    version = Made("u8", lambda layer: layer.find_version(), "of queries and reports")
    max_response_code = U8(1, "time to answer; coded from 128 on in version 3 (RFC 3376 §4.1.1)")
    max_response = Made("u16", lambda layer: decoded(layer.max_response_code)
                        if layer.version == 3 else layer.max_response_code,
                        "time to answer, in tenths of a second")
    checksum = U16(2, "checksum over the message")
    group = Made("ipv4", lambda layer: layer.pkt.u32(layer.off + 4)
                 if layer.type in GROUPED else None,
                 "multicast address, 0.0.0.0 in general queries")
    suppress = Made("bool", lambda layer: layer.querier(lambda word: bool(word & 8)),
                    "routers need no timer (version 3)")
    robustness = Made("u8", lambda layer: layer.querier(lambda word: word & 7),
                      "querier's robustness variable (version 3)")
    query_interval = Made("u16", lambda layer: decoded(layer.pkt.u8(layer.off + 9))
                          if layer.is_v3_query() else None,
                          "querier's interval (version 3)", unit="s")
    sources = Listed(lambda layer: addresses(layer.pkt, layer.off + 12,
                                             layer.pkt.u16(layer.off + 10),
                                             layer.off + layer.size, 4)
                     if layer.is_v3_query() else None, "sources that are asked for (version 3)")
    records = Listed(lambda layer: group_records(layer.pkt, layer.off, layer.off + layer.size, 4)
                     if layer.type == V3_REPORT else None, "groups and their sources (version 3)")
    trace = Made("any", lambda layer: layer.read_trace(), "multicast traceroute")

    def parse(self, pkt: Record, off: int) -> None:
        kind = pkt.u8(off)
        if kind in (DVMRP, PIM) and (kind == PIM or self.size >= 8):
            self.next = UPPER.find(kind)
            self.payload_off = off
            self.payload_length = self.size
        pkt.u16(off + 2)  # says whether the header is short

    def is_v3_query(self) -> bool:
        return self.type == QUERY and self.size >= 12

    def find_version(self) -> int | None:
        kind = self.type
        if kind == QUERY:
            return 3 if self.size >= 12 else 2 if self.pkt.u8(self.off + 1) else 1
        return {V1_REPORT: 1, V2_REPORT: 2, LEAVE: 2, V3_REPORT: 3}.get(kind)

    def querier(self, part: Callable[[int], Any]) -> Any:
        """A part of what the querier of version 3 says of itself."""
        return part(self.pkt.u8(self.off + 8)) if self.is_v3_query() else None

    def read_trace(self) -> Trace | None:
        if self.type not in (TRACE, TRACE_RESPONSE):
            return None
        pkt, at = self.pkt, self.off + 8
        stop = min(self.off + self.size, pkt.end)
        word = pkt.u32(at + 12)
        blocks = [TraceBlock(pkt.u32(one), dotted(pkt, one + 4, 4), dotted(pkt, one + 8, 4),
                             dotted(pkt, one + 12, 4), pkt.u32(one + 16), pkt.u32(one + 20),
                             pkt.u32(one + 24), pkt.u8(one + 28), pkt.u8(one + 29),
                             pkt.u8(one + 30) & 0x3F, pkt.u8(one + 31))
                  for one in range(at + 16, stop - 31, 32)]
        return Trace(dotted(pkt, at, 4), dotted(pkt, at + 4, 4), dotted(pkt, at + 8, 4),
                     word >> 24, word & 0xFFFFFF, blocks)

    def write(self, line: Line) -> None:
        if line.style.quiet:
            line.put(b"igmp")
            line.stop()
            return
        pkt = self.pkt
        off = self.off
        kind = pkt.u8(off)
        if kind == QUERY:
            line.put(b"igmp query")
            self.write_query(line)
        elif kind in (V1_REPORT, V2_REPORT, LEAVE):
            group = pkt.u32(off + 4)
            line.put({V1_REPORT: b"igmp v1 report ", V2_REPORT: b"igmp v2 report ",
                      LEAVE: b"igmp leave "}[kind])
            line.host4(group)
            if kind == V1_REPORT and self.size != 8:
                line.put(b" [len %d]" % self.size)
        elif kind == V3_REPORT:
            line.put(b"igmp v3 report")
            self.write_report(line)
        elif kind in (TRACE, TRACE_RESPONSE):
            self.write_trace(line, b"mtrace" if kind == TRACE else b"mresp")
        elif kind in (DVMRP, PIM):
            line.put(b"igmp dvmrp" if kind == DVMRP else b"igmp pimv1")
            if kind == DVMRP and self.size < 8:
                line.put(b" [len %d]" % self.size)
            else:
                self.write_upper(line)
        else:
            line.put(b"igmp-%d" % kind)
        if line.style.verbose and self.size >= 4 and pkt.has(off, self.size) and (
                pkt.sum16(off, self.size) != 0xFFFF):
            line.put(b" bad igmp cksum %x!" % pkt.u16(off + 2))
        line.stop()  # what is inside is written already

    def write_upper(self, line: Line) -> None:
        """DVMRP and PIM version 1 write their text before the checksum."""
        if self.next is not None:
            self.write_next(line)
            line.protocol = self

    def write_query(self, line: Line) -> None:
        if self.size >= 12:
            self.write_v3_query(line)
            return
        pkt = self.pkt
        time = pkt.u8(self.off + 1)
        if time:
            line.put(b" v2")
            if time != 100:
                line.put(b" [max resp time %d]" % time)
        else:
            line.put(b" v1")
        if pkt.u32(self.off + 4):
            line.put(b" [gaddr ")
            line.host4(pkt.u32(self.off + 4))
            line.char(93)
        if self.size != 8:
            line.put(b" [len %d]" % self.size)

    def write_v3_query(self, line: Line) -> None:
        """RFC 3376 §4.1."""
        pkt = self.pkt
        off = self.off
        line.put(b" v3")
        if self.size < 12 or self.size & 3:
            line.put(b" [invalid len %d]" % self.size)
            return
        code = pkt.u8(off + 1)
        if code != 100:
            tenths = decoded(code)
            line.put(b" [max resp time %s]" % (
                b"%d.%ds" % divmod(tenths, 10) if tenths < 600 else duration(tenths // 10)))
        if pkt.u32(off + 4):
            write_address(line, pkt, b" [gaddr ", off + 4, 4)
            write_query_sources(line, pkt, off, self.size, 12, 4)

    def write_report(self, line: Line) -> None:
        """RFC 3376 §4.2."""
        if self.size < 16 or self.size & 3:
            line.put(b" [invalid len %d]" % self.size)
        else:
            write_records(line, self.pkt, self.off, self.size, 4, b" [v3-report-#%d]")

    def write_trace(self, line: Line, name: bytes) -> None:
        """A multicast traceroute (draft-ietf-idmr-traceroute-ipm)."""
        pkt = self.pkt
        if self.size < 24:
            line.put(b" [invalid len %d]" % self.size)
            return
        at = self.off + 8
        word = pkt.u32(at + 12)
        line.put(b"%s %d: " % (name, word & 0xFFFFFF))
        line.host4(pkt.u32(at))
        line.put(b" to ")
        line.host4(pkt.u32(at + 4))
        line.put(b" reply-to ")
        line.host4(pkt.u32(at + 8))
        if pkt.u32(at + 8) >> 28 == 14:
            line.put(b" with-ttl %d" % (word >> 24))
