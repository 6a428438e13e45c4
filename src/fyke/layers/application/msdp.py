"""Multicast Source Discovery Protocol (RFC 3618); tcpdump: print-msdp.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import U8, U16, Listed, Options
from fyke.layers.layer import Layer, write_chain
from fyke.layers.plain import address
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


class Source(NamedTuple):
    """A source of a group."""

    source: str
    group: str
    length: int  #: of the source's prefix


class Message(NamedTuple):
    """A message; None or empty for what its type does not have."""

    type: int
    length: int
    rp: str | None  #: the rendezvous point of a source-active message
    group: str | None  #: that is asked for
    sources: list[Source]
    has_data: bool  #: a packet of the first source is with it


def messages_of(msdp: Msdp) -> Options:
    found, pkt = Options(), msdp.pkt
    at, stop = msdp.off, msdp.off + msdp.size
    try:
        while at < stop and len(found) < MOST:
            kind, size = pkt.u8(at), pkt.u16(at + 1)
            if size < HEADER_LENGTH or size > stop - at:
                raise Truncated
            found.append(message(pkt, at, kind, size))
            at += size
    except Truncated:
        found.cut = True
    return found


def message(pkt: Record, at: int, kind: int, size: int) -> Message:
    rp, group, sources, count = None, None, [], 0
    if kind in (ACTIVE, RESPONSE) and size >= 8:
        rp, count = address(pkt.raw(at + 4, 4)), pkt.u8(at + 3)
        for place in range(at + 8, min(at + 8 + ENTRY_LENGTH * count, at + size - 11),
                           ENTRY_LENGTH):
            sources.append(Source(address(pkt.raw(place + 8, 4)), address(pkt.raw(place + 4, 4)),
                                  pkt.u8(place + 3)))
    elif kind == REQUEST and size >= 8:
        group = address(pkt.raw(at + 4, 4))
    return Message(kind, size, rp, group, sources, rp is not None
                   and size > 8 + ENTRY_LENGTH * count)


def data_of(msdp: Msdp) -> tuple[int, int] | None:
    """Where the first source's packet is that a source-active message carries, and its octets."""
    at = msdp.off
    for one in messages_of(msdp):
        if one.has_data:
            start = 8 + ENTRY_LENGTH * msdp.pkt.u8(at + 3)
            return at + start, one.length - start
        at += one.length
    return None


class Msdp(Layer):
    """Messages, one after the other; the fields are the first one's."""

    __slots__ = ()

    name = "msdp"
    tag = b"msdp"

    type = U8(0, "of the first message")
    message_length = U16(1, "of the first message", unit="bytes")
    messages = Listed(messages_of, "every message of the segment (RFC 3618 §12)")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 1)
        place = data_of(self)
        if place is not None:
            self.payload_off, self.payload_length = place
            self.next = table("ethertype").find(IPV4)

    def write(self, line: Line) -> None:
        self.write_all(line)
        line.stop()  # a packet was written in its message

    def write_all(self, line: Line) -> None:
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
