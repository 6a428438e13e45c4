"""DECnet phase IV: routing layer and network services (NSP); tcpdump: print-decnet.c."""

from __future__ import annotations

from fyke.layers.fields import Made, Number
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.network.decnet_control import write_control
from fyke.layers.network.decnet_services import node, write_services
from fyke.layers.words import INVALID, bit_words
from fyke.wire import Line, Record, Truncated

LENGTH = 2  # octets of the length before the header
SHORT_LENGTH, LONG_LENGTH = 6, 21
CONTROL, PADDED, FUTURE = 0x01, 0x80, 0x40  # bits of the flags
FORMAT, SHORT, LONG = 7, 2, 6
ROUTE_FLAGS = ((0x08, b"RQR "), (0x10, b"RTS "), (0x20, b"IE "))


class Bad(Exception):
    """A length that cannot be: the text ends with that word."""


class Decnet(Layer):
    """A data packet's route header (both addresses), or a control message."""

    __slots__ = ("start",)

    start: int  #: where the header begins, after padding

    name = "decnet"
    tag = b"decnet"

    packet_length = Number(0, 2, "after this field", little=True, unit="bytes")
    flags = Made("u8", lambda layer: layer.pkt.u8(layer.start), "what kind of packet")
    dst = Made("u16", lambda layer: layer.le16_at(7, 1),
               "area in the upper six bits, node in the lower ten; none in a control message")
    src = Made("u16", lambda layer: layer.le16_at(15, 3), "the same of the source")
    hops = Made("u8", lambda layer: layer.find_hops(), "routers passed")

    def clear(self) -> None:
        self.start = self.off + LENGTH

    def parse(self, pkt: Record, off: int) -> None:
        pkt.le16(off)
        flags = pkt.u8(self.start)
        if flags & PADDED:
            self.start += flags & 0x7F
            flags = pkt.u8(self.start)
        if flags & (CONTROL | FUTURE):
            return
        if flags & FORMAT == LONG:
            pkt.raw(self.start, LONG_LENGTH)
        elif flags & FORMAT == SHORT:
            pkt.u8(self.start + 5)

    def le16_at(self, long: int, short: int) -> int | None:
        """A number that stands somewhere else in long and in short headers."""
        flags = self.flags
        if flags & (CONTROL | FUTURE) or flags & FORMAT not in (LONG, SHORT):
            return None
        return self.pkt.le16(self.start + (long if flags & FORMAT == LONG else short))

    def find_hops(self) -> int | None:
        flags = self.flags
        if flags & (CONTROL | FUTURE) or flags & FORMAT not in (LONG, SHORT):
            return None
        if flags & FORMAT == LONG:
            return self.pkt.u8(self.start + 18)
        return (self.pkt.u8(self.start + 5) & 0x3F) + 1

    def write(self, line: Line) -> None:
        try:
            self.write_packet(line)
        except Bad:
            line.put(INVALID)

    def write_packet(self, line: Line) -> None:
        pkt = self.pkt
        need(line, b"length", self.size, SHORT_LENGTH)
        length = pkt.le16(self.off)
        need(line, b"pktlen", length, SHORT_LENGTH)
        if length > self.size:
            line.put(b" (pktlen %d > %d)" % (length, self.size))
            raise Bad
        first = pkt.u8(self.off + LENGTH)
        start = self.off
        if first & PADDED:
            padding = first & 0x7F
            if line.style.verbose:
                line.put(b"[pad:%d] " % padding)
            need(line, b"length", length, padding + 2)
            pkt.raw(start + LENGTH, padding)
            start += padding
            length -= padding
        flags = pkt.u8(start + LENGTH)
        if flags & FUTURE:
            line.put(b"future-version-decnet")
            show(line, pkt, start, length)
        elif flags & CONTROL:
            if not write_control(line, pkt, start + LENGTH, length):
                raise Bad
        elif flags & FORMAT in (LONG, SHORT):
            self.write_data(line, length, flags)
        else:
            line.put(b"unknown message flags under mask")
            show(line, pkt, start, length)

    def write_data(self, line: Line, length: int, flags: int) -> None:
        size = LONG_LENGTH if flags & FORMAT == LONG else SHORT_LENGTH
        if size == LONG_LENGTH:
            need(line, b"length", length, size)
        if self.short:
            raise Truncated
        line.put(b"%s > %s %d " % (node(self.src), node(self.dst), self.packet_length))
        if line.style.verbose:
            line.put(b"%s%d hops " % (bit_words(ROUTE_FLAGS, flags, b"", b""), self.hops))
        if not write_services(line, self.pkt, self.start + size, length - size):
            raise Bad


def need(line: Line, what: bytes, have: int, wanted: int) -> None:
    """Raises Bad, after saying so, if there are too few octets."""
    if have < wanted:
        line.put(b" (%s %d < %d)" % (what, have, wanted))
        raise Bad


def show(line: Line, pkt: Record, at: int, length: int) -> None:
    """Octets of what is not known, as far as captured."""
    default_print(line, pkt, at, min(length, pkt.end - at))
