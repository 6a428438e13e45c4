"""Options of IPv6 neighbour discovery (RFC 4861 §4.6, 4191, 6275, 8106, 8781); print-icmp6.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.words import bit_words
from fyke.wire import Line, Packet

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


def write_options(line: Line, pkt: Packet, first: int, rest: int) -> None:
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


def write_option(line: Line, pkt: Packet, off: int, kind: int, size: int, first: int) -> bool:
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
        write_partial(line, pkt, off + 4, 12)
        line.put(b"/%s (plc %d), lifetime %ds" % (
            PREF64_LENGTHS.get(word & 7, b"??"), word & 7, word & 0xFFF8))
    elif line.style.verbose <= 1:
        print_unknown_data(line, pkt, off + 2, b"\n\t  ", size - 2)
        return False
    return True


def lifetime(seconds: int) -> bytes:
    return b"infinity" if seconds == 0xFFFFFFFF else b"%ds" % seconds


def write_prefix(line: Line, pkt: Packet, off: int, size: int) -> None:
    flags = pkt.u8(off + 3)
    pkt.raw(off + 16, 16)
    line.host6(pkt, off + 16)
    names = bit_words(PREFIX_FLAGS, flags)
    line.put(b"/%d%s, Flags [%s], valid time %s, pref. time %s" % (
        pkt.u8(off + 2), b"badlen" if size != 32 else b"", names,
        lifetime(pkt.u32(off + 4)), lifetime(pkt.u32(off + 8))))


def write_partial(line: Line, pkt: Packet, off: int, count: int) -> None:
    """An address of which only the first ``count`` octets are there."""
    whole = Packet(pkt.raw(off, count).ljust(16, b"\0"))
    line.host6(whole, 0)


def write_route(line: Line, pkt: Packet, off: int, size: int) -> bool:
    """RFC 4191 §2.3."""
    if size > 24:
        line.put(b" [|icmp6]")
        return False
    line.char(32)
    write_partial(line, pkt, off + 8, size - 8)
    line.put(b"/%d, pref=%s, lifetime=%s" % (
        pkt.u8(off + 2), PREFERENCES[pkt.u8(off + 3) >> 3 & 3], lifetime(pkt.u32(off + 4))))
    return True


def write_domains(line: Line, pkt: Packet, off: int, stop: int) -> None:
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
