"""Scalable service-Oriented MiddlewarE over IP (AUTOSAR SOME/IP); tcpdump: print-someip.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, U32
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 16
EVENT = 0x8000
TYPE_NAMES = {
    0x00: b"REQUEST", 0x01: b"REQUEST_NO_RETURN", 0x02: b"NOTIFICATION", 0x40: b"REQUEST_ACK",
    0x41: b"REQUEST_NO_RETURN_ACK", 0x42: b"NOTIFICATION_ACK", 0x80: b"RESPONSE",
    0x81: b"ERROR", 0xC0: b"RESPONSE_ACK", 0xC1: b"ERROR_ACK",
}
CODE_NAMES = {
    0x00: b"E_OK", 0x01: b"E_NOT_OK", 0x02: b"E_UNKNOWN_SERVICE", 0x03: b"E_UNKNOWN_METHOD",
    0x04: b"E_NOT_READY", 0x05: b"E_NOT_REACHABLE", 0x06: b"E_TIMEOUT",
    0x07: b"E_WRONG_PROTOCOL_VERSION", 0x08: b"E_WRONG_INTERFACE_VERSION",
    0x09: b"E_MALFORMED_MESSAGE", 0x0A: b"E_WRONG_MESSAGE_TYPE",
}


class SomeIp(Layer):
    """A call of a service, or an event of it."""

    __slots__ = ()

    name = "someip"
    tag = b"someip"

    service = U16(0)
    method = U16(2, "with bit 0x8000: the number of an event")
    message_length = U32(4, "after this field", unit="bytes")
    client = U16(8)
    session = U16(10)
    protocol = U8(12, "version of the protocol")
    interface = U8(13, "version of the interface")
    type = U8(14, "of message", names=as_text(TYPE_NAMES))
    code = U8(15, "what came of it", names=as_text(CODE_NAMES))

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < HEADER_LENGTH:
            return
        pkt.u8(off + 15)
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = max(min(self.message_length + 8, self.size) - HEADER_LENGTH, 0)

    def write(self, line: Line) -> None:
        line.put(b"SOMEIP")
        if self.size < HEADER_LENGTH:
            line.put(INVALID)
            return
        if self.short:
            raise Truncated
        line.put(b", service %d, %s %d, len %d" % (
            self.service, b"event" if self.method & EVENT else b"method",
            self.method & ~EVENT, self.message_length))
        if self.message_length > self.size - 8 or self.message_length < 8:
            line.put(INVALID)
            return
        line.put(b", client %d, session %d, pver %d, iver %d, msgtype %s, retcode %s" % (
            self.client, self.session, self.protocol, self.interface,
            named(TYPE_NAMES, self.type, b"Unknown"),
            b"E_RESERVED" if 0x0B <= self.code <= 0x5E
            else named(CODE_NAMES, self.code, b"Unknown")))
