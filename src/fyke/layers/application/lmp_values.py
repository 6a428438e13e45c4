"""Values of LMP's objects (RFC 4204 §13), by class and type."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application import lmp_names as names
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.plain import address
from fyke.wire import Record


class Configuration(NamedTuple):
    """How often hellos come, and after how long a channel is down, in milliseconds."""

    hello_interval: int
    dead_interval: int


class Hello(NamedTuple):
    """Numbers of this hello and of the last one heard."""

    sent: int
    received: int


class Verify(NamedTuple):
    """How links shall be verified."""

    flags: int
    interval: int  #: milliseconds between tests
    links: int
    encoding: int
    transport: int  #: bits
    rate: int  #: a float of IEEE 754, bytes a second, as it stands there
    wavelength: int


class VerifyAck(NamedTuple):
    """An answer to it."""

    dead_interval: int
    transport: int


class TeLink(NamedTuple):
    """Both ends of a link."""

    flags: int
    local: Any
    remote: Any


class DataLink(NamedTuple):
    """Both ends of a data link, and what it can: subobjects by type."""

    flags: int
    local: Any
    remote: Any
    subobjects: list[tuple[int, bytes]]


class ChannelStatus(NamedTuple):
    """Of one channel."""

    interface: Any
    is_active: bool
    is_transmitting: bool
    status: int  #: 1 good, 2 degraded, 3 failed


#: Octets of an address by its family: IPv4, IPv6, unnumbered.
WIDTHS = {1: 4, 2: 16, 3: 4}


def end(walk: Cursor, family: int) -> Any:
    """An address, or a number where there is none."""
    return walk.u32() if family == 3 else address(walk.raw(WIDTHS[family]))


def link_end(walk: Cursor, kind: int) -> Any:
    """Of link and interface identifiers: two types of each family."""
    family = (kind + 1) // 2
    if family not in WIDTHS:
        raise Malformed("another type")
    return end(walk, family)


def number(walk: Cursor, kind: int) -> int:
    return walk.u32()


def verify(walk: Cursor, kind: int) -> Verify:
    flags, interval, links, encoding = walk.u16(), walk.u16(), walk.u32(), walk.u8()
    walk.step(1)
    return Verify(flags, interval, links, encoding, walk.u16(), walk.u32(), walk.u32())


def te_link(walk: Cursor, kind: int) -> TeLink:
    flags = walk.u8()
    walk.step(3)
    return TeLink(flags, end(walk, kind), end(walk, kind))


def data_link(walk: Cursor, kind: int) -> DataLink:
    flags = walk.u8()
    walk.step(3)
    local, remote = end(walk, kind), end(walk, kind)
    found: list[tuple[int, bytes]] = []
    while walk.left and len(found) < MOST:
        which, size = walk.u8(), walk.u8()
        found.append((which, walk.raw(size - 2)))
    return DataLink(flags, local, remote, found)


def channels(walk: Cursor, kind: int) -> list[ChannelStatus]:
    found: list[ChannelStatus] = []
    while walk.left and len(found) < MOST:
        interface, word = end(walk, kind), walk.u32()
        found.append(ChannelStatus(interface, word >> 31 == 1, word >> 30 & 1 == 1,
                                   word & 0x3FFFFFFF))
    return found


def requested(walk: Cursor, kind: int) -> list[Any]:
    found: list[Any] = []
    while walk.left and len(found) < MOST:
        found.append(end(walk, kind))
    return found


READERS: dict[int, Callable[[Cursor, int], Any]] = {
    names.CHANNEL: number, names.NODE: lambda walk, kind: address(walk.raw(4)),
    names.LINK: link_end, names.INTERFACE: link_end, names.MESSAGE: number,
    names.CONFIG: lambda walk, kind: Configuration(walk.u16(), walk.u16()),
    names.HELLO: lambda walk, kind: Hello(walk.u32(), walk.u32()),
    names.VERIFY: verify, names.VERIFY_ACK: lambda walk, kind: VerifyAck(walk.u16(), walk.u16()),
    names.VERIFY_ID: number, names.TE_LINK: te_link, names.DATA_LINK: data_link,
    names.STATUS: channels, names.STATUS_REQUEST: requested, names.ERROR: number,
}


def value_of(pkt: Record, at: int, size: int, number: int, kind: int) -> Any:
    """An object's value: octets where its type is not known, or where it does not fit."""
    read = READERS.get(number)
    if read is not None and kind in names.TYPE_NAMES.get(number, {}):
        try:
            return read(Cursor(pkt, at, at + size), kind)
        except Malformed:
            pass
    return pkt.raw(at, size)
