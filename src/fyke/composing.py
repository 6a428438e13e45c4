"""Packets made of headers and of other packets: ``Packet.build`` and ``packet.replace``.

Octets in, octets out: lengths, the numbers that say what a header carries, and checksums are
mended, each only where it can be: a checksum of what was not captured follows what changed
(RFC 1624), one of a fragment stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fyke.errors import UsageError
from fyke.files.checksums import adjust, crc32c_difference
from fyke.hints import Any
from fyke.layers.layer import Layer, chain_of, names_of
from fyke.layers.making import BLANKS, Given, make, put, put_all
from fyke.layers.network.ip import IP
from fyke.layers.tables import read_rooms, table
from fyke.wire import Record

Octets = (bytes, bytearray, memoryview)

#: Fields that count what a header carries: name of the field, octets of the header not counted.
LENGTHS = {"ip": ("length", 0), "ip6": ("stated_length", 40), "udp": ("length", 0),
           "pppoe": ("length", -1)}  # -1: none of them
#: Fields that say what comes next, and the tables of their numbers.
NUMBERS = {"ether": ("type", ("ethertype",)), "vlan": ("type", ("ethertype",)),
           "snap": ("pid", ("ethertype",)), "sll": ("protocol", ("ethertype",)),
           "sll2": ("protocol", ("ethertype",)), "ip": ("proto", ("ip.proto", "ip4.proto")),
           "ip6": ("next_header", ("ip.proto", "ip6.proto")), "ppp": ("proto", ("ppp.proto",)),
           "gre": ("proto", ("gre.proto", "ethertype")), "geneve": ("proto", ("ethertype",))}
FAMILIES = {"ip": 2, "ip6": 30}  # of a made NULL header: AF_INET, and AF_INET6 as macOS has it
MAX_802_3 = 1500  # what is no more is a length (IEEE 802.3 §3.2.6)
IP6_HEADER = 40
#: Where checksums are, in octets from their header, and whether a pseudo header is in them.
CHECKSUMS = {"ip": (10, False), "tcp": (16, True), "udp": (6, True), "icmp": (2, False),
             "icmp6": (2, True), "igmp": (2, False)}
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp6": 58}
SCTP_CHECKSUM = 8


# --- build ------------------------------------------------------------------------------------

def compose(parts: Sequence[Any], checksums: bool) -> tuple[bytes, int]:
    """Headers and a payload as one packet: its octets and its link type. Raises UsageError."""
    read_rooms()
    layers = [placed(part) for part in parts if isinstance(part, Layer)]
    rest = [part for part in parts if not isinstance(part, Layer)]
    if not layers or len(rest) > 1 or (rest and rest[0] is not parts[-1]) or not all(
            isinstance(part, Octets) for part in rest):
        raise UsageError("a packet is built of layers, the link layer first, and of octets as its "
                         "payload behind them, if it has one")
    content = bytearray(rest[0] if rest else b"")
    above: Layer | None = None
    for layer in reversed(layers):
        header = bytearray(layer.header)
        counted(header, layer, len(content))
        numbered(header, layer, above, len(content))
        content = header + content
        above = layer
    link_type = (layers[0].pkt.link_type if given(layers[0]) is None
                 else table("link_type").key_of(type(layers[0])))
    if link_type < 0:
        raise UsageError(f"no link type begins with {layers[0].name}: give a link layer first")
    if checksums:
        mend(content, link_type, len(content), [skips(layer) for layer in layers])
    return bytes(content), link_type


def placed(layer: Layer) -> Layer:
    """A layer that has a header: one that was made without values gets the usual one."""
    if layer.short:
        raise UsageError(f"the {layer.name} header is cut short; build of whole ones")
    if layer.pkt.caplen == 0 and layer.name != "raw":
        layer = type(layer)()
        make(layer, {})
    return layer


def given(layer: Layer) -> Given | None:
    """What a made header was told; None for one from a packet."""
    told = layer.pkt.meta
    if isinstance(told, Given):
        return told
    return Given(()) if layer.pkt.caplen == 0 else None


def skips(layer: Layer) -> bool:
    """Whether the checksum of a header is to stay: told, or none in a UDP header of a packet."""
    told = given(layer)
    if told is not None:
        return "checksum" in told.names
    return layer.name == "udp" and layer["checksum"] == 0


def counted(header: bytearray, layer: Layer, content: int) -> None:
    """Set a header's length field, where it is not told and not right."""
    told = given(layer)
    if told is None and content == layer.payload_length:
        return
    if layer.name in LENGTHS:
        name, without = LENGTHS[layer.name]
        if told is not None and name in told.names:
            return
        if told is None and name == "length" and layer["length"] == 0:
            return  # a card was to say it, or a jumbogram's option does
        head = len(header) if without >= 0 else 0
        set_length(header, layer, name, content + head - max(without, 0), layer.off)
    elif told is None and is_802_3(layer):
        set_length(header, layer, "type", content, layer.off)


def is_802_3(layer: Layer) -> bool:
    """Whether an Ethernet header has a length in place of a type."""
    return layer.name == "ether" and layer["type"] is not None and layer["type"] <= MAX_802_3


def set_length(data: bytearray, layer: Layer, name: str, value: int, start: int) -> None:
    """Write a length. UsageError where it is more than the field holds."""
    most = MAX_802_3 if name == "type" else 0xFFFF
    if value > most:
        raise UsageError(f"{layer.name}.{name} is at most {most}; these are {value} bytes")
    put(data, layer, name, value, start)


def numbered(header: bytearray, layer: Layer, above: Layer | None, content: int) -> None:
    """Set the number that says what comes next, where it is not told and says something else."""
    if above is None:
        return
    told = given(layer)
    name, tables = NUMBERS.get(layer.name, ("", ()))
    if told is not None and name in told.names:
        return
    if told is not None and layer.name == "ether" and above.name == "llc":
        set_length(header, layer, name, content, layer.off)
        return
    if layer.name == "null" and told is not None and "family" not in told.names:
        header[:4] = FAMILIES.get(above.name, 0).to_bytes(4, "little")
    if layer.next is type(above) or not name:
        return
    if layer.name == "ip6" and len(header) > IP6_HEADER:
        raise UsageError("the last of the IPv6 extension headers says that something else follows")
    number = max(table(one).key_of(type(above)) for one in tables)
    if number < 0:
        raise UsageError(f"no {layer.name}.{name} is known for {above.name}: give one")
    put(header, layer, name, number, layer.off)


# --- checksums --------------------------------------------------------------------------------

def mend(data: bytearray, link_type: int, wire_length: int, skipped: Sequence[bool],
         old: bytes | None = None) -> None:
    """Set the checksums of a packet, the innermost first: those around it cover them.

    ``skipped``: of the layers in order, whose is left; those behind are payload, and left, too.
    ``old``: the packet before. What is as it was is left (a quoted packet's checksum was right
    elsewhere), and what covers more than was captured follows the difference.
    """
    record = Record(data, link_type)
    record.wirelen = wire_length
    layers = chain_of(record).all()
    before = None if old is None else Record(old, link_type)
    if before is not None:
        before.wirelen = max(wire_length, before.caplen)
    earlier = [] if before is None else chain_of(before).all()
    for number in range(min(len(layers), len(skipped)) - 1, -1, -1):
        layer = layers[number]
        if layer.short or skipped[number] or (old is not None and not touched(data, old, layer)):
            continue
        record.widen(record.caplen)
        if layer.name == "sctp":
            mend_crc(data, layer, old)
        elif layer.name in CHECKSUMS:
            same = number < len(earlier) and earlier[number].name == layer.name
            mend_sum(data, record, layer, earlier[number] if same else None, before)


def touched(data: bytearray, old: bytes, layer: Layer) -> bool:
    """Whether what a checksum covers has changed: the layer, and what is in a pseudo header."""
    below: Any = layer.below
    start = layer.off
    if layer.name in CHECKSUMS and CHECKSUMS[layer.name][1] and below is not None:
        start = below.off
    end = layer.off + (covered(layer) if layer.name in CHECKSUMS else layer.size)
    return data[start:end] != old[start:end]


def mend_sum(data: bytearray, record: Record, layer: Layer, earlier: Layer | None,
             before: Record | None) -> None:
    """Set one Internet checksum."""
    at, pseudo = CHECKSUMS[layer.name]
    at += layer.off
    below: Any = layer.below
    on_ip = isinstance(below, IP)
    if (pseudo and not on_ip) or (on_ip and below.fragment and layer.name != "ip"):
        return
    size = covered(layer)
    if record.has(layer.off, size):
        data[at:at + 2] = b"\0\0"
        total = record.sum16(layer.off, size,
                             below.pseudo_sum(PROTOCOLS[layer.name], size) if pseudo else 0)
        value = ~total & 0xFFFF
        if value == 0 and layer.name == "udp":
            value = 0xFFFF
        data[at:at + 2] = value.to_bytes(2, "big")
    elif before is not None and earlier is not None and record.has(at, 2):
        before.widen(before.caplen)
        kept = bytes(data[at:at + 2])
        data[at:at + 2] = bytes(2)
        sums = []
        for window, one in ((before, earlier), (record, layer)):
            under: Any = one.below
            sums.append(window.sum16(one.off, window.caplen - one.off, under.pseudo_sum(
                PROTOCOLS[one.name], 0) if pseudo else 0))
        data[at:at + 2] = kept
        was = before.sum16(at, 2)  # in the old sum the checksum itself is still counted
        adjust(data, at, (sums[0] - was) % 0xFFFF, sums[1] % 0xFFFF)


def covered(layer: Any) -> int:
    """Octets that a header's checksum covers."""
    if layer.name == "ip":
        return int(layer.header_length)
    if layer.name == "udp":
        length = int(layer.length)
        return length if 8 <= length <= layer.size else int(layer.size)
    return int(layer.size)


def mend_crc(data: bytearray, layer: Layer, old: bytes | None) -> None:
    """Bring SCTP's CRC32c in line: over what changed, as the CRC of a difference tells."""
    at, end = layer.off, min(layer.off + layer.size, len(data))
    if old is None or len(old) < end or len(old) != len(data) or end < layer.off + layer.size:
        return
    was, now = bytearray(old[at:end]), bytearray(data[at:end])
    was[SCTP_CHECKSUM:SCTP_CHECKSUM + 4] = now[SCTP_CHECKSUM:SCTP_CHECKSUM + 4] = bytes(4)
    place = at + SCTP_CHECKSUM
    value = int.from_bytes(data[place:place + 4], "little")
    value ^= crc32c_difference(bytes(was), bytes(now))
    data[place:place + 4] = value.to_bytes(4, "little")


# --- replace ----------------------------------------------------------------------------------

def replaced(record: Record, layers: Sequence[Layer], payload: Any, changes: Mapping[str, Any],
             checksums: bool) -> tuple[bytes, int]:
    """A packet's octets with other values and another payload, and its length on the wire.

    Raises UsageError for what the packet has not, and for values that do not fit.
    """
    data = record.octets()
    made = bytearray(data)
    wire_length = record.wirelen
    told: dict[int, set[str]] = {}
    target: Layer | None = None
    for path, values in changes.items():
        layer = chosen(layers, path)
        if not isinstance(values, Mapping):
            raise UsageError(f"{path} must be a dict of fields, as in {path}={{\"ttl\": 3}}, not "
                             f"{type(values).__name__}")
        fields = dict(values)
        if "payload" in fields:
            if payload is not None:
                raise UsageError("two payloads were given; one of them holds the other")
            target, payload = layer, fields.pop("payload")
        told[id(layer)] = set(fields)
        put_all(made, layer, fields)
    if payload is not None:
        target = target or carrier(layers)
        made = with_payload(made, layers, target, payload, told)
        wire_length = len(made) if len(made) != len(data) else max(wire_length, len(made))
        layers = layers[:list(layers).index(target) + 1]
    if checksums and made != data:
        skipped = [skips(layer) or "checksum" in told.get(id(layer), ()) for layer in layers]
        mend(made, record.link_type, wire_length, skipped, data)
    return bytes(made), wire_length


def chosen(layers: Sequence[Layer], path: str) -> Layer:
    """The layer of a name, ``ip#2`` the second, ``ip#-1`` the last."""
    name, _, text = path.partition("#")
    try:
        number = int(text or "1")
    except ValueError:
        number = 0
    found = [layer for layer in layers if name in names_of(type(layer))]
    if not 1 <= abs(number) <= len(found):
        raise UsageError(f"there is no {path} in this packet; it has "
                         f"{', '.join(layer.name for layer in layers) or 'no layer'}")
    return found[number - 1 if number > 0 else number]


def carrier(layers: Iterable[Layer]) -> Layer:
    """The last header in front of what is called the payload of a whole packet."""
    found = [layer for layer in layers if layer.name in BLANKS and layer.payload_off > 0]
    if not found:
        raise UsageError("nothing in this packet carries a payload that could be replaced")
    return found[-1]


def with_payload(data: bytearray, layers: Sequence[Layer], layer: Layer, octets: Any,
                 told: Mapping[int, set[str]]) -> bytearray:
    """The packet with another payload of one of its layers; the lengths around it are mended.

    A payload of another length ends the packet: padding and trailers are gone.
    """
    if not isinstance(octets, Octets):
        raise UsageError(f"payload must be octets, not {type(octets).__name__}")
    at, old = layer.payload_off, layer.payload_length
    if at <= 0 or at > len(data):
        raise UsageError(f"{layer.name} has no payload in this packet")
    if len(octets) == old and at + old <= len(data):
        data[at:at + old] = octets
        return data
    made = data[:at] + bytes(octets)
    for one in layers[:list(layers).index(layer) + 1]:
        content = len(made) - one.payload_off
        name, without = LENGTHS.get(one.name, ("", 0))
        if is_802_3(one):
            name, without = "type", -1
        if name and name not in told.get(id(one), ()):
            head = one.payload_off - one.off if without >= 0 else 0
            set_length(made, one, name, content + head - max(without, 0), 0)
    return made
