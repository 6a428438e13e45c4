"""Resource reservation protocol (RFC 2205, RFC 3209, RFC 3473); tcpdump: print-rsvp.c."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.fields import U8, U16, Bits, Listed
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.routing.rsvp_names import (
    BUNDLE,
    CLASS_NAMES,
    HEADER_FLAGS,
    MESSAGE_NAMES,
    TYPE_NAMES,
)
from fyke.layers.routing.rsvp_objects import Bad, write_object
from fyke.layers.routing.rsvp_values import value_of
from fyke.layers.words import as_text, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 8
OBJECT_HEADER = 4
VERSION = 1


class Object(NamedTuple):
    """One object of a message."""

    number: int  #: its class
    name: str  #: of the class
    type: int  #: of the class
    value: Any  #: octets where the class and type have no form


class Rsvp(Layer):
    """A message: a header and objects, or (a bundle) further messages."""

    __slots__ = ()

    name = "rsvp"
    tag = b"rsvp"

    version = Bits(0, 1, 0xF0, "version of the protocol")
    flags = Bits(0, 1, 0x0F, "1: refresh reductions are understood")
    type = U8(1, "type of message", names=as_text(MESSAGE_NAMES))
    checksum = U16(2, "Internet checksum over the message; 0 for none")
    ttl = U8(4, "as the sender set it in the IP header")
    message_length = U16(6, "the message, this header included", unit="bytes")
    objects = Listed(lambda rsvp: rsvp.find_objects(), "what the message is about")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 6)  # says whether the header is short

    def find_objects(self) -> list[Object]:
        """The objects that were captured whole; none of a bundle."""
        found: list[Object] = []
        at = self.off + HEADER_LENGTH
        end = min(self.off + min(self.message_length, self.size), self.pkt.end)
        while self.type != BUNDLE and end - at >= OBJECT_HEADER:
            size = self.pkt.u16(at)
            if not OBJECT_HEADER <= size <= end - at:
                break
            number, kind = self.pkt.u8(at + 2), self.pkt.u8(at + 3)
            found.append(Object(
                number, CLASS_NAMES.get(number, b"Unknown").decode(), kind,
                value_of(self.pkt, at + OBJECT_HEADER, size - OBJECT_HEADER, number, kind)))
            at += size
        return found

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        if self.version != VERSION:
            line.put(b"ERROR: RSVP version %d packet not supported" % self.version)
            return
        if not line.style.verbose:
            line.put(b"RSVPv%d %s Message, length: %d" % (
                self.version, named(MESSAGE_NAMES, self.type, b"unknown (%d)"), self.size))
            return
        pkt = self.pkt
        try:
            write_header(line, pkt, self.off, b"\n\t")
            at, end = self.off + HEADER_LENGTH, self.off + self.message_length
            if self.type == BUNDLE:
                write_bundle(line, pkt, at, end)
            elif self.type in MESSAGE_NAMES:
                write_objects(line, pkt, at, end, b"\n\t  ")
            else:
                print_unknown_data(line, pkt, at, b"\n\t    ", end - at)
        except Bad as fault:
            line.put(fault.args[0])


def write_header(line: Line, pkt: Record, at: int, start: bytes) -> int:
    """A message's header; the octets of the message. Raises Bad if they are too few."""
    first, kind, size = pkt.u8(at), pkt.u8(at + 1), pkt.u16(at + 6)
    line.put(b"%sRSVPv%d %s Message (%d), Flags: [%s], length: %d, ttl: %d, checksum: 0x%04x" % (
        start, first >> 4, named(MESSAGE_NAMES, kind, b"unknown, type: %d"), kind,
        bit_words(HEADER_FLAGS, first & 15), size, pkt.u8(at + 4), pkt.u16(at + 2)))
    if size < HEADER_LENGTH:
        raise Bad(b"ERROR: common header too short %d < %d" % (size, HEADER_LENGTH))
    return size


def write_bundle(line: Line, pkt: Record, at: int, end: int) -> None:
    """Several messages (RFC 2961 §3)."""
    while at < end:
        pkt.raw(at, HEADER_LENGTH)
        version = pkt.u8(at) >> 4
        if version != VERSION:
            raise Bad(b"ERROR: RSVP version %d packet not supported" % version)
        size = write_header(line, pkt, at, b"\n\t  ")
        if size > end - at:
            raise Bad(b"ERROR: common header too large %d > %d" % (size, end - at))
        write_objects(line, pkt, at + HEADER_LENGTH, at + size, b"\n\t    ")
        at += size


def write_objects(line: Line, pkt: Record, at: int, end: int, indent: bytes) -> None:
    while end - at >= OBJECT_HEADER:
        size, number, kind = pkt.u16(at), pkt.u8(at + 2), pkt.u8(at + 3)
        if size % 4:
            raise Bad(b"%sERROR: object header size %d not a multiple of 4" % (indent, size))
        if size < OBJECT_HEADER:
            raise Bad(b"%sERROR: object header too short %d < %d" % (
                indent, size, OBJECT_HEADER))
        unknown = (b"reject", b"reject", b"ignore silently", b"ignore and forward")[number >> 6]
        line.put(b"%s%s Object (%d) Flags: [%s if unknown], Class-Type: %s (%d), length: %d" % (
            indent, CLASS_NAMES.get(number, b"Unknown"), number, unknown,
            TYPE_NAMES.get(number, {}).get(kind, b"Unknown"), kind, size))
        if size > end - at:
            raise Bad(indent + b"ERROR: object goes past end of objects TLV")
        pkt.raw(at, size)
        body = size - OBJECT_HEADER
        if write_object(line, pkt, at + OBJECT_HEADER, body, number, kind, indent):
            print_unknown_data(line, pkt, at + OBJECT_HEADER, b"\n\t    ", body)
        at += size
