"""Options of IPv6's Hop-by-Hop and Destination headers (RFC 8200 §4.2); print-ip6opts.c."""

from __future__ import annotations

from fyke.wire import Line, Record

PAD1, PADN, ROUTER_ALERT, JUMBO, HOME_ADDRESS = 0, 1, 5, 0xC2, 0xC9
MIN_JUMBO = 65536  # RFC 2675 §3: less fits the payload length field


def find_jumbo(pkt: Record, off: int, length: int) -> int:
    """The first valid jumbo payload length among the options; 0 if there is none."""
    stop = off + length
    while off < stop:
        kind = pkt.u8(off)
        size = 1
        if kind != PAD1:
            if stop - off < 2:
                return 0
            size = pkt.u8(off + 1) + 2
        if size > stop - off:
            return 0
        if kind == JUMBO:
            if size != 6:
                return 0
            if pkt.u32(off + 2) >= MIN_JUMBO:
                return pkt.u32(off + 2)
        off += size
    return 0


def write_options(line: Line, pkt: Record, at: int, name: bytes, stated_length: int,
                  hop_by_hop: bool) -> int:
    """The header at ``at``, its options with -v; its octets, 0 where it is invalid."""
    size = (pkt.u8(at + 1) + 1) << 3
    pkt.raw(at, size)
    line.put(name)
    if not hop_by_hop and not line.style.verbose:
        return size
    off = at + 2
    stop = at + size
    jumbo = 0
    while off < stop:
        kind = pkt.u8(off)
        taken = 1
        if kind != PAD1:
            if stop - off < 2:
                line.put(b" [remaining length %d < 2] (invalid)" % (stop - off))
                return 0
            taken = pkt.u8(off + 1) + 2
        if stop - off < taken:
            line.put(b" [remaining length %d < %d] (invalid)" % (stop - off, taken))
            return 0
        if kind == JUMBO and taken == 6:
            text = jumbo_text(pkt.u32(off + 2), stated_length, hop_by_hop, jumbo)
            if hop_by_hop and stated_length == 0 and not jumbo:
                jumbo = pkt.u32(off + 2) if pkt.u32(off + 2) >= MIN_JUMBO else 0
            if line.style.verbose:
                line.put(text)
        elif not write_option(line, pkt, off, kind, taken):
            return 0
        off += taken
    if line.style.verbose:
        line.char(32)
    return size


def jumbo_text(length: int, stated_length: int, hop_by_hop: bool, jumbo: int) -> bytes:
    """What to say of a jumbo payload option (RFC 2675 §3)."""
    if not hop_by_hop:
        return b"(jumbo: %d - not a hop-by-hop option) " % length
    if jumbo:
        return b"(jumbo: %d - already seen) " % length
    if stated_length:
        return b"(jumbo: %d - payload len != 0) " % length
    if length < MIN_JUMBO:
        return b"(jumbo: %d - < 65536) " % length
    return b"(jumbo: %d) " % length


def write_option(line: Line, pkt: Record, off: int, kind: int, taken: int) -> bool:
    """One option; False if its length cannot be."""
    if kind == ROUTER_ALERT and taken != 4:
        line.put(b" [(rtalert) length %d != 2] (invalid)" % (taken - 2))
        return False
    if kind == JUMBO and taken != 6:
        line.put(b" [(jumbo) length %d != 4] (invalid)" % (taken - 2))
        return False
    if kind == HOME_ADDRESS and taken < 18:
        line.put(b" [(homeaddr) length %d < 16] (invalid)" % (taken - 2))
        return False
    if not line.style.verbose:
        return True
    if kind == PAD1:
        line.put(b"(pad1)")
    elif kind == PADN:
        line.put(b"(padn)")
    elif kind == ROUTER_ALERT:
        line.put(b"(rtalert: 0x%04x) " % pkt.u16(off + 2))
    elif kind == HOME_ADDRESS:
        line.put(b"(homeaddr: ")
        line.host6(pkt, off + 2)
        if taken > 18:
            write_suboptions(line, pkt, off + 18, taken - 18)
        line.char(41)
    else:
        line.put(b"(unknown opt-type 0x%02x len=%d)" % (kind, taken - 2))
    return True


def write_suboptions(line: Line, pkt: Record, off: int, length: int) -> None:
    """The options inside a home address option (RFC 6275 §6.3)."""
    stop = off + length
    while off < stop:
        kind = pkt.u8(off)
        taken = 1
        if kind != PAD1:
            if stop - off < 2:
                return
            taken = pkt.u8(off + 1) + 2
        if taken > stop - off:
            line.put(b" [remaining suboptions length %d < %d] (invalid)" % (stop - off, taken))
            return
        if kind == PAD1:
            line.put(b", pad1")
        elif kind == PADN:
            line.put(b", padn")
        else:
            line.put(b", unknown subopt-type 0x%02x len=%d" % (kind, taken - 2))
        off += taken
