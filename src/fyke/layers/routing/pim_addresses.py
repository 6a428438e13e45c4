"""PIM's encoded addresses (RFC 7761 §4.9.1): family, mask and flags, or the header's say."""

from __future__ import annotations

from fyke.layers.cursor import Cursor, Malformed
from fyke.layers.plain import address
from fyke.wire import Line, Record, Truncated

UNICAST, GROUP, SOURCE = range(3)  # kinds of them
FAMILIES = {1: 4, 2: 16}  # address family (IANA) to octets


def encoded(walk: Cursor, width: int, kind: int) -> str:
    """An encoded address; ``/n`` behind one that is shorter than its family's."""
    size = width
    if size == 0:
        size = FAMILIES.get(walk.u8(), 0)
        if walk.u8() or not size:
            raise Malformed("another family or encoding")
    if kind == UNICAST:
        return address(walk.raw(size))
    walk.u8()
    bits = walk.u8()
    text = address(walk.raw(size))
    return text if bits == 8 * size else f"{text}/{bits}"


def need(walk: Cursor, count: int) -> int:
    """Where the next ``count`` octets are, which must all belong to the message."""
    at = walk.at
    if count > walk.left or not walk.pkt.has(at, count):
        raise Truncated
    walk.at = at + count
    return at


def write_address(line: Line, walk: Cursor, width: int, kind: int) -> None:
    """An encoded address: its family, its mask and flags (RFC 7761 §4.9.1)."""
    pkt = walk.pkt
    size = width
    if size == 0:
        at = need(walk, 2)
        size = FAMILIES.get(pkt.u8(at), 0)
        if pkt.u8(at + 1):
            raise Truncated
    if size not in (4, 16):
        raise Truncated
    if kind == UNICAST:
        write_plain(line, pkt, need(walk, size), size)
        return
    at = need(walk, size + 2)
    flags = pkt.u8(at)
    write_plain(line, pkt, at + 2, size)
    if pkt.u8(at + 1) != size * 8:
        line.put(b"/%d" % pkt.u8(at + 1))
    if flags and kind == GROUP:
        line.put(b"(0x%02x)" % flags)
    elif flags:
        names = ((4, b"S"), (2, b"W"), (1, b"R"))
        line.put(b"(" + b"".join([text for bit, text in names if flags & bit]))
        if flags & 0xF8:
            line.put(b"+0x%02x" % (flags & 0xF8))
        line.char(41)


def write_plain(line: Line, pkt: Record, at: int, size: int) -> None:
    if size == 4:
        line.host4(pkt.u32(at))
    else:
        line.host6(pkt, at)
