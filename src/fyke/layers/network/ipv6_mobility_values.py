"""What an IPv6 mobility header says, as values (RFC 6275 §6.1, §6.2; RFC 3963, 5213, 5555)."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import Cursor, Form, Malformed, fixed, nothing, options, raw, tlvs
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.wire import Record

NAMES = {0: "binding_refresh_request", 1: "home_test_init", 2: "care_of_test_init",
         3: "home_test", 4: "care_of_test", 5: "binding_update", 6: "binding_acknowledgement",
         7: "binding_error"}
HEADER_LENGTH = 6  # next header, length, type, reserved, checksum
LIFETIME_UNIT = 4  # seconds
PADDING = frozenset((0,))  # the option that is one octet alone


class Mobility(NamedTuple):
    """A mobility header; what its type has not is None."""

    type: int
    checksum: int
    data: str  #: all behind the checksum, hexadecimal
    name: str = ""
    nonce_index: int | None = None  #: home or care-of, as the type says
    cookie: int | None = None
    token: int | None = None
    sequence: int | None = None
    flags: int | None = None  #: of an update 0x8000 A, 0x4000 H, 0x2000 L, 0x1000 K …
    status: int | None = None
    lifetime: int | None = None  #: seconds
    home_address: str | None = None
    options: Options | None = None


class Nonces(NamedTuple):
    """Indices of the nonces that a key was made of (§6.2.6)."""

    home: int
    care_of: int


def seconds(pkt: Record, at: int, size: int) -> int:
    return pkt.u16(at) * LIFETIME_UNIT


def nonces(pkt: Record, at: int, size: int) -> Nonces:
    return Nonces(pkt.u16(at), pkt.u16(at + 2))


def one_address(pkt: Record, at: int, size: int) -> str:
    return address(pkt.raw(at, 16))


def prefix(pkt: Record, at: int, size: int) -> str:
    """Reserved octet, length in bits, prefix."""
    return f"{address(pkt.raw(at + 2, 16))}/{pkt.u8(at + 1)}"


#: RFC 6275 §6.2; 6 is RFC 3963's, 22 to 26 are RFC 5213's, 29 RFC 5844's.
FORMS: dict[int, Form] = {
    0: Form("pad1", nothing), 1: Form("padn", raw), 2: fixed("refresh_interval", 2, seconds),
    3: fixed("alternate_care_of_address", 16, one_address), 4: fixed("nonce_indices", 4, nonces),
    5: Form("authorization_data", raw), 6: fixed("network_prefix", 18, prefix),
    7: Form("link_layer_address", raw), 8: Form("mobile_node_identifier", raw),
    9: Form("authentication", raw), 10: fixed("replay_protection", 8),
    22: fixed("home_network_prefix", 18, prefix), 23: fixed("handoff_indicator", 2),
    24: fixed("access_technology", 2), 25: Form("link_layer_identifier", raw),
    26: fixed("link_local_address", 16, one_address), 27: fixed("timestamp", 8),
}


def mobility(pkt: Record, at: int, size: int) -> Mobility:
    """The header of ``size`` octets at ``at``. Raises Truncated where the capture ends."""
    kind = pkt.u8(at + 2)
    common = kind, pkt.u16(at + 4), pkt.raw(at + HEADER_LENGTH, size - HEADER_LENGTH).hex()
    read = READERS.get(kind)
    if read is None:
        return Mobility(*common, f"unknown_{kind}")
    walk = Cursor(pkt, at + HEADER_LENGTH, at + size)
    try:
        told = read(walk)
    except Malformed:
        return Mobility(*common, NAMES[kind])
    return Mobility(*common, NAMES[kind], **told, options=options(
        pkt, tlvs(pkt, walk.at, walk.stop, singles=PADDING), FORMS))


def refresh(walk: Cursor) -> dict[str, Any]:
    walk.step(2)
    return {}


def init(walk: Cursor) -> dict[str, Any]:
    walk.step(2)
    return {"cookie": walk.u64()}


def test(walk: Cursor) -> dict[str, Any]:
    return {"nonce_index": walk.u16(), "cookie": walk.u64(), "token": walk.u64()}


def update(walk: Cursor) -> dict[str, Any]:
    return {"sequence": walk.u16(), "flags": walk.u16(), "lifetime": walk.u16() * LIFETIME_UNIT}


def acknowledgement(walk: Cursor) -> dict[str, Any]:
    return {"status": walk.u8(), "flags": walk.u8(), "sequence": walk.u16(),
            "lifetime": walk.u16() * LIFETIME_UNIT}


def error(walk: Cursor) -> dict[str, Any]:
    status = walk.u8()
    walk.step(1)
    return {"status": status, "home_address": address(walk.raw(16))}


READERS = {0: refresh, 1: init, 2: init, 3: test, 4: test, 5: update, 6: acknowledgement,
           7: error}
