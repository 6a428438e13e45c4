"""RPKI to Router protocol (RFC 6810); tcpdump: print-rpki-rtr.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import U8, U32, Listed, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 8
ERROR_REPORT = 10
TYPE_NAMES = {
    0: b"Serial Notify", 1: b"Serial Query", 2: b"Reset Query", 3: b"Cache Response",
    4: b"IPV4 Prefix", 6: b"IPV6 Prefix", 7: b"End of Data", 8: b"Cache Reset",
    ERROR_REPORT: b"Error Report",
}
#: Octets that a unit of a type has, where that is fixed.
LENGTHS = {0: 12, 1: 12, 2: 8, 3: 8, 4: 20, 6: 32, 7: 12, 8: 8}
ERROR_NAMES = {
    0: b"Corrupt Data", 1: b"Internal Error", 2: b"No Data Available", 3: b"Invalid Request",
    4: b"Unsupported Protocol Version", 5: b"Unsupported PDU Type",
    6: b"Withdrawal of Unknown Record", 7: b"Duplicate Announcement Received",
}


class Unit(NamedTuple):
    """A protocol data unit; None for what its type does not have."""

    version: int
    type: int
    session: int  #: session, error code or zero
    length: int
    serial: int | None = None
    flags: int | None = None
    prefix: str | None = None
    max_length: int | None = None
    origin: int | None = None  #: number of the autonomous system


def units_of(rtr: RpkiRtr) -> Options:
    found = Options()
    try:
        cursor = Cursor(rtr.pkt, rtr.off, rtr.off + rtr.size)
        while cursor.left:
            if len(found) == MOST:
                raise Malformed("too many units")
            unit = Unit(cursor.u8(), cursor.u8(), cursor.u16(), cursor.u32())
            body = cursor.raw(unit.length - HEADER_LENGTH)
            found.append(told(unit, Record(body), len(body)))
    except (Malformed, Truncated):
        found.cut = True
    return found


def told(unit: Unit, body: Record, size: int) -> Unit:
    """A unit with what its body says."""
    if unit.type in (0, 1, 7) and size >= 4:
        return unit._replace(serial=body.u32(0))
    octets = {4: 4, 6: 16}.get(unit.type)
    if octets is None or size < 8 + octets:
        return unit
    return unit._replace(flags=body.u8(0), max_length=body.u8(2), origin=body.u32(4 + octets),
                         prefix=f"{address(body.raw(4, octets))}/{body.u8(1)}")


class RpkiRtr(Layer):
    """Data units, one after the other."""

    __slots__ = ()

    name = "rpki-rtr"
    tag = b"rpki_rtr"

    version = U8(0, "of the first unit, as what follows")
    type = U8(1, names=as_text(TYPE_NAMES))
    length = U32(4, unit="bytes")
    units = Listed(units_of, "every unit of the segment (RFC 6810 §5)")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, min(self.size, HEADER_LENGTH))

    def write(self, line: Line) -> None:
        if not line.style.verbose:
            line.put(b", RPKI-RTR")
            return
        off = self.off
        stop = off + self.size
        while off < stop:
            off += write_unit(line, self.pkt, off, stop - off, False)


def write_unit(line: Line, pkt: Record, off: int, left: int, inner: bool) -> int:
    """One unit of at most ``left`` octets; how many to skip. ``inner``: quoted in an error."""
    version = pkt.u8(off)
    if version:
        line.put(b"\n\tRPKI-RTRv%d (unknown)" % version)
        return left
    if left < HEADER_LENGTH:
        line.put(b"(%d bytes is too few to decode)" % left)
        return refuse(line, pkt, off, left)
    if not pkt.has(off, HEADER_LENGTH):
        raise Truncated
    kind = pkt.u8(off + 1)
    length = pkt.u32(off + 4)
    line.put(b"\n\tRPKI-RTRv%d, %s PDU (%d), length: %d" % (
        version, named(TYPE_NAMES, kind, b"Unknown"), kind, length))
    if length < HEADER_LENGTH or length > left or length != LENGTHS.get(kind, length):
        return refuse(line, pkt, off, left)
    indent = b"\n\t    " if inner else b"\n\t  "
    if kind == ERROR_REPORT:
        if not write_error(line, pkt, off, length, indent, inner):
            return refuse(line, pkt, off, left)
    else:
        write_data(line, pkt, off, kind, indent)
    if kind not in TYPE_NAMES and not pkt.has(off, length):
        raise Truncated
    if line.style.verbose > 1 or kind not in TYPE_NAMES:
        print_unknown_data(line, pkt, off, b"\n\t  ", length)
    return length


def refuse(line: Line, pkt: Record, off: int, left: int) -> int:
    line.put(INVALID)
    if not pkt.has(off, left):
        raise Truncated
    return left


def write_data(line: Line, pkt: Record, off: int, kind: int, indent: bytes) -> None:
    if kind in (0, 1, 7):
        line.put(b"%sSession ID: 0x%04x, Serial: %d" % (indent, pkt.u16(off + 2),
                                                        pkt.u32(off + 8)))
    elif kind == 3:
        line.put(b"%sSession ID: 0x%04x" % (indent, pkt.u16(off + 2)))
    elif kind in (4, 6):
        size = 4 if kind == 4 else 16
        origin = pkt.u32(off + 12 + size)
        line.put(b"%sIPv%d Prefix " % (indent, kind))
        if kind == 4:
            line.host4(pkt.u32(off + 12))
        else:
            line.host6(pkt, off + 12)
        line.put(b"/%d-%d, origin-as %d, flags 0x%02x" % (
            pkt.u8(off + 9), pkt.u8(off + 10), origin, pkt.u8(off + 8)))


def write_error(line: Line, pkt: Record, off: int, length: int, indent: bytes,
                inner: bool) -> bool:
    """What was wrong, with the unit it was in; False if the lengths cannot be."""
    if length < HEADER_LENGTH + 4:
        return False
    code = pkt.u16(off + 2)
    quoted = pkt.u32(off + 8)
    line.put(b"%sError code: %s (%d), Encapsulated PDU length: %d" % (
        indent, named(ERROR_NAMES, code, b"Unknown"), code, quoted))
    at = HEADER_LENGTH + 4
    if quoted:
        if length < at + quoted:
            return False
        if inner:
            if not pkt.has(off, at + quoted):
                raise Truncated
        else:
            line.put(b"\n\t    -----encapsulated PDU-----")
            write_unit(line, pkt, off + at, quoted, True)
        at += quoted
    if length < at + 4:
        return False
    size = pkt.u32(off + at)
    at += 4
    if size:
        if length < at + size:
            return False
        line.put(b"%sError text: " % indent)
        line.escaped(pkt, off + at, size)
    return True
