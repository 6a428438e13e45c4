"""QUIC packet headers (RFC 9000 §17); tcpdump: print-quic.c.

Nothing behind the headers is decoded: it is encrypted.
"""

from __future__ import annotations

from fyke.layers.associations import associations_of
from fyke.layers.layer import Layer
from fyke.wire import Line, Packet, Truncated

FIXED_BIT, LONG_HEADER = 0x40, 0x80
INITIAL, RETRY = 0, 3  # types of long headers
TYPE_NAMES = (b", initial", b", 0-rtt", b", handshake", b", retry")
UNNAMED_VERSIONS = (0, 1)
MAX_ID = 20  # octets of a connection identifier
MAX_TOKEN = 1000  # longer tokens are neither shown nor skipped, as in tcpdump
RETRY_TAG = 16  # octets of the integrity tag at a retry's end
SHORT_REST = 16  # what is left of a short packet must be longer than this
MAX_REMEMBERED = 512


class Quic(Layer):
    """The packets of one datagram."""

    __slots__ = ()
    name = "quic"
    tag = b"quic"

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        if self.size <= 0 or not pkt.u8(off) & FIXED_BIT:
            self.below.write_length(line)
            return
        stop = off + self.size
        line.put(b"quic")
        while off < stop:
            first = pkt.u8(off)
            if first & LONG_HEADER:
                off = write_long(line, pkt, off, stop)
            else:
                off = write_short(line, pkt, off, stop)
            while off < stop and pkt.has(off, 1) and pkt.u8(off) == 0:
                off += 1


def known_ids(line: Line) -> dict[bytes, None]:
    """Connection identifiers seen so far, the oldest first."""
    found: dict[bytes, None] = associations_of(line).of("quic", dict)
    return found


def put_id(line: Line, pkt: Packet, off: int, label: bytes) -> int:
    """A connection identifier behind its length, remembered; where it ends."""
    size = pkt.u8(off)
    if size == 0 or size > MAX_ID:
        return off + 1
    ident = bytes(pkt.raw(off + 1, size))
    line.put(label + ident.hex().encode())
    known = known_ids(line)
    if ident not in known:
        if len(known) >= MAX_REMEMBERED:
            del known[next(iter(known))]
        known[ident] = None
    return off + 1 + size


def variable(pkt: Packet, off: int) -> tuple[int, int]:
    """A number of one, two, four or eight octets (RFC 9000 §16); where it ends."""
    size = 1 << (pkt.u8(off) >> 6)
    number = int.from_bytes(pkt.raw(off, size), "big") & ((1 << size * 8 - 2) - 1)
    return number, off + size


def write_long(line: Line, pkt: Packet, off: int, stop: int) -> int:
    """A packet with a long header; where the next one begins."""
    kind = pkt.u8(off) >> 4 & 3
    version = pkt.u32(off + 1)
    line.put(TYPE_NAMES[kind] if version else b", version negotiation")
    if version not in UNNAMED_VERSIONS:
        line.put(b", v%x" % version)
    off = put_id(line, pkt, off + 5, b", dcid ")
    off = put_id(line, pkt, off, b", scid ")
    if version == 0:
        while off < stop:
            line.put(b", version 0x%x" % pkt.u32(off))
            off += 4
        return off
    if kind == RETRY:
        size = stop - off - RETRY_TAG
        if size <= 0:
            raise Truncated
        line.put(b", token ")
        line.put(bytes(pkt.raw(off, size)).hex().encode())
        pkt.raw(off + size, RETRY_TAG)
        return stop
    if kind == INITIAL:
        size, off = variable(pkt, off)
        if 0 < size < MAX_TOKEN:
            line.put(b", token " + bytes(pkt.raw(off, size)).hex().encode())
            off += size
    size, off = variable(pkt, off)
    line.put(b", length %d" % size)
    if not pkt.has(off, size):
        raise Truncated
    return off + size


def write_short(line: Line, pkt: Packet, off: int, stop: int) -> int:
    """A packet with a short header, the last of its datagram."""
    line.put(b", protected")
    off += 1
    if stop - off <= SHORT_REST:
        raise Truncated
    start = bytes(pkt.raw(off, min(MAX_ID, stop - off, pkt.end - off)))
    for ident in known_ids(line):
        if start.startswith(ident):
            line.put(b", dcid " + ident.hex().encode())
            break
    if not pkt.has(off, stop - off):
        raise Truncated
    return stop
