"""What is above AppleTalk's datagrams: transactions (ATP) and name binding (NBP)."""

from __future__ import annotations

from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record

TRANSACTION_LENGTH = 8
REQUEST, RESPONSE, RELEASE = 0x40, 0x80, 0xC0
EXACTLY_ONCE, END, STATUS = 0x20, 0x10, 0x08
NAMES_HEADER, TUPLE_LENGTH = 2, 5
BROADCAST, LOOKUP, REPLY = 0x10, 0x20, 0x30
FUNCTION_NAMES = {BROADCAST: b"brRq", LOOKUP: b"lkup", REPLY: b"reply"}
LONGEST_NAME = 32


def write_transaction(line: Line, pkt: Record, at: int, length: int) -> None:
    """AppleTalk transaction protocol."""
    line.protocol = b"atp"
    if length < TRANSACTION_LENGTH:
        line.put(b" [ATP length %d < %d]%s" % (length, TRANSACTION_LENGTH, INVALID))
        return
    length -= TRANSACTION_LENGTH
    control = pkt.u8(at)
    function = control & 0xC0
    number = pkt.u16(at + 2)
    if function == REQUEST:
        line.put(b" atp-req%s %d" % (b" " if control & EXACTLY_ONCE else b"*", number))
        write_bitmap(line, pkt.u8(at + 1))
        if length:
            line.put(b" [len=%d]" % length)
        write_flags(line, control, ((END, b"EOM"), (STATUS, b"STS")), b" [")
    elif function == RESPONSE:
        line.put(b" atp-resp%s%d:%d (%d)" % (
            b"*" if control & END else b" ", number, pkt.u8(at + 1), length))
        write_flags(line, control, ((EXACTLY_ONCE, b"XO"), (STATUS, b"STS")), b" [")
    elif function == RELEASE:
        line.put(b" atp-rel  %d" % number)
        write_bitmap(line, pkt.u8(at + 1))
        if length:
            line.put(b" [len=%d]" % length)
        write_flags(line, control, ((EXACTLY_ONCE, b"XO"), (END, b"EOM"), (STATUS, b"STS")), b"[")
    else:
        line.put(b" atp-0x%x  %d (%d)" % (control, number, length))
    data = pkt.u32(at + 4)
    if data:
        line.put(b" 0x%x" % data)


def write_flags(line: Line, control: int, flags: tuple[tuple[int, bytes], ...],
                start: bytes) -> None:
    words = b",".join(name for bit, name in flags if control & bit)
    if words:
        line.put(start + words + b"]")


def write_bitmap(line: Line, bits: int) -> None:
    """Which of eight responses are wanted: ``<0-3>`` or ``<0,2>``."""
    if bits + 1 & bits:
        line.put(b"<%s>" % b",".join(b"%d" % i for i in range(8) if bits >> i & 1))
    elif bits > 1:
        line.put(b"<0-%d>" % (bits.bit_length() - 1))
    else:
        line.put(b"<0>")


def node(net: int, number: int) -> bytes:
    """An address; node 255 is everybody on the network."""
    return b"%d" % net if number == 255 else b"%d.%d" % (net, number)


def write_names(line: Line, pkt: Record, at: int, length: int,
                sender: tuple[int, int, int]) -> None:
    """Name binding protocol; ``sender`` is a network, a node and a socket."""
    if length < NAMES_HEADER + 8:
        line.put(b" [undersized-nbp %d < %d]%s" % (length, NAMES_HEADER + 8, INVALID))
        return
    control = pkt.u8(at)
    function, count = control & 0xF0, control & 15
    line.put(b" nbp-%s" % named(FUNCTION_NAMES, function, b"0x%x"))
    line.put(b" %d" % pkt.u8(at + 1))
    at += NAMES_HEADER
    if function in (BROADCAST, LOOKUP):
        line.put(b":")
        write_name(line, pkt, at + TUPLE_LENGTH)
        write_oddities(line, pkt, at, count, sender)
    elif function == REPLY:
        line.put(b":")
        for _ in range(count):
            at = write_tuple(line, pkt, at, sender)
            if at < 0:
                return
    else:
        line.put(b"  (%d)" % (length - NAMES_HEADER))


def write_oddities(line: Line, pkt: Record, at: int, count: int,
                   sender: tuple[int, int, int]) -> None:
    """A question has one tuple, which names its sender."""
    if count != 1:
        line.put(b" [ntup=%d]" % count)
    if pkt.u8(at + 4):
        line.put(b" [enum=%d]" % pkt.u8(at + 4))
    who = (pkt.u16(at), pkt.u8(at + 2), pkt.u8(at + 3))
    if who != sender:
        line.put(b" [addr=%s.%d]" % (node(who[0], who[1]), who[2]))


def write_tuple(line: Line, pkt: Record, at: int, sender: tuple[int, int, int]) -> int:
    """An answer: a name and where it is; the offset after it, -1 if it is bad."""
    after = write_name(line, pkt, at + TUPLE_LENGTH)
    if pkt.u8(at + 4) != 1:
        line.put(b"(%d)" % pkt.u8(at + 4))
    if pkt.u8(at + 3) != sender[2]:
        line.put(b" %d" % pkt.u8(at + 3))
    if (pkt.u16(at), pkt.u8(at + 2)) != sender[:2]:
        line.put(b" [addr=%s]" % node(pkt.u16(at), pkt.u8(at + 2)))
    return after


def write_name(line: Line, pkt: Record, at: int) -> int:
    """``"object:type@zone"``; the offset after it, -1 if a part is too long."""
    line.put(b" ")
    for between in (b'"', b":", b"@"):
        line.put(between)
        size = pkt.u8(at)
        at += 1
        if size > LONGEST_NAME:
            line.put(b"[len=%d]" % size)
            pkt.raw(at, size)
            return -1
        line.escaped(pkt, at, size)
        at += size
    line.put(b'"')
    return at
