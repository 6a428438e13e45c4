"""What DNS resource records hold (RFC 1035 §3.3 and later ones); tcpdump: print-domain.c.

Types that are not here are shown by their name alone.
"""

from __future__ import annotations

from fyke.layers.application.dns_name import BAD, write_name
from fyke.layers.application.edns import write_options
from fyke.wire import Line, Record

A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, A6, DNAME, OPT, UNSPEC = (
    1, 2, 5, 6, 12, 15, 16, 28, 33, 38, 39, 41, 103)
TSIG, URI = 250, 256


def write_data(line: Line, pkt: Record, off: int, length: int, base: int, kind: int) -> int:
    """Write the ``length`` octets at ``off`` of a ``kind`` record; BAD if they are cut or wrong.

    ``base`` is where the message begins, which names may point into.
    """
    if kind == A:
        if not pkt.has(off, 4):
            return BAD
        line.char(32)
        line.ipv4(pkt.u32(off))
    elif kind == AAAA:
        if not pkt.has(off, 16):
            return BAD
        line.char(32)
        line.ipv6(pkt, off)
    elif kind in (CNAME, NS, PTR, DNAME):
        line.char(32)
        return write_name(line, pkt, off, base)
    elif kind == OPT:
        if length:
            return write_options(line, pkt, off, length)
    elif kind == TXT:
        return write_strings(line, pkt, off, length)
    elif kind == SRV:
        return write_service(line, pkt, off, base)
    elif kind == MX:
        return write_exchange(line, pkt, off, base)
    elif kind == SOA:
        if line.style.verbose:
            return write_authority(line, pkt, off, base)
    elif kind == A6:
        return write_a6(line, pkt, off, base)
    elif kind == URI:
        return write_uri(line, pkt, off, length)
    elif kind == TSIG and line.style.verbose:
        return write_signature(line, pkt, off, base)
    return off


def write_strings(line: Line, pkt: Record, off: int, length: int) -> int:
    """Character strings, each in quotation marks."""
    stop = off + length
    while off < stop:
        line.put(b' "')
        if not pkt.has(off, 1):
            return BAD
        count = pkt.u8(off)
        off += 1
        if not pkt.has(off, count):
            line.escaped(pkt, off, pkt.end - off)
            return BAD
        line.escaped(pkt, off, count)
        off += count
        line.char(34)
    return off


def write_service(line: Line, pkt: Record, off: int, base: int) -> int:
    """Target, port, priority and weight (RFC 2782)."""
    line.char(32)
    if not pkt.has(off, 6) or write_name(line, pkt, off + 6, base) == BAD:
        return BAD
    line.char(58)
    line.uint(pkt.u16(off + 4))
    line.char(32)
    line.uint(pkt.u16(off))
    line.char(32)
    line.uint(pkt.u16(off + 2))
    return off


def write_exchange(line: Line, pkt: Record, off: int, base: int) -> int:
    """A mail exchange and its preference."""
    line.char(32)
    if not pkt.has(off, 2) or write_name(line, pkt, off + 2, base) == BAD:
        return BAD
    line.char(32)
    line.uint(pkt.u16(off))
    return off


def write_authority(line: Line, pkt: Record, off: int, base: int) -> int:
    """Start of authority: two names and five numbers."""
    line.char(32)
    off = write_name(line, pkt, off, base)
    if off == BAD:
        return BAD
    line.char(32)
    off = write_name(line, pkt, off, base)
    if off == BAD or not pkt.has(off, 20):
        return BAD
    stop = off + 20
    while off < stop:
        line.char(32)
        line.uint(pkt.u32(off))
        off += 4
    return off


def write_a6(line: Line, pkt: Record, off: int, base: int) -> int:
    """An address's suffix and the name of its prefix (RFC 2874, historic)."""
    if not pkt.has(off, 1):
        return BAD
    bits = pkt.u8(off)
    if bits > 128:
        line.put(b" %d(bad plen)" % bits)
        return off
    octets = bits // 8
    if bits < 128:
        line.put(b" %d " % bits)
        address = Record(bytes(octets) + pkt.raw(off + 1, 16 - octets))
        line.ipv6(address, 0)
    if bits > 0:
        line.char(32)
        return write_name(line, pkt, off + 17 - octets, base)
    return off


def write_uri(line: Line, pkt: Record, off: int, length: int) -> int:
    """Priority, weight and target (RFC 7553)."""
    if length < 4:
        line.put(b" len %d is too short (< 4)" % length)
        return off + length
    if not pkt.has(off, length):
        return BAD
    line.put(b" %d %d " % (pkt.u16(off), pkt.u16(off + 2)))
    line.escaped(pkt, off + 4, length - 4)
    return off


def write_signature(line: Line, pkt: Record, off: int, base: int) -> int:
    """A transaction signature (RFC 8945 §4.2), without the signature."""
    line.char(32)
    off = write_name(line, pkt, off, base)
    if off == BAD:
        return BAD
    off += 6  # time signed
    for label in (b" fudge=", b" maclen=", b" origid=", b" error=", b" otherlen="):
        if not pkt.has(off, 2):
            return BAD
        number = pkt.u16(off)
        line.put(label)
        line.uint(number)
        off += 2
        if label == b" maclen=":
            off += number
    return off
