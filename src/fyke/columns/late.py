"""Room columns/: values that are asked of a layer or of a packet itself, one Python object each."""

from __future__ import annotations

from fyke.columns.kinds import BITS, BLOCKS, FIXED, LISTS, OBJECT, TEXTS, WORDS
from fyke.columns.schema import Wanted, plain_text
from fyke.columns.vector import Vector
from fyke.hints import Any
from fyke.layers.layer import Layer, field_of
from fyke.packet import Packet


def put_late(vector: Vector, row: int, wanted: Wanted, layer: Layer) -> None:
    """What a layer has in this column."""
    column = wanted.column
    if wanted.kind is OBJECT:
        vector.put(row, column.of_layer(layer))
        return
    if column.parts:
        put_plain(vector, row, wanted, column.of_layer(layer))
        return
    value = column.raw(layer)
    if value is None:
        return
    kind = wanted.kind
    field = field_of(type(layer), column.field)
    assert field is not None  # column.raw has read it
    if kind.form in (FIXED, BITS):
        vector.put(row, value)
    elif field.type in ("ipv4", "ipv6", "mac") and (kind.form in (WORDS, BLOCKS)
                                                   or not kind.text):
        put_address(vector, row, value)
    elif kind.form == LISTS or kind.text:
        put_plain(vector, row, wanted, field.plain(value))
    else:
        vector.put(row, value)


def put_address(vector: Vector, row: int, value: int | bytes) -> None:
    """An address: a number is one of IPv4."""
    octets = value.to_bytes(4, "big") if isinstance(value, int) else value
    number = int.from_bytes(octets, "big")
    if len(octets) in (4, 6, 16):
        vector.put_address(row, len(octets), number >> 64, number & 0xFFFFFFFFFFFFFFFF)
    else:
        vector.put(row, octets if vector.kind.form != WORDS else octets.hex(":"))


def put_plain(vector: Vector, row: int, wanted: Wanted, value: Any) -> None:
    """A value as JSON knows it: text and lists of it, or what the column's type is."""
    if value is None:
        return
    kind = wanted.kind
    if kind is OBJECT:
        vector.put(row, value)
    elif kind.form == LISTS:
        members = value if isinstance(value, list) else [value]
        if kind is TEXTS:
            members = [None if one is None else plain_text(one) for one in members]
        vector.put(row, members)
    elif kind.text:
        vector.put(row, plain_text(value))
    else:
        vector.put(row, value)


def put_of_packet(vector: Vector, row: int, wanted: Wanted, packet: Packet) -> None:
    """What the packet itself has in this column."""
    take = wanted.column.of_packet
    assert take is not None
    put_plain(vector, row, wanted, take(packet))
