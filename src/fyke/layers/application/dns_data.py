"""What a DNS resource record holds, as text in the form of zone files (RFC 1035 §5.1).

One row a type: the parts of its data in their order. What is unknown, or does not fit its type,
is ``\\# 3 0a0b0c`` (RFC 3597 §5). So is what would be very long as text for its size.
"""

from __future__ import annotations

import time
from binascii import b2a_base64

from fyke.hints import Callable, Iterator
from fyke.layers.application.dns_names import TYPE_NAMES
from fyke.layers.application.dns_text import IN_STRING, Names, escaped, quoted
from fyke.layers.cursor import Cursor, Malformed
from fyke.layers.plain import address
from fyke.wire import Record, Truncated

#: Characters that a record's data may become: some, and so many an octet.
LONGEST, LONGEST_PER_OCTET = 512, 8


class Data(Cursor):
    """The octets of one record, and how names are read in them."""

    __slots__ = ("names",)

    def __init__(self, pkt: Record, at: int, stop: int, names: Names) -> None:
        Cursor.__init__(self, pkt, at, stop)
        self.names = names


Part = Callable[[Data], str]


def data_text(pkt: Record, at: int, size: int, kind: int, names: Names) -> str:
    """The ``size`` octets at ``at`` of a record of type ``kind``. Raises Truncated."""
    parts = PARTS.get(kind)
    if parts is not None:
        data = Data(pkt, at, at + size, names)
        try:
            text = " ".join(filter(None, [part(data) for part in parts]))
        except (Malformed, Truncated, ValueError, OverflowError):
            text = ""
        if text and not data.left and len(text) <= LONGEST + LONGEST_PER_OCTET * size:
            return text
    return f"\\# {size} {pkt.raw(at, size).hex()}".rstrip()


TYPES = {number: text.decode().replace("_", "-") for number, text in TYPE_NAMES.items()}


def type_name(number: int) -> str:
    """The name of a record type (RFC 3597 §5 where nobody named it)."""
    return TYPES.get(number) or f"TYPE{number}"


def u8(data: Data) -> str:
    return str(data.u8())


def u16(data: Data) -> str:
    return str(data.u16())


def u32(data: Data) -> str:
    return str(data.u32())


def u48(data: Data) -> str:
    return str(int.from_bytes(data.raw(6), "big"))


def name(data: Data) -> str:
    return data.names.read(data)


def names(data: Data) -> str:
    """All names that are left."""
    return " ".join(each(data, name))


def each(data: Data, part: Part) -> Iterator[str]:
    """A part again and again, until nothing is left."""
    while data.left:
        yield part(data)


def string(data: Data) -> str:
    """A character string (RFC 1035 §3.3)."""
    return quoted(data.raw(data.u8()))


def strings(data: Data) -> str:
    return " ".join(each(data, string))


def perhaps_string(data: Data) -> str:
    return string(data) if data.left else ""


def bare_string(data: Data) -> str:
    """A character string of letters and digits, without quotation marks (RFC 8659 §4.1.1)."""
    return escaped(data.raw(data.u8()), IN_STRING)


def rest_string(data: Data) -> str:
    """All that is left, as one string of any length."""
    return quoted(data.rest())


def ip4(data: Data) -> str:
    return address(data.raw(4))


def ip6(data: Data) -> str:
    return address(data.raw(16))


def hexadecimal(data: Data) -> str:
    return data.rest().hex().upper()


def nsap(data: Data) -> str:
    """RFC 1706 §6."""
    return f"0x{data.rest().hex()}"


def base64(data: Data) -> str:
    return in_base64(data.rest())


def in_base64(octets: bytes) -> str:
    """RFC 4648 §4; the module ``base64`` brings ``re``."""
    return b2a_base64(octets, newline=False).decode()


def counted_base64(data: Data) -> str:
    """A count of 16 bits and so many octets (TSIG, TKEY); both are shown."""
    size = data.u16()
    return f"{size} {in_base64(data.raw(size))}".rstrip()


def moment(data: Data) -> str:
    """Seconds since 1970 (RFC 4034 §3.2)."""
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(data.u32()))


def covered(data: Data) -> str:
    """A record type by name."""
    return type_name(data.u16())


def types(data: Data) -> str:
    """Bit maps of record types, in windows that rise (RFC 4034 §4.1.2)."""
    found: list[int] = []
    last = -1
    while data.left:
        window, size = data.u8(), data.u8()
        if window <= last or not 1 <= size <= 32:
            raise Malformed("no window of record types")
        last = window
        found += [256 * window + bit for bit in bits(data.raw(size))]
    return " ".join(map(type_name, found))


def old_types(data: Data) -> str:
    """A bit map of record types below 128 (NXT, RFC 2535 §5.2)."""
    if data.left > 16:
        raise Malformed("no bit map of NXT")
    return " ".join(map(type_name, bits(data.rest())))


def ports(data: Data) -> str:
    """A bit map of ports (WKS, RFC 1035 §3.4.2)."""
    if data.left > 8192:
        raise Malformed("ports above 65535")
    return " ".join(map(str, bits(data.rest())))


def bits(octets: bytes) -> Iterator[int]:
    """Numbers of the bits that are set, from the left."""
    if 2 * int.from_bytes(octets).bit_count() > LONGEST + LONGEST_PER_OCTET * len(octets):
        raise Malformed("more bits than a record's text may name")
    for at, octet in enumerate(octets):
        for bit in range(8):
            if octet & 0x80 >> bit:
                yield 8 * at + bit


def salt(data: Data) -> str:
    """RFC 5155 §3.3: a dash where there is none."""
    return data.raw(data.u8()).hex().upper() or "-"


def hashed(data: Data) -> str:
    """An owner's hash (RFC 5155 §3.3)."""
    from base64 import b32hexencode
    return b32hexencode(data.raw(data.u8())).decode().rstrip("=")


def certificate(data: Data) -> str:
    """A kind of certificate (RFC 4398 §2.1)."""
    number = data.u16()
    return CERTIFICATES.get(number, str(number))


CERTIFICATES = {1: "PKIX", 2: "SPKI", 3: "PGP", 4: "IPKIX", 5: "ISPKI", 6: "IPGP", 7: "ACPKIX",
                8: "IACPKIX", 253: "URI", 254: "OID"}


def location(data: Data) -> str:
    """Where something is (RFC 1876 §3): degrees, altitude, size and precision in metres."""
    if data.u8():
        raise Malformed("a version that nobody knows")
    size, across, up = (metres(data.u8()) for _ in range(3))
    north = angle(data.u32(), 90, "N", "S")
    east = angle(data.u32(), 180, "E", "W")
    altitude = data.u32() - 10_000_000  # centimetres above 100 km below the ellipsoid
    sign = "-" if altitude < 0 else ""
    whole, part = divmod(abs(altitude), 100)
    return f"{north} {east} {sign}{whole}.{part:02}m {size} {across} {up}"


def metres(octet: int) -> str:
    """Centimetres as a digit and a power of ten."""
    digit, power = octet >> 4, octet & 15
    if digit > 9 or power > 9:
        raise Malformed("no size of RFC 1876")
    whole, part = divmod(digit * 10 ** power, 100)
    return f"{whole}.{part:02}m" if part else f"{whole}m"


def angle(value: int, most: int, above: str, below: str) -> str:
    """Thousandths of a second of arc, counted from 2**31."""
    value -= 1 << 31
    if abs(value) > most * 3_600_000:
        raise Malformed("no place on earth")
    seconds, thousandths = divmod(abs(value), 1000)
    return (f"{seconds // 3600} {seconds // 60 % 60} {seconds % 60}.{thousandths:03} "
            f"{above if value >= 0 else below}")


def a6(data: Data) -> str:
    """Length of the prefix, the suffix's address, the prefix's name (RFC 2874 §3.1)."""
    length = data.u8()
    if length > 128:
        raise Malformed("a prefix of more than 128 bits")
    octets = 16 - length // 8
    parts = [str(length)]
    if length < 128:
        parts.append(address(bytes(16 - octets) + data.raw(octets)))
    if length:
        parts.append(name(data))
    return " ".join(parts)


def prefixes(data: Data) -> str:
    """Address prefixes (RFC 3123 §4)."""
    return " ".join(each(data, prefix))


def prefix(data: Data) -> str:
    family, length, count = data.u16(), data.u8(), data.u8()
    octets = {1: 4, 2: 16}.get(family, 0)
    held = data.raw(count & 127)
    if len(held) > octets or length > 8 * octets:
        raise Malformed("a prefix longer than its address")
    no = "!" if count & 128 else ""
    return f"{no}{family}:{address(held.ljust(octets, bytes(1)))}/{length}"


def gateway(data: Data) -> str:
    """Precedence, type, algorithm and gateway (RFC 4025 §3.1)."""
    precedence, kind, algorithm = data.u8(), data.u8(), data.u8()
    return f"{precedence} {kind} {algorithm} {reached(data, kind)}"


def relay(data: Data) -> str:
    """Precedence, whether discovery is optional, type and relay (RFC 8777 §4.3)."""
    precedence, kind = data.u8(), data.u8()
    return f"{precedence} {kind >> 7} {kind & 127} {reached(data, kind & 127)}"


def reached(data: Data, kind: int) -> str:
    """Nobody, an address or a name."""
    if kind > 3:
        raise Malformed("no kind of gateway")
    return "." if kind == 0 else (ip4, ip6, name)[kind - 1](data)


def host_identity(data: Data) -> str:
    """Algorithm, identity tag and public key (RFC 8005 §5)."""
    size, algorithm, key = data.u8(), data.u8(), data.u16()
    tag = data.raw(size).hex().upper()
    return f"{algorithm} {tag} {in_base64(data.raw(key))}"


def groups(data: Data) -> str:
    """64 bits as four groups (RFC 6742 §2.1.2)."""
    return ":".join(f"{data.u16():x}" for _ in range(4))


def dashed(size: int) -> Part:
    """RFC 7043 §3.2, §4.2."""
    return lambda data: data.raw(size).hex("-")


def parameters(data: Data) -> str:
    """Parameters of a service, their keys rising (RFC 9460 §2.1, §2.2)."""
    said: list[str] = []
    last = -1
    while data.left:
        key, size = data.u16(), data.u16()
        if key <= last:
            raise Malformed("keys that do not rise")
        last = key
        at = data.step(size)
        said.append(parameter(key, Data(data.pkt, at, at + size, data.names)))
    return " ".join(said)


def parameter(key: int, value: Data) -> str:
    known = KEYS.get(key)
    if known is None:
        return f"key{key}={rest_string(value)}" if value.left else f"key{key}"
    label, part = known
    if part is None:
        if value.left:
            raise Malformed(f"{label} has no value")
        return label
    text = part(value)
    if value.left:
        raise Malformed(f"too much in {label}")
    return f"{label}={text}"


def listed(part: Part) -> Part:
    return lambda data: ",".join(each(data, part))


def protocols(data: Data) -> str:
    """Names of protocols; a comma or backslash in one is escaped twice (RFC 9460 appendix A.1)."""
    said = [data.raw(data.u8()).replace(b"\\", b"\\\\").replace(b",", b"\\,")
            for _ in iter(lambda: data.left, 0)]
    return quoted(b",".join(said))


def key_name(data: Data) -> str:
    key = data.u16()
    return KEYS[key][0] if key in KEYS else f"key{key}"


KEYS: dict[int, tuple[str, Part | None]] = {
    0: ("mandatory", listed(key_name)), 1: ("alpn", protocols), 2: ("no-default-alpn", None),
    3: ("port", u16), 4: ("ipv4hint", listed(ip4)), 5: ("ech", base64),
    6: ("ipv6hint", listed(ip6)), 7: ("dohpath", rest_string), 8: ("ohttp", None),
}

NAME = (name,)
RANKED = (u16, name)
TEXT = (strings,)
KEY = (u16, u8, u8, base64)
DIGEST = (u16, u8, u8, hexadecimal)
SIGNATURE = (covered, u8, u8, u32, moment, moment, u16, name, base64)
ASSOCIATION = (u8, u8, u8, hexadecimal)
SERVICE = (u16, name, parameters)

PARTS: dict[int, tuple[Part, ...]] = {
    1: (ip4,), 2: NAME, 3: NAME, 4: NAME, 5: NAME, 6: (name, name, u32, u32, u32, u32, u32),
    7: NAME, 8: NAME, 9: NAME, 11: (ip4, u8, ports), 12: NAME, 13: (string, string),
    14: (name, name), 15: RANKED, 16: TEXT, 17: (name, name), 18: RANKED, 19: (string,),
    20: (string, perhaps_string), 21: RANKED, 22: (nsap,), 23: NAME, 24: SIGNATURE, 25: KEY,
    26: (u16, name, name), 27: (string, string, string), 28: (ip6,), 29: (location,),
    30: (name, old_types), 31: (hexadecimal,), 32: (hexadecimal,), 33: (u16, u16, u16, name),
    35: (u16, u16, string, string, string, name), 36: RANKED,
    37: (certificate, u16, u8, base64), 38: (a6,), 39: NAME, 42: (prefixes,), 43: DIGEST,
    44: (u8, u8, hexadecimal), 45: (gateway, base64), 46: SIGNATURE, 47: (name, types), 48: KEY,
    49: (base64,), 50: (u8, u8, u16, salt, hashed, types), 51: (u8, u8, u16, salt),
    52: ASSOCIATION, 53: ASSOCIATION, 55: (host_identity, names), 56: TEXT, 57: KEY,
    58: (name, name), 59: DIGEST, 60: KEY, 61: (base64,), 62: (u32, u16, types),
    63: (u32, u8, u8, hexadecimal), 64: SERVICE, 65: SERVICE, 99: TEXT, 104: (u16, groups),
    105: (u16, ip4), 106: (u16, groups), 107: RANKED, 108: (dashed(6),), 109: (dashed(8),),
    249: (name, moment, moment, u16, u16, counted_base64, counted_base64),
    250: (name, u48, u16, counted_base64, u16, u16, counted_base64), 256: (u16, u16, rest_string),
    257: (u8, bare_string, rest_string), 258: TEXT, 259: (u32, u32, u8, string, base64),
    260: (relay,), 32768: DIGEST, 32769: DIGEST,
}
