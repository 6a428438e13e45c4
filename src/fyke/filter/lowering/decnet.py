"""``decnet host``: DECnet Phase IV addresses, in data packets with at most one octet of padding."""

from __future__ import annotations

from fyke.bpf.instructions import B, H, W
from fyke.filter.lowering.directions import check_direction, in_direction
from fyke.filter.lowering.fragment import Fragment, any_of, both
from fyke.filter.lowering.generator import NETWORK, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.numbers import EtherType
from fyke.filter.syntax import Dotted, Qualifiers
from fyke.hints import Callable

#: Route header flags: short (2) or long (6) data packet format, in the lowest three bits.
SHORT, LONG, FORMAT_MASK = 0x02, 0x06, 0x07
#: A padding octet: the uppermost bit, and a length, which here counts only itself.
PADDING = 0x81
#: From the flags to source and destination, in short and long packets.
SHORT_ADDRESSES = (3, 1)
LONG_ADDRESSES = (15, 7)
MESSAGE_LENGTH = 2  #: octets before the route header


def decnet_host(gen: Generator, dotted: Dotted, qualifiers: Qualifiers) -> Fragment:
    """``decnet host area.node``."""
    if len(dotted.parts) != 2 or dotted.parts[0] > 63 or dotted.parts[1] > 1023:
        gen.fail(f"invalid DECnet address '{dotted.text}'", dotted.span)
    inside = carried(gen, EtherType.DECNET)
    check_direction(gen, qualifiers.direction)
    number = dotted.parts[0] << 10 | dotted.parts[1]
    address = (number & 0xFF) << 8 | number >> 8  # little-endian on the wire
    sides: dict[str, Callable[[Generator, int], Fragment]] = {
        "src": _source, "dst": _destination}
    return both(inside, in_direction(qualifiers.direction,
                                     lambda side: sides[side](gen, address)))


def _field(gen: Generator, form: int, padded: bool, distance: int,
                  address: int) -> Fragment:
    """The flags say so, and an address is at a distance from them."""
    if padded:
        flags = gen.masked(NETWORK, MESSAGE_LENGTH, H, PADDING << 8 | form,
                           0xFF00 | FORMAT_MASK)
    else:
        flags = gen.masked(NETWORK, MESSAGE_LENGTH, B, form, FORMAT_MASK)
    offset = MESSAGE_LENGTH + padded + distance
    return both(flags, gen.equal(NETWORK, offset, H, address))


def _source(gen: Generator, address: int) -> Fragment:
    short, long = SHORT_ADDRESSES[0], LONG_ADDRESSES[0]
    return any_of(_field(gen, SHORT, False, short, address),
                  _field(gen, SHORT, True, short, address),
                  _field(gen, LONG, False, long, address),
                  _field(gen, LONG, True, long, address))


def _destination(gen: Generator, address: int) -> Fragment:
    """A short packet's destination is in the same word as its flags."""
    long = LONG_ADDRESSES[1]
    return any_of(
        gen.masked(NETWORK, MESSAGE_LENGTH, W, SHORT << 24 | address << 8,
                   FORMAT_MASK << 24 | 0xFFFF00),
        gen.masked(NETWORK, MESSAGE_LENGTH, W, PADDING << 24 | SHORT << 16 | address,
                   0xFF00FFFF | FORMAT_MASK << 16),
        _field(gen, LONG, False, long, address),
        _field(gen, LONG, True, long, address))
