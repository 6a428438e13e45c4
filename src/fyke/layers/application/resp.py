"""REdis Serialization Protocol (redis.io "Redis serialization protocol"); tcpdump: print-resp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

SIMPLE, ERROR, INTEGER, BULK, ARRAY = 43, 45, 58, 36, 42  # + - : $ *
MAX_INT = 0x7FFFFFFF
MAX_DEPTH = 64  # arrays within arrays
NULL, TOO_LARGE, NEGATIVE, NONSENSE = -1, -3, -4, -5
LENGTH_WORDS = {NULL: b" null", TOO_LARGE: b" length too large",
                NEGATIVE: b" length negative and not -1", NONSENSE: b" invalid"}


class Resp(Layer):
    """Commands and replies, one after the other."""

    __slots__ = ()
    name = "resp"
    tag = b"resp"

    def write(self, line: Line) -> None:
        line.put(b": RESP")
        off = self.off
        stop = off + self.size
        while off < stop:
            off = write_value(line, self.pkt, off, stop, 0)


def octet(pkt: Record, off: int, stop: int) -> int:
    """The octet at ``off`` of a message that ends at ``stop``."""
    if off >= stop:
        raise Truncated
    return pkt.u8(off)


def write_value(line: Line, pkt: Record, off: int, stop: int, depth: int) -> int:
    """One value; where the next one begins."""
    kind = octet(pkt, off, stop)
    if kind in (SIMPLE, ERROR, INTEGER):
        end = find_line_end(pkt, off + 1, stop)
        put_quoted(line, pkt, off + 1, end - off - 1)
        return end + 2
    if kind == BULK:
        return write_bulk(line, pkt, off + 1, stop)
    if kind == ARRAY:
        return write_array(line, pkt, off + 1, stop, depth)
    return write_inline(line, pkt, off, stop)


def find_line_end(pkt: Record, off: int, stop: int) -> int:
    """Where the next CR LF is."""
    while True:
        if octet(pkt, off, stop) == 13 and octet(pkt, off + 1, stop) == 10:
            return off
        off += 1


def put_quoted(line: Line, pkt: Record, off: int, count: int) -> None:
    line.put(b" \"")
    line.escaped(pkt, off, count)
    line.char(34)


def read_length(pkt: Record, off: int, stop: int) -> tuple[int, int]:
    """A length or what is wrong with it, and the offset after it."""
    negative = octet(pkt, off, stop) == 45
    if negative:
        off += 1
    number = 0
    digits = 0
    while True:
        c = octet(pkt, off, stop)
        if not 48 <= c <= 57:
            break
        number = min(number * 10 + c - 48, MAX_INT + 1)
        digits += 1
        off += 1
    if digits == 0 or c != 13:
        return NONSENSE, off + 1
    if octet(pkt, off + 1, stop) != 10:
        return NONSENSE, off + 2
    off += 2
    if negative:
        return NULL if number == 1 else NEGATIVE, off
    return TOO_LARGE if number > MAX_INT else number, off


def write_bulk(line: Line, pkt: Record, off: int, stop: int) -> int:
    length, off = read_length(pkt, off, stop)
    if length < 0:
        line.put(LENGTH_WORDS[length])
        return off
    if length == 0:
        line.put(b" empty")
    else:
        if length > stop - off or not pkt.has(off, length):
            raise Truncated
        put_quoted(line, pkt, off, length)
        off += length
    return find_line_end(pkt, off, stop) + 2


def write_array(line: Line, pkt: Record, off: int, stop: int, depth: int) -> int:
    length, off = read_length(pkt, off, stop)
    if length < 0:
        line.put(LENGTH_WORDS[length])
    elif length == 0:
        line.put(b" empty")
    elif depth > MAX_DEPTH:
        raise Truncated
    for _ in range(length):
        off = write_value(line, pkt, off, stop, depth + 1)
    return off


def write_inline(line: Line, pkt: Record, off: int, stop: int) -> int:
    """A command as a person types it: a line that CR or LF or both end."""
    while octet(pkt, off, stop) in (13, 10):
        off += 1
    start = off
    while octet(pkt, off, stop) not in (13, 10):
        off += 1
    put_quoted(line, pkt, start, off - start)
    while off < stop and pkt.u8(off) in (13, 10):
        off += 1
    return off
