"""What a program means: its listing with notes, what it accepts in words, and an equal expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fyke.bpf import instructions as bpf
from fyke.bpf.fields import FRAMES, Facts, Place
from fyke.bpf.listing import image, is_branch
from fyke.bpf.meaning import State, Term, Test, Value, analyse, roles_of, step, test_of, text
from fyke.bpf.program import Program, Span
from fyke.errors import FilterError, FykeError, WrongType

LONGEST = 4_000  #: characters of an expression that is still worth showing


@dataclass(frozen=True, slots=True)
class Note:
    """One instruction explained."""

    listing: str  #: as tcpdump -d shows it
    field: str  #: what it reads or asks; "" if that is not known
    goes: str  #: where it goes next and why; "" if just on
    words: str  #: the words of the expression that it comes from; "" if none
    span: Span


def annotate(program: Program) -> list[Note]:
    """A note for each instruction."""
    link_type = program.link_type
    states = analyse(program.instructions, roles_of(program))
    notes = []
    for at, ins in enumerate(program.instructions):
        span = program.spans[at] if at < len(program.spans) else None
        words = program.expression[slice(*span)] if span else ""
        reads, goes = _meaning(program, at, states[at], link_type)
        listing = image(ins, at).rstrip().expandtabs()
        notes.append(Note(listing, reads, goes, words if words.isprintable() else "", span))
    return notes


def _meaning(program: Program, at: int, state: State | None, link_type: int) -> tuple[str, str]:
    """What an instruction reads or asks, and where it goes."""
    ins = program.instructions[at]
    kind = ins.code & 0x07
    if kind == bpf.RET:
        return _returned(program, at), ""
    if kind == bpf.JMP and ins.code & 0xF0 == bpf.JA:
        return "", f"on to {at + 1 + (ins.k - (1 << 32) if ins.k >> 31 else ins.k)}"
    if state is None:
        return "no way leads here", ""
    if is_branch(ins):
        asked = test_of(ins, state).text(link_type)
        return f"{asked}?", f"yes: {_place(program, at + 1 + ins.jt)}, " \
                            f"no: {_place(program, at + 1 + ins.jf)}"
    after = step(ins, state)
    if kind in (bpf.LDX, bpf.STX) or (kind == bpf.MISC and after.x != state.x):
        return f"X = {text(after.x, link_type, state.facts)}", ""
    return text(after.a, link_type, state.facts), ""


def _place(program: Program, at: int) -> str:
    """Another instruction, by what it does if it ends the program."""
    if at < len(program) and program.instructions[at].code == bpf.RET | bpf.K:
        return "accept" if program.instructions[at].k else "drop"
    return f"go to {at}"


def _returned(program: Program, at: int) -> str:
    ins = program.instructions[at]
    if ins.code & 0x18 == bpf.A:
        return "keep A octets of the packet"
    if ins.k >= 1 << 31:
        return "accept, keep all of the packet"
    return f"accept, keep {ins.k} octets" if ins.k else "drop"


def listing(program: Program) -> str:
    """The annotated listing: instruction, what it reads or asks, where it goes, whose words."""
    notes = annotate(program)
    width = max((len(note.listing) for note in notes), default=0)
    what = min(48, max((len(note.field) for note in notes), default=0))
    goes = max((len(note.goes) for note in notes), default=0)
    lines = []
    for note in notes:
        words = f"`{note.words}`" if note.words else ""
        lines.append(f"{note.listing:<{width}}  {note.field:<{what}}  {note.goes:<{goes}}  {words}"
                     .rstrip() + "\n")
    return "".join(lines)


# --- an equal expression -------------------------------------------------------------------------

def expression_of(program: Program, *, timeout: float = 5.0) -> str | None:
    """An expression of the filter language that is proven to mean the same, if one is found.

    First what people would write, of the constants in the program; then its tests one by one, in
    names (``ip src host``) or else in octets (``link[12:2]``). None where there is none, or it
    would be too long; without z3 only a guess that compiles to the very program counts.
    ``timeout`` in seconds.
    """
    from fyke.bpf.proof import Compare, Same, differ
    from fyke.filter.compile import compile
    from fyke.filter.guess import guess
    guessed = guess(program)
    if guessed is not None:
        return guessed
    for named in (True, False):
        try:
            expression = _Writer(program, named).write()
        except _Unsayable:
            continue
        for tried in _in_fewer_words(expression) if named else (expression,):
            try:
                again = compile(tried, link_type=program.link_type, snaplen=program.snaplen)
                verdict = differ(program, again, timeout=timeout, compare=Compare.VERDICT)
            except FykeError:
                continue
            if isinstance(verdict, Same):
                return tried
    return None


def _in_fewer_words(expression: str) -> Iterator[str]:
    """The expression as people would write it, and as it is; which is right is to be proven."""
    shorter = _FOUR_WORDS.sub(_ip6_host, _TWO_WORDS.sub(_ether_host, expression))
    shorter = _OUTSIDE.sub(r"\1", shorter)
    implied = _IMPLIED.fullmatch(f"({shorter})")
    if implied:
        yield implied[1]
    yield from dict.fromkeys((shorter, expression))


#: ``ether host`` and ``ip6 host`` compare word by word.
_TWO_WORDS = re.compile(r"link\[(?:8|2):4\] = (\d+) and \(?link\[(6|0):2\] = (\d+)")
_FOUR_WORDS = re.compile(r"ip6\[(8|24):4\] = (\d+) and \(ip6\[\d+:4\] = (\d+) and "
                         r"\(ip6\[\d+:4\] = (\d+) and ip6\[\d+:4\] = (\d+)\)\)")
_OUTSIDE = re.compile(r"^\((.*)\)$")
#: What ``tcp[…]`` implies: IPv4, TCP, and not a later fragment.
_IMPLIED = re.compile(r"\(ip and \(ip proto \d+ and \(ip\[6:2\] & 8191 = 0 and (.*)\)\)\)")


def _ether_host(found: re.Match[str]) -> str:
    mac = (int(found[3]) << 32 | int(found[1])).to_bytes(6, "big").hex(":")
    return f"ether {'src' if found[2] == '6' else 'dst'} {mac}"


def _ip6_host(found: re.Match[str]) -> str:
    from fyke.filter.guess import ip6
    words = tuple(int(each) for each in found.groups()[1:])
    return f"ip6 {'src' if found[1] == '8' else 'dst'} host {ip6(words)}"


class _Unsayable(Exception):
    """The language has no words for it."""


#: Two sides of an ``or`` or ``and``, or a text that stands alone.
_ACCEPT, _DROP = "accept", "drop"
_PROTOCOLS = {0x0800: "ip", 0x0806: "arp", 0x8035: "rarp", 0x86DD: "ip6"}
#: Places and bits that have names of their own, as in pcap-filter(7).
_PLACES = {("tcp", "13"): "tcpflags", ("icmp", "0"): "icmptype", ("icmp", "1"): "icmpcode"}
_ONE_NETWORK = (frozenset({0x0800}), frozenset({0x86DD}))
_FLAGS = ("fin", "syn", "rst", "push", "ack", "urg", "ece", "cwr")


class _Writer:
    """Turns the tests of a program, from the last to the first, into an expression."""

    def __init__(self, program: Program, named: bool) -> None:
        self.program = program
        self.named = named
        self.link_type = program.link_type
        self.states = analyse(program.instructions)
        self.known: dict[int, str] = {}
        self.asks: dict[int, Value] = {}  #: what the first test from an instruction on is about

    def write(self) -> str:
        """The expression. Raises _Unsayable."""
        count = len(self.program)
        for at in range(count - 1, -1, -1):
            ins = self.program.instructions[at]
            if ins.code & 0x07 == bpf.RET:
                self.known[at] = _ACCEPT if ins.k and ins.code & 0x18 != bpf.A else _DROP
                if ins.code & 0x18 == bpf.A:
                    raise _Unsayable
            elif is_branch(ins):
                self.known[at] = self.branch(at)
            else:
                to = at + 1 + (ins.k if ins.code == bpf.JMP | bpf.JA else 0)
                if to not in self.known:
                    raise _Unsayable
                self.known[at] = self.known[to]
                self.asks[at] = self.asks.get(to)
            if len(self.known[at]) > LONGEST:
                raise _Unsayable
        whole = self.known[0]
        if whole == _DROP:
            raise _Unsayable
        return "" if whole == _ACCEPT else whole

    def branch(self, at: int) -> str:
        """``test and yes or not test and no``, simplified."""
        ins = self.program.instructions[at]
        state = self.states[at]
        yes, no = self.known.get(at + 1 + ins.jt), self.known.get(at + 1 + ins.jf)
        if yes is None or no is None:
            raise _Unsayable
        if state is None or yes == no:
            return yes
        test = test_of(ins, state)
        self.asks[at] = test.left
        asked, denied = self.said(test, True), self.said(test, False)
        if yes == _ACCEPT:
            return asked if no == _DROP else f"({asked} or {no})"
        if no == _ACCEPT:
            return denied if yes == _DROP else f"({denied} or {yes})"
        if no == _DROP:
            return f"({asked} and {yes})"
        if yes == _DROP:
            if self.named and test.op == "=" and self.asks.get(at + 1 + ins.jf) == test.left:
                return no
            return f"({denied} and {no})"
        if self.named and test.op == "=" and self.asks.get(at + 1 + ins.jf) == test.left:
            return f"(({asked} and {yes}) or {no})"  # another value of the same field
        return f"(({asked} and {yes}) or ({denied} and {no}))"

    def said(self, test: Test, holds: bool) -> str:
        """A test in the language."""
        if self.named and test.op == "=" and isinstance(test.right, int):
            named = self.by_name(test.left, test.right, test.facts)
            if named is not None:
                return named if holds else f"not {named}"
        left, right = self.term(test.left, test.facts), self.term(test.right, test.facts)
        if left == "tcp[tcpflags]" and isinstance(test.right, int) and test.right < 256:
            right = " | ".join(f"tcp-{word}" for bit, word in enumerate(_FLAGS)
                               if test.right >> bit & 1) or right
            right = f"({right})" if "|" in right else right
        if test.op == "&":
            return f"{left} & {right} {'!=' if holds else '='} 0"
        opposite = {"=": "!=", ">": "<=", ">=": "<"}
        return f"{left} {test.op if holds else opposite[test.op]} {right}"

    def by_name(self, left: Value, right: int, facts: Facts) -> str | None:
        """``ip``, ``src host 1.2.3.4``, ``tcp``: what people write."""
        called = text(left, self.link_type, facts)
        from fyke.filter.guess import dotted, network
        if isinstance(left, Term) and left.op == "&" and isinstance(left.right, int):
            field = text(left.left, self.link_type, facts)
            if field in ("ip.src", "ip.dst"):
                return f"ip {field[3:]} net {network(right, left.right)}"
            return None
        if called in ("ether.type", "sll.protocol", "sll2.protocol"):
            return _PROTOCOLS.get(right, f"ether proto 0x{right:x}")
        if called in ("ip.src", "ip.dst"):
            return f"ip {called[3:]} host {dotted(right)}"
        if called in ("arp.sender_ip", "arp.target_ip"):
            kinds = facts.get(Place(12, 2), frozenset())
            word = "rarp" if kinds == frozenset({0x8035}) else "arp"
            return f"{word} {'src' if 'sender' in called else 'dst'} host {dotted(right)}"
        if called in ("ip.proto", "ip6.next_header"):
            return f"{called.partition('.')[0]} proto {right}"
        return None

    def octets(self, place: Place, facts: Facts) -> str:
        """``ip[8]`` where the network protocol is known, else counted from the packet's start."""
        protocol, _, _ = text(place, self.link_type, facts).partition(".")
        frame = FRAMES.get(self.link_type)
        start = frame.payload if frame else 0
        if not self.named or protocol not in ("ip", "ip6") or (
                frame and facts.get(Place(*frame.type)) not in _ONE_NETWORK):
            return f"link[{place.offset}:{place.size}]"
        at = place.offset - start
        return f"{protocol}[{at}]" if place.size == 1 else f"{protocol}[{at}:{place.size}]"

    def term(self, given: Value, facts: Facts) -> str:
        """A value in the language; octets are counted from the packet's start."""
        match given:
            case int():
                return str(given)
            case Place(offset, size, None):
                return self.octets(given, facts)
            case Place(offset, size, header):
                called = text(given, self.link_type, facts)
                protocol = called.partition(".")[0]
                if self.named and protocol in ("tcp", "udp", "icmp"):
                    at = str(offset - (header or 0))
                    at = _PLACES.get((protocol, at), at)
                    return f"{protocol}[{at}]" if size == 1 else f"{protocol}[{at}:{size}]"
                return f"link[4 * (link[{header}] & 0xf) + {offset}:{size}]"
            case Term("len"):
                return "len"
            case Term("header", Place(offset)):
                return f"(4 * (link[{offset}] & 0xf))"
            case Term("neg", left):
                return f"(- {self.term(left, facts)})"
            case Term("load1" | "load2" | "load4" as op, left, right):
                return f"link[{self.term(left, facts)} + {self.term(right, facts)}:{op[4:]}]"
            case Term(op, left, right) if right is not None:
                return f"({self.term(left, facts)} {op} {self.term(right, facts)})"
        raise _Unsayable


def describe(program: Program) -> str:
    """What a program accepts: an equal expression if one is found, and the tests on each way to
    acceptance, in words.
    """
    if not isinstance(program, Program):
        raise WrongType("program must be a fyke.Program, as fyke.compile makes one, not "
                        f"{type(program).__name__}")
    lines = []
    try:
        expression = expression_of(program)
    except FilterError:
        expression = None
    if expression is not None:
        lines.append(f"It means the same as: {expression or '(every packet)'}\n")
    lines += [f"It accepts a packet where {way}\n" for way in ways(program)]
    if not lines:
        lines.append("It accepts no packet.\n")
    return "".join(lines)


MOST_WAYS = 16


def ways(program: Program) -> list[str]:
    """The tests on each way that leads to acceptance; at most MOST_WAYS, and then how many more."""
    link_type = program.link_type
    states = analyse(program.instructions)
    hopeful = _can_accept(program)
    found: list[str] = []
    stack: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while stack and len(found) <= MOST_WAYS:
        at, asked = stack.pop()
        if at not in hopeful:
            continue
        ins = program.instructions[at]
        state = states[at]
        if ins.code & 0x07 == bpf.RET:
            if ins.k or ins.code & 0x18 == bpf.A:
                found.append(" and ".join(asked) or "nothing is asked")
        elif is_branch(ins) and state is not None:
            test = test_of(ins, state)
            stack.append((at + 1 + ins.jf, (*asked, test.text(link_type, False))))
            stack.append((at + 1 + ins.jt, (*asked, test.text(link_type, True))))
        else:
            offset = ins.k if ins.code == bpf.JMP | bpf.JA else 0
            if offset < 1 << 31:
                stack.append((at + 1 + offset, asked))
    found = [_short(way) for way in found]
    if len(found) > MOST_WAYS:
        found[MOST_WAYS:] = ["… (there are more ways than these)"]
    return found


def _can_accept(program: Program) -> set[int]:
    """The instructions from which a way leads to acceptance, jumps back left out."""
    hopeful: set[int] = set()
    for at in range(len(program) - 1, -1, -1):
        ins = program.instructions[at]
        if ins.code & 0x07 == bpf.RET:
            if ins.k or ins.code & 0x18 == bpf.A:
                hopeful.add(at)
        elif is_branch(ins):
            if at + 1 + ins.jt in hopeful or at + 1 + ins.jf in hopeful:
                hopeful.add(at)
        elif at + 1 + (ins.k if ins.code == bpf.JMP | bpf.JA else 0) in hopeful:
            hopeful.add(at)
    return hopeful


def _short(way: str) -> str:
    """Without the tests that failed because another one held for the same field."""
    tests = way.split(" and ")
    fixed = {test.partition(" = ")[0] for test in tests if " = " in test}
    return " and ".join(test for test in tests if not (
        " != " in test and test.partition(" != ")[0] in fixed))
