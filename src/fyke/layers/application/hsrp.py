"""Cisco Hot Standby Router Protocol (RFC 2281); tcpdump: print-hsrp.c."""

from __future__ import annotations

from fyke.layers.durations import duration
from fyke.layers.fields import U8, Ip4, Text
from fyke.layers.layer import Layer
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record

OPERATION_NAMES = {0: b"hello", 1: b"coup", 2: b"resign"}
STATE_NAMES = {0: b"initial", 1: b"learn", 2: b"listen", 4: b"speak", 8: b"standby",
               16: b"active"}
VERSION = 0


class Hsrp(Layer):
    """Who of several routers answers for an address."""

    __slots__ = ()

    name = "hsrp"
    tag = b"hsrp"

    version = U8(0)
    operation = U8(1, names=as_text(OPERATION_NAMES))
    state = U8(2, names=as_text(STATE_NAMES))
    hello_time = U8(3, "between hellos", unit="s")
    hold_time = U8(4, "how long a hello counts", unit="s")
    priority = U8(5, "the highest of a group is active")
    group = U8(6)
    authentication = Text(8, 8, "password in the clear")
    address = Ip4(16, "the virtual router's")

    def parse(self, pkt: Record, off: int) -> None:
        if pkt.u8(off) == VERSION:
            pkt.u32(off + 16)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        pkt.u8(off)
        line.put(b"HSRPv%d" % self.version)
        if self.version != VERSION:
            return
        pkt.u8(off + 1)
        line.put(b"-%s %d: " % (
            named(OPERATION_NAMES, self.operation, b"unknown (%d)"), self.size))
        pkt.u8(off + 2)
        line.put(b"state=%s " % named(STATE_NAMES, self.state, b"Unknown (%d)"))
        pkt.u8(off + 6)
        line.put(b"group=%d " % self.group)
        reserved = pkt.u8(off + 7)
        if reserved:
            line.put(b"[reserved=%d!] " % reserved)
        pkt.u32(off + 16)
        line.put(b"addr=")
        line.host4(self.address)
        if line.style.verbose:
            line.put(b" hellotime=")
            line.put(duration(pkt.u8(off + 3)))
            line.put(b" holdtime=")
            line.put(duration(pkt.u8(off + 4)))
            line.put(b" priority=%d auth=\"" % self.priority)
            line.escape(pkt.raw(off + 8, 8).split(b"\0", 1)[0])
            line.put(b"\"")
