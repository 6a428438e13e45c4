"""ZigBee Encapsulation Protocol: 802.15.4 frames in UDP; tcpdump: print-zep.c."""

from __future__ import annotations

import time

from fyke.hints import Callable
from fyke.layers.bandwidth import rounded
from fyke.layers.fields import U8, Made, unsigned
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.wpan import MULTIPURPOSE, STANDARD, Wpan
from fyke.layers.link.wpan_names import FRAME_TYPES
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

PREAMBLE = b"EX"
ACK = 2  # type, in version 2
LENGTHS = {1: 16}  # octets of a header by version; of data in all others 32
DATA_LENGTH, ACK_LENGTH = 32, 8
EPOCH_1970 = 2208988800  # in seconds since 1900 (RFC 868)


def of_data(at: int, size: int) -> Callable[[Zep], int | None]:
    """Reads a field of a data header; an acknowledgment has none of them."""
    def read(zep: Zep) -> int | None:
        if zep.is_acknowledgment():
            return None
        return unsigned(zep.pkt, zep.off + (3 if zep.version == 1 else 4) + at, size)
    return read


class Zep(Layer):
    """Where and when a frame was heard."""

    __slots__ = ()

    name = "zep"
    tag = b"zep"

    version = U8(2)
    type = Made("u8", lambda zep: None if zep.version == 1 else zep.pkt.u8(zep.off + 3),
                "1 data, 2 acknowledgment, from version 2 on")
    channel = Made("u8", of_data(0, 1))
    device = Made("u16", of_data(1, 2))
    crc = Made("bool", lambda zep: None if zep.is_acknowledgment() else bool(of_data(3, 1)(zep)),
               "the frame ends in a checksum; else its quality is lqi")
    lqi = Made("u8", of_data(4, 1), "link quality indication")
    stamp = Made("u64", lambda zep: None if zep.version == 1 or zep.is_acknowledgment()
                 else zep.pkt.u64(zep.off + 9), "since 1900, in 32.32 bits", unit="s")
    sequence = Made("u32", lambda zep: None if zep.version == 1 else zep.pkt.u32(
        zep.off + (4 if zep.is_acknowledgment() else 17)), "sequence number")
    inner_length = Made("u8", lambda zep: 0 if zep.is_acknowledgment() else zep.pkt.u8(
        zep.off + zep.header_length() - 1), "of the frame", unit="bytes")

    def is_acknowledgment(self) -> bool:
        return self.version != 1 and self.pkt.u8(self.off + 3) == ACK

    def header_length(self) -> int:
        """Octets in front of the frame."""
        return ACK_LENGTH if self.is_acknowledgment() else LENGTHS.get(self.version, DATA_LENGTH)

    def has_preamble(self) -> bool:
        return self.pkt.u8(self.off) == PREAMBLE[0] and self.pkt.u8(self.off + 1) == PREAMBLE[1]

    def parse(self, pkt: Record, off: int) -> None:
        if not self.has_preamble():
            return
        head = self.header_length()
        if self.size < head:
            return
        pkt.u8(off + head - 1)
        self.payload_off = off + head
        self.payload_length = self.inner_length
        if self.payload_length:
            self.next = Inner

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b"ZEP")
        if not self.has_preamble():
            line.put(b" [Preamble Code: ")
            line.escaped(pkt, off, 2)
            line.put(b"]%s" % INVALID)
            return
        line.put(b"v%d " % pkt.u8(off + 2))
        if self.version != 1:
            pkt.u8(off + 3)
        head = self.header_length()
        if self.size < head:
            line.put(b" [len %d < %d]%s" % (self.size, head, INVALID))
            return
        if self.is_acknowledgment():
            line.put(b"ACK, seq# = %d" % pkt.u32(off + 4))
        else:
            self.write_data(line, pkt, off)
        if self.inner_length:
            line.put(b"\n\t")
        else:
            self.write_rest(line)

    def write_data(self, line: Line, pkt: Record, off: int) -> None:
        at = off + 3
        if self.version != 1:
            line.put(b"Type %d, " % self.type)
            at += 1
        channel, device = pkt.u8(at), pkt.u16(at + 1)
        line.put(b"Channel ID %d, Device ID 0x%04x, " % (channel, device))
        line.put(b"CRC, " if pkt.u8(at + 3) else b"LQI %d, " % pkt.u8(at + 4))
        if self.version != 1:
            write_stamp(line, pkt.u64(off + 9))
            sequence, size = pkt.u32(off + 17), pkt.u8(off + 31)
            line.put(b", seq# = %d, inner len = %d" % (sequence, size))
        else:
            line.put(b"inner len = %d" % pkt.u8(off + 15))

    def write_rest(self, line: Line) -> None:
        """What is behind a header that no frame follows."""
        head = self.header_length()
        default_print(line, self.pkt, self.off + head, self.size - head)

    def follow(self) -> Layer | None:
        layer = Layer.follow(self)
        if layer is not None:
            self.pkt.narrow(self.payload_off + self.payload_length)
        return layer


class Inner(Wpan):
    """A frame whose length is known: what ends it must have been captured."""

    __slots__ = ()

    def write(self, line: Line) -> None:
        if not self.short and self.have < self.size and (
                self.type in STANDARD or self.type == MULTIPURPOSE):
            line.put(b"IEEE 802.15.4 %s packet " % FRAME_TYPES[self.type])
            raise Truncated
        super().write(line)


def write_stamp(line: Line, stamp: int) -> None:
    """Seconds, computed in 32 bits as tcpdump does, and the local date."""
    seconds, fraction = divmod(stamp, 1 << 32)
    line.put(b"%d.%09d" % (seconds, int(rounded(rounded(fraction) / 4294967296.0) * 1e9)))
    if seconds:
        when = time.localtime(seconds - EPOCH_1970 & 0xFFFFFFFF)
        line.put(b" (%s)" % time.strftime("%Y-%m-%d %H:%M:%S", when).encode())
