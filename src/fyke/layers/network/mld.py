"""Multicast listener discovery (RFC 2710, 3810); tcpdump: print-icmp6.c."""

from __future__ import annotations

from fyke.layers.network.group_records import decoded, write_query_sources, write_records
from fyke.wire import Line, Record


def write_listener(line: Line, pkt: Record, off: int) -> None:
    """A version 1 message; nothing if it is cut short."""
    if pkt.has(off, 24):
        line.put(b"max resp delay: %d addr: " % pkt.u16(off + 4))
        line.host6(pkt, off + 8)


def write_v2_query(line: Line, pkt: Record, off: int, length: int) -> None:
    """RFC 3810 §5.1."""
    code = pkt.u16(off + 4)
    if line.style.verbose:
        delay = code if code < 32768 else (code & 0xFFF | 0x1000) << ((code >> 12 & 7) + 3)
        line.put(b" [max resp delay=%d]" % delay)
    line.put(b" [gaddr ")
    line.host6(pkt, off + 8)
    if line.style.verbose:
        flags = pkt.u8(off + 24)
        if flags & 8:
            line.put(b" sflag")
        if flags & 7:
            line.put(b" robustness=%d" % (flags & 7))
        line.put(b" qqi=%d" % decoded(pkt.u8(off + 25)))
    write_query_sources(line, pkt, off, length, 28, 16)


def write_v2_report(line: Line, pkt: Record, off: int, length: int) -> None:
    """RFC 3810 §5.2."""
    if length < 8:
        line.put(b" [invalid len %d]" % length)
    else:
        write_records(line, pkt, off, length, 16, b" [v2-report-#%d]")
