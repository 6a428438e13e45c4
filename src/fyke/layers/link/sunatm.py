"""ATM as SunATM captures it (LINKTYPE_SUNATM), with LANE; print-sunatm.c, print-atm.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Made
from fyke.layers.layer import Layer
from fyke.layers.link.atm_oam import AtmOam
from fyke.layers.link.ethernet import Ethernet
from fyke.layers.tables import table
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 4
SENT, TYPE = 0x80, 0x0F
LANE = 1
#: Channels of path 0 (ATM Forum UNI 3.1).
META, BROADCAST, SEGMENT, END, SIGNALLING, MANAGEMENT = 1, 2, 3, 4, 5, 16
Q2931 = 9
SNMP = 161  # the port that it has elsewhere
MESSAGE_NAMES = {
    0x02: b"Call_proceeding", 0x07: b"Connect", 0x0F: b"Connect_ack", 0x05: b"Setup",
    0x4D: b"Release", 0x5A: b"Release_complete", 0x46: b"Restart", 0x4E: b"Restart_ack",
    0x7D: b"Status", 0x75: b"Status_enquiry", 0x80: b"Add_party", 0x81: b"Add_party_ack",
    0x82: b"Add_party_reject", 0x83: b"Drop_party", 0x84: b"Drop_party_ack",
}
LANE_CONTROL = 0xFF00  # instead of a client's identifier
OPERATION_NAMES = {
    0x0001: b"configure request", 0x0101: b"configure response", 0x0002: b"join request",
    0x0102: b"join response", 0x0003: b"ready query", 0x0103: b"ready indication",
    0x0004: b"register request", 0x0104: b"register response", 0x0005: b"unregister request",
    0x0105: b"unregister response", 0x0006: b"ARP request", 0x0106: b"ARP response",
    0x0008: b"NARP request", 0x0108: b"NARP response", 0x0007: b"flush request",
    0x0107: b"flush response", 0x0009: b"topology request",
}


class SunAtm(Layer):
    """Direction, virtual path and channel."""

    __slots__ = ()

    name = "sunatm"
    tag = b"sunatm"
    link_layer = True

    direction = U8(0, "sent (128) or received, and the kind of traffic")
    vpi = U8(1, "virtual path")
    vci = U16(2, "virtual channel")

    def parse(self, pkt: Record, off: int) -> None:
        path, channel = pkt.u8(off + 1), pkt.u16(off + 2)
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = self.size - HEADER_LENGTH
        if path == 0 and channel in (SIGNALLING, BROADCAST, META):
            return
        if path == 0 and channel in (SEGMENT, END):
            self.payload_off += 1  # behind the cell header's first octet
            self.next = AtmOam
        elif path == 0 and channel == MANAGEMENT:
            self.next = table("udp.port").find(SNMP)
        elif self.direction & TYPE == LANE:
            self.next = Lane
        else:
            self.next = table("llc").find(0)

    def write(self, line: Line) -> None:
        if line.style.link_level:
            line.put(b"Tx: " if self.pkt.u8(self.off) & SENT else b"Rx: ")
        if self.short:
            raise Truncated
        line.link_header(self.off + HEADER_LENGTH)
        if line.style.link_level:
            line.put(b"VPI:%d VCI:%d " % (self.vpi, self.vci))
        if self.vpi:
            return
        line.protocol = b"atm"
        if self.vci == SIGNALLING:
            write_signalling(line, self.pkt, self.off + HEADER_LENGTH)
        elif self.vci == BROADCAST:
            line.put(b"broadcast sig: ")
        elif self.vci == META:
            line.put(b"meta: ")
        elif self.vci == MANAGEMENT:
            line.put(b"ilmi: ")


def write_signalling(line: Line, pkt: Record, at: int) -> None:
    protocol = pkt.u8(at)
    if protocol != Q2931:
        line.put(b"SSCOP, proto %d " % protocol)
        return
    line.put(b"Q.2931")
    line.put(b":%s " % named(MESSAGE_NAMES, pkt.u8(at + 5), b"msgtype#%d"))
    line.put(b"CALL_REF:0x%06x" % pkt.u24(at + 2))


class Lane(Layer):
    """LAN emulation (ATM Forum): a client's identifier before an Ethernet frame."""

    __slots__ = ()

    name = "lane"
    tag = b"lane"
    link_layer = True

    client = U16(0, "who sends; 0xFF00 for messages among clients and servers")
    operation = Made("u16", lambda lane: lane.pkt.u16(lane.off + 4)
                     if lane.client == LANE_CONTROL else None, "what such a message is",
                     names=as_text(OPERATION_NAMES))

    def parse(self, pkt: Record, off: int) -> None:
        if pkt.u16(off) != LANE_CONTROL:
            self.next = Ethernet
            self.payload_off = off + 2
            self.payload_length = self.size - 2

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if self.short:
            raise Truncated
        if self.client == LANE_CONTROL:
            operation = pkt.u16(off + 4)
            line.put(b"lec: proto %x vers %x %s" % (
                pkt.u8(off + 2), pkt.u8(off + 3),
                named(OPERATION_NAMES, operation, b"opcode-#%d")))
        elif self.pkt.has(off + 2, 14) and self.size >= 16:
            line.put(b"lecid:%x " % self.client)
