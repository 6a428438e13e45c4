"""Room columns/: a BPF program that leaves out what a predicate cannot take, and nothing else.

The program is no translation of the predicate. A test of octets knows no tunnels, options and
fragments; the columns do. So it judges only packets that are plainly one thing: Ethernet (or
cooked, or raw IP), perhaps one VLAN tag, IP without options, whole, and TCP or UDP between ports
that lead to no tunnel. There it knows where each field is, and what is not there at all. Every
other packet it takes, and so it does where a test is of something that it does not know.

Who runs it must hand it packets that are as long on the wire as they are captured (``len`` stands
for what was captured), and asks the whole predicate of what it takes.
"""

from __future__ import annotations

from functools import lru_cache

from fyke.bpf.instructions import (
    ABS,
    ALU,
    AND,
    JEQ,
    JGE,
    JGT,
    JMP,
    LD,
    LEN,
    MAX_INSTRUCTIONS,
    RET,
    B,
    H,
    K,
    W,
)
from fyke.bpf.program import Program
from fyke.columns.predicate import All, Check, Either, Inverse, is_open
from fyke.columns.tunnels import carries_nothing_else, leading
from fyke.filter.assemble import assemble
from fyke.filter.graph import Block, Graph, Statement
from fyke.filter.lowering.fragment import Fragment, all_of, any_of, connect, negate, question
from fyke.hints import TYPE_CHECKING, Any, NamedTuple
from fyke.layers.fields import Field, Ip4, Ip6, Mac, fields_of
from fyke.layers.tables import read_rooms, table
from fyke.wire import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fyke.columns.predicate import Predicate

ETHERNET, RAW, COOKED, IPV4, IPV6, COOKED2 = 1, 101, 113, 228, 229, 276
IP, ARP, IP6, TAGS = 0x0800, 0x0806, 0x86DD, (0x8100, 0x88A8)
TCP, UDP = 6, 17
IP_HEADER, IP6_HEADER, TAG = 20, 40, 4
HEADERS = {TCP: 20, UDP: 8}
WIDTHS = {1: B, 2: H, 4: W}
TAKEN = 0xFFFFFFFF

#: Where a link layer says what it carries (and in how many octets), and how long it is.
LINKS = {ETHERNET: (12, 14), COOKED: (14, 16), COOKED2: (0, 20)}

#: Layers of whose names nothing comes above TCP and UDP but in a tunnel.
CORE = frozenset(("ether", "ethernet", "sll", "sll2", "vlan", "arp", "ip", "ip6", "ipv4", "ipv6",
                  "tcp", "udp", "sctp", "icmp", "icmp6"))


class Stand(NamedTuple):
    """A layer of a packet that is plainly one thing, and where it begins."""

    kind: Any
    off: int


class Shape(NamedTuple):
    """What is known of a packet: its first layers, and whether others of CORE can be above."""

    stands: tuple[Stand, ...]
    closed: bool


def superset(predicate: Predicate, link_type: int) -> Program | None:
    """A program that takes every packet that ``predicate`` can; None if it would take them all."""
    if is_open(predicate) or link_type not in (*LINKS, RAW, IPV4, IPV6):
        return None
    made = _Maker(predicate).program(link_type)
    if made is None:
        return None
    return Program(made, link_type=link_type, snaplen=TAKEN)


class _Maker:
    def __init__(self, predicate: Predicate) -> None:
        self.predicate = predicate
        self.take = Block(RET | K, TAKEN)
        self.drop = Block(RET | K, 0)

    def program(self, link_type: int) -> Any:
        """The instructions; None where nothing is ever left out, or they would be too many."""
        read_rooms()
        link = table("link_type").find(link_type)
        below = (Stand(link, 0),)
        if link_type in LINKS:
            at, size = LINKS[link_type]
            root = self.longer(size, self.carried(at, size, below, self.tagged(at, size, below)))
        else:
            root = self.version({IPV4: 4, IPV6: 6}.get(link_type), below)
        try:
            instructions, _ = assemble(Graph(root))
        except RecursionError:
            return None
        dropping = any(ins[0] == RET | K and ins[3] == 0 for ins in instructions)
        return instructions if dropping and len(instructions) <= MAX_INSTRUCTIONS else None

    # --- what a packet plainly is -----------------------------------------------------------------

    def tagged(self, at: int, size: int, below: tuple[Stand, ...]) -> Block:
        """Behind one VLAN tag; two are not plain."""
        kind = below[0].kind
        tag = "fyke.layers.link.sll:SllVlan" if kind.__module__.endswith("sll") else ""
        vlan = _named(tag) if tag else table("ethertype").find(TAGS[0])
        inside = self.longer(size + TAG, self.carried(
            size + 2, size + TAG, (*below, Stand(vlan, size)), self.take))
        found = self.take
        for number in TAGS:
            found = self.equal(at, H, number, inside, found)
        return found

    def carried(self, at: int, size: int, below: tuple[Stand, ...], other: Block) -> Block:
        """By the type at ``at``: IP of either version, ARP, or something else."""
        arp = table("ethertype").find(ARP)
        what = self.equal(at, H, IP, self.ip4(size, below), self.equal(
            at, H, IP6, self.ip6(size, below), other))
        if arp is not None and arp.__module__ == "fyke.layers.network.arp":
            what = self.equal(at, H, ARP, self.longer(
                size + 8, self.judged(Shape((*below, Stand(arp, size)), True))), what)
        return what

    def version(self, only: int | None, below: tuple[Stand, ...]) -> Block:
        """IP without a link layer: its first half octet tells the version."""
        if only is not None:
            return self.ip4(0, below) if only == 4 else self.ip6(0, below)
        return self.longer(1, self.masked(0, B, 0xF0, 0x40, self.ip4(0, below), self.masked(
            0, B, 0xF0, 0x60, self.ip6(0, below), self.take)))

    def ip4(self, off: int, below: tuple[Stand, ...]) -> Block:
        """A whole datagram without options; of others nothing is judged."""
        kind = table("ethertype").find(IP)
        if kind is None or kind.__module__ != "fyke.layers.network.ipv4":
            return self.take
        here = (*below, Stand(kind, off))
        above = self.judged(Shape(here, False))
        for number in (UDP, TCP):
            above = self.equal(off + 9, B, number, self.transport(
                number, off + IP_HEADER, here, off + 2, IP_HEADER), above)
        return self.longer(off + IP_HEADER, self.equal(off, B, 0x45, self.masked(
            off + 6, H, 0x3FFF, 0, above, self.take), self.take))

    def ip6(self, off: int, below: tuple[Stand, ...]) -> Block:
        """A datagram; only behind TCP and UDP at once is it known what is not there."""
        kind = table("ethertype").find(IP6)
        if kind is None or kind.__module__ != "fyke.layers.network.ipv6":
            return self.take
        here = (*below, Stand(kind, off))
        above = self.judged(Shape(here, False))
        for number in (UDP, TCP):
            above = self.equal(off + 6, B, number, self.transport(
                number, off + IP6_HEADER, here, off + 4, 0), above)
        return self.longer(off + IP6_HEADER,
                           self.masked(off, B, 0xF0, 0x60, above, self.take))

    def transport(self, number: int, off: int, below: tuple[Stand, ...], length_at: int,
                  before: int) -> Block:
        """A whole header that its datagram has room for, between ports that lead nowhere."""
        kind = table("ip.proto").find(number)
        name = {TCP: "tcp", UDP: "udp"}[number]
        if kind is None or kind.__module__ != f"fyke.layers.transport.{name}":
            return self.take
        shape = Shape((*below, Stand(kind, off)), carries_nothing_else(name))
        judged = self.judged(shape)
        if judged is not self.take:
            edges = [edge for low, high in leading(name) for edge in (low, high + 1)]
            for side in (off + 2, off):
                judged = self.outside(edges, judged)
                judged.statements.insert(0, load(side, H))
        room = HEADERS[number]
        return self.longer(off + room, self.at_least(length_at, H, before + room, judged))

    # --- the predicate, of a packet of one shape --------------------------------------------------

    def judged(self, shape: Shape) -> Block:
        """Takes what the predicate may take of packets of this shape."""
        may, _ = self.meaning(self.predicate, shape)
        if isinstance(may, bool):
            return self.take if may else self.drop
        connect(may.on_true, self.take)
        connect(may.on_false, self.drop)
        head: Block = may.head
        return head

    def meaning(self, predicate: Predicate, shape: Shape) -> tuple[Any, Any]:
        """What takes all that may fit, and what takes only what does: each True, False or code.

        They differ where something is not known.
        """
        if isinstance(predicate, Check):
            found = of_test(predicate, shape)
            return (True, False) if found is None else (code(found), code(found))
        if isinstance(predicate, Inverse):
            may, must = self.meaning(predicate.term, shape)
            return inverse(must), inverse(may)
        if isinstance(predicate, (All, Either)):
            mays, musts = zip(*(self.meaning(term, shape) for term in predicate.terms),
                              strict=True)
            join = joined_all if isinstance(predicate, All) else joined_any
            return join(mays), join(musts)
        return True, False

    # --- blocks -----------------------------------------------------------------------------------

    def equal(self, at: int, width: int, value: int, yes: Block, no: Block) -> Block:
        return test(JEQ, value, [load(at, width)], yes, no)

    def masked(self, at: int, width: int, mask: int, value: int, yes: Block, no: Block) -> Block:
        return test(JEQ, value, [load(at, width), Statement(ALU | AND | K, mask)], yes, no)

    def outside(self, edges: list[int], yes: Block) -> Block:
        """A is in none of the ranges that begin and end at ``edges``; looked up as in a tree."""
        def below(first: int, last: int) -> Block:
            if first == last:
                return self.take if first & 1 else yes
            middle = (first + last) // 2
            return test(JGE, edges[middle], [], below(middle + 1, last), below(first, middle))
        return below(0, len(edges))

    def at_least(self, at: int, width: int, value: int, yes: Block) -> Block:
        return yes if yes is self.take else test(JGE, value, [load(at, width)], yes, self.take)

    def longer(self, octets: int, yes: Block) -> Block:
        """So many octets are there; whatever is shorter is taken."""
        if yes is self.take:
            return yes
        return test(JGE, octets, [Statement(LD | W | LEN)], yes, self.take)


# --- one test -------------------------------------------------------------------------------------

#: What makes the code of a test, anew for each place; or True, or False.
Code = Any


def of_test(asked: Check, shape: Shape) -> Code:
    """True, False, or what makes the code; None where it is not known."""
    column, hash_sign, number = asked.column.partition("#")
    if hash_sign and number != "1":
        return None
    if column in ("captured_length", "wire_length"):
        return of_length(asked, column == "captured_length")
    layer, *path = column.split(".")
    stand = next((one for one in shape.stands if layer in one.kind.called()), None)
    if stand is None:
        return False if shape.closed and layer in CORE else None
    field = fields_of(stand.kind).get(path[0]) if path else None
    if field is None:
        return False if path else None
    if not 0 <= field.at < HEADERS.get(_number(stand), 255) or field.little:
        return None
    return of_field(asked, stand, field, path[1:])


def of_field(asked: Check, stand: Stand, field: Field, parts: Sequence[str]) -> Code:
    """A test of a field of a layer that stands somewhere."""
    at = stand.off + field.at
    plain = not asked.ranges and not asked.networks and not asked.octets
    if isinstance(field, (Ip4, Ip6)):
        if parts or (not asked.networks and not plain):
            return None
        found = of_networks(asked, at, 4 if isinstance(field, Ip4) else 6)
    elif isinstance(field, Mac):
        if parts or (not asked.octets and not plain):
            return None
        wanted = [words(at, 6, int.from_bytes(one, "big"), 48) for one in asked.octets]
        found = lambda: joined_any([one() for one in wanted])  # noqa: E731
    elif field.size in WIDTHS and field.type[0] in "ub" and field.type != "bytes":
        if not asked.ranges and not plain:
            return None
        return of_number(asked, stand, field, parts)
    else:
        return None
    return (lambda: inverse(found())) if asked.differs else found


def of_number(asked: Check, stand: Stand, field: Field, parts: Sequence[str]) -> Code:
    """The octets, masked, are in a range of numbers."""
    bits, shift, scale = bits_of(stand.kind, field)
    ranges: Sequence[tuple[int, int]] = asked.ranges
    mask = asked.mask
    if parts:  # tcp.flags.syn: the truth of one bit
        named = [1 << n for n in range(16) if field.inside(1 << n, parts[0]) is True]
        if len(named) != 1 or len(parts) > 1 or mask is not None:
            return None
        mask = named[0]
        ranges = [(mask * max(low, 0), mask * min(high, 1)) for low, high in ranges]
    if mask is not None:
        if scale != 1:
            return None
        bits &= mask << shift
    most = bits >> shift
    wanted = []
    for low, high in ranges:
        low, high = -(-low // scale), min(high // scale, most)
        if low <= high:
            wanted.append((low << shift, high << shift))
    width = WIDTHS[field.size]
    whole = bits == (1 << 8 * field.size) - 1
    at = stand.off + field.at
    before = [load(at, width)] if whole else [load(at, width), Statement(ALU | AND | K, bits)]

    def made() -> Any:
        found = joined_any([between(before, low, high, bits) for low, high in wanted])
        return inverse(found) if asked.differs else found
    return made


@lru_cache(maxsize=256)
def bits_of(kind: Any, field: Field) -> tuple[int, int, int]:
    """Which bits of its octets a field reads, how far it shifts them, and by what it multiplies:
    read off what it makes of each bit.
    """
    layer = kind()
    size = field.at + field.size
    values = []
    for bit in range(8 * field.size):
        octets = bytes(field.at) + (1 << bit).to_bytes(field.size, "big")
        values.append(int(field.read(layer.at(Record(octets), 0, size))))
    mask = sum(1 << bit for bit, value in enumerate(values) if value)
    shift = (mask & -mask).bit_length() - 1
    return mask, shift, values[shift]


def of_length(asked: Check, captured: bool) -> Code:
    """``len`` is what was captured; on the wire it was that or more."""
    if asked.mask is not None:
        return None
    whole = [Statement(LD | W | LEN)]
    if captured:
        def made() -> Any:
            found = joined_any([between(whole, low, min(high, TAKEN), TAKEN)
                                for low, high in asked.ranges if low <= TAKEN])
            return inverse(found) if asked.differs else found
        return made
    return None


def of_networks(asked: Check, at: int, version: int) -> Code:
    """An address of this version is in one of the networks."""
    size = 4 if version == 4 else 16
    wanted = [words(at, size, address, length) for kind, address, length in asked.networks
              if kind == version]
    return lambda: joined_any([one() for one in wanted])


def words(at: int, size: int, value: int, length: int) -> Code:
    """The first ``length`` bits of ``size`` octets are those of ``value``."""
    pieces = []
    for start in range(0, size, 4):
        octets = min(4, size - start)
        left = min(8 * octets, length - 8 * start)
        if left <= 0:
            break
        mask = ((1 << left) - 1) << (8 * octets - left)
        word = value >> 8 * (size - start - octets) & mask
        for off, width, w, m in halves(at + start, octets, word, mask):
            if m:
                pieces.append((off, width, w, m))

    def made() -> Any:
        return joined_all([masked(*one) for one in pieces])
    return made


def halves(at: int, octets: int, word: int, mask: int) -> list[tuple[int, int, int, int]]:
    """Words of a width that can be loaded."""
    if octets in WIDTHS:
        return [(at, octets, word, mask)]
    return [(at, 2, word >> 8 * (octets - 2), mask >> 8 * (octets - 2))]


def masked(at: int, octets: int, value: int, mask: int) -> Fragment:
    before = [load(at, WIDTHS[octets])]
    if mask != (1 << 8 * octets) - 1:
        before.append(Statement(ALU | AND | K, mask))
    return question(Block(JMP | JEQ | K, value, before))


def between(before: list[Statement], low: int, high: int, most: int) -> Any:
    """What ``before`` loads is from ``low`` to ``high``; ``most`` it can be."""
    if low <= 0 and high >= most:
        return True
    if low == high:
        return question(Block(JMP | JEQ | K, low, list(before)))
    parts = []
    if low > 0:
        parts.append(question(Block(JMP | JGE | K, low, list(before))))
    if high < most:
        parts.append(negate(question(Block(JMP | JGT | K, high, list(before)))))
    return all_of(*parts)


def load(at: int, width: int) -> Statement:
    return Statement(LD | width | ABS, at)


def test(code: int, value: int, before: list[Statement], yes: Block, no: Block) -> Block:
    return Block(JMP | code | K, value, before, yes, no)


# --- True, False and fragments --------------------------------------------------------------------

def code(made: Code) -> Any:
    return made if isinstance(made, bool) else made()


def inverse(term: Any) -> Any:
    return not term if isinstance(term, bool) else negate(term)


def joined_all(terms: Sequence[Any]) -> Any:
    if any(term is False for term in terms):
        return False
    left = [term for term in terms if term is not True]
    return all_of(*left) if left else True


def joined_any(terms: Sequence[Any]) -> Any:
    if any(term is True for term in terms):
        return True
    left = [term for term in terms if term is not False]
    return any_of(*left) if left else False


def _number(stand: Stand) -> int:
    return {"tcp": TCP, "udp": UDP}.get(stand.kind.name, 0)


def _named(dotted: str) -> Any:
    from importlib import import_module
    module, _, name = dotted.partition(":")
    return getattr(import_module(module), name)
