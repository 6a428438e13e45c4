"""Ethernet configuration testing, "loopback" (DIX Ethernet 2.0 §8); print-loopback.c."""

from __future__ import annotations

from fyke.layers.fields import Made, Number
from fyke.layers.layer import Layer
from fyke.layers.words import as_text
from fyke.wire import Line, Record, Truncated

REPLY, FORWARD = 1, 2
FUNCTION_NAMES = {REPLY: b"Reply", FORWARD: b"Forward Data"}


class Loopback(Layer):
    """A skip count, and at that place what to do with the frame; little endian."""

    __slots__ = ()

    name = "loopback"
    tag = b"loopback"

    skip_count = Number(0, 2, "functions that are done already", unit="bytes", little=True)
    function = Made("u16", lambda layer: layer.find_function(), "what to do with the frame",
                    names=as_text(FUNCTION_NAMES))
    forward = Made("mac", lambda layer: layer.pkt.raw(layer.off + 4 + layer.skip_count, 6)
                   if layer.find_function() == FORWARD else None, "whom to forward it to")
    receipt = Made("u16", lambda layer: layer.pkt.le16(layer.off + 4 + layer.skip_count)
                   if layer.find_function() == REPLY else None, "number of a reply")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off)  # says whether the header is short

    def find_function(self) -> int | None:
        skipped = self.skip_count
        if skipped % 8 or skipped > self.size - 4:
            return None
        return self.pkt.le16(self.off + 2 + skipped)

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
