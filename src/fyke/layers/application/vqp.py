"""Cisco's VLAN Query Protocol: which VLAN a station belongs to; tcpdump: print-vqp.c."""

from __future__ import annotations

from fyke.layers.cursor import Malformed, Option
from fyke.layers.fields import U8, U32, Listed, Options, text_of
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.layers.plain import address
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

VERSION = 1
HEADER_LENGTH, OBJECT_LENGTH = 8, 6
MESSAGE_NAMES = {1: b"Request, Join Port", 2: b"Response, VLAN", 3: b"Request, Reconfirm",
                 4: b"Response, Reconfirm"}
ERROR_NAMES = {0: b"No error", 3: b"Access denied", 4: b"Shutdown port", 5: b"Wrong VTP domain"}
ADDRESS, PORT, VLAN, DOMAIN, FRAME, NO_MAC, MAC = (
    0x0C01, 0x0C02, 0x0C03, 0x0C04, 0x0C05, 0x0C06, 0x0C08)
OBJECT_NAMES = {ADDRESS: b"Client IP Address", PORT: b"Port Name", VLAN: b"VLAN Name",
                DOMAIN: b"VTP Domain", FRAME: b"Ethernet Packet", NO_MAC: b"MAC Null",
                MAC: b"MAC Address"}
UNKNOWN = b"unknown (%d)"


def objects_of(vqp: Vqp) -> Options:
    """Every object: an address, a name, a MAC address, or octets."""
    found, pkt = Options(), vqp.pkt
    at, stop = vqp.off + HEADER_LENGTH, vqp.off + vqp.size
    try:
        for _ in range(vqp.items):
            if stop - at < OBJECT_LENGTH:
                raise Malformed("no whole object")
            kind, size = pkt.u32(at), pkt.u16(at + 4)
            octets = pkt.raw(at + OBJECT_LENGTH, size)
            name = named(OBJECT_NAMES, kind, b"unknown_%#x" % kind).decode()
            found.append(Option(kind, name.lower().replace(" ", "_").replace("-", "_"),
                                value_of(kind, octets)))
            at += OBJECT_LENGTH + size
    except (Malformed, Truncated):
        found.cut = True
    return found


def value_of(kind: int, octets: bytes) -> str | bytes:
    if (kind == ADDRESS and len(octets) == 4) or (kind in (NO_MAC, MAC) and len(octets) == 6):
        return address(octets)
    if kind in (PORT, VLAN, DOMAIN, FRAME):
        return text_of(octets)
    return octets


class Vqp(Layer):
    """A question or an answer, then objects."""

    __slots__ = ()

    name = "vqp"
    tag = b"vqp"

    version = U8(0)
    message_type = U8(1, names=as_text(MESSAGE_NAMES))
    error = U8(2, names=as_text(ERROR_NAMES))
    items = U8(3, "objects that follow")
    sequence = U32(4, "the same in question and answer")
    objects = Listed(objects_of, "what is asked or answered", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 4)

    def write(self, line: Line) -> None:
        if self.short or self.size < HEADER_LENGTH:
            raise Truncated
        if self.version != VERSION:
            line.put(b"VQP version %d packet not supported" % self.version)
            return
        message = named(MESSAGE_NAMES, self.message_type, UNKNOWN)
        error = named(ERROR_NAMES, self.error, b"unknown")
        if not line.style.verbose:
            line.put(b"VQPv%d %s Message, error-code %s (%d), length %d" % (
                VERSION, message, error, self.error, self.size))
            return
        line.put(b"\n\tVQPv%d, %s Message, error-code %s (%d), seq 0x%08x, items %d, "
                 b"length %d" % (VERSION, message, error, self.error, self.sequence,
                                 self.items, self.size))
        at, stop = self.off + HEADER_LENGTH, self.off + self.size
        for _ in range(self.items):
            if at == stop:
                return
            size = write_object(line, self.pkt, at, stop)
            if not size:
                return
            at += size


def write_object(line: Line, pkt: Record, at: int, stop: int) -> int:
    """One object; its length, 0 if it is the last."""
    if not pkt.has(at, OBJECT_LENGTH) or stop - at < OBJECT_LENGTH:
        raise Truncated
    kind, size = pkt.u32(at), pkt.u16(at + 4)
    line.put(b"\n\t  %s Object (0x%08x), length %d, value: " % (
        named(OBJECT_NAMES, kind, b"Unknown"), kind, size))
    if kind == 0 or size == 0:
        return 0
    at += OBJECT_LENGTH
    if not pkt.has(at, size) or size > stop - at:
        raise Truncated
    if kind == ADDRESS:
        if size != 4:
            line.put(INVALID)
            return 0
        line.host4(pkt.u32(at))
        line.put(b" (0x%08x)" % pkt.u32(at))
    elif kind in (PORT, VLAN, DOMAIN, FRAME):
        write_padded(line, pkt, at, size)
    elif kind in (NO_MAC, MAC):
        if size != 6:
            line.put(INVALID)
            return 0
        line.ether(pkt, at)
    elif line.style.verbose == 1:
        print_unknown_data(line, pkt, at, b"\n\t    ", size)
    return OBJECT_LENGTH + size
