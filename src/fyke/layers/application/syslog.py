"""BSD syslog (RFC 3164, RFC 5424); tcpdump: print-syslog.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Packet, Truncated

OPEN, CLOSE, ZERO, NINE = 0x3C, 0x3E, 0x30, 0x39  # < > 0 9
MAX_DIGITS = 3
SEVERITY_NAMES = (b"emergency", b"alert", b"critical", b"error", b"warning", b"notice", b"info",
                  b"debug")
FACILITY_NAMES = dict(enumerate((
    b"kernel", b"user", b"mail", b"daemon", b"auth", b"syslog", b"lpr", b"news", b"uucp", b"cron",
    b"authpriv", b"ftp", b"ntp", b"security", b"console", b"cron", b"local0", b"local1",
    b"local2", b"local3", b"local4", b"local5", b"local6", b"local7")))


class Syslog(Layer):
    """A priority in angle brackets, then text."""

    __slots__ = ("priority", "text_off")
    priority: int  #: facility * 8 + severity, -1 if there is none
    text_off: int
    name = "syslog"
    tag = b"syslog"
    fields = ("priority",)

    def clear(self) -> None:
        self.priority = -1
        self.text_off = 0

    def parse(self, pkt: Packet, off: int) -> None:
        stop = off + self.size
        if self.size < 1 or pkt.u8(off) != OPEN:
            return
        number = 0
        for at in range(off + 1, off + MAX_DIGITS + 2):
            if at >= stop:
                raise Truncated
            octet = pkt.u8(at)
            if octet == CLOSE:
                self.priority = number
                self.text_off = at + 1
                return
            if not ZERO <= octet <= NINE:
                return
            number = number * 10 + octet - ZERO

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.short:
            raise Truncated
        if self.priority < 0:
            line.put(INVALID)
            return
        facility = named(FACILITY_NAMES, self.priority >> 3, b"unknown (%d)")
        severity = SEVERITY_NAMES[self.priority & 7]
        if not line.style.verbose:
            line.put(b"SYSLOG %s.%s, length: %d" % (facility, severity, self.size))
            return
        line.put(b"SYSLOG, length: %d\n\tFacility %s (%d), Severity %s (%d)\n\tMsg: " % (
            self.size, facility, self.priority >> 3, severity, self.priority & 7))
        stop = min(self.off + self.size, pkt.end)
        line.escaped(pkt, self.text_off, stop - self.text_off)
        if line.style.verbose > 1:
            print_unknown_data(line, pkt, self.off, b"\n\t", self.size)
        if stop < self.off + self.size:
            raise Truncated
