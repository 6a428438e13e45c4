"""Fiber Distributed Data Interface (ISO 9314, LINKTYPE_FDDI); tcpdump: print-fddi.c."""

from __future__ import annotations

from fyke.layers.fields import U8, Mac
from fyke.layers.hexdump import default_print
from fyke.layers.link.addressed import Addressed
from fyke.wire import Line

HEADER_LENGTH = 13
KIND = 0xF0  # class, address length and format in the frame control
SMT, LLC_ASYNC = 0x40, 0x50
CONTROL_NAMES = {0x40: b"void", 0x80: b"nrt", 0xC0: b"rt", 0x41: b"info", 0x4F: b"nsa",
                 0xC2: b"beacon", 0xC3: b"claim"}
KIND_NAMES = {0xC0: b"mac", SMT: b"smt", LLC_ASYNC: b"async", 0xD0: b"sync", 0x60: b"imp_async",
              0xE0: b"imp_sync"}


class Fddi(Addressed):
    """Frame control and addresses."""

    __slots__ = ()

    name = "fddi"
    tag = b"fddi"
    header_length, dst_at, src_at = HEADER_LENGTH, 1, 7

    control = U8(0, "frame control: class, address length, format and control bits")
    dst = Mac(1, "destination address")
    src = Mac(7, "source address")

    def write(self, line: Line) -> None:
        self.begin(line)
        if line.style.link_level:
            self.write_header(line)
        kind = self.control & KIND
        if kind == SMT:
            line.put(b"<SMT printer not yet implemented>")
        elif kind != LLC_ASYNC:
            if not line.style.link_level:
                self.write_header(line)
            default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)

    def write_header(self, line: Line) -> None:
        if not line.style.quiet:
            line.put((CONTROL_NAMES.get(self.control) or control_text(self.control)) + b" ")
        self.write_pair(line)
        line.put(b", length %d: " % self.size)

    def has_llc(self) -> bool:
        return self.control & KIND == LLC_ASYNC


def control_text(control: int) -> bytes:
    """What kind of frame, and the control bits."""
    name = KIND_NAMES.get(control & KIND)
    return b"%02x" % control if name is None else b"%s%x" % (name, control & 15)
