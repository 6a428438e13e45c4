"""Values of SNMP in BER: the types of the Structure of Management Information (RFC 2578)."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.application.ber import (
    APPLICATION,
    CONTEXT,
    UNIVERSAL,
    BerError,
    Element,
    integer,
    object_identifier,
    read_element,
)
from fyke.layers.cursor import new
from fyke.wire import Line, Record, Truncated

#: Kinds of values.
ANY, NULL, OCTETS, OBJECT_ID, INTEGER, UNSIGNED, STRING, SEQUENCE, INET_ADDRESS, PDU, UNSIGNED64, \
    EXCEPTION, NONE = range(13)
GET_RESPONSE, TRAP, GET_BULK = 2, 4, 5
PDU_NAMES = {0: b"GetRequest", 1: b"GetNextRequest", GET_RESPONSE: b"GetResponse",
             3: b"SetRequest", TRAP: b"Trap", GET_BULK: b"GetBulk", 6: b"Inform", 7: b"V2Trap",
             8: b"Report"}
EXCEPTION_NAMES = (b"noSuchObject", b"noSuchInstance", b"endOfMibView")
TYPE_NAMES = (
    (b"U-0", b"Boolean", b"Integer", b"Bitstring", b"String", b"Null", b"ObjID", b"ObjectDes",
     *(b"U-%d" % number for number in range(8, 16)), b"Sequence", b"Set"),
    (b"IpAddress", b"Counter", b"Gauge", b"TimeTicks", b"Opaque", b"C-5", b"Counter64"),
    tuple(PDU_NAMES.values()), (b"P-0",))
CLASS_NAME = b"x"  # what tcpdump calls every class: a macro's parameter in quotation marks
#: Kinds of primitive values, by class and number.
PRIMITIVE = {(UNIVERSAL, 2): INTEGER, (UNIVERSAL, 4): STRING, (UNIVERSAL, 5): NULL,
             (UNIVERSAL, 6): OBJECT_ID, (APPLICATION, 0): INET_ADDRESS, (APPLICATION, 1): UNSIGNED,
             (APPLICATION, 2): UNSIGNED, (APPLICATION, 3): UNSIGNED, (APPLICATION, 6): UNSIGNED64,
             (CONTEXT, 0): EXCEPTION, (CONTEXT, 1): EXCEPTION, (CONTEXT, 2): EXCEPTION}


class Value(NamedTuple):
    """A value: its element, what kind it is, its content, and what is odd about it."""

    element: Element
    kind: int
    octets: bytes
    note: bytes

    @property
    def number(self) -> int:
        """Of an INTEGER, UNSIGNED or UNSIGNED64."""
        if len(self.octets) <= 4:
            return int.from_bytes(self.octets, "big", signed=self.kind == INTEGER)
        if self.kind == INTEGER:
            return integer(self.octets)
        bits = 0xFFFFFFFF if self.kind == UNSIGNED else 0xFFFFFFFFFFFFFFFF
        return int.from_bytes(self.octets, "big") & bits

    def plain(self) -> Any:
        """The value as Python knows it: a number, octets, a text for addresses and names."""
        if self.kind in (INTEGER, UNSIGNED, UNSIGNED64):
            return self.number
        if self.kind == OBJECT_ID:
            return ".".join(map(str, object_identifier(self.octets)))
        if self.kind == INET_ADDRESS:
            return ".".join(map(str, self.octets))
        if self.kind == EXCEPTION:
            return EXCEPTION_NAMES[self.element.number].decode()
        return None if self.kind == NULL else self.octets


def read_value(pkt: Record, off: int, length: int) -> Value:
    """The value at ``off``. Raises BerError (empty where the capture ends) and Truncated."""
    element = read_element(pkt, off, length)
    tag_class, constructed, number, at, size, _ = element
    if number >= len(TYPE_NAMES[tag_class]):
        raise BerError(b"[id?%s/%s/%d]" % (b"C" if constructed else b"P", CLASS_NAME, number))
    try:
        octets = pkt.raw(at, size)
    except Truncated:
        raise BerError(b"") from None
    if not constructed:
        kind = PRIMITIVE.get((tag_class, number))
        if kind == INTEGER and not octets:
            raise BerError(b"[asnlen=0]")
        if kind is None and tag_class == CONTEXT:
            kind = ANY
    elif tag_class == CONTEXT:
        kind = PDU
    else:
        kind = SEQUENCE if tag_class == UNIVERSAL and number == 16 else None
    if kind is None:
        return odd(element, octets)
    return new(Value, (element, kind, octets, b""))


def odd(element: Element, octets: bytes) -> Value:
    """A value of a type that no message has."""
    form = b"C" if element.constructed else b"P"
    short = {UNIVERSAL: b"U"} if element.constructed else {UNIVERSAL: b"U", APPLICATION: b"A"}
    note = b"%s/%s/%s" % (form, short.get(element.tag_class, CLASS_NAME),
                          TYPE_NAMES[element.tag_class][element.number])
    return Value(element, OCTETS, octets, note if element.constructed else b"[%s]" % note)


def write_octets(line: Line, octets: bytes) -> None:
    for octet in octets:
        line.char(95)
        line.hex(octet, 2)


def write_string(line: Line, octets: bytes) -> None:
    """In quotation marks if it is text, else octet by octet."""
    if octets.isascii() and octets.decode().isprintable():
        line.put(b'"%s"' % octets)
    else:
        line.put(b"_".join(b"%02x" % octet for octet in octets))


def write_value(line: Line, value: Value) -> None:
    """A value, in tcpdump's words."""
    kind = value.kind
    octets = value.octets
    if kind == OCTETS:
        write_octets(line, octets)
    elif kind == OBJECT_ID:
        line.put("".join([f".{arc}" for arc in object_identifier(octets)]).encode())
    elif kind in (INTEGER, UNSIGNED, UNSIGNED64):
        line.put(b"%d" % value.number)
    elif kind == STRING:
        write_string(line, octets)
    elif kind == SEQUENCE:
        line.put(b"Seq(%d)" % len(octets))
    elif kind == INET_ADDRESS:
        if len(octets) != 4:
            line.put(b"[inetaddr len!=4]")
        line.put(b".".join(b"%d" % octet for octet in octets))
    elif kind == EXCEPTION:
        line.put(b"[%s]" % EXCEPTION_NAMES[value.element.number])
    elif kind == PDU:
        line.put(b"%s(%d)" % (PDU_NAMES[value.element.number], len(octets)))
    elif kind == ANY:
        line.put(b"[BE_ANY!?]")
