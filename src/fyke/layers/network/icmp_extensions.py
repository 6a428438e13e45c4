"""Extensions of ICMP and ICMPv6 messages (RFC 4884, 4950, 5837, 8335); tcpdump: print-icmp.c."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

VERSION = 2  # RFC 4884 §7
MPLS_STACK, INTERFACE_INFORMATION, INTERFACE_IDENTIFICATION = 1, 2, 3  # classes of objects
OBJECT_NAMES = {
    MPLS_STACK: b"MPLS Stack Entry", INTERFACE_INFORMATION: b"Interface Information",
    INTERFACE_IDENTIFICATION: b"Interface Identification",
}
BY_NAME, BY_INDEX, BY_ADDRESS = 1, 2, 3  # class types of INTERFACE_IDENTIFICATION
ROLES = (b"Incoming IP Interface", b"Sub-IP Component of Incoming IP Interface",
         b"Outgoing IP Interface", b"IP Next Hop")  # RFC 5837 §4.1
AFI_NAMES = {1: b"IPv4", 2: b"IPv6"}
REPLY_CODES = {
    0: b"No error", 1: b"Malformed Query", 2: b"No Such Interface", 3: b"No Such Table Entry",
    4: b"Multiple Interfaces Satisfy Query",
}
STATES = {
    0: b"Reserved", 1: b"Incomplete", 2: b"Reachable", 3: b"Stale", 4: b"Delay", 5: b"Probe",
    6: b"Failed",
}


class Label(NamedTuple):
    """An entry of a label stack (RFC 4950 §3)."""

    label: int
    traffic_class: int
    bottom: bool
    ttl: int


class Extension(NamedTuple):
    """One object (RFC 4884 §8): its class, what the class is called, and what it holds."""

    kind: int
    name: str
    subtype: int
    value: Any  #: a list of labels, or the octets


NAMES = {MPLS_STACK: "mpls", INTERFACE_INFORMATION: "interface_information",
         INTERFACE_IDENTIFICATION: "interface_identification", 4: "extended_information",
         5: "reverse_traceroute"}


def objects_of(message: Any, at: int) -> Options:
    """The objects of the extension structure ``at`` octets behind the message's first.

    The datagram in front of them narrowed the packet to itself: here it is wide again.
    """
    pkt, end = message.pkt, message.pkt.end
    pkt.widen(message.off + min(message.have, message.size))
    found = Options()
    try:
        if message.size > at and pkt.u8(message.off + at) >> 4 == VERSION:
            read_objects(pkt, message.off + at + 4, message.off + message.size, found)
    except Truncated:
        found.cut = True
    finally:
        pkt.narrow(end)
    return found


def read_objects(pkt: Record, at: int, stop: int, found: Options) -> None:
    while stop - at >= 4 and len(found) < MOST:
        size = pkt.u16(at)
        if size < 4 or size > stop - at:
            found.cut = True
            return
        kind = pkt.u8(at + 2)
        octets = pkt.raw(at + 4, size - 4)
        value: Any = octets
        if kind == MPLS_STACK and len(octets) % 4 == 0:
            words = [int.from_bytes(octets[i:i + 4], "big") for i in range(0, len(octets), 4)]
            value = [Label(word >> 12, word >> 9 & 7, word >> 8 & 1 == 1, word & 255)
                     for word in words]
        found.append(Extension(kind, NAMES.get(kind, f"unknown_{kind}"), pkt.u8(at + 3), value))
        at += size


def write_multipart(line: Line, pkt: Record, off: int, length: int) -> None:
    """The extension structure after 128 octets of the original datagram (RFC 4884 §5.5)."""
    at = off + 136
    version = pkt.u8(at) >> 4
    if pkt.u8(off + 5) == 0 and (version != VERSION or not is_right(pkt, at, length - 136)):
        return  # nothing says that there is one (RFC 4884 §5.5)
    line.put(b"\n\tICMP Multi-Part extension v%d" % version)
    if version != VERSION:
        line.put(b" packet not supported")
        return
    write_structure(line, pkt, at, length - 136)


def is_right(pkt: Record, at: int, length: int) -> bool:
    """Whether an extension structure has the checksum that it says."""
    return pkt.sum16(at, length) == 0xFFFF


def write_structure(line: Line, pkt: Record, at: int, length: int) -> None:
    """Checksum and objects of an extension structure of ``length`` octets at ``at``."""
    if pkt.has(at, length):
        line.put(b", checksum 0x%04x (%scorrect), length %d" % (
            pkt.u16(at + 2), b"" if is_right(pkt, at, length) else b"in", length))
    at += 4
    rest = length - 4
    while rest > 4:
        size = pkt.u16(at)
        kind = pkt.u8(at + 2)
        subtype = pkt.u8(at + 3)
        line.put(b"\n\t  %s Object (%d), Class-Type: %d, length %d" % (
            OBJECT_NAMES.get(kind, b"unknown"), kind, subtype, size))
        rest -= 4
        if kind == 0 or size < 4:
            return
        size -= 4
        at += 4
        write_object(line, pkt, at, size, kind, subtype)
        if rest < size:
            return
        rest -= size
        at += size


def write_object(line: Line, pkt: Record, at: int, size: int, kind: int, subtype: int) -> None:
    """The payload of one object."""
    if kind == MPLS_STACK and subtype == 1:
        if size < 4:
            return
        entry = pkt.u32(at)
        line.put(b"\n\t    label %d, tc %d" % (entry >> 12, entry >> 9 & 7))
        if entry & 0x100:
            line.put(b", [S]")
        line.put(b", ttl %d" % (entry & 255))
    elif kind == INTERFACE_INFORMATION:
        write_interface(line, pkt, at, size, subtype)
    elif kind == INTERFACE_IDENTIFICATION and subtype == BY_NAME:
        line.put(b"\n\t    Interface Name, length %d: " % size)
        write_padded(line, pkt, at, size)
    elif kind == INTERFACE_IDENTIFICATION and subtype == BY_INDEX and size == 4:
        line.put(b"\n\t    Interface Index: %d" % pkt.u32(at))
    elif kind == INTERFACE_IDENTIFICATION and subtype == BY_ADDRESS and size >= 4:
        write_interface_address(line, pkt, at, size)
    else:
        print_unknown_data(line, pkt, at, b"\n\t    ", size)


def write_interface(line: Line, pkt: Record, at: int, size: int, subtype: int) -> None:
    """Interface role, index, address, name and MTU, as bits of the class type say (RFC 5837)."""
    stop = at + size
    line.put(b"\n\t    Interface Role: %s" % ROLES[subtype >> 6])
    if subtype & 8 and stop - at >= 4:
        line.put(b"\n\t    Interface Index: %d" % pkt.u32(at))
        at += 4
    if subtype & 4 and stop - at >= 4:
        length = 4 if pkt.u16(at) == 1 else 16
        if stop - at < 4 + length:
            return
        line.put(b"\n\t    Interface IP Address sub-object: ")
        if length == 4:
            line.host4(pkt.u32(at + 4))
        else:
            line.host6(pkt, at + 4)
        at += 4 + length
    if subtype & 2 and stop - at >= 1:
        length = pkt.u8(at)
        line.put(b"\n\t    Interface Name: ")
        write_padded(line, pkt, at + 1, min(length, stop - at) - 1)
        at += length
    if subtype & 1 and stop - at >= 4:
        line.put(b"\n\t    MTU Value: %d" % pkt.u32(at))


def write_padded(line: Line, pkt: Record, at: int, size: int) -> None:
    """Text up to the zeros that fill it."""
    for i in range(size):
        if pkt.u8(at + i) == 0:
            return
        line.escaped(pkt, at + i, 1)


def write_interface_address(line: Line, pkt: Record, at: int, size: int) -> None:
    family = pkt.u16(at)
    length = pkt.u8(at + 2)
    line.put(b"\n\t    Interface Address, AFI: %s (%d), address length: %d" % (
        AFI_NAMES.get(family, b"unknown"), family, length))
    if family == 1 and length == 4 and size >= 8:
        line.char(32)
        line.host4(pkt.u32(at + 4))
    elif family == 2 and length == 16 and size >= 20:
        line.char(32)
        line.host6(pkt, at + 4)
    else:
        print_unknown_data(line, pkt, at + 4, b"\n\t    ", size - 4)


def write_extended_echo(line: Line, pkt: Record, off: int, length: int, request: bool) -> None:
    """The lower half of a PROBE message (RFC 8335 §2, §3)."""
    flags = pkt.u8(off + 7)
    if request:
        line.put(b"\n\t%s Interface" % (b"Local" if flags & 1 else b"Remote"))
        if length > 8:
            if pkt.u8(off + 8) >> 4 != VERSION:
                line.put(INVALID)
                return
            size = 4 + pkt.u16(off + 12)  # exactly one object
            if size > length - 8:
                raise Truncated
            write_structure(line, pkt, off + 8, size)
        return
    code = pkt.u8(off + 1)
    state = flags >> 5
    line.put(b"\n\tCode %d (%s), State %d (%s), active %d ipv4 %d ipv6 %d" % (
        code, REPLY_CODES.get(code, b"Unknown"), state, STATES.get(state, b"Unknown"),
        flags >> 2 & 1, flags >> 1 & 1, flags & 1))
