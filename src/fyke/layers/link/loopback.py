"""Ethernet configuration testing, "loopback" (DIX Ethernet 2.0 §8); print-loopback.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

REPLY, FORWARD = 1, 2
FUNCTION_NAMES = {REPLY: b"Reply", FORWARD: b"Forward Data"}


class Loopback(Layer):
    """A skip count, and at that place what to do with the frame; little endian."""

    __slots__ = ("function", "skip_count")

    skip_count: int  #: octets of functions already done
    function: int

    name = "loopback"
    tag = b"loopback"
    fields = ("skip_count", "function")

    def clear(self) -> None:
        self.skip_count = self.function = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.skip_count = pkt.le16(off)
        if self.skip_count % 8 == 0 and self.skip_count <= self.size - 4:
            self.function = pkt.le16(off + 2 + self.skip_count)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        line.put(b"Loopback")
        if self.size < 2:
            line.put(b" (invalid)")
            return
        pkt.u16(self.off)
        line.put(b", skipCount %d" % self.skip_count)
        if self.skip_count % 8:
            line.put(b" (bogus)")
        if self.skip_count > self.size - 2:
            line.put(b" [length %d < %d] (invalid)" % (self.size - 2, self.skip_count))
            return
        at = self.off + 2 + self.skip_count
        rest = self.size - 2 - self.skip_count
        if rest < 2:
            line.put(b" (invalid)")
            return
        function = pkt.le16(at)
        line.put(b", ")
        line.put(FUNCTION_NAMES.get(function) or b" invalid (%d)" % function)
        at += 2
        rest -= 2
        if function == REPLY:
            if rest < 2:
                raise Truncated
            line.put(b", receipt number %d" % pkt.le16(at))
            rest -= 2
        elif function == FORWARD:
            if rest < 6:
                raise Truncated
            pkt.raw(at, 6)
            line.put(b", forwarding address ")
            line.ether(pkt, at)
            rest -= 6
        else:
            return
        line.put(b", data (%d octets)" % rest)
