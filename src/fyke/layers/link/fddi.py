"""Fiber Distributed Data Interface (ISO 9314, LINKTYPE_FDDI); tcpdump: print-fddi.c."""

from __future__ import annotations

from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.frame import Frame
from fyke.layers.tables import table
from fyke.wire import Line, Packet, Truncated

LLC = table("llc")
HEADER_LENGTH = 13
KIND = 0xF0  # class, address length and format in the frame control
SMT, LLC_ASYNC = 0x40, 0x50
CONTROL_NAMES = {0x40: b"void", 0x80: b"nrt", 0xC0: b"rt", 0x41: b"info", 0x4F: b"nsa",
                 0xC2: b"beacon", 0xC3: b"claim"}
KIND_NAMES = {0xC0: b"mac", SMT: b"smt", LLC_ASYNC: b"async", 0xD0: b"sync", 0x60: b"imp_async",
              0xE0: b"imp_sync"}


class Fddi(Frame):
    """Frame control and addresses."""

    __slots__ = ("control",)

    control: int

    name = "fddi"
    tag = b"fddi"
    fields = ("control", "dst", "src")
    addresses = ("dst", "src")

    def clear(self) -> None:
        super().clear()
        self.control = 0

    @property
    def dst(self) -> bytes:
        """The destination address, 6 octets; empty if the capture ends before it."""
        return self.pkt.raw(self.off + 1, 6) if self.pkt.has(self.off, 7) else b""

    @property
    def src(self) -> bytes:
        """The source address."""
        return self.pkt.raw(self.off + 7, 6) if self.pkt.has(self.off, 13) else b""

    def parse(self, pkt: Packet, off: int) -> None:
        self.control = pkt.u8(off)
        pkt.raw(off, HEADER_LENGTH)
        self.body_off = off + HEADER_LENGTH
        self.body_length = self.length - HEADER_LENGTH

    def write(self, line: Line) -> None:
        if self.short:
            line.link_header(self.pkt.end)
            raise Truncated
        line.link_header(self.body_off)
        if line.link_level:
            self.write_header(line)
        kind = self.control & KIND
        if kind == SMT:
            line.put(b"<SMT printer not yet implemented>")
        elif kind != LLC_ASYNC:
            if not line.link_level:
                self.write_header(line)
            default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)

    def write_header(self, line: Line) -> None:
        if not line.quiet:
            line.put((CONTROL_NAMES.get(self.control) or control_text(self.control)) + b" ")
        self.write_pair(line)
        line.put(b", length %d: " % self.length)

    def write_pair(self, line: Line) -> bool:
        self.write_from(line)
        line.put(b" > ")
        self.write_to(line)
        return True

    def write_from(self, line: Line) -> None:
        line.ether(self.pkt, self.off + 7)

    def write_to(self, line: Line) -> None:
        line.ether(self.pkt, self.off + 1)

    def follow(self) -> Layer | None:
        found = LLC.find(0)
        if self.short or self.control & KIND != LLC_ASYNC or found is None:
            return None
        return self.child(found, self.body_off, self.body_length)


def control_text(control: int) -> bytes:
    """What kind of frame, and the control bits."""
    name = KIND_NAMES.get(control & KIND)
    return b"%02x" % control if name is None else b"%s%x" % (name, control & 15)
