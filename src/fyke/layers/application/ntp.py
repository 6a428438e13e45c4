"""Network Time Protocol (RFC 5905, RFC 9327 for control messages); tcpdump: print-ntp.c."""

from __future__ import annotations

import time

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import Cursor, Malformed
from fyke.layers.fields import Bits, Listed, Made, Options, text_of
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, signed
from fyke.wire import Line, Record, Truncated

TIME_LENGTH = 48  # octets of a time message without extensions
CONTROL_LENGTH = 12
EPOCH_1970 = 2208988800  # seconds from NTP's epoch, 1900, to Unix's
ERA = 1 << 32  # seconds until time stamps begin anew, in 2036

MODE = 0x07  # the bits of the first octet that say the mode
CONTROL, RESERVED = 6, 7
MODE_NAMES = (b"unspecified", b"symmetric active", b"symmetric passive", b"Client", b"Server",
              b"Broadcast", b"Control Message", b"Reserved")
LEAP_NAMES = {0: b"", 0x40: b"+1s", 0x80: b"-1s", 0xC0: b"clock unsynchronized"}
PRIMARY, INFO_QUERY, INFO_REPLY = 1, 62, 63  # strata


EXTENSION_NAMES = {  # IANA "NTP Extension Field Types"
    0x0002: "no_operation_request", 0x8002: "no_operation_response",
    0x0102: "unique_identifier_autokey", 0x0104: "unique_identifier", 0x0204: "nts_cookie",
    0x0304: "nts_cookie_placeholder", 0x0404: "nts_authenticator", 0x2005: "checksum_complement",
    0x0200: "no_operation", 0x0201: "association", 0x0202: "certificate", 0x0203: "cookie",
    0x0205: "autokey", 0x0206: "leapseconds",
}
LEAST_EXTENSION = 16  # octets of an extension field (RFC 7822 §3)
MACS = (16, 20, 0)  # octets of digests; none: a crypto-NAK
WITH_MAC = frozenset(4 + size for size in MACS)


class Extension(NamedTuple):
    """An extension field (RFC 7822 §3)."""

    kind: int
    name: str
    value: str  #: hexadecimal, padding included


def in_time(read: Callable[[Record, int], Any]) -> Callable[[Ntp], Any]:
    """Reads a field of time messages: the others (control, private) have none."""
    def field(ntp: Ntp) -> Any:
        return read(ntp.pkt, ntp.off) if ntp.mode < CONTROL else None
    return field


def in_control(read: Callable[[Record, int], Any]) -> Callable[[Ntp], Any]:
    """Reads a field of control messages (RFC 9327 §2)."""
    def field(ntp: Ntp) -> Any:
        return read(ntp.pkt, ntp.off) if ntp.mode == CONTROL else None
    return field


def short_nanoseconds(value: int) -> int:
    """A short time (16.16 bits) in nanoseconds."""
    return value * 10**9 >> 16


def time_at(at: int) -> Callable[[Ntp], int | None]:
    """Reads a time stamp as nanoseconds since 1970; None for no time (all zero)."""
    def read(pkt: Record, off: int) -> int | None:
        stamp = pkt.u64(off + at)
        if stamp == 0:
            return None
        era = 0 if stamp >> 63 else ERA
        return ((stamp >> 32) + era - EPOCH_1970) * 10**9 + ((stamp & 0xFFFFFFFF) * 10**9 >> 32)
    return in_time(read)


def reference_id(ntp: Ntp) -> str | None:
    """Letters up to stratum 1 (a kiss code at 0: RFC 5905 §7.4), else an IPv4 address or a hash."""
    if ntp.mode >= CONTROL:
        return None
    octets = ntp.pkt.raw(ntp.off + 12, 4)
    return address(octets) if ntp.pkt.u8(ntp.off + 1) > PRIMARY else text_of(octets)


def extensions_of(ntp: Ntp) -> Options:
    """The extension fields of a time message."""
    found = Options()
    if ntp.mode >= CONTROL or ntp.size < TIME_LENGTH:
        return found
    try:
        cursor = Cursor(ntp.pkt, ntp.off + TIME_LENGTH, ntp.off + ntp.size)
        while cursor.left >= LEAST_EXTENSION and cursor.left not in WITH_MAC:
            kind, size = cursor.u16(), cursor.u16()
            if size < LEAST_EXTENSION or size % 4:
                raise Malformed(f"an extension field of {size} octets")
            found.append(Extension(kind, EXTENSION_NAMES.get(kind, f"unknown_{kind:#06x}"),
                                   cursor.raw(size - 4).hex()))
    except (Malformed, Truncated):
        found.cut = True
    return found


def mac_size(ntp: Ntp) -> int:
    """Octets of key and digest at the end (RFC 7822 §7.5); 0 if there are none."""
    if ntp.mode >= CONTROL or ntp.size < TIME_LENGTH:
        return 0
    left = ntp.size - TIME_LENGTH
    at = ntp.off + TIME_LENGTH
    while left >= LEAST_EXTENSION and left not in WITH_MAC:
        size = ntp.pkt.u16(at + 2)
        if size < LEAST_EXTENSION or size % 4 or size > left:
            return 0
        left -= size
        at += size
    return left if left in WITH_MAC else 0


def key_id(ntp: Ntp) -> int | None:
    size = mac_size(ntp)
    return ntp.pkt.u32(ntp.off + ntp.size - size) if size else None


def digest(ntp: Ntp) -> bytes | None:
    size = mac_size(ntp)
    return ntp.pkt.raw(ntp.off + ntp.size - size + 4, size - 4) if size else None


class Ntp(Layer):
    """A time message of 48 octets with what may follow it, or a control message."""

    __slots__ = ()

    name = "ntp"
    tag = b"ntp"

    leap = Bits(0, 1, 0xC0, "leap indicator: 1 and 2: a second more or less, 3: not synchronized",
                names={0: "no warning", 1: "+1s", 2: "-1s", 3: "unsynchronized"})
    version = Bits(0, 1, 0x38, "1 to 4")
    mode = Bits(0, 1, 0x07, "who asks or answers",
                names={code: name.decode().lower() for code, name in enumerate(MODE_NAMES)})
    stratum = Made("u8", in_time(lambda pkt, off: pkt.u8(off + 1)),
                   "1: a clock itself, 2 to 15: so far from one")
    poll = Made("i8", in_time(lambda pkt, off: signed(pkt.u8(off + 2), 8)),
                "longest time between messages, a power of two", unit="log2 s")
    precision = Made("i8", in_time(lambda pkt, off: signed(pkt.u8(off + 3), 8)),
                     "of the clock, a power of two", unit="log2 s")
    root_delay = Made("u64", in_time(lambda pkt, off: short_nanoseconds(pkt.u32(off + 4))),
                      "round trip to the reference clock", unit="ns")
    root_dispersion = Made("u64", in_time(lambda pkt, off: short_nanoseconds(pkt.u32(off + 8))),
                           "how far off the reference clock may be", unit="ns")
    reference_id = Made("text", reference_id, "which clock or server the time is from")
    reference_time = Made("time", time_at(16), "when the clock was last set")
    origin_time = Made("time", time_at(24), "when the request left the client")
    receive_time = Made("time", time_at(32), "when the request came to the server")
    transmit_time = Made("time", time_at(40), "when this message left")
    extensions = Listed(extensions_of, "extension fields (RFC 7822, RFC 8915)", keyed=True)
    key_id = Made("u32", key_id, "key of the digest")
    digest = Made("bytes", digest, "message authentication code")
    is_response = Made("bool", in_control(lambda pkt, off: pkt.u8(off + 1) & 0x80 != 0),
                       "of a control message, as all that follow")
    is_error = Made("bool", in_control(lambda pkt, off: pkt.u8(off + 1) & 0x40 != 0))
    more = Made("bool", in_control(lambda pkt, off: pkt.u8(off + 1) & 0x20 != 0),
                "there is another fragment")
    opcode = Made("u8", in_control(lambda pkt, off: pkt.u8(off + 1) & 0x1F))
    sequence = Made("u16", in_control(lambda pkt, off: pkt.u16(off + 2)))
    status = Made("u16", in_control(lambda pkt, off: pkt.u16(off + 4)))
    association = Made("u16", in_control(lambda pkt, off: pkt.u16(off + 6)))
    offset = Made("u16", in_control(lambda pkt, off: pkt.u16(off + 8)), "of a fragment's data",
                  unit="bytes")
    count = Made("u16", in_control(lambda pkt, off: pkt.u16(off + 10)), "of the data",
                 unit="bytes")

    def parse(self, pkt: Record, off: int) -> None:
        mode = pkt.u8(off) & MODE
        if mode == CONTROL:
            if self.size >= CONTROL_LENGTH:
                count = pkt.u16(off + 10)
                self.payload_off = off + CONTROL_LENGTH
                self.payload_length = min(count, self.size - CONTROL_LENGTH)
        elif mode < CONTROL and self.size >= TIME_LENGTH:
            pkt.u64(off + 40)

    def write(self, line: Line) -> None:
        first = self.pkt.u8(self.off)
        mode = first & MODE
        line.put(b"NTPv")
        line.uint(first >> 3 & 7)
        line.put(b", ")
        line.put(MODE_NAMES[mode])
        line.put(b", length ")
        line.uint(self.size)
        if not line.style.verbose:
            return
        line.put(b"\n\tLeap indicator: %s (%d)" % (LEAP_NAMES[first & 0xC0], first & 0xC0))
        if mode < CONTROL:
            self.write_time(line)
        elif mode == CONTROL:
            self.write_control(line)

    def write_invalid(self, line: Line) -> None:
        line.put(INVALID)
        if not self.pkt.has(self.off, self.size):
            raise Truncated

    def write_time(self, line: Line) -> None:
        if self.size < TIME_LENGTH:
            line.put(b" [length %d < %d]" % (self.size, TIME_LENGTH))
            self.write_invalid(line)
            return
        pkt, off = self.pkt, self.off
        stratum = pkt.u8(off + 1)
        what = (b"unspecified" if stratum == 0 else b"primary reference" if stratum == PRIMARY
                else b"secondary reference" if stratum <= 15 else b"reserved")
        line.put(b", Stratum %d (%s)" % (stratum, what))
        poll = signed(pkt.u8(off + 2), 8)
        line.put(b", poll %d" % poll)
        if -32 < poll < 32:
            line.put(b" (%ds)" % (1 << poll) if poll >= 0 else b" (1/%ds)" % (1 << -poll))
        line.put(b", precision %d" % signed(pkt.u8(off + 3), 8))
        line.put(b"\n\tRoot Delay: %s" % short_time(pkt.u32(off + 4)))
        line.put(b", Root dispersion: %s" % short_time(pkt.u32(off + 8)))
        if self.write_reference(line, stratum):
            self.write_stamps(line)
            self.write_rest(line)

    def write_reference(self, line: Line, stratum: int) -> bool:
        """The reference identifier; False if nothing more is to be shown."""
        pkt, at = self.pkt, self.off + 12
        address = pkt.u32(at)
        line.put(b", Reference-ID: ")
        if stratum == 0 and address == 0:
            line.put(b"(unspec)")
        elif stratum <= PRIMARY:  # a kiss code at 0 (RFC 5905 §7.4)
            line.escaped(pkt, at, 4)
        elif stratum in (INFO_QUERY, INFO_REPLY):
            line.host4(address)
            line.put(b" INFO_QUERY" if stratum == INFO_QUERY else b" INFO_REPLY")
            return False
        else:
            line.put(b"0x%08x" % address)
        return True

    def write_stamps(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        stamps: list[int] = []
        for label in (b"Reference Timestamp:  ", b"Origin Timestamp:     ",
                      b"Receive Timestamp:    ", b"Transmit Timestamp:   "):
            stamp = pkt.u64(off + 16 + 8 * len(stamps))
            stamps.append(stamp)
            line.put(b"\n\t  %s%s" % (label, long_time(stamp)))
        line.put(b"\n\t    Originator - Receive Timestamp:  %s" % delta(stamps[1], stamps[2]))
        line.put(b"\n\t    Originator - Transmit Timestamp: %s" % delta(stamps[1], stamps[3]))

    def write_rest(self, line: Line) -> None:
        """A key identifier and digest, if the length fits one."""
        at = self.off + TIME_LENGTH
        digest = self.size - TIME_LENGTH - 4
        if digest in (0, 16, 20):
            line.put(b"\n\tKey id: %d" % self.pkt.u32(at))
            if digest:
                if not self.pkt.has(at + 4, digest):
                    raise Truncated
                line.put(b"\n\tAuthentication: ")
                line.hex_string(self.pkt, at + 4, digest)
        elif self.size > TIME_LENGTH:
            line.put(b"\n\t(%d more bytes after the header and extension fields)" % (
                self.size - TIME_LENGTH))

    def write_control(self, line: Line) -> None:
        if self.size < CONTROL_LENGTH:
            self.write_invalid(line)
            return
        pkt, off = self.pkt, self.off
        control = pkt.u8(off + 1)
        line.put(b", %s, %s, %s, OpCode=%d" % (
            b"Response" if control & 0x80 else b"Request",
            b"Error" if control & 0x40 else b"OK", b"More" if control & 0x20 else b"Last",
            control & 0x1F))
        line.put(b"\n\tSequence=%d" % pkt.u16(off + 2))
        status = pkt.u16(off + 4)
        line.put(b", Status=0x%x" % status if status else b", Status=0")
        line.put(b", Assoc.=%d" % pkt.u16(off + 6))
        line.put(b", Offset=%d" % pkt.u16(off + 8))
        count = pkt.u16(off + 10)
        line.put(b", Count=%d" % count)
        if CONTROL_LENGTH + count > self.size:
            self.write_invalid(line)
        elif count:
            if not pkt.has(off + CONTROL_LENGTH, count):
                raise Truncated
            line.put(b"\n\tTO-BE-DONE: data not interpreted")


def short_time(value: int) -> bytes:
    """Seconds in 16.16 bits fixed point."""
    return b"%d.%06d" % (value >> 16, int((value & 0xFFFF) / 65536.0 * 1000000.0))


def long_time(stamp: int) -> bytes:
    """Seconds since 1900 (or since 2036: RFC 4330 §3) in 32.32 bits, and the date."""
    seconds = stamp >> 32
    era = 0 if seconds & 0x80000000 else ERA
    text = b"%d.%09d" % (seconds, nanoseconds(stamp & 0xFFFFFFFF))
    if seconds:
        date = time.gmtime(seconds + era - EPOCH_1970)
        text += b" (%s)" % time.strftime("%Y-%m-%dT%H:%M:%SZ", date).encode()
    return text


def nanoseconds(fraction: int) -> int:
    return int(fraction / 4294967296.0 * 1000000000.0)


def delta(old: int, new: int) -> bytes:
    """The difference of two time stamps; the new one itself if there is no old one."""
    if old == 0:
        return long_time(new)
    sign = b"+" if new > old else b"-"
    gap = abs(new - old)
    return b"%s%d.%09d" % (sign, gap >> 32, nanoseconds(gap & 0xFFFFFFFF))
