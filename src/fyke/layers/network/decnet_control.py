"""Control messages of DECnet's routing layer (hellos, routes); tcpdump: print-decnet.c."""

from __future__ import annotations

from fyke.layers.hexdump import default_print
from fyke.layers.network.decnet_services import node
from fyke.wire import Line, Record

INITIALIZE, VERIFY, TEST, LEVEL_1, LEVEL_2, ROUTER, ENDNODE = 1, 3, 5, 7, 9, 11, 13
#: The fewest octets of each message, and its name.
MESSAGES = {
    INITIALIZE: (12, b"init "), VERIFY: (4, b"verification "), TEST: (4, b"test "),
    LEVEL_1: (4, b"lev-1-routing "), LEVEL_2: (4, b"lev-2-routing "),
    ROUTER: (19, b"router-hello "), ENDNODE: (32, b"endnode-hello "),
}
NODE_TYPES = (b"reserved-ntype? ", b"l2rout ", b"l1rout ", b"endnode ")
MAX_COUNT = 1024  # of one range of routes


def write_control(line: Line, pkt: Record, at: int, length: int) -> bool:
    """The message at ``at``; False if it is too short."""
    kind = pkt.u8(at) & 15
    if kind not in MESSAGES:
        line.put(b"unknown control message")
        default_print(line, pkt, at, min(length, pkt.end - at))
        return True
    shortest, name = MESSAGES[kind]
    line.put(name)
    if length < shortest:
        return False
    if kind in (ROUTER, ENDNODE):
        write_hello(line, pkt, at, kind)
        return True
    source = pkt.le16(at + 1)
    if kind == INITIALIZE:
        pkt.raw(at, shortest)
        info = pkt.u8(at + 3)
        line.put(NODE_TYPES[info & 3] + (b"verif " if info & 4 else b"")
                 + (b"blo " if info & 8 else b""))
        line.put(b"src %sblksize %d vers %d eco %d ueco %d hello %d" % (
            node(source), pkt.le16(at + 4), pkt.u8(at + 6), pkt.u8(at + 7), pkt.u8(at + 8),
            pkt.le16(at + 9)))
    elif kind in (VERIFY, TEST):
        line.put(b"src %s %s %o" % (
            node(source), b"fcnval" if kind == VERIFY else b"data", pkt.u8(at + 3)))
    else:
        pkt.raw(at, shortest)
        line.put(b"src %s " % node(source))
        write_routes(line, pkt, at + shortest, at + length,
                     b"ids" if kind == LEVEL_1 else b"areas")
    return True


def write_hello(line: Line, pkt: Record, at: int, kind: int) -> None:
    """Of a router or of an endnode: who it is, what it can, how often it says so."""
    if kind == ROUTER:
        pkt.raw(at, MESSAGES[ROUTER][0])
    info = pkt.u8(at + 10)
    tail = (b"pri %d hello %d" % (pkt.u8(at + 13), pkt.le16(at + 15)) if kind == ROUTER else
            b"rtr %s hello %d data %o" % (
                node(pkt.le16(at + 26)), pkt.le16(at + 28), pkt.u8(at + 31)))
    line.put(NODE_TYPES[info & 3] + (b"verif " if info & 4 else b"")
             + (b"nomcast " if info & 0x20 else b"") + (b"blo " if info & 0x40 else b""))
    line.put(b"vers %d eco %d ueco %d src %s blksize %d %s" % (
        pkt.u8(at + 1), pkt.u8(at + 2), pkt.u8(at + 3), node(pkt.le16(at + 8)),
        pkt.le16(at + 11), tail))


def write_routes(line: Line, pkt: Record, at: int, end: int, what: bytes) -> None:
    """Ranges of nodes or areas with their cost; a checksum comes last."""
    while end - at > 6:
        pkt.raw(at, 6)
        count, first, info = pkt.le16(at), pkt.le16(at + 2), pkt.le16(at + 4)
        if count > MAX_COUNT:
            return
        line.put(b"{%s %d-%d cost %d hops %d} " % (
            what, first, first + count, info & 0x1FF, info >> 10 & 31))
        at += 6
