"""Multipath TCP's option (RFC 6824 version 0, RFC 8684 version 1); tcpdump: print-mptcp.c."""

from __future__ import annotations

from fyke.layers.words import bit_words
from fyke.wire import Line, Record

CAPABLE, JOIN, DSS, ADD_ADDRESS, REMOVE_ADDRESS, PRIORITY, FAIL, FAST_CLOSE, RESET = range(9)
SUBTYPE_NAMES = (b"capable", b"join", b"dss", b"add-addr", b"rem-addr", b"prio", b"fail",
                 b"fast-close", b"tcprst")
SYN, ACK = 2, 16  # TCP flags

CHECKSUM_REQUIRED = 0x80  # flag A of MP_CAPABLE
BACKUP = 1
#: Bits and reasons of a reset.
RESET_FLAGS = ((8, b"U"), (4, b"V"), (2, b"W"), (1, b"T"))
RESET_REASONS = dict(enumerate((
    b"unspecified error", b"MPTCP-specific error", b"lack of resources",
    b"administratively prohibited", b"too much outstanding data", b"unacceptable performance",
    b"middlebox interference")))
DSS_ACK, DSS_ACK_64, DSS_MAP, DSS_SEQ_64, DSS_FIN = 1, 2, 4, 8, 16
#: Low half of ADD_ADDR's subtype octet: IP version (version 0), or the echo flag (version 1).
ADDRESS_KINDS = {6: b"v0-ip6", 4: b"v0-ip4", 1: b"v1-echo", 0: b"v1"}


def write_mptcp(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    """The option at ``off``, kind and length included; False if it cannot be so long."""
    line.protocol = b"mptcp"
    if length < 3:
        line.protocol = b"tcp"
        return False
    subtype = pkt.u8(off + 2) >> 4
    line.put(b" %d " % length)
    good = True
    if subtype < len(WRITERS):
        line.put(SUBTYPE_NAMES[subtype])
        good = WRITERS[subtype](line, pkt, off, length, flags)
    else:
        line.put(b"unknown")
    line.protocol = b"tcp"
    return good


def write_capable(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    opening = length in (4, 12) and flags & SYN
    third = length in (20, 22, 24) and flags & (SYN | ACK) == ACK
    if not opening and not third:
        return False
    version = pkt.u8(off + 2) & 15
    if version > 1:
        line.put(b" Unknown Version (%d)" % version)
        return True
    line.put(b" v%d" % version)
    bits = pkt.u8(off + 3)
    letters = bytes(65 + i for i in range(8) if bits & 0x80 >> i)
    line.put(b" flags [%s]" % (letters or b"none"))
    if bits & CHECKSUM_REQUIRED:
        line.put(b" csum")
    if length >= 12:
        line.put(b" {0x%x" % pkt.u64(off + 4))
        if length >= 20:
            line.put(b",0x%x" % pkt.u64(off + 12))
        if length >= 22:
            line.put(b",data_len=%d" % pkt.u16(off + 20))
        if length >= 24:
            line.put(b",csum=0x%x" % pkt.u16(off + 22))
        line.put(b"}")
    return True


def write_join(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    opening = length == 12 and flags & SYN
    second = length == 16 and flags & (SYN | ACK) == SYN | ACK
    third = length == 24 and flags & ACK
    if not opening and not second and not third:
        return False
    if length != 24:
        if pkt.u8(off + 2) & BACKUP:
            line.put(b" backup")
        line.put(b" id %d" % pkt.u8(off + 3))
    if length == 12:
        line.put(b" token 0x%x nonce 0x%x" % (pkt.u32(off + 4), pkt.u32(off + 8)))
    elif length == 16:
        line.put(b" hmac 0x%x nonce 0x%x" % (pkt.u64(off + 4), pkt.u32(off + 12)))
    else:
        line.put(b" hmac 0x")
        line.hex_string(pkt, off + 4, 20)
    return True


def write_dss(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    """Data sequence signal: acknowledgement, and how the payload maps to the whole stream."""
    if length < 4 or flags & SYN:
        return False
    bits = pkt.u8(off + 3)
    if bits & DSS_FIN:
        line.put(b" fin")
    stop = off + length
    off += 4
    if bits & DSS_ACK:
        line.put(b" ack ")
        width = 8 if bits & DSS_ACK_64 else 4
        if stop - off < width:
            return False
        line.uint(pkt.u64(off) if width == 8 else pkt.u32(off))
        off += width
    if bits & DSS_MAP:
        line.put(b" seq ")
        width = 8 if bits & DSS_SEQ_64 else 4
        if stop - off < width:
            return False
        line.uint(pkt.u64(off) if width == 8 else pkt.u32(off))
        off += width
        if stop - off < 4:
            return False
        line.put(b" subseq %d" % pkt.u32(off))
        off += 4
        if stop - off < 2:
            return False
        line.put(b" len %d" % pkt.u16(off))
        off += 2
        if stop - off >= 2:  # only if negotiated
            line.put(b" csum 0x%x" % pkt.u16(off))
            off += 2
    return off == stop


def write_add_address(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    if length not in (8, 10, 16, 18, 20, 22, 28, 30):
        return False
    kind = ADDRESS_KINDS.get(pkt.u8(off + 2) & 15, b"[bad version/echo]")
    line.put(b" %s id %d " % (kind, pkt.u8(off + 3)))
    if length <= 18:
        line.host4(pkt.u32(off + 4))
        off, rest = off + 8, length - 8
    else:
        line.host6(pkt, off + 4)
        off, rest = off + 20, length - 20
    if rest in (2, 10):
        line.put(b":%d" % pkt.u16(off))
        off += 2
    if rest >= 8:
        line.put(b" hmac 0x%x" % pkt.u64(off))
    return True


def write_remove_address(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    if length < 4:
        return False
    line.put(b" id")
    for at in range(off + 3, off + length):
        line.put(b" %d" % pkt.u8(at))
    return True


def write_priority(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    if length not in (3, 4):
        return False
    line.put(b" backup" if pkt.u8(off + 2) & BACKUP else b" non-backup")
    if length == 4:
        line.put(b" id %d" % pkt.u8(off + 3))
    return True


def write_fail(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    if length != 12:
        return False
    line.put(b" seq %d" % pkt.u64(off + 4))
    return True


def write_fast_close(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    if length != 12:
        return False
    line.put(b" key 0x%x" % pkt.u64(off + 4))
    return True



def write_reset(line: Line, pkt: Record, off: int, length: int, flags: int) -> bool:
    """RFC 8684 §3.6: why a subflow ends; the octet's lower half holds U, V, W and T."""
    if length != 4:
        return False
    line.put(b" flags [%s] reason %s" % (
        bit_words(RESET_FLAGS, pkt.u8(off + 2) & 15),
        RESET_REASONS.get(pkt.u8(off + 3)) or b"unknown (0x%02x)" % pkt.u8(off + 3)))
    return True


WRITERS = (write_capable, write_join, write_dss, write_add_address, write_remove_address,
           write_priority, write_fail, write_fast_close, write_reset)
