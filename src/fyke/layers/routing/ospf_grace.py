"""Graceful restart of OSPF (RFC 3623 appendix A, RFC 5187); tcpdump: print-ospf.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.wire import Line, Packet

PERIOD, REASON, ADDRESS = 1, 2, 3
TLV_NAMES = {PERIOD: b"Grace Period", REASON: b"Graceful restart Reason",
             ADDRESS: b"IPv4 interface address"}
REASON_NAMES = {0: b"Unknown", 1: b"Software Restart", 2: b"Software Reload/Upgrade",
                3: b"Control Processor Switch"}
LENGTHS = {PERIOD: 4, REASON: 1, ADDRESS: 4}


def write_grace(line: Line, pkt: Packet, at: int, end: int) -> None:
    """The TLVs of a grace link state advertisement, each padded to 32 bits."""
    while at < end:
        if end - at < 4:
            line.put(b"\n\t    Remaining LS length %d < 4" % (end - at))
            return
        kind = pkt.u16(at)
        size = pkt.u16(at + 2)
        at += 4
        line.put(b"\n\t    %s TLV (%d), length %d, value: " % (
            TLV_NAMES.get(kind, b"unknown"), kind, size))
        if size > end - at:
            line.put(b"\n\t    Bogus length %d > remaining LS length %d" % (size, end - at))
            return
        pkt.raw(at, size)
        if kind in LENGTHS and size != LENGTHS[kind]:
            line.put(b"\n\t    Bogus length %d != %d" % (size, LENGTHS[kind]))
            return
        if kind == PERIOD:
            line.put(b"%ds" % pkt.u32(at))
        elif kind == REASON:
            line.put(b"%s (%d)" % (REASON_NAMES.get(pkt.u8(at), b"Unknown"), pkt.u8(at)))
        elif kind == ADDRESS:
            line.host4(pkt.u32(at))
        elif line.style.verbose <= 1:
            print_unknown_data(line, pkt, at, b"\n\t      ", size)
        at += (size + 3) & ~3
