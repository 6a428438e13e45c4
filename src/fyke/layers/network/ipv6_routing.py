"""IPv6 routing header: types 0, 2 (RFC 6275) and segment routing (RFC 8754); print-rt6.c."""

from __future__ import annotations

from fyke.wire import Line, Record, Truncated

SOURCE_ROUTE, MOBILE, SEGMENTS = 0, 2, 4
TLV_PAD1, TLV_PADN, TLV_HMAC = 0, 4, 5
MOST_PADDING = 5  # octets of a PadN (RFC 8754 §2.1.1.2)
TLV_NAMES = {TLV_PAD1: b"Pad1", TLV_PADN: b"PadN", TLV_HMAC: b"HMAC"}
HOP_BY_HOP, ROUTING, FRAGMENT, DEST_OPTIONS = 0, 43, 44, 60
MOBILITY_OLD, MOBILITY = 62, 135


def write_routing(line: Line, pkt: Record, at: int) -> int:
    """The routing header at ``at``; its octets, 0 where it is invalid."""
    line.protocol = b"rt6"
    line.put(b"RT6")
    length = pkt.u8(at + 1)
    kind = pkt.u8(at + 2)
    left = pkt.u8(at + 3)
    line.put(b" (len=%d, type=%d" % (length, kind))
    if kind == SOURCE_ROUTE:
        line.put(b" [Deprecated]")
    line.put(b", segleft=%d" % left)
    if kind in (SOURCE_ROUTE, MOBILE):
        reserved = pkt.u32(at + 4)
        if reserved or line.style.verbose:
            line.put(b", rsv=0x%x" % reserved)
        if length % 2:
            line.put(b" [length %d] (invalid)" % length)
            return 0
        write_addresses(line, pkt, at + 8, length // 2)
    elif kind == SEGMENTS:
        if not write_segments(line, pkt, at, length):
            return 0
    else:
        line.put(b" (unknown type) (invalid)")
        return 0
    line.put(b") ")
    return (length + 1) << 3


def write_addresses(line: Line, pkt: Record, at: int, count: int) -> None:
    for i in range(count):
        pkt.raw(at, 16)
        line.put(b", [%d]" % i)
        line.host6(pkt, at)
        at += 16


def write_segments(line: Line, pkt: Record, at: int, length: int) -> bool:
    """A segment routing header (RFC 8754 §2); False where it is invalid."""
    last = pkt.u8(at + 4)
    line.put(b", last-entry=%d" % last)
    flags = pkt.u8(at + 5)
    if flags or line.style.verbose:
        line.put(b", flags=0x%x" % flags)
    line.put(b", tag=%x" % pkt.u16(at + 6))
    write_addresses(line, pkt, at + 8, last + 1)
    return write_tlvs(line, pkt, at + 8 + (last + 1) * 16, at + 8 + length * 8)


def write_tlvs(line: Line, pkt: Record, off: int, stop: int) -> bool:
    """What follows the segments (RFC 8754 §2.1); False where it is invalid."""
    while off < stop:
        kind = pkt.u8(off)
        line.put(b", TLV-type=%s(%d)" % (TLV_NAMES.get(kind, b"Unknown"), kind))
        off += 1
        if kind == TLV_PAD1 or off == stop:
            continue
        size = pkt.u8(off)
        line.put(b", TLV-len=%d" % size)
        off += 1
        if kind == TLV_PADN and size > MOST_PADDING:
            line.put(b" [PadN length %d > %d] (invalid)" % (size, MOST_PADDING))
            return False
        if kind == TLV_HMAC and size <= stop - off:
            write_hmac(line, pkt, off, min(size, stop - off - 6))
            return True
        if line.style.verbose and kind != TLV_PADN:
            line.put(b", TLV-value=0x")
        if size > stop - off:
            line.put(b" [remaining length %d < %d] (invalid)" % (stop - off, size))
            return False
        for at in range(off, off + size):
            octet = pkt.u8(at)
            if line.style.verbose and kind != TLV_PADN:
                line.put(b"%02x" % octet)
        off += size
    return True


def write_hmac(line: Line, pkt: Record, off: int, count: int) -> None:
    """Whether the addresses count, which key, and ``count`` octets (RFC 8754 §2.1.2)."""
    if not line.style.verbose:
        pkt.raw(off, max(count, 0) + 6)
        return
    line.put(b", D=%d" % (pkt.u16(off) >> 15))
    if pkt.u16(off) & 0x7FFF:
        line.put(b", reserved MBZ %d" % (pkt.u16(off) & 0x7FFF))
    line.put(b", HMAC-key-ID=0x%02x, HMAC=0x" % pkt.u32(off + 2))
    line.hex_string(pkt, off + 6, max(count, 0))


def final_target(pkt: Record, off: int) -> int:
    """Where the packet's last destination stands: upper checksums cover that address."""
    target = off + 24
    proto = pkt.u8(off + 6)
    at = off + 40
    try:
        while at < pkt.end:
            if proto in (HOP_BY_HOP, DEST_OPTIONS, MOBILITY, MOBILITY_OLD):
                size = (pkt.u8(at + 1) + 1) << 3
            elif proto == FRAGMENT:
                size = 8
            elif proto == ROUTING:
                return route_target(pkt, at, target)
            else:
                break
            proto = pkt.u8(at)
            at += size
    except Truncated:
        pass
    return target


def route_target(pkt: Record, at: int, target: int) -> int:
    """Where a routing header keeps the last destination, ``target`` if it says none."""
    count = pkt.u8(at + 1) // 2
    kind = pkt.u8(at + 2)
    if pkt.u8(at + 1) % 2 and kind != SEGMENTS:
        return target
    if kind in (SOURCE_ROUTE, MOBILE):
        while count > 0 and not pkt.has(at + 8 + 16 * (count - 1), 16):
            count -= 1
        if count:
            return at + 8 + 16 * (count - 1)
    elif kind == SEGMENTS and pkt.has(at + 8, 16):
        return at + 8  # segments stand in reverse order
    return target
