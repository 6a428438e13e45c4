"""What Juniper's routers put before a captured packet (LINKTYPE_JUNIPER_*); print-juniper.c.

First the same for all: a magic number, flags, extensions. Then, depending on the interface card,
a "cookie" and perhaps a header of its own (juniper_cards.py), and the packet.
"""

from __future__ import annotations

from fyke.layers.fields import Flags, Made, text_of
from fyke.layers.layer import Layer
from fyke.layers.link.juniper_cards import Card, Payload, Seen, card_of, guess_ip, say
from fyke.layers.link.juniper_names import (
    ENCAPSULATION_NAMES,
    EXTENSION_NAMES,
    FLAG_NAMES,
    MEDIA_NAMES,
)
from fyke.layers.words import INVALID, as_text, bit_words, named
from fyke.wire import Line, Record

MAGIC = 0x4D4743  # "MGC"
IN, NO_LINK_LAYER, EXTENDED = 0x01, 0x02, 0x80  # flags
HEADER = 4  # octets of magic number and flags
FAMILY = 4  # octets of address family, where the link layer is stripped
EXTENSION_HEADER = 2
BIG_ENDIAN_FROM = 128  # types of extensions; the values of those below are little endian
DEVICE_INDEX, DEVICE_NAME, INDEX, UNIT = 1, 2, 4, 5
MEDIA, ENCAPSULATION = (3, 7), (6, 8)
LINK_COOKIE, SERVICES_COOKIE = 0x54, 0x47  # first octet of a cookie
MAX_COOKIE = 8
MULTILINK_FR = 134  # link type
CHILD_MASK = 0xC0  # first octet of a frame on a child link, which has no cookie


class Front:
    """What a walk found in front of the packet, as far as the capture goes."""

    __slots__ = ("cookie", "end", "extensions", "heads")

    def __init__(self) -> None:
        self.extensions: dict[int, bytes] = {}  #: type to value
        self.cookie: bytes | None = None  #: what the interface card put before the packet
        self.heads: list[int] = []  #: where extensions begin
        self.end = 0  #: where they end


class Juniper(Layer):
    """Flags and extensions, which say where the router saw the packet, and the cookie."""

    __slots__ = ("front",)

    front: Front

    name = "juniper"
    tag = b"juniper"
    link_layer = True

    flags = Flags(3, 1, 0xFF, "direction, and what follows",
                  {bit: name.decode() for bit, name in FLAG_NAMES})
    device_index = Made("u32", lambda layer: layer.number(DEVICE_INDEX),
                        "of the physical interface")
    device_name = Made("text", lambda layer: layer.text(DEVICE_NAME),
                       "of the physical interface")
    media = Made("u32", lambda layer: layer.number(MEDIA[0]), "type of the physical interface",
                 names=as_text(MEDIA_NAMES))
    index = Made("u32", lambda layer: layer.number(INDEX), "of the logical interface")
    unit = Made("u32", lambda layer: layer.number(UNIT), "number of the logical interface")
    encapsulation = Made("u32", lambda layer: layer.number(ENCAPSULATION[0]),
                         "of the logical interface", names=as_text(ENCAPSULATION_NAMES))
    cookie = Made("bytes", lambda layer: layer.front.cookie,
                  "what the interface card put before the packet")

    def clear(self) -> None:
        self.front = Front()

    def parse(self, pkt: Record, off: int) -> None:
        payload = self.walk(self.front, None)
        if payload.kind is not None:
            self.next = payload.kind
            self.payload_off = payload.off
            self.payload_length = payload.length

    def write(self, line: Line) -> None:
        line.protocol = card_of(self.pkt.link_type).tag
        payload = self.walk(Front(), line)
        line.link_header(payload.off or self.off)
        line.put(payload.text)

    def guides(self) -> list[tuple[int, int]]:
        """Magic number, heads of extensions, and what stands between these and the packet."""
        found = [(self.off, HEADER)]
        if self.flags & EXTENDED:
            found.append((self.off + HEADER, 2))
        found += [(at, EXTENSION_HEADER) for at in self.front.heads]
        if 0 < self.front.end < self.payload_off:
            found.append((self.front.end, self.payload_off - self.front.end))
        return found

    def number(self, kind: int) -> int | None:
        value = self.front.extensions.get(kind, b"")
        return number_of(kind, value) if 1 <= len(value) <= 4 else None

    def text(self, kind: int) -> str | None:
        value = self.front.extensions.get(kind)
        return None if value is None else text_of(value)

    def walk(self, front: Front, line: Line | None) -> Payload:
        """Read it all, writing on the way; Truncated is raised where the capture ends."""
        pkt, off = self.pkt, self.off
        flags = pkt.u8(off + 3)
        if pkt.u24(off) != MAGIC:
            return Payload(text=b"no magic-number found!")
        shown = line is not None and line.style.link_level
        detailed = line is not None and line.style.verbose > 1
        if shown:
            say(line, b" In " if flags & IN else b"Out ")
        if detailed:
            say(line, b"\n\tJuniper PCAP Flags [%s]" % bit_words(FLAG_NAMES, flags))
        at = off + HEADER
        if flags & EXTENDED:
            size = pkt.u16(at)
            fault = self.walk_extensions(front, at + 2, size, line if detailed else None)
            if fault:
                return Payload(text=fault)
            at += 2 + size
        front.end = at
        if flags & NO_LINK_LAYER:
            return self.without_link(at + FAMILY, line if shown else None)
        card = card_of(pkt.link_type)
        seen = Seen(pkt, at, self.size - (at - off), incoming=bool(flags & IN))
        if card.cookie >= 0 and not self.walk_cookie(front, card, seen, line if shown else None):
            return Payload(text=INVALID)
        if card.adjust is not None:
            card.adjust(seen, line if shown else None)
        if shown:
            say(line, b"hlen %d, proto 0x%04x, " % (seen.off - off, seen.proto))
        return card.payload(seen, line if shown else None)

    def walk_extensions(self, front: Front, at: int, size: int, line: Line | None) -> bytes:
        """Fill ``extensions``; what to say of one that is too long."""
        pkt = self.pkt
        say(line, b", PCAP Extension(s) total length %d" % size)
        pkt.raw(at, size)
        while size > EXTENSION_HEADER:
            kind, count = pkt.u8(at), pkt.u8(at + 1)
            if kind == 0 or count == 0:
                break
            if size < count + EXTENSION_HEADER:
                return b" [extension_length %d < %d] (invalid)" % (
                    size, count + EXTENSION_HEADER)
            front.heads.append(at)
            value = pkt.raw(at + EXTENSION_HEADER, count)
            front.extensions[kind] = value
            say(line, b"\n\t  %s Extension TLV #%d, length %d, value %s" % (
                named(EXTENSION_NAMES, kind, b"Unknown"), kind, count, value_text(kind, value)))
            at += EXTENSION_HEADER + count
            size -= EXTENSION_HEADER + count
        say(line, b"\n\t-----original packet-----\n\t")
        return b""

    def without_link(self, at: int, line: Line | None) -> Payload:
        """Only an address family stands before the packet."""
        say(line, b"no-L2-hdr, ")
        self.pkt.u8(at)
        found = guess_ip(self.pkt, at, self.size - (at - self.off))
        return found if found.kind is not None else Payload(text=b"no IP-hdr found!")

    def walk_cookie(self, front: Front, card: Card, seen: Seen, line: Line | None) -> bool:
        """The cookie and, as far as it can be told yet, the protocol; whether it can be."""
        pkt, at = self.pkt, seen.off
        first = pkt.u8(at)
        size = card.cookie
        if first == LINK_COOKIE:
            size += 2
        elif first == SERVICES_COOKIE:
            size = MAX_COOKIE
        seen.cookie_kind = first if first in (LINK_COOKIE, SERVICES_COOKIE) else 0
        if pkt.link_type == MULTILINK_FR and first & CHILD_MASK == CHILD_MASK:
            size = 0
        say(line, b"%s-PIC, cookie-len %d" % (card.name, size))
        if size > MAX_COOKIE:
            return False
        if size:
            cookie = pkt.raw(at, size)
            front.cookie = cookie
            seen.cookie = cookie.ljust(MAX_COOKIE, b"\0")
            seen.cookie_length = size
            say(line, b", cookie 0x" + cookie.hex().encode())
        say(line, b": ")
        seen.proto = pkt.u16(at + size)
        seen.skip(size)
        return True


def number_of(kind: int, value: bytes) -> int:
    """An extension's value as a number."""
    return int.from_bytes(value, "little" if kind < BIG_ENDIAN_FROM else "big")


def value_text(kind: int, value: bytes) -> bytes:
    """An extension's value, where it is a number."""
    number = number_of(kind, value)
    if kind == DEVICE_NAME or len(value) > 4 or number == 0xFFFFFFFF:
        return b""
    if kind in MEDIA or kind in ENCAPSULATION:
        names = MEDIA_NAMES if kind in MEDIA else ENCAPSULATION_NAMES
        return b"%s (%d)" % (named(names, number, b"Unknown"), number)
    return b"%d" % number
