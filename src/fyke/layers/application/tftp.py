"""Trivial File Transfer Protocol (RFC 1350, options RFC 2347); tcpdump: print-tftp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.words import named
from fyke.wire import Line, Packet, Truncated

READ, WRITE, DATA, ACK, ERROR, OPTION_ACK = 1, 2, 3, 4, 5, 6
NAMES = {READ: b"RRQ", WRITE: b"WRQ", DATA: b"DATA", ACK: b"ACK", ERROR: b"ERROR",
         OPTION_ACK: b"OACK"}
ERROR_NAMES = {
    0: b'EUNDEF "', 1: b"ENOTFOUND", 2: b"EACCESS", 3: b"ENOSPACE", 4: b"EBADOP", 5: b"EBADID",
    6: b"EEXISTS", 7: b"ENOUSER",
}


class Tftp(Layer):
    """A request, a block, an acknowledgement or an error."""

    __slots__ = ("opcode",)
    opcode: int
    name = "tftp"
    tag = b"tftp"
    fields = ("opcode",)

    def clear(self) -> None:
        self.opcode = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.opcode = pkt.u16(off) if self.size >= 2 else 0

    def write(self, line: Line) -> None:
        pkt = self.pkt
        line.put(b"TFTP, length %d" % self.size)
        if self.short or self.size < 2:
            raise Truncated
        line.put(b", " + named(NAMES, self.opcode, b"tftp-#%d"))
        off = self.off + 2
        stop = self.off + self.size
        if self.opcode in (READ, WRITE):
            line.put(b' "')
            off = put_word(line, pkt, off, stop, b'"')
            if off >= stop:
                raise Truncated
            line.put(b" ")
            put_options(line, pkt, put_word(line, pkt, off, stop), stop)
        elif self.opcode == OPTION_ACK:
            put_options(line, pkt, off, stop)
        elif self.opcode in (DATA, ACK):
            if stop - off < 2:
                raise Truncated
            line.put(b" block %d" % pkt.u16(off))
        elif self.opcode == ERROR:
            if stop - off < 2:
                raise Truncated
            line.put(b" " + named(ERROR_NAMES, pkt.u16(off), b'tftp-err-#%d "'))
            if stop - off < 3:
                raise Truncated
            line.put(b' "')
            put_word(line, pkt, off + 2, stop, b'"')


def put_word(line: Line, pkt: Packet, off: int, stop: int, after: bytes = b"") -> int:
    """A string that ends with a zero octet, and ``after``; where the next begins."""
    end = off
    last = min(stop, pkt.end)
    while end < last and pkt.u8(end):
        end += 1
    line.escaped(pkt, off, end - off)
    line.put(after)
    if end == last:
        raise Truncated
    return end + 1


def put_options(line: Line, pkt: Packet, off: int, stop: int) -> None:
    """Names and values, until the message ends."""
    while off < stop:
        if pkt.u8(off):
            line.put(b" ")
        off = put_word(line, pkt, off, stop)
