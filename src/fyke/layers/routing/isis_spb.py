"""Shortest path bridging in IS-IS (RFC 6329): sub-TLVs of two capabilities."""

from __future__ import annotations

from fyke.hints import Iterator
from fyke.layers.link.text import write_padded
from fyke.layers.routing.isis_names import BRIDGING_SUBTLV_NAMES, PORT_SUBTLV_NAMES
from fyke.wire import Line, Record

MCID, DIGEST, BVID = 4, 5, 6  # of a port
INSTANCE, SERVICE = 1, 3  # of a bridge
MCID_LENGTH, DIGEST_LENGTH, INSTANCE_LENGTH, TREE_LENGTH = 51, 33, 19, 8
TOO_SHORT = b" (too short)"
CUT = b" [|isis]"


def write_port_capability(line: Line, pkt: Record, at: int, size: int) -> None:
    if size < 2:
        return
    word = pkt.u16(at)
    line.put(b"\n\t       RES: %d, MTID(s): %d" % (word >> 12, word & 0x0FFF))
    for kind, off, count in subtlvs(line, pkt, at + 2, at + size, PORT_SUBTLV_NAMES, b" "):
        if not write_port(line, pkt, off, kind, count):
            line.put(TOO_SHORT)
            return


def write_bridging_capability(line: Line, pkt: Record, at: int, size: int) -> None:
    if size < 2:
        return
    word = pkt.u16(at)
    line.put(b"\n\t      O: %d, RES: %d, MTID(s): %d" % (
        word >> 15, word >> 12 & 7, word & 0x0FFF))
    for kind, off, count in subtlvs(line, pkt, at + 2, at + size, BRIDGING_SUBTLV_NAMES, b""):
        fault = b""
        if kind == INSTANCE:
            fault = write_instance(line, pkt, off, count)
        elif kind == SERVICE:
            fault = write_service(line, pkt, off, count)
        if fault:
            line.put(fault)
            return


def subtlvs(line: Line, pkt: Record, at: int, end: int, names: dict[int, bytes],
            indent: bytes) -> Iterator[tuple[int, int, int]]:
    """Type, offset and length of each, after its heading is written."""
    while end - at > 2:
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        at += 2
        line.put(b"\n\t      %s%s subTLV #%d, length: %d" % (
            indent, names.get(kind, b"unknown"), kind, size))
        if size > end - at:
            line.put(b" (> containing TLV length)")
            return
        if not pkt.has(at, size):
            line.put(CUT)
            return
        yield kind, at, size
        at += size


def write_port(line: Line, pkt: Record, at: int, kind: int, size: int) -> bool:
    """One sub-TLV of a port; False if it is too short."""
    if kind == MCID:
        if size < 2 * MCID_LENGTH:
            return False
        line.put(b"\n\t         MCID: ")
        write_mcid(line, pkt, at)
        line.put(b"\n\t         AUX-MCID: ")
        write_mcid(line, pkt, at + MCID_LENGTH)
    elif kind == DIGEST:
        if size < DIGEST_LENGTH:
            return False
        first = pkt.u8(at)
        line.put(b"\n\t        RES: %d V: %d A: %d D: %d\n\t         Digest: " % (
            first >> 5, first >> 4 & 1, first >> 2 & 3, first & 3))
        for i in range(8):
            line.put(b"%08x " % pkt.u32(at + 1 + 4 * i))
            if i == 3:
                line.put(b"\n\t                 ")
    elif kind == BVID:
        for off in range(at, at + size, 6):
            if at + size - off < 4:
                return False
            line.put(b"\n\t           ECT: %08x" % pkt.u32(off))
            if at + size - off < 6:
                return False
            word = pkt.u16(off + 4)
            line.put(b" BVID: %d, U:%x M:%x " % (word >> 4, word >> 3 & 1, word >> 2 & 1))
    return True


def write_mcid(line: Line, pkt: Record, at: int) -> None:
    """A configuration identifier of IEEE 802.1Q §13.8."""
    line.put(b"ID: %d, Name: " % pkt.u8(at))
    write_padded(line, pkt, at + 1, 32)
    line.put(b"\n\t              Lvl: %d, Digest: " % pkt.u16(at + 33))
    for octet in pkt.raw(at + 35, 16):
        line.put(b"%02x " % octet)


def write_instance(line: Line, pkt: Record, at: int, size: int) -> bytes:
    """A bridge and its trees; what is wrong with it."""
    if size < INSTANCE_LENGTH:
        return TOO_SHORT
    source = pkt.u32(at + 14)
    trees = pkt.u8(at + 18)
    line.put(b"\n\t        CIST Root-ID: %08x %08x, Path Cost: %08x, Prio: %d" % (
        pkt.u32(at), pkt.u32(at + 4), pkt.u32(at + 8), pkt.u16(at + 12)))
    line.put(b"\n\t        RES: %d, V: %d, SPSource-ID: %d, No of Trees: %x" % (
        source >> 21, source >> 20 & 1, source & 0xFFFFF, trees))
    end = at + size
    at += INSTANCE_LENGTH
    for _ in range(trees):
        if end - at < TREE_LENGTH:
            return CUT
        flags, vlans = pkt.u8(at), pkt.u24(at + 5)
        line.put(b"\n\t         U:%d, M:%d, A:%d, RES:%d, ECT: %08x, BVID: %d, SPVID: %d" % (
            flags >> 7, flags >> 6 & 1, flags >> 5 & 1, flags & 31, pkt.u32(at + 1),
            vlans >> 12, vlans & 0xFFF))
        at += TREE_LENGTH
    return b""


def write_service(line: Line, pkt: Record, at: int, size: int) -> bytes:
    """An address and the services behind it; what is wrong with it."""
    if size < 8:
        return CUT
    vlan = pkt.u16(at + 6)
    line.put(b"\n\t        BMAC: %012x, RES: %d, VID: %d" % (
        pkt.u48(at), vlan >> 12, vlan & 0xFFF))
    for off in range(at + 8, at + size - 3, 4):
        word = pkt.u32(off)
        line.put(b"\n\t        T: %d, R: %d, RES: %d, ISID: %d" % (
            word >> 31, word >> 30 & 1, word >> 24 & 63, word & 0xFFFFFF))
    return b""
