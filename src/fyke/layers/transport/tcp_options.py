"""TCP options (RFC 9293 §3.2 and the IANA registry of kinds); tcpdump: print-tcp.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import Form, Malformed, fixed, nothing, options, raw, tlvs
from fyke.layers.fields import Options
from fyke.wire import Line, Record, Truncated

EOL, NOP, MSS, WSCALE, SACK_OK, SACK, ECHO, ECHO_REPLY, TIMESTAMP = 0, 1, 2, 3, 4, 5, 6, 7, 8
CC, CC_NEW, CC_ECHO, MD5, SCPS, UTO, AO, MPTCP, FAST_OPEN, EXPERIMENT_2 = (
    11, 12, 13, 19, 20, 28, 29, 30, 34, 254)
MD5_LENGTH = 16
WORD = 0xFFFFFFFF
FAST_OPEN_MAGIC = 0xF989  # RFC 7413 appendix: the experimental option's first two octets

OPTION_NAMES: dict[int, bytes] = {
    EOL: b"eol", NOP: b"nop", MSS: b"mss", WSCALE: b"wscale", SACK_OK: b"sackOK", SACK: b"sack",
    ECHO: b"echo", ECHO_REPLY: b"echoreply", TIMESTAMP: b"TS", CC: b"cc", CC_NEW: b"ccnew",
    CC_ECHO: b"ccecho", MD5: b"md5", SCPS: b"scps", UTO: b"uto", AO: b"tcp-ao", MPTCP: b"mptcp",
    FAST_OPEN: b"tfo", EXPERIMENT_2: b"exp",
}
#: Octets that an option's value has, where that is fixed.
VALUE_LENGTHS: dict[int, int] = {
    MSS: 2, WSCALE: 1, SACK_OK: 0, ECHO: 4, ECHO_REPLY: 4, TIMESTAMP: 8, CC: 4, CC_NEW: 4,
    CC_ECHO: 4, MD5: MD5_LENGTH, SCPS: 2, UTO: 2,
}


SINGLES = frozenset((EOL, NOP))  # one octet, no length


class Timestamps(NamedTuple):
    """A time stamps option (RFC 7323 §3.2)."""

    value: int
    echo_reply: int


class SackBlock(NamedTuple):
    """A range of sequence numbers that has arrived (RFC 2018 §3), as in the packet."""

    left: int
    right: int  #: the number after the last


class Authentication(NamedTuple):
    """TCP-AO (RFC 5925 §2.2)."""

    key_id: int
    next_key_id: int
    mac: str  #: hexadecimal


def read_timestamps(pkt: Record, at: int, size: int) -> Timestamps:
    return Timestamps(pkt.u32(at), pkt.u32(at + 4))


def read_sack(pkt: Record, at: int, size: int) -> list[SackBlock]:
    if size % 8:
        raise Malformed("a block has 8 octets")
    return [SackBlock(pkt.u32(one), pkt.u32(one + 4)) for one in range(at, at + size, 8)]


def read_authentication(pkt: Record, at: int, size: int) -> Authentication:
    return Authentication(pkt.u8(at), pkt.u8(at + 1), pkt.raw(at + 2, size - 2).hex())


def read_user_timeout(pkt: Record, at: int, size: int) -> int:
    """Seconds (RFC 5482 §2: the top bit says minutes)."""
    value = pkt.u16(at)
    return (value & 0x7FFF) * (60 if value & 0x8000 else 1)


FORMS: dict[int, Form] = {
    EOL: Form("eol", nothing), NOP: Form("nop", nothing), MSS: fixed("mss", 2),
    WSCALE: fixed("wscale", 1), SACK_OK: fixed("sack_permitted", 0, nothing),
    SACK: Form("sack", read_sack), ECHO: fixed("echo", 4), ECHO_REPLY: fixed("echo_reply", 4),
    TIMESTAMP: fixed("timestamps", 8, read_timestamps), CC: fixed("cc", 4),
    CC_NEW: fixed("cc_new", 4), CC_ECHO: fixed("cc_echo", 4), MD5: fixed("md5", 16, raw),
    SCPS: fixed("scps", 2, raw), UTO: fixed("user_timeout", 2, read_user_timeout),
    AO: Form("authentication", read_authentication, 2), MPTCP: Form("mptcp", raw, 1),
    FAST_OPEN: Form("fast_open", raw), 253: Form("experiment_1", raw),
    EXPERIMENT_2: Form("experiment_2", raw), 9: Form("pocp", nothing, 0, 0),
    10: fixed("posp", 1), 14: fixed("altcr", 1), 15: Form("altcr_data", raw),
    172: Form("accecn0", raw), 174: Form("accecn1", raw),
}


def options_of(pkt: Record, off: int, stop: int) -> Options:
    """Every option between two offsets, as values."""
    return options(pkt, tlvs(pkt, off, stop, counts=2, singles=SINGLES, end=EOL), FORMS)


def write_options(line: Line, pkt: Record, off: int, length: int, flags: int,
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


def write_option(line: Line, pkt: Record, off: int, kind: int, size: int, left: int, flags: int,
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


def write_fixed(line: Line, pkt: Record, off: int, kind: int) -> None:
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


def write_sack(line: Line, pkt: Record, off: int, length: int, origin: int) -> None:
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


def write_authentication(line: Line, pkt: Record, off: int, length: int) -> None:
    """TCP-AO (RFC 5925 §2.2): at least both key identifiers."""
    if length < 2:
        line.put(b" (invalid)")
        return
    line.put(b" keyid %d" % pkt.u8(off))
    line.put(b" rnextkeyid %d" % pkt.u8(off + 1))
    if length > 2:
        line.put(b" mac 0x")
        line.hex_string(pkt, off + 2, length - 2)


def write_nested(line: Line, pkt: Record, off: int, kind: int, size: int, flags: int) -> bool:
    """An option with kinds of its own inside."""
    if kind == MPTCP:
        from fyke.layers.transport.mptcp import write_mptcp  # start-up: most segments have none
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


def write_fast_open(line: Line, pkt: Record, off: int, length: int) -> None:
    """A cookie, or the request for one (RFC 7413 §4.1)."""
    if length == 0:
        line.put(b" cookiereq")
    elif length % 2 or not 4 <= length <= 16:
        line.put(b" (invalid)")
    else:
        line.put(b" cookie ")
        line.hex_string(pkt, off, length)
