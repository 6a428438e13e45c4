"""Domain names in DNS messages, compressed or not (RFC 1035 §4.1.4); tcpdump: print-domain.c.

A pointer must lead backwards, and each further back than the one before: so no name goes in
circles. Nor is a chain of pointers longer than any name can use: thousands of records may point
to the same one. Labels are walked to their end, as in tcpdump, however long the name. Bit labels
(RFC 2673) are historic but still shown.
"""

from __future__ import annotations

from fyke.wire import Line, Record

BAD = -2  # in place of an offset: cut short, or nonsense
POINTER, EXTENDED, RESERVED = 0xC0, 0x40, 0x80  # the top two bits of a label's first octet
BIT_LABEL = 0x41  # the only extended label there ever was (RFC 2673 §3.1)
MAX_NAME = 255  # characters (RFC 1035 §2.3.4), and pointers in one name


def skip_name(pkt: Record, off: int) -> int:
    """The offset after the name at ``off``, or BAD."""
    if not pkt.has(off, 1):
        return BAD
    first = pkt.u8(off)
    off += 1
    while first:
        kind = first & POINTER
        if kind == POINTER:
            return off + 1
        if kind == RESERVED:
            return BAD
        if kind == EXTENDED:
            if first != BIT_LABEL or not pkt.has(off, 1):
                return BAD
            off += 1 + bit_octets(pkt, off)
        else:
            off += first
        if not pkt.has(off, 1):
            return BAD
        first = pkt.u8(off)
        off += 1
    return off


def bit_octets(pkt: Record, off: int) -> int:
    """Octets of the bit label whose count is at ``off``."""
    bits = pkt.u8(off)
    if bits == 0:
        bits = 256
    return (bits + 7) // 8


def label_length(line: Line, pkt: Record, off: int) -> int:
    """Octets of the label at ``off`` after its first, or BAD with what is wrong written."""
    if not pkt.has(off, 1):
        return BAD
    first = pkt.u8(off)
    kind = first & POINTER
    if kind == RESERVED:
        line.put(b"<BAD LABEL TYPE>")
        return BAD
    if kind != EXTENDED:
        return first
    if first != BIT_LABEL:
        line.put(b"<ELT %d>" % (first & 0x3F))
        return BAD
    if not pkt.has(off + 1, 1):
        return BAD
    return bit_octets(pkt, off + 1) + 1


def write_name(line: Line, pkt: Record, off: int, base: int) -> int:
    """Write the name at ``off`` of the message at ``base``; the offset after it, or BAD."""
    length = label_length(line, pkt, off)
    if length < 0:
        return BAD
    limit = off - base
    first = pkt.u8(off)
    off += 1
    after = off + length if first < POINTER else BAD
    if first == 0:
        line.char(46)
        return after
    followed = False
    hops = 0
    written = 0
    while first and off < pkt.end:
        if first & POINTER == POINTER:
            if not followed:
                followed = True
                after = off + 1
            hops += 1
            target = (first << 8 | pkt.u8(off)) & 0x3FFF
            if 0 <= limit <= target or hops > MAX_NAME:
                line.put(b"<BAD PTR>")
                return BAD
            limit = target
            off = base + target
        else:
            if first & EXTENDED:
                write_bits(line, pkt, off)
            elif not write_label(line, pkt, off, length, written):
                return BAD
            else:
                written += length
            off += length
            if written <= MAX_NAME:
                line.char(46)
            written += 1
        if not pkt.has(off, 1):
            return BAD
        first = pkt.u8(off)
        length = label_length(line, pkt, off)
        if length < 0:
            return BAD
        off += 1
        if not followed:
            after = off + length
    if written > MAX_NAME:
        line.put(b"<DOMAIN NAME TOO LONG>")
    return after


def write_label(line: Line, pkt: Record, off: int, length: int, written: int) -> bool:
    """A label's text, as far as it was captured and the name is not too long; False if cut."""
    count = length
    if written + count > MAX_NAME:
        count = MAX_NAME - written if written < MAX_NAME else 0
    have = pkt.end - off
    if count > have:
        line.escaped(pkt, off, have)
        return False
    line.escaped(pkt, off, count)
    return True


def write_bits(line: Line, pkt: Record, off: int) -> None:
    """A bit label as a hexadecimal string."""
    bits = pkt.u8(off)
    if bits == 0:
        bits = 256
    stop = off + 1 + (bits + 3) // 4
    line.put(b"\\[x")
    at = off + 1
    left = bits
    while at < stop and left > 7:
        line.hex(pkt.u8(at), 2)
        left -= 8
        at += 1
    if left > 4:
        line.hex(pkt.u8(at) & 0xFF << 8 - left, 2)
    elif left > 0:
        line.hex(pkt.u8(at) >> 4 & (0x0F << 4 - left) & 0x0F)
    line.char(47)
    line.uint(bits)
    line.char(93)
