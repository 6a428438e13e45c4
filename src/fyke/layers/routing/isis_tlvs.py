"""The TLVs of IS-IS but for reachability: one writer each, found by type in WRITERS.

A writer is given a TLV that fits into its packet. What does not fit into the TLV ends its text
quietly, what does not fit into the capture raises Truncated.
"""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.link.text import write_padded
from fyke.layers.network.osi_parts import (
    LSP_ID,
    NODE_ID,
    SYSTEM_ID,
    identifier,
    nsap,
    write_nlpids,
)
from fyke.layers.ouis import OUI_NAMES
from fyke.layers.routing import isis_names as names
from fyke.layers.routing.isis_reach import (
    write_alias,
    write_ip6_reach,
    write_ip_reach,
    write_is_reach,
    write_metrics,
    write_mt_ip6_reach,
    write_mt_ip_reach,
    write_mt_is_reach,
    write_topologies,
)
from fyke.layers.routing.isis_spb import write_bridging_capability, write_port_capability
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record

METRICS_LENGTH = 4
PASSWORD, GENERIC, HMAC_MD5 = 1, 3, 54
MD5_LENGTH = 16


def write_areas(line: Line, pkt: Record, at: int, size: int) -> None:
    end = at + size
    while at < end:
        count = pkt.u8(at)
        at += 1
        if count > end - at:
            return
        line.put(b"\n\t      Area address (length: %d): %s" % (count, nsap(pkt, at, count)))
        at += count


def write_each(head: bytes, width: int) -> Callable[[Line, Record, int, int], None]:
    """A writer of identifiers of ``width`` octets, each after ``head``."""
    def write(line: Line, pkt: Record, at: int, size: int) -> None:
        for off in range(at, at + size - width + 1, width):
            line.put(head + identifier(pkt, off, width))
    return write


def write_old_is_reach(line: Line, pkt: Record, at: int, size: int) -> None:
    """Neighbours with four narrow metrics each."""
    if size < 1:
        return
    line.put(b"\n\t      %s" % named({0: b"IsNotVirtual", 1: b"IsVirtual"}, pkt.u8(at),
                                     b"bogus virtual flag 0x%02x"))
    write_neighbors(line, pkt, at + 1, size - 1, b"IS", NODE_ID)


def write_es_neighbors(line: Line, pkt: Record, at: int, size: int) -> None:
    write_neighbors(line, pkt, at, size, b"ES", SYSTEM_ID)


def write_neighbors(line: Line, pkt: Record, at: int, size: int, kind: bytes, width: int) -> None:
    step = METRICS_LENGTH + width
    for off in range(at, at + size - step + 1, step):
        pkt.raw(off, step)
        line.put(b"\n\t      %s Neighbor: %s" % (
            kind, identifier(pkt, off + METRICS_LENGTH, width)))
        write_metrics(line, pkt, off)


def write_prefix_neighbors(line: Line, pkt: Record, at: int, size: int) -> None:
    end = at + size
    if size < METRICS_LENGTH:
        return
    pkt.raw(at, METRICS_LENGTH)
    line.put(b"\n\t      Metric Block")
    write_metrics(line, pkt, at)
    at += METRICS_LENGTH
    while at < end:
        length = pkt.u8(at)  # in half octets
        at += 1
        if length < 2:
            line.put(b"\n\t\tAddress: prefix length %d < 2" % length)
            return
        if length // 2 > end - at:
            return
        line.put(b"\n\t\tAddress: %s/%d" % (nsap(pkt, at, length // 2), length * 4))
        at += length // 2


def write_instance(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 8202 §2.1."""
    if size < 4:
        return
    count = (size - 2) // 2
    line.put(b"\n\t      Instance ID: %d, ITIDs(%d): " % (pkt.u16(at), count))
    for i in range(count):
        line.put(b"%d%s" % (pkt.u16(at + 2 + 2 * i), b", " if i < count - 1 else b""))


def write_lsp_entries(line: Line, pkt: Record, at: int, size: int) -> None:
    for off in range(at, at + size - 15, 16):
        line.put(b"\n\t      lsp-id: %s" % identifier(pkt, off + 2, LSP_ID))
        line.put(b", seq: 0x%08x" % pkt.u32(off + 10))
        line.put(b", lifetime: %5ds" % pkt.u16(off))
        line.put(b", chksum: 0x%04x" % pkt.u16(off + 14))


def write_authentication(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5304, RFC 5310; nobody knows the key here."""
    if size < 1:
        return
    kind = pkt.u8(at)
    at += 1
    size -= 1
    line.put(b"\n\t      %s: " % named(names.AUTHENTICATION_NAMES, kind,
                                       b"unknown Authentication type 0x%02x"))
    if kind == PASSWORD:
        write_padded(line, pkt, at, size)
    elif kind == HMAC_MD5:
        line.hex_string(pkt, at, size)
        if size != MD5_LENGTH:
            line.put(b", (invalid subTLV) ")
        line.put(b" (unchecked)")
    elif kind == GENERIC:
        if size >= 2:
            line.put(b"%d, password: " % pkt.u16(at))
            line.hex_string(pkt, at + 2, size - 2)
    else:
        print_unknown_data(line, pkt, at, b"\n\t\t  ", size)


def write_adjacency(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5303 §3.1: 1, 5 or 15 octets; tcpdump misreads 5."""
    if size >= 1:
        state = pkt.u8(at)
        line.put(b"\n\t      Adjacency State: %s (%d)" % (
            names.ADJACENCY_NAMES.get(state, b"unknown"), state))
    if size >= 5:
        line.put(b"\n\t      Extended Local circuit-ID: 0x%08x" % pkt.u32(at + 1))
    if size >= 11:
        line.put(b"\n\t      Neighbor System-ID: %s" % identifier(pkt, at + 5, SYSTEM_ID))
    if size >= 15:
        line.put(b"\n\t      Neighbor Extended Local circuit-ID: 0x%08x" % pkt.u32(at + 11))


def write_protocols(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      NLPID(s): ")
    write_nlpids(line, pkt, at, size)


def write_router_id(line: Line, pkt: Record, at: int, size: int) -> None:
    if size >= 4:
        write_host4(line, pkt, at, b"Traffic Engineering Router ID: ")


def write_ip_addresses(line: Line, pkt: Record, at: int, size: int) -> None:
    for off in range(at, at + size - 3, 4):
        write_host4(line, pkt, off, b"IPv4 interface address: ")


def write_host4(line: Line, pkt: Record, at: int, label: bytes) -> None:
    address = pkt.u32(at)
    line.put(b"\n\t      " + label)
    line.host4(address)


def write_ip6_addresses(line: Line, pkt: Record, at: int, size: int) -> None:
    for off in range(at, at + size - 15, 16):
        pkt.raw(off, 16)
        line.put(b"\n\t      IPv6 interface address: ")
        line.host6(pkt, off)


def write_hostname(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t      Hostname: ")
    write_padded(line, pkt, at, size)


def write_risk_group(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 5307 §1.4."""
    if size < NODE_ID:
        return
    line.put(b"\n\t      IS Neighbor: %s" % identifier(pkt, at, NODE_ID))
    if size >= 8:
        line.put(b", Flags: [%s]" % (b"numbered" if pkt.u8(at + 7) & 1 else b"unnumbered"))
    if size >= 12:
        write_host4(line, pkt, at + 8, b"IPv4 interface address: ")
    if size >= 16:
        write_host4(line, pkt, at + 12, b"IPv4 neighbor address: ")
    for off in range(at + 16, at + size - 3, 4):
        line.put(b"\n\t      Link-ID: 0x%08x" % pkt.u32(off))


def write_purger(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 6232 §3."""
    if size < 1:
        return
    count = pkt.u8(at)
    if count == 0:
        line.put(b" No system IDs supplied")
        return
    if size > SYSTEM_ID:
        line.put(b"\n\t      Purge Originator System-ID: %s" % identifier(pkt, at + 1, SYSTEM_ID))
    if count > 1 and size > 2 * SYSTEM_ID:
        line.put(b"\n\t      Received from System-ID: %s" % identifier(
            pkt, at + 1 + SYSTEM_ID, SYSTEM_ID))


def write_restart(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 8706 §3.2."""
    if size < 1:
        return
    line.put(b"\n\t      Flags [%s]" % bit_words(names.RESTART_FLAGS, pkt.u8(at)))
    if size >= 3:
        line.put(b", Remaining holding time %ds" % pkt.u16(at + 1))
        if size == 3 + SYSTEM_ID:
            line.put(b", for %s" % identifier(pkt, at + 3, SYSTEM_ID))


def write_domain(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 1195 §5.3.4."""
    if size < 1:
        return
    kind = pkt.u8(at)
    line.put(b"\n\t      Inter-Domain Information Type: %s" % named(
        names.DOMAIN_NAMES, kind, b"Unknown (0x%02x)"))
    if kind != 2:
        print_unknown_data(line, pkt, at + 1, b"\n\t      ", size - 1)
    elif size >= 3:
        line.put(b"AS Number: %d" % pkt.u16(at + 1))


def write_buffer_size(line: Line, pkt: Record, at: int, size: int) -> None:
    if size >= 2:
        line.put(b"\n\t      LSP Buffersize: %d" % pkt.u16(at))


def write_hello_sequence(line: Line, pkt: Record, at: int, size: int) -> None:
    if size >= 4:
        line.put(b"\n\t      Sequence number: %d" % pkt.u32(at))


def write_private(line: Line, pkt: Record, at: int, size: int) -> None:
    if size < 3:
        return
    vendor = pkt.u24(at)
    line.put(b"\n\t      Vendor: %s (%d)" % (OUI_NAMES.get(vendor, b"Unknown"), vendor))
    print_unknown_data(line, pkt, at + 3, b"\n\t\t", size - 3)


def write_router_capability(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 7981 §2."""
    if size < 5:
        line.put(b" [object length %d < 5]%s" % (size, INVALID))
        return
    write_host4(line, pkt, at, b"Router-ID ")
    line.put(b", Flags [%s]" % bit_words(names.CAPABILITY_FLAGS, pkt.u8(at + 4)))
    end = at + size
    at += 5
    while end - at >= 2:
        kind, count = pkt.u8(at), pkt.u8(at + 1)
        at += 2
        line.put(b"\n\t\t%s subTLV #%d, length: %d" % (
            b"SR-Capabilities" if kind == 2 else b"unknown", kind, count))
        if count > end - at or not pkt.has(at, count):
            return
        if kind == 2:
            write_segment_routing(line, pkt, at, at + count)
        else:
            print_unknown_data(line, pkt, at, b"\n\t\t", count)
        at += count


def write_segment_routing(line: Line, pkt: Record, at: int, end: int) -> None:
    """RFC 8667 §3.1."""
    line.put(b", Flags [%s], Range %d" % (
        bit_words(names.SEGMENT_ROUTING_FLAGS, pkt.u8(at), none=b"None"), pkt.u24(at + 1)))
    if end - at < 4:
        end += 1 << 32  # tcpdump's rest runs below zero: it reads on to the end of the capture
    at += 4
    while end - at >= 5:
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        at += 2
        if size > end - at:
            return
        if kind != 1:
            print_unknown_data(line, pkt, at, b"\n\t\t  ", size)
        elif size in (3, 4):
            line.put(b", SID value %d" % (pkt.u24(at) if size == 3 else pkt.u32(at)))
        else:
            line.put(b", Unknown SID length%d" % size)
        at += size


#: TLV type → who writes it.
WRITERS: dict[int, Callable[[Line, Record, int, int], None]] = {
    names.AREAS: write_areas,
    names.IS_REACH: write_old_is_reach,
    names.ES_NEIGHBORS: write_es_neighbors,
    names.PARTITION_DIS: write_each(b"\n\t      ", SYSTEM_ID),
    names.PREFIX_NEIGHBORS: write_prefix_neighbors,
    names.IS_NEIGHBORS: write_each(b"\n\t      SNPA: ", SYSTEM_ID),
    names.INSTANCE: write_instance,
    names.LSP_ENTRIES: write_lsp_entries,
    names.AUTHENTICATION: write_authentication,
    names.PURGER: write_purger,
    names.BUFFER_SIZE: write_buffer_size,
    names.EXTENDED_IS_REACH: write_is_reach,
    names.ALIAS: write_alias,
    names.PROTOCOLS: write_protocols,
    names.DOMAIN: write_domain,
    names.IP_ADDRESSES: write_ip_addresses,
    names.TE_ROUTER_ID: write_router_id,
    names.EXTENDED_IP_REACH: write_ip_reach,
    names.HOSTNAME: write_hostname,
    names.RISK_GROUP: write_risk_group,
    names.MT_PORT_CAPABILITY: write_port_capability,
    names.MT_CAPABILITY: write_bridging_capability,
    names.RESTART: write_restart,
    names.MT_IS_REACH: write_mt_is_reach,
    names.TOPOLOGIES: write_topologies,
    names.IP6_ADDRESSES: write_ip6_addresses,
    names.MT_IP_REACH: write_mt_ip_reach,
    names.IP6_REACH: write_ip6_reach,
    names.MT_IP6_REACH: write_mt_ip6_reach,
    names.ADJACENCY: write_adjacency,
    names.HELLO_SEQUENCE: write_hello_sequence,
    names.ROUTER_CAPABILITY: write_router_capability,
    names.PRIVATE: write_private,
}
