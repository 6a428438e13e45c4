"""What the OSI protocols share: network addresses, identifiers, the Fletcher checksum."""

from __future__ import annotations

from fyke.hints import Iterator
from fyke.wire import Line, Record

CLNP, ESIS, ISIS, IPV6, IPV4, PPP = 0x81, 0x82, 0x83, 0x8E, 0xCC, 0xCF
NULL, Q933 = 0x00, 0x08
#: Network layer protocol identifiers (ISO/IEC TR 9577), in tcpdump's words (nlpid.c).
NLPID_NAMES = {
    NULL: b"NULL", Q933: b"Q.933", 0x09: b"LMI", 0x80: b"SNAP", CLNP: b"CLNP", ESIS: b"ES-IS",
    ISIS: b"IS-IS", 0x84: b"CONS", 0x85: b"IDRP", 0x8A: b"X25 ES-IS", IPV6: b"IPv6",
    0xB1: b"FRF.15", 0xC1: b"ISIS_SPB", IPV4: b"IPv4", PPP: b"PPP",
}
LONGEST_ADDRESS = 20  # ISO/IEC 8348
SYSTEM_ID, NODE_ID, LSP_ID = 6, 7, 8  # octets


def nsap(pkt: Record, off: int, size: int) -> bytes:
    """The address of a network service access point as text."""
    return nsap_text(pkt.raw(off, size))


def nsap_text(octets: bytes) -> bytes:
    """The same for octets that need not stand in the packet: ``49.0002``."""
    if not 1 <= len(octets) <= LONGEST_ADDRESS:
        return b"isonsap_string: illegal length"
    digits = octets.hex().encode()
    return b".".join([digits[:2], *(digits[i:i + 4] for i in range(2, len(digits), 4))])


def identifier(pkt: Record, off: int, size: int) -> bytes:
    """A system, node or LSP identifier as text: ``1920.0000.0008.00-00`` or its beginning."""
    digits = pkt.raw(off, size).hex().encode()
    text = b".".join((digits[:4], digits[4:8], digits[8:12]))
    if size >= NODE_ID:
        text += b"." + digits[12:14]
    return text + b"-" + digits[14:16] if size == LSP_ID else text


def write_nlpids(line: Line, pkt: Record, off: int, size: int) -> None:
    """A list of protocols, with their numbers."""
    for i in range(size):
        number = pkt.u8(off + i)
        line.put(b"%s (0x%02x)" % (NLPID_NAMES.get(number, b"unknown"), number))
        if i + 1 < size:
            line.put(b", ")


def write_checksum(line: Line, pkt: Record, off: int, size: int, where: int,
                   checksum: int) -> None:
    """Whether ``checksum``, found at ``where`` of the ``size`` octets at ``off``, is right."""
    if not checksum or not pkt.has(off + where, 2) or where > size or not pkt.has(off, size):
        line.put(b" (unverified)")
        return
    should = fletcher(pkt.raw(off, size), where)
    line.put(b" (correct)" if should == checksum else b" (incorrect should be 0x%04x)" % should)


def fletcher(octets: bytes, where: int) -> int:
    """ISO/IEC 8473-1 annex C: the checksum that belongs at ``where``."""
    first = second = 0
    for i, octet in enumerate(octets):
        if i not in (where, where + 1):
            first += octet
        second += first
    first %= 255
    product = (len(octets) - where) * first
    high = (product - first - second) % 255 or 255
    low = (second - product) % 255 or 255
    return high << 8 | low


class Bad(Exception):
    """A header contradicts itself: its text ends with this."""


def each_option(line: Line, pkt: Record, at: int, end: int, names: dict[int, bytes], *,
                whole: bool) -> Iterator[tuple[int, int, int]]:
    """Type, offset of the value and its octets, of each option after its heading is written.

    ``whole``: an option that the capture cuts has no heading. What cannot be raises Bad.
    """
    while at < end:
        if end - at < 2:
            raise Bad(b", bad opts/li")
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        at += 2
        if size > end - at:
            raise Bad(b", opt (%d) too long" % kind)
        if whole:
            pkt.raw(at, size)
        line.put(b"\n\t  %s Option #%d, length %d, value: " % (
            names.get(kind, b"Unknown"), kind, size))
        yield kind, at, size
        at += size
