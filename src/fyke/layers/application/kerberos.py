"""Kerberos: messages of version 4, the number of the others; tcpdump: print-krb.c.

Version 4 is in the Athena Technical Plan, section E.2.1, appendix I; version 5 in RFC 4120.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.ber import BerError
from fyke.layers.application.kerberos5 import ERRORS, TYPES, read_message
from fyke.layers.application.kerberos5 import Message as Message5
from fyke.layers.fields import Made, text_of
from fyke.layers.layer import Layer
from fyke.layers.words import named
from fyke.wire import Line, Record, Truncated

VERSION_4 = 4
NUMBERED = (1, 2, 3, VERSION_4)
VERSION_5 = (106, 107)  # not its number but the beginning of a request or reply in ASN.1
LITTLE_ENDIAN = 1  # in the type
ASN1_APPLICATION = 3  # first three bits of a message of version 5: class and constructed
MARK, MOST_OCTETS = 4, 1 << 20  # over TCP: octets of a message's length, and what it may be
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


class Message4(NamedTuple):
    """A message of version 4 (section E.2.1): names in the order they stand in."""

    user: str | None
    instance: str | None
    realm: str | None
    service: str | None
    service_instance: str | None
    lifetime: int | None  #: of the ticket that is asked for, in minutes
    error: int | None


NOTHING = Message4(None, None, None, None, None, None, None)


def read_4(kerberos: Kerberos) -> Message4:
    """What a message of version 4 says. Raises Truncated."""
    pkt, at = kerberos.pkt, kerberos.off + 2
    little = bool(pkt.u8(at - 1) & LITTLE_ENDIAN)
    kind = pkt.u8(at - 1) & 0xFE
    if kind not in (REQUEST, REPLY, ERROR):
        return NOTHING
    names = []
    for _ in range(3):
        names.append(string_at(pkt, at))
        at += len(names[-1]) + 1
    user, instance, realm = (text_of(name) for name in names)
    if kind == REQUEST:
        at += TIME
        life = pkt.u8(at) * LIFE
        service = string_at(pkt, at + 1)
        return Message4(user, instance, realm, text_of(service),
                        text_of(string_at(pkt, at + 2 + len(service))), life, None)
    error = number(pkt, at + TIME, little) if kind == ERROR else None
    return Message4(user, instance, realm, None, None, None, error)


def string_at(pkt: Record, at: int) -> bytes:
    """The octets up to a NUL. Raises Truncated without one."""
    stop = at
    while pkt.u8(stop):
        stop += 1
    return pkt.raw(at, stop - at)


def read_5(kerberos: Kerberos) -> Message5 | None:
    """A message of version 5; None if it is none."""
    if kerberos.pkt.u8(kerberos.off) >> 5 != ASN1_APPLICATION:
        return None
    try:
        return read_message(kerberos.pkt, kerberos.off, kerberos.off + kerberos.size)
    except BerError:
        return None


def version(kerberos: Kerberos) -> int:
    """1 to 4 is the first octet; version 5 begins with a tag of ASN.1."""
    first = kerberos.pkt.u8(kerberos.off)
    return 5 if first >> 5 == ASN1_APPLICATION else first


def of_either(four: str, five: str) -> Callable[[Kerberos], Any]:
    """Reads what both versions have."""
    def read(kerberos: Kerberos) -> Any:
        if kerberos.version == VERSION_4:
            return getattr(read_4(kerberos), four) if four else None
        message = read_5(kerberos)
        return None if message is None else getattr(message, five)
    return read


def of_four(name: str) -> Callable[[Kerberos], Any]:
    return lambda kerberos: (getattr(read_4(kerberos), name)
                             if kerberos.version == VERSION_4 else None)


def kind_of(kerberos: Kerberos) -> int | None:
    if kerberos.version == VERSION_4:
        return kerberos.pkt.u8(kerberos.off + 1) & 0xFE
    message = read_5(kerberos)
    return None if message is None else message.type


def message_name(kerberos: Kerberos) -> str | None:
    kind = kind_of(kerberos)
    if kind is None:
        return None
    if kerberos.version == VERSION_4:
        return named(TYPE_NAMES, kind, b"#%d").decode()
    return TYPES.get(kind)


def error_name(kerberos: Kerberos) -> str | None:
    error = kerberos.error
    if error is None:
        return None
    if kerberos.version == VERSION_4:
        return named(ERROR_NAMES, error, b"#%d").decode()
    return ERRORS.get(error, f"#{error}")


class Kerberos(Layer):
    """A message: who asks for what. Tickets and keys are encrypted."""

    __slots__ = ()

    name = "kerberos"
    tag = b"kerberos"

    version = Made("u8", version, "4 or 5")
    type = Made("u8", kind_of, "of message, as its version numbers it")
    message = Made("text", message_name, "the type in words")
    user = Made("text", of_either("user", "client"), "who asks; version 5: all parts of the name")
    instance = Made("text", of_four("instance"), "version 4: of the user")
    realm = Made("text", of_either("realm", "realm"))
    service = Made("text", of_either("service", "server"), "for what a ticket is asked")
    service_instance = Made("text", of_four("service_instance"), "version 4")
    lifetime = Made("u16", of_four("lifetime"), "version 4: asked for", unit="min")
    error = Made("i32", of_either("error", "error"), "of an error")
    error_name = Made("text", error_name, "the error in words")
    etypes = Made("list", of_either("", "etypes"), "version 5: encryption types offered")

    def parse(self, pkt: Record, off: int) -> None:
        if pkt.u8(off) == VERSION_4:
            pkt.u8(off + 1)

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


class KerberosOverTcp(Kerberos):
    """A message behind its length (RFC 4120 §7.2.2); it has no text in tcpdump's lines."""

    __slots__ = ()

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        return (size > MARK and pkt.u32(at) < MOST_OCTETS
                and pkt.u8(at + MARK) >> 5 == ASN1_APPLICATION
                and pkt.u8(at + MARK) & 0x1F in TYPES)

    def at(self, pkt: Record, off: int, size: int) -> Layer:
        """Begins behind the length; ``size`` is what that says."""
        stated = pkt.u32(off) if pkt.has(off, MARK) else 0
        return Layer.at(self, pkt, off + MARK, max(stated, size - MARK, 0))

    def parse(self, pkt: Record, off: int) -> None:
        if not pkt.has(off, self.size):
            raise Truncated

    def write(self, line: Line) -> None:
        line.put(b": ")
        Kerberos.write(self, line)


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
