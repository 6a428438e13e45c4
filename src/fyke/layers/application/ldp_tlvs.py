"""The TLVs of the label distribution protocol: one writer each, found by type in WRITERS."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.afi_names import AFI_NAMES
from fyke.layers.application import ldp_names as names
from fyke.layers.application.bgp_routes import masked, put_address
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.words import bit_words, named
from fyke.wire import Line, Record

IPV4, IPV6 = 1, 2  # address families
SIZES = {IPV4: 4, IPV6: 16}


class Invalid(Exception):
    """A length that cannot be: the TLV ends with that word."""


def need(line: Line, size: int, shortest: int) -> None:
    """Raises Invalid, after saying so, if ``size`` octets are too few."""
    if size < shortest:
        line.put(b" [tlv length %d < %d]" % (size, shortest))
        raise Invalid


def write_hello(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5036 §3.5.2.1."""
    flags = pkt.u16(at + 2)
    line.put(b"\n\t      Hold Time: %ds, Flags: [%s Hello%s]" % (
        pkt.u16(at), b"Targeted" if flags & 0x8000 else b"Link",
        b", Request for targeted Hellos" if flags & 0x4000 else b""))


def write_ipv4_transport(line: Line, pkt: Record, at: int, size: int) -> None:
    address = pkt.u32(at)
    line.put(b"\n\t      IPv4 Transport Address: ")
    line.host4(address)


def write_ipv6_transport(line: Line, pkt: Record, at: int, size: int) -> None:
    pkt.raw(at, 16)
    line.put(b"\n\t      IPv6 Transport Address: ")
    line.host6(pkt, at)


def write_sequence(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      Sequence Number: %d" % pkt.u32(at))


def write_addresses(line: Line, pkt: Record, at: int, size: int) -> None:
    family = pkt.u16(at)
    line.put(b"\n\t      Address Family: %s, addresses" % named(AFI_NAMES, family))
    width = SIZES.get(family, size)
    for off in range(at + 2, at + size - width + 1, width):
        octets = pkt.raw(off, width)
        line.char(32)
        put_address(line, octets)


def write_hop_count(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      Hop Count: %d" % pkt.u8(at))


def write_path_vector(line: Line, pkt: Record, at: int, size: int) -> None:
    between = b"\n\t      Path Vector: "
    for off in range(at, at + size - 3, 4):
        address = pkt.u32(off)
        line.put(between)
        line.host4(address)
        between = b", "


def write_session(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5036 §3.5.3."""
    flags = pkt.u16(at + 4)
    line.put(b"\n\t      Version: %d, Keepalive: %ds, Flags: [Downstream %s, Loop Detection %s]" % (
        pkt.u16(at), pkt.u16(at + 2), b"On Demand" if flags & 0x8000 else b"Unsolicited",
        b"Enabled" if flags & 0x4000 else b"Disabled"))
    label_space = pkt.u16(at + 12)
    line.put(b"\n\t      Path Vector Limit %d, Max-PDU length: %d, Receiver Label-Space-ID " % (
        pkt.u8(at + 5), pkt.u16(at + 6)))
    line.host4(pkt.u32(at + 8))
    line.put(b":%d" % label_space)


def write_fec(line: Line, pkt: Record, at: int, size: int) -> None:
    """A forwarding equivalence class: the first element (RFC 5036 §3.4.1)."""
    kind = pkt.u8(at)
    line.put(b"\n\t      %s FEC (0x%02x)" % (names.FEC_NAMES.get(kind, b"Unknown"), kind))
    if kind == names.PREFIX:
        write_prefix(line, pkt, at + 1, size - 1)
    elif kind == names.PSEUDOWIRE:
        write_pseudowire(line, pkt, at + 1, size - 1)


def write_prefix(line: Line, pkt: Record, at: int, size: int) -> None:
    need(line, size, 2)
    family = pkt.u16(at)
    width = SIZES.get(family)
    if width is None:
        line.put(b": Address family %d prefix" % family)
        return
    bits = pkt.u8(at + 2)
    octets = (bits + 7) // 8
    version = 4 if family == IPV4 else 6
    if size >= 3 and bits > 8 * width:
        line.put(b": IPv%d prefix (invalid length)" % version)
    elif size < 3 or (pkt.raw(at + 3, octets) and octets > size - 3):
        line.put(b": IPv4 prefix (goes past end of TLV)")
    else:
        address = masked(pkt, at + 3, bits, width)
        line.put(b": IPv%d prefix " % version)
        put_address(line, address)
        line.put(b"/%d" % bits)


def write_pseudowire(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 4447 §5.2, once "Martini's draft"."""
    need(line, size, 7)
    rest = pkt.u8(at + 2)
    if rest:
        need(line, size, 11)
    word = pkt.u16(at)
    line.put(b": %s, %scontrol word, group-ID %d" % (
        names.PSEUDOWIRE_NAMES.get(word & 0x7FFF, b"Unknown"), b"" if word & 0x8000 else b"no ",
        pkt.u32(at + 3)))
    if rest:
        line.put(b", VC-ID %d" % pkt.u32(at + 7))
    line.put(b", VC-info-length: %d" % rest)
    if 0 < rest < 4:
        line.put(b" (invalid, < 4")
    elif rest:
        need(line, size - 11, rest - 4)
        write_interface(line, pkt, at + 11, at + 7 + rest)


def write_interface(line: Line, pkt: Record, at: int, end: int) -> None:
    """Interface parameters (RFC 4447 §5.5)."""
    while end - at > 2:
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        if size < 2 or size > end - at:
            return
        line.put(b"\n\t\tInterface Parameter: %s (0x%02x), len %d" % (
            names.INTERFACE_NAMES.get(kind, b"Unknown"), kind, size))
        if kind == names.INTERFACE_MTU:
            line.put(b": %d" % pkt.u16(at + 2))
        elif kind == names.DESCRIPTION:
            line.put(b": ")
            line.escaped(pkt, at + 2, size - 2)
        elif kind == names.VCCV:
            channels = pkt.u8(at + 2)
            line.put(b"\n\t\t  Control Channels (0x%02x) = [%s]" % (
                channels, bit_words(names.CHANNELS, channels)))
            types = pkt.u8(at + 3)
            line.put(b"\n\t\t  CV Types (0x%02x) = [%s]" % (
                types, bit_words(names.VERIFICATIONS, types)))
        else:
            print_unknown_data(line, pkt, at + 2, b"\n\t\t  ", size - 2)
        at += size


def write_label(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      Label: %d" % (pkt.u32(at) & 0xFFFFF))


def write_status(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5036 §3.4.6."""
    code = pkt.u32(at)
    line.put(b"\n\t      Status Code: %s, Flags: [%s and %s forward]" % (
        names.STATUS_NAMES.get(code & 0x3FFFFFFF, b"Unknown"),
        b"Fatal error" if code & 0x80000000 else b"Advisory Notification",
        b"do" if code & 0x40000000 else b"don't"))
    message, kind = pkt.u32(at + 4), pkt.u16(at + 8)
    if message:
        line.put(b", causing Message ID: 0x%08x" % message)
    if kind:
        line.put(b", Message Type: %s" % names.MESSAGE_NAMES.get(kind, b"Unknown"))


def write_fault_tolerant(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 3478 §2."""
    flags = pkt.u16(at)
    line.put(b"\n\t      Flags: [%sReconnect, %sSave State, %sAll-Label Protection, "
             b"%s Checkpoint, %sRe-Learn State]" % (
                 b"" if flags & 0x8000 else b"No ", b"" if flags & 8 else b"Don't ",
                 b"" if flags & 4 else b"No ",
                 b"Sequence Numbered Label" if flags & 2 else b"All Labels",
                 b"" if flags & 1 else b"Don't "))
    for off, label in ((at + 4, b"Reconnect Timeout"), (at + 8, b"Recovery Time")):
        if pkt.u32(off):
            line.put(b", %s: %dms" % (label, pkt.u32(off)))


def write_wildcard_capability(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      %s" % (b"Support" if pkt.u8(at) & 0x80 else b"No Support"))


def write_mtu(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      MTU: %d" % pkt.u16(at))


def write_dual_stack(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      Transport Connection Preference: %s" % (
        names.TRANSPORT_NAMES.get(pkt.u8(at), b"Unknown")))


#: TLV type → the fewest octets it may have, and who writes it.
WRITERS: dict[int, tuple[int, Callable[[Line, Record, int, int], None]]] = {
    names.HELLO: (4, write_hello),
    names.IPV4_TRANSPORT: (4, write_ipv4_transport),
    names.IPV6_TRANSPORT: (16, write_ipv6_transport),
    names.SEQUENCE: (4, write_sequence),
    names.ADDRESSES: (2, write_addresses),
    names.HOP_COUNT: (1, write_hop_count),
    names.PATH_VECTOR: (4, write_path_vector),
    names.SESSION: (14, write_session),
    names.FEC: (1, write_fec),
    names.LABEL: (4, write_label),
    names.STATUS: (10, write_status),
    names.FAULT_TOLERANT: (12, write_fault_tolerant),
    names.WILDCARD_CAPABILITY: (1, write_wildcard_capability),
    names.MTU: (2, write_mtu),
    names.DUAL_STACK: (4, write_dual_stack),
}
