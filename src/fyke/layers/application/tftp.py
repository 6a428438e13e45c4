"""Trivial File Transfer Protocol (RFC 1350, options RFC 2347); tcpdump: print-tftp.c."""

from __future__ import annotations

from fyke.hints import Callable, NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.layers.words import named
from fyke.wire import Line, Record, Truncated

READ, WRITE, DATA, ACK, ERROR, OPTION_ACK = 1, 2, 3, 4, 5, 6
NAMES = {READ: b"RRQ", WRITE: b"WRQ", DATA: b"DATA", ACK: b"ACK", ERROR: b"ERROR",
         OPTION_ACK: b"OACK"}
ERROR_NAMES = {
    0: b'EUNDEF "', 1: b"ENOTFOUND", 2: b"EACCESS", 3: b"ENOSPACE", 4: b"EBADOP", 5: b"EBADID",
    6: b"EEXISTS", 7: b"ENOUSER",
}


class TftpOption(NamedTuple):
    """A name and what is wanted (RFC 2347)."""

    name: str
    value: str


def words_of(tftp: Tftp, start: int) -> list[str]:
    """The words from an offset on, each up to its zero; the last one may have none."""
    end = min(tftp.off + tftp.size, tftp.pkt.end)
    if end <= tftp.off + start:
        return []
    octets = tftp.pkt.raw(tftp.off + start, end - tftp.off - start)
    words = octets.split(b"\0", 2 * MOST)
    return [word.decode("utf-8", "backslashreplace") for word in words if word or len(words) > 1]


def request_word(number: int) -> Callable[[Tftp], str | None]:
    """Reads a word of a request."""
    def read(tftp: Tftp) -> str | None:
        if tftp.opcode not in (READ, WRITE):
            return None
        words = words_of(tftp, 2)
        return words[number] if number < len(words) - 1 else None
    return read


def number_of(*opcodes: int) -> Callable[[Tftp], int | None]:
    """Reads the number after the opcode, which some messages have."""
    def read(tftp: Tftp) -> int | None:
        if tftp.opcode not in opcodes or tftp.size < 4:
            return None
        return tftp.pkt.u16(tftp.off + 2)
    return read


def error_message(tftp: Tftp) -> str | None:
    if tftp.opcode != ERROR:
        return None
    return (words_of(tftp, 4) or [""])[0]


def options_of(tftp: Tftp) -> Options:
    """Options of a request or of their acknowledgement."""
    found = Options()
    if tftp.opcode not in (READ, WRITE, OPTION_ACK):
        return found
    words = words_of(tftp, 2)
    found.cut = not tftp.pkt.has(tftp.off, tftp.size)
    words = words[:-1] if tftp.opcode == OPTION_ACK else words[2:-1]
    found.extend(TftpOption(*pair) for pair in zip(words[::2], words[1::2], strict=False))
    return found


def opcode(tftp: Tftp) -> int | None:
    """None in a message that is too short for one."""
    return tftp.pkt.u16(tftp.off) if tftp.size >= 2 else None


class Tftp(Layer):
    """A request, a block, an acknowledgement or an error."""

    __slots__ = ()
    name = "tftp"
    tag = b"tftp"

    opcode = Made("u16", opcode, "kind of message",
                  names={code: word.decode() for code, word in NAMES.items()})
    file = Made("text", request_word(0), "of a request")
    mode = Made("text", request_word(1), "of a request: octet, netascii")
    block = Made("u16", number_of(DATA, ACK), "number of a block")
    error = Made("u16", number_of(ERROR), "error code",
                 names={code: word.decode().rstrip(' "') for code, word in ERROR_NAMES.items()})
    message = Made("text", error_message, "an error in words")
    options = Listed(options_of, "options (RFC 2347)", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < 2:
            return
        if pkt.u16(off) == DATA and self.size >= 4:
            pkt.u16(off + 2)
            self.payload_off = off + 4
            self.payload_length = self.size - 4

    def write(self, line: Line) -> None:
        pkt = self.pkt
        line.put(b"TFTP, length %d" % self.size)
        if self.size < 2:
            raise Truncated
        line.put(b", " + named(NAMES, pkt.u16(self.off), b"tftp-#%d"))
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


def put_word(line: Line, pkt: Record, off: int, stop: int, after: bytes = b"") -> int:
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


def put_options(line: Line, pkt: Record, off: int, stop: int) -> None:
    """Names and values, until the message ends."""
    while off < stop:
        if pkt.u8(off):
            line.put(b" ")
        off = put_word(line, pkt, off, stop)
