"""DHCP for IPv6 (RFC 8415, earlier RFC 3315); tcpdump: print-dhcp6.c.

Options nest in one another; ``MAX_DEPTH`` bounds that.
"""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.application.dhcp6_names import MESSAGE_NAMES, OPTION_NAMES, STATUS_NAMES
from fyke.layers.application.dhcp6_values import MAX_DEPTH, RELAYS, options_of
from fyke.layers.application.dns_name import BAD, write_name
from fyke.layers.fields import U8, Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record, Truncated

RENEW, INFORMATION_REQUEST = 5, 11
SHOWN = 10  # octets shown of what has no known form


def transaction(dhcp: Dhcp6) -> int | None:
    return None if dhcp.type in RELAYS else dhcp.pkt.u24(dhcp.off + 1)


def of_relay(at: int) -> Callable[[Dhcp6], bytes | None]:
    """Reads an address of a relay's message."""
    return lambda dhcp: dhcp.pkt.raw(dhcp.off + at, 16) if dhcp.type in RELAYS else None


def options(dhcp: Dhcp6) -> Options:
    start = 34 if dhcp.type in RELAYS else 4
    return options_of(dhcp.pkt, dhcp.off + start, dhcp.off + dhcp.size)


class Dhcp6(Layer):
    """A message and its options."""

    __slots__ = ()

    name = "dhcp6"
    tag = b"dhcp6"

    type = U8(0, "kind of message", names=as_text(MESSAGE_NAMES))
    xid = Made("u24", transaction, "transaction identifier; a relay's message has none")
    hops = Made("u8", lambda dhcp: dhcp.pkt.u8(dhcp.off + 1) if dhcp.type in RELAYS else None,
                "relays that the message went through")
    link_address = Made("ipv6", of_relay(2), "where the client is, of a relay's message")
    peer_address = Made("ipv6", of_relay(18), "whom a relay has the message from")
    options = Listed(options, "every option; what nests is in the value of its option",
                     keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off)

    def write(self, line: Line) -> None:
        write_message(line, self.pkt, self.off, self.size, 0)


class Cut(Exception):
    """The text of a list of options ends here; what is around it goes on."""


def write_message(line: Line, pkt: Record, off: int, length: int, depth: int) -> None:
    line.protocol = b"dhcp6"
    line.put(b"dhcp6")
    stop = min(off + length, pkt.end)
    xid = pkt.u32(off) & 0xFFFFFF
    kind = pkt.u8(off)
    line.put(b" ")
    line.put(named(MESSAGE_NAMES, kind, b"msgtype-%d"))
    if not line.style.verbose:
        return
    line.put(b" (")
    if kind in RELAYS:
        line.put(b"linkaddr=")
        write_address(line, pkt, off + 2)
        line.put(b" peeraddr=")
        write_address(line, pkt, off + 18)
        off += 34
    else:
        line.put(b"xid=%x" % xid)
        off += 4
    write_options(line, pkt, off, stop, depth)
    line.put(b")")


def write_address(line: Line, pkt: Record, off: int) -> None:
    if not pkt.has(off, 16):
        raise Truncated
    line.host6(pkt, off)


def write_options(line: Line, pkt: Record, off: int, stop: int, depth: int) -> None:
    """Every option between ``off`` and ``stop``, each in parentheses, up to one that is cut."""
    if depth > MAX_DEPTH:
        line.put(b" (nested too deep)")
        return
    try:
        while off < stop:
            if stop - off < 4 or not pkt.has(off, 4) or pkt.u16(off + 2) > stop - off - 4:
                raise Cut
            length = pkt.u16(off + 2)
            write_option(line, pkt, off, length, depth)
            off += 4 + length
    except Cut:
        line.put(b" [|dhcp6]")


def write_option(line: Line, pkt: Record, off: int, length: int, depth: int) -> None:
    code = pkt.u16(off)
    value = off + 4
    line.put(b" (")
    line.put(named(OPTION_NAMES, code, b"opt_%d"))
    if not pkt.has(value, length):
        raise Cut
    if code in NESTING:
        NESTING[code](line, pkt, value, length, depth + 1)
    elif code in WRITERS and not WRITERS[code](line, pkt, value, length):
        line.put(b" ?")
    line.put(b")")


def write_duid(line: Line, pkt: Record, off: int, length: int) -> bool:
    """Who a client or server is (RFC 8415 §11, RFC 6355)."""
    if length < 2:
        return False
    kind = pkt.u16(off)
    if kind == 1 and length >= 8:
        line.put(b" hwaddr/time type %d time %d " % (pkt.u16(off + 2), pkt.u32(off + 4)))
        line.hex_string(pkt, off + 8, length - 8)
    elif kind == 2 and length >= 6:
        line.put(b" enterprise %d " % pkt.u32(off + 2))
        line.hex_string(pkt, off + 6, length - 6)
    elif kind == 3 and length >= 4:
        line.put(b" hwaddr type %d " % pkt.u16(off + 2))
        line.hex_string(pkt, off + 4, length - 4)
    elif kind == 4:
        line.put(b" uuid ")
        if length != 18:
            return False
        line.hex_string(pkt, off + 2, 16)
    elif kind > 4 or kind == 0:
        line.put(b" type %d" % kind)
    else:
        return False
    return True


def write_codes(line: Line, pkt: Record, off: int, length: int) -> bool:
    """Numbers of options."""
    if length % 2:
        return False
    for at in range(off, off + length, 2):
        line.put(b" ")
        line.put(named(OPTION_NAMES, pkt.u16(at), b"opt_%d"))
    return True


def write_number(size: int) -> Callable[[Line, Record, int, int], bool]:
    """A writer for one number of ``size`` octets."""
    def write(line: Line, pkt: Record, off: int, length: int) -> bool:
        if length != size:
            return False
        line.put(b" %d" % int.from_bytes(pkt.raw(off, size), "big"))
        return True
    return write


def write_status(line: Line, pkt: Record, off: int, length: int) -> bool:
    if length < 2:
        return False
    code = pkt.u16(off)
    line.put(b" ")
    line.put(b"INVALID code" if code > 255 else named(STATUS_NAMES, code, b"code%d"))
    return True


def write_some_octets(line: Line, pkt: Record, off: int, length: int) -> bool:
    line.put(b" ")
    put_octets(line, pkt, off, length)
    return True


def put_octets(line: Line, pkt: Record, off: int, length: int) -> None:
    """Hexadecimal: the first few octets, from -vv on all of them."""
    if line.style.verbose > 1 or length <= SHOWN:
        line.hex_string(pkt, off, length)
    else:
        line.hex_string(pkt, off, SHOWN)
        line.put(b"...")


def write_remote_id(line: Line, pkt: Record, off: int, length: int) -> bool:
    if length < 4:
        return False
    line.put(b" enterprise %d" % pkt.u32(off))
    return write_some_octets(line, pkt, off + 4, length - 4)


def write_vendor_class(line: Line, pkt: Record, off: int, length: int) -> bool:
    """An enterprise and its texts (RFC 8415 §21.16)."""
    if length < 4:
        return False
    stop = off + length
    line.put(b" enterprise %d" % pkt.u32(off))
    off += 4
    while stop - off >= 2:
        size = pkt.u16(off)
        off += 2
        line.put(b" (len %d" % size)
        if size > stop - off:
            line.put(b" ?")
            break
        if size:
            line.put(b" data ")
            line.escaped(pkt, off, size)
        line.put(b")")
        off += size
    return off == stop


def write_relay_data(line: Line, pkt: Record, off: int, length: int) -> bool:
    if length < 16:
        return False
    line.put(b" ")
    line.host6(pkt, off)
    return write_some_octets(line, pkt, off + 16, length - 16)


def write_reconfigure(line: Line, pkt: Record, off: int, length: int) -> bool:
    if length != 1:
        return False
    kind = pkt.u8(off)
    line.put(b" for renew" if kind == RENEW else b" for inf-req" if kind == INFORMATION_REQUEST
             else b" for ???(%02x)" % kind)
    return True


def write_addresses(line: Line, pkt: Record, off: int, length: int) -> bool:
    if length % 16:
        return False
    for at in range(off, off + length, 16):
        line.put(b" ")
        line.host6(pkt, at)
    return True


def write_domains(line: Line, pkt: Record, off: int, length: int) -> bool:
    stop = off + length
    while off < stop:
        line.put(b" ")
        off = write_name(line, pkt, off, stop)
        if off == BAD:
            raise Cut
    return True


def write_text(line: Line, pkt: Record, off: int, length: int) -> bool:
    line.put(b" ")
    line.escaped(pkt, off, length)
    return True


def write_padded_text(line: Line, pkt: Record, off: int, length: int) -> bool:
    if length < 5:
        return False
    line.put(b" ")
    line.escape(pkt.raw(off, length).split(b"\0", 1)[0])
    return True


def write_tunnel_name(line: Line, pkt: Record, off: int, length: int) -> bool:
    """The name of the far end of a tunnel (RFC 6334), never compressed."""
    if length < 3:
        return False
    line.put(b" ")
    left = length
    while left and pkt.u8(off):
        size = pkt.u8(off)
        off += 1
        if size >= left - 1:
            line.put(b" ?")
            break
        line.escape(pkt.raw(off, size).split(b"\0", 1)[0])
        off += size
        left -= size + 1
        if pkt.u8(off):
            line.put(b".")
    return True


def write_list(between: bytes) -> Callable[[Line, Record, int, int], bool]:
    """A writer for texts, each after its length."""
    def write(line: Line, pkt: Record, off: int, length: int) -> bool:
        line.put(b" ")
        first = True
        while length >= 2:
            line.put(b"" if first else between)
            first = False
            size = pkt.u16(off)
            if size > length - 2:
                line.put(b" ?")
                break
            line.escaped(pkt, off + 2, size)
            off += size + 2
            length -= size + 2
        return length == 0
    return write


def write_vendor(line: Line, pkt: Record, off: int, length: int) -> bool:
    """A vendor's own options (RFC 8415 §21.17)."""
    if length < 4:
        return False
    stop = off + length
    line.put(b" enterprise %d" % pkt.u32(off))
    off += 4
    while stop - off >= 4:
        size = pkt.u16(off + 2)
        line.put(b" (code %d len %d" % (pkt.u16(off), size))
        off += 4
        if size > stop - off:
            line.put(b" ?")
            return False
        if size:
            line.put(b" data ")
            put_octets(line, pkt, off, size)
        line.put(b")")
        off += size
    return off == stop


def write_time_servers(line: Line, pkt: Record, off: int, length: int) -> bool:
    """NTP servers (RFC 5908)."""
    if length < 4:
        return False
    stop = off + length
    while off < stop - 4:
        kind = pkt.u16(off)
        size = pkt.u16(off + 2)
        off += 4
        if size > stop - off:
            raise Cut
        line.put(b" subopt:%d" % kind)
        if kind in (1, 2) and size == 16:
            line.put(b" ")
            line.host6(pkt, off)
        elif kind == 3:
            line.put(b" ")
            if write_name(line, pkt, off, off + size) == BAD:
                raise Cut
        else:
            line.put(b" ?")
        off += size
    return True


def write_authentication(line: Line, pkt: Record, off: int, length: int) -> bool:
    if length < 11:
        return False
    protocol, algorithm, detection = pkt.u8(off), pkt.u8(off + 1), pkt.u8(off + 2)
    line.put(b" proto: %s" % named({2: b"delayed", 3: b"reconfigure"}, protocol, b"%d"))
    line.put(b", alg: %s" % named({1: b"HMAC-MD5"}, algorithm, b"%d"))
    line.put(b", RDM: %s, RD:" % named({0: b"mono"}, detection, b"%d"))
    for at in range(off + 3, off + 11, 2):
        line.put(b" %04x" % pkt.u16(at))
    off += 11
    rest = length - 11
    if protocol == 2 and rest >= 20:
        if rest > 20:
            line.put(b", realm: ")
            line.hex_string(pkt, off, rest - 20)
        off += rest - 20
        line.put(b", key ID: %08x, HMAC-MD5:" % pkt.u32(off))
        write_words(line, pkt, off + 4)
    elif protocol == 3 and rest == 17:
        kind = pkt.u8(off)
        line.put(b" reconfig-key" if kind == 1 else b" type: HMAC-MD5" if kind == 2
                 else b" type: ??")
        line.put(b" value:")
        write_words(line, pkt, off + 1)
    elif protocol != 2 or rest:
        line.put(b" ??")
    return True


def write_words(line: Line, pkt: Record, off: int) -> None:
    for at in range(off, off + 16, 4):
        line.put(b" %08x" % pkt.u32(at))


def write_nothing(line: Line, pkt: Record, off: int, length: int) -> bool:
    return True


WRITERS: dict[int, Callable[[Line, Record, int, int], bool]] = {
    1: write_duid, 2: write_duid, 6: write_codes, 7: write_number(1), 8: write_number(2),
    11: write_authentication, 13: write_status, 14: write_nothing, 15: write_list(b","),
    16: write_vendor_class, 17: write_vendor, 18: write_some_octets, 19: write_reconfigure,
    20: write_nothing,
    21: write_domains, 22: write_addresses, 23: write_addresses, 24: write_domains,
    27: write_addresses, 28: write_addresses, 31: write_addresses, 32: write_number(4),
    34: write_addresses, 37: write_remote_id, 38: write_some_octets, 40: write_addresses,
    41: write_padded_text, 42: write_padded_text, 43: write_codes, 46: write_number(4),
    47: write_relay_data, 48: write_addresses, 56: write_time_servers, 59: write_text,
    64: write_tunnel_name, 112: write_padded_text, 136: write_list(b","),
}


def write_relayed(line: Line, pkt: Record, off: int, length: int, depth: int) -> None:
    """A whole message within one, whose last parenthesis closes both, as in tcpdump."""
    line.put(b" (")
    if depth > MAX_DEPTH:
        line.put(b"nested too deep")
        return
    saved = pkt.end
    pkt.narrow(off + length)
    write_message(line, pkt, off, length, depth)
    pkt.widen(saved)


def write_association(line: Line, pkt: Record, off: int, length: int, depth: int) -> None:
    if length < 12:
        line.put(b" ?")
        return
    line.put(b" IAID:%d T1:%d T2:%d" % (pkt.u32(off), pkt.u32(off + 4), pkt.u32(off + 8)))
    write_options(line, pkt, off + 12, off + length, depth)


def write_temporary(line: Line, pkt: Record, off: int, length: int, depth: int) -> None:
    if length < 4:
        line.put(b" ?")
        return
    line.put(b" IAID:%d" % pkt.u32(off))
    write_options(line, pkt, off + 4, off + length, depth)


def write_leased_address(line: Line, pkt: Record, off: int, length: int, depth: int) -> None:
    if length < 24:
        line.put(b" ?")
        return
    line.put(b" ")
    line.host6(pkt, off)
    line.put(b" pltime:%d vltime:%d" % (pkt.u32(off + 16), pkt.u32(off + 20)))
    write_options(line, pkt, off + 24, off + length, depth)


def write_prefix(line: Line, pkt: Record, off: int, length: int, depth: int) -> None:
    if length < 25:
        line.put(b" ?")
        return
    line.put(b" ")
    line.host6(pkt, off + 9)
    line.put(b"/%d pltime:%d vltime:%d" % (pkt.u8(off + 8), pkt.u32(off), pkt.u32(off + 4)))
    write_options(line, pkt, off + 25, off + length, depth)


def write_query(line: Line, pkt: Record, off: int, length: int, depth: int) -> None:
    """A lease query (RFC 5007)."""
    if length < 17:
        line.put(b" ?")
        return
    kind = pkt.u8(off)
    line.put(b" ")
    line.put(named({1: b"by-address", 2: b"by-clientID"}, kind, b"type_%d"))
    line.put(b" ")
    line.host6(pkt, off + 1)
    write_options(line, pkt, off + 17, off + length, depth)


def write_client_data(line: Line, pkt: Record, off: int, length: int, depth: int) -> None:
    write_options(line, pkt, off, off + length, depth)


NESTING: dict[int, Callable[[Line, Record, int, int, int], None]] = {
    3: write_association, 4: write_temporary, 5: write_leased_address, 9: write_relayed,
    25: write_association, 26: write_prefix, 44: write_query, 45: write_client_data,
}
