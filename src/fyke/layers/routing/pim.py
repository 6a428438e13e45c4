"""Protocol Independent Multicast (RFC 7761, 3973, 5015; version 1); tcpdump: print-pim.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST, Cursor, Form, Malformed, options, raw, tlvs, whole_number
from fyke.layers.durations import duration
from fyke.layers.fields import U16, Bits, Listed, Made, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP
from fyke.layers.routing.pim_addresses import GROUP, SOURCE, UNICAST, encoded, need, write_address
from fyke.layers.routing.pim_values import groups, parts, winner
from fyke.layers.tables import table
from fyke.layers.words import INVALID, as_text, bit_words
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
ETHERTYPES = table("ethertype")


REGISTER_HEADER = 8


class Group(NamedTuple):
    """A group of a join or prune, and sources of it (RFC 7761 §4.9.5)."""

    group: str
    joined: list[str]
    pruned: list[str]


class Candidate(NamedTuple):
    """A rendezvous point of a group (RFC 5059 §4.1)."""

    group: str
    address: str
    holdtime: int  #: seconds
    priority: int


class Delay(NamedTuple):
    """How long a prune waits on this network (RFC 7761 §4.9.2)."""

    tracking: bool
    delay: int  #: ms
    override: int  #: ms


def read_delay(pkt: Record, at: int, size: int) -> Delay:
    word = pkt.u16(at)
    return Delay(word >= 0x8000, word & 0x7FFF, pkt.u16(at + 2))


def read_list(pkt: Record, at: int, size: int) -> list[str]:
    walk = Cursor(pkt, at, at + size)
    found = []
    while walk.left:
        found.append(encoded(walk, 0, UNICAST))
    return found


FORMS: dict[int, Form] = {
    HOLD_TIME: Form("holdtime", whole_number, 2, 2), LAN_DELAY: Form("lan_delay", read_delay, 4, 4),
    PRIORITY_OLD: Form("dr_priority_old", whole_number, 0, 4),
    PRIORITY: Form("dr_priority", whole_number, 4, 4),
    GENERATION: Form("generation_id", whole_number, 4, 4),
    REFRESH: Form("state_refresh", raw, 4, 4),
    BIDIRECTIONAL: Form("bidirectional", raw), ADDRESSES: Form("addresses", read_list),
    ADDRESSES_OLD: Form("addresses_old", read_list),
}


def of(*kinds: int) -> Callable[[Callable[[Pim], Any]], Callable[[Pim], Any]]:
    """A field that only these types of message of version 2 have."""
    return lambda read: lambda pim: read(pim) if pim.version == 2 and pim.type in kinds else None


def part(name: str) -> Callable[[Pim], Any]:
    """Reads a part that some types of message have."""
    return lambda pim: pim.part(name)


def read_groups(pim: Pim) -> Options:
    """Every group of a join, prune or graft, as far as captured."""
    found = Options()
    walk, width = pim.walk(), pim.width()
    try:
        encoded(walk, width, UNICAST)
        walk.u8()
        count = walk.u8()
        walk.u16()
        for _ in range(count):
            group = encoded(walk, width, GROUP)
            counts = walk.u16(), walk.u16()
            joined, pruned = ([encoded(walk, width, SOURCE) for _ in range(n)] for n in counts)
            found.append(Group(group, joined, pruned))
    except (Truncated, Malformed):
        found.cut = True
    return found


def read_candidates(pim: Pim) -> Options:
    """Every rendezvous point of a bootstrap message, as far as captured."""
    found = Options()
    walk, width = pim.walk(), pim.width()
    try:
        walk.u32()
        encoded(walk, width, UNICAST)
        while walk.left and len(found) < MOST:
            group = encoded(walk, width, GROUP)
            walk.u8()
            count = walk.u8()
            walk.u16()
            for _ in range(count):
                point = encoded(walk, width, UNICAST)
                found.append(Candidate(group, point, walk.u16(), walk.u8()))
                walk.u8()
    except (Truncated, Malformed):
        found.cut = True
    return found


class Pim(Layer):
    """A PIM message."""

    __slots__ = ()

    name = "pim"
    tag = b"pim"

    version = Bits(0, 1, 0xF0, "version of the protocol")
    type = Bits(0, 1, 0x0F, "type of message (version 2)", names=as_text(TYPE_NAMES))
    subtype = Bits(1, 1, 0xF0, "which of this type (RFC 5015 §3.7.1)")
    checksum = U16(2, "over the message; a register's over its first 8 bytes")
    border = Made("bool", of(REGISTER)(lambda pim: bool(pim.pkt.u8(pim.off + 4) & 0x80)),
                  "from a router at the domain's border")
    null = Made("bool", of(REGISTER)(lambda pim: bool(pim.pkt.u8(pim.off + 4) & 0x40)),
                "no packet, only its header")
    neighbor = Made("text", part("neighbor"), "whom a join, prune or graft is for")
    holdtime = Made("u16", lambda pim: pim.find_holdtime(),
                    "how long the sender or the state is held; 65535: for ever", unit="s")
    group = Made("text", part("group"), "of a register stop, an assert or a state refresh")
    source = Made("text", part("source"), "as group")
    preference = Made("u32", part("preference"), "of the route to the source, or to the "
                      "rendezvous point")
    is_shared = Made("bool", part("is_shared"), "of an assert: it is for the shared tree")
    metric = Made("u32", part("metric"), "of that route")
    originator = Made("text", part("originator"), "of a state refresh: the first router")
    rp = Made("text", part("rp"), "rendezvous point of an election, or a candidate for one")
    winner = Made("text", lambda pim: pim.election().get("winner"),
                  "of an election: who shall forward")
    winner_preference = Made("u32", lambda pim: pim.election().get("winner_preference"))
    winner_metric = Made("u32", lambda pim: pim.election().get("winner_metric"))
    fragment_tag = Made("u16", part("fragment_tag"), "of a bootstrap, as what follows")
    hash_length = Made("u8", part("hash_length"))
    bsr_priority = Made("u8", part("bsr_priority"))
    priority = Made("u8", part("priority"), "of a candidate; 0 is the best")
    bsr = Made("text", part("bsr"), "bootstrap router")
    candidate_groups = Listed(of(CANDIDATE_RP)(lambda pim: groups(pim.walk(), pim.width())),
                              "groups that a candidate is for")
    options = Listed(of(HELLO)(lambda pim: options(pim.pkt, tlvs(
        pim.pkt, pim.off + 4, pim.off + pim.size, type_size=2, length_size=2), FORMS)),
        "options of a hello", keyed=True)
    groups = Listed(of(JOIN_PRUNE, GRAFT, GRAFT_ACK)(read_groups),
                    "groups that are joined or pruned")
    candidates = Listed(of(BOOTSTRAP)(read_candidates), "rendezvous points by group")

    def parse(self, pkt: Record, off: int) -> None:
        word = pkt.u8(off)
        if word == 0x20 + REGISTER and self.size > REGISTER_HEADER and pkt.has(
                off + REGISTER_HEADER, 1):
            version = pkt.u8(off + REGISTER_HEADER) >> 4
            if version in (4, 6):
                self.next = ETHERTYPES.find(0x0800 if version == 4 else 0x86DD)
            self.payload_off = off + REGISTER_HEADER
            self.payload_length = self.size - REGISTER_HEADER
        pkt.u16(off + 2)  # says whether the header is short

    def walk(self) -> Cursor:
        """Behind the header."""
        return Cursor(self.pkt, self.off + 4, self.off + self.size)

    def width(self) -> int:
        """Octets of addresses that RFC 2117 put into the header; 0: each says its family."""
        return self.pkt.u8(self.off + 1) & 0x0F

    def part(self, name: str) -> Any:
        """A part of the message; None if its type has it not."""
        return parts(self.walk(), self.width(), self.type).get(name) if self.version == 2 else None

    def election(self) -> dict[str, Any]:
        """Of a message of an election that tells who won."""
        if self.version != 2 or self.type != DF_ELECTION:
            return {}
        return winner(self.walk(), self.width(), self.subtype)

    def find_holdtime(self) -> int | None:
        if self.version == 2 and self.type == HELLO:
            value = self.options.get("holdtime")
        else:
            value = self.part("holdtime")
        return value if isinstance(value, int) else None

    def write(self, line: Line) -> None:
        pkt = self.pkt
        word = pkt.u8(self.off)
        name = TYPE_NAMES.get(word & 15, b"Unknown Type")
        line.put(b"PIMv%d" % (word >> 4))
        if word >> 4 != 2:
            line.put(b", length %d" % self.size)
        elif not line.style.verbose:
            line.put(b", %s, length %d" % (name, self.size))
        else:
            line.put(b", length %d\n\t%s" % (self.size, name))
            line.protocol = b"pimv2"
            self.write_v2(line, pkt)
        line.stop()  # a register's packet is written already

    def write_v2(self, line: Line, pkt: Record) -> None:
        if self.size < 2:
            line.put(b"[length %d < 2]" % self.size + INVALID)
            return
        width = self.width()
        if width:
            line.put(b", RFC2117-encoding")
        if self.size < 4:
            line.put(b"[length %d < 4]" % self.size + INVALID)
            return
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
            writer(line, pkt, self.walk(), width)

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

    def write_hello(self, line: Line, pkt: Record, walk: Cursor, width: int) -> None:
        """RFC 7761 §4.9.2."""
        while walk.left > 0:
            at = need(walk, 4)
            kind = pkt.u16(at)
            size = pkt.u16(at + 2)
            line.put(b"\n\t  %s Option (%d), length %d, Value: " % (
                OPTION_NAMES.get(kind, b"Unknown"), kind, size))
            at = need(walk, size)
            if size != OPTION_LENGTHS.get(kind, size) or (
                    kind in (PRIORITY, PRIORITY_OLD) and size not in (0, 4)):
                line.put(b"[option length %d != %d] (invalid)" % (
                    size, OPTION_LENGTHS.get(kind, 4)))
                return
            self.write_option(line, pkt, at, kind, size, width)
            if line.style.verbose > 1:
                print_unknown_data(line, pkt, at, b"\n\t    ", size)

    def write_option(self, line: Line, pkt: Record, at: int, kind: int, size: int,
                     width: int) -> None:
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
                inner = Cursor(pkt, at, at + size)
                while inner.left > 0:
                    line.put(b"\n\t    ")
                    write_address(line, inner, width, UNICAST)
        elif kind != BIDIRECTIONAL and line.style.verbose <= 1:
            print_unknown_data(line, pkt, at, b"\n\t    ", size)

    def write_register(self, line: Line, pkt: Record, walk: Cursor, width: int) -> None:
        """Flags and the multicast packet itself (RFC 7761 §4.9.3)."""
        flags = pkt.u32(need(walk, 4))
        names = ((0x80000000, b"Border"), (0x40000000, b"Null"))
        line.put(b", Flags [ %s ]\n\t" % (
            bit_words(names, flags, b"")))
        at = walk.at
        if walk.left == 0:
            raise Truncated
        version = pkt.u8(at) >> 4
        if version == 0:
            pkt.u32(at + 16)
            line.put(b"IP-Null-header ")
            line.host4(pkt.u32(at + 12))
            line.put(b" > ")
            line.host4(pkt.u32(at + 16))
        elif version == 4 or version == 6:
            self.write_next(line)
        else:
            line.put(b"IP ver %d" % version)

    def write_stop(self, line: Line, pkt: Record, walk: Cursor, width: int) -> None:
        line.put(b" group=")
        write_address(line, walk, width, GROUP)
        line.put(b" source=")
        write_address(line, walk, width, UNICAST)

    def write_join(self, line: Line, pkt: Record, walk: Cursor, width: int) -> None:
        """Join/Prune, Graft and its acknowledgement (RFC 7761 §4.9.5)."""
        if self.type != GRAFT_ACK:
            line.put(b", upstream-neighbor: ")
            write_address(line, walk, width, UNICAST)
        at = need(walk, 4)
        groups = pkt.u8(at + 1)
        hold = pkt.u16(at + 2)
        line.put(b"\n\t  %d group(s)" % groups)
        if self.type != GRAFT_ACK:
            line.put(b", holdtime: ")
            line.put(b"infinite" if hold == 0xFFFF else duration(hold))
        for i in range(groups):
            line.put(b"\n\t    group #%d: " % (i + 1))
            write_address(line, walk, width, GROUP)
            at = need(walk, 4)
            counts = (pkt.u16(at), pkt.u16(at + 2))
            line.put(b", joined sources: %d, pruned sources: %d" % counts)
            for word, count in zip((b"joined", b"pruned"), counts, strict=True):
                for j in range(count):
                    line.put(b"\n\t      %s source #%d: " % (word, j + 1))
                    write_address(line, walk, width, SOURCE)

    def write_bootstrap(self, line: Line, pkt: Record, walk: Cursor, width: int) -> None:
        """RFC 5059 §4.1."""
        line.put(b" tag=%x" % pkt.u16(need(walk, 2)))
        line.put(b" hashmlen=%d" % pkt.u8(need(walk, 1)))
        line.put(b" BSRprio=%d BSR=" % pkt.u8(need(walk, 1)))
        write_address(line, walk, width, UNICAST)
        number = 0
        while walk.left > 0:
            line.put(b" (group%d: " % number)
            write_address(line, walk, width, GROUP)
            line.put(b" RPcnt=%d" % pkt.u8(need(walk, 1)))
            count = pkt.u8(need(walk, 1))
            line.put(b" FRPcnt=%d" % count)
            need(walk, 2)
            for i in range(count):
                if walk.left <= 0:
                    break
                line.put(b" RP%d=" % i)
                write_address(line, walk, width, UNICAST)
                line.put(b",holdtime=" + duration(pkt.u16(need(walk, 2))))
                line.put(b",prio=%d" % pkt.u8(need(walk, 1)))
                need(walk, 1)
            line.char(41)
            number += 1

    def write_assert(self, line: Line, pkt: Record, walk: Cursor, width: int) -> None:
        line.put(b" group=")
        write_address(line, walk, width, GROUP)
        line.put(b" src=")
        write_address(line, walk, width, UNICAST)
        at = need(walk, 8)
        word = pkt.u32(at)
        if word >> 31:
            line.put(b" RPT")
        line.put(b" pref=%d metric=%d" % (word & 0x7FFFFFFF, pkt.u32(at + 4)))

    def write_candidate(self, line: Line, pkt: Record, walk: Cursor, width: int) -> None:
        """RFC 5059 §4.2."""
        count = pkt.u8(need(walk, 1))
        line.put(b" prefix-cnt=%d" % count)
        line.put(b" prio=%d" % pkt.u8(need(walk, 1)))
        line.put(b" holdtime=" + duration(pkt.u16(need(walk, 2))))
        line.put(b" RP=")
        write_address(line, walk, width, UNICAST)
        for i in range(count):
            if walk.left <= 0:
                break
            line.put(b" Group%d=" % i)
            write_address(line, walk, width, GROUP)

    def write_refresh(self, line: Line, pkt: Record, walk: Cursor, width: int) -> None:
        line.put(b" src=")
        write_address(line, walk, width, UNICAST)
        line.put(b" grp=")
        write_address(line, walk, width, GROUP)
        line.put(b" forwarder=")
        write_address(line, walk, width, UNICAST)
        line.put(b" TUNR " + duration(pkt.u16(need(walk, 2))))

    def write_election(self, line: Line, pkt: Record, walk: Cursor, width: int) -> None:
        """Designated forwarder election (RFC 5015 §3.7)."""
        kind = pkt.u8(self.off + 1) >> 4
        line.put(b"\n\t  %s," % ELECTION_NAMES.get(kind, b"Unknown"))
        line.put(b" rpa=")
        write_address(line, walk, width, UNICAST)
        line.put(b" sender pref=%d" % pkt.u32(need(walk, 4)))
        line.put(b" sender metric=%d" % pkt.u32(need(walk, 4)))
        if kind == 3 or kind == 4:
            who = b"offer" if kind == 3 else b"new winner"
            line.put(b"\n\t  %s addr=" % who)
            write_address(line, walk, width, UNICAST)
            line.put(b" %s pref=%d" % (who, pkt.u32(need(walk, 4))))
            line.put(b" %s metric=%d" % (who, pkt.u32(need(walk, 4))))
            if kind == 3:
                line.put(b" interval %dms" % pkt.u16(need(walk, 2)))
