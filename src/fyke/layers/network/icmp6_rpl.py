"""Routing for low-power networks (RPL, RFC 6550 §6); tcpdump: print-icmp6.c."""

from __future__ import annotations

from fyke.layers.hexdump import hex_print
from fyke.wire import Line, Record, Truncated

SOLICITATION, INFORMATION, DESTINATION, DESTINATION_ACK = 0, 1, 2, 3
SECURED = 0x80
MODE_NAMES = {0: b"nonstoring", 1: b"storing", 2: b"nonstoring-multicast",
              3: b"storing-multicast"}
PAD1 = 0
OPTION_NAMES = {
    PAD1: b"pad1", 1: b"padN", 2: b"metrics", 3: b"routinginfo", 4: b"config", 5: b"rpltarget",
    6: b"transitinfo", 8: b"destprefix", 9: b"rpltargetdesc",
}


def write_rpl(line: Line, pkt: Record, off: int, length: int) -> None:
    code = pkt.u8(off + 1)
    if code & SECURED:
        line.put(b", (SEC) [worktodo]")
        return
    line.put(b", (CLR)")
    base = off + 4
    rest = length - 4
    if code == SOLICITATION:
        line.put(b"DODAG Information Solicitation")
    elif code == INFORMATION:
        line.put(b"DODAG Information Object")
        if line.style.verbose:
            write_information(line, pkt, base, rest)
    elif code == DESTINATION:
        line.put(b"Destination Advertisement Object")
        if line.style.verbose:
            write_destination(line, pkt, base, rest)
    elif code == DESTINATION_ACK:
        line.put(b"Destination Advertisement Object Ack")
        if line.style.verbose:
            write_destination_ack(line, pkt, base, rest)
    else:
        line.put(b"RPL message, unknown code %d" % code)


def write_information(line: Line, pkt: Record, off: int, length: int) -> None:
    """A DODAG information object (RFC 6550 §6.3)."""
    if length < 24:
        raise Truncated
    mode = pkt.u8(off + 4)
    line.put(b" [dagid:")
    line.host6(pkt, off + 8)
    line.put(b",seq:%d,instance:%d,rank:%d,%smop:%s,prf:%d]" % (
        pkt.u8(off + 5), pkt.u8(off), pkt.u16(off + 2),
        b"grounded," if mode & 0x80 else b"",
        MODE_NAMES.get(mode >> 3 & 7) or b"mop%d" % (mode >> 3 & 7), mode & 7))
    if line.style.verbose > 1:
        write_options(line, pkt, off + 24, length - 24)


def write_graph_id(line: Line, pkt: Record, off: int, length: int) -> int:
    """The DODAG's identifier where the D flag says there is one; octets taken."""
    line.put(b" [dagid:")
    if not pkt.u8(off + 1) & 0x40:
        line.put(b"<elided>")
        return 4
    if length < 20:
        raise Truncated
    line.host6(pkt, off + 4)
    return 20


def write_destination(line: Line, pkt: Record, off: int, length: int) -> None:
    """A destination advertisement object (RFC 6550 §6.4)."""
    pkt.u32(off)
    if length < 4:
        line.put(b" [|length too short]")
        return
    flags = pkt.u8(off + 1)
    taken = write_graph_id(line, pkt, off, length)
    line.put(b",seq:%d,instance:%d%s%s,flags:%02x]" % (
        pkt.u8(off + 3), pkt.u8(off), b",acK" if flags & 0x80 else b"",
        b",Dagid" if flags & 0x40 else b"", flags))
    if line.style.verbose > 1:
        write_options(line, pkt, off + taken, length - taken)


def write_destination_ack(line: Line, pkt: Record, off: int, length: int) -> None:
    """RFC 6550 §6.5."""
    pkt.u32(off)
    if length < 4:
        line.put(b" [|dao-length too short]")
        return
    flags = pkt.u8(off + 1)
    line.put(b" [dagid:")
    taken = 4
    if flags & 0x80:
        line.host6(pkt, off + 4)
        taken = 20
    else:
        line.put(b"<elided>")
    line.put(b",seq:%d,instance:%d,status:%d]" % (
        pkt.u8(off + 2), pkt.u8(off), pkt.u8(off + 3)))
    if line.style.verbose > 1:
        write_options(line, pkt, off + taken, length - taken)


def write_options(line: Line, pkt: Record, off: int, length: int) -> None:
    """Options by name (RFC 6550 §6.7)."""
    while length > 0:
        kind = pkt.u8(off)
        if kind == PAD1:
            line.put(b" opt:pad1")
            off += 1
            length -= 1
            continue
        if length < 2:
            raise Truncated
        size = pkt.u8(off + 1) + 2
        line.put(b" opt:%s len:%d " % (OPTION_NAMES.get(kind) or b"subopt:%d" % kind, size))
        if size > length:
            raise Truncated
        pkt.raw(off, size)
        if line.style.verbose > 2:
            hex_print(line, pkt, off + 2, size - 2, b" ")
        off += size
        length -= size
