"""REdis Serialization Protocol (redis.io "Redis serialization protocol"); tcpdump: print-resp.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

SIMPLE, ERROR, INTEGER, BULK, ARRAY = 43, 45, 58, 36, 42  # + - : $ *
MAX_INT = 0x7FFFFFFF
MAX_DEPTH = 64  # arrays within arrays
NULL, TOO_LARGE, NEGATIVE, NONSENSE = -1, -3, -4, -5
LENGTH_WORDS = {NULL: b" null", TOO_LARGE: b" length too large",
                NEGATIVE: b" length negative and not -1", NONSENSE: b" invalid"}


def values_of(resp: Resp) -> Options:
    """Every whole value; ``cut`` if the last goes on or makes no sense."""
    found = Options()
    cursor = Cursor(resp.pkt, resp.off, resp.off + resp.size)
    try:
        while cursor.left:
            if len(found) == MOST:
                raise Malformed("too many values")
            found.append(read_value(cursor, 0))
    except (Malformed, Truncated):
        found.cut = True
    return found


def read_value(cursor: Cursor, depth: int) -> Any:
    """One value. Raises Malformed and Truncated."""
    kind, text = cursor.pkt.u8(cursor.at), read_line(cursor)
    if kind in (SIMPLE, ERROR):
        return text[1:]
    if kind not in (INTEGER, BULK, ARRAY):
        return text.split()  # a command as people type it
    try:
        number = int(text[1:])
    except ValueError:
        raise Malformed("no number") from None
    if kind == INTEGER:
        return number
    if number < 0:
        return None
    if kind == BULK:
        octets = cursor.raw(number)
        cursor.step(2)
        return octets.decode("utf-8", "backslashreplace")
    if number > MOST or depth == MAX_DEPTH:
        raise Malformed("too large")
    return [read_value(cursor, depth + 1) for _ in range(number)]


def read_line(cursor: Cursor) -> str:
    """Text up to CR LF."""
    end = cursor.pkt.raw(cursor.at, min(cursor.stop, cursor.pkt.end) - cursor.at).find(b"\r\n")
    if end < 0:
        raise Malformed("no end of line")
    text = cursor.raw(end).decode("utf-8", "backslashreplace")
    cursor.step(2)
    return text


def command(resp: Resp) -> str | None:
    values = values_of(resp)
    first = values[0] if values else None
    return first[0].upper() if isinstance(first, list) and first and isinstance(
        first[0], str) else None


class Resp(Layer):
    """Commands and replies, one after the other."""

    __slots__ = ()

    name = "resp"
    tag = b"resp"

    values = Listed(values_of, "commands and replies: texts, numbers, lists, None")
    command = Made("text", command, "the first command, in upper case")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, min(self.size, 1))

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
