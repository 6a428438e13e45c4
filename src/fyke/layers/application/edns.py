"""EDNS options (RFC 6891 §6.1.2); tcpdump: print-domain.c."""

from __future__ import annotations

from fyke.hints import Callable, NamedTuple
from fyke.layers.application.dns_name import BAD, write_name
from fyke.layers.application.dns_names import (
    ALGORITHM_NAMES,
    DIGEST_NAMES,
    EXTENDED_ERRORS,
    NSEC3_HASH_NAMES,
    OPTION_NAMES,
)
from fyke.layers.application.dns_text import Names
from fyke.layers.cursor import Cursor, Form, Malformed, options, raw, text, tlvs, whole_number
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.wire import Line, Record

INVALID = b" (invalid)"
#: Address family (RFC 7871 §6): octets of an address.
ADDRESS_OCTETS = {1: 4, 2: 16}


class Edns(NamedTuple):
    """What an OPT record says (RFC 6891 §6.1)."""

    udp_size: int  #: octets that the sender takes in one UDP datagram
    version: int
    dnssec_ok: bool  #: DO (RFC 3225)
    options: Options


class Subnet(NamedTuple):
    """Whose subnet asks (RFC 7871 §6)."""

    address: str  #: what is not said of it is zero
    source_prefix: int  #: bits that the question said
    scope_prefix: int  #: bits that the answer holds for


class Cookie(NamedTuple):
    """Cookies (RFC 7873 §4), hexadecimal."""

    client: str
    server: str  #: empty in the first question


class ExtendedError(NamedTuple):
    """Why an answer is as it is (RFC 8914 §2)."""

    code: int
    name: str
    text: str


class LongLived(NamedTuple):
    """A long-lived query (RFC 8764 §3.2)."""

    version: int
    opcode: int
    error: int
    id: int
    lease: int  #: seconds


def options_of(pkt: Record, off: int, stop: int) -> Options:
    """The options between two offsets, as values."""
    return options(pkt, tlvs(pkt, off, stop, type_size=2, length_size=2), FORMS)


def read_subnet(pkt: Record, at: int, size: int) -> Subnet:
    octets = ADDRESS_OCTETS.get(pkt.u16(at), 0)
    source, scope = pkt.u8(at + 2), pkt.u8(at + 3)
    if size - 4 > octets or source > 8 * octets or scope > 8 * octets:
        raise Malformed("a subnet longer than its address")
    return Subnet(address(pkt.raw(at + 4, size - 4).ljust(octets, b"\0")), source, scope)


def read_cookie(pkt: Record, at: int, size: int) -> Cookie:
    if 8 < size < 16:
        raise Malformed("a server's cookie has 8 octets or more")
    return Cookie(pkt.raw(at, 8).hex(), pkt.raw(at + 8, size - 8).hex())


def read_error(pkt: Record, at: int, size: int) -> ExtendedError:
    code = pkt.u16(at)
    return ExtendedError(code, EXTENDED_ERRORS.get(code, ""), text(pkt, at + 2, size - 2))


def read_long_lived(pkt: Record, at: int, size: int) -> LongLived:
    return LongLived(pkt.u16(at), pkt.u16(at + 2), pkt.u16(at + 4), pkt.u64(at + 6),
                     pkt.u32(at + 14))


def read_keepalive(pkt: Record, at: int, size: int) -> float | None:
    """Seconds; none in a question (RFC 7828 §3.1)."""
    return pkt.u16(at) / 10 if size == 2 else None


def read_size(pkt: Record, at: int, size: int) -> int:
    return size


def read_numbers(pkt: Record, at: int, size: int) -> list[int]:
    """Numbers of 16 bits."""
    if size % 2:
        raise Malformed("half a number")
    return [pkt.u16(one) for one in range(at, at + size, 2)]


def read_algorithms(names: dict[int, bytes]) -> Callable[[Record, int, int], list[str]]:
    """A reader for a list of octets that ``names`` names (RFC 6975 §3)."""
    def read(pkt: Record, at: int, size: int) -> list[str]:
        return [names[one].decode() if one in names else str(one) for one in pkt.raw(at, size)]
    return read


def read_name(pkt: Record, at: int, size: int) -> str:
    """A name that is all of the option."""
    return Names(at, at + size).read(Cursor(pkt, at, at + size))


def write_options(line: Line, pkt: Record, off: int, length: int) -> int:
    """The options in ``length`` octets at ``off``, in brackets; BAD if they are cut."""
    stop = off + length
    line.put(b" [")
    while off < stop:
        if not pkt.has(off, 2):
            return BAD
        code = pkt.u16(off)
        name = OPTION_NAMES.get(code)
        line.put(b"Opt%d" % code if name is None else name)
        if not pkt.has(off + 2, 2):
            return BAD
        size = pkt.u16(off + 2)
        off += 4
        if not pkt.has(off, size):
            return BAD
        if size:
            line.char(32)
            WRITERS.get(code, Line.hex_string)(line, pkt, off, size)
        off += size
        if off < stop:
            line.char(44)
    line.char(93)
    return off


def write_subnet(line: Line, pkt: Record, off: int, size: int) -> None:
    """The client's subnet (RFC 7871)."""
    if size < 4:
        line.put(INVALID)
        return
    octets = ADDRESS_OCTETS.get(pkt.u16(off))
    source = pkt.u8(off + 2)
    scope = pkt.u8(off + 3)
    if (octets is None or size - 4 > octets or source > 8 * octets or scope > 8 * octets
            or (source + 7) // 8 != size - 4):
        line.put(INVALID)
        return
    subnet = Record(pkt.raw(off + 4, size - 4).ljust(octets, b"\0"))
    if octets == 4:
        line.ipv4(subnet.u32(0))
    else:
        line.ipv6(subnet, 0)
    line.put(b"/%d/%d" % (source, scope))


def write_cookie(line: Line, pkt: Record, off: int, size: int) -> None:
    """The client's cookie and perhaps the server's (RFC 7873 §4)."""
    if size < 8 or 8 < size < 16 or size > 40:
        line.put(INVALID)
        return
    line.hex_string(pkt, off, 8)
    if size > 8:
        line.char(32)
        line.hex_string(pkt, off + 8, size - 8)


def write_keepalive(line: Line, pkt: Record, off: int, size: int) -> None:
    """A time-out, on the wire in tenths of a second (RFC 7828 §3.1)."""
    if size != 2:
        line.put(INVALID)
    else:
        line.put(b"%d.%d sec" % divmod(pkt.u16(off), 10))


def write_expire(line: Line, pkt: Record, off: int, size: int) -> None:
    line.put(INVALID if size != 4 else b"%d sec" % pkt.u32(off))


def write_padding(line: Line, pkt: Record, off: int, size: int) -> None:
    line.put(b"(%d)" % size)


def write_key_tags(line: Line, pkt: Record, off: int, size: int) -> None:
    if size % 2:
        line.put(INVALID)
    else:
        line.put(b" ".join(b"%d" % pkt.u16(off + i) for i in range(0, size, 2)))


def write_algorithms(names: dict[int, bytes]) -> Callable[[Line, Record, int, int], None]:
    """A writer for a list of octets that ``names`` names (RFC 6975 §3)."""
    def write(line: Line, pkt: Record, off: int, size: int) -> None:
        numbers = pkt.raw(off, size)
        line.put(b" ".join(names.get(number, b"Alg_%d" % number) for number in numbers))
    return write


def write_chain_name(line: Line, pkt: Record, off: int, size: int) -> None:
    """The closest trust point (RFC 7901 §5)."""
    write_name(line, pkt, off, off + size)


WRITERS: dict[int, Callable[[Line, Record, int, int], None]] = {
    5: write_algorithms(ALGORITHM_NAMES), 6: write_algorithms(DIGEST_NAMES),
    7: write_algorithms(NSEC3_HASH_NAMES), 8: write_subnet, 9: write_expire, 10: write_cookie,
    11: write_keepalive, 12: write_padding, 13: write_chain_name, 14: write_key_tags,
}

#: Algorithms have one octet each, and long names.
MOST_ALGORITHMS = 64

FORMS: dict[int, Form] = {
    1: Form("llq", read_long_lived, 18, 18), 2: Form("update_lease", whole_number, 4, 8),
    3: Form("nsid", raw), 5: Form("dau", read_algorithms(ALGORITHM_NAMES), 0, MOST_ALGORITHMS),
    6: Form("dhu", read_algorithms(DIGEST_NAMES), 0, MOST_ALGORITHMS),
    7: Form("n3u", read_algorithms(NSEC3_HASH_NAMES), 0, MOST_ALGORITHMS),
    8: Form("ecs", read_subnet, 4, 20), 9: Form("expire", whole_number, 0, 4),
    10: Form("cookie", read_cookie, 8, 40), 11: Form("keepalive", read_keepalive, 0, 2),
    12: Form("padding", read_size), 13: Form("chain", read_name, 1, 255),
    14: Form("key_tag", read_numbers), 15: Form("extended_error", read_error, 2),
    16: Form("client_tag", whole_number, 2, 2), 17: Form("server_tag", whole_number, 2, 2),
    18: Form("report_channel", read_name, 1, 255), 19: Form("zone_version", raw),
}
