"""ZigBee Encapsulation Protocol: 802.15.4 frames in UDP; tcpdump: print-zep.c."""

from __future__ import annotations

import time

from fyke.layers.bandwidth import rounded
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


class Zep(Layer):
    """Where and when a frame was heard."""

    __slots__ = ("channel", "crc", "device", "header_length", "inner_length", "lqi", "sequence",
                 "stamp", "type", "version")

    version: int
    type: int  #: data or acknowledgment, from version 2 on
    channel: int
    device: int
    crc: bool  #: the frame ends in a checksum; else its quality is ``lqi``
    lqi: int  #: link quality indication
    stamp: int  #: seconds since 1900, in 32.32 bits
    sequence: int
    inner_length: int  #: octets of the frame
    header_length: int

    name = "zep"
    tag = b"zep"
    fields = ("version", "type", "channel", "device", "crc", "lqi", "stamp", "sequence",
              "inner_length")

    def clear(self) -> None:
        self.version = self.type = self.channel = self.device = self.lqi = self.stamp = 0
        self.sequence = self.inner_length = self.header_length = 0
        self.crc = False

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u8(off + 2)
        at = off + 3
        self.header_length = LENGTHS.get(self.version, DATA_LENGTH)
        if self.version != 1:
            self.type = pkt.u8(off + 3)
            if self.type == ACK:
                self.header_length = ACK_LENGTH
                self.sequence = pkt.u32(off + 4)
                return
            at += 1
        self.channel = pkt.u8(at)
        self.device = pkt.u16(at + 1)
        self.crc = pkt.u8(at + 3) != 0
        self.lqi = pkt.u8(at + 4)
        if self.version != 1:
            self.stamp = pkt.u64(off + 9)
            self.sequence = pkt.u32(off + 17)
        self.inner_length = pkt.u8(off + self.header_length - 1)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b"ZEP")
        if pkt.u8(off) != PREAMBLE[0] or pkt.u8(off + 1) != PREAMBLE[1]:
            line.put(b" [Preamble Code: ")
            line.escaped(pkt, off, 2)
            line.put(b"]%s" % INVALID)
            self.header_length = 0
            return
        line.put(b"v%d " % pkt.u8(off + 2))
        if self.version != 1:
            pkt.u8(off + 3)
        if self.size < self.header_length:
            line.put(b" [len %d < %d]%s" % (self.size, self.header_length, INVALID))
            self.header_length = 0
            return
        if self.header_length == ACK_LENGTH:
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
        at = self.off + self.header_length
        default_print(line, self.pkt, at, self.size - self.header_length)

    def follow(self) -> Layer | None:
        if self.short or not self.header_length or not self.inner_length:
            return None
        at = self.off + self.header_length
        self.pkt.narrow(at + self.inner_length)
        return self.child(Inner, at, self.inner_length)


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
