"""Network Service Header (RFC 8300); tcpdump: print-nsh.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record, Truncated

BASE_LENGTH = 8  # base header and service path header
OAM = 0x2000
FLAG_NAMES = ((OAM, b"O"),)
FIXED_CONTEXT, VARIABLE_CONTEXT = 1, 2  # metadata types
NEXT_NAMES = {1: b"IPv4", 2: b"IPv6", 3: b"Ethernet", 4: b"NSH", 5: b"MPLS",
              0xFE: b"Experiment 1", 0xFF: b"Experiment 2"}
#: Next protocol: a table and a key in it.
NEXT = {1: ("ethertype", 0x0800), 2: ("ethertype", 0x86DD), 3: ("link_type", 1),
        4: ("ethertype", 0x894F), 5: ("ethertype", 0x8847)}


class Nsh(Layer):
    """Which chain of services a packet is to go through, and how far it has come."""

    __slots__ = ("flags", "header_words", "md_type", "next_protocol", "path", "service", "ttl",
                 "version")

    version: int
    flags: int  #: the first 16 bits, version and lengths included
    ttl: int
    header_words: int  #: the whole header, in words of 4 octets
    md_type: int  #: form of the context headers
    next_protocol: int
    path: int  #: service path identifier
    service: int  #: service index

    name = "nsh"
    tag = b"nsh"
    fields = ("version", "flags", "ttl", "header_words", "md_type", "next_protocol", "path",
              "service")

    def clear(self) -> None:
        self.version = self.flags = self.ttl = self.header_words = self.md_type = 0
        self.next_protocol = self.path = self.service = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.flags = pkt.u16(off)
        self.version = self.flags >> 14
        self.ttl = self.flags >> 6 & 0x3F
        self.header_words = self.flags & 0x3F
        self.md_type = pkt.u8(off + 2) & 15
        self.next_protocol = pkt.u8(off + 3)
        self.path = pkt.u24(off + 4)
        self.service = pkt.u8(off + 7)

    def write(self, line: Line) -> None:
        line.put(b"NSH, ")
        if self.size < BASE_LENGTH:
            line.put(b" (packet too short, %d < %d)" % (self.size, BASE_LENGTH))
            line.put(INVALID)
            return
        if self.short:
            raise Truncated
        if line.style.verbose > 1:
            line.put(b"ver %d, " % self.version)
        line.put(b"flags [%s], " % bit_words(FLAG_NAMES, self.flags, b""))
        if line.style.verbose > 2:
            line.put(b"TTL %d, " % self.ttl)
            line.put(b"length %d, md type %d, " % (self.header_words, self.md_type))
        if line.style.verbose > 1:
            line.put(b"next-protocol %s, " % named(NEXT_NAMES, self.next_protocol))
        line.put(b"service-path-id 0x%06x, service-index 0x%x" % (self.path, self.service))
        if self.header_words < 2 or 4 * self.header_words > self.size:
            line.put(INVALID)
            self.next_protocol = 0
            return
        if line.style.verbose > 2 and not self.write_context(line):
            self.next_protocol = 0
            return
        line.put(b"\n    " if line.style.verbose else b": ")
        if self.next_protocol not in NEXT:
            line.put(b"ERROR: unknown-next-protocol")

    def write_context(self, line: Line) -> bool:
        pkt, off = self.pkt, self.off + BASE_LENGTH
        stop = self.off + 4 * self.header_words
        if self.md_type == FIXED_CONTEXT:
            for number in range(self.header_words - 2):
                line.put(b"\n        Context[%02d]: 0x%08x" % (number, pkt.u32(off + 4 * number)))
        elif self.md_type == VARIABLE_CONTEXT:
            while off < stop:
                length = pkt.u8(off + 3) & 0x7F
                line.put(b"\n        TLV Class %d, Type %d, Len %d" % (
                    pkt.u16(off), pkt.u8(off + 2), length))
                off += 4
                padded = (length + 3) // 4 * 4
                if padded > stop - off:
                    line.put(b" ERROR: invalid-tlv-length")
                    return False
                if length:
                    line.put(b"\n            Value: 0x")
                    line.hex_string(pkt, off, length)
                off += padded
        else:
            line.put(b"ERROR: unknown-next-protocol")
            return False
        return True

    def follow(self) -> Layer | None:
        if self.short or self.next_protocol not in NEXT:
            return None
        name, key = NEXT[self.next_protocol]
        kind = table(name).find(key)
        if kind is None:
            return None
        skip = 4 * self.header_words
        return self.child(kind, self.off + skip, self.size - skip)
