"""DHCPv6's options as values (RFC 8415 §21 and later): nested ones are lists in their option."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.dhcp6_names import OPTION_NAMES
from fyke.layers.application.domain_names import domain_list
from fyke.layers.cursor import (
    Cursor,
    Form,
    Malformed,
    Option,
    fixed,
    nothing,
    option,
    raw,
    text,
    tlvs,
)
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.wire import Record, Truncated

MAX_DEPTH = 24  # options within options, relayed messages within messages
RELAYS = (12, 13)  # messages with two addresses in the place of a transaction
DUID_TYPES = {1: "llt", 2: "en", 3: "ll", 4: "uuid"}


class Duid(NamedTuple):
    """Who a client or server is (RFC 8415 §11, RFC 6355)."""

    type: int
    name: str
    hardware_type: int | None
    time: int | None  #: seconds since 2000
    enterprise: int | None
    id: str  #: hexadecimal: address, identifier or UUID


class Association(NamedTuple):
    """IA_NA, IA_PD; IA_TA without times."""

    iaid: int
    t1: int | None
    t2: int | None
    options: Options


class Lease(NamedTuple):
    """An address or a prefix."""

    address: str
    length: int
    preferred: int  #: seconds, as the valid lifetime
    valid: int
    options: Options


class Status(NamedTuple):
    """A status code and its text."""

    code: int
    message: str


class Vendor(NamedTuple):
    """Data of an enterprise: texts of a vendor class, (code, hexadecimal) pairs of options."""

    enterprise: int
    data: list[Any]


class Relayed(NamedTuple):
    """A message within one."""

    type: int
    xid: int | None
    link_address: str | None
    peer_address: str | None
    options: Options


def options_of(pkt: Record, at: int, stop: int, depth: int = 0) -> Options:
    """The options from ``at`` to ``stop``; never raises: ``cut`` says that they are not whole."""
    found = Options()
    try:
        if depth > MAX_DEPTH:
            raise Malformed("nested too deep")
        for one in tlvs(pkt, at, stop, type_size=2, length_size=2):
            name = OPTION_NAMES.get(one.type, b"unknown_%d" % one.type).decode()
            nested = NESTED.get(one.type)
            if nested is None:
                value = option(pkt, one, FORMS.get(one.type)).value
            else:
                try:
                    value = nested(pkt, one.at, one.size, depth + 1)
                except Malformed:
                    value = pkt.raw(one.at, one.size)
            found.append(Option(one.type, name.lower().replace("-", "_"), value))
    except (Malformed, Truncated):
        found.cut = True
    return found


def message(pkt: Record, at: int, size: int, depth: int = 0) -> Relayed:
    """A message of ``size`` octets."""
    kind = pkt.u8(at)
    if kind in RELAYS:
        return Relayed(kind, None, address(pkt.raw(at + 2, 16)), address(pkt.raw(at + 18, 16)),
                       options_of(pkt, at + 34, at + size, depth))
    return Relayed(kind, pkt.u24(at + 1), None, None,
                   options_of(pkt, at + 4, at + size, depth))


def relayed(pkt: Record, at: int, size: int, depth: int) -> Relayed:
    if size < 4:
        raise Malformed("no message")
    return message(pkt, at, size, depth)


def association(pkt: Record, at: int, size: int, depth: int) -> Association:
    if size < 12:
        raise Malformed("too short")
    return Association(pkt.u32(at), pkt.u32(at + 4), pkt.u32(at + 8),
                       options_of(pkt, at + 12, at + size, depth))


def temporary(pkt: Record, at: int, size: int, depth: int) -> Association:
    if size < 4:
        raise Malformed("too short")
    return Association(pkt.u32(at), None, None, options_of(pkt, at + 4, at + size, depth))


def leased_address(pkt: Record, at: int, size: int, depth: int) -> Lease:
    if size < 24:
        raise Malformed("too short")
    return Lease(address(pkt.raw(at, 16)), 128, pkt.u32(at + 16), pkt.u32(at + 20),
                 options_of(pkt, at + 24, at + size, depth))


def leased_prefix(pkt: Record, at: int, size: int, depth: int) -> Lease:
    if size < 25:
        raise Malformed("too short")
    return Lease(address(pkt.raw(at + 9, 16)), pkt.u8(at + 8), pkt.u32(at), pkt.u32(at + 4),
                 options_of(pkt, at + 25, at + size, depth))


def inner_options(pkt: Record, at: int, size: int, depth: int) -> Options:
    return options_of(pkt, at, at + size, depth)


NESTED: dict[int, Callable[[Record, int, int, int], Any]] = {
    3: association, 4: temporary, 5: leased_address, 9: relayed, 25: association,
    26: leased_prefix, 45: inner_options,
}


def duid(pkt: Record, at: int, size: int) -> Duid:
    kind = pkt.u16(at)
    hardware = pkt.u16(at + 2) if kind in (1, 3) and size >= 4 else None
    time = pkt.u32(at + 4) if kind == 1 and size >= 8 else None
    enterprise = pkt.u32(at + 2) if kind == 2 and size >= 6 else None
    start = {1: 8, 2: 6, 3: 4}.get(kind, 2)
    if size < start:
        raise Malformed("shorter than its type has")
    return Duid(kind, DUID_TYPES.get(kind, f"unknown_{kind}"), hardware, time, enterprise,
                pkt.raw(at + start, size - start).hex())


def addresses(pkt: Record, at: int, size: int) -> list[str]:
    if size % 16:
        raise Malformed("no whole addresses")
    return [address(pkt.raw(one, 16)) for one in range(at, at + size, 16)]


def numbers(pkt: Record, at: int, size: int) -> list[int]:
    if size % 2:
        raise Malformed("no whole numbers")
    return [pkt.u16(one) for one in range(at, at + size, 2)]


def status(pkt: Record, at: int, size: int) -> Status:
    return Status(pkt.u16(at), text(pkt, at + 2, size - 2))


def texts(pkt: Record, at: int, size: int) -> list[str]:
    """Texts, each behind its length (RFC 8415 §21.15)."""
    cursor = Cursor(pkt, at, at + size)
    found = []
    while cursor.left:
        length = cursor.u16()
        found.append(text(pkt, cursor.step(length), length))
    return found


def vendor_class(pkt: Record, at: int, size: int) -> Vendor:
    return Vendor(pkt.u32(at), texts(pkt, at + 4, size - 4))


def vendor_options(pkt: Record, at: int, size: int) -> Vendor:
    return Vendor(pkt.u32(at), [(one.type, pkt.raw(one.at, one.size)) for one in
                                tlvs(pkt, at + 4, at + size, type_size=2, length_size=2)])


def with_enterprise(pkt: Record, at: int, size: int) -> Vendor:
    return Vendor(pkt.u32(at), [pkt.raw(at + 4, size - 4)])


FORMS = {
    1: Form("", duid, 2), 2: Form("", duid, 2), 6: Form("", numbers), 7: fixed("", 1),
    8: fixed("", 2), 12: Form("", addresses), 13: Form("", status, 2), 14: Form("", nothing),
    15: Form("", texts), 16: Form("", vendor_class, 4), 17: Form("", vendor_options, 4),
    18: Form("", raw), 19: fixed("", 1), 20: Form("", nothing), 21: Form("", domain_list),
    22: Form("", addresses), 23: Form("", addresses), 24: Form("", domain_list),
    27: Form("", addresses), 28: Form("", addresses), 29: Form("", domain_list),
    30: Form("", domain_list),
    31: Form("", addresses), 32: fixed("", 4), 34: Form("", addresses),
    37: Form("", with_enterprise, 4), 40: Form("", addresses), 41: Form("", text),
    42: Form("", text), 43: Form("", numbers), 46: fixed("", 4), 48: Form("", addresses),
    59: Form("", text), 64: Form("", domain_list), 112: Form("", text), 136: Form("", texts),
}
