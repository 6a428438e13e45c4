"""Babel's messages as values (RFC 8966 §4.6, RFC 8967 §4, RFC 7298, RFC 9079)."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import Form, Malformed, nothing, options, raw, tlvs
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.wire import Record, Truncated

V4_PREFIX = bytes(10) + b"\xff\xff" + bytes(4)
PAD1, ACK_REQUEST, ACK, HELLO, IHU, ROUTER_ID, NEXT_HOP, UPDATE, REQUEST, SEQNO_REQUEST = (
    0, 2, 3, 4, 5, 6, 7, 8, 9, 10)
TSPC, HMAC, SS_UPDATE, SS_REQUEST, SS_SEQNO_REQUEST, MAC, PC, CHALLENGE, ANSWER = range(11, 20)
TYPES = {0: "pad1", 1: "padn", 2: "ack_request", 3: "ack", 4: "hello", 5: "ihu", 6: "router_id",
         7: "next_hop", 8: "update", 9: "route_request", 10: "seqno_request", 11: "tspc",
         12: "hmac", 13: "ss_update", 14: "ss_request", 15: "ss_seqno_request", 16: "mac",
         17: "pc", 18: "challenge_request", 19: "challenge_reply"}


class Message(NamedTuple):
    """A message; None for what its type does not have."""

    type: int
    name: str
    length: int
    is_unicast: bool | None = None  #: of a hello
    seqno: int | None = None
    interval: int | None = None  #: hundredths of a second
    metric: int | None = None  #: of an update; rxcost of an IHU
    address: str | None = None  #: whom an IHU is for, a next hop
    prefix: str | None = None
    router_id: str | None = None
    nonce: int | None = None
    hops: int | None = None
    source_prefix: str | None = None  #: of source-specific messages
    counter: int | None = None  #: of packets, against replays
    time: int | None = None  #: of a TS/PC
    key_id: int | None = None
    data: str | None = None  #: a digest, a counter's index, a challenge: hexadecimal
    sub_tlvs: Options | None = None


def channels(pkt: Record, at: int, size: int) -> list[int]:
    return list(pkt.raw(at, size))


def stamps(pkt: Record, at: int, size: int) -> list[int]:
    """Microseconds: when a hello was sent; in an IHU when a hello was sent and received."""
    return [pkt.u32(one) for one in range(at, at + size - 3, 4)]


SUB_TLVS = {0: Form("pad1", nothing), 1: Form("padn", raw), 2: Form("diversity", channels),
            3: Form("timestamp", stamps, 4), 128: Form("source_prefix", raw)}


def messages_of(pkt: Record, at: int, stop: int) -> Options:
    """The messages from ``at`` to ``stop``; ``cut`` if the last cannot be."""
    found = Options()
    known = {1: V4_PREFIX, 2: bytes(16)}
    try:
        for one in tlvs(pkt, at, stop, singles=frozenset((PAD1,))):
            octets = pkt.raw(one.at, one.size)
            try:
                found.append(read(one.type, octets, known))
            except (Malformed, Truncated):
                found.append(plain(one.type, octets))
    except (Malformed, Truncated):
        found.cut = True
    return found


def plain(kind: int, octets: bytes) -> Message:
    return Message(kind, TYPES.get(kind, f"unknown_{kind}"), len(octets))


def read(kind: int, octets: bytes, known: dict[int, bytes]) -> Message:
    """A message. Raises Truncated where it is shorter than its type has, Malformed for nonsense."""
    body, message = Record(octets), plain(kind, octets)
    if kind == ACK_REQUEST:
        return message._replace(nonce=body.u16(2), interval=body.u16(4))
    if kind == ACK:
        return message._replace(nonce=body.u16(0))
    if kind == HELLO:
        return message._replace(is_unicast=bool(body.u16(0) & 0x8000), seqno=body.u16(2),
                                interval=body.u16(4), sub_tlvs=behind(body, 6))
    if kind == IHU:
        encoding = body.u8(0)
        return message._replace(
            metric=body.u16(2), interval=body.u16(4), address=place(body, encoding, 6),
            sub_tlvs=behind(body, 6 + written_octets(encoding, 32 if encoding == 1 else 128, 0)))
    if kind == ROUTER_ID:
        return message._replace(router_id=body.raw(2, 8).hex(":"))
    if kind == NEXT_HOP:
        return message._replace(address=place(body, body.u8(0), 2))
    if kind == UPDATE:
        encoding, flags, bits = body.u8(0), body.u8(1), body.u8(2)
        found = prefix(body, encoding, bits, body.u8(3), 10, known)
        if flags & 0x80:
            known[1 if encoding == 1 else 2] = found
        return message._replace(
            interval=body.u16(4), seqno=body.u16(6), metric=body.u16(8),
            prefix=written(encoding, found, bits),
            sub_tlvs=behind(body, 10 + written_octets(encoding, bits, body.u8(3))))
    if kind in (SS_UPDATE, SS_REQUEST, SS_SEQNO_REQUEST):
        return source_specific(kind, body, message, known)
    if kind == TSPC:
        return message._replace(counter=body.u16(0), time=body.u32(2))
    if kind == HMAC:
        return message._replace(key_id=body.u16(0), data=octets[2:].hex())
    if kind == PC:
        return message._replace(counter=body.u32(0), data=octets[4:].hex())
    if kind in (MAC, CHALLENGE, ANSWER):
        return message._replace(data=octets.hex())
    if kind in (REQUEST, SEQNO_REQUEST):
        encoding, bits = body.u8(0), body.u8(1)
        start = 2 if kind == REQUEST else 14
        message = message._replace(prefix=written(
            encoding, prefix(body, encoding, bits, 0, start, known), bits))
        if kind == SEQNO_REQUEST:
            message = message._replace(seqno=body.u16(2), hops=body.u8(4),
                                       router_id=body.raw(6, 8).hex(":"))
    return message


def source_specific(kind: int, body: Record, message: Message,
                    known: dict[int, bytes]) -> Message:
    """A route for packets from one prefix only (draft-boutier-babel-source-specific-01)."""
    encoding = body.u8(0)
    if kind == SS_UPDATE:
        source_bits, bits, omitted, at = body.u8(1), body.u8(2), body.u8(3), 10
        message = message._replace(interval=body.u16(4), seqno=body.u16(6), metric=body.u16(8))
    else:
        bits, omitted = body.u8(1), 0
        source_bits, at = (body.u8(2), 3) if kind == SS_REQUEST else (body.u8(5), 14)
    if kind == SS_SEQNO_REQUEST:
        message = message._replace(seqno=body.u16(2), hops=body.u8(4),
                                   router_id=body.raw(6, 8).hex(":"))
    found = prefix(body, encoding, bits, omitted, at, known)
    at += written_octets(encoding, bits, omitted)
    source = prefix(body, encoding, source_bits, 0, at, {})
    return message._replace(
        prefix=written(encoding, found, bits),
        source_prefix=written(encoding, source, source_bits),
        sub_tlvs=behind(body, at + written_octets(encoding, source_bits, 0)))


def written_octets(encoding: int, bits: int, omitted: int) -> int:
    """How many octets of a prefix stand in the message."""
    if encoding == 0:
        return 0
    return max((bits + 7) // 8 - (8 if encoding == 3 else omitted), 0)


def behind(body: Record, at: int) -> Options | None:
    """Sub-TLVs, where a message is longer than its fields."""
    if at >= body.caplen:
        return None
    return options(body, tlvs(body, at, body.caplen, singles=frozenset((PAD1,))), SUB_TLVS)


def place(body: Record, encoding: int, at: int) -> str | None:
    """An address; None for any."""
    if encoding == 0:
        return None
    octets = prefix(body, encoding, 32 if encoding == 1 else 128, 0, at, {})
    return address(octets[12:] if encoding == 1 else octets)


def prefix(body: Record, encoding: int, bits: int, omitted: int, at: int,
           known: dict[int, bytes]) -> bytes:
    """A prefix in 16 octets, those of IPv4 behind ::ffff (RFC 8966 §4.1.5)."""
    octets = (bits + 7) // 8
    most = {0: 16, 1: 4, 2: 16, 3: 16}.get(encoding)
    if most is None or octets > most or omitted > most:
        raise Malformed("no such prefix")
    if encoding == 0:
        return bytes(16)
    if encoding == 1:
        head = known.get(1, V4_PREFIX)[:12 + omitted]
    elif encoding == 2:
        head = known.get(2, bytes(16))[:omitted]
    else:
        head, omitted = b"\xfe\x80" + bytes(6), 8
    return (head + body.raw(at, max(octets - omitted, 0))).ljust(16, b"\0")[:16]


def written(encoding: int, octets: bytes, bits: int) -> str:
    if encoding == 0:
        return "any"
    return f"{address(octets[12:] if encoding == 1 else octets)}/{bits}"
