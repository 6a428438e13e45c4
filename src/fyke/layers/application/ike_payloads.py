"""IKE payloads of both versions (RFC 2408 §3, RFC 7296 §3); tcpdump: print-isakmp.c.

A writer gets a payload's offset and length, and returns where the next one begins; None ends the
message. ``Cut`` is a payload whose octets were not all captured.
"""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.application.ike_names import (
    ATTRIBUTES,
    AUTHENTICATION_NAMES,
    CERTIFICATE_NAMES,
    ENCRYPTION_ATTRIBUTES,
    GROUP_NAMES,
    IDENTITY2_NAMES,
    IDENTITY_NAMES,
    IPSEC_NOTIFY_NAMES,
    NOTIFY2_NAMES,
    NOTIFY_NAMES,
    OAKLEY_ATTRIBUTES,
    PAYLOAD_NAMES,
    PROTOCOL_NAMES,
    TRANSFORMS,
    TYPE_NAMES,
    TYPE_TRANSFORMS,
)
from fyke.layers.words import named, signed
from fyke.wire import Line, Record

HEADER = 4  # octets of the generic header: next payload, flags, length
SA, PROPOSAL, TRANSFORM, ENCRYPTED = 1, 2, 3, 46  # payload types
IPSEC = 1  # domain of interpretation
SHORT_VALUE = 0x8000  # attribute: the value stands where else the length does
NOTIFICATION2 = 41  # payload
MAX_DEPTH = 32
NUMBER = b"#%d"
AttributeNames = dict[int, tuple[bytes, dict[int, bytes]]]


class Cut(Exception):
    """A payload was not captured whole."""


class Context:
    """What payloads know of the message around them."""

    __slots__ = ("domain", "flags", "phase", "protocol", "version")

    def __init__(self, version: int, phase: int, flags: int) -> None:
        self.version = version
        self.phase = phase
        self.flags = flags
        self.domain = 0
        self.protocol = 0


def payload_name(kind: int) -> bytes:
    return named(PAYLOAD_NAMES, kind, NUMBER)


def put_raw(line: Line, pkt: Record, off: int, count: int) -> None:
    if count < 0 or not pkt.has(off, count):
        raise Cut
    line.hex_string(pkt, off, count)


def put_some(line: Line, pkt: Record, off: int) -> None:
    """The first ten octets from ``off`` on and the last twenty of the packet."""
    count = min(pkt.end - off, 10)
    tail = pkt.end - 20
    if tail < off + count:
        tail = off + count
    line.put(b" data=(")
    put_raw(line, pkt, off, count)
    line.put(b"...")
    if tail < pkt.end:
        put_raw(line, pkt, tail, pkt.end - tail)
    line.put(b")")


def write_payloads(line: Line, pkt: Record, off: int, kind: int, context: Context,
                   depth: int) -> int | None:
    """A chain of payloads, the first of type ``kind``; each begins a line."""
    while kind:
        if not pkt.has(off, HEADER) or not pkt.has(off, pkt.u16(off + 2)):
            line.put(b" [|%s]" % payload_name(kind))
            return None
        following = pkt.u8(off)
        line.put(b"\n" + b"    " * (depth + 1) + b"(")
        after = write_payload(line, pkt, off, kind, context, depth + 1)
        line.put(b")")
        if after is None:
            return None
        kind = following
        off = after
    return off


def write_payload(line: Line, pkt: Record, off: int, kind: int, context: Context,
                  depth: int) -> int | None:
    length = pkt.u16(off + 2)
    if length <= HEADER or depth > MAX_DEPTH:
        return None
    writer = WRITERS.get(kind)
    if writer is None:
        line.put(payload_name(kind))
        return off + length
    try:
        return writer(line, pkt, off, length, kind, context, depth)
    except Cut:
        line.put(b" [|%s]" % (b"n" if kind == NOTIFICATION2 else payload_name(kind)))
        return None


def need(pkt: Record, off: int, count: int) -> None:
    if not pkt.has(off, count):
        raise Cut


def write_attribute(line: Line, pkt: Record, off: int, stop: int, names: AttributeNames) -> int:
    """One attribute of a transform; where the next one begins."""
    first = pkt.u16(off)
    total = HEADER if first & SHORT_VALUE else HEADER + pkt.u16(off + 2)
    if off + total > stop:
        line.put(b"[|attr]")
        return stop + 1
    number = first & 0x7FFF
    name, values = names.get(number, (b"", {}))
    line.put(b"(type=%s " % (name or NUMBER % number))
    if first & SHORT_VALUE:
        value = pkt.u16(off + 2)
        line.put(b"value=")
        line.put(values.get(value) or b"%04x" % value)
    else:
        line.put(b"len=%d value=" % (total - HEADER))
        try:
            put_raw(line, pkt, off + HEADER, total - HEADER)
        except Cut:
            line.put(b")")
            raise
    line.put(b")")
    return off + total


def write_attributes(line: Line, pkt: Record, off: int, stop: int, names: AttributeNames) -> int:
    while off < pkt.end and off < stop:
        off = write_attribute(line, pkt, off, stop, names)
    if pkt.end < stop:
        line.put(b"...")
    return off


# Version 1


def write_sa(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
             depth: int) -> int | None:
    """A security association: proposals follow (RFC 2408 §3.4)."""
    line.put(b"sa:")
    need(pkt, off, 12)
    domain = pkt.u32(off + 4)
    situation = pkt.u32(off + 8)
    if domain != IPSEC:
        line.put(b" doi=%d situation=%d" % (signed(domain), situation))
        return off + 12
    words = [word for bit, word in ((1, b"identity"), (2, b"secrecy"), (4, b"integrity"))
             if situation & bit]
    line.put(b" doi=ipsec situation=" + b"+".join(words))
    at = off + 12
    if situation != 1:
        line.put(b" ident=%d" % pkt.u32(off + HEADER))
        at += 4
    need(pkt, at, HEADER)
    context.domain = domain
    return write_payloads(line, pkt, at, PROPOSAL, context, depth)


def write_proposal(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                   depth: int) -> int | None:
    line.put(b"p:")
    need(pkt, off, 8)
    protocol = pkt.u8(off + 5)
    spi = pkt.u8(off + 6)
    line.put(b" #%d protoid=%s transform=%d" % (
        pkt.u8(off + 4), named(PROTOCOL_NAMES, protocol, NUMBER), pkt.u8(off + 7)))
    if spi:
        line.put(b" spi=")
        put_raw(line, pkt, off + 8, spi)
    need(pkt, off + 8 + spi, HEADER)
    context.protocol = protocol
    return write_payloads(line, pkt, off + 8 + spi, TRANSFORM, context, depth)


def write_transform(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                    depth: int) -> int | None:
    line.put(b"t:")
    need(pkt, off, 8)
    number = pkt.u8(off + 5)
    names = TRANSFORMS.get(context.protocol)
    identity = b"%d" % number if names is None else named(names, number, NUMBER)
    line.put(b" #%d id=%s " % (pkt.u8(off + 4), identity))
    return write_attributes(line, pkt, off + 8, off + length,
                            ATTRIBUTES.get(context.protocol, {}))


def put_octets(line: Line, pkt: Record, off: int, length: int) -> None:
    """With -vvv, everything after the generic header."""
    if line.style.verbose > 2 and length > HEADER:
        line.char(32)
        put_raw(line, pkt, off + HEADER, length - HEADER)


def write_key(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
              depth: int) -> int | None:
    line.put(b"ke: key len=%d" % (length - HEADER))
    put_octets(line, pkt, off, length)
    return off + length


def write_plain(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                depth: int) -> int | None:
    """Hash, signature, vendor: octets that mean nothing here."""
    line.put(b"%s: len=%d" % (payload_name(kind), length - HEADER))
    put_octets(line, pkt, off, length)
    return off + length


def write_certificate(line: Line, pkt: Record, off: int, length: int, kind: int,
                      context: Context, depth: int) -> int | None:
    line.put(b"%s:" % payload_name(kind))
    need(pkt, off, 5)
    line.put(b" len=%d type=%s" % (
        length - HEADER, named(CERTIFICATE_NAMES, pkt.u8(off + 4), NUMBER)))
    put_octets(line, pkt, off, length)
    return off + length


def write_nonce(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                depth: int) -> int | None:
    line.put(b"nonce: n len=%d" % (length - HEADER))
    if line.style.verbose > 2:
        put_octets(line, pkt, off, length)
    elif line.style.verbose > 1:
        line.char(32)
        put_some(line, pkt, off + HEADER)
    return off + length


def write_identity(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                   depth: int) -> int | None:
    """Who is talking (RFC 2407 §4.6.2)."""
    line.put(b"id:")
    need(pkt, off, 8)
    form = pkt.u8(off + 4)
    line.put(b" idtype=%s protoid=%d port=%d" % (
        named(IDENTITY_NAMES, form, NUMBER), pkt.u8(off + 5), pkt.u16(off + 6)))
    size = length - 8
    if size <= 0:
        return off + length
    need(pkt, off + 8, size)
    line.put(b" len=%d" % size)
    if form in IDENTITY_FORMS:
        least, writer = IDENTITY_FORMS[form]
        if size < least:
            line.put(b" [bad: < %d]" % least)
        else:
            line.char(32)
            writer(line, pkt, off + 8, size)
    elif line.style.verbose > 2:
        line.char(32)
        put_raw(line, pkt, off + 8, size)
    return off + length


def put_mask(line: Line, pkt: Record, off: int, size: int) -> None:
    line.host4(pkt.u32(off))
    line.char(47)
    line.ipv4(pkt.u32(off + 4))


def put_mask6(line: Line, pkt: Record, off: int, size: int) -> None:
    line.host6(pkt, off)
    line.put(b"/0x")
    line.hex_string(pkt, off + 16, 16)


def put_range(line: Line, pkt: Record, off: int, size: int) -> None:
    line.host4(pkt.u32(off))
    line.char(45)
    line.host4(pkt.u32(off + 4))


def put_range6(line: Line, pkt: Record, off: int, size: int) -> None:
    line.host6(pkt, off)
    line.char(45)
    line.host6(pkt, off + 16)


def put_host(line: Line, pkt: Record, off: int, size: int) -> None:
    line.host4(pkt.u32(off))


def put_host6(line: Line, pkt: Record, off: int, size: int) -> None:
    line.host6(pkt, off)


IDENTITY_FORMS: dict[int, tuple[int, Callable[[Line, Record, int, int], None]]] = {
    1: (4, put_host), 2: (0, Line.escaped), 3: (0, Line.escaped), 4: (8, put_mask),
    5: (16, put_host6), 6: (32, put_mask6), 7: (8, put_range), 8: (32, put_range6),
}


def write_notification(line: Line, pkt: Record, off: int, length: int, kind: int,
                       context: Context, depth: int) -> int | None:
    line.put(b"n:")
    need(pkt, off, 12)
    domain = pkt.u32(off + 4)
    protocol = pkt.u8(off + 8)
    spi = pkt.u8(off + 9)
    number = pkt.u16(off + 10)
    name = NOTIFY_NAMES.get(number)
    if domain == IPSEC:
        name = name or IPSEC_NOTIFY_NAMES.get(number)
        line.put(b" doi=ipsec proto=%s" % named(PROTOCOL_NAMES, protocol, NUMBER))
    else:
        line.put(b" doi=%d proto=%d" % (domain, protocol))
    line.put(b" type=%s" % (name or NUMBER % notify_number(number, domain)))
    if spi:
        line.put(b" spi=")
        put_raw(line, pkt, off + 12, spi)
    at = off + 12 + spi
    if domain != IPSEC:
        return at
    if at < pkt.end:
        write_notified(line, pkt, at, off + length, number)
    return off + length


def notify_number(number: int, domain: int) -> int:
    """What stands for a number without a name: some ranges are counted from their beginning."""
    if domain == IPSEC:
        return number % 8192 if number < 32768 else number
    return number - 16384 if 16384 <= number < 24576 else number


def write_notified(line: Line, pkt: Record, off: int, stop: int, number: int) -> None:
    if number == 24576:
        line.put(b" attrs=(")
        while off < pkt.end and off < stop:
            off = write_attribute(line, pkt, off, stop, OAKLEY_ATTRIBUTES)
        line.put(b")")
    elif number == 24577:
        line.put(b" status=(replay detection %sabled)" % (b"en" if pkt.u32(off) else b"dis"))
    elif line.style.verbose > 3:
        line.put(b" data=(")
        put_raw(line, pkt, off, pkt.end - off)
        line.put(b")")
    else:
        put_some(line, pkt, off)


def write_delete(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                 depth: int) -> int | None:
    line.put(b"d:")
    need(pkt, off, 12)
    domain = pkt.u32(off + 4)
    protocol = pkt.u8(off + 8)
    size = pkt.u8(off + 9)
    count = pkt.u16(off + 10)
    if domain == IPSEC:
        line.put(b" doi=ipsec proto=%s" % named(PROTOCOL_NAMES, protocol, NUMBER))
    else:
        line.put(b" doi=%d proto=%d" % (domain, protocol))
    line.put(b" spilen=%d nspi=%d" % (size, count))
    if size == 0:
        return off + 12
    line.put(b" spi=")
    at = off + 12
    for i in range(count):
        if i:
            line.char(44)
        put_raw(line, pkt, at, size)
        at += size
    return at


# Version 2


def put_title(line: Line, pkt: Record, off: int, name: bytes) -> None:
    line.put(name)
    line.put(b"[C]:" if pkt.u8(off + 1) & 0x80 else b":")


def write_sa2(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
              depth: int) -> int | None:
    put_title(line, pkt, off, b"sa")
    line.put(b" len=%d" % (length - HEADER))
    return write_list(line, pkt, off + HEADER, length - HEADER, PROPOSAL, kind, depth,
                      write_proposal2)


def write_list(line: Line, pkt: Record, off: int, left: int, kind: int, outer: int, depth: int,
               writer: Callable[[Line, Record, int, int, int, int], int | None]) -> int | None:
    """Proposals of an association, or transforms of a proposal."""
    wanted = kind
    number = 0
    while kind:
        number += 1
        if left < HEADER:
            line.put(b" [|%s]" % payload_name(outer))
            return off + left
        need(pkt, off, HEADER)
        following = pkt.u8(off)
        size = pkt.u16(off + 2)
        if size <= HEADER:
            raise Cut
        if left < size:
            line.put(b" [|%s]" % payload_name(outer))
            return off + left
        need(pkt, off, size)
        line.put(b"\n" + b"    " * (depth + 1) + b"(")
        if kind == wanted:
            after = writer(line, pkt, off, size, number, depth + 1)
            if after is None:
                return None
            off = after
        else:
            line.put(payload_name(kind))
            off += size
        line.put(b")")
        left -= size
        kind = following
    return off


def write_proposal2(line: Line, pkt: Record, off: int, length: int, number: int,
                    depth: int) -> int | None:
    try:
        need(pkt, off, 8)
        put_title(line, pkt, off, b"p")
        spi = pkt.u8(off + 6)
        line.put(b" #%d protoid=%s transform=%d len=%d" % (
            pkt.u8(off + 4), named(PROTOCOL_NAMES, pkt.u8(off + 5), NUMBER), pkt.u8(off + 7),
            length))
        left = length - HEADER
        at = off + 8
        if spi:
            if left < spi:
                line.put(b" [|p]")
                return at + left
            line.put(b" spi=")
            put_raw(line, pkt, at, spi)
            at += spi
            left -= spi
        return write_list(line, pkt, at, left, TRANSFORM, PROPOSAL, depth, write_transform2)
    except Cut:
        line.put(b" [|p]")
        return None


def write_transform2(line: Line, pkt: Record, off: int, length: int, number: int,
                     depth: int) -> int | None:
    try:
        need(pkt, off, 8)
        put_title(line, pkt, off, b"t")
        kind = pkt.u8(off + 4)
        transform = pkt.u16(off + 6)
        names = TYPE_TRANSFORMS.get(kind)
        identity = b"%d" % transform if names is None else named(names, transform, NUMBER)
        line.put(b" #%d type=%s id=%s " % (number, named(TYPE_NAMES, kind, NUMBER), identity))
        return write_attributes(line, pkt, off + 8, off + length,
                                ENCRYPTION_ATTRIBUTES if kind == 1 else {})
    except Cut:
        line.put(b" [|t]")
        return None


def write_key2(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
               depth: int) -> int | None:
    need(pkt, off, 8)
    if length < 8:
        line.put(b"%s: len=%d < 8" % (payload_name(kind), length))
        return off + length
    put_title(line, pkt, off, payload_name(kind))
    line.put(b" len=%d group=%s" % (length - 8, named(GROUP_NAMES, pkt.u16(off + 4), NUMBER)))
    if line.style.verbose > 2 and length > 8:
        line.char(32)
        put_raw(line, pkt, off + 8, length - 8)
    return off + length


def write_identity2(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                    depth: int) -> int | None:
    need(pkt, off, 8)
    put_title(line, pkt, off, payload_name(kind))
    line.put(b" len=%d" % (length - HEADER))
    put_octets(line, pkt, off, length)
    if length < 8:
        line.put(b" [payload too short]")
        return off + length
    form = pkt.u8(off + 4)
    if form not in IDENTITY2_NAMES:
        return off + length
    line.put(b" %s:" % IDENTITY2_NAMES[form])
    if form in (2, 3):
        line.escaped(pkt, off + 8, length - 8)
    else:
        put_raw(line, pkt, off + 8, length - 8)
    return off + length


def put_dotted(line: Line, pkt: Record, off: int, count: int) -> None:
    """Text, with a dot for what cannot be printed."""
    need(pkt, off, count)
    line.put(bytes(c if 32 <= c < 127 else 46 for c in pkt.raw(off, count)))


def write_generic2(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                   depth: int) -> int | None:
    put_title(line, pkt, off, payload_name(kind))
    line.put(b" len=%d" % (length - HEADER))
    put_octets(line, pkt, off, length)
    return off + length


def write_authentication2(line: Line, pkt: Record, off: int, length: int, kind: int,
                          context: Context, depth: int) -> int | None:
    need(pkt, off, 8)
    put_title(line, pkt, off, payload_name(kind))
    line.put(b" len=%d method=%s" % (
        length - 8, named(AUTHENTICATION_NAMES, pkt.u8(off + 4), NUMBER)))
    if length > 8:
        if line.style.verbose > 1:
            line.put(b" authdata=(")
            put_raw(line, pkt, off + 8, length - 8)
            line.put(b") ")
        else:
            put_some(line, pkt, off + 8)
    return off + length


def write_nonce2(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                 depth: int) -> int | None:
    put_title(line, pkt, off, b"nonce")
    line.put(b" len=%d" % (length - HEADER))
    if line.style.verbose > 1:
        line.put(b" nonce=(")
        put_raw(line, pkt, off + HEADER, length - HEADER)
        line.put(b") ")
    else:
        put_some(line, pkt, off + HEADER)
    return off + length


def write_notification2(line: Line, pkt: Record, off: int, length: int, kind: int,
                        context: Context, depth: int) -> int | None:
    need(pkt, off, 8)
    put_title(line, pkt, off, b"n")
    line.put(b" prot_id=%s" % named(PROTOCOL_NAMES, pkt.u8(off + 4), NUMBER))
    spi = pkt.u8(off + 5)
    number = pkt.u16(off + 6)
    name, show_spi = NOTIFY2_NAMES.get(number, (
        b"error" if number < 8192 else b"private-error" if number < 16384
        else b"status" if number < 40960 else b"private-status", True))
    line.put(b" type=%d(%s)" % (number, name))
    if show_spi and spi:
        line.put(b" spi=")
        put_raw(line, pkt, off + 8, spi)
    at = off + 8 + spi
    some = name == b"cookie"
    if at < pkt.end:
        if line.style.verbose > 3 or (some and pkt.end - at < 30):
            line.put(b" data=(")
            put_raw(line, pkt, at, pkt.end - at)
            line.put(b")")
        elif some:
            put_some(line, pkt, at)
    return off + length


def write_vendor2(line: Line, pkt: Record, off: int, length: int, kind: int, context: Context,
                  depth: int) -> int | None:
    put_title(line, pkt, off, payload_name(kind))
    line.put(b" len=%d vid=" % (length - HEADER))
    put_dotted(line, pkt, off + HEADER, length - HEADER)
    if length - HEADER > 4:
        put_octets(line, pkt, off, length)
    return off + length


def write_encrypted2(line: Line, pkt: Record, off: int, length: int, kind: int,
                     context: Context, depth: int) -> int | None:
    """What only the two ends can read; always the last payload."""
    put_title(line, pkt, off, payload_name(kind))
    line.put(b" len=%d" % (length - HEADER))
    if length - HEADER > 4:
        put_octets(line, pkt, off, length)
    return None


Writer = Callable[[Line, Record, int, int, int, Context, int], "int | None"]
WRITERS: dict[int, Writer] = {
    SA: write_sa, PROPOSAL: write_proposal, TRANSFORM: write_transform, 4: write_key,
    5: write_identity, 6: write_certificate, 7: write_certificate, 8: write_plain,
    9: write_plain, 10: write_nonce, 11: write_notification, 12: write_delete, 13: write_plain,
    33: write_sa2, 34: write_key2, 35: write_identity2, 36: write_identity2, 37: write_generic2,
    38: write_generic2, 39: write_authentication2, 40: write_nonce2, 41: write_notification2,
    42: write_generic2, 43: write_vendor2, 44: write_generic2, 45: write_generic2,
    ENCRYPTED: write_encrypted2, 47: write_generic2, 48: write_generic2,
}
