"""Basic Encoding Rules of ASN.1 (X.690): one element at a time, without what it means."""

from __future__ import annotations

from fyke.hints import Iterator, NamedTuple
from fyke.layers.cursor import new
from fyke.layers.words import signed
from fyke.wire import Record

UNIVERSAL, APPLICATION, CONTEXT, PRIVATE = 0, 1, 2, 3  # classes of tags
EXTENDED = 0x1F  # the tag's number follows in octets of its own
LONG = 0x80


class BerError(Exception):
    """An element that cannot be; the argument says why, in octets of text."""


class Element(NamedTuple):
    """Where an element's content stands, and its tag."""

    tag_class: int
    constructed: bool
    number: int  #: the tag's number; of an extended one the low eight bits
    off: int  #: where the content begins, in octets from the packet's first
    length: int  #: octets of content
    size: int  #: octets of the whole element


def read_element(pkt: Record, off: int, length: int) -> Element:
    """The element at ``off``, of at most ``length`` octets.

    Raises BerError, and Truncated where the capture ends inside tag or length.
    """
    if length < 1:
        raise BerError(b"[nothing to parse]")
    first = pkt.u8(off)
    number = first & EXTENDED
    at, stop = off + 1, off + length
    if number == EXTENDED:
        number, at = read_number(pkt, at, stop)
    if at >= stop:
        raise BerError(b"[no asnlen]")
    size = pkt.u8(at)
    at += 1
    if size & LONG:
        count = size & ~LONG
        if stop - at < count:
            raise BerError(b"[asnlen? %d<%d]" % (stop - at, count))
        if not pkt.has(at, count):
            raise BerError(b"")
        size = int.from_bytes(pkt.raw(at, count), "big") & 0xFFFFFFFF
        at += count
    if stop - at < size:
        raise BerError(b"[len%d<asnlen%d]" % (stop - at, size))
    return new(Element, (first >> 6, first & 0x20 != 0, number, at, size, at + size - off))


def read_number(pkt: Record, at: int, stop: int) -> tuple[int, int]:
    """An extended tag's number, and where it ends."""
    number = 0
    while pkt.u8(at) & LONG:
        if at >= stop:
            raise BerError(b"[Xtagfield?]")
        number = (number << 7 | pkt.u8(at) & ~LONG) & 0xFF
        at += 1
    if at >= stop:
        raise BerError(b"[Xtagfield?]")
    return (number << 7 | pkt.u8(at)) & 0xFF, at + 1


def integer(octets: bytes) -> int:
    """A signed number of 32 bits; more octets lose their high ones."""
    return signed(int.from_bytes(octets, "big", signed=True) & 0xFFFFFFFF)


def object_identifier(octets: bytes) -> list[int]:
    """The arcs of an object identifier, each of 32 bits (X.690 §8.19)."""
    if octets and octets.isascii():  # each arc is one octet
        first = min(octets[0] // 40, 2)
        return [first, octets[0] - 40 * first, *octets[1:]]
    arcs: list[int] = []
    arc = 0
    for octet in octets:
        arc = (arc << 7 | octet & 0x7F) & 0xFFFFFFFF
        if octet & 0x80:
            continue
        if not arcs:
            arcs.append(min(arc // 40, 2))
            arc -= arcs[0] * 40
        arcs.append(arc)
        arc = 0
    return arcs


def elements(pkt: Record, off: int, stop: int, most: int = 1024) -> Iterator[Element]:
    """The elements from ``off`` to ``stop``; raises as ``read_element`` does."""
    while off < stop and most:
        element = read_element(pkt, off, stop - off)
        yield element
        off += element.size
        most -= 1


def content(pkt: Record, element: Element) -> bytes:
    """An element's octets."""
    return pkt.raw(element.off, element.length)
