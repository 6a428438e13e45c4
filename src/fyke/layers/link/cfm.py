"""Connectivity fault management (IEEE 802.1Q §21); tcpdump: print-cfm.c."""

from __future__ import annotations

from fyke.hints import Iterator
from fyke.layers.fields import U8, Bits, Listed, Made
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.cfm_tlvs import Bad, write_tlv
from fyke.layers.link.text import write_padded
from fyke.layers.words import as_text, bit_words, named
from fyke.wire import Line, Record

HEADER_LENGTH = 4
TLV_HEADER = 3
CHECK, LOOPBACK_REPLY, LOOPBACK, TRACE_REPLY, TRACE = 1, 2, 3, 4, 5
OPCODE_NAMES = {CHECK: b"Continuity Check Message", LOOPBACK_REPLY: b"Loopback Reply",
                LOOPBACK: b"Loopback Message", TRACE_REPLY: b"Linktrace Reply",
                TRACE: b"Linktrace Message"}
#: Octets before the TLVs at least, and the number tcpdump gives the complaint.
SHORTEST = {CHECK: (70, 1), TRACE: (17, 4), TRACE_REPLY: (6, 5)}
NAMES_LENGTH = 48  # octets of a check message that hold both names
INTERVALS = (0.0, 0.003333, 0.01, 0.1, 1.0, 10.0, 60.0, 600.0)  # seconds
REMOTE_DEFECT = 0x80
NO_DOMAIN, DNS_NAME, MAC_NAME, TEXT_NAME = 1, 2, 3, 4
DOMAIN_FORMATS = {0: b"IEEE 802.1", NO_DOMAIN: b"No MD Name present", DNS_NAME: b"DNS string",
                  MAC_NAME: b"MAC + 16Bit Integer", TEXT_NAME: b"Character string"}
TEXT_ASSOCIATION = 2
ASSOCIATION_FORMATS = {0: b"IEEE 802.1", 1: b"Primary VID", TEXT_ASSOCIATION: b"Character string",
                       3: b"16Bit Integer", 4: b"RFC2685 VPN-ID"}
TRACE_FLAGS = ((0x80, b"Use Forwarding-DB only"),)
REPLY_FLAGS = ((0x80, b"UseFDB Only"), (0x40, b"FwdYes"), (0x20, b"Terminal MEP"))
REPLY_ACTIONS = {1: b"Exact Match", 2: b"Filtering DB", 3: b"MIP CCM DB"}
TOO_SHORT = b"\n\t\t packet is too short"


class Cfm(Layer):
    """A continuity check, a loopback or a link trace."""

    __slots__ = ()

    name = "cfm"
    tag = b"cfm"

    md_level = Bits(0, 1, 0xE0, "maintenance domain level")
    version = Bits(0, 1, 0x1F, "version of the protocol")
    opcode = U8(1, "type of message", names=as_text(OPCODE_NAMES))
    flags = U8(2, "bits of this type of message")
    first_tlv = U8(3, "between this header and the first TLV", unit="bytes")
    transaction = Made("u32", lambda cfm: cfm.pkt.u32(cfm.off + 4)
                       if cfm.opcode in OPCODE_NAMES else None,
                       "sequence number or transaction identifier")
    end_point = Made("u16", lambda cfm: cfm.pkt.u16(cfm.off + 8) if cfm.opcode == CHECK else None,
                     "of the maintenance association: who sends a check")
    ttl = Made("u8", lambda cfm: cfm.pkt.u8(cfm.off + 8)
               if cfm.opcode in (TRACE, TRACE_REPLY) else None, "of a link trace")
    tlvs = Listed(lambda cfm: [(kind, cfm.pkt.raw(at, size)) for kind, at, size in cfm.walk()],
                  "type and value of each TLV that was captured whole")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 3)  # says whether the header is short

    def walk(self) -> Iterator[tuple[int, int, int]]:
        """Type, offset and length of each TLV that was captured whole."""
        pkt = self.pkt
        at = self.off + HEADER_LENGTH + self.first_tlv
        end = min(self.off + self.size, pkt.end)
        while end - at >= TLV_HEADER and pkt.u8(at):
            size = pkt.u16(at + 1)
            if size > end - at - TLV_HEADER:
                return
            yield pkt.u8(at), at + TLV_HEADER, size
            at += TLV_HEADER + size

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if self.size < HEADER_LENGTH:
            line.put(TOO_SHORT)
            return
        pkt.raw(off, HEADER_LENGTH)
        if self.version:
            line.put(b"CFMv%d not supported, length %d" % (self.version, self.size))
            return
        line.put(b"CFMv%d %s, MD Level %d, length %d" % (
            self.version, named(OPCODE_NAMES, self.opcode, b"unknown (%d)"), self.md_level,
            self.size))
        if not line.style.verbose:
            return
        line.put(b"\n\tFirst TLV offset %d" % self.first_tlv)
        try:
            self.write_message(line)
            write_tlvs(line, pkt, off + HEADER_LENGTH + self.first_tlv, off + self.size)
        except Bad as fault:
            line.put(fault.args[0])

    def write_message(self, line: Line) -> None:
        at, rest = self.off + HEADER_LENGTH, self.size - HEADER_LENGTH
        if self.first_tlv > rest:
            raise Bad(b" (too large, must be <= %d)" % rest)
        shortest, which = SHORTEST.get(self.opcode, (0, 0))
        if self.first_tlv < shortest:
            raise Bad(b" (too small %d, must be >= %d)" % (which, shortest))
        self.pkt.raw(at, shortest)
        if self.opcode == CHECK:
            self.write_check(line, at)
        elif self.opcode == TRACE:
            line.put(b", Flags [%s]\n\t  Transaction-ID 0x%08x, ttl %d\n\t  Original-MAC " % (
                bit_words(TRACE_FLAGS, self.flags), self.transaction, self.ttl))
            line.ether(self.pkt, at + 5)
            line.put(b", Target-MAC ")
            line.ether(self.pkt, at + 11)
        elif self.opcode == TRACE_REPLY:
            action = self.pkt.u8(at + 5)
            line.put(b", Flags [%s]\n\t  Transaction-ID 0x%08x, ttl %d"
                     b"\n\t  Replay-Action %s (%d)" % (
                         bit_words(REPLY_FLAGS, self.flags), self.transaction, self.ttl,
                         REPLY_ACTIONS.get(action, b"Unknown"), action))
        else:
            print_unknown_data(line, self.pkt, at, b"\n\t  ", rest - self.first_tlv)

    def write_check(self, line: Line, at: int) -> None:
        interval = self.flags & 7
        line.put(b", Flags [CCM Interval %d%s]" % (
            interval, b", RDI" if self.flags & REMOTE_DEFECT else b""))
        if interval:
            base = INTERVALS[interval]
            line.put(b"\n\t  CCM Interval %.3fs, min CCM Lifetime %.3fs, max CCM Lifetime %.3fs" % (
                base, base * 3.25, base * 3.5))
        line.put(b"\n\t  Sequence Number 0x%08x, MA-End-Point-ID 0x%04x" % (
            self.transaction, self.end_point))
        write_names(line, self.pkt, at + 6, at + 6 + NAMES_LENGTH)


def write_names(line: Line, pkt: Record, at: int, end: int) -> None:
    """Of the maintenance domain and of the association (IEEE 802.1Q §21.6.5)."""
    kind = pkt.u8(at)
    at += 1
    line.put(b"\n\t  MD Name Format %s (%d)" % (DOMAIN_FORMATS.get(kind, b"Unknown"), kind))
    if kind != NO_DOMAIN:
        size = pkt.u8(at)
        at += 1
        line.put(b", MD Name length %d" % size)
        if size > end - at - 3:
            raise Bad(b" (too large, must be <= %d)" % (end - at - 2))
        line.put(b"\n\t  MD Name: ")
        if kind in (DNS_NAME, TEXT_NAME):
            write_padded(line, pkt, at, size)
        elif kind == MAC_NAME:
            line.put(b"\n\t  MAC ")
            if size == 6:
                line.ether(pkt, at)
            else:
                line.put(b"(length invalid)")
        else:
            print_unknown_data(line, pkt, at, b"\n\t    ", size)
        at += size
    kind, size = pkt.u8(at), pkt.u8(at + 1)
    at += 2
    line.put(b"\n\t  MA Name-Format %s (%d), MA name length %d" % (
        ASSOCIATION_FORMATS.get(kind, b"Unknown"), kind, size))
    if size > end - at:
        raise Bad(b" (too large, must be <= %d)" % (end - at))
    line.put(b"\n\t  MA Name: ")
    if kind == TEXT_ASSOCIATION:
        write_padded(line, pkt, at, size)
    else:
        print_unknown_data(line, pkt, at, b"\n\t    ", size)


def write_tlvs(line: Line, pkt: Record, at: int, end: int) -> None:
    while at < end:
        at = write_tlv(line, pkt, at, end)
