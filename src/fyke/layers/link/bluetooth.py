"""Bluetooth host controller interface (LINKTYPE_BLUETOOTH_HCI_H4_WITH_PHDR); print-bt.c."""

from __future__ import annotations

from fyke.layers.fields import Bits
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 4


class Bluetooth(Layer):
    """Which way an H4 frame went."""

    __slots__ = ()

    name = "bluetooth"
    tag = b"bluetooth"
    link_layer = True

    incoming = Bits(0, 4, 1, "from the controller to the host", type="bool")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off)  # says whether the header is short

    def write(self, line: Line) -> None:
        line.put(b"bluetooth")
        if self.short:
            raise Truncated
        at = self.off + HEADER_LENGTH
        line.link_header(at)
        if line.style.link_level:
            line.put(b", hci length %d, direction %s" % (
                self.size - HEADER_LENGTH, b"in" if self.incoming else b"out"))
        default_print(line, self.pkt, at, self.pkt.end - at)
