"""Network Time Protocol (RFC 5905, RFC 9327 for control messages); tcpdump: print-ntp.c."""

from __future__ import annotations

from datetime import UTC, datetime

from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, named, signed
from fyke.wire import Line, Packet, Truncated

TIME_LENGTH = 48  # octets of a time message without extensions
CONTROL_LENGTH = 12
EPOCH_1970 = 2208988800  # seconds from NTP's epoch, 1900, to Unix's
ERA = 1 << 32  # seconds until time stamps begin anew, in 2036

CONTROL, RESERVED = 6, 7
MODE_NAMES = {
    0: b"unspecified", 1: b"symmetric active", 2: b"symmetric passive", 3: b"Client",
    4: b"Server", 5: b"Broadcast", 6: b"Control Message", 7: b"Reserved",
}
LEAP_NAMES = {0: b"", 0x40: b"+1s", 0x80: b"-1s", 0xC0: b"clock unsynchronized"}
PRIMARY, INFO_QUERY, INFO_REPLY = 1, 62, 63  # strata


class Ntp(Layer):
    """The first octet says leap indicator, version and mode."""

    __slots__ = ("leap", "mode", "version")

    leap: int  #: leap indicator, in the two top bits of an octet
    version: int
    mode: int

    name = "ntp"
    tag = b"ntp"
    fields = ("leap", "version", "mode")

    def clear(self) -> None:
        self.leap = self.version = self.mode = 0

    def parse(self, pkt: Packet, off: int) -> None:
        first = pkt.u8(off)
        self.leap = first & 0xC0
        self.version = first >> 3 & 7
        self.mode = first & 7

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.put(b"NTPv%d, %s, length %d" % (
            self.version, named(MODE_NAMES, self.mode), self.size))
        if not line.style.verbose:
            return
        line.put(b"\n\tLeap indicator: %s (%d)" % (LEAP_NAMES[self.leap], self.leap))
        if self.mode < CONTROL:
            self.write_time(line)
        elif self.mode == CONTROL:
            self.write_control(line)

    def write_invalid(self, line: Line) -> None:
        line.put(INVALID)
        if not self.pkt.has(self.off, self.size):
            raise Truncated

    def write_time(self, line: Line) -> None:
        if self.size < TIME_LENGTH:
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
        if stratum == 0:
            line.put(b"(unspec)")
        elif stratum == PRIMARY:
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
            line.put(b"\n\t(%d more bytes after the header)" % (self.size - TIME_LENGTH))

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
        date = datetime.fromtimestamp(seconds + era - EPOCH_1970, UTC)
        text += b" (%s)" % date.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
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
