"""ICMPv6 node information (RFC 4620) and router renumbering (RFC 2894); print-icmp6.c."""

from __future__ import annotations

from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

NOOP, NODE_NAME, NODE_ADDRESSES, IPV4_ADDRESSES = 0, 2, 3, 4  # query types (RFC 4620 §5)
SUBJECT_IPV6, SUBJECT_NAME, SUBJECT_IPV4 = 0, 1, 2  # codes of a query (§4)
SUCCESS, REFUSED, UNKNOWN = 0, 1, 2  # codes of a reply
TRUNCATE = 1  # some addresses are left out: only in a reply
#: Bits of a query for addresses and of its reply (§6.3, 6.4).
IPV4_FLAGS = ((TRUNCATE, b"T"), (0x02, b"A"))
ADDRESS_FLAGS = (*IPV4_FLAGS, (0x04, b"C"), (0x08, b"L"), (0x10, b"S"), (0x20, b"G"))
HEADER = 16  # octets


def write_node_information(line: Line, pkt: Record, off: int, length: int, query: bool) -> None:
    size = pkt.end - off
    if query and size == 12:
        line.put(b" who-are-you request")
        return
    if not pkt.has(off, HEADER) or (length > size and not query):
        line.put(b" [|icmp6]")
        return
    line.put(b" (")
    if query:
        write_query(line, pkt, off, size)
    else:
        write_reply(line, pkt, off, size)
    line.char(41)


def write_query(line: Line, pkt: Record, off: int, size: int) -> None:
    kind = pkt.u16(off + 4)
    if kind == NOOP:
        line.put(b"noop")
        if size != HEADER and line.style.verbose:
            line.put(b", invalid len")
        return
    if kind == NODE_NAME:
        line.put(b"node name")
    elif kind == NODE_ADDRESSES:
        line.put(b"node addresses")
        write_asked(line, pkt.u16(off + 6), ADDRESS_FLAGS)
    elif kind == IPV4_ADDRESSES:
        line.put(b"ipv4 addresses")
        write_asked(line, pkt.u16(off + 6), IPV4_FLAGS)
    else:
        line.put(b"unknown")
    write_subject(line, pkt, off, size)


def write_asked(line: Line, flags: int, names: tuple[tuple[int, bytes], ...]) -> None:
    """The flags of a query."""
    write_flags(line, flags, names)
    if flags & TRUNCATE:
        line.put(b" [invalid flag Truncate present]")


def write_flags(line: Line, flags: int, names: tuple[tuple[int, bytes], ...]) -> None:
    if flags:
        line.put(b" [%s]" % bit_words(names, flags, b""))


def write_subject(line: Line, pkt: Record, off: int, size: int) -> None:
    """Whom a query is about."""
    code = pkt.u8(off + 1)
    if code == SUBJECT_NAME:
        line.put(b", subject=DNS name")
        write_name(line, pkt, off + HEADER)
    elif code in (SUBJECT_IPV6, SUBJECT_IPV4):
        wide = 16 if code == SUBJECT_IPV6 else 4
        if not pkt.has(off, HEADER + wide):
            return
        if size != HEADER + wide:
            if line.style.verbose:
                line.put(b", invalid subject len")
            return
        line.put(b", subject=")
        if wide == 16:
            line.host6(pkt, off + HEADER)
        else:
            line.host4(pkt.u32(off + HEADER))
    else:
        line.put(b", unknown subject")


def write_reply(line: Line, pkt: Record, off: int, size: int) -> None:
    code = pkt.u8(off + 1)
    kind = pkt.u16(off + 4)
    flags = pkt.u16(off + 6)
    bare = size == HEADER or not line.style.verbose
    if code != SUCCESS:
        if code in (REFUSED, UNKNOWN):
            line.put(b"refused" if code == REFUSED else b"unknown")
            line.put(b"" if bare else b", invalid length")
        return
    if line.style.verbose:
        line.put(b"success, ")
    if kind == NOOP:
        line.put(b"noop" if bare else b"noop, invalid length")
    elif kind == NODE_NAME:
        line.put(b"node name")
        write_name(line, pkt, off + HEADER + 4)
        if flags & 1:
            line.put(b" [TTL=%d]" % pkt.u32(off + HEADER))
    elif kind == NODE_ADDRESSES:
        line.put(b"node addresses")
        write_flags(line, flags, ADDRESS_FLAGS)
        for at in range(off + HEADER, off + size - 19, 20):
            line.char(32)
            line.host6(pkt, at + 4)
            line.put(b"(%d)" % pkt.u32(at))
    elif kind == IPV4_ADDRESSES:
        line.put(b"ipv4 addresses")
        write_flags(line, flags, ADDRESS_FLAGS)
        for at in range(off + HEADER, off + size, 8):
            lifetime = pkt.u32(at)
            line.char(32)
            line.host4(pkt.u32(at + 4))
            line.put(b"(%d)" % lifetime)
    else:
        line.put(b"unknown")


def write_name(line: Line, pkt: Record, off: int) -> None:
    """A name to the packet's end."""
    line.put(b", \"")
    write_labels(line, pkt, off, pkt.end)
    line.char(34)


def write_labels(line: Line, pkt: Record, off: int, stop: int) -> None:
    while off < stop:
        count = pkt.u8(off)
        off += 1
        if count == 0:
            if off == stop:
                line.char(46)
            elif not (off + 1 == stop and pkt.u8(off) == 0):
                line.put(b"???")
            return
        if count > stop - off:
            line.put(b"???")
            return
        line.escaped(pkt, off, count)
        off += count
        if off + 1 < stop and pkt.u8(off):
            line.char(46)


CODE_NAMES = {0: b"command", 1: b"result", 255: b"sequence number reset"}
OPERATION_NAMES = {1: b"add", 2: b"change", 3: b"setglobal"}
RENUMBER_FLAGS = ((0x80, b"T"), (0x40, b"R"), (0x20, b"A"), (0x10, b"S"), (0x08, b"P"))
FOREVER = 0xFFFFFFFF
MATCH_WORDS, USE_WORDS = 3, 4  # units of eight octets (RFC 2894 §3.2)


def write_renumbering(line: Line, pkt: Record, off: int) -> None:
    """RFC 2894 §3."""
    code = pkt.u8(off + 1)
    pkt.u32(off + 12)
    line.put(b", ")
    line.put(CODE_NAMES.get(code) or b"code-#%d" % code)
    line.put(b", seq=%d" % pkt.u32(off + 4))
    if line.style.verbose:
        flags = pkt.u8(off + 9)
        line.char(91)
        if flags:
            line.put(bit_words(RENUMBER_FLAGS, flags, b"") + b",")
        line.put(b"seg=%d,maxdelay=%d" % (pkt.u8(off + 8), pkt.u16(off + 10)))
        if pkt.u32(off + 12):
            line.put(b"rsvd=0x%x" % pkt.u32(off + 12))
        line.char(93)
    if code == 0:
        write_match(line, pkt, off + 16)
        words = pkt.u8(off + 17) - MATCH_WORDS
        if words % USE_WORDS:
            raise Truncated
        at = off + 40
        for _ in range(words // USE_WORDS):
            write_use(line, pkt, at)
            at += 32


def write_match(line: Line, pkt: Record, at: int) -> None:
    pkt.raw(at + 8, 16)
    code = pkt.u8(at)
    line.put(b"\n\t" if line.style.verbose > 1 else b" ")
    line.put(b"match(")
    line.put(OPERATION_NAMES.get(code) or b"#%d" % code)
    if line.style.verbose:
        line.put(b",ord=%d,min=%d,max=%d" % (pkt.u8(at + 2), pkt.u8(at + 4), pkt.u8(at + 5)))
    line.char(44)
    line.ipv6(pkt, at + 8)
    line.put(b"/%d)" % pkt.u8(at + 3))


def write_use(line: Line, pkt: Record, at: int) -> None:
    pkt.raw(at + 16, 16)
    line.put(b"\n\t" if line.style.verbose > 1 else b" ")
    line.put(b"use(")
    flags = pkt.u8(at + 12)
    if flags:
        line.put(b"%s%s," % (b"V" if flags & 0x80 else b"", b"P" if flags & 0x40 else b""))
    if line.style.verbose:
        line.put(b"mask=0x%x,raflags=0x%x," % (pkt.u8(at + 2), pkt.u8(at + 3)))
        for name, value in ((b"vltime", pkt.u32(at + 4)), (b"pltime", pkt.u32(at + 8))):
            line.put(b"%s=%s," % (name, b"infty" if value == FOREVER else b"%d" % value))
    line.ipv6(pkt, at + 16)
    line.put(b"/%d/%d)" % (pkt.u8(at), pkt.u8(at + 1)))
