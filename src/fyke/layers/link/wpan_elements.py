"""Information elements of IEEE 802.15.4 frames; tcpdump: print-802_15_4.c.

With -vvvv decoded; with fewer as octets.
"""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.link.wpan_body import Stop, Walk, pending_addresses, write_superframe
from fyke.layers.link.wpan_names import (
    HEADER_ELEMENTS,
    LINK_OPTIONS,
    LONG_ELEMENTS,
    PAYLOAD_GROUPS,
    SHORT_ELEMENTS,
)

PAYLOAD_FOLLOWS, NO_MORE = 0x7E, 0x7F  # header elements that end the list
LIST_END = 15  # payload group
EXTENDED_DSME = 0x21
ELEMENT_HEAD = 2  # octets
TIMESLOT_NAMES = (
    b"CCA Offset", b"CCA", b"TX Offset", b"RX Offset", b"RX Ack Delay", b"TX Ack Delay",
    b"RX Wait", b"Ack Wait", b"RX TX", b"Max Ack", b"Max TX", b"Time slot Length")

Writer = Callable[[Walk, int, int], None]


def header_elements(walk: Walk) -> bool:
    """Header elements; whether payload elements follow them."""
    line = walk.line
    while True:
        word = element_head(walk)
        if word & 0x8000:
            line.put(b"[ERROR: Header IE with type 1] ")
        size, element = word & 0x7F, word >> 7 & 0xFF
        if element > 127:
            line.put(b"Reserved Element ID %02x, length = %d " % (element, size))
        else:
            write_title(walk, HEADER_ELEMENTS[element], size)
        write_content(walk, size, HEADER_WRITERS.get(element))
        line.put(b"] ")
        if element == PAYLOAD_FOLLOWS:
            return True
        if element == NO_MORE or walk.left == 0:
            return False


def element_head(walk: Walk) -> int:
    """The two octets before an element: type, identifier and length."""
    if walk.left < ELEMENT_HEAD:
        walk.line.put(b"[ERROR: Truncated header IE]")
        raise Stop
    return walk.pkt.le16(walk.at)


def write_title(walk: Walk, name: bytes, size: int) -> None:
    walk.line.put(b"\n\t%s [" % name)
    if size:
        walk.line.put(b" length = %d, " % size)


def write_content(walk: Walk, size: int, writer: Writer | None) -> None:
    """What an element holds, and past it; as octets without a writer or with less than -vvvv."""
    if walk.left < ELEMENT_HEAD + size:
        walk.line.put(b"[ERROR: Truncated IE data]")
        raise Stop
    if size:
        if writer is None or walk.line.style.verbose < 4:
            writer = Walk.data
        writer(walk, walk.at + ELEMENT_HEAD, size)
    walk.skip(ELEMENT_HEAD + size)


def low_energy(walk: Walk, at: int, size: int) -> None:
    line, pkt = walk.line, walk.pkt
    if size < 4:
        line.put(b"[ERROR: Truncated CSL IE]")
        return
    line.put(b"CSL Phase = %d, CSL Period = %d" % (pkt.le16(at), pkt.le16(at + 2)))
    if size >= 6:
        line.put(b", Rendezvous time = %d" % pkt.le16(at + 4))
    if size not in (4, 6):
        line.put(b" [ERROR: CSL IE length wrong]")


def receiver_times(walk: Walk, at: int, size: int) -> None:
    pkt = walk.pkt
    if size < 4:
        walk.line.put(b"[ERROR: Truncated RIT IE]")
        return
    walk.line.put(b"Time to First Listen = %d, # of Repeat Listen = %d, Repeat Listen Interval "
                  b"= %d" % (pkt.u8(at), pkt.u8(at + 1), pkt.le16(at + 2)))


def rendezvous(walk: Walk, at: int, size: int) -> None:
    if size != 4:
        walk.line.put(b"[ERROR: Length != 2]")
        return
    walk.line.put(b"Rendezvous time = %d, Wake-up Interval = %d" % (
        walk.pkt.le16(at), walk.pkt.le16(at + 2)))


def time_correction(walk: Walk, at: int, size: int) -> None:
    if size != 2:
        walk.line.put(b"[ERROR: Length != 2]")
        return
    word = walk.pkt.le16(at)
    if word & 0x8000:
        walk.line.put(b"Negative ")
    word &= 0xFFF
    walk.line.put(b"Ack time correction = %d, " % (word - 0x1000 if word & 0x800 else word))


def dsme(walk: Walk, at: int, size: int) -> None:
    dsme_descriptor(walk, at, size, extended=False)


def extended_dsme(walk: Walk, at: int, size: int) -> None:
    dsme_descriptor(walk, at, size, extended=True)


def dsme_descriptor(walk: Walk, at: int, size: int, *, extended: bool) -> None:
    line, pkt, end = walk.line, walk.pkt, at + size
    if size < 2:
        line.put(b"[ERROR: Truncated DSME PAN IE]")
        return
    write_superframe(line, pkt.le16(at))
    if size < 3:
        line.put(b"[ERROR: Truncated before pending addresses field]")
        return
    at += 2
    try:
        at += pending_addresses(walk, at, end - at)
    except Stop:
        return
    width = 2 if extended else 1
    if end < at + width:
        line.put(b"[ERROR: Truncated before DSME Superframe Specification]")
        return
    bits = pkt.le16(at) if extended else pkt.u8(at)
    order, shift = (bits & 0xFF, 4) if extended else (bits & 0x0F, 0)
    at += width
    line.put(b"Multi-superframe Order = %d, %s" % (
        order, b"Channel hopping mode" if bits >> shift & 0x10 else b"Channel adaptation mode"))
    if bits >> shift & 0x40:
        line.put(b", CAP reduction enabled")
    if bits >> shift & 0x80:
        line.put(b", Deferred beacon enabled")
    hopping = extended and bits & 0x1000
    if hopping:
        line.put(b", Hopping Sequence Present")
    if end < at + 8:
        line.put(b" [ERROR: Truncated before Time synchronization specification]")
        return
    line.put(b"Beacon timestamp = %d, offset = %d" % (
        pkt.le32(at) | pkt.le16(at + 4) << 32, pkt.le16(at + 6)))
    at += 8
    at = dsme_bitmaps(walk, at, end)
    if at and hopping:
        if end < at + 1:
            line.put(b" [ERROR: Truncated in Hopping Sequence length]")
            return
        count = pkt.u8(at)
        line.put(b"Hopping Seq length = %d [ " % count)
        hops(walk, at + 1, count, end, b" [ERROR: Truncated in Channel offset bitmap]")


def dsme_bitmaps(walk: Walk, at: int, end: int) -> int:
    """The beacon bitmap and the channel hopping specification; where they end, 0 if cut off."""
    line, pkt = walk.line, walk.pkt
    if end < at + 4:
        line.put(b" [ERROR: Truncated before Beacon Bitmap]")
        return 0
    count = pkt.le16(at + 2)
    line.put(b"SD Index = %d, Bitmap len = %d, " % (pkt.le16(at), count))
    at += 4
    if end < at + count:
        line.put(b" [ERROR: Truncated in SD bitmap]")
        return 0
    walk.data(at, count, b" SD Bitmap = ")
    at += count
    if end < at + 5:
        line.put(b" [ERROR: Truncated before Channel hopping specification]")
        return 0
    count = pkt.le16(at + 4)
    line.put(b"Hopping Seq ID = %d, PAN Coordinator BSN = %d, Channel offset = %d, Bitmap length "
             b"= %d, " % (pkt.u8(at), pkt.u8(at + 1), pkt.le16(at + 2), count))
    at += 5
    if end < at + count:
        line.put(b" [ERROR: Truncated in Channel offset bitmap]")
        return 0
    walk.data(at, count, b" Channel offset bitmap = ")
    return at + count


def hops(walk: Walk, at: int, count: int, end: int, wrong: bytes) -> bool:
    """Channels of a hopping sequence; whether they are all there."""
    if end < at + 2 * count:
        walk.line.put(wrong)
        return False
    for index in range(count):
        walk.line.put(b"%02x " % walk.pkt.le16(at + 2 * index))
    walk.line.put(b"]")
    return True


HEADER_WRITERS: dict[int, Writer] = {
    0x00: Walk.vendor, 0x1A: low_energy, 0x1B: receiver_times, 0x1C: dsme, 0x1D: rendezvous,
    0x1E: time_correction, EXTENDED_DSME: extended_dsme,
}


def payload_elements(walk: Walk) -> None:
    line = walk.line
    while True:
        word = element_head(walk)
        if not word & 0x8000:
            line.put(b"[ERROR: Payload IE with type 0] ")
        size, group = word & 0x3FF, word >> 11 & 15
        write_title(walk, PAYLOAD_GROUPS[group], size)
        write_content(walk, size, PAYLOAD_WRITERS.get(group))
        line.put(b"]\n\t")
        if group == LIST_END or walk.left == 0:
            return


def nested_elements(walk: Walk, at: int, size: int) -> None:
    """Elements of the MAC's management."""
    line = walk.line
    while True:
        if size < 2:
            line.put(b"[ERROR: Truncated MLME IE]")
            return
        word = walk.pkt.le16(at)
        if word & 0x8000:
            length, element = word & 0x3FF, word >> 11 & 15
            name = LONG_ELEMENTS[element]
        else:
            length, element = word & 0xFF, word >> 8 & 0x7F
            name = SHORT_ELEMENTS[element]
        line.put(b"\n\t\t%s [ length = %d, " % (name, length))
        at += 2
        if size < 2 + length:
            line.put(b"[ERROR: Truncated IE data]")
            return
        if length:
            NESTED_WRITERS.get(element, Walk.data)(walk, at, length)
        line.put(b"] ")
        at += length
        size -= 2 + length
        if size == 0:
            return


def channel_hopping(walk: Walk, at: int, size: int) -> None:
    line, pkt, end = walk.line, walk.pkt, at + size
    line.put(b"Hopping Sequence ID = %d" % pkt.u8(at))
    if size == 1:
        return
    at += 1
    wrong = b"[ERROR: IE truncated]"
    if end < at + 7:
        line.put(wrong)
        return
    page, channels = pkt.u8(at), pkt.le16(at + 1)
    line.put(b"Channel Page = %d, Number of Channels = %d, Phy Configuration = 0x%08x, " % (
        page, channels, pkt.le32(at + 3)))
    at += 7
    if page in (9, 10):
        count = (channels + 7) // 8
        if end < at + count:
            line.put(wrong)
            return
        line.put(b"Extended bitmap = 0x")
        line.hex_string(pkt, at, count)
        line.put(b", ")
        at += count
    if end < at + 2:
        line.put(wrong)
        return
    count = pkt.le16(at)
    at += 2
    line.put(b"Hopping Seq length = %d [ " % count)
    if not hops(walk, at, count, end, b" " + wrong):
        return
    at += 2 * count
    line.put(b"Current hop = %d" % pkt.le16(at) if end >= at + 2 else wrong)


def synchronization(walk: Walk, at: int, size: int) -> None:
    pkt = walk.pkt
    if size < 6:
        walk.line.put(b"[ERROR: Length != 6]")
    walk.line.put(b"ASN = %010x, Join Metric = %d " % (
        pkt.le32(at) | pkt.u8(at + 4) << 32, pkt.u8(at + 5)))


def slotframes(walk: Walk, at: int, size: int) -> None:
    line, pkt, end = walk.line, walk.pkt, at + size
    count = pkt.u8(at)
    line.put(b"Slotframes = %d " % count)
    at += 1
    for _ in range(count):
        if end < at + 4:
            line.put(b"[ERROR: Truncated IE before slotframes]")
            return
        links = pkt.u8(at + 3)
        line.put(b"\n\t\t\t[ Handle %d, size = %d, links = %d " % (
            pkt.u8(at), pkt.le16(at + 1), links))
        at += 4
        for _link in range(links):
            if end < at + 5:
                line.put(b"[ERROR: Truncated IE links]")
                break
            line.put(b"\n\t\t\t\t[ Timeslot =  %d, Offset = %d, Options = " % (
                pkt.le16(at), pkt.le16(at + 2)))
            for bit, name in LINK_OPTIONS:
                if pkt.u8(at + 4) & bit:
                    line.put(name)
            at += 5
            line.put(b"] ")
        line.put(b"] ")


def timeslot(walk: Walk, at: int, size: int) -> None:
    line, pkt = walk.line, walk.pkt
    if size not in (1, 25, 27):
        line.put(b"[ERROR: Length not 1, 25, or 27]")
        walk.data(at, size, b"\n\t\t\tIE Data = ")
        return
    line.put(b"Time slot ID = %d" % pkt.u8(at))
    if size > 1:
        at += 1
        for index, name in enumerate(TIMESLOT_NAMES):
            width = 3 if size == 27 and index >= 10 else 2
            line.put(b", %s = %d" % (name, pkt.le24(at) if width == 3 else pkt.le16(at)))
            at += width
    line.char(32)


def multiplexed(walk: Walk, at: int, size: int) -> None:
    """Upper layers' frames and pieces of them (802.15.9)."""
    line, pkt = walk.line, walk.pkt
    first = pkt.u8(at)
    kind, transaction = first & 7, first >> 3
    start = 1
    if kind == 0:
        line.put(b"Type = Full upper layer fragment, ")
        if size < 3:
            line.put(b"[ERROR: Multiplex ID missing]")
            return
        start = 3
        line.put(b"tid = 0x%02x, Multiplex ID = 0x%04x, " % (transaction, pkt.le16(at + 1)))
    elif kind == 1:
        line.put(b"Type = Full upper layer fragment with small Multiplex ID, Multiplex ID = "
                 b"0x%04x, " % transaction)
    elif kind in (2, 4):
        if size < 2:
            line.put(b"[ERROR: fragment number missing]")
            return
        start = 2
        number = pkt.u8(at + 1)
        name = b"Last" if kind == 4 else b"Middle" if number else b"First"
        line.put(b"Type = %s fragment, tid = 0x%02x, fragment = 0x%02x, " % (
            name, transaction, number))
        if number == 0:
            if size < 6:
                line.put(b"[ERROR: Total upper layer size or multiplex ID missing]")
                return
            line.put(b"Total upper layer size = 0x%04x, Multiplex ID = 0x%04x, " % (
                pkt.le16(at + 2), pkt.le16(at + 4)))
            start = 6
    elif kind == 6:
        line.put(b"Type = Abort, tid = 0x%02x, " % transaction)
        if size == 1:
            line.put(b"no max size given")
        elif size == 3:
            line.put(b"max size = 0x%04x" % pkt.le16(at + 1))
        else:
            line.put(b"invalid length = %d (not 1 or 3)" % size)
            walk.data(at + 1, size - 1, b"Abort data = ")
        return
    else:
        line.put(b"Type = %d (Reserved), tid = 0x%02x, " % (kind, transaction))
    walk.data(at + start, size - start, b"Upper layer data = ")


def ietf(walk: Walk, at: int, size: int) -> None:
    walk.line.put(b"Subtype ID = 0x%02x, Subtype content = " % walk.pkt.u8(at))
    walk.octets(at + 1, size - 1)


PAYLOAD_WRITERS: dict[int, Writer] = {1: nested_elements, 2: Walk.vendor, 3: multiplexed, 5: ietf}
NESTED_WRITERS = {8: Walk.vendor, 9: channel_hopping, 0x1A: synchronization, 0x1B: slotframes,
                  0x1C: timeslot}
