"""Ad Hoc Configuration Protocol (draft-chroboczek-ahcp-00, ahcpd 0.53); tcpdump: print-ahcp.c."""

from __future__ import annotations

import time

from fyke.hints import Callable
from fyke.layers.cursor import Form, Malformed, fixed, nothing, options, tlvs
from fyke.layers.fields import U8, U16, U32, Listed, Octets, Options
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record

MAGIC, VERSION, HEADER_LENGTH = 43, 1, 24
MESSAGE_NAMES = {0: b"Discover", 1: b"Offer", 2: b"Request", 3: b"Ack", 4: b"Nack", 5: b"Release"}
PAD, MANDATORY, ORIGIN_TIME, EXPIRES = 0, 1, 2, 3
OPTION_NAMES = dict(enumerate((
    b"Pad", b"Mandatory", b"Origin Time", b"Expires", b"My-IPv6-Address", b"My-IPv4-Address",
    b"IPv6 Prefix", b"IPv4 Prefix", b"IPv6 Address", b"IPv4 Address", b"IPv6 Prefix Delegation",
    b"IPv4 Prefix Delegation", b"Name Server", b"NTP Server")))
#: Options that list addresses: octets of one, and whether a prefix length follows it.
LISTS = {4: (16, False), 5: (4, False), 6: (16, True), 8: (16, False), 9: (4, False),
         10: (16, True), 11: (4, True), 12: (16, False), 13: (16, False)}


def listing(width: int, prefix: bool) -> Callable[[Record, int, int], list[str]]:
    """A reader of addresses, or of prefixes."""
    step = width + (1 if prefix else 0)

    def read(pkt: Record, at: int, size: int) -> list[str]:
        if size % step:
            raise Malformed(f"addresses of {step} octets in {size}")
        return [address(pkt.raw(one, width)) + (f"/{pkt.u8(one + width)}" if prefix else "")
                for one in range(at, at + size, step)]
    return read


NAMES = {kind: name.decode().lower().replace(" ", "_").replace("-", "_")
         for kind, name in OPTION_NAMES.items()}
FORMS: dict[int, Form] = {
    **{kind: Form(NAMES[kind], listing(*form)) for kind, form in LISTS.items()},
    PAD: Form(NAMES[PAD], nothing), MANDATORY: Form(NAMES[MANDATORY], nothing),
    ORIGIN_TIME: fixed(NAMES[ORIGIN_TIME], 4), EXPIRES: fixed(NAMES[EXPIRES], 4)}


def options_of(ahcp: Ahcp) -> Options:
    """What a message says, in its order; ``mandatory`` is about the option behind it."""
    start = ahcp.off + HEADER_LENGTH + 4
    stop = min(start + ahcp.message_length, ahcp.off + ahcp.size)
    return options(ahcp.pkt, tlvs(ahcp.pkt, start, stop, singles=frozenset((PAD, MANDATORY))),
                   FORMS)


class Invalid(Exception):
    """A length or a number that cannot be; ``at`` and ``size`` say of which octets."""

    def __init__(self, at: int, size: int) -> None:
        self.at = at
        self.size = size


class Ahcp(Layer):
    """A header with two identifiers, and a message of options."""

    __slots__ = ()

    name = "ahcp"
    tag = b"ahcp"

    magic = U8(0, "43")
    version = U8(1)
    hop_count = U8(2)
    original_hop_count = U8(3)
    nonce = U32(4)
    source_id = Octets(8, 8)
    destination_id = Octets(16, 8)
    message = U8(HEADER_LENGTH, "0 to 5", names=as_text(MESSAGE_NAMES))
    message_length = U16(HEADER_LENGTH + 2, "of the options", unit="bytes")
    options = Listed(options_of, "times (origin since 1970, expiry; in seconds), addresses, "
                     "prefixes, servers", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + HEADER_LENGTH)

    def write(self, line: Line) -> None:
        line.put(b"AHCP")
        try:
            self.write_message(line)
        except Invalid as fault:
            line.put(INVALID)
            self.pkt.raw(fault.at, max(0, fault.size))

    def write_message(self, line: Line) -> None:
        pkt, off, length = self.pkt, self.off, self.size
        if length < 2 or pkt.u8(off) != MAGIC:
            raise Invalid(off, length)
        version = pkt.u8(off + 1)
        if version != VERSION:
            line.put(b" Version %d (unknown)" % version)
            pkt.raw(off + 2, length - 2)
            return
        line.put(b" Version 1")
        if length < HEADER_LENGTH:
            raise Invalid(off + 2, length - 2)
        if line.style.verbose:
            line.put(b"\n\tHopcount %d" % pkt.u8(off + 2))
            line.put(b", Original Hopcount %d" % pkt.u8(off + 3))
            line.put(b", Nonce 0x%08x" % pkt.u32(off + 4))
            line.put(b", Source Id " + pkt.raw(off + 8, 8).hex(":").encode())
            line.put(b", Destination Id " + pkt.raw(off + 16, 8).hex(":").encode())
        else:
            pkt.raw(off, HEADER_LENGTH)
        self.write_body(line, off + HEADER_LENGTH, length - HEADER_LENGTH)

    def write_body(self, line: Line, at: int, rest: int) -> None:
        pkt = self.pkt
        if rest < 4:
            raise Invalid(at, rest)
        zero, size = pkt.u8(at + 1), pkt.u16(at + 2)
        if line.style.verbose:
            line.put(b"\n\t" + named(MESSAGE_NAMES, pkt.u8(at), b"Unknown-%d"))
            if zero:
                line.put(b", MBZ %d" % zero)
            line.put(b", Length %d" % size)
        if size > rest - 4:
            raise Invalid(at + 4, rest - 4)
        if line.style.verbose < 2:
            pkt.raw(at + 4, size)
            return
        write_options(line, pkt, at + 4, size)


def write_options(line: Line, pkt: Record, at: int, rest: int) -> None:
    while rest:
        kind = pkt.u8(at)
        at += 1
        rest -= 1
        line.put(b"\n\t " + named(OPTION_NAMES, kind, b"Unknown-%d"))
        if kind in (PAD, MANDATORY):
            continue
        if not rest:
            raise Invalid(at, rest)
        size = pkt.u8(at)
        at += 1
        rest -= 1
        if size > rest:
            raise Invalid(at, rest)
        try:
            write_option(line, pkt, kind, at, size)
        except Invalid as fault:
            line.put(INVALID)
            pkt.raw(fault.at, fault.size)
        at += size
        rest -= size


def write_option(line: Line, pkt: Record, kind: int, at: int, size: int) -> None:
    if kind in (ORIGIN_TIME, EXPIRES):
        if size != 4:
            raise Invalid(at, size)
        seconds = pkt.u32(at)
        if kind == EXPIRES:
            line.put(b": %ds" % seconds)
        else:
            line.put(time.strftime(": %Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds)).encode())
    elif kind in LISTS:
        write_list(line, pkt, at, size, *LISTS[kind])
    else:
        line.put(b" (Length %d)" % size)
        pkt.raw(at, size)


def write_list(line: Line, pkt: Record, at: int, size: int, width: int, prefix: bool) -> None:
    between = b": "
    step = width + (1 if prefix else 0)
    while size:
        if size < step:
            raise Invalid(at, size)
        line.put(between)
        if width == 16:
            line.host6(pkt, at)
        else:
            line.host4(pkt.u32(at))
        if prefix:
            line.put(b"/%d" % pkt.u8(at + width))
        at += step
        size -= step
        between = b", "
