"""Multicast Source Discovery Protocol (RFC 3618); tcpdump: print-msdp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer, write_chain
from fyke.layers.tables import table
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 3  # type and length
ACTIVE, REQUEST, RESPONSE, KEEPALIVE, NOTIFICATION = range(1, 6)
LAST_TYPE = 7
MAX_LENGTH = 1500  # of the first message, if it is one
USUAL_LENGTH = 1400  # longer ones are shown with their length
TITLES = {ACTIVE: b" SA", REQUEST: b" SA-Request", RESPONSE: b" SA-Response",
          KEEPALIVE: b" Keepalive", NOTIFICATION: b" Notification"}
ENTRY_LENGTH = 12
IPV4 = 0x0800


class Msdp(Layer):
    """Messages, one after the other; the fields are the first one's."""

    __slots__ = ("message_length", "type")

    type: int
    message_length: int  #: octets, type and length included

    name = "msdp"
    tag = b"msdp"
    fields = ("type", "message_length")

    def clear(self) -> None:
        self.type = self.message_length = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.type = pkt.u8(off)
        self.message_length = pkt.u16(off + 1)

    def write(self, line: Line) -> None:
        line.put(b": msdp")
        if self.short:
            raise Truncated
        size = self.message_length
        if size > MAX_LENGTH:
            line.put(b" [len %d > %d]%s" % (size, MAX_LENGTH, INVALID))
        elif size < HEADER_LENGTH:
            line.put(b" [len %d < %d]%s" % (size, HEADER_LENGTH, INVALID))
        elif self.type == 0:
            line.put(b" [type 0 == 0]%s" % INVALID)
        elif self.type > LAST_TYPE:
            line.put(b" [type %d > %d]%s" % (self.type, LAST_TYPE, INVALID))
        else:
            self.write_messages(line)

    def write_messages(self, line: Line) -> None:
        at, stop = self.off, self.off + self.size
        while at < stop:
            if stop - at < HEADER_LENGTH:
                line.put(b" [length %d < %d]%s" % (stop - at, HEADER_LENGTH, INVALID))
                return
            kind, size = self.pkt.u8(at), self.pkt.u16(at + 1)
            if size > USUAL_LENGTH or line.style.verbose:
                line.put(b" [len %d]" % size)
            if size < HEADER_LENGTH:
                line.put(b" [len %d < %d]%s" % (size, HEADER_LENGTH, INVALID))
                return
            if stop - at < size:
                line.put(b" [length %d < %d]%s" % (stop - at, size, INVALID))
                return
            if not self.write_message(line, kind, at, size):
                return
            if not self.pkt.has(at, size):
                raise Truncated
            at += size

    def write_message(self, line: Line, kind: int, at: int, size: int) -> bool:
        """False if the message is too short for its type."""
        line.put(TITLES.get(kind) or b" [type=%d len=%d]" % (kind, size))
        if kind in (ACTIVE, RESPONSE):
            return self.write_active(line, at, size)
        if kind == REQUEST:
            if size < 8:
                line.put(b" [len %d < %d]%s" % (size, 4 if size < 4 else 8, INVALID))
                return False
            self.pkt.u8(at + 3)
            if size != 8:
                line.put(b"[len=%d] " % size)
            line.put(b" for ")
            line.host4(self.pkt.u32(at + 4))
        elif kind == KEEPALIVE and size != HEADER_LENGTH:
            line.put(b"[len=%d] " % size)
        return True

    def write_active(self, line: Line, at: int, size: int) -> bool:
        """How many sources there are, and the packet that the first one sent."""
        if size < 4:
            line.put(b" [len %d < 4]%s" % (size, INVALID))
            return False
        count = self.pkt.u8(at + 3)
        line.put(b" %d entries" % count)
        if size < 8:
            line.put(b" [len %d < 8]%s" % (size, INVALID))
            return False
        data = 8 + ENTRY_LENGTH * count
        if not self.pkt.has(at, data):
            raise Truncated
        if size > data:
            line.put(b" [w/data]")
            kind = table("ethertype").find(IPV4)
            if line.style.verbose > 1 and kind is not None:
                line.char(32)
                write_chain(self.child(kind, at + data, size - data), line)
                line.protocol = self.tag
        return True
