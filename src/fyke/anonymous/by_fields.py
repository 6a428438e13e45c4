"""Room anonymous/: any header made anonymous by what its fields say, whatever its protocol.

A field says where it is and what kind of thing: addresses are replaced, numbers stay, and all else
is zeroed: text, octets, and what no field tells of. So a new protocol cannot be forgotten.
"""

from __future__ import annotations

from fyke.anonymous.prefixes import Addresses
from fyke.layers.fields import Field, fields_of
from fyke.layers.layer import Layer
from fyke.wire import Truncated

ADDRESSES = frozenset({"ipv4", "ipv6", "mac"})
NUMBERS = frozenset({"bool", "float", *(f"{sign}{bits}" for sign in "ui"
                                       for bits in range(8, 65, 8))})
#: Octets of headers that have no room for a name: tags, labels, LLC. What no field tells of stays.
SMALL = 8


def anonymous(layer: Layer, old: bytes, addresses: Addresses) -> bytes:
    """The octets of a layer's header without what identifies anybody."""
    new = bytearray(old if len(old) <= SMALL else len(old))
    fields = fields_of(type(layer)).values()
    for field in fields:
        if field.at >= 0:
            place(field, old, new, addresses)
    for field in fields:
        if field.at < 0 and field.type not in NUMBERS:
            search(field, layer, old, new, addresses)
    for start, size in guides_of(layer):
        at = start - layer.off
        new[at:at + size] = old[at:at + size]
    return bytes(new)


def guides_of(layer: Layer) -> list[tuple[int, int]]:
    """Octets that lead to the payload: none of a header that was cut short, it leads nowhere."""
    try:
        return list(layer.guides())
    except Truncated:
        return []


def place(field: Field, old: bytes, new: bytearray, addresses: Addresses) -> None:
    """A field of an offset: the part of it that was captured."""
    octets = old[field.at:field.at + field.size]
    if field.type in ADDRESSES:
        octets = replaced(octets, addresses)
    elif field.type not in NUMBERS:
        octets = bytes(len(octets))
    new[field.at:field.at + len(octets)] = octets


def search(field: Field, layer: Layer, old: bytes, new: bytearray, addresses: Addresses) -> None:
    """A field that is worked out: wherever its octets stand in the header."""
    if field.type not in ADDRESSES and len(old) > SMALL:
        return  # zeroed already
    octets = octets_of(field, layer)
    if not any(octets):
        return
    instead = replaced(octets, addresses) if field.type in ADDRESSES else bytes(len(octets))
    at = old.find(octets)
    while at >= 0:
        new[at:at + len(octets)] = instead
        at = old.find(octets, at + len(octets))


def octets_of(field: Field, layer: Layer) -> bytes:
    """A value as it stands in the packet; b"" for what was not captured, or is no octets."""
    try:
        value = field.read(layer)
    except Truncated:
        return b""
    if isinstance(value, int):
        return value.to_bytes(4, "big") if field.type == "ipv4" else b""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else b""


def replaced(octets: bytes, addresses: Addresses) -> bytes:
    """An address of a size that is known; else zeros."""
    if len(octets) == 6:
        return addresses.mac.map(octets)
    return addresses.ip(octets) if len(octets) in (4, 16) else bytes(len(octets))
