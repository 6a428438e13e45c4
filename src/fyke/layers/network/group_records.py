"""What IGMPv3 (RFC 3376) and MLDv2 (RFC 3810) have in common: all but the width of addresses."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.wire import Line, Record, Truncated

RECORD_NAMES = {1: b"is_in", 2: b"is_ex", 3: b"to_in", 4: b"to_ex", 5: b"allow", 6: b"block"}
REPORT_HEADER, RECORD_HEADER = 8, 4  # octets, a record's without its group


class GroupRecord(NamedTuple):
    """What is wanted of a group (RFC 3376 §4.2.4, RFC 3810 §5.2.4)."""

    type: int
    name: str
    group: str
    sources: list[str]
    auxiliary: bytes


def addresses(pkt: Record, at: int, count: int, stop: int, width: int) -> Options:
    """Addresses of 4 or 16 octets, in front of ``stop``."""
    found = Options()
    try:
        while len(found) < count:
            if len(found) == MOST or stop - at < width:
                raise Truncated
            found.append(address(pkt.raw(at, width)))
            at += width
    except Truncated:
        found.cut = True
    return found


def group_records(pkt: Record, off: int, stop: int, width: int) -> Options:
    """The records of the report at ``off``."""
    found = Options()
    try:
        count = pkt.u16(off + 6)
        at = off + REPORT_HEADER
        while len(found) < count:
            if len(found) == MOST or stop - at < RECORD_HEADER + width:
                raise Truncated
            kind, extra, many = pkt.u8(at), 4 * pkt.u8(at + 1), pkt.u16(at + 2)
            group = address(pkt.raw(at + RECORD_HEADER, width))
            at += RECORD_HEADER + width
            sources = addresses(pkt, at, many, stop, width)
            after = at + many * width
            name = RECORD_NAMES.get(kind, b"unknown").decode()
            found.append(GroupRecord(kind, name, group, sources,
                                     b"" if sources.cut else pkt.raw(after, extra)))
            if sources.cut:
                raise Truncated
            at = after + extra
    except Truncated:
        found.cut = True
    return found


def decoded(code: int) -> int:
    """A time: from 128 on the code has three bits of exponent (RFC 3376 §4.1.1)."""
    return code if code < 128 else (code & 15 | 16) << ((code >> 4 & 7) + 3)


def write_address(line: Line, pkt: Record, label: bytes, at: int, width: int) -> None:
    """A label and an address of 4 or 16 octets; nothing if the capture ends before it does."""
    pkt.raw(at, width)
    line.put(label)
    if width == 4:
        line.host4(pkt.u32(at))
    else:
        line.host6(pkt, at)


def write_sources(line: Line, pkt: Record, at: int, count: int, width: int) -> None:
    """How many there are, with -vv which."""
    if line.style.verbose < 2:
        line.put(b", %d source(s)" % count)
        return
    line.put(b" {")
    for i in range(count):
        write_address(line, pkt, b" ", at + width * i, width)
    line.put(b" }")


def write_query_sources(line: Line, pkt: Record, off: int, length: int, at: int,
                        width: int) -> None:
    """The end of a query, whose sources are ``at`` octets behind ``off`` and counted before."""
    count = pkt.u16(off + at - 2)
    if count and length < at + count * width:
        line.put(b" [invalid number of sources]")
    elif count:
        write_sources(line, pkt, off + at, count, width)
    line.char(93)


def write_records(line: Line, pkt: Record, off: int, length: int, width: int,
                  unknown: bytes) -> None:
    """The group records of a report; ``unknown`` is the format for types without a name."""
    records = pkt.u16(off + 6)
    line.put(b", %d group record(s)" % records)
    if not line.style.verbose:
        return
    at = REPORT_HEADER
    size = RECORD_HEADER + width
    for _ in range(records):
        if length < at + size:
            line.put(b" [invalid number of groups]")
            return
        write_address(line, pkt, b" [gaddr ", off + at + RECORD_HEADER, width)
        kind = pkt.u8(off + at)
        line.char(32)
        line.put(RECORD_NAMES.get(kind) or unknown % kind)
        sources = pkt.u16(off + at + 2)
        at += size
        if length < at + sources * width:
            line.put(b" [invalid number of sources %d]" % sources)
            return
        write_sources(line, pkt, off + at, sources, width)
        at += sources * width
        line.char(93)
