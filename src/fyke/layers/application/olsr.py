"""Optimized Link State Routing (RFC 3626, with olsr.org's extensions); tcpdump: print-olsr.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.olsr_values import (
    HELLO,
    HELLO_LQ,
    HNA,
    MID,
    NAMES,
    TC,
    TC_LQ,
    value_of,
)
from fyke.layers.application.olsr_values import seconds as time_of
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import U16, Listed, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 4
TYPE_NAMES = {HELLO: b"Hello", TC: b"TC", MID: b"MID", HNA: b"HNA", 128: b"Powerinfo",
              NAMES: b"Nameservice", HELLO_LQ: b"Hello-LQ", TC_LQ: b"TC-LQ"}
LINK_NAMES = {0: b"Unspecified", 1: b"Asymmetric", 2: b"Symmetric", 3: b"Lost"}
NEIGHBOR_NAMES = {0: b"Not-Neighbor", 1: b"Symmetric", 2: b"Symmetric-MPR"}
GATEWAY_FLAGS = ((1, b" LINKSPEED"), (2, b" IPV4"), (4, b" IPV4-NAT"), (8, b" IPV6"),
                 (16, b" IPv6-PREFIX"))
MAX_SPEED = 320000000  # kilobits a second


class Message(NamedTuple):
    """A message: its header and what it says."""

    type: int
    originator: str
    validity: float  #: seconds
    ttl: int
    hops: int
    sequence: int
    value: Any


def messages_of(olsr: Olsr) -> Options:
    """Every message; ``cut`` if one cannot be."""
    found, pkt, wide = Options(), olsr.pkt, olsr.wide
    at, stop = olsr.off + HEADER_LENGTH, olsr.off + min(olsr.size, olsr.packet_length)
    try:
        while at < stop and len(found) < MOST:
            size, header = pkt.u16(at + 2), 8 + wide
            if size < header or size > stop - at:
                raise Truncated
            found.append(Message(
                pkt.u8(at), address(pkt.raw(at + 4, wide)), time_of(pkt.u8(at + 1)),
                pkt.u8(at + 4 + wide), pkt.u8(at + 5 + wide), pkt.u16(at + 6 + wide),
                value_of(Cursor(pkt, at + header, at + size), wide, pkt.u8(at))))
            at += size
    except Truncated:
        found.cut = True
    return found


class Olsr(Layer):
    """A packet of messages."""

    __slots__ = ("wide",)

    wide: int  #: octets of an address: 4 or 16

    name = "olsr"
    tag = b"olsr"

    packet_length = U16(0, unit="bytes")
    sequence = U16(2, "sequence number of the packet")
    messages = Listed(messages_of, "every message (RFC 3626 §3.3)")

    def clear(self) -> None:
        self.wide = 4

    def parse(self, pkt: Record, off: int) -> None:
        ip = None if self.below is None else self.below.below
        self.wide = 16 if ip is not None and ip.version == 6 else 4
        pkt.u16(off + 2)

    def write(self, line: Line) -> None:
        line.put(b"OLSRv%d" % (4 if self.wide == 4 else 6))
        try:
            self.write_packet(line)
        except Malformed as fault:
            line.put(fault.args[0] + INVALID)

    def write_packet(self, line: Line) -> None:
        """Header and messages. Raises Malformed for lengths that cannot be."""
        need(b"packet length", self.size, HEADER_LENGTH)
        length = min(self.size, self.packet_length)
        line.put(b", seq 0x%04x, length %d" % (self.sequence, length))
        off = self.off + HEADER_LENGTH
        while line.style.verbose and off < self.off + length:
            size = self.write_message(line, off, length)
            if size == 0:
                return
            off += size

    def write_message(self, line: Line, off: int, longest: int) -> int:
        """One message; its octets, 0 if nothing more is to be shown."""
        pkt, wide = self.pkt, self.wide
        header = 8 + wide
        if not pkt.has(off, header):
            raise Truncated
        kind = pkt.u8(off)
        size = pkt.u16(off + 2)
        if kind == 0 or size == 0:
            return 0
        line.put(b"\n\t%s Message (0x%02x), originator " % (
            named(TYPE_NAMES, kind, b"Unknown"), kind))
        self.put_address(line, off + 4)
        valid = header <= size <= longest
        line.put(b", ttl %d, hop %d\n\t  vtime %ss, msg-seq 0x%04x, length %d%s" % (
            pkt.u8(off + 4 + wide), pkt.u8(off + 5 + wide), seconds(pkt.u8(off + 1)),
            pkt.u16(off + 6 + wide), size, b"" if valid else INVALID))
        if not valid:
            return 0
        writer = WRITERS.get(kind)
        if writer is None:
            print_unknown_data(line, pkt, off + header, b"\n\t    ", size - header)
        else:
            writer(self, line, off + header, size - header, kind)
        return size

    def put_address(self, line: Line, off: int) -> None:
        if not self.pkt.has(off, self.wide):
            raise Truncated
        if self.wide == 4:
            line.host4(self.pkt.u32(off))
        else:
            line.host6(self.pkt, off)

    def write_hello(self, line: Line, off: int, left: int, kind: int) -> None:
        pkt = self.pkt
        need(b"message length", left, 4)
        if not pkt.has(off, 4):
            raise Truncated
        line.put(b"\n\t  hello-time %ss, MPR willingness %d" % (
            seconds(pkt.u8(off + 2)), pkt.u8(off + 3)))
        off += 4
        left -= 4
        while left >= 4:
            if not pkt.has(off, 4):
                raise Truncated
            code = pkt.u8(off)
            size = pkt.u16(off + 2)
            valid = 4 <= size <= left
            line.put(b"\n\t    link-type %s, neighbor-type %s, len %d%s" % (
                LINK_NAMES[code & 3], named(NEIGHBOR_NAMES, code >> 2, b"Unknown"), size,
                b"" if valid else INVALID))
            if not valid:
                return
            self.write_neighbors(line, off + 4, size - 4, kind == HELLO_LQ)
            off += size
            left -= size

    def write_topology(self, line: Line, off: int, left: int, kind: int) -> None:
        need(b"message length", left, 4)
        if not self.pkt.has(off, 4):
            raise Truncated
        line.put(b"\n\t    advertised neighbor seq 0x%04x" % self.pkt.u16(off))
        self.write_neighbors(line, off + 4, left - 4, kind == TC_LQ)

    def write_neighbors(self, line: Line, off: int, left: int, quality: bool) -> None:
        if not self.pkt.has(off, left):
            raise Truncated
        if not quality:
            line.put(b"\n\t      neighbor\n\t\t")
            for number in range(left // 4):
                line.host4(self.pkt.u32(off + 4 * number))
                line.char(32)
            return
        step = self.wide + 4
        for at in range(off, off + left - step + 1, step):
            line.put(b"\n\t      neighbor ")
            self.put_address(line, at)
            here = self.pkt.u8(at + self.wide) / 2.55
            there = self.pkt.u8(at + self.wide + 1) / 2.55
            line.put(f", link-quality {here:.2f}%, neighbor-link-quality {there:.2f}%".encode())

    def write_interfaces(self, line: Line, off: int, left: int, kind: int) -> None:
        for at in range(off, off + left - self.wide + 1, self.wide):
            if not self.pkt.has(at, self.wide):
                raise Truncated
            line.put(b"\n\t  interface address ")
            self.put_address(line, at)

    def write_networks(self, line: Line, off: int, left: int, kind: int) -> None:
        pkt, step = self.pkt, 2 * self.wide
        line.put(b"\n\t  Advertised networks (total %d)" % (left // step))
        for number in range(left // step):
            at = off + number * step
            if not pkt.has(at, step):
                raise Truncated
            if self.wide == 16:
                line.put(b"\n\t    #0: ")
                line.host6(pkt, at)
                line.put(b"/%d" % mask_bits(pkt.raw(at + 16, 16)))
                continue
            line.put(b", " if number % 4 else b"\n\t    ")
            if pkt.u32(at) == 0 and pkt.u8(at + 4) == 0 and pkt.u8(at + 5):
                self.write_gateway(line, at + 4)
            else:
                line.host4(pkt.u32(at))
                line.put(b"/%d" % mask_bits(pkt.raw(at + 4, 4)))

    def write_gateway(self, line: Line, off: int) -> None:
        flags = self.pkt.u8(off + 1)
        line.put(b"Smart-Gateway:")
        line.put(b"".join(name for bit, name in GATEWAY_FLAGS if flags & bit))
        up, down = self.pkt.u8(off + 2), self.pkt.u8(off + 3)
        line.put(b" %d/%d" % ((speed(up), speed(down)) if flags & 1 else (0, 0)))

    def write_names(self, line: Line, off: int, left: int, kind: int) -> None:
        pkt = self.pkt
        need(b"message length", left, 4)
        if not pkt.has(off, 4):
            raise Truncated
        count = pkt.u16(off + 2)
        valid = count > 0 and count * (4 + self.wide) <= left
        line.put(b"\n\t  Version %d, Entries %d%s" % (
            pkt.u16(off), count, b"" if valid else INVALID))
        off += 4
        left -= 4
        for number in range(count if valid else 0):
            if left < 4:
                return
            size = pkt.u16(off + 2)
            whole = size > 0 and self.wide + size <= left - 4
            line.put(b"\n\t    #%d: type 0x%04x, length %d%s" % (
                number, pkt.u16(off), size, b"" if whole else INVALID))
            if not whole:
                return
            padded = self.wide + (size + 3) // 4 * 4
            need(b"name entry length", left - 4, padded)
            if not pkt.has(off + 4, padded):
                raise Truncated
            line.put(b", address ")
            self.put_address(line, off + 4)
            line.put(b", name \"")
            line.escaped(pkt, off + 4 + self.wide, size)
            line.put(b"\"")
            off += 4 + padded
            left -= 4 + padded


def need(what: bytes, size: int, least: int) -> None:
    """Raises Malformed, with words for the text."""
    if size < least:
        raise Malformed(b" [%s %d < %d]" % (what, size, least))


def seconds(octet: int) -> bytes:
    """A time, as the text has it."""
    return f"{time_of(octet):.3f}".encode()


def speed(octet: int) -> int:
    """Kilobits a second, as mantissa and exponent."""
    if octet in (0, 255):
        return MAX_SPEED if octet else 0
    return ((octet >> 3) + 1) * int(10 ** (octet & 7))


def mask_bits(mask: bytes) -> int:
    """The length of a network mask; all ones, as tcpdump says it, if it has gaps."""
    bits = f"{int.from_bytes(mask, 'big'):0{8 * len(mask)}b}"
    count = bits.rstrip("0")
    return len(count) if "0" not in count else 0xFFFFFFFF


WRITERS: dict[int, Callable[[Olsr, Line, int, int, int], None]] = {
    HELLO: Olsr.write_hello, HELLO_LQ: Olsr.write_hello, TC: Olsr.write_topology,
    TC_LQ: Olsr.write_topology, MID: Olsr.write_interfaces, HNA: Olsr.write_networks,
    NAMES: Olsr.write_names,
}
