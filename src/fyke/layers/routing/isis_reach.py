"""Reachability in IS-IS: systems and prefixes, with their sub-TLVs (RFC 1195, 5305, 5120, 5308)."""

from __future__ import annotations

from fyke.layers.bandwidth import mbps
from fyke.layers.gmpls_names import (
    CONSTRAINT_MODELS,
    ENCODING_NAMES,
    INDICATION_NAMES,
    PACKET_SWITCHING,
    PROTECTIONS,
    SWITCHING_NAMES,
    TIME_DIVISION,
)
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.network.osi_parts import NODE_ID, SYSTEM_ID, identifier
from fyke.layers.routing import isis_names as names
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record, Truncated

INDENT = b"\n\t      "
DEEPER = INDENT + b"  "
OLD_LENGTH = 12  # four metrics, prefix, mask
DOWN, EXTERNAL = 0x80, 0x40


def origin(metric: int) -> bytes:
    return b"External" if metric & EXTERNAL else b"Internal"


def write_metrics(line: Line, pkt: Record, at: int) -> None:
    """The four narrow metrics of ISO/IEC 10589."""
    metric = pkt.u8(at)
    line.put(b", Default Metric: %d, %s" % (metric & 0x3F, origin(metric)))
    write_other_metrics(line, pkt, at, b"\n\t\t")


def write_other_metrics(line: Line, pkt: Record, at: int, indent: bytes) -> None:
    for i, name in enumerate((b"Delay", b"Expense", b"Error"), 1):
        metric = pkt.u8(at + i)
        if not metric & 0x80:  # supported
            line.put(b"%s  %s Metric: %d, %s" % (indent, name, metric & 0x3F, origin(metric)))


def write_old_ip_reach(line: Line, pkt: Record, at: int, size: int) -> bool:
    """Prefixes with a mask and narrow metrics; False if nothing more is to be said."""
    end = at + size
    while at < end:
        if end - at < OLD_LENGTH:
            line.put(b"short IPv4 Reachability (%d vs %d)" % (end - at, OLD_LENGTH))
            return False
        if not pkt.has(at, OLD_LENGTH):
            return False
        prefix, mask = pkt.u32(at + 4), pkt.u32(at + 8)
        line.put(INDENT + b"IPv4 prefix: ")
        inverse = mask ^ 0xFFFFFFFF
        if inverse & inverse + 1:
            line.host4(prefix)
            line.put(b" mask ")
            line.host4(mask)
        else:
            write_padded_host(line, prefix)
            line.put(b"/%d" % (32 - inverse.bit_length()))
        metric = pkt.u8(at)
        line.put(b", Distribution: %s, Metric: %d, %s" % (
            b"down" if metric & DOWN else b"up", metric & 0x3F, origin(metric)))
        write_other_metrics(line, pkt, at, INDENT)
        at += OLD_LENGTH
    return True


def write_padded_host(line: Line, address: int) -> None:
    """An address or a name, to the right of 15 columns."""
    start = line.pos
    line.host4(address)
    width = line.pos - start
    if width < 15:
        line.rewind(start)
        line.put(b" " * (15 - width))
        line.host4(address)


def write_topology(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5120 §7.1: which topology this is about."""
    if size < 2:
        raise Truncated
    word = pkt.u16(at)
    number = word & 0x0FFF
    line.put(b"%s%s Topology (0x%03x), Flags: [%s]" % (
        INDENT, names.TOPOLOGY_NAMES.get(number, b"Reserved for IETF Consensus"), number,
        bit_words(names.TOPOLOGY_FLAGS, word)))


def write_topologies(line: Line, pkt: Record, at: int, size: int) -> None:
    for off in range(at, at + size - 1, 2):
        write_topology(line, pkt, off, 2)
    if size % 2:
        line.put(INDENT + b"invalid MT-ID")


def write_is_reach(line: Line, pkt: Record, at: int, size: int) -> None:
    write_systems(line, pkt, at, size, True)


def write_alias(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5311 §6: neighbours without metrics."""
    write_systems(line, pkt, at, size, False)


def write_mt_is_reach(line: Line, pkt: Record, at: int, size: int) -> None:
    write_topology(line, pkt, at, size)
    write_systems(line, pkt, at + 2, size - 2, True)


def write_systems(line: Line, pkt: Record, at: int, size: int, metric: bool) -> None:
    end = at + size
    while at < end:
        after = write_system(line, pkt, at, end, metric)
        if not fits(line, after - at, end - at):
            return
        at = after


def fits(line: Line, size: int, rest: int) -> bool:
    """Whether an entry of ``size`` octets was inside its TLV; says so if not."""
    if size > rest:
        line.put(b" [remaining tlv length %d < %d]%s" % (rest, size, INVALID))
    return size <= rest


def write_system(line: Line, pkt: Record, at: int, end: int, metric: bool) -> int:
    """One neighbour with its sub-TLVs, and where it ends."""
    pkt.raw(at, NODE_ID)
    if end - at < NODE_ID:
        raise Truncated
    line.put(b"%sIS Neighbor: %s" % (INDENT, identifier(pkt, at, NODE_ID)))
    at += NODE_ID
    if metric:
        cost = pkt.u24(at)
        if end - at < 3:
            raise Truncated
        line.put(b", Metric: %d" % cost)
        at += 3
    total = pkt.u8(at)
    if at >= end:
        raise Truncated
    at += 1
    if not total:
        line.put(b", no sub-TLVs present")
        return at
    line.put(b", sub-TLVs present (%d)" % total)
    return write_system_subtlvs(line, pkt, at, at + total, end)


def write_system_subtlvs(line: Line, pkt: Record, at: int, stop: int, end: int) -> int:
    """Sub-TLVs up to ``stop`` in a TLV that ends at ``end``; where they end."""
    while at < stop:
        pkt.raw(at, 2)
        if end - at < 2:
            line.put(DEEPER + b"Remaining data in TLV shorter than a subTLV header")
            return end
        if stop - at < 2:
            line.put(DEEPER + b"Remaining data in subTLVs shorter than a subTLV header")
            return stop
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        at += 2
        line.put(b"%s%s subTLV #%d, length: %d" % (
            DEEPER, names.IS_SUBTLV_NAMES.get(kind, b"unknown"), kind, size))
        if size > stop - at:
            line.put(b" (remaining data in subTLVs shorter than the current subTLV)")
            return stop
        if size > end - at:
            line.put(b" (> remaining tlv length)")
            return end
        pkt.raw(at, size)
        write_system_subtlv(line, pkt, at, kind, size)
        at += size
    return at


def write_system_subtlv(line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
    if kind in (names.GROUPS, names.LINK_IDS, names.REMOTE_ID):
        if size >= 4:
            line.put(b", 0x%08x" % pkt.u32(at))
        if size == 8:
            line.put(b", 0x%08x" % pkt.u32(at + 4))
    elif kind in (names.INTERFACE, names.NEIGHBOR):
        if size >= 4:
            line.put(b", ")
            line.host4(pkt.u32(at))
    elif kind in (names.BANDWIDTH, names.RESERVABLE):
        if size >= 4:
            line.put(b", " + mbps(pkt.u32(at)))
    elif kind == names.UNRESERVED:
        if size >= 32:
            for i in range(8):
                line.put(b"%s  TE-Class %d: %s" % (DEEPER, i, mbps(pkt.u32(at + 4 * i))))
    elif kind in (names.CONSTRAINTS, names.CONSTRAINTS_OLD):
        write_constraints(line, pkt, at, size)
    elif kind == names.TE_METRIC:
        if size >= 3:
            line.put(b", %d" % pkt.u24(at))
    elif kind == names.ATTRIBUTE:
        if size == 2:
            line.put(b", [ %s ] (0x%04x)" % (
                bit_words(names.ATTRIBUTES, pkt.u16(at), none=b"Unknown"), pkt.u16(at)))
    elif kind == names.PROTECTION:
        if size >= 2:
            line.put(b", %s, Priority %d" % (bit_words(PROTECTIONS, pkt.u8(at)), pkt.u8(at + 1)))
    elif kind == names.SPB_METRIC:
        if size >= 6:
            line.put(b", LM: %d, P: %d, P-ID: %d" % (
                pkt.u24(at), pkt.u8(at + 3), pkt.u16(at + 4)))
    elif kind == names.SWITCHING:
        if size >= 36:
            write_switching(line, pkt, at, size)
    elif kind == names.LAN_SEGMENT:
        if size >= 8:
            write_lan_segment(line, pkt, at)
    else:
        print_unknown_data(line, pkt, at, b"\n\t\t    ", size)


def write_constraints(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 4124 §5.1."""
    if not size:
        return
    model = pkt.u8(at)
    line.put(b"%sBandwidth Constraints Model ID: %s (%d)" % (
        DEEPER, CONSTRAINT_MODELS.get(model, b"unknown"), model))
    for i, off in enumerate(range(at + 1, at + size - 3, 4)):
        line.put(b"%s  Bandwidth constraint CT%d: %s" % (DEEPER, i, mbps(pkt.u32(off))))


def write_switching(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5307 §1.3."""
    capability = pkt.u8(at)
    line.put(b"%s  Interface Switching Capability:%s, LSP Encoding: %s%s  Max LSP Bandwidth:" % (
        DEEPER, SWITCHING_NAMES.get(capability, b"Unknown"),
        ENCODING_NAMES.get(pkt.u8(at + 1), b"Unknown"), DEEPER))
    for i in range(8):
        line.put(b"%s    priority level %d: %s" % (DEEPER, i, mbps(pkt.u32(at + 4 + 4 * i))))
    at += 36
    size -= 36
    if capability in PACKET_SWITCHING:
        if size >= 6:
            line.put(b"%s  Min LSP Bandwidth: %s%s  Interface MTU: %d" % (
                DEEPER, mbps(pkt.u32(at)), DEEPER, pkt.u16(at + 4)))
    elif capability == TIME_DIVISION:
        if size >= 8:
            line.put(b"%s  Min LSP Bandwidth: %s%s  Indication %s" % (
                DEEPER, mbps(pkt.u32(at)), DEEPER,
                named(INDICATION_NAMES, pkt.u8(at + 4), b"Unknown (%d)")))
    else:
        print_unknown_data(line, pkt, at, b"\n\t\t    ", size)


def write_lan_segment(line: Line, pkt: Record, at: int) -> None:
    """RFC 8667 §2.2.2: a label where value and local are set, an index where neither is."""
    flags = pkt.u8(at)
    line.put(b"%s  Flags: [%s]%s  Weight: %d" % (
        DEEPER, bit_words(names.LAN_SEGMENT_FLAGS, flags), DEEPER, pkt.u8(at + 1)))
    line.put(b"%s  Neighbor System-ID: %s" % (DEEPER, identifier(pkt, at + 2, SYSTEM_ID)))
    at += 2 + SYSTEM_ID
    if flags & 0x30 == 0x30:
        line.put(b"%s  Label: %d" % (DEEPER, pkt.u24(at)))
    elif not flags & 0x30:
        line.put(b"%s  Index: %d" % (DEEPER, pkt.u32(at)))
    else:
        line.put(INVALID)


def write_ip_reach(line: Line, pkt: Record, at: int, size: int) -> None:
    write_prefixes(line, pkt, at, size, 4)


def write_ip6_reach(line: Line, pkt: Record, at: int, size: int) -> None:
    write_prefixes(line, pkt, at, size, 6)


def write_mt_ip_reach(line: Line, pkt: Record, at: int, size: int) -> None:
    write_topology(line, pkt, at, size)
    write_prefixes(line, pkt, at + 2, size - 2, 4)


def write_mt_ip6_reach(line: Line, pkt: Record, at: int, size: int) -> None:
    write_topology(line, pkt, at, size)
    write_prefixes(line, pkt, at + 2, size - 2, 6)


def write_prefixes(line: Line, pkt: Record, at: int, size: int, version: int) -> None:
    end = at + size
    while at < end:
        after = write_prefix(line, pkt, at, version)
        if not fits(line, after - at, end - at):
            return
        at = after


def write_prefix(line: Line, pkt: Record, at: int, version: int) -> int:
    """One prefix of IP ``version`` with its sub-TLVs, and where it ends."""
    metric, status = pkt.u32(at), pkt.u8(at + 4)
    at += 5
    bits, width = status & 0x3F, 32
    if version == 6:
        bits, width = pkt.u8(at), 128
        at += 1
    if bits > width:
        line.put(b"%sIPv%d prefix: bad bit length %d" % (INDENT, version, bits))
        raise Truncated
    octets = (bits + 7) // 8
    prefix = pkt.raw(at, octets).ljust(width // 8, b"\0")
    at += octets
    line.put(b"%sIPv%d prefix: " % (INDENT, version))
    if version == 4:
        write_padded_host(line, int.from_bytes(prefix, "big"))
    else:
        line.host6(Record(prefix), 0)
    line.put(b"/%d, Distribution: %s, Metric: %d" % (
        bits, b"down" if status & DOWN else b"up", metric))
    if version == 6:
        line.put(b", " + origin(status))
    if not status & (0x40 if version == 4 else 0x20):
        return at
    line.put(b", sub-TLVs present")
    total = pkt.u8(at)
    line.put(b" (%d)" % total)
    write_prefix_subtlvs(line, pkt, at + 1, total)
    return at + 1 + total


def write_prefix_subtlvs(line: Line, pkt: Record, at: int, rest: int) -> None:
    """One that does not fit makes tcpdump read on to the end of the capture; so does this."""
    while rest:
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        at += 2
        line.put(b"%s%s subTLV #%d, length: %d" % (
            DEEPER, names.PREFIX_SUBTLV_NAMES.get(kind, b"unknown"), kind, size))
        if not pkt.has(at, size):
            line.put(b" [|isis]")
            raise Truncated
        write_prefix_subtlv(line, pkt, at, kind, size)
        at += size
        rest -= size + 2


def write_prefix_subtlv(line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
    if kind in (names.TAG_32, names.PREFIX_COLOR):
        for off in range(at, at + size - 3, 4):
            line.put(b", 0x%08x (=%d)" % (pkt.u32(off), pkt.u32(off)))
    elif kind == names.TAG_64:
        for off in range(at, at + size - 7, 8):
            line.put(b", 0x%016x" % pkt.u64(off))
    elif kind == names.PREFIX_SEGMENT:
        flags, algorithm = pkt.u8(at), pkt.u8(at + 1)
        label = flags & 0x08
        if size < (5 if label else 6):
            line.put(b" [|isis]")
            raise Truncated
        line.put(b", Flags [%s], Algo %s (%d), %s %d" % (
            bit_words(names.PREFIX_SEGMENT_FLAGS, flags, none=b"None"),
            names.ALGORITHM_NAMES.get(algorithm, b"Unknown"), algorithm,
            b"label" if label else b"index", pkt.u24(at + 2) if label else pkt.u32(at + 2)))
    else:
        print_unknown_data(line, pkt, at, b"\n\t\t    ", size)
