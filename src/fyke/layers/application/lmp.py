"""Link Management Protocol (RFC 4204), service discovery of UNI 1.0; tcpdump: print-lmp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application import lmp_names as names
from fyke.layers.application.lmp_values import value_of
from fyke.layers.bandwidth import mbps
from fyke.layers.cursor import MOST
from fyke.layers.fields import U8, U16, Bits, Listed, Options
from fyke.layers.gmpls_names import ENCODING_NAMES, SWITCHING_NAMES
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record, Truncated

VERSION = 1
HEADER_LENGTH, OBJECT_LENGTH = 8, 4
NEGOTIABLE = 0x80
IPV4, IPV6, UNNUMBERED = 1, 2, 3  # families
PAYLOAD_CAPABLE = 8000  # tcpdump tests the bits of decimal 8000; RFC 4204 §13.8 says 0x8000
SWITCHING, WAVELENGTH = 1, 2  # subobjects of a data link
UNKNOWN = b"Unknown"


class LmpObject(NamedTuple):
    """An object: class, type and what it says."""

    object_class: int
    name: str
    type: int
    is_negotiable: bool
    value: Any


def objects_of(lmp: Lmp) -> Options:
    """Every object; ``cut`` if one cannot be."""
    found, pkt = Options(), lmp.pkt
    at, stop = lmp.off + 8, lmp.off + min(lmp.size, lmp.message_length)
    try:
        while at < stop and len(found) < MOST:
            size = pkt.u16(at + 2)
            if size < 4 or size > stop - at:
                raise Truncated
            kind, number = pkt.u8(at), pkt.u8(at + 1)
            found.append(LmpObject(
                number, named(names.OBJECT_NAMES, number, b"unknown_%d").decode(), kind & 0x7F,
                bool(kind & 0x80), value_of(pkt, at + 4, size - 4, number, kind & 0x7F)))
            at += size
    except Truncated:
        found.cut = True
    return found


class Lmp(Layer):
    """What kind of message, then objects."""

    __slots__ = ()

    name = "lmp"
    tag = b"lmp"

    version = Bits(0, 1, 0xF0)
    flags = U8(2)
    message_type = U8(3)
    message_length = U16(4, "this header included", unit="bytes")
    objects = Listed(objects_of, "objects behind the header (RFC 4204 §13)")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 6)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        if self.version != VERSION:
            line.put(b"LMP version %d packet not supported" % self.version)
            return
        kind = self.message_type
        if not line.style.verbose:
            line.put(b"LMPv%d %s Message, length: %d" % (
                VERSION, named(names.MESSAGE_NAMES, kind, b"unknown (%d)"), self.size))
            return
        left = self.message_length
        line.put(b"\n\tLMPv%d, msg-type: %s, Flags: [%s], length: %d" % (
            VERSION, named(names.MESSAGE_NAMES, kind, b"unknown, type: %d"),
            bit_words(names.HEADER_FLAGS, self.flags), left))
        if left < HEADER_LENGTH:
            line.put(b" (too short)")
            return
        if left > self.size:
            line.put(b" (too long)")
            left = self.size
        at, stop = self.off + HEADER_LENGTH, self.off + left
        while at != stop:
            size = write_object(line, self.pkt, at)
            if not size:
                return
            if size > stop - at:
                line.put(b" [remaining objects length %d < %d]%s" % (stop - at, size, INVALID))
                return
            at += size


def write_object(line: Line, pkt: Record, at: int) -> int:
    """One object; its length, 0 if nothing behind it can be read."""
    if not pkt.has(at, OBJECT_LENGTH):
        raise Truncated
    first, number, length = pkt.u8(at), pkt.u8(at + 1), pkt.u16(at + 2)
    kind = first & ~NEGOTIABLE
    line.put(b"\n\t  %s Object (%d), Class-Type: %s (%d) Flags: [%snegotiable], length: %d" % (
        named(names.OBJECT_NAMES, number, UNKNOWN), number,
        named(names.TYPE_NAMES.get(number, {}), kind, UNKNOWN), kind,
        b"" if first & NEGOTIABLE else b"non-", length))
    if length < OBJECT_LENGTH:
        line.put(b" (too short)")
        return 0
    if length % 4:
        line.put(b" (not a multiple of 4)")
        return 0
    if not pkt.has(at, length):
        raise Truncated
    body, size = at + OBJECT_LENGTH, length - OBJECT_LENGTH
    with_octets = number not in names.OBJECT_NAMES and line.style.verbose == 1
    if number in names.OBJECT_NAMES:
        known = BODIES.get((number, kind))
        if known is None:
            with_octets = True
        elif size < known[0] or (known[1] and size > known[0]):
            line.put(b" (not correct for object)")
        else:
            with_octets = known[2](line, pkt, body, size)
    if with_octets or line.style.verbose > 1:
        print_unknown_data(line, pkt, body, b"\n\t    ", size)
    return length


def write_number(line: Line, pkt: Record, at: int, label: bytes) -> None:
    """``label: number (0xnumber)``."""
    number = pkt.u32(at)
    line.put(b"\n\t    %s: %d (0x%08x)" % (label, number, number))


def write_address(line: Line, pkt: Record, at: int, label: bytes, family: int) -> int:
    """An identifier of a ``family``; how many octets it has."""
    if family == UNNUMBERED:
        write_number(line, pkt, at, label)
        return 4
    line.put(b"\n\t    %s: " % label)
    if family == IPV6:
        line.host6(pkt, at)
    else:
        line.host4(pkt.u32(at))
    line.put(b" (0x%08x)" % pkt.u32(at))
    return 16 if family == IPV6 else 4


Body = Callable[[Line, Record, int, int], bool]


def address(label: bytes, family: int) -> Body:
    """Writes an object that is one identifier."""
    def write(line: Line, pkt: Record, at: int, size: int) -> bool:
        write_address(line, pkt, at, label, family)
        return False
    return write


def numbers(form: bytes, width: int) -> Body:
    """Writes an object that is unsigned numbers of ``width`` octets."""
    def write(line: Line, pkt: Record, at: int, size: int) -> bool:
        line.put(form % tuple(int.from_bytes(pkt.raw(at + i, width), "big")
                              for i in range(0, size, width)))
        return False
    return write


def te_link(family: int) -> Body:
    def write(line: Line, pkt: Record, at: int, size: int) -> bool:
        line.put(b"\n\t    Flags: [%s]" % bit_words(names.TE_LINK_FLAGS, pkt.u8(at)))
        width = write_address(line, pkt, at + 4, b"Local Link-ID", family)
        write_address(line, pkt, at + 4 + width, b"Remote Link-ID", family)
        return False
    return write


def data_link(family: int) -> Body:
    def write(line: Line, pkt: Record, at: int, size: int) -> bool:
        line.put(b"\n\t    Flags: [%s]" % bit_words(names.DATA_LINK_FLAGS, pkt.u8(at)))
        width = write_address(line, pkt, at + 4, b"Local Interface ID", family)
        write_address(line, pkt, at + 4 + width, b"Remote Interface ID", family)
        return write_subobjects(line, pkt, at + 4 + 2 * width, at + size)
    return write


def write_subobjects(line: Line, pkt: Record, at: int, stop: int) -> bool:
    """What a data link can do; True if there is something unknown."""
    while at < stop:
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        line.put(b"\n\t    Subobject, Type: %s (%d), Length: %d" % (
            named(names.SUBOBJECT_NAMES, kind, UNKNOWN), kind, size))
        if size < 4:
            line.put(b" (too short)")
            return False
        if size % 4:
            line.put(b" (not a multiple of 4)")
            return False
        if size > stop - at:
            line.put(b" (goes past the end of the object)")
            return False
        if kind == SWITCHING:
            switching, encoding = pkt.u8(at + 2), pkt.u8(at + 3)
            line.put(b"\n\t      Switching Type: %s (%d)\n\t      Encoding Type: %s (%d)" % (
                named(SWITCHING_NAMES, switching, UNKNOWN), switching,
                named(ENCODING_NAMES, encoding, UNKNOWN), encoding))
            line.put(b"\n\t      Min Reservable Bandwidth: %s" % mbps(pkt.u32(at + 4)))
            line.put(b"\n\t      Max Reservable Bandwidth: %s" % mbps(pkt.u32(at + 8)))
        elif kind == WAVELENGTH:
            line.put(b"\n\t      Wavelength: %d" % pkt.u32(at + 4))
        else:
            return True
        at += size
    return False


def write_verify(line: Line, pkt: Record, at: int, size: int) -> bool:
    transport = pkt.u16(at + 10)
    line.put(b"\n\t    Flags: %s\n\t    Verify Interval: %d\n\t    Data links: %d"
             b"\n\t    Encoding type: %s\n\t    Verify Transport Mechanism: %d (0x%x)%s"
             b"\n\t    Transmission Rate: %s\n\t    Wavelength: %d" % (
                 bit_words(names.VERIFY_FLAGS, pkt.u16(at)), pkt.u16(at + 2), pkt.u32(at + 4),
                 named(ENCODING_NAMES, pkt.u8(at + 8), UNKNOWN), transport, transport,
                 b" (Payload test messages capable)" if transport & PAYLOAD_CAPABLE else b"",
                 mbps(pkt.u32(at + 12)), pkt.u32(at + 16)))
    return False


def status(family: int) -> Body:
    """Pairs of an interface and what its channel is like."""
    def write(line: Line, pkt: Record, at: int, size: int) -> bool:
        width = 16 if family == IPV6 else 4
        for i in range(0, size - width - 3, width + 4):
            write_address(line, pkt, at + i, b"Interface ID", family)
            word = pkt.u32(at + i + width)
            line.put(b"\n\t\t    Active: %s (%d)\n\t\t    Direction: %s (%d)"
                     b"\n\t\t    Channel Status: %s (%d)" % (
                         b"Allocated" if word >> 31 else b"Non-allocated", word >> 31,
                         b"Transmit" if word >> 30 & 1 else b"Receive", word >> 30 & 1,
                         named(names.STATUS_NAMES, word & 0x3FFFFFF, UNKNOWN),
                         word & 0x3FFFFFF))
        return False
    return write


def status_request(family: int) -> Body:
    def write(line: Line, pkt: Record, at: int, size: int) -> bool:
        width = 16 if family == IPV6 else 4
        for i in range(0, size - width + 1, width):
            write_address(line, pkt, at + i, b"Interface ID", family)
        return False
    return write


def error(flags: tuple[tuple[int, bytes], ...]) -> Body:
    def write(line: Line, pkt: Record, at: int, size: int) -> bool:
        line.put(b"\n\t    Error Code: %s" % bit_words(flags, pkt.u32(at)))
        return False
    return write


def write_protocols(line: Line, pkt: Record, at: int, size: int) -> bool:
    line.put(b"\n\t Flags: %s\n\t  UNI Version: %d" % (
        bit_words(names.PROTOCOL_FLAGS, pkt.u8(at)), pkt.u8(at + 1)))
    return False


def write_port(line: Line, pkt: Record, at: int, size: int) -> bool:
    """Attributes of a client's port."""
    link, signal = pkt.u8(at), pkt.u8(at + 1)
    line.put(b"\n\t Link Type: %s (%d)" % (named(names.LINK_TYPES, link, UNKNOWN), link))
    if link in names.SIGNALS:
        line.put(b"\n\t Signal Type: %s (%d)" % (
            named(names.SIGNALS[link], signal, UNKNOWN), signal))
    line.put(b"\n\t Transparency: %s\n\t Contiguous Concatenation Types: %s\n\t Minimum NCC: %d"
             b"\n\t Maximum NCC: %d\n\t Minimum NVC:%d\n\t Maximum NVC:%d" % (
                 bit_words(names.PORT_FLAGS, pkt.u8(at + 2)),
                 bit_words(names.CONCATENATION_FLAGS, pkt.u8(at + 3)), pkt.u16(at + 4),
                 pkt.u16(at + 6), pkt.u16(at + 8), pkt.u16(at + 10)))
    write_address(line, pkt, at + 12, b"Local Interface ID", IPV4)
    return False


def write_network(line: Line, pkt: Record, at: int, size: int) -> bool:
    line.put(b"\n\t Transparency Flags: %s\n\t TCM Monitoring Flags: %s" % (
        bit_words(names.NETWORK_FLAGS, pkt.u32(at)),
        bit_words(names.MONITORING_FLAGS, pkt.u8(at + 7))))
    return False


def write_diversity(line: Line, pkt: Record, at: int, size: int) -> bool:
    line.put(b"\n\t Diversity: Flags: %s" % bit_words(names.DIVERSITY_FLAGS, pkt.u8(at + 3)))
    return False


#: (object, type) to octets, whether no more than those, and who writes them. What is written
#: says whether the octets are to be shown as well.
BODIES: dict[tuple[int, int], tuple[int, bool, Body]] = {
    (names.MESSAGE, 1): (4, True, address(b"Message ID", UNNUMBERED)),
    (names.MESSAGE, 2): (4, True, address(b"Message ID Ack", UNNUMBERED)),
    (names.CONFIG, 1): (4, True, numbers(
        b"\n\t    Hello Interval: %d\n\t    Hello Dead Interval: %d", 2)),
    (names.HELLO, 1): (8, True, numbers(b"\n\t    Tx Seq: %d, Rx Seq: %d", 4)),
    (names.VERIFY, 1): (20, True, write_verify),
    (names.VERIFY_ACK, 1): (4, True, numbers(
        b"\n\t    Verify Dead Interval: %d\n\t    Verify Transport Response: %d", 2)),
    (names.VERIFY_ID, 1): (4, True, numbers(b"\n\t    Verify ID: %d", 4)),
    (names.ERROR, 1): (4, True, error(names.VERIFY_ERRORS)),
    (names.ERROR, 2): (4, True, error(names.SUMMARY_ERRORS)),
    (names.SERVICE, 1): (4, True, write_protocols),
    (names.SERVICE, 2): (16, True, write_port),
    (names.SERVICE, 3): (8, True, write_network),
    (names.SERVICE, 4): (4, True, write_diversity),
    **{(names.CHANNEL, end): (4, True, address(b"Control Channel ID", UNNUMBERED))
       for end in (1, 2)},
    **{(names.NODE, end): (4, True, address(b"Node ID", IPV4)) for end in (1, 2)},
    **{(number, 2 * family + end): (16 if family == 1 else 4, True, address(label, family + 1))
       for number in (names.LINK, names.INTERFACE)
       for family, label in enumerate((b"IPv4 Link ID", b"IPv6 Link ID", b"Link ID"))
       for end in (1, 2)},
    **{(names.TE_LINK, family): (36 if family == IPV6 else 12, True, te_link(family))
       for family in (IPV4, IPV6, UNNUMBERED)},
    **{(names.DATA_LINK, family): (36 if family == IPV6 else 12, False, data_link(family))
       for family in (IPV4, IPV6, UNNUMBERED)},
    **{(names.STATUS, family): (0, False, status(family))
       for family in (IPV4, IPV6, UNNUMBERED)},
    **{(names.STATUS_REQUEST, family): (0, False, status_request(family))
       for family in (IPV4, IPV6, UNNUMBERED)},
}
