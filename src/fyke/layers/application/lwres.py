"""BIND 9's lightweight resolver protocol; tcpdump: print-lwres.c."""

from __future__ import annotations

from fyke.layers.application.dns_names import CLASS_NAMES, TYPE_NAMES
from fyke.layers.durations import duration
from fyke.layers.fields import U16, U32
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record

HEADER_LENGTH = 28
RESPONSE = 0x0001
NOOP, ADDRESSES, NAME, DATA = 0, 0x00010001, 0x00010002, 0x00010003
OPCODE_NAMES = {NOOP: b"noop", ADDRESSES: b"getaddrsbyname", NAME: b"getnamebyaddr",
                DATA: b"getrdatabyname"}
FAMILIES = {0: b"", 1: b" IPv4", 2: b" IPv6", 3: b" IPv4/6"}
CLASS_IN = 1


class Invalid(Exception):
    """An address that is too short."""


class Lwres(Layer):
    """A question to the resolver daemon, or its answer."""

    __slots__ = ()

    name = "lwres"
    tag = b"lwres"

    stated_length = U32(0, "of all of it", unit="bytes")
    version = U16(4)
    flags = U16(6, "0x0001: a response")
    serial = U32(8, "the same in question and answer")
    opcode = U32(12)
    result = U32(16)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 16)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        pkt.raw(off, HEADER_LENGTH)
        line.put(b" lwres")
        if line.style.verbose or self.version:
            line.put(b" v%d" % self.version)
        if self.version:
            pkt.raw(off, self.stated_length)
            self.write_lengths(line, off + self.stated_length)
            return
        response = self.flags & RESPONSE
        line.put(b" %s%s" % (named(OPCODE_NAMES, self.opcode, b"#0x%x"),
                             b"" if response else b"?"))
        if self.flags & ~RESPONSE:
            line.put(b"[0x%x]" % self.flags)
        if line.style.verbose > 1:
            line.put(b" (serial:0x%x result:0x%x recvlen:%d" % (
                self.serial, self.result, pkt.u32(off + 20)))
            if line.style.verbose > 2:
                line.put(b" authtype:0x%x authlen:%d" % (pkt.u16(off + 24), pkt.u16(off + 26)))
            line.char(41)
        body = Body(line, pkt, off + HEADER_LENGTH)
        if self.opcode not in OPCODE_NAMES:
            self.write_lengths(line, off + self.stated_length)
            return
        try:
            WRITERS[bool(response), self.opcode](body)
        except Invalid:
            line.put(INVALID)
            return
        self.write_lengths(line, body.at)

    def write_lengths(self, line: Line, end: int) -> None:
        """Whether the message is as long as it says, and used up."""
        if self.stated_length != self.size:
            line.put(b" [len: %d != %d]" % (self.stated_length, self.size))
        if end < self.off + self.stated_length:
            line.put(b"[extra]")


class Body:
    """Walks what follows the header."""

    __slots__ = ("at", "line", "pkt")

    def __init__(self, line: Line, pkt: Record, at: int) -> None:
        self.line = line
        self.pkt = pkt
        self.at = at

    def flags(self) -> None:
        if self.line.style.verbose > 2:
            self.line.put(b" flags:0x%x" % self.pkt.u32(self.at))

    def text(self) -> None:
        """A name after its length; a zero octet must follow it."""
        size = self.pkt.u16(self.at)
        end = self.at + 2 + size
        self.line.char(32)
        self.line.escaped(self.pkt, self.at + 2, size)
        if self.pkt.u8(end):
            self.line.put(b" (not NUL-terminated!)")
        self.at = end + 1

    def octets(self) -> None:
        size = self.pkt.u16(self.at)
        self.line.hex_string(self.pkt, self.at + 2, size)
        self.at += 2 + size

    def address(self) -> None:
        pkt, line = self.pkt, self.line
        family, size = pkt.u32(self.at), pkt.u16(self.at + 4)
        at = self.at + 6
        pkt.raw(at, size)
        if size < {1: 4, 2: 16}.get(family, 0):
            raise Invalid
        if family == 1:
            line.char(32)
            line.host4(pkt.u32(at))
            size = 4
        elif family == 2:
            line.char(32)
            line.host6(pkt, at)
            size = 16
        else:
            line.put(b" %d/" % family)
            line.hex_string(pkt, at, size)
        self.at = at + size

    def kind(self) -> None:
        """Type and class of the data that is asked for."""
        line = self.line
        line.put(b" " + named(TYPE_NAMES, self.pkt.u16(self.at + 6), b"Type%d"))
        if self.pkt.u16(self.at + 4) != CLASS_IN:
            line.put(b" " + named(CLASS_NAMES, self.pkt.u16(self.at + 4), b"Class%d"))


def ask_nothing(body: Body) -> None:
    """Nothing to be shown."""


def ask_addresses(body: Body) -> None:
    pkt, at = body.pkt, body.at
    pkt.raw(at, 10)
    body.flags()
    families = pkt.u32(at + 4)
    body.line.put(FAMILIES[families & 3])
    if families & ~3:
        body.line.put(b"[0x%x]" % families)
    body.at += 8
    body.text()


def ask_name(body: Body) -> None:
    body.pkt.u32(body.at)
    body.flags()
    body.at += 4
    body.address()


def ask_data(body: Body) -> None:
    pkt, at = body.pkt, body.at
    pkt.raw(at, 10)
    body.flags()
    body.kind()
    body.at += 8
    body.text()


def tell_addresses(body: Body) -> None:
    pkt, at = body.pkt, body.at
    pkt.raw(at, 10)
    body.flags()
    aliases, addresses = pkt.u16(at + 4), pkt.u16(at + 6)
    body.line.put(b" %d/%d" % (aliases, addresses))
    body.at += 8
    body.text()
    for _ in range(aliases):
        body.text()
    for _ in range(addresses):
        body.address()


def tell_name(body: Body) -> None:
    pkt, at = body.pkt, body.at
    pkt.raw(at, 8)
    body.flags()
    aliases = pkt.u16(at + 4)
    body.line.put(b" %d" % aliases)
    body.at += 6
    body.text()
    for _ in range(aliases):
        body.text()


def tell_data(body: Body) -> None:
    pkt, at = body.pkt, body.at
    pkt.raw(at, 16)
    body.flags()
    body.kind()
    body.line.put(b" TTL ")
    body.line.put(duration(pkt.u32(at + 8)))
    count, signatures = pkt.u16(at + 12), pkt.u16(at + 14)
    body.line.put(b" %d/%d" % (count, signatures))
    body.at += 16
    body.text()
    for _ in range(count + signatures):
        body.octets()


WRITERS = {
    (False, NOOP): ask_nothing, (False, ADDRESSES): ask_addresses, (False, NAME): ask_name,
    (False, DATA): ask_data, (True, NOOP): ask_nothing, (True, ADDRESSES): tell_addresses,
    (True, NAME): tell_name, (True, DATA): tell_data,
}
