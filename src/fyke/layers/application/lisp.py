"""Locator/ID Separation Protocol, control messages (RFC 9301); tcpdump: print-lisp.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import Cursor, Malformed
from fyke.layers.fields import U8, U16, U32, Bits, Listed, Number, Options
from fyke.layers.hexdump import hex_print, print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, as_text, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 16
RECORD_LENGTH = 12
LOCATOR_LENGTH = 8
IPV4, IPV6 = 1, 2  # address families
REGISTER, NOTIFY = 3, 4
TYPE_NAMES = {0: b"LISP-Reserved", 1: b"LISP-Map-Request", 2: b"LISP-Map-Reply",
              REGISTER: b"LISP-Map-Register", NOTIFY: b"LISP-Map-Notify",
              8: b"LISP-Encapsulated-Control-Message"}
#: Message type: names of its flags, and the one that says that a site identifier follows.
FLAGS = {
    REGISTER: (((0x08000000, b"P-Proxy-Map-Reply"), (0x04000000, b"S-LISP-SEC-Capable"),
                (0x02000000, b"I-xTR-ID-Present"), (0x01000000, b"R-Build-For-RTR"),
                (0x00000100, b"M-Want-Map-Notify")), 0x02000000),
    NOTIFY: (((0x08000000, b"I-xTR-ID-Present"), (0x04000000, b"R-Build-For-RTR")), 0x08000000),
}
AUTHENTICATION_NAMES = {0: b"None", 1: b"SHA1", 2: b"SHA256"}
ACTION_NAMES = {0: b"No-Action", 1: b"Natively-Forward", 2: b"Send-Map-Request", 3: b"Drop"}
LOCATOR_FLAGS = ((4, b"Local-Locator"), (2, b"RLoc-Probed"), (1, b"Reachable"))


class Locator(NamedTuple):
    """Where an endpoint is reached."""

    address: str | None
    priority: int
    weight: int
    multicast_priority: int
    multicast_weight: int
    flags: int


class EidRecord(NamedTuple):
    """An endpoint's prefix and where it is reached (RFC 9301 §5.4)."""

    ttl: int
    prefix: str | None
    action: int
    is_authoritative: bool
    map_version: int
    locators: list[Locator]


def records_of(lisp: Lisp) -> Options | None:
    """The records of a registration or notification; None of other messages."""
    if lisp.type not in FLAGS:
        return None
    found = Options()
    cursor = Cursor(lisp.pkt, lisp.off + HEADER_LENGTH, lisp.off + lisp.size)
    try:
        cursor.step(lisp.authentication_length)
        while len(found) < lisp.record_count:
            found.append(eid_record(cursor))
    except (Malformed, Truncated):
        found.cut = True
    return found


def eid_record(cursor: Cursor) -> EidRecord:
    ttl, locators, bits, word = cursor.u32(), cursor.u8(), cursor.u8(), cursor.u16()
    version, family = cursor.u16() & 0xFFF, cursor.u16()
    prefix = an_address(cursor, family)
    if prefix is None:
        raise Malformed("an unknown family of addresses")
    return EidRecord(ttl, f"{prefix}/{bits}", word >> 13, bool(word & 0x1000), version,
                     [locator(cursor) for _ in range(locators)])


def locator(cursor: Cursor) -> Locator:
    priority, weight, others, further, flags = (
        cursor.u8(), cursor.u8(), cursor.u8(), cursor.u8(), cursor.u16())
    return Locator(an_address(cursor, cursor.u16()), priority, weight, others, further, flags)


def an_address(cursor: Cursor, family: int) -> str | None:
    size = {IPV4: 4, IPV6: 16}.get(family)
    return None if size is None else address(cursor.raw(size))


class Lisp(Layer):
    """A message; only registrations and notifications are decoded further."""

    __slots__ = ()

    name = "lisp"
    tag = b"lisp"

    type = Bits(0, 1, 0xF0, "of message", names={
        number: text.decode().removeprefix("LISP-") for number, text in TYPE_NAMES.items()})
    flags = U32(0, "the first 32 bits, type and count included")
    record_count = U8(3, "records that follow")
    nonce = Number(4, 8)
    key = U16(12, "kind of authentication", names=as_text(AUTHENTICATION_NAMES))
    authentication_length = U16(14, unit="bytes")
    records = Listed(records_of, "of registrations and notifications")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size >= HEADER_LENGTH:
            pkt.u16(off + 14)

    def write(self, line: Line) -> None:
        line.put(b"LISP")
        if self.size < HEADER_LENGTH:
            line.put(b" [length %d < %d]" % (self.size, HEADER_LENGTH) + INVALID)
            return
        line.put(named(TYPE_NAMES, self.type, b"LISP-unknown-type-%d")[4:] + b",")
        if self.type not in FLAGS:
            if self.short:
                raise Truncated
            return
        names, site_flag = FLAGS[self.type]
        if line.style.verbose:
            line.put(b" flags [%s]," % bit_words(names, self.flags))
        left = self.size - HEADER_LENGTH
        at, length = self.off + HEADER_LENGTH, self.authentication_length
        count = self.record_count
        if line.style.verbose:
            line.put(b"\n    %d record(s), Authentication %s," % (
                count, named(AUTHENTICATION_NAMES, self.key, b"unknown-type")))
        else:
            line.put(b" %d record(s)," % count)
        if length > left:
            line.put(b" [authentication data length %d > %d]" % (length, left) + INVALID)
            return
        if line.style.verbose:
            hex_print(line, self.pkt, at, length, b"\n    Authentication-Data: ")
        if count == 0:
            line.put(b" [record count 0 == 0]" + INVALID)
            return
        after = self.write_records(line, at + length)
        if after:
            self.write_end(line, after, bool(self.flags & site_flag))

    def write_records(self, line: Line, off: int) -> int:
        """Every record; the offset after them, 0 if one cannot be decoded."""
        pkt = self.pkt
        left = self.record_count
        while left and off < self.off + self.size:
            left -= 1
            if not pkt.has(off, RECORD_LENGTH):
                raise Truncated
            line.put(b"\n")
            if line.style.verbose:
                bits = pkt.u8(off + 6)
                line.put(b"      Record TTL %d, %sAuthoritative, %s, Map Version: %d," % (
                    pkt.u32(off), b"" if bits & 0x10 else b"Non-",
                    named(ACTION_NAMES, bits >> 5, b"unknown"), pkt.u16(off + 8) & 0xFFF))
            size = put_address(line, pkt, off + 12, pkt.u16(off + 10), b" EID ")
            if size == 0:
                line.put(b" [unsupported address family identifier %d]" % pkt.u16(off + 10))
                return 0
            locators = pkt.u8(off + 4)
            line.put(b"/%d, %d locator(s)" % (pkt.u8(off + 5), locators))
            off += RECORD_LENGTH + size
            for _ in range(locators):
                off = write_locator(line, pkt, off)
        return off

    def write_end(self, line: Line, off: int, has_site: bool) -> None:
        """Who sent it, or what is left over."""
        pkt = self.pkt
        if has_site:
            if not pkt.has(off, 24):
                raise Truncated
            print_unknown_data(line, pkt, off, b"\n    xTR-ID: ", 16)
            line.put(b"\n    SITE-ID: %d" % pkt.u64(off + 16))
        elif off < pkt.end:
            print_unknown_data(line, pkt, off, b"\n    Data: ", pkt.end - off)


def put_address(line: Line, pkt: Record, off: int, family: int, label: bytes) -> int:
    """An address after ``label``; its octets, 0 for a family without addresses here."""
    if family == IPV4:
        address = pkt.u32(off)
        line.put(label)
        line.host4(address)
        return 4
    if family == IPV6:
        if not pkt.has(off, 16):
            raise Truncated
        line.put(label)
        line.host6(pkt, off)
        return 16
    return 0


def write_locator(line: Line, pkt: Record, off: int) -> int:
    if not pkt.has(off, LOCATOR_LENGTH):
        raise Truncated
    if line.style.verbose:
        line.put(b"\n       ")
    size = put_address(line, pkt, off + LOCATOR_LENGTH, pkt.u16(off + 6), b" LOC ")
    if line.style.verbose:
        line.put(b"\n          Priority/Weight %d/%d, Multicast Priority/Weight %d/%d," % (
            pkt.u8(off), pkt.u8(off + 1), pkt.u8(off + 2), pkt.u8(off + 3)))
        line.put(b" flags [%s]," % bit_words(LOCATOR_FLAGS, pkt.u16(off + 4)))
    return off + LOCATOR_LENGTH + size
