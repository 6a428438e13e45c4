"""Headers made of values: ``IPv4(src="10.0.0.9")``, and a field of a packet that is replaced.

What can be set is a field with a place: those at a fixed offset, and those whose function tells
where they are (``fields.settable``). Lists cannot; a header's options are octets.
"""

from __future__ import annotations

from fyke.errors import UsageError
from fyke.hints import TYPE_CHECKING, Any, Iterable
from fyke.layers.fields import Bits, Field, Flags, Made, fields_of
from fyke.wire import Record

if TYPE_CHECKING:
    from typing import Literal

    from fyke.layers.layer import Layer

#: A header of each kind that can be made, where nobody says otherwise; by the kind's name.
BLANKS: dict[str, bytes] = {
    "ether": bytes(14), "vlan": bytes(4), "llc": b"\xaa\xaa\x03", "snap": bytes(5),
    "sll": bytes(3) + b"\x01" + bytes(12), "sll2": bytes(9) + b"\x01" + bytes(10),
    "null": bytes(4), "raw": b"", "pppoe": b"\x11" + bytes(5), "mpls": b"\0\0\x01\x40",
    "arp": b"\0\x01\x08\0\x06\x04\0\x01" + bytes(20),
    "ip": b"\x45" + bytes(7) + b"\x40" + bytes(11), "ip6": b"\x60" + bytes(6) + b"\x40" + bytes(32),
    "icmp": bytes(8), "icmp6": bytes(8), "udp": bytes(8),
    "tcp": bytes(12) + b"\x50" + bytes(7), "vxlan": b"\x08" + bytes(7), "gre": bytes(4),
    "geneve": bytes(8),
}
#: Kinds whose header may end in options, with the most octets that it may have.
WITH_OPTIONS = {"ip": 60, "tcp": 60}
#: Octets of a value that says no size itself, by its type.
SIZES = {"u8": 1, "u16": 2, "u24": 3, "u32": 4, "u48": 6, "u64": 8, "bool": 1, "ipv4": 4,
         "ipv6": 16, "mac": 6}


def make(layer: Layer, values: dict[str, Any]) -> None:
    """Let a new layer stand on a header of its own that has these values. Raises UsageError."""
    blank = BLANKS.get(layer.name)
    if blank is None:
        raise UsageError(f"a {layer.name} header cannot be made; {', '.join(BLANKS)} can")
    header = bytearray(blank)
    record = Record(header)
    record.meta = Given(values)
    values = dict(values)
    options = values.pop("options", None)
    stand(layer, record)
    put_all(header, layer, values)
    if options is not None:
        header = with_options(layer, header, options)
        record = Record(header)
        record.meta = Given({**values, "header_length": True})
    stand(layer, record)


class Given:
    """What a made header was told: composing leaves that as it is."""

    __slots__ = ("names",)

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)


def stand(layer: Layer, record: Record) -> None:
    """Place a layer on its header, which is all there is."""
    layer.at(record, 0, record.caplen)
    layer.decode()


def with_options(layer: Layer, header: bytearray, options: Any) -> bytearray:
    """The header with options behind it, padded to four octets and counted."""
    most = WITH_OPTIONS.get(layer.name)
    if most is None:
        raise UsageError(f"a {layer.name} header has no options that can be set")
    if not isinstance(options, (bytes, bytearray, memoryview)):
        raise UsageError(f"{layer.name}.options can be set to octets, not to "
                         f"{type(options).__name__}")
    whole = bytearray(header + bytes(options))
    whole += bytes(-len(whole) % 4)
    if len(whole) > most:
        raise UsageError(f"{layer.name}.options: {len(options)} bytes; {most - len(header)} fit")
    put(whole, layer, "header_length", len(whole))
    return whole


def put_all(data: bytearray, layer: Layer, values: dict[str, Any]) -> None:
    """Write values of a layer's fields, in the order of the fields: later ones depend on types."""
    known = fields_of(type(layer))
    for name in values:
        if name not in known:
            raise UsageError(layer.no_field(name))
    for name in known:
        if name in values:
            put(data, layer, name, values[name])


def put(data: bytearray, layer: Layer, name: str, value: Any, start: int = 0) -> None:
    """Write one value into the octets that the layer reads. Raises UsageError, nothing written.

    ``start``: where in the packet ``data`` begins, if it is a part of it.
    """
    field = fields_of(type(layer))[name]
    what = f"{layer.name}.{name}"
    at, size = place(layer, field, what)
    at -= start if at >= 0 else 0
    if at < 0 or at + size > len(data):
        raise UsageError(f"{what} is not in this packet: it has no such field, or is cut short")
    if field.type in ("bytes", "text", "ipv6", "mac"):
        data[at:at + size] = octets(field, value, size, what)
        return
    number = number_of(field, value, what)
    order: Literal["little", "big"] = "little" if field.little else "big"
    if isinstance(field, Bits):
        whole = int.from_bytes(data[at:at + size], order)
        number = whole & ~field.mask | scaled(field, number, what) << field.shift
    elif field.type[0] == "i" and field.type != "ipv4":
        if not -(1 << 8 * size - 1) <= number < 1 << 8 * size - 1:
            raise UsageError(f"{what} has {8 * size} bits with a sign; {number} does not fit")
        number %= 1 << 8 * size
    elif not 0 <= number < 1 << 8 * size:
        raise UsageError(f"{what} has {8 * size} bits; {number} does not fit")
    data[at:at + size] = number.to_bytes(size, order)


def place(layer: Layer, field: Field, what: str) -> tuple[int, int]:
    """Where a field's octets are, and how many."""
    if isinstance(field, Made):
        where = getattr(field.make, "where", None)
        size = SIZES.get(field.type, 0)
        if where is None or not size:
            raise UsageError(f"{what} cannot be set: it is worked out of others, or a list")
        return where(layer), size
    if field.at < 0 or not field.size:
        raise UsageError(f"{what} cannot be set: nothing says where it is")
    return layer.off + field.at, field.size


def scaled(field: Bits, number: int, what: str) -> int:
    """The number that stands for a value in the header."""
    most = field.mask >> field.shift
    value, rest = divmod(number, field.scale)
    if rest:
        raise UsageError(f"{what} is a multiple of {field.scale}; {number} is none")
    if not 0 <= value <= most:
        raise UsageError(f"{what} is at most {most * field.scale}; {number} does not fit")
    return value


def number_of(field: Field, value: Any, what: str) -> int:
    """A value as the number that a header has."""
    if field.type == "ipv4":
        return int.from_bytes(address(value, 4, what), "big")
    if isinstance(value, str):
        if isinstance(field, Flags):
            return flags_of(field, value, what)
        for number, name in (field.names or {}).items():
            if name == value:
                return int(number)
        raise UsageError(f"{what} has no value called {value!r}" + (
            f"; there are {', '.join(map(str, field.names.values()))}" if field.names else ""))
    if not isinstance(value, int):
        raise UsageError(f"{what} must be an int, not {type(value).__name__}")
    return int(value)


def flags_of(field: Flags, text: str, what: str) -> int:
    """Names of flags, as ``layer["flags"]`` has them, as a number."""
    letters = all(len(name) == 1 for name in field.names.values())
    bits = {name: bit for bit, name in field.names.items()}
    number = 0
    for name in text if letters else filter(None, text.split(",")):
        if name not in bits:
            raise UsageError(f"{what} has no flag {name!r}; it has {', '.join(bits)}")
        number |= bits[name]
    return number


def octets(field: Field, value: Any, size: int, what: str) -> bytes:
    """A value as octets of a header."""
    if field.type == "ipv6":
        return address(value, 16, what)
    if field.type == "mac" and isinstance(value, str):
        try:
            value = bytes.fromhex(value.replace(":", " ").replace("-", " "))
        except ValueError:
            raise UsageError(f"{what}: {value!r} is no Ethernet address") from None
    elif field.type == "text" and isinstance(value, str):
        value = value.encode()[:size].ljust(size, b"\0")
    elif isinstance(value, str):
        try:
            value = bytes.fromhex(value)
        except ValueError:
            raise UsageError(f"{what}: {value!r} is no hexadecimal number") from None
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise UsageError(f"{what} must be octets, not {type(value).__name__}")
    if len(value) != size:
        raise UsageError(f"{what} has {size} bytes, not {len(value)}")
    return bytes(value)


def address(value: Any, size: int, what: str) -> bytes:
    """The octets of an IP address: a text, a number, octets, or what ``ipaddress`` has."""
    packed = getattr(value, "packed", value)
    if isinstance(packed, str):
        from socket import AF_INET, AF_INET6, inet_pton
        try:
            packed = inet_pton(AF_INET if size == 4 else AF_INET6, packed)
        except (OSError, ValueError):
            packed = b""
    elif isinstance(packed, int) and not isinstance(packed, bool):
        packed = packed.to_bytes(size, "big") if 0 <= packed < 1 << 8 * size else b""
    if not isinstance(packed, (bytes, bytearray, memoryview)) or len(packed) != size:
        raise UsageError(f"{what}: {value!r} is no IPv{4 if size == 4 else 6} address")
    return bytes(packed)
