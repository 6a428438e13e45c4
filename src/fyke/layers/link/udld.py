"""Cisco's Unidirectional Link Detection (RFC 5171); tcpdump: print-udld.c."""

from __future__ import annotations

from fyke.layers.cursor import Form, options, raw, text, tlvs, whole_number
from fyke.layers.fields import U8, U16, Bits, Listed
from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.layers.words import INVALID, as_text, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH, TLV_LENGTH = 4, 4
DEVICE_ID, PORT_ID, ECHO, INTERVAL, TIMEOUT, DEVICE_NAME, SEQUENCE = range(1, 8)
TLV_NAMES = {DEVICE_ID: b"Device-ID TLV", PORT_ID: b"Port-ID TLV", ECHO: b"Echo TLV",
             INTERVAL: b"Message Interval TLV", TIMEOUT: b"Timeout Interval TLV",
             DEVICE_NAME: b"Device Name TLV", SEQUENCE: b"Sequence Number TLV"}
CODE_NAMES = {0: b"Reserved", 1: b"Probe message", 2: b"Echo message", 3: b"Flush message"}
FLAGS = ((1, b"RT"), (2, b"RSY"), (4, b"MBZ-2"), (8, b"MBZ-3"), (16, b"MBZ-4"), (32, b"MBZ-5"),
         (64, b"MBZ-6"), (128, b"MBZ-7"))


FORMS: dict[int, Form] = {
    1: Form("device_id", text), 2: Form("port_id", text), 3: Form("echo", raw),
    4: Form("message_interval", whole_number, 1, 1),
    5: Form("timeout_interval", whole_number, 1, 1), 6: Form("device_name", text),
    7: Form("sequence", whole_number, 4, 4),
}


class Udld(Layer):
    """What kind of message, then TLVs."""

    __slots__ = ()

    name = "udld"
    tag = b"udld"

    version = Bits(0, 1, 0xE0, "version of the protocol")
    code = Bits(0, 1, 0x1F, "type of message", names=as_text(CODE_NAMES))
    flags = U8(1, "1 recommended timeout, 2 resynchronize")
    checksum = U16(2, "checksum over the message")
    tlvs = Listed(lambda layer: options(layer.pkt, tlvs(
        layer.pkt, layer.off + HEADER_LENGTH, layer.off + layer.size, type_size=2, length_size=2,
        counts=4), FORMS), "what the sender tells of itself", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if self.size < HEADER_LENGTH:
            self.refuse(line, off)
            return
        line.put(b"UDLDv%d, Code %s (%x), Flags [%s] (0x%02x), length %d" % (
            pkt.u8(off) >> 5, named(CODE_NAMES, self.code, b"Reserved"), self.code,
            bit_words(FLAGS, pkt.u8(off + 1)), self.flags, self.size))
        if not line.style.verbose:
            pkt.raw(off, self.size)
            return
        line.put(b"\n\tChecksum 0x%04x (unverified)" % pkt.u16(off + 2))
        at, stop = off + HEADER_LENGTH, off + self.size
        while at < stop:
            if stop - at < TLV_LENGTH:
                self.refuse(line, at)
                return
            kind, size = pkt.u16(at), pkt.u16(at + 2)
            line.put(b"\n\t%s (0x%04x) TLV, length %d" % (
                named(TLV_NAMES, kind, b"Unknown"), kind, size))
            if size <= TLV_LENGTH or at + size > stop or not self.write_value(
                    line, kind, at + TLV_LENGTH, size - TLV_LENGTH):
                self.refuse(line, at + TLV_LENGTH)
                return
            at += size

    def write_value(self, line: Line, kind: int, at: int, size: int) -> bool:
        """False if a value of this type cannot have ``size`` octets."""
        pkt = self.pkt
        if kind in (DEVICE_ID, PORT_ID, DEVICE_NAME):
            line.put(b", ")
            write_padded(line, pkt, at, size)
        elif kind == ECHO:
            line.put(b", ")
            line.escaped(pkt, at, size)
        elif kind in (INTERVAL, TIMEOUT):
            if size != 1:
                return False
            line.put(b", %ds" % pkt.u8(at))
        elif kind == SEQUENCE:
            if size != 4:
                return False
            line.put(b", %d" % pkt.u32(at))
        else:
            pkt.raw(at, size)
        return True

    def refuse(self, line: Line, at: int) -> None:
        line.put(INVALID)
        if not self.pkt.has(at, self.off + self.size - at):
            raise Truncated
