"""Values of LDP's TLVs (RFC 5036 §3.4 to §3.5, 4447, 5561, 7552); names are in ldp_names.py."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.application import ldp_names as names
from fyke.layers.cursor import (
    MOST,
    Cursor,
    Form,
    Malformed,
    dotted,
    dotted_list,
    fixed,
    text,
    whole_number,
)
from fyke.layers.plain import address
from fyke.wire import Record

IPV4, IPV6 = 1, 2  # address families
SIZES = {IPV4: 4, IPV6: 16}


class Hello(NamedTuple):
    """How long a neighbour is remembered, and whether it is one of the link."""

    hold_time: int
    is_targeted: bool
    is_requested: bool  #: targeted hellos are wanted in return
    is_gtsm: bool  #: the TTL is checked (RFC 6720)


class Addresses(NamedTuple):
    """Of the speaker's interfaces."""

    family: int
    addresses: list[str]


class Session(NamedTuple):
    """What a session shall be like."""

    version: int
    keepalive: int
    is_on_demand: bool  #: labels are told when they are asked for
    detects_loops: bool
    path_vector_limit: int
    max_pdu_length: int
    receiver: str
    label_space: int


class Status(NamedTuple):
    """What happened, and to which message."""

    code: int
    is_fatal: bool
    is_forwarded: bool
    message_id: int
    message_type: int


class FaultTolerance(NamedTuple):
    """What is kept over a restart (RFC 3478 §2)."""

    flags: int
    reconnect_timeout: int
    recovery_time: int


class Parameter(NamedTuple):
    """Of a pseudowire's interface (RFC 4447 §5.5)."""

    kind: int
    value: Any


class Fec(NamedTuple):
    """One element of a forwarding equivalence class."""

    kind: int
    name: str
    prefix: str | None = None  #: of a prefix or a host
    pseudowire: int | None = None  #: its type
    has_control_word: bool | None = None
    group: int | None = None
    id: int | None = None  #: of the pseudowire
    parameters: list[Parameter] | None = None
    data: bytes | None = None  #: of an element whose kind is not known


def hello(pkt: Record, at: int, size: int) -> Hello:
    flags = pkt.u16(at + 2)
    return Hello(pkt.u16(at), flags >> 15 == 1, flags >> 14 & 1 == 1, flags >> 13 & 1 == 1)


def ipv6(pkt: Record, at: int, size: int) -> str:
    return address(pkt.raw(at, 16))


def addresses(pkt: Record, at: int, size: int) -> Addresses:
    family = pkt.u16(at)
    width = SIZES.get(family, 0)
    if not width or (size - 2) % width:
        raise Malformed("no list of addresses")
    return Addresses(family, [address(pkt.raw(one, width))
                              for one in range(at + 2, at + size, width)][:MOST])


def session(pkt: Record, at: int, size: int) -> Session:
    flags = pkt.u8(at + 4)
    return Session(pkt.u16(at), pkt.u16(at + 2), flags >> 7 == 1, flags >> 6 & 1 == 1,
                   pkt.u8(at + 5), pkt.u16(at + 6), dotted(pkt, at + 8, 4), pkt.u16(at + 12))


def status(pkt: Record, at: int, size: int) -> Status:
    word = pkt.u32(at)
    return Status(word & 0x3FFFFFFF, word >> 31 == 1, word >> 30 & 1 == 1, pkt.u32(at + 4),
                  pkt.u16(at + 8))


def fault_tolerance(pkt: Record, at: int, size: int) -> FaultTolerance:
    return FaultTolerance(pkt.u16(at), pkt.u32(at + 4), pkt.u32(at + 8))


def classes(pkt: Record, at: int, size: int) -> list[Fec]:
    """Every element; what comes behind one of an unknown kind cannot be told from it."""
    walk = Cursor(pkt, at, at + size)
    found: list[Fec] = []
    while walk.left and len(found) < MOST:
        kind = walk.u8()
        name = names.FEC_NAMES.get(kind, b"Unknown").decode()
        if kind == names.WILDCARD:
            found.append(Fec(kind, name))
        elif kind == names.PREFIX:
            found.append(Fec(kind, name, prefix=prefix(walk)))
        elif kind == names.HOST:
            found.append(Fec(kind, name, prefix=host(walk)))
        elif kind == names.PSEUDOWIRE:
            found.append(pseudowire(walk, name))
        else:
            found.append(Fec(kind, name, data=walk.rest()))
    return found


def prefix(walk: Cursor) -> str:
    """RFC 5036 §3.4.1: as many octets as the bits need."""
    width, bits = SIZES.get(walk.u16(), 0), walk.u8()
    if bits > 8 * width:
        raise Malformed("a prefix longer than its address")
    return f"{address(walk.raw((bits + 7) // 8).ljust(width, bytes(1)))}/{bits}"


def host(walk: Cursor) -> str:
    family, length = walk.u16(), walk.u8()
    if SIZES.get(family) != length:
        raise Malformed("an address of another size")
    return address(walk.raw(length))


def pseudowire(walk: Cursor, name: str) -> Fec:
    """RFC 4447 §5.2: the identifier is there only if the length is."""
    word, length, group = walk.u16(), walk.u8(), walk.u32()
    start = walk.at
    if not length:
        return Fec(names.PSEUDOWIRE, name, None, word & 0x7FFF, word >> 15 == 1, group)
    number = walk.u32()
    parameters = []
    while walk.at - start < length:
        kind, size = walk.u8(), walk.u8()
        if size < 2 or walk.at - start + size - 2 > length:
            raise Malformed("a parameter that does not fit")
        parameters.append(Parameter(kind, parameter(walk, kind, size - 2)))
    return Fec(names.PSEUDOWIRE, name, None, word & 0x7FFF, word >> 15 == 1, group, number,
               parameters)


def parameter(walk: Cursor, kind: int, size: int) -> Any:
    at = walk.step(size)
    if kind == names.INTERFACE_MTU and size == 2:
        return walk.pkt.u16(at)
    if kind == names.DESCRIPTION:
        return text(walk.pkt, at, size)
    return walk.pkt.raw(at, size)


#: By type; names are those of the text.
FORMS: dict[int, Form] = {kind: form._replace(name=names.TLV_NAMES[kind].decode())
                          for kind, form in {
    names.FEC: Form("", classes, 1),
    names.ADDRESSES: Form("", addresses, 2),
    names.HOP_COUNT: fixed("", 1),
    names.PATH_VECTOR: Form("", dotted_list),
    names.LABEL: fixed("", 4, lambda pkt, at, size: pkt.u32(at) & 0xFFFFF),
    names.STATUS: Form("", status, 10),
    names.EXTENDED_STATUS: fixed("", 4),
    names.HELLO: fixed("", 4, hello),
    names.IPV4_TRANSPORT: fixed("", 4, dotted),
    names.SEQUENCE: fixed("", 4),
    names.IPV6_TRANSPORT: fixed("", 16, ipv6),
    names.SESSION: fixed("", 14, session),
    names.FAULT_TOLERANT: fixed("", 12, fault_tolerance),
    names.WILDCARD_CAPABILITY: fixed("", 1, lambda pkt, at, size: pkt.u8(at) >> 7 == 1),
    names.REQUEST_ID: fixed("", 4),
    names.MTU: fixed("", 2, whole_number),
    names.DUAL_STACK: Form("", lambda pkt, at, size: pkt.u8(at) >> 4, 1),
}.items()}
