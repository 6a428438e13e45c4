"""Room conversations/: what packets say of names and applications.

DNS answers (RFC 1035) say what an address was asked for as; a TLS ClientHello says which server
it wants (RFC 6066 §3); the first octets of a payload say what it is.
"""

from __future__ import annotations

from itertools import islice

from fyke.wire import Record, Truncated

MAX_NAMES = 1 << 16  # addresses; then what was learnt first is forgotten
MAX_RECORDS = 64  # of one answer
LONGEST = 255  # octets of a domain name
CLIENT_HELLO = 1
SERVER_NAME = 0
LONGEST_HELLO = 1 << 14  # octets of a TLS record (RFC 8446 §5.1)

METHODS = frozenset((b"GET ", b"POST", b"HEAD", b"PUT ", b"DELE", b"OPTI", b"CONN", b"PATC",
                     b"TRAC", b"HTTP"))
#: Octets of a domain name as text: lengths of labels (below 45) are dots, what is not plain "?".
NAME = bytes(46 if c < 45 else c if (chr(c).isalnum() and c < 128) or c in b"-_" else 63
             for c in range(256))
#: QUIC versions: 1 (RFC 9000), 2 (RFC 9369), and negotiation.
QUIC = frozenset((1, 0x6B3343CF, 0))


class Names:
    """Names by address, as DNS answers told them."""

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: dict[int | tuple[int, int], str] = {}  # an address of IPv4 is one number

    def of(self, high: int, low: int) -> str | None:
        """The name of an address; None if nobody asked for it."""
        if high:
            return self.known.get((high, low))
        return self.known.get(low)

    def learn(self, packet: Record, at: int, end: int) -> None:
        """Read a DNS message, if it is an answer without error."""
        try:
            if packet.u16(at + 2) & 0x800F != 0x8000:
                return
            questions = packet.u16(at + 4)
            answers = packet.u16(at + 6)
            if questions > 1 or answers == 0:
                return
            start = at
            at += 12
            name = domain(packet, at, start) if questions else None
            if questions:
                at = behind_name(packet, at) + 4
            for turn in range(answers):
                if turn == MAX_RECORDS or at >= end:
                    break
                if name is None:
                    name = domain(packet, at, start)
                at = behind_name(packet, at)
                kind = packet.u16(at)
                size = packet.u16(at + 8)
                at += 10
                if kind == 1 and size == 4:
                    self.keep(0, packet.u32(at), name)
                elif kind == 28 and size == 16:
                    self.keep(packet.u64(at), packet.u64(at + 8), name)
                if not questions:
                    name = None
                at += size
        except Truncated:
            pass

    def keep(self, high: int, low: int, name: str) -> None:
        if not name:
            return
        if len(self.known) >= MAX_NAMES:
            self.forget()
        if high:
            self.known[high, low] = name
        else:
            self.known[low] = name

    def forget(self) -> None:
        """Make room for many at once: a dict is slow to find the first behind those that left."""
        for key in list(islice(self.known, MAX_NAMES >> 3)):
            del self.known[key]


def behind_name(packet: Record, at: int) -> int:
    """Where a domain name ends."""
    for _turn in range(LONGEST):
        size = packet.u8(at)
        if size >= 0xC0:
            return at + 2
        at += 1 + size
        if size == 0:
            break
    return at


def domain(packet: Record, at: int, start: int) -> str:
    """A domain name as text, without the last dot; pointers count from ``start``."""
    measure = plain_length(packet, at)
    if measure:
        text = packet.raw(at + 1, (measure & 0xFFFF) - 2).translate(NAME)
        if b"?" not in text and text.count(b".") == (measure >> 16) - 1:
            return text.decode()
    labels = []
    said = 0
    for _turn in range(LONGEST):
        size = packet.u8(at)
        if size >= 0xC0:
            at = start + ((size & 0x3F) << 8 | packet.u8(at + 1))
            continue
        if size == 0 or said > LONGEST:
            break
        labels.append(escaped(packet.raw(at + 1, size)))
        said += 1 + size
        at += 1 + size
    return ".".join(labels)


def plain_length(packet: Record, at: int) -> int:
    """Octets of a domain name without pointers, and its labels, 16 bits higher; else 0."""
    begin = at
    labels = 0
    while at - begin <= LONGEST:
        size = packet.u8(at)
        if size >= 0xC0:
            return 0
        at += 1 + size
        if size == 0:
            return labels << 16 | (at - begin) if labels else 0
        labels += 1
    return 0


def escaped(label: bytes) -> str:
    """A label's octets, what is no letter, digit or the like as \\DDD (RFC 1035 §5.1)."""
    if label.isalnum():  # of ASCII: most are
        return label.decode()
    return "".join(chr(c) if 33 <= c <= 126 and c not in b'."\\' else f"\\{c:03}" for c in label)


def recognise(packet: Record, at: int, end: int, proto: int) -> str | None:
    """What a payload is by its first octets; None if they say nothing."""
    if end > packet.end:
        end = packet.end
    if end - at < 4:
        return None
    first = packet.u8(at)
    second = packet.u8(at + 1)
    if proto == 6:
        if 0x14 <= first <= 0x17 and second == 3:
            return "tls"
        if first == 0x53 and packet.raw(at, 4) == b"SSH-":
            return "ssh"
        if 0x43 <= first <= 0x54 and packet.raw(at, 4) in METHODS:
            return "http"
        if first == 0x13 and end - at >= 20 and packet.raw(at, 20) == b"\x13BitTorrent protocol":
            return "bittorrent"
    elif first & 0xC0 == 0xC0 and end - at >= 20 and packet.u32(at + 1) in QUIC:
        return "quic"
    return None


def server_name(hello: bytes) -> tuple[str | None, bool]:
    """The server's name in a TLS ClientHello, and whether more octets could tell more."""
    if len(hello) < 6 or hello[0] != 0x16 or hello[5] != CLIENT_HELLO:
        return None, len(hello) < 6
    at = 5 + 4 + 2 + 32  # record, handshake, version, random (RFC 8446 §4.1.2)
    try:
        at += 1 + hello[at]  # session
        at += 2 + two(hello, at)  # cipher suites
        at += 1 + hello[at]  # compression methods
        end = at + 2 + two(hello, at)
        at += 2
        while at + 4 <= end:
            kind, size = two(hello, at), two(hello, at + 2)
            at += 4
            if kind == SERVER_NAME and size >= 5:
                length = two(hello, at + 3)
                name = hello[at + 5:at + 5 + length]
                if len(name) < length:
                    return None, True
                return (escaped_host(name) if 0 < length <= LONGEST else None), False
            at += size
    except IndexError:
        return None, True
    return None, False


def quic_name(packet: Record, at: int, end: int, pieces: dict[int, bytes]
              ) -> tuple[str | None, bool]:
    """The same of QUIC: the Initial packets of a datagram (RFC 9001 §5), and ``pieces`` of those
    before it. Raises ImportError without the extra ``crypto``.
    """
    from fyke.layers.application.quic_initial import gather, joined
    if not gather(packet, at, end - at, pieces):
        return None, False
    hello = joined(pieces)[:0xFFFF]
    return server_name(b"\x16\3\1" + len(hello).to_bytes(2, "big") + hello)


def two(data: bytes, at: int) -> int:
    """Two octets as a number. Raises IndexError."""
    return data[at] << 8 | data[at + 1]


def escaped_host(name: bytes) -> str:
    """A host's name, harmless."""
    return ".".join(map(escaped, name.split(b".")))
