"""QUIC packet headers (RFC 9000 §17); tcpdump: print-quic.c.

What is behind the headers is encrypted, with keys that everybody knows in a client's first packets:
there the hello is a layer (quic_initial.py), for whoever asks for values.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.quic_ids import LONGEST, ConnectionIds
from fyke.layers.associations import associations_of
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

FIXED_BIT, LONG_HEADER = 0x40, 0x80
INITIAL, RETRY = 0, 3  # types of long headers
TYPE_NAMES = (b", initial", b", 0-rtt", b", handshake", b", retry")
TYPES = ("initial", "0-rtt", "handshake", "retry")
VERSION_2 = 0x6B3343CF  # RFC 9369 §3.1
UNNAMED_VERSIONS = (0, 1)
RETRY_TAG = 16  # octets of the integrity tag at a retry's end
SHORT_REST = 16  # what is left of a short packet must be longer than this
MAX_TOKEN = 1000  # what cannot be a longer one is taken for no token, as in tcpdump


class QuicPacket(NamedTuple):
    """One packet of a datagram (RFC 9000 §17); None where its type has no such field."""

    type: str  #: initial, 0-rtt, handshake, retry, version_negotiation, short
    version: int | None
    dcid: str | None  #: destination connection identifier, hexadecimal; unknown if short
    scid: str | None
    token: str | None
    length: int | None  #: octets of packet number and payload
    versions: list[int] | None  #: of a version negotiation


def packets_of(quic: Quic) -> Options:
    """Every packet of the datagram; ``cut`` if the capture ends in one, or one makes no sense."""
    found = Options()
    try:
        cursor = Cursor(quic.pkt, quic.off, quic.off + quic.size)
        while cursor.left:
            if len(found) == MOST:
                raise Malformed("too many packets")
            first = cursor.u8()
            if first == 0:  # padding between packets
                continue
            if first & LONG_HEADER:
                found.append(long_packet(cursor, first))
            else:
                found.append(QuicPacket("short", None, None, None, None, None, None))
                cursor.step(cursor.left)
        found.cut = not quic.pkt.has(quic.off, quic.size)
    except (Malformed, Truncated):
        found.cut = True
    return found


def long_packet(cursor: Cursor, first: int) -> QuicPacket:
    """A packet with a long header, the cursor after its first octet."""
    version = cursor.u32()
    dcid = cursor.raw(cursor.u8()).hex()
    scid = cursor.raw(cursor.u8()).hex()
    if version == 0:
        versions = [cursor.u32() for _ in range(min(cursor.left // 4, MOST))]
        cursor.step(cursor.left)
        return QuicPacket("version_negotiation", version, dcid, scid, None, None, versions)
    kind = long_type(first, version)
    if kind == RETRY:
        token = cursor.raw(max(cursor.left - RETRY_TAG, 0)).hex()
        cursor.step(cursor.left)
        return QuicPacket(TYPES[kind], version, dcid, scid, token, None, None)
    initial_token = cursor.raw(number(cursor)).hex() if kind == INITIAL else None
    length = number(cursor)
    packet = QuicPacket(TYPES[kind], version, dcid, scid, initial_token, length, None)
    cursor.step(min(length, cursor.left))
    return packet


def number(cursor: Cursor) -> int:
    """A number of variable length (RFC 9000 §16)."""
    first = cursor.u8()
    size = 1 << (first >> 6)
    return (first & 0x3F) << 8 * (size - 1) | int.from_bytes(cursor.raw(size - 1), "big")


def long_type(first: int, version: int) -> int:
    """The type of a long header as version 1 numbers it; version 2 does by others (RFC 9369)."""
    kind = first >> 4 & 3
    return kind - 1 & 3 if version == VERSION_2 else kind


def initial_of(quic: Quic) -> bytes | None:
    """The handshake's octets of an Initial; None for none, or where the library is missing."""
    if not quic.pkt.has(quic.off, 1) or not quic.pkt.u8(quic.off) & LONG_HEADER:
        return None
    from fyke.layers.application.quic_initial import crypto_of
    try:
        return crypto_of(quic.pkt, quic.off, quic.size)
    except ImportError:
        return None


def first_of(field: str) -> Callable[[Quic], Any]:
    """Reads a field of the datagram's first packet."""
    def read(quic: Quic) -> Any:
        for packet in packets_of(quic):
            return getattr(packet, field)
        return None
    return read


class Quic(Layer):
    """The packets of one datagram."""

    __slots__ = ()
    name = "quic"
    tag = b"quic"
    doubtful = True

    type = Made("text", first_of("type"), "of the first packet, as all before the list of them")
    version = Made("u32", first_of("version"), "1, or 0x6b3343cf for version 2")
    dcid = Made("text", first_of("dcid"), "destination connection identifier, hexadecimal")
    scid = Made("text", first_of("scid"), "source connection identifier, hexadecimal")
    token = Made("text", first_of("token"), "hexadecimal")
    decrypted = Made("bool", lambda quic: initial_of(quic) is not None,
                     "an Initial was opened (needs the extra crypto): the layer above is its TLS")
    packets = Listed(packets_of, "every packet of the datagram (RFC 9000 §17)")

    def beyond(self) -> Layer | None:
        octets = initial_of(self)
        if not octets:
            return None
        from fyke.layers.application.tls import TlsInQuic
        layer = TlsInQuic()
        layer.below = self
        return layer.at(Record(octets), 0, len(octets))

    def parse(self, pkt: Record, off: int) -> None:
        if self.size > 0 and pkt.u8(off) & LONG_HEADER:
            pkt.u32(off + 1)

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


def known_ids(line: Line) -> ConnectionIds:
    """What this run has met."""
    found: ConnectionIds = associations_of(line).of("quic", ConnectionIds)
    return found


def put_id(line: Line, pkt: Record, off: int, label: bytes) -> int:
    """A connection identifier behind its length, remembered; where it ends."""
    size = pkt.u8(off)
    if size == 0 or size > LONGEST:
        return off + 1
    ident = pkt.raw(off + 1, size)
    line.put(label)
    line.hex_string(pkt, off + 1, size)
    known_ids(line).add(ident)
    return off + 1 + size


def variable_size(pkt: Record, off: int) -> int:
    """Octets of a number of variable length: 1, 2, 4 or 8 (RFC 9000 §16)."""
    return 1 << (pkt.u8(off) >> 6)


def variable(pkt: Record, off: int) -> int:
    """A number of variable length, without the two bits that say how long it is."""
    size = variable_size(pkt, off)
    if size == 1:
        return pkt.u8(off) & 0x3F
    if size == 2:
        return pkt.u16(off) & 0x3FFF
    if size == 4:
        return pkt.u32(off) & 0x3FFFFFFF
    return pkt.u64(off) & 0x3FFFFFFFFFFFFFFF


def write_long(line: Line, pkt: Record, off: int, stop: int) -> int:
    """A packet with a long header; where the next one begins."""
    version = pkt.u32(off + 1)
    kind = long_type(pkt.u8(off), version)
    line.put(TYPE_NAMES[kind] if version else b", version negotiation")
    if version not in UNNAMED_VERSIONS:
        line.put(b", v")
        line.hex(version)
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
        write_token(line, pkt, off, size)
        pkt.raw(off + size, RETRY_TAG)
        return stop
    if kind == INITIAL:
        size = variable(pkt, off)
        off += variable_size(pkt, off)
        if size and (size < MAX_TOKEN or size <= stop - off):
            write_token(line, pkt, off, size)
            off += size
    size = variable(pkt, off)
    off += variable_size(pkt, off)
    line.put(b", length ")
    line.uint(size)
    if not pkt.has(off, size):
        raise Truncated
    return off + size


def write_token(line: Line, pkt: Record, off: int, size: int) -> None:
    """All of it, or nothing."""
    if not pkt.has(off, size):
        raise Truncated
    line.put(b", token ")
    line.hex_string(pkt, off, size)


def write_short(line: Line, pkt: Record, off: int, stop: int) -> int:
    """A packet with a short header, the last of its datagram."""
    line.put(b", protected")
    off += 1
    if stop - off <= SHORT_REST:
        raise Truncated
    start = pkt.raw(off, min(LONGEST, stop - off, pkt.end - off))
    ident = known_ids(line).before(start)
    if ident is not None:
        line.put(b", dcid ")
        line.hex_string(pkt, off, len(ident))
    if not pkt.has(off, stop - off):
        raise Truncated
    return stop
