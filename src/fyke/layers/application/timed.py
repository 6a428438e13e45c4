"""Time Synchronization Protocol of Berkeley's timed; tcpdump: print-timed.c."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.fields import U8, U16, Made, text_of
from fyke.layers.layer import Layer
from fyke.layers.words import signed
from fyke.wire import Line, Record, Truncated

NAMES = (
    b"ANY", b"ADJTIME", b"ACK", b"MASTERREQ", b"MASTERACK", b"SETTIME", b"MASTERUP", b"SLAVEUP",
    b"ELECTION", b"ACCEPT", b"REFUSE", b"CONFLICT", b"RESOLVE", b"QUIT", b"DATE", b"DATEREQ",
    b"DATEACK", b"TRACEON", b"TRACEOFF", b"MSITE", b"MSITEREQ", b"TEST", b"SETDATE",
    b"SETDATEREQ", b"LOOP")
LOOP = 24
WITH_TIME = (1, 5, 22, 23)  # ADJTIME, SETTIME, SETDATE, SETDATEREQ
NAME_LENGTH = 256


def time_at(at: int) -> Callable[[Timed], int | None]:
    """Reads half of a time."""
    return lambda timed: (signed(timed.pkt.u32(timed.off + at))
                          if timed.type in WITH_TIME else None)


class Timed(Layer):
    """Type, version, sequence number, a time or a hop count, and a machine's name."""

    __slots__ = ()

    name = "timed"
    tag = b"timed"

    type = U8(0, "of message", names={number: name.decode() for number, name in enumerate(NAMES)})
    version = U8(1)
    sequence = U16(2)
    hops = Made("u8", lambda timed: timed.pkt.u8(timed.off + 4) if timed.type == LOOP else None,
                "of a loop message")
    seconds = Made("i32", time_at(4), "of messages with a time")
    microseconds = Made("i32", time_at(8), "of messages with a time")
    machine = Made("text", lambda timed: text_of(timed.name_octets()), "the sender's name")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)

    def name_octets(self) -> bytes:
        """The name, as far as it was captured."""
        off = self.off + 12
        have = max(0, min(NAME_LENGTH, self.pkt.end - off))
        return self.pkt.raw(off, have).split(b"\0", 1)[0] if have else b""

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        kind = pkt.u8(off)
        line.put(b"TSP_" + NAMES[kind] if kind < len(NAMES) else b"(tsp_type 0x%x)" % kind)
        line.put(b" vers %d" % pkt.u8(off + 1))
        line.put(b" seq %d" % pkt.u16(off + 2))
        if kind == LOOP:
            line.put(b" hopcnt %d" % pkt.u8(off + 4))
        elif kind in WITH_TIME:
            pkt.raw(off + 4, 8)
            seconds, micro = signed(pkt.u32(off + 4)), signed(pkt.u32(off + 8))
            if micro < 0:
                return
            line.put(b" time ")
            if seconds < 0 and micro:
                seconds += 1
                if seconds == 0:
                    line.char(45)
                micro = 1000000 - micro
            line.put(b"%d.%06d" % (seconds, micro))
        line.put(b" name ")
        name = self.name_octets()
        line.escape(name)
        if len(name) < NAME_LENGTH and not pkt.has(off + 12, len(name) + 1):
            raise Truncated
