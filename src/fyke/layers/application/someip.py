"""Scalable service-Oriented MiddlewarE over IP (AUTOSAR SOME/IP); tcpdump: print-someip.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, U32
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 16
EVENT = 0x8000
#: Message types (AUTOSAR PRS_SOMEIP R19-11, 4.1.2.4); TP: a part of a longer message.
TYPE_NAMES = {
    0x00: b"REQUEST", 0x01: b"REQUEST_NO_RETURN", 0x02: b"NOTIFICATION",
    0x20: b"TP_REQUEST", 0x21: b"TP_REQUEST_NO_RETURN", 0x22: b"TP_NOTIFICATION",
    0x80: b"RESPONSE", 0x81: b"ERROR", 0xA0: b"TP_RESPONSE", 0xA1: b"TP_ERROR",
}
#: Return codes (4.2.6); E2E: what protects from end to end found a fault.
CODE_NAMES = dict(enumerate((
    b"E_OK", b"E_NOT_OK", b"E_UNKNOWN_SERVICE", b"E_UNKNOWN_METHOD", b"E_NOT_READY",
    b"E_NOT_REACHABLE", b"E_TIMEOUT", b"E_WRONG_PROTOCOL_VERSION", b"E_WRONG_INTERFACE_VERSION",
    b"E_MALFORMED_MESSAGE", b"E_WRONG_MESSAGE_TYPE", b"E_E2E_REPEATED", b"E_E2E_WRONG_SEQUENCE",
    b"E_E2E", b"E_E2E_NOT_AVAILABLE", b"E_E2E_NO_NEW_DATA")))


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
            named(TYPE_NAMES, self.type, b"Unknown"), named(CODE_NAMES, self.code, b"Unknown")))
