"""ICMPv6 node information (RFC 4620) and router renumbering (RFC 2894); print-icmp6.c."""

from __future__ import annotations

from fyke.wire import Line, Record, Truncated

NOOP, SUPPORTED, DNS_NAME, NODE_ADDRESSES = 0, 1, 2, 3  # query types
SUBJECT_IPV6, SUBJECT_NAME, SUBJECT_IPV4 = 0, 1, 2  # codes of a query
SUCCESS = 0  # code of a reply
#: Bits of a node addresses query or reply, as tcpdump orders them.
ADDRESS_FLAGS = ((0x40, b"a"), (0x20, b"G"), (0x10, b"S"), (0x08, b"L"), (0x04, b"C"),
                 (0x02, b"A"))
HEADER = 16  # octets


def write_node_information(line: Line, pkt: Record, off: int, length: int, query: bool) -> None:
    size = pkt.end - off
    if query:
        if size == 12:
            line.put(b" who-are-you request")
            return
        if not pkt.has(off, HEADER):
            line.put(b" [|icmp6]")
            return
        line.put(b" (")
        write_query(line, pkt, off, size)
        line.char(41)
        return
    if length > size or not pkt.has(off, HEADER):
        line.put(b" [|icmp6]")
        return
    line.put(b" (")
    write_reply(line, pkt, off, size)
    line.char(41)


def write_query(line: Line, pkt: Record, off: int, size: int) -> None:
    kind = pkt.u16(off + 4)
    flags = pkt.u16(off + 6)
    if kind == NOOP:
        line.put(b"noop")
    elif kind == SUPPORTED:
        write_supported(line, flags)
    elif kind == DNS_NAME:
        line.put(b"DNS name")
    elif kind == NODE_ADDRESSES:
        line.put(b"node addresses")
        if flags:
            line.put(b" [%s]" % b"".join([text for bit, text in ADDRESS_FLAGS if flags & bit]))
    else:
        line.put(b"unknown")
    if kind in (NOOP, SUPPORTED):
        if size != HEADER and line.style.verbose:
            line.put(b", invalid len")
        return
    if size == HEADER:
        line.put(b", 03 draft")
        return
    code = pkt.u8(off + 1)
    if code in (SUBJECT_IPV6, SUBJECT_IPV4):
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
    elif code == SUBJECT_NAME:
        line.put(b", subject=DNS name")
        write_name(line, pkt, off + HEADER)
    else:
        line.put(b", unknown subject")


def write_supported(line: Line, flags: int) -> None:
    line.put(b"supported qtypes")
    if flags:
        line.put(b" [%s]" % (b"C" if flags & 1 else b""))


def write_reply(line: Line, pkt: Record, off: int, size: int) -> None:
    code = pkt.u8(off + 1)
    if code != SUCCESS:
        if code in (1, 2):
            line.put(b"refused" if code == 1 else b"unknown")
            if size != HEADER and line.style.verbose:
                line.put(b", invalid length")
        return
    if line.style.verbose:
        line.put(b"success, ")
    kind = pkt.u16(off + 4)
    flags = pkt.u16(off + 6)
    if kind == NOOP:
        line.put(b"noop")
        if size != HEADER and line.style.verbose:
            line.put(b", invalid length")
    elif kind == SUPPORTED:
        write_supported(line, flags)
    elif kind == DNS_NAME:
        line.put(b"DNS name")
        write_name(line, pkt, off + HEADER + 4)
        if flags & 1:
            line.put(b" [TTL=%d]" % pkt.u32(off + HEADER))
    elif kind == NODE_ADDRESSES:
        line.put(b"node addresses")
        for at in range(off + HEADER, off + size - 19, 20):
            line.char(32)
            line.host6(pkt, at)
            line.put(b"(%d)" % pkt.u32(at + 16))
        if flags:
            names = (*ADDRESS_FLAGS, (0x01, b"T"))
            line.put(b" [%s]" % b"".join([text for bit, text in names if flags & bit]))
    else:
        line.put(b"unknown")


def write_name(line: Line, pkt: Record, off: int) -> None:
    """A name to the packet's end: one counted string (draft 03), or labels."""
    stop = pkt.end
    if pkt.u8(off) == stop - off - 1:
        if line.style.verbose:
            line.put(b", 03 draft")
        line.put(b", \"")
        line.escaped(pkt, off + 1, stop - off - 1)
    else:
        line.put(b", \"")
        write_labels(line, pkt, off, stop)
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
            line.put(b"".join([text for bit, text in RENUMBER_FLAGS if flags & bit]) + b",")
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
    flags = pkt.u32(at + 12) & 0xC0000000
    if flags:
        line.put(b"%s%s," % (b"V" if flags & 0x80000000 else b"",
                             b"P" if flags & 0x40000000 else b""))
    if line.style.verbose:
        line.put(b"mask=0x%x,raflags=0x%x," % (pkt.u8(at + 2), pkt.u8(at + 3)))
        for name, value in ((b"vltime", pkt.u32(at + 4)), (b"pltime", pkt.u32(at + 8))):
            line.put(b"%s=%s," % (name, b"infty" if value == FOREVER else b"%d" % value))
    line.ipv6(pkt, at + 16)
    line.put(b"/%d/%d)" % (pkt.u8(at), pkt.u8(at + 1)))
