"""Values of IKE's payloads of both versions (RFC 2407 §4.6, RFC 2408 §3, RFC 7296 §3).

What is cryptography (hashes, nonces, signatures, key data) stays octets.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application import ike_names as names
from fyke.layers.cursor import MOST, Cursor, Malformed, text
from fyke.layers.plain import address
from fyke.wire import Record

LAST = 0  # "next payload" of the last proposal or transform
SHORT_VALUE = 0x8000  # attribute: the value stands where else the length does
IPSEC = 1  # domain of interpretation
WITH_IDENTITY = 1  # situation
ADDRESS_RANGES = {7: 4, 8: 16}  # types of traffic selectors


class Attribute(NamedTuple):
    """Of a transform: a number, or octets."""

    type: int
    value: Any


class Transform(NamedTuple):
    """One algorithm (version 2), or a suite told by attributes (version 1)."""

    type: int | None  #: version 2: 1 encryption, 2 PRF, 3 integrity, 4 key exchange, 5 ESN
    number: int | None  #: version 1
    id: int
    attributes: list[Attribute]


class Proposal(NamedTuple):
    """What is offered for one protocol."""

    number: int
    protocol: int  #: 1 IKE, 2 AH, 3 ESP
    spi: bytes
    transforms: list[Transform]


class Association(NamedTuple):
    """A security association: proposals, of which one will be chosen."""

    domain: int | None  #: version 1: 1 is IPsec
    situation: int | None  #: version 1
    proposals: list[Proposal]


class Key(NamedTuple):
    """A key exchange of version 2, which says its group."""

    group: int
    data: bytes


class Identity(NamedTuple):
    """Who is talking."""

    type: int
    protocol: int | None  #: version 1
    port: int | None  #: version 1
    id: Any  #: an address, a network, a range, text; octets of other types


class Certificate(NamedTuple):
    """A certificate, or a request for one."""

    encoding: int
    data: bytes


class Authentication(NamedTuple):
    """Version 2: proof of who it is."""

    method: int
    data: bytes


class Notification(NamedTuple):
    """What happened or what can be done."""

    domain: int | None  #: version 1
    protocol: int
    type: int
    name: str
    spi: bytes
    data: bytes


class Deletion(NamedTuple):
    """Associations that are no more."""

    domain: int | None  #: version 1
    protocol: int
    spis: list[bytes]


class Selector(NamedTuple):
    """Addresses and ports that a child association is for."""

    type: int
    protocol: int
    first_port: int
    last_port: int
    first: Any
    last: Any


class Configuration(NamedTuple):
    """Version 2: 1 request, 2 reply, 3 set, 4 acknowledgement."""

    type: int
    attributes: list[Attribute]


def attributes(walk: Cursor) -> list[Attribute]:
    """Type and value: two octets, or as many as a length says; up to one that does not fit."""
    found: list[Attribute] = []
    try:
        while walk.left and len(found) < MOST:
            word, second = walk.u16(), walk.u16()
            value = second if word & SHORT_VALUE else walk.raw(second)
            found.append(Attribute(word & 0x7FFF, value))
    except Malformed:
        pass
    return found


def chain(walk: Cursor, read: Callable[[Cursor], Any]) -> list[Any]:
    """Proposals or transforms: each says whether another follows, and its length."""
    found: list[Any] = []
    more = 1
    try:
        while more != LAST and len(found) < MOST:
            more = walk.u8()
            walk.u8()
            size = walk.u16()
            at = walk.step(size - 4)
            found.append(read(Cursor(walk.pkt, at, walk.at)))
    except Malformed:
        pass
    return found


def proposal(transform: Callable[[Cursor], Transform]) -> Callable[[Cursor], Proposal]:
    def read(walk: Cursor) -> Proposal:
        number, protocol, size, count = walk.u8(), walk.u8(), walk.u8(), walk.u8()
        spi = walk.raw(size)
        return Proposal(number, protocol, spi, chain(walk, transform) if count else [])
    return read


def transform1(walk: Cursor) -> Transform:
    number, kind = walk.u8(), walk.u8()
    walk.u16()
    return Transform(None, number, kind, attributes(walk))


def transform2(walk: Cursor) -> Transform:
    kind = walk.u8()
    walk.u8()
    return Transform(kind, None, walk.u16(), attributes(walk))


def association1(walk: Cursor) -> Association:
    domain, situation = walk.u32(), walk.u32()
    if domain != IPSEC or situation != WITH_IDENTITY:
        return Association(domain, situation, [])  # what follows is that domain's
    return Association(domain, situation, chain(walk, proposal(transform1)))


def association2(walk: Cursor) -> Association:
    return Association(None, None, chain(walk, proposal(transform2)) if walk.left else [])


def key2(walk: Cursor) -> Key:
    group = walk.u16()
    walk.u16()
    return Key(group, walk.rest())


def network(octets: bytes) -> str:
    half = len(octets) // 2
    return f"{address(octets[:half])}/{address(octets[half:])}"


def span(octets: bytes) -> str:
    half = len(octets) // 2
    return f"{address(octets[:half])}-{address(octets[half:])}"


#: Type of an identity → octets that it has (0: any number), and its form.
IDENTITIES: dict[int, tuple[int, Callable[[bytes], str]]] = {
    1: (4, address), 4: (8, network), 5: (16, address), 6: (32, network), 7: (8, span),
    8: (32, span),
}
IDENTITY_TEXTS = (2, 3)


def identity(walk: Cursor, kind: int) -> Any:
    size, at = walk.left, walk.at
    if kind in IDENTITY_TEXTS:
        return text(walk.pkt, at, size)
    wanted, form = IDENTITIES.get(kind, (0, bytes.hex))
    return form(walk.rest()) if size == wanted else walk.rest()


def identity1(walk: Cursor) -> Identity:
    kind, protocol, port = walk.u8(), walk.u8(), walk.u16()
    return Identity(kind, protocol, port, identity(walk, kind))


def identity2(walk: Cursor) -> Identity:
    kind = walk.u8()
    walk.step(3)
    return Identity(kind, None, None, identity(walk, kind))


def certificate(walk: Cursor) -> Certificate:
    return Certificate(walk.u8(), walk.rest())


def authentication(walk: Cursor) -> Authentication:
    method = walk.u8()
    walk.step(3)
    return Authentication(method, walk.rest())


def notification1(walk: Cursor) -> Notification:
    domain, protocol, size, kind = walk.u32(), walk.u8(), walk.u8(), walk.u16()
    name = names.NOTIFY_NAMES.get(kind) or names.IPSEC_NOTIFY_NAMES.get(kind, b"")
    return Notification(domain, protocol, kind, name.decode(), walk.raw(size), walk.rest())


def notification2(walk: Cursor) -> Notification:
    protocol, size, kind = walk.u8(), walk.u8(), walk.u16()
    name = names.NOTIFY2_NAMES.get(kind, (b"",))[0]
    return Notification(None, protocol, kind, name.decode(), walk.raw(size), walk.rest())


def spis(walk: Cursor) -> list[bytes]:
    """None of the IKE association of version 2, which the header names."""
    size, count = walk.u8(), walk.u16()
    return [walk.raw(size) for _ in range(min(count, MOST))] if size else []


def deletion1(walk: Cursor) -> Deletion:
    return Deletion(walk.u32(), walk.u8(), spis(walk))


def deletion2(walk: Cursor) -> Deletion:
    return Deletion(None, walk.u8(), spis(walk))


def selectors(walk: Cursor) -> list[Selector]:
    count = walk.u8()
    walk.step(3)
    found = []
    for _ in range(count):
        kind, protocol, size = walk.u8(), walk.u8(), walk.u16()
        at = walk.step(size - 4)
        one = Cursor(walk.pkt, at, walk.at)
        width = ADDRESS_RANGES.get(kind, 0)
        if not width or one.left != 4 + 2 * width:
            raise Malformed("a selector of another kind")
        found.append(Selector(kind, protocol, one.u16(), one.u16(), address(one.raw(width)),
                              address(one.raw(width))))
    return found


def configuration(walk: Cursor) -> Configuration:
    kind = walk.u8()
    walk.step(3)
    found: list[Attribute] = []
    while walk.left and len(found) < MOST:
        number, size = walk.u16() & 0x7FFF, walk.u16()
        found.append(Attribute(number, walk.raw(size)))
    return Configuration(kind, found)


#: By type of payload.
READERS: dict[int, Callable[[Cursor], Any]] = {
    1: association1, 5: identity1, 6: certificate, 7: certificate, 11: notification1,
    12: deletion1, 33: association2, 34: key2, 35: identity2, 36: identity2, 37: certificate,
    38: certificate, 39: authentication, 41: notification2, 42: deletion2, 44: selectors,
    45: selectors, 47: configuration,
}


def value_of(pkt: Record, at: int, size: int, kind: int) -> Any:
    """A payload's value behind its generic header; None where its octets are all there is."""
    read = READERS.get(kind)
    if read is None:
        return None
    try:
        return read(Cursor(pkt, at, at + size))
    except Malformed:
        return None
