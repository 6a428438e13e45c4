"""Cisco's Enhanced Interior Gateway Routing Protocol (RFC 7868); tcpdump: print-eigrp.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

VERSION = 2
OPCODE_NAMES = {1: b"Update", 3: b"Query", 4: b"Reply", 5: b"Hello", 6: b"IPX SAP", 8: b"Probe"}
FLAGS = ((0x01, b"Init"), (0x02, b"Conditionally Received"), (0x04, b"Restart"),
         (0x08, b"End-of-Table"))
PARAMETERS, AUTHENTICATION, SEQUENCE, SOFTWARE, MULTICAST = 1, 2, 3, 4, 5
IP_INTERNAL, IP_EXTERNAL = 0x0102, 0x0103
CABLE, APPLETALK_INTERNAL, APPLETALK_EXTERNAL = 0x0202, 0x0203, 0x0204
TLV_NAMES = {
    PARAMETERS: b"General Parameters", AUTHENTICATION: b"Authentication", SEQUENCE: b"Sequence",
    SOFTWARE: b"Software Version", MULTICAST: b"Next Multicast Sequence",
    IP_INTERNAL: b"IP Internal routes", IP_EXTERNAL: b"IP External routes",
    APPLETALK_INTERNAL: b"AppleTalk Internal routes",
    APPLETALK_EXTERNAL: b"AppleTalk External routes", CABLE: b"AppleTalk Cable setup",
    0x0302: b"IPX Internal routes", 0x0303: b"IPX External routes",
}
LEAST = {PARAMETERS: 8, SOFTWARE: 4, IP_INTERNAL: 21, IP_EXTERNAL: 41, CABLE: 8,
         APPLETALK_INTERNAL: 24, APPLETALK_EXTERNAL: 40}  # octets of a value
EXTERNAL_NAMES = {
    1: b"IGRP", 2: b"EIGRP", 3: b"Static", 4: b"RIP", 5: b"Hello", 6: b"OSPF", 7: b"IS-IS",
    8: b"EGP", 9: b"BGP", 10: b"IDRP", 11: b"Connected",
}
HEADER_LENGTH = 20


class Eigrp(Layer):
    """A common header, then TLVs."""

    __slots__ = ("ack", "asn", "opcode", "seq", "version")

    version: int
    opcode: int
    seq: int
    ack: int
    asn: int  #: autonomous system

    name = "eigrp"
    tag = b"eigrp"
    fields = ("version", "opcode", "seq", "ack", "asn")

    def clear(self) -> None:
        self.version = self.opcode = self.seq = self.ack = self.asn = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u8(off)
        self.opcode = pkt.u8(off + 1)
        self.seq = pkt.u32(off + 8)
        self.ack = pkt.u32(off + 12)
        self.asn = pkt.u16(off + 18)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        if self.size < HEADER_LENGTH:
            line.put(b"EIGRP %s, length: %d (too short, < %d)" % (
                OPCODE_NAMES.get(self.opcode) or b"unknown, type: %d" % self.opcode,
                self.size, HEADER_LENGTH))
            return
        pkt.raw(off, HEADER_LENGTH)
        if self.version != VERSION:
            line.put(b"EIGRP version %d packet not supported" % self.version)
            return
        if not line.style.verbose:
            line.put(b"EIGRP %s, length: %d" % (
                OPCODE_NAMES.get(self.opcode) or b"unknown (%d)" % self.opcode, self.size))
            return
        rest = self.size - HEADER_LENGTH
        flags = pkt.u32(off + 4)
        names = bit_words(FLAGS, flags)
        line.put(b"\n\tEIGRP v%d, opcode: %s (%d), chksum: 0x%04x, Flags: [%s]" % (
            self.version, OPCODE_NAMES.get(self.opcode) or b"unknown, type: %d" % self.opcode,
            self.opcode, pkt.u16(off + 2), names))
        line.put(b"\n\tseq: 0x%08x, ack: 0x%08x, VRID: %d, AS: %d, length: %d" % (
            self.seq, self.ack, pkt.u16(off + 16), self.asn, rest))
        write_tlvs(line, pkt, off + HEADER_LENGTH, rest)


def write_tlvs(line: Line, pkt: Record, at: int, rest: int) -> None:
    while rest > 0:
        if rest < 4:
            line.put(b"\n\t  (only %d bytes of data) (invalid)" % rest)
            return
        kind = pkt.u16(at)
        size = pkt.u16(at + 2)
        if size < 4 or size > rest:
            print_unknown_data(line, pkt, at + 4, b"\n\t    ", rest)
            return
        line.put(b"\n\t  %s TLV (0x%04x), length: %d" % (
            TLV_NAMES.get(kind, b"Unknown"), kind, size))
        value = at + 4
        if not pkt.has(at, size):
            raise Truncated
        if size - 4 < LEAST.get(kind, 0):
            line.put(b" (too short, < %d)" % (LEAST[kind] + 4))
        else:
            write_value(line, pkt, value, kind, size - 4)
            if line.style.verbose > 1:
                print_unknown_data(line, pkt, value, b"\n\t    ", size - 4)
        at += size
        rest -= size


def write_value(line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
    if kind == PARAMETERS:
        line.put(b"\n\t    holdtime: %ds, k1 %d, k2 %d, k3 %d, k4 %d, k5 %d" % (
            pkt.u16(at + 6), *(pkt.u8(at + i) for i in range(5))))
    elif kind == SOFTWARE:
        line.put(b"\n\t    IOS version: %d.%d, EIGRP version %d.%d" % tuple(
            pkt.u8(at + i) for i in range(4)))
    elif kind in (IP_INTERNAL, IP_EXTERNAL):
        write_ip_route(line, pkt, at, kind, size)
    elif kind == CABLE:
        line.put(b"\n\t    Cable-range: %d-%d, Router-ID %d" % (
            pkt.u16(at), pkt.u16(at + 2), pkt.u32(at + 4)))
    elif kind in (APPLETALK_INTERNAL, APPLETALK_EXTERNAL):
        write_appletalk_route(line, pkt, at, kind)
    elif line.style.verbose <= 1:
        print_unknown_data(line, pkt, at, b"\n\t    ", size)


def write_ip_route(line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
    """A route, external ones with where they came from."""
    metric = at + 4 if kind == IP_INTERNAL else at + 24
    bits = pkt.u8(metric + 16)
    if bits > 32:
        line.put(b"\n\t    illegal prefix length %d" % bits)
        return
    count = (bits + 7) // 8
    if metric + 17 + count > at + size:
        raise Truncated
    prefix = pkt.raw(metric + 17, count).ljust(4, b"\0")
    line.put(b"\n\t    IPv4 prefix: %15s/%d, nexthop: " % (
        b".".join([b"%d" % octet for octet in prefix]), bits))
    if pkt.u32(at) == 0:
        line.put(b"self")
    else:
        line.host4(pkt.u32(at))
    if kind == IP_EXTERNAL:
        line.put(b"\n\t      origin-router ")
        line.host4(pkt.u32(at + 4))
        write_origin(line, pkt, at + 8)
    write_metric(line, pkt, metric)


def write_origin(line: Line, pkt: Record, at: int) -> None:
    line.put(b", origin-as %d, origin-proto %s, flags [0x%02x], tag 0x%08x, metric %d" % (
        pkt.u32(at), EXTERNAL_NAMES.get(pkt.u8(at + 14), b"unknown"), pkt.u8(at + 15),
        pkt.u32(at + 4), pkt.u32(at + 8)))


def write_metric(line: Line, pkt: Record, at: int) -> None:
    """Delay, bandwidth, and the rest of a vector of metrics."""
    line.put(b"\n\t      delay %d ms, bandwidth %d Kbps, mtu %d, hop %d, reliability %d, "
             b"load %d" % (pkt.u32(at) // 100, pkt.u32(at + 4), pkt.u24(at + 8),
                           pkt.u8(at + 11), pkt.u8(at + 12), pkt.u8(at + 13)))


def write_appletalk_route(line: Line, pkt: Record, at: int, kind: int) -> None:
    internal = kind == APPLETALK_INTERNAL
    metric = at + 4 if internal else at + 20
    cables = metric + 16
    line.put(b"\n\t     Cable-Range: %d-%d, nexthop: " % (pkt.u16(cables), pkt.u16(cables + 2)))
    if pkt.u32(at) == 0:
        line.put(b"self")
    else:
        line.put(b"%d.%d" % (pkt.u16(at), pkt.u16(at + 2)))
    if not internal:
        line.put(b"\n\t      origin-router %d, origin-as %d, origin-proto %s, "
                 b"flags [0x%02x], tag 0x%08x, metric %d" % (
                     pkt.u32(at + 4), pkt.u32(at + 8),
                     EXTERNAL_NAMES.get(pkt.u8(at + 16), b"unknown"), pkt.u8(at + 17),
                     pkt.u32(at + 12), pkt.u16(at + 18)))
    write_metric(line, pkt, metric)
