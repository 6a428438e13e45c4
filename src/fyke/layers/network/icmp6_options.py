"""Options of IPv6 neighbour discovery (RFC 4861 §4.6, 4191, 6275, 8106, 8781); print-icmp6.c."""

from __future__ import annotations

from fyke.hints import Iterator, NamedTuple
from fyke.layers.cursor import MOST, Form, Malformed, Tlv, fixed, options, raw
from fyke.layers.fields import Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.plain import address
from fyke.layers.words import bit_words
from fyke.wire import Line, Record

SOURCE_LINK, TARGET_LINK, PREFIX, REDIRECTED, MTU = 1, 2, 3, 4, 5
ADVERT_INTERVAL, HOME_AGENT, NONCE, ROUTE, DNS_SERVERS = 7, 8, 14, 24, 25
DNS_SEARCH, PREF64 = 31, 38

OPTION_NAMES = {
    SOURCE_LINK: b"source link-address", TARGET_LINK: b"destination link-address",
    PREFIX: b"prefix info", REDIRECTED: b"redirected header", MTU: b"mtu",
    DNS_SERVERS: b"rdnss", DNS_SEARCH: b"dnssl", ADVERT_INTERVAL: b"advertisement interval",
    HOME_AGENT: b"homeagent information", NONCE: b"nonce", ROUTE: b"route info",
    PREF64: b"pref64",
}
PREFIX_FLAGS = ((0x80, b"onlink"), (0x40, b"auto"), (0x20, b"router"))
PREFERENCES = (b"medium", b"high", b"rsv", b"low")  # RFC 4191 §2.1
PREF64_LENGTHS = {0: b"96", 1: b"64", 2: b"56", 3: b"48", 4: b"40", 5: b"32"}  # RFC 8781 §4


class Prefix(NamedTuple):
    """A prefix (RFC 4861 §4.6.2)."""

    prefix: str
    length: int  #: bits
    on_link: bool
    autonomous: bool
    valid_lifetime: int  #: seconds
    preferred_lifetime: int  #: seconds


class Servers(NamedTuple):
    """Recursive DNS servers (RFC 8106 §5.1)."""

    lifetime: int  #: seconds
    addresses: list[str]


class Search(NamedTuple):
    """A DNS search list (RFC 8106 §5.2)."""

    lifetime: int  #: seconds
    domains: list[str]


class Route(NamedTuple):
    """A more specific route (RFC 4191 §2.3)."""

    prefix: str
    length: int  #: bits
    preference: str
    lifetime: int  #: seconds


class Pref64(NamedTuple):
    """A NAT64 prefix (RFC 8781 §4)."""

    prefix: str
    length: int  #: bits
    lifetime: int  #: seconds


def read_link(pkt: Record, at: int, size: int) -> str:
    return pkt.raw(at, size).hex(":")


def read_prefix(pkt: Record, at: int, size: int) -> Prefix:
    flags = pkt.u8(at + 1)
    return Prefix(address(pkt.raw(at + 14, 16)), pkt.u8(at), flags & 0x80 != 0, flags & 0x40 != 0,
                  pkt.u32(at + 2), pkt.u32(at + 6))


def read_servers(pkt: Record, at: int, size: int) -> Servers:
    return Servers(pkt.u32(at + 2), [address(pkt.raw(one, 16))
                                     for one in range(at + 6, at + size - 15, 16)])


def read_search(pkt: Record, at: int, size: int) -> Search:
    """Names as DNS writes them, without pointers, zeros behind them."""
    names: list[str] = []
    labels: list[str] = []
    one, stop = at + 6, at + size
    while one < stop:
        length = pkt.u8(one)
        if length == 0:
            if not labels:
                break
            names.append(".".join(labels) + ".")
            labels = []
        elif length > 63 or one + 1 + length > stop:
            raise Malformed("a label that cannot be")
        else:
            labels.append(pkt.raw(one + 1, length).decode("ascii", "backslashreplace"))
        one += 1 + length
    return Search(pkt.u32(at + 2), names)


def read_route(pkt: Record, at: int, size: int) -> Route:
    prefix = pkt.raw(at + 6, min(16, size - 6)).ljust(16, b"\0")
    return Route(address(prefix), pkt.u8(at), PREFERENCES[pkt.u8(at + 1) >> 3 & 3].decode(),
                 pkt.u32(at + 2))


def read_pref64(pkt: Record, at: int, size: int) -> Pref64:
    word = pkt.u16(at)
    bits = PREF64_LENGTHS.get(word & 7)
    if bits is None:
        raise Malformed("no such prefix length")
    return Pref64(address(pkt.raw(at + 2, 12) + bytes(4)), int(bits), word & 0xFFF8)


def read_u32_behind(pkt: Record, at: int, size: int) -> int:
    """A number behind two reserved octets."""
    return pkt.u32(at + 2)


class HomeAgent(NamedTuple):
    """A home agent (RFC 6275 §7.4)."""

    preference: int
    lifetime: int  #: seconds


def read_home_agent(pkt: Record, at: int, size: int) -> HomeAgent:
    return HomeAgent(pkt.u16(at + 2), pkt.u16(at + 4))


FORMS: dict[int, Form] = {
    SOURCE_LINK: Form("source_link_address", read_link, 6),
    TARGET_LINK: Form("target_link_address", read_link, 6),
    PREFIX: fixed("prefix", 30, read_prefix), REDIRECTED: Form("redirected", raw),
    MTU: fixed("mtu", 6, read_u32_behind), NONCE: Form("nonce", raw),
    ADVERT_INTERVAL: fixed("advertisement_interval", 6, read_u32_behind),
    HOME_AGENT: fixed("home_agent", 6, read_home_agent), ROUTE: Form("route", read_route, 6, 22),
    DNS_SERVERS: Form("rdnss", read_servers, 22), DNS_SEARCH: Form("dnssl", read_search, 6),
    PREF64: fixed("pref64", 14, read_pref64), 26: Form("flags_extension", raw, 6),
    33: Form("address_registration", raw), 37: Form("captive_portal", raw),
    13: fixed("timestamp", 14, raw),
}


def elements(pkt: Record, at: int, stop: int) -> Iterator[Tlv]:
    """Type, length in units of eight octets with both, value (RFC 4861 §4.6)."""
    for _ in range(MOST):
        if stop - at < 2:
            return
        size = pkt.u8(at + 1) << 3
        if size == 0 or size > stop - at:
            raise Malformed(f"an option of {size} octets where {stop - at} are left")
        yield Tlv(pkt.u8(at), at, at + 2, size - 2)
        at += size


def options_of(pkt: Record, at: int, stop: int) -> Options:
    """Every option between two offsets, as values."""
    return options(pkt, elements(pkt, at, stop), FORMS)


def write_options(line: Line, pkt: Record, first: int, rest: int) -> None:
    """The options in ``rest`` octets from ``first`` (-v)."""
    off = first
    while off < pkt.end:
        if rest <= 0:
            return
        kind = pkt.u8(off)
        units = pkt.u8(off + 1)
        size = units << 3
        if size == 0 or off + size > pkt.end:
            line.put(b" [|icmp6]")
            return
        line.put(b"\n\t  %s option (%d), length %d (%d): " % (
            OPTION_NAMES.get(kind, b"unknown"), kind, size, units))
        if not write_option(line, pkt, off, kind, size, first):
            return
        if line.style.verbose > 1:
            print_unknown_data(line, pkt, off + 2, b"\n\t    ", size - 2)
        off += size
        rest -= size


def write_option(line: Line, pkt: Record, off: int, kind: int, size: int, first: int) -> bool:
    """One option; False if nothing after it is to be decoded."""
    if kind in (SOURCE_LINK, TARGET_LINK):
        line.put(pkt.raw(off + 2, size - 2).hex(":").encode())
    elif kind == PREFIX:
        write_prefix(line, pkt, off, size)
    elif kind == REDIRECTED:
        print_unknown_data(line, pkt, first, b"\n\t    ", size)
    elif kind == MTU:
        line.put(b" %d%s" % (pkt.u32(off + 4), b"bad option length" if size != 8 else b""))
    elif kind == DNS_SERVERS:
        line.put(b" lifetime %ds," % pkt.u32(off + 4))
        for i in range((size // 8 - 1) // 2):
            line.put(b" addr: ")
            line.host6(pkt, off + 8 + 16 * i)
    elif kind == DNS_SEARCH:
        line.put(b" lifetime %ds, domain(s):" % pkt.u32(off + 4))
        write_domains(line, pkt, off + 8, off + size)
    elif kind == ADVERT_INTERVAL:
        line.put(b" %dms" % pkt.u32(off + 4))
    elif kind == HOME_AGENT:
        line.put(b" preference %d, lifetime %d" % (pkt.u16(off + 4), pkt.u16(off + 6)))
    elif kind == ROUTE:
        return write_route(line, pkt, off, size)
    elif kind == NONCE:
        line.put(pkt.raw(off + 2, size - 2).hex(" ").encode())
    elif kind == PREF64:
        word = pkt.u16(off + 2)
        if size != 16:  # RFC 8781 §4
            line.put(b"bad option length! ")
        write_partial(line, pkt, off + 4, 12)
        line.put(b"/%s (plc %d), lifetime %ds" % (
            PREF64_LENGTHS.get(word & 7, b"??"), word & 7, word & 0xFFF8))
    elif line.style.verbose <= 1:
        print_unknown_data(line, pkt, off + 2, b"\n\t  ", size - 2)
        return False
    return True


def lifetime(seconds: int) -> bytes:
    return b"infinity" if seconds == 0xFFFFFFFF else b"%ds" % seconds


def write_prefix(line: Line, pkt: Record, off: int, size: int) -> None:
    flags = pkt.u8(off + 3)
    pkt.raw(off + 16, 16)
    line.host6(pkt, off + 16)
    names = bit_words(PREFIX_FLAGS, flags)
    line.put(b"/%d%s, Flags [%s], valid time %s, pref. time %s" % (
        pkt.u8(off + 2), b"badlen" if size != 32 else b"", names,
        lifetime(pkt.u32(off + 4)), lifetime(pkt.u32(off + 8))))


def write_partial(line: Line, pkt: Record, off: int, count: int) -> None:
    """An address of which only the first ``count`` octets are there."""
    whole = Record(pkt.raw(off, count).ljust(16, b"\0"))
    line.host6(whole, 0)


def write_route(line: Line, pkt: Record, off: int, size: int) -> bool:
    """RFC 4191 §2.3."""
    if size > 24:
        line.put(b" [|icmp6]")
        return False
    line.char(32)
    write_partial(line, pkt, off + 8, size - 8)
    line.put(b"/%d, pref=%s, lifetime=%s" % (
        pkt.u8(off + 2), PREFERENCES[pkt.u8(off + 3) >> 3 & 3], lifetime(pkt.u32(off + 4))))
    return True


def write_domains(line: Line, pkt: Record, off: int, stop: int) -> None:
    """Names without compression (RFC 8106 §5.2), up to an empty one."""
    while off < stop and pkt.u8(off):
        line.char(32)
        while off < stop:
            count = pkt.u8(off)
            off += 1
            if count == 0:
                break
            if count > 63 or off + count > stop:
                line.put(b"<BAD PTR>")
                return
            line.escaped(pkt, off, count)
            line.char(46)
            off += count
