"""Internet Group Management Protocol (RFC 1112, 2236, 3376); tcpdump: print-igmp.c."""

from __future__ import annotations

from fyke.layers.durations import duration
from fyke.layers.layer import Layer
from fyke.layers.network.group_records import (
    decoded,
    write_address,
    write_query_sources,
    write_records,
)
from fyke.layers.tables import table
from fyke.wire import Line, Packet

QUERY, V1_REPORT, DVMRP, PIM, V2_REPORT, LEAVE = 0x11, 0x12, 0x13, 0x14, 0x16, 0x17
TRACE_RESPONSE, TRACE, V3_REPORT = 0x1E, 0x1F, 0x22

UPPER = table("igmp.type")  # DVMRP and PIM version 1


class Igmp(Layer):
    """An IGMP message."""

    __slots__ = ("checksum", "group", "max_response", "type")

    type: int
    max_response: int  #: time to answer, in tenths of a second (coded from 128 on, RFC 3376)
    checksum: int
    group: int  #: multicast address, 0 in general queries and in version 3 reports

    name = "igmp"
    tag = b"igmp"
    fields = ("type", "max_response", "checksum", "group")

    def clear(self) -> None:
        self.type = self.max_response = self.checksum = self.group = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.type = pkt.u8(off)
        self.max_response = pkt.u8(off + 1)
        self.checksum = pkt.u16(off + 2)
        if self.type != V3_REPORT:
            self.group = pkt.u32(off + 4)

    def write(self, line: Line) -> None:
        if line.style.quiet:
            line.put(b"igmp")
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
                self.write_upper(line, kind)
        else:
            line.put(b"igmp-%d" % kind)
        if line.style.verbose and self.size >= 4 and pkt.has(off, self.size) and (
                pkt.sum16(off, self.size) != 0xFFFF):
            line.put(b" bad igmp cksum %x!" % pkt.u16(off + 2))

    def write_upper(self, line: Line, kind: int) -> None:
        """DVMRP and PIM version 1 write their text before the checksum."""
        upper = UPPER.find(kind)
        if upper is not None:
            layer = self.child(upper, self.off, self.size)
            line.protocol = layer.tag
            layer.decode()
            layer.write(line)
            line.protocol = self.tag

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
