"""Network Service Header (RFC 8300); tcpdump: print-nsh.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Bits, Made, Number
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID, as_text, bit_words, named
from fyke.wire import Line, Record

BASE_LENGTH = 8  # base header and service path header
OAM = 0x2000
FLAG_NAMES = ((OAM, b"O"),)
FIXED_CONTEXT, VARIABLE_CONTEXT = 1, 2  # metadata types
FIXED_WORDS = 6  # words of a header of the first type (RFC 8300 §2.4)
METADATA_NAMES = {0: b"reserved", FIXED_CONTEXT: b"1", VARIABLE_CONTEXT: b"2",
                  15: b"experimental"}
NEXT_NAMES = {1: b"IPv4", 2: b"IPv6", 3: b"Ethernet", 4: b"NSH", 5: b"MPLS",
              0xFE: b"Experiment 1", 0xFF: b"Experiment 2"}
#: Next protocol: a table and a key in it.
NEXT = {1: ("ethertype", 0x0800), 2: ("ethertype", 0x86DD), 3: ("link_type", 1),
        4: ("ethertype", 0x894F), 5: ("ethertype", 0x8847)}


class Nsh(Layer):
    """Which chain of services a packet is to go through, and how far it has come."""

    __slots__ = ()

    name = "nsh"
    tag = b"nsh"

    version = Bits(0, 1, 0xC0)
    flags = U16(0, "the first 16 bits, version, TTL and length included: 0x2000 OAM")
    ttl = Bits(0, 2, 0x0FC0)
    header_length = Bits(1, 1, 0x3F, "the whole header", unit="bytes", scale=4)
    md_type = Bits(2, 1, 0x0F, "form of the context headers")
    next_protocol = U8(3, names=as_text(NEXT_NAMES))
    path = Number(4, 3, "service path identifier")
    service = U8(7, "service index")
    context = Made("bytes", lambda nsh: nsh.pkt.raw(
        nsh.off + BASE_LENGTH, max(nsh.header_length - BASE_LENGTH, 0)), "context headers")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < BASE_LENGTH:
            return
        pkt.u8(off + 7)
        skip: int = self.header_length
        if BASE_LENGTH <= skip <= self.size:
            self.payload_off = off + skip
            self.payload_length = self.size - skip
            following = NEXT.get(self.next_protocol)
            if following is not None and self.version == 0:
                self.next = table(following[0]).find(following[1])

    def write(self, line: Line) -> None:
        if self.size < BASE_LENGTH:
            line.put(b" (packet length %d < %d)" % (self.size, BASE_LENGTH) + INVALID)
            return
        self.pkt.u32(self.off)
        line.put(b"NSH, ")
        if line.style.verbose > 1:
            line.put(b"ver %d, " % self.version)
        if self.version:
            return
        line.put(b"flags [%s], " % bit_words(FLAG_NAMES, self.flags))
        words = self.header_length // 4
        if line.style.verbose > 2:
            line.put(b"TTL %d, length %d, md type %s, " % (
                self.ttl, words, named(METADATA_NAMES, self.md_type, b"unknown (0x%02x)")))
        if line.style.verbose > 1:
            line.put(b"next-protocol %s, " % named(
                NEXT_NAMES, self.next_protocol, b"unknown (0x%02x)"))
        if self.header_length > self.size:
            line.put(b" (too many headers for packet length %d)" % self.size + INVALID)
            return
        line.put(b"service-path-id 0x%06x, service-index 0x%x" % (self.path, self.service))
        if self.header_length < BASE_LENGTH:
            line.put(b" (less than two headers)" + INVALID)
            return
        if line.style.verbose > 2 and not self.write_context(line):
            line.put(INVALID)
            line.stop()
            return
        self.pkt.raw(self.off + BASE_LENGTH, self.header_length - BASE_LENGTH)
        line.put(b"\n    " if line.style.verbose else b": ")
        if self.next_protocol not in NEXT:
            line.put(b"ERROR: unknown-next-protocol")

    def write_context(self, line: Line) -> bool:
        """Metadata; False where a length cannot be."""
        pkt, off = self.pkt, self.off + BASE_LENGTH
        stop = self.off + self.header_length
        if self.md_type == FIXED_CONTEXT:
            if self.header_length != 4 * FIXED_WORDS:
                line.put(b" (length for the MD type)")
                return False
            for number in range(self.header_length // 4 - 2):
                line.put(b"\n        Context[%02d]: 0x%08x" % (number, pkt.u32(off + 4 * number)))
        elif self.md_type == VARIABLE_CONTEXT:
            while off < stop:
                length = pkt.u8(off + 3) & 0x7F
                line.put(b"\n        TLV Class %d, Type %d, Len %d" % (
                    pkt.u16(off), pkt.u8(off + 2), length))
                off += 4
                padded = (length + 3) // 4 * 4
                if padded > stop - off:
                    line.put(b" (length too big)")
                    return False
                if length:
                    line.put(b"\n            Value: 0x")
                    line.put(pkt.raw(off, length).hex(":").encode())
                off += padded
        return True
