"""The objects of RSVP: those of fixed form as a table of their parts, a writer each for others."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.afi_names import AFI_NAMES
from fyke.layers.bandwidth import float32, general, rounded
from fyke.layers.gmpls_names import ENCODING_NAMES, PAYLOAD_NAMES, SWITCHING_NAMES
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.routing import rsvp_names as names
from fyke.layers.routing.rsvp_services import write_services
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record

IPV4, IPV6, NSAP = 1, 2, 3  # address families
#: What a part of an object is: text before it (``|`` begins a line), how it is read, where.
Part = tuple[bytes, str, int]
#: The fewest octets of an object, and its parts.
Form = tuple[int, tuple[Part, ...]]


class Bad(Exception):
    """Why the message is not read any further."""


SOURCE_4: Form = (8, ((b"|Source Address: ", "host4", 0), (b", Source Port: %d", "u16", 6)))
SOURCE_6: Form = (20, ((b"|Source Address: ", "host6", 0), (b", Source Port: %d", "u16", 18)))
TUNNEL_4: Form = (12, ((b"|IPv4 Tunnel EndPoint: ", "host4", 0),
                       (b", Tunnel ID: 0x%04x", "u16", 6), (b", Extended Tunnel ID: ", "host4", 8)))
MULTIPOINT_4: Form = (16, (
    (b"|IPv4 Tunnel Sender Address: ", "host4", 0), (b", LSP ID: 0x%04x", "u16", 6),
    (b"|Sub-Group Originator ID: ", "host4", 8), (b", Sub-Group ID: 0x%04x", "u16", 12)))
MULTIPOINT_6: Form = (40, (
    (b"|IPv6 Tunnel Sender Address: ", "host6", 0), (b", LSP ID: 0x%04x", "u16", 18),
    (b"|Sub-Group Originator ID: ", "host6", 20), (b", Sub-Group ID: 0x%04x", "u16", 38)))
HOP_4: Form = (8, ((b"|Previous/Next Interface: ", "host4", 0),
                   (b", Logical Interface Handle: 0x%08x", "u32", 4)))
HOP_6: Form = (20, ((b"|Previous/Next Interface: ", "host6", 0),
                    (b", Logical Interface Handle: 0x%08x", "u32", 16)))
HELLO: Form = (8, ((b"|Source Instance: 0x%08x", "u32", 0),
                   (b", Destination Instance: 0x%08x", "u32", 4)))
PRIORITIES: tuple[Part, ...] = (
    (b"|Setup Priority: %d", "u8", 0), (b", Holding Priority: %d", "u8", 1),
    (b", Hop-limit: %d", "u8", 2), (b", Bandwidth: %s Mbps", "bits", 4))
GENERALIZED_LABEL: Form = (4, ((b"|Generalized Label: %d", "u32", 0),))
WAVEBAND: Form = (12, ((b"|Waveband ID: %d", "u32", 0), (b"|Start Label: %d", "u32", 4),
                       (b", Stop Label: %d", "u32", 8)))
#: Class and type → form.
FORMS: dict[tuple[int, int], Form] = {
    (names.SESSION, 1): (8, (
        (b"|IPv4 DestAddress: ", "host4", 0), (b", Protocol ID: 0x%02x", "u8", 4),
        (b"|Flags: [0x%02x]", "u8", 5), (b", DestPort %d", "u16", 6))),
    (names.SESSION, 2): (20, (
        (b"|IPv6 DestAddress: ", "host6", 0), (b", Protocol ID: 0x%02x", "u8", 16),
        (b"|Flags: [0x%02x]", "u8", 17), (b", DestPort %d", "u16", 18))),
    (names.SESSION, 7): TUNNEL_4, (names.SESSION, 11): TUNNEL_4,
    (names.SESSION, 8): (36, (
        (b"|IPv6 Tunnel EndPoint: ", "host6", 0), (b", Tunnel ID: 0x%04x", "u16", 18),
        (b", Extended Tunnel ID: ", "host6", 20))),
    (names.SESSION, 13): (12, (
        (b"|IPv4 P2MP LSP ID: ", "host4", 0), (b", Tunnel ID: 0x%04x", "u16", 6),
        (b", Extended Tunnel ID: ", "host4", 8))),
    (names.SESSION, 14): (26, (
        (b"|IPv6 P2MP LSP ID: 0x%08x", "u32", 0), (b", Tunnel ID: 0x%04x", "u16", 6),
        (b", Extended Tunnel ID: ", "host6", 8))),
    (names.CONFIRM, 1): (4, ((b"|IPv4 Receiver Address: ", "host4", 0),)),
    (names.CONFIRM, 2): (16, ((b"|IPv6 Receiver Address: ", "host6", 0),)),
    (names.NOTIFY, 1): (4, ((b"|IPv4 Notify Node Address: ", "host4", 0),)),
    (names.NOTIFY, 2): (16, ((b"|IPv6 Notify Node Address: ", "host6", 0),)),
    (names.TEMPLATE, 1): SOURCE_4, (names.TEMPLATE, 2): SOURCE_6,
    (names.TEMPLATE, 7): (8, ((b"|IPv4 Tunnel Sender Address: ", "host4", 0),
                              (b", LSP-ID: 0x%04x", "u16", 6))),
    (names.TEMPLATE, 12): MULTIPOINT_4, (names.TEMPLATE, 13): MULTIPOINT_6,
    (names.FILTERSPEC, 1): SOURCE_4, (names.FILTERSPEC, 2): SOURCE_6,
    (names.FILTERSPEC, 3): (20, ((b"|Source Address: ", "host6", 0),
                                 (b", Flow Label: %d", "u24", 17))),
    (names.FILTERSPEC, 7): (8, ((b"|Source Address: ", "host4", 0),
                                (b", LSP-ID: 0x%04x", "u16", 6))),
    (names.FILTERSPEC, 8): (20, ((b"|Source Address: ", "host4", 0),
                                 (b", LSP-ID: 0x%04x", "u16", 18))),
    (names.FILTERSPEC, 12): MULTIPOINT_4, (names.FILTERSPEC, 13): MULTIPOINT_6,
    (names.HELLO, 1): HELLO, (names.HELLO, 2): HELLO,
    (names.RESTART, 1): (8, ((b"|Restart  Time: %dms", "u32", 0),
                             (b", Recovery Time: %dms", "u32", 4))),
    (names.TIME_VALUES, 1): (4, ((b"|Refresh Period: %dms", "u32", 0),)),
    (names.HOP, 1): HOP_4, (names.HOP, 3): HOP_4, (names.HOP, 2): HOP_6, (names.HOP, 4): HOP_6,
    (names.FAST_REROUTE, 1): (20, (
        *PRIORITIES, (b"|Include-any: 0x%08x", "u32", 8), (b", Exclude-any: 0x%08x", "u32", 12),
        (b", Include-all: 0x%08x", "u32", 16))),
    (names.FAST_REROUTE, 7): (16, (
        *PRIORITIES, (b"|Include Colors: 0x%08x", "u32", 8),
        (b", Exclude Colors: 0x%08x", "u32", 12))),
    (names.CLASS_TYPE, 1): (4, ((b"|CT: %d", "low3", 0),)),
    (names.CLASS_TYPE_OLD, 1): (4, ((b"|CT: %d", "low3", 0),)),
    (names.SUB_LSP, 1): (4, ((b"|Sub-LSP destination address: ", "host4", 0),)),
    (names.SUB_LSP, 2): (16, ((b"|Sub-LSP destination address: ", "host6", 0),)),
    **{(label, 2): GENERALIZED_LABEL for label in (
        names.LABEL, names.SUGGESTED_LABEL, names.UPSTREAM_LABEL, names.RECOVERY_LABEL)},
    **{(label, 3): WAVEBAND for label in (
        names.LABEL, names.SUGGESTED_LABEL, names.UPSTREAM_LABEL, names.RECOVERY_LABEL)},
}


def write_object(line: Line, pkt: Record, at: int, size: int, number: int, kind: int,
                 indent: bytes) -> bool:
    """The value of an object; whether its octets are to be shown too."""
    always = line.style.verbose > 1
    form = FORMS.get((number, kind))
    if form is not None:
        need(size, form[0], indent)
        write_parts(line, pkt, at, form[1], indent)
        return always or (number == names.HOP and (size > form[0] or kind in (2, 4)))
    writer = WRITERS.get((number, kind))
    if writer is not None:
        return writer(line, pkt, at, size, indent) or always
    if number in KNOWN:  # but not the type
        return True
    if not always:
        print_unknown_data(line, pkt, at, b"\n\t    ", size)
    return always


def need(size: int, shortest: int, indent: bytes) -> None:
    if size < shortest:
        raise Bad(indent + b"ERROR: object is too short")


def write_parts(line: Line, pkt: Record, at: int, parts: tuple[Part, ...], indent: bytes) -> None:
    for text, kind, off in parts:
        words = text.replace(b"|", indent + b"  ", 1)
        if kind == "host4":
            line.put(words)
            line.host4(pkt.u32(at + off))
        elif kind == "host6":
            line.put(words)
            line.host6(pkt, at + off)
        elif kind == "bits":
            word = pkt.u32(at + off)
            line.put(words % general(rounded(rounded(float32(word) * 8) / 1000000), word))
        elif kind == "low3":
            line.put(words % (pkt.u32(at + off) & 7))
        else:
            line.put(words % getattr(pkt, kind)(at + off))


def write_labels(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    for off in range(at, at + size - 3, 4):
        line.put(b"%s  Label: %d" % (indent, pkt.u32(off)))
    return False


def write_style(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    need(size, 4, indent)
    line.put(b"%s  Reservation Style: %s, Flags: [0x%02x]" % (
        indent, names.STYLE_NAMES.get(pkt.u24(at + 1), b"Unknown"), pkt.u8(at)))
    return False


def put_protocol(line: Line, pkt: Record, at: int, indent: bytes) -> None:
    line.put(b"%s  L3 Protocol ID: %s" % (
        indent, named(ETHERTYPE_NAMES, pkt.u16(at + 2), b"Unknown Protocol (0x%04x)")))


def write_request(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """RFC 3209 §4.2.1."""
    for off in range(at, at + size - 3, 4):
        put_protocol(line, pkt, off, indent)
    return False


def write_atm_request(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """RFC 3209 §4.2.2."""
    need(size, 12, indent)
    put_protocol(line, pkt, at, indent)
    line.put(b",%s merge capability" % (b"no" if pkt.u8(at + 4) & 0x80 else b""))
    for off, which in ((at + 4, b"Minimum"), (at + 8, b"Maximum")):
        line.put(b"%s  %s VPI/VCI: %d/%d" % (
            indent, which, pkt.u16(off) & 0xFFF, pkt.u16(off + 2) & 0xFFF))
    return False


def write_frame_relay_request(line: Line, pkt: Record, at: int, size: int,
                              indent: bytes) -> bool:
    """RFC 3209 §4.2.3."""
    need(size, 12, indent)
    put_protocol(line, pkt, at, indent)
    width = {0: b"10", 2: b"23"}.get(pkt.u16(at + 4) >> 7 & 3, b"")
    line.put(b"%s  Minimum/Maximum DLCI: %d/%d, %s bit DLCI" % (
        indent, pkt.u32(at + 4) & 0x7FFFFF, pkt.u32(at + 8) & 0x7FFFFF, width))
    return False


def write_generalized_request(line: Line, pkt: Record, at: int, size: int,
                              indent: bytes) -> bool:
    """RFC 3473 §2.1."""
    need(size, 4, indent)
    encoding, switching, payload = pkt.u8(at), pkt.u8(at + 1), pkt.u16(at + 2)
    line.put(b"%s  LSP Encoding Type: %s (%d)" % (
        indent, ENCODING_NAMES.get(encoding, b"Unknown"), encoding))
    line.put(b"%s  Switching Type: %s (%d), Payload ID: %s (0x%04x)" % (
        indent, SWITCHING_NAMES.get(switching, b"Unknown"), switching,
        PAYLOAD_NAMES.get(payload, b"Unknown"), payload))
    return False


def alternate(value: int) -> bytes:
    """Hexadecimal as C's ``%#x`` writes it."""
    return b"0x%x" % value if value else b"0"


def write_route(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """Explicit or recorded hops (RFC 3209 §4.3, §4.4)."""
    end = at + size
    while end - at >= 4:
        first, length = pkt.u8(at), pkt.u8(at + 1)
        line.put(b"%s  Subobject Type: %s, length %d" % (
            indent, named(names.HOP_NAMES, first & 0x7F, b"Unknown %d"), length))
        if length > end - at:
            line.put(indent + b"  ERROR: ERO subobject length > object length")
            break
        if length == 0:
            line.put(indent + b"  ERROR: zero length ERO subtype")
            break
        if first & 0x7F in (names.HOP_PREFIX, names.HOP_LABEL) and length != 8:
            raise Bad(b" ERROR: length != 8" + INVALID)
        if first & 0x7F == names.HOP_PREFIX:
            bits = pkt.u8(at + 6)
            if bits != 32:
                raise Bad(b" ERROR: Prefix length %d != 32%s" % (bits, INVALID))
            line.put(b", %s, " % (b"Loose" if first & 0x80 else b"Strict"))
            line.host4(pkt.u32(at + 2))
            line.put(b"/%d, Flags: [%s]" % (bits, bit_words(names.HOP_FLAGS, pkt.u8(at + 7))))
        elif first & 0x7F == names.HOP_LABEL:
            flags, kind = pkt.u8(at + 2), pkt.u8(at + 3)
            line.put(b", Flags: [%s] (%s), Class-Type: %s (%d), %d" % (
                bit_words(names.HOP_LABEL_FLAGS, flags), alternate(flags),
                names.TYPE_NAMES[names.RRO].get(kind, b"Unknown"), kind, pkt.u32(at + 4)))
        at += length
    return False


def write_capability(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """RFC 5063 §4.2."""
    need(size, 4, indent)
    word = pkt.u32(at)
    if word >> 3:
        line.put(b"%s  [reserved=0x%08x must be zero]" % (indent, word & ~7))
    line.put(b"%s  Flags: [%s]" % (indent, bit_words(names.CAPABILITY_FLAGS, word & 7)))
    return False


def write_attribute(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """RFC 3209 §4.7."""
    need(size, 4, indent)
    length = pkt.u8(at + 3)
    need(size, 4 + length, indent)
    line.put(indent + b"  Session Name: ")
    line.escaped(pkt, at + 4, length)
    flags = pkt.u8(at + 2)
    line.put(b"%s  Setup Priority: %d, Holding Priority: %d, Flags: [%s] (%s)" % (
        indent, pkt.u8(at), pkt.u8(at + 1), bit_words(names.ATTRIBUTE_FLAGS, flags),
        alternate(flags)))
    return False


def write_uni(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """The OIF's user network interface (RFC 3476 §3.1)."""
    need(size, 4, indent)
    hexdump = False
    end = at + size
    while at < end:
        if end - at < 4:
            raise Bad(b" [total_subobj_len %d < 4]%s" % (end - at, INVALID))
        length, kind, family = pkt.u16(at), pkt.u8(at + 2), pkt.u8(at + 3)
        line.put(b"%s  Subobject Type: %s (%d), AF: %s (%d), length: %d" % (
            indent, names.UNI_NAMES.get(kind, b"Unknown"), kind,
            AFI_NAMES.get(family, b"Unknown"), family, length))
        if length < 4 or length > end - at:
            raise Bad(INVALID)
        hexdump |= write_uni_part(line, pkt, at, length, kind, family, indent)
        at += length
    return hexdump


def write_uni_part(line: Line, pkt: Record, at: int, length: int, kind: int, family: int,
                   indent: bytes) -> bool:
    if kind in (names.UNI_SOURCE, names.UNI_DESTINATION):
        if family not in (IPV4, IPV6):
            return family == NSAP
        need_part(length, 8 if family == IPV4 else 20, indent)
        line.put(b"%s    UNI IPv%d TNA address: " % (indent, 4 if family == IPV4 else 6))
        if family == IPV4:
            line.host4(pkt.u32(at + 4))
        else:
            line.host6(pkt, at + 4)
    elif kind == names.UNI_DIVERSITY:
        return length > 4
    elif kind == names.UNI_EGRESS:
        need_part(length, 16, indent)
        word = pkt.u32(at + 4)
        line.put(b"%s    U-bit: %x, Label type: %d, Logical port id: %d, Label: %d" % (
            indent, word >> 31, word & 0xFF, pkt.u32(at + 8), pkt.u32(at + 12)))
    elif kind == names.UNI_SERVICE:
        need_part(length, 8, indent)
        line.put(b"%s    Service level: %d" % (indent, pkt.u8(at + 4)))
    else:
        return True
    return False


def need_part(length: int, shortest: int, indent: bytes) -> None:
    if length < shortest:
        raise Bad(indent + b"ERROR: sub-object is too short")


def write_detour(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """RFC 4090 §4.2."""
    for off in range(at, at + size - 7, 8):
        write_parts(line, pkt, off, ((b"|PLR-ID: ", "host4", 0),
                                     (b", Avoid-Node-ID: ", "host4", 4)), indent)
    return False


def write_error_4(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    need(size, 8, indent)
    return write_error(line, pkt, at, 4, indent)


def write_error_6(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    need(size, 20, indent)
    return write_error(line, pkt, at, 16, indent)


def write_error(line: Line, pkt: Record, at: int, width: int, indent: bytes) -> bool:
    """RFC 2205 A.5: where and what."""
    code, value = pkt.u8(at + width + 1), pkt.u16(at + width + 2)
    write_parts(line, pkt, at, (
        (b"|Error Node Address: ", "host4" if width == 4 else "host6", 0),
        (b", Flags: [0x%02x]", "u8", width)), indent)
    line.put(b"%s  Error Code: %s (%d)" % (
        indent, names.ERROR_NAMES.get(code, b"unknown"), code))
    if code == names.ROUTING:
        line.put(b", Error Value: %s (%d)" % (
            names.ROUTING_NAMES.get(value, b"unknown"), value))
    elif width == 4 and code in (names.DIFFSERV, names.DIFFSERV_OLD):
        line.put(b", Error Value: %s (%d)" % (
            names.DIFFSERV_NAMES.get(value, b"unknown"), value))
    elif width == 4:
        line.put(b", Unknown Error Value (%d)" % value)
    return False


def write_properties(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """Juniper's own."""
    need(size, 4, indent)
    padding = pkt.u16(at + 2)
    line.put(b"%s  TLV count: %d, padding bytes: %d" % (indent, pkt.u16(at), padding))
    end = at + size
    at += 4
    while end - at >= 2 + padding:
        kind, length = pkt.u8(at), pkt.u8(at + 1)
        line.put(b"%s    %s TLV (0x%02x), length: %d" % (
            indent, names.PROPERTY_NAMES.get(kind, b"unknown"), kind, length))
        need(end - at, length, indent)
        if length < 2:
            raise Bad(indent + b"ERROR: property TLV is too short")
        print_unknown_data(line, pkt, at + 2, b"\n\t\t", length - 2)
        at += length
    return False


def write_message_ids(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """RFC 2961 §4."""
    need(size, 4, indent)
    line.put(b"%s  Flags [0x%02x], epoch: %d" % (indent, pkt.u8(at), pkt.u24(at + 1)))
    for off in range(at + 4, at + size - 3, 4):
        line.put(b"%s    Message-ID 0x%08x (%d)" % (indent, pkt.u32(off), pkt.u32(off)))
    return False


def write_integrity(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """RFC 2747 §2; nobody knows the key here."""
    need(size, 32, indent)
    line.put(b"%s  Key-ID 0x%012x, Sequence 0x%016x, Flags [%s]%s  MD5-sum 0x" % (
        indent, pkt.u48(at + 2), pkt.u64(at + 8),
        bit_words(names.INTEGRITY_FLAGS, pkt.u8(at)), indent))
    line.hex_string(pkt, at + 16, 16)
    line.put(b"  (unchecked)")
    return False


def write_admin_status(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    need(size, 4, indent)
    line.put(b"%s  Flags [%s]" % (indent, bit_words(names.ADMIN_FLAGS, pkt.u32(at))))
    return False


def write_label_set(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """RFC 3473 §2.6."""
    need(size, 4, indent)
    action = pkt.u8(at)
    line.put(b"%s  Action: %s (%d), Label type: %d" % (
        indent, names.SET_ACTIONS.get(action, b"Unknown"), action, pkt.u32(at) & 0x7F))
    if action in (2, 3):
        need(size, 12, indent)
        line.put(b"%s  Start range: %d, End range: %d" % (
            indent, pkt.u32(at + 4), pkt.u32(at + 8)))
        return False
    for i, off in enumerate(range(at + 4, at + size - 3, 4), 1):
        line.put(b"%s  Subchannel #%d: %d" % (indent, i, pkt.u32(off)))
    return False


def write_traffic(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> bool:
    """Integrated services (RFC 2210)."""
    need(size, 4, indent)
    write_services(line, pkt, at, at + size, indent)
    return False


#: Class and type → who writes it; True asks for its octets too.
WRITERS: dict[tuple[int, int], Callable[[Line, Record, int, int, bytes], bool]] = {
    **{(label, 1): write_labels for label in (
        names.LABEL, names.SUGGESTED_LABEL, names.UPSTREAM_LABEL, names.RECOVERY_LABEL)},
    (names.STYLE, 1): write_style,
    (names.LABEL_REQUEST, 1): write_request, (names.LABEL_REQUEST, 2): write_atm_request,
    (names.LABEL_REQUEST, 3): write_frame_relay_request,
    (names.LABEL_REQUEST, 4): write_generalized_request,
    (names.ERO, 1): write_route, (names.RRO, 1): write_route,
    (names.CAPABILITY, 1): write_capability, (names.ATTRIBUTE, 7): write_attribute,
    (names.UNI, 1): write_uni, (names.DETOUR, 7): write_detour,
    (names.ERROR_SPEC, 1): write_error_4, (names.ERROR_SPEC, 3): write_error_4,
    (names.ERROR_SPEC, 2): write_error_6, (names.ERROR_SPEC, 4): write_error_6,
    (names.PROPERTIES, 1): write_properties,
    **{(which, kind): write_message_ids for kind in (1, 2)
       for which in (names.MESSAGE_ID, names.ACK, names.ID_LIST)},
    (names.INTEGRITY, 1): write_integrity, (names.ADMIN_STATUS, 1): write_admin_status,
    (names.LABEL_SET, 1): write_label_set,
    (names.TSPEC, 2): write_traffic, (names.ADSPEC, 2): write_traffic,
    (names.FLOWSPEC, 2): write_traffic,
}
KNOWN = frozenset(number for number, _ in (*FORMS, *WRITERS))
