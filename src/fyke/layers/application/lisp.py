"""Locator/ID Separation Protocol, control messages (RFC 9301); tcpdump: print-lisp.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 16
RECORD_LENGTH = 12
LOCATOR_LENGTH = 8
IPV4, IPV6 = 1, 2  # address families
REGISTER, NOTIFY = 3, 4
TYPE_NAMES = {0: b"LISP-Reserved", 1: b"LISP-Map-Request", 2: b"LISP-Map-Reply",
              REGISTER: b"LISP-Map-Register", NOTIFY: b"LISP-Map-Notify",
              8: b"LISP-Encapsulated-Contol-Message"}
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


class Lisp(Layer):
    """A message; only registrations and notifications are decoded further."""

    __slots__ = ("authentication_length", "flags", "key", "nonce", "records", "type")

    type: int
    flags: int  #: the first 32 bits, type and count included
    records: int  #: how many follow
    nonce: int
    key: int  #: kind of authentication
    authentication_length: int  #: octets

    name = "lisp"
    tag = b"lisp"
    fields = ("type", "flags", "records", "nonce", "key", "authentication_length")

    def clear(self) -> None:
        self.type = self.flags = self.records = self.nonce = 0
        self.key = self.authentication_length = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.flags = pkt.u32(off)
        self.type = self.flags >> 28
        self.records = self.flags & 0xFF
        self.nonce = pkt.u64(off + 4)
        self.key = pkt.u16(off + 12)
        self.authentication_length = pkt.u16(off + 14)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.put(named(TYPE_NAMES, self.type, b"LISP-unknown-type-%d") + b",")
        if self.type not in FLAGS:
            return
        names, site_flag = FLAGS[self.type]
        at = self.off + HEADER_LENGTH
        if line.style.verbose:
            line.put(b" flags [%s],\n    %d record(s), Authentication %s," % (
                bit_words(names, self.flags), self.records,
                named(AUTHENTICATION_NAMES, self.key, b"unknown-type")))
            print_unknown_data(line, self.pkt, at, b"\n    Authentication-Data: ",
                               self.authentication_length)
        else:
            line.put(b" %d record(s)," % self.records)
        if self.records == 0:
            line.put(INVALID)
            return
        after = self.write_records(line, at + self.authentication_length)
        if after:
            self.write_end(line, after, bool(self.flags & site_flag))

    def write_records(self, line: Line, off: int) -> int:
        """Every record; the offset after them, 0 if one cannot be decoded."""
        pkt = self.pkt
        left = self.records
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
