"""Version 1 of Protocol Independent Multicast, inside IGMP; tcpdump: print-pim.c."""

from __future__ import annotations

from fyke.layers.durations import duration
from fyke.layers.fields import U8
from fyke.layers.layer import Layer
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record

V1_NAMES = {0: b"Query", 1: b"Register", 2: b"Register-Stop", 3: b"Join/Prune",
            4: b"RP-reachable", 5: b"Assert", 6: b"Graft", 7: b"Graft-ACK", 8: b"Mode"}
MODES = {0: b" Dense-mode", 1: b" Sparse-mode", 2: b" Sparse-Dense-mode"}


class PimV1(Layer):
    """Version 1, inside IGMP."""

    __slots__ = ()

    name = "pimv1"
    tag = b"pimv1"

    type = U8(1, "type of message", names=as_text(V1_NAMES))

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 1)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        kind = pkt.u8(off + 1)
        line.put(b" " + named(V1_NAMES, kind, b"[type %d]"))
        if kind == 0:
            mode = pkt.u8(off + 8) >> 4
            line.put(MODES.get(mode) or b" mode-%d" % mode)
            if line.style.verbose:
                line.put(b" (Hold-time %s)" % duration(pkt.u16(off + 10)))
        elif kind in (1, 2):
            first = off + 20 if kind == 1 else off + 8
            write_pair(line, pkt, first, first + 4)
        elif kind in (3, 6, 7) and line.style.verbose:
            write_v1_join(line, pkt, off + 8)
        elif kind == 4 and line.style.verbose:
            line.put(b" group ")
            write_masked(line, pkt, off + 8, off + 12)
            line.put(b" RP ")
            line.host4(pkt.u32(off + 16))
            line.put(b" hold " + duration(pkt.u16(off + 22)))
        elif kind == 5:
            write_pair(line, pkt, off + 16, off + 8)
            if pkt.u32(off + 12) != 0xFFFFFFFF:
                line.char(47)
                line.host4(pkt.u32(off + 12))
            word = pkt.u32(off + 20)
            line.put(b" %s pref %d metric %d" % (
                b"RP-tree" if word >> 31 else b"SPT", word & 0x7FFFFFFF, pkt.u32(off + 24)))
        if pkt.u8(off + 4) >> 4 != 1:
            line.put(b" [v%d]" % (pkt.u8(off + 4) >> 4))


def write_pair(line: Line, pkt: Record, source: int, target: int) -> None:
    pkt.u32(target)
    line.put(b" for ")
    line.host4(pkt.u32(source))
    line.put(b" > ")
    line.host4(pkt.u32(target))


def write_masked(line: Line, pkt: Record, address: int, mask: int) -> None:
    """An address, and its mask if that is not of all ones."""
    line.host4(pkt.u32(address))
    if pkt.u32(mask) != 0xFFFFFFFF:
        line.char(47)
        line.host4(pkt.u32(mask))


def write_v1_join(line: Line, pkt: Record, at: int) -> None:
    joined = pkt.u16(at + 20) if pkt.has(at, 30) else 0
    if pkt.has(at, 30) and pkt.u8(at + 11) == 1 and joined + pkt.u16(at + 22) == 1:
        line.put(b" RPF ")
        line.host4(pkt.u32(at))
        line.char(32)
        hold = pkt.u16(at + 6)
        if hold != 180:
            line.put(b"Hold " + duration(hold))
        line.put(b"%s (" % (b"Join" if joined else b"Prune"))
        line.host4(pkt.u32(at + 26))
        line.put(b"/%d, " % (pkt.u8(at + 25) & 0x3F))
        write_masked(line, pkt, at + 12, at + 16)
        flags = pkt.u8(at + 25)
        line.put(b") %s%s %s" % (
            b"Sparse" if pkt.u8(at + 24) & 1 else b"Dense",
            b" WC" if flags & 0x80 else b"", b"RP" if flags & 0x40 else b"SPT"))
        return
    gap = b"\n" if line.style.verbose > 1 else b""
    line.put(gap + b" Upstream Nbr: ")
    line.host4(pkt.u32(at))
    line.put(gap + b" Hold time: " + duration(pkt.u16(at + 6)))
    if line.style.verbose < 2:
        return
    groups = pkt.u8(at + 11)
    at += 12
    for _ in range(groups):
        line.put(b"\n\tGroup: ")
        write_masked(line, pkt, at, at + 4)
        counts = (pkt.u16(at + 8), pkt.u16(at + 10))
        line.put(b" joined: %d pruned: %d" % counts)
        at += 12
        for i in range(sum(counts)):
            flags = pkt.u8(at + 1)
            pkt.u32(at + 2)
            line.put(b"\n\t%s %s%s%s" % (
                b"Join " if i < counts[0] else b"Prune",
                b"Sparse " if pkt.u8(at) & 1 else b"Dense ", b"WC " if flags & 0x80 else b"",
                b"RP " if flags & 0x40 else b"SPT "))
            line.host4(pkt.u32(at + 2))
            line.put(b"/%d" % (flags & 0x3F))
            at += 6
