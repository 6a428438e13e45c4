"""Remote Authentication Dial In User Service (RFC 2865 and others); tcpdump: print-radius.c."""

from __future__ import annotations

import time

from fyke.hints import Any, Callable, Iterator, NamedTuple
from fyke.layers.application.ntp import long_time
from fyke.layers.application.radius_names import (
    ATTRIBUTE_NAMES,
    CODE_NAMES,
    ERROR_CAUSES,
    FEATURE_BITS,
    LOCATION_CODES,
    LOCATION_ENTITIES,
    NAMESPACES,
    POLICY_BITS,
    TAG_NAMES,
    VALUE_NAMES,
)
from fyke.layers.application.radius_vendors import SIZES, VENDORS
from fyke.layers.cursor import Malformed, Tlv, tlvs
from fyke.layers.enterprises import ENTERPRISE_NAMES
from fyke.layers.fields import U8, U16, Listed, Made, Octets, Options, text_of
from fyke.layers.hexdump import hex_and_ascii_print, print_unknown_data
from fyke.layers.layer import Layer, write_chain
from fyke.layers.plain import address
from fyke.layers.tables import table
from fyke.layers.words import INVALID, as_text, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 20
MOST_OCTETS = 4096  # of a packet (RFC 2865 §3)
EAP = table("radius.eap")  # one entry, 0: who decodes an EAP packet

EGRESS_VLAN, EGRESS_NAME, TUNNEL_PASSWORD, EAP_MESSAGE = 56, 58, 69, 79  # attributes
SECRETS = (2, 3, 60, 69, 80)  # attributes of octets
TAGGED = (66, 67, 81, 82, 90, 91)  # texts that may begin with a tag (RFC 2868 §3)
TAGGED_NUMBERS = (64, 65, 83)  # numbers of 24 bits after a tag
TIMES = (27, 28, 41, 46, 85)  # seconds
#: Numbers with a meaning of their own.
SPECIAL = {(23, 0xFFFFFFFE): b"NAS Select", (37, 0): b"Unnumbered", (38, 0): b"NAS assigned",
           (8, 0xFFFFFFFF): b"User Selected", (8, 0xFFFFFFFE): b"NAS Select",
           (14, 0xFFFFFFFF): b"User Selected", (14, 0xFFFFFFFE): b"NAS Select"}

#: What kind of value each attribute has; those that are missing show none.
KINDS: dict[int, str] = {
    **dict.fromkeys((4, 8, 9, 14), "address"),
    **dict.fromkeys((5, 6, 7, 10, 12, 13, 15, 16, 23, 27, 28, 29, 37, 38, 40, 41, 42, 43, 45, 46,
                     47, 48, 49, 51, 52, 53, 56, 57, 61, 62, 64, 65, 72, 75, 76, 83, 85, 86),
                    "number"),
    **dict.fromkeys((1, 11, 18, 19, 20, 22, 24, 25, 30, 31, 32, 33, 34, 35, 36, 39, 44, 50, 58, 60,
                     63, 66, 67, 68, 69, 73, 74, 77, 78, 79, 80, 81, 82, 87, 88, 89, 90, 91, 92,
                     99, 100, *range(103, 123)), "text"),
    26: "vendor", 55: "time", 70: "password", 71: "features", 84: "response", 95: "address6",
    97: "prefix", 98: "address6", 101: "cause", 123: "prefix", 124: "vector", 125: "home",
    126: "operator", 127: "location", 128: "data", 129: "policy",
}


class Invalid(Exception):
    """A value that cannot be; the argument says why, in octets of text."""


class Attribute(NamedTuple):
    """An attribute; ``tag`` groups those of a tunnel (RFC 2868)."""

    kind: int
    name: str
    tag: int | None
    value: Any


class VendorAttribute(NamedTuple):
    """One of a vendor's own (RFC 2865 §5.26)."""

    vendor: int
    type: int
    value: Any  #: a number, an address, text; else printable octets as text, or hexadecimal
    name: str = ""  #: where this vendor's dictionary is known (radius_vendors.py)


def elements(radius: Radius) -> Iterator[Tlv]:
    """The attributes by place; ends where one cannot be."""
    at = radius.off + HEADER_LENGTH
    return tlvs(radius.pkt, at, radius.off + min(radius.packet_length, radius.size), counts=2)


def attributes_of(radius: Radius) -> Options:
    """Every attribute in the packet's order."""
    found = Options()
    try:
        for one in elements(radius):
            name = (ATTRIBUTE_NAMES[one.type] if one.type < len(ATTRIBUTE_NAMES)
                    else b"unknown_%d" % one.type)
            tag, value = value_of(radius.pkt, one)
            found.append(Attribute(one.type, name.decode().lower().replace("-", "_"), tag, value))
    except (Malformed, Truncated):
        found.cut = True
    return found


def value_of(pkt: Record, one: Tlv) -> tuple[int | None, Any]:
    """Tag and value; octets where they do not fit the attribute's kind."""
    kind, octets = KINDS.get(one.type), pkt.raw(one.at, one.size)
    if kind in ("number", "cause", "time") and one.size == 4:
        if one.type in TAGGED_NUMBERS or one.type == EGRESS_VLAN:
            return octets[0], int.from_bytes(octets[1:], "big")
        return None, int.from_bytes(octets, "big")
    if (kind == "address" and one.size == 4) or (kind == "address6" and one.size == 16):
        return None, address(octets)
    if kind == "prefix" and 2 <= one.size <= 18:
        return None, f"{address(octets[2:].ljust(16, bytes(1)))}/{octets[1]}"
    if kind == "vendor" and one.size >= 4:
        return None, vendor_attributes(pkt, one)
    if kind == "text" and one.type not in (EAP_MESSAGE, *SECRETS):
        if one.type in TAGGED and octets and octets[0] <= 0x1F:
            return octets[0], text_of(octets[1:])
        return None, text_of(octets)
    return None, octets


def vendor_attributes(pkt: Record, one: Tlv) -> Any:
    vendor = pkt.u32(one.at)
    wide, long = SIZES.get(vendor, (1, 1))
    start, stop = one.at + 4, one.at + one.size
    if long == 0:  # one attribute, to the end
        octets = pkt.raw(start, stop - start)
        return [vendor_attribute(vendor, int.from_bytes(octets[:wide], "big"), octets[wide:])]
    try:
        return [vendor_attribute(vendor, inner.type, pkt.raw(inner.at, inner.size))
                for inner in tlvs(pkt, start, stop, type_size=wide, length_size=long,
                                  counts=wide + long)]
    except Malformed:
        return [VendorAttribute(vendor, 0, pkt.raw(one.at + 4, one.size - 4).hex())]


def vendor_attribute(vendor: int, kind: int, octets: bytes) -> VendorAttribute:
    """By the vendor's own dictionary, if its size is what that says."""
    name, form = VENDORS.get(vendor, {}).get(kind, ("", ""))
    value: Any = shown(octets)
    if form == "number" and 0 < len(octets) <= 8:
        value = int.from_bytes(octets, "big")
    elif form in ("address", "address6") and len(octets) == (4 if form == "address" else 16):
        value = address(octets)
    elif form == "text":
        value = text_of(octets)
    return VendorAttribute(vendor, kind, value, name)


def shown(octets: bytes) -> str:
    """Printable text as it is, anything else as hexadecimal."""
    return octets.decode() if all(32 <= one < 127 for one in octets) else octets.hex()


def eap_parts(radius: Radius) -> list[Tlv]:
    """The attributes that an EAP packet is in: one may not be long enough (RFC 3579 §3.1)."""
    found = []
    try:
        for one in elements(radius):
            if one.type == EAP_MESSAGE and one.size:
                found.append(one)
    except (Malformed, Truncated):
        pass
    return found


def attribute(number: int) -> Callable[[Radius], Any]:
    """Reads the first attribute of a number."""
    def read(radius: Radius) -> Any:
        for one in attributes_of(radius):
            if one.kind == number:
                return one.value
        return None
    return read


class Radius(Layer):
    """A packet: code, identifier, authenticator, attributes; EAP in them is the layer above."""

    __slots__ = ("parts",)

    parts: list[Tlv]  #: where the EAP packet is

    name = "radius"
    tag = b"radius"

    code = U8(0, "what is asked or answered", names=as_text(CODE_NAMES))
    id = U8(1, "the same in a request and its response")
    packet_length = U16(2, "of all of it", unit="bytes")
    authenticator = Octets(4, 16)
    attributes = Listed(attributes_of, "every attribute", keyed=True)
    user_name = Made("text", attribute(1))
    nas_ip = Made("text", attribute(4), "address of the client")
    calling_station = Made("text", attribute(31), "who asks for access")
    called_station = Made("text", attribute(30), "where access is asked for")

    def clear(self) -> None:
        self.parts = []

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, HEADER_LENGTH)
        self.parts = eap_parts(self)
        if self.parts:
            self.next = EAP.find(0)
            self.payload_off = self.parts[0].at
            self.payload_length = self.parts[0].size

    def follow(self) -> Layer | None:
        if len(self.parts) < 2 or self.next is None:
            return Layer.follow(self)
        layer: Layer = self.next()  # in octets that are put together: no place in the packet
        layer.below = self
        octets = b"".join(self.pkt.raw(one.at, one.size) for one in self.parts)
        return layer.at(Record(octets), 0, len(octets))

    def write(self, line: Line) -> None:
        line.put(b"RADIUS")
        self.write_packet(line)
        line.stop()  # EAP was written in its attributes

    def write_packet(self, line: Line) -> None:
        pkt = self.pkt
        if self.size < HEADER_LENGTH:
            line.put(b" [length %d < %d]" % (self.size, HEADER_LENGTH) + INVALID)
            return
        length = self.packet_length
        for wrong, sign, bound in ((length < HEADER_LENGTH, b"<", HEADER_LENGTH),
                                   (length > MOST_OCTETS, b">", MOST_OCTETS),
                                   (length > self.size, b">", self.size)):
            if wrong:
                line.put(b" [length %d %s %d]" % (length, sign, bound) + INVALID)
                return
        code = self.code
        name = named(CODE_NAMES, code, b"Unknown Command")
        if not line.style.verbose:
            line.put(b", %s (%d), id: 0x%02x, length: %d" % (name, code, self.id, length))
            pkt.raw(self.off, HEADER_LENGTH)
            return
        line.put(b", length: %d\n\t%s (%d), id: 0x%02x, Authenticator: " % (
            length, name, code, self.id))
        line.hex_string(pkt, self.off + 4, 16)
        try:
            self.write_attributes(line, self.off + HEADER_LENGTH, self.off + length)
        except Invalid as fault:
            line.put(fault.args[0] + INVALID)

    def write_attributes(self, line: Line, at: int, stop: int) -> None:
        """Every attribute. Raises Invalid."""
        pkt = self.pkt
        while at < stop:
            at_least(stop - at, 2)
            kind = pkt.u8(at)
            size = pkt.u8(at + 1)
            name = ATTRIBUTE_NAMES[kind] if kind < len(ATTRIBUTE_NAMES) else b"Unknown"
            line.put(b"\n\t  %s Attribute (%d), length: %d" % (name, kind, size))
            at_least(size, 2)
            at_most(size, stop - at)
            line.put(b", Value: ")
            if size > 2:
                self.write_attribute(line, kind, at + 2, size - 2)
            if line.style.verbose > 1:
                print_unknown_data(line, pkt, at + 2, b"\n\t    ", size - 2)
            at += size

    def write_attribute(self, line: Line, kind: int, at: int, size: int) -> None:
        if kind == EAP_MESSAGE:
            eap = EAP.find(0)
            if eap is not None:
                write_chain(self.child(eap, at, size), line)
            line.protocol = self
            return
        try:
            write_value(line, self.pkt, kind, at, size)
        except Invalid as fault:
            line.put(fault.args[0] + INVALID)


def write_value(line: Line, pkt: Record, kind: int, at: int, size: int) -> None:
    """An attribute's value, if its kind has one to be shown. Raises Invalid."""
    what = KINDS.get(kind)
    if what == "text":
        write_text(line, pkt, kind, at, size)
    elif what == "number":
        need(size, 4)
        write_number(line, pkt, kind, at)
    elif what == "address":
        need(size, 4)
        special = SPECIAL.get((kind, pkt.u32(at)))
        if special is not None:
            line.put(special)
        else:
            line.host4(pkt.u32(at))
    elif what in WRITERS:
        WRITERS[what](line, pkt, at, size)


def need(size: int, wanted: int) -> None:
    if size != wanted:
        raise Invalid(b" [length %d != %d]" % (size, wanted))


def at_least(size: int, wanted: int) -> None:
    if size < wanted:
        raise Invalid(b" [length %d < %d]" % (size, wanted))


def at_most(size: int, wanted: int) -> None:
    if size > wanted:
        raise Invalid(b" [length %d > %d]" % (size, wanted))


def write_dotted(line: Line, pkt: Record, at: int, size: int) -> None:
    """Text, with a dot for what is none."""
    line.put(bytes(c if 32 <= c < 127 else 46 for c in pkt.raw(at, size)))


def write_tag(line: Line, tag: int) -> None:
    line.put(b"Tag[%d] " % tag if tag else b"Tag[Unused] ")


def write_text(line: Line, pkt: Record, kind: int, at: int, size: int) -> None:
    pkt.raw(at, size)
    first = pkt.u8(at)
    skip = 0
    if kind == TUNNEL_PASSWORD:
        at_least(size, 3)
        write_tag(line, first if first <= 0x1F else 0)
        line.put(b"Salt %d " % pkt.u16(at + 1))
        skip = 3
    elif kind in TAGGED and first <= 0x1F:
        write_tag(line, first)
        skip = 1
    elif kind == EGRESS_NAME:
        line.put(b"%s (0x%02x) " % (named(TAG_NAMES, first, b"Unknown tag"), first))
        skip = 1
    text = pkt.raw(at + skip, size - skip).split(b"\0", 1)[0]
    write_dotted(line, pkt, at + skip, len(text))


def write_number(line: Line, pkt: Record, kind: int, at: int) -> None:
    value = pkt.u32(at)
    if kind in TAGGED_NUMBERS:
        write_tag(line, pkt.u8(at))
        value = pkt.u24(at + 1)
    elif kind == EGRESS_VLAN:
        line.put(b"%s (0x%02x) " % (named(TAG_NAMES, pkt.u8(at), b"Unknown tag"), pkt.u8(at)))
        value = pkt.u24(at + 1)
    if kind in VALUE_NAMES:
        first, names = VALUE_NAMES[kind]
        known = first <= value < first + len(names)
        line.put(names[value - first] if known else b"#%d" % value)
    elif (kind, value) in SPECIAL:
        line.put(SPECIAL[kind, value])
    elif kind in TIMES:
        write_seconds(line, value)
    else:
        line.put(b"%d" % value)


def write_seconds(line: Line, value: int) -> None:
    if value < 60:
        line.put(b"%02d secs" % value)
    elif value < 3600:
        line.put(b"%02d:%02d min" % (value // 60, value % 60))
    else:
        line.put(b"%02d:%02d:%02d hours" % (value // 3600, value % 3600 // 60, value % 60))


def write_vendor(line: Line, pkt: Record, at: int, size: int) -> None:
    """Vendor-Specific (RFC 2865 §5.26): attributes inside an attribute."""
    at_least(size, 4)
    vendor = pkt.u32(at)
    line.put(b"Vendor: %s (%d)" % (named(ENTERPRISE_NAMES, vendor, b"Unknown"), vendor))
    stop = at + size
    at += 4
    while stop - at >= 2:
        kind, length = pkt.u8(at), pkt.u8(at + 1)
        line.put(b"\n\t    Vendor Attribute: %d, length: %d" % (kind, length))
        at_least(length, 2)
        at_most(length, stop - at)
        line.put(b", value: ")
        write_dotted(line, pkt, at + 2, length - 2)
        at += length


def write_address6(line: Line, pkt: Record, at: int, size: int) -> None:
    need(size, 16)
    line.host6(pkt, at)


def write_prefix(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 3162 §2.3: a reserved octet, the prefix length, as much of the prefix as is needed."""
    at_least(size, 2)
    at_most(size, 18)
    prefix = pkt.raw(at + 2, size - 2)
    bits = pkt.u8(at + 1)
    if pkt.u8(at):
        line.put(b"[reserved-MBZ %d] " % pkt.u8(at))
    if bits > 128:
        raise Invalid(b" [prefix length %d > 128]" % bits)
    line.host6(Record(prefix.ljust(16, b"\0")), 0)
    line.put(b"/%d" % bits)
    if bits > 8 * (size - 2):
        raise Invalid(b" [inconsistent prefix length %d > %d]" % (bits, 8 * (size - 2)))


def write_home_prefix(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5447 §4.2.3."""
    need(size, 17)
    pkt.raw(at, size)
    bits = pkt.u8(at)
    if bits > 128:
        raise Invalid(b" [prefix length %d > 128]" % bits)
    line.host6(pkt, at + 1)
    line.put(b"/%d" % bits)


def write_operator(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5580 §4.1."""
    pkt.raw(at, size)
    at_least(size, 2)
    line.put(b"[%s] " % named(NAMESPACES, pkt.u8(at), b"unknown namespace %d"))
    line.escaped(pkt, at + 1, size - 1)


def write_location(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5580 §4.2."""
    pkt.raw(at, size)
    at_least(size, 21)
    line.put(b"index %d, code %s, entity %s, sighting time %s, time to live %s, method \"" % (
        pkt.u16(at), named(LOCATION_CODES, pkt.u8(at + 2)),
        named(LOCATION_ENTITIES, pkt.u8(at + 3)), long_time(pkt.u64(at + 4)),
        long_time(pkt.u64(at + 12))))
    line.escaped(pkt, at + 20, size - 20)
    line.char(34)


def write_location_data(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5580 §4.3: the place in octets, since the attribute before says how they are meant."""
    pkt.raw(at, size)
    at_least(size, 3)
    line.put(b"index %d, location" % pkt.u16(at))
    hex_and_ascii_print(line, pkt, at + 2, size - 2, b"\n\t    ")


def write_policy(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5580 §4.4."""
    pkt.raw(at, size)
    at_least(size, 10)
    line.put(b"flags [%s], retention expires %s" % (
        bit_words(POLICY_BITS, pkt.u16(at)), long_time(pkt.u64(at + 2))))
    if size > 10:
        line.put(b', note well "')
        line.escaped(pkt, at + 10, size - 10)
        line.char(34)


def write_time(line: Line, pkt: Record, at: int, size: int) -> None:
    need(size, 4)
    line.put(time.ctime(pkt.u32(at)).encode())


def write_vector(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5447 §4.2.5."""
    need(size, 8)
    line.put(b"[%s]" % bit_words(FEATURE_BITS, pkt.u64(at), none=b""))


def upper_hex(octets: bytes) -> bytes:
    return octets.hex().upper().encode()


def write_password(line: Line, pkt: Record, at: int, size: int) -> None:
    """ARAP-Password (RFC 2869 §5.4)."""
    need(size, 16)
    line.put(b"User_challenge (%s) User_resp(%s)" % (
        upper_hex(pkt.raw(at, 8)), upper_hex(pkt.raw(at + 8, 8))))


def write_features(line: Line, pkt: Record, at: int, size: int) -> None:
    """ARAP-Features (RFC 2869 §5.5)."""
    need(size, 14)
    line.put(b"User can%s change password, Min password length: %d" % (
        b"" if pkt.u8(at) else b"not", pkt.u8(at + 1)))
    for label, where in ((b"created at", 2), (b"expires in", 6), (b"Current Time", 10)):
        line.put(b", %s: %s" % (label, upper_hex(pkt.raw(at + where, 4))))


def write_response(line: Line, pkt: Record, at: int, size: int) -> None:
    """ARAP-Challenge-Response (RFC 2869 §5.15)."""
    need(size, 8)
    line.put(upper_hex(pkt.raw(at, 8)))


def write_cause(line: Line, pkt: Record, at: int, size: int) -> None:
    need(size, 4)
    value = pkt.u32(at)
    line.put(b"Error cause %d: %s" % (value, named(
        ERROR_CAUSES, value, b"Error-Cause %d not known")))


WRITERS = {
    "vendor": write_vendor, "address6": write_address6, "prefix": write_prefix,
    "home": write_home_prefix, "operator": write_operator, "location": write_location,
    "data": write_location_data, "policy": write_policy, "time": write_time,
    "vector": write_vector, "password": write_password, "features": write_features,
    "response": write_response, "cause": write_cause,
}
