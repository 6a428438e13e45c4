"""Home Networking Control Protocol over DNCP (RFC 7787, RFC 7788); tcpdump: print-hncp.c."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.application.babel import put_address, put_prefix
from fyke.layers.application.bgp_routes import masked
from fyke.layers.application.dhcp6 import write_addresses
from fyke.layers.application.dns_name import BAD, write_name
from fyke.layers.application.hncp_names import DHCP4_NAMES, DHCP6_NAMES, RANGES, TYPE_NAMES
from fyke.layers.application.hncp_values import values
from fyke.layers.fields import Listed, Made
from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record

HEADER = 4  # octets of type and length
NODE_ENDPOINT = 3
MAX_NESTED = 64  # TLVs in TLVs: a hostile packet could hold thousands
ALL_LEVELS = 3  # -vvv; fewer: so many levels in full, the next as a list of names
DHCP4_DATA = 37
DHCP4_ADDRESSES, DHCP4_DOMAINS = (6, 42), 119  # RFC 2132, RFC 3397
DHCP6_ADDRESSES, DHCP6_DOMAINS = (23, 31), 24  # RFC 3646, RFC 4075
LONGEST_NAME = 63  # octets of a node's name
INTERNET, LAST_PREFIX, DOMAIN, OPAQUE, RESTRICTIVE = 0, 128, 129, 130, 131  # policies
CUT_SHORT = b" [|hncp]"


class Invalid(Exception):
    """A TLV that is too short for its type, or says the impossible."""


class TooLong(Invalid):
    """More bits of a prefix than its address has."""


def of_sender(at: int) -> Callable[[Hncp], int | None]:
    """Reads a number of the TLV that names the sender; None if the message begins otherwise."""
    return lambda hncp: (hncp.pkt.u32(hncp.off + at)
                         if hncp.pkt.u16(hncp.off) == NODE_ENDPOINT else None)


class Hncp(Layer):
    """A message: TLVs, of which the first names the sender."""

    __slots__ = ()

    name = "hncp"
    tag = b"hncp"

    node = Made("u32", of_sender(HEADER), "the sender's node identifier")
    endpoint = Made("u32", of_sender(HEADER + 4), "which of the sender's endpoints sent it")
    tlvs = Listed(lambda hncp: values(hncp.pkt, hncp.off, hncp.off + hncp.size),
                  "TLVs, each with those that nest in it")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off)

    def write(self, line: Line) -> None:
        line.put(b"hncp (%d)" % self.size)
        write_tlvs(line, self.pkt, self.off, self.size, 1)


def padded(size: int) -> int:
    return size + (-size & 3)


def type_name(kind: int) -> tuple[bytes, bool]:
    """The name of a type, or of the range it is in; whether it is its own."""
    name = TYPE_NAMES.get(kind)
    if name is not None:
        return name, True
    return next(text for first, last, text in RANGES if first <= kind <= last), False


def write_tlvs(line: Line, pkt: Record, at: int, length: int, indent: int) -> None:
    """A level of TLVs: each on its own line, or at the deepest level shown a list of names."""
    if indent > MAX_NESTED:
        line.put(b" [too many levels]")
        return
    listed = indent - 1 >= line.style.verbose and line.style.verbose < ALL_LEVELS
    names: list[tuple[bytes, int]] = []
    stop = at + length
    fault = b""
    while at < stop and not fault:
        if not listed:
            line.put(b"\n" + b"\t" * indent)
        fault = what_is_missing(pkt, at, stop)
        if fault:
            names = names[:-1]  # the last might have been more
            break
        kind, size = pkt.u16(at), pkt.u16(at + 2)
        if listed:
            add_name(names, type_name(kind)[0])
        else:
            fault = write_tlv(line, pkt, at, indent)
        at += HEADER + padded(size)
    write_names(line, names, indent)
    line.put(fault)


def what_is_missing(pkt: Record, at: int, stop: int) -> bytes:
    """What to say if the TLV at ``at`` is not whole."""
    if not pkt.has(at, HEADER):
        return CUT_SHORT
    if at + HEADER > stop:
        return INVALID
    size = pkt.u16(at + 2)
    if not pkt.has(at + HEADER, size):
        return CUT_SHORT
    return INVALID if at + HEADER + size > stop else b""


def add_name(names: list[tuple[bytes, int]], name: bytes) -> None:
    if names and names[-1][0] == name:
        names[-1] = (name, names[-1][1] + 1)
    else:
        names.append((name, 1))


def write_names(line: Line, names: list[tuple[bytes, int]], indent: int) -> None:
    between = b"\n" + b"\t" * indent if indent > 1 else b" "
    for name, count in names:
        line.put(between + name)
        if count > 1:
            line.put(b" (x%d)" % count)
        between = b", "


def write_tlv(line: Line, pkt: Record, at: int, indent: int) -> bytes:
    """A TLV in full; what is wrong if the others of its level cannot be read after it."""
    kind, size = pkt.u16(at), pkt.u16(at + 2)
    name, own = type_name(kind)
    line.put(name if own else b"%s: type=%d" % (name, kind))
    line.put(b" (%d)" % (size + HEADER))
    if kind not in WRITERS:
        return b""
    least, writer = WRITERS[kind]
    try:
        if size < least:
            raise Invalid
        writer(line, pkt, at + HEADER, size, indent)
    except Invalid:
        if kind == DHCP4_DATA and size:
            return INVALID
        line.put(INVALID)
    return b""


def need(holds: bool) -> None:
    if not holds:
        raise Invalid


def node(pkt: Record, at: int) -> bytes:
    return pkt.raw(at, 4).hex(":").encode()


def seconds(milliseconds: int) -> bytes:
    return b"%d.%03ds" % divmod(milliseconds, 1000)


def write_rest(line: Line, pkt: Record, at: int, size: int, used: int, indent: int) -> None:
    """TLVs in a TLV, after ``used`` octets."""
    used = padded(used)
    if size >= used:
        write_tlvs(line, pkt, at + used, size - used, indent + 1)


# --- DNCP's own ----------------------------------------------------------------------------------


def write_network_request(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    need(size == 0)


def write_node_request(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    need(size == 4)
    line.put(b" NID: " + node(pkt, at))


def write_endpoint(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    need(size == 8)
    line.put(b" NID: %s EPID: %08x" % (node(pkt, at), pkt.u32(at + 4)))


def write_network_state(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    need(size == 8)
    line.put(b" hash: %016x" % pkt.u64(at))


def write_node_state(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    line.put(b" NID: %s seqno: %d %s hash: %016x" % (
        node(pkt, at), pkt.u32(at + 4), seconds(pkt.u32(at + 8)), pkt.u64(at + 12)))
    write_rest(line, pkt, at, size, 20, indent)


def write_peer(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    need(size == 12)
    line.put(b" Peer-NID: %s Peer-EPID: %08x Local-EPID: %08x" % (
        node(pkt, at), pkt.u32(at + 4), pkt.u32(at + 8)))


def write_keep_alive(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    line.put(b" EPID: %08x Interval: %s" % (pkt.u32(at), seconds(pkt.u32(at + 4))))


def write_verdict(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    line.put(b" Verdict: %d Fingerprint: %s Common Name: " % (
        pkt.u8(at), pkt.raw(at + 4, 32).hex().encode()))
    write_padded(line, pkt, at + 36, size - 36)


# --- HNCP's --------------------------------------------------------------------------------------


def write_version(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    word = pkt.u16(at + 2)
    line.put(b" M: %d P: %d H: %d L: %d User-agent: " % (
        word >> 12, word >> 8 & 15, word >> 4 & 15, word & 15))
    write_padded(line, pkt, at + 4, size - 4)


def write_container(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    write_rest(line, pkt, at, size, 0, indent)


def write_prefix(line: Line, pkt: Record, at: int, size: int) -> int:
    """A prefix after its length in bits; octets of both. Raises Invalid, or TooLong."""
    bits = pkt.u8(at)
    octets = (bits + 7) // 8
    if bits > 128:
        raise TooLong
    need(octets < size)
    put_prefix(line, masked(pkt, at + 1, bits, 16), bits)
    return 1 + octets


def write_said_prefix(line: Line, pkt: Record, at: int, size: int) -> int:
    """The same, with words for a length that no address has; 0 then."""
    try:
        return write_prefix(line, pkt, at, size)
    except TooLong:
        line.put(b"(length is invalid)")
        return 0


def write_delegated(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    need(size >= 9 + (pkt.u8(at + 8) + 7) // 8)
    line.put(b" VLSO: %s PLSO: %s Prefix: " % (
        seconds(pkt.u32(at)), seconds(pkt.u32(at + 4))))
    used = write_said_prefix(line, pkt, at + 8, size - 8)
    if used:
        write_rest(line, pkt, at, size, 8 + used, indent)


def write_policy(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    policy = pkt.u8(at)
    line.put(b" type: ")
    if policy == INTERNET:
        need(size == 1)
        line.put(b"Internet connectivity")
    elif policy <= LAST_PREFIX:
        line.put(b"Dest-Prefix: ")
        write_said_prefix(line, pkt, at, size)
    elif policy == DOMAIN:
        line.put(b"DNS domain: ")
        write_labels(line, pkt, at + 1, size - 1)
    elif policy == OPAQUE:
        line.put(b"Opaque UTF-8: ")
        write_padded(line, pkt, at + 1, size - 1)
    elif policy == RESTRICTIVE:
        need(size == 1)
        line.put(b"Restrictive assignment")
    else:
        line.put(b"Unknown (%d)" % policy)


def write_assigned(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    need(size >= 6 + (pkt.u8(at + 5) + 7) // 8)
    line.put(b" EPID: %08x Prty: %d Prefix: " % (pkt.u32(at), pkt.u8(at + 4) & 15))
    write_rest(line, pkt, at, size, 5 + write_prefix(line, pkt, at + 5, size - 5), indent)


def write_node_address(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    line.put(b" EPID: %08x IP Address: " % pkt.u32(at))
    put_address(line, pkt.raw(at + 4, 16))
    write_rest(line, pkt, at, size, 20, indent)


def write_zone(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    line.put(b" IP-Address: ")
    put_address(line, pkt.raw(at, 16))
    flags = pkt.u8(at + 16)
    line.put(b" %s%s%s " % (b"l" if flags & 4 else b"-", b"b" if flags & 2 else b"-",
                            b"s" if flags & 1 else b"-"))
    used = write_labels(line, pkt, at + 17, size - 17)
    need(used != BAD)
    write_rest(line, pkt, at, size, 17 + used, indent)


def write_domain(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    line.put(b" Domain: ")
    write_labels(line, pkt, at, size)


def write_node_name(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    count = pkt.u8(at + 16)
    need(size >= 17 + count)
    line.put(b" IP-Address: ")
    put_address(line, pkt.raw(at, 16))
    line.put(b" Name: ")
    if count > LONGEST_NAME:
        line.put(INVALID)
    else:
        line.char(34)
        write_padded(line, pkt, at + 17, count)
        line.char(34)
    write_rest(line, pkt, at, size, 17 + count, indent)


def write_key(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    line.put(b" PSK: " + pkt.raw(at, 32).hex().encode())
    write_rest(line, pkt, at, size, 32, indent)


def write_labels(line: Line, pkt: Record, at: int, size: int) -> int:
    """A name whose labels are not compressed; its octets, or BAD if it does not end."""
    used = 0
    while used < size:
        count = pkt.u8(at + used)
        used += 1
        if count == 0:
            return used
        if used > 1:
            line.char(46)
        write_padded(line, pkt, at + used, min(count, size - used))
        used += count
    line.put(b"[|DNS]")
    return BAD


# --- DHCP options --------------------------------------------------------------------------------


def write_dhcp4(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    stop = at + size
    while at < stop:
        need(stop - at >= 2)
        kind, count = pkt.u8(at), pkt.u8(at + 1)
        write_option(line, named(DHCP4_NAMES, kind, b"Unknown"), count + 2, indent)
        at += 2
        need(at + count <= stop)
        if kind in DHCP4_ADDRESSES:
            need(count >= 4 and count % 4 == 0)
            for place in range(at, at + count, 4):
                line.char(32)
                line.host4(pkt.u32(place))
        elif kind == DHCP4_DOMAINS:
            write_domains(line, pkt, at, at + count)
        at += count


def write_dhcp6(line: Line, pkt: Record, at: int, size: int, indent: int) -> None:
    stop = at + size
    while at < stop:
        need(stop - at >= HEADER)
        kind, count = pkt.u16(at), pkt.u16(at + 2)
        write_option(line, named(DHCP6_NAMES, kind, b"Unknown"), count + HEADER, indent)
        at += HEADER
        need(at + count <= stop)
        if kind in DHCP6_ADDRESSES:
            if not write_addresses(line, pkt, at, count):
                line.put(INVALID)
                raise Invalid
        elif kind == DHCP6_DOMAINS:
            write_domains(line, pkt, at, at + count)
        at += count


def write_option(line: Line, name: bytes, size: int, indent: int) -> None:
    line.put(b"\n" + b"\t" * (indent + 1))
    line.put(b"%s (%d)" % (name, size))


def write_domains(line: Line, pkt: Record, at: int, stop: int) -> None:
    while at < stop:
        line.char(32)
        at = write_name(line, pkt, at, stop)
        need(at != BAD)


#: Type: the octets that its TLV has at least, and what writes them.
WRITERS: dict[int, tuple[int, Callable[[Line, Record, int, int, int], None]]] = {
    1: (0, write_network_request), 2: (4, write_node_request), 3: (8, write_endpoint),
    4: (8, write_network_state), 5: (20, write_node_state), 8: (12, write_peer),
    9: (8, write_keep_alive), 10: (37, write_verdict), 32: (5, write_version),
    33: (0, write_container), 34: (9, write_delegated), 35: (6, write_assigned),
    36: (20, write_node_address), DHCP4_DATA: (1, write_dhcp4), 38: (1, write_dhcp6),
    39: (17, write_zone), 40: (1, write_domain), 41: (17, write_node_name), 42: (32, write_key),
    43: (1, write_policy),
}
