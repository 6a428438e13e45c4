"""Multi-Point Control Protocol, pause frames among them (IEEE 802.3 §64); print-mpcp.c."""

from __future__ import annotations

from fyke.layers.fields import U16, U32
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 6
PAUSE, GATE, REPORT, REGISTER_REQUEST, REGISTER, REGISTER_ACK = range(1, 7)
OPCODE_NAMES = {PAUSE: b"Pause", GATE: b"Gate", REPORT: b"Report",
                REGISTER_REQUEST: b"Register Request", REGISTER: b"Register",
                REGISTER_ACK: b"Register ACK"}
GRANT_COUNT = 7  # mask
GRANT_FLAGS = ((0x08, b"Discovery"), (0x10, b"Force Grant #1"), (0x20, b"Force Grant #2"),
               (0x40, b"Force Grant #3"), (0x80, b"Force Grant #4"))
GRANT_LENGTH = 6
QUEUES = tuple((1 << queue, b"Q%d" % queue) for queue in range(8))
REQUEST_FLAGS = ((1, b"Register"), (3, b"De-Register"))
REGISTER_FLAGS = ((1, b"Re-Register"), (2, b"De-Register"), (3, b"ACK"), (4, b"NACK"))
ACK_FLAGS = ((1, b"ACK"),)


class Mpcp(Layer):
    """Operation code and time stamp, in a pause frame the pause time."""

    __slots__ = ()

    name = "mpcp"
    tag = b"mpcp"

    opcode = U16(0, "type of message")
    timestamp = U32(2, "the sender's clock, in units of 16 ns")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 2)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if self.short:
            raise Truncated
        line.put(b"MPCP, Opcode %s" % named(OPCODE_NAMES, self.opcode))
        if self.opcode != PAUSE:
            line.put(b", Timestamp %d ticks" % self.timestamp)
        line.put(b", length %d" % self.size)
        if not line.style.verbose or self.opcode == PAUSE:
            return
        body = BODIES.get(self.opcode)
        if body is not None:
            body(line, pkt, off + HEADER_LENGTH)
        else:
            print_unknown_data(line, pkt, off, b"\n\t", self.size)


def write_gate(line: Line, pkt: Record, at: int) -> None:
    """When an optical network unit may send."""
    first = pkt.u8(at)
    count = first & GRANT_COUNT
    line.put(b"\n\tGrant Numbers %d, Flags [ %s ]" % (
        count, bit_words(GRANT_FLAGS, first, none=b"?")))
    at += 1
    for i in range(count):
        line.put(b"\n\tGrant #%d, Start-Time %d ticks, duration %d ticks" % (
            i + 1, pkt.u32(at), pkt.u16(at + 4)))
        at += GRANT_LENGTH
    line.put(b"\n\tSync-Time %d ticks" % pkt.u16(at))


def write_report(line: Line, pkt: Record, at: int) -> None:
    """How much waits in the queues; tcpdump leaves out the last set and gives all one number."""
    sets = pkt.u8(at)
    line.put(b"\n\tTotal Queue-Sets %d" % sets)
    at += 1
    for _ in range(sets - 1):
        queues = pkt.u8(at)
        line.put(b"\n\t  Queue-Set #%d, Report-Bitmap [ %s ]" % (
            sets, bit_words(QUEUES, queues, none=b"Unknown")))
        at += 1
        for queue in range(8):
            if queues >> queue & 1:
                line.put(b"\n\t    Q%d Report, Duration %d ticks" % (queue + 1, pkt.u16(at)))
                at += 2


def write_request(line: Line, pkt: Record, at: int) -> None:
    flags, grants = pkt.u8(at), pkt.u8(at + 1)
    line.put(b"\n\tFlags [ %s ], Pending-Grants %d" % (
        bit_words(REQUEST_FLAGS, flags, none=b"Reserved"), grants))


def write_register(line: Line, pkt: Record, at: int) -> None:
    port, flags, time, grants = pkt.u16(at), pkt.u8(at + 2), pkt.u16(at + 3), pkt.u8(at + 5)
    line.put(b"\n\tAssigned-Port %d, Flags [ %s ]\n\tSync-Time %d ticks, "
             b"Echoed-Pending-Grants %d" % (
                 port, bit_words(REGISTER_FLAGS, flags, none=b"Reserved"), time, grants))


def write_register_ack(line: Line, pkt: Record, at: int) -> None:
    flags, port, time = pkt.u8(at), pkt.u16(at + 1), pkt.u16(at + 3)
    line.put(b"\n\tEchoed-Assigned-Port %d, Flags [ %s ]\n\tEchoed-Sync-Time %d ticks" % (
        port, bit_words(ACK_FLAGS, flags, none=b"Reserved"), time))


BODIES = {GATE: write_gate, REPORT: write_report, REGISTER_REQUEST: write_request,
          REGISTER: write_register, REGISTER_ACK: write_register_ack}
