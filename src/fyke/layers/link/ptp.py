"""Precision Time Protocol over Ethernet and UDP (IEEE 1588-2008 §13); print-ptp.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.fields import U8, U16, Bits, Made, Number, unsigned
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, as_text
from fyke.wire import Line, Record

SYNC, DELAY_REQUEST, PEER_REQUEST, PEER_RESPONSE = 0, 1, 2, 3
FOLLOW_UP, DELAY_RESPONSE, PEER_FOLLOW_UP, ANNOUNCE, SIGNALING, MANAGEMENT = range(8, 14)
TYPE_NAMES = {
    SYNC: b"sync msg", DELAY_REQUEST: b"delay req msg", PEER_REQUEST: b"peer delay req msg",
    PEER_RESPONSE: b"peer delay resp msg", FOLLOW_UP: b"follow up msg",
    DELAY_RESPONSE: b"delay resp msg", PEER_FOLLOW_UP: b"pdelay resp fup msg",
    ANNOUNCE: b"announce msg", SIGNALING: b"signaling msg", MANAGEMENT: b"management msg",
}
CONTROL_NAMES = {0: b"Sync", 1: b"Delay_Req", 2: b"Follow_Up", 3: b"Delay_Resp",
                 4: b"Management", 5: b"Other"}
FLAGS = (
    (0x1, b"l1 61"), (0x2, b"l1 59"), (0x4, b"utc reasonable"), (0x8, b"timescale"),
    (0x10, b"time tracable"), (0x20, b"frequency tracable"), (0x100, b"alternate master"),
    (0x200, b"two step"), (0x400, b"unicast"), (0x1000, b"profile specific 1"),
    (0x2000, b"profile specific 2"), (0x4000, b"security mask"),
)
UNKNOWN_FLAGS = 0x18C0  # only all of them together are called unknown
NANOSECONDS = 10**9
HEADER_LENGTH = 34  # octets
#: Where messages have another port's identity.
TARGET_AT = {DELAY_RESPONSE: 44, PEER_RESPONSE: 44, PEER_FOLLOW_UP: 44, SIGNALING: 34,
             MANAGEMENT: 34}


def announced(part: int, size: int, words: str = "", unit: str = "") -> Any:
    """A field of an announcement (§13.5), at an offset behind the header."""
    def read(ptp: Ptp) -> int | None:
        if ptp.type != ANNOUNCE:
            return None
        return unsigned(ptp.pkt, ptp.off + HEADER_LENGTH + part, size)
    return Made(f"u{8 * size}", read, words or "of the grandmaster's clock", unit=unit)


class Ptp(Layer):
    """A PTP message."""

    __slots__ = ()

    name = "ptp"
    tag = b"ptp"

    type = Bits(0, 1, 0x0F, "type of message", names=as_text(TYPE_NAMES))
    sdo_id = Bits(0, 1, 0xF0, "whose profile this is")
    version = Bits(1, 1, 0x0F, "version of the protocol")
    length = U16(2, "of the message", unit="bytes")
    domain = U8(4, "of clocks that keep one time")
    flags = U16(6, "bits")
    correction = Number(8, 8, "time in transit, in units of 2**-16 ns", signed=True)
    clock_id = Number(20, 8, "of the sender")
    port = U16(28, "the sender's port")
    seq = U16(30, "sequence number")
    control = U8(32, "type of message in version 1", names=as_text(CONTROL_NAMES))
    interval = Number(33, 1, "binary logarithm of the seconds between messages", signed=True)
    timestamp = Made("text", lambda ptp: ptp.find_stamp(),
                     "origin, receipt: seconds and nanoseconds")
    target_clock_id = Made("u64", lambda ptp: ptp.target(0, 8),
                           "who asked, or who is meant (responses, signaling, management)")
    target_port = Made("u16", lambda ptp: ptp.target(8, 2), "its port")
    utc_offset = announced(10, 2, "between the clocks' time and UTC", unit="s")
    grandmaster_priority1 = announced(13, 1, "the lower one wins")
    grandmaster_class = announced(14, 1, "what the clock is synchronized to")
    grandmaster_accuracy = announced(15, 1)
    grandmaster_variance = announced(16, 2)
    grandmaster_priority2 = announced(18, 1)
    grandmaster_id = announced(19, 8)
    steps_removed = announced(27, 2, "clocks between the grandmaster and the sender")
    time_source = announced(29, 1)
    starting_hops = Made("u8", lambda ptp: ptp.managed(10), "of a management message")
    hops = Made("u8", lambda ptp: ptp.managed(11), "that are left of them")
    action = Made("u8", lambda ptp: ptp.managed(12), "0 get, 1 set, 2 response, 3 command, "
                                                      "4 acknowledge")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + HEADER_LENGTH - 1)  # says whether the header is short

    def target(self, part: int, size: int) -> int | None:
        """A part of the port identity that a message carries besides its sender's."""
        at = TARGET_AT.get(self.type)
        return None if at is None else unsigned(self.pkt, self.off + at + part, size)

    def managed(self, part: int) -> int | None:
        if self.type != MANAGEMENT:
            return None
        return self.pkt.u8(self.off + HEADER_LENGTH + part) & 15 if part == 12 else (
            self.pkt.u8(self.off + HEADER_LENGTH + part))

    def find_stamp(self) -> str | None:
        """Seconds since the clocks' epoch, with nine digits behind the point."""
        if self.type in (SIGNALING, MANAGEMENT) or self.type not in TYPE_NAMES:
            return None
        at = self.off + HEADER_LENGTH
        return f"{self.pkt.u48(at)}.{self.pkt.u32(at + 6):09d}"

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.size < HEADER_LENGTH:
            line.put(b" [length %d < %d]" % (self.size, HEADER_LENGTH) + INVALID)
            return
        version = pkt.u8(self.off + 1)
        line.put(b"PTPv%d" % (version & 15))
        if version >> 4:
            line.put(b".%d" % (version >> 4))
        if version & 15 == 1:
            line.put(b" (not implemented)")
        elif version & 15 == 2:
            self.write_header(line, pkt, self.off)
            self.write_message(line, pkt, self.off + HEADER_LENGTH)

    def write_header(self, line: Line, pkt: Record, off: int) -> None:
        line.put(b", majorSdoId: 0x%x" % (pkt.u8(off) >> 4))
        line.put(b", msg type: %s" % TYPE_NAMES.get(self.type, b"Reserved"))
        line.put(b", length: %d" % pkt.u16(off + 2))
        line.put(b", domain: %d, reserved1: %d" % (pkt.u8(off + 4), pkt.u8(off + 5)))
        flags = pkt.u16(off + 6)
        names = [text for bit, text in FLAGS if flags & bit]
        if flags & UNKNOWN_FLAGS == UNKNOWN_FLAGS:
            names.append(b"unknown")
        line.put(b", Flags [%s]" % (b", ".join(names) or b"none"))
        line.put(b", NS correction: %d" % pkt.u48(off + 8))
        line.put(b", sub NS correction: %d" % pkt.u16(off + 14))
        line.put(b", reserved2: %d" % pkt.u32(off + 16))
        line.put(b", clock identity: 0x%x, port id: %d" % (pkt.u64(off + 20), pkt.u16(off + 28)))
        line.put(b", seq id: %d" % pkt.u16(off + 30))
        control = pkt.u8(off + 32)
        line.put(b", control: %d (%s)" % (control, CONTROL_NAMES.get(control, b"Reserved")))
        line.put(b", log message interval: %d" % pkt.u8(off + 33))

    def write_message(self, line: Line, pkt: Record, at: int) -> None:
        kind = self.type
        if kind in (SYNC, DELAY_REQUEST):
            write_stamp(line, pkt, at, b"originTimeStamp")
        elif kind == FOLLOW_UP:
            write_stamp(line, pkt, at, b"preciseOriginTimeStamp")
        elif kind in (PEER_RESPONSE, DELAY_RESPONSE):
            write_stamp(line, pkt, at, b"receiveTimeStamp")
            write_port(line, pkt, at + 10)
        elif kind in (PEER_REQUEST, PEER_FOLLOW_UP):
            write_stamp(line, pkt, at, b"preciseOriginTimeStamp")
            write_port(line, pkt, at + 10)
        elif kind == ANNOUNCE:
            write_stamp(line, pkt, at, b"originTimeStamp")
            write_announce(line, pkt, at + 10)
        elif kind == SIGNALING:
            write_port(line, pkt, at)
        elif kind == MANAGEMENT:
            write_port(line, pkt, at)
            line.put(b", start boundary hops: %d, boundary hops: %d, flags: 0x%x, reserved: 0x%x"
                     % (pkt.u8(at + 10), pkt.u8(at + 11), pkt.u8(at + 12), pkt.u8(at + 13)))


def write_stamp(line: Line, pkt: Record, at: int, name: bytes) -> None:
    nanoseconds = pkt.u32(at + 6)
    line.put(b", %s: %d.%09d seconds" % (name, pkt.u48(at), nanoseconds))
    if nanoseconds >= NANOSECONDS:
        line.put(b" (invalid ns)")


def write_port(line: Line, pkt: Record, at: int) -> None:
    line.put(b", port identity: 0x%x" % pkt.u64(at))
    line.put(b", port id: %d" % pkt.u16(at + 8))


def write_announce(line: Line, pkt: Record, at: int) -> None:
    """The grandmaster (IEEE 1588-2008 §13.5)."""
    line.put(b", origin cur utc:%d, rsvd: %d, gm priority_1: %d, gm clock class: %d, "
             b"gm clock accuracy: %d, gm clock variance: %d, gm priority_2: %d, "
             b"gm clock id: 0x%x, steps removed: %d, time source: 0x%02x" % (
                 pkt.u16(at), pkt.u8(at + 2), pkt.u8(at + 3), pkt.u8(at + 4), pkt.u8(at + 5),
                 pkt.u16(at + 6), pkt.u8(at + 8), pkt.u64(at + 9), pkt.u16(at + 17),
                 pkt.u8(at + 19)))
