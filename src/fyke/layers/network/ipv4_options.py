"""IPv4 options (RFC 791 §3.1, RFC 1108, RFC 1393, RFC 2113); tcpdump: print-ip.c."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import (
    Form,
    Malformed,
    dotted,
    dotted_list,
    options,
    raw,
    tlvs,
    whole_number,
)
from fyke.layers.fields import Options
from fyke.wire import Line, Record, Truncated

END, NOP, RECORD_ROUTE, TIMESTAMP, TRACEROUTE, SECURITY = 0, 1, 7, 68, 82, 130
LOOSE_ROUTE, STRICT_ROUTE, ROUTER_ALERT = 131, 137, 148

OPTION_NAMES = {
    END: b"EOL", NOP: b"NOP", TIMESTAMP: b"timestamp", SECURITY: b"security",
    RECORD_ROUTE: b"RR", STRICT_ROUTE: b"SSRR", LOOSE_ROUTE: b"LSRR", ROUTER_ALERT: b"RA",
    TRACEROUTE: b"traceroute",
}
SINGLES = frozenset((END, NOP))  # one octet, no length
STAMPS_ONLY = 0  # timestamp option's type: no addresses
STAMP_TYPES = {STAMPS_ONLY: b"TSONLY", 1: b"TS+ADDR", 3: b"PRESPEC"}


class Route(NamedTuple):
    """A recorded or source route (RFC 791 §3.1)."""

    pointer: int  #: octets of the option in front of the next address, from 1
    addresses: list[str]


class Stamp(NamedTuple):
    """One time stamp: milliseconds since midnight UTC, and who set it ("" where none says)."""

    address: str
    milliseconds: int


class Stamps(NamedTuple):
    """A time stamp option (RFC 791 §3.1)."""

    pointer: int
    overflow: int  #: hops that found no room
    flag: int  #: 0 stamps only, 1 with addresses, 3 addresses given beforehand
    stamps: list[Stamp]


class Traceroute(NamedTuple):
    """A traceroute option (RFC 1393 §2.2)."""

    id: int
    outbound: int  #: hops
    returning: int  #: hops
    originator: str


def read_route(pkt: Record, at: int, size: int) -> Route:
    return Route(pkt.u8(at), dotted_list(pkt, at + 1, size - 1))


def read_stamps(pkt: Record, at: int, size: int) -> Stamps:
    flag = pkt.u8(at + 1) & 15
    step = 4 if flag == STAMPS_ONLY else 8
    stamps = [Stamp(dotted(pkt, one, 4) if step == 8 else "", pkt.u32(one + step - 4))
              for one in range(at + 2, at + size - step + 1, step)]
    return Stamps(pkt.u8(at), pkt.u8(at + 1) >> 4, flag, stamps)


def read_traceroute(pkt: Record, at: int, size: int) -> Traceroute:
    if size != 10:
        raise Malformed("a traceroute option has 12 octets")
    return Traceroute(pkt.u16(at), pkt.u16(at + 2), pkt.u16(at + 4), dotted(pkt, at + 6, 4))


def nothing(pkt: Record, at: int, size: int) -> Any:
    return None


FORMS: dict[int, Form] = {
    END: Form("end", nothing), NOP: Form("nop", nothing),
    RECORD_ROUTE: Form("record_route", read_route, 1), LOOSE_ROUTE: Form(
        "loose_source_route", read_route, 1),
    STRICT_ROUTE: Form("strict_source_route", read_route, 1),
    TIMESTAMP: Form("timestamp", read_stamps, 2), SECURITY: Form("security", raw),
    ROUTER_ALERT: Form("router_alert", whole_number, 2, 2),
    TRACEROUTE: Form("traceroute", read_traceroute, 10, 10),
    133: Form("extended_security", raw), 134: Form("commercial_security", raw),
    136: Form("stream_id", whole_number, 2, 2), 25: Form("quick_start", raw, 6, 6),
}


def options_of(pkt: Record, off: int, stop: int) -> Options:
    """Every option between two offsets, as values."""
    return options(pkt, tlvs(pkt, off, stop, counts=2, singles=SINGLES, end=END), FORMS)


def write_options(line: Line, pkt: Record, off: int, length: int) -> bool:
    """Every option in ``length`` octets at ``off``; False if the capture ends within one."""
    stop = off + length
    first = True
    while off < stop:
        if not first:
            line.char(44)
        first = False
        code = pkt.u8(off)
        name = OPTION_NAMES.get(code)
        line.put(name if name else b"unknown %d" % code)
        size = 1
        if code not in (END, NOP):
            size = pkt.u8(off + 1)
        if size > stop - off or (size < 2 and code not in (END, NOP)):
            line.put(b" [bad length %d]" % size)
            return True
        if not pkt.has(off, size):
            return False
        if code == END:
            return True
        if not write_option(line, pkt, off, code, size):
            return False
        off += size
    return True


def write_option(line: Line, pkt: Record, off: int, code: int, size: int) -> bool:
    """What one option says; False if the capture ends within it."""
    if code == TIMESTAMP:
        return write_timestamps(line, pkt, off, size)
    if code in (RECORD_ROUTE, STRICT_ROUTE, LOOSE_ROUTE):
        return write_route(line, pkt, off, size)
    if code == ROUTER_ALERT:
        if size < 4:
            line.put(b" [bad length %d]" % size)
        elif pkt.u16(off + 2):
            line.put(b" value %d" % pkt.u16(off + 2))
    return True


def write_route(line: Line, pkt: Record, off: int, size: int) -> bool:
    """The addresses of a recorded or source route; a comma follows those already passed."""
    if size < 3:
        line.put(b" [bad length %d]" % size)
        return True
    if (size + 1) & 3:
        line.put(b" [bad length %d]" % size)
    pointer = pkt.u8(off + 2) - 1 & 0xFFFFFFFF  # a pointer of 0 is behind all
    if pointer < 3 or (pointer + 1) & 3 or pointer > size + 1:
        line.put(b" [bad ptr %d]" % pkt.u8(off + 2))
    for at in range(3, size, 4):
        if not pkt.has(off + at, 4):
            return False
        line.char(32)
        line.host4(pkt.u32(off + at))
        if pointer > at:
            line.char(44)
    return True


def write_timestamps(line: Line, pkt: Record, off: int, size: int) -> bool:
    """The time stamps, ``^`` before the next to be filled in."""
    if size < 4:
        line.put(b"[bad length %d]" % size)
        return True
    line.put(b" TS{")
    kind = pkt.u8(off + 3) & 15
    step = 4 if kind == STAMPS_ONLY else 8
    if (size - 4) & (step - 1):
        line.put(b"[bad length %d]" % size)
    pointer = pkt.u8(off + 2) - 1 & 0xFFFFFFFF  # a pointer of 0 is behind all
    if pointer < 4 or (pointer - 4) & (step - 1) or pointer > size + 1:
        line.put(b"[bad ptr %d]" % pkt.u8(off + 2))
    at = 0
    if kind in STAMP_TYPES:
        line.put(STAMP_TYPES[kind])
        at = 4
        while at < size:
            if not pkt.has(off + at, step):
                return False
            line.put(b" ^ " if pointer == at else b" ")
            line.put(b"%d@" % pkt.u32(off + at + step - 4))
            if step == 8:
                line.host4(pkt.u32(off + at))
            at += step
    else:
        line.put(b"[bad ts type %d]" % kind)
    if pointer == at:
        line.put(b" ^ ")
    missed = pkt.u8(off + 3) >> 4
    line.put(b" [%d hops not recorded]} " % missed if missed else b"}")
    return True


def final_target(pkt: Record, off: int, length: int, target: int) -> int:
    """Where a source route ends, or ``target``: the address that upper checksums cover."""
    stop = off + length
    try:
        while off < stop:
            code = pkt.u8(off)
            if code == END:
                break
            size = 1
            if code != NOP:
                size = pkt.u8(off + 1)
                if size < 2:
                    break
            if size > stop - off or not pkt.has(off, size):
                break
            if code in (LOOSE_ROUTE, STRICT_ROUTE) and size >= 7:
                return pkt.u32(off + size - 4)
            off += size
    except Truncated:
        pass
    return target
