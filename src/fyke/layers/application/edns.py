"""EDNS options (RFC 6891 §6.1.2); tcpdump: print-domain.c."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from fyke.layers.application.dns_name import BAD, write_name
from fyke.layers.application.dns_names import (
    ALGORITHM_NAMES,
    DIGEST_NAMES,
    NSEC3_HASH_NAMES,
    OPTION_NAMES,
)
from fyke.layers.cursor import Form, options, raw, tlvs
from fyke.layers.fields import Options
from fyke.wire import Line, Packet

INVALID = b" (invalid)"
#: Address family (RFC 7871 §6): octets of an address.
ADDRESS_OCTETS = {1: 4, 2: 16}


class Edns(NamedTuple):
    """What an OPT record says (RFC 6891 §6.1)."""

    udp_size: int  #: octets that the sender takes in one UDP datagram
    version: int
    dnssec_ok: bool  #: DO (RFC 3225)
    options: Options


def options_of(pkt: Packet, off: int, stop: int) -> Options:
    """The options between two offsets, as values."""
    return options(pkt, tlvs(pkt, off, stop, type_size=2, length_size=2), FORMS)


def read_text(code: int) -> Any:
    """A reader that gives an option's value as its text."""
    def read(pkt: Packet, at: int, size: int) -> str:
        line = Line(256)
        if size:
            WRITERS.get(code, Line.hex_string)(line, pkt, at, size)
        return line.text().decode("ascii", "backslashreplace")
    return read


def write_options(line: Line, pkt: Packet, off: int, length: int) -> int:
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


def write_subnet(line: Line, pkt: Packet, off: int, size: int) -> None:
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
    address = Packet(pkt.raw(off + 4, size - 4).ljust(octets, b"\0"))
    if octets == 4:
        line.ipv4(address.u32(0))
    else:
        line.ipv6(address, 0)
    line.put(b"/%d/%d" % (source, scope))


def write_cookie(line: Line, pkt: Packet, off: int, size: int) -> None:
    """The client's cookie and perhaps the server's (RFC 7873 §4)."""
    if size < 8 or 8 < size < 16 or size > 40:
        line.put(INVALID)
        return
    line.hex_string(pkt, off, 8)
    if size > 8:
        line.char(32)
        line.hex_string(pkt, off + 8, size - 8)


def write_keepalive(line: Line, pkt: Packet, off: int, size: int) -> None:
    """A time-out, on the wire in tenths of a second (RFC 7828 §3.1)."""
    if size != 2:
        line.put(INVALID)
    else:
        line.put(b"%d.%d sec" % divmod(pkt.u16(off), 10))


def write_expire(line: Line, pkt: Packet, off: int, size: int) -> None:
    line.put(INVALID if size != 4 else b"%d sec" % pkt.u32(off))


def write_padding(line: Line, pkt: Packet, off: int, size: int) -> None:
    line.put(b"(%d)" % size)


def write_key_tags(line: Line, pkt: Packet, off: int, size: int) -> None:
    if size % 2:
        line.put(INVALID)
    else:
        line.put(b" ".join(b"%d" % pkt.u16(off + i) for i in range(0, size, 2)))


def write_algorithms(names: dict[int, bytes]) -> Callable[[Line, Packet, int, int], None]:
    """A writer for a list of octets that ``names`` names (RFC 6975 §3)."""
    def write(line: Line, pkt: Packet, off: int, size: int) -> None:
        numbers = pkt.raw(off, size)
        line.put(b" ".join(names.get(number, b"Alg_%d" % number) for number in numbers))
    return write


def write_chain_name(line: Line, pkt: Packet, off: int, size: int) -> None:
    """The closest trust point (RFC 7901 §5)."""
    write_name(line, pkt, off, off + size)


WRITERS: dict[int, Callable[[Line, Packet, int, int], None]] = {
    5: write_algorithms(ALGORITHM_NAMES), 6: write_algorithms(DIGEST_NAMES),
    7: write_algorithms(NSEC3_HASH_NAMES), 8: write_subnet, 9: write_expire, 10: write_cookie,
    11: write_keepalive, 12: write_padding, 13: write_chain_name, 14: write_key_tags,
}

FORMS: dict[int, Form] = {code: Form(name.decode().lower().replace("-", "_"),
                                     read_text(code) if code in WRITERS else raw)
                          for code, name in OPTION_NAMES.items()}
