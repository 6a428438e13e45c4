"""Kerberos: messages of version 4, the number of the others; tcpdump: print-krb.c.

Version 4 is in the Athena Technical Plan, section E.2.1, appendix I; version 5 in RFC 4120.
"""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.words import named
from fyke.wire import Line, Record

VERSION_4 = 4
NUMBERED = (1, 2, 3, VERSION_4)
VERSION_5 = (106, 107)  # not its number but the beginning of a request or reply in ASN.1
LITTLE_ENDIAN = 1  # in the type
REQUEST, REPLY, APPLICATION, ERROR = 2, 4, 6, 10
TYPE_NAMES = {
    REQUEST: b"KDC_REQUEST", REPLY: b"KDC_REPLY", APPLICATION: b"APPL_REQUEST",
    8: b"APPL_REQUEST_MUTUAL", ERROR: b"ERR_REPLY", 12: b"PRIVATE", 14: b"SAFE",
    16: b"APPL_ERR", 126: b"DIE",
}
ERROR_NAMES = {
    0: b"OK", 1: b"NAME_EXP", 2: b"SERVICE_EXP", 3: b"AUTH_EXP", 4: b"PKT_VER",
    5: b"NAME_MAST_KEY_VER", 6: b"SERV_MAST_KEY_VER", 7: b"BYTE_ORDER", 8: b"PRINCIPAL_UNKNOWN",
    9: b"PRINCIPAL_NOT_UNIQUE", 10: b"NULL_KEY",
}
TIME, REPLY_REST = 4, 10  # octets: a time; a reply's time, number of tickets, expiry, key version
LIFE = 5  # minutes that a lifetime counts by


class Kerberos(Layer):
    """A message: who asks for what, with times and keys left out."""

    __slots__ = ("type", "version")

    version: int  #: 1 to 4; 106 and 107 begin messages of version 5
    type: int  #: with the lowest bit for the byte order; 0 unless of version 4

    name = "kerberos"
    tag = b"kerberos"
    fields = ("version", "type")

    def clear(self) -> None:
        self.version = self.type = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u8(off)
        if self.version == VERSION_4:
            self.type = pkt.u8(off + 1)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b"kerberos")
        version = pkt.u8(off)
        if version in VERSION_5:
            line.put(b" v5")
        elif version in NUMBERED:
            line.put(b" v%d" % version)
        if version == VERSION_4:
            kind = pkt.u8(off + 1)
            little = bool(kind & LITTLE_ENDIAN)
            kind &= 0xFE
            line.put(b" %s %s: " % (b"le" if little else b"be",
                                    named(TYPE_NAMES, kind, b"#%d")))
            write_message(line, pkt, off + 2, kind, little)


def write_message(line: Line, pkt: Record, at: int, kind: int, little: bool) -> None:
    """What follows version and type."""
    if kind == REQUEST:
        at = write_principal(line, pkt, at) + TIME
        line.put(b" %dmin " % (pkt.u8(at) * LIFE))
        at = write_string(line, pkt, at + 1)
        line.put(b".")
        write_string(line, pkt, at)
    elif kind == APPLICATION:
        line.put(b"v%d " % pkt.u8(at))
        at = write_string(line, pkt, at + 1)
        line.put(b" (%d)" % pkt.u8(at))
        line.put(b" (%d)" % pkt.u8(at + 1))
    elif kind == REPLY:
        at = write_principal(line, pkt, at) + REPLY_REST
        line.put(b" (%d)" % number(pkt, at, little))
    elif kind == ERROR:
        at = write_principal(line, pkt, at) + TIME
        line.put(b" %s " % named(ERROR_NAMES, number(pkt, at, little), b"#%d"))
        write_string(line, pkt, at + 4)
    else:
        line.put(b"(unknown)")


def number(pkt: Record, at: int, little: bool) -> int:
    return pkt.le16(at) if little else pkt.u16(at)


def write_principal(line: Line, pkt: Record, at: int) -> int:
    """``name.instance@realm``; the offset after it."""
    at = write_string(line, pkt, at)
    line.put(b".")
    at = write_string(line, pkt, at)
    line.put(b"@")
    return write_string(line, pkt, at)


def write_string(line: Line, pkt: Record, at: int) -> int:
    """A string that ends with a NUL; the offset after that. Raises Truncated without one."""
    while pkt.u8(at):
        line.escaped(pkt, at, 1)
        at += 1
    return at + 1
