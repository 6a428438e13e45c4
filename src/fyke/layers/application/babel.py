"""Babel routing protocol (RFC 8966, earlier RFC 6126); tcpdump: print-babel.c."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.application.babel_values import V4_PREFIX, messages_of
from fyke.layers.fields import U8, U16, Listed
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record, Truncated

MAGIC = 42
HEADER_LENGTH = 4
PAD1, HELLO, IHU, UPDATE, SOURCE_UPDATE = 0, 4, 5, 8, 13
UNICAST = 0x8000  # flag of a hello
MANDATORY = 0x80  # bit of a sub-TLV's type (RFC 8966 §4.4)
MOST_NONCE = 192
UPDATE_FLAGS = ((0x80, b"/prefix"), (0x40, b"/id"))
#: Message type: its name in a short line, and in a long one.
NAMES: dict[int, tuple[bytes, bytes]] = {
    1: (b" padN", b"Pad"), 2: (b" ack-req", b"Acknowledgment Request "),
    3: (b" ack", b"Acknowledgment "), 4: (b" hello", b"Hello "), 5: (b" ihu", b"IHU "),
    6: (b" router-id", b"Router Id"), 7: (b" nh", b"Next Hop"), 8: (b" update", b"Update"),
    9: (b" route-request", b"Route Request "), 10: (b" seqno-request", b"Seqno Request "),
    11: (b" tspc", b"TS/PC "), 12: (b" hmac", b"HMAC "), 13: (b" ss-update", b"SS-Update"),
    14: (b" ss-request", b"SS-Request "), 15: (b" ss-mh-request", b"SS-MH-Request "),
    16: (b" mac", b"MAC "), 17: (b" pc", b"PC"),
    18: (b" challenge_request", b"Challenge Request"),
    19: (b" challenge_reply", b"Challenge Reply"),
}


class Invalid(Exception):
    """A message that is too short for its type or says the impossible."""


class Babel(Layer):
    """A packet of messages."""

    __slots__ = ()

    name = "babel"
    tag = b"babel"

    magic = U8(0, "42")
    version = U8(1)
    body_length = U16(2, "of the messages before the trailer", unit="bytes")
    messages = Listed(lambda babel: messages_of(
        babel.pkt, babel.off + HEADER_LENGTH,
        babel.off + min(HEADER_LENGTH + babel.body_length, babel.size)), "messages of the body")
    trailer = Listed(lambda babel: messages_of(
        babel.pkt, babel.off + HEADER_LENGTH + babel.body_length, babel.off + babel.size),
                     "messages behind the body, which are not signed (RFC 8966 §4.2)")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b"babel")
        if self.size < HEADER_LENGTH:
            line.put(INVALID)
            return
        if not pkt.has(off, HEADER_LENGTH):
            raise Truncated
        if pkt.u8(off) != MAGIC:
            line.put(b" invalid header")
            return
        line.put(b" %d" % self.version)
        if self.version != 2:
            line.put(b" unknown version")
            return
        line.put(b" (%d)" % self.body_length)
        known = {1: V4_PREFIX, 2: bytes(16)}
        stop = off + HEADER_LENGTH + self.body_length
        if stop > off + self.size:
            line.put(INVALID)
            return
        off += HEADER_LENGTH
        try:
            while off < stop:
                off = self.write_message(line, off, stop, known)
            stop = self.off + self.size
            if off < stop:  # the trailer, which is not signed (RFC 8966 §4.2)
                line.put(b"\n\t----" if line.style.verbose else b" |")
            while off < stop:
                off = self.write_message(line, off, stop, known)
        except Invalid:
            line.put(INVALID)

    def write_message(self, line: Line, off: int, stop: int, known: dict[int, bytes]) -> int:
        pkt = self.pkt
        kind = pkt.u8(off)
        if kind == PAD1:
            line.put(b"\n\tPad 1" if line.style.verbose else b" pad1")
            return off + 1
        if stop - off < 2:
            raise Invalid
        length = pkt.u8(off + 1)
        if stop - off < 2 + length:
            raise Invalid
        if not pkt.has(off, 2 + length):
            raise Truncated
        short, long = NAMES.get(kind, (b" unknown", b"Unknown message type %d" % kind))
        if line.style.verbose:
            line.put(b"\n\t" + long)
            writer = WRITERS.get(kind)
            if writer is not None:
                writer(line, Message(pkt, off, length, kind, known))
        else:
            line.put(short)
            if kind == UPDATE:
                if length < 10:
                    raise Invalid
                line.put(update_flags(pkt.u8(off + 3)))
        return off + 2 + length


class Message:
    """One message: ``body`` is what follows its length."""

    __slots__ = ("body", "kind", "known", "length", "pkt")

    def __init__(self, pkt: Record, off: int, length: int, kind: int,
                 known: dict[int, bytes]) -> None:
        self.pkt = pkt
        self.body = off + 2
        self.length = length
        self.kind = kind
        self.known = known  #: address encoding to the prefix that updates leave out

    def need(self, least: int) -> None:
        if self.length < least:
            raise Invalid

    def u8(self, at: int) -> int:
        return self.pkt.u8(self.body + at)

    def u16(self, at: int) -> int:
        return self.pkt.u16(self.body + at)

    def prefix(self, encoding: int, bits: int, omitted: int, at: int) -> tuple[bytes, int]:
        """A prefix of ``bits`` bits at ``at``, ``omitted`` octets known before; octets used."""
        octets = (bits + 7) // 8
        left = self.length - at
        if octets > 16 or encoding not in (0, 1, 2, 3):
            raise Invalid
        head = b""
        if encoding == 0:
            return bytes(16), 0
        if encoding == 1:
            if omitted > 4 or octets > 4:
                raise Invalid
            head = (self.known[1] if omitted else V4_PREFIX)[:12 + omitted]
        elif encoding == 2:
            if omitted > 16:
                raise Invalid
            head = self.known[2][:omitted]
        else:
            head = b"\xfe\x80" + bytes(6)
            omitted = 8
        used = max(octets - omitted, 0)
        if left < used:
            raise Invalid
        return (head + self.pkt.raw(self.body + at, used)).ljust(16, b"\0")[:16], used


def put_address(line: Line, address: bytes) -> None:
    packet = Record(address)
    if address.startswith(V4_PREFIX[:12]):
        line.host4(packet.u32(12))
    else:
        line.host6(packet, 0)


def put_prefix(line: Line, address: bytes, bits: int, encoding: int = 2) -> None:
    if encoding == 0:
        line.put(b"any")
        return
    if bits >= 96 and address.startswith(V4_PREFIX[:12]):
        line.host4(Record(address).u32(12))
        bits -= 96
    else:
        line.host6(Record(address), 0)
    line.put(b"/%d" % bits)


def interval(hundredths: int) -> bytes:
    if hundredths == 0:
        return b"0.0s (bogus)"
    return b"%d.%02ds" % divmod(hundredths, 100)


def update_interval(hundredths: int) -> bytes:
    return b"infinity" if hundredths == 0xFFFF else interval(hundredths)


def update_flags(flags: int) -> bytes:
    return bit_words(UPDATE_FLAGS, flags, b"", b"") + (b"/unknown" if flags & 0x3F else b"")


def bits_of(message: Message, at: int, encoding: int) -> int:
    """A prefix length, counted as of an IPv6 address."""
    return message.u8(at) + (96 if encoding == 1 else 0)


def write_pad(line: Line, message: Message) -> None:
    line.put(b" %d" % (message.length + 2))


def write_ack_request(line: Line, message: Message) -> None:
    message.need(6)
    line.put(b"%04x %s" % (message.u16(2), interval(message.u16(4))))


def write_ack(line: Line, message: Message) -> None:
    message.need(2)
    line.put(b"%04x" % message.u16(0))


def write_hello(line: Line, message: Message) -> None:
    message.need(6)
    if message.u16(0) & UNICAST:
        line.put(b"(Unicast) ")
    line.put(b"seqno %d " % message.u16(2))
    often = message.u16(4)
    line.put(b"interval %s" % interval(often) if often else b"unscheduled")
    write_extras(line, message, 6)


def write_ihu(line: Line, message: Message) -> None:
    message.need(6)
    encoding = message.u8(0)
    try:
        address, used = message.prefix(encoding, 32 if encoding == 1 else 128, 0, 6)
    except Invalid:
        line.put(b" [|babel]")
        return
    if encoding:
        put_address(line, address)
    else:
        line.put(b"any")
    line.put(b" rxcost %d interval %s" % (message.u16(2), interval(message.u16(4))))
    write_extras(line, message, 6 + used)


def put_id(line: Line, message: Message, at: int) -> None:
    line.put(message.pkt.raw(message.body + at, 8).hex(":").encode())


def write_router_id(line: Line, message: Message) -> None:
    message.need(10)
    line.char(32)
    put_id(line, message, 2)


def write_next_hop(line: Line, message: Message) -> None:
    message.need(2)
    encoding = message.u8(0)
    address, _ = message.prefix(encoding, 32 if encoding == 1 else 128, 0, 2)
    line.char(32)
    if encoding:
        put_address(line, address)
    else:
        line.put(b"invalid AE 0")


def write_update(line: Line, message: Message) -> None:
    message.need(10)
    encoding = message.u8(0)
    address, used = message.prefix(encoding, message.u8(2), message.u8(3), 10)
    flags = message.u8(1)
    line.put(update_flags(flags))
    line.char(32)
    put_prefix(line, address, bits_of(message, 2, encoding), encoding)
    line.put(b" metric %d seqno %d interval %s" % (
        message.u16(8), message.u16(6), update_interval(message.u16(4))))
    if flags & 0x80:
        message.known[1 if encoding == 1 else 2] = address
    write_extras(line, message, 10 + used)


def write_request(line: Line, message: Message) -> None:
    message.need(2)
    encoding = message.u8(0)
    address, _ = message.prefix(encoding, message.u8(1), 0, 2)
    line.put(b"for ")
    if encoding == 0:
        line.put(b"any")
    else:
        put_prefix(line, address, bits_of(message, 1, encoding))


def write_hop_request(line: Line, message: Message) -> None:
    message.need(14)
    encoding = message.u8(0)
    address, _ = message.prefix(encoding, message.u8(1), 0, 14)
    line.put(b"(%d hops) for " % message.u8(4))
    if encoding:
        put_prefix(line, address, bits_of(message, 1, encoding))
    else:
        line.put(b"invalid AE 0")
    line.put(b" seqno %d id " % message.u16(2))
    put_id(line, message, 6)


def write_counter(line: Line, message: Message) -> None:
    message.need(6)
    line.put(b"timestamp %d packetcounter %d" % (
        message.pkt.u32(message.body + 2), message.u16(0)))


def write_digest(line: Line, message: Message) -> None:
    message.need(18)
    line.put(b"key-id %d digest-%d " % (message.u16(0), message.length - 2))
    line.put(message.pkt.raw(message.body + 2, message.length - 2).hex().upper().encode())


def write_source_update(line: Line, message: Message) -> None:
    message.need(10)
    encoding = message.u8(0)
    address, used = message.prefix(encoding, message.u8(2), message.u8(3), 10)
    source, more = message.prefix(encoding, message.u8(1), 0, 10 + used)
    line.char(32)
    put_prefix(line, address, bits_of(message, 2, encoding))
    line.put(b" from ")
    put_prefix(line, source, bits_of(message, 1, encoding))
    line.put(b" metric %d seqno %d interval %s" % (
        message.u16(8), message.u16(6), update_interval(message.u16(4))))
    write_extras(line, message, 10 + used + more)


def write_source_request(line: Line, message: Message) -> None:
    message.need(3)
    encoding = message.u8(0)
    address, used = message.prefix(encoding, message.u8(1), 0, 3)
    source, _ = message.prefix(encoding, message.u8(2), 0, 3 + used)
    if encoding == 0:
        line.put(b"for any")
        return
    line.put(b"for (")
    put_prefix(line, address, bits_of(message, 1, encoding))
    line.put(b", ")
    put_prefix(line, source, bits_of(message, 2, encoding))
    line.put(b")")


def write_source_hop_request(line: Line, message: Message) -> None:
    message.need(14)
    encoding = message.u8(0)
    address, used = message.prefix(encoding, message.u8(1), 0, 14)
    source, _ = message.prefix(encoding, message.u8(5), 0, 14 + used)
    line.put(b"(%d hops) for (" % message.u8(4))
    put_prefix(line, address, bits_of(message, 1, encoding))
    line.put(b", ")
    put_prefix(line, source, bits_of(message, 5, encoding))
    line.put(b") seqno %d id " % message.u16(2))
    put_id(line, message, 6)


def write_mac(line: Line, message: Message) -> None:
    line.put(b"len %d" % message.length)


def write_challenge(line: Line, message: Message) -> None:
    """A nonce of at most 192 octets (RFC 8967 §6)."""
    if message.length > MOST_NONCE:
        raise Invalid
    line.put(b" len %d" % message.length)


def write_index(line: Line, message: Message) -> None:
    """A packet counter and what it counts in (RFC 8967 §4.2)."""
    message.need(4)
    line.put(b" value %d index len %d" % (message.pkt.u32(message.body), message.length - 4))


def write_extras(line: Line, message: Message, at: int) -> None:
    """Sub-TLVs: what a message has after its fields. One that cannot be ends these alone."""
    try:
        write_sub_tlvs(line, message, at)
    except Invalid:
        line.put(INVALID)


def write_sub_tlvs(line: Line, message: Message, at: int) -> None:
    pkt = message.pkt
    off = message.body + at
    stop = message.body + message.length
    while off < stop:
        kind = pkt.u8(off)
        off += 1
        if kind == 0:
            line.put(b" sub-pad1")
            continue
        if kind & MANDATORY:
            line.put(b" (M)")
        if off == stop:
            raise Invalid
        size = pkt.u8(off)
        off += 1
        if size > stop - off:
            raise Invalid
        if kind == 1:
            line.put(b" sub-padn")
        elif kind == 2:
            write_channels(line, pkt, off, size, message.kind)
        elif kind == 3:
            write_times(line, pkt, off, size, message.kind)
        else:
            line.put(b" sub-unknown-0x%02x" % kind)
        off += size


def write_channels(line: Line, pkt: Record, off: int, size: int, kind: int) -> None:
    line.put(b" sub-diversity")
    if size == 0:
        line.put(b" empty")
        return
    names = {0: b"reserved", 255: b"all"}
    line.put(b" " + b"-".join(named(names, octet, b"%d") for octet in pkt.raw(off, size)))
    if kind not in (UPDATE, SOURCE_UPDATE):
        line.put(b" (bogus)")


def write_times(line: Line, pkt: Record, off: int, size: int, kind: int) -> None:
    line.put(b" sub-timestamp")
    if kind not in (HELLO, IHU):
        line.put(b" (bogus)")
        return
    if size < (4 if kind == HELLO else 8):
        raise Invalid
    line.put(b" %d.%06ds" % divmod(pkt.u32(off), 1000000))
    if kind == IHU:
        line.put(b"|%d.%06ds" % divmod(pkt.u32(off + 4), 1000000))


WRITERS: dict[int, Callable[[Line, Message], None]] = {
    1: write_pad, 2: write_ack_request, 3: write_ack, HELLO: write_hello, IHU: write_ihu,
    6: write_router_id, 7: write_next_hop, UPDATE: write_update, 9: write_request,
    10: write_hop_request, 11: write_counter, 12: write_digest,
    SOURCE_UPDATE: write_source_update, 14: write_source_request, 15: write_source_hop_request,
    16: write_mac, 17: write_index, 18: write_challenge, 19: write_challenge,
}
