"""ZeroMQ's ZMTP/1.0 (rfc.zeromq.org/spec/13), with ``-T zmtp1``; tcpdump: print-zeromq.c."""

from __future__ import annotations

from fyke.layers.cursor import MOST
from fyke.layers.fields import Made
from fyke.layers.hexdump import hex_and_ascii_print
from fyke.layers.layer import Layer
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

LONG_LENGTH = 0xFF  # the length is in the eight octets that follow
ALL_REST = 0xFFFF  # a datagram is nothing but the middle of a frame
SHOWN = 128  # octets of a frame with a single -v
ROW = b"\n\t "  # before each row of octets
FLAG_NAMES = ((0x80, b"MBZ-7"), (0x40, b"MBZ-6"), (0x20, b"MBZ-5"), (0x10, b"MBZ-4"),
              (0x08, b"MBZ-3"), (0x04, b"MBZ-2"), (0x02, b"MBZ-1"), (0x01, b"MORE"))


class Zmtp(Layer):
    """Frames, one after the other."""

    __slots__ = ()

    name = "zmtp1"
    tag = b"zmtp1"

    octets = Made("bytes", lambda layer: layer.between(
        layer.off, layer.off + min(layer.size, MOST)), "of frames, the first of them")

    def write(self, line: Line) -> None:
        line.put(b": ZMTP/1.0")
        off = self.off
        stop = min(off + self.size, self.pkt.end)
        while off < stop:
            off = write_frame(line, self.pkt, off, stop)


class ZmtpDatagram(Layer):
    """Frames in the data of a PGM packet (zmq_pgm(7)), and before them the rest of one."""

    __slots__ = ()

    name = "zmtp1-datagram"
    tag = b"zmtp1"

    octets = Made("bytes", lambda layer: layer.between(
        layer.off, layer.off + min(layer.size, MOST)), "of frames, the first of them")

    def write(self, line: Line) -> None:
        off = self.write_rest(line)
        stop = min(self.off + self.size, self.pkt.end)
        while off < stop:
            off = write_frame(line, self.pkt, off, stop)

    def write_rest(self, line: Line) -> int:
        """The rest of a frame of an earlier datagram; where the first frame begins."""
        pkt, off = self.pkt, self.off + 2
        size = pkt.u16(self.off)
        line.put(b"\n\t frame offset 0x%04x" % size)
        if size == ALL_REST:
            size = (self.size - 2) & 0xFFFFFFFF
        elif 2 + size > self.size:
            line.put(b" (exceeds datagram declared length)")
            raise Truncated
        if size:
            have = pkt.end - off
            line.put(b"\n\t frame intermediate part, %d bytes" % size)
            if size > have:
                line.put(b" (%d captured)" % have)
            if line.style.verbose:
                count = min(size, have, SHOWN if line.style.verbose == 1 else size)
                if count > 1:
                    line.put(b", first %d byte(s):" % count)
                    hex_and_ascii_print(line, pkt, off, count, ROW)
        return off + size


def write_frame(line: Line, pkt: Record, off: int, stop: int) -> int:
    """One frame; where the next one begins."""
    line.put(b"\n\t")
    declared = pkt.u8(off)
    off += 1
    if declared != LONG_LENGTH:
        line.put(b" frame flags+body  (8-bit) length %d" % declared)
    else:
        line.put(b" frame flags+body (64-bit) length")
        declared = pkt.u64(off)
        off += 8
        line.put(b" %d" % declared)
    if declared == 0:
        return off
    flags = pkt.u8(off)
    if declared > stop - off:
        line.put(b" (%d captured)" % (stop - off))
    line.put(b", flags 0x%02x" % flags)
    if line.style.verbose:
        line.put(b" (%s)" % bit_words(FLAG_NAMES, flags, b"|"))
        count = min(declared, stop - off) - 1
        if line.style.verbose == 1:
            count = min(count, SHOWN)
        if count > 0:
            line.put(b", first %d byte(s) of body:" % count)
            hex_and_ascii_print(line, pkt, off + 1, count, ROW)
    if off + declared > stop:
        raise Truncated
    return off + declared
