"""IPv6 mobility header (RFC 6275 §6.1); tcpdump: print-mobility.c."""

from __future__ import annotations

from fyke.wire import Line, Record

NO_NEXT_HEADER = 59
REFRESH_REQUEST, HOME_TEST_INIT, CARE_OF_TEST_INIT, HOME_TEST, CARE_OF_TEST = range(5)
BINDING_UPDATE, BINDING_ACK, BINDING_ERROR = 5, 6, 7
MESSAGE_NAMES = {
    REFRESH_REQUEST: b"BRR", HOME_TEST_INIT: b"HoTI", CARE_OF_TEST_INIT: b"CoTI",
    HOME_TEST: b"HoT", CARE_OF_TEST: b"CoT", BINDING_UPDATE: b"BU", BINDING_ACK: b"BA",
    BINDING_ERROR: b"BE",
}
MIN_LENGTHS = (8, 16, 16, 24, 24, 12, 12, 24)  # octets, by message type

PAD1, PADN, REFRESH, ALTERNATE, NONCES, AUTHORIZATION = range(6)
SHORT_NAMES = {REFRESH: b"refresh", ALTERNATE: b"alt-CoA", NONCES: b"ni"}
OPTION_LENGTHS = {REFRESH: 4, ALTERNATE: 18, NONCES: 6, AUTHORIZATION: 12}  # octets at least


def write_mobility(line: Line, pkt: Record, at: int) -> None:
    """The mobility header at ``at``; nothing is decoded after it."""
    line.protocol = b"mobility"
    proto = pkt.u8(at)
    line.put(b"mobility: ")
    if proto != NO_NEXT_HEADER:
        line.put(b"(payload protocol %d should be 59) " % proto)
    length = (pkt.u8(at + 1) + 1) << 3
    kind = pkt.u8(at + 2)
    line.put(MESSAGE_NAMES.get(kind) or b"type-#%d" % kind)
    if kind > BINDING_ERROR:
        line.put(b" len=%d" % pkt.u8(at + 1))
        return
    if length < MIN_LENGTHS[kind]:
        least = (MIN_LENGTHS[kind] + 7) // 8 * 8  # the length counts units of eight octets
        line.put(b" (header length %d < %d) (invalid)" % (length, least))
        return
    write_message(line, pkt, at, kind)
    if line.style.verbose:
        write_options(line, pkt, at + MIN_LENGTHS[kind], at + length)


def write_message(line: Line, pkt: Record, at: int, kind: int) -> None:
    """What stands between the fixed header and the options."""
    data = at + 8
    if kind in (HOME_TEST_INIT, CARE_OF_TEST_INIT):
        write_cookie(line, pkt, data, kind == HOME_TEST_INIT, b"Init Cookie")
    elif kind in (HOME_TEST, CARE_OF_TEST):
        line.put(b" nonce id=0x%x" % pkt.u16(at + 6))
        write_cookie(line, pkt, data, kind == HOME_TEST, b"Init Cookie")
        write_cookie(line, pkt, data + 8, kind == HOME_TEST, b"Keygen Token")
    elif kind == BINDING_UPDATE:
        line.put(b" seq#=%d" % pkt.u16(at + 6))
        flags = pkt.u16(data) >> 8
        if flags & 0xF0:
            line.char(32)
            for bit, letter in ((0x80, b"A"), (0x40, b"H"), (0x20, b"L"), (0x10, b"K")):
                if flags & bit:
                    line.put(letter)
        line.put(b" lifetime=%d" % (pkt.u16(data + 2) << 2))
    elif kind == BINDING_ACK:
        line.put(b" status=%d" % pkt.u8(at + 6))
        if pkt.u8(at + 7) & 0x80:
            line.put(b" K")
        line.put(b" seq#=%d" % pkt.u16(data))
        line.put(b" lifetime=%d" % (pkt.u16(data + 2) << 2))
    elif kind == BINDING_ERROR:
        line.put(b" status=%d" % pkt.u8(at + 6))
        line.put(b" homeaddr ")
        line.host6(pkt, data)


def write_cookie(line: Line, pkt: Record, off: int, home: bool, what: bytes) -> None:
    if line.style.verbose:
        line.put(b" %s %s=%08x:%08x" % (b"Home" if home else b"Care-of", what,
                                        pkt.u32(off), pkt.u32(off + 4)))


def write_options(line: Line, pkt: Record, off: int, stop: int) -> None:
    """The mobility options (RFC 6275 §6.2)."""
    while off < stop:
        kind = pkt.u8(off)
        if kind == PAD1:
            line.put(b"(pad1)")
            off += 1
            continue
        if stop - off < 2:
            line.put(b" [remaining length %d < 2] (invalid)" % (stop - off))
            return
        taken = pkt.u8(off + 1) + 2
        if taken > stop - off:
            line.put(b" [remaining length %d < %d] (invalid)" % (stop - off, taken))
            return
        pkt.raw(off, taken)
        if kind in SHORT_NAMES:
            line.put(b"(%s: " % SHORT_NAMES[kind])
        if stop - off < OPTION_LENGTHS.get(kind, 0):
            line.put(b" [remaining length %d < %d] (invalid)" % (
                stop - off, OPTION_LENGTHS[kind]))
            return
        write_option(line, pkt, off, kind, taken)
        off += taken


def write_option(line: Line, pkt: Record, off: int, kind: int, taken: int) -> None:
    """An option's value: as long as it must be, whatever its length says."""
    if kind == PADN:
        line.put(b"(padn)")
    elif kind == REFRESH:
        line.put(b"%d)" % (pkt.u16(off + 2) << 2))
    elif kind == ALTERNATE:
        line.host6(pkt, off + 2)
        line.char(41)
    elif kind == NONCES:
        line.put(b"ho=0x%04x co=0x%04x)" % (pkt.u16(off + 2), pkt.u16(off + 4)))
    elif kind == AUTHORIZATION:
        line.put(b"(auth)")
    else:
        line.put(b"(unknown: type-#%d len=%d)" % (kind, taken - 2))
