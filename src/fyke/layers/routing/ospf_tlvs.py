"""TLVs of opaque OSPF advertisements, as values and as text; tcpdump: print-ospf.c.

Traffic engineering (RFC 3630, 4203, 4124), graceful restart (RFC 3623), router information
(RFC 7770, 5642, 8665), extended prefixes (RFC 7684, 8665), link-local signalling (RFC 5613). One
table of forms for each list: ``write`` of a form is its name in the text and what writes its value.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, Iterator, Mapping, NamedTuple
from fyke.layers.bandwidth import float32, mbps
from fyke.layers.cursor import Form, Malformed, dotted, options, raw, text, tlvs, whole_number
from fyke.layers.fields import Options
from fyke.layers.gmpls_names import (
    CONSTRAINT_MODELS,
    ENCODING_NAMES,
    PROTECTIONS,
    SWITCHING_NAMES,
)
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record, Truncated

CLASSES = 8  # classes, or priorities, that bandwidth is told for


class Words(NamedTuple):
    """A form's text: its name, and what writes the value after it."""

    name: bytes
    value: Callable[[Line, Record, int, int], None]


class Switching(NamedTuple):
    """Interface switching capability (RFC 4203 §1.4); bandwidth in octets per second."""

    capability: int
    encoding: int
    bandwidths: list[float]  #: of the priorities 0 to 7
    specific: bytes


class Constraints(NamedTuple):
    """Bandwidth constraints (RFC 4124 §5.1), in octets per second."""

    model: int
    bandwidths: list[float]


class Protection(NamedTuple):
    """Link protection (RFC 4203 §1.3): bits."""

    capabilities: int


class LabelRange(NamedTuple):
    """A range of labels or segment identifiers (RFC 8665 §3.2, §3.3)."""

    size: int
    entries: Options


class PrefixSid(NamedTuple):
    """A prefix's segment identifier (RFC 8665 §5): a label where ``is_label``, else an index."""

    flags: int
    topology: int
    algorithm: int
    is_label: bool
    sid: int


class ExtendedPrefix(NamedTuple):
    """A prefix with attributes (RFC 7684 §2.1)."""

    route_type: int
    prefix: str  #: "192.0.2.0/24"
    flags: int
    entries: Options


class PrefixRange(NamedTuple):
    """A range of prefixes (RFC 8665 §4)."""

    prefix: str
    size: int
    flags: int
    entries: Options


class Digest(NamedTuple):
    """Cryptographic authentication of the signalling block (RFC 5613 §2.5)."""

    seq: int
    digest: bytes


def listed(pkt: Record, at: int, size: int, forms: Mapping[int, Form]) -> Options:
    """A list's values; every element is padded to 32 bits."""
    return options(pkt, tlvs(pkt, at, at + size, type_size=2, length_size=2, align=4), forms)


def bandwidth(pkt: Record, at: int, size: int) -> float:
    """Octets per second."""
    return float32(pkt.u32(at))


def bandwidths(pkt: Record, at: int, size: int) -> list[float]:
    return [float32(pkt.u32(one)) for one in range(at, at + size - 3, 4)]


def numbers(pkt: Record, at: int, size: int) -> list[int]:
    return [pkt.u32(one) for one in range(at, at + size - 3, 4)]


def octets(pkt: Record, at: int, size: int) -> list[int]:
    return list(pkt.raw(at, size))


def first(pkt: Record, at: int, size: int) -> int:
    return pkt.u8(at)


def addresses(pkt: Record, at: int, size: int) -> list[str]:
    return [dotted(pkt, one, 4) for one in range(at, at + size - 3, 4)]


def read_constraints(pkt: Record, at: int, size: int) -> Constraints:
    return Constraints(pkt.u8(at), bandwidths(pkt, at + 4, size - 4))


def read_protection(pkt: Record, at: int, size: int) -> Protection:
    return Protection(pkt.u8(at))


def read_switching(pkt: Record, at: int, size: int) -> Switching:
    return Switching(pkt.u8(at), pkt.u8(at + 1), bandwidths(pkt, at + 4, 4 * CLASSES),
                     pkt.raw(at + 36, size - 36))


def read_range(pkt: Record, at: int, size: int) -> LabelRange:
    return LabelRange(pkt.u24(at), listed(pkt, at + 4, size - 4, LABELS))


def read_prefix_sid(pkt: Record, at: int, size: int) -> PrefixSid:
    label = size == 7
    return PrefixSid(pkt.u8(at), pkt.u8(at + 2), pkt.u8(at + 3), label,
                     pkt.u24(at + 4) if label else pkt.u32(at + 4))


def read_prefix(pkt: Record, at: int, size: int) -> ExtendedPrefix:
    check_prefix(pkt, at + 1)
    return ExtendedPrefix(pkt.u8(at), f"{dotted(pkt, at + 4, 4)}/{pkt.u8(at + 1)}",
                          pkt.u8(at + 3), listed(pkt, at + 8, size - 8, PREFIX_PARTS))


def read_prefix_range(pkt: Record, at: int, size: int) -> PrefixRange:
    check_prefix(pkt, at)
    return PrefixRange(f"{dotted(pkt, at + 8, 4)}/{pkt.u8(at)}", pkt.u16(at + 2), pkt.u8(at + 4),
                       listed(pkt, at + 12, size - 12, PREFIX_PARTS))


def check_prefix(pkt: Record, at: int) -> None:
    """A prefix's length and, after it, its family (RFC 7684 §2.1: IPv4 unicast only)."""
    if pkt.u8(at + 1):
        raise Malformed(f"Bogus AF {pkt.u8(at + 1)}")
    if pkt.u8(at) > 32:
        raise Malformed(f"IPv4 prefix: bad bit length {pkt.u8(at)}")


def read_digest(pkt: Record, at: int, size: int) -> Digest:
    return Digest(pkt.u32(at), pkt.raw(at + 4, size - 4))


LINK_TYPES = {1: b"Point-to-point", 2: b"Multi-Access"}
REASON_NAMES = {0: b"Unknown", 1: b"Software Restart", 2: b"Software Reload/Upgrade",
                3: b"Control Processor Switch"}
CAPABILITY_FLAGS = (
    (1, b"Reserved"), (2, b"Reserved"), (4, b"Reserved"), (8, b"Reserved"),
    (16, b"graceful restart capable"), (32, b"graceful restart helper"),
    (64, b"Stub router support"), (128, b"Traffic engineering"), (256, b"p2p over LAN"),
    (512, b"path computation server"),
)
ALGORITHM_NAMES = {0: b"Shortest Path First", 1: b"Strict Shortest Path First"}
ROUTE_TYPES = {0: b"Unspecified", 1: b"Intra-Area", 3: b"Inter-Area", 5: b"AS External",
               7: b"NSSA External"}
PREFIX_FLAGS = ((0x80, b"Inter-Area"),)
SID_FLAGS = ((0x40, b"No-PHP"), (0x20, b"Mapping-Server"), (0x10, b"Explicit-NULL"),
             (0x08, b"Value"), (0x04, b"Local"))
SIGNALING_FLAGS = ((1, b"LSDB resync"), (2, b"Restart"))


def write_link_type(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b", %s (%d)" % (LINK_TYPES.get(pkt.u8(at), b"unknown"), pkt.u8(at)))


def write_identifiers(line: Line, pkt: Record, at: int, size: int) -> None:
    """One or two identifiers, as addresses and as numbers."""
    if size != 4 and size != 8:
        line.put(b" != 4 && != 8")
        raise Malformed
    for one in range(at, at + size, 4):
        write_address(line, pkt, one, 4)
        line.put(b" (0x%08x)" % pkt.u32(one))


def write_address(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b", ")
    line.host4(pkt.u32(at))


def write_metric(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b", Metric %d" % pkt.u32(at))


def write_bandwidth(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b", %s" % mbps(pkt.u32(at)))


def write_unreserved(line: Line, pkt: Record, at: int, size: int) -> None:
    for i in range(CLASSES):
        line.put(b"\n\t\tTE-Class %d: %s" % (i, mbps(pkt.u32(at + 4 * i))))


def write_group(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b", 0x%08x" % pkt.u32(at))


def write_protection(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b", %s" % bit_words(PROTECTIONS, pkt.u8(at)))


def write_switching(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t\tInterface Switching Capability: %s\n\t\tLSP Encoding: %s"
             b"\n\t\tMax LSP Bandwidth:" % (SWITCHING_NAMES.get(pkt.u8(at), b"Unknown"),
                                            ENCODING_NAMES.get(pkt.u8(at + 1), b"Unknown")))
    for i in range(CLASSES):
        line.put(b"\n\t\t  priority level %d: %s" % (i, mbps(pkt.u32(at + 4 + 4 * i))))


def write_risks(line: Line, pkt: Record, at: int, size: int) -> None:
    if size % 4:
        line.put(b" != N x 4")
        raise Malformed
    line.put(b"\n\t\t  Shared risk group: %s" % b", ".join(
        [b"%d" % one for one in numbers(pkt, at, size)]))


def write_constraints(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t\tBandwidth Constraints Model ID: %s (%d)" % (
        CONSTRAINT_MODELS.get(pkt.u8(at), b"unknown"), pkt.u8(at)))
    if size % 4:
        line.put(b"\n\t\tlength %d != N x 4" % size)
        raise Malformed
    if size > 4 + 4 * CLASSES:
        line.put(b"\n\t\tlength %d > 36" % size)
        raise Malformed
    for i, one in enumerate(range(at + 4, at + size, 4)):
        line.put(b"\n\t\t  Bandwidth constraint CT%d: %s" % (i, mbps(pkt.u32(one))))


#: Sub-TLVs of a link (RFC 3630 §2.5, RFC 4203 §1, RFC 4124 §5.1).
LINK = {
    1: Form("link_type", first, 1, 1, Words(b"Link Type", write_link_type)),
    2: Form("link_id", dotted, 4, 4, Words(b"Link ID", write_identifiers)),
    3: Form("local_address", addresses, 4, -1, Words(b"Local Interface IP address",
                                                     write_address)),
    4: Form("remote_address", addresses, 4, -1, Words(b"Remote Interface IP address",
                                                      write_address)),
    5: Form("te_metric", whole_number, 4, 4, Words(b"Traffic Engineering Metric", write_metric)),
    6: Form("max_bandwidth", bandwidth, 4, 4, Words(b"Maximum Bandwidth", write_bandwidth)),
    7: Form("max_reservable_bandwidth", bandwidth, 4, 4,
            Words(b"Maximum Reservable Bandwidth", write_bandwidth)),
    8: Form("unreserved_bandwidth", bandwidths, 32, 32,
            Words(b"Unreserved Bandwidth", write_unreserved)),
    9: Form("admin_group", whole_number, 4, 4, Words(b"Administrative Group", write_group)),
    11: Form("link_identifiers", numbers, 8, 8,
             Words(b"Link Local/Remote Identifier", write_identifiers)),
    14: Form("protection", read_protection, 4, 4,
             Words(b"Link Protection Type", write_protection)),
    15: Form("switching", read_switching, 36, -1,
             Words(b"Interface Switching Capability", write_switching)),
    16: Form("shared_risk_groups", numbers, 4, -1,
             Words(b"Shared Risk Link Group", write_risks)),
    17: Form("bandwidth_constraints", read_constraints, 4, -1,
             Words(b"Bandwidth Constraints", write_constraints)),
}
BY_TEXT = (2, 3, 4, 11)  # their text says itself which sizes can be
ENGINEERING = {
    1: Form("router_address", dotted, 4, -1, Words(b"Router Address", write_address)),
    2: Form("link", lambda pkt, at, size: listed(pkt, at, size, LINK), 0, -1,
            Words(b"Link", lambda line, pkt, at, size: write_link(line, pkt, at, at + size))),
    3: Form("router_address6", raw, 16, 16),  # RFC 5329 §3
}


def write_period(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"%ds" % pkt.u32(at))


def write_reason(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"%s (%d)" % (REASON_NAMES.get(pkt.u8(at), b"Unknown"), pkt.u8(at)))


def write_host(line: Line, pkt: Record, at: int, size: int) -> None:
    line.host4(pkt.u32(at))


GRACE = {
    1: Form("period", whole_number, 4, 4, Words(b"Grace Period", write_period)),
    2: Form("reason", whole_number, 1, 1, Words(b"Graceful restart Reason", write_reason)),
    3: Form("address", dotted, 4, 4, Words(b"IPv4 interface address", write_host)),
}


def write_capabilities(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"Capabilities: %s" % bit_words(CAPABILITY_FLAGS, pkt.u32(at), none=b"Unknown"))


def write_hostname(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      Hostname: ")
    line.escaped(pkt, at, len(pkt.raw(at, size).partition(b"\0")[0]))


def write_algorithms(line: Line, pkt: Record, at: int, size: int) -> None:
    for one in range(at, at + size):
        line.put(b"\n\t      %s (%d)" % (ALGORITHM_NAMES.get(pkt.u8(one), b"Unknown"),
                                         pkt.u8(one)))


def write_range(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      Range size: %d" % pkt.u24(at))
    for kind, off, length in each(line, pkt, at + 4, at + size, LABELS,
                                  b"\n\t      %s subTLV (%d), length: %d, value: "):
        write_label(line, pkt, kind, off, length)


def write_label(line: Line, pkt: Record, kind: int, at: int, size: int) -> None:
    """RFC 8665 §2.1."""
    if kind != 1:
        write_unknown(line, pkt, at, size, b"\n\t\t")
    elif size == 3:
        line.put(b"\n\t\tLabel: %d" % pkt.u24(at))
    elif size == 4:
        line.put(b"\n\t\tSID: %d" % pkt.u32(at))
    else:
        line.put(b"\n\t\tBogus subTLV length %d" % size)


def write_preference(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      SRMS Preference: %d" % pkt.u8(at))


LABELS = {1: Form("sid_label", whole_number, 3, 4, Words(b"SID/Label", write_preference))}
INFORMATION = {
    1: Form("capabilities", whole_number, 4, 4,
            Words(b"Router Capabilities", write_capabilities)),
    7: Form("hostname", text, 0, -1, Words(b"Hostname", write_hostname)),
    8: Form("algorithms", octets, 0, -1, Words(b"SR-Algorithm", write_algorithms)),
    9: Form("label_range", read_range, 4, -1, Words(b"SID/Label Range", write_range)),
    14: Form("local_block", read_range, 4, -1, Words(b"SR Local Block", write_range)),
    15: Form("mapping_preference", first, 4, 4, Words(b"SRMS Preference", write_preference)),
}


def write_prefix_sid(line: Line, pkt: Record, at: int, size: int) -> None:
    if size not in (7, 8):
        line.put(b"\n\t\tBogus subTLV length %d" % size)
        return
    sid = read_prefix_sid(pkt, at, size)
    line.put(b"\n\t\t  %s: %d, MT-ID: %d, Algorithm: %s (%d), Flags [%s]" % (
        b"Label" if sid.is_label else b"Index", sid.sid, sid.topology,
        ALGORITHM_NAMES.get(sid.algorithm, b"Unknown"), sid.algorithm,
        bit_words(SID_FLAGS, sid.flags)))


PREFIX_PARTS = {2: Form("prefix_sid", read_prefix_sid, 7, 8,
                        Words(b"Prefix-SID", write_prefix_sid))}


def write_prefix(line: Line, pkt: Record, at: int, size: int) -> None:
    write_prefix_start(line, pkt, at + 1, at + 4)
    line.put(b", Route Type: %s, Flags [%s]" % (
        ROUTE_TYPES.get(pkt.u8(at), b"Unknown"), bit_words(PREFIX_FLAGS, pkt.u8(at + 3))))
    write_prefix_parts(line, pkt, at + 8, at + size)


def write_prefix_range(line: Line, pkt: Record, at: int, size: int) -> None:
    write_prefix_start(line, pkt, at, at + 8)
    line.put(b", Range size: %d, Flags [%s]" % (
        pkt.u16(at + 2), bit_words(PREFIX_FLAGS, pkt.u8(at + 4))))
    write_prefix_parts(line, pkt, at + 12, at + size)


def write_prefix_start(line: Line, pkt: Record, length: int, address: int) -> None:
    """The prefix, to the right of 15 columns."""
    try:
        check_prefix(pkt, length)
    except Malformed as fault:
        line.put(b"\n\t      " + str(fault).encode())
        raise Silent from fault
    line.put(b"\n\t      IPv4 prefix: %15s/%d" % (
        dotted(pkt, address, 4).encode(), pkt.u8(length)))


def write_prefix_parts(line: Line, pkt: Record, at: int, end: int) -> None:
    if end - at <= 4:
        return
    for kind, off, size in each(line, pkt, at, end, PREFIX_PARTS,
                                b"\n\t\t%s subTLV (%d), length: %d, value: "):
        if kind in PREFIX_PARTS:
            write_prefix_sid(line, pkt, off, size)
        else:
            write_unknown(line, pkt, off, size, b"\n\t\t")


PREFIXES = {
    1: Form("prefix", read_prefix, 8, -1, Words(b"Extended Prefix", write_prefix)),
    2: Form("prefix_range", read_prefix_range, 12, -1,
            Words(b"Extended Prefix Range", write_prefix_range)),
}


def write_options(line: Line, pkt: Record, at: int, size: int) -> None:
    flags = pkt.u32(at)
    line.put(b"\n\t      Options: 0x%08x [%s]" % (flags, bit_words(SIGNALING_FLAGS, flags,
                                                                  none=b"?")))


def write_digest(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      Sequence number: 0x%08x" % pkt.u32(at))


SIGNALING = {
    1: Form("options", whole_number, 4, 4, Words(b"Extended Options", write_options)),
    2: Form("digest", read_digest, 20, -1, Words(b"MD5 Authentication", write_digest)),
}
#: Lists by the opaque type of the advertisement (RFC 5250 §3, IANA).
ENGINEERING_LIST, GRACE_LIST, INFORMATION_LIST, PREFIX_LIST = 1, 3, 4, 7
LISTS: dict[int, dict[int, Form]] = {
    ENGINEERING_LIST: ENGINEERING, GRACE_LIST: GRACE, INFORMATION_LIST: INFORMATION,
    PREFIX_LIST: PREFIXES,
}


class Silent(Malformed):
    """What cannot be is in the text already."""


def values(pkt: Record, at: int, end: int, kind: int) -> Any:
    """What an opaque advertisement of this type holds; octets if its type is not known."""
    forms = LISTS.get(kind)
    return pkt.raw(at, max(end - at, 0)) if forms is None else listed(pkt, at, end - at, forms)


def signaling(pkt: Record, at: int, size: int) -> Options:
    """The block of link-local signalling after a packet, without its four octets of header."""
    return listed(pkt, at, size, SIGNALING)


def each(line: Line, pkt: Record, at: int, end: int, forms: Mapping[int, Form],
         head: bytes) -> Iterator[tuple[int, int, int]]:
    """Type, offset and size of each sub-TLV, after its heading; Malformed ends the list."""
    while at < end:
        check_rest(line, end - at, 4)
        kind, size = pkt.u16(at), pkt.u16(at + 2)
        at += 4
        check_zeros(kind, size)
        line.put(head % (name_of(forms, kind), kind, size))
        check_rest(line, end - at, size)
        yield kind, at, size
        size = (size + 3) & ~3
        check_rest(line, end - at, size)
        at += size


def check_rest(line: Line, left: int, wanted: int) -> None:
    if left < wanted:
        line.put(b"\n\t    Remaining TLV length %d < %d" % (left, wanted))
        raise Silent


def check_zeros(kind: int, size: int) -> None:
    """Neither type nor length of an element is ever zero."""
    if kind == 0 or size == 0:
        raise Malformed


def name_of(forms: Mapping[int, Form], kind: int) -> bytes:
    form = forms.get(kind)
    return form.write.name if form is not None and form.write else b"unknown"


def write_unknown(line: Line, pkt: Record, at: int, size: int, indent: bytes) -> None:
    """Octets of what has no text; with -vv the whole advertisement follows anyway."""
    if line.style.verbose <= 1:
        print_unknown_data(line, pkt, at, indent, size)


#: How the elements of each list are headed.
HEADS = {1: b"\n\t    %s TLV (%d), length: %d", 3: b"\n\t    %s TLV (%d), length %d, value: ",
         4: b"\n\t    %s TLV (%d), length: %d, value: ",
         7: b"\n\t    %s TLV (%d), length: %d, value: "}


CUT_SHORT = b" [|ospf2]"
CHECKED = (GRACE_LIST, INFORMATION_LIST)  # a value is looked for before it is written


def write_list(line: Line, pkt: Record, at: int, end: int, kind: int) -> bool:
    """The text of an opaque advertisement; False if it ends in what cannot be."""
    try:
        while at < end:
            if not pkt.has(at, 4):
                return cut_short(line, kind)
            if end - at < 4:
                if kind != PREFIX_LIST:
                    line.put(b"\n\t    Remaining LS length %d < 4" % (end - at))
                return kind == PREFIX_LIST
            at = write_element(line, pkt, at, end, kind)
    except Malformed as fault:
        if not isinstance(fault, Silent):
            line.put(INVALID)
        return False
    return True


def cut_short(line: Line, kind: int) -> bool:
    """Where the capture ends a list: the next advertisement is tried, but not behind router
    information, where the text ends."""
    line.put(CUT_SHORT)
    if kind == INFORMATION_LIST:
        raise Truncated
    return False


def write_element(line: Line, pkt: Record, at: int, end: int, kind: int) -> int:
    """One element of an outer list; where the next begins."""
    forms = LISTS[kind]
    type_, size = pkt.u16(at), pkt.u16(at + 2)
    at += 4
    line.put(HEADS[kind] % (name_of(forms, type_), type_, size))
    if size > end - at:
        line.put(b"\n\t    Bogus length %d > %s%d" % (
            size, b"remaining LS length " if kind == INFORMATION_LIST else b"", end - at))
        raise Silent
    if kind != INFORMATION_LIST:
        check_zeros(type_, size)
    form = forms.get(type_)
    if kind in CHECKED and not pkt.has(at, size):
        cut_short(line, kind)
        raise Silent
    if form is None or form.write is None:
        write_unknown(line, pkt, at, size, b"\n\t\t" if kind == PREFIX_LIST else b"\n\t      ")
    elif form.fits(size):
        form.write.value(line, pkt, at, size)
    else:
        line.put(b"\n\t    Bogus length %d %s %d" % (
            size, b"!=" if form.most == form.least else b"<", form.least))
        raise Silent
    size = (size + 3) & ~3
    if size > end - at:
        line.put(b"\n\t    Bogus padded length %d > %d" % (size, end - at))
        raise Truncated
    return at + size


def write_link(line: Line, pkt: Record, at: int, end: int) -> None:
    for kind, off, size in each(line, pkt, at, end, LINK,
                                b"\n\t      %s subTLV (%d), length: %d"):
        pkt.raw(off, size)
        form = LINK.get(kind)
        if form is None:
            write_unknown(line, pkt, off, size, b"\n\t\t")
        elif kind not in BY_TEXT and not form.fits(size):
            line.put(b" %s %d" % (b"!=" if form.most == form.least else b"<", form.least))
            raise Malformed
        else:
            form.write.value(line, pkt, off, size)


def write_signaling(line: Line, pkt: Record, at: int, end: int) -> None:
    """The block behind the packet (RFC 5613 §2), its four octets of header included."""
    line.put(b"\n\t  LLS: checksum: 0x%04x" % pkt.u16(at))
    line.put(b", length: %d" % pkt.u16(at + 2))
    at += 4
    while at < end:
        kind, size = pkt.u16(at), pkt.u16(at + 2)
        form = SIGNALING.get(kind)
        line.put(b"\n\t    %s (%d)" % (form.write.name if form else b"Unknown TLV", kind))
        line.put(b", length: %d" % size)
        at += 4
        if form is not None:
            if kind == 1 and size != form.least:
                line.put(b" [should be 4]")
                size = form.least
            elif kind == 2 and size < form.least:
                line.put(b" [should be 20]")
                size = form.least
            form.write.value(line, pkt, at, size)
        at += (size + 3) & ~3


def topology_name(number: int) -> bytes:
    """RFC 4915 §3.7: what was a type of service is a topology."""
    return named({0: b"default", 1: b"multicast", 2: b"management"}, number, b"Unknown")
