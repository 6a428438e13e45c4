"""Dialect fyke: code that walks over a packet's headers once and keeps in scratch words where they
are. All tests that stand behind it read those words.

Each walk is a fragment that is always true but must run. It ends where the headers do, or after as
many as its bound says. What it reads and what is not there refuses the packet, as any load does.
"""

from __future__ import annotations

from fyke.bpf.instructions import (
    ADD,
    ALU,
    AND,
    IMM,
    IND,
    JEQ,
    JGE,
    JGT,
    JMP,
    JSET,
    LD,
    LDX,
    LSH,
    MEM,
    MISC,
    OR,
    RSH,
    ST,
    STX,
    SUB,
    TAX,
    B,
    H,
    K,
    X,
)
from fyke.filter.graph import Block, Statement
from fyke.filter.lowering.fragment import Exit, Fragment, both, connect, either
from fyke.filter.lowering.generator import IPV6_HEADER, NETWORK, TYPE, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.lowering.tags import TAG_SIZE, TAG_TYPES, in_metadata
from fyke.filter.numbers import EtherType, IpProtocol
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.filter.lowering.scopes import Scope

MOST_TAGS = 4  #: VLAN tags that are stepped over, one in the kernel's metadata among them

#: IPv6 extension headers that are stepped over: all that RFC 8200, section 4.1 has in one packet.
MOST_EXTENSIONS = 6
MOST_AUTHENTICATIONS = 2  #: authentication headers behind an IPv4 header
OPTION_HEADERS = (IpProtocol.HOP_OPTIONS, IpProtocol.ROUTING, IpProtocol.DESTINATION_OPTIONS)

# The word for the protocol: its number, and
LATER = 0x100  #: this is a fragment, but not the first: there is no transport header
NO_IP = 0x200  #: there is no IP header
ANY_FRAGMENT = 0xFF | NO_IP  #: the bits that say the protocol of first and later fragments alike

#: The word for headers that were stepped over: a bit for each kind.
PASSED = {IpProtocol.HOP_OPTIONS: 1, IpProtocol.ROUTING: 2, IpProtocol.DESTINATION_OPTIONS: 4,
          IpProtocol.FRAGMENT: 8, IpProtocol.AH: 16}

UNLIMITED = 0x7FFFFFFF  #: octets of payload where no length field bounds them
IPV4_LENGTH, IPV4_FRAGMENT, IPV4_PROTOCOL = 2, 6, 9  #: RFC 791, section 3.1
IPV6_LENGTH, IPV6_NEXT_HEADER = 4, 6  #: RFC 8200, section 3
FRAGMENT_OFFSET = 0x1FFF
FRAGMENT_OFFSET6 = 0xFFF8  #: RFC 8200, section 4.5

#: Headers of fixed length: ICMP, UDP, ICMPv6, SCTP, UDP-Lite.
FIXED_HEADERS = {1: 8, 17: 8, 58: 8, 132: 12, 136: 8}
DCCP = 33


class Code:
    """Makes the blocks of one walk; ``done`` are the exits where it is over."""

    def __init__(self, gen: Generator, scope: Scope) -> None:
        self.gen = gen
        self.scope = scope
        self.done: list[Exit] = []

    # --- statements ---

    def do(self, code: int, k: int = 0) -> Statement:
        return self.gen.statement(code, k)

    def get(self, role: str) -> Statement:
        """A is what a scratch word holds."""
        return self.do(LD | MEM, self.scope.word(role))

    def index(self, role: str) -> Statement:
        """X is what a scratch word holds."""
        return self.do(LDX | MEM, self.scope.word(role))

    def put(self, role: str) -> Statement:
        """A into a scratch word."""
        return self.do(ST, self.scope.word(role))

    def at(self, width: int, distance: int) -> Statement:
        """A is what is at X and a distance from where the network header would be."""
        layout = self.gen.layout
        return self.do(LD | IND | width, layout.payload.constant + layout.network + distance)

    # --- blocks ---

    def block(self, statements: list[Statement], test: int, k: int) -> Block:
        self.scope.gen.walked += 1
        return Block(JMP | test | K, k, statements, span=self.gen.span)

    def plain(self, statements: list[Statement], following: Block | None = None) -> Block:
        """A block that asks nothing: where it leads to, or to the end of the walk."""
        made = self.block(statements, JEQ, 0)
        if following is None:
            self.done += [(made, True), (made, False)]
        else:
            made.on_true = made.on_false = following
        return made

    def cases(self, statements: list[Statement],
              targets: list[tuple[int, Block]]) -> tuple[Block, Exit]:
        """Compare A with numbers in turn; the exit is of the last, when it is none of them."""
        first = last = self.block(statements, JEQ, targets[0][0])
        first.on_true = targets[0][1]
        for number, target in targets[1:]:
            following = self.block([], JEQ, number)
            following.on_true = target
            last.on_false = last = following
        return first, (last, False)

    def fragment(self, head: Block) -> Fragment:
        return Fragment(head, self.done, [])


# --- VLAN tags ------------------------------------------------------------------------------------

def network_walk(gen: Generator, scope: Scope) -> Fragment:
    """Over VLAN tags: the words "type" (what is behind them) and "tags" (their octets, and the
    run-time part of the payload's offset before them).
    """
    make = Code(gen, scope)
    raw = scope.raw
    gen.layout = raw
    start = [make.do(LD | IMM, 0)]
    if raw.payload.variable:
        start = [make.do(LD | MEM, gen.register_of("payload"))]
    start += [make.put("tags"), *gen.load(TYPE, 0, H), make.put("type")]
    third = make.plain(_next_tag(make))
    for _ in range(MOST_TAGS - 2):
        third = _tag_tests(make, _next_tag(make), third)
    first = _tag_tests(make, [], _tag_tests(make, _next_tag(make), third))
    if not scope.live:
        first.statements[:0] = start
        return make.fragment(first)
    # The first tag may be in metadata: then the one in the packet is the second.
    first.statements[:0] = [make.get("type")]
    second = _tag_tests(make, [make.get("type")], third)
    present = make.block([*start, *in_metadata(gen)], JEQ, 1)
    present.on_true, present.on_false = second, first
    return make.fragment(present)


def _next_tag(make: Code) -> list[Statement]:
    """Step over a tag; A is the type behind it."""
    constant = make.scope.raw.payload.constant
    return [make.get("tags"), make.do(MISC | TAX), make.do(ALU | ADD | K, TAG_SIZE),
            make.put("tags"), make.do(LD | IND | H, constant + 2), make.put("type")]


def _tag_tests(make: Code, statements: list[Statement], following: Block) -> Block:
    """Is A the type of a tag? Then go on, else the walk is over."""
    head, otherwise = make.cases(statements, [(number, following) for number in TAG_TYPES])
    make.done.append(otherwise)
    return head


# --- IP headers -----------------------------------------------------------------------------------

def transport_walk(gen: Generator, scope: Scope) -> Fragment:
    """Over the IP header and extension headers: the words "proto" and "transport" (the run-time
    part of the transport header's offset); "passed", where somebody asks for it.
    """
    version4 = carried(gen, EtherType.IP)
    version6 = carried(gen, EtherType.IPV6)
    branches = []
    if version4.answer is not False:
        branches.append(both(version4, _ipv4(Code(gen, scope))))
    if version6.answer is not False:
        branches.append(both(version6, _ipv6(Code(gen, scope))))
    make = Code(gen, scope)
    statements = [make.do(LD | IMM, NO_IP), make.put("proto"), make.put("transport")]
    if scope.asks_passed:
        statements += [make.do(LD | IMM, 0), make.put("passed")]
    whole = make.fragment(make.plain(statements))
    for branch in reversed(branches):
        whole = either(branch, whole)
    return whole


def _ipv4(make: Code) -> Fragment:
    gen = make.gen
    statements = [*Generator.ip_header_length(gen), make.do(STX, make.scope.word("transport"))]
    if make.scope.asks_passed:
        statements += [make.do(LD | IMM, 0), make.put("passed")]
    statements += [*gen.load(NETWORK, IPV4_PROTOCOL, B), make.put("proto"),
                   *gen.load(NETWORK, IPV4_FRAGMENT, H)]
    later = make.plain([make.get("proto"), make.do(ALU | OR | K, LATER), make.put("proto")])
    step = make.plain([])
    for _ in range(MOST_AUTHENTICATIONS):
        step = _step(make, step, [(IpProtocol.AH, _authentication(make))])
    first = make.block(statements, JSET, FRAGMENT_OFFSET)
    first.on_true, first.on_false = later, step
    return make.fragment(first)


def _ipv6(make: Code) -> Fragment:
    gen = make.gen
    statements = [make.do(LD | IMM, IPV6_HEADER)]
    variable = gen.variable_part("payload")
    if variable:
        statements += [*variable, make.do(ALU | ADD | X)]
    statements.append(make.put("transport"))
    if make.scope.asks_passed:
        statements += [make.do(LD | IMM, 0), make.put("passed")]
    statements += [*gen.load(NETWORK, IPV6_NEXT_HEADER, B), make.put("proto")]
    step = make.plain([])
    for _ in range(MOST_EXTENSIONS):
        options = [make.at(B, 1), make.do(ALU | ADD | K, 1), make.do(ALU | LSH | K, 3)]
        step = _step(make, step, [*((number, list(options)) for number in OPTION_HEADERS),
                                  (IpProtocol.FRAGMENT, None),
                                  (IpProtocol.AH, _authentication(make))])
    step.statements[:0] = statements
    return make.fragment(step)


def _authentication(make: Code) -> list[Statement]:
    """A is the length of an authentication header (RFC 4302, 2.2): in words, less two."""
    return [make.at(B, 1), make.do(ALU | ADD | K, 2), make.do(ALU | LSH | K, 2)]


def _step(make: Code, following: Block,
          kinds: list[tuple[int, list[Statement] | None]]) -> Block:
    """Step over one header, if it is one of these; else the walk is over.

    What reckons a header's length is given for each, None for a fragment header.
    """
    common = make.plain([make.do(ALU | ADD | X), make.put("transport"), make.at(B, 0),
                         make.put("proto")], following)
    lengths: dict[tuple[tuple[int, int], ...], Block] = {}
    targets = []
    for number, reckon in kinds:
        if reckon is None:
            target = _fragment_header(make, common)
        else:
            key = tuple([(each.code, each.k) for each in reckon])
            target = lengths.get(key) or make.plain(
                [make.index("transport"), *reckon], common)
            lengths[key] = target
        targets.append((number, _noted(make, number, target)))
    head, otherwise = make.cases([make.get("proto")], targets)
    make.done.append(otherwise)
    return head


def _noted(make: Code, number: int, following: Block) -> Block:
    """Note that such a header was there, if anybody asks."""
    if not make.scope.asks_passed:
        return following
    return make.plain([make.get("passed"), make.do(ALU | OR | K, PASSED[number]),
                       make.put("passed")], following)


def _fragment_header(make: Code, common: Block) -> Block:
    """Only a first fragment (or one that is whole, RFC 6946) has more headers."""
    later = make.plain([make.at(B, 0), make.do(ALU | OR | K, LATER), make.put("proto")])
    first = make.plain([make.do(LD | IMM, 8)], common)
    test = make.block([make.index("transport"), make.at(H, 2)], JSET, FRAGMENT_OFFSET6)
    test.on_true, test.on_false = later, first
    return test


# --- the payload ----------------------------------------------------------------------------------

def payload_walk(gen: Generator, scope: Scope) -> Fragment:
    """Over the transport header: the words "payload" (the run-time part of the offset of what
    follows it) and "size" (how many octets that has by the length fields, 0 if it is not there).
    """
    make = Code(gen, scope)
    nothing = make.plain([make.do(LD | IMM, 0), make.put("payload"), make.put("size")])
    bounded = _bounded(make)
    start = make.plain([make.do(ALU | ADD | X), make.put("payload")], bounded)
    targets = []
    fixed: dict[int, Block] = {}
    for number, length in FIXED_HEADERS.items():
        if length not in fixed:
            fixed[length] = make.plain([make.index("transport"), make.do(LD | IMM, length)], start)
        targets.append((number, fixed[length]))
    tcp = make.block([make.index("transport"), make.at(B, 12), make.do(ALU | AND | K, 0xF0),
                      make.do(ALU | RSH | K, 2)], JGE, 20)
    dccp = make.block([make.index("transport"), make.at(B, 4), make.do(ALU | LSH | K, 2)],
                      JGE, 12)
    for measured in (tcp, dccp):
        measured.on_true, measured.on_false = start, nothing
    targets = [(IpProtocol.TCP, tcp), *targets, (DCCP, dccp)]
    head, otherwise = make.cases([make.get("proto")], targets)
    block, sense = otherwise
    assert not sense
    block.on_false = nothing
    return make.fragment(head)


def _bounded(make: Code) -> Block:
    """Reckon the size of the payload from the length fields of IP and UDP."""
    gen = make.gen
    none = make.plain([make.do(LD | IMM, 0), make.put("size")])
    udp = _bounded_by_udp(make, none)
    unlimited = make.plain([make.do(LD | IMM, UNLIMITED), make.put("size")], udp)
    store = make.plain([make.do(ALU | SUB | X), make.put("size")], udp)
    enough = Block(JMP | JGT | X, 0, [], span=gen.span)  # A: where the datagram ends
    enough.on_true, enough.on_false = store, none

    def end(offset: int, header: int) -> Block:
        """A is where the datagram ends, X where its payload begins."""
        code = [make.do(ALU | ADD | K, header)] if header else []
        variable = gen.variable_part("payload")
        if variable:
            code += [*variable, make.do(ALU | ADD | X)]
        reckoned = make.plain([*code, make.index("payload")], enough)
        test = make.block(gen.load(NETWORK, offset, H), JEQ, 0)
        test.on_true, test.on_false = unlimited, reckoned
        return test

    is4 = carried(gen, EtherType.IP)
    if is4.answer is not None:
        return end(IPV4_LENGTH, 0) if is4.answer else end(IPV6_LENGTH, IPV6_HEADER)
    connect(is4.on_true, end(IPV4_LENGTH, 0))
    connect(is4.on_false, end(IPV6_LENGTH, IPV6_HEADER))
    return is4.head


def _bounded_by_udp(make: Code, none: Block) -> Block:
    """UDP has a length of its own (0 in a jumbogram), of which the smaller one counts."""
    shorter = make.plain([make.put("size")])
    longer = make.plain([])
    compare = Block(JMP | JGT | X, 0, [make.do(ALU | SUB | K, 8), make.index("size")],
                    span=make.gen.span)
    compare.on_true, compare.on_false = longer, shorter
    least = make.block([], JGE, 8)
    least.on_true, least.on_false = compare, none
    stated = make.block([make.index("transport"), make.at(H, 4)], JEQ, 0)
    stated.on_true, stated.on_false = longer, least
    is_udp = make.block([make.get("proto")], JEQ, IpProtocol.UDP)
    is_udp.on_true, is_udp.on_false = stated, longer
    return is_udp
