"""Octets as hexadecimal and ASCII, as tcpdump's -x -X -A show them (print-ascii.c).

``count`` octets at ``off`` are shown; what the capture cut off raises Truncated after the rest.
"""

from __future__ import annotations

from fyke.wire import Line, Record, Truncated


def hex_print(line: Line, pkt: Record, off: int, count: int, indent: bytes = b"\n\t") -> None:
    """Rows of ``0x0010:  4500 003c …`` (-x), each after ``indent``."""
    show(line, pkt, off, count, indent, False)


def hex_and_ascii_print(line: Line, pkt: Record, off: int, count: int,
                        indent: bytes = b"\n\t") -> None:
    """Rows of hexadecimal with the same octets as text beside it (-X)."""
    show(line, pkt, off, count, indent, True)


def show(line: Line, pkt: Record, off: int, count: int, indent: bytes, text: bool) -> None:
    """All that was captured, then Truncated if ``count`` says that there was more."""
    have = pkt.end - off
    if count > have:
        line.rows(pkt, off, have if have > 0 else 0, indent, text)
        raise Truncated
    line.rows(pkt, off, count, indent, text)


def ascii_print(line: Line, pkt: Record, off: int, count: int) -> None:
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


def default_print(line: Line, pkt: Record, off: int, count: int) -> None:
    """An unknown payload as far as captured, unless -x, -X or -A shows it anyway.

    Raises Truncated after the last octet if the capture cut it short.
    """
    have = pkt.end - off
    if line.style.suppress_default:
        return
    hex_and_ascii_print(line, pkt, off, count if count < have else have)
    if have < count:
        raise Truncated


def print_unknown_data(line: Line, pkt: Record, off: int, indent: bytes, count: int) -> None:
    """What a protocol knows no fields of, as far as captured: rows that begin with ``indent``."""
    have = pkt.end - off
    hex_print(line, pkt, off, count if count < have else have, indent)
