"""Simple Network Management Protocol, versions 1, 2c and 3 (RFC 1157, 3416, 3412, 3414).

tcpdump: print-snmp.c. Object identifiers are numbers always: there is no MIB here.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.ber import BerError, Element, object_identifier
from fyke.layers.application.smi import (
    ANY,
    GET_BULK,
    GET_RESPONSE,
    INET_ADDRESS,
    INTEGER,
    NULL,
    OBJECT_ID,
    PDU,
    PDU_NAMES,
    SEQUENCE,
    STRING,
    TRAP,
    UNSIGNED,
    Value,
    read_value,
    write_octets,
    write_string,
    write_value,
)
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.layers.words import as_text
from fyke.wire import Line, Record, Truncated

VERSION_1, VERSION_2, VERSION_3 = 0, 1, 3
VERSION_NAMES = {VERSION_1: b"SNMPv1", VERSION_2: b"SNMPv2c", VERSION_3: b"SNMPv3"}
ONLY_V2 = (5, 6, 7, 8)  # GetBulk, Inform, V2Trap, Report
REQUESTS = (0, 1, 5)  # their variables have no values
QUIET = (0, 1, 3, 6, 7, 8)  # PDUs that carry no error
FLAGS = (0x00, 0x01, 0x03, 0x04, 0x05, 0x07)  # of version 3: authenticated, private, report
USER_BASED = 3  # security model (RFC 3414)
ENTERPRISE = 6  # generic trap
ERROR_NAMES = (
    b"noError", b"tooBig", b"noSuchName", b"badValue", b"readOnly", b"genErr", b"noAccess",
    b"wrongType", b"wrongLength", b"wrongEncoding", b"wrongValue", b"noCreation",
    b"inconsistentValue", b"resourceUnavailable", b"commitFailed", b"undoFailed",
    b"authorizationError", b"notWritable", b"inconsistentName")
TRAP_NAMES = (b"coldStart", b"warmStart", b"linkDown", b"linkUp", b"authenticationFailure",
              b"egpNeighborLoss", b"enterpriseSpecific")
#: Of a trap of version 1, in its order, and the kinds of value that they may be.
TRAP_PARTS = (("enterprise", (OBJECT_ID,)), ("agent", (INET_ADDRESS,)),
              ("generic_trap", (INTEGER,)), ("specific_trap", (INTEGER,)),
              ("uptime", (UNSIGNED,)))
MAX_VARIABLES = 4096  # that ``variables`` lists


class Message(NamedTuple):
    """What the attributes tell, read quietly."""

    version: int | None
    community: bytes | None
    pdu: int | None
    request_id: int | None
    error_status: int | None
    error_index: int | None
    variables: list[tuple[str, Any]]
    enterprise: str | None = None  #: of a trap of version 1, as what follows
    agent: str | None = None
    generic_trap: int | None = None
    specific_trap: int | None = None
    uptime: int | None = None


NOTHING = Message(None, None, None, None, None, None, [])


class Variable(NamedTuple):
    """An object and its value: a number, octets, a dotted text, or None."""

    oid: str
    value: Any


def of_message(name: str) -> Callable[[Snmp], Any]:
    """Reads what the message tells; None where it is encrypted, cut or missing."""
    def read(snmp: Snmp) -> Any:
        return getattr(read_message(snmp.pkt, snmp.off, snmp.size), name)
    return read


def variables_of(snmp: Snmp) -> Options:
    return Options(Variable(*one) for one in
                   read_message(snmp.pkt, snmp.off, snmp.size).variables)


class Snmp(Layer):
    """A message. The attributes of what is encrypted or cut off are -1, 0 or empty."""

    __slots__ = ()

    name = "snmp"
    tag = b"snmp"

    version = Made("u8", of_message("version"), "0 SNMPv1, 1 SNMPv2c, 3 SNMPv3",
                   names=as_text(VERSION_NAMES))
    community = Made("bytes", of_message("community"),
                     "of versions 1 and 2c; the user's name of version 3")
    pdu = Made("u8", of_message("pdu"), "kind of request or response", names=as_text(PDU_NAMES))
    request_id = Made("i32", of_message("request_id"), "the same in request and response")
    error_status = Made("i32", of_message("error_status"),
                        "what went wrong; of a GetBulk the number of non-repeaters")
    error_index = Made("i32", of_message("error_index"),
                       "which variable went wrong; of a GetBulk the most repetitions")
    variables = Listed(variables_of, "object identifiers and values")
    enterprise = Made("text", of_message("enterprise"),
                      "of a trap of version 1: what sent it (RFC 1157 §4.1.6)")
    agent = Made("text", of_message("agent"), "of a trap of version 1: address of what sent it")
    generic_trap = Made("i32", of_message("generic_trap"),
                        "of a trap of version 1: what happened; 6: see the specific one")
    specific_trap = Made("i32", of_message("specific_trap"), "of a trap of version 1")
    uptime = Made("u32", of_message("uptime"),
                  "of a trap of version 1: since the start, in hundredths of a second")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size > 1:
            pkt.u8(off + 1)

    def write(self, line: Line) -> None:
        Writer(line, self.pkt, self.off, self.size).message()


class Stop(Exception):
    """This part of the message cannot be read further; why stands in the line already."""


class Reader:
    """Walks a message from value to value; ``at`` and ``rest`` are what is left of a level."""

    __slots__ = ("at", "pkt", "rest")

    def __init__(self, pkt: Record, at: int, rest: int) -> None:
        self.pkt = pkt
        self.at = at
        self.rest = rest

    def next(self, *kinds: int) -> Value:
        """The next value, of one of the ``kinds``. Raises Stop, BerError, Truncated."""
        value = read_value(self.pkt, self.at, self.rest)
        if kinds and value.kind not in kinds:
            raise Stop
        self.at += value.element.size
        self.rest -= value.element.size
        return value

    def enter(self, element: Element) -> Reader:
        """A reader of what is inside."""
        return Reader(self.pkt, element.off, element.length)


def read_message(pkt: Record, off: int, length: int) -> Message:
    """The fields of a message, as far as they can be read."""
    found = NOTHING._replace(variables=[])
    try:
        inside = Reader(pkt, off, length)
        inside = inside.enter(inside.next(SEQUENCE).element)
        found = found._replace(version=inside.next(INTEGER).number)
        if found.version == VERSION_3:
            inside.next(SEQUENCE)
            security = inside.enter(inside.next(STRING).element)
            security = security.enter(security.next(SEQUENCE).element)
            security.next(STRING), security.next(INTEGER), security.next(INTEGER)
            found = found._replace(community=security.next(STRING).octets)
            inside = inside.enter(inside.next(SEQUENCE).element)
            inside.next(STRING), inside.next(STRING)
        else:
            found = found._replace(community=inside.next(STRING).octets)
        pdu = inside.next(PDU)
        found = found._replace(pdu=pdu.element.number)
        inside = inside.enter(pdu.element)
        if pdu.element.number == TRAP:
            for name, kinds in TRAP_PARTS:
                found = found._replace(**{name: inside.next(*kinds).plain()})
        else:
            found = found._replace(
                request_id=inside.next(INTEGER).number, error_status=inside.next(INTEGER).number,
                error_index=inside.next(INTEGER).number)
        inside = inside.enter(inside.next(SEQUENCE).element)
        while inside.rest > 0 and len(found.variables) < MAX_VARIABLES:
            pair = inside.enter(inside.next(SEQUENCE).element)
            name = ".".join(map(str, object_identifier(pair.next(OBJECT_ID).octets)))
            found.variables.append((name, pair.next().plain()))
    except (Stop, BerError, Truncated):
        pass  # what was read stands
    return found


class Writer(Reader):
    """Writes what it walks over, in tcpdump's words."""

    __slots__ = ("line",)

    def __init__(self, line: Line, pkt: Record, at: int, rest: int) -> None:
        self.pkt = pkt
        self.at = at
        self.rest = rest
        self.line = line

    def enter(self, element: Element) -> Writer:
        return Writer(self.line, self.pkt, element.off, element.length)

    def take(self, kind: int, complaint: bytes) -> Value:
        """The next value; another kind is complained about, and shown. Raises Stop."""
        try:
            value = read_value(self.pkt, self.at, self.rest)
        except BerError as fault:
            self.line.put(fault.args[0] or b" [|snmp]")
            raise Stop from None
        if value.note:
            self.line.put(value.note)
        if kind != ANY and kind != value.kind:
            self.line.put(complaint)
            write_value(self.line, value)
            raise Stop
        self.at += value.element.size
        self.rest -= value.element.size
        return value

    def brace(self, text: bytes) -> None:
        """Text that only -v shows."""
        if self.line.style.verbose:
            self.line.put(text)

    def message(self) -> None:
        self.line.char(32)
        try:
            whole = self.take(SEQUENCE, b"[!init SEQ]")
            if self.rest:
                self.line.put(b"[%d extra after iSEQ]" % self.rest)
            inside = self.enter(whole.element)
            version = inside.take(INTEGER, b"[version!=INT]").number
        except Stop:
            return
        if version not in VERSION_NAMES:
            self.line.put(b"SNMP [version = %d]" % version)
            return
        self.brace(b"{ %s " % VERSION_NAMES[version])
        try:
            if version == VERSION_3:
                inside.version_3()
            else:
                inside.community(version)
        except Stop:
            pass
        self.brace(b"} ")

    def community(self, version: int) -> None:
        name = self.take(STRING, b"[comm!=STR]")
        if name.octets != b"public":
            self.line.put(b"C=")
            write_string(self.line, name.octets)
            self.line.char(32)
        self.pdu(version)

    def version_3(self) -> None:
        """Header, security parameters and the PDU with its context (RFC 3412 §6)."""
        start, rest = self.at, self.rest
        head = self.enter(self.take(SEQUENCE, b"[!message]").element)
        head.header()
        self.at = head.at  # also where the header has more in it than it should
        self.rest = rest - (head.at - start)
        parameters = self.take(STRING, b"[msgSecurityParameters!=STR]")
        try:
            self.enter(parameters.element).user_security()
        except Stop:
            pass
        self.brace(b"} { ScopedPDU ")
        try:
            inside = self.enter(self.take(SEQUENCE, b"[!scoped PDU]").element)
            engine = inside.take(STRING, b"[contextEngineID!=STR]")
            self.line.put(b"E=")
            write_octets(self.line, engine.octets)
            self.line.char(32)
            context = inside.take(STRING, b"[contextName!=STR]")
            self.line.put(b"C=")
            write_string(self.line, context.octets)
            self.line.char(32)
            inside.pdu(VERSION_3)
        except Stop:
            pass
        self.brace(b"} ")

    def header(self) -> None:
        """Message number, largest size, flags, security model."""
        self.brace(b"{ ")
        self.take(INTEGER, b"[msgID!=INT]")
        self.take(INTEGER, b"[msgMaxSize!=INT]")
        octets = self.take(STRING, b"[msgFlags!=STR]").octets
        if len(octets) != 1:
            self.line.put(b"[msgFlags size %d]" % len(octets))
            raise Stop
        flags = octets[0]
        if flags not in FLAGS:
            self.line.put(b"[msgFlags=0x%02X]" % flags)
            raise Stop
        self.line.put(b"F=%s%s%s " % (b"a" if flags & 1 else b"", b"p" if flags & 2 else b"",
                                      b"r" if flags & 4 else b""))
        model = self.take(INTEGER, b"[msgSecurityModel!=INT]")
        self.extra(model, b"message")
        self.brace(b"} ")
        if model.number != USER_BASED:
            self.line.put(b"[security model %d]" % model.number)
            raise Stop
        self.brace(b"{ USM ")

    def user_security(self) -> None:
        """RFC 3414 §2.4."""
        inside = self.enter(self.take(SEQUENCE, b"[!usm]").element)
        inside.take(STRING, b"[msgAuthoritativeEngineID!=STR]")
        boots = inside.take(INTEGER, b"[msgAuthoritativeEngineBoots!=INT]").number
        self.brace(b"B=%d " % boots)
        time = inside.take(INTEGER, b"[msgAuthoritativeEngineTime!=INT]").number
        self.brace(b"T=%d " % time)
        user = inside.take(STRING, b"[msgUserName!=STR]")
        self.line.put(b"U=")
        write_string(self.line, user.octets)
        self.line.char(32)
        inside.take(STRING, b"[msgAuthenticationParameters!=STR]")
        inside.extra(inside.take(STRING, b"[msgPrivacyParameters!=STR]"), b"usm")

    def extra(self, last: Value, what: bytes) -> None:
        """tcpdump overlooks as many octets too many as the last value has."""
        if last.element.size < self.rest:
            self.line.put(b"[%d extra after %s SEQ]" % (self.rest - last.element.size, what))

    def pdu(self, version: int) -> None:
        whole = self.take(ANY, b"")
        kind = whole.element.number
        if whole.kind != PDU:
            self.line.put(b"[no PDU]")
            raise Stop
        if self.rest:
            self.line.put(b"[%d extra after PDU]" % self.rest)
        self.brace(b"{ ")
        write_value(self.line, whole)
        self.line.char(32)
        if version == VERSION_1 and kind in ONLY_V2:
            self.line.put(b"[v2 PDU in v1 message]")
            raise Stop
        if version == VERSION_2 and kind == TRAP:
            self.line.put(b"[v1 PDU in v2 message]")
            raise Stop
        inside = self.enter(whole.element)
        try:
            if kind == TRAP:
                inside.trap()
            elif kind in PDU_NAMES:
                inside.request(kind)
        except Stop:
            pass
        self.brace(b" } ")

    def request(self, kind: int) -> None:
        """Every PDU but version 1's trap."""
        line = self.line
        number = self.take(INTEGER, b"[reqId!=INT]").number
        self.brace(b"R=%d " % number)
        status = self.take(INTEGER, b"[errorStatus!=INT]").number
        if kind == GET_BULK:
            line.put(b" N=%d" % status)
        elif status and kind in QUIET:
            line.put(b"[errorStatus(%s)!=0]" % error_name(status))
        elif status:
            line.put(b" " + error_name(status))
        index = self.take(INTEGER, b"[errorIndex!=INT]").number
        if kind == GET_BULK:
            line.put(b" M=%d" % index)
        elif index and kind in QUIET:
            line.put(b"[errorIndex(%d)!=0]" % index)
        elif index and not status:
            line.put(b"[errorIndex(%d) w/o errorStatus]" % index)
        elif index:
            line.put(b"@%d" % index)
        elif status and kind == GET_RESPONSE:
            line.put(b"[errorIndex==0]")
        self.variables(kind)

    def trap(self) -> None:
        """RFC 1157 §4.1.6."""
        line = self.line
        line.char(32)
        write_value(line, self.take(OBJECT_ID, b"[enterprise!=OID]"))
        line.char(32)
        write_value(line, self.take(INET_ADDRESS, b"[agent-addr!=INETADDR]"))
        generic = self.take(INTEGER, b"[generic-trap!=INT]").number
        known = 0 <= generic < len(TRAP_NAMES)
        line.put(b" " + (TRAP_NAMES[generic] if known else b"gt=%d" % generic))
        specific = self.take(INTEGER, b"[specific-trap!=INT]").number
        if generic == ENTERPRISE:
            line.put(b" s=%d" % specific)
        elif specific:
            line.put(b"[specific-trap(%d)!=0]" % specific)
        line.char(32)
        write_value(line, self.take(UNSIGNED, b"[time-stamp!=TIMETICKS]"))
        self.variables(TRAP)

    def variables(self, kind: int) -> None:
        """Names, and their values where the PDU has them."""
        line = self.line
        whole = self.take(SEQUENCE, b"[!SEQ of varbind]")
        if self.rest:
            line.put(b"[%d extra after SEQ of varbind]" % self.rest)
        inside = self.enter(whole.element)
        while inside.rest > 0:
            line.char(32)
            pair = inside.enter(inside.take(SEQUENCE, b"[!varbind]").element)
            write_value(line, pair.take(OBJECT_ID, b"[objName!=OID]"))
            if kind not in REQUESTS:
                line.char(61)
            value = pair.take(ANY, b"")
            if value.kind != NULL:
                if kind in REQUESTS:
                    line.put(b"[objVal!=NULL]")
                write_value(line, value)


def error_name(status: int) -> bytes:
    if 0 <= status < len(ERROR_NAMES):
        return ERROR_NAMES[status]
    return b"err=%d" % (status & 0xFFFFFFFF)
