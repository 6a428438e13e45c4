"""BGP path attributes (RFC 4271 §5 and later ones); tcpdump: print-bgp.c."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.afi_names import AFI_NAMES
from fyke.layers.application.bgp_names import (
    ATTRIBUTE_NAMES,
    EXTENDED_FLAGS,
    EXTENDED_NAMES,
    L2_ENCAPSULATIONS,
    ORIGIN_NAMES,
    OSPF_ROUTE_NAMES,
    PMSI_TUNNEL_NAMES,
    SAFI_NAMES,
    SEGMENT_CLOSE,
    SEGMENT_OPEN,
    TUNNEL_NAMES,
    VALIDATION_NAMES,
    WELL_KNOWN_COMMUNITIES,
)
from fyke.layers.application.bgp_routes import (
    IPV4,
    IPV6,
    NSAP,
    RD_LENGTH,
    VPN,
    Cut,
    as_number,
    distinguisher,
    is_known,
    write_routes,
)
from fyke.layers.bandwidth import mbps
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.network.osi_parts import nsap
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record

LARGE_COMMUNITY, ATTRIBUTE_SET = 32, 128
EXTENDED_LENGTH = 0x10  # flag: the length has two octets
FLAG_LETTERS = ((0x80, b"O"), (0x40, b"T"), (0x20, b"P"), (0x10, b"E"))
MAX_SETS = 10  # attribute sets within one another
SKI_LENGTH = 20  # octets of a subject key identifier (RFC 8205 §3.2)


def write_attributes(line: Line, pkt: Record, off: int, stop: int, indent: bytes,
                     short: bytes, depth: int, end: int = 1 << 30) -> int:
    """The attributes between ``off`` and ``stop``; ``short`` tells that one does not fit.

    Returns the octets that were left over. Past ``end`` the message is over.
    """
    while off < stop:
        if end - off < 2:
            raise Cut
        if stop - off < 2:
            line.put(short)
            return stop - off
        flags = pkt.u8(off)
        kind = pkt.u8(off + 1)
        off += 2
        width = 2 if flags & EXTENDED_LENGTH else 1
        if not pkt.has(off, width) or end - off < width:
            raise Cut
        if stop - off < width:
            line.put(short)
            return stop - off
        length = pkt.u16(off) if width == 2 else pkt.u8(off)
        off += width
        line.put(b"%s%s (%d), length: %d" % (
            indent, named(ATTRIBUTE_NAMES, kind, b"Unknown Attribute"), kind, length))
        if flags:
            line.put(b", Flags [%s" % bit_words(FLAG_LETTERS, flags, b"", b""))
            if flags & 15:
                line.put(b"+%x" % (flags & 15))
            line.put(b"]")
        if flags or depth:
            line.put(b": ")
        if stop - off < length:
            line.put(b" [path attr too short]" if depth else b" [path attrs too short]")
            return stop - off
        if depth > MAX_SETS:
            line.put(b"(too many nested levels, not recursing)")
        else:
            write_attribute(line, pkt, off, length, kind, depth)
        off += length
    return 0


def write_attribute(line: Line, pkt: Record, off: int, length: int, kind: int,
                    depth: int) -> None:
    shown = length  # octets in hexadecimal, with -vv
    if kind == ATTRIBUTE_SET:
        shown = write_set(line, pkt, off, length, depth)
    elif kind in WRITERS:
        try:
            WRITERS[kind](line, pkt, off, length)
        except Wrong as fault:
            line.put(fault.args[0] + INVALID)
            return
    else:
        if not pkt.has(off, length):
            raise Cut
        line.put(b"\n\t    no Attribute %d decoder" % kind)
        if line.style.verbose <= 1:
            print_unknown_data(line, pkt, off, b"\n\t    ", length)
    if kind == LARGE_COMMUNITY and length % 12 == 0:
        shown = 0
    if line.style.verbose > 1 and shown:
        if not pkt.has(off, shown):
            raise Cut
        print_unknown_data(line, pkt, off, b"\n\t    ", shown)


def write_set(line: Line, pkt: Record, off: int, length: int, depth: int) -> int:
    """A customer's attributes, carried through (RFC 6368)."""
    if not pkt.has(off, 4) or length < 4:
        raise Cut
    line.put(b"\n\t    Origin AS: %s" % as_number(line, pkt.u32(off)))
    return write_attributes(line, pkt, off + 4, off + length, b"\n\t      ",
                            b" [path attr too short]", depth + 1)


def sized(*lengths: int) -> Callable[[Callable[[Line, Record, int, int], None]],
                                     Callable[[Line, Record, int, int], None]]:
    """An attribute that may only have these lengths."""
    def wrap(write: Callable[[Line, Record, int, int], None]
             ) -> Callable[[Line, Record, int, int], None]:
        def checked(line: Line, pkt: Record, off: int, length: int) -> None:
            if length not in lengths:
                line.put(b"invalid len")
            else:
                write(line, pkt, off, length)
        return checked
    return wrap


@sized(1)
def write_origin(line: Line, pkt: Record, off: int, length: int) -> None:
    line.put(named(ORIGIN_NAMES, pkt.u8(off), b"Unknown Origin Typecode"))


def path_writer(wide: bool) -> Callable[[Line, Record, int, int], None]:
    """A writer for AS paths; ``wide``: surely with numbers of four octets."""
    def write(line: Line, pkt: Record, off: int, length: int) -> None:
        if length % 2:
            line.put(b"invalid len")
            return
        if not length:
            line.put(b"empty")
            return
        width = 4 if wide else number_width(pkt, off, length)
        stop = off + length
        while off < stop:
            kind = pkt.u8(off)
            count = pkt.u8(off + 1)
            line.put(named(SEGMENT_OPEN, kind, b"?"))
            for at in range(off + 2, off + 2 + count * width, width):
                if not pkt.has(at, width):
                    raise Cut
                number = pkt.u16(at) if width == 2 else pkt.u32(at)
                line.put(b"%s " % as_number(line, number))
            line.put(named(SEGMENT_CLOSE, kind, b"?"))
            off += 2 + count * width
    return write


def number_width(pkt: Record, off: int, length: int) -> int:
    """Octets of an AS number in a path: two if the segments fit so, else four."""
    stop = off + length
    while off < stop:
        if not 1 <= pkt.u8(off) <= 4:
            return 4
        off += 2 + 2 * pkt.u8(off + 1)
    return 2 if off == stop else 4


@sized(4)
def write_address(line: Line, pkt: Record, off: int, length: int) -> None:
    line.host4(pkt.u32(off))


@sized(4)
def write_number(line: Line, pkt: Record, off: int, length: int) -> None:
    line.uint(pkt.u32(off))


@sized(0)
def write_nothing(line: Line, pkt: Record, off: int, length: int) -> None:
    pass


@sized(6, 8)
def write_aggregator(line: Line, pkt: Record, off: int, length: int) -> None:
    if not pkt.has(off, length):
        raise Cut
    number = pkt.u16(off) if length == 6 else pkt.u32(off)
    line.put(b" AS #%s, origin " % as_number(line, number))
    line.host4(pkt.u32(off + length - 4))


@sized(8)
def write_aggregator4(line: Line, pkt: Record, off: int, length: int) -> None:
    write_aggregator(line, pkt, off, length)


def write_communities(line: Line, pkt: Record, off: int, length: int) -> None:
    if length % 4:
        line.put(b"invalid len")
        return
    stop = off + length
    while off < stop:
        if not pkt.has(off, 4):
            raise Cut
        number = pkt.u32(off)
        off += 4
        known = WELL_KNOWN_COMMUNITIES.get(number)
        line.put(known or b"%d:%d%s" % (
            number >> 16, number & 0xFFFF, b", " if off < stop else b""))


def write_clusters(line: Line, pkt: Record, off: int, length: int) -> None:
    if length % 4:
        line.put(b"invalid len")
        return
    for at in range(off, off + length, 4):
        if at > off:
            line.put(b", ")
        line.host4(pkt.u32(at))


def write_family(line: Line, pkt: Record, off: int, length: int) -> tuple[int, int] | None:
    """Address family and subsequent one; None if there is no decoder."""
    family = pkt.u16(off)
    subfamily = pkt.u8(off + 2)
    line.put(b"\n\t    AFI: %s (%d), %sSAFI: %s (%d)" % (
        named(AFI_NAMES, family, b"Unknown AFI"), family,
        b"vendor specific " if subfamily > 128 else b"",
        named(SAFI_NAMES, subfamily, b"Unknown SAFI"), subfamily))
    if is_known(family, subfamily):
        return family, subfamily
    if not pkt.has(off, length):
        raise Cut
    line.put(b"\n\t    no AFI %d / SAFI %d decoder" % (family, subfamily))
    if line.style.verbose <= 1:
        print_unknown_data(line, pkt, off, b"\n\t    ", length)
    return None


def write_reach(line: Line, pkt: Record, off: int, length: int) -> None:
    """Routes of any family, and the next hops to them (RFC 4760 §3)."""
    stop = off + length
    if length < 3 or not pkt.has(off, 3):
        raise Cut
    family = write_family(line, pkt, off, length)
    if family is None:
        return
    off += 3
    if off >= stop or not pkt.has(off, 1):
        raise Cut
    size = pkt.u8(off)
    off += 1
    if size:
        if stop - off < size:
            raise Cut
        line.put(b"\n\t    nexthop: ")
        write_next_hops(line, pkt, off, size, *family)
        off += size
    line.put(b", nh-length: %d" % size)
    off = write_attachments(line, pkt, off, stop)
    write_routes(line, pkt, off, stop, *family)


def write_next_hops(line: Line, pkt: Record, off: int, size: int, family: int,
                    subfamily: int) -> None:
    stop = off + size
    skip = RD_LENGTH if subfamily in VPN and family in (IPV4, IPV6, NSAP) else 0
    first = True
    while off < stop:
        if not first:
            line.put(b", ")
        first = False
        width = stop - off - skip if family == NSAP else 16 if family == IPV6 else 4
        if stop - off < skip + width or (family == NSAP and skip and width < 1):
            line.put(b"invalid len")
            return
        if skip:
            line.put(b"RD: %s, " % distinguisher(line, pkt, off))
        at = off + skip
        if family == NSAP:
            line.put(nsap(pkt, at, width))
        elif family == IPV6:
            pkt.raw(at, 16)
            line.host6(pkt, at)
        else:
            line.host4(pkt.u32(at))
        off = at + width


def write_attachments(line: Line, pkt: Record, off: int, stop: int) -> int:
    """Subnetwork points of attachment, which nobody uses since RFC 4760."""
    if off >= stop:
        raise Cut
    count = pkt.u8(off)
    off += 1
    if count == 0:
        line.put(b", no SNPA")
        return off
    line.put(b"\n\t    %d SNPA" % count)
    for _ in range(count):
        if off >= stop:
            raise Cut
        size = pkt.u8(off)
        line.put(b"\n\t      %d bytes" % size)
        off += 1
        if stop - off < size or not pkt.has(off, size):
            raise Cut
        off += size
    return off


def write_unreach(line: Line, pkt: Record, off: int, length: int) -> None:
    """Routes withdrawn."""
    if not pkt.has(off, 3):
        raise Cut
    family = write_family(line, pkt, off, length)
    if family is None:
        return
    if length == 3:
        line.put(b"\n\t      End-of-Rib Marker (empty NLRI)")
    write_routes(line, pkt, off + 3, off + length, *family)


def write_extended(line: Line, pkt: Record, off: int, length: int) -> None:
    """Extended communities (RFC 4360)."""
    if length % 8:
        line.put(b"invalid len")
        return
    for at in range(off, off + length, 8):
        if not pkt.has(at, 2):
            raise Cut
        kind = pkt.u16(at)
        line.put(b"\n\t    %s (0x%04x), Flags [%s]" % (
            named(EXTENDED_NAMES, kind, b"unknown extd community typecode"), kind,
            bit_words(EXTENDED_FLAGS, kind)))
        if not pkt.has(at, 8):
            raise Cut
        line.put(b": ")
        write_community(line, pkt, at, kind)


def write_community(line: Line, pkt: Record, off: int, kind: int) -> None:
    if kind in (0x0002, 0x0003, 0x000A):
        line.put(b"%d:%d (= " % (pkt.u16(off + 2), pkt.u32(off + 4)))
        line.host4(pkt.u32(off + 4))
        line.put(b")")
    elif kind in (0x0102, 0x0103, 0xF10A, 0x010B):
        line.host4(pkt.u32(off + 2))
        line.put(b":%d" % pkt.u16(off + 6))
    elif kind in (0x0202, 0x0203):
        line.put(b"%s:%d" % (as_number(line, pkt.u32(off + 2)), pkt.u16(off + 6)))
    elif kind == 0x4004:
        line.put(b"bandwidth: " + mbps(pkt.u32(off + 4)))
    elif kind in (0x0005, 0x0105, 0x0205, 0x8005, 0x0107, 0x8001):
        line.host4(pkt.u32(off + 2))
    elif kind in (0x0306, 0x8000):
        route = pkt.u8(off + 6)
        line.put(b"area:")
        line.host4(pkt.u32(off + 2))
        line.put(b", router-type:%s, metric-type:%s%s" % (
            named(OSPF_ROUTE_NAMES, route, b"unknown (0x%02x)"),
            b"E2" if pkt.u8(off + 7) & 1 else b"", b"E1" if route in (5, 7) else b""))
    elif kind == 0x800A:
        line.put(b"%s Control Flags [0x%02x]:MTU %d" % (
            named(L2_ENCAPSULATIONS, pkt.u8(off + 2), b"unknown encaps"), pkt.u8(off + 3),
            pkt.u16(off + 4)))
    elif kind == 0x0009:
        line.put(b"AS %d" % pkt.u16(off + 2))
    elif kind == 0x030C:
        line.put(b"Tunnel type: %s" % named(TUNNEL_NAMES, pkt.u16(off + 6), b"unknown encaps"))
    elif kind == 0x4300:
        reserved = int.from_bytes(pkt.raw(off + 2, 5), "big")
        if reserved:
            line.put(b"[the reserved field 0x%x MUST be 0] " % reserved)
        line.put(b"ovs: %s" % named(VALIDATION_NAMES, pkt.u8(off + 7), b"unknown"))
    else:
        line.hex_string(pkt, off + 2, 6)


def write_tunnel(line: Line, pkt: Record, off: int, length: int) -> None:
    """How a provider carries multicast (RFC 6514 §5)."""
    if length < 5 or not pkt.has(off, 5):
        raise Cut
    kind = pkt.u8(off + 1)
    line.put(b"\n\t    Tunnel-type %s (%d), Flags [%s], MPLS Label %d" % (
        named(PMSI_TUNNEL_NAMES, kind, b"Unknown"), kind,
        b"Leaf Information required" if pkt.u8(off) & 1 else b"none", pkt.u24(off + 2) >> 4))
    at = off + 5
    if kind in (3, 4, 5):
        line.put(b"\n\t      Root-Node " if kind == 3 else b"\n\t      Sender ")
        line.host4(pkt.u32(at))
        line.put(b", P-Group ")
        line.host4(pkt.u32(at + 4))
    elif kind == 6:
        line.put(b"\n\t      Tunnel-Endpoint ")
        line.host4(pkt.u32(at))
    elif kind in (1, 2, 7):
        line.put(b"\n\t      Extended-Tunnel-ID " if kind == 1 else b"\n\t      Root-Node ")
        line.host4(pkt.u32(at))
        line.put(b", P2MP-ID 0x%08x" % pkt.u32(at + 4) if kind == 1
                 else b", LSP-ID 0x%08x" % pkt.u32(at + 4))
    elif line.style.verbose <= 1:
        print_unknown_data(line, pkt, at, b"\n\t      ", length - 5)


def write_metric(line: Line, pkt: Record, off: int, length: int) -> None:
    """Accumulated IGP metric (RFC 7311)."""
    stop = off + length
    while stop - off >= 3:
        kind = pkt.u8(off)
        size = pkt.u16(off + 1)
        off += 3
        line.put(b"\n\t    %s TLV (%d), length %d" % (
            b"AIGP" if kind == 1 else b"Unknown", kind, size))
        size -= 3
        if size < 0 or stop - off < size or (kind == 1 and size < 8):
            raise Cut
        if kind == 1:
            line.put(b", metric %d" % pkt.u64(off))
        elif line.style.verbose <= 1:
            print_unknown_data(line, pkt, off, b"\n\t      ", size)
        off += size


def write_large(line: Line, pkt: Record, off: int, length: int) -> None:
    """Large communities (RFC 8092)."""
    if length == 0 or length % 12:
        line.put(b"invalid len")
        return
    line.put(b"\n\t    ")
    for at in range(off, off + length, 12):
        if at > off:
            line.put(b", ")
        line.put(b"%d:%d:%d" % (pkt.u32(at), pkt.u32(at + 4), pkt.u32(at + 8)))


@sized(4)
def write_only_to_customer(line: Line, pkt: Record, off: int, length: int) -> None:
    """RFC 9234 §5."""
    line.put(b"\n\t    OTC %s" % as_number(line, pkt.u32(off)))


def write_secure_path(line: Line, pkt: Record, off: int, length: int) -> None:
    """A signed path (RFC 8205 §3). Raises Wrong."""
    stop = off + length
    size = pkt.u16(off)
    at_least(b"secure path length", size, 8)
    line.put(b"\n\t    Secure Path Length: %d" % size)
    end = off + size
    off += 2
    if (end - off) % 6:
        raise Wrong(b" [total segments length %d != N x 6]" % (end - off))
    if end > stop:
        raise Wrong(b" [length %d > %d]" % (size, length))
    while off < end:
        flags = pkt.u8(off + 1)
        line.put(b"\n\t      Secure Path Segment: pCount: %d, Flags: [%s] (0x%02x), AS: %d" % (
            pkt.u8(off), b"Confed_Segment" if flags & 0x80 else b"none", flags,
            pkt.u32(off + 2)))
        off += 6
    while stop - off >= 3:
        size = pkt.u16(off)
        line.put(b"\n\t    Signature Block: Length: %d, Algo ID: %d" % (size, pkt.u8(off + 2)))
        at_least(b"length", size, 3)
        if size > stop - off:
            raise Wrong(b" [length %d > %d]" % (size, stop - off))
        write_signatures(line, pkt, off + 3, off + size)
        off += size


def write_signatures(line: Line, pkt: Record, off: int, stop: int) -> None:
    """Raises Wrong."""
    while off < stop:
        line.put(b"\n\t      Signature Segment:\n\t        SKI: ")
        at_least(b"remaining length", stop - off, SKI_LENGTH)
        print_unknown_data(line, pkt, off, b"\n\t          ", SKI_LENGTH)
        off += SKI_LENGTH
        at_least(b"remaining length", stop - off, 2)
        size = pkt.u16(off)
        off += 2
        line.put(b"\n\t        Length: %d" % size)
        at_least(b"remaining length", stop - off, size)
        line.put(b"\n\t        Signature:")
        print_unknown_data(line, pkt, off, b"\n\t          ", size)
        off += size


class Wrong(Exception):
    """An attribute that cannot be; the argument says why, in octets of text."""


def at_least(what: bytes, size: int, least: int) -> None:
    if size < least:
        raise Wrong(b" [%s %d < %d]" % (what, size, least))


WRITERS: dict[int, Callable[[Line, Record, int, int], None]] = {
    1: write_origin, 2: path_writer(False), 3: write_address, 4: write_number, 5: write_number,
    6: write_nothing, 7: write_aggregator, 8: write_communities, 9: write_address,
    10: write_clusters, 14: write_reach, 15: write_unreach, 16: write_extended,
    17: path_writer(True), 18: write_aggregator4, 22: write_tunnel, 26: write_metric,
    LARGE_COMMUNITY: write_large, 33: write_secure_path, 35: write_only_to_customer,
}
