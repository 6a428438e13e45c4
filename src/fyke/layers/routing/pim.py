"""Protocol Independent Multicast (RFC 7761, 3973, 5015; version 1); tcpdump: print-pim.c."""

from __future__ import annotations

from fyke.layers.durations import duration
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer, write_chain
from fyke.layers.network.ip import IP
from fyke.layers.tables import table
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

HELLO, REGISTER, REGISTER_STOP, JOIN_PRUNE, BOOTSTRAP, ASSERT, GRAFT, GRAFT_ACK = range(8)
CANDIDATE_RP, PRUNE_REFRESH, DF_ELECTION = 8, 9, 10
TYPE_NAMES = {
    HELLO: b"Hello", REGISTER: b"Register", REGISTER_STOP: b"Register Stop",
    JOIN_PRUNE: b"Join / Prune", BOOTSTRAP: b"Bootstrap", ASSERT: b"Assert", GRAFT: b"Graft",
    GRAFT_ACK: b"Graft Acknowledgement", CANDIDATE_RP: b"Candidate RP Advertisement",
    PRUNE_REFRESH: b"Prune Refresh", DF_ELECTION: b"DF Election", 11: b"ECMP Redirect",
    12: b"PIM Flooding Mechanism",
}
HOLD_TIME, LAN_DELAY, PRIORITY_OLD, PRIORITY, GENERATION, REFRESH = 1, 2, 18, 19, 20, 21
BIDIRECTIONAL, ADDRESSES, ADDRESSES_OLD = 22, 24, 65001
OPTION_NAMES = {
    HOLD_TIME: b"Hold Time", LAN_DELAY: b"LAN Prune Delay", PRIORITY_OLD: b"DR Priority (Old)",
    PRIORITY: b"DR Priority", GENERATION: b"Generation ID", REFRESH: b"State Refresh Capability",
    BIDIRECTIONAL: b"Bi-Directional Capability", ADDRESSES: b"Address List",
    ADDRESSES_OLD: b"Address List (Old)",
}
OPTION_LENGTHS = {HOLD_TIME: 2, LAN_DELAY: 4, GENERATION: 4, REFRESH: 4}
ELECTION_NAMES = {1: b"Offer", 2: b"Winner", 3: b"Backoff", 4: b"Pass"}
UNICAST, GROUP, SOURCE = range(3)  # kinds of encoded addresses (RFC 7761 §4.9.1)
ETHERTYPES = table("ethertype")


class Pim(Layer):
    """A PIM message."""

    __slots__ = ("address_length", "checksum", "pos", "stop", "type", "version")

    version: int
    type: int
    address_length: int  #: 0 where addresses say their family themselves
    checksum: int
    pos: int  #: how far the text has come
    stop: int  #: where the message ends

    name = "pim"
    tag = b"pim"
    fields = ("version", "type", "checksum")

    def clear(self) -> None:
        self.version = self.type = self.address_length = self.checksum = 0
        self.pos = self.stop = 0

    def parse(self, pkt: Record, off: int) -> None:
        word = pkt.u8(off)
        self.version = word >> 4
        self.type = word & 15
        self.address_length = pkt.u8(off + 1)
        self.checksum = pkt.u16(off + 2)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        pkt.u8(self.off)
        name = TYPE_NAMES.get(self.type, b"Unknown Type")
        line.put(b"PIMv%d" % self.version)
        if self.version != 2:
            line.put(b", length %d" % self.size)
            return
        if not line.style.verbose:
            line.put(b", %s, length %d" % (name, self.size))
            return
        line.put(b", length %d\n\t%s" % (self.size, name))
        line.protocol = b"pimv2"
        self.pos = self.off + 4
        self.stop = self.off + self.size
        self.write_v2(line, pkt)

    def write_v2(self, line: Line, pkt: Record) -> None:
        pkt.u8(self.off + 1)
        if self.address_length not in (4, 16) or self.type == DF_ELECTION:
            self.address_length = 0  # newer messages have flags or a subtype here
        else:
            line.put(b", RFC2117-encoding")
        line.put(b", cksum 0x%04x (%s)" % (pkt.u16(self.off + 2), self.verdict(pkt)))
        writers = {
            HELLO: self.write_hello, REGISTER: self.write_register,
            REGISTER_STOP: self.write_stop, JOIN_PRUNE: self.write_join, GRAFT: self.write_join,
            GRAFT_ACK: self.write_join, BOOTSTRAP: self.write_bootstrap,
            ASSERT: self.write_assert, CANDIDATE_RP: self.write_candidate,
            PRUNE_REFRESH: self.write_refresh, DF_ELECTION: self.write_election,
        }
        writer = writers.get(self.type)
        if writer is None:
            line.put(b" [type %d]" % self.type)
        else:
            writer(line, pkt)

    def verdict(self, pkt: Record) -> bytes:
        """What the checksum shows; a register's may cover the first 8 octets only."""
        if self.checksum == 0:
            return b"unverified"
        if self.type == REGISTER and self.sums(pkt, 8) == 0xFFFF:
            return b"correct"
        total = self.sums(pkt, self.size)
        if total < 0:
            return b"unverified"
        return b"correct" if total == 0xFFFF else b"incorrect"

    def sums(self, pkt: Record, count: int) -> int:
        """The sum over ``count`` octets, -1 if they were not captured."""
        if not pkt.has(self.off, count):
            return -1
        start = 0
        if isinstance(self.below, IP) and self.below.version == 6:
            start = self.below.pseudo_sum(103, count)
        return pkt.sum16(self.off, count, start)

    def need(self, count: int) -> int:
        """Where the next ``count`` octets are, which must all belong to the message."""
        at = self.pos
        if count > self.stop - at or not self.pkt.has(at, count):
            raise Truncated
        self.pos = at + count
        return at

    def write_address(self, line: Line, kind: int) -> None:
        """An encoded address: its family, its mask and flags (RFC 7761 §4.9.1)."""
        pkt = self.pkt
        size = self.address_length
        if size == 0:
            at = self.need(2)
            size = {1: 4, 2: 16}.get(pkt.u8(at), 0)
            if size == 0 or pkt.u8(at + 1):
                raise Truncated
        if kind == UNICAST:
            self.write_plain(line, self.need(size), size)
            return
        at = self.need(size + 2)
        flags = pkt.u8(at)
        self.write_plain(line, at + 2, size)
        if pkt.u8(at + 1) != size * 8:
            line.put(b"/%d" % pkt.u8(at + 1))
        if flags and kind == GROUP:
            line.put(b"(0x%02x)" % flags)
        elif flags:
            names = ((4, b"S"), (2, b"W"), (1, b"R"))
            line.put(b"(" + b"".join([text for bit, text in names if flags & bit]))
            if flags & 0xF8:
                line.put(b"+0x%02x" % (flags & 0xF8))
            line.char(41)

    def write_plain(self, line: Line, at: int, size: int) -> None:
        if size == 4:
            line.host4(self.pkt.u32(at))
        else:
            line.host6(self.pkt, at)

    def write_hello(self, line: Line, pkt: Record) -> None:
        """RFC 7761 §4.9.2."""
        while self.pos < self.stop:
            at = self.need(4)
            kind = pkt.u16(at)
            size = pkt.u16(at + 2)
            line.put(b"\n\t  %s Option (%d), length %d, Value: " % (
                OPTION_NAMES.get(kind, b"Unknown"), kind, size))
            at = self.need(size)
            if size != OPTION_LENGTHS.get(kind, size) or (
                    kind in (PRIORITY, PRIORITY_OLD) and size not in (0, 4)):
                line.put(b"[option length %d != %d] (invalid)" % (
                    size, OPTION_LENGTHS.get(kind, 4)))
                return
            self.write_option(line, pkt, at, kind, size)
            if line.style.verbose > 1:
                print_unknown_data(line, pkt, at, b"\n\t    ", size)

    def write_option(self, line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
        if kind == HOLD_TIME:
            line.put(duration(pkt.u16(at)))
        elif kind == LAN_DELAY:
            delay = pkt.u16(at)
            line.put(b"\n\t    T-bit=%d, LAN delay %dms, Override interval %dms" % (
                delay >> 15, delay & 0x7FFF, pkt.u16(at + 2)))
        elif kind in (PRIORITY, PRIORITY_OLD):
            line.put(b"%d" % pkt.u32(at) if size else b"Bi-Directional Capability (Old)")
        elif kind == GENERATION:
            line.put(b"0x%08x" % pkt.u32(at))
        elif kind == REFRESH:
            line.put(b"v%d" % pkt.u8(at))
            if pkt.u8(at + 1):
                line.put(b", interval ")
                line.put(duration(pkt.u8(at + 1)))
            if pkt.u16(at + 2):
                line.put(b" ?0x%04x?" % pkt.u16(at + 2))
        elif kind in (ADDRESSES, ADDRESSES_OLD):
            if line.style.verbose > 1:
                self.write_addresses(line, at, size)
        elif kind != BIDIRECTIONAL and line.style.verbose <= 1:
            print_unknown_data(line, pkt, at, b"\n\t    ", size)

    def write_addresses(self, line: Line, at: int, size: int) -> None:
        stop, self.stop = self.stop, at + size
        self.pos = at
        while self.pos < self.stop:
            line.put(b"\n\t    ")
            self.write_address(line, UNICAST)
        self.stop = stop

    def write_register(self, line: Line, pkt: Record) -> None:
        """Flags and the multicast packet itself (RFC 7761 §4.9.3)."""
        flags = pkt.u32(self.need(4))
        names = ((0x80000000, b"Border"), (0x40000000, b"Null"))
        line.put(b", Flags [ %s ]\n\t" % (
            bit_words(names, flags, b"")))
        at = self.pos
        rest = self.stop - at
        if rest == 0:
            return
        version = pkt.u8(at) >> 4
        if version == 0:
            pkt.u32(at + 16)
            line.put(b"IP-Null-header ")
            line.host4(pkt.u32(at + 12))
            line.put(b" > ")
            line.host4(pkt.u32(at + 16))
        elif version == 4 or version == 6:
            kind = ETHERTYPES.find(0x0800 if version == 4 else 0x86DD)
            if kind is not None:
                write_chain(self.child(kind, at, rest), line)
        else:
            line.put(b"IP ver %d" % version)

    def write_stop(self, line: Line, pkt: Record) -> None:
        line.put(b" group=")
        self.write_address(line, GROUP)
        line.put(b" source=")
        self.write_address(line, UNICAST)

    def write_join(self, line: Line, pkt: Record) -> None:
        """Join/Prune, Graft and its acknowledgement (RFC 7761 §4.9.5)."""
        if self.type != GRAFT_ACK:
            line.put(b", upstream-neighbor: ")
            self.write_address(line, UNICAST)
        at = self.need(4)
        groups = pkt.u8(at + 1)
        hold = pkt.u16(at + 2)
        line.put(b"\n\t  %d group(s)" % groups)
        if self.type != GRAFT_ACK:
            line.put(b", holdtime: ")
            line.put(b"infinite" if hold == 0xFFFF else duration(hold))
        for i in range(groups):
            line.put(b"\n\t    group #%d: " % (i + 1))
            self.write_address(line, GROUP)
            at = self.need(4)
            counts = (pkt.u16(at), pkt.u16(at + 2))
            line.put(b", joined sources: %d, pruned sources: %d" % counts)
            for word, count in zip((b"joined", b"pruned"), counts, strict=True):
                for j in range(count):
                    line.put(b"\n\t      %s source #%d: " % (word, j + 1))
                    self.write_address(line, SOURCE)

    def write_bootstrap(self, line: Line, pkt: Record) -> None:
        """RFC 5059 §4.1."""
        line.put(b" tag=%x" % pkt.u16(self.need(2)))
        line.put(b" hashmlen=%d" % pkt.u8(self.need(1)))
        line.put(b" BSRprio=%d BSR=" % pkt.u8(self.need(1)))
        self.write_address(line, UNICAST)
        number = 0
        while self.pos < self.stop:
            line.put(b" (group%d: " % number)
            self.write_address(line, GROUP)
            line.put(b" RPcnt=%d" % pkt.u8(self.need(1)))
            count = pkt.u8(self.need(1))
            line.put(b" FRPcnt=%d" % count)
            self.need(2)
            for i in range(count):
                if self.pos >= self.stop:
                    break
                line.put(b" RP%d=" % i)
                self.write_address(line, UNICAST)
                line.put(b",holdtime=" + duration(pkt.u16(self.need(2))))
                line.put(b",prio=%d" % pkt.u8(self.need(1)))
                self.need(1)
            line.char(41)
            number += 1

    def write_assert(self, line: Line, pkt: Record) -> None:
        line.put(b" group=")
        self.write_address(line, GROUP)
        line.put(b" src=")
        self.write_address(line, UNICAST)
        at = self.need(8)
        word = pkt.u32(at)
        if word >> 31:
            line.put(b" RPT")
        line.put(b" pref=%d metric=%d" % (word & 0x7FFFFFFF, pkt.u32(at + 4)))

    def write_candidate(self, line: Line, pkt: Record) -> None:
        """RFC 5059 §4.2."""
        count = pkt.u8(self.need(1))
        line.put(b" prefix-cnt=%d" % count)
        line.put(b" prio=%d" % pkt.u8(self.need(1)))
        line.put(b" holdtime=" + duration(pkt.u16(self.need(2))))
        line.put(b" RP=")
        self.write_address(line, UNICAST)
        for i in range(count):
            if self.pos >= self.stop:
                break
            line.put(b" Group%d=" % i)
            self.write_address(line, GROUP)

    def write_refresh(self, line: Line, pkt: Record) -> None:
        line.put(b" src=")
        self.write_address(line, UNICAST)
        line.put(b" grp=")
        self.write_address(line, GROUP)
        line.put(b" forwarder=")
        self.write_address(line, UNICAST)
        line.put(b" TUNR " + duration(pkt.u16(self.need(2))))

    def write_election(self, line: Line, pkt: Record) -> None:
        """Designated forwarder election (RFC 5015 §3.7)."""
        kind = pkt.u8(self.off + 1) >> 4
        line.put(b"\n\t  %s," % ELECTION_NAMES.get(kind, b"Unknown"))
        line.put(b" rpa=")
        self.write_address(line, UNICAST)
        line.put(b" sender pref=%d" % pkt.u32(self.need(4)))
        line.put(b" sender metric=%d" % pkt.u32(self.need(4)))
        if kind == 3 or kind == 4:
            who = b"offer" if kind == 3 else b"new winner"
            line.put(b"\n\t  %s addr=" % who)
            self.write_address(line, UNICAST)
            line.put(b" %s pref=%d" % (who, pkt.u32(self.need(4))))
            line.put(b" %s metric=%d" % (who, pkt.u32(self.need(4))))
            if kind == 3:
                line.put(b" interval %dms" % pkt.u16(self.need(2)))


MODES = {0: b" Dense-mode", 1: b" Sparse-mode", 2: b" Sparse-Dense-mode"}


class PimV1(Layer):
    """Version 1, inside IGMP."""

    __slots__ = ("type",)

    type: int

    name = "pimv1"
    tag = b"pimv1"
    fields = ("type",)

    def clear(self) -> None:
        self.type = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.type = pkt.u8(off + 1)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        kind = pkt.u8(off + 1)
        names = {0: b" Query", 1: b" Register", 2: b" Register-Stop", 3: b" Join/Prune",
                 4: b" RP-reachable", 5: b" Assert", 6: b" Graft", 7: b" Graft-ACK", 8: b" Mode"}
        line.put(names.get(kind) or b" [type %d]" % kind)
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
