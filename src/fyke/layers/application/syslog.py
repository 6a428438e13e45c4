"""BSD syslog (RFC 3164, RFC 5424); tcpdump: print-syslog.c."""

from __future__ import annotations

from fyke.layers.fields import Made
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

OPEN, CLOSE, ZERO, NINE = 0x3C, 0x3E, 0x30, 0x39  # < > 0 9
MAX_DIGITS = 3
SEVERITY_NAMES = (b"emergency", b"alert", b"critical", b"error", b"warning", b"notice", b"info",
                  b"debug")
FACILITY_NAMES = dict(enumerate((
    b"kernel", b"user", b"mail", b"daemon", b"auth", b"syslog", b"lpr", b"news", b"uucp", b"cron",
    b"authpriv", b"ftp", b"ntp", b"security", b"console", b"cron", b"local0", b"local1",
    b"local2", b"local3", b"local4", b"local5", b"local6", b"local7")))


def priority(syslog: Syslog) -> int | None:
    """Facility * 8 + severity; None if the message does not begin with one."""
    return None if syslog.payload_off == 0 else number_before(syslog.pkt, syslog.payload_off)


def number_before(pkt: Record, text_off: int) -> int:
    """The number in the brackets that end before ``text_off``."""
    number, unit, at = 0, 1, text_off - 2
    while pkt.u8(at) != OPEN:
        number += unit * (pkt.u8(at) - ZERO)
        unit *= 10
        at -= 1
    return number


def facility(syslog: Syslog) -> int | None:
    found = priority(syslog)
    return None if found is None else found >> 3


def severity(syslog: Syslog) -> int | None:
    found = priority(syslog)
    return None if found is None else found & 7


def message(syslog: Syslog) -> str | None:
    """What follows the priority, as far as captured."""
    if syslog.payload_off == 0:
        return None
    return bytes(syslog.payload).decode("utf-8", "backslashreplace")


class Syslog(Layer):
    """A priority in angle brackets, then text."""

    __slots__ = ()
    name = "syslog"
    tag = b"syslog"

    priority = Made("u16", priority, "facility * 8 + severity")
    facility = Made("u8", facility, "what kind of program",
                    names={code: name.decode() for code, name in FACILITY_NAMES.items()})
    severity = Made("u8", severity, "0 (emergency) to 7 (debug)",
                    names={code: name.decode() for code, name in enumerate(SEVERITY_NAMES)})
    message = Made("text", message, "what follows the priority")

    def parse(self, pkt: Record, off: int) -> None:
        stop = off + self.size
        if self.size < 1 or pkt.u8(off) != OPEN:
            return
        for at in range(off + 1, off + MAX_DIGITS + 2):
            if at >= stop:
                raise Truncated
            octet = pkt.u8(at)
            if octet == CLOSE:
                self.payload_off = at + 1
                self.payload_length = stop - at - 1
                return
            if not ZERO <= octet <= NINE:
                return

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.short:
            raise Truncated
        if self.payload_off == 0:
            line.put(INVALID)
            return
        number = number_before(pkt, self.payload_off)
        facility = named(FACILITY_NAMES, number >> 3, b"unknown (%d)")
        severity = SEVERITY_NAMES[number & 7]
        if not line.style.verbose:
            line.put(b"SYSLOG ")
            line.put(facility)
            line.put(b".")
            line.put(severity)
            line.put(b", length: ")
            line.uint(self.size)
            return
        line.put(b"SYSLOG, length: %d\n\tFacility %s (%d), Severity %s (%d)\n\tMsg: " % (
            self.size, facility, number >> 3, severity, number & 7))
        stop = min(self.off + self.size, pkt.end)
        line.escaped(pkt, self.payload_off, stop - self.payload_off)
        if line.style.verbose > 1:
            print_unknown_data(line, pkt, self.off, b"\n\t", self.size)
        if stop < self.off + self.size:
            raise Truncated
