"""The shared whiteboard of the MBone, wb; tcpdump: print-wb.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, U32, Ip4
from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 12
DRAW, ANNOUNCE, REQUEST, REPAIR, KILL, PAGES_REQUEST, PAGES = 0, 1, 2, 3, 4, 5, 7
SKIP, HOLE = 14, 15  # operations that stand for several
OPERATION_NAMES = {
    0: b"dop-0!", 1: b"dop-1!", 2: b"RECT", 3: b"LINE", 4: b"ML", 5: b"DEL", 6: b"XFORM",
    7: b"ELL", 8: b"CHAR", 9: b"STR", 10: b"NOP", 11: b"PSCODE", 12: b"PSCOMP", 13: b"REF",
    SKIP: b"SKIP", HOLE: b"HOLE",
}


class Whiteboard(Layer):
    """Who says it and when, and what kind of message it is."""

    __slots__ = ()

    name = "wb"
    tag = b"wb"

    source = Ip4(0, "who says it")
    timestamp = U32(4)
    version = U16(8)
    type = U8(10)
    flags = U8(11, "from a user's hand, only what is seen")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 11)

    def write(self, line: Line) -> None:
        if self.size < HEADER_LENGTH:
            line.put(INVALID)
            return
        if self.short:
            raise Truncated
        if self.flags:
            line.char(42)
        if self.type == KILL:
            line.put(b" wb-kill")
            return
        message = MESSAGES.get(self.type)
        if message is None:
            line.put(b" wb-%d!%s" % (self.type, INVALID))
            return
        title, size, body = message
        line.put(title)
        at, length = self.off + HEADER_LENGTH, self.size - HEADER_LENGTH
        if length < size or not body(line, self.pkt, at, length):
            line.put(INVALID)


def need(pkt: Record, at: int, count: int) -> None:
    """Truncated, before anything is written, where ``count`` octets were not captured."""
    if not pkt.has(at, count):
        raise Truncated


def write_page(line: Line, pkt: Record, at: int) -> None:
    """``session:page``."""
    line.host4(pkt.u32(at))
    line.put(b":%d" % pkt.u32(at + 4))


def write_offsets(line: Line, pkt: Record, at: int, count: int) -> None:
    """How far each source has drawn."""
    for i in range(count):
        source, offset = pkt.u32(at + 8 * i), pkt.u32(at + 8 * i + 4)
        line.put(b"," if i else b"<")
        line.host4(source)
        line.put(b":%d" % offset)
    line.char(62)


def write_announcement(line: Line, pkt: Record, at: int, length: int) -> bool:
    """A site, the pages it is on, and its name."""
    need(pkt, at, 24)
    line.put(b" %d/" % pkt.u32(at + 12))
    write_page(line, pkt, at + 16)
    line.put(b" (max %d/" % pkt.u32(at))
    write_page(line, pkt, at + 4)
    line.put(b") ")
    need(pkt, at, 28)
    count = pkt.u16(at + 24)
    if length - 28 < 8 * count:
        return False
    write_offsets(line, pkt, at + 28, count)
    line.put(b' "')
    write_padded(line, pkt, at + 28 + 8 * count, length - 28 - 8 * count)
    line.put(b'"')
    return True


def write_request(line: Line, pkt: Record, at: int, length: int) -> bool:
    need(pkt, at, 20)
    line.put(b" please repair ")
    line.host4(pkt.u32(at))
    line.char(32)
    write_range(line, pkt, at + 4)
    return True


def write_range(line: Line, pkt: Record, at: int) -> None:
    """A page, the first and the last operation on it."""
    write_page(line, pkt, at)
    line.put(b"<%d:%d>" % (pkt.u32(at + 8), pkt.u32(at + 12)))


def write_pages_request(line: Line, pkt: Record, at: int, length: int) -> bool:
    need(pkt, at, 12)
    line.put(b" need %d/" % pkt.u32(at + 8))
    write_page(line, pkt, at)
    pkt.u32(at + 12)
    return True


def write_pages(line: Line, pkt: Record, at: int, length: int) -> bool:
    count = pkt.u32(at)
    at += 4
    for _ in range(count):
        need(pkt, at, 12)
        line.put(b" %d/" % pkt.u32(at))
        write_page(line, pkt, at + 4)
        need(pkt, at, 16)
        offsets = pkt.u8(at + 12)  # of 16 bits, as tcpdump has it
        write_offsets(line, pkt, at + 16, offsets)
        at += 16 + 8 * offsets
    return True


def write_repair(line: Line, pkt: Record, at: int, length: int) -> bool:
    need(pkt, at, 20)
    line.put(b" for ")
    line.host4(pkt.u32(at))
    return write_drawing(line, pkt, at + 4, length - 4)


def write_drawing(line: Line, pkt: Record, at: int, length: int) -> bool:
    need(pkt, at, 16)
    line.char(32)
    write_range(line, pkt, at)
    if line.style.verbose:
        write_operations(line, pkt, at + 16, pkt.u32(at + 8), pkt.u32(at + 12))
    return True


def write_operations(line: Line, pkt: Record, at: int, first: int, last: int) -> None:
    """What is drawn; every operation has a header of 8 octets and is padded to 4."""
    line.put(b" <")
    number = first
    while number <= last:
        kind = pkt.u8(at + 7)
        line.put(b" %s" % named(OPERATION_NAMES, kind, b"dop-%d!"))
        if kind in (SKIP, HOLE):
            end = pkt.u32(at)
            line.put(b"%d" % (end - number + 1 & 0xFFFFFFFF))
            if not number <= end <= last:
                line.put(b"[|]")
                if end < number:
                    return
            number = end
        at += pkt.u16(at + 4) + 8 + 3 & ~3
        number += 1
    line.put(b" >")


#: What stands before a message, its least octets, and who writes it.
MESSAGES = {
    DRAW: (b" wb-dop:", 16, write_drawing), ANNOUNCE: (b" wb-id:", 28, write_announcement),
    REQUEST: (b" wb-rreq:", 20, write_request), REPAIR: (b" wb-rrep:", 20, write_repair),
    PAGES_REQUEST: (b" wb-preq:", 16, write_pages_request), PAGES: (b" wb-prep:", 4, write_pages),
}
