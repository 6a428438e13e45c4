"""What BSD's and Darwin's packet filter logs (LINKTYPE_PFLOG); tcpdump: print-pflog.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U32, Made, Text
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.families import BSD_ETHERTYPES
from fyke.layers.link.text import write_padded
from fyke.layers.tables import table
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record

ETHERTYPES = table("ethertype")
LEAST_HEADER, MOST_HEADER = 61, 100
FREEBSD, OPENBSD = 69, 100  # lengths; NetBSD, DragonFly and Darwin share 61
NAME_LENGTH = 16
NOBODY, NOBODY_SIGNED = 0xFFFFFFFF, 0x7FFFFFFF  # no user; the second on NetBSD and Darwin
NO_RULE = 0xFFFFFFFF
INET, INET6 = 2, 24

REASONS = {
    0: b"0(match)", 1: b"1(bad-offset)", 2: b"2(fragment)", 3: b"3(short)", 4: b"4(normalize)",
    5: b"5(memory)", 6: b"6(bad-timestamp)", 7: b"7(congestion)", 8: b"8(ip-option)",
    9: b"9(proto-cksum)", 10: b"10(state-mismatch)", 11: b"11(state-insert)",
    12: b"12(state-limit)", 13: b"13(src-limit)", 14: b"14(synproxy)",
}
FREEBSD_REASONS = {**REASONS, 15: b"15(map-failed)"}
OPENBSD_REASONS = {**REASONS, 15: b"15(translate)", 16: b"16(no-route)"}
OTHER_REASONS = {**REASONS, 15: b"15(state-locked (NetBSD)/dummynet(Darwin)",
                 16: b"16(invalid-port (Darwin))"}
ACTIONS = {
    0: b"pass", 1: b"block", 2: b"scrub", 3: b"noscrub", 4: b"nat", 5: b"nonat", 6: b"binat",
    7: b"nobinat", 8: b"rdr", 9: b"nordr", 10: b"synproxy-drop",
}
FREEBSD_ACTIONS = {**ACTIONS, 11: b"defer", 12: b"match"}
OPENBSD_ACTIONS = {**FREEBSD_ACTIONS, 13: b"divert", 14: b"rt", 15: b"afrt"}
OTHER_ACTIONS = {**ACTIONS, 11: b"dummynet (Darwin)", 12: b"nodummynet (Darwin)",
                 13: b"nat64 (Darwin)", 14: b"nonat64 (Darwin)"}
DIRECTIONS = {0: b"in/out", 1: b"in", 2: b"out"}
OPENBSD_DIRECTIONS = {**DIRECTIONS, 3: b"fwd"}
#: Reasons, actions and directions by the header's length.
SYSTEMS = {FREEBSD: (FREEBSD_REASONS, FREEBSD_ACTIONS, DIRECTIONS),
           OPENBSD: (OPENBSD_REASONS, OPENBSD_ACTIONS, OPENBSD_DIRECTIONS)}
OTHER_SYSTEM = (OTHER_REASONS, OTHER_ACTIONS, DIRECTIONS)


class Pflog(Layer):
    """Which rule did what to the packet that follows, where and why."""

    __slots__ = ()

    name = "pflog"
    tag = b"pflog"
    link_layer = True

    header_length = U8(0, "octets of this header, without its padding to words")
    family = U8(1, "address family: BSD's AF_ number")
    action = U8(2, "what was done", names=as_text(OPENBSD_ACTIONS))
    reason = U8(3, "why", names={code: name.decode().partition("(")[2][:-1]
                                 for code, name in OPENBSD_REASONS.items()})
    interface = Text(4, NAME_LENGTH, "where")
    ruleset = Text(20, NAME_LENGTH, "the rule's set; empty for the main one")
    rule = U32(36, "number of the rule; 4294967295 for none")
    subrule = U32(40, "number in the ruleset; 4294967295 for none")
    uid = U32(44, "the socket's user; 4294967295 or 2147483647 for none")
    rule_uid = U32(52, "who loaded the rule")
    direction = U8(60, "which way", names=as_text(OPENBSD_DIRECTIONS))
    rule_id = Made("u32", lambda layer: layer.pkt.u32(layer.off + 64)
                   if layer.header_length == FREEBSD else None, "the rule's identifier (FreeBSD)")

    def parse(self, pkt: Record, off: int) -> None:
        size = pkt.u8(off)
        if not LEAST_HEADER <= size <= MOST_HEADER or self.size < LEAST_HEADER:
            return
        size = (size + 3) & ~3
        pkt.raw(off, size)
        ethertype = BSD_ETHERTYPES.get(pkt.u8(off + 1))
        self.next = None if ethertype is None else ETHERTYPES.find(ethertype)
        self.payload_off = off + size
        self.payload_length = self.size - size

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if self.size < LEAST_HEADER:
            line.put(b" [length %d < %d]" % (self.size, LEAST_HEADER) + INVALID)
            return
        size = pkt.u8(off)
        if size < LEAST_HEADER or size > MOST_HEADER:
            line.put(b" [hdrlen %d < %d]" % (size, LEAST_HEADER) if size < LEAST_HEADER else
                     b" [hdrlen %d > %d]" % (size, MOST_HEADER))
            line.put(INVALID)
            return
        size = (size + 3) & ~3
        pkt.raw(off, size)
        line.link_header(off + size)
        if line.style.link_level or self.next is None:
            self.write_header(line)
        if self.next is None:
            default_print(line, pkt, off + size, pkt.end - off - size)

    def write_header(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        kind = pkt.u8(off)
        reasons, actions, directions = SYSTEMS.get(kind, OTHER_SYSTEM)
        line.put(b"rule ")
        if self.rule != NO_RULE:
            line.put(b"%d" % self.rule)
            if pkt.u8(off + 20):
                line.char(46)
                write_padded(line, pkt, off + 20, NAME_LENGTH)
            if self.subrule != NO_RULE:
                line.put(b".%d" % self.subrule)
        line.put(b"/" + named(reasons, self.reason, b"unkn(%d)"))
        uid = self.uid
        if uid != NOBODY and (kind in SYSTEMS or uid != NOBODY_SIGNED):
            line.put(b" [uid %d]" % uid)
        if kind == FREEBSD and self.rule_id:
            line.put(b" [ridentifier %d]" % self.rule_id)
        line.put(b": %s %s on " % (named(actions, self.action, b"unkn(%d)"),
                                   named(directions, self.direction, b"unkn(%d)")))
        write_padded(line, pkt, off + 4, NAME_LENGTH)
        line.put(b": ")
        if kind == OPENBSD and line.style.verbose and pkt.u8(off + 61):
            self.write_rewritten(line)

    def write_rewritten(self, line: Line) -> None:
        """What the packet's addresses were before the rule changed them (OpenBSD)."""
        pkt, off = self.pkt, self.off
        family = pkt.u8(off + 62)
        line.put(b"[rewritten: ")
        for address, port, end in ((off + 64, off + 96, b", "), (off + 80, off + 98, b"; ")):
            line.put(b"src ")
            if family == INET:
                line.ipv4(pkt.u32(address))
            elif family == INET6:
                line.ipv6(pkt, address)
            else:
                line.char(63)
            line.put(b":%d%s" % (pkt.u16(port), end))
