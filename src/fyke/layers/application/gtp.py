"""GPRS Tunnelling Protocol: user plane (GTP-U, 3GPP TS 29.281) and control plane (GTP-C version 1,
TS 29.060, version 2, TS 29.274).

tcpdump has no text for it: found where values are asked, printed with -T gtp. The packet inside a
G-PDU is the layer above.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.gtp_elements import (
    FIXED,
    FORMS_1,
    FORMS_2,
    MESSAGES_1,
    MESSAGES_2,
)
from fyke.layers.cursor import MOST, Cursor, Malformed, Tlv, option
from fyke.layers.fields import U8, U16, Bits, Listed, Made, Options
from fyke.layers.summary import Summarised
from fyke.layers.tables import table
from fyke.wire import Record, Truncated

USER, CONTROL = 2152, 2123  # UDP ports
IS_GTP, HAS_EXTENSION, HAS_SEQUENCE, HAS_NPDU = 0x10, 0x04, 0x02, 0x01  # flags of version 1
PIGGYBACKED, HAS_TEID = 0x10, 0x08  # of version 2
G_PDU = 255
HEADER_1, OPTIONAL = 8, 4
OF_VERSION_2 = 8  # octets of the shortest header
NO_EXTENSION = 0
EXTENSION_NAMES = {
    0x01: "mbms_support_indication", 0x02: "ms_info_change_reporting", 0x03: "long_pdcp_number",
    0x20: "service_class_indicator", 0x40: "udp_port", 0x81: "ran_container",
    0x82: "long_pdcp_number", 0x83: "xw_ran_container", 0x84: "nr_ran_container",
    0x85: "pdu_session_container", 0xC0: "pdcp_pdu_number", 0xC1: "suspend_request",
    0xC2: "suspend_response",
}
ETHERTYPE_OF = {4: 0x0800, 6: 0x86DD}


class Extension(NamedTuple):
    """An extension header (TS 29.281 §5.2)."""

    kind: int
    name: str
    value: str  #: hexadecimal, without length and next type


class Element(NamedTuple):
    """An information element; ``instance`` tells several of a type apart (version 2)."""

    kind: int
    instance: int
    name: str
    value: Any


def read_header(gtp: Gtp) -> tuple[Options, int]:
    """Version 1: extension headers, and where the body begins."""
    found = Options()
    at = gtp.off + HEADER_1
    if not gtp.flags & (HAS_EXTENSION | HAS_SEQUENCE | HAS_NPDU):
        return found, at
    kind = gtp.pkt.u8(at + 3)
    at += OPTIONAL
    while gtp.flags & HAS_EXTENSION and kind != NO_EXTENSION and len(found) < MOST:
        size = 4 * gtp.pkt.u8(at)
        if size == 0 or at + size > gtp.off + gtp.size:
            found.cut = True
            break
        octets = gtp.pkt.raw(at, size)
        found.append(Extension(kind, EXTENSION_NAMES.get(kind, f"unknown_{kind}"),
                               octets[1:-1].hex()))
        at += size
        kind = octets[-1]
    return found, at


def extensions_of(gtp: Gtp) -> Options | None:
    return read_header(gtp)[0] if gtp.version == 1 else None


def body_at(gtp: Gtp) -> int:
    """Where the information elements begin."""
    if gtp.version == 1:
        return read_header(gtp)[1]
    return gtp.off + (12 if gtp.flags & HAS_TEID else 8)


def end_of(gtp: Gtp) -> int:
    """Where the message ends by its own length, or its datagram does."""
    stated: int = gtp.length + (HEADER_1 if gtp.version == 1 else 4)
    return gtp.off + min(stated, gtp.size)


def elements_of(gtp: Gtp) -> Options:
    """The information elements of a message that is no G-PDU."""
    found = Options()
    if gtp.version == 1 and gtp.type == G_PDU:
        return found
    try:
        cursor = Cursor(gtp.pkt, body_at(gtp), end_of(gtp))
        read = element_1 if gtp.version == 1 else element_2
        while cursor.left:
            if len(found) == MOST:
                raise Malformed("too many elements")
            found.append(read(cursor))
    except (Malformed, Truncated):
        found.cut = True
    return found


def element_1(cursor: Cursor) -> Element:
    """Of a fixed size below 128, of type, length and value above (TS 29.060 §7.7)."""
    start = cursor.at
    kind = cursor.u8()
    if kind < 128:
        if kind not in FIXED:
            raise Malformed(f"element {kind} of unknown size")
        size = FIXED[kind]
    else:
        size = cursor.u16()
    at = cursor.step(size)
    one = option(cursor.pkt, Tlv(kind, start, at, size), FORMS_1.get(kind))
    return Element(kind, 0, one.name, one.value)


def element_2(cursor: Cursor) -> Element:
    """Type, length, instance and value (TS 29.274 §8.2)."""
    start = cursor.at
    kind, size, instance = cursor.u8(), cursor.u16(), cursor.u8() & 0xF
    at = cursor.step(size)
    one = option(cursor.pkt, Tlv(kind, start, at, size), FORMS_2.get(kind))
    return Element(kind, instance, one.name, one.value)


def element(name: str) -> Callable[[Gtp], Any]:
    """Reads the first element of a name; None for one whose octets are no such value."""
    def read(gtp: Gtp) -> Any:
        value = elements_of(gtp).get(name)
        return None if isinstance(value, bytes) else value
    return read


def teid(gtp: Gtp) -> int | None:
    if gtp.version == 2 and not gtp.flags & HAS_TEID:
        return None
    return gtp.pkt.u32(gtp.off + 4)


def sequence(gtp: Gtp) -> int | None:
    if gtp.version == 2:
        return gtp.pkt.u24(gtp.off + (8 if gtp.flags & HAS_TEID else 4))
    return gtp.pkt.u16(gtp.off + HEADER_1) if gtp.flags & HAS_SEQUENCE else None


def npdu(gtp: Gtp) -> int | None:
    if gtp.version != 1 or not gtp.flags & HAS_NPDU:
        return None
    return gtp.pkt.u8(gtp.off + HEADER_1 + 2)


def type_name(gtp: Gtp) -> str | None:
    return (MESSAGES_1 if gtp.version == 1 else MESSAGES_2).get(gtp.type)


class Gtp(Summarised):
    """A header of version 1 or 2, and what it carries."""

    __slots__ = ()

    name = "gtp"
    tag = b"gtp"
    title = b"GTP"
    told = ("version", "message", "teid", "sequence", "imsi", "apn")

    version = Bits(0, 1, 0xE0, "1, or 2 of the control plane")
    flags = Bits(0, 1, 0x1F, "0x10 GTP and not GTP', 0x04 extension, 0x02 sequence number, 0x01 "
                 "N-PDU number; version 2: 0x10 piggybacked, 0x08 TEID")
    type = U8(1, "of message: 255 is a G-PDU, which carries a packet")
    message = Made("text", type_name, "the type in words")
    length = U16(2, "behind the first 8 octets (version 1) or 4 (version 2)", unit="bytes")
    teid = Made("u32", teid, "tunnel endpoint identifier")
    sequence = Made("u24", sequence, "sequence number")
    npdu = Made("u8", npdu, "N-PDU number")
    extensions = Listed(extensions_of, "extension headers")
    elements = Listed(elements_of, "information elements", keyed=True)
    imsi = Made("text", element("imsi"), "the subscriber's number")
    msisdn = Made("text", element("msisdn"), "the subscriber's telephone number")
    apn = Made("text", element("apn"), "access point name")
    cause = Made("any", element("cause"), "of an answer")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        first, length = pkt.u8(at), pkt.u16(at + 2)
        if first >> 5 == 1:
            return bool(first & IS_GTP) and length + HEADER_1 <= size
        return first >> 5 == 2 and length + 4 <= size

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 4)
        self.payload_off = body_at(self)
        self.payload_length = max(end_of(self) - self.payload_off, 0)
        if self.version == 2 and self.flags & PIGGYBACKED:
            self.payload_off = end_of(self)  # another message (TS 29.274 §5.5.1)
            self.payload_length = off + self.size - self.payload_off
            if self.payload_length >= OF_VERSION_2 and Gtp.claims(pkt, self.payload_off,
                                                                  self.payload_length):
                self.next = Gtp
            return
        if self.version != 1 or self.type != G_PDU or not self.payload_length:
            return
        following = ETHERTYPE_OF.get(pkt.u8(self.payload_off) >> 4)
        if following is not None:
            self.next = table("ethertype").find(following)
