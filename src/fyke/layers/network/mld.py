"""Multicast listener discovery (RFC 2710, 3810); tcpdump: print-icmp6.c."""

from __future__ import annotations

from fyke.wire import Line, Packet

RECORD_NAMES = {1: b"is_in", 2: b"is_ex", 3: b"to_in", 4: b"to_ex", 5: b"allow", 6: b"block"}


def write_listener(line: Line, pkt: Packet, off: int) -> None:
    """A version 1 message; nothing if it is cut short."""
    if pkt.has(off, 24):
        line.put(b"max resp delay: %d addr: " % pkt.u16(off + 4))
        line.host6(pkt, off + 8)


def write_v2_query(line: Line, pkt: Packet, off: int, length: int) -> None:
    """RFC 3810 §5.1."""
    code = pkt.u16(off + 4)
    if line.verbose:
        delay = code if code < 32768 else (code & 0xFFF | 0x1000) << ((code >> 12 & 7) + 3)
        line.put(b" [max resp delay=%d]" % delay)
    line.put(b" [gaddr ")
    line.host6(pkt, off + 8)
    if line.verbose:
        flags = pkt.u8(off + 24)
        if flags & 8:
            line.put(b" sflag")
        if flags & 7:
            line.put(b" robustness=%d" % (flags & 7))
        code = pkt.u8(off + 25)
        line.put(b" qqi=%d" % (
            code if code < 128 else (code & 15 | 16) << ((code >> 4 & 7) + 3)))
    count = pkt.u16(off + 26)
    if count:
        if length < 28 + count * 16:
            line.put(b" [invalid number of sources]")
        elif line.verbose > 1:
            write_sources(line, pkt, off + 28, count)
        else:
            line.put(b", %d source(s)" % count)
    line.char(93)


def write_sources(line: Line, pkt: Packet, at: int, count: int) -> None:
    line.put(b" {")
    for i in range(count):
        pkt.raw(at + 16 * i, 16)
        line.char(32)
        line.host6(pkt, at + 16 * i)
    line.put(b" }")


def write_v2_report(line: Line, pkt: Packet, off: int, length: int) -> None:
    """RFC 3810 §5.2."""
    if length < 8:
        line.put(b" [invalid len %d]" % length)
        return
    records = pkt.u16(off + 6)
    line.put(b", %d group record(s)" % records)
    if not line.verbose:
        return
    at = 8
    for _ in range(records):
        if length < at + 20:
            line.put(b" [invalid number of groups]")
            return
        pkt.raw(off + at + 4, 16)
        line.put(b" [gaddr ")
        line.host6(pkt, off + at + 4)
        kind = pkt.u8(off + at)
        line.char(32)
        line.put(RECORD_NAMES.get(kind) or b" [v2-report-#%d]" % kind)
        sources = pkt.u16(off + at + 2)
        if length < at + 20 + sources * 16:
            line.put(b" [invalid number of sources %d]" % sources)
            return
        if line.verbose == 1:
            line.put(b", %d source(s)" % sources)
        else:
            write_sources(line, pkt, off + at + 20, sources)
        at += 20 + sources * 16
        line.char(93)
