"""TCP options (RFC 9293 §3.2 and the IANA registry of kinds); tcpdump: print-tcp.c."""

from __future__ import annotations

from fyke.layers.transport.mptcp import write_mptcp
from fyke.wire import Line, Packet, Truncated

EOL, NOP, MSS, WSCALE, SACK_OK, SACK, ECHO, ECHO_REPLY, TIMESTAMP = 0, 1, 2, 3, 4, 5, 6, 7, 8
CC, CC_NEW, CC_ECHO, MD5, SCPS, UTO, AO, MPTCP, FAST_OPEN, EXPERIMENT_2 = (
    11, 12, 13, 19, 20, 28, 29, 30, 34, 254)
MD5_LENGTH = 16
WORD = 0xFFFFFFFF
FAST_OPEN_MAGIC = 0xF989  # RFC 7413 appendix: the experimental option's first two octets

OPTION_NAMES: dict[int, bytes] = {
    EOL: b"eol", NOP: b"nop", MSS: b"mss", WSCALE: b"wscale", SACK_OK: b"sackOK", SACK: b"sack",
    ECHO: b"echo", ECHO_REPLY: b"echoreply", TIMESTAMP: b"TS", CC: b"cc", CC_NEW: b"ccnew",
    CC_ECHO: b"", MD5: b"md5", SCPS: b"scps", UTO: b"uto", AO: b"tcp-ao", MPTCP: b"mptcp",
    FAST_OPEN: b"tfo", EXPERIMENT_2: b"exp",
}
#: Octets that an option's value has, where that is fixed.
VALUE_LENGTHS: dict[int, int] = {
    MSS: 2, WSCALE: 1, SACK_OK: 0, ECHO: 4, ECHO_REPLY: 4, TIMESTAMP: 8, CC: 4, CC_NEW: 4,
    CC_ECHO: 4, MD5: MD5_LENGTH, SCPS: 2, UTO: 2,
}


def write_options(line: Line, pkt: Packet, off: int, length: int, flags: int,
                  origin: int) -> bool:
    """`, options [mss 1460,…]`; False if one was bad and nothing more is to be written.

    ``origin`` is subtracted from the sequence numbers of a selective acknowledgement.
    """
    line.put(b", options [")
    left = length
    first = True
    while left > 0:
        if not first:
            line.char(44)
        kind = pkt.u8(off)
        size = 1
        if kind > NOP:
            size = pkt.u8(off + 1)
            if size < 2 or size > left:
                return refuse(line, first)
        if kind == NOP:
            line.put(b"nop")
        elif kind == TIMESTAMP and size == 10 and pkt.has(off, 10):
            line.put(b"TS val ")
            line.uint(pkt.u32(off + 2))
            line.put(b" ecr ")
            line.uint(pkt.u32(off + 6))
        elif kind == EOL:
            line.put(b"eol")
            break
        else:
            size = write_option(line, pkt, off, kind, size, left, flags, origin)
            if size == 0:
                return refuse(line, first)
        first = False
        off += size
        left -= size
    line.char(93)
    return True


def refuse(line: Line, first: bool) -> bool:
    """The option before this is no good; what the text does about its bracket is tcpdump's."""
    line.put(b"[bad opt]" if first else b"[bad opt]]")
    return False


def write_option(line: Line, pkt: Packet, off: int, kind: int, size: int, left: int, flags: int,
                 origin: int) -> int:
    """One option with a length; the octets it took (not always ``size``), 0 if it cannot be."""
    name = OPTION_NAMES.get(kind)
    line.put(b"unknown-%d" % kind if name is None else name)
    fixed = VALUE_LENGTHS.get(kind, -1)
    value = off + 2
    if fixed >= 0:
        if fixed > left - 2:
            return 0
        if not pkt.has(value, fixed):
            raise Truncated
        write_fixed(line, pkt, value, kind)
        if fixed + 2 != size:
            line.put(b"[len %d]" % size)
        return fixed + 2
    if kind == SACK:
        write_sack(line, pkt, value, size - 2, origin)
    elif kind == AO:
        write_authentication(line, pkt, value, size - 2)
    elif kind in (MPTCP, FAST_OPEN, EXPERIMENT_2):
        if not pkt.has(value, size - 2):
            raise Truncated
        if not write_nested(line, pkt, off, kind, size, flags):
            return 0
    elif size > 2:
        line.put(b" 0x")
        line.hex_string(pkt, value, size - 2)
    return size


def write_fixed(line: Line, pkt: Packet, off: int, kind: int) -> None:
    """An option whose value has one length only."""
    if kind == MSS:
        line.char(32)
        line.uint(pkt.u16(off))
    elif kind == WSCALE:
        line.char(32)
        line.uint(pkt.u8(off))
    elif kind == TIMESTAMP:
        line.put(b" val %d ecr %d" % (pkt.u32(off), pkt.u32(off + 4)))
    elif kind == MD5:
        line.char(32)
        line.hex_string(pkt, off, MD5_LENGTH)
    elif kind == SCPS:
        line.put(b" cap %02x id %d" % (pkt.u8(off), pkt.u8(off + 1)))
    elif kind == UTO:
        value = pkt.u16(off)
        seconds = (value >> 1) * 60 if value & 1 else value >> 1
        line.put(b" 0x%x %d" % (value, seconds))
    elif kind != SACK_OK:
        line.char(32)
        line.uint(pkt.u32(off))


def write_sack(line: Line, pkt: Packet, off: int, length: int, origin: int) -> None:
    """The blocks of a selective acknowledgement (RFC 2018)."""
    if length % 8 != 0:
        line.put(b" invalid sack")
        return
    line.char(32)
    line.uint(length // 8)
    line.char(32)
    stop = off + length
    while off < stop:
        left = pkt.u32(off)
        right = pkt.u32(off + 4)
        line.char(123)
        line.uint((left - origin) & WORD)
        line.char(58)
        line.uint((right - origin) & WORD)
        line.char(125)
        off += 8


def write_authentication(line: Line, pkt: Packet, off: int, length: int) -> None:
    """TCP-AO (RFC 5925 §2.2): at least both key identifiers."""
    if length < 2:
        line.put(b" (invalid)")
        return
    line.put(b" keyid %d" % pkt.u8(off))
    line.put(b" rnextkeyid %d" % pkt.u8(off + 1))
    if length > 2:
        line.put(b" mac 0x")
        line.hex_string(pkt, off + 2, length - 2)


def write_nested(line: Line, pkt: Packet, off: int, kind: int, size: int, flags: int) -> bool:
    """An option with kinds of its own inside."""
    if kind == MPTCP:
        saved = pkt.end
        pkt.narrow(off + size)
        good = write_mptcp(line, pkt, off, size, flags)
        pkt.widen(saved)
        return good
    if kind == FAST_OPEN:
        line.char(32)
        write_fast_open(line, pkt, off + 2, size - 2)
        return True
    if size < 4:
        return False
    magic = pkt.u16(off + 2)
    line.char(45)
    if magic == FAST_OPEN_MAGIC:
        line.put(b"tfo")
        write_fast_open(line, pkt, off + 4, size - 4)
    else:
        line.hex(magic, 4)
    return True


def write_fast_open(line: Line, pkt: Packet, off: int, length: int) -> None:
    """A cookie, or the request for one (RFC 7413 §4.1)."""
    if length == 0:
        line.put(b" cookiereq")
    elif length % 2 or not 4 <= length <= 16:
        line.put(b" (invalid)")
    else:
        line.put(b" cookie ")
        line.hex_string(pkt, off, length)
