"""Guesses which expression a program was made from: by the constants in it, and by trying.

A guess counts if it compiles to the very same program, or if z3 proves that it means the same:
the libpcap that made the program may be another version than the one whose listings are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from fyke.bpf import instructions as bpf
from fyke.bpf.fields import Place
from fyke.bpf.meaning import Term, analyse, test_of, text
from fyke.bpf.program import Program
from fyke.errors import FykeError
from fyke.filter.compile import compile
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.bpf.proof import Counterexample

MOST = 1000  #: guesses that are tried, each a millisecond
MOST_PROOFS = 30
PATIENCE = 2.0  #: seconds for each
MOST_INSTRUCTIONS = 120
MOST_MEMBERS = 20  #: of a set of hosts or ports
PROTOCOLS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 58: "icmp6", 132: "sctp"}
TYPES = {0x0800: "ip", 0x0806: "arp", 0x8035: "rarp", 0x86DD: "ip6"}


def guess(program: Program) -> str | None:
    """An expression that means the same as a program, or None."""
    if len(program) > MOST_INSTRUCTIONS:
        return None
    same = _Same(program)
    for expression in islice(guesses(program), MOST):
        try:
            made = compile(expression, link_type=program.link_type, snaplen=_snaplen(program))
        except FykeError:
            continue
        if same.as_program(made):
            return expression
    return None


class _Same:
    """Asks of one program after the other whether it means the same; without z3, is the same.

    A packet that tells one of them apart mostly does so for many more, which need no proof.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.packets: list[Counterexample] = []
        self.proofs_left = MOST_PROOFS

    def as_program(self, made: Program) -> bool:
        if made.instructions == self.program.instructions:
            return True
        if not self.proofs_left or any(
                made.run(each.packet, each.wirelen, each.ancillary) != each.a
                for each in self.packets):
            return False
        from fyke.bpf.proof import Counterexample, Same, differ

        self.proofs_left -= 1
        try:
            verdict = differ(self.program, made, timeout=PATIENCE)
        except FykeError:  # no z3
            self.proofs_left = 0
            return False
        if isinstance(verdict, Counterexample):
            self.packets.append(verdict)
        return isinstance(verdict, Same)


def guesses(program: Program) -> Iterator[str]:
    """Candidates, the simplest first."""
    yield ""
    tests = list(_tests(program))
    yield from tests
    yield from (f"not {test}" for test in tests)
    pairs = list(combinations(tests, 2))
    for word in ("and", "or", "and not"):
        yield from (f"{one} {word} {other}" for one, other in pairs)
        yield from (f"{other} {word} {one}" for one, other in pairs)
    for three in combinations(tests[:8], 3):
        yield " and ".join(three)
        yield " or ".join(three)


def _tests(program: Program) -> Iterator[str]:
    """Single tests with the program's constants."""
    yield from _ranges_and_networks(program)
    hosts, ports, protocols, types = _constants(program)
    for kind, members in (("port", ports), ("host", hosts)):
        if len(members) > 1:
            for words in ("", "src ", "dst ", "tcp ", "udp ") if kind == "port" else (
                    "", "src ", "dst ", "ip "):
                yield " or ".join(f"{words}{kind} {member}" for member in members)
    for port in ports[:4]:
        for transport in ("", "tcp ", "udp "):
            for direction in ("", "src ", "dst "):
                yield f"{transport}{direction}port {port}"
    for host in hosts[:4]:
        for direction in ("", "src ", "dst ", "ip ", "ip src ", "ip dst "):
            yield f"{direction}host {host}"
    yield from protocols
    yield from types


def _constants(program: Program) -> tuple[list[str], list[int], list[str], list[str]]:
    """Hosts, ports, transport protocols and network protocols that the program compares with."""
    link_type = program.link_type
    hosts: dict[str, None] = {}
    ports: dict[int, None] = {}
    protocols: dict[str, None] = {}
    types: dict[str, None] = {}
    for ins, state in zip(program.instructions, analyse(program.instructions), strict=True):
        if state is None or ins.code != bpf.JMP | bpf.JEQ:
            continue
        test = test_of(ins, state)
        called = text(test.left, link_type, test.facts)
        if called in ("ip.src", "ip.dst", "arp.sender_ip", "arp.target_ip"):
            hosts[dotted(ins.k)] = None
        elif called.endswith("_port") and isinstance(test.left, Place):
            ports[ins.k] = None
        elif test.left is None and ins.k > 0xFFFF:  # where ways meet: what A is depends on the way
            hosts[dotted(ins.k)] = None
        elif test.left is None and ins.k in PROTOCOLS:
            protocols[PROTOCOLS[ins.k]] = None
        elif test.left is None:
            ports[ins.k] = None
        elif called in ("ip.proto", "ip6.next_header") and ins.k in PROTOCOLS:
            protocols[PROTOCOLS[ins.k]] = None
        elif ins.k in TYPES:
            types[TYPES[ins.k]] = None
    return list(hosts)[:MOST_MEMBERS], list(ports)[:MOST_MEMBERS], list(protocols), list(types)


def _ranges_and_networks(program: Program) -> Iterator[str]:
    """Networks, ranges of ports, and the addresses that are compared word by word."""
    networks: dict[str, None] = {}
    bounds: dict[str, dict[int, None]] = {">=": {}, ">": {}}
    words: dict[str, dict[int, int]] = {}
    for ins, state in zip(program.instructions, analyse(program.instructions), strict=True):
        if state is None or ins.code & 0x0F != bpf.JMP | bpf.K or ins.code & 0xF0 == bpf.JA:
            continue
        test = test_of(ins, state)
        called = text(test.left, program.link_type, test.facts)
        field = called.partition(" & ")[0]
        if isinstance(test.left, Term) and test.op == "=" and isinstance(test.left.right, int) \
                and field in ("ip.src", "ip.dst", "arp.sender_ip", "arp.target_ip"):
            networks[network(ins.k, test.left.right)] = None
        elif test.op in bounds and (called.endswith("_port") or test.left is None):
            bounds[test.op][ins.k] = None
        elif isinstance(test.left, Place) and test.op == "=" and called.endswith("]"):
            name, _, place = called[:-1].partition("[")
            start, _, size = place.partition(":")
            words.setdefault(f"{name} {size}", {}).setdefault(int(start), ins.k)
    for each in [*networks][:3]:
        yield from (f"{direction}net {each}"
                    for direction in ("", "src ", "dst ", "ip ", "ip src ", "ip dst "))
    for low in bounds[">="]:
        for high in bounds[">"]:
            yield from (f"{transport}{direction}portrange {low}-{high}"
                        for transport in ("", "tcp ", "udp ") for direction in ("", "src ", "dst "))
    yield from _long_addresses(words)


def _long_addresses(words: dict[str, dict[int, int]]) -> Iterator[str]:
    """Hardware and IPv6 addresses, put together out of the words that are compared."""
    for side in ("src", "dst"):
        low, high = words.get(f"ether.{side} 4", {}), words.get(f"ether.{side} 2", {})
        if 2 in low and 0 in high:
            mac = (high[0] << 32 | low[2]).to_bytes(6, "big").hex(":")
            yield from (f"ether host {mac}", f"ether {side} {mac}")
        found = words.get(f"ip6.{side} 4", {})
        if found.keys() >= {0, 4, 8, 12}:
            host = ip6(tuple(found[at] for at in (0, 4, 8, 12)))
            yield from (f"host {host}", f"{side} host {host}")


def network(number: int, mask: int) -> str:
    """``10.0.0.0/9``, or with the mask written out where it is no prefix."""
    low = ~mask & 0xFFFFFFFF
    if low & (low + 1) == 0:
        return f"{dotted(number)}/{32 - low.bit_length()}"
    return f"{dotted(number)} mask {dotted(mask)}"


def dotted(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def ip6(words: tuple[int, ...]) -> str:
    """An IPv6 address of four words."""
    from ipaddress import IPv6Address
    return str(IPv6Address(b"".join(word.to_bytes(4, "big") for word in words)))


def _snaplen(program: Program) -> int:
    """What the program returns for a packet that it takes."""
    kept = [ins.k for ins in program.instructions if ins.code == bpf.RET | bpf.K and ins.k]
    return kept[0] if kept else program.snaplen
