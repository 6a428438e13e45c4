"""Octets as hexadecimal and ASCII, as tcpdump's -x -X -A show them (print-ascii.c).

``count`` octets at ``off`` are shown; what the capture cut off raises Truncated after the rest.
"""

from __future__ import annotations

from fyke.wire import Line, Packet, Truncated


def hex_print(line: Line, pkt: Packet, off: int, count: int, indent: bytes = b"\n\t") -> None:
    """Rows of ``0x0010:  4500 003c …`` (-x), each after ``indent``."""
    i = 0
    while i < count:
        if i % 16 == 0:
            line.put(indent)
            line.put(b"0x")
            line.hex(i, 4)
            line.put(b": ")
        if i % 2 == 0:
            line.char(32)
        line.hex(pkt.u8(off + i), 2)
        i += 1


def hex_and_ascii_print(line: Line, pkt: Packet, off: int, count: int,
                        indent: bytes = b"\n\t") -> None:
    """Rows of hexadecimal with the same octets as text beside it (-X)."""
    row = 0
    while row < count:
        stop = row + 16
        if stop > count:
            stop = count
        line.put(indent)
        line.put(b"0x")
        line.hex(row, 4)
        line.put(b": ")
        write_row(line, pkt, off + row, off + stop)
        row = stop


def write_row(line: Line, pkt: Packet, row: int, stop: int) -> None:
    i = row
    while i < row + 16:
        if (i - row) % 2 == 0:
            line.char(32)
        if i < stop:
            line.hex(pkt.u8(i), 2)
        else:
            line.put(b"  ")
        i += 1
    line.put(b"  ")
    i = row
    while i < stop:
        c = pkt.u8(i)
        line.char(c if 32 < c < 127 else 46)
        i += 1


def ascii_print(line: Line, pkt: Packet, off: int, count: int) -> None:
    """The octets as text on a line of their own (-A); CR LF becomes LF."""
    line.char(10)
    i = off
    stop = off + count
    while i < stop:
        c = pkt.u8(i)
        i += 1
        if c == 13:
            # CRs do not belong at the ends of lines here; in the middle they are not printable.
            if i + 1 < stop and pkt.u8(i) != 10:
                line.char(46)
        elif 32 <= c < 127 or c == 9 or c == 10:
            line.char(c)
        else:
            line.char(46)


def default_print(line: Line, pkt: Packet, off: int, count: int) -> None:
    """An unknown payload as far as captured, unless -x, -X or -A shows it anyway.

    Raises Truncated after the last octet if the capture cut it short.
    """
    have = pkt.end - off
    if line.suppress_default:
        return
    hex_and_ascii_print(line, pkt, off, count if count < have else have)
    if have < count:
        raise Truncated


def print_unknown_data(line: Line, pkt: Packet, off: int, indent: bytes, count: int) -> None:
    """What a protocol knows no fields of, as far as captured: rows that begin with ``indent``."""
    have = pkt.end - off
    hex_print(line, pkt, off, count if count < have else have, indent)
