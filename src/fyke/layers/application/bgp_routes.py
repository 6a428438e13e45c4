"""Routes in BGP: prefixes of every address family (RFC 4760, RFC 4364, RFC 8277, RFC 6514 …).

A writer gets the offset of a route and where the routes end, writes it on a line of its own and
returns the offset after it; None ends the list, ``Cut`` ends the message.
"""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.application.bgp_names import MULTICAST_ROUTE_NAMES
from fyke.layers.network.osi_parts import nsap_text
from fyke.layers.words import named
from fyke.wire import Line, Record

IPV4, IPV6, NSAP, VPLS, L2VPN = 1, 2, 3, 25, 196  # address families
UNICAST, LABELED, MULTICAST_VPN, VPLS_SAFI, MDT, TARGETS = 1, 4, 5, 65, 66, 132
PLAIN = (1, 2, 3)  # subsequent address families: unicast, multicast, both
VPN = (128, 129, 130)  # the same, in a private network and with labels
RD_LENGTH = 8  # octets of a route distinguisher
LABEL_BITS, RD_BITS = 24, 64
CUT_SHORT = -1
ILLEGAL = b"\n\t    (illegal prefix length)"


class Cut(Exception):
    """A message ends too early: shown as ``[|bgp]``, and the next message is tried."""


def as_number(line: Line, number: int) -> bytes:
    """An AS number, with a dot if -b asks for it."""
    if line.style.as_dot and number > 0xFFFF:
        return b"%d.%d" % (number >> 16, number & 0xFFFF)
    return b"%d" % number


def dotted(pkt: Record, off: int) -> bytes:
    return b".".join(b"%d" % octet for octet in pkt.raw(off, 4))


def put_address(line: Line, octets: bytes) -> None:
    """An address that need not stand in the packet."""
    packet = Record(octets)
    if len(octets) == 4:
        line.host4(packet.u32(0))
    else:
        line.host6(packet, 0)


def masked(pkt: Record, off: int, bits: int, size: int) -> bytes:
    """The first ``bits`` bits at ``off`` as an address of ``size`` octets."""
    octets = bytearray(pkt.raw(off, (bits + 7) // 8))
    if bits % 8:
        octets[-1] &= 0xFF00 >> bits % 8 & 0xFF
    return bytes(octets).ljust(size, b"\0")


def distinguisher(line: Line, pkt: Record, off: int) -> bytes:
    """A route distinguisher (RFC 4364 §4.2)."""
    kind = pkt.u16(off)
    if kind == 0:
        return b"%d:%d (= %s)" % (pkt.u16(off + 2), pkt.u32(off + 4), dotted(pkt, off + 4))
    if kind == 1:
        return b"%s:%d" % (dotted(pkt, off + 2), pkt.u16(off + 6))
    if kind == 2:
        return b"%s:%d (%s:%d)" % (as_number(line, pkt.u32(off + 2)), pkt.u16(off + 6),
                                   dotted(pkt, off + 2), pkt.u16(off + 6))
    return b"unknown RD format"


def put_label(line: Line, pkt: Record, off: int) -> None:
    bottom = pkt.u24(off) & 1
    line.put(b", label:%d %s" % (
        pkt.u24(off) >> 4, b"(bottom)" if bottom else b"(BOGUS: Bottom of Stack NOT set!)"))


def write_labeled(size: int) -> Callable[[Line, Record, int, int], int | None]:
    """A writer for a prefix behind one label (RFC 8277 §2)."""
    def write(line: Line, pkt: Record, off: int, stop: int) -> int | None:
        if not pkt.has(off, 4):
            raise Cut
        if stop - off < 4:
            return None
        bits = pkt.u8(off) - LABEL_BITS
        if not 0 <= bits <= 8 * size:
            line.put(ILLEGAL)
            return None
        octets = (bits + 7) // 8
        if size == 4 and stop - off < 4 + octets:
            return None
        address = masked(pkt, off + 4, bits, size)
        line.put(b"\n\t      ")
        put_address(line, address)
        line.put(b"/%d" % bits)
        put_label(line, pkt, off + 1)
        return off + 4 + octets
    return write


def write_vpn(size: int) -> Callable[[Line, Record, int, int], int | None]:
    """A writer for a prefix behind a label and a route distinguisher (RFC 4364 §4.3.4)."""
    def write(line: Line, pkt: Record, off: int, stop: int) -> int | None:
        bits = pkt.u8(off) - LABEL_BITS - RD_BITS
        if not 0 <= bits <= 8 * size:
            line.put(ILLEGAL)
            return None
        address = masked(pkt, off + 12, bits, size)
        who = distinguisher(line, pkt, off + 4)
        pkt.u24(off + 1)
        line.put(b"\n\t      RD: %s, " % who)
        if size == 19:
            line.put(nsap_text(address[:(bits + 7) // 8]))
        else:
            put_address(line, address)
        line.put(b"/%d" % bits)
        put_label(line, pkt, off + 1)
        return off + 12 + (bits + 7) // 8
    return write


def write_osi(line: Line, pkt: Record, off: int, stop: int) -> int | None:
    """An OSI prefix; the three octets skipped before the address are tcpdump's."""
    bits = pkt.u8(off)
    if bits > 152:
        line.put(ILLEGAL)
        return None
    octets = (bits + 7) // 8
    address = masked(pkt, off + 4, bits, 19)[:octets]
    line.put(b"\n\t      %s/%d" % (nsap_text(address), bits))
    return off + 1 + octets


def write_target(line: Line, pkt: Record, off: int, stop: int) -> int | None:
    """A route target membership (RFC 4684 §4)."""
    bits = pkt.u8(off)
    if bits == 0:
        line.put(b"\n\t      default route target")
        return off + 1
    origin = as_number(line, pkt.u32(off + 1)) if bits >= 32 else b""
    bits -= 32
    if not 0 <= bits <= 64:
        line.put(b"\n\t      (illegal prefix length)")
        return None
    octets = (bits + 7) // 8
    target = masked(pkt, off + 5, bits, 8)
    line.put(b"\n\t      origin AS: %s, %s" % (origin, target_text(line, target, bits)))
    return off + 5 + octets


def target_text(line: Line, target: bytes, bits: int) -> bytes:
    if bits == 0:
        return b"route-target: 0:0/0"
    digits = target[:(bits + 7) // 8].hex(" ", -2).encode()
    if bits < 16:
        return b"route-target: partial-type: (%s/%d)" % (digits, bits)
    kind = int.from_bytes(target[:2], "big")
    packet = Record(target)
    if kind == 0x0002:
        value = b"%d:%d" % (packet.u16(2), packet.u32(4))
    elif kind == 0x0102:
        value = b"%s:%d" % (dotted(packet, 2), packet.u16(6))
    elif kind == 0x0202:
        value = b"%s:%d" % (as_number(line, packet.u32(2)), packet.u16(6))
    else:
        return b"route target: unknown-type(%04x) (%s/%d)" % (kind, digits, bits)
    return b"route-target: %s/%d (%s)" % (value, bits, digits)


def write_mdt(line: Line, pkt: Record, off: int, stop: int) -> int | None:
    """A multicast distribution tree (RFC 6037)."""
    if pkt.u8(off) != 128:
        line.put(ILLEGAL)
        return None
    if not pkt.has(off + 1, 8):
        raise Cut
    who = distinguisher(line, pkt, off + 1)
    line.put(b"\n\t      RD: %s, VPN IP Address: %s, MC Group Address: %s" % (
        who, dotted(pkt, off + 9), dotted(pkt, off + 13)))
    return off + 17


def write_l2(line: Line, pkt: Record, off: int, stop: int) -> int | None:
    """A layer 2 VPN's site, in the old form or the one for discovery only (RFC 4761, RFC 6074)."""
    length = pkt.u16(off)
    at = off + 2
    if length == 12:
        if not pkt.has(at, 12):
            raise Cut
        line.put(b"\n\t      RD: %s, BGPNH: %s" % (distinguisher(line, pkt, at),
                                                   dotted(pkt, at + 8)))
    elif length > 17:
        if not pkt.has(at, 15):
            raise Cut
        line.put(b"\n\t      RD: %s, CE-ID: %d, Label-Block Offset: %d, Label Base %d" % (
            distinguisher(line, pkt, at), pkt.u16(at + 8), pkt.u16(at + 10),
            pkt.u24(at + 12) >> 4))
        write_l2_values(line, pkt, at + 15, length - 15)
    else:
        raise Cut
    return off + 2 + length


def write_l2_values(line: Line, pkt: Record, off: int, left: int) -> None:
    while left:
        if left < 3:
            line.put(b"\n\t\tran past the end")
            return
        kind = pkt.u8(off)
        bits = pkt.u16(off + 1)
        octets = (bits + 7) // 8
        off += 3
        if kind == 1:
            line.put(b"\n\t\tcircuit status vector (%d) length: %d: 0x" % (kind, bits))
            shown = min(octets, left)
            line.hex_string(pkt, off, shown)
            off += shown
            left -= shown
            if shown < octets:
                line.put(b" (ran past the end)")
                return
        else:
            line.put(b"\n\t\tunknown TLV #%d, length: %d" % (kind, bits))
            if left < octets:
                line.put(b" (ran past the end)")
                return
            left -= octets
            if octets == 0:
                return


def write_multicast(line: Line, pkt: Record, off: int, stop: int) -> int | None:
    """A multicast VPN's route (RFC 6514 §4)."""
    kind = pkt.u8(off)
    length = pkt.u8(off + 1)
    at = off + 2
    line.put(b"\n\t      Route-Type: %s (%d), length: %d" % (
        named(MULTICAST_ROUTE_NAMES, kind, b"Unknown"), kind, length))
    if kind in (1, 2, 3, 5, 6, 7):
        if not pkt.has(at, RD_LENGTH) or (kind == 1 and length < RD_LENGTH):
            raise Cut
        line.put(b", RD: " + distinguisher(line, pkt, at))
        at += RD_LENGTH
    if kind == 1:
        line.put(b", Originator ")
        put_group_address(line, pkt, at, (length - RD_LENGTH) * 8)
    elif kind in (2, 6, 7):
        line.put(b", Source-AS " + as_number(line, pkt.u32(at)))
        at += 4
    if kind in (3, 5, 6, 7):
        at = put_source_and_group(line, pkt, at)
    if kind == 3:
        line.put(b", Originator ")
        put_group_address(line, pkt, at, max(off + 2 + length - at, 0) * 8)
    return off + 2 + length


def put_source_and_group(line: Line, pkt: Record, off: int) -> int:
    for label in (b", Source ", b", Group "):
        bits = pkt.u8(off)
        off += 1
        if not pkt.has(off, bits // 8):
            return off
        if bits:
            line.put(label)
            put_group_address(line, pkt, off, bits)
            off += bits // 8
    return off


def put_group_address(line: Line, pkt: Record, off: int, bits: int) -> None:
    if bits in (32, 128):
        put_address(line, pkt.raw(off, bits // 8))
    else:
        line.put(b"bogus address length %d" % bits)


ROUTES: dict[tuple[int, int], Callable[[Line, Record, int, int], int | None]] = {
    (IPV4, LABELED): write_labeled(4), (IPV6, LABELED): write_labeled(16),
    (IPV4, TARGETS): write_target, (IPV4, MULTICAST_VPN): write_multicast,
    (IPV4, MDT): write_mdt, (VPLS, VPLS_SAFI): write_l2,
}
for _safi in VPN:
    ROUTES[IPV4, _safi] = write_vpn(4)
    ROUTES[IPV6, _safi] = write_vpn(16)
    ROUTES[NSAP, _safi] = write_vpn(19)
    ROUTES[L2VPN, _safi] = write_l2
for _safi in PLAIN:
    ROUTES[NSAP, _safi] = write_osi


def is_known(family: int, subfamily: int) -> bool:
    return (family, subfamily) in ROUTES or (family in (IPV4, IPV6) and subfamily in PLAIN)


def write_routes(line: Line, pkt: Record, off: int, stop: int, family: int,
                 subfamily: int) -> None:
    """Every route of a multi-protocol attribute."""
    if subfamily in PLAIN and family in (IPV4, IPV6):
        size = 4 if family == IPV4 else 16
        write_plain(line, pkt, off, stop, b"\n\t      ", size)
        return
    write = ROUTES[family, subfamily]
    while off < stop:
        after = write(line, pkt, off, stop)
        if after is None:
            return
        off = after


def write_plain(line: Line, pkt: Record, off: int, stop: int, indent: bytes, size: int) -> int:
    """Plain prefixes, with path identifiers if they seem to have some.

    Returns the offset where it stopped: ``stop``, or a prefix that cannot be; CUT_SHORT if one
    is not all there.
    """
    paths = has_paths(pkt, off, stop, 8 * size)
    while off < stop:
        path = 0
        if paths:
            path = pkt.u32(off)
            off += 4
        if stop - off < 1:
            return CUT_SHORT
        bits = pkt.u8(off)
        if bits > 8 * size:
            line.put(ILLEGAL)
            return off
        octets = (bits + 7) // 8
        if stop - off < 1 + octets:
            return CUT_SHORT
        address = masked(pkt, off + 1, bits, size)
        line.put(indent)
        put_address(line, address)
        line.put(b"/%d" % bits)
        if paths:
            line.put(b"   Path Id: %d" % path)
        off += 1 + octets
    return off


def has_paths(pkt: Record, off: int, stop: int, most: int) -> bool:
    """Whether the prefixes make sense with path identifiers (RFC 7911), and not without.

    Only the OPEN messages could say for sure.
    """
    if stop - off < 5:
        return False
    at = off
    while at < stop:
        at += 4
        if not pkt.has(at, 1):
            break
        bits = pkt.u8(at)
        if bits > most:
            return False
        at += 1 + (bits + 7) // 8
    if at > stop:
        return False
    at = off
    while at < stop and pkt.has(at, 1):
        bits = pkt.u8(at)
        if not 1 <= bits <= most:
            return True
        at += 1 + (bits + 7) // 8
    return at > stop
