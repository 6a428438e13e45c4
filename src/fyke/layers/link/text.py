"""Text fields of link-layer protocols: fixed width, padded with zeros or not."""

from __future__ import annotations

from fyke.wire import Line, Record


def write_padded(line: Line, pkt: Record, off: int, count: int) -> None:
    """Up to ``count`` octets of text, which a zero ends."""
    for i in range(count):
        if pkt.u8(off + i) == 0:
            return
        line.escaped(pkt, off + i, 1)


def plural(count: int) -> bytes:
    return b"" if count == 1 else b"s"
