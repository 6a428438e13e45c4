"""Where a device stands, as LLDP-MED tells (ANSI/TIA-1057 §10.2.4): as values."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import Cursor, Form, options, raw, text, tlvs
from fyke.layers.fields import Options
from fyke.wire import Record

COORDINATES, CIVIC, EMERGENCY = 1, 2, 3  # data formats
FRACTION = 1 << 25  # of a degree of latitude and longitude (RFC 6225 §2.3)
ALTITUDE_FRACTION = 1 << 8
#: Kinds of civic address elements (RFC 4776 §3.4).
CIVIC_NAMES = {
    0: "language", 1: "state", 2: "county", 3: "city", 4: "district", 5: "block", 6: "street",
    16: "leading_direction", 17: "trailing_suffix", 18: "street_suffix", 19: "house_number",
    20: "house_number_suffix", 21: "landmark", 22: "additional", 23: "name", 24: "postal_code",
    25: "building", 26: "unit", 27: "floor", 28: "room", 29: "place_type",
    30: "postal_community", 31: "post_office_box", 32: "additional_code", 33: "seat",
    128: "script",
}
CIVIC_FORMS = {kind: Form(name, text) for kind, name in CIVIC_NAMES.items()}


class Coordinates(NamedTuple):
    """A place on the globe (RFC 6225 §2); resolutions are bits that mean something."""

    latitude_resolution: int
    latitude: float  #: degrees, north
    longitude_resolution: int
    longitude: float  #: degrees, east
    altitude_type: int  #: 1 metres, 2 floors
    altitude_resolution: int
    altitude: float
    datum: int


class CivicAddress(NamedTuple):
    """An address that people write (RFC 4776 §3.1)."""

    what: int  #: 0 the DHCP server's, 1 the nearest network element's, 2 the client's
    country: str
    elements: Options


class Location(NamedTuple):
    """A place in one of the formats: Coordinates, CivicAddress, text, or octets."""

    format: int
    place: Any


def location(pkt: Record, at: int, size: int) -> Location:
    """Raises Malformed for a place that does not fit its format."""
    walk = Cursor(pkt, at, at + size)
    kind = walk.u8()
    if kind == COORDINATES:
        return Location(kind, coordinates(walk))
    if kind == CIVIC:
        return Location(kind, civic(walk))
    if kind == EMERGENCY:
        return Location(kind, text(pkt, walk.at, walk.left))
    return Location(kind, raw(pkt, walk.at, walk.left))


def coordinates(walk: Cursor) -> Coordinates:
    north, latitude = divide(walk.u8() << 32 | walk.u32(), 34)
    east, longitude = divide(walk.u8() << 32 | walk.u32(), 34)
    up = walk.u16() << 24 | walk.u24()
    height = up & 0x3FFFFFFF
    height -= (height >> 29) << 30
    return Coordinates(north, latitude / FRACTION, east, longitude / FRACTION,
                       up >> 36, up >> 30 & 63, height / ALTITUDE_FRACTION, walk.u8())


def divide(word: int, bits: int) -> tuple[int, int]:
    """A resolution, and a signed number of so many bits behind it."""
    value = word & ((1 << bits) - 1)
    return word >> bits, value - ((value >> (bits - 1)) << bits)


def civic(walk: Cursor) -> CivicAddress:
    stop = walk.at + 1 + walk.pkt.u8(walk.at)
    walk.step(1)
    what = walk.u8()
    country = text(walk.pkt, walk.step(2), 2)
    return CivicAddress(what, country, options(
        walk.pkt, tlvs(walk.pkt, walk.at, min(stop, walk.stop)), CIVIC_FORMS))
