"""Distance Vector Multicast Routing (RFC 1075, draft-ietf-idmr-dvmrp-v3); print-dvmrp.c."""

from __future__ import annotations

from fyke.layers.durations import duration
from fyke.layers.fields import U8, U16, Made
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record

HEADER_LENGTH = 8  # IGMP's
PROBE, REPORT, ASK, NEIGHBORS, ASK2, NEIGHBORS2, PRUNE, GRAFT, GRAFT_ACK = range(1, 10)
TYPE_NAMES = {
    PROBE: b"Probe", REPORT: b"Report", ASK: b"Ask-neighbors(old)",
    NEIGHBORS: b"Neighbors(old)", ASK2: b"Ask-neighbors2", NEIGHBORS2: b"Neighbors2",
    PRUNE: b"Prune", GRAFT: b"Graft", GRAFT_ACK: b"Graft-ACK",
}
#: How a neighbor is reached, in the order of the text.
NEIGHBOR_FLAGS = ((0x01, b"/tunnel"), (0x02, b"/srcrt"), (0x40, b"/querier"),
                  (0x20, b"/disabled"), (0x10, b"/down"))
LAST = 0x80  # in a metric: the last route with this mask


class Dvmrp(Layer):
    """A message of multicast routers, in IGMP."""

    __slots__ = ()

    name = "dvmrp"
    tag = b"dvmrp"

    code = U8(1, "type of message", names=as_text(TYPE_NAMES))
    checksum = U16(2, "checksum over the message")
    minor = U8(6, "version behind the point")
    major = U8(7, "version")
    source = Made("ipv4", lambda layer: layer.pkt.u32(layer.off + HEADER_LENGTH)
                  if layer.code in (PRUNE, GRAFT, GRAFT_ACK) else None,
                  "source network of a prune or graft")
    group = Made("ipv4", lambda layer: layer.pkt.u32(layer.off + HEADER_LENGTH + 4)
                 if layer.code in (PRUNE, GRAFT, GRAFT_ACK) else None,
                 "group of a prune or graft")
    lifetime = Made("u32", lambda layer: layer.pkt.u32(layer.off + HEADER_LENGTH + 8)
                    if layer.code == PRUNE else None, "of a prune", unit="s")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 7)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.size < HEADER_LENGTH:
            refuse(line, self.size, HEADER_LENGTH)
            return
        code = pkt.u8(self.off + 1)
        at, length = self.off + HEADER_LENGTH, self.size - HEADER_LENGTH
        line.put(b" %s" % named(TYPE_NAMES, code, b"[type %d]"))
        if code == PROBE and line.style.verbose:
            write_probe(line, pkt, at, length)
        elif code == REPORT and line.style.verbose > 1:
            write_report(line, pkt, at, length)
        elif code == NEIGHBORS:
            write_neighbors(line, pkt, at, length)
        elif code == NEIGHBORS2:
            version = pkt.u16(self.off + 6)
            line.put(b" (v %d.%d):" % (version & 255, version >> 8))
            write_neighbors2(line, pkt, at, length)
        elif code in (PRUNE, GRAFT, GRAFT_ACK):
            source, group = pkt.u32(at), pkt.u32(at + 4)
            line.put(b" src ")
            line.host4(source)
            line.put(b" grp ")
            line.host4(group)
            if code == PRUNE:
                line.put(b" timer ")
                line.put(duration(pkt.u32(at + 8)))


def refuse(line: Line, length: int, least: int) -> None:
    line.put(b" [length %d < %d]" % (length, least))
    line.put(INVALID)


def write_probe(line: Line, pkt: Record, at: int, length: int) -> None:
    """Who is there, and who else was heard."""
    if length < 4:
        line.put(b" [full length %d < 4]%s" % (length, INVALID))
        return
    line.put(b"\n\t" if line.style.verbose > 1 else b" ")
    line.put(b"genid %d" % pkt.u32(at))
    if line.style.verbose < 2:
        return
    for offset in range(4, length, 4):
        if length - offset < 4:
            line.put(b"[remaining length %d < 4]%s" % (length - offset, INVALID))
            return
        neighbor = pkt.u32(at + offset)
        line.put(b"\n\tneighbor ")
        line.host4(neighbor)


def write_report(line: Line, pkt: Record, at: int, length: int) -> None:
    """Routes, gathered by their masks; of a network only as many octets as the mask has."""
    stop = at + length
    while at < stop:
        if stop - at < 3:
            refuse(line, stop - at, 3)
            return
        mask = pkt.u24(at)
        width = 4 if mask & 0xFF else 3 if mask & 0xFF00 else 2 if mask else 1
        line.put(b"\n\tMask ")
        line.ipv4(0xFF000000 | mask)
        at += 3
        metric = 0
        while not metric & LAST:
            if stop - at < width + 1:
                line.put(b"\n\t  [Truncated Report]%s" % INVALID)
                return
            origin = int.from_bytes(pkt.raw(at, width), "big") << 8 * (4 - width)
            metric = pkt.u8(at + width)
            line.put(b"\n\t  ")
            line.ipv4(origin)
            line.put(b" metric %d" % (metric & ~LAST))
            at += width + 1


def write_neighbors(line: Line, pkt: Record, at: int, length: int) -> None:
    """An interface after the other, with the neighbors on it."""
    stop = at + length
    while at < stop:
        if stop - at < 7:
            refuse(line, stop - at, 7)
            return
        metric, threshold, count = pkt.u8(at + 4), pkt.u8(at + 5), pkt.u8(at + 6)
        local = pkt.u32(at)
        at += 7
        for _ in range(count):
            if stop - at < 4:
                refuse(line, stop - at, 4)
                return
            line.put(b" [")
            line.host4(local)
            line.put(b" ->")
            neighbor = pkt.u32(at)
            line.char(32)
            line.host4(neighbor)
            line.put(b", (%d/%d)]" % (metric, threshold))
            at += 4


def write_neighbors2(line: Line, pkt: Record, at: int, length: int) -> None:
    """The same with flags."""
    stop = at + length
    while at < stop:
        if stop - at < 8:
            refuse(line, stop - at, 8)
            return
        metric, threshold = pkt.u8(at + 4), pkt.u8(at + 5)
        flags, count = pkt.u8(at + 6), pkt.u8(at + 7)
        local = pkt.u32(at)
        at += 8
        while count > 0 and at < stop:
            if stop - at < 4:
                refuse(line, stop - at, 4)
                return
            line.put(b" [")
            line.host4(local)
            line.put(b" -> ")
            line.host4(pkt.u32(at))
            line.put(b" (%d/%d%s)]" % (metric, threshold, b"".join(
                name for bit, name in NEIGHBOR_FLAGS if flags & bit)))
            at += 4
            count -= 1
        if count:
            line.put(b" [invalid ncount]%s" % INVALID)
            return
